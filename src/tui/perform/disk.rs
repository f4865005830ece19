//! The thread that reads and writes: one job after the other, so that a later save never loses to an earlier one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedSender;

use crate::catalog::signer::Signer;
use crate::export;
use crate::export::rows;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::plan::steps::dkim::rotation;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::file;
use crate::store::keys;
use crate::store::keys::KeptKey;
use crate::store::keys::KeyPair;
use crate::store::lock;
use crate::store::lock::Holder;
use crate::store::setup::Setup;
use crate::tui::message::Exported;
use crate::tui::message::Listing;
use crate::tui::message::Message;
use crate::tui::message::Opened;
use crate::tui::message::Saved;
use crate::tui::message::Trouble;
use crate::tui::perform::Clock;
use crate::tui::perform::handing;
use crate::tui::perform::trouble;

/// How often a setup that another nobounce has is tried again, and the time between: about a second.
const TRIES: usize = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Something for the disk to do.
pub enum Job {
    List,
    Open {
        domain: String,
    },
    Save {
        facts: Box<Facts>,
    },
    Close,
    Export {
        facts: Box<Facts>,
        /// The id of the format.
        format: &'static str,
    },
    /// A key pair was made, or not: it is kept, and only then told.
    KeepKey {
        domain: String,
        sender: String,
        selector: Selector,
        pair: Result<KeyPair, StoreError>,
    },
    /// The files for a signer, into the setup's folder.
    FilesForSigner {
        facts: Box<Facts>,
        sender: String,
        signer: Signer,
        selectors: Vec<String>,
    },
    /// A key that signs no more is put away, and only then told.
    RetireKey {
        domain: String,
        sender: String,
        key: MadeKey,
    },
    /// Another folder from now on.
    Use {
        store: Store,
        /// It is there after this run too.
        stays: bool,
    },
}

/// Works until nobody orders any more. Gives the trouble of the last save, where it failed.
pub fn work(
    store: Result<Store, StoreError>,
    jobs: &Receiver<Job>,
    messages: &UnboundedSender<Message>,
    clock: Clock,
) -> Option<Trouble> {
    let mut store = store;
    let mut open: Option<Setup> = None;
    let mut unsaved = None;
    let mut stays = true;
    while let Ok(job) = jobs.recv() {
        let answer = match job {
            Job::List => Some(Message::Listed(list(&store))),
            Job::Open { domain } => {
                open = None;
                let (setup, message) = self::open(&store, stays, &domain, clock);
                open = setup.or(open);
                Some(message)
            }
            Job::Save { facts } => match &mut open {
                Some(setup) if setup.domain().as_str() == facts.domain => {
                    let saved = setup.save(&facts).map_err(|error| trouble(&error));
                    unsaved = saved.clone().err();
                    Some(Message::Saved(saved))
                }
                _ => None,
            },
            Job::Close => {
                open = None;
                None
            }
            Job::Export { facts, format } => Some(Message::Exported(
                export(&store, &facts, format, clock).map_err(|error| trouble(&error)),
            )),
            Job::KeepKey {
                domain,
                sender,
                selector,
                pair,
            } => {
                let made = match &open {
                    Some(setup) if setup.domain().as_str() == domain => pair
                        .and_then(|pair| keep(setup, selector, &pair, clock))
                        .map(|kept| kept.entry(clock.now()))
                        .map_err(|error| trouble(&error)),
                    _ => Err(closed()),
                };
                Some(Message::KeyMade {
                    domain,
                    sender,
                    made,
                })
            }
            Job::FilesForSigner {
                facts,
                sender,
                signer,
                selectors,
            } => Some(Message::SignerFiles {
                folder: match &open {
                    Some(setup) if setup.domain().as_str() == facts.domain => {
                        handing::inside(setup, &facts, &sender, signer, &selectors)
                            .map_err(|error| trouble(&error))
                    }
                    _ => Err(closed()),
                },
                domain: facts.domain,
                sender,
                signer,
                selectors,
            }),
            Job::RetireKey {
                domain,
                sender,
                key,
            } => Some(Message::KeyRetired {
                retired: match &open {
                    Some(setup) if setup.domain().as_str() == domain => {
                        keys::retire(setup, &key).map_err(|error| trouble(&error))
                    }
                    _ => Err(closed()),
                },
                selector: key.selector,
                domain,
                sender,
            }),
            Job::Use {
                store: other,
                stays: other_stays,
            } => {
                open = None;
                store = Ok(other);
                stays = other_stays;
                None
            }
        };
        if let Some(answer) = answer {
            // Nobody listens only where the wizard is on its way out.
            let _ = messages.send(answer);
        }
    }
    unsaved
}

