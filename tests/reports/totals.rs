//! What is counted: nothing twice, nothing left out, and within bounds.

use std::fs;

use nobounce::evidence::bounds;
use nobounce::evidence::refusal::Refusal;
use nobounce::evidence::summary::Summary;
use nobounce::evidence::unpack::Unpacker;

use crate::world;

const SEPARATOR: &str = "From a@b Thu Jan  1 00:00:00 2026\n";

fn numbered(id: &str) -> String {
    world::report(id, &world::record("192.0.2.1", "1", "pass", "pass"))
}

fn mail(id: &str) -> String {
    let packed = world::gzip(numbered(id).as_bytes());
    String::from_utf8(world::mail("application/gzip", "r.xml.gz", &packed)).unwrap()
}

fn ids(bytes: &[u8]) -> Vec<String> {
    let contents = Unpacker::new(false).read(bytes);
    let reports = contents.reports.iter();
    reports
        .map(|found| found.report.report_id.shown().into())
        .collect()
}

/// Reads a file as the command does: its ids, and how many inputs it was.
fn file(bytes: &[u8]) -> (Vec<String>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mails");
    fs::write(&path, bytes).unwrap();
    let (mut all, mut inputs) = (Vec::new(), 0);
    nobounce::mailbox::files::read(&[path], false, |item| {
        inputs += 1;
        all.extend(
            item.contents
                .reports
                .iter()
                .map(|found| found.report.report_id.shown().to_string()),
        );
    });
    (all, inputs)
}

#[test]
fn r36_an_mbox_of_every_make_is_taken_apart() {
    let sentence = mail("1").replace(
        "This is a report.",
        "Hello\r\n\r\nFrom here on it is a report.",
    );
    let cases = [
        (
            "usual",
            format!("{SEPARATOR}{}\n{SEPARATOR}{}", mail("1"), mail("2")),
        ),
        (
            "CRLF",
            format!("{SEPARATOR}{}\n{SEPARATOR}{}", mail("1"), mail("2"))
                .replace("\r\n", "\n")
                .replace('\n', "\r\n"),
        ),
        (
            "only From",
            format!("From \n{}\nFrom \n{}", mail("1"), mail("2")),
        ),
        (
            "a sentence that begins with From",
            format!("{SEPARATOR}{sentence}\n{SEPARATOR}{}", mail("2")),
        ),
    ];
    for (what, text) in cases {
        let wanted = (vec!["1".to_owned(), "2".to_owned()], 2);
        assert_eq!(file(text.as_bytes()), wanted, "{what}");
        // Google hands out a mailbox as an mbox inside of an archive.
        assert_eq!(
            ids(&world::gzip(text.as_bytes())),
            ["1", "2"],
            "{what} in gzip"
        );
        let archive = world::zip([("Takeout/Mail/All mail.mbox", text.as_bytes())]);
        assert_eq!(ids(&archive), ["1", "2"], "{what} in zip");
    }
}

#[test]
fn a_packed_mbox_without_end_stops_and_says_so() {
    let one = format!("{SEPARATOR}Subject: x\n\nhello\n\n");
    let packed = world::gzip(one.repeat(bounds::PACKED_MAILS + 5).as_bytes());
    let contents = Unpacker::new(false).read(&packed[..]);
    assert_eq!(contents.refused.len(), bounds::PACKED_MAILS + 1);
    assert_eq!(contents.refused.last().unwrap().1, Refusal::PackedMails);
    let (first, _) = &contents.refused[0];
    assert_eq!(first.as_ref().unwrap().shown().as_str(), "mail 1");
}

fn summary(inputs: &[Vec<u8>]) -> Summary {
    let mut summary = Summary::new(None);
    for input in inputs {
        summary.add("x", Unpacker::new(false).read(&input[..]), |_| {});
    }
    summary
}

#[test]
fn r19_the_same_report_in_one_archive_is_a_duplicate() {
    let one = numbered("1");
    let archive = world::zip([("a.xml", one.as_bytes()), ("b.xml", one.as_bytes())]);
    let found = summary(&[archive]);
    assert_eq!(
        (found.reports, found.duplicates, found.tally.messages),
        (1, 1, 1)
    );
}

