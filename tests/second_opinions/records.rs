//! What checkdmarc, pyspf and dkimpy think of records, beside what we think of them: those of the corpus, and made ones. Where they differ,
//! [`KNOWN`] says why; `docs/second-opinions.md` tells it at length.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use nobounce::records::dkim;
use nobounce::records::dkim::KeyType;
use nobounce::records::dmarc::Dmarc;
use nobounce::records::dmarc::judge;
use nobounce::records::finding::Severity;
use nobounce::records::name::DomainName;
use nobounce::records::spf;
use nobounce::records::spf::Spf;
use nobounce::records::untrusted::Untrusted;
use serde_json::Value;
use serde_json::json;

use crate::known::KNOWN;
use crate::known::MAIL_AUTH;
use crate::programs::missing;
use crate::programs::python_with;

/// A record, and who is asked about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    pub kind: &'static str,
    pub text: String,
}

fn asked(kind: &'static str, text: impl Into<String>) -> Asked {
    Asked {
        kind,
        text: text.into(),
    }
}

/// What we say, in the words of `records.py`; a refusal without its reason.
fn ours(asked: &Asked) -> String {
    let text = asked.text.as_str();
    let refused = || "refused".to_owned();
    match asked.kind {
        "dmarc" => text.parse::<Dmarc>().map_or_else(|_| refused(), dmarc),
        "spf" => text
            .parse::<Spf>()
            .map_or_else(|_| refused(), |record| of_spf(&record)),
        _ => of_dkim(text).unwrap_or_else(refused),
    }
}

fn dmarc(record: Dmarc) -> String {
    let policy = |name: &str, policy: Option<_>| {
        policy.map(|policy: nobounce::records::dmarc::Policy| format!("{name}={policy}"))
    };
    let letter = |name: &str, letter: Option<&str>| letter.map(|letter| format!("{name}={letter}"));
    let count = |name: &str, count: usize| (count > 0).then(|| format!("{name}:{count}"));
    let mark = record.public_suffix.map(String::from);
    [
        policy("p", record.policy),
        policy("sp", record.subdomain_policy),
        policy("np", record.nonexistent_policy),
        letter("adkim", record.dkim_alignment.map(|a| a.as_str())),
        letter("aspf", record.spf_alignment.map(|a| a.as_str())),
        letter("t", record.testing.map(|t| if t { "y" } else { "n" })),
        letter("psd", mark.as_deref()),
        count("rua", record.aggregate.len()),
        count("ruf", record.failure.len()),
    ]
    .into_iter()
    .flatten()
    .reduce(|line, word| format!("{line} {word}"))
    .unwrap_or_else(|| "nothing".to_owned())
}

/// pyspf refuses what leads back to the domain itself, and more than ten look-ups.
fn of_spf(record: &Spf) -> String {
    let owner: DomainName = "example.com".parse().unwrap();
    let tree = spf::tree::grow(&owner, record, &spf::known::Known::new());
    let is_void = tree.top.total > spf::tree::LOOKUPS
        || tree
            .findings
            .iter()
            .any(|found| found.code == spf::codes::INCLUDE_LOOP);
    if is_void { "refused" } else { "readable" }.to_owned()
}

fn of_dkim(text: &str) -> Option<String> {
    let owner: DomainName = "s1._domainkey.example.com".parse().unwrap();
    let dkim::judge::Selected::One(key) = dkim::judge::select(&owner, &[Untrusted::from(text)])
    else {
        return None;
    };
    let is_void = dkim::judge::judge(&owner, &key)
        .iter()
        .any(|found| found.severity == Severity::Error);
    let bits = dkim::judge::bits(&key)?;
    (!is_void).then(|| match key.key_type {
        Some(KeyType::Ed25519) => "ed25519".to_owned(),
        _ => format!("rsa {bits}"),
    })
}

