//! DMARC through the program: `nobounce check` against a name server on loopback that holds a few small worlds.

use std::process::Command;

use hickory_resolver::proto::op::ResponseCode;
use serde_json::Value;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::cname;
use crate::scripted::ns;
use crate::scripted::say;
use crate::scripted::soa;
use crate::scripted::strings;

/// TXT strings by owner; `SERVFAIL` for a name that only fails, `CNAME x` for an alias.
type Zone = &'static [(&'static str, &'static [&'static str])];

/// What is looked at, what stands where, and what the `dmarc` object then says.
struct Case {
    what: &'static str,
    domain: &'static str,
    zone: Zone,
    /// JSON pointer below `dmarc`, and its value as JSON.
    wanted: &'static [(&'static str, &'static str)],
    codes: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        what: "psd=n: each generation its own policy",
        domain: "x.dept.example.com",
        zone: &[
            (
                "_dmarc.dept.example.com.",
                &["v=DMARC1; p=reject; psd=n; rua=mailto:d@dept.example.com"],
            ),
            (
                "_dmarc.example.com.",
                &["v=DMARC1; p=none; rua=mailto:d@example.com"],
            ),
        ],
        wanted: &[
            ("/organizational_domain", "\"dept.example.com\""),
            ("/found_at", "\"_dmarc.dept.example.com\""),
            ("/policy", "\"reject\""),
            ("/older/organizational_domain", "\"example.com\""),
            ("/older/policy", "\"none\""),
            ("/rua/0/authorized", "\"same-domain\""),
        ],
        codes: &["dmarc-organizational-domain-differs"],
    },
    Case {
        what: "a name that does not exist: np= for new receivers, sp= for older ones",
        domain: "gone.example.com",
        zone: &[(
            "_dmarc.example.com.",
            &["v=DMARC1; p=reject; sp=quarantine; np=reject; rua=mailto:d@example.com"],
        )],
        wanted: &[
            ("/policy", "\"reject\""),
            ("/subdomain_policy", "\"quarantine\""),
            ("/nonexistent_policy", "\"reject\""),
            ("/older/policy", "\"quarantine\""),
        ],
        codes: &[],
    },
    Case {
        what: "trouble above a record of its own: its subdomains' policy is open",
        domain: "x.example.com",
        zone: &[
            (
                "_dmarc.x.example.com.",
                &["v=DMARC1; p=reject; rua=mailto:d@x.example.com"],
            ),
            ("_dmarc.example.com.", &["SERVFAIL"]),
        ],
        wanted: &[
            ("/policy", "\"reject\""),
            ("/subdomain_policy", "null"),
            ("/older", "null"),
        ],
        codes: &[],
    },
    Case {
        what: "trouble above a record in between: what is in force is not known",
        domain: "x.dept.example.com",
        zone: &[
            (
                "_dmarc.dept.example.com.",
                &["v=DMARC1; p=reject; rua=mailto:d@dept.example.com"],
            ),
            ("_dmarc.example.com.", &["SERVFAIL"]),
        ],
        wanted: &[("/state", "\"unknown\""), ("/policy", "null")],
        codes: &[],
    },
    Case {
        what: "permission by a wildcard of the report mailbox's owner, with an address of its own",
        domain: "example.com",
        zone: &[
            (
                "_dmarc.example.com.",
                &["v=DMARC1; p=reject; rua=mailto:x@vendor.test"],
            ),
            (
                "*._report._dmarc.vendor.test.",
                &["v=DMARC1; rua=mailto:big@vendor.test"],
            ),
        ],
        wanted: &[("/rua/0/authorized", "\"yes\"")],
        codes: &["dmarc-reports-redirected"],
    },
    Case {
        what: "permission behind an alias, beside another text",
        domain: "example.com",
        zone: &[
            (
                "_dmarc.example.com.",
                &["v=DMARC1; p=reject; rua=mailto:x@vendor.test"],
            ),
            (
                "example.com._report._dmarc.vendor.test.",
                &["CNAME yes.vendor.test."],
            ),
            ("yes.vendor.test.", &["unrelated", "v=DMARC1;"]),
        ],
        wanted: &[("/rua/0/authorized", "\"yes\"")],
        codes: &[],
    },
    Case {
        what: "permission that fails to be looked up is not a no",
        domain: "example.com",
        zone: &[
            (
                "_dmarc.example.com.",
                &["v=DMARC1; p=reject; rua=mailto:x@vendor.test"],
            ),
            ("example.com._report._dmarc.vendor.test.", &["SERVFAIL"]),
        ],
        wanted: &[("/rua/0/authorized", "\"unknown\"")],
        codes: &[],
    },
    Case {
        what: "permission whose text holds more than tags",
        domain: "example.com",
        zone: &[
            (
                "_dmarc.example.com.",
                &["v=DMARC1; p=reject; rua=mailto:x@vendor.test"],
            ),
            (
                "example.com._report._dmarc.vendor.test.",
                &["v=DMARC1; yes please"],
            ),
        ],
        wanted: &[("/rua/0/authorized", "\"no\"")],
        codes: &["dmarc-external-not-authorized"],
    },
];

