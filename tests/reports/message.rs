//! Received messages with known results: the corpus, and the example of RFC 8463.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use nobounce::evidence::message::look::DmarcResult;
use nobounce::evidence::message::look::Look;
use nobounce::evidence::message::look::Report;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Trouble;
use nobounce::records::untrusted::Untrusted;
use serde_json::Value;

/// Owner name to its TXT strings; a name that is not there does not exist.
type Zone = BTreeMap<String, Outcome>;

fn txt(text: &str) -> Outcome {
    Outcome::Records {
        data: vec![Data::Txt(Untrusted::from(text))],
        ttl: 60,
    }
}

fn look(source: &[u8], zone: &Zone, clock: i64) -> Report {
    let now = Timestamp::from_second(clock).unwrap();
    let mut look = Look::new(source, now).unwrap();
    let mut open: Vec<Ask> = look.first();
    while let Some(ask) = open.pop() {
        let known = zone.get(ask.question.owner.as_str()).cloned();
        let outcome = match known {
            Some(outcome @ Outcome::Trouble(_)) => outcome,
            Some(outcome) if ask.question.record_type == RecordType::Txt => outcome,
            Some(_) => Outcome::NoData { ttl: Some(60) },
            None => Outcome::NoName { ttl: Some(60) },
        };
        let sighting = Sighting {
            server: Server::Resolver {
                address: "127.0.0.1:53".parse().unwrap(),
            },
            question: ask.question,
            answer: Answer::direct(outcome),
            seen_at: now,
        };
        open.extend(look.take(sighting));
    }
    look.report()
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|f| f.code.as_str()).collect()
}

fn of_json(value: &Value) -> Zone {
    let object = value.as_object().unwrap();
    let mut zone = Zone::new();
    for (name, entry) in object {
        let entry = match entry["CNAME"].as_str() {
            Some(target) => object.get(target).unwrap_or(&Value::Null),
            None => entry,
        };
        let outcome = match entry {
            Value::String(_) => Outcome::Trouble(Trouble::Timeout),
            Value::Null => continue,
            entry => match entry["TXT"].as_array() {
                None => Outcome::NoData { ttl: Some(60) },
                Some(rows) => Outcome::Records {
                    data: rows
                        .iter()
                        .map(|row| {
                            let parts = row.as_array().unwrap().iter();
                            let text: String = parts.map(|part| part.as_str().unwrap()).collect();
                            Data::Txt(Untrusted::from(text.as_str()))
                        })
                        .collect(),
                    ttl: 60,
                },
            },
        };
        zone.insert(name.to_lowercase(), outcome);
    }
    zone
}

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let folder = root.join("3-dkim");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no corpus at {}", folder.display());
    None
}

fn case(name: &str) -> Option<(Vec<u8>, Zone, Value)> {
    let folder = corpus()?.join(name);
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let expected: Value = serde_json::from_slice(&read("expected.json")).unwrap();
    let zone = of_json(&serde_json::from_slice(&read("dns.json")).unwrap());
    Some((read("message.eml"), zone, expected))
}

#[test]
fn the_corpus_comes_out_as_known() {
    let Some(folder) = corpus() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some((source, zone, expected)) = case(&name) else {
            continue;
        };
        let clock = expected["clock"].as_i64().unwrap();
        let report = look(&source, &zone, clock);
        let results: Vec<&str> = report
            .signatures
            .iter()
            .map(|row| row.standing.as_str())
            .collect();
        let order = ["pass", "temperror", "fail", "permerror"];
        let best = order
            .into_iter()
            .find(|word| results.contains(word))
            .unwrap_or("none");
        let accepted = expected["acceptable_overall"].as_array().unwrap();
        assert!(accepted.contains(&Value::from(best)), "{name}: {best}");
        let is_failed = report
            .signatures
            .iter()
            .any(|row| row.standing.as_str() != "pass");
        assert!(
            !is_failed || report.signatures.iter().any(|row| row.reason.is_some()),
            "{name}"
        );
        if expected["must_warn"].is_array() {
            assert!(codes(&report).contains(&"message-header-added"), "{name}");
        }
        seen += 1;
    }
    assert!(seen >= 139, "{seen} cases");
}

