//! Which record applies: by the tree walk of RFC 9989, and by the public suffix list of RFC 7489 beside it.

use std::collections::BTreeMap;

use nobounce::records::dmarc::address;
use nobounce::records::dmarc::address::Authorization;
use nobounce::records::dmarc::discovery;
use nobounce::records::dmarc::discovery::Existence;
use nobounce::records::dmarc::discovery::Walk;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Trouble;
use nobounce::records::untrusted::Untrusted;

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn outcome(texts: &[&str]) -> Outcome {
    match texts {
        ["SERVFAIL"] => Outcome::Trouble(Trouble::ServerFailure { said: None }),
        [] => Outcome::NoData { ttl: Some(60) },
        texts => Outcome::Records {
            data: texts
                .iter()
                .map(|text| Data::Txt(Untrusted::from(*text)))
                .collect(),
            ttl: 60,
        },
    }
}

fn walk(start: &str, zone: &[(&str, &[&str])]) -> Walk {
    let zone: BTreeMap<DomainName, Outcome> = zone
        .iter()
        .map(|(at, texts)| (name(&format!("_dmarc.{at}")), outcome(texts)))
        .collect();
    discovery::walk(&name(start), &|owner| {
        let nothing = Outcome::NoName { ttl: Some(60) };
        Some(Answer::direct(zone.get(owner).cloned().unwrap_or(nothing)))
    })
}

/// `top at itself/below`; `-` where there is none.
fn newer(walk: &Walk) -> String {
    let at = walk.found_at.as_ref().map_or("-", DomainName::as_str);
    let policies = walk
        .policies(Existence::Exists)
        .map_or("-".to_owned(), |[itself, below, _]| {
            format!("{itself}/{below}")
        });
    format!("{} {at} {policies}", walk.organizational_domain)
}

fn older(walk: &Walk) -> String {
    let Some(older) = &walk.older else {
        return "?".to_owned();
    };
    let at = older.found_at.as_ref().map_or("-", DomainName::as_str);
    let word = |policy: Option<_>| policy.map_or("-", nobounce::records::dmarc::Policy::as_str);
    format!(
        "{} {at} {}/{}",
        older.organizational_domain,
        word(older.policy),
        word(older.subdomain_policy)
    )
}

/// One world: who asks, what stands where, and what each generation sees.
struct Case {
    what: &'static str,
    start: &'static str,
    zone: &'static [(&'static str, &'static [&'static str])],
    newer: &'static str,
    older: &'static str,
    codes: &'static [&'static str],
}

const DIFFERS: &str = "dmarc-organizational-domain-differs";

