//! A network that blocks or changes DNS: the way out is offered, taken with one key, and marked (D55 to D58).

use std::net::SocketAddr;

use jiff::SignedDuration;
use nobounce::audit::report::FindingRow;
use nobounce::audit::report::Report;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::PageId;
use nobounce::records::record::Record;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::untrusted::Untrusted;
use nobounce::tui::command::Command;
use nobounce::tui::message::Message;
use nobounce::tui::message::Sight;
use nobounce::tui::model::Https;
use nobounce::tui::model::Model;
use nobounce::tui::model::Practice;
use nobounce::tui::update::setup;

use crate::at;
use crate::noon;
use crate::opened;
use crate::press;
use crate::report;
use crate::screen;
use crate::tell;

const OFFER: &str = "d asks the public resolvers";
const MARK: &str = "resolver view only (DNS over HTTPS)";

fn facts() -> Facts {
    let mut facts = Facts::new("shop.example");
    facts.mailbox.kind = Some("own".into());
    facts.mailbox.address = Some("dmarc@shop.example".into());
    facts.mailbox.made = true;
    facts.mailbox.proof = Some("takes-mail".into());
    facts.survey = Some(report());
    facts
}

/// A full look that found this about the network.
fn with(code: &str) -> Report {
    let mut report = report();
    report.findings.push(FindingRow {
        code: code.to_owned(),
        severity: "warning".to_owned(),
        record: "domain".to_owned(),
        name: "shop.example".to_owned(),
        message: "Something is in the way.".to_owned(),
        remedy: String::new(),
    });
    report
}

fn survey(commands: &[Command]) -> Option<u64> {
    commands.iter().find_map(|command| match command {
        Command::Survey { ticket, .. } => Some(*ticket),
        _ => None,
    })
}

/// A setup whose first look gave this.
fn looked(report: Report) -> Model {
    let (mut model, commands) = opened(facts());
    let ticket = survey(&commands).unwrap();
    tell(
        &mut model,
        Message::Surveyed {
            ticket,
            report: Box::new(report),
        },
    );
    model
}

/// A setup in which DNS over HTTPS was switched on.
fn switched() -> Model {
    let mut model = looked(with("dns-blocked"));
    press(&mut model, "d");
    model
}

#[test]
fn the_way_out_is_offered_where_the_network_is_in_the_way() {
    for code in ["dns-blocked", "dns-intercepted", "dns-rewritten"] {
        let model = looked(with(code));
        assert_eq!(model.https, Https::Offered, "{code}");
        for (width, height) in [(60, 16), (80, 24), (120, 40)] {
            let text = screen(&at(model.clone(), width, height));
            assert!(text.contains("d asks the"), "{code} {width}:\n{text}");
        }
    }
    for code in ["dns-trouble", "ns-silent", "doh-blocked"] {
        let model = looked(with(code));
        assert_eq!(model.https, Https::Off, "{code}");
        assert!(!screen(&model).contains(OFFER));
    }
}

#[test]
fn a_look_that_gets_through_takes_the_offer_back() {
    let mut model = looked(with("dns-blocked"));
    let ticket = survey(&press(&mut model, "r")).unwrap();
    tell(
        &mut model,
        Message::Surveyed {
            ticket,
            report: Box::new(report()),
        },
    );
    assert_eq!(model.https, Https::Off);
}

#[test]
fn one_key_switches_looks_again_and_says_who_sees_the_names() {
    let mut model = looked(with("dns-blocked"));
    let commands = press(&mut model, "d");
    assert_eq!(commands[0], Command::OverHttps);
    assert!(survey(&commands).is_some());
    assert_eq!(model.https, Https::On);
    let text = screen(&model);
    assert!(text.lines().next().unwrap().contains(MARK), "{text}");
    assert!(text.contains("which see them"), "{text}");
    assert!(!text.contains(OFFER), "{text}");
    let journal = &model.setup().unwrap().facts.journal;
    assert!(journal.last().unwrap().what.contains("over HTTPS"));
    // Twice is once.
    assert_eq!(press(&mut model, "d"), []);
    assert!(screen(&model).contains("done already"));
}

#[test]
fn a_late_answer_of_the_old_way_is_dropped() {
    let (mut model, commands) = opened(facts());
    let ticket = survey(&commands).unwrap();
    model.https = Https::Offered;
    press(&mut model, "d");
    let before = model.clone();
    tell(
        &mut model,
        Message::Surveyed {
            ticket,
            report: Box::new(with("dns-blocked")),
        },
    );
    assert_eq!(model, before);
}

