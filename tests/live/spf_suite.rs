//! The public test suite of RFC 7208 and other cases of the corpus, each checked with real look-ups to a server on loopback.
//!
//! Without the corpus (`NOBOUNCE_CORPUS`, or `../shared/corpus`) these tests say so and check nothing.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use futures_util::future::join_all;
use nobounce::records::spf::check_host::Message;
use serde_json::Value as Json;

use crate::spf_world::World;
use crate::spf_world::check;
use crate::spf_world::client;

fn folder() -> Option<PathBuf> {
    let corpus = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let folder = corpus.join("2-spf");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: there is no {}", folder.display());
    None
}

/// One case, and what it may end in.
struct Case {
    name: String,
    ip: IpAddr,
    mail_from: String,
    helo: String,
    results: Vec<String>,
    explanation: Option<String>,
}

async fn wrong(world: World, cases: Vec<Case>) -> Vec<String> {
    let server = world.serve().await;
    let client = client(&server);
    let checks = cases.iter().map(|case| {
        let client = client.clone();
        async move {
            let message = Message::new(case.ip, &case.mail_from, &case.helo, "");
            let domain = match case.mail_from.rsplit_once('@') {
                Some((_, domain)) => domain,
                None => &case.helo,
            };
            let (result, said, _) = check(&client, domain, &message).await;
            let is_said = match &case.explanation {
                Some(wanted) if wanted == "DEFAULT" => said.is_none(),
                Some(wanted) => said.as_ref() == Some(wanted),
                None => true,
            };
            if case.results.contains(&result) && is_said {
                None
            } else {
                Some(format!(
                    "{}: {result} {said:?}, wanted {:?} {:?}",
                    case.name, case.results, case.explanation
                ))
            }
        }
    });
    join_all(checks).await.into_iter().flatten().collect()
}

fn strings(value: &Json) -> Vec<Vec<u8>> {
    match value {
        Json::String(text) => vec![text.clone().into_bytes()],
        Json::Array(parts) if parts.is_empty() => vec![Vec::new()],
        Json::Array(parts) => parts
            .iter()
            .map(|part| part.as_str().unwrap().as_bytes().to_vec())
            .collect(),
        other => panic!("{other}"),
    }
}

/// A record of the abandoned type stands for a TXT as well, where the name holds none.
fn world(zone: &Json) -> World {
    let mut world = World::default();
    for (name, rows) in zone.as_object().into_iter().flatten() {
        let rows = rows.as_array().unwrap();
        let has_txt = rows.iter().any(|row| row.get("TXT").is_some());
        for row in rows {
            if row == "TIMEOUT" {
                world.add(name, "TIMEOUT", Vec::new());
                continue;
            }
            for (kind, value) in row.as_object().unwrap() {
                match (kind.as_str(), value) {
                    (_, Json::String(text)) if text == "NONE" => {}
                    (_, Json::String(text)) if text == "TIMEOUT" => {
                        world.add(name, "TIMEOUT", Vec::new());
                    }
                    ("MX", Json::Array(parts)) => {
                        let text = format!("{} {}", parts[0], parts[1].as_str().unwrap());
                        world.add(name, "MX", vec![text.into_bytes()]);
                    }
                    ("SPF", value) => {
                        world.add(name, "SPF", strings(value));
                        if !has_txt {
                            world.add(name, "TXT", strings(value));
                        }
                    }
                    (kind, value) => world.add(name, kind, strings(value)),
                }
            }
        }
    }
    world
}

async fn suite(file: &str) {
    let Some(folder) = folder() else {
        return;
    };
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let scenarios: Vec<Json> = serde_json::from_str(&text).unwrap();
    let mut count = 0;
    let mut failed = Vec::new();
    for scenario in &scenarios {
        let text = |case: &Json, field: &str| case[field].as_str().unwrap_or_default().to_owned();
        let cases: Vec<Case> = scenario["tests"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, case)| Case {
                name: name.clone(),
                ip: text(case, "host").parse().unwrap(),
                mail_from: text(case, "mailfrom"),
                helo: text(case, "helo"),
                results: match &case["result"] {
                    Json::Array(results) => results
                        .iter()
                        .map(|result| result.as_str().unwrap().to_owned())
                        .collect(),
                    result => vec![result.as_str().unwrap().to_owned()],
                },
                explanation: case["explanation"].as_str().map(str::to_owned),
            })
            .collect();
        count += cases.len();
        failed.extend(wrong(world(&scenario["zonedata"]), cases).await);
    }
    println!("{file}: {} of {count}", count - failed.len());
    assert!(count > 0);
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_of_rfc_7208_agrees() {
    suite("rfc7208-tests.json").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_extra_cases_agree() {
    suite("extra-spf-cases.json").await;
}

/// Cases of mail-auth that go against RFC 7208, with what the RFC says.
///
/// `all`: a term that cannot be read makes the record an error wherever it stands, behind `all` too (section 4.6).
const AGAINST_THE_RFC: &[(&str, &str, &str, &str)] =
    &[("all.yml", "test.org", "10.0.0.1", "permerror")];

/// A scenario of mail-auth's files: `field: value` lines, with fields that repeat.
#[derive(Clone, Default)]
struct Scenario {
    records: Vec<(String, String)>,
    domain: String,
    sender: String,
}

/// Reads one file line by line and checks as it goes: each `expect` is a case. Gives the cases and those that went wrong.
async fn mail_auth(file: &str, text: &str) -> (usize, Vec<String>) {
    let mut base = Scenario::default();
    let mut now = Scenario::default();
    let mut ip = String::new();
    let mut in_tests = false;
    let mut count = 0;
    let mut failed = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if line == "---" {
            (base, now, in_tests) = Default::default();
            continue;
        }
        let item = line.strip_prefix("- ");
        let (field, value) = item.unwrap_or(line).split_once(':').unwrap();
        let value = value.trim().to_owned();
        match field {
            "name" if !in_tests => {}
            // A named item begins anew from what the file says above the tests.
            "name" => now = base.clone(),
            "records" => {}
            "tests" => in_tests = true,
            "domain" => now.domain = value,
            "sender" => now.sender = value,
            "ip" => ip = value,
            "expect" => {
                count += 1;
                failed.extend(one(file, &now, &ip, &value).await);
            }
            kind => now.records.push((kind.to_owned(), value)),
        }
        if !in_tests || (item.is_none() && base.domain.is_empty()) {
            base.clone_from(&now);
        }
    }
    (count, failed)
}

