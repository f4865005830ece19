//! The pretend DNS of `nobounce practice`: two name servers and a resolver on loopback, and a pretend panel that writes to them.
//!
//! `story` the pretend world as read from its asset · `panel` what a panel makes of what is typed ·
//! `pretend` who knows what at which time · `serve` the sockets.

mod panel;
mod pretend;
mod serve;
mod story;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use crate::dns::Config;
use crate::dns::practice::pretend::Host;
use crate::dns::practice::pretend::World;
use crate::dns::practice::serve::Served;
use crate::records::name::DomainName;

pub use panel::Behavior;
pub use panel::PanelEntry;
pub use panel::PanelRow;
pub use panel::PanelSaved;
pub use story::ConsoleValue;
pub use story::Story;
pub use story::StoryError;

/// Loopback answers at once; a longer wait would only hide a fault.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Entries that the pretend panel holds.
const MOST_ENTRIES: usize = 200;

/// How long the pretend world takes to notice a change. The first name server has it at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// Until the second name server has it.
    pub second: Duration,
    /// Until the resolver has it.
    pub resolver: Duration,
    /// How long the resolver remembers a "no" that it gave.
    pub negative: Duration,
}

/// The pretend DNS, running. Ends when it is dropped.
pub struct Practice {
    world: Arc<Mutex<World>>,
    first: Served,
    second: Served,
    resolver: Served,
    pinned: BTreeMap<DomainName, SocketAddr>,
}

impl Delays {
    /// Everything reaches everybody at once, and no "no" is remembered.
    pub const NONE: Self = Self {
        second: Duration::ZERO,
        resolver: Duration::ZERO,
        negative: Duration::ZERO,
    };
}

impl Default for Delays {
    /// Long enough to be seen waiting for, short enough to be waited for.
    fn default() -> Self {
        Self {
            second: Duration::from_secs(4),
            resolver: Duration::from_secs(8),
            negative: Duration::from_secs(60),
        }
    }
}

impl Practice {
    /// Starts the servers on free ports of 127.0.0.1. Needs a tokio runtime.
    pub async fn start(story: &Story, delays: Delays) -> io::Result<Self> {
        let world = Arc::new(Mutex::new(World::new(story, delays)));
        let first = Served::start(Host::First, world.clone()).await?;
        let second = Served::start(Host::Second, world.clone()).await?;
        let resolver = Served::start(Host::Resolver, world.clone()).await?;
        let pinned = story
            .servers()
            .iter()
            .cloned()
            .zip([first.address, second.address])
            .collect();
        Ok(Self {
            world,
            first,
            second,
            resolver,
            pinned,
        })
    }

    /// What a client of this pretend DNS is given.
    pub fn config(&self) -> Config {
        Config {
            resolvers: vec![self.resolver.address],
            authoritative_port: self.first.address.port(),
            pinned: self.pinned.clone(),
            timeout: TIMEOUT,
        }
    }

    /// What the panel lists, newest last; the host's own NS and SOA records are not shown.
    pub fn entries(&self) -> Vec<PanelRow> {
        let world = self.world();
        world
            .newest()
            .rows
            .iter()
            .map(|row| row.listed(world.apex()))
            .collect()
    }

    /// Adds an entry the way a panel does: beside what is there. Err: why the panel refuses, in its words.
    pub fn panel(&self, entry: PanelEntry) -> Result<PanelSaved, String> {
        let mut world = self.world();
        let row = panel::accept(&entry, world.apex(), &world.newest().rows)?;
        if world.newest().rows.len() >= MOST_ENTRIES {
            return Err(format!(
                "This panel holds {MOST_ENTRIES} records. Remove one first."
            ));
        }
        let saved = row.saved(None);
        let mut rows = world.newest().rows.clone();
        rows.push(row);
        world.save(rows, Instant::now());
        Ok(saved)
    }

    /// Replaces the entry at `index` of [`Practice::entries`].
    pub fn edit(&self, index: usize, entry: PanelEntry) -> Result<PanelSaved, String> {
        let mut world = self.world();
        let mut rows = world.newest().rows.clone();
        if index >= rows.len() {
            return Err(gone());
        }
        let before = rows.remove(index);
        let row = panel::accept(&entry, world.apex(), &rows)?;
        let saved = row.saved(Some(before.value));
        rows.insert(index, row);
        world.save(rows, Instant::now());
        Ok(saved)
    }

    /// Removes the entry at `index` of [`Practice::entries`].
    pub fn remove(&self, index: usize) -> Result<PanelRow, String> {
        let mut world = self.world();
        let mut rows = world.newest().rows.clone();
        if index >= rows.len() {
            return Err(gone());
        }
        let before = rows.remove(index).listed(world.apex());
        world.save(rows, Instant::now());
        Ok(before)
    }

    /// Lets time pass: everything that was saved is known to everybody, and no "no" is remembered.
    pub fn skip(&self) {
        self.world().skip();
    }

    /// How long until everybody has what was saved last; None where they have it.
    pub fn settles_in(&self) -> Option<Duration> {
        self.world().settles_in(Instant::now())
    }

    /// Questions that the pretend servers have heard: the name servers together, and the resolver.
    pub fn heard(&self) -> (u64, u64) {
        let of = |served: &Served| served.heard.load(std::sync::atomic::Ordering::Relaxed);
        (of(&self.first) + of(&self.second), of(&self.resolver))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> String {
    "That record is no longer in the list. Look at the list again.".to_owned()
}
