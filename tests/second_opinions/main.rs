//! What other programs say of our keys, zones and updates: BIND, Knot, OpenDKIM, dkimpy, OpenSSL; of records: checkdmarc, pyspf, dkimpy; and
//! of the hand-off sheet: Chromium. All on loopback.
//!
//! A program that is not installed is said, and its test skipped, unless `NOBOUNCE_REQUIRE` names it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bind;
mod browser;
mod check_host;
mod clipboard;
mod exports;
mod exports_read;
mod hand_over;
mod keys;
mod known;
mod programs;
mod records;
#[path = "../commands/rich.rs"]
mod rich;
mod rotation;
#[path = "../live/scripted.rs"]
#[allow(dead_code)]
mod scripted;
#[path = "../commands/sheets.rs"]
#[allow(dead_code)]
mod sheets;
mod signers;
mod update_cases;
mod update_proxy;
mod update_senders;
mod update_world;

use serde_json::Value;

use crate::bind::Bind;
use crate::keys::KINDS;
use crate::keys::Key;
use crate::programs::Ran;
use crate::programs::nobounce;
use crate::programs::program;
use crate::programs::python_with_dkimpy;

const DOMAIN: &str = "good.test";

#[test]
fn bind_serves_what_opendkim_accepts() {
    let Some(testkey) = program("opendkim-testkey") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let keys = KINDS.map(|kind| Key::made_by_nobounce(folder.path(), DOMAIN, kind, kind));
    let Some(bind) = Bind::serving(&internet(&keys)) else {
        return;
    };
    for key in &keys {
        // OpenDKIM 2.11 cannot load an Ed25519 private key, and of such a record it only reads the tags;
        // dkimpy and OpenSSL judge the key itself.
        let private = (key.kind != "ed25519").then_some(key);
        let ran = keys::testkey(&testkey, &bind, DOMAIN, &key.selector, private).well();
        assert!(ran.stdout.contains("key OK"), "{}", ran.told());
    }
}

#[test]
fn opendkim_tells_a_wrong_key_from_a_right_one() {
    let (Some(testkey), Some(openssl)) = (program("opendkim-testkey"), program("openssl")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let right = Key::made_by_openssl(&openssl, folder.path(), "right");
    let wrong = Key::made_by_openssl(&openssl, folder.path(), "wrong");
    let Some(bind) = Bind::serving(&internet(std::slice::from_ref(&right))) else {
        return;
    };
    keys::testkey(&testkey, &bind, DOMAIN, "right", Some(&right)).well();
    let mismatch = keys::testkey(&testkey, &bind, DOMAIN, "right", Some(&wrong));
    assert!(
        mismatch.stdout.contains("keys do not match"),
        "{}",
        mismatch.told()
    );
    assert_ne!(mismatch.code, Some(0));
    let absent = keys::testkey(&testkey, &bind, DOMAIN, "absent", Some(&right));
    assert_ne!(absent.code, Some(0), "{}", absent.told());
}

#[test]
fn dkimpy_verifies_what_our_keys_sign() {
    let Some(python) = python_with_dkimpy() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let key = Key::made_by_nobounce(folder.path(), DOMAIN, kind, kind);
        keys::dkimpy(&python, DOMAIN, &key).well();
    }
}

#[test]
fn dkimpy_tells_a_wrong_record_from_a_right_one() {
    let (Some(python), Some(openssl)) = (python_with_dkimpy(), program("openssl")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut key = Key::made_by_openssl(&openssl, folder.path(), "right");
    keys::dkimpy(&python, DOMAIN, &key).well();
    key.record = Key::made_by_openssl(&openssl, folder.path(), "wrong").record;
    assert_eq!(keys::dkimpy(&python, DOMAIN, &key).code, Some(1));
}

#[test]
fn openssl_reads_our_key_files_and_finds_the_published_half() {
    let Some(openssl) = program("openssl") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let key = Key::made_by_nobounce(folder.path(), DOMAIN, kind, kind);
        assert_eq!(
            key.published_half(),
            key.half_openssl_finds(&openssl),
            "{kind}"
        );
    }
}

#[test]
fn named_checkzone_loads_our_zone_fragment() {
    let Some(checkzone) = program("named-checkzone") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let keys = KINDS.map(|kind| Key::made_by_nobounce(folder.path(), DOMAIN, kind, kind));
    let fragment = Ran::of(
        nobounce()
            .args(["records", DOMAIN, "--format", "zone", "--data-dir"])
            .arg(folder.path()),
    )
    .well()
    .stdout;
    let zone = format!(
        "$ORIGIN {DOMAIN}.\n$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.1\n{fragment}"
    );
    let file = folder.path().join("zone");
    std::fs::write(&file, &zone).unwrap();
    let loaded = Ran::of(
        std::process::Command::new(checkzone)
            .args(["-q", "-D", DOMAIN])
            .arg(&file),
    );
    assert_eq!(loaded.code, Some(0), "{}\n{zone}", loaded.told());
    for key in &keys {
        assert_eq!(
            keys::text_in_zone(&loaded.stdout, &key.name(DOMAIN)),
            key.record
        );
    }
}

#[test]
fn a_check_of_bind_sees_what_bind_serves() {
    let folder = tempfile::tempdir().unwrap();
    let door = Key::made_by_nobounce(folder.path(), DOMAIN, "door", "rsa4096");
    let Some(bind) = Bind::serving(&internet(std::slice::from_ref(&door))) else {
        return;
    };
    let ran = Ran::of(
        nobounce()
            .args(["check", "good.test", "broken.test", "silent.test", "--json"])
            .args(["--selector", "door", "--resolver", &bind.address()])
            .args(["--authoritative-port", &bind.port.to_string()]),
    );
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3, "{}", ran.told());
    let [good, broken, silent] = [&lines[0], &lines[1], &lines[2]];

    assert_eq!(good["domain"], "good.test");
    assert_eq!(good["verdict"], "ok", "{good:#}");
    assert_eq!(good["spf"]["state"], "published");
    assert_eq!(good["spf"]["lookups"], 1);
    assert_eq!(good["dkim"]["selectors"][0]["record"], *door.record);
    assert_eq!(good["dkim"]["selectors"][0]["bits"], 4096);
    assert_eq!(good["dmarc"]["policy"], "reject");
    assert_eq!(good["nameservers"].as_array().map(Vec::len), Some(2));
    for server in good["nameservers"].as_array().unwrap() {
        assert_eq!(
            (&server["answers"], &server["serial"]),
            (&true.into(), &42.into())
        );
    }

    assert_eq!(broken["verdict"], "error", "{broken:#}");
    assert_eq!(broken["spf"]["state"], "conflict");

    // SERVFAIL is "could not tell", never "missing".
    assert_eq!(silent["verdict"], "unknown", "{silent:#}");
    assert_eq!(silent["spf"]["state"], "unknown");
    assert_eq!(silent["dmarc"]["state"], "unknown");
    assert_eq!(ran.code, Some(3), "the worst of the three");
}

/// A root, `.test`, and three domains under it: one well, one with two SPF records, one that only fails.
fn internet(keys: &[Key]) -> Vec<(&'static str, Option<String>)> {
    let mut good = include_str!("zones/good.test.zone").to_owned();
    for key in keys {
        good += &key.zone_line(DOMAIN);
    }
    vec![
        (".", Some(include_str!("zones/root.zone").to_owned())),
        ("test", Some(include_str!("zones/test.zone").to_owned())),
        (DOMAIN, Some(good)),
        (
            "broken.test",
            Some(include_str!("zones/broken.test.zone").to_owned()),
        ),
        ("silent.test", None),
    ]
}
