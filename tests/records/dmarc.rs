//! DMARC Policy Records.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nobounce::records::dmarc::Alignment;
use nobounce::records::dmarc::Dmarc;
use nobounce::records::dmarc::Policy;
use nobounce::records::dmarc::ReportUri;
use nobounce::records::dmarc::address;
use nobounce::records::dmarc::address::Authorization;
use nobounce::records::dmarc::discovery;
use nobounce::records::dmarc::discovery::Existence;
use nobounce::records::dmarc::discovery::Walk;
use nobounce::records::dmarc::judge;
use nobounce::records::dmarc::judge::Selected;
use nobounce::records::dmarc::merge;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Trouble;
use nobounce::records::untrusted::Untrusted;
use nobounce::records::verdict::found;
use proptest::prelude::*;

use crate::accepts;
use crate::corpus;
use crate::texts;
use crate::worst;

fn dmarc() -> impl Strategy<Value = Dmarc> {
    let policy = || {
        prop::option::of(prop_oneof![
            Just(Policy::None),
            Just(Policy::Quarantine),
            Just(Policy::Reject),
        ])
    };
    let alignment = || {
        prop::option::of(prop_oneof![
            Just(Alignment::Relaxed),
            Just(Alignment::Strict)
        ])
    };
    let uris = || {
        prop::collection::vec(
            "mailto:[a-z0-9+_-]{1,8}(\\.[a-z0-9]{1,3})?@[a-z0-9]{1,8}\\.example(![0-9]{1,3}[kmg]?)?",
            0..3,
        )
        .prop_map(|uris| uris.into_iter().map(ReportUri).collect::<Vec<_>>())
    };
    (
        (policy(), policy(), policy()),
        (alignment(), alignment()),
        prop::option::of(any::<bool>()),
        prop::option::of(prop_oneof![Just('y'), Just('n'), Just('u')]),
        (uris(), uris()),
        prop::option::of(prop_oneof![Just("1".to_owned()), Just("1:d:s".to_owned())]),
        prop::option::of(("x[a-z]{1,5}", "[!-:<-~]([ -:<-~]{0,9}[!-:<-~])?")),
    )
        .prop_map(
            |(policies, alignments, testing, public_suffix, uris, failure_options, other)| Dmarc {
                policy: policies.0,
                subdomain_policy: policies.1,
                nonexistent_policy: policies.2,
                dkim_alignment: alignments.0,
                spf_alignment: alignments.1,
                testing,
                public_suffix,
                aggregate: uris.0,
                failure: uris.1,
                failure_options,
                others: other.into_iter().collect(),
            },
        )
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(dmarc in dmarc()) {
        prop_assert_eq!(dmarc.to_string().parse::<Dmarc>(), Ok(dmarc));
    }

    #[test]
    fn no_text_is_too_strange(text in "v=DMARC1;\\PC*") {
        if let Ok(dmarc) = text.parse::<Dmarc>() {
            prop_assert_eq!(dmarc.to_string().parse::<Dmarc>(), Ok(dmarc));
        }
    }
}

#[test]
fn the_policy_is_printed_second() {
    let dmarc: Dmarc =
        "v=DMARC1; rua=mailto:a@b.example ,mailto:c@d.example; PCT=50; sp=NONE; p=Reject;"
            .parse()
            .unwrap();
    assert_eq!(
        dmarc.to_string(),
        "v=DMARC1; p=reject; sp=none; rua=mailto:a@b.example,mailto:c@d.example; PCT=50"
    );
}

#[test]
fn errors_say_where() {
    for (text, at) in [
        ("", 0),
        (" v=DMARC1; p=none", 0),
        ("v=dmarc1; p=none", 0),
        ("p=none; v=DMARC1", 0),
        ("v=DMARC1; p=rejct", 12),
        ("v=DMARC1; p=none; p=reject", 18),
        ("v=DMARC1; rua=a@b.example", 14),
        ("v=DMARC1; p=none; lorem", 18),
    ] {
        assert_eq!(text.parse::<Dmarc>().unwrap_err().at, at, "{text}");
    }
}

fn domain(text: &str) -> DomainName {
    text.parse().unwrap()
}

/// A pretend DNS: TXT strings by owner name.
struct Zone(BTreeMap<DomainName, Outcome>);

impl Zone {
    fn of(records: &[(&str, &[&str])]) -> Self {
        let outcome = |texts: &[&str]| Outcome::Records {
            data: texts
                .iter()
                .map(|t| Data::Txt(Untrusted::from(*t)))
                .collect(),
            ttl: 60,
        };
        Self(
            records
                .iter()
                .map(|(owner, texts)| (domain(owner), outcome(texts)))
                .collect(),
        )
    }

    fn answer(&self, owner: &DomainName) -> Answer {
        let missing = Outcome::NoName { ttl: None };
        Answer::direct(self.0.get(owner).cloned().unwrap_or(missing))
    }

