//! P18 on the screen: a record stays away, and the user says at which company it was typed in.

use std::net::SocketAddr;

use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::PageId;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::tui::command::Command;
use nobounce::tui::message::Message;
use nobounce::tui::message::Sight;
use nobounce::tui::model::Model;
use nobounce::tui::update::setup;

use crate::at;
use crate::noon;
use crate::opened;
use crate::press;
use crate::report;
use crate::screen;
use crate::tell;

fn facts() -> Facts {
    let mut facts = Facts::new("shop.example");
    facts.mailbox.kind = Some("own".into());
    facts.mailbox.address = Some("dmarc@shop.example".into());
    facts.mailbox.made = true;
    facts.mailbox.proof = Some("takes-mail".into());
    let mut report = report();
    report.nameservers[0].name = "amy.ns.cloudflare.com".to_owned();
    report.nameservers[1].name = "bob.ns.cloudflare.com".to_owned();
    report.dns_host =
        serde_json::from_value(serde_json::json!({ "id": "cloudflare", "name": "Cloudflare" }))
            .unwrap();
    facts.survey = Some(report);
    facts
}

/// No server has the record.
pub fn missing(model: &mut Model, commands: &[Command]) {
    let ticket = commands
        .iter()
        .find_map(|command| match command {
            Command::Look { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .expect("a look");
    let owner: DomainName = "_dmarc.shop.example".parse().unwrap();
    let sightings = vec![Sighting {
        server: Server::Authoritative {
            name: "amy.ns.cloudflare.com".parse().unwrap(),
            address: SocketAddr::from(([192, 0, 2, 1], 53)),
        },
        question: Question::new(owner, RecordType::Txt),
        answer: Answer::direct(Outcome::NoName { ttl: Some(300) }),
        seen_at: noon(),
    }];
    let zone = "shop.example".parse().unwrap();
    let sight = Sight::Seen { zone, sightings };
    tell(model, Message::Looked { ticket, sight });
}

fn page(model: &Model) -> &PageId {
    &model.setup().unwrap().page.id
}

#[test]
fn p18_the_company_is_named_and_the_mistake_with_it() {
    let (mut model, _) = opened(facts());
    let commands = setup::turn(&mut model, PageId::MonitorRecord);
    missing(&mut model, &commands);
    let wide = screen(&at(model.clone(), 120, 40));
    assert!(!wide.contains("Press w"), "too early to ask: {wide}");
    // Minutes later it is still away.
    let later = noon() + jiff::SignedDuration::from_mins(3);
    let commands = tell(&mut model, Message::Clock(later));
    missing(&mut model, &commands);
    let wide = screen(&at(model.clone(), 120, 40));
    assert!(wide.contains("Press w"), "{wide}");
    press(&mut model, "w");
    assert!(matches!(page(&model), PageId::TypedAt { .. }));
    assert!(screen(&model).contains("Where did you type it in?"));
    // The list of steps stays where the record is.
    assert_eq!(model.setup().unwrap().page.step, StepId::Monitor);
    press(&mut model, "godaddy<enter>");
    assert_eq!(page(&model), &PageId::MonitorRecord);
    let shown = screen(&model);
    assert!(shown.contains("Your DNS lives at Cloudflare"), "{shown}");
    // Changed to the right one, it is a matter of waiting.
    press(&mut model, "w<c-u>Cloudflare<enter>");
    assert!(!screen(&model).contains("lives at"), "{}", screen(&model));
}

#[test]
fn p18_esc_leaves_the_question_as_it_was() {
    let (mut model, _) = opened(facts());
    setup::turn(&mut model, PageId::MonitorRecord);
    press(&mut model, "w");
    press(&mut model, "<esc>");
    assert_eq!(page(&model), &PageId::MonitorRecord);
}
