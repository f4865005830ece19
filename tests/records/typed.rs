//! Domains as people type them (I): the table of bad input.

use nobounce::records::typed::understand;

/// What is typed, the domain, and what is said to be changed ("" where the text is the domain itself).
const UNDERSTOOD: [(&str, &str, &str); 63] = [
    ("example.com", "example.com", ""),
    ("Example.COM", "example.com", ""),
    ("  example.com\t", "example.com", ""),
    ("example.com\n", "example.com", ""),
    (
        "https://example.com/x?y#z",
        "example.com",
        "the start of a web address was taken off; what follows the domain was taken off",
    ),
    (
        "HTTPS://www.Example.com/x",
        "example.com",
        "the start of a web address was taken off; what follows the domain was taken off; www. in front was taken off",
    ),
    (
        "//example.com",
        "example.com",
        "the start of a web address was taken off",
    ),
    (
        "http:/example.com",
        "example.com",
        "the start of a web address was taken off",
    ),
    (
        "https://user:pw@example.com:8443/",
        "example.com",
        "the start of a web address was taken off; what follows the domain was taken off; what stands before the @ was taken off; the port was taken off",
    ),
    ("example.com:443", "example.com", "the port was taken off"),
    (
        "example.com:abc",
        "example.com",
        "what follows the colon was taken off",
    ),
    (
        "example.com/path",
        "example.com",
        "what follows the domain was taken off",
    ),
    (
        "example.com?x",
        "example.com",
        "what follows the domain was taken off",
    ),
    (
        "user@example.com",
        "example.com",
        "what stands before the @ was taken off",
    ),
    (
        "mailto:a@example.com",
        "example.com",
        "mailto: was taken off; what stands before the @ was taken off",
    ),
    (
        "mailto:a@example.com?subject=hi",
        "example.com",
        "mailto: was taken off; what follows the domain was taken off; what stands before the @ was taken off",
    ),
    (
        "@example.com",
        "example.com",
        "what stands before the @ was taken off",
    ),
    (
        "Jo Doe <jo@example.com>",
        "example.com",
        "signs around it were taken off; the words around it were taken off; what stands before the @ was taken off",
    ),
    (
        "my domain is example.com!",
        "example.com",
        "signs around it were taken off; the words around it were taken off",
    ),
    ("*.example.com", "example.com", "the asterisk was taken off"),
    (
        "_dmarc.example.com",
        "example.com",
        "the part with the underscore in front was taken off",
    ),
    (
        "sel._domainkey.example.com",
        "example.com",
        "the part with the underscore in front was taken off",
    ),
    (
        "a.b._report._dmarc.example.com",
        "example.com",
        "the part with the underscore in front was taken off",
    ),
    (
        "my_host.example.com",
        "example.com",
        "the part with the underscore in front was taken off",
    ),
    (
        "www.example.com",
        "example.com",
        "www. in front was taken off",
    ),
    ("www.com", "www.com", ""),
    ("www.co.uk", "www.co.uk", ""),
    (
        "www.shop.co.uk",
        "shop.co.uk",
        "www. in front was taken off",
    ),
    ("mail.example.com", "mail.example.com", ""),
    ("co.uk", "co.uk", ""),
    (
        "example.com.",
        "example.com",
        "dots too many were taken off",
    ),
    (
        "example..com",
        "example.com",
        "dots too many were taken off",
    ),
    (
        ".example.com",
        "example.com",
        "dots too many were taken off",
    ),
    (
        "...example.com...",
        "example.com",
        "dots too many were taken off",
    ),
    (
        "-example-.com",
        "example.com",
        "hyphens at an edge were taken off",
    ),
    ("r3---sn.example.com", "r3---sn.example.com", ""),
    (
        "\"example.com\"",
        "example.com",
        "signs around it were taken off",
    ),
    (
        "\u{201c}example.com\u{201d}",
        "example.com",
        "signs around it were taken off",
    ),
    (
        "\u{ab}example.com\u{bb}",
        "example.com",
        "signs around it were taken off",
    ),
    (
        "'example.com'",
        "example.com",
        "signs around it were taken off",
    ),
    (
        "(example.com)",
        "example.com",
        "signs around it were taken off",
    ),
    ("example,com", "example.com", "the comma was read as a dot"),
    (
        "example .com",
        "example.com",
        "the blank in the middle was taken off",
    ),
    (
        "example. com",
        "example.com",
        "the blank in the middle was taken off",
    ),
    (
        "example\u{3002}com",
        "example.com",
        "a sign of another script was read as a dot",
    ),
    (
        "\u{ff45}\u{ff58}\u{ff41}\u{ff4d}\u{ff50}\u{ff4c}\u{ff45}.com",
        "example.com",
        "",
    ),
    ("m\u{fc}ller.de", "xn--mller-kva.de", ""),
    ("mu\u{308}ller.de", "xn--mller-kva.de", ""),
    ("M\u{dc}LLER.DE", "xn--mller-kva.de", ""),
    ("xn--mller-kva.de", "xn--mller-kva.de", ""),
    (
        "info@m\u{fc}ller.de",
        "xn--mller-kva.de",
        "what stands before the @ was taken off",
    ),
    ("stra\u{df}e.de", "xn--strae-oqa.de", ""),
    (
        "\u{3b2}\u{3cc}\u{3bb}\u{3bf}\u{3c2}.com",
        "xn--nxasmm1c.com",
        "",
    ),
    ("p\u{430}ypal.com", "xn--pypal-4ve.com", ""),
    ("i\u{2764}.ws", "xn--i-7iq.ws", ""),
    (
        "i\u{2764}\u{fe0f}.ws",
        "xn--i-7iq.ws",
        "invisible characters were taken off",
    ),
    (
        "exam\u{200b}ple.com",
        "example.com",
        "invisible characters were taken off",
    ),
    (
        "\u{202e}example.com",
        "example.com",
        "invisible characters were taken off",
    ),
    (
        "exam\u{200d}ple.com\u{0}",
        "example.com",
        "invisible characters were taken off",
    ),
    (
        "example.com\u{1b}[31m",
        "example.com",
        "invisible characters were taken off; what follows the domain was taken off",
    ),
    ("shop.local", "shop.local", ""),
    ("lab.test", "lab.test", ""),
    ("x.onion", "x.onion", ""),
];

