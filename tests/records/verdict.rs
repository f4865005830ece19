//! Verdicts: what servers said against what is wanted (D1 to D39, P1 to P26).

use std::net::SocketAddr;

use jiff::Timestamp;
use nobounce::records::finding::Severity;
use nobounce::records::name::DomainName;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Trouble;
use nobounce::records::untrusted::Untrusted;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::Verdict;
use nobounce::records::verdict::codes;
use nobounce::records::verdict::judge;
use nobounce::records::verdict::probes;
use nobounce::records::verdict::question;
use nobounce::records::verdict::state::Kind;
use nobounce::records::verdict::state::state;

/// A public key of 2048 bits.
const KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvJMvmTu0Yv0kLdDPGdXhYyw0QUvVyrkOFA8rkpYEqW8LVXcWZ6CQk1HQJ8Rb5u9oYuQ4KVCmSYc8xQG3FIXk6vIAwXl5kHWWqCXvIGKkSsDfOqGKqvRg2yYbYk5ZzjUQzBgEbOrcC0GrbA5OUMPTz8SgOm3yPi4pXcnGJbQZ2cmcN1KrhPhfI3nLk7Oz2uAQ3h7X2mnMZ0rXZqHc1Oy9bsRw5yhw1pV6IpgqLDnLjXpSm0WfQ6yFEDyKpkUyPHfBfxNmBvYOa9rZLqBp0bYb0x9rM0VJ1WmQXv5EJkA6oRvBtAWZ3mPp7m6x9yCcJqFzWv7cNnAq4jJ8eWm0UQIDAQAB";

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn zone() -> DomainName {
    name("example.com")
}

fn record(kind: &str, owner: &str, value: &str) -> Record {
    Record {
        owner: name(owner),
        content: match kind {
            "spf" => Content::Spf(value.parse().unwrap()),
            "dkim" => Content::Dkim(value.parse().unwrap()),
            "dmarc" => Content::Dmarc(value.parse().unwrap()),
            "cname" => Content::Cname(name(value)),
            "text" => Content::Text(value.to_owned()),
            "report" => Content::ReportAuthorization,
            "mx" => {
                let (preference, exchange) = value.split_once(' ').unwrap();
                Content::Mx {
                    preference: preference.parse().unwrap(),
                    exchange: name(exchange),
                }
            }
            other => panic!("{other}"),
        },
        ttl: Ttl(300),
    }
}

fn dmarc() -> Record {
    record(
        "dmarc",
        "_dmarc.example.com",
        "v=DMARC1; p=none; rua=mailto:d@example.com",
    )
}

fn spf() -> Record {
    record(
        "spf",
        "example.com",
        "v=spf1 include:a.test include:b.test ~all",
    )
}

fn key() -> Record {
    record(
        "dkim",
        "s1._domainkey.example.com",
        &format!("v=DKIM1; k=rsa; p={KEY}"),
    )
}

fn alias() -> Record {
    record("cname", "s1._domainkey.example.com", "s1.dkim.service.test")
}

/// One server: `ns1` and `ns2` are authoritative, `r1` and `r2` are resolvers.
fn server(label: &str) -> Server {
    let octet = label.bytes().map(u32::from).sum::<u32>() % 250;
    let address: SocketAddr = format!("192.0.2.{octet}:53").parse().unwrap();
    if label.starts_with("ns") {
        let host = label.split('/').next().unwrap();
        Server::Authoritative {
            name: name(&format!("{host}.example.net")),
            address,
        }
    } else {
        Server::Resolver { address }
    }
}

/// What a server says: texts as they are; `CNAME x`, `A x`, `MX n x` as data; `-> x` a link of the chain; `nodata`, `nxdomain`, `timeout`,
/// `servfail`, `refused`, `lame`, `loop` alone.
fn says(label: &str, asked: Question, values: &[&str]) -> Sighting {
    let mut chain = Vec::new();
    let mut data = Vec::new();
    let mut outcome = None;
    for value in values {
        let trouble = |trouble| Some(Outcome::Trouble(trouble));
        match *value {
            "nodata" => outcome = Some(Outcome::NoData { ttl: Some(600) }),
            "nxdomain" => outcome = Some(Outcome::NoName { ttl: Some(900) }),
            "nxdomain without soa" => outcome = Some(Outcome::NoName { ttl: None }),
            "timeout" => outcome = trouble(Trouble::Timeout),
            "servfail" => outcome = trouble(Trouble::ServerFailure { said: None }),
            "refused" => outcome = trouble(Trouble::Refused),
            "lame" => outcome = trouble(Trouble::NotAuthoritative),
            "truncated" => outcome = trouble(Trouble::Truncated),
            "malformed" => outcome = trouble(Trouble::Malformed),
            "unreachable" => outcome = trouble(Trouble::Unreachable),
            "loop" => outcome = trouble(Trouble::Loop),
            "code" => outcome = trouble(Trouble::Code(4)),
            text => {
                if let Some(target) = text.strip_prefix("-> ") {
                    chain.push(name(target));
                } else if let Some(target) = text.strip_prefix("CNAME ") {
                    data.push(Data::Cname(name(target)));
                } else if let Some(address) = text.strip_prefix("A ") {
                    data.push(Data::A(address.parse().unwrap()));
                } else if let Some(rest) = text.strip_prefix("MX ") {
                    let (preference, exchange) = rest.split_once(' ').unwrap();
                    data.push(Data::Mx {
                        preference: preference.parse().unwrap(),
                        exchange: name(exchange),
                    });
                } else {
                    data.push(Data::Txt(Untrusted::from(text)));
                }
            }
        }
    }
    Sighting {
        server: server(label),
        question: asked,
        answer: Answer {
            chain,
            outcome: outcome.unwrap_or(Outcome::Records { data, ttl: 3_600 }),
        },
        seen_at: at(0),
    }
}

