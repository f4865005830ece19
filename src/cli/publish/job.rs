//! The changes of one zone on their way: the look beforehand, the sending, and what became of it.

use futures_util::future::join_all;
use jiff::Timestamp;

use crate::cli::globals::Globals;
use crate::cli::publish::server;
use crate::cli::publish::server::Found;
use crate::cli::publish::server::Named;
use crate::dns::Client;
use crate::dns::Zone;
use crate::dns::update::fault::Fault;
use crate::dns::update::key::Key;
use crate::plan::publish;
use crate::plan::publish::Change;
use crate::plan::publish::Holding;
use crate::plan::publish::Step;
use crate::plan::publish::Wish;
use crate::plan::publish::kept::KeptChange;
use crate::plan::publish::kept::Outcome;
use crate::plan::publish::kept::Publication;
use crate::plan::publish::undo;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;
use crate::records::update::Rrset;
use crate::records::verdict::Judgement;

/// Names of wildcards that are looked at around one name.
const MOST_WILDCARDS: usize = 4;

/// What is to be done in a zone.
#[derive(Clone, Debug)]
pub enum Task {
    Publish(Vec<Wish>),
    Undo {
        began: Timestamp,
        changes: Vec<KeptChange>,
    },
}

/// How far the changes of a zone came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The difference is known; nothing was sent.
    Planned,
    /// All is as it should be.
    Nothing,
    Done {
        /// The server's answer got lost, and a second look showed the change.
        by_second_look: bool,
    },
    /// The server said no, or could not be asked at all: nothing was changed.
    Refused(Said),
    /// Could not be asked: nothing was sent.
    Unreached(Said),
    /// It was sent, and what happened is not known.
    Unknown(Said),
}

/// What went wrong, in a word of the standard, a sentence, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub code: String,
    pub what: String,
    pub remedy: String,
}

/// The changes of one zone.
#[derive(Clone, Debug)]
pub struct Job {
    pub zone: DomainName,
    pub servers: Option<Zone>,
    pub found: Option<Found>,
    pub task: Task,
    pub steps: Vec<Step>,
    pub state: State,
    /// What the read-back showed, by the index of the step.
    pub judged: Vec<Option<Judged>>,
}

/// What the read-back showed of one change.
#[derive(Clone, Debug)]
pub enum Judged {
    Verdict(Judgement),
    /// Of a change that was taken back: how many name servers have it so, of how many that answered, of how many asked.
    Servers {
        agree: usize,
        answered: usize,
        asked: usize,
    },
}

impl Job {
    /// Finds the zone's primary server and looks at what it has.
    pub async fn scouted(
        zone: Zone,
        task: Task,
        client: &Client,
        named: Option<&Named>,
        key: &Key,
        globals: &Globals,
    ) -> Self {
        let mut job = Self {
            zone: zone.apex.clone(),
            servers: Some(zone.clone()),
            found: None,
            task,
            steps: Vec::new(),
            state: State::Planned,
            judged: Vec::new(),
        };
        match server::find(client, &zone, named, key, globals).await {
            Ok(found) => {
                job.found = Some(found);
                job.look(globals).await;
            }
            Err(not) => {
                let said = Said {
                    code: not.code,
                    what: not.what,
                    remedy: not.remedy,
                };
                job.found = not.server;
                job.state = if not.is_refusal {
                    State::Refused(said)
                } else {
                    State::Unreached(said)
                };
            }
        }
        job
    }

    /// A zone whose servers could not be found.
    pub fn lost(zone: DomainName, task: Task, why: String) -> Self {
        Self {
            servers: None,
            found: None,
            task,
            steps: Vec::new(),
            state: State::Unreached(Said {
                code: "no-answer".to_owned(),
                what: format!("the zone of {zone} could not be found: {why}"),
                remedy: "see that this machine can ask the DNS, or name a resolver with --resolver"
                    .to_owned(),
            }),
            judged: Vec::new(),
            zone,
        }
    }

    async fn look(&mut self, globals: &Globals) {
        let Some(found) = self.found.clone() else {
            return;
        };
        match self.holdings(&found, globals).await {
            Ok(held) => {
                self.steps = self.plan(&held);
                self.judged = vec![None; self.steps.len()];
                if !self.changes().iter().any(|change| change.is_needed()) {
                    self.state = State::Nothing;
                }
            }
            Err(fault) => {
                let said = said(&found, &fault);
                self.state = if fault.is_refusal() {
                    State::Refused(said)
                } else {
                    State::Unreached(said)
                };
            }
        }
    }

    fn plan(&self, held: &[(DomainName, Holding)]) -> Vec<Step> {
        let holding = |owner: &DomainName| {
            held.iter()
                .find(|(name, _)| name == owner)
                .map(|(_, holding)| holding.clone())
                .unwrap_or_default()
        };
        match &self.task {
            Task::Publish(wishes) => publish::steps(wishes, &self.zone, holding),
            Task::Undo { changes, .. } => changes
                .iter()
                .filter_map(|kept| undo::step(kept, holding))
                .collect(),
        }
    }

    pub fn changes(&self) -> Vec<&Change> {
        self.steps
            .iter()
            .filter_map(|step| match step {
                Step::Change(change) => Some(change),
                Step::Refused(_) => None,
            })
            .collect()
    }

