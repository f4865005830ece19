//! The watching of a record: when it is looked at, what a look changes, what comes too late.

use std::net::SocketAddr;

use jiff::Timestamp;
use nobounce::audit::report::Report;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Watch;
use nobounce::plan::seen;
use nobounce::plan::wanted;
use nobounce::records::name::DomainName;
use nobounce::records::record::Record;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Trouble;
use nobounce::records::untrusted::Untrusted;
use nobounce::tui::command::Command;
use nobounce::tui::message::Message;
use nobounce::tui::message::Sight;
use nobounce::tui::model::Model;
use nobounce::tui::update::setup;

use crate::column;
use crate::noon;
use crate::opened;
use crate::press;
use crate::report;
use crate::screen;
use crate::tell;
use crate::time;

pub fn facts() -> Facts {
    let mut facts = Facts::new("shop.example");
    facts.mailbox.kind = Some("own".into());
    facts.mailbox.address = Some("dmarc@shop.example".into());
    facts.mailbox.made = true;
    facts.mailbox.proof = Some("takes-mail".into());
    facts.survey = Some(report());
    facts
}

fn look(commands: &[Command]) -> Option<(u64, Record)> {
    commands.iter().find_map(|command| match command {
        Command::Look { ticket, record } => Some((*ticket, record.as_ref().clone())),
        _ => None,
    })
}

/// On the page of the DMARC record, with its first look.
pub fn on_the_record() -> (Model, u64, Record) {
    let (mut model, _) = opened(facts());
    let commands = setup::turn(&mut model, PageId::MonitorRecord);
    let (ticket, record) = look(&commands).expect("a look at once");
    (model, ticket, record)
}

fn server(name: &str) -> Server {
    Server::Authoritative {
        name: name.parse().unwrap(),
        address: SocketAddr::from(([192, 0, 2, 1], 53)),
    }
}

fn resolver() -> Server {
    Server::Resolver {
        address: SocketAddr::from(([9, 9, 9, 9], 53)),
    }
}

fn sighting(server: Server, owner: &DomainName, outcome: Outcome, at: Timestamp) -> Sighting {
    Sighting {
        server,
        question: Question::new(owner.clone(), RecordType::Txt),
        answer: Answer::direct(outcome),
        seen_at: at,
    }
}

fn has(record: &Record) -> Outcome {
    Outcome::Records {
        data: vec![Data::Txt(Untrusted::from(
            record.content.to_string().as_str(),
        ))],
        ttl: 300,
    }
}

fn sight(record: &Record, outcomes: [Outcome; 2], world: Option<Outcome>) -> Sight {
    let [one, two] = outcomes;
    let mut sightings = vec![
        sighting(server("ada.ns.example"), &record.owner, one, noon()),
        sighting(server("bob.ns.example"), &record.owner, two, noon()),
    ];
    sightings.extend(world.map(|world| sighting(resolver(), &record.owner, world, noon())));
    Sight::Seen {
        zone: "shop.example".parse().unwrap(),
        sightings,
    }
}

fn none() -> Outcome {
    Outcome::NoName { ttl: Some(300) }
}

#[test]
fn a_record_page_looks_at_once_and_then_more_and_more_slowly() {
    let (mut model, mut ticket, record) = on_the_record();
    assert!(screen(&model).contains("Asking now"));
    let mut clock = noon();
    for wait in [3, 5, 10, 20, 30, 60, 60] {
        let answer = sight(&record, [none(), none()], None);
        tell(
            &mut model,
            Message::Looked {
                ticket,
                sight: answer,
            },
        );
        assert!(
            screen(&model).contains(&format!("again in {wait} s")),
            "{}",
            screen(&model)
        );
        clock += jiff::SignedDuration::from_secs(wait - 1);
        assert_eq!(look(&tell(&mut model, Message::Clock(clock))), None);
        clock += jiff::SignedDuration::from_secs(1);
        (ticket, _) = look(&tell(&mut model, Message::Clock(clock))).expect("due");
    }
}

#[test]
fn two_lines_of_truth() {
    let (mut model, ticket, record) = on_the_record();
    let answer = sight(&record, [has(&record), none()], None);
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    tell(&mut model, Message::Clock(time("2026-11-23T12:00:01Z")));
    insta::assert_snapshot!("watch_half", column(&model));
    let commands = tell(&mut model, Message::Clock(time("2026-11-23T12:00:03Z")));
    let (ticket, _) = look(&commands).unwrap();
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    let commands = tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    assert!(commands.iter().any(|command| matches!(
        command,
        Command::Save { facts } if facts.seen.values().any(|seen| seen.verdict == "published")
    )));
    insta::assert_snapshot!("watch_published", column(&model));
    assert!(look(&press(&mut model, "r")).is_some());
}