    fn walk(&self, start: &str) -> Walk {
        discovery::walk(&domain(start), &|owner| Some(self.answer(owner)))
    }
}

fn findings(text: &[u8]) -> Vec<Finding> {
    let owner = domain("_dmarc.example.com");
    match judge::select(&owner, &[Untrusted::new(text)]) {
        Selected::Absent { findings } | Selected::Broken { findings, .. } => findings,
        Selected::One(reading) => reading.findings,
        Selected::Several(texts) => vec![judge::several(&owner, &texts)],
    }
}

/// The records of the corpus by themselves: discovery and the judge, without misplaced names and report authorization, which need
/// more questions.
#[test]
fn the_corpus_of_records_is_judged_as_known() {
    let mut wrong = Vec::new();
    for case in corpus("4-dmarc-records/records.jsonl").unwrap_or_default() {
        let id = case["id"].as_str().unwrap();
        let start = domain(case["domain"].as_str().unwrap());
        let zone: BTreeMap<DomainName, &serde_json::Value> = case["zone"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(owner, value)| (domain(&owner.replace('*', "wildcard")), value))
            .collect();
        let answer = |owner: &DomainName| {
            let outcome = match zone.get(owner) {
                Some(value) if value.is_string() => Outcome::Trouble(Trouble::Timeout),
                Some(value) => {
                    let end = value["CNAME"].as_str().map(domain);
                    let value = end.and_then(|end| zone.get(&end)).unwrap_or(value);
                    let data: Vec<Data> = texts(&value["TXT"]).into_iter().map(Data::Txt).collect();
                    if data.is_empty() {
                        Outcome::NoData { ttl: None }
                    } else {
                        Outcome::Records { data, ttl: 60 }
                    }
                }
                None => Outcome::NoName { ttl: None },
            };
            Some(Answer::direct(outcome))
        };
        let walk = discovery::walk(&start, &answer);
        let mut found = walk.findings.clone();
        let verdict = match (&walk.own, &walk.record) {
            _ if !walk.troubled.is_empty() => "error",
            (Selected::Broken { .. } | Selected::Several(_), _) => "error",
            (_, None) => "absent",
            (Selected::One(reading), _) => {
                found.extend(reading.findings.clone());
                worst(&found)
            }
            (Selected::Absent { .. }, Some(reading)) => {
                found.extend(reading.findings.clone());
                worst(&found)
            }
        };
        let existence = if id == "subdomain-np" {
            Existence::DoesNotExist
        } else {
            Existence::Exists
        };
        let policies = walk.policies(existence);
        let word = |index: usize| policies.map(|policies| policies[index].as_str());
        let codes: Vec<&str> = found.iter().map(|f| f.code.as_str()).collect();
        println!("{id}: {verdict} {policies:?} {codes:?}");
        let sub = case["effective_subdomain_policy"].as_str();
        if !accepts(&case, verdict)
            || word(0) != case["effective_policy"].as_str()
            || sub.is_some() && word(1) != sub
        {
            wrong.push(format!(
                "{id}: {verdict} {policies:?} {codes:?}, wanted {} {}",
                case["acceptable_verdicts"], case["effective_policy"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn unknown_tags_are_corrected() {
    let found = findings(b"v=DMARC1; p=none; rau=mailto:dmarc@example.com");
    assert_eq!(found[0].code.as_str(), "dmarc-unknown-tag");
    assert!(found[0].remedy.contains("Did you mean rua?"));
    let found = findings(b"v=DMARC1; p=rejct; rua=mailto:dmarc@example.com");
    assert!(found[0].remedy.contains("p=reject"));
}

/// FAULTS D50: the walk asks at most eight names, and jumps over the middle of a long one.
#[test]
fn d50_the_walk_asks_at_most_eight_names() {
    let steps = |text: &str| -> Vec<String> {
        discovery::steps(&domain(text))
            .iter()
            .map(DomainName::to_string)
            .collect()
    };
    assert_eq!(
        steps("a.b.example.com"),
        ["a.b.example.com", "b.example.com", "example.com", "com"]
    );
    let long = steps("a.b.c.d.e.f.g.h.i.j.mail.example.com");
    assert_eq!(long.len(), 8);
    assert_eq!(long[1], "g.h.i.j.mail.example.com");
    assert_eq!(long[7], "com");
}

#[test]
fn d50_psd_moves_the_organizational_domain() {
    let zone = Zone::of(&[(
        "_dmarc.bank",
        &["v=DMARC1; p=reject; psd=y; rua=mailto:a@nic.bank"],
    )]);
    let walk = zone.walk("news.shop.bank");
    assert_eq!(walk.organizational_domain, domain("shop.bank"));
    assert_eq!(walk.found_at, Some(domain("bank")));
    assert_eq!(walk.policies(Existence::Exists), Some([Policy::Reject; 3]));

    let zone = Zone::of(&[
        (
            "_dmarc.a.example.com",
            &["v=DMARC1; p=none; psd=n; rua=mailto:a@example.com"],
        ),
        (
            "_dmarc.example.com",
            &["v=DMARC1; p=reject; rua=mailto:a@example.com"],
        ),
    ]);
    assert_eq!(
        zone.walk("x.a.example.com").organizational_domain,
        domain("a.example.com")
    );
    assert_eq!(
        zone.walk("b.example.com").organizational_domain,
        domain("example.com")
    );
}

/// Neither trouble on the way up nor the jump over the middle of a long name moves the Organizational Domain.
#[test]
fn d50_psd_counts_from_its_own_name() {
    let suffix: &[&str] = &["v=DMARC1; p=reject; psd=y; rua=mailto:a@nic.example"];
    let mut zone = Zone::of(&[("_dmarc.bank", suffix)]);
    zone.0.insert(
        domain("_dmarc.shop.bank"),
        Outcome::Trouble(Trouble::Timeout),
    );
    let walk = zone.walk("news.shop.bank");
    assert_eq!(walk.organizational_domain, domain("shop.bank"));
    let zone = Zone::of(&[("_dmarc.d.e.f.g.h.i.test", suffix)]);
    let walk = zone.walk("a.b.c.d.e.f.g.h.i.test");
    assert_eq!(
        walk.organizational_domain,
        domain("c.d.e.f.g.h.i.test"),
        "one label below the suffix"
    );
}

#[test]
fn the_record_above_speaks_for_subdomains_of_a_subdomain() {
    let zone = Zone::of(&[
        (
            "_dmarc.news.example.com",
            &["v=DMARC1; p=none; sp=none; rua=mailto:a@example.com"],
        ),
        (
            "_dmarc.example.com",
            &["v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@example.com"],
        ),
    ]);
    let walk = zone.walk("news.example.com");
    assert_eq!(
        walk.policies(Existence::Exists),
        Some([Policy::None, Policy::Quarantine, Policy::Quarantine])
    );
    let codes: Vec<&str> = walk.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(
        codes,
        ["dmarc-subdomain-policy-ignored", "dmarc-weaker-than-parent"]
    );
}

#[test]
fn what_is_not_known_yet_is_asked_at_once() {
    let walk = discovery::walk(&domain("a.example.com"), &|_| None);
    let wanted: Vec<String> = walk.wanted.iter().map(|q| q.owner.to_string()).collect();
    assert_eq!(
        wanted,
        ["_dmarc.a.example.com", "_dmarc.example.com", "_dmarc.com"]
    );
}

/// Trouble at a name is never an absent record; trouble above a record that applies does not matter for its policy.
#[test]
fn trouble_is_kept_where_it_matters() {
    let mut zone = Zone::of(&[(
        "_dmarc.example.com",
        &["v=DMARC1; p=reject; rua=mailto:a@example.com"],
    )]);
    zone.0
        .insert(domain("_dmarc.com"), Outcome::Trouble(Trouble::Timeout));
    assert_eq!(zone.walk("example.com").troubled, Vec::new());
    zone.0.insert(
        domain("_dmarc.a.example.com"),
        Outcome::Trouble(Trouble::Timeout),
    );
    assert_eq!(
        zone.walk("a.example.com").troubled,
        [domain("_dmarc.a.example.com")]
    );
}

/// FAULTS D39: a record that is there is added to, not weakened and not replaced.
#[test]
fn d39_the_present_record_is_merged() {
    let ours = ReportUri::to("dmarc@example.com");
    let merged = |text: &str, dropped: &[&str]| {
        let existing: Dmarc = text.parse().unwrap();
        let dropped = dropped.iter().map(|d| (*d).to_owned()).collect();
        merge::merge(&existing, &ours, &dropped).to_string()
    };
    assert_eq!(
        merged(
            "v=DMARC1; p=quarantine; pct=50; adkim=s; rua=mailto:x@vendor.example!10m; x=y",
            &[]
        ),
        "v=DMARC1; p=quarantine; adkim=s; rua=mailto:x@vendor.example,mailto:dmarc@example.com; x=y"
    );
    assert_eq!(
        merged(
            "v=DMARC1; p=reject; rua=mailto:x@vendor.example",
            &["x@vendor.example"]
        ),
        "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    );
    assert_eq!(
        merged(
            "v=DMARC1; p=none; rua=mailto:dmarc@EXAMPLE.com,mailto:a@b.example,mailto:c@d.example",
            &[]
        ),
        "v=DMARC1; p=none; rua=mailto:a@b.example,mailto:dmarc@example.com,mailto:c@d.example"
    );
    assert_eq!(
        Dmarc::monitoring(std::slice::from_ref(&ours)).to_string(),
        "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
    );
}

proptest! {
    /// Whatever stands there now, the merged record reads back, has our address among the first two, and no error.
    #[test]
    fn a_merged_record_is_clean(existing in dmarc()) {
        let ours = ReportUri::to("dmarc@example.com");
        let merged = merge::merge(&existing, &ours, &BTreeSet::new());
        prop_assert_eq!(merged.to_string().parse::<Dmarc>(), Ok(merged.clone()));
        prop_assert!(merged.aggregate.iter().take(2).any(|uri| *uri == ours));
        prop_assert_eq!(merged.policy_asked(), existing.policy_asked());
        let found = judge::judge(&domain("_dmarc.example.com"), &merged);
        prop_assert!(found.iter().all(|f| f.severity != Severity::Error), "{found:?}");
    }

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut text = b"v=DMARC1;".to_vec();
        text.extend(&bytes);
        for text in [text, bytes] {
            let found = findings(&text);
            prop_assert!(found.iter().all(|f| f.message.bytes().all(|b| matches!(b, b' '..=b'~'))));
            prop_assert!(found.iter().all(|f| f.remedy.bytes().all(|b| matches!(b, b' '..=b'~'))));
        }
    }
}

#[test]
fn reports_may_leave_the_organization_only_where_they_are_wanted() {
    let question =
        address::authorization_question(&domain("example.com"), &domain("reports.vendor.example"))
            .unwrap();
    assert_eq!(
        question.owner.to_string(),
        "example.com._report._dmarc.reports.vendor.example"
    );
    for (outcome, wanted) in [
        (Outcome::NoName { ttl: None }, Authorization::No),
        (Outcome::NoData { ttl: None }, Authorization::No),
        (Outcome::Trouble(Trouble::Timeout), Authorization::Unknown),
        (
            Outcome::Records {
                data: vec![Data::Txt(Untrusted::from("v=DMARC1"))],
                ttl: 60,
            },
            Authorization::Yes,
        ),
        (
            Outcome::Records {
                data: vec![Data::Txt(Untrusted::from("v=spf1"))],
                ttl: 60,
            },
            Authorization::No,
        ),
    ] {
        assert_eq!(address::authorization(&Answer::direct(outcome)), wanted);
    }
    assert!(address::same_organization(
        &domain("mail.example.com"),
        &domain("example.com")
    ));
    assert!(!address::same_organization(
        &domain("example.net"),
        &domain("example.com")
    ));
    // Receivers of the older standard and of the new one have to agree.
    for (host, organization) in [
        ("example.com", "a.example.com"),
        ("b.example.com", "a.example.com"),
        ("example.co.uk", "co.uk"),
    ] {
        assert!(
            !address::same_organization(&domain(host), &domain(organization)),
            "{host} {organization}"
        );
    }
    // FAULTS D49: a name that gets too long is told, not cut.
    let long = domain(&format!("{0}.{0}.{0}.example", "a".repeat(60)));
    assert!(address::authorization_question(&long, &long).is_err());
}

/// FAULTS D38, P1 to P3: the names where the record ends up by mistake, each with its own code.
#[test]
fn d38_wrong_names_are_known() {
    let zone = domain("example.com");
    let owner = domain("_dmarc.example.com");
    let names: Vec<String> = found::places(&owner, &zone)
        .iter()
        .map(|place| format!("{} {}", place.question.owner, place.code))
        .collect();
    assert_eq!(
        names,
        [
            "_dmarc.example.com.example.com panel-name-doubled",
            "dmarc.example.com panel-underscore-missing",
            "example.com._dmarc.example.com panel-name-swapped",
            "_dmarc._dmarc.example.com panel-name-doubled",
            "dmarc_.example.com panel-underscore-missing",
            "_dmarc._domainkey.example.com panel-domainkey-added",
            "example.com panel-at-apex",
            "_dmarc.www.example.com panel-at-www",
        ]
    );
}

/// `pct=100` is in very many records: taking it out changes nothing, and nobody is to wait for reports before.
#[test]
fn a_whole_percentage_does_no_harm() {
    let owner: DomainName = "_dmarc.example.com".parse().unwrap();
    let told = |pct: &str| {
        let text = format!("v=DMARC1; p=reject; pct={pct}; rua=mailto:d@example.com");
        let findings = judge::judge(&owner, &text.parse().unwrap());
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].code.as_str(), "dmarc-removed-tag");
        findings[0].clone()
    };
    let whole = told("100");
    assert!(whole.message.contains("no harm"), "{}", whole.message);
    assert_eq!(whole.remedy, "Take pct= out of the value.");
    for part in ["50", "0", "1000", "x"] {
        let part = told(part);
        assert!(part.message.contains("to all mail"), "{}", part.message);
        assert!(part.remedy.contains("only when the reports show"));
    }
}
