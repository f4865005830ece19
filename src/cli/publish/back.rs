//! Reads back what was changed, from every name server of the zone.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio::time::sleep;

use crate::cli::publish::job::Job;
use crate::cli::publish::job::Judged;
use crate::cli::publish::job::State;
use crate::cli::publish::job::Task;
use crate::dns::Client;
use crate::dns::Zone;
use crate::plan::publish;
use crate::plan::publish::Change;
use crate::plan::publish::Step;
use crate::records::record::Record;
use crate::records::sighting::Ask;
use crate::records::sighting::Data;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::sighting::Whom;
use crate::records::untrusted::Untrusted;
use crate::records::verdict;
use crate::records::verdict::Verdict;

/// Between looks.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_millis(1000),
    Duration::from_millis(2000),
];

/// Looks at each change until every name server has it, or the time is over. What copies in resolvers do is not waited for.
pub async fn read_back(job: &mut Job, client: &Client, longest: Duration) {
    let Some(zone) = job.servers.clone() else {
        return;
    };
    if !matches!(job.state, State::Done { .. } | State::Nothing) {
        return;
    }
    let until = Instant::now() + longest;
    let mut nth = 0_usize;
    loop {
        for index in 0..job.steps.len() {
            let is_open = job.judged[index]
                .as_ref()
                .is_none_or(|judged| !is_settled(judged));
            if let (true, Step::Change(change)) = (is_open, &job.steps[index]) {
                job.judged[index] = Some(judged(job, change, client, &zone).await);
            }
        }
        let all = job.judged.iter().flatten().all(is_settled);
        let pause = PAUSES[nth.min(PAUSES.len() - 1)];
        nth += 1;
        if all || Instant::now() + pause >= until {
            break;
        }
        sleep(pause).await;
    }
}

/// True where every name server that was asked has it.
fn is_settled(judged: &Judged) -> bool {
    match judged {
        Judged::Verdict(judgement) => {
            let tally = judgement.authoritative;
            judgement.verdict == Verdict::Published
                || (tally.asked > 0 && tally.agree == tally.asked)
        }
        Judged::Servers { agree, asked, .. } => agree == asked,
    }
}

async fn judged(job: &Job, change: &Change, client: &Client, zone: &Zone) -> Judged {
    match wanted(job, change) {
        Some(record) => {
            let sightings = client.look(record, zone).await;
            Judged::Verdict(verdict::judge(
                record,
                &zone.apex,
                &sightings,
                Timestamp::now(),
            ))
        }
        None => {
            let ask = Ask {
                question: Question::new(change.owner.clone(), change.record_type),
                whom: Whom::Servers(zone.servers.clone()),
            };
            tally(change, &client.put(&ask).await)
        }
    }
}

/// The record behind a change; none where it is taken back.
fn wanted<'a>(job: &'a Job, change: &Change) -> Option<&'a Record> {
    let Task::Publish(wishes) = &job.task else {
        return None;
    };
    wishes
        .iter()
        .find(|wish| wish.id == change.id)
        .map(|wish| &wish.record)
}

fn tally(change: &Change, sightings: &[Sighting]) -> Judged {
    let answers: Vec<&Sighting> = sightings
        .iter()
        .filter(|sighting| sighting.answer.trouble().is_none())
        .collect();
    let agree = answers
        .iter()
        .filter(|sighting| publish::has(change, &values(sighting)))
        .count();
    Judged::Servers {
        agree,
        answered: answers.len(),
        asked: sightings.len(),
    }
}

/// The values of an answer, in the form in which changes are compared.
fn values(sighting: &Sighting) -> Vec<Untrusted> {
    // Behind an alias it is somebody else's data.
    if !sighting.answer.chain.is_empty() && sighting.question.record_type != RecordType::Cname {
        return Vec::new();
    }
    sighting
        .answer
        .data()
        .iter()
        .filter_map(|data| match data {
            Data::Txt(text) => Some(text.clone()),
            Data::Cname(target) => Some(Untrusted::from(target.as_str())),
            Data::Mx {
                preference,
                exchange,
            } => Some(Untrusted::from(format!("{preference} {exchange}").as_str())),
            _ => None,
        })
        .collect()
}
