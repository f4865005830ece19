//! Asks name servers and resolvers; the only room with DNS sockets. It reports what was answered and judges nothing.

pub mod practice;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::records::name::DomainName;
use crate::records::record::Record;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;

/// Whom to ask and how long to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub resolvers: Vec<SocketAddr>,
    /// Port of authoritative servers: 53 but for labs.
    pub authoritative_port: u16,
    /// Name servers whose address is known beforehand (practice).
    pub pinned: BTreeMap<DomainName, SocketAddr>,
    /// Longest wait for one question, all tries together.
    pub timeout: Duration,
}

/// Why no resolver is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("this machine's list of resolvers could not be read: {0}")]
    NoSystemResolvers(String),
}

/// What a run of questions took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub queries: u64,
    /// Longest chain of look-ups that had to wait for one another.
    pub rounds: u32,
    pub elapsed: Duration,
}

/// The zone that holds a name, with its servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub apex: DomainName,
    pub servers: Vec<Server>,
}

/// Asks. Cheap to clone; clones share sockets and pacing.
#[derive(Clone, Debug)]
pub struct Client {
    pub config: Config,
}

impl Client {
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// Asks one server one question: UDP, then TCP where the answer was truncated.
    pub async fn ask(&self, _server: &Server, _question: &Question) -> Sighting {
        todo!()
    }

    /// Asks as `ask` says; several sightings where several servers are asked.
    pub async fn put(&self, _ask: &Ask) -> Vec<Sighting> {
        todo!()
    }

    /// Asks `first`, hands each sighting to `on` as it comes in, and asks what `on` wants next, until nothing is left.
    pub async fn run(&self, _first: Vec<Ask>, _on: impl FnMut(Sighting) -> Vec<Ask>) -> Spent {
        todo!()
    }

    /// Finds the zone that holds `name` and the addresses of its servers. Err: the sighting that stopped the search.
    pub async fn zone_of(&self, _name: &DomainName) -> Result<Zone, Sighting> {
        todo!()
    }

    /// Looks for a wanted record: all authoritative servers; the resolvers only when every server that answered has it as wanted
    /// (asking them too early would plant a "no"); the places of usual mistakes where it is not there.
    pub async fn look(&self, _record: &Record, _zone: &Zone) -> Vec<Sighting> {
        todo!()
    }
}
