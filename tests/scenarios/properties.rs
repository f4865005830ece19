//! Random walks: nothing panics, no record is shown before its key, and a complaint changes nothing.

use nobounce::audit::report::Report;
use nobounce::plan;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Form;
use nobounce::plan::page::Page;
use nobounce::plan::page::PageId;
use nobounce::records::record::Content;
use nobounce::records::verdict::Verdict;
use proptest::prelude::*;

use crate::given::*;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    Enter,
    Pick(usize),
    Ticks(Vec<bool>),
    Text(String),
    Back,
    Jump(usize),
    KeysMade,
    See(usize, u8),
    NewSurvey(usize),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        "[a-z]{1,8}@[a-z]{1,8}\\.(com|example|net)",
        Just(key_record()),
        Just(format!("google._domainkey IN TXT ( \"{}\" )", key_record())),
        Just("selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft".to_owned()),
        Just("selector2._domainkey selector2-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft".to_owned()),
        Just("203.0.113.9 mail.example.com".to_owned()),
        "[a-z0-9 \"=;:._\\n-]{0,80}",
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => Just(Event::Enter),
        2 => any::<usize>().prop_map(Event::Pick),
        2 => proptest::collection::vec(any::<bool>(), 0..12).prop_map(Event::Ticks),
        3 => text().prop_map(Event::Text),
        1 => Just(Event::Back),
        1 => any::<usize>().prop_map(Event::Jump),
        2 => Just(Event::KeysMade),
        2 => (any::<usize>(), 0..6_u8).prop_map(|(which, verdict)| Event::See(which, verdict)),
        1 => any::<usize>().prop_map(Event::NewSurvey),
    ]
}

fn survey(number: usize) -> Report {
    match number % 8 {
        0 => bare(),
        1 => with_spf(
            bare(),
            "v=spf1 ip4:203.0.113.9 include:_spf.google.com include:x.example -all",
        ),
        2 => with_dmarc(
            bare(),
            "v=DMARC1; p=reject; pct=50; rua=mailto:a@hosted.example",
        ),
        3 => with_key(bare(), "google", Some(&key_record()), None),
        4 => with_spf(bare(), "v=spf1 redirect=_spf.example.net"),
        5 => with_spf(bare(), "v=spf1 ip4:999.1.1.1 \u{1b}[31m include: ~all all"),
        6 => with_dmarc(bare(), "v=DMARC1 p=none; rua=nobody"),
        _ => {
            let mut report = bare();
            report.zone = None;
            report.verdict = "unknown".to_owned();
            report
        }
    }
}

fn verdict(number: u8) -> Verdict {
    match number {
        0 | 1 => Verdict::Published,
        2 => Verdict::Missing,
        3 => Verdict::Spreading { until: None },
        4 => Verdict::Unknown {
            why: "timeout".to_owned(),
        },
        _ => Verdict::Conflict { with: Vec::new() },
    }
}

/// The answer that an event gives to a form; None where it does not fit.
fn answer_to(event: &Event, form: &Form) -> Option<Answer> {
    match (event, form) {
        (Event::Enter, form) => Some(enter(form)),
        (Event::Pick(at), Form::Choose { options, .. }) => {
            Some(chosen(&options[at % options.len()].id))
        }
        (Event::Pick(at), Form::Tick { options, ticked }) if !options.is_empty() => {
            let mut ticked = ticked.clone();
            ticked.push(options[at % options.len()].id.clone());
            Some(Answer::Ticked(ticked))
        }
        (Event::Ticks(ticks), Form::Tick { options, .. }) => Some(Answer::Ticked(
            options
                .iter()
                .zip(ticks)
                .filter(|(_, tick)| **tick)
                .map(|(option, _)| option.id.clone())
                .collect(),
        )),
        (Event::Text(text), Form::Type { .. } | Form::Paste { .. }) => Some(typed(text)),
        _ => None,
    }
}