#[test]
fn failures_are_told_apart() {
    let cases = [
        ("list-both", "message-body-"),
        ("one-letter-changed", "message-body-changed"),
        ("body-missing-headers-only", "message-body-missing"),
        ("wrong-key-in-dns", "message-key-differs"),
        ("date-zone-rewritten", "message-header-changed"),
        ("oversigned-second-subject-added", "message-header-changed"),
        ("key-nxdomain", "message-key-missing"),
        ("key-revoked", "message-key-unusable"),
        ("sig-expired", "message-signature-expired"),
        ("sha1-signature", "message-signature-weak"),
        ("key-512", "message-signature-weak"),
        ("sig-from-not-in-h", "message-from-not-signed"),
        ("provider-signature-only", "message-signed-by-other"),
        ("no-signature", "message-not-signed"),
        ("from-two-addresses", "message-author"),
        ("dns-timeout", "message-trouble"),
        ("sixty-signatures", "message-too-many-signatures"),
    ];
    for (name, code) in cases {
        let Some((source, zone, expected)) = case(name) else {
            return;
        };
        let report = look(&source, &zone, expected["clock"].as_i64().unwrap());
        let found = codes(&report);
        assert!(
            found.iter().any(|found| found.starts_with(code)),
            "{name}: {found:?}"
        );
    }
}

/// A message of the corpus below other lines and above other text, with a policy at the domain.
fn changed(policy: &str, top: &str, bottom: &str) -> Option<Report> {
    let (source, mut zone, expected) = case("c-tag-absent").map(|_| case("simple-relaxed"))??;
    zone.insert("_dmarc.example.com".to_owned(), txt(policy));
    zone.insert(
        "bounce.example.com".to_owned(),
        txt("v=spf1 ip4:192.0.2.7 -all"),
    );
    let mut whole = top.as_bytes().to_vec();
    whole.extend(source);
    whole.extend(bottom.as_bytes());
    Some(look(&whole, &zone, expected["clock"].as_i64().unwrap()))
}

#[test]
fn the_policy_and_what_it_does() {
    let Some(well) = changed("v=DMARC1; p=reject", "", "") else {
        return;
    };
    assert_eq!(
        (well.dmarc, well.would_be.as_str()),
        (DmarcResult::Pass, "none")
    );
    let footer = changed("v=DMARC1; p=reject", "", "\r\n-- \r\nA footer\r\n").unwrap();
    assert_eq!(
        (footer.dmarc, footer.would_be.as_str()),
        (DmarcResult::Fail, "reject")
    );
    assert!(
        codes(&footer).contains(&"message-body-appended"),
        "{:?}",
        codes(&footer)
    );
    let path = "Return-Path: <x@bounce.example.com>\r\nReceived: from a.example ([192.0.2.7]) by mx.receiver.net; now\r\n";
    let by_spf = changed("v=DMARC1; p=quarantine", path, "\r\nfooter\r\n").unwrap();
    assert_eq!(
        (by_spf.dmarc, by_spf.would_be.as_str()),
        (DmarcResult::Pass, "none")
    );
    assert_eq!(by_spf.spf.aligned, Some(true));
    let strict = changed("v=DMARC1; p=quarantine; aspf=s", path, "\r\nfooter\r\n").unwrap();
    assert_eq!(
        (strict.dmarc, strict.would_be.as_str()),
        (DmarcResult::Fail, "quarantine")
    );
    assert!(codes(&strict).contains(&"message-spf-not-aligned"));
    let added = changed("v=DMARC1; p=reject", "From: Eve <eve@evil.example>\r\n", "").unwrap();
    assert_eq!(added.dmarc, DmarcResult::PermError);
    assert!(codes(&added).contains(&"message-author"));
}

#[test]
fn trouble_of_the_dns_leaves_the_result_open() {
    let Some((source, mut zone, expected)) = case("simple-simple") else {
        return;
    };
    zone.insert(
        "_dmarc.example.com".to_owned(),
        Outcome::Trouble(Trouble::Timeout),
    );
    let report = look(&source, &zone, expected["clock"].as_i64().unwrap());
    assert_eq!(
        (report.dmarc, report.policy),
        (DmarcResult::TempError, None)
    );
}

/// RFC 8463, appendix A.3.
const RFC_8463: &str = r#"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"#;

#[test]
fn the_example_of_rfc_8463_passes_and_fails_when_it_is_touched() {
    let zone: Zone = [
        (
            "brisbane._domainkey.football.example.com",
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ),
        (
            "test._domainkey.football.example.com",
            "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), txt(text)))
    .collect();
    let results = |source: &str| -> Vec<&'static str> {
        let report = look(source.as_bytes(), &zone, 1_528_640_000);
        report
            .signatures
            .iter()
            .map(|row| row.standing.as_str())
            .collect()
    };
    assert_eq!(results(RFC_8463), ["pass", "pass"]);
    let body = RFC_8463.replace("We lost the game", "We won the game");
    assert_eq!(results(&body), ["fail", "fail"]);
    let header = RFC_8463.replace("Suzie Q <", "Suzie R <");
    assert_eq!(results(&header), ["fail", "fail"]);
}
