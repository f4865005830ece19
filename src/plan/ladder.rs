//! The ladder as it stands: the state of each step with its gates, and what `status --json` prints.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::plan::LADDER;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::gate;
use crate::plan::gate::Gate;
use crate::plan::page::Mark;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::steps::dkim;
use crate::plan::steps::domain;
use crate::plan::steps::mailbox;
use crate::plan::steps::monitor;
use crate::plan::steps::next_words;
use crate::plan::steps::senders;
use crate::plan::steps::spf;
use crate::plan::walk;
use crate::plan::wanted::Wanted;

/// The state of a step. The words are the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    Done,
    Current,
    /// Nothing to do but wait: for caches, for reports, or for its turn.
    Waiting,
    /// A gate before it does not hold.
    Blocked,
    Skipped,
}

/// A step as the list of steps shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView {
    pub id: StepId,
    pub title: &'static str,
    pub state: StepState,
    /// The sign to draw. A step that was done and is looked at again is `Waiting`, not `Done`.
    pub mark: Mark,
    pub gates: Vec<Gate>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Lines below the step, such as one per sender.
    pub parts: Vec<(Mark, String)>,
}

/// Where a setup stands: the object of `status --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub domain: String,
    pub step: StepId,
    pub steps: Vec<StatusStep>,
    pub next: String,
    pub next_at: Option<Timestamp>,
    /// Senders whose set-up is not finished.
    #[serde(default)]
    pub open: Vec<OpenSender>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenSender {
    pub id: String,
    pub name: String,
    /// What is to be done, in plain words.
    pub what: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusStep {
    pub id: StepId,
    pub title: String,
    pub state: StepState,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub gates: Vec<Gate>,
}

/// What a page still wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// An answer, or a record to be published.
    Needs,
    /// Nothing but time.
    Waits,
    Settled,
}

/// What the page `id` still wants.
pub fn standing(id: &PageId, facts: &Facts, live: Option<&Live>) -> Standing {
    if let PageId::OwnKey { sender, part } = id {
        return dkim::own::standing(sender, part, facts, live);
    }
    match walk::step_of(id) {
        StepId::Domain => domain::standing(id, facts),
        StepId::Senders => senders::standing(id, facts, live),
        StepId::Mailbox => mailbox::standing(id, facts, live),
        StepId::Dkim => dkim::standing(id, facts, live),
        StepId::Spf => spf::standing(id, facts, live),
        StepId::Monitor => monitor::standing(id, facts, live),
        StepId::Evidence => Standing::Waits,
        _ => Standing::Settled,
    }
}

/// What a record page still wants.
pub fn record_standing(facts: &Facts, live: Option<&Live>, wanted: &Wanted) -> Standing {
    match seen::sight(facts, live, wanted) {
        Sight::Green { .. } | Sight::WasGreen { .. } => Standing::Settled,
        Sight::Spreading { .. } => Standing::Waits,
        Sight::NotYet { .. } | Sight::Unknown | Sight::Never => Standing::Needs,
    }
}

/// True where the step was done when last looked at; what this session saw counts more.
pub fn was_done(step: StepId, facts: &Facts, live: Option<&Live>) -> bool {
    if step >= StepId::Evidence {
        return false;
    }
    walk::pages_of(step, facts)
        .iter()
        .all(|id| standing(id, facts, live) == Standing::Settled)
        && steps_complete(step, facts)
}

/// What pages alone do not show: a step is done only with its records made.
fn steps_complete(step: StepId, facts: &Facts) -> bool {
    match step {
        StepId::Mailbox => mailbox::proof(facts).takes_mail(),
        StepId::Dkim => dkim::nothing_left(facts),
        StepId::Spf => spf::wanted(facts).is_some(),
        StepId::Monitor => monitor::wanted(facts).is_some(),
        _ => true,
    }
}

/// True where every record of the step was seen green in this session.
fn is_green(step: StepId, facts: &Facts, live: &Live) -> bool {
    records(step, facts)
        .iter()
        .all(|wanted| seen::sight(facts, Some(live), wanted).is_green())
}

