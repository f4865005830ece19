//! Records that look well and are not: each must be named, whatever else is said.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nobounce::records::dkim;
use nobounce::records::dmarc;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::spf;
use nobounce::records::untrusted::Untrusted;

fn of_spf(text: &str) -> Vec<Finding> {
    let owner: DomainName = "example.com".parse().unwrap();
    match spf::judge::select(&owner, &[Untrusted::from(text)]) {
        spf::judge::Selected::One(record) => spf::judge::judge(&owner, &record),
        spf::judge::Selected::Broken { findings, .. } => findings,
        other => panic!("{text}: {other:?}"),
    }
}

fn of_dkim(text: &str) -> Vec<Finding> {
    let owner: DomainName = "s1._domainkey.example.com".parse().unwrap();
    match dkim::judge::select(&owner, &[Untrusted::from(text)]) {
        dkim::judge::Selected::One(key) => dkim::judge::judge(&owner, &key),
        dkim::judge::Selected::Broken { findings, .. } => findings,
        other => panic!("{text}: {other:?}"),
    }
}

fn of_dmarc(text: &str) -> Vec<Finding> {
    let owner: DomainName = "_dmarc.example.com".parse().unwrap();
    match dmarc::judge::select(&owner, &[Untrusted::from(text)]) {
        dmarc::judge::Selected::One(reading) => reading.findings,
        dmarc::judge::Selected::Broken { findings, .. }
        | dmarc::judge::Selected::Absent { findings } => findings,
        other => panic!("{text}: {other:?}"),
    }
}

/// The codes that are worse than a note.
fn loud(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note)
        .map(|finding| finding.code.as_str())
        .collect()
}

const ERROR: Severity = Severity::Error;
const WARNING: Severity = Severity::Warning;

/// SPF records that allow more than their owner thinks, or nothing.
const SPF: &[(&str, &str, Severity)] = &[
    (
        "v=spf1 exists:example.net -all",
        "spf-allows-everyone",
        ERROR,
    ),
    ("v=spf1 exists:%{d} -all", "spf-allows-everyone", ERROR),
    (
        "v=spf1 exists:%{v}.spf.example.net -all",
        "spf-allows-everyone",
        ERROR,
    ),
    (
        "v=spf1 ?exists:example.net -all",
        "spf-allows-everyone",
        WARNING,
    ),
    ("v=spf1 ip4:0.0.0.0/0 -all", "spf-range-too-wide", ERROR),
    (
        "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all",
        "spf-range-too-wide",
        ERROR,
    ),
    ("v=spf1 ip6:::/0 -all", "spf-range-too-wide", ERROR),
    ("v=spf1 a/0 -all", "spf-range-too-wide", ERROR),
    ("v=spf1 mx//0 ~all", "spf-range-too-wide", ERROR),
    (
        "v=spf1 a:%{i}.example.net/0 ~all",
        "spf-range-too-wide",
        ERROR,
    ),
    ("v=spf1 all", "spf-plus-all", ERROR),
    ("v=spf1 ~all ip4:192.0.2.1", "spf-terms-after-all", WARNING),
    (
        "v=spf1 include:_spf.example.netinclude:_spf.example.org ~all",
        "spf-not-a-host-name",
        ERROR,
    ),
    (
        "v=spf1 a:mail.example.netmx:example.net ~all",
        "spf-not-a-host-name",
        ERROR,
    ),
    (
        "v=spf1 include:https://example.net ~all",
        "spf-not-a-host-name",
        ERROR,
    ),
    (
        "v=spf1 include:mail@example.net ~all",
        "spf-not-a-host-name",
        ERROR,
    ),
];