fn closed() -> Trouble {
    Trouble {
        reason: "the setup was closed meanwhile".to_owned(),
        remedy: "Open it again and try there.".to_owned(),
    }
}

/// Keeps a key pair. A key of that name that a killed run left behind is never written over: the new one gets the next free name.
fn keep(
    setup: &Setup,
    selector: Selector,
    pair: &KeyPair,
    clock: Clock,
) -> Result<KeptKey, StoreError> {
    match keys::keep(setup, &selector, pair) {
        Err(StoreError::SelectorTaken { .. }) => {
            let used = BTreeSet::from([selector.to_string()]);
            let free = keys::fresh_selector(setup.folder(), pair.algorithm(), clock.now(), &used)?;
            keys::keep(setup, &free, pair)
        }
        kept => kept,
    }
}

fn list(store: &Result<Store, StoreError>) -> Listing {
    let store = match store {
        Ok(store) => store,
        Err(error) => {
            return Listing {
                trouble: Some(trouble(error)),
                setups: Vec::new(),
            };
        }
    };
    let mut said = store.prepare().err().map(|error| trouble(&error));
    let setups = match store.list() {
        Ok(listed) => listed
            .into_iter()
            .map(|listed| Saved {
                domain: listed.domain.to_string(),
                facts: listed.facts.map(Box::new).map_err(|error| trouble(&error)),
            })
            .collect(),
        Err(error) => {
            said.get_or_insert(trouble(&error));
            Vec::new()
        }
    };
    Listing {
        trouble: said,
        setups,
    }
}

/// Opens a setup; where it cannot be held or written, it is shown as it is.
fn open(
    store: &Result<Store, StoreError>,
    stays: bool,
    domain: &str,
    clock: Clock,
) -> (Option<Setup>, Message) {
    let opened = |facts: Facts, look_only: Option<Trouble>| {
        let lost_keys = lost(store, &facts)
            .map(|key| key.selector.clone())
            .collect();
        let folder = folder(store, &facts).filter(|_| stays);
        Message::Opened(Box::new(Opened {
            facts,
            look_only,
            lost_keys,
            folder: folder.map(|folder| folder.display().to_string()),
        }))
    };
    let look_only = |facts: Facts, why: Trouble| opened(facts, Some(why));
    let refused = |trouble: Trouble| Message::NotOpened {
        domain: domain.to_owned(),
        trouble,
    };
    let store = match store {
        Ok(store) => store,
        Err(error) => return (None, look_only(Facts::new(domain), trouble(error))),
    };
    let Ok(name) = domain.parse::<DomainName>() else {
        return (
            None,
            refused(Trouble {
                reason: "this is not a domain".to_owned(),
                remedy: "Type a domain such as example.com.".to_owned(),
            }),
        );
    };
    match open_patiently(store, &name, clock) {
        Ok(setup) => {
            let facts = setup.facts();
            (Some(setup), opened(facts, None))
        }
        Err(
            error @ (StoreError::InUse { .. }
            | StoreError::FolderNotMade { .. }
            | StoreError::PlaceNotMade { .. }
            | StoreError::NotWritten { .. }
            | StoreError::CannotLock { .. }),
        ) => match store.look(&name) {
            Ok(facts) => (
                None,
                look_only(
                    facts.unwrap_or_else(|| Facts::new(name.as_str())),
                    match error {
                        StoreError::InUse { by, .. } => in_use(by.as_ref(), clock),
                        error => trouble(&error),
                    },
                ),
            ),
            Err(unread) => (None, refused(trouble(&unread))),
        },
        Err(error) => (None, refused(trouble(&error))),
    }
}

/// Opens a setup. Another nobounce that is on its way out is waited for.
fn open_patiently(store: &Store, name: &DomainName, clock: Clock) -> Result<Setup, StoreError> {
    for _ in 0..TRIES {
        match store.open(name, clock.now()) {
            Err(StoreError::InUse { .. }) => thread::sleep(BETWEEN_TRIES),
            opened => return opened,
        }
    }
    store.open(name, clock.now())
}