/// What a program says of each.
fn theirs(program: &mut Command, all: &[Asked]) -> Vec<String> {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = all
        .iter()
        .map(|asked| json!({"kind": asked.kind, "text": asked.text}).to_string() + "\n")
        .collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["says"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(said.len(), all.len());
    said
}

fn file(name: &str) -> Option<String> {
    let root = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(root.join(name)).ok();
    if text.is_none() {
        eprintln!("skipped: {name} of the test corpus is not there (set NOBOUNCE_CORPUS)");
    }
    text
}

/// Every text below a JSON value that starts as an SPF record.
fn spf_texts(value: &Value, found: &mut BTreeSet<Asked>) {
    match value {
        Value::String(text) if text.to_ascii_lowercase().starts_with("v=spf1") => {
            found.insert(asked("spf", text.as_str()));
        }
        Value::Array(items) => items.iter().for_each(|item| spf_texts(item, found)),
        Value::Object(items) => items.values().for_each(|item| spf_texts(item, found)),
        _ => {}
    }
}

/// The texts of the TXT records of a case, each joined.
fn joined(records: &Value) -> Vec<String> {
    let strings = |record: &Value| -> String {
        let pieces = record.as_array().map(Vec::as_slice).unwrap_or_default();
        pieces.iter().filter_map(Value::as_str).collect()
    };
    let records = records.as_array().map(Vec::as_slice).unwrap_or_default();
    records.iter().map(strings).collect()
}

/// The records of the corpus; None where it is not there.
fn of_corpus() -> Option<BTreeSet<Asked>> {
    let mut found = BTreeSet::new();
    for name in ["2-spf/rfc7208-tests.json", "2-spf/extra-spf-cases.json"] {
        spf_texts(&serde_json::from_str(&file(name)?).unwrap(), &mut found);
    }
    for line in file("4-dmarc-records/records.jsonl")?.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        for (owner, records) in case["zone"].as_object().unwrap() {
            if owner.starts_with("_dmarc.") {
                found.extend(
                    joined(&records["TXT"])
                        .into_iter()
                        .map(|text| asked("dmarc", text)),
                );
            }
        }
    }
    for line in file("5-dkim-keys/keys.jsonl")?.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        found.extend(
            joined(&case["txt"])
                .into_iter()
                .map(|text| asked("dkim", text)),
        );
    }
    Some(found)
}

/// Records with every mix of the parts below: what is made of known parts is read alike by all.
fn made() -> BTreeSet<Asked> {
    let mut found = BTreeSet::new();
    let policies = ["none", "quarantine", "reject", "REJECT", "rejct"];
    let tags = [
        "",
        "; sp=none",
        "; np=reject",
        "; sp=quarantine; np=none",
        "; adkim=s; aspf=r",
        "; t=y",
        "; psd=n",
        "; pct=50",
        "; x=y",
        "; fo=1:d:s; ruf=mailto:f@example.net",
        " ;",
        ";; sp=none",
        "; sp",
        "; adkim=strict",
    ];
    let addresses = [
        "",
        "; rua=mailto:a@example.com",
        "; rua=mailto:a@example.com,mailto:b@example.net!10m",
        "; rua=a@example.com",
        "; rua=mailto:a@example.com, mailto:b@example.net",
    ];
    for policy in policies {
        for tag in tags {
            for address in addresses {
                found.insert(asked(
                    "dmarc",
                    format!("v=DMARC1; p={policy}{tag}{address}"),
                ));
            }
        }
    }
    let terms = [
        "a",
        "mx",
        "ptr",
        "all",
        "-all",
        "~ALL",
        "a:mail.example.net",
        "mx:example.net/24",
        "a/24//64",
        "a//64",
        "a/33",
        "a/024",
        "ip4:192.0.2.1",
        "ip4:192.0.2.0/24",
        "ip4:192.0.2.0/0",
        "ip4:192.0.2.0/33",
        "ip4:192.0.2",
        "ip4:192.0.2.01",
        "ip4:",
        "ip6:2001:db8::/32",
        "ip6:2001:db8::1/129",
        "ip6:::ffff:192.0.2.1",
        "include:_spf.example.net",
        "include:",
        "include",
        "include:example",
        "include:192.0.2.1",
        "include:_spf.example.net/24",
        "exists:%{i}._spf.example.net",
        "exists:%{x}.example.net",
        "exists:%{i.example.net",
        "exists:%{d0}.example.net",
        "redirect=_spf.example.net",
        "redirect=",
        "exp=why.example.net",
        "x=y",
        "x=%{z}",
        "-x=y",
        "foo",
        "foo:bar",
        "ptr:",
        "ptr:example.net",
        "all:x",
        "mx:",
        "a:",
        "ip4=192.0.2.1",
        "+mx:example.net.",
        "?exists:%%.example.net",
        "exists:%{l1r-}.example.net",
    ];
    for one in terms {
        for other in [
            "",
            " ~all",
            " a:other.example.net",
            " redirect=other.example.net",
            " exp=other.example.net",
        ] {
            found.insert(asked("spf", format!("v=spf1 {one}{other}")));
        }
    }
    found
}

