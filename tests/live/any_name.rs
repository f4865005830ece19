//! `check` and `spf` look at any name: at endings and names of one label too, with a remark that says what is special.

use std::process::Command;

use hickory_resolver::proto::op::ResponseCode;

use crate::check::check;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::ns;
use crate::scripted::say;
use crate::scripted::soa;
use crate::scripted::txt;

/// `com`, `localhost` and `intranet` are zones of their own here.
fn zones(heard: &Heard) -> Vec<Say> {
    let (owner, kind) = (heard.owner(), heard.kind());
    let is_apex = matches!(
        owner.as_str(),
        "com." | "localhost." | "intranet." | "co.uk." | "2.0.192.in-addr.arpa."
    );
    let record = match kind.as_str() {
        "NS" if is_apex => ns(&owner, "ns1.host.test."),
        "SOA" if is_apex => soa(&owner, 60),
        "TXT" if is_apex => txt(&owner, "v=spf1 -all"),
        "A" if owner == "ns1.host.test." => a("ns1.host.test.", [127, 0, 0, 1]),
        _ if is_apex => return say(heard.no(ResponseCode::NoError, &owner, 60)),
        _ => return say(heard.no(ResponseCode::NXDomain, ".", 60)),
    };
    say(heard.answer([record]))
}

const NAMES: [(&str, &str, &str); 7] = [
    ("com", "com", "com is only an ending"),
    ("COM.", "com", "com is only an ending"),
    ("co.uk", "co.uk", "co.uk is an ending"),
    ("localhost", "localhost", "localhost is this machine itself"),
    ("http://intranet/", "intranet", "for use inside one network"),
    ("intranet", "intranet", "for use inside one network"),
    (
        "2.0.192.in-addr.arpa",
        "2.0.192.in-addr.arpa",
        "stands for an address of a machine",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn check_looks_at_any_name_and_says_what_is_special() {
    let server = Scripted::start(zones).await;
    for (typed, name, remark) in NAMES {
        let output = check(&server, &[typed, "--json"]).await;
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(remark), "{typed}: {said}");
        let out = String::from_utf8(output.stdout).unwrap();
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["domain"], name);
        assert_eq!(report["spf"]["state"], "published", "{typed}");
        assert_ne!(output.status.code(), Some(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spf_looks_at_any_name() {
    let server = Scripted::start(zones).await;
    for (typed, name, remark) in NAMES {
        let address = server.address.to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
        command.args(["spf", typed, "--json", "--resolver", &address]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(remark), "{typed}: {said}");
        let out = String::from_utf8(output.stdout).unwrap();
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["domain"], name);
        assert_eq!(report["record"], "v=spf1 -all");
        assert_eq!(output.status.code(), Some(0));
    }
}

/// In a list the place is named, and words that are no name stay refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_may_hold_any_name() {
    let server = Scripted::start(zones).await;
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("names.txt");
    std::fs::write(&list, "com\nmy mail bounces\n192.0.2.7\n").unwrap();
    let output = check(&server, &["--json", "--from", list.to_str().unwrap()]).await;
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(out.lines().count(), 1, "{out}");
    let said = String::from_utf8(output.stderr).unwrap();
    for line in [
        "names.txt: com is only an ending",
        "line 2 of ",
        "line 3 of ",
    ] {
        assert!(said.contains(line), "{said}");
    }
}
