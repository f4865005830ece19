//! Each gate open and shut.

use nobounce::plan;
use nobounce::plan::StepId;
use nobounce::plan::gate;
use nobounce::plan::gate::Gate;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::records::verdict::Verdict;

use crate::given::*;

fn gates(step: StepId, facts: &nobounce::plan::facts::Facts) -> Vec<(String, bool)> {
    gate::gates(step, facts, Some(&live()), now())
        .into_iter()
        .map(|Gate { id, holds, reason }| {
            assert!(!reason.is_empty());
            (id, holds)
        })
        .collect()
}

fn one(id: &str, holds: bool) -> Vec<(String, bool)> {
    vec![(id.to_owned(), holds)]
}

#[test]
fn the_first_step_has_no_gate() {
    assert_eq!(gates(StepId::Domain, &facts(bare())), []);
}

#[test]
fn senders_and_mailbox_wait_for_the_domain() {
    let silent = {
        let mut report = bare();
        for server in &mut report.nameservers {
            server.answers = false;
        }
        facts(report)
    };
    for step in [StepId::Senders, StepId::Mailbox] {
        assert_eq!(gates(step, &facts(bare())), one("domain-answers", true));
        assert_eq!(gates(step, &silent), one("domain-answers", false));
    }
}

#[test]
fn dkim_and_spf_wait_for_the_senders() {
    for step in [StepId::Dkim, StepId::Spf] {
        assert_eq!(gates(step, &facts(bare())), one("senders-named", false));
        let named = sending(bare(), &["google-workspace"]);
        assert_eq!(gates(step, &named), one("senders-named", true));
    }
}

#[test]
fn monitor_waits_for_the_mailbox_and_for_nothing_else() {
    let mut facts = sending(bare(), &["google-workspace"]);
    assert_eq!(
        gates(StepId::Monitor, &facts),
        [
            ("mailbox-chosen".to_owned(), false),
            ("mailbox-takes-mail".to_owned(), false)
        ]
    );
    assert!(
        answer(&mut facts, PageId::MonitorRecord, Answer::Go)
            .complaint
            .is_some()
    );
    assert!(!matches!(
        plan::page(&PageId::MonitorRecord, &facts, &live()).form,
        Form::Record(_)
    ));
    address(&mut facts, "own", "dmarc@example.com");
    assert_eq!(
        gates(StepId::Monitor, &facts),
        [
            ("mailbox-chosen".to_owned(), true),
            ("mailbox-takes-mail".to_owned(), true)
        ]
    );
    // Neither DKIM nor SPF is done: p=none changes no handling, so it may be taken at once.
    assert!(matches!(
        plan::page(&PageId::MonitorRecord, &facts, &live()).form,
        Form::Record(_)
    ));
}

#[test]
fn monitor_waits_for_the_permission_of_another_domain() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "elsewhere", "dmarc@agency.example.net");
    facts.mailbox.proof = Some("takes-mail".to_owned());
    let key = "example.com._report._dmarc.agency.example.net TXT";
    let authorized = |facts: &_| gates(StepId::Monitor, facts)[2].clone();
    assert_eq!(authorized(&facts), ("mailbox-authorized".to_owned(), false));
    let mut live = live();
    see(&mut facts, &mut live, key, Verdict::Missing);
    assert!(!authorized(&facts).1);
    see(
        &mut facts,
        &mut live,
        key,
        Verdict::Unknown {
            why: "timeout".to_owned(),
        },
    );
    assert!(!authorized(&facts).1);
    publish(&mut facts, &mut live, key);
    assert!(authorized(&facts).1);
}

#[test]
fn every_proof_but_one_keeps_the_gate_shut() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "d@reports.example.com");
    for (proof, holds) in [
        (None, false),
        (Some("takes-mail"), true),
        (Some("null-mx"), false),
        (Some("no-mail"), false),
        (Some("unknown"), false),
        (Some("a word of a newer version"), false),
    ] {
        facts.mailbox.proof = proof.map(str::to_owned);
        assert_eq!(gates(StepId::Monitor, &facts)[1].1, holds, "{proof:?}");
    }
}