/// The verdict in one line: word, until or place, tallies, codes of findings.
fn line(judgement: &Judgement) -> String {
    let detail = match &judgement.verdict {
        Verdict::Spreading { until: Some(until) } => {
            format!(" until {}", until.as_second() - at(0).as_second())
        }
        Verdict::Differs { field, .. } => format!(" {field}"),
        Verdict::Misplaced { at } => format!(" {at}"),
        _ => String::new(),
    };
    let mut codes: Vec<&str> = judgement.findings.iter().map(|f| f.code.as_str()).collect();
    codes.dedup();
    let (a, r) = (judgement.authoritative, judgement.resolvers);
    format!(
        "{}{detail} | {}/{}/{} {}/{}/{} | {}",
        judgement.verdict.word(),
        a.agree,
        a.answered,
        a.asked,
        r.agree,
        r.answered,
        r.asked,
        codes.join(" ")
    )
    .trim_end()
    .to_owned()
}

/// Judges what servers say to the record's own question.
fn seen(record: &Record, views: &[(&str, &[&str])]) -> String {
    let sightings: Vec<Sighting> = views
        .iter()
        .map(|(server, values)| says(server, question(record), values))
        .collect();
    line(&judge(record, &zone(), &sightings, at(10)))
}

const WANTED: &[&str] = &["v=DMARC1; p=none; rua=mailto:d@example.com"];
const OLD: &[&str] = &["v=DMARC1; p=reject"];

#[test]
fn d1_to_d18_the_two_sides() {
    for (case, views, verdict) in [
        (
            "published",
            &[("ns1", WANTED), ("ns2", WANTED), ("r1", WANTED)][..],
            "published | 2/2/2 1/1/1 |",
        ),
        (
            "one resolver of two is enough",
            &[("ns1", WANTED), ("r1", WANTED), ("r2", &["nxdomain"])],
            "published | 1/1/1 1/2/2 |",
        ),
        (
            "D1",
            &[
                ("ns1", WANTED),
                ("r1", &["servfail"]),
                ("r2", WANTED),
                ("r3", WANTED),
            ],
            "published | 1/1/1 2/2/3 | resolver-trouble",
        ),
        (
            "D1 alone",
            &[("ns1", WANTED), ("r1", &["servfail"])],
            "unknown | 1/1/1 0/0/1 | resolver-trouble",
        ),
        (
            "D51 one that does not validate",
            &[
                ("ns1", WANTED),
                ("r1", &["servfail"]),
                ("r2", WANTED),
                ("r3", &["servfail"]),
            ],
            "unknown | 1/1/1 1/1/3 | resolver-trouble",
        ),
        (
            "D51 half",
            &[("ns1", WANTED), ("r1", &["servfail"]), ("r2", WANTED)],
            "unknown | 1/1/1 1/1/2 | resolver-trouble",
        ),
        (
            "a silent resolver is no broken signature",
            &[("ns1", WANTED), ("r1", &["timeout"]), ("r2", WANTED)],
            "published | 1/1/1 1/1/2 | resolver-trouble",
        ),
        (
            "D2",
            &[
                ("ns1", &["servfail"]),
                ("ns2", &["servfail"]),
                ("r1", WANTED),
            ],
            "unknown | 0/0/2 1/1/1 | ns-silent",
        ),
        (
            "D3 one",
            &[("ns1", WANTED), ("ns2", &["refused"]), ("r1", WANTED)],
            "published | 1/1/2 1/1/1 | ns-lame",
        ),
        (
            "D3 all",
            &[("ns1", &["refused"]), ("ns2", &["lame"])],
            "unknown | 0/0/2 0/0/0 | ns-lame",
        ),
        (
            "D4",
            &[("ns1", &["code"])],
            "unknown | 0/0/1 0/0/0 | ns-silent",
        ),
        (
            "D5 one silent",
            &[("ns1", WANTED), ("ns2", &["timeout"]), ("r1", WANTED)],
            "published | 1/1/2 1/1/1 | ns-silent",
        ),
        (
            "D5 all silent",
            &[("ns1", &["timeout"]), ("ns2", &["timeout"])],
            "unknown | 0/0/2 0/0/0 | ns-silent",
        ),
        (
            "D5 silent and not there",
            &[("ns1", &["nxdomain"]), ("ns2", &["timeout"])],
            "missing | 0/1/2 0/0/0 | ns-silent",
        ),
        (
            "D8",
            &[("ns1", &["truncated"])],
            "unknown | 0/0/1 0/0/0 | ns-silent",
        ),
        (
            "D10 NXDOMAIN",
            &[("ns1", &["nxdomain"])],
            "missing | 0/1/1 0/0/0 |",
        ),
        (
            "D10 NODATA",
            &[("ns1", &["nodata"])],
            "missing | 0/1/1 0/0/0 |",
        ),
        (
            "D11",
            &[("ns1", &["nxdomain without soa"])],
            "missing | 0/1/1 0/0/0 |",
        ),
        (
            "D11 at a resolver",
            &[("ns1", WANTED), ("r1", &["nxdomain without soa"])],
            "spreading | 1/1/1 0/1/1 |",
        ),
        (
            "D12",
            &[("r1", &["nxdomain"]), ("r2", &["nxdomain"])],
            "unknown | 0/0/0 0/2/2 |",
        ),
        (
            "D14",
            &[
                ("ns1", WANTED),
                ("ns2", WANTED),
                ("r1", &["nxdomain"]),
                ("r2", &["nodata"]),
            ],
            "spreading until 900 | 2/2/2 0/2/2 |",
        ),
        (
            "D15",
            &[("ns1", WANTED), ("r1", OLD), ("r2", &["nxdomain"])],
            "spreading until 3600 | 1/1/1 0/2/2 |",
        ),
        (
            "D16",
            &[("ns1", WANTED), ("ns2", OLD), ("r1", WANTED)],
            "spreading | 1/2/2 1/1/1 | ns-disagree",
        ),
        (
            "D16 not there yet",
            &[("ns1", WANTED), ("ns2", &["nxdomain"])],
            "spreading | 1/2/2 0/0/0 | ns-disagree",
        ),
        (
            "D24",
            &[("ns1", &["loop"])],
            "unknown | 0/0/1 0/0/0 | ns-silent",
        ),
        (
            "D32",
            &[("ns1", &["malformed"])],
            "unknown | 0/0/1 0/0/0 | ns-silent",
        ),
        (
            "resolvers alone prove nothing",
            &[("r1", WANTED), ("r2", WANTED)],
            "unknown | 0/0/0 2/2/2 |",
        ),
        ("nobody asked", &[], "unknown | 0/0/0 0/0/0 |"),
        (
            "no resolver asked",
            &[("ns1", WANTED)],
            "spreading | 1/1/1 0/0/0 |",
        ),
        (
            "D22 one address family",
            &[
                ("ns1/4", WANTED),
                ("ns1/6", &["unreachable"]),
                ("r1", WANTED),
            ],
            "published | 1/1/1 1/1/1 |",
        ),
        (
            "D19 addresses of one server differ",
            &[("ns1/4", WANTED), ("ns1/6", OLD), ("ns2", WANTED)],
            "spreading | 1/2/2 0/0/0 | ns-disagree",
        ),
        (
            "another policy",
            &[("ns1", OLD), ("r1", OLD)],
            "differs p | 0/1/1 0/1/1 |",
        ),
        (
            "taken away again",
            &[("ns1", &["nxdomain"]), ("r1", WANTED)],
            "missing | 0/1/1 1/1/1 |",
        ),
    ] {
        assert_eq!(seen(&dmarc(), views), verdict.trim_end(), "{case}");
    }
}