#[test]
fn spf_records_that_look_well_and_are_not() {
    let mut wrong = Vec::new();
    for (text, code, severity) in SPF {
        let found = of_spf(text);
        if !found
            .iter()
            .any(|f| f.code.as_str() == *code && f.severity == *severity)
        {
            wrong.push(format!("{text}: {:?}, wanted {code}", loud(&found)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is right must stay without a word.
#[test]
fn spf_records_that_are_well() {
    for text in [
        "v=spf1 include:_spf.example.net ~all",
        "v=spf1 a mx ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all",
        "v=spf1 exists:%{i}._spf.example.net ~all",
        "v=spf1 exists:%{l1r+}.%{o}.example.net ~all",
        "v=spf1 include:%{ir}.%{v}.%{d}.spf.example.net ~all",
        "v=spf1 -ip4:192.0.2.7 ip4:192.0.2.0/24 ~all",
        "v=spf1 redirect=_spf.example.net",
        "v=spf1 include:_spf.example.net -all",
    ] {
        assert_eq!(loud(&of_spf(text)), Vec::<&str>::new(), "{text}");
    }
}

/// DER of one element.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match u16::try_from(content.len()).unwrap() {
        length @ 0..=127 => bytes.push(length as u8),
        length @ 128..=255 => bytes.extend([0x81, length as u8]),
        length => {
            bytes.push(0x82);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend(content);
    bytes
}

const RSA: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// RSAPublicKey (RFC 8017) of a modulus of 2048 bits, all of them ones but for what `modulus` changes.
fn bare(exponent: &[u8], modulus: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut number = vec![0];
    number.extend([0xff; 256]);
    modulus(&mut number);
    let mut both = der(2, &number);
    both.extend(der(2, exponent));
    der(0x30, &both)
}

/// SubjectPublicKeyInfo (RFC 5280) around it.
fn info(key: &[u8], after: &[u8]) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend(key);
    bits.extend(after);
    let mut both = RSA.to_vec();
    both.extend(der(3, &bits));
    der(0x30, &both)
}

#[test]
fn dkim_keys_that_look_well_and_are_not() {
    let same = |_: &mut Vec<u8>| {};
    let usual: &[u8] = &[1, 0, 1];
    let keys: Vec<(&str, Vec<u8>, &str, Severity)> = vec![
        (
            "exponent 1",
            info(&bare(&[1], same), &[]),
            "dkim-key-unreadable",
            ERROR,
        ),
        (
            "exponent 0",
            info(&bare(&[0], same), &[]),
            "dkim-key-unreadable",
            ERROR,
        ),
        (
            "an even exponent",
            info(&bare(&[1, 0, 0], same), &[]),
            "dkim-key-unreadable",
            ERROR,
        ),
        (
            "no exponent",
            info(&bare(&[], same), &[]),
            "dkim-key-unreadable",
            ERROR,
        ),
        (
            "a negative exponent",
            info(&bare(&[0x81], same), &[]),
            "dkim-key-unreadable",
            ERROR,
        ),
        (
            "an even modulus",
            info(&bare(usual, |number| number[256] = 0xfe), &[]),
            "dkim-key-unreadable",
            ERROR,
        ),
        (
            "a negative modulus",
            info(
                &bare(usual, |number| {
                    number.remove(0);
                }),
                &[],
            ),
            "dkim-key-unreadable",
            ERROR,
        ),
        (
            "1024 bits in a long form",
            info(&bare(usual, |number| number[1..129].fill(0)), &[]),
            "dkim-key-short",
            WARNING,
        ),
        (
            "a bare RSAPublicKey",
            bare(usual, same),
            "dkim-key-without-wrapper",
            WARNING,
        ),
        (
            "bytes after the key, inside of it",
            info(&bare(usual, same), &[1, 2, 3]),
            "dkim-key-left-over",
            WARNING,
        ),
    ];
    let mut wrong = Vec::new();
    for (what, bytes, code, severity) in keys {
        let text = format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(bytes));
        let found = of_dkim(&text);
        if !found
            .iter()
            .any(|f| f.code.as_str() == code && f.severity == severity)
        {
            wrong.push(format!("{what}: {:?}, wanted {code}", loud(&found)));
        }
    }
    let well = STANDARD.encode(info(&bare(usual, same), &[]));
    assert_eq!(
        loud(&of_dkim(&format!("v=DKIM1; p={well}"))),
        Vec::<&str>::new()
    );
    // Points of small order: anybody can sign for them.
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    for point in [[0; 32], identity, minus_one] {
        let text = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(point));
        if !loud(&of_dkim(&text)).contains(&"dkim-key-unreadable") {
            wrong.push(format!("{text}: {:?}", loud(&of_dkim(&text))));
        }
    }
    for (tags, code) in [
        ("v=DKIM1; k=RSA", "dkim-unknown-key-type"),
        ("v=DKIM1; p=", "dkim-syntax"),
    ] {
        let text = format!("{tags}; p={well}");
        let found = of_dkim(&text);
        println!("{tags}: {:?}", loud(&found));
        if !code.is_empty() && !found.iter().any(|f| f.code.as_str() == code) {
            wrong.push(format!("{tags}: {:?}, wanted {code}", loud(&found)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const DMARC: &[(&str, &str, Severity)] = &[
    (
        "v=DMARC1; p=reject; np=none; rua=mailto:d@example.com",
        "dmarc-subdomains-open",
        WARNING,
    ),
    (
        "v=DMARC1; p=quarantine; sp=none; rua=mailto:d@example.com",
        "dmarc-subdomains-open",
        WARNING,
    ),
    (
        "v=DMARC1; p=quarantine; t=y; rua=mailto:d@example.com",
        "dmarc-testing",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; pct=0; rua=mailto:d@example.com",
        "dmarc-removed-tag",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; psd=y; rua=mailto:d@example.com",
        "dmarc-psd",
        WARNING,
    ),
    ("v=DMARC1; p=reject", "dmarc-no-reports", WARNING),
    (
        "v=DMARC1; p=reject; rua=d@example.com",
        "dmarc-bad-report-address",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; rua=mailto:d@example",
        "dmarc-bad-report-address",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; rua=mailto:d@example.com,",
        "dmarc-bad-report-address",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; rua=mailto:d@-example-.com",
        "dmarc-bad-report-address",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; rua=mailto:.d.@example.com",
        "dmarc-bad-report-address",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; rua=mailto:d@192.0.2.1",
        "dmarc-bad-report-address",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; rua=mailto:d@example.com ruf=mailto:d@example.com",
        "dmarc-bad-report-address",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; adkim=strict; rua=mailto:d@example.com",
        "dmarc-bad-value",
        WARNING,
    ),
    (
        "v=DMARC1; p=reject; p =none; rua=mailto:d@example.com",
        "dmarc-tag-twice",
        ERROR,
    ),
    (
        "v=DMARC1; p=reject; v=DMARC1; rua=mailto:d@example.com",
        "dmarc-tag-twice",
        ERROR,
    ),
];

#[test]
fn dmarc_records_that_look_well_and_are_not() {
    let mut wrong = Vec::new();
    for (text, code, severity) in DMARC {
        let found = of_dmarc(text);
        if !found
            .iter()
            .any(|f| f.code.as_str() == *code && f.severity == *severity)
        {
            wrong.push(format!("{text}: {:?}, wanted {code}", loud(&found)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the records below let through decides too. Name of the record, its text; the codes that the top then gets.
#[test]
fn spf_trees_that_let_everyone_through() {
    let below: BTreeMap<&str, &str> = BTreeMap::from([
        ("everyone.example.net", "v=spf1 ip4:192.0.2.1 +all"),
        ("zero.example.net", "v=spf1 ip4:0.0.0.0/0 -all"),
        (
            "leads.example.net",
            "v=spf1 include:everyone.example.net -all",
        ),
        ("hands.example.net", "v=spf1 redirect=everyone.example.net"),
        ("refuses.example.net", "v=spf1 -ip4:0.0.0.0/0 +all"),
        ("well.example.net", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("neutral.example.net", "v=spf1 ip4:192.0.2.1 ?all"),
        ("open.example.net", "v=spf1 ip4:192.0.2.1"),
    ]);
    let cases: &[(&str, &[&str])] = &[
        (
            "v=spf1 include:everyone.example.net -all",
            &["spf-allows-everyone"],
        ),
        (
            "v=spf1 include:zero.example.net -all",
            &["spf-allows-everyone"],
        ),
        (
            "v=spf1 include:leads.example.net -all",
            &["spf-allows-everyone"],
        ),
        (
            "v=spf1 include:hands.example.net ~all",
            &["spf-allows-everyone"],
        ),
        (
            "v=spf1 redirect=everyone.example.net",
            &["spf-allows-everyone"],
        ),
        ("v=spf1 redirect=neutral.example.net", &["spf-neutral-all"]),
        ("v=spf1 redirect=open.example.net", &["spf-all-missing"]),
        ("v=spf1 include:refuses.example.net -all", &[]),
        (
            "v=spf1 include:well.example.net include:neutral.example.net -all",
            &[],
        ),
        ("v=spf1 -include:everyone.example.net ~all", &[]),
        ("v=spf1 redirect=well.example.net", &[]),
        ("v=spf1 -all include:everyone.example.net", &[]),
    ];
    let owner: DomainName = "example.com".parse().unwrap();
    let mut known = spf::known::Known::new();
    for (name, text) in &below {
        known.insert(
            Question::new(name.parse().unwrap(), RecordType::Txt),
            Answer::direct(Outcome::Records {
                data: vec![Data::Txt(Untrusted::from(*text))],
                ttl: 60,
            }),
        );
    }
    for (text, wanted) in cases {
        let record = text.parse().unwrap();
        let tree = spf::tree::grow(&owner, &record, &known);
        assert_eq!(loud(&tree.findings), *wanted, "{text}");
    }
}

/// An address stays an address behind `www.`.
#[test]
fn an_address_behind_www_is_no_domain() {
    for text in [
        "www.192.0.2.1",
        "https://www.Example.0.2.1",
        "www.www.192.0.2",
    ] {
        assert!(
            nobounce::records::typed::understand(text).is_err(),
            "{text}"
        );
    }
    let name = nobounce::records::typed::understand("www.www.example.com").unwrap();
    assert_eq!(name.domain.as_str(), "example.com");
}

/// Where in the value the mistake stands: by its character, or by the part as it is written.
#[test]
fn findings_say_where() {
    let key = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2";
    let cases: Vec<(Vec<Finding>, &str)> = vec![
        (of_spf("v=spf1 mx ip4:192.0.2.256 ~all"), "at character 15"),
        (
            of_spf("v=spf1 include:exam\u{201c}ple.net ~all"),
            "at character 20",
        ),
        (
            of_spf("v=spf1 mx ptr:example.net ipv4:192.0.2.1"),
            "at character 27",
        ),
        (
            of_dkim("v=DKIM1; k=rsa; p=AB*D"),
            "character 21 of the value",
        ),
        (of_dkim("v=DKIM1; k=rsa; k=rsa; p="), "at character 17"),
        (of_dkim("v=DKIM1; k=rsa;\u{a0}p=AAAA"), "at character 16"),
        (
            of_dkim(&format!("v=DKIM1; k=rsa; x; p={key}")),
            "at character 17",
        ),
        (
            of_dmarc("v=DMARC1; p=none;; rua=mailto:d@example.com"),
            "at character 18",
        ),
        (
            of_dmarc("v=DMARC1; p=none; rua\u{200b}=mailto:d@example.com"),
            "at character 22",
        ),
        (
            of_dmarc("v=DMARC1; p=rejct; rua=mailto:d@example.com"),
            "p=rejct",
        ),
        (of_dmarc("v=DMARC1; p=none; some words"), "some words"),
        (
            of_dmarc("v=DMARC1; p=none; rua=d@example.com"),
            "d@example.com (rua=)",
        ),
    ];
    for (found, place) in cases {
        assert!(
            found.iter().any(|finding| finding.message.contains(place)),
            "{place}: {found:?}"
        );
    }
}