/// What is typed, and why no domain is seen in it.
const REFUSED: [(&str, &str); 33] = [
    ("", "Nothing was typed."),
    (" \t ", "Nothing was typed."),
    ("\u{200b}", "Nothing was typed."),
    ("\"\"", "Nothing was typed."),
    ("...", "No domain was seen in it."),
    ("@", "No domain was seen in it."),
    ("https://", "No domain was seen in it."),
    (
        "192.0.2.1",
        "192.0.2.1 is the address of a machine, not a domain.",
    ),
    (
        "http://192.0.2.1:80/",
        "http://192.0.2.1:80/ is the address of a machine, not a domain.",
    ),
    (
        "user@[192.0.2.1]",
        "user@[192.0.2.1] is the address of a machine, not a domain.",
    ),
    (
        "192.0.2.0/24",
        "192.0.2.0/24 is the address of a machine, not a domain.",
    ),
    (
        "999.1.1.1",
        "999.1.1.1 is the address of a machine, not a domain.",
    ),
    (
        "2001:db8::1",
        "2001:db8::1 is the address of a machine, not a domain.",
    ),
    (
        "fe80::1%eth0",
        "fe80::1%eth0 is the address of a machine, not a domain.",
    ),
    ("[::1]", "[::1] is the address of a machine, not a domain."),
    (
        "1.2.3.4.in-addr.arpa",
        "1.2.3.4.in-addr.arpa is the address of a machine, not a domain.",
    ),
    (
        "3232235777",
        "3232235777 is the address of a machine, not a domain.",
    ),
    (
        "0x7f000001",
        "0x7f000001 is the address of a machine, not a domain.",
    ),
    (
        "com",
        "com is an ending that many domains share, not a domain of its own.",
    ),
    (
        "localhost",
        "localhost is the name of this machine, not a domain that sends mail.",
    ),
    (
        "local",
        "local is an ending that is kept for private or special use, not a domain.",
    ),
    (
        "myshop",
        "myshop has no dot in it: the ending, such as .com, is missing.",
    ),
    (
        "my_shop.com",
        "An underscore (_) cannot stand in the name of a domain.",
    ),
    (
        "_dmarc",
        "An underscore (_) cannot stand in the name of a domain.",
    ),
    ("exa$mple.com", "The sign $ cannot stand in a domain name."),
    (
        "xn--example-.org",
        "A part that starts with xn-- stands for letters of another script, and this one stands for none.",
    ),
    (
        "xn--\u{fc}.org",
        "A part that starts with xn-- stands for letters of another script, and this one stands for none.",
    ),
    (
        "xn--a.org",
        "A part that starts with xn-- stands for letters of another script, and this one stands for none.",
    ),
    (
        "\u{301}a.com",
        "It holds characters that cannot stand together in a domain name.",
    ),
    (
        "what is this",
        "what has no dot in it: the ending, such as .com, is missing.",
    ),
    (
        "\u{1f600}",
        "<U+1F600> has no dot in it: the ending, such as .com, is missing.",
    ),
    (
        "\u{202e}evil",
        "evil has no dot in it: the ending, such as .com, is missing.",
    ),
    (
        "ex\u{1b}]0;x\u{7}ample",
        "The sign ] cannot stand in a domain name.",
    ),
];