/// What one server may say about a record, with whether it is as wanted.
const SAYINGS: [(&str, &[&str]); 8] = [
    ("same", WANTED),
    ("other", OLD),
    ("none", &["nxdomain"]),
    ("none", &["nodata"]),
    ("other", &["v=DMARC1; p=none", "v=DMARC1; p=reject"]),
    ("none", &["hello"]),
    ("trouble", &["timeout"]),
    ("trouble", &["servfail"]),
];

/// Every mixture of three name servers and two resolvers keeps the law.
#[test]
fn every_mixture_of_servers_keeps_the_law() {
    let count = SAYINGS.len();
    for mixture in 0..count.pow(5) {
        let pick = |place: u32| &SAYINGS[mixture / count.pow(place) % count];
        let views: Vec<(&str, &[&str])> = ["ns1", "ns2", "ns3", "r1", "r2"]
            .into_iter()
            .zip((0..5).map(|place| pick(place).1))
            .collect();
        let kinds: Vec<&str> = (0..3)
            .map(|place| pick(place).0)
            .filter(|kind| *kind != "trouble")
            .collect();
        let resolvers: Vec<&str> = (3..5).map(|place| pick(place).1[0]).collect();
        let had = resolvers.iter().filter(|said| **said == WANTED[0]).count();
        let is_bogus = resolvers.contains(&"servfail") && had < 2;
        let a_resolver_has_it = (3..5).any(|place| pick(place).0 == "same");
        let same = kinds.iter().filter(|kind| **kind == "same").count();
        let expected: &[&str] = match (kinds.len(), same) {
            (0, _) => &["unknown"],
            (all, same) if all == same && is_bogus => &["unknown"],
            (all, same) if all == same && a_resolver_has_it => &["published"],
            (_, 1..) => &["spreading"],
            _ if kinds.iter().all(|kind| *kind == "none") => &["missing"],
            _ => &["differs", "conflict"],
        };
        let said = seen(&dmarc(), &views);
        let word = said.split(' ').next().unwrap();
        assert!(expected.contains(&word), "{views:?}: {said}");
    }
}

