//! Names that people give to themselves: their letters stay, what harms a terminal does not.

use nobounce::records::untrusted::Untrusted;

#[test]
fn f12_letters_stay_and_the_rest_is_escaped() {
    let cases: [(&[u8], &str); 12] = [
        ("Müller".as_bytes(), "Müller"),
        ("株式会社 é".as_bytes(), "株式会社 é"),
        ("Mu\u{308}ller".as_bytes(), "Mu\u{308}ller"),
        (b"a\\b", "a\\\\b"),
        (b"M\xfcller", "M\\252ller"),
        (b"a\x1b[31m\n", "a\\u{1b}[31m\\u{a}"),
        ("\u{9b}2J".as_bytes(), "\\u{9b}2J"),
        (
            "x\u{202e}y\u{200b}\u{feff}".as_bytes(),
            "x\\u{202e}y\\u{200b}\\u{feff}",
        ),
        (
            "\u{3164}\u{fe0f}\u{2800}".as_bytes(),
            "\\u{3164}\\u{fe0f}\\u{2800}",
        ),
        ("a\u{a0}b\u{3000}".as_bytes(), "a\\u{a0}b\\u{3000}"),
        ("\u{e000}\u{378}".as_bytes(), "\\u{e000}\\u{378}"),
        (
            "e\u{301}\u{301}\u{301}\u{301}".as_bytes(),
            "e\u{301}\u{301}\\u{301}\\u{301}",
        ),
    ];
    for (bytes, wanted) in cases {
        let shown = Untrusted::new(bytes).readable_up_to(100);
        assert_eq!(shown.as_str(), wanted);
    }
}

#[test]
fn a_long_name_is_cut_with_its_length_said() {
    for bytes in ["ü".repeat(500).into_bytes(), vec![0xff; 1000]] {
        let shown = Untrusted::new(bytes).readable_up_to(10);
        assert!(shown.as_str().ends_with("... (1000 bytes)"), "{shown}");
        assert!(shown.as_str().len() < 60, "{shown}");
    }
    assert_eq!(Untrusted::from("äbc").readable_up_to(3).as_str(), "äbc");
}
