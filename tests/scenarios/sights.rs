//! What servers said, kept: unbroken times, trouble, and clocks that jump.

use jiff::Timestamp;
use nobounce::plan;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::gate;
use nobounce::plan::page::PageId;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Trouble;
use nobounce::records::verdict::Verdict;

use crate::given::*;

const KEY: &str = "_dmarc.example.com TXT";

fn monitored() -> Facts {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    facts
}

fn look(facts: &mut Facts, at: &str, verdict: Verdict) {
    let mut live = Live {
        now: time(at),
        ..live()
    };
    see(facts, &mut live, KEY, verdict);
}

fn kept(facts: &Facts) -> (String, Timestamp, Option<Timestamp>) {
    let seen = &facts.seen[KEY];
    (seen.verdict.clone(), seen.at, seen.since)
}

fn unknown() -> Verdict {
    Verdict::Unknown {
        why: "no server answered".to_owned(),
    }
}

#[test]
fn since_is_kept_while_unbroken() {
    let mut facts = monitored();
    let first = "2026-11-23T10:00:00Z";
    look(&mut facts, first, Verdict::Published);
    look(&mut facts, "2026-11-25T10:00:00Z", Verdict::Published);
    look(
        &mut facts,
        "2026-11-26T10:00:00Z",
        Verdict::Spreading { until: None },
    );
    look(&mut facts, "2026-11-27T10:00:00Z", Verdict::Published);
    let at = time("2026-11-27T10:00:00Z");
    assert_eq!(
        kept(&facts),
        ("published".to_owned(), at, Some(time(first)))
    );
    look(&mut facts, "2026-11-28T10:00:00Z", Verdict::Missing);
    assert_eq!(kept(&facts).2, None);
    look(&mut facts, "2026-11-29T10:00:00Z", Verdict::Published);
    assert_eq!(kept(&facts).2, Some(time("2026-11-29T10:00:00Z")));
    let journal: Vec<_> = facts
        .journal
        .iter()
        .map(|entry| entry.what.as_str())
        .collect();
    assert!(
        journal.contains(&"_dmarc.example.com TXT: no longer published (missing)"),
        "{journal:?}"
    );
}

#[test]
fn trouble_makes_a_sight_older_and_never_erases_it() {
    let mut facts = monitored();
    look(&mut facts, "2026-11-23T10:00:00Z", Verdict::Published);
    let before = facts.seen.clone();
    look(&mut facts, "2026-11-24T10:00:00Z", unknown());
    assert_eq!(facts.seen, before);
    let mut fresh = monitored();
    look(&mut fresh, "2026-11-24T10:00:00Z", unknown());
    assert!(fresh.seen.is_empty(), "trouble is no sight");
}

#[test]
fn a_sight_of_another_value_proves_nothing() {
    let mut facts = monitored();
    look(&mut facts, "2026-11-23T10:00:00Z", Verdict::Published);
    assert!(gate::open(StepId::Evidence, &facts, None, now()));
    give(
        &mut facts,
        PageId::MailboxAddress,
        typed("other@example.com"),
    );
    facts.mailbox.made = true;
    assert!(!gate::open(StepId::Evidence, &facts, None, now()));
}

#[test]
fn a_look_at_what_nobody_wants_is_not_kept() {
    let mut facts = monitored();
    plan::looked(
        &mut facts,
        "www.example.com TXT",
        &judgement(Verdict::Published),
        now(),
    );
    assert!(facts.seen.is_empty());
}