/// True for text that does no harm on any screen.
fn is_safe(text: &str) -> bool {
    text.chars().all(|c| {
        !c.is_control()
            && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}')
    })
}

#[test]
fn i_a_domain_is_seen_where_there_is_one() {
    for (typed, domain, changed) in UNDERSTOOD {
        let seen = understand(typed).unwrap_or_else(|why| panic!("{typed:?}: {}", why.reason));
        assert_eq!(seen.domain.as_str(), domain, "{typed:?}");
        assert_eq!(
            seen.changed.as_deref().unwrap_or_default(),
            changed,
            "{typed:?}"
        );
        assert!(seen.others.is_empty(), "{typed:?}: {:?}", seen.others);
    }
}

#[test]
fn i_refusals_say_why_and_what_to_type() {
    for (typed, reason) in REFUSED {
        match understand(typed) {
            Ok(seen) => panic!("{typed:?} was understood as {}", seen.domain),
            Err(why) => {
                assert_eq!(why.reason, reason, "{typed:?}");
                assert!(!why.remedy.is_empty());
            }
        }
    }
}

#[test]
fn i_several_domains_in_one_line() {
    for (typed, domain, others) in [
        ("example.com example.org", "example.com", "example.org"),
        (
            "example.com, example.org; a.net",
            "example.com",
            "example.org a.net",
        ),
        ("example.com,example.org", "example.com", "example.org"),
        ("a@example.com b@example.com", "example.com", ""),
        (
            "example.com\nwww.example.org\n",
            "example.com",
            "example.org",
        ),
        ("192.0.2.1 example.com a.net", "example.com", "a.net"),
    ] {
        let seen = understand(typed).unwrap();
        let names: Vec<&str> = seen.others.iter().map(|name| name.as_str()).collect();
        assert_eq!(
            (seen.domain.as_str(), names.join(" ").as_str()),
            (domain, others),
            "{typed}"
        );
    }
}

