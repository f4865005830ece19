//! The difference and the outcome as one JSON document.

use serde::Serialize;

use crate::cli::publish::job::Job;
use crate::cli::publish::job::Judged;
use crate::cli::publish::job::State;
use crate::plan::publish::Step;
use crate::records::update::Exact;
use crate::records::verdict::Tally;

#[derive(Serialize)]
pub struct Document<'a> {
    schema: u32,
    domain: &'a str,
    undo: bool,
    dry_run: bool,
    zones: Vec<ZoneRow>,
}

#[derive(Serialize)]
struct ZoneRow {
    zone: String,
    server: Option<ServerRow>,
    /// `planned`, `nothing`, `done`, `refused`, `unreached`, `unknown`
    state: &'static str,
    /// The word of the standard for what went wrong.
    code: Option<String>,
    message: Option<String>,
    remedy: Option<String>,
    records: Vec<RecordRow>,
}

#[derive(Serialize)]
struct ServerRow {
    name: String,
    address: String,
}

#[derive(Serialize)]
struct RecordRow {
    id: String,
    owner: String,
    #[serde(rename = "type")]
    record_type: &'static str,
    /// `keep`, `add`, `replace`, `remove`, `refuse`
    action: &'static str,
    ttl: Option<u32>,
    /// What goes, what comes and what stays at the name and type; a TXT as one string, escaped.
    taken: Vec<String>,
    put: Vec<String>,
    stay: Vec<String>,
    message: Option<String>,
    remedy: Option<String>,
    /// The verdict after the read-back; null where nothing was read back.
    verdict: Option<String>,
    nameservers: Option<TallyRow>,
    resolvers: Option<TallyRow>,
}

#[derive(Serialize)]
struct TallyRow {
    agree: usize,
    answered: usize,
    asked: usize,
}

impl From<Tally> for TallyRow {
    fn from(tally: Tally) -> Self {
        Self {
            agree: tally.agree,
            answered: tally.answered,
            asked: tally.asked,
        }
    }
}

pub fn document<'a>(domain: &'a str, undo: bool, dry_run: bool, jobs: &[Job]) -> Document<'a> {
    Document {
        schema: 1,
        domain,
        undo,
        dry_run,
        zones: jobs.iter().map(zone_row).collect(),
    }
}

fn zone_row(job: &Job) -> ZoneRow {
    let (state, said) = match &job.state {
        State::Planned => ("planned", None),
        State::Nothing => ("nothing", None),
        State::Done { .. } => ("done", None),
        State::Refused(said) => ("refused", Some(said)),
        State::Unreached(said) => ("unreached", Some(said)),
        State::Unknown(said) => ("unknown", Some(said)),
    };
    ZoneRow {
        zone: job.zone.to_string(),
        server: job.found.as_ref().map(|found| ServerRow {
            name: found.name.clone(),
            address: found.primary.address.to_string(),
        }),
        state,
        code: said.map(|said| said.code.clone()),
        message: said.map(|said| said.what.clone()),
        remedy: said.map(|said| said.remedy.clone()),
        records: job
            .steps
            .iter()
            .zip(&job.judged)
            .map(|(step, judged)| record_row(step, judged.as_ref()))
            .collect(),
    }
}

fn record_row(step: &Step, judged: Option<&Judged>) -> RecordRow {
    let all = |data: &[Exact]| data.iter().map(|data| data.shown().into()).collect();
    match step {
        Step::Change(change) => {
            let (verdict, nameservers, resolvers) = match judged {
                Some(Judged::Verdict(judgement)) => (
                    Some(judgement.verdict.word().to_owned()),
                    Some(judgement.authoritative.into()),
                    Some(judgement.resolvers.into()),
                ),
                Some(Judged::Servers {
                    agree,
                    answered,
                    asked,
                }) => {
                    let tally = Tally {
                        agree: *agree,
                        answered: *answered,
                        asked: *asked,
                    };
                    (None, Some(tally.into()), None)
                }
                None => (None, None, None),
            };
            RecordRow {
                id: change.id.clone(),
                owner: change.owner.to_string(),
                record_type: change.record_type.as_str(),
                action: change.action.as_str(),
                ttl: Some(change.ttl),
                taken: all(&change.taken),
                put: all(&change.put),
                stay: all(&change.stay),
                message: None,
                remedy: None,
                verdict,
                nameservers,
                resolvers,
            }
        }
        Step::Refused(refused) => RecordRow {
            id: refused.id.clone(),
            owner: refused.owner.to_string(),
            record_type: refused.record_type.as_str(),
            action: "refuse",
            ttl: None,
            taken: Vec::new(),
            put: Vec::new(),
            stay: all(&refused.there),
            message: Some(refused.reason.clone()),
            remedy: Some(refused.remedy.clone()),
            verdict: None,
            nameservers: None,
            resolvers: None,
        },
    }
}
