//! Hostile and broken texts: no panic, bounded, and nothing that harms a terminal.

use nobounce::evidence::bounce::explain;
use nobounce::evidence::bounce::message::LONGEST;

fn harmless(bytes: &[u8]) {
    let answer = explain(bytes);
    for outcome in answer.outcomes.iter().chain([&answer.main]) {
        let recipient = outcome
            .recipient
            .as_ref()
            .map_or("", |shown| shown.as_str());
        for text in [
            outcome.message.as_str(),
            outcome.remedy.as_str(),
            outcome.said.as_str(),
            recipient,
        ] {
            assert!(
                text.bytes().all(|byte| matches!(byte, b' '..=b'~')),
                "{text:?}"
            );
            assert!(text.len() < 6000, "{} bytes", text.len());
        }
    }
    assert!(answer.outcomes.len() <= 200);
}

#[test]
fn control_characters_do_not_come_through() {
    let text = "550 5.7.1 \u{1b}[31mSPF\u{1b}[0m fail \u{1b}]52;c;cm0gLXJm\u{7} for example.com \u{202e}gpj.exe\u{202c} \u{9b}31m";
    harmless(text.as_bytes());
    let main = explain(text.as_bytes()).main;
    assert_eq!(main.cause.code.as_str(), "bounce-spf-failed");
    assert!(!main.said.as_str().contains("52;c"), "{}", main.said);
}

#[test]
fn anything_is_read_in_bounds() {
    let pieces: &[&str] = &[
        "<",
        "<b ",
        "<style>",
        "<!--",
        ">",
        "&amp;",
        "550-",
        "550 5.7.1 ",
        "= \n",
        "=\n=3D",
        "\u{1b}]",
        "\u{1b}[",
        "Final-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n\n",
        "<a@b.example>: 550 no\n",
        "a@b.example\n",
        "spf dkim dmarc ",
        "SPF=",
        "\r",
        "\n",
        "id=",
        "domain ",
        "::",
        "1.1.1.1 ",
        "\u{e4}\u{ff}",
        "unable to ",
        "From: a@b\nTo: c@d\n\n",
        "From: a@b\nTo: c@d\nContent-Type: multipart/mixed; boundary=x\n\n--x\n",
        "Content-Type: message/rfc822\n\n",
        "host ",
        "Diagnostic-Code: ",
        " \t",
    ];
    for piece in pieces {
        let many = piece.repeat(LONGEST / 16 / piece.len());
        harmless(many.as_bytes());
        harmless(&many.as_bytes()[1..]);
    }
    for (one, other) in pieces
        .iter()
        .flat_map(|one| pieces.iter().map(move |other| (one, other)))
    {
        harmless(format!("{one}{other}{one}{other} end").repeat(3).as_bytes());
    }
    for byte in 0..=255_u8 {
        harmless(&[byte; 700]);
    }
}