fn answer(zone: Zone, heard: &Heard) -> Vec<Say> {
    let (owner, kind) = (heard.owner(), heard.kind());
    let apexes = ["example.com.", "vendor.test."];
    if let Some(apex) = apexes.iter().find(|apex| **apex == owner) {
        return match kind.as_str() {
            "NS" => say(heard.answer([ns(apex, "ns1.host.test.")])),
            "SOA" => say(heard.answer([soa(apex, 60)])),
            _ => say(heard.no(ResponseCode::NoError, apex, 60)),
        };
    }
    if owner == "ns1.host.test." && kind == "A" {
        return say(heard.answer([a("ns1.host.test.", [127, 0, 0, 1])]));
    }
    let at = |name: &str| {
        zone.iter()
            .find(|(owner, _)| {
                *owner == name
                    || owner
                        .strip_prefix('*')
                        .is_some_and(|end| name.ends_with(end))
            })
            .map(|(_, texts)| *texts)
    };
    let apex = apexes
        .iter()
        .find(|apex| owner.ends_with(*apex))
        .unwrap_or(&".");
    let txt = |name: &str, texts: &[&str]| {
        texts
            .iter()
            .map(|text| strings(name, &[text.as_bytes()]))
            .collect::<Vec<_>>()
    };
    match at(&owner) {
        Some(["SERVFAIL"]) => say(heard.code(ResponseCode::ServFail)),
        Some([one]) if one.starts_with("CNAME ") => {
            let target = &one["CNAME ".len()..];
            let mut records = vec![cname(&owner, target)];
            if kind == "TXT" {
                records.extend(txt(target, at(target).unwrap_or_default()));
            }
            say(heard.answer(records))
        }
        Some(texts) if kind == "TXT" => say(heard.answer(txt(&owner, texts))),
        Some(_) => say(heard.no(ResponseCode::NoError, apex, 60)),
        None => say(heard.no(ResponseCode::NXDomain, apex, 60)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d49_d50_the_program_says_what_each_generation_of_receivers_sees() {
    let mut wrong = Vec::new();
    for case in CASES {
        let zone = case.zone;
        let server = Scripted::start(move |heard| answer(zone, heard)).await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
        command
            .args(["check", case.domain, "--json", "--timeout", "2"])
            .args(["--resolver", &server.address.to_string()])
            .args(["--authoritative-port", &server.address.port().to_string()]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        for (pointer, value) in case.wanted {
            let seen = report["dmarc"]
                .pointer(pointer)
                .cloned()
                .unwrap_or_default();
            if seen != serde_json::from_str::<Value>(value).unwrap() {
                wrong.push(format!("{}: {pointer} is {seen}", case.what));
            }
        }
        let codes: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["record"] == "dmarc")
            .filter_map(|finding| finding["code"].as_str())
            .filter(|code| *code != "dns-trouble")
            .collect();
        if codes != case.codes {
            wrong.push(format!("{}: {codes:?}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
