//! Forms that reports come in: each is read with the same facts.

use nobounce::evidence::aggregate::Format;
use nobounce::evidence::aggregate::Remark;
use nobounce::evidence::aggregate::Source;
use nobounce::evidence::unpack::Found;

use crate::world;

/// The facts of [`world::usual`].
#[track_caller]
fn is_usual(found: &Found) {
    assert_eq!(found.report.org.shown().as_str(), "receiver.example");
    assert_eq!(found.report.report_id.shown().as_str(), "1");
    assert_eq!(
        (found.report.begin, found.report.end),
        (Some(1_767_225_600), Some(1_767_311_999))
    );
    assert_eq!(found.report.policy.domain.shown().as_str(), "example.com");
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| (row.source.shown(), row.count, row.dkim, row.spf))
        .collect();
    assert_eq!(
        rows,
        [
            ("192.0.2.1".to_owned(), 3, Some(true), Some(true)),
            ("2001:db8::1".to_owned(), 2, Some(false), Some(false)),
        ]
    );
    assert_eq!((found.tally.messages, found.tally.aligned), (5, 3));
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let mut bytes = if big {
        vec![0xfe, 0xff]
    } else {
        vec![0xff, 0xfe]
    };
    for unit in text.encode_utf16() {
        bytes.extend(if big {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        });
    }
    bytes
}

#[test]
fn r16_r17_r18_every_form_gives_the_same_facts() {
    let usual = world::usual();
    let plain = usual.as_bytes();
    let prefixed = usual
        .replace("<?xml version=\"1.0\"?>", "")
        .replace("</", "</d:")
        .replace('<', "<d:")
        .replace("<d:/d:", "</d:")
        .replacen("<d:feedback", "<d:feedback xmlns:d=\"urn:x\"", 1);
    let wrapped = usual
        .replace("<record>", "<records><record>")
        .replace("</record>", "</record></records>");
    let upper = usual
        .replace("<row>", "<ROW>")
        .replace("</row>", "</ROW>")
        .replace("pass", "PASS");
    let cdata = usual
        .replace("<count>3<", "<count><![CDATA[3]]><")
        .replace("192.0.2.1", "192.0.2.&#49;");
    let blanks = usual
        .replace("<count>", "<count>\n  ")
        .replace("192.0.2.1", "\t192.0.2.1 ");
    let extended = usual.replace(
        "<row>",
        "<extension><x:row xmlns:x=\"urn:y\"><count>99</count></x:row></extension><row>",
    );
    let gzip = world::gzip(plain);
    let two_members = [world::gzip(&plain[..100]), world::gzip(&plain[100..])].concat();
    let mail = |kind, name, body: &[u8]| world::mail(kind, name, body);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("plain", plain.to_vec()),
        ("byte order mark", [b"\xef\xbb\xbf", plain].concat()),
        ("UTF-16, little", utf16(&usual, false)),
        ("UTF-16, big", utf16(&usual, true)),
        ("blanks before it", [b"\n\n ", plain].concat()),
        ("prefixes", prefixed.into_bytes()),
        ("a wrapper that nobody knows", wrapped.into_bytes()),
        ("upper case", upper.into_bytes()),
        ("CDATA and a numbered letter", cdata.into_bytes()),
        ("blanks in the values", blanks.into_bytes()),
        ("an extension with names of ours", extended.into_bytes()),
        ("gzip", gzip.clone()),
        ("gzip of two members", two_members),
        ("gzip of gzip", world::gzip(&gzip)),
        ("zip", world::zip([("r.xml", plain)])),
        ("gzip in zip", world::zip([("r.xml.gz", &gzip[..])])),
        ("zip in gzip", world::gzip(&world::zip([("r.xml", plain)]))),
        (
            "mail with gzip",
            mail("application/gzip", "r.xml.gz", &gzip),
        ),
        (
            "mail with a zip named .gz",
            mail(
                "application/octet-stream",
                "r.gz",
                &world::zip([("r.xml", plain)]),
            ),
        ),
        (
            "mail that calls gzip a text",
            mail("text/plain", "r.txt", &gzip),
        ),
        ("mail with plain XML", mail("text/xml", "r.xml", plain)),
        (
            "mail in a mail",
            mail(
                "message/rfc822",
                "m.eml",
                &mail("application/gzip", "r.xml.gz", &gzip),
            ),
        ),
        (
            "mail attached as a file",
            mail(
                "application/octet-stream",
                "m.eml",
                &mail("application/gzip", "r.xml.gz", &gzip),
            ),
        ),
    ];
    for (form, bytes) in cases {
        println!("{form}");
        is_usual(&world::one(&bytes));
    }
}