async fn one(file: &str, scenario: &Scenario, ip: &str, expect: &str) -> Option<String> {
    let mut world = World::default();
    let mut hosts = BTreeMap::new();
    for (kind, value) in &scenario.records {
        let (name, values) = value.split_once(' ').unwrap_or((value, ""));
        let list = || values.split(',').map(str::trim);
        match kind.as_str() {
            "spf" | "exp" => world.add(name, "TXT", vec![values.as_bytes().to_vec()]),
            "a" => list().for_each(|ip| world.add(name, "A", vec![ip.into()])),
            "aaaa" => list().for_each(|ip| world.add(name, "AAAA", vec![ip.into()])),
            // The files name the addresses of the mail servers at once.
            "mx" => list().for_each(|ip| {
                let host = format!("mx-{}.mail.test", ip.replace([':', '.'], "-"));
                world.add(name, "MX", vec![format!("10 {host}").into_bytes()]);
                hosts.insert(host, ip.to_owned());
            }),
            "ptr" => {
                let labels: Vec<&str> = name.rsplit('.').collect();
                let reverse = format!("{}.in-addr.arpa", labels.join("."));
                list().for_each(|host| world.add(&reverse, "PTR", vec![host.into()]));
            }
            other => panic!("{other}"),
        }
    }
    for (host, ip) in hosts {
        let kind = if ip.contains(':') { "AAAA" } else { "A" };
        world.add(&host, kind, vec![ip.into_bytes()]);
    }
    for name in ["_dns_error.org", "_dns_error.test.org", "dns_error.org"] {
        world.add(name, "SERVFAIL", Vec::new());
    }
    // The cases about ten look-ups leave void ones aside: their names get an address that matches nothing.
    for number in 1..=11 {
        world.add(
            &format!("t{number}.org"),
            "A",
            vec![b"203.0.113.9".to_vec()],
        );
    }
    let server = world.serve().await;
    let client = client(&server);
    let (wanted, said) = expect.split_once(' ').unwrap_or((expect, ""));
    let wanted = AGAINST_THE_RFC
        .iter()
        .find(|(place, domain, from, _)| {
            *place == file && *domain == scenario.domain && *from == ip
        })
        .map_or(wanted, |(_, _, _, result)| result);
    // HELO first, then MAIL FROM where HELO passes and is another domain.
    let message = Message::new(ip.parse().unwrap(), &scenario.sender, &scenario.domain, "");
    let (mut result, mut explanation, _) = check(&client, &scenario.domain, &message).await;
    let sender_domain = scenario.sender.rsplit_once('@').map(|(_, domain)| domain);
    let sender_domain =
        sender_domain.filter(|domain| *domain != scenario.domain && result == "pass");
    if let Some(domain) = sender_domain {
        (result, explanation, _) = check(&client, domain, &message).await;
    }
    let is_said = said.is_empty() || explanation.as_deref() == Some(said);
    (result != wanted || !is_said).then(|| {
        format!(
            "{file}: {} from {ip}: {result} {explanation:?}, wanted {expect}",
            scenario.domain
        )
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cases_of_mail_auth_agree() {
    let Some(folder) = folder() else {
        return;
    };
    let mut counts = BTreeMap::new();
    let mut failed = Vec::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join("mail-auth"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let (count, wrong) = mail_auth(&file, &text).await;
        counts.insert(file, count);
        failed.extend(wrong);
    }
    println!("{counts:?}");
    assert!(counts.values().all(|count| *count > 0));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