#[test]
fn without_need_nothing_is_switched() {
    let mut model = looked(report());
    assert_eq!(press(&mut model, "d"), []);
    assert_eq!(model.https, Https::Off);
    assert!(screen(&model).contains("start with --doh"));
    model.practice = Some(Practice::default());
    model.https = Https::Offered;
    assert_eq!(press(&mut model, "d"), []);
    assert!(screen(&model).contains("Not in practice"));
}

fn look(commands: &[Command]) -> Option<(u64, Record)> {
    commands.iter().find_map(|command| match command {
        Command::Look { ticket, record } => Some((*ticket, record.as_ref().clone())),
        _ => None,
    })
}

/// Resolvers remember a "no": a record that was not published yet is not looked for before the user had time to publish it.
#[test]
fn d14_a_new_record_is_not_asked_for_too_early() {
    let mut model = switched();
    let commands = setup::turn(&mut model, PageId::MonitorRecord);
    assert_eq!(look(&commands), None);
    let text = screen(&at(model.clone(), 80, 40));
    assert!(text.contains("Looking in 2 min, or with r."), "{text}");
    assert!(text.contains("not asked (DNS over HTTPS)"), "{text}");
    let later = noon() + SignedDuration::from_secs(119);
    assert_eq!(look(&tell(&mut model, Message::Clock(later))), None);
    assert!(look(&press(&mut model, "r")).is_some(), "r asks at once");
    let mut waiting = switched();
    setup::turn(&mut waiting, PageId::MonitorRecord);
    let due = noon() + SignedDuration::from_secs(120);
    assert!(look(&tell(&mut waiting, Message::Clock(due))).is_some());
}

fn seen(record: &Record, resolvers: &[bool]) -> Sight {
    let sightings = (1..)
        .zip(resolvers)
        .map(|(number, has)| Sighting {
            server: Server::Resolver {
                address: SocketAddr::from(([9, 9, 9, number], 443)),
            },
            question: Question::new(record.owner.clone(), RecordType::Txt),
            answer: Answer::direct(if *has {
                Outcome::Records {
                    data: vec![Data::Txt(Untrusted::from(
                        record.content.to_string().as_str(),
                    ))],
                    ttl: 300,
                }
            } else {
                Outcome::NoName { ttl: Some(300) }
            }),
            seen_at: noon(),
        })
        .collect();
    Sight::ByResolvers {
        zone: "shop.example".parse().unwrap(),
        sightings,
    }
}

#[test]
fn d58_what_resolvers_say_is_marked_and_not_asked_for_again_too_soon() {
    for (resolvers, said, next) in [
        (
            [true, true, true],
            "Published (resolver view only): resolvers see it",
            600,
        ),
        ([true, true, false], "On its way (spreading)", 60),
        ([false, false, false], "Not there yet (missing)", 60),
    ] {
        let mut model = switched();
        setup::turn(&mut model, PageId::MonitorRecord);
        let (ticket, record) = look(&press(&mut model, "r")).unwrap();
        let sight = seen(&record, &resolvers);
        tell(&mut model, Message::Looked { ticket, sight });
        let text = screen(&at(model.clone(), 80, 40));
        assert!(text.contains(said), "{text}");
        assert!(text.contains("not asked (DNS over HTTPS)"), "{text}");
        let watched = model.setup().unwrap().watched_here().unwrap();
        let wait = watched.next.unwrap().duration_since(noon()).as_secs();
        assert_eq!(wait, next, "{resolvers:?}");
    }
}

/// The step of the domain is done by what resolvers know of it, for its name servers cannot be asked.
#[test]
fn d58_the_domain_is_known_by_what_resolvers_say() {
    let mut known = report();
    known.view = "resolver-only".to_owned();
    for server in &mut known.nameservers {
        server.answers = false;
        server.serial = None;
    }
    let mut unknown = known.clone();
    unknown.spf.state = "unknown".to_owned();
    unknown.mx.state = "unknown".to_owned();
    for (report, goes_on) in [(known, true), (unknown, false)] {
        let mut model = switched();
        let ticket = model.setup().unwrap().survey.as_ref().unwrap().ticket;
        tell(
            &mut model,
            Message::Surveyed {
                ticket,
                report: Box::new(report),
            },
        );
        let facts = &model.setup().unwrap().facts;
        assert_eq!(nobounce::plan::steps::domain::answers(facts), goes_on);
        setup::turn(&mut model, PageId::Domain);
        let text = screen(&at(model, 100, 40));
        assert!(text.contains("2 name servers, not asked"), "{text}");
    }
}
