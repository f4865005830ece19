//! A sender whose set-up is left unfinished: it survives a save, stands in every list, and can be taken up again.

use nobounce::plan;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::gate;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Mark;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Part;
use nobounce::plan::steps::dkim;

use crate::given::*;
use crate::senders_services::collect;
use crate::senders_services::part;
use crate::senders_services::record;
use crate::senders_services::setup;
use crate::senders_services::switch;
use crate::senders_services::text_of;

/// Through the text that is kept, and back.
fn saved_and_loaded(facts: &Facts) -> Facts {
    let text = serde_json::to_string(facts).unwrap();
    let loaded: Facts = serde_json::from_str(&text).unwrap();
    assert_eq!(&loaded, facts);
    loaded
}

fn finished_gate(facts: &Facts, step: StepId) -> gate::Gate {
    gate::gates(step, facts, None, now())
        .into_iter()
        .find(|gate| gate.id == "senders-finished")
        .unwrap()
}

/// SendGrid with its keys copied, nothing published; Mailchimp not begun.
fn begun() -> Facts {
    let mut facts = sending(bare(), &["mailchimp", "sendgrid"]);
    address(&mut facts, "own", "dmarc@example.com");
    give(&mut facts, setup("sendgrid"), chosen("start"));
    give(
        &mut facts,
        collect("sendgrid", 0),
        typed(
            "s1._domainkey s1.domainkey.u1234567.wl045.sendgrid.net\n\
             s2._domainkey s2.domainkey.u1234567.wl045.sendgrid.net",
        ),
    );
    give(
        &mut facts,
        part("sendgrid", Part::Bounce),
        typed("em1234 CNAME u1234567.wl045.sendgrid.net"),
    );
    facts
}

#[test]
fn a_sender_left_unfinished_survives_and_is_taken_up_again() {
    let mut facts = begun();
    // One record is out there; then the user leaves it.
    let mut session = live();
    publish(&mut facts, &mut session, "s1._domainkey.example.com CNAME");
    give(&mut facts, PageId::DkimOverview, tick(&["mailchimp"]));
    assert!(facts.dkim["sendgrid"].later);
    assert_eq!(facts.dkim["sendgrid"].later_since, Some(now()));
    // The others go on.
    assert_eq!(plan::resume(&facts, &live()), setup("mailchimp"));
    // What was begun stays watched and handed over.
    let owners = |facts: &Facts| {
        plan::wanted(facts)
            .iter()
            .filter(|wanted| wanted.sender.as_deref() == Some("sendgrid"))
            .count()
    };
    assert_eq!(owners(&facts), 3);

    let mut facts = saved_and_loaded(&facts);
    assert_eq!(owners(&facts), 3);
    assert_eq!(
        dkim::state(&facts, &live(), "sendgrid"),
        (Mark::Warning, "not finished there yet".to_owned())
    );
    let side = dkim::parts(&facts, &live());
    assert!(
        side.iter()
            .any(|(_, line)| line == "Twilio SendGrid: not finished there yet"),
        "{side:?}"
    );
    // `nobounce status`.
    let status = plan::status(&facts, now());
    let open: Vec<_> = status
        .open
        .iter()
        .map(|open| (open.id.as_str(), open.what.as_str()))
        .collect();
    assert_eq!(
        open,
        [
            ("mailchimp", "its records are not seen published"),
            (
                "sendgrid",
                "left on 23 November 2026; 1 of its 3 records are seen published"
            ),
        ]
    );
    // The gates of a stricter policy.
    for step in [StepId::Quarantine, StepId::Reject] {
        let gate = finished_gate(&facts, step);
        assert!(!gate.holds);
        assert!(
            gate.reason.starts_with("Not finished there yet: ") && gate.reason.contains("SendGrid"),
            "{}",
            gate.reason
        );
    }

    // Taken up again: where it was left.
    let reply = give(
        &mut facts,
        PageId::DkimOverview,
        tick(&["mailchimp", "sendgrid"]),
    );
    assert!(!facts.dkim["sendgrid"].later);
    assert_eq!(facts.dkim["sendgrid"].later_since, None);
    assert_eq!(reply.page, setup("mailchimp"));
    let said = text_of(&facts, &setup("sendgrid"));
    assert!(
        said.contains("Begun, and open: 1 of its 3 records are seen published"),
        "{said}"
    );
    let mut session = live();
    publish_all(&mut facts, &mut session);
    for sender in ["mailchimp", "sendgrid"] {
        give(&mut facts, setup(sender), chosen("start"));
        let reply = plan::reply(&mut facts, &switch(sender), chosen("done"), &session);
        assert_eq!(reply.complaint, None);
    }
    let facts = saved_and_loaded(&facts);
    assert_eq!(plan::status(&facts, now()).open, []);
    assert!(finished_gate(&facts, StepId::Quarantine).holds);
}

