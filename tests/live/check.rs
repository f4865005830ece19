//! A whole look through the real client, and `nobounce check` as a program.

use std::process::Command;
use std::process::Output;

use hickory_resolver::proto::op::ResponseCode;
use jiff::Timestamp;
use nobounce::audit::Audit;
use nobounce::audit::Manner;
use nobounce::audit::Scope;

use crate::practice::SLOW;
use crate::practice::world;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::say;
use crate::scripted::soa;
use crate::scripted::txt;

/// `example.com` with SPF and DMARC and without mail servers, on one server that is also the resolver.
pub fn zone(heard: &Heard) -> Vec<Say> {
    let (owner, kind) = (heard.owner(), heard.kind());
    let record = match (owner.as_str(), kind.as_str()) {
        ("example.com.", "NS") => ns("example.com.", "ns1.host.test."),
        ("example.com.", "SOA") => soa("example.com.", 60),
        ("ns1.host.test.", "A") => a("ns1.host.test.", [127, 0, 0, 1]),
        ("example.com.", "TXT") => txt("example.com.", "v=spf1 ip4:192.0.2.1 -all"),
        ("_dmarc.example.com.", "TXT") => txt(
            "_dmarc.example.com.",
            "v=DMARC1; p=reject; rua=mailto:d@example.com; x=\u{1b}[31m\u{7}",
        ),
        ("silent.test.", _) => return Vec::new(),
        (".", _) => return say(heard.no(ResponseCode::NoError, ".", 60)),
        ("example.com.", _) => return say(heard.no(ResponseCode::NoError, "example.com.", 60)),
        _ => {
            return say(heard.no(ResponseCode::NXDomain, ".", 60));
        }
    };
    say(heard.answer([record]))
}

pub async fn check(server: &Scripted, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
    command
        .arg("check")
        .args(arguments)
        .args(["--resolver", &server.address.to_string()])
        .args(["--authoritative-port", &server.address.port().to_string()])
        .args(["--timeout", "1.2"])
        .args(["--now", "2026-11-23T10:00:00Z"]);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_of_json_for_each_domain_in_their_order() {
    let server = Scripted::start(zone).await;
    let output = check(
        &server,
        &["gone.test", "https://www.Example.com/", "--json"],
    )
    .await;
    let out = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> = out.lines().map(json).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["domain"], "gone.test");
    assert_eq!(lines[0]["verdict"], "error");
    assert_eq!(lines[1]["domain"], "example.com");
    assert_eq!(lines[1]["input"], "https://www.Example.com/");
    assert_eq!(lines[1]["checked_at"], "2026-11-23T10:00:00Z");
    assert_eq!(lines[1]["verdict"], "warning");
    assert_eq!(lines[1]["green"]["policy_enabled"], true);
    assert_eq!(lines[1]["nameservers"][0]["serial"], 7);
    assert!(lines[1]["queries"].as_u64().unwrap() > 10);
    assert!(lines[1]["rounds"].as_u64().unwrap() >= 3);
    assert_eq!(output.status.code(), Some(1));
}

/// FAULTS D36: what a record holds never reaches the terminal raw.
#[tokio::test(flavor = "multi_thread")]
async fn d36_hostile_text_is_escaped_on_the_page() {
    let server = Scripted::start(zone).await;
    for arguments in [&["example.com"][..], &["example.com", "--json"]] {
        let output = check(&server, arguments).await;
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(
            out.contains("x=\\027[31m\\007") || out.contains("x=\\\\027[31m\\\\007"),
            "{out}"
        );
        assert!(out.chars().all(|c| c == '\n' || !c.is_control()));
        assert_eq!(output.status.code(), Some(0), "{out}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_network_ends_with_could_not_tell() {
    let server = Scripted::silent().await;
    let output = check(&server, &["example.com", "--json"]).await;
    let report = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(report["verdict"], "unknown");
    assert_eq!(report["dmarc"]["state"], "unknown");
    assert_eq!(output.status.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn domains_are_read_from_a_file() {
    let server = Scripted::start(zone).await;
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("domains.txt");
    std::fs::write(&list, "# ours\r\nexample.com # the shop\r\n\r\n").unwrap();
    let output = check(&server, &["--json", "--from", list.to_str().unwrap()]).await;
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 1);
    assert_eq!(output.status.code(), Some(0));
    let output = check(&server, &["--from", "/nowhere/at/all"]).await;
    assert_eq!(output.status.code(), Some(2));
}

/// The pretend world, where each name server has a port of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_pretend_world_is_looked_at() {
    let (_practice, client, zone) = world(SLOW).await;
    let mut audit = Audit::new(Scope {
        domain: name("bakery.example"),
        manner: Manner::Careful,
        input: "bakery.example".to_owned(),
        selectors: Vec::new(),
        guesses: Vec::new(),
        port: client.config.authoritative_port,
        pinned: client.config.pinned.clone(),
    });
    let first = audit.first();
    let spent = client.run(first, |sighting| audit.take(sighting)).await;
    let report = audit.report(Timestamp::UNIX_EPOCH);
    assert_eq!(report.zone, Some(zone.apex.to_string()));
    assert_eq!(report.nameservers.len(), 2);
    assert!(report.nameservers.iter().all(|ns| ns.answers));
    assert_ne!(report.mx.state, "unknown");
    assert_ne!(report.spf.state, "unknown");
    assert_ne!(report.dmarc.state, "unknown");
    assert!(spent.rounds <= 4, "{} rounds", spent.rounds);
}
