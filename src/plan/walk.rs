//! The way through the pages: what each says, what an answer leads to, where to go on.

use crate::plan::LADDER;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::KeyPart;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Reply;
use crate::plan::steps;
use crate::plan::waiting;

/// The step that a page belongs to.
pub fn step_of(id: &PageId) -> StepId {
    match id {
        PageId::Domain | PageId::WhichHost => StepId::Domain,
        PageId::TypedAt { .. } => waiting::STEP,
        PageId::Senders | PageId::Habits | PageId::UnknownTerms | PageId::OwnAddresses => {
            StepId::Senders
        }
        PageId::MailboxKind
        | PageId::MailboxAddress
        | PageId::MailboxGuide
        | PageId::MailboxAuthorization
        | PageId::MailboxProof => StepId::Mailbox,
        PageId::DkimOverview
        | PageId::DkimSetup { .. }
        | PageId::DkimConsole { .. }
        | PageId::DkimPart { .. }
        | PageId::DkimKey { .. }
        | PageId::DkimCollect { .. }
        | PageId::DkimRecord { .. }
        | PageId::DkimSwitch { .. }
        | PageId::OwnKey {
            part: KeyPart::Signer,
            ..
        } => StepId::Dkim,
        PageId::OwnKey { .. } => StepId::Keep,
        PageId::SpfPlan | PageId::SpfRecord => StepId::Spf,
        PageId::MonitorAddresses | PageId::MonitorRecord => StepId::Monitor,
        PageId::Later(step) => *step,
    }
}

/// All pages that apply now, in order.
pub fn pages(facts: &Facts) -> Vec<PageId> {
    let mut pages = Vec::new();
    for (step, _) in LADDER {
        pages.extend(pages_of(step, facts));
    }
    pages
}

/// The pages of one step that apply now, in order.
pub fn pages_of(step: StepId, facts: &Facts) -> Vec<PageId> {
    match step {
        StepId::Domain => steps::domain::pages(facts),
        StepId::Senders => steps::senders::pages(facts),
        StepId::Mailbox => steps::mailbox::pages(facts),
        StepId::Dkim => steps::dkim::pages(facts),
        StepId::Spf => steps::spf::pages(facts),
        StepId::Monitor => steps::monitor::pages(facts),
        StepId::Keep => {
            let mut pages = vec![PageId::Later(step)];
            pages.extend(steps::dkim::rotation::pages(facts));
            pages
        }
        step => vec![PageId::Later(step)],
    }
}

/// What a page says and asks.
pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    if let PageId::TypedAt { .. } = id {
        return waiting::page(id, facts, live);
    }
    if let PageId::OwnKey { sender, part } = id {
        return steps::dkim::own::pages::page(sender, part, facts, live);
    }
    match step_of(id) {
        StepId::Domain => steps::domain::page(id, facts, live),
        StepId::Senders => steps::senders::pages::page(id, facts, live),
        StepId::Mailbox => steps::mailbox::pages::page(id, facts, live),
        StepId::Dkim => steps::dkim::pages::page(id, facts, live),
        StepId::Spf => steps::spf::pages::page(id, facts, live),
        StepId::Monitor => steps::monitor::page(id, facts, live),
        step => steps::later::page(step, facts, live),
    }
}

/// Takes an answer. Where it cannot be taken, the complaint says why, and nothing of what was typed is lost.
pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Reply {
    let old = pages(facts);
    let taken = match step_of(id) {
        _ if matches!(id, PageId::TypedAt { .. }) => waiting::reply(facts, id, answer, live),
        _ if matches!(id, PageId::OwnKey { .. }) => {
            steps::dkim::own::take::reply(facts, id, answer, live)
        }
        StepId::Domain => steps::domain::reply(facts, id, answer, live),
        StepId::Senders => steps::senders::reply(facts, id, answer, live),
        StepId::Mailbox => steps::mailbox::reply(facts, id, answer, live),
        StepId::Dkim => steps::dkim::take::reply(facts, id, answer, live),
        StepId::Spf => steps::spf::reply(facts, id, answer, live),
        StepId::Monitor => steps::monitor::reply(facts, id, answer, live),
        step => steps::later::reply(step, facts),
    };
    match taken {
        Ok(taken) => Reply {
            complaint: None,
            wishes: taken.wishes,
            page: taken.page.unwrap_or_else(|| after(facts, id, &old)),
        },
        Err(complaint) => Reply {
            complaint: Some(complaint),
            wishes: Vec::new(),
            page: id.clone(),
        },
    }
}

/// What a step makes of an answer that it takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub wishes: Vec<crate::plan::page::Wish>,
    /// Where to go; None: to the next page in order.
    pub page: Option<PageId>,
}

/// The page after this one; the last page leads to itself. `old`: the pages before the answer, since the page itself may have gone
/// away with it.
fn after(facts: &Facts, id: &PageId, old: &[PageId]) -> PageId {
    let pages = pages(facts);
    if let Some(at) = pages.iter().position(|page| page == id) {
        return pages.get(at + 1).unwrap_or(id).clone();
    }
    old.iter()
        .skip_while(|page| *page != id)
        .find(|page| pages.contains(page))
        .or_else(|| pages.iter().find(|page| step_of(page) > step_of(id)))
        .cloned()
        .unwrap_or(PageId::Later(StepId::Evidence))
}

/// The page before this one, for Esc; the first page has none.
pub fn before(facts: &Facts, id: &PageId) -> Option<PageId> {
    let pages = pages(facts);
    match pages.iter().position(|page| page == id) {
        Some(0) => None,
        Some(at) => pages.get(at - 1).cloned(),
        None => pages
            .iter()
            .rev()
            .find(|page| (step_of(page), *page) < (step_of(id), id))
            .cloned(),
    }
}

/// The first page that still needs the user: computed, never stored.
pub fn resume(facts: &Facts, live: &Live) -> PageId {
    resume_page(facts, Some(live))
}

/// As [`resume`]; without `live`, from what was kept alone.
pub fn resume_page(facts: &Facts, live: Option<&Live>) -> PageId {
    let mut waits = None;
    for id in pages(facts) {
        match ladder::standing(&id, facts, live) {
            Standing::Needs => return id,
            Standing::Waits if waits.is_none() => waits = Some(id),
            _ => {}
        }
    }
    waits.unwrap_or(PageId::Later(StepId::Evidence))
}
