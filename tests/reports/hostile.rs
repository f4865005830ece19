//! What is refused, and why; nothing of a refused report counts.

use nobounce::evidence::bounds;
use nobounce::evidence::refusal::Refusal;
use nobounce::evidence::unpack::Unpacker;

use crate::world;

/// The refusal begins with these words.
#[track_caller]
fn is_refused(what: &str, bytes: &[u8], reason: &str) {
    let refusal = world::refusal(bytes);
    assert!(
        refusal.to_string().contains(reason),
        "{what}: {refusal} ({refusal:?})"
    );
}

#[test]
fn what_is_no_report_is_named() {
    let tls = b"{\"organization-name\":\"x\"}";
    let cases: [(&str, &[u8], &str); 10] = [
        ("nothing", b"", "empty"),
        ("blanks", b" \r\n\t", "empty"),
        (
            "a page",
            b"<!-- x --><html><body>Error</body></html>",
            "web page",
        ),
        ("a PDF", b"%PDF-1.7\n", "PDF"),
        ("a TLS report", tls, "JSON"),
        ("words", b"just some words\nand more", "plain text"),
        ("another root", b"<rss><channel/></rss>", "<rss>"),
        ("no facts", b"<feedback/>", "names no policy"),
        ("Outlook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".eml"),
        (
            "a mail",
            b"Subject: hello\r\nFrom: a@b.example\r\n\r\nhello\r\n",
            "no report",
        ),
    ];
    for (what, bytes, reason) in cases {
        is_refused(what, bytes, reason);
    }
}

#[test]
fn r01_r03_r08_archives_that_unpack_to_too_much() {
    let zeros = vec![b' '; 2 * 1024 * 1024];
    let long = [&b"<feedback>"[..], &b"<a>text</a>\n".repeat(100_000)].concat();
    let mut unpacker = Unpacker::new(false);
    unpacker.inflated = long.len() as u64 / 2;
    for packed in [world::gzip(&long), world::zip([("r.xml", &long[..])])] {
        let contents = unpacker.read(&packed[..]);
        assert!(contents.reports.is_empty());
        assert_eq!(contents.refused[0].1, Refusal::Inflated);
    }
    // One piece of blanks is longer than any piece of a report.
    let one = [b"<feedback><!--", &zeros[..], b"--></feedback>"].concat();
    assert_eq!(world::refusal(&world::gzip(&one)), Refusal::LongPiece);
    let mut layers = world::usual().into_bytes();
    for _ in 0..=bounds::LAYERS {
        layers = world::gzip(&layers);
    }
    assert_eq!(world::refusal(&layers), Refusal::Layers);
}

#[test]
fn r04_an_archive_of_thousands_of_files_stops() {
    let names: Vec<String> = (0..3000).map(|n| format!("{n}.xml")).collect();
    let archive = world::zip(
        names
            .iter()
            .map(|name| (name.as_str(), &b"<feedback/>"[..])),
    );
    let contents = world::read(&archive);
    assert!(contents.reports.is_empty());
    assert_eq!(contents.refused.last().unwrap().1, Refusal::Members);
    assert_eq!(contents.refused.len(), bounds::MEMBERS + 1);
}

#[test]
fn r09_r10_documents_that_declare_entities() {
    let laughs = world::usual().replace(
        "<feedback>",
        "<!DOCTYPE feedback [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><feedback>",
    );
    assert_eq!(world::refusal(laughs.as_bytes()), Refusal::DocumentType);
    let file = laughs.replace(
        "<!ENTITY a \"ha\">",
        "<!ENTITY a SYSTEM \"file:///etc/passwd\">",
    );
    assert_eq!(world::refusal(file.as_bytes()), Refusal::DocumentType);
}

#[test]
fn r11_r13_r14_pieces_that_are_too_long_or_too_deep() {
    let deep = format!("<feedback>{}", "<a>".repeat(100_000));
    assert_eq!(world::refusal(deep.as_bytes()), Refusal::Deep);
    let text = world::usual().replace(
        "receiver.example</org",
        &format!("{}</org", "x".repeat(100_000)),
    );
    assert_eq!(world::refusal(text.as_bytes()), Refusal::LongPiece);
    let attributes = format!("<feedback {}>", "a=\"b\" ".repeat(1_000_000));
    assert_eq!(world::refusal(attributes.as_bytes()), Refusal::LongPiece);
}

#[test]
fn a_report_that_breaks_off_counts_nothing() {
    let whole = world::usual();
    for cut in [30, 200, whole.len() / 2, whole.len() - 5] {
        let refusal = world::refusal(&whole.as_bytes()[..cut]);
        assert_eq!(refusal, Refusal::CutShort, "cut at {cut}");
    }
    let packed = world::gzip(whole.as_bytes());
    let refusal = world::refusal(&packed[..packed.len() / 2]);
    assert_eq!(refusal, Refusal::CutShort);
}

#[test]
fn a_wrong_checksum_counts_nothing() {
    let mut packed = world::gzip(world::usual().as_bytes());
    let at = packed.len() - 6;
    packed[at] ^= 0xff;
    is_refused("gzip", &packed, "checksum");
    let mut archive = world::zip([("r.xml", world::usual().as_bytes())]);
    // The checksum in the list of the archive (APPNOTE, section 4.3.12).
    let list = archive
        .windows(4)
        .rposition(|four| four == b"PK\x01\x02")
        .unwrap();
    archive[list + 16] ^= 0xff;
    is_refused("zip", &archive, "checksum");
}

#[test]
fn r21_a_count_that_is_no_number_is_named() {
    for count in ["", "-1", "3.0", "NaN", "1e9", "18446744073709551616", "٣"] {
        let text = world::report(
            "1",
            &format!(
                "{}{}",
                world::record("192.0.2.1", "1", "pass", "pass"),
                world::record("192.0.2.2", count, "pass", "pass")
            ),
        );
        let Refusal::Count { record, .. } = world::refusal(text.as_bytes()) else {
            panic!("{count:?} was taken");
        };
        assert_eq!(record, 2);
    }
}

#[test]
fn tags_that_do_not_fit_are_refused() {
    let cases = [
        ("swapped", world::usual().replace("</row>", "</record>")),
        (
            "never opened",
            world::usual().replace("<row>", "<row></nothing>"),
        ),
        ("not closed", world::usual().replace("</row>", "")),
    ];
    for (what, text) in cases {
        let refusal = world::refusal(text.as_bytes());
        assert!(
            matches!(refusal, Refusal::Xml { .. }),
            "{what}: {refusal:?}"
        );
    }
}

#[test]
fn a_second_document_is_said() {
    let two = format!(
        "{}{}",
        world::usual(),
        world::report("2", &world::record("192.0.2.9", "9", "pass", "pass"))
    );
    let contents = world::read(two.as_bytes());
    assert_eq!(contents.reports.len(), 1);
    assert_eq!(contents.refused[0].1, Refusal::SecondDocument);
}

#[test]
fn r15_mails_of_thousands_of_parts_stop() {
    let mut mail =
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
    for _ in 0..10_000 {
        mail.extend_from_slice(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n");
    }
    assert_eq!(world::refusal(&mail), Refusal::Parts);
}

#[test]
fn r15_r39_headers_without_end_are_refused_before_they_are_taken_apart() {
    let long = "Subject: x\r\n".repeat(200_000);
    let nested =
        format!("Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n{long}");
    let part = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{long}"
    );
    for mail in [&long, &nested, &part] {
        assert_eq!(world::refusal(mail.as_bytes()), Refusal::LongHeader);
    }
    // A long text is no header.
    let text =
        "Subject: x\r\n\r\nhello: you\r\n\r\n".to_owned() + &"more of it\r\n".repeat(200_000);
    assert_eq!(world::refusal(text.as_bytes()), Refusal::NoReportInMail);
    let dividers = format!(
        "Subject: x\r\n\r\n{}",
        "--\r\n\r\n".repeat(bounds::DIVIDERS + 1)
    );
    assert_eq!(world::refusal(dividers.as_bytes()), Refusal::Parts);
}

#[test]
fn r28_other_reports_in_the_same_mailbox_are_put_aside() {
    let failure = b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n\
        Feedback-Type: auth-failure\r\n\r\n--b--\r\n";
    is_refused("a failure report", failure, "one message that failed");
    let bounce = b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; mx.example\r\n\r\n--b--\r\n";
    is_refused("a bounce", bounce, "bounce");
}

#[test]
fn r29_a_locked_archive_is_named() {
    let mut archive = world::zip([("r.xml", world::usual().as_bytes())]);
    // The flag of encryption, in the member and in the list (APPNOTE, section 4.4.4).
    archive[6] |= 1;
    let list = archive
        .windows(4)
        .rposition(|four| four == b"PK\x01\x02")
        .unwrap();
    archive[list + 8] |= 1;
    assert_eq!(world::refusal(&archive), Refusal::Locked);
}
