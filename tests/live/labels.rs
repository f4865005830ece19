//! Problems of the corpus that take more than one record to see: `nobounce check` must name them.

use std::path::PathBuf;
use std::process::Command;

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Record;
use serde_json::Value;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::cname;
use crate::scripted::ns;
use crate::scripted::say;
use crate::scripted::soa;
use crate::scripted::txt;

/// A label of the corpus, the code that names it, and how many cases have it.
const LABELS: &[(&str, &[&str], usize)] = &[
    ("dangling_cname", &["dmarc-dangling-alias"], 1),
    ("dns_error", &["dns-trouble"], 1),
    (
        "external_reports_not_authorised",
        &["dmarc-external-not-authorized"],
        2,
    ),
    ("wildcard", &["panel-wildcard-answers"], 1),
    (
        "wrong_name",
        &[
            "panel-underscore-missing",
            "panel-domainkey-added",
            "panel-name-doubled",
        ],
        4,
    ),
];

fn cases() -> Vec<Value> {
    let root = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let file = root.join("4-dmarc-records/records.jsonl");
    let Ok(text) = std::fs::read_to_string(file) else {
        println!("skipped: the test corpus is not there (set NOBOUNCE_CORPUS)");
        return Vec::new();
    };
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The records of one type at a name of the zone of a case, `*` included.
fn answer(zone: &Value, heard: &Heard) -> Vec<Say> {
    let (owner, kind) = (heard.owner(), heard.kind());
    let name = owner.trim_end_matches('.');
    if name == "ns1.host.test" && kind == "A" {
        return say(heard.answer([a(&owner, [127, 0, 0, 1])]));
    }
    if name == "example.com" {
        match kind.as_str() {
            "NS" => return say(heard.answer([ns(&owner, "ns1.host.test.")])),
            "SOA" => return say(heard.answer([soa(&owner, 60)])),
            _ => {}
        }
    }
    let is_ours = name == "example.com" || name.ends_with(".example.com");
    let apex = if is_ours { "example.com." } else { "." };
    let wildcard = name
        .ends_with(".example.com")
        .then(|| zone.get("*.example.com"))
        .flatten();
    let Some(entry) = zone.get(name).or(wildcard) else {
        let exists = name == "example.com";
        let code = if exists {
            ResponseCode::NoError
        } else {
            ResponseCode::NXDomain
        };
        return say(heard.no(code, apex, 60));
    };
    if entry.is_string() {
        return say(heard.code(ResponseCode::ServFail));
    }
    if let Some(target) = entry["CNAME"].as_str() {
        return say(heard.answer([cname(&owner, &format!("{target}."))]));
    }
    let texts: Vec<Record> = entry["TXT"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|strings| {
            let joined: String = strings
                .as_array()
                .unwrap()
                .iter()
                .map(|string| string.as_str().unwrap())
                .collect();
            txt(&owner, &joined)
        })
        .collect();
    if kind == "TXT" && !texts.is_empty() {
        say(heard.answer(texts))
    } else {
        say(heard.no(ResponseCode::NoError, apex, 60))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_a_look_is_named() {
    let mut wrong = Vec::new();
    let cases = cases();
    for (label, named, count) in LABELS {
        let with: Vec<&Value> = cases
            .iter()
            .filter(|case| {
                case["problems"]
                    .as_array()
                    .is_some_and(|problems| problems.iter().any(|problem| problem == label))
            })
            .collect();
        assert!(cases.is_empty() || with.len() == *count, "{label}");
        for case in with {
            let zone = case["zone"].clone();
            let server = Scripted::start(move |heard| answer(&zone, heard)).await;
            let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
            command
                .args(["check", case["domain"].as_str().unwrap(), "--json"])
                .args(["--timeout", "2"])
                .args(["--resolver", &server.address.to_string()])
                .args(["--authoritative-port", &server.address.port().to_string()]);
            let output = tokio::task::spawn_blocking(move || command.output().unwrap())
                .await
                .unwrap();
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            let codes: Vec<&str> = report["findings"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|finding| finding["code"].as_str())
                .collect();
            if !codes.iter().any(|code| named.contains(code)) {
                wrong.push(format!("{} {label}: {codes:?}", case["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