#[test]
fn i_lengths_are_held_to_the_byte() {
    let label = |length: usize| "a".repeat(length);
    let long = |last: usize| format!("{0}.{0}.{0}.{1}", label(63), label(last));
    assert_eq!(long(61).len(), 253);
    assert!(understand(&long(61)).is_ok());
    assert_eq!(
        understand(&long(62)).unwrap_err().reason,
        "This is longer than the 253 characters that a domain name may have."
    );
    assert!(understand(&format!("{}.com", label(63))).is_ok());
    assert_eq!(
        understand(&format!("{}.com", label(64)))
            .unwrap_err()
            .reason,
        "A part between two dots is longer than the 63 characters that it may have."
    );
    assert!(
        understand(&format!("{}a", "a.".repeat(126))).is_ok(),
        "127 labels"
    );
    assert!(understand(&format!("{}a", "a.".repeat(127))).is_err());
    let umlauts = "\u{fc}".repeat(60);
    assert!(understand(&format!("{umlauts}.de")).is_err());
}

#[test]
fn i_a_megabyte_is_refused_at_once() {
    let why = understand(&"a.com ".repeat(200_000)).unwrap_err();
    assert_eq!(
        why.reason,
        "This text has 1200000 characters. A domain name has at most 253."
    );
}

#[test]
fn i_names_of_other_scripts_are_shown_and_remarked() {
    for (typed, unicode, remarks) in [
        (
            "example.com",
            None,
            "example.com is kept for examples and tests (RFC 2606).",
        ),
        ("acme.com", None, ""),
        ("xn--mller-kva.de", Some("m\u{fc}ller.de"), ""),
        ("M\u{dc}LLER.de", Some("m\u{fc}ller.de"), ""),
        (
            "stra\u{df}e.de",
            Some("stra\u{df}e.de"),
            "The same name with ss instead of \u{df} is another domain.",
        ),
        (
            "\u{3b2}\u{3cc}\u{3bb}\u{3bf}\u{3c2}.com",
            Some("\u{3b2}\u{3cc}\u{3bb}\u{3bf}\u{3c2}.com"),
            "The same name with \u{3c3} instead of \u{3c2} is another domain.",
        ),
        (
            "p\u{430}ypal.com",
            Some("p\u{430}ypal.com"),
            "Letters of two scripts are mixed in one part of this name. It may look like another domain and not be it.",
        ),
        (
            "\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.com",
            Some("\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.com"),
            "",
        ),
        ("i\u{2764}.ws", Some("i<U+2764>.ws"), ""),
        (
            "exam\u{202e}ple.org",
            None,
            "The text held characters that cannot be seen: U+202E. example.org is kept for examples and tests (RFC 2606).",
        ),
        (
            "shop.local",
            None,
            "shop.local does not exist in the public DNS, so mail servers elsewhere cannot see its records.",
        ),
    ] {
        let seen = understand(typed).unwrap();
        assert_eq!(seen.unicode.as_deref(), unicode, "{typed:?}");
        assert_eq!(seen.remarks.join(" "), remarks, "{typed:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn f9_whatever_is_typed_the_answer_is_safe_to_show(typed in proptest::prop_oneof![
        "\\PC{0,40}",
        "(https?://|mailto:|_dmarc\\.|\u{202e}|\u{1b}\\[2J)?[a-z\u{430}\u{df}\u{200d}.,@ _*:/-]{0,30}(\\.com)?",
    ]) {
        match understand(&typed) {
            Ok(seen) => {
                proptest::prop_assert!(seen.domain.as_str().is_ascii());
                proptest::prop_assert!(seen.domain.labels().count() > 1);
                for text in seen.remarks.iter().chain(&seen.unicode).chain(&seen.changed) {
                    proptest::prop_assert!(is_safe(text), "{text:?}");
                }
                let again = understand(seen.domain.as_str());
                proptest::prop_assert_eq!(again.map(|again| again.domain), Ok(seen.domain));
            }
            Err(why) => proptest::prop_assert!(is_safe(&why.reason) && is_safe(&why.remedy)),
        }
    }
}
