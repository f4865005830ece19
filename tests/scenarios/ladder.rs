//! The ladder as it stands, the way through the pages, and coming back.

use nobounce::plan;
use nobounce::plan::LADDER;
use nobounce::plan::StepId;
use nobounce::plan::StepState;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Block;
use nobounce::plan::page::Form;
use nobounce::plan::page::Mark;
use nobounce::plan::page::Next;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Watch;
use nobounce::records::finding::Code;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::finding::Subject;
use nobounce::records::verdict::Verdict;

use crate::given::*;

/// Walks with Enter alone from the first page; pastes what a console shows. Gives the keys pressed and the pages seen.
fn walk(facts: &mut Facts, live: &mut Live) -> (usize, Vec<PageId>) {
    let mut id = plan::resume(facts, live);
    let mut seen = vec![id.clone()];
    let mut keys = 0;
    while !matches!(id, PageId::Later(_)) {
        let page = plan::page(&id, facts, live);
        assert!(matches!(page.next, Next::Go(_)), "{id:?}: {:?}", page.next);
        let answer = match (&id, &page.form) {
            (PageId::DkimCollect { .. }, Form::Paste { value, .. }) if value.is_empty() => {
                typed(&key_record())
            }
            (_, form) => enter(form),
        };
        if let Form::Record(card) = &page.form {
            let key = format!(
                "{} {}",
                card.record.owner,
                card.record.content.record_type()
            );
            publish(facts, live, &key);
        }
        keys += 1;
        let reply = plan::reply(facts, &id, answer, live);
        assert_eq!(reply.complaint, None, "{id:?}");
        carry_out(facts, &reply.wishes);
        id = reply.page;
        seen.push(id.clone());
        assert!(keys < 200, "{seen:?}");
    }
    (keys, seen)
}

#[test]
fn from_a_bare_domain_to_watching_in_few_keys() {
    let mut facts = facts(bare());
    facts
        .survey
        .as_mut()
        .unwrap()
        .senders
        .extend(["mailchimp"].map(|id| nobounce::audit::report::Recognized {
            id: id.to_owned(),
            name: "Mailchimp".to_owned(),
            kind: "sender".to_owned(),
            by: "SPF include:servers.mcsv.net".to_owned(),
        }));
    facts.senders.ticked = ["google-workspace", "mailchimp", "own-server"]
        .map(str::to_owned)
        .into();
    let mut live = live();
    let (keys, seen) = walk(&mut facts, &mut live);
    assert!(keys <= 40, "{keys} keys: {seen:?}");
    assert_eq!(seen.last(), Some(&PageId::Later(StepId::Evidence)));
    let states: Vec<_> = plan::steps(&facts, &live)
        .into_iter()
        .take(6)
        .map(|step| (step.state, step.mark))
        .collect();
    assert_eq!(states, [(StepState::Done, Mark::Done); 6]);
    let page = plan::page(&PageId::Later(StepId::Evidence), &facts, &live);
    let text = format!("{:?}", page.blocks);
    assert!(
        text.contains("dmarc@example.com") && text.contains("23 December 2026"),
        "{text}"
    );
    assert_eq!(plan::resume(&facts, &live), PageId::Later(StepId::Evidence));
}

#[test]
fn esc_goes_back_page_by_page() {
    let facts = sending(bare(), &["google-workspace", "mailchimp"]);
    let pages = plan::pages(&facts);
    for pair in pages.windows(2) {
        assert_eq!(plan::before(&facts, &pair[1]).as_ref(), Some(&pair[0]));
    }
    assert_eq!(plan::before(&facts, &PageId::Domain), None);
    // A page that went away leads to one that is there.
    let gone = PageId::DkimRecord {
        sender: "sendgrid".to_owned(),
        index: 0,
    };
    assert!(plan::before(&facts, &gone).is_some());
}

#[test]
fn pages_stand_in_the_order_of_the_ladder() {
    let facts = sending(bare(), &["google-workspace", "own-server", "mailchimp"]);
    let steps: Vec<_> = plan::pages(&facts).iter().map(plan::step_of).collect();
    assert!(steps.is_sorted(), "{steps:?}");
    assert_eq!(steps.first(), Some(&StepId::Domain));
    assert_eq!(steps.last(), Some(&StepId::Keep));
}

