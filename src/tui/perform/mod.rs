//! Carries commands out: DNS on the runtime, the disk on a thread of its own, keys on another. Answers go back as messages.
//!
//! `clipboard` the programs that fill one · `disk` the thread that reads and writes · `net` what is asked of the DNS · `pretend` the world of practice.

mod clipboard;
mod disk;
pub mod handing;
mod net;
mod pretend;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use crate::catalog;
use crate::dns::Client;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::tui::clipboard::Handed;
use crate::tui::command::Command;
use crate::tui::message::Message;
use crate::tui::message::Trouble;
use crate::tui::perform::disk::Job;
use crate::tui::perform::net::Net;
use crate::tui::perform::pretend::Stage;

/// Where things are kept and whom to ask.
#[derive(Clone, Debug)]
pub struct World {
    /// In the order given; empty: the system's resolvers and the public ones.
    pub resolvers: Vec<SocketAddr>,
    /// Asks resolvers over HTTPS; None: port 53 is used.
    pub over_https: Option<Client>,
    pub authoritative_port: u16,
    /// None: the usual wait for one answer.
    pub timeout: Option<Duration>,
    /// None: the usual folder of this user.
    pub data_dir: Option<PathBuf>,
    /// A practice is kept in the folder `practice` of `data_dir`, where one is named; else in one that goes away.
    pub keeps_practice: bool,
    pub clock: Clock,
}

/// What time it is: the real one, or one that was set and goes on from there.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    set: Option<(Timestamp, Instant)>,
}

impl Clock {
    pub fn new(set: Option<Timestamp>) -> Self {
        Self {
            set: set.map(|time| (time, Instant::now())),
        }
    }

    pub fn now(&self) -> Timestamp {
        match self.set {
            Some((time, since)) => time.checked_add(since.elapsed()).unwrap_or(time),
            None => Timestamp::now(),
        }
    }
}

/// Carries commands out.
pub struct Performer {
    world: World,
    handle: Handle,
    messages: UnboundedSender<Message>,
    jobs: mpsc::Sender<Job>,
    disk: Option<JoinHandle<Option<Trouble>>>,
    net: Net,
    stage: Stage,
    /// The thread that hands texts to programs; none before the first.
    clipboard: Option<mpsc::Sender<clipboard::Job>>,
    /// Held so that the folder of a practice without `--data-dir` goes away at the end.
    temporary: Option<tempfile::TempDir>,
}

