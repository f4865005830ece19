//! The page that people read: what matters first, within 80 columns, and an exit that says whether it went well.

use std::fs;
use std::process::Command;

use crate::world;

struct Ran {
    code: i32,
    out: String,
}

fn reports(arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_nobounce"))
        .arg("reports")
        .args(arguments)
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
    }
}

/// One report about example.com with these records.
fn page_of(records: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.xml");
    fs::write(&path, world::report("1", records)).unwrap();
    reports(&[path.to_str().unwrap()])
}

fn signed_by(domain: &str, count: &str) -> String {
    world::record("198.51.100.7", count, "fail", "fail").replace(
        "<auth_results>",
        &format!("<auth_results><dkim><domain>{domain}</domain><result>pass</result></dkim>"),
    )
}

#[test]
fn what_has_to_be_mended_stands_before_what_is_fine() {
    let ran = page_of(&format!(
        "{}{}{}",
        world::record("192.0.2.1", "1200", "pass", "pass"),
        signed_by("mcsv.net", "30"),
        world::record("203.0.113.9", "4", "fail", "fail")
            .replace("<disposition>none", "<disposition>quarantine"),
    ));
    assert_eq!(ran.code, 0);
    let at = |text: &str| {
        ran.out
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {}", ran.out))
    };
    assert!(at("! 1,200 of 1,234 messages passed as example.com") < at("Yours, but not all"));
    assert!(at("put 4 into spam") < at("Yours, but not all"));
    assert!(at("Yours, but not all") < at("Mailchimp"));
    assert!(at("Mailchimp") < at("Unknown: is one of these yours?"));
    assert!(at("from 203.0.113.9") < at("Own server"));
    at("`nobounce example.com` shows what each service needs");
}

#[test]
fn where_all_passes_nothing_alarms() {
    let ran = page_of(&world::record("192.0.2.1", "5", "pass", "pass"));
    assert!(
        ran.out.contains("✓ All 5 messages passed as example.com"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("Nothing has to be mended."), "{}", ran.out);
    assert!(
        !ran.out.contains("Unknown") && !ran.out.contains('✗'),
        "{}",
        ran.out
    );
}

#[test]
fn r38_long_lists_and_long_names_stay_within_the_page() {
    let mut records = String::new();
    for n in 0..300 {
        let name = format!("{}{n}.example", "very-long-name-".repeat(3));
        records.push_str(&signed_by(&name, "18446744073709551"));
    }
    let ran = page_of(&records);
    let widest = ran
        .out
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap();
    assert!(widest <= 80, "{widest}: {}", ran.out);
    assert!(ran.out.lines().count() < 50, "{}", ran.out);
    assert!(
        ran.out
            .contains("and 288 more senders, 5,312,662,293,228,350,688"),
        "{}",
        ran.out
    );
}

#[test]
fn what_was_not_read_is_told_by_reason() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..20 {
        let mail = "Subject: hello\r\nFrom: a@b.example\r\n\r\nhello\r\n";
        fs::write(folder.path().join(format!("{n:02}.eml")), mail).unwrap();
    }
    fs::write(folder.path().join("r.xml"), world::usual()).unwrap();
    let ran = reports(&[folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.out.matches("the mail carries no report").count(),
        1,
        "{}",
        ran.out
    );
    assert!(ran.out.contains("and 17 more"), "{}", ran.out);
}

#[test]
fn a_path_that_cannot_be_read_is_an_error_beside_good_reports() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.xml");
    fs::write(&path, world::usual()).unwrap();
    let missing = folder.path().join("mistyped.xml");
    let ran = reports(&[path.to_str().unwrap(), missing.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("mistyped.xml"), "{}", ran.out);
    assert!(ran.out.contains("3 of 5 messages passed"), "{}", ran.out);
}

#[test]
fn reports_about_other_domains_are_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.xml");
    fs::write(&path, world::usual()).unwrap();
    let ran = reports(&["--domain", "example.net", path.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("No report is about example.net."),
        "{}",
        ran.out
    );
}

#[test]
fn names_of_people_stay_readable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Müller 東京.xml");
    fs::write(&path, "<rss/>").unwrap();
    let ran = reports(&[path.to_str().unwrap()]);
    assert!(ran.out.contains("Müller 東京.xml"), "{}", ran.out);
}