/// The law: trouble never makes `missing` or `published`, whatever else was seen.
#[test]
fn trouble_alone_is_only_ever_unknown() {
    let troubles = [
        "timeout",
        "servfail",
        "refused",
        "lame",
        "truncated",
        "malformed",
        "unreachable",
        "loop",
        "code",
    ];
    for record in [dmarc(), spf(), key(), alias()] {
        for one in troubles {
            for two in troubles {
                for resolver in ["nxdomain", "nodata", "timeout"] {
                    let said = seen(
                        &record,
                        &[("ns1", &[one]), ("ns2", &[two]), ("r1", &[resolver])],
                    );
                    assert!(
                        said.starts_with("unknown"),
                        "{one} {two} {resolver}: {said}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_old_copy_that_is_dead_by_now_gives_no_time() {
    let record = dmarc();
    let sightings = [
        says("ns1", question(&record), WANTED),
        says("r1", question(&record), &["nxdomain"]),
    ];
    let late = judge(&record, &zone(), &sightings, at(901));
    assert_eq!(late.verdict, Verdict::Spreading { until: None });
}

#[test]
fn the_newest_sighting_of_a_server_counts() {
    let record = dmarc();
    let mut newer = says("ns1", question(&record), WANTED);
    newer.seen_at = at(5);
    let old = says("ns1", question(&record), &["nxdomain"]);
    let resolver = says("r1", question(&record), WANTED);
    for sightings in [
        [old.clone(), newer.clone(), resolver.clone()],
        [newer, old, resolver],
    ] {
        assert_eq!(
            line(&judge(&record, &zone(), &sightings, at(10))),
            "published | 1/1/1 1/1/1 |"
        );
    }
}

#[test]
fn values_are_compared_and_not_texts() {
    let ed = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    for (record, texts, verdict) in [
        (
            spf(),
            &["V=SPF1 include:B.test +include:a.test. ~ALL", "hello"][..],
            "published",
        ),
        (spf(), &["v=spf1 include:a.test ~all"], "differs the terms"),
        (
            spf(),
            &["v=spf1 include:a.test include:b.test -all"],
            "differs all",
        ),
        (spf(), &["hello"], "missing"),
        (
            spf(),
            &["v=spf1 inlcude:a.test include:b.test ~all"],
            "invalid",
        ),
        (
            dmarc(),
            &["v=DMARC1;p=none;adkim=r;aspf=r;sp=none;t=n;fo=0;pct=100;rua=mailto:d@EXAMPLE.com;"],
            "published",
        ),
        (
            dmarc(),
            &["v=DMARC1; rua=mailto:d@example.com; p=none"],
            "published",
        ),
        (
            dmarc(),
            &["v=DMARC1; p=none; rua=mailto:other@example.com"],
            "differs rua",
        ),
        (
            dmarc(),
            &["v=DMARC1; p=none; pct=50; rua=mailto:d@example.com"],
            "differs pct",
        ),
        (
            dmarc(),
            &["v=DMARC1; p=none; sp=reject; rua=mailto:d@example.com"],
            "differs sp",
        ),
        (
            dmarc(),
            &["v=DMARC1; p=none; t=y; rua=mailto:d@example.com"],
            "differs t",
        ),
        (key(), &[&format!("p={KEY}")], "published"),
        (
            key(),
            &[&format!("k=rsa; t=s; n=note; h=sha256; s=email; p={KEY};")],
            "published",
        ),
        (key(), &[&format!("v=dkim1; k=rsa; p={KEY}")], "differs v"),
        (key(), &[&format!("v=DKIM1; h=sha1; p={KEY}")], "differs h"),
        (
            key(),
            &[&format!("v=DKIM1; s=tlsrpt; p={KEY}")],
            "differs s",
        ),
        (key(), &[&format!("v=DKIM1; t=y; p={KEY}")], "differs t"),
        (
            key(),
            &[&format!(
                "v=DKIM1; k=rsa; p={} {}",
                &KEY[..100],
                &KEY[100..]
            )],
            "published",
        ),
        (key(), &[ed], "differs k"),
        (key(), &["v=DKIM1; p="], "differs p"),
        (
            record("text", "example.com", "token=1"),
            &["other", "token=1"],
            "published",
        ),
        (
            record("text", "example.com", "token=1"),
            &["other"],
            "missing",
        ),
        (
            record("text", "example.com", "token=1"),
            &["token=2"],
            "missing",
        ),
        (
            record("report", "x.test._report._dmarc.example.com", ""),
            &["v=DMARC1"],
            "published",
        ),
        (
            record("report", "x.test._report._dmarc.example.com", ""),
            &["v=DMARC1;"],
            "published",
        ),
        (
            record("report", "x.test._report._dmarc.example.com", ""),
            &["v=DMARC2"],
            "missing",
        ),
        (
            record("mx", "example.com", "10 mx.a.test"),
            &["MX 10 mx.a.test", "MX 20 other.test"],
            "published",
        ),
        (
            record("mx", "example.com", "10 mx.a.test"),
            &["MX 5 mx.a.test"],
            "differs the priority",
        ),
        (
            record("mx", "example.com", "10 mx.a.test"),
            &["MX 10 other.test"],
            "differs the mail server",
        ),
        (
            record("mx", "example.com", "10 mx.a.test"),
            &["nodata"],
            "missing",
        ),
        (record("mx", "example.com", "0 ."), &["MX 0 ."], "published"),
        (
            record("mx", "example.com", "0 ."),
            &["MX 0 .", "MX 10 mx.a.test"],
            "conflict",
        ),
        (
            record("cname", "em1.example.com", "u1.service.test"),
            &["CNAME u1.service.test"],
            "published",
        ),
        (
            record("cname", "em1.example.com", "u1.service.test"),
            &["CNAME u2.service.test"],
            "differs the target",
        ),
        (
            record("cname", "em1.example.com", "u1.service.test"),
            &["nodata"],
            "missing",
        ),
    ] {
        let said = seen(&record, &[("ns1", texts), ("r1", texts)]);
        assert_eq!(
            said.split(" | ").next(),
            Some(verdict),
            "{} {texts:?}",
            record.content
        );
    }
}

/// The values that count are equal, and some receivers cannot read the text or differ in what they take.
#[test]
fn d39_a_damaged_text_is_not_published() {
    for tail in [
        "; p=reject",
        "; rubbish",
        ";\u{200b}",
        "; sp reject",
        "\r\n",
        "; v=DMARC1",
        "; adkim=x",
        "; fo=0; fo=0",
        "; rua=mailto:d@example.com",
    ] {
        let text = format!("{}{tail}", WANTED[0]);
        let said = seen(&dmarc(), &[("ns1", &[&text]), ("r1", &[&text])]);
        let (verdict, findings) = said.split_once(" | ").unwrap();
        assert_eq!(verdict, "invalid", "{tail:?}");
        assert!(findings.contains("-"), "{tail:?}: {said}");
    }
    let text = WANTED[0].replacen(';', ";;", 1);
    let said = seen(&dmarc(), &[("ns1", &[&text]), ("r1", &[&text])]);
    assert_eq!(said, "invalid | 0/1/1 0/1/1 | dmarc-empty-tag");
}

/// What is wanted with a mistake in it is not refused for that very mistake.
#[test]
fn d39_a_mistake_that_is_wanted_is_published() {
    let wanted = record(
        "dmarc",
        "_dmarc.example.com",
        "v=DMARC1; p=none; rua=mailto:d@example.com; wat=1",
    );
    let text = wanted.content.to_string();
    let said = seen(&wanted, &[("ns1", &[&text]), ("r1", &[&text])]);
    assert!(said.starts_with("published"), "{said}");
}

/// Values of a key record are compared with their capitals (RFC 6376, section 3.2).
#[test]
fn p13_capitals_in_a_key_record_count() {
    for (tags, verdict) in [
        ("k=RSA", "differs k"),
        ("k=rsa; h=SHA256", "differs h"),
        ("k=rsa; s=EMAIL", "differs s"),
        ("k=rsa; h=SHA256:sha256; s=EMAIL:*", "published"),
    ] {
        let text = format!("v=DKIM1; {tags}; p={KEY}");
        let said = seen(&key(), &[("ns1", &[&text]), ("r1", &[&text])]);
        assert_eq!(said.split(" | ").next(), Some(verdict), "{tags}");
    }
}

/// D23, D25, D33 and the aliases of services.
#[test]
fn aliases() {
    let good = format!("v=DKIM1; p={KEY}");
    let key_text = good.as_str();
    for (case, record, views, verdict) in [
        (
            "D23",
            dmarc(),
            &[
                ("ns1", &["-> d.host.test", WANTED[0]][..]),
                ("r1", &["-> d.host.test", WANTED[0]]),
            ][..],
            "published | 1/1/1 1/1/1 | record-behind-alias",
        ),
        (
            "P16 alias in place of the record",
            dmarc(),
            &[("ns1", &["-> d.host.test", OLD[0]])],
            "conflict | 0/1/1 0/0/0 | panel-cname-beside-txt",
        ),
        (
            "P16 alias to nothing",
            dmarc(),
            &[("ns1", &["-> d.host.test", "nodata"])],
            "conflict | 0/1/1 0/0/0 | panel-cname-beside-txt",
        ),
        (
            "D24 alias in circles",
            dmarc(),
            &[("ns1", &["-> d.host.test", "loop"])],
            "unknown | 0/0/1 0/0/0 |",
        ),
        (
            "alias with a key",
            alias(),
            &[
                ("ns1", &["-> s1.dkim.service.test", "nodata"]),
                ("r1", &["-> s1.dkim.service.test", key_text]),
            ],
            "published | 1/1/1 1/1/1 |",
        ),
        (
            "alias without a key",
            alias(),
            &[
                ("ns1", &["-> s1.dkim.service.test", "nodata"]),
                ("r1", &["-> s1.dkim.service.test", "nxdomain"]),
            ],
            "published | 1/1/1 1/1/1 | dkim-target-empty",
        ),
        (
            "alias to a revoked key",
            alias(),
            &[
                ("ns1", &["-> s1.dkim.service.test", "nodata"]),
                ("r1", &["-> s1.dkim.service.test", "v=DKIM1; p="]),
            ],
            "published | 1/1/1 1/1/1 | dkim-target-empty",
        ),
        (
            "alias, target in trouble",
            alias(),
            &[
                ("ns1", &["-> s1.dkim.service.test", "nodata"]),
                ("r1", &["-> s1.dkim.service.test", "servfail"]),
            ],
            "unknown | 1/1/1 0/0/1 | resolver-trouble",
        ),
        (
            "alias, target in trouble everywhere",
            alias(),
            &[("ns1", &["-> s1.dkim.service.test", "timeout"])],
            "unknown | 0/0/1 0/0/0 |",
        ),
        (
            "alias not at the resolver yet",
            alias(),
            &[
                ("ns1", &["-> s1.dkim.service.test", "nodata"]),
                ("r1", &["nxdomain"]),
            ],
            "spreading until 900 | 1/1/1 0/1/1 | dkim-target-empty",
        ),
        (
            "chain goes on",
            alias(),
            &[
                ("ns1", &["-> s1.dkim.service.test", "nodata"]),
                ("r1", &["-> s1.dkim.service.test", "-> x.test", key_text]),
            ],
            "published | 1/1/1 1/1/1 |",
        ),
        (
            "another target",
            alias(),
            &[("ns1", &["-> s2.dkim.service.test", "nodata"])],
            "differs the target | 0/1/1 0/0/0 |",
        ),
        (
            "P23",
            alias(),
            &[("ns1", &["-> s1.dkim.service.test.example.com", "nodata"])],
            "differs the target | 0/1/1 0/0/0 | panel-target-doubled",
        ),
        (
            "P23 of a return path",
            record("cname", "em1.example.com", "u1.service.test"),
            &[("ns1", &["CNAME u1.service.test.example.com"])],
            "differs the target | 0/1/1 0/0/0 | panel-target-doubled",
        ),
        (
            "P23 of a mail server",
            record("mx", "example.com", "10 mx.a.test"),
            &[("ns1", &["MX 10 mx.a.test.example.com"])],
            "differs the mail server | 0/1/1 0/0/0 | panel-target-doubled",
        ),
        (
            "P26 target as TXT",
            alias(),
            &[("ns1", &["s1.dkim.service.test."])],
            "differs the type | 0/1/1 0/0/0 | panel-wrong-type",
        ),
        (
            "P16 TXT in place of the alias",
            alias(),
            &[("ns1", &[key_text])],
            "conflict | 0/1/1 0/0/0 | panel-cname-beside-txt",
        ),
        (
            "not there",
            alias(),
            &[("ns1", &["nxdomain"])],
            "missing | 0/1/1 0/0/0 |",
        ),
    ] {
        assert_eq!(seen(&record, views), verdict.trim_end(), "{case}");
    }
}

/// What a panel made of the value, and the one cause that is named.
#[test]
fn p6_to_p15_mistakes_in_the_value() {
    let wanted = key().content.to_string();
    let cut: String = wanted.chars().take(255).collect();
    let tail: String = wanted.chars().skip(255).collect();
    let long_spf = {
        let terms: String = (0..20)
            .map(|n| format!(" include:spf{n:02}.service.test"))
            .collect();
        record("spf", "example.com", &format!("v=spf1{terms} ~all"))
    };
    let long = long_spf.content.to_string();
    let spaced = format!("{} {}", &long[..255], &long[255..]);
    for (case, record, texts, verdict) in [
        (
            "P6",
            dmarc(),
            vec![format!("\"{}\"", WANTED[0])],
            "invalid panel-quotes-kept",
        ),
        (
            "P6 spf",
            spf(),
            vec![format!("\"{}\"", spf().content)],
            "invalid panel-quotes-kept",
        ),
        (
            "P6 key",
            key(),
            vec![format!("\"{cut}\" \"{tail}\"")],
            "invalid panel-quotes-kept",
        ),
        (
            "P6 text",
            record_text(),
            vec!["\"token=1\"".to_owned()],
            "differs panel-quotes-kept",
        ),
        (
            "P7",
            dmarc(),
            vec![format!("\u{201c}{}\u{201d}", WANTED[0])],
            "invalid panel-curly-quotes",
        ),
        (
            "P7 NBSP",
            spf(),
            vec![spf().content.to_string().replace(' ', "\u{a0}")],
            "invalid panel-curly-quotes",
        ),
        (
            "P7 zero width",
            key(),
            vec![wanted.replace("p=", "p=\u{200b}")],
            "invalid panel-curly-quotes",
        ),
        (
            "P8",
            key(),
            vec![tail.clone(), cut.clone()],
            "conflict panel-second-record",
        ),
        ("P9", key(), vec![cut.clone()], "invalid panel-cut-at-255"),
        (
            "P10",
            long_spf.clone(),
            vec![spaced],
            "invalid panel-space-at-join",
        ),
        (
            "P11",
            dmarc(),
            vec![WANTED[0].replace(';', "\\;")],
            "invalid panel-backslash-semicolon",
        ),
        (
            "P11 with quotes",
            dmarc(),
            vec![format!("\"{}\"", WANTED[0].replace(';', "\\;"))],
            "invalid panel-quotes-kept panel-backslash-semicolon",
        ),
        (
            "P12",
            spf(),
            vec![format!("{}\n", spf().content)],
            "invalid panel-trailing-space",
        ),
        (
            "P12 text",
            record_text(),
            vec!["token=1 ".to_owned()],
            "differs panel-trailing-space",
        ),
        (
            "P13",
            key(),
            vec![wanted.to_lowercase()],
            "differs panel-key-lower-cased",
        ),
        (
            "P13 key alone",
            key(),
            vec![format!("v=DKIM1; k=rsa; p={}", KEY.to_lowercase())],
            "differs panel-key-lower-cased",
        ),
        (
            "P14",
            dmarc(),
            vec![WANTED[0].to_owned(), OLD[0].to_owned()],
            "conflict dmarc-two-records",
        ),
        (
            "P15",
            spf(),
            vec![spf().content.to_string(), "v=spf1 -all".to_owned()],
            "conflict spf-two-records",
        ),
        (
            "two keys",
            key(),
            vec![wanted.clone(), "v=DKIM1; p=".to_owned()],
            "conflict dkim-several-records",
        ),
        (
            "another broken text",
            spf(),
            vec!["v=spf1 moo".to_owned()],
            "invalid spf-syntax-error",
        ),
    ] {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let sightings = [says("ns1", question(&record), &texts)];
        let judgement = judge(&record, &zone(), &sightings, at(10));
        let codes: Vec<&str> = judgement.findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(
            format!("{} {}", judgement.verdict.word(), codes.join(" ")),
            verdict,
            "{case}"
        );
    }
}

fn record_text() -> Record {
    record("text", "example.com", "token=1")
}

/// Judges a record that is not at its place, with what else was heard.
fn elsewhere(record: &Record, own: &[&str], heard: &[(&str, RecordType, &[&str])]) -> String {
    let asked = probes(record, &zone());
    let mut sightings = vec![says("ns1", question(record), own)];
    for (owner, record_type, values) in heard {
        let question = Question::new(name(owner), *record_type);
        assert!(asked.contains(&question), "{question:?} is never asked");
        sightings.push(says("ns1", question, values));
    }
    let judgement = judge(record, &zone(), &sightings, at(10));
    let said = line(&judgement);
    let mut parts = said.split(" | ");
    let word = parts.next().unwrap();
    format!("{word} {}", parts.nth(1).unwrap_or_default())
        .trim_end()
        .to_owned()
}

const PROBE: &str = "nobounce-probe-q7x2k9";

#[test]
fn d38_p1_to_p5_the_record_is_at_another_name() {
    let text = key().content.to_string();
    let key_text = text.as_str();
    let sender = spf().content.to_string();
    let sender = sender.as_str();
    use RecordType::Txt;
    for (case, record, owner, value, said) in [
        (
            "P1",
            dmarc(),
            "_dmarc.example.com.example.com",
            WANTED[0],
            "panel-name-doubled",
        ),
        (
            "P1 of another value",
            dmarc(),
            "_dmarc.example.com.example.com",
            OLD[0],
            "panel-name-doubled",
        ),
        (
            "P1 key",
            key(),
            "s1._domainkey.example.com.example.com",
            key_text,
            "panel-name-doubled",
        ),
        (
            "P1 spf",
            spf(),
            "example.com.example.com",
            sender,
            "panel-name-doubled",
        ),
        ("P2", dmarc(), "example.com", WANTED[0], "panel-at-apex"),
        ("P2 key", key(), "example.com", key_text, "panel-at-apex"),
        (
            "P3",
            dmarc(),
            "dmarc.example.com",
            WANTED[0],
            "panel-underscore-missing",
        ),
        (
            "P3 key",
            key(),
            "s1.domainkey.example.com",
            key_text,
            "panel-underscore-missing",
        ),
        (
            "P4",
            key(),
            "s1.example.com",
            key_text,
            "panel-domainkey-missing",
        ),
        (
            "P4 order",
            key(),
            "_domainkey.s1.example.com",
            key_text,
            "panel-name-swapped",
        ),
        (
            "P4 no selector",
            key(),
            "_domainkey.example.com",
            key_text,
            "panel-selector-missing",
        ),
        (
            "D38 order",
            dmarc(),
            "example.com._dmarc.example.com",
            WANTED[0],
            "panel-name-swapped",
        ),
        ("P5", spf(), "www.example.com", sender, "panel-at-www"),
        (
            "P5 dmarc",
            dmarc(),
            "_dmarc.www.example.com",
            WANTED[0],
            "panel-at-www",
        ),
    ] {
        assert_eq!(
            elsewhere(&record, &["nxdomain"], &[(owner, Txt, &[value])]),
            format!("misplaced {owner} {said}"),
            "{case}"
        );
    }
    for (case, record, owner, value) in [
        (
            "another SPF record of www",
            spf(),
            "www.example.com",
            "v=spf1 -all",
        ),
        (
            "another DMARC record of www",
            dmarc(),
            "_dmarc.www.example.com",
            OLD[0],
        ),
        ("SPF at the domain", dmarc(), "example.com", sender),
        (
            "trouble there",
            dmarc(),
            "_dmarc.example.com.example.com",
            "timeout",
        ),
        ("something else there", key(), "s1.example.com", "hello"),
    ] {
        assert_eq!(
            elsewhere(&record, &["nxdomain"], &[(owner, Txt, &[value])]),
            "missing",
            "{case}"
        );
    }
    assert_eq!(
        elsewhere(
            &alias(),
            &["nxdomain"],
            &[(
                "s1._domainkey.example.com.example.com",
                Txt,
                &["-> s1.dkim.service.test", "nodata"]
            )]
        ),
        "misplaced s1._domainkey.example.com.example.com panel-name-doubled"
    );
}

#[test]
fn d27_d28_p17_a_wildcard_answers() {
    use RecordType::Txt;
    let beside = format!("{PROBE}.example.com");
    let beside_key = format!("{PROBE}._domainkey.example.com");
    let parked: &[&str] = &["v=spf1 -all"];
    for (case, record, own, probe, said) in [
        (
            "D27 another kind",
            dmarc(),
            parked,
            beside.as_str(),
            "conflict panel-wildcard-answers",
        ),
        (
            "D27 the kind",
            dmarc(),
            OLD,
            beside.as_str(),
            "conflict panel-wildcard-answers",
        ),
        (
            "D27 key",
            key(),
            &["v=DKIM1; p="],
            beside_key.as_str(),
            "conflict panel-wildcard-answers",
        ),
        (
            "D28",
            dmarc(),
            &["-> site.builder.test", "nodata"],
            beside.as_str(),
            "conflict panel-wildcard-answers",
        ),
        (
            "D28 with an alias wanted",
            alias(),
            &["-> site.builder.test", "nodata"],
            beside_key.as_str(),
            "conflict panel-wildcard-answers",
        ),
        (
            "the wildcard says what is wanted",
            dmarc(),
            WANTED,
            beside.as_str(),
            "spreading panel-wildcard-answers",
        ),
    ] {
        assert_eq!(
            elsewhere(&record, own, &[(probe, Txt, own)]),
            said,
            "{case}"
        );
    }
    assert_eq!(
        elsewhere(&dmarc(), OLD, &[(&beside, Txt, &["nxdomain"])]),
        "differs p"
    );
    // A wildcard that answers at the doubled name too is no doubled name.
    assert_eq!(
        elsewhere(
            &spf(),
            &["nodata"],
            &[
                (&beside, Txt, parked),
                ("example.com.example.com", Txt, parked)
            ]
        ),
        "missing"
    );
}

#[test]
fn p16_p20_p26_another_type_at_the_name() {
    let own = "s1._domainkey.example.com";
    let path = record("cname", "em1.example.com", "u1.service.test");
    use RecordType::A;
    use RecordType::Cname;
    use RecordType::Spf;
    use RecordType::Txt;
    for (case, record, answer, owner, asked, value, said) in [
        (
            "P26",
            spf(),
            "nodata",
            "example.com",
            Spf,
            "v=spf1 -all",
            "differs the type panel-wrong-type",
        ),
        (
            "P20",
            alias(),
            "nodata",
            own,
            A,
            "A 198.51.100.7",
            "differs the type panel-cname-proxied",
        ),
        (
            "P20 path",
            path.clone(),
            "nodata",
            "em1.example.com",
            A,
            "A 198.51.100.7",
            "differs the type panel-cname-proxied",
        ),
        (
            "P26 path",
            path.clone(),
            "nodata",
            "em1.example.com",
            Txt,
            "u1.service.test",
            "differs the type panel-wrong-type",
        ),
        (
            "P16 path",
            path.clone(),
            "nodata",
            "em1.example.com",
            Txt,
            "v=spf1 -all",
            "conflict panel-cname-beside-txt",
        ),
        (
            "nothing",
            path,
            "nodata",
            "em1.example.com",
            Txt,
            "nodata",
            "missing",
        ),
        (
            "D25",
            dmarc(),
            WANTED[0],
            "_dmarc.example.com",
            Cname,
            "CNAME d.host.test",
            "conflict panel-cname-beside-txt",
        ),
    ] {
        assert_eq!(
            elsewhere(&record, &[answer], &[(owner, asked, &[value])]),
            said,
            "{case}"
        );
    }
}

#[test]
fn d39_the_record_of_somebody_else_differs() {
    let found = "v=DMARC1; p=quarantine; adkim=r; aspf=r; rua=mailto:dmarc_rua@onsecureserver.net;";
    let sightings = [says("ns1", question(&dmarc()), &[found])];
    let judgement = judge(&dmarc(), &zone(), &sightings, at(10));
    let Verdict::Differs {
        field,
        wanted,
        found,
    } = judgement.verdict
    else {
        panic!("{judgement:?}");
    };
    assert_eq!(
        (field.as_str(), wanted.as_str(), found.as_str()),
        ("p", "none", "quarantine")
    );
}

#[test]
fn d36_hostile_texts_are_escaped_everywhere() {
    let hostile = "v=spf1 \u{1b}]0;x\u{7} \u{202e}include:a.test ~all";
    for record in [spf(), dmarc(), key(), record_text()] {
        for texts in [
            vec![hostile],
            vec![hostile, "v=spf1 \u{9b}31m"],
            vec!["v=DMARC1; p=\u{1b}[2J"],
            vec!["v=DKIM1; p=\u{200b}"],
        ] {
            let sightings = [says("ns1", question(&record), &texts)];
            let judgement = judge(&record, &zone(), &sightings, at(10));
            let mut said = format!("{:?}", judgement.verdict);
            for finding in &judgement.findings {
                said.push_str(&finding.message);
                said.push_str(&finding.remedy);
            }
            assert!(said.bytes().all(|b| (b' '..=b'~').contains(&b)), "{said:?}");
        }
    }
}

#[test]
fn questions_and_probes() {
    let asked = |record: &Record| {
        let question = question(record);
        format!("{} {}", question.owner, question.record_type)
    };
    assert_eq!(asked(&alias()), "s1._domainkey.example.com TXT");
    assert_eq!(
        asked(&record("cname", "em1.example.com", "u1.service.test")),
        "em1.example.com CNAME"
    );
    assert_eq!(asked(&record("mx", "example.com", "0 .")), "example.com MX");
    let list = |record: &Record| {
        probes(record, &zone())
            .iter()
            .map(|q| format!("{} {}", q.owner, q.record_type))
            .collect::<Vec<String>>()
    };
    assert_eq!(
        list(&spf()),
        [
            "example.com CNAME",
            "example.com SPF",
            "nobounce-probe-q7x2k9.example.com TXT",
            "example.com.example.com TXT",
            "www.example.com TXT",
            "example.com SOA"
        ]
    );
    for record in [spf(), dmarc(), key(), alias(), record_text()] {
        let all = list(&record);
        assert!(all.len() <= 13, "{all:?}");
        assert!(!all.contains(&asked(&record)), "{all:?}");
    }
    // A name that is not in the zone, or too long to be doubled, is no reason to stumble.
    assert_eq!(list(&record("text", "other.test", "x")).len(), 2);
    let long = format!(
        "{0}.{0}.{0}.{1}.example.com",
        "a".repeat(63),
        "b".repeat(48)
    );
    assert!(list(&record("text", &long, "x")).len() < 5);
}

#[test]
fn the_state_of_records_that_were_found() {
    let long_key = format!("v=DKIM1; p={KEY}");
    let key_text = long_key.as_str();
    let selector = "s1._domainkey.example.com";
    let policy = "_dmarc.example.com";
    for (case, kind, owner, views, verdict) in [
        (
            "there",
            Kind::Dmarc,
            policy,
            &[("ns1", OLD), ("ns2", OLD), ("r1", OLD)][..],
            "published | 2/2/2 1/1/1 |",
        ),
        (
            "not at the resolver",
            Kind::Dmarc,
            policy,
            &[("ns1", OLD), ("r1", &["nxdomain"])],
            "spreading until 900 | 1/1/1 0/1/1 |",
        ),
        (
            "servers differ",
            Kind::Dmarc,
            policy,
            &[("ns1", OLD), ("ns2", WANTED), ("r1", OLD)],
            "spreading | 1/2/2 1/1/1 | ns-disagree",
        ),
        (
            "not there",
            Kind::Dmarc,
            policy,
            &[("ns1", &["nxdomain"]), ("r1", &["nxdomain"])],
            "missing | 0/1/1 0/1/1 |",
        ),
        (
            "not there, and trouble",
            Kind::Dmarc,
            policy,
            &[("ns1", &["nxdomain"]), ("ns2", &["timeout"])],
            "missing | 0/1/2 0/0/0 | ns-silent",
        ),
        (
            "trouble",
            Kind::Spf,
            "example.com",
            &[("ns1", &["timeout"]), ("r1", &["nxdomain"])],
            "unknown | 0/0/1 0/1/1 | ns-silent",
        ),
        (
            "resolvers alone",
            Kind::Spf,
            "example.com",
            &[("r1", &["v=spf1 -all"])],
            "unknown | 0/0/0 0/1/1 |",
        ),
        (
            "two",
            Kind::Spf,
            "example.com",
            &[("ns1", &["v=spf1 -all", "v=spf1 ~all"])],
            "conflict | 0/1/1 0/0/0 | spf-two-records",
        ),
        (
            "two at one server",
            Kind::Spf,
            "example.com",
            &[
                ("ns1", &["v=spf1 -all"]),
                ("ns2", &["v=spf1 -all", "v=spf1 ~all"]),
            ],
            "conflict | 1/2/2 0/0/0 | spf-two-records ns-disagree",
        ),
        (
            "broken",
            Kind::Spf,
            "example.com",
            &[("ns1", &["v=spf1 moo"])],
            "invalid | 0/1/1 0/0/0 | spf-syntax-error",
        ),
        (
            "key",
            Kind::Dkim,
            selector,
            &[("ns1", &[key_text]), ("r1", &[key_text])],
            "published | 1/1/1 1/1/1 |",
        ),
        (
            "key behind an alias",
            Kind::Dkim,
            selector,
            &[
                ("ns1", &["-> s.test", "nodata"]),
                ("r1", &["-> s.test", key_text]),
            ],
            "published | 1/1/1 1/1/1 |",
        ),
        (
            "alias to nothing",
            Kind::Dkim,
            selector,
            &[
                ("ns1", &["-> s.test", "nodata"]),
                ("r1", &["-> s.test", "nxdomain"]),
            ],
            "missing | 1/1/1 1/1/1 | dkim-target-empty",
        ),
        (
            "alias to trouble",
            Kind::Dkim,
            selector,
            &[
                ("ns1", &["-> s.test", "nodata"]),
                ("r1", &["-> s.test", "servfail"]),
            ],
            "unknown | 1/1/1 0/0/1 | resolver-trouble",
        ),
        (
            "alias, no resolver",
            Kind::Dkim,
            selector,
            &[("ns1", &["-> s.test", "nodata"])],
            "missing | 1/1/1 0/0/0 | dkim-target-empty",
        ),
        (
            "policy behind an alias",
            Kind::Dmarc,
            policy,
            &[
                ("ns1", &["-> s.test", "nodata"]),
                ("r1", &["-> s.test", OLD[0]]),
            ],
            "published | 1/1/1 1/1/1 |",
        ),
    ] {
        let asked = Question::new(name(owner), RecordType::Txt);
        let sightings: Vec<Sighting> = views
            .iter()
            .map(|(server, values)| says(server, asked.clone(), values))
            .collect();
        let judgement = state(&name(owner), kind, &sightings, at(10));
        assert_eq!(line(&judgement), verdict.trim_end(), "{case}");
    }
}

#[test]
fn findings_are_told_in_plain_words() {
    let sightings = [says(
        "ns1",
        question(&dmarc()),
        &[&format!("\"{}\"", WANTED[0])],
    )];
    let judgement = judge(&dmarc(), &zone(), &sightings, at(10));
    assert_eq!(judgement.findings[0].severity, Severity::Error);
    assert_eq!(judgement.findings[0].code, codes::QUOTES_KEPT);
    let all: std::collections::BTreeSet<&str> = codes::ALL.iter().map(|c| c.as_str()).collect();
    assert_eq!(all.len(), codes::ALL.len());
}

/// The hostile DNS strings of the corpus never reach a person raw, whatever record was wanted.
#[test]
fn hostile_strings_of_the_corpus_are_escaped() {
    let Some(cases) = crate::corpus("7-nasty/dns-strings.jsonl") else {
        return;
    };
    let mut tried = 0;
    for case in &cases {
        let hex: String = case["strings_hex"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|string| string.as_str())
            .collect();
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
            .collect();
        for record in [spf(), dmarc(), key(), alias(), record_text()] {
            let mut sighting = says("ns1", question(&record), &["nodata"]);
            sighting.answer.outcome = Outcome::Records {
                data: vec![Data::Txt(Untrusted::new(bytes.clone()))],
                ttl: 1,
            };
            let judgement = judge(&record, &zone(), &[sighting], at(10));
            assert_ne!(judgement.verdict, Verdict::Published);
            let mut said = format!("{:?}", judgement.verdict);
            for finding in &judgement.findings {
                said.push_str(&finding.message);
                said.push_str(&finding.remedy);
            }
            assert!(said.bytes().all(|b| (b' '..=b'~').contains(&b)), "{said:?}");
        }
        tried += 1;
    }
    assert!(tried > 5, "{tried}");
}