#[test]
fn a_sender_is_left_on_its_first_page() {
    let mut facts = sending(bare(), &["mailchimp", "hubspot"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert_eq!(plan::resume(&facts, &live()), setup("hubspot"));
    let reply = give(&mut facts, setup("hubspot"), chosen("later"));
    assert_eq!(reply.page, setup("mailchimp"));
    assert_eq!(
        dkim::state(&facts, &live(), "hubspot"),
        (Mark::Later, "left for later".to_owned())
    );
    let before = facts.dkim["hubspot"].later_since;
    // To leave it once more does not move the day.
    let mut late = live();
    late.now = time("2026-12-24T10:00:00Z");
    plan::reply(&mut facts, &setup("hubspot"), chosen("later"), &late);
    assert_eq!(facts.dkim["hubspot"].later_since, before);
    // Monitoring is not held up by it.
    let gates = gate::gates(StepId::Monitor, &facts, None, now());
    assert!(gates.iter().all(|gate| gate.id != "senders-finished"));
    let open = finished_gate(&saved_and_loaded(&facts), StepId::Quarantine).reason;
    assert!(
        open.contains("HubSpot (left on 23 November 2026; its values are still to be copied)"),
        "{open}"
    );
}

#[test]
fn the_last_page_before_the_reports_names_what_is_open() {
    let mut facts = begun();
    give(&mut facts, PageId::SpfPlan, Answer::Go);
    let mut session = live();
    let key = plan::wanted(&facts)
        .into_iter()
        .find(|wanted| wanted.step == StepId::Monitor);
    if key.is_none() {
        facts.monitor.confirmed = true;
    }
    publish(&mut facts, &mut session, "_dmarc.example.com TXT");
    let page = plan::page(&PageId::Later(StepId::Evidence), &facts, &session);
    let said = format!("{:?}", page.blocks);
    assert!(said.contains("Not finished there yet: "), "{said}");
    assert!(said.contains("SendGrid"), "{said}");
}

#[test]
fn many_open_senders_are_counted() {
    let facts = sending(
        bare(),
        &["mailchimp", "hubspot", "sendgrid", "postmark", "brevo"],
    );
    let reason = finished_gate(&facts, StepId::Quarantine).reason;
    assert!(reason.ends_with("and 2 more."), "{reason}");
}

/// As older versions kept it: none of the new fields.
#[test]
fn an_older_setup_still_loads_and_what_was_done_stays_done() {
    let mut facts = sending(bare(), &["mailchimp", "google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    let mut value = serde_json::to_value(&facts).unwrap();
    value["dkim"] = serde_json::json!({
        "mailchimp": { "records": [], "keys": [], "switched_on": true, "later": false },
        "google-workspace": {
            "records": [{ "host": "google._domainkey", "record_type": "TXT", "value": key_record() }],
            "keys": [], "switched_on": true, "later": false, "of-tomorrow": 7,
        },
    });
    facts = serde_json::from_value(value).unwrap();
    assert_eq!(facts.dkim["google-workspace"].others["of-tomorrow"], 7);
    let mut session = live();
    publish_all(&mut facts, &mut session);
    // Nothing is asked a second time.
    let resumed = plan::resume(&facts, &session);
    assert_eq!(plan::step_of(&resumed), StepId::Spf, "{resumed:?}");
    assert_eq!(dkim::open::of(&facts, None, "mailchimp"), None);
    // What was only said is still to be seen.
    let what = dkim::open::of(&facts, None, "google-workspace").unwrap();
    assert!(what.contains("no message was seen"), "{what}");
    let page = record("google-workspace", 0);
    assert!(plan::pages(&facts).contains(&page));
}