#[test]
fn evidence_waits_for_the_record_to_be_live() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert_eq!(gates(StepId::Evidence, &facts), one("monitor-live", false));
    let mut live = live();
    publish(&mut facts, &mut live, "_dmarc.example.com TXT");
    assert_eq!(gates(StepId::Evidence, &facts), one("monitor-live", true));
}

#[test]
fn later_steps_say_what_they_need_and_never_open() {
    let mut facts = sending(bare(), &["mailchimp"]);
    address(&mut facts, "own", "dmarc@example.com");
    give(&mut facts, PageId::SpfPlan, Answer::Go);
    facts
        .dkim
        .entry("mailchimp".to_owned())
        .or_default()
        .switched_on = true;
    let mut first = live();
    for at in [
        "2026-11-23T10:00:00Z",
        "2026-11-24T10:00:00Z",
        "2026-11-25T10:00:00Z",
    ] {
        first.now = time(at);
        publish_all(&mut facts, &mut first);
    }
    let later = time("2027-11-23T10:00:00Z");
    let found: Vec<_> = gate::gates(StepId::Quarantine, &facts, None, later)
        .into_iter()
        .map(|gate| (gate.id, gate.holds))
        .collect();
    let wanted = [
        ("dkim-done", true),
        ("spf-done", true),
        ("senders-finished", true),
        ("time-at-policy", true),
        ("reports-cover-time", false),
        ("senders-seen", false),
        ("mail-aligned", false),
        ("no-unknown-source", false),
    ];
    assert_eq!(found, wanted.map(|(id, holds)| (id.to_owned(), holds)));
    for step in [StepId::Quarantine, StepId::Reject, StepId::Keep] {
        assert!(!gate::open(step, &facts, None, later), "{step:?}");
    }
}

#[test]
fn thirty_days_are_thirty_days() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    let mut first = live();
    let holds = |facts: &nobounce::plan::facts::Facts, at: &str| {
        gate::gates(StepId::Quarantine, facts, None, time(at))
            .into_iter()
            .find(|gate| gate.id == "time-at-policy")
            .unwrap()
            .holds
    };
    // S22: a clock that goes ahead passes no time by itself, also where looks on the same day repeat.
    for at in [
        "2026-11-23T10:00:00Z",
        "2026-11-23T12:00:00Z",
        "2026-11-24T10:00:00Z",
    ] {
        first.now = time(at);
        publish(&mut facts, &mut first, "_dmarc.example.com TXT");
        assert!(!holds(&facts, "2036-11-23T10:00:00Z"), "{at}");
    }
    first.now = time("2026-11-25T10:00:00Z");
    publish(&mut facts, &mut first, "_dmarc.example.com TXT");
    assert!(!holds(&facts, "2026-12-23T09:59:59Z"));
    assert!(holds(&facts, "2026-12-23T10:00:00Z"));
}

#[test]
fn d49_a_permission_whose_name_is_too_long_keeps_the_gate_shut() {
    let mut facts = sending(bare(), &["google-workspace"]);
    facts.domain = format!("{}.{}.example.com", "a".repeat(60), "b".repeat(60));
    facts.mailbox.kind = Some("elsewhere".to_owned());
    facts.mailbox.address = Some(format!(
        "d@{}.{}.example.net",
        "c".repeat(60),
        "d".repeat(60)
    ));
    facts.mailbox.made = true;
    facts.mailbox.proof = Some("takes-mail".to_owned());
    let gate = gate::gates(StepId::Monitor, &facts, None, now())
        .into_iter()
        .find(|gate| gate.id == "mailbox-authorized")
        .unwrap();
    assert!(!gate.holds);
    assert!(gate.reason.contains("too long"), "{gate:?}");
}