/// What must hold of every page, whatever happened before.
fn check(page: &Page, facts: &Facts) {
    let made: Vec<&str> = facts
        .dkim
        .values()
        .flat_map(|choice| &choice.keys)
        .map(|key| key.selector.as_str())
        .collect();
    let newly = |owner: &str| owner.starts_with("nb26") && owner.contains("._domainkey");
    let mut records: Vec<_> = plan::wanted(facts)
        .into_iter()
        .map(|wanted| wanted.record)
        .collect();
    if let Form::Record(card) = &page.form {
        records.push(card.record.clone());
        assert!(card.name.is_ascii() && card.value.is_ascii());
    }
    for record in &records {
        let owner = record.owner.as_str();
        if newly(owner) {
            let selector = owner.split("._domainkey").next().unwrap();
            assert!(made.contains(&selector), "law 1: {owner}");
        }
        if let Content::Dmarc(dmarc) = &record.content {
            let there = facts
                .survey
                .as_ref()
                .and_then(|report| report.dmarc.record.as_deref());
            if there.is_some_and(|text| text.contains("p=reject")) {
                assert_eq!(dmarc.policy_asked().as_str(), "reject");
            } else {
                assert_eq!(dmarc.policy_asked().as_str(), "none");
            }
        }
    }
    let spf = plan::wanted(facts)
        .iter()
        .filter(|wanted| wanted.step == StepId::Spf)
        .count();
    assert!(spf <= 1, "never a second SPF record");
    let shown = format!("{:?}", page.blocks);
    assert!(!shown.contains("\\u{1b}"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 120,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn walks_never_panic_and_hold_the_laws(first in 0..8_usize, events in proptest::collection::vec(event(), 1..60)) {
        let mut facts = facts(survey(first));
        let mut live: Live = live();
        let mut pending = Vec::new();
        let mut id = plan::resume(&facts, &live);
        for event in events {
            let page = plan::page(&id, &facts, &live);
            check(&page, &facts);
            match &event {
                Event::Back => {
                    if let Some(before) = plan::before(&facts, &id) {
                        id = before;
                    }
                }
                Event::Jump(at) => {
                    let pages = plan::pages(&facts);
                    id = pages[at % pages.len()].clone();
                }
                Event::KeysMade => {
                    carry_out(&mut facts, &pending);
                    pending.clear();
                    live.making.clear();
                }
                Event::See(which, number) => {
                    let wanted = plan::wanted(&facts);
                    if !wanted.is_empty() {
                        let key = wanted[which % wanted.len()].key.clone();
                        see(&mut facts, &mut live, &key, verdict(*number));
                    }
                }
                Event::NewSurvey(number) => {
                    plan::surveyed(&mut facts, survey(*number), live.now);
                }
                _ => {
                    let Some(answer) = answer_to(&event, &page.form) else { continue };
                    let before = facts.clone();
                    let reply = plan::reply(&mut facts, &id, answer, &live);
                    if let Some(complaint) = &reply.complaint {
                        prop_assert_eq!(&facts, &before, "a complaint changes nothing: {}", complaint);
                        prop_assert_eq!(&reply.page, &id, "what was typed stays on its page");
                        prop_assert!(!complaint.is_empty());
                        prop_assert!(complaint.chars().all(|c| !c.is_control()), "{:?}", complaint);
                    }
                    pending.extend(reply.wishes);
                    id = reply.page;
                }
            }
            let steps = plan::steps(&facts, &live);
            prop_assert_eq!(steps.len(), 10);
            let _ = plan::status(&facts, live.now);
            let _ = plan::resume(&facts, &live);
            let text = serde_json::to_string(&facts).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Facts>(&text).unwrap(), &facts);
        }
    }

    #[test]
    fn any_paste_is_read_or_refused(text in ".{0,400}") {
        let domain = "example.com".parse().unwrap();
        if let Ok(records) = plan::paste::read(&text, &domain) {
            for record in records {
                prop_assert!(record.value.is_ascii());
            }
        }
    }

    #[test]
    fn a_key_that_is_pasted_comes_out_as_it_was(break_at in 1..390_usize, gap in "[ \n\r]{0,3}") {
        let mut text = key_record();
        let at = break_at.max(20).min(text.len());
        text.insert_str(at, &gap);
        let domain = "example.com".parse().unwrap();
        let read = plan::paste::read(&text, &domain);
        prop_assert_eq!(read.map(|records| records[0].value.clone()), Ok(key_record()));
    }
}

#[test]
fn every_page_has_words_for_every_survey() {
    for number in 0..8 {
        let mut facts = facts(survey(number));
        facts.senders.ticked = nobounce::catalog::owner::Owner::all()
            .map(|owner| owner.id().to_owned())
            .chain(["own-server".to_owned()])
            .collect();
        facts.senders.confirmed = true;
        facts.senders.habits_confirmed = true;
        facts.senders.terms_confirmed = true;
        facts.senders.addresses_confirmed = true;
        let pages = plan::pages(&facts);
        assert!(pages.len() > 150);
        check(&plan::page(&PageId::Domain, &facts, &live()), &facts);
        for id in pages {
            let page = plan::page(&id, &facts, &live());
            assert_eq!(page.id, id);
            assert_eq!(page.step, plan::step_of(&id));
            assert!(!page.title.is_empty() && !page.blocks.is_empty(), "{id:?}");
            assert!(
                !page.why.is_empty() || matches!(id, PageId::MailboxAuthorization),
                "{id:?}"
            );
        }
    }
}
