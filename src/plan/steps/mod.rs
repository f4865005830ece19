//! One file or folder per rung: its pages, what its answers change, the records it wants.

pub mod dkim;
pub mod domain;
pub mod later;
pub mod mailbox;
pub mod monitor;
pub mod senders;
pub mod spf;

use jiff::Timestamp;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::gate;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::service;
use crate::plan::walk;
use crate::plan::wanted::Wanted;

/// What is next and when, in one line, from what was kept alone.
pub fn next_words(facts: &Facts, now: Timestamp) -> (String, Option<Timestamp>) {
    let page = walk::resume_page(facts, None);
    if let Some(wanted) = wanted_of(facts, &page) {
        let name = &wanted.key;
        let words = match seen::sight(facts, None, &wanted) {
            Sight::Spreading { .. } => format!("Wait until {name} is visible everywhere."),
            Sight::NotYet { word } if word != "missing" => {
                format!("Mend the record {name}: it is {word}.")
            }
            _ => format!("Publish the record {name}."),
        };
        return (words, None);
    }
    if matches!(page, PageId::Later(_))
        && let Some(due) = dkim::own::due(facts, now)
    {
        return due;
    }
    let words = match &page {
        PageId::Domain => "Look at the domain.".to_owned(),
        PageId::DkimSetup { sender } => format!("Set up {}.", service::name(sender)),
        PageId::DkimConsole { sender } | PageId::DkimPart { sender, .. } => {
            format!("Go on with the set-up of {}.", service::name(sender))
        }
        PageId::WhichHost => "Say at which company you sign in for the DNS.".to_owned(),
        PageId::DkimKey { sender } => format!("Make a key for {}.", service::name(sender)),
        PageId::DkimCollect { sender, .. } => {
            format!("Copy the DKIM values that {} shows.", service::name(sender))
        }
        PageId::DkimSwitch { sender } => format!("Switch signing on at {}.", service::name(sender)),
        PageId::OwnKey { sender, part } => dkim::own::next(sender, part),
        PageId::Later(StepId::Keep) => {
            return match dkim::rotation::next_due(facts) {
                Some((sender, key, at)) => (
                    format!(
                        "Nothing to do. The key {} of {} is to be renewed on {}.",
                        key.selector,
                        service::name(&sender),
                        seen::day(at)
                    ),
                    Some(at),
                ),
                None => ("Nothing to do.".to_owned(), None),
            };
        }
        PageId::Later(StepId::Evidence) => {
            return match gate::time_is_over_at(facts, None) {
                Some(end) if end > now => (
                    format!("Wait for reports until {}.", seen::day(end)),
                    Some(end),
                ),
                _ => ("Read the reports that came.".to_owned(), None),
            };
        }
        page => format!("Go on with \"{}\".", walk::step_of(page).title()),
    };
    (words, None)
}

/// The record that a page shows.
fn wanted_of(facts: &Facts, page: &PageId) -> Option<Wanted> {
    match page {
        PageId::MailboxAuthorization => mailbox::authorization(facts),
        PageId::DkimRecord { sender, index } => dkim::record(facts, sender, *index).ok(),
        PageId::OwnKey { sender, part } => dkim::own::wanted(facts, sender, part),
        PageId::SpfRecord => spf::wanted(facts),
        PageId::MonitorRecord => monitor::wanted(facts),
        _ => None,
    }
}
