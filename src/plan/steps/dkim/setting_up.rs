//! The first pages of a service that sends: what its set-up needs and why, and what to do in its console.

use crate::catalog;
use crate::catalog::owner::Owner;
use crate::plan::facts::Facts;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::open;
use crate::plan::steps::dkim::pages::choice;
use crate::plan::steps::dkim::pages::page_of;
use crate::plan::steps::dkim::parts;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::records::sighting::RecordType;

pub(super) const START: &str = "start";
pub(super) const LATER: &str = "later";

/// The first page of a sender: what it needs, and why.
pub(super) fn setup(facts: &Facts, sender: &str) -> Page {
    let name = service::name(sender);
    let mut blocks = Vec::new();
    if let Some(what) = open::of(facts, None, sender).filter(|_| sender::was_begun(facts, sender)) {
        blocks.push(Block::Text(format!("Begun, and open: {what}.")));
    } else {
        blocks.push(Block::Text("What it needs:".to_owned()));
    }
    let mut rows = vec![("Keys".to_owned(), keys_in_words(facts, sender))];
    if let Some(bounces) = parts::bounces_in_words(facts, sender) {
        rows.push(("Bounces to".to_owned(), bounces));
    }
    rows.push(("SPF".to_owned(), parts::spf_in_words(facts, sender)));
    blocks.push(Block::Rows(rows));
    let page = page_of(
        PageId::DkimSetup {
            sender: sender.to_owned(),
        },
        format!("Set up {name}"),
        blocks,
        Form::Choose {
            options: vec![
                choice(START, "Go through it now", ""),
                choice(
                    LATER,
                    "Not now: go on with the others",
                    "it stays on the list",
                ),
            ],
            selected: 0,
        },
        Next::Go("Choose".to_owned()),
    );
    Page {
        why: why(sender),
        ..page
    }
}

/// What is known of the sender beyond its records.
fn why(sender: &str) -> String {
    let owner = catalog::owner(sender);
    [
        owner.and_then(Owner::notes),
        owner
            .and_then(Owner::dkim)
            .and_then(|dkim| dkim.note.as_deref()),
    ]
    .into_iter()
    .flatten()
    .map(str::to_owned)
    .chain(
        owner
            .and_then(Owner::docs)
            .map(|docs| format!("Its own guide: {docs}")),
    )
    .chain(std::iter::once(dkim::pages::WHY.to_owned()))
    .collect::<Vec<_>>()
    .join(" ")
}

/// The page with what to do in the console.
pub(super) fn console(sender: &str) -> Page {
    let name = service::name(sender);
    let page = page_of(
        PageId::DkimConsole {
            sender: sender.to_owned(),
        },
        format!("{name}: what to do there"),
        vec![
            Block::Steps(console_steps(sender)),
            Block::Note(
                "Keep that page open beside this window. Its records come next, one by one."
                    .to_owned(),
            ),
        ],
        Form::Nothing,
        Next::Go("Go on".to_owned()),
    );
    Page {
        why: why(sender),
        ..page
    }
}

/// What to do in the console: as the catalog has it, else what such consoles have in common.
fn console_steps(sender: &str) -> Vec<String> {
    let name = service::name(sender);
    let owner = catalog::owner(sender);
    let told = owner.map_or(&[][..], |owner| owner.console());
    if !told.is_empty() {
        return told.to_vec();
    }
    let menu = owner.map_or(&[][..], |owner| owner.menu());
    let way = if menu.is_empty() {
        format!(
            "Sign in at {name}. In its settings look for \"domain authentication\", \"sending domain\" or \"DKIM\"."
        )
    } else {
        format!("Sign in at {name}: {}.", menu.join(" > "))
    };
    vec![
        way,
        "Add your domain there and keep the page with the DNS records open.".to_owned(),
        "When the records are seen in the DNS, let it check them and switch signing on.".to_owned(),
    ]
}

fn keys_in_words(facts: &Facts, sender: &str) -> String {
    if sender::is_found_in_dns(facts, sender) {
        return "found in your DNS already".to_owned();
    }
    let several = |number: usize, record_type: Option<RecordType>| {
        if number == 1 {
            return format!("one {}", record_type.map_or("record", kind));
        }
        let kinds = match record_type {
            Some(RecordType::Cname) => "aliases (CNAME)",
            Some(_) => "TXT records",
            None => "records",
        };
        format!("{number} {kinds}")
    };
    match sender::way(facts, sender) {
        Way::Fixed => {
            let keys = sender::keys(facts, sender);
            format!(
                "{}, the same for everybody",
                several(keys.len(), keys.first().map(|key| key.record_type))
            )
        }
        Way::Console(console) => {
            let kind = console.record_type.map_or("record", kind);
            if console.expected.is_empty() {
                match console.record_type {
                    Some(_) => format!("{kind}, as it shows you"),
                    None => "as it shows you".to_owned(),
                }
            } else {
                format!(
                    "{}, as it shows you",
                    several(console.expected.len(), console.record_type)
                )
            }
        }
        Way::OwnKey => "made here".to_owned(),
        Way::Told => "not known here; ask it for DKIM".to_owned(),
    }
}

pub(super) fn kind(record_type: RecordType) -> &'static str {
    match record_type {
        RecordType::Cname => "alias (CNAME)",
        RecordType::Mx => "mail server (MX)",
        _ => "TXT record",
    }
}