fn records(step: StepId, facts: &Facts) -> Vec<Wanted> {
    match step {
        StepId::Mailbox => mailbox::authorization(facts).into_iter().collect(),
        StepId::Dkim => dkim::wanted(facts),
        StepId::Spf => spf::wanted(facts).into_iter().collect(),
        StepId::Monitor => monitor::wanted(facts).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The step where the user stands: of the page that is resumed.
pub fn current(facts: &Facts, live: Option<&Live>) -> StepId {
    walk::step_of(&walk::resume_page(facts, live))
}

/// The whole ladder as it stands.
pub fn steps(facts: &Facts, live: &Live) -> Vec<StepView> {
    let current = current(facts, Some(live));
    LADDER
        .iter()
        .map(|&(id, title)| {
            let (state, since, until, gates) = state_of(id, current, facts, Some(live), live.now);
            let mark = match state {
                StepState::Done if !is_green(id, facts, live) => Mark::Waiting,
                StepState::Done
                    if !live.surveyed && matches!(id, StepId::Domain | StepId::Mailbox) =>
                {
                    Mark::Waiting
                }
                StepState::Done => Mark::Done,
                StepState::Current => Mark::Now,
                StepState::Waiting if id < StepId::Evidence && was_begun(id, facts) => {
                    Mark::Waiting
                }
                StepState::Waiting if id == current => Mark::Now,
                StepState::Waiting | StepState::Blocked | StepState::Skipped => Mark::Later,
            };
            let parts = if id == StepId::Dkim {
                dkim::parts(facts, live)
            } else {
                looking_again(id, facts, live)
            };
            StepView {
                id,
                title,
                state,
                mark,
                gates,
                since,
                until,
                parts,
            }
        })
        .collect()
}

/// The line of a step that was green in an earlier session.
fn looking_again(step: StepId, facts: &Facts, live: &Live) -> Vec<(Mark, String)> {
    records(step, facts)
        .iter()
        .filter_map(|wanted| match seen::sight(facts, Some(live), wanted) {
            Sight::WasGreen { at, .. } => Some((
                Mark::Waiting,
                format!("seen green {}, looking again", seen::ago(live.now, at)),
            )),
            _ => None,
        })
        .take(1)
        .collect()
}

fn was_begun(step: StepId, facts: &Facts) -> bool {
    records(step, facts)
        .iter()
        .any(|wanted| facts.seen.contains_key(&wanted.key))
}

fn state_of(
    step: StepId,
    current: StepId,
    facts: &Facts,
    live: Option<&Live>,
    now: Timestamp,
) -> (StepState, Option<Timestamp>, Option<Timestamp>, Vec<Gate>) {
    let gates = gate::gates(step, facts, live, now);
    let sights: Vec<Sight> = records(step, facts)
        .iter()
        .map(|wanted| seen::sight(facts, live, wanted))
        .collect();
    let since = sights.iter().filter_map(Sight::since).max();
    if was_done(step, facts, live) {
        return (StepState::Done, since, None, gates);
    }
    let until = sights
        .iter()
        .filter_map(|sight| match sight {
            Sight::Spreading { until } => *until,
            _ => None,
        })
        .max();
    if step == StepId::Evidence {
        let until = gate::time_is_over_at(facts, live);
        let since = gate::watching_since(facts, live);
        let state = if gates.iter().all(|gate| gate.holds) {
            StepState::Waiting
        } else {
            StepState::Blocked
        };
        return (state, since, until, gates);
    }
    let state = if !gates.iter().all(|gate| gate.holds) {
        StepState::Blocked
    } else if step == current && until.is_none() {
        StepState::Current
    } else {
        StepState::Waiting
    };
    (state, since, until, gates)
}

/// Where the setup stands, from what was kept alone.
pub fn status(facts: &Facts, now: Timestamp) -> Status {
    let step = current(facts, None);
    let steps: Vec<StatusStep> = LADDER
        .iter()
        .map(|&(id, title)| {
            let (state, since, until, gates) = state_of(id, step, facts, None, now);
            StatusStep {
                id,
                title: title.to_owned(),
                state,
                since,
                until,
                gates,
            }
        })
        .collect();
    let (next, next_at) = next_words(facts, now);
    Status {
        domain: facts.domain.clone(),
        step,
        steps,
        next,
        next_at,
        open: dkim::open::open(facts, None)
            .into_iter()
            .map(|open| OpenSender {
                id: open.sender,
                name: open.name,
                what: open.what,
            })
            .collect(),
    }
}
