//! A sender that is not finished, as `status` and `records` tell it from what is saved.

use std::fs;

use serde_json::Value;
use serde_json::json;

use crate::program::run;

/// A saved setup: Amazon SES begun and left, Mailchimp ticked and not begun.
fn saved() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let made = run(
        data.path(),
        ["dkim", "new", "alpha.de", "--key", "ed25519", "-q"],
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    let file = data.path().join("alpha.de/setup.json");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let facts = &mut document["facts"];
    facts["senders"] = json!({
        "ticked": ["amazon-ses", "mailchimp"], "confirmed": true, "habits_confirmed": true, "terms_confirmed": true,
    });
    facts["dkim"] = json!({
        "amazon-ses": {
            "begun": true, "later": true, "later_since": "2026-11-20T10:00:00Z", "parts_seen": ["bounce"],
            "records": [
                { "host": "aaa._domainkey", "record_type": "CNAME", "value": "aaa.dkim.amazonses.com" },
                { "host": "bbb._domainkey", "record_type": "CNAME", "value": "bbb.dkim.amazonses.com" },
                { "host": "ccc._domainkey", "record_type": "CNAME", "value": "ccc.dkim.amazonses.com" },
            ],
            "bounce": [
                { "host": "bounce", "record_type": "MX", "value": "10 feedback-smtp.eu-west-1.amazonses.com" },
                { "host": "bounce", "record_type": "TXT", "value": "v=spf1 include:amazonses.com ~all" },
            ],
        },
    });
    fs::write(&file, document.to_string()).unwrap();
    data
}

#[test]
fn status_names_what_is_not_finished() {
    let data = saved();
    let plain = run(data.path(), ["status", "alpha.de"]);
    assert_eq!(plain.code, Some(0), "{}", plain.err);
    let open: Vec<&str> = plain
        .out
        .lines()
        .filter(|line| line.starts_with("  open "))
        .collect();
    assert_eq!(
        open,
        [
            "  open   Amazon SES: left on 20 November 2026; its records are not seen published",
            "  open   Mailchimp: its records are not seen published",
        ],
        "{}",
        plain.out
    );
    let json = run(data.path(), ["status", "alpha.de", "--json"]);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    let domain = &document["domains"][0];
    assert_eq!(domain["open"][0]["id"], "amazon-ses");
    assert_eq!(domain["open"].as_array().unwrap().len(), 2);
    for step in [7, 8] {
        let gate = domain["steps"][step]["gates"]
            .as_array()
            .unwrap()
            .iter()
            .find(|gate| gate["id"] == "senders-finished")
            .unwrap();
        assert_eq!(gate["holds"], false);
        let reason = gate["reason"].as_str().unwrap();
        assert!(reason.contains("Amazon SES (left on"), "{reason}");
    }
}

#[test]
fn records_for_bounces_are_handed_over_like_the_others() {
    let data = saved();
    let zone = run(data.path(), ["records", "alpha.de", "--format", "zone"]);
    assert_eq!(zone.code, Some(0), "{}", zone.err);
    for line in [
        "aaa._domainkey 3600 IN CNAME aaa.dkim.amazonses.com.",
        "bounce 3600 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.",
        "bounce 3600 IN TXT \"v=spf1 include:amazonses.com ~all\"",
        "; takes the bounces of Amazon SES (return-path)",
    ] {
        assert!(
            zone.out.lines().any(|there| there == line),
            "{line}: {}",
            zone.out
        );
    }
    let fields = run(data.path(), ["records", "alpha.de"]);
    assert!(fields.out.contains("Priority  10"), "{}", fields.out);
}