const CASES: &[Case] = &[
    Case {
        what: "the plain case: both see the same",
        start: "example.com",
        zone: &[("example.com", &["v=DMARC1; p=reject; sp=quarantine"])],
        newer: "example.com example.com reject/quarantine",
        older: "example.com example.com reject/quarantine",
        codes: &[],
    },
    Case {
        what: "no record anywhere",
        start: "a.example.com",
        zone: &[],
        newer: "a.example.com - -",
        older: "example.com - -/-",
        codes: &[],
    },
    Case {
        what: "a subdomain inherits sp=",
        start: "news.example.com",
        zone: &[("example.com", &["v=DMARC1; p=reject; sp=quarantine"])],
        newer: "example.com example.com quarantine/quarantine",
        older: "example.com example.com quarantine/quarantine",
        codes: &[],
    },
    Case {
        what: "psd=n below the registered domain",
        start: "x.dept.example.com",
        zone: &[
            ("dept.example.com", &["v=DMARC1; p=reject; psd=n"]),
            ("example.com", &["v=DMARC1; p=none"]),
        ],
        newer: "dept.example.com dept.example.com reject/reject",
        older: "example.com example.com none/none",
        codes: &[DIFFERS],
    },
    Case {
        what: "psd=n at the domain itself: the same policy for it, another below",
        start: "dept.example.com",
        zone: &[
            ("dept.example.com", &["v=DMARC1; p=reject; psd=n"]),
            ("example.com", &["v=DMARC1; p=none"]),
        ],
        newer: "dept.example.com dept.example.com reject/reject",
        older: "example.com dept.example.com reject/none",
        codes: &[DIFFERS],
    },
    Case {
        what: "psd=n at the registered domain changes nothing",
        start: "a.example.com",
        zone: &[("example.com", &["v=DMARC1; p=reject; psd=n"])],
        newer: "example.com example.com reject/reject",
        older: "example.com example.com reject/reject",
        codes: &[],
    },
    Case {
        what: "psd=y at a registry: the top is one label below, the policy the registry's; older receivers know no such policy",
        start: "news.shop.bank",
        zone: &[("bank", &["v=DMARC1; p=reject; psd=y"])],
        newer: "shop.bank bank reject/reject",
        older: "shop.bank - -/-",
        codes: &[DIFFERS],
    },
    Case {
        what: "psd=y at a domain that the list does not know as a suffix",
        start: "shop.hosting.example",
        zone: &[
            ("hosting.example", &["v=DMARC1; p=none; psd=y"]),
            ("shop.hosting.example", &["v=DMARC1; p=reject"]),
        ],
        newer: "shop.hosting.example shop.hosting.example reject/reject",
        older: "hosting.example shop.hosting.example reject/none",
        codes: &[DIFFERS],
    },
    Case {
        what: "psd=y at the domain itself ends the walk there",
        start: "hosting.example.com",
        zone: &[
            ("hosting.example.com", &["v=DMARC1; p=reject; psd=y"]),
            ("example.com", &["v=DMARC1; p=none"]),
        ],
        newer: "hosting.example.com hosting.example.com reject/reject",
        older: "example.com hosting.example.com reject/none",
        codes: &[DIFFERS],
    },
    Case {
        what: "a private suffix of the list whose operator publishes a plain record: the walk goes past the shop",
        start: "shop.github.io",
        zone: &[
            ("github.io", &["v=DMARC1; p=reject; sp=none"]),
            ("shop.github.io", &["v=DMARC1; p=quarantine"]),
        ],
        newer: "github.io shop.github.io quarantine/none",
        older: "shop.github.io shop.github.io quarantine/quarantine",
        codes: &[DIFFERS],
    },
    Case {
        what: "a shop below a private suffix without a record: only the walk finds one",
        start: "shop.github.io",
        zone: &[("github.io", &["v=DMARC1; p=reject; sp=none"])],
        newer: "github.io github.io none/none",
        older: "shop.github.io - -/-",
        codes: &[DIFFERS],
    },
    Case {
        what: "a record between the domain and the registered one: only the walk sees it where nothing is above",
        start: "a.b.example.com",
        zone: &[("b.example.com", &["v=DMARC1; p=reject"])],
        newer: "b.example.com b.example.com reject/reject",
        older: "example.com - -/-",
        codes: &[DIFFERS],
    },
    Case {
        what: "a record in between and one above: the one above decides for both",
        start: "a.b.example.com",
        zone: &[
            ("b.example.com", &["v=DMARC1; p=none"]),
            ("example.com", &["v=DMARC1; p=reject"]),
        ],
        newer: "example.com example.com reject/reject",
        older: "example.com example.com reject/reject",
        codes: &[],
    },
    Case {
        what: "two records at the subdomain: the walk goes on, older receivers stop",
        start: "a.example.com",
        zone: &[
            ("a.example.com", &["v=DMARC1; p=none", "v=DMARC1; p=reject"]),
            ("example.com", &["v=DMARC1; p=reject"]),
        ],
        newer: "example.com example.com reject/reject",
        older: "example.com - -/reject",
        codes: &[DIFFERS],
    },
    Case {
        what: "t=y is left to its own finding",
        start: "example.com",
        zone: &[("example.com", &["v=DMARC1; p=reject; t=y"])],
        newer: "example.com example.com quarantine/quarantine",
        older: "example.com example.com reject/reject",
        codes: &[],
    },
    Case {
        what: "a bad np= makes the record void for new receivers alone",
        start: "example.com",
        zone: &[(
            "example.com",
            &["v=DMARC1; p=reject; np=rejct; rua=mailto:d@example.com"],
        )],
        newer: "example.com example.com none/none",
        older: "example.com example.com reject/reject",
        codes: &[DIFFERS],
    },
    Case {
        what: "sp= below the top has no effect",
        start: "news.example.com",
        zone: &[
            (
                "news.example.com",
                &["v=DMARC1; p=reject; sp=reject; np=reject"],
            ),
            ("example.com", &["v=DMARC1; p=reject"]),
        ],
        newer: "example.com news.example.com reject/reject",
        older: "example.com news.example.com reject/reject",
        codes: &["dmarc-subdomain-policy-ignored"],
    },
    Case {
        what: "more than eight labels: the middle is jumped over",
        start: "a.b.c.d.e.f.g.h.example.com",
        zone: &[
            ("b.c.d.e.f.g.h.example.com", &["v=DMARC1; p=none"]),
            ("example.com", &["v=DMARC1; p=reject"]),
        ],
        newer: "example.com example.com reject/reject",
        older: "example.com example.com reject/reject",
        codes: &[],
    },
    Case {
        what: "the top is a public suffix by the list, and the domain itself",
        start: "co.uk",
        zone: &[("co.uk", &["v=DMARC1; p=reject; psd=y"])],
        newer: "co.uk co.uk reject/reject",
        older: "co.uk co.uk reject/reject",
        codes: &[],
    },
];