    /// The owner names of the task, each once, with the types that are asked for there.
    fn owners(&self) -> Vec<(DomainName, Vec<RecordType>)> {
        let mut owners: Vec<(DomainName, Vec<RecordType>)> = Vec::new();
        let mut add = |owner: &DomainName, record_type: RecordType| {
            let types = match record_type {
                RecordType::Txt => vec![RecordType::Txt],
                RecordType::Mx => vec![RecordType::Mx, RecordType::Txt],
                _ => vec![RecordType::Txt, RecordType::Mx],
            };
            match owners.iter_mut().find(|(name, _)| name == owner) {
                Some((_, there)) => {
                    for record_type in types {
                        if !there.contains(&record_type) {
                            there.push(record_type);
                        }
                    }
                }
                None => owners.push((owner.clone(), types)),
            }
        };
        match &self.task {
            Task::Publish(wishes) => {
                for wish in wishes {
                    add(&wish.record.owner, wish.record.content.record_type());
                }
            }
            Task::Undo { changes, .. } => {
                for kept in changes {
                    if let Some((owner, record_type, ..)) = kept.read() {
                        add(&owner, record_type);
                    }
                }
            }
        }
        owners
    }

    async fn holdings(
        &self,
        found: &Found,
        globals: &Globals,
    ) -> Result<Vec<(DomainName, Holding)>, Fault> {
        let owners = self.owners();
        let asked = owners
            .iter()
            .map(|(owner, types)| self.holding(found, owner, types, globals));
        let held = join_all(asked).await.into_iter();
        let held: Result<Vec<Holding>, Fault> = held.collect();
        Ok(owners
            .into_iter()
            .map(|(owner, _)| owner)
            .zip(held?)
            .collect())
    }

    async fn holding(
        &self,
        found: &Found,
        owner: &DomainName,
        types: &[RecordType],
        globals: &Globals,
    ) -> Result<Holding, Fault> {
        let mut holding = Holding {
            rrsets: all(found, owner, types, globals).await?,
            wildcard: Vec::new(),
        };
        if holding.rrsets.is_empty() {
            return Ok(holding);
        }
        let mut here = owner.clone();
        for _ in 0..MOST_WILDCARDS {
            let Some(parent) = here.parent().filter(|_| here != self.zone) else {
                break;
            };
            if let Ok(wildcard) = parent.prefixed("*") {
                let wild = all(found, &wildcard, types, globals).await?;
                holding.wildcard.extend(wild);
            }
            here = parent;
        }
        Ok(holding)
    }

    /// Sends the changes, once.
    pub async fn send(&mut self, globals: &Globals) {
        let (Some(found), Some(update)) = (
            self.found.clone(),
            publish::update(&self.zone, &self.changes()),
        ) else {
            return;
        };
        let sent = found.primary.send(&update, server::seconds(globals)).await;
        self.state = match sent {
            Ok(()) => State::Done {
                by_second_look: false,
            },
            Err(fault) if fault.is_certain() => State::Refused(said(&found, &fault)),
            Err(fault) => self.resolved(&found, &fault, globals).await,
        };
    }

    /// What became of a change whose answer cannot be relied on: the server is asked what it has. Nothing is sent again.
    async fn resolved(&self, found: &Found, fault: &Fault, globals: &Globals) -> State {
        let first = said(found, fault);
        match self.holdings(found, globals).await {
            Ok(held) if self.has_all(&held) => State::Done {
                by_second_look: true,
            },
            Ok(_) => State::Unknown(Said {
                what: format!(
                    "{}; a second look shows that the change is not there, and it may still come",
                    first.what
                ),
                ..first
            }),
            Err(again) if again.is_refusal() && fault.is_refusal() => State::Refused(first),
            Err(_) => State::Unknown(Said {
                what: format!(
                    "{}, after the change was sent: whether it was made is not known",
                    first.what
                ),
                ..first
            }),
        }
    }

    fn has_all(&self, held: &[(DomainName, Holding)]) -> bool {
        self.changes().iter().all(|change| {
            let there: Vec<_> = held
                .iter()
                .filter(|(owner, _)| *owner == change.owner)
                .flat_map(|(_, holding)| &holding.rrsets)
                .flat_map(|rrset| &rrset.data)
                .collect();
            change.put.iter().all(|data| there.contains(&data))
                && !change.taken.iter().any(|data| there.contains(&data))
        })
    }
}

async fn all(
    found: &Found,
    owner: &DomainName,
    types: &[RecordType],
    globals: &Globals,
) -> Result<Vec<Rrset>, Fault> {
    let mut rrsets: Vec<Rrset> = Vec::new();
    for record_type in types {
        let now = server::seconds(globals);
        for rrset in found.primary.rrsets(owner, *record_type, now).await? {
            if !rrsets
                .iter()
                .any(|there| there.record_type == rrset.record_type)
            {
                rrsets.push(rrset);
            }
        }
    }
    Ok(rrsets)
}

fn said(found: &Found, fault: &Fault) -> Said {
    Said {
        code: fault.word(),
        what: format!("{} {fault}", server::called(found)),
        remedy: fault.remedy().to_owned(),
    }
}

/// What is kept of the changes of a zone before they go.
pub fn publication(job: &Job, at: Timestamp) -> Publication {
    Publication {
        at,
        zone: job.zone.to_string(),
        server: job.found.as_ref().map_or_else(String::new, server::called),
        outcome: Outcome::Unknown,
        changes: job
            .changes()
            .into_iter()
            .filter(|change| change.is_needed())
            .map(KeptChange::of)
            .collect(),
        others: serde_json::Map::new(),
    }
}

/// The line of the journal.
pub fn noted(what: &str, job: &Job) -> String {
    let ids: Vec<&str> = job
        .changes()
        .into_iter()
        .filter(|change| change.is_needed())
        .map(|change| change.id.as_str())
        .collect();
    format!(
        "{what} the zone {} by DNS UPDATE: {}",
        job.zone,
        ids.join(", ")
    )
}