#[test]
fn a_green_is_looked_at_again_and_its_age_is_told() {
    let (mut model, ticket, record) = on_the_record();
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    let published = |ticket| Message::Looked {
        ticket,
        sight: answer.clone(),
    };
    tell(&mut model, published(ticket));
    let early = tell(&mut model, Message::Clock(time("2026-11-23T12:09:59Z")));
    assert_eq!(look(&early), None);
    let drawn = screen(&model);
    assert!(drawn.contains("Looked 9 min ago, again in 1 s"), "{drawn}");
    let due = tell(&mut model, Message::Clock(time("2026-11-23T12:10:00Z")));
    let (ticket, again) = look(&due).expect("looked at again after ten minutes");
    assert_eq!(again, record);
    // It was taken away meanwhile: the green goes.
    let gone = sight(&record, [none(), none()], None);
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: gone,
        },
    );
    let drawn = screen(&model);
    assert!(!drawn.contains("Published: the world sees it"), "{drawn}");
}

/// FAULTS D63: the computer slept, or the network went away.
#[test]
fn d63_a_green_that_grew_old_is_told_with_its_age_and_not_as_green() {
    let (mut model, ticket, record) = on_the_record();
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    let fresh = screen(&model);
    tell(&mut model, Message::Clock(time("2026-11-23T20:00:00Z")));
    let drawn = screen(&model);
    assert!(drawn.contains("Seen 8 hours ago, asking again"), "{drawn}");
    assert!(fresh.contains("Published: the world sees it"), "{fresh}");
    assert!(drawn.contains("Seen published 8 hours ago"), "{drawn}");
    assert!(!drawn.contains("Published: the world sees it"), "{drawn}");
    let setup = model.setup().unwrap();
    let wanted = wanted::wanted(&setup.facts);
    let wanted = wanted.iter().find(|wanted| wanted.record == record);
    let sight = seen::sight(&setup.facts, Some(&setup.live), wanted.unwrap());
    assert!(matches!(sight, seen::Sight::WasGreen { .. }), "{sight:?}");
}

/// FAULTS D2: the wait after trouble.
#[test]
fn d02_trouble_is_asked_about_after_1_2_4_and_then_every_30_seconds() {
    let (mut model, mut ticket, _) = on_the_record();
    let mut clock = time("2026-11-23T12:00:00Z");
    for wait in [1, 2, 4, 30, 30] {
        let sight = Sight::NoZone {
            why: "The network is gone.".to_owned(),
        };
        tell(&mut model, Message::Looked { ticket, sight });
        clock += jiff::SignedDuration::from_secs(wait - 1);
        assert_eq!(look(&tell(&mut model, Message::Clock(clock))), None);
        clock += jiff::SignedDuration::from_secs(1);
        (ticket, _) = look(&tell(&mut model, Message::Clock(clock))).expect("due");
    }
}

#[test]
fn an_answer_with_another_ticket_is_dropped() {
    let (mut model, ticket, record) = on_the_record();
    let before = screen(&model);
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    tell(
        &mut model,
        Message::Looked {
            ticket: ticket + 100,
            sight: answer,
        },
    );
    assert_eq!(screen(&model), before);
}

#[test]
fn trouble_never_reads_as_missing_nor_as_published() {
    let (mut model, ticket, record) = on_the_record();
    let dead = || Outcome::Trouble(Trouble::Timeout);
    let answer = sight(&record, [dead(), dead()], None);
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    let drawn = screen(&model);
    insta::assert_snapshot!("watch_trouble", column(&model));
    assert!(!drawn.contains("missing") && !drawn.contains("Published"));
    let (mut model, ticket, _) = on_the_record();
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: Sight::NoZone {
                why: "the name servers of shop.example could not be found".into(),
            },
        },
    );
    assert!(screen(&model).contains("Could not tell (unknown)"));
}

#[test]
fn what_was_green_is_looked_at_again_before_it_is_called_green() {
    let (mut model, ticket, record) = on_the_record();
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    assert!(screen(&model).contains("✓ Policy: watch (DMARC)"));
    let facts = model.setup().unwrap().facts.clone();
    let (mut model, commands) = opened(facts);
    assert!(!screen(&model).contains("✓ Policy: watch (DMARC)"));
    let (ticket, again) = look(&commands).expect("looked at again");
    assert_eq!(again, record);
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    assert!(screen(&model).contains("✓ Policy: watch (DMARC)"));
}