#[test]
fn r19_a_mail_that_carries_its_report_twice_counts_once() {
    let mail =
        String::from_utf8(world::mail("text/xml", "r.xml", numbered("1").as_bytes())).unwrap();
    let twice = mail.replace("This is a report.", &numbered("1"));
    let found = summary(&[twice.into_bytes()]);
    assert_eq!((found.reports, found.duplicates), (1, 0));
}

#[test]
fn r19_reports_without_an_id_are_told_apart_by_their_counts() {
    let three = world::report("", &world::record("192.0.2.1", "3", "pass", "pass"));
    let found = summary(&[
        numbered("").into_bytes(),
        three.clone().into_bytes(),
        three.into_bytes(),
    ]);
    assert_eq!(
        (found.reports, found.duplicates, found.tally.messages),
        (2, 1, 4)
    );
}

#[test]
fn r25_a_flood_of_senders_is_counted_together() {
    let signed = |n: usize| {
        world::record("192.0.2.1", "2", "fail", "fail").replace(
            "<auth_results>",
            &format!(
                "<auth_results><dkim><domain>d{n}.example</domain><result>pass</result></dkim>"
            ),
        )
    };
    let many = bounds::SENDERS + 50;
    let records: String = (0..many).map(signed).collect();
    let found = summary(&[
        world::report("1", &records).into_bytes(),
        world::report("2", &signed(many + 1)).into_bytes(),
    ]);
    let list = found.tally.by_weight();
    assert_eq!(list.len(), bounds::SENDERS + 1);
    assert_eq!(list[0].0.name, "Many others");
    assert_eq!(list[0].1.messages, 2 * 51);
    let sum: u64 = list.iter().map(|(_, count)| count.messages).sum();
    assert_eq!(sum, found.tally.messages);
}

#[test]
fn addresses_are_counted_once_over_all_reports() {
    let records = |from: usize, to: usize| -> String {
        (from..to)
            .map(|n| world::record(&format!("198.51.100.{n}"), "1", "fail", "fail"))
            .collect()
    };
    let found = summary(&[
        world::report("1", &records(0, 20).repeat(2)).into_bytes(),
        world::report("2", &records(10, 40)).into_bytes(),
    ]);
    let (_, count) = found.tally.by_weight()[0];
    assert_eq!(count.addresses.len(), 40);
    let examples: Vec<String> = count
        .addresses
        .examples
        .iter()
        .map(|it| it.shown())
        .collect();
    assert_eq!(examples, ["198.51.100.0", "198.51.100.1", "198.51.100.2"]);
}

#[test]
fn r39_one_record_that_is_larger_than_any_is_refused() {
    let signature =
        "<dkim><domain>example.com</domain><selector>s</selector><result>pass</result></dkim>";
    let with = |times: usize| {
        let record = world::record("192.0.2.1", "1", "pass", "pass").replace(
            "<auth_results>",
            &format!("<auth_results>{}", signature.repeat(times)),
        );
        world::report("1", &record)
    };
    assert_eq!(
        world::one(with(1000).as_bytes()).rows[0].auth_dkim.len(),
        1000
    );
    assert_eq!(world::refusal(with(2000).as_bytes()), Refusal::LongPiece);
}

#[test]
fn a_folder_behind_a_link_is_not_walked_and_said() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("inside")).unwrap();
    fs::write(root.path().join("inside/r.xml"), numbered("1")).unwrap();
    std::os::unix::fs::symlink(root.path(), root.path().join("inside/around")).unwrap();
    std::os::unix::fs::symlink("r.xml", root.path().join("inside/same.xml")).unwrap();
    let list = nobounce::mailbox::files::below(&[root.path().to_owned()]);
    let mut refused = Vec::new();
    let mut reports = 0;
    nobounce::mailbox::files::read(&list, false, |item| {
        reports += item.contents.reports.len();
        refused.extend(item.contents.refused);
    });
    assert_eq!(reports, 2);
    assert_eq!(refused, [(None, Refusal::LinkedFolder)]);
}
