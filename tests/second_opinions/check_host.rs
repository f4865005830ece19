//! `nobounce spf --ip` beside pyspf: made records and messages, both asking the same zone, ours over real look-ups to a server on loopback.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record;
use hickory_resolver::proto::rr::rdata::AAAA;
use hickory_resolver::proto::rr::rdata::MX;
use hickory_resolver::proto::rr::rdata::PTR;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::programs::nobounce;
use crate::programs::python_with;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::say;
use crate::scripted::txt;

/// What the made records lead to.
fn base() -> Map<String, Value> {
    let zone = json!({
        "a.test": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]},
        "b.test": {"A": ["198.51.100.1", "198.51.100.2"]},
        "mx.test": {"MX": [[10, "a.test"], [20, "b.test"]]},
        "text.test": {"TXT": ["hello"]},
        "pass.test": {"TXT": ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/64 -all"]},
        "neutral.test": {"TXT": ["v=spf1 ?all"]},
        "open.test": {"TXT": ["v=spf1 ip4:203.0.113.1"]},
        "broken.test": {"TXT": ["v=spf1 ip4:300.0.0.1 -all"]},
        "twice.test": {"TXT": ["v=spf1 -all", "v=spf1 ~all"]},
        "chain.test": {"TXT": ["v=spf1 include:pass.test redirect=neutral.test"]},
        "voids.test": {"TXT": ["v=spf1 a:no1.test a:no2.test a:no3.test -all"]},
        "wide.test": {"TXT": ["v=spf1 a:a.test a:b.test mx:mx.test a:a.test a:b.test exists:a.test include:pass.test -all"]},
        "1.2.0.192.in-addr._spf.test": {"A": ["127.0.0.2"]},
        "user._at.test": {"A": ["127.0.0.2"]},
        "1.2.0.192.in-addr.arpa": {"PTR": ["a.test"]},
        "7.100.51.198.in-addr.arpa": {"PTR": ["stranger.test"]},
    });
    let Value::Object(zone) = zone else {
        unreachable!();
    };
    zone
}

/// Records made of these, one and two terms before an end.
fn records() -> Vec<String> {
    let terms = [
        "a:a.test",
        "a:a.test/24",
        "a:b.test//64",
        "mx:mx.test",
        "-mx:mx.test/31",
        "ip4:192.0.2.1",
        "?ip4:198.51.100.0/24",
        "ip6:2001:db8::/32",
        "include:pass.test",
        "include:neutral.test",
        "include:open.test",
        "include:broken.test",
        "include:twice.test",
        "include:none.test",
        "include:text.test",
        "include:chain.test",
        "~include:pass.test",
        "exists:%{ir}.%{v}._spf.test",
        "exists:%{l}._at.test",
        "-exists:none.test",
        "ptr:a.test",
        "a:none.test",
        "mx:none.test",
        "include:wide.test",
        "include:voids.test",
        "a:%{d}.none.test",
        "foo",
        "ip4:192.0.2.1/33",
        "exp=text.test",
        "x=%{d}",
    ];
    let ends = [
        "-all",
        "~all",
        "",
        "redirect=pass.test",
        "redirect=none.test",
        "redirect=wide.test",
    ];
    let mut records = Vec::new();
    for (at, one) in terms.iter().enumerate() {
        let other = terms[(at * 7 + 3) % terms.len()];
        records.push(format!("v=spf1 {one} {}", ends[at % 2]));
        records.push(
            format!("v=spf1 {one} {other} {}", ends[at % ends.len()])
                .trim_end()
                .to_owned(),
        );
        records.push(
            format!("v=spf1 {other} {one} {one} {}", ends[(at + 3) % ends.len()])
                .trim_end()
                .to_owned(),
        );
    }
    records
}

fn answer(zone: &Map<String, Value>, heard: &Heard) -> Vec<Say> {
    let (owner, kind) = (heard.owner(), heard.kind());
    let Some(entry) = zone.get(owner.trim_end_matches('.')) else {
        return say(heard.no(ResponseCode::NXDomain, ".", 60));
    };
    let of = |data: RData| Record::from_rdata(Name::from_ascii(&owner).unwrap(), 300, data);
    let name = |value: &Value| Name::from_ascii(value.as_str().unwrap()).unwrap();
    let found: Vec<Record> = entry[&kind]
        .as_array()
        .into_iter()
        .flatten()
        .map(|value| match kind.as_str() {
            "A" => {
                let ip: std::net::Ipv4Addr = value.as_str().unwrap().parse().unwrap();
                a(&owner, ip.octets())
            }
            "AAAA" => of(RData::AAAA(AAAA(value.as_str().unwrap().parse().unwrap()))),
            "MX" => of(RData::MX(MX::new(
                u16::try_from(value[0].as_u64().unwrap()).unwrap(),
                name(&value[1]),
            ))),
            "PTR" => of(RData::PTR(PTR(name(value)))),
            _ => txt(&owner, value.as_str().unwrap()),
        })
        .collect();
    if found.is_empty() {
        return say(heard.no(ResponseCode::NoError, ".", 60));
    }
    say(heard.answer(found))
}

fn theirs(python: &PathBuf, zone: &Map<String, Value>, messages: &[Value]) -> Vec<String> {
    let script =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/second_opinions/check_host.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = Value::Object(zone.clone()).to_string() + "\n";
    for message in messages {
        lines += &(message.to_string() + "\n");
    }
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["result"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pyspf_comes_to_the_same_results() {
    let Some(python) = python_with("checkdmarc", "import spf") else {
        return;
    };
    // A program without the verb cannot be compared.
    if !nobounce()
        .args(["spf", "--help"])
        .output()
        .unwrap()
        .status
        .success()
    {
        eprintln!("skipped: this nobounce has no command spf");
        return;
    }
    let mut zone = base();
    let mut messages = Vec::new();
    let records = records();
    for (at, record) in records.iter().enumerate() {
        let domain = format!("d{at}.test");
        zone.insert(domain.clone(), json!({"TXT": [record]}));
        let ips = ["192.0.2.1", "198.51.100.7", "2001:db8::1", "203.0.113.9"];
        for ip in [ips[at % 4], ips[(at + 1) % 4]] {
            messages.push(json!({
                "domain": domain, "record": record, "ip": ip, "sender": format!("user@{domain}"), "helo": "mail.helo.test",
            }));
        }
    }
    let theirs = theirs(&python, &zone, &messages);
    assert_eq!(theirs.len(), messages.len());
    let served = zone.clone();
    let server = Scripted::start(move |heard| answer(&served, heard)).await;
    let mut wrong = Vec::new();
    for (message, theirs) in messages.iter().zip(theirs) {
        let text = |field: &str| message[field].as_str().unwrap();
        let mut command = nobounce();
        command
            .args(["spf", text("domain"), "--json", "--ip", text("ip")])
            .args(["--sender", text("sender"), "--helo", text("helo")])
            .args(["--resolver", &server.address.to_string()])
            .args(["--authoritative-port", &server.address.port().to_string()]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let ours = report["result"].as_str().unwrap_or("no answer");
        if ours != theirs {
            wrong.push(format!(
                "{} {}: we say {ours}, pyspf {theirs}",
                text("record"),
                text("ip")
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