#[test]
fn resume_finds_the_first_page_that_needs_the_user() {
    let mut facts = Facts::new("example.com");
    assert_eq!(plan::resume(&facts, &live()), PageId::Domain);
    plan::surveyed(&mut facts, bare(), now());
    assert_eq!(plan::resume(&facts, &live()), PageId::Senders);
    give(&mut facts, PageId::Senders, tick(&["mailchimp"]));
    assert_eq!(plan::resume(&facts, &live()), PageId::Habits);
    give(&mut facts, PageId::Habits, tick(&[]));
    assert_eq!(plan::resume(&facts, &live()), PageId::MailboxKind);
    give(&mut facts, PageId::MailboxKind, chosen("own"));
    assert_eq!(plan::resume(&facts, &live()), PageId::MailboxAddress);
    give(
        &mut facts,
        PageId::MailboxAddress,
        typed("dmarc@example.com"),
    );
    assert_eq!(plan::resume(&facts, &live()), PageId::MailboxGuide);
    give(&mut facts, PageId::MailboxGuide, Answer::Go);
    let record = |index| PageId::DkimRecord {
        sender: "mailchimp".to_owned(),
        index,
    };
    let setup = PageId::DkimSetup {
        sender: "mailchimp".to_owned(),
    };
    assert_eq!(plan::resume(&facts, &live()), setup);
    give(&mut facts, setup, chosen("start"));
    assert_eq!(plan::resume(&facts, &live()), record(0));
    let mut live = live();
    publish(&mut facts, &mut live, "k2._domainkey.example.com CNAME");
    assert_eq!(plan::resume(&facts, &live), record(1));
    // What only waits for caches does not hold the user up.
    see(
        &mut facts,
        &mut live,
        "k3._domainkey.example.com CNAME",
        Verdict::Spreading {
            until: Some(time("2026-11-23T11:00:00Z")),
        },
    );
    assert_eq!(
        plan::resume(&facts, &live),
        PageId::DkimSwitch {
            sender: "mailchimp".to_owned()
        }
    );
}

#[test]
fn a_saved_setup_goes_on_at_the_same_page() {
    let mut facts = facts(bare());
    let mut session = live();
    let stops = [
        (PageId::Domain, Answer::Go),
        (PageId::Senders, tick(&["google-workspace"])),
        (PageId::Habits, tick(&[])),
        (PageId::MailboxKind, chosen("group")),
        (PageId::MailboxAddress, typed("reports@example.com")),
        (PageId::MailboxGuide, Answer::Go),
        (PageId::MailboxProof, Answer::Go),
        (
            PageId::DkimCollect {
                sender: "google-workspace".to_owned(),
                index: 0,
            },
            typed(&key_record()),
        ),
    ];
    for (id, given) in stops {
        give(&mut facts, id, given);
        publish_all(&mut facts, &mut session);
        let text = serde_json::to_string(&facts).unwrap();
        let loaded: Facts = serde_json::from_str(&text).unwrap();
        assert_eq!(loaded, facts);
        assert_eq!(
            plan::resume(&loaded, &live()),
            plan::resume(&facts, &session)
        );
    }
}

#[test]
fn fields_of_another_version_survive() {
    let text = r#"{"domain":"example.com","color":"blue","senders":{"confirmed":true,"mood":7}}"#;
    let facts: Facts = serde_json::from_str(text).unwrap();
    let again = serde_json::to_value(&facts).unwrap();
    assert_eq!(again["color"], "blue");
    assert_eq!(again["senders"]["mood"], 7);
}

fn watching() -> (Facts, Live) {
    let mut facts = facts(bare());
    facts.senders.ticked = ["mailchimp".to_owned()].into();
    let mut live = live();
    walk(&mut facts, &mut live);
    (facts, live)
}

