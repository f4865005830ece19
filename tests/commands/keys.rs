//! `dkim new`: what it prints, what it refuses, and that no private byte leaves its file.

use std::fs;

use serde_json::Value;

use crate::program::run;

#[test]
fn a_new_key_prints_its_record_and_where_the_private_half_is() {
    let data = tempfile::tempdir().unwrap();
    run(data.path(), ["dkim", "new", "shop.test"])
        .masked(data.path())
        .is(
            0,
            "Type   TXT\n\
             Name   nb2611._domainkey.shop.test\n\
             Value  v=DKIM1; k=rsa; p=KEY\n\
             Key    DATA/shop.test/keys/nb2611.pem\n",
            "nobounce: shop.test is kept for examples and tests (RFC 2606)\n",
        );
    run(
        data.path(),
        [
            "dkim",
            "new",
            "shop.test",
            "--json",
            "--key",
            "ed25519",
            "-q",
        ],
    )
    .masked(data.path())
    .is(
        0,
        "{\"schema\":1,\"domain\":\"shop.test\",\"selector\":\"nb2611e\",\"algorithm\":\"ed25519\",\
             \"owner\":\"nb2611e._domainkey.shop.test\",\"record\":\"v=DKIM1; k=ed25519; p=KEY\",\
             \"key_path\":\"DATA/shop.test/keys/nb2611e.pem\"}\n",
        "",
    );
    // S11: the name of a key is never used twice.
    let third = run(data.path(), ["dkim", "new", "shop.test", "--json", "-q"]);
    let third: Value = serde_json::from_str(&third.out).unwrap();
    assert_eq!(third["selector"], "nb2611-2");
}

#[test]
fn a_domain_may_be_typed_as_people_type_it() {
    let data = tempfile::tempdir().unwrap();
    for (typed, domain) in [
        ("https://www.Shop-One.de/x", "shop-one.de"),
        ("info@shop-two.de", "shop-two.de"),
        ("shop-three.de.", "shop-three.de"),
        ("müller.de", "xn--mller-kva.de"),
    ] {
        let ran = run(
            data.path(),
            ["dkim", "new", typed, "--key", "ed25519", "--json"],
        );
        let made: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(made["domain"], domain);
        assert!(data.path().join(domain).join("setup.json").is_file());
        assert!(
            typed.trim_end_matches('.') == domain || ran.err.contains(domain),
            "{typed}: what was understood is said: {}",
            ran.err
        );
    }
}

#[test]
fn domains_that_are_not_the_users_are_refused() {
    let data = tempfile::tempdir().unwrap();
    for typed in [
        "gmail.com",
        "co.uk",
        "com",
        "192.0.2.1",
        "[192.0.2.1]",
        "",
        "a b",
    ] {
        let ran = run(data.path(), ["dkim", "new", typed]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{typed}");
        assert_eq!(ran.err.lines().count(), 2, "{typed}: {}", ran.err);
    }
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn selectors_are_checked_and_not_used_twice() {
    let data = tempfile::tempdir().unwrap();
    let new = |selector: &str| {
        run(
            data.path(),
            [
                "dkim",
                "new",
                "shop.de",
                "--key",
                "ed25519",
                "--selector",
                selector,
            ],
        )
    };
    assert_eq!(new("Mail2026").code, Some(0));
    let key = data.path().join("shop.de/keys/mail2026.pem");
    let before = fs::read(&key).unwrap();
    new("mail2026").is(
        2,
        "",
        "nobounce: the selector mail2026 is in use already\n\
         nobounce: choose another one, or leave --selector away\n",
    );
    assert_eq!(fs::read(&key).unwrap(), before);
    for wrong in ["", "a b", "../x", "a..b", "ä", &"x".repeat(64)] {
        assert_eq!(new(wrong).code, Some(2), "{wrong:?}");
    }
    assert_eq!(fs::read_dir(key.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn no_private_byte_is_printed_or_saved_outside_its_file() {
    let data = tempfile::tempdir().unwrap();
    for kind in ["rsa2048", "ed25519"] {
        let made = run(
            data.path(),
            [
                "dkim",
                "new",
                "shop.de",
                "--key",
                kind,
                "--selector",
                kind,
                "-v",
            ],
        );
        let json = run(data.path(), ["records", "shop.de", "--json"]);
        let fields = run(data.path(), ["records", "shop.de"]);
        let zone = run(data.path(), ["records", "shop.de", "--format", "zone"]);
        let status = run(data.path(), ["status", "--json"]);
        let folder = data.path().join("shop.de");
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let mut texts = vec![read("setup.json"), read("setup.json.prev"), read("lock")];
        for ran in [made, json, fields, zone, status] {
            texts.extend([ran.out, ran.err]);
        }
        let pem = read(&format!("keys/{kind}.pem"));
        let secrets: Vec<&str> = pem.lines().filter(|line| line.len() > 20).collect();
        assert!(!secrets.is_empty());
        for text in texts {
            for secret in &secrets {
                assert!(!text.contains(secret), "{kind}");
            }
            assert!(!text.contains("PRIVATE KEY"), "{kind}");
        }
    }
}
