//! What stood at a name, kept from looks, and carried into what is exported.

use nobounce::audit::report::SetReport;
use nobounce::export;
use nobounce::export::Row;
use nobounce::export::Sheet;
use nobounce::export::standing;
use nobounce::plan;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::PageId;
use nobounce::plan::there;
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

use crate::given::*;

const SPF: &str = "v=spf1 ip4:203.0.113.9 ~all";

fn set(name: &str, values: &[&str]) -> SetReport {
    SetReport {
        name: name.to_owned(),
        record_type: "TXT".to_owned(),
        agreed: true,
        alias: None,
        ttl: Some(300),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

/// A domain with an SPF record and a token beside it; Google is not in it yet.
fn merged() -> Facts {
    let mut report = with_spf(bare(), SPF);
    report.sets = vec![
        set("example.com", &["token=\\252;", SPF]),
        set("_dmarc.example.com", &[]),
    ];
    let mut facts = sending(report, &["google-workspace"]);
    give(
        &mut facts,
        PageId::SpfPlan,
        nobounce::plan::page::Answer::Go,
    );
    address(&mut facts, "own", "dmarc@example.com");
    facts
}

fn print(facts: &Facts, id: &str) -> String {
    let rows = plan::wanted(facts)
        .into_iter()
        .filter(|wanted| !wanted.key.contains("_domainkey"))
        .map(|wanted| Row {
            purpose: wanted.purpose,
            there: standing::there(facts, &wanted.record),
            zone: "example.com".parse().unwrap(),
            host: None,
            state: "unknown".to_owned(),
            replaces: wanted.replaces,
            record: wanted.record,
        })
        .collect();
    let sheet = Sheet {
        domain: "example.com".parse().unwrap(),
        rows,
        made: jiff::civil::date(2026, 11, 24),
        looked: None,
        name_servers: Vec::new(),
        asked_by: None,
        provider: None,
    };
    (export::format(id).unwrap().print)(&sheet)
}

#[test]
fn a_full_look_is_carried_into_the_export() {
    let facts = merged();
    assert_eq!(facts.survey.as_ref().unwrap().sets, [], "kept once");
    let script = print(&facts, "nsupdate");
    for line in [
        "prereq yxrrset example.com. IN TXT \"token=\\252;\"\n".to_owned(),
        format!("prereq yxrrset example.com. IN TXT \"{SPF}\"\n"),
        format!("update delete example.com. IN TXT \"{SPF}\"\n"),
        "prereq nxrrset _dmarc.example.com. IN TXT\n".to_owned(),
        "update add _dmarc.example.com. 3600 IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.com\"\n"
            .to_owned(),
    ] {
        assert!(script.contains(&line), "{line}\n{script}");
    }
    assert_eq!(script.matches("update delete").count(), 1);
}

#[test]
fn a_newer_sight_of_the_name_stops_what_was_made_from_an_older_one() {
    let mut facts = merged();
    // Somebody adds a service to SPF after the look; the watcher sees it.
    let newer = format!("{} include:new.example ~all", SPF.trim_end_matches(" ~all"));
    look(&mut facts, &[&["token=1", &newer], &["token=1", &newer]]);
    let script = print(&facts, "nsupdate");
    assert!(!script.contains("\nupdate delete"), "{script}");
    assert!(!script.contains("\nupdate add example.com."), "{script}");
}

#[test]
fn servers_that_disagree_make_it_unknown_and_trouble_changes_nothing() {
    let record = spf();
    let mut facts = merged();
    let before = there::there(&facts, &record).cloned();
    assert_eq!(before.as_ref().unwrap().values.len(), 2);
    let trouble = |server| sighting(server, Outcome::Trouble(Trouble::Timeout));
    there::looked(
        &mut facts,
        &record,
        &zone(),
        &[trouble(1), trouble(2)],
        now(),
    );
    assert_eq!(there::there(&facts, &record).cloned(), before);
    look(&mut facts, &[&["a"], &["b"]]);
    assert_eq!(there::there(&facts, &record), None);
    look(&mut facts, &[&["b", "a"], &["a", "b"]]);
    assert_eq!(there::there(&facts, &record).unwrap().values, ["a", "b"]);
    // A resolver proves nothing: it may hold an old copy.
    let mut copy = sighting(1, texts(&["old"]));
    copy.server = Server::Resolver {
        address: ([127, 0, 0, 1], 53).into(),
    };
    there::looked(&mut facts, &record, &zone(), &[copy], now());
    assert_eq!(there::there(&facts, &record).unwrap().values, ["a", "b"]);
}

#[test]
fn more_than_a_setup_should_carry_is_unknown() {
    let mut facts = merged();
    let flood = "x".repeat(20_000);
    look(&mut facts, &[&[&flood]]);
    assert_eq!(there::there(&facts, &spf()), None);
    let mut report = bare();
    report.sets = (0..300)
        .map(|at| set(&format!("s{at}._domainkey.example.com"), &[&flood[..9_000]]))
        .collect();
    plan::surveyed(&mut facts, report, now());
    let kept: usize = facts
        .there
        .values()
        .flat_map(|there| &there.values)
        .map(String::len)
        .sum();
    assert!(kept < 300_000, "{kept}");
}

#[test]
fn what_a_wildcard_gives_does_not_stand_at_the_name() {
    let record = Record {
        owner: "k1._domainkey.example.com".parse().unwrap(),
        content: Content::Cname("dkim.mcsv.net".parse().unwrap()),
        ttl: Ttl(3600),
    };
    let nobody = nobounce::records::verdict::nobody(&record, &zone()).unwrap();
    let at = |question: &Question, target: &str| {
        let mut sighting = sighting(1, Outcome::NoName { ttl: Some(300) });
        sighting.question = question.clone();
        sighting.answer.chain = vec![target.parse().unwrap()];
        sighting
    };
    let own = Question::new(record.owner.clone(), RecordType::Txt);
    let mut facts = Facts::new("example.com");
    let wild = at(&nobody, "web.example.net");
    let mut look = |target: &str| {
        there::looked(
            &mut facts,
            &record,
            &zone(),
            &[wild.clone(), at(&own, target)],
            now(),
        );
        there::there(&facts, &record).unwrap().alias.clone()
    };
    assert_eq!(look("web.example.net"), None);
    assert_eq!(look("old.example.net").as_deref(), Some("old.example.net"));
}

fn zone() -> DomainName {
    "example.com".parse().unwrap()
}

fn spf() -> Record {
    Record {
        owner: "example.com".parse().unwrap(),
        content: Content::Spf(SPF.parse().unwrap()),
        ttl: Ttl(3600),
    }
}

fn texts(texts: &[&str]) -> Outcome {
    Outcome::Records {
        data: texts
            .iter()
            .map(|text| Data::Txt(Untrusted::from(*text)))
            .collect(),
        ttl: 300,
    }
}

fn sighting(server: u8, outcome: Outcome) -> Sighting {
    Sighting {
        server: Server::Authoritative {
            name: format!("ns{server}.example.net").parse().unwrap(),
            address: ([127, 0, 0, server], 53).into(),
        },
        question: Question::new("example.com".parse().unwrap(), RecordType::Txt),
        answer: Answer::direct(outcome),
        seen_at: now(),
    }
}

/// What each server says of the domain's texts.
fn look(facts: &mut Facts, said: &[&[&str]]) {
    let sightings: Vec<Sighting> = (1..)
        .zip(said)
        .map(|(server, said)| sighting(server, texts(said)))
        .collect();
    there::looked(facts, &spf(), &zone(), &sightings, now());
}