impl Performer {
    pub fn new(world: World, handle: Handle, messages: UnboundedSender<Message>) -> Self {
        let (jobs, queue) = mpsc::channel();
        let store = Store::locate(world.data_dir.as_deref());
        let back = messages.clone();
        let clock = world.clock;
        let disk = thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || disk::work(store, &queue, &back, clock))
            .ok();
        // The catalog is read where it holds nobody up; a thread that cannot be had only makes it later.
        let _ = thread::Builder::new().name("catalog".to_owned()).spawn(|| {
            catalog::mailbox_providers();
            catalog::senders();
            catalog::dns_hosts();
        });
        Self {
            net: Net::new(&world),
            stage: Stage::default(),
            clipboard: None,
            world,
            handle,
            messages,
            jobs,
            disk,
            temporary: None,
        }
    }

    pub fn clock(&self) -> Clock {
        self.world.clock
    }

    /// Carries one command out. Those that concern the terminal are `run`'s.
    pub fn perform(&mut self, command: Command) {
        match command {
            Command::List => self.job(Job::List),
            Command::Open { domain } => self.job(Job::Open { domain }),
            Command::Save { facts } => self.job(Job::Save { facts }),
            Command::Close => self.job(Job::Close),
            Command::Export { facts, format } => self.job(Job::Export { facts, format }),
            Command::FilesForSigner {
                facts,
                sender,
                signer,
                selectors,
            } => self.job(Job::FilesForSigner {
                facts,
                sender,
                signer,
                selectors,
            }),
            Command::RetireKey {
                domain,
                sender,
                key,
            } => self.job(Job::RetireKey {
                domain,
                sender,
                key,
            }),
            Command::MakeKey {
                domain,
                sender,
                selector,
                algorithm,
            } => {
                let jobs = self.jobs.clone();
                // On a thread of its own: the runtime would wait for it at the end, and nobody waits for a prime.
                let started = thread::Builder::new()
                    .name("key".to_owned())
                    .spawn(move || {
                        let pair = keys::generate(algorithm);
                        let _ = jobs.send(Job::KeepKey {
                            domain,
                            sender,
                            selector,
                            pair,
                        });
                    });
                if let Err(error) = started {
                    self.say(Message::Saved(Err(Trouble {
                        reason: format!("no key can be made now ({error})"),
                        remedy: "Close other programs and try again.".to_owned(),
                    })));
                }
            }
            Command::Survey {
                ticket,
                domain,
                selectors,
            } => {
                let survey = self
                    .net
                    .survey(ticket, domain, selectors, self.messages.clone());
                self.handle.spawn(survey);
            }
            Command::OverHttps => self.net.turn_to_https(self.world.timeout),
            Command::Look { ticket, record } => {
                let look = self.net.look(ticket, *record, self.messages.clone());
                self.handle.spawn(look);
            }
            Command::Ask { ticket, question } => {
                let ask = self.net.ask(ticket, question, self.messages.clone());
                self.handle.spawn(ask);
            }
            Command::Practice { fast } => self.practice(fast),
            Command::ReadPanel => self.stage.tell(&self.messages),
            Command::PanelSave { at, entry, cut } => {
                self.stage.save(at, &entry, cut, &self.messages);
            }
            Command::PanelRemove { at } => self.stage.remove(at, &self.messages),
            Command::PanelRestore { entries } => self.stage.restore(&entries),
            Command::SkipWait => self.stage.skip(),
            Command::HandOver {
                ticket,
                programs,
                text,
            } => self.hand_over(clipboard::Job {
                ticket,
                programs,
                text,
            }),
            Command::Copy(_)
            | Command::ShowBare(_)
            | Command::Return
            | Command::Suspend
            | Command::Quit => {}
        }
    }

    /// Lets the disk finish what was ordered. Gives the trouble of the last save, where it failed.
    pub fn finish(mut self) -> Option<Trouble> {
        drop(self.jobs);
        let trouble = self.disk.take().and_then(|disk| disk.join().ok()).flatten();
        drop(self.temporary);
        trouble
    }

    fn hand_over(&mut self, job: clipboard::Job) {
        if self.clipboard.is_none() {
            self.clipboard = clipboard::start(self.messages.clone());
        }
        let ticket = job.ticket;
        let taken = self
            .clipboard
            .as_ref()
            .is_some_and(|jobs| jobs.send(job).is_ok());
        if !taken {
            // Without a thread for it, the terminal is what is left.
            self.say(Message::Handed {
                ticket,
                handed: Handed::default(),
            });
        }
    }

    fn job(&self, job: Job) {
        // The disk thread ends only with this sender.
        let _ = self.jobs.send(job);
    }

    fn say(&self, message: Message) {
        // Nobody listens only where the wizard is on its way out.
        let _ = self.messages.send(message);
    }

    /// Starts practice. Begun from the start screen it never mixes with the real setups.
    fn practice(&mut self, fast: bool) {
        let kept = self
            .world
            .data_dir
            .as_ref()
            .filter(|_| self.world.keeps_practice);
        // Never beside the real setups: a pretend domain must not be opened on the real DNS.
        if let Some(folder) = kept {
            let store = Store::at(folder.join("practice"));
            self.job(Job::Use { store, stays: true });
        } else {
            match tempfile::Builder::new()
                .prefix("nobounce-practice-")
                .tempdir()
            {
                Ok(folder) => {
                    self.job(Job::Use {
                        store: Store::at(folder.path().to_owned()),
                        stays: false,
                    });
                    self.temporary = Some(folder);
                }
                Err(error) => {
                    self.say(Message::Practicing(Err(Trouble {
                        reason: format!("no folder can be made for it ({error})"),
                        remedy: "Name one with --data-dir DIR.".to_owned(),
                    })));
                    return;
                }
            }
        }
        let start = self
            .stage
            .start(fast, self.net.clone(), self.messages.clone());
        self.handle.spawn(start);
    }
}

/// What a person is told of an error of the store. The remedy stands behind a full stop.
fn trouble(error: &StoreError) -> Trouble {
    let remedy = error.remedy();
    let mut letters = remedy.chars();
    let first = letters.next().map(char::to_uppercase);
    Trouble {
        reason: error.to_string(),
        remedy: first
            .into_iter()
            .flatten()
            .chain(letters)
            .chain((!remedy.ends_with('.')).then_some('.'))
            .collect(),
    }
}
