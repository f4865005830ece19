//! A key changed from beginning to end on the records that BIND serves.

use std::path::Path;

use serde_json::Value;

use crate::bind::Bind;
use crate::programs::Ran;
use crate::programs::nobounce;

const DOMAIN: &str = "good.test";

/// BIND with these records of keys.
fn serving(keys: &[(&str, &str)]) -> Option<Bind> {
    let mut zone = include_str!("zones/good.test.zone").to_owned();
    for (selector, record) in keys {
        let strings: Vec<String> = record
            .as_bytes()
            .chunks(255)
            .map(|chunk| format!("\"{}\"", String::from_utf8_lossy(chunk)))
            .collect();
        zone += &format!("{selector}._domainkey TXT {}\n", strings.join(" "));
    }
    Bind::serving(&[
        (".", Some(include_str!("zones/root.zone").to_owned())),
        ("test", Some(include_str!("zones/test.zone").to_owned())),
        (DOMAIN, Some(zone)),
    ])
}

/// Runs a verb of `dkim` on a day of December 2026, on what this BIND serves.
fn dkim(data: &Path, bind: Option<&Bind>, day: u32, words: &[&str]) -> Ran {
    let mut command = nobounce();
    command
        .arg("dkim")
        .args(words)
        .args(["--json", "--data-dir"]);
    command.arg(data);
    command.args(["--now", &format!("2026-12-{day:02}T10:00:00Z")]);
    if let Some(bind) = bind {
        let port = bind.port.to_string();
        command.args(["--resolver", &bind.address(), "--authoritative-port", &port]);
    }
    Ran::of(&mut command)
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.told()))
}

/// The states of the keys, in the order of the list.
fn states(data: &Path, bind: &Bind, day: u32) -> Vec<String> {
    let listed = json(&dkim(data, Some(bind), day, &["list", DOMAIN, "--check"]).well());
    let keys = listed["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["state"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_key_is_changed_on_what_bind_serves() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let text = |value: &Value, field: &str| value[field].as_str().unwrap().to_owned();
    let new = |words: &[&str]| json(&dkim(data, None, 1, words).well());
    let old = text(&new(&["new", DOMAIN, "--selector", "old"]), "record");
    let Some(bind) = serving(&[("old", &old)]) else {
        return;
    };
    assert_eq!(states(data, &bind, 1), ["published"]);
    let made = new(&["rotate", DOMAIN]);
    let (selector, record) = (text(&made, "new"), text(&made, "record"));
    // Not there yet: the word that it signs is not taken.
    let early = dkim(data, Some(&bind), 1, &["rotate", DOMAIN, "--switched"]);
    assert_eq!(early.code, Some(4), "{}", early.told());
    assert!(early.stderr.contains("missing"), "{}", early.told());
    drop(bind);

    let bind = serving(&[("old", &old), (&selector, &record)]).unwrap();
    dkim(data, Some(&bind), 2, &["rotate", DOMAIN, "--switched"]).well();
    for day in [2, 3, 8] {
        assert_eq!(states(data, &bind, day), ["leaving", "signing"]);
        let held = dkim(data, None, day, &["retire", DOMAIN, "old"]);
        assert_eq!(held.code, Some(4), "{}", held.told());
    }
    let retired = json(&dkim(data, None, 9, &["retire", DOMAIN, "old"]).well());
    let empty = text(&retired, "record");
    assert_eq!(
        states(data, &bind, 9),
        ["retired", "signing"],
        "its record stands as it was"
    );
    drop(bind);

    // Emptied, it is out of use; and so it is where it was taken out.
    let bind = serving(&[("old", &empty), (&selector, &record)]).unwrap();
    assert_eq!(states(data, &bind, 10), ["gone", "signing"]);
}