/// A difference that is not in the list is a mistake of somebody's; one of the list that is none any more is to be taken out.
#[test]
fn others_read_records_as_we_do() {
    let imports = "import checkdmarc.dmarc, dkim, nacl.signing, spf";
    let Some(python) = python_with("checkdmarc", imports) else {
        return;
    };
    let corpus = of_corpus();
    let is_whole = corpus.is_some();
    let mut all = made();
    all.extend(corpus.unwrap_or_default());
    assert!(
        all.len() > if is_whole { 900 } else { 500 },
        "{}",
        all.len()
    );
    let all: Vec<Asked> = all.into_iter().collect();
    let mut new = Vec::new();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/second_opinions/records.py");
    let said = theirs(Command::new(python).arg(script), &all);
    for (asked, theirs) in all.iter().zip(said) {
        let ours = ours(asked);
        let is_refused = ours == "refused" && theirs.starts_with("refused");
        if is_refused || ours == theirs {
            continue;
        }
        let known = KNOWN
            .iter()
            .find(|known| known.kind == asked.kind && (known.holds)(&asked.text));
        match known {
            Some(known) => drop(met.insert(known.why)),
            None => new.push(format!("{asked:?}: we say {ours}, they {theirs}")),
        }
    }
    assert!(
        new.is_empty(),
        "differences that nobody explained: {new:#?}"
    );
    let gone: Vec<&str> = KNOWN
        .iter()
        .map(|known| known.why)
        .filter(|why| is_whole && !met.contains(why))
        .collect();
    assert!(
        gone.is_empty(),
        "listed as a difference, and is none: {gone:#?}"
    );
}

/// mail-auth reads as receivers do, and leaves out what it cannot read: what it takes for a policy must be what we say is in force.
#[test]
fn mail_auth_reads_records_as_we_do() {
    let Some(program) = std::env::var_os("NOBOUNCE_MAIL_AUTH") else {
        missing("mail-auth");
        return;
    };
    let corpus = of_corpus();
    let is_whole = corpus.is_some();
    let mut all = made();
    all.extend(corpus.unwrap_or_default());
    let all: Vec<Asked> = all.into_iter().collect();
    let mut new = Vec::new();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for (asked, theirs) in all.iter().zip(theirs(&mut Command::new(program), &all)) {
        let ours = as_receivers(asked);
        if ours == theirs {
            continue;
        }
        let known = MAIL_AUTH
            .iter()
            .find(|known| known.kind == asked.kind && (known.holds)(&asked.text));
        match known {
            Some(known) => drop(met.insert(known.why)),
            None => new.push(format!("{asked:?}: we say {ours}, mail-auth {theirs}")),
        }
    }
    assert!(
        new.is_empty(),
        "differences that nobody explained: {new:#?}"
    );
    let gone: Vec<&str> = MAIL_AUTH
        .iter()
        .map(|known| known.why)
        .filter(|why| is_whole && !met.contains(why))
        .collect();
    assert!(
        gone.is_empty(),
        "listed as a difference, and is none: {gone:#?}"
    );
}

/// What receivers make of a record by our judges, in the words of `mail_auth`.
fn as_receivers(asked: &Asked) -> String {
    let text = Untrusted::from(asked.text.as_str());
    let refused = "refused".to_owned();
    match asked.kind {
        "dmarc" => {
            let owner: DomainName = "_dmarc.example.com".parse().unwrap();
            let judge::Selected::One(reading) = judge::select(&owner, &[text]) else {
                return refused;
            };
            let record = reading.dmarc;
            [
                ("p", record.policy),
                ("sp", record.subdomain_policy),
                ("np", record.nonexistent_policy),
            ]
            .into_iter()
            .filter_map(|(name, policy)| Some(format!("{name}={}", policy?)))
            .collect::<Vec<_>>()
            .join(" ")
        }
        "spf" => match asked.text.parse::<Spf>() {
            Ok(_) => "readable".to_owned(),
            Err(_) => refused,
        },
        _ => of_dkim(&asked.text).map_or(refused, |_| "readable".to_owned()),
    }
}

/// The list of the test and the page for people are one.
#[test]
fn every_known_difference_is_explained() {
    let page = std::fs::read_to_string(
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/second-opinions.md"),
    )
    .unwrap();
    for known in KNOWN {
        assert!(
            page.contains(&format!("| {} |", known.why)),
            "{}",
            known.why
        );
    }
    let rows = page.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(
        rows,
        KNOWN.len() + MAIL_AUTH.len() + 1,
        "a row for each, and the heading"
    );
}
