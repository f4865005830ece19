//! `nobounce publish`: puts the wanted records into the DNS by DNS UPDATE (RFC 2136), where it is asked for by this name. The difference is
//! shown first, the change rests on it, it is read back, and it can be taken back.

mod back;
mod document;
mod ending;
mod job;
mod key_file;
mod page;
mod server;
mod tasks;

use std::io;
use std::io::IsTerminal;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::runtime::Builder;

use crate::cli::Exit;
use crate::cli::client;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::printer;
use crate::cli::publish::job::Job;
use crate::cli::publish::job::Judged;
use crate::cli::publish::job::State;
use crate::cli::publish::job::Task;
use crate::cli::publish::server::Named;
use crate::dns::Client;
use crate::dns::Zone;
use crate::dns::update::key::Key;
use crate::plan;
use crate::plan::facts::Facts;
use crate::plan::publish;
use crate::plan::publish::Step;
use crate::plan::publish::kept::Outcome;
use crate::plan::seen;
use crate::plan::wanted;
use crate::records::name::DomainName;
use crate::store::setup::Setup;

/// Seconds for which the name servers of the zone are watched after a change, unless said.
const WATCHED: u16 = 10;

/// Put the wanted records into the DNS by DNS UPDATE (RFC 2136), for name servers of your own
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain of the setup
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// File with the key that the name server shares with you (TSIG), as `tsig-keygen` prints it, or one line hmac-sha256:name:secret
    #[arg(long, value_name = "FILE")]
    tsig_key: PathBuf,

    /// The server that takes the changes, instead of the primary that the zone names
    #[arg(long, value_name = "HOST[:PORT]", value_parser = server::named)]
    server: Option<Named>,

    /// Only these records, by the words of the difference: spf, dmarc, dkim-SELECTOR (may be repeated)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,

    /// Change without asking
    #[arg(short, long)]
    yes: bool,

    /// Show the difference and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,

    /// Take the newest change back
    #[arg(long)]
    undo: bool,

    /// Watch the name servers for this long after a change
    #[arg(long, value_name = "SECONDS", default_value_t = WATCHED, value_parser = clap::value_parser!(u16).range(0..=600))]
    wait: u16,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match publish_all(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// What one run works with.
struct Run<'a> {
    arguments: &'a Arguments,
    globals: &'a Globals,
    domain: DomainName,
    key: Key,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

fn publish_all(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    if globals.over_https.is_some() {
        return Err(printer::complain(
            Exit::Usage,
            "publish talks to name servers on port 53, and --doh keeps away from them",
            "leave --doh away, or publish in another way with `nobounce records`",
        ));
    }
    let domain = domain::saved(&arguments.domain, globals)?;
    let store = kept::store(globals)?;
    let mut facts = kept::facts(&store, &domain)?;
    let key = key_file::read(&arguments.tsig_key)?;
    // Whoever only looks holds nothing.
    let mut setup = match arguments.dry_run {
        true => None,
        false => Some(
            store
                .open(&domain, globals.clock())
                .map_err(|error| kept::complain(&error))?,
        ),
    };
    if let Some(setup) = &setup {
        facts = setup.facts();
    }
    let folder = store
        .folder(&domain)
        .map_err(|error| kept::complain(&error))?;
    let (tasks, end) = match arguments.undo {
        true => (tasks::undo_tasks(&facts, arguments)?, Exit::Well),
        false => tasks::publish_tasks(&facts, &domain, &folder, arguments, globals)?,
    };
    if tasks.is_empty() {
        let what = match arguments.undo {
            true => format!("nothing was published for {domain} that could be taken back"),
            false => format!(
                "the setup of {domain} has no record to publish yet; go on with `nobounce {domain}`"
            ),
        };
        printer::remark(globals.quiet, &what);
        if globals.json {
            let document =
                document::document(domain.as_str(), arguments.undo, arguments.dry_run, &[]);
            printer::json(&document)?;
        }
        return Ok(end);
    }
    let run = Run {
        arguments,
        globals,
        client: client::client(globals)?,
        runtime: client::runtime(&mut Builder::new_current_thread())?,
        domain,
        key,
    };
    let mut jobs = run.scout(tasks);
    let shown = run.ask(&jobs);
    if let Ok(Consent::Given) = shown {
        if let Some(setup) = &mut setup {
            run.send(&mut jobs, setup, &mut facts)?;
        }
        run.read_back(&mut jobs, setup.as_mut(), &mut facts)?;
    }
    let asked = shown?;
    if globals.json {
        printer::json(&document::document(
            run.domain.as_str(),
            arguments.undo,
            arguments.dry_run,
            &jobs,
        ))?;
    } else if let Consent::Given = asked {
        printer::result(&page::outcome(&jobs))?;
    }
    let exits = jobs.iter().map(ending::told).chain([end]);
    Ok(match asked {
        Consent::Given | Consent::NotAsked => ending::worst(exits),
        Consent::Refused => Exit::Wrong,
        Consent::NoTerminal => Exit::Usage,
    })
}

/// Whether the difference may be made true.
enum Consent {
    Given,
    /// Nothing is to be changed in this run.
    NotAsked,
    Refused,
    NoTerminal,
}

impl Run<'_> {
    /// Looks at each zone, in the order of its first record.
    fn scout(&self, tasks: Vec<(DomainName, Task)>) -> Vec<Job> {
        self.runtime.block_on(async {
            let located = join_all(tasks.into_iter().map(|(owner, task)| async move {
                (self.client.zone_of(&owner).await, owner, task)
            }));
            let mut zones: Vec<(Zone, Task)> = Vec::new();
            let mut jobs = Vec::new();
            for (zone, owner, task) in located.await {
                match zone {
                    Ok(zone) => tasks::join(&mut zones, zone, task),
                    Err(sighting) => {
                        let why = sighting
                            .answer
                            .trouble_in_words()
                            .unwrap_or_else(|| "there is no such domain".to_owned());
                        let why = format!("{}: {why}", sighting.server);
                        jobs.push(Job::lost(owner, task, why));
                    }
                }
            }
            let scouted = zones.into_iter().map(|(zone, task)| {
                let named = self.arguments.server.as_ref();
                Job::scouted(zone, task, &self.client, named, &self.key, self.globals)
            });
            let mut all = join_all(scouted).await;
            all.extend(jobs);
            all
        })
    }

    /// Shows the difference, and asks.
    fn ask(&self, jobs: &[Job]) -> Result<Consent, Exit> {
        if !self.globals.json {
            printer::result(&page::difference(jobs))?;
        }
        for job in jobs {
            complain(job);
        }
        let count: usize = jobs
            .iter()
            .filter(|job| job.state == State::Planned)
            .flat_map(Job::changes)
            .filter(|change| change.is_needed())
            .count();
        if self.arguments.dry_run {
            return Ok(Consent::NotAsked);
        }
        if count == 0 || self.arguments.yes {
            return Ok(Consent::Given);
        }
        if !io::stdin().is_terminal() {
            printer::complain(
                Exit::Usage,
                "nothing was changed: there is no terminal to ask on",
                "read the difference, then run the command again with --yes",
            );
            return Ok(Consent::NoTerminal);
        }
        let records = if count == 1 {
            "this record".to_owned()
        } else {
            format!("these {count} records")
        };
        if agrees(&format!("Change {records} in the DNS now? [y/N] ")) {
            return Ok(Consent::Given);
        }
        printer::remark(false, "nothing was changed");
        Ok(Consent::Refused)
    }

    /// Sends the changes zone by zone. What goes is on disk before it goes.
    fn send(&self, jobs: &mut [Job], setup: &mut Setup, facts: &mut Facts) -> Result<(), Exit> {
        let at = {
            let now = seen::note_clock(facts, self.globals.clock());
            publish::kept::fresh(facts, now)
        };
        for job in jobs.iter() {
            // What is back already, or never came about, is not asked about again.
            if let (Task::Undo { began, .. }, State::Nothing) = (&job.task, &job.state)
                && !job
                    .steps
                    .iter()
                    .any(|step| matches!(step, Step::Refused(_)))
            {
                let zone = job.zone.as_str();
                publish::kept::end(facts, *began, zone, Some(Outcome::Undone));
            }
        }
        for job in jobs.iter_mut().filter(|job| job.state == State::Planned) {
            if !job.changes().iter().any(|change| change.is_needed()) {
                continue;
            }
            let zone = job.zone.to_string();
            if let Task::Publish(_) = job.task {
                publish::kept::begin(facts, job::publication(job, at));
                save(setup, facts)?;
            }
            self.runtime.block_on(job.send(self.globals));
            match (&job.task, &job.state) {
                (Task::Publish(_), State::Done { .. }) => {
                    publish::kept::end(facts, at, &zone, Some(Outcome::Done));
                    seen::note(facts, at, job::noted("published in", job));
                }
                (Task::Publish(_), State::Refused(_) | State::Unreached(_)) => {
                    publish::kept::end(facts, at, &zone, None);
                }
                (Task::Undo { began, .. }, State::Done { .. }) => {
                    let began = *began;
                    publish::kept::end(facts, began, &zone, Some(Outcome::Undone));
                    seen::note(facts, at, job::noted("taken back in", job));
                }
                _ => {}
            }
            // What the server did has to be said, even where it cannot be kept.
            if let Err(exit) = save(setup, facts) {
                let _ = printer::result(&page::outcome(std::slice::from_ref(job)));
                return Err(exit);
            }
            complain(job);
        }
        Ok(())
    }

    fn read_back(
        &self,
        jobs: &mut [Job],
        setup: Option<&mut Setup>,
        facts: &mut Facts,
    ) -> Result<(), Exit> {
        let longest = Duration::from_secs(self.arguments.wait.into());
        self.runtime.block_on(async {
            join_all(
                jobs.iter_mut()
                    .map(|job| back::read_back(job, &self.client, longest)),
            )
            .await;
        });
        for job in jobs.iter() {
            let Task::Publish(wishes) = &job.task else {
                continue;
            };
            for (step, judged) in job.steps.iter().zip(&job.judged) {
                let (Step::Change(change), Some(Judged::Verdict(judgement))) = (step, judged)
                else {
                    continue;
                };
                for wish in wishes.iter().filter(|wish| wish.id == change.id) {
                    let key = wanted::key(&wish.record);
                    plan::looked(facts, &key, judgement, self.globals.clock());
                }
            }
        }
        match setup {
            Some(setup) => save(setup, facts),
            None => Ok(()),
        }
    }
}

fn save(setup: &mut Setup, facts: &Facts) -> Result<(), Exit> {
    setup.save(facts).map_err(|error| kept::complain(&error))
}

/// Says what is wrong with a zone, where something is.
fn complain(job: &Job) {
    if let State::Refused(said) | State::Unreached(said) | State::Unknown(said) = &job.state {
        printer::complain(
            Exit::Wrong,
            &format!("{}: {}", job.zone, said.what),
            &said.remedy,
        );
    }
}

/// Asks on the terminal. Anything but a yes is a no.
fn agrees(question: &str) -> bool {
    let mut error = io::stderr().lock();
    let asked = error
        .write_all(question.as_bytes())
        .and_then(|()| error.flush());
    let mut answer = String::new();
    asked.is_ok()
        && io::stdin().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
