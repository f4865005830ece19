//! The difference and the outcome, for people.

use crate::cli::printer;
use crate::cli::publish::job::Job;
use crate::cli::publish::job::Judged;
use crate::cli::publish::job::State;
use crate::cli::publish::server;
use crate::plan::publish::Action;
use crate::plan::publish::Change;
use crate::plan::publish::Refused;
use crate::plan::publish::Step;
use crate::records::record::Ttl;
use crate::records::update::Exact;
use crate::records::verdict::Tally;
use crate::records::verdict::Verdict;

/// What is there now and what shall be, zone by zone.
pub fn difference(jobs: &[Job]) -> String {
    let blocks: Vec<String> = jobs.iter().map(zone).collect();
    blocks.join("\n")
}

fn zone(job: &Job) -> String {
    let mut text = match &job.found {
        Some(found) => format!(
            "Zone {} at {}\n",
            job.zone,
            printer::plain(&server::called(found))
        ),
        None => format!("Zone {}\n", job.zone),
    };
    for step in &job.steps {
        match step {
            Step::Change(change) => text.push_str(&changed(change)),
            Step::Refused(refused) => text.push_str(&refusal(refused)),
        }
    }
    text
}

fn changed(change: &Change) -> String {
    let what = match change.action {
        Action::Keep => "is as it should be".to_owned(),
        Action::Add => format!("add, may be copied for {}", seconds(Ttl(change.ttl))),
        Action::Replace => "replace".to_owned(),
        Action::Remove => "take away".to_owned(),
    };
    let mut text = head(&change.id, &change.owner.to_string(), change, &what);
    for data in &change.taken {
        text.push_str(&value('-', data));
    }
    for data in &change.put {
        text.push_str(&value('+', data));
    }
    if change.is_needed() && !change.stay.is_empty() {
        let count = change.stay.len();
        let records = if count == 1 {
            "1 other record there stays as it is".to_owned()
        } else {
            format!("{count} other records there stay as they are")
        };
        text.push_str(&format!("      {records}\n"));
    }
    if change.action == Action::Remove && change.id.starts_with("dkim-") {
        text.push_str("      mail that is signed with this key fails from then on: stop signing with it first\n");
    }
    text
}

fn head(id: &str, owner: &str, change: &Change, what: &str) -> String {
    format!("  {id}: {owner} {}: {what}\n", change.record_type)
}

fn refusal(refused: &Refused) -> String {
    let mut text = format!(
        "  {}: {} {}: left alone\n",
        refused.id, refused.owner, refused.record_type
    );
    for data in &refused.there {
        text.push_str(&value(' ', data));
    }
    text.push_str(&format!(
        "      {}\n      {}\n",
        printer::plain(&refused.reason),
        refused.remedy
    ));
    text
}

fn value(sign: char, data: &Exact) -> String {
    format!("    {sign} {}\n", data.shown())
}

fn seconds(Ttl(seconds): Ttl) -> String {
    match seconds {
        3600 => "an hour".to_owned(),
        seconds if seconds % 3600 == 0 => format!("{} hours", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}

/// What became of it, a line for each record.
pub fn outcome(jobs: &[Job]) -> String {
    jobs.iter().map(zone_outcome).collect()
}

fn zone_outcome(job: &Job) -> String {
    let mut text = match (&job.state, &job.found) {
        (
            State::Done {
                by_second_look: false,
            },
            Some(found),
        ) => {
            format!(
                "{}: changed at {}\n",
                job.zone,
                printer::plain(&server::called(found))
            )
        }
        (State::Done { .. }, Some(found)) => format!(
            "{}: the answer to the change got lost, and {} has the change\n",
            job.zone,
            printer::plain(&server::called(found))
        ),
        (State::Nothing, _) => format!("{}: nothing to change\n", job.zone),
        _ => return String::new(),
    };
    for (step, judged) in job.steps.iter().zip(&job.judged) {
        if let (Step::Change(change), Some(judged)) = (step, judged) {
            text.push_str(&format!("  {}: {}\n", change.id, told(judged)));
        }
    }
    text
}

fn told(judged: &Judged) -> String {
    match judged {
        Judged::Verdict(judgement) => {
            let servers = count("name servers", judgement.authoritative);
            let world = count("resolvers", judgement.resolvers);
            let word = match &judgement.verdict {
                Verdict::Published => "✓ published".to_owned(),
                Verdict::Spreading { until: Some(until) } => format!(
                    "◌ spreading, the last old copy dies at {}",
                    until.strftime("%Y-%m-%d %H:%M UTC")
                ),
                Verdict::Unknown { why } => format!("? unknown: {}", printer::plain(why)),
                Verdict::Spreading { until: None } | Verdict::Missing | Verdict::Differs { .. } => {
                    "◌ spreading, not at every name server yet".to_owned()
                }
                other => format!("✗ {}", other.word()),
            };
            let counts: Vec<String> = [servers, world].into_iter().flatten().collect();
            if counts.is_empty() {
                word
            } else {
                format!("{word} ({})", counts.join(", "))
            }
        }
        Judged::Servers {
            agree,
            answered,
            asked,
        } => match (agree, answered) {
            (_, 0) => format!("? unknown: none of {asked} name servers answered"),
            _ if agree == asked => format!("✓ back as it was (name servers {agree} of {asked})"),
            _ => format!("◌ on its way back (name servers {agree} of {asked})"),
        },
    }
}

fn count(side: &str, tally: Tally) -> Option<String> {
    (tally.asked > 0).then(|| format!("{side} {} of {}", tally.agree, tally.asked))
}