#[test]
fn r16_latin_1_is_read_as_declared() {
    let text = world::usual()
        .replace("version=\"1.0\"", "version=\"1.0\" encoding=\"ISO-8859-1\"")
        .replace("<org_name>receiver.example", "<org_name>M\u{fc}ller");
    let bytes: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let found = world::one(&bytes);
    assert_eq!(found.report.org.as_bytes(), "Müller".as_bytes());
    assert!(found.report.remarks.is_empty());
}

#[test]
fn both_generations_are_told_apart() {
    let old = world::one(world::usual().as_bytes());
    assert_eq!(old.report.format, Format::Rfc7489);
    let new = world::usual().replace(
        "<feedback>",
        "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">",
    );
    assert_eq!(world::one(new.as_bytes()).report.format, Format::Rfc9990);
}

#[test]
fn several_reports_in_one_archive_all_count() {
    let one = world::report("1", &world::record("192.0.2.1", "1", "pass", "fail"));
    let two = world::report("2", &world::record("192.0.2.2", "1", "fail", "pass"));
    let archive = world::zip([
        ("one.xml", one.as_bytes()),
        ("notes.txt", b"not a report"),
        ("two.xml", two.as_bytes()),
    ]);
    let contents = world::read(&archive);
    let ids: Vec<String> = contents
        .reports
        .iter()
        .map(|found| found.report.report_id.shown().into())
        .collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(contents.refused.len(), 1);
    let (member, _) = &contents.refused[0];
    assert_eq!(member.as_ref().unwrap().shown().as_str(), "notes.txt");
}

#[test]
fn what_is_odd_is_read_and_remarked() {
    let cases = [
        (
            "an abbreviation that XML does not know",
            world::usual().replace("receiver.example</org", "A&nbsp;B</org"),
            Remark::UnknownEntity,
        ),
        (
            "an address in angle brackets",
            world::usual().replace("dmarc@receiver", "\"Reports\" <dmarc@receiver.example>"),
            Remark::StrayTag,
        ),
        (
            "milliseconds",
            world::usual().replace("1767225600", "1767225600000"),
            Remark::BadTime,
        ),
        (
            "an end before the begin",
            world::usual().replace("1767311999", "1767225000"),
            Remark::BackwardTime,
        ),
        (
            "no address",
            world::usual().replace("192.0.2.1", "192.0.2.0/24"),
            Remark::BadAddress,
        ),
        (
            "padding",
            format!("{}\0\0\0\0", world::usual()),
            Remark::Rest,
        ),
    ];
    for (what, text, remark) in cases {
        let found = world::one(text.as_bytes());
        assert_eq!(found.report.remarks, [remark], "{what}");
        assert_eq!(found.tally.messages, 5, "{what}");
    }
}

#[test]
fn r21_r22_numbers_and_addresses_stay_as_they_are() {
    let counts = world::report(
        "1",
        &format!(
            "{}{}{}",
            world::record("192.0.2.1", "4294967296", "pass", "pass"),
            world::record("::ffff:192.0.2.1", "0", "pass", "pass"),
            world::record("10.0.0.1", "18446744073709551615", "fail", "fail"),
        ),
    );
    let found = world::one(counts.as_bytes());
    assert_eq!(found.rows[0].count, 4_294_967_296);
    assert_eq!(found.rows[1].count, 0);
    assert_eq!(
        found.rows[1].source,
        Source::Ip("::ffff:192.0.2.1".parse().unwrap())
    );
    // The sum stops at the largest number instead of beginning anew.
    assert_eq!(found.tally.messages, u64::MAX);
}

#[test]
fn what_a_report_does_not_say_is_not_made_up() {
    let silent = world::report(
        "1",
        "<record><row><source_ip>192.0.2.1</source_ip><count>6</count></row>\
         <identifiers><header_from>example.com</header_from></identifiers></record>",
    );
    let found = world::one(silent.as_bytes());
    assert_eq!((found.rows[0].dkim, found.rows[0].spf), (None, None));
    assert_eq!(found.rows[0].disposition, None);
    assert_eq!((found.tally.unevaluated, found.tally.aligned), (6, 0));
}