#[test]
fn copying_says_sent_and_never_copied() {
    let (mut model, _, record) = on_the_record();
    let value = record.content.to_string();
    assert_eq!(press(&mut model, "c"), [Command::Copy(value.clone())]);
    assert!(screen(&model).contains("sent to your terminal's clipboard"));
    assert!(!screen(&model).contains("copied"));
    assert_eq!(press(&mut model, "n"), [Command::Copy("_dmarc".into())]);
    assert_eq!(press(&mut model, "v"), [Command::ShowBare(value)]);
    assert!(model.outside);
    assert_eq!(press(&mut model, "x"), []);
    assert_eq!(press(&mut model, "<enter>"), [Command::Return]);
    assert!(!model.outside);
}

/// What a full look found once somebody else had published a policy.
fn with_policy() -> Report {
    let mut grown = report();
    grown.dmarc.state = "published".into();
    grown.dmarc.record = Some("v=DMARC1; p=none; rua=mailto:other@shop.example".into());
    grown.dmarc.found_at = Some("_dmarc.shop.example".into());
    grown.dmarc.policy = Some("none".into());
    grown.dmarc.agreed = true;
    grown.spf.agreed = true;
    grown.spf.complete = true;
    grown
}

fn on_screen(model: &Model) -> Option<(Record, Watch)> {
    match &model.setup()?.page.form {
        Form::Record(card) => Some((card.record.clone(), card.watch.clone())),
        _ => None,
    }
}

#[test]
fn a_look_that_goes_on_makes_no_record() {
    let (mut model, _, record) = on_the_record();
    let ticket = model.setup().unwrap().survey.as_ref().unwrap().ticket;
    let grew = Message::SurveyGrew {
        ticket,
        report: Box::new(with_policy()),
    };
    tell(&mut model, grew);
    assert_eq!(on_screen(&model).unwrap().0, record);
}

#[test]
fn a_verdict_is_never_shown_with_another_record_than_the_one_it_is_about() {
    let (mut model, ticket, record) = on_the_record();
    let published = || sight(&record, [has(&record), has(&record)], Some(has(&record)));
    let survey = model.setup().unwrap().survey.as_ref().unwrap().ticket;
    // The full look ends, and another record is wanted: the answer to the old question comes late.
    let commands = tell(
        &mut model,
        Message::Surveyed {
            ticket: survey,
            report: Box::new(with_policy()),
        },
    );
    let (now, watch) = on_screen(&model).unwrap();
    assert_ne!(now, record);
    assert!(!matches!(watch, Watch::Seen { .. }), "{watch:?}");
    assert_eq!(look(&commands).expect("the new one is looked for").1, now);
    let late = Message::Looked {
        ticket,
        sight: published(),
    };
    tell(&mut model, late);
    assert!(!screen(&model).contains("Published"), "{}", screen(&model));
    assert!(model.setup().unwrap().facts.seen.is_empty());
}

#[test]
fn an_answer_about_a_record_that_was_changed_meanwhile_is_dropped() {
    let (mut model, ticket, record) = on_the_record();
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    // The address is another one by now, and nothing was drawn since.
    model.setup_mut().unwrap().page.form = Form::Nothing;
    model.setup_mut().unwrap().facts.mailbox.address = Some("new@shop.example".into());
    let commands = tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    let setup = model.setup().unwrap();
    assert!(setup.facts.seen.is_empty(), "{:?}", setup.facts.seen);
    assert!(setup.live.judged.is_empty());
    let (_, again) = look(&commands).expect("the record as it is now is looked for");
    assert_ne!(again, record);
}

#[test]
fn a_page_drops_the_verdict_on_another_record() {
    let (mut model, ticket, record) = on_the_record();
    let answer = sight(&record, [has(&record), has(&record)], Some(has(&record)));
    tell(
        &mut model,
        Message::Looked {
            ticket,
            sight: answer,
        },
    );
    assert!(screen(&model).contains("Published"));
    let made = model.setup_mut().unwrap();
    made.facts.mailbox.address = Some("new@shop.example".into());
    setup::refresh(made);
    assert!(made.live.judged.is_empty());
    assert!(!screen(&model).contains("✓ ada"), "{}", screen(&model));
}

#[test]
fn a_look_keeps_all_that_stands_at_the_name() {
    let (mut model, ticket, record) = on_the_record();
    let others = Outcome::Records {
        data: ["v=DMARC1; p=none", "token"]
            .map(|text| Data::Txt(Untrusted::from(text)))
            .into(),
        ttl: 300,
    };
    let sight = sight(&record, [others.clone(), others], None);
    tell(&mut model, Message::Looked { ticket, sight });
    let facts = &model.setup().expect("a setup").facts;
    let there = &facts.there["_dmarc.shop.example TXT"];
    assert_eq!(there.values, ["token", "v=DMARC1; p=none"]);
    assert_eq!((there.ttl, there.at), (Some(300), noon()));
}