#[test]
fn s22_a_clock_that_jumps_back_unlocks_nothing() {
    let mut facts = monitored();
    // The clock is a year behind when the record is first seen.
    facts.latest_clock = Some(now());
    look(&mut facts, "2025-11-23T10:00:00Z", Verdict::Published);
    assert_eq!(
        kept(&facts).2,
        Some(now()),
        "counted from the latest time that was ever seen"
    );
    let gate = |facts: &Facts, at: &str| {
        gate::gates(StepId::Quarantine, facts, None, time(at))
            .into_iter()
            .find(|gate| gate.id == "time-at-policy")
            .unwrap()
    };
    assert!(!gate(&facts, "2026-11-24T10:00:00Z").holds);
    let back = gate(&facts, "1970-01-01T00:00:00Z");
    assert!(!back.holds && back.reason.contains("went back"), "{back:?}");
    assert!(!gate(&facts, "2026-12-23T10:00:00Z").holds);
    for at in ["2026-11-25T10:00:00Z", "2026-11-26T10:00:00Z"] {
        look(&mut facts, at, Verdict::Published);
    }
    assert!(gate(&facts, "2026-12-23T10:00:00Z").holds);
    // A clock that went ten years ahead does not open what needs reports.
    assert!(!gate::open(
        StepId::Quarantine,
        &facts,
        None,
        time("2036-12-23T10:00:00Z")
    ));
}

#[test]
fn a_look_that_tells_nothing_does_not_replace_one_that_did() {
    let mut facts = facts(bare());
    let mut nothing = bare();
    nothing.zone = None;
    nothing.verdict = "unknown".to_owned();
    plan::surveyed(&mut facts, nothing, now());
    assert_eq!(facts.survey, Some(bare()));
    let mut gone = bare();
    gone.zone = None;
    plan::surveyed(&mut facts, gone.clone(), now());
    assert_eq!(facts.survey, Some(gone));
}

#[test]
fn the_proof_of_a_mailbox_elsewhere_comes_from_its_mx() {
    let owner: nobounce::records::name::DomainName = "agency.example.net".parse().unwrap();
    let sighting = |outcome: Outcome| Sighting {
        server: Server::Authoritative {
            name: "ns1.agency.example.net".parse().unwrap(),
            address: "192.0.2.1:53".parse().unwrap(),
        },
        question: Question::new(owner.clone(), RecordType::Mx),
        answer: Answer::direct(outcome),
        seen_at: now(),
    };
    let mx = |host: &str| Outcome::Records {
        data: vec![Data::Mx {
            preference: 0,
            exchange: host.parse().unwrap(),
        }],
        ttl: 300,
    };
    let start = || {
        let mut facts = sending(bare(), &["google-workspace"]);
        address(&mut facts, "elsewhere", "dmarc@agency.example.net");
        facts
    };
    for (outcomes, proof) in [
        (vec![mx("mail.example.net")], "takes-mail"),
        (vec![mx(".")], "null-mx"),
        (vec![Outcome::NoData { ttl: None }], "no-mail"),
        (vec![Outcome::NoName { ttl: None }], "no-mail"),
        (vec![Outcome::Trouble(Trouble::Timeout)], "unknown"),
        (vec![], "unknown"),
        (
            vec![Outcome::Trouble(Trouble::Timeout), mx("mail.example.net")],
            "takes-mail",
        ),
    ] {
        let mut facts = start();
        let sightings: Vec<_> = outcomes.into_iter().map(sighting).collect();
        plan::mailbox_looked(&mut facts, &sightings, now());
        assert_eq!(facts.mailbox.proof.as_deref(), Some(proof), "{sightings:?}");
        // Trouble afterward takes nothing back.
        plan::mailbox_looked(
            &mut facts,
            &[sighting(Outcome::Trouble(Trouble::Refused))],
            now(),
        );
        assert_eq!(facts.mailbox.proof.as_deref(), Some(proof));
    }
    // A resolver may lie or be lied to: its "no" proves nothing.
    let mut facts = start();
    let mut hearsay = sighting(Outcome::NoName { ttl: None });
    hearsay.server = Server::Resolver {
        address: "192.0.2.1:53".parse().unwrap(),
    };
    plan::mailbox_looked(&mut facts, &[hearsay], now());
    assert_eq!(facts.mailbox.proof.as_deref(), Some("unknown"));
}

#[test]
fn a_key_is_kept_once() {
    let mut facts = sending(bare(), &["own-server"]);
    let id = PageId::DkimKey {
        sender: "own-server".to_owned(),
    };
    let reply = give(&mut facts, id, chosen("rsa2048"));
    carry_out(&mut facts, &reply.wishes);
    carry_out(&mut facts, &reply.wishes);
    assert_eq!(facts.dkim["own-server"].keys.len(), 1);
}