/// Who has the setup, in so few words that they fit into two lines.
fn in_use(by: Option<&Holder>, clock: Clock) -> Trouble {
    let who = by.map_or(String::new(), |holder| {
        let zone = TimeZone::system();
        let since = holder.since.to_zoned(zone.clone());
        let day = if since.date() == clock.now().to_zoned(zone).date() {
            String::new()
        } else {
            format!("{} ", since.date())
        };
        let place = if holder.host == lock::host() {
            String::new()
        } else {
            format!(" on {}", Untrusted::from(holder.host.as_str()).shown())
        };
        format!(
            " (process {}{place}, since {day}{})",
            holder.pid,
            since.strftime("%H:%M")
        )
    });
    Trouble {
        reason: format!("another nobounce has this setup open{who}"),
        remedy: "Close that one, then press r.".to_owned(),
    }
}

/// The folder of a setup.
fn folder(store: &Result<Store, StoreError>, facts: &Facts) -> Option<PathBuf> {
    let domain = facts.domain.parse::<DomainName>().ok()?;
    store.as_ref().ok()?.folder(&domain).ok()
}

/// The keys made here whose private half is not on disk as it was. One that was put away may be deleted.
fn lost<'a>(
    store: &Result<Store, StoreError>,
    facts: &'a Facts,
) -> impl Iterator<Item = &'a MadeKey> {
    let folder = folder(store, facts);
    rotation::kept(facts).filter(move |key| {
        folder
            .as_ref()
            .is_none_or(|folder| keys::check(folder, key).is_err())
    })
}

/// Writes the records into the setup's folder, in the form of that id. A key record without its private half is left out.
fn export(
    store: &Result<Store, StoreError>,
    facts: &Facts,
    format: &str,
    clock: Clock,
) -> Result<Exported, StoreError> {
    let lost: Vec<&str> = lost(store, facts).map(|key| key.record.as_str()).collect();
    let (Ok(store), Ok(domain), Some(format)) = (
        store,
        facts.domain.parse::<DomainName>(),
        export::format(format),
    ) else {
        return Err(StoreError::NoHome);
    };
    let path = store
        .folder(&domain)?
        .join(format!("{domain}.{}", format.ending));
    let now = clock.now().to_zoned(TimeZone::system());
    let (sheet, left_out) = rows::sheet(facts, domain, &lost, &now);
    file::replace(&path, (format.print)(&sheet).as_bytes())?;
    Ok(Exported {
        path: path.display().to_string(),
        left_out: left_out.iter().map(ToString::to_string).collect(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn clock() -> Clock {
        Clock::new(Some("2026-11-23T20:17:00.5Z".parse().unwrap()))
    }

    /// What is told where `shop.de` is opened in `root`.
    fn opened(root: &std::path::Path, stays: bool) -> Opened {
        let (orders, jobs) = std::sync::mpsc::channel();
        let (messages, mut told) = tokio::sync::mpsc::unbounded_channel();
        let store = Store::at(root.to_owned());
        orders.send(Job::Use { store, stays }).unwrap();
        let domain = "shop.de".to_owned();
        orders.send(Job::Open { domain }).unwrap();
        drop(orders);
        work(Err(StoreError::NoHome), &jobs, &messages, clock());
        match told.try_recv() {
            Ok(Message::Opened(opened)) => *opened,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn the_folder_of_a_setup_is_told_where_it_stays() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("shop.de").display().to_string();
        assert_eq!(opened(root.path(), true).folder, Some(folder));
        assert_eq!(opened(root.path(), false).folder, None);
    }

    #[test]
    fn s18_one_that_is_on_its_way_out_is_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let name = "shop.de".parse().unwrap();
        let held = Store::at(root.path().to_owned()).open(&name, clock().now());
        let leaving = thread::spawn(move || {
            thread::sleep(BETWEEN_TRIES * 2);
            drop(held.unwrap());
        });
        assert_eq!(opened(root.path(), true).look_only, None);
        leaving.join().unwrap();
    }

    #[test]
    fn s18_one_that_stays_is_named_in_two_lines() {
        let root = tempfile::tempdir().unwrap();
        let name = "shop.de".parse().unwrap();
        let _held = Store::at(root.path().to_owned()).open(&name, clock().now());
        let trouble = opened(root.path(), true).look_only.unwrap();
        let since = clock().now().to_zoned(TimeZone::system());
        assert_eq!(
            trouble.reason,
            format!(
                "another nobounce has this setup open (process {}, since {})",
                std::process::id(),
                since.strftime("%H:%M")
            )
        );
        assert_eq!(trouble.remedy, "Close that one, then press r.");
    }
}
