//! What each message changes, and what is then asked of the world. Pure: no clock, no disk, no network.

pub mod answer;
pub mod copying;
pub mod draft;
pub mod exporting;
pub mod https;
pub mod keyboard;
pub mod moving;
pub mod over;
pub mod own;
pub mod setup;
pub mod start;
pub mod watch;

use jiff::SignedDuration;

use crate::plan::page::Mark;
use crate::tui::command::Command;
use crate::tui::message::Exported;
use crate::tui::message::Message;
use crate::tui::message::Trouble;
use crate::tui::model::Model;
use crate::tui::model::Notice;
use crate::tui::model::Place;
use crate::tui::model::Practice;
use crate::tui::model::Start;
use crate::tui::model::StartMode;

/// What is typed is on disk after this time at the latest, tick included.
const SAVE_AFTER: SignedDuration = SignedDuration::from_millis(400);

/// Where a run begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beginning {
    Start,
    Domain(String),
    Practice { fast: bool },
}

/// The first commands of a run.
pub fn begin(model: &mut Model, beginning: Beginning) -> Vec<Command> {
    match beginning {
        Beginning::Start => vec![Command::List],
        Beginning::Domain(domain) => start::open(model, domain),
        Beginning::Practice { fast } => start::practice(model, fast),
    }
}

/// Takes in one message; the commands are carried out after the screen was drawn.
pub fn update(model: &mut Model, message: Message) -> Vec<Command> {
    match message {
        Message::Clock(now) => {
            model.now = now;
            if let Some(setup) = model.setup_mut() {
                setup.live.now = now;
            }
            let mut commands = watch::due(model);
            if model.unsaved.is_some_and(|since| {
                model.now.duration_since(since) >= SAVE_AFTER || model.now < since
            }) {
                commands.extend(draft::save(model));
            }
            commands
        }
        Message::Resized { width, height } => {
            model.width = width;
            model.height = height;
            Vec::new()
        }
        Message::Pressed(key) => keyboard::press(model, key),
        Message::Pasted(text) => keyboard::paste(model, &text),
        Message::Listed(listing) => {
            model.saved = start::lines(&listing, model.now);
            model.listing = Some(listing);
            let items = model.items().len();
            if let Place::Start(start) = &mut model.place {
                start.cursor = start.cursor.min(items.saturating_sub(1));
            }
            Vec::new()
        }
        Message::Opened(opened) => setup::opened(model, *opened),
        Message::NotOpened { domain, trouble } => {
            if let Place::Start(start) = &mut model.place {
                start.mode = StartMode::Menu;
            }
            tell(model, Mark::Wrong, &said(&domain, &trouble));
            vec![Command::List]
        }
        Message::Saved(Ok(())) => Vec::new(),
        Message::Saved(Err(trouble)) => {
            tell(model, Mark::Wrong, &said("not saved", &trouble));
            Vec::new()
        }
        Message::SurveyGrew { ticket, report } => setup::survey_grew(model, ticket, report),
        Message::Surveyed { ticket, report } => setup::surveyed(model, ticket, *report),
        Message::Looked { ticket, sight } => watch::looked(model, ticket, sight),
        Message::Asked { ticket, sightings } => setup::asked(model, ticket, &sightings),
        Message::SignerFiles {
            domain,
            sender,
            signer,
            selectors,
            folder,
        } => own::handed_over(model, &domain, &sender, signer, &selectors, folder),
        Message::KeyRetired {
            domain,
            sender,
            selector,
            retired,
        } => own::key_retired(model, &domain, &sender, &selector, retired),
        Message::KeyMade {
            domain,
            sender,
            made,
        } => setup::key_made(model, &domain, &sender, made),
        Message::Handed { ticket, handed } => copying::handed(model, ticket, &handed),
        Message::Exported(Ok(Exported { path, left_out })) => {
            if left_out.is_empty() {
                let hint = match (&model.practice, model.setup()) {
                    (None, Some(setup)) => format!(
                        ". Into a name server of your own: nobounce publish {} --help",
                        setup.facts.domain
                    ),
                    _ => String::new(),
                };
                tell(
                    model,
                    Mark::Done,
                    &format!("The records are in {path}{hint}"),
                );
            } else {
                // What is missing comes first: a long path must not push it off the screen.
                let text = format!(
                    "Left out, because the private key is gone: {}. The other records are in {path}",
                    left_out.join(", ")
                );
                tell(model, Mark::Warning, &text);
            }
            Vec::new()
        }
        Message::Exported(Err(trouble)) => {
            tell(model, Mark::Wrong, &said("not written", &trouble));
            Vec::new()
        }
        Message::Practicing(Ok(pretend)) => {
            model.practice = Some(Practice {
                domain: pretend.domain.clone(),
                fast: pretend.fast,
                ..Practice::default()
            });
            start::open(model, pretend.domain)
        }
        Message::Practicing(Err(trouble)) => {
            model.place = Place::Start(Start {
                cursor: 0,
                mode: StartMode::Menu,
            });
            tell(
                model,
                Mark::Wrong,
                &said("practice cannot start here", &trouble),
            );
            vec![Command::List]
        }
        Message::Panel(Ok(view)) => over::panel_changed(model, view),
        Message::Panel(Err(trouble)) => {
            over::panel_refused(model);
            tell(model, Mark::Wrong, &said("not taken", &trouble));
            Vec::new()
        }
        Message::Resumed => Vec::new(),
        Message::Told => leave(model),
    }
}

/// Ends the run; what was typed is saved on the way out.
pub fn leave(model: &mut Model) -> Vec<Command> {
    model.leaving = true;
    let mut commands = draft::save(model);
    commands.push(Command::Quit);
    commands
}

/// Says something at the bottom of the screen, until the next key.
pub fn tell(model: &mut Model, mark: Mark, text: &str) {
    model.notice = Some(Notice {
        mark,
        text: text.to_owned(),
    });
}

fn said(what: &str, trouble: &Trouble) -> String {
    format!("{what}: {}. {}", trouble.reason, trouble.remedy)
}
