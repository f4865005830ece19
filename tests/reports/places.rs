//! Files, folders, Maildir and mbox: all of them are read, in the order of the paths, and nothing is counted twice.

use std::fs;
use std::path::Path;
use std::process::Command;

use nobounce::mailbox::files;
use serde_json::Value;

use crate::world;

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn numbered(id: &str) -> Vec<u8> {
    world::report(id, &world::record("192.0.2.1", "1", "pass", "pass")).into_bytes()
}

/// What `nobounce reports` prints, and how it ends.
fn reports(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nobounce"))
        .arg("reports")
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let (code, out, _) = reports(&[&["--json"], arguments].concat());
    (code, serde_json::from_str(&out).unwrap())
}

#[test]
fn r36_every_kind_of_place_is_read() {
    let root = tempfile::tempdir().unwrap();
    let mail = |id: &str| world::mail("application/gzip", "r.xml.gz", &world::gzip(&numbered(id)));
    write(&root.path().join("folder/sub/a.xml"), &numbered("a"));
    write(
        &root.path().join("folder/b.zip"),
        &world::zip([("b.xml", &numbered("b")[..])]),
    );
    write(&root.path().join("Maildir/cur/1:2,S"), &mail("c"));
    write(&root.path().join("Maildir/new/2"), &mail("d"));
    write(&root.path().join("Maildir/tmp/3"), &mail("never delivered"));
    write(&root.path().join("Maildir/dovecot.index"), b"\0\0\0");
    let mbox = [
        b"From a@b Thu Jan  1 00:00:00 2026\n".to_vec(),
        mail("e"),
        b"\nFrom a@b Thu Jan  1 00:00:00 2026\n".to_vec(),
        b"Subject: hello\n\n>From here on\n".to_vec(),
        b"\nFrom a@b Thu Jan  1 00:00:00 2026\n".to_vec(),
        mail("f"),
    ]
    .concat();
    write(&root.path().join("mbox"), &mbox);
    let (code, document) = json(&["--records", root.path().to_str().unwrap()]);
    assert_eq!(code, 0);
    let ids: Vec<&str> = document["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["report_id"].as_str().unwrap())
        .collect();
    // Sorted: "Maildir", "folder", "mbox".
    assert_eq!(ids, ["c", "d", "b", "a", "e", "f"]);
    let rejected = document["files"]["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert!(
        rejected[0]["path"]
            .as_str()
            .unwrap()
            .ends_with("mbox, mail 2")
    );
}

#[test]
fn r19_a_report_that_came_twice_counts_once() {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("1.xml"), &numbered("same"));
    write(
        &root.path().join("2.xml.gz"),
        &world::gzip(&numbered("same")),
    );
    // The same id for another day is another report.
    let later = String::from_utf8(numbered("same"))
        .unwrap()
        .replace("17672", "17682")
        .replace("17673", "17683");
    write(&root.path().join("3.xml"), later.as_bytes());
    let (_, document) = json(&[root.path().to_str().unwrap()]);
    assert_eq!(document["files"]["reports"], 2);
    assert_eq!(document["files"]["duplicates"], 1);
    assert_eq!(document["messages"], 2);
}

#[test]
fn r23_r35_reports_about_other_domains_are_put_aside() {
    let root = tempfile::tempdir().unwrap();
    let about = |domain: &str, id: &str| {
        String::from_utf8(numbered(id)).unwrap().replace(
            "<domain>example.com</domain><p>",
            &format!("<domain>{domain}</domain><p>"),
        )
    };
    for (name, domain) in [
        ("1", "example.com"),
        ("2", "EXAMPLE.com"),
        ("3", "sub.example.com"),
        ("4", "example.net"),
        ("5", "notexample.com"),
    ] {
        write(&root.path().join(name), about(domain, name).as_bytes());
    }
    let path = root.path().to_str().unwrap();
    let (_, document) = json(&["--domain", "example.com", path]);
    assert_eq!(document["files"]["reports"], 3);
    assert_eq!(document["files"]["other_domains"], 2);
    assert_eq!(document["domain"], "example.com");
    let (_, document) = json(&[path]);
    assert_eq!(document["domain"], Value::Null);
}

#[test]
fn nothing_read_ends_with_one_and_says_why() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("page.xml");
    write(&path, b"<html></html>");
    let (code, out, _) = reports(&[path.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(out.contains("No report was read."), "{out}");
    assert!(out.contains("a web page (HTML)"), "{out}");
    let missing = root.path().join("nothing here");
    let (code, out, _) = reports(&[missing.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(out.contains("could not be read"), "{out}");
}

#[test]
fn r38_nothing_in_a_report_reaches_the_terminal_as_it_is() {
    let root = tempfile::tempdir().unwrap();
    let text = world::usual()
        .replace("receiver.example</org", "\u{9b}2J\u{202e}evil\u{200b}</org")
        .replace(
            "<domain>example.com</domain><p>",
            "<domain>e\u{7}x</domain><p>",
        );
    let path = root.path().join("a\u{1b}[31m.xml");
    write(&path, text.as_bytes());
    let path = path.to_str().unwrap();
    for arguments in [vec![path], vec!["--json", "--records", path]] {
        let (_, out, err) = reports(&arguments);
        let is_harmful = |letter: char| {
            (letter.is_control() && letter != '\n') || matches!(letter, '\u{202e}' | '\u{200b}')
        };
        assert!(!out.contains(is_harmful), "{out:?}");
        assert!(!err.contains(is_harmful), "{err:?}");
    }
}

#[test]
fn the_order_of_the_paths_is_kept_whatever_thread_is_first() {
    let root = tempfile::tempdir().unwrap();
    let paths: Vec<_> =
        (0..200)
            .map(|n| {
                let path = root.path().join(format!("{n:03}"));
                // Every tenth takes much longer than the others.
                let records = world::record("192.0.2.1", "1", "pass", "pass")
                    .repeat(if n % 10 == 0 { 500 } else { 1 });
                write(&path, world::report(&n.to_string(), &records).as_bytes());
                path
            })
            .collect();
    let mut order = Vec::new();
    files::read(&paths, false, |item| order.push(item.path));
    assert_eq!(order, paths);
}
