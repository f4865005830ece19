//! With which exit code a run ends.

use crate::cli::Exit;
use crate::cli::publish::job::Job;
use crate::cli::publish::job::Judged;
use crate::cli::publish::job::State;
use crate::plan::publish::Step;
use crate::records::verdict::Verdict;

/// How the run ends for one zone.
pub fn told(job: &Job) -> Exit {
    let refused = job
        .steps
        .iter()
        .any(|step| matches!(step, Step::Refused(_)));
    let own = match &job.state {
        State::Planned | State::Nothing | State::Done { .. } => Exit::Well,
        State::Refused(_) => Exit::Wrong,
        State::Unreached(_) | State::Unknown(_) => Exit::Unknown,
    };
    let seen = job.judged.iter().flatten().map(exit_of);
    worst(seen.chain([own, if refused { Exit::Wrong } else { Exit::Well }]))
}

fn exit_of(judged: &Judged) -> Exit {
    match judged {
        Judged::Verdict(judgement) => match &judgement.verdict {
            Verdict::Published => Exit::Well,
            Verdict::Unknown { .. } => Exit::Unknown,
            // The primary server has it: the others get it from there.
            Verdict::Spreading { .. } | Verdict::Missing | Verdict::Differs { .. } => Exit::Waiting,
            Verdict::Misplaced { .. } | Verdict::Conflict { .. } | Verdict::Invalid => Exit::Wrong,
        },
        Judged::Servers {
            agree,
            answered,
            asked,
        } => match (agree, answered) {
            (_, 0) => Exit::Unknown,
            _ if agree == asked => Exit::Well,
            _ => Exit::Waiting,
        },
    }
}

/// The worst of several ends, in the order of the contract; what only a single run can meet counts most.
pub fn worst(exits: impl Iterator<Item = Exit>) -> Exit {
    let rank = |exit: &Exit| match exit {
        Exit::Well => 0,
        Exit::Waiting => 1,
        Exit::Wrong => 2,
        Exit::Unknown => 3,
        _ => 4,
    };
    exits.max_by_key(rank).unwrap_or(Exit::Well)
}