#[test]
fn what_was_green_is_looked_at_again_before_it_is_called_green() {
    let (mut facts, _) = watching();
    let mut later = Live {
        now: time("2026-12-14T10:00:00Z"),
        ..Live::default()
    };
    let steps = plan::steps(&facts, &later);
    for step in steps
        .iter()
        .filter(|step| step.id <= StepId::Monitor && step.id != StepId::Senders)
    {
        assert_eq!(
            (step.state, step.mark),
            (StepState::Done, Mark::Waiting),
            "{:?}",
            step.id
        );
    }
    assert_eq!(
        steps[3].parts,
        [(
            Mark::Waiting,
            "Mailchimp: seen green 3 weeks ago, looking again".to_owned()
        )]
    );
    let page = plan::page(&PageId::SpfRecord, &facts, &later);
    let note = Block::Note("Seen published 3 weeks ago, looking again.".to_owned());
    assert!(page.blocks.contains(&note), "{:?}", page.blocks);
    // Going on is allowed meanwhile; what breaks comes back.
    assert_eq!(
        plan::resume(&facts, &later),
        PageId::Later(StepId::Evidence)
    );
    see(&mut facts, &mut later, "example.com TXT", Verdict::Missing);
    assert_eq!(plan::resume(&facts, &later), PageId::SpfRecord);
    let spf = &plan::steps(&facts, &later)[4];
    assert_eq!((spf.state, spf.mark), (StepState::Current, Mark::Now));
    // Trouble does not take the memory away, and does not make it green either.
    see(
        &mut facts,
        &mut later,
        "_dmarc.example.com TXT",
        Verdict::Unknown {
            why: "timeout".to_owned(),
        },
    );
    assert_eq!(plan::steps(&facts, &later)[5].mark, Mark::Waiting);
}