#[test]
fn d50_each_generation_sees_what_its_standard_says() {
    let mut wrong = Vec::new();
    for case in CASES {
        let walk = walk(case.start, case.zone);
        let codes: Vec<&str> = walk.findings.iter().map(|f| f.code.as_str()).collect();
        let seen = (newer(&walk), older(&walk));
        if (seen.0.as_str(), seen.1.as_str()) != (case.newer, case.older) || codes != case.codes {
            wrong.push(format!("{}: {seen:?} {codes:?}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_finding_names_both_policies_and_the_way_out() {
    let walk = walk(
        "x.dept.example.com",
        &[
            ("dept.example.com", &["v=DMARC1; p=reject; psd=n"]),
            ("example.com", &["v=DMARC1; p=none"]),
        ],
    );
    let [finding] = walk.findings.as_slice() else {
        panic!("{:?}", walk.findings);
    };
    for part in [
        "RFC 9989",
        "dept.example.com: reject for x.dept.example.com",
        "RFC 7489",
        "example.com: none for x.dept.example.com",
    ] {
        assert!(finding.message.contains(part), "{}", finding.message);
    }
    assert!(finding.remedy.contains("_dmarc.x.dept.example.com"));
}

/// Trouble at a name of the owner above the record leaves open what is in force, and never reads as "no record there".
#[test]
fn trouble_above_leaves_open_what_a_record_there_would_decide() {
    let record: &[&str] = &["v=DMARC1; p=none; rua=mailto:d@example.com"];
    let fails: &[&str] = &["SERVFAIL"];
    // A record of its own: only the policy of its subdomains is open.
    let own = walk(
        "a.example.com",
        &[("a.example.com", record), ("example.com", fails)],
    );
    assert!(own.troubled.is_empty() && own.unsure_above && own.older.is_none());
    // A record in between: one above would take its place.
    let between = walk(
        "a.b.example.com",
        &[("b.example.com", record), ("example.com", fails)],
    );
    assert_eq!(between.troubled, [name("_dmarc.example.com")]);
    // Only the registry fails: nothing of the owner's is open.
    let registry = walk("example.com", &[("example.com", record), ("com", fails)]);
    assert!(registry.troubled.is_empty() && !registry.unsure_above);
    // psd=n ends the walk, so that nothing above matters to it; what older receivers see is not known.
    let ended = walk(
        "a.example.com",
        &[
            ("a.example.com", &["v=DMARC1; p=none; psd=n"]),
            ("example.com", fails),
        ],
    );
    assert!(ended.troubled.is_empty() && !ended.unsure_above && ended.older.is_none());
}

/// What is asked does not grow by the second opinion: every name that older receivers need is asked in the first round.
#[test]
fn older_receivers_cost_no_round_of_their_own() {
    for start in [
        "a.example.com",
        "x.y.shop.co.uk",
        "a.b.c.d.e.f.g.h.i.github.io",
    ] {
        let first = discovery::walk(&name(start), &|_| None);
        let top = name(start).registrable().unwrap();
        let owner = top.prefixed("_dmarc").unwrap();
        assert!(
            first.wanted.iter().any(|question| question.owner == owner),
            "{start}"
        );
        let one_is_open = discovery::walk(&name(start), &|asked| {
            (*asked != owner).then(|| Answer::direct(Outcome::NoName { ttl: Some(60) }))
        });
        assert_eq!(one_is_open.wanted.len(), 1, "{start}");
    }
}

/// RFC 9990, section 4: which texts permit reports, and where they then go.
#[test]
fn d49_permissions_are_read_as_the_standard_says() {
    let host = name("vendor.example");
    let asked = address::authorization_question(&name("example.com"), &host).unwrap();
    assert_eq!(
        asked.owner,
        name("example.com._report._dmarc.vendor.example")
    );
    let uri = nobounce::records::dmarc::ReportUri::to("x@vendor.example");
    let cases: &[(&[&str], Authorization, Option<&str>)] = &[
        (&["v=DMARC1"], Authorization::Yes, None),
        (&["v=DMARC1;"], Authorization::Yes, None),
        (&["v = DMARC1 ;"], Authorization::Yes, None),
        (&["v=DMARC1; p=none"], Authorization::Yes, None),
        (&["v=DMARC1", "v=DMARC1;"], Authorization::Yes, None),
        (&["v=spf1 -all", "v=DMARC1"], Authorization::Yes, None),
        (&["v=dmarc1"], Authorization::No, None),
        (&["v=DMARC2"], Authorization::No, None),
        (&[" v=DMARC1"], Authorization::No, None),
        (&["v=DMARC1; all of them"], Authorization::No, None),
        (&["*"], Authorization::No, None),
        (&[], Authorization::No, None),
        (&["SERVFAIL"], Authorization::Unknown, None),
        (
            &["v=DMARC1; rua=mailto:big@vendor.example"],
            Authorization::Yes,
            Some("mailto:big@vendor.example"),
        ),
        (
            &["v=DMARC1; rua=mailto:x@vendor.example"],
            Authorization::Yes,
            None,
        ),
        (
            &["v=DMARC1; rua=mailto:x@thief.example"],
            Authorization::Yes,
            None,
        ),
        (&["v=DMARC1; rua="], Authorization::Yes, None),
    ];
    for (texts, wanted, other) in cases {
        let answer = Answer::direct(outcome(texts));
        assert_eq!(address::authorization(&answer), *wanted, "{texts:?}");
        let redirected = address::redirected(&answer, &host, &uri);
        let first = redirected.as_ref().map(|uris| uris[0].0.as_str());
        assert_eq!(first, *other, "{texts:?}");
    }
    // A name that gets too long can permit nothing.
    let long = name(&format!("{0}.{0}.{0}.example", "a".repeat(60)));
    assert!(address::authorization_question(&long, &long).is_err());
}
