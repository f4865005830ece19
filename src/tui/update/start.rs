//! The start screen: what brings you here, which domain, which saved setup.

use jiff::Timestamp;

use crate::catalog::own;
use crate::plan::ladder;
use crate::plan::page::Mark;
use crate::records::typed;
use crate::tui::command::Command;
use crate::tui::field::Field;
use crate::tui::keys::Action;
use crate::tui::message::Listing;
use crate::tui::model::Item;
use crate::tui::model::Model;
use crate::tui::model::Place;
use crate::tui::model::SavedLine;
use crate::tui::model::Start;
use crate::tui::model::StartMode;
use crate::tui::update;

/// Shows the start screen.
pub fn show(model: &mut Model, mode: StartMode) {
    model.overlay = None;
    match &mut model.place {
        Place::Start(start) => start.mode = mode,
        Place::Setup(_) => model.place = Place::Start(Start { cursor: 0, mode }),
    }
}

pub fn open(model: &mut Model, domain: String) -> Vec<Command> {
    show(model, StartMode::Opening(domain.clone()));
    vec![Command::Open { domain }]
}

pub fn practice(model: &mut Model, fast: bool) -> Vec<Command> {
    show(
        model,
        StartMode::Opening("a pretend domain for practice".to_owned()),
    );
    vec![Command::Practice { fast }]
}

pub fn act(model: &mut Model, action: Action) -> Vec<Command> {
    let items = model.items();
    let Place::Start(start) = &mut model.place else {
        return Vec::new();
    };
    match (&mut start.mode, action) {
        (StartMode::Menu, Action::Up) => start.cursor = start.cursor.saturating_sub(1),
        (StartMode::Menu, Action::Down) => {
            start.cursor = (start.cursor + 1).min(items.len().saturating_sub(1));
        }
        (StartMode::Menu, Action::Top | Action::ScrollUp) => start.cursor = 0,
        (StartMode::Menu, Action::Bottom | Action::ScrollDown) => {
            start.cursor = items.len().saturating_sub(1);
        }
        (StartMode::Menu, Action::Accept) => {
            let item = items.get(start.cursor).copied();
            return item.map_or_else(Vec::new, |item| chosen(model, item));
        }
        (StartMode::Typing { field, complaint }, Action::Accept) => {
            match understand(field.text()) {
                Read::Open(domain) => return open(model, domain),
                Read::Confirm { domain, says } => {
                    start.mode = StartMode::Confirm {
                        field: field.clone(),
                        domain,
                        says,
                    };
                }
                Read::Refused(reason) => *complaint = Some(reason),
            }
        }
        (StartMode::Confirm { domain, .. }, Action::Accept) => {
            let domain = domain.clone();
            return open(model, domain);
        }
        (StartMode::Confirm { field, .. }, Action::Back) => {
            start.mode = StartMode::Typing {
                field: field.clone(),
                complaint: None,
            };
        }
        (StartMode::Bouncing, Action::Accept) => start.mode = typing(),
        (StartMode::Typing { .. } | StartMode::Bouncing, Action::Back) => {
            start.mode = StartMode::Menu;
        }
        _ => {}
    }
    Vec::new()
}

fn chosen(model: &mut Model, item: Item) -> Vec<Command> {
    match item {
        Item::Bouncing => show(model, StartMode::Bouncing),
        Item::SetUp => show(model, typing()),
        Item::Practice => return practice(model, false),
        Item::GoOn(number) => {
            let saved = model
                .listing
                .as_ref()
                .and_then(|listing| listing.setups.get(number))
                .cloned();
            if let Some(saved) = saved {
                match saved.facts {
                    Ok(_) => return open(model, saved.domain),
                    Err(trouble) => update::tell(
                        model,
                        Mark::Wrong,
                        &format!("{}: {}. {}", saved.domain, trouble.reason, trouble.remedy),
                    ),
                }
            }
        }
    }
    Vec::new()
}

fn typing() -> StartMode {
    StartMode::Typing {
        field: Field::line(""),
        complaint: None,
    }
}

/// The lines of the saved setups: where each stands and what is next.
pub fn lines(listing: &Listing, now: Timestamp) -> Vec<SavedLine> {
    listing
        .setups
        .iter()
        .map(|saved| match &saved.facts {
            Ok(facts) => {
                let status = ladder::status(facts, now);
                SavedLine {
                    domain: saved.domain.clone(),
                    step: status.step.title().to_owned(),
                    next: status.next,
                    next_at: status.next_at,
                    trouble: None,
                }
            }
            Err(trouble) => SavedLine {
                domain: saved.domain.clone(),
                step: String::new(),
                next: String::new(),
                next_at: None,
                trouble: Some(trouble.clone()),
            },
        })
        .collect()
}

/// What a typed domain comes to.
enum Read {
    Open(String),
    /// Something was changed or is special: asked back before anything is looked up.
    Confirm {
        domain: String,
        says: Vec<String>,
    },
    Refused(String),
}

fn understand(text: &str) -> Read {
    let understood = match typed::understand(text) {
        Ok(understood) => understood,
        Err(not) => return Read::Refused(format!("{} {}", not.reason, not.remedy)),
    };
    if let Err(not) = own::own_domain(&understood.domain) {
        return Read::Refused(format!("{} {}", not.reason, not.remedy));
    }
    let domain = understood.domain.to_string();
    let mut says = Vec::new();
    says.extend(understood.changed);
    says.extend(
        understood
            .unicode
            .map(|written| format!("People read it as {written}.")),
    );
    says.extend(understood.remarks);
    if !understood.others.is_empty() {
        let others: Vec<String> = understood.others.iter().map(ToString::to_string).collect();
        says.push(format!("Also in what you typed: {}.", others.join(", ")));
    }
    if says.is_empty() {
        Read::Open(domain)
    } else {
        Read::Confirm { domain, says }
    }
}