#[test]
fn status_is_the_contract() {
    let (facts, _) = watching();
    let status = plan::status(&facts, time("2026-11-24T10:00:00Z"));
    let json = serde_json::to_value(&status).unwrap();
    assert_eq!(json["domain"], "example.com");
    assert_eq!(json["step"], "evidence");
    assert_eq!(json["next"], "Wait for reports until 23 December 2026.");
    assert_eq!(json["next_at"], "2026-12-23T10:00:00Z");
    let states: Vec<_> = json["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            format!(
                "{} {}",
                step["id"].as_str().unwrap(),
                step["state"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        states,
        [
            "domain done",
            "senders done",
            "mailbox done",
            "dkim done",
            "spf done",
            "monitor done",
            "evidence waiting",
            "quarantine blocked",
            "reject blocked",
            "keep blocked",
        ]
    );
    assert_eq!(json["steps"][5]["since"], "2026-11-23T10:00:00Z");
    assert_eq!(json["steps"][6]["until"], "2026-12-23T10:00:00Z");
    assert_eq!(json["steps"][6]["gates"][0]["id"], "monitor-live");
    for (step, (_, title)) in json["steps"].as_array().unwrap().iter().zip(LADDER) {
        assert_eq!(step["title"], title);
        for field in ["since", "until", "gates"] {
            assert!(step.get(field).is_some());
        }
    }
}

#[test]
fn status_of_a_beginning() {
    let status = plan::status(&Facts::new("example.com"), now());
    assert_eq!(status.step, StepId::Domain);
    assert_eq!(status.next, "Look at the domain.");
    let states: Vec<_> = status.steps.iter().map(|step| step.state).collect();
    assert_eq!(states[0], StepState::Current);
    assert!(
        states[1..].iter().all(|state| *state == StepState::Blocked),
        "{states:?}"
    );
    let status = plan::status(&sending(bare(), &["mailchimp"]), now());
    assert_eq!(status.step, StepId::Mailbox);
    assert_eq!(status.steps[3].state, StepState::Waiting, "its turn comes");
}

fn doubled() -> Finding {
    Finding {
        code: Code::new("record-name-doubled"),
        severity: Severity::Error,
        subject: Subject::Dmarc,
        name: "_dmarc.example.com.example.com".parse().unwrap(),
        message: "The name was doubled.".to_owned(),
        remedy: "Let the name be just _dmarc.".to_owned(),
    }
}

#[test]
fn the_named_mistake_comes_first() {
    let mut facts = sending(bare(), &["mailchimp"]);
    address(&mut facts, "own", "dmarc@example.com");
    let mut live = live();
    let key = "_dmarc.example.com TXT";
    let mut judgement = judgement(Verdict::Misplaced {
        at: "_dmarc.example.com.example.com".parse().unwrap(),
    });
    judgement.findings.push(doubled());
    plan::looked(&mut facts, key, &judgement, now());
    live.judged
        .insert(key.to_owned(), (judgement.clone(), now()));
    let page = plan::page(&PageId::MonitorRecord, &facts, &live);
    assert_eq!(page.blocks[0], Block::Finding(doubled()));
    let Form::Record(card) = page.form else {
        panic!()
    };
    assert_eq!(
        card.watch,
        Watch::Seen {
            judgement: judgement.clone(),
            at: now()
        }
    );
    live.asking.insert(key.to_owned());
    let Form::Record(card) = plan::page(&PageId::MonitorRecord, &facts, &live).form else {
        panic!()
    };
    assert_eq!(
        card.watch,
        Watch::Asking {
            last: Some(judgement)
        }
    );
    assert!(!plan::steps(&facts, &live)[5].gates.is_empty());
    assert_ne!(plan::steps(&facts, &live)[5].state, StepState::Done);
}

#[test]
fn a_record_page_lets_go_on_and_the_step_stays_open() {
    let mut facts = sending(bare(), &["mailchimp"]);
    address(&mut facts, "own", "dmarc@example.com");
    let id = PageId::DkimRecord {
        sender: "mailchimp".to_owned(),
        index: 0,
    };
    let page = plan::page(&id, &facts, &live());
    assert_eq!(
        page.next,
        Next::Go("Go on, and look again later".to_owned())
    );
    give(&mut facts, id, Answer::Go);
    assert_ne!(plan::steps(&facts, &live())[3].state, StepState::Done);
}

#[test]
fn what_replaces_a_record_says_what_is_there() {
    let report = with_spf(bare(), "v=spf1 ip4:203.0.113.9 -all");
    let mut facts = sending(report, &["google-workspace"]);
    let form = plan::page(&PageId::SpfPlan, &facts, &live()).form;
    give(&mut facts, PageId::SpfPlan, enter(&form));
    let page = plan::page(&PageId::SpfRecord, &facts, &live());
    let text = format!("{:?}", page.blocks);
    assert!(
        text.contains("Change that one; do not add a second"),
        "{text}"
    );
    let Form::Record(card) = page.form else {
        panic!()
    };
    assert_eq!(
        card.replaces.as_deref(),
        Some("v=spf1 ip4:203.0.113.9 -all")
    );
    assert_eq!(card.name, "@");
    assert_eq!(card.full_name, "example.com");
}

#[test]
fn a_subdomain_is_named_in_its_zone() {
    let mut report = bare();
    report.domain = "news.example.com".to_owned();
    let mut facts = Facts::new("news.example.com");
    plan::surveyed(&mut facts, report, now());
    give(&mut facts, PageId::Senders, tick(&["mailchimp"]));
    give(&mut facts, PageId::Habits, tick(&[]));
    let id = PageId::DkimRecord {
        sender: "mailchimp".to_owned(),
        index: 0,
    };
    let Form::Record(card) = plan::page(&id, &facts, &live()).form else {
        panic!()
    };
    assert_eq!(card.name, "k2._domainkey.news");
    assert_eq!(card.full_name, "k2._domainkey.news.example.com");
}

#[test]
fn every_later_step_says_that_this_version_only_watches() {
    let facts = facts(bare());
    for step in [StepId::Quarantine, StepId::Reject, StepId::Keep] {
        let text = format!(
            "{:?}",
            plan::page(&PageId::Later(step), &facts, &live()).blocks
        );
        assert!(text.contains("goes as far as watching"), "{text}");
    }
}

#[test]
fn what_is_published_is_wanted_again_as_it_is() {
    for report in [
        bare(),
        with_spf(
            bare(),
            "v=spf1 ip4:203.0.113.9 include:servers.mcsv.net ?all",
        ),
        with_spf(bare(), "v=spf1 redirect=_spf.google.com"),
        with_dmarc(
            bare(),
            "v=DMARC1; p=quarantine; pct=20; rua=mailto:a@x.example,mailto:b@x.example",
        ),
        with_dmarc(bare(), "v=DMARC1; p=none"),
    ] {
        let mut facts = facts(report.clone());
        facts.senders.ticked = ["google-workspace", "mailchimp", "own-server"]
            .map(str::to_owned)
            .into();
        let mut live = live();
        walk(&mut facts, &mut live);
        let before = wanted(&facts);
        assert!(before.len() >= 6, "{before:?}");
        let mut after = report;
        for record in plan::wanted(&facts) {
            let text = record.record.content.to_string();
            match record.step {
                StepId::Spf => after = with_spf(after, &text),
                StepId::Monitor => after = with_dmarc(after, &text),
                _ => {
                    let selector = record.record.owner.to_string();
                    let selector = selector.split("._domainkey").next().unwrap();
                    let is_alias = record.key.ends_with("CNAME");
                    after = with_key(
                        after,
                        selector,
                        (!is_alias).then_some(text.as_str()),
                        is_alias.then_some(text.as_str()),
                    );
                }
            }
        }
        plan::surveyed(&mut facts, after, now());
        assert_eq!(wanted(&facts), before);
        assert!(
            plan::wanted(&facts)
                .iter()
                .all(|wanted| wanted.replaces.is_none())
        );
        assert_eq!(plan::resume(&facts, &live), PageId::Later(StepId::Evidence));
    }
}

#[test]
fn a_text_that_is_no_dmarc_record_is_not_replaced() {
    let mut report = bare();
    report.dmarc.record = Some("v=spf1 -all".to_owned());
    let mut facts = sending(report, &["mailchimp"]);
    address(&mut facts, "own", "dmarc@example.com");
    let wanted = plan::wanted(&facts);
    assert_eq!(wanted.last().unwrap().replaces, None);
}

#[test]
fn d62_a_subdomain_says_where_its_records_go() {
    let mut facts = Facts::new("news.example.com");
    plan::surveyed(&mut facts, bare(), now());
    let text = format!("{:?}", plan::page(&PageId::Domain, &facts, &live()).blocks);
    assert!(
        text.contains("news.example.com is kept in the zone example.com"),
        "{text}"
    );
}

#[test]
fn a_record_below_a_name_kept_elsewhere_says_so_first() {
    let mut report = bare();
    report.elsewhere.push(nobounce::audit::report::Elsewhere {
        name: "_domainkey.example.com".to_owned(),
        by: "ns".to_owned(),
        to: "ns.hosted.example".to_owned(),
    });
    let mut facts = sending(report, &["mailchimp"]);
    address(&mut facts, "own", "dmarc@example.com");
    let said = |id: PageId| {
        format!("{:?}", plan::page(&id, &facts, &live()).blocks)
            .contains("_domainkey.example.com is kept at ns.hosted.example")
    };
    assert!(said(PageId::DkimRecord {
        sender: "mailchimp".to_owned(),
        index: 0,
    }));
    assert!(!said(PageId::MonitorRecord));
}

#[test]
fn a_panel_that_wants_quotes_is_named() {
    let host = nobounce::catalog::dns_hosts()
        .iter()
        .find(|host| host.value_quotes == Some(nobounce::catalog::dns_host::ValueQuotes::Required));
    let Some(host) = host else { return };
    let mut report = bare();
    report.dns_host = Some(nobounce::audit::report::Named {
        id: host.id.to_string(),
        name: host.name.clone(),
    });
    let mut facts = sending(report, &["mailchimp"]);
    address(&mut facts, "own", "dmarc@example.com");
    let text = format!(
        "{:?}",
        plan::page(&PageId::MonitorRecord, &facts, &live()).blocks
    );
    assert!(text.contains("between double quotes"), "{text}");
}
