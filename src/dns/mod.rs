//! Asks name servers and resolvers; the only room with DNS sockets. It reports what was answered and judges nothing.
//!
//! `config` whom to ask · `exchange` one question over UDP and TCP · `message` an answer read into sightings ·
//! `line` sockets that many questions share · `ask` aliases and resolvers · `cache` what many domains share, asked once · `pace` how many questions at a time ·
//! `run` many questions and what they lead to · `zone` where a name lives ·
//! `look` the order in which a wanted record is looked for · `practice` the pretend DNS.

mod ask;
mod cache;
mod config;
mod exchange;
mod line;
mod look;
mod message;
mod pace;
pub mod practice;
mod run;
mod zone;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::AtomicUsize;

use futures_util::future::join_all;

use crate::dns::cache::Cache;
use crate::dns::line::Lines;
use crate::dns::pace::Pace;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;

pub use config::Config;
pub use config::ConfigError;
pub use run::Spent;
pub use zone::Zone;

/// Asks. Cheap to clone; clones share the pacing and the memory of which resolver answers.
#[derive(Clone, Debug)]
pub struct Client {
    pub config: Config,
    pace: Arc<Pace>,
    /// Answers that many domains share; None where each look has to see the world as it is now.
    cache: Option<Arc<Cache>>,
    /// Sockets to resolvers that many questions share.
    lines: Option<Arc<Lines>>,
    /// Datagrams and TCP queries sent.
    sent: Arc<AtomicU64>,
    /// Index of the resolver that is asked first: moved on when the one before stays silent.
    preferred: Arc<AtomicUsize>,
}

impl Client {
    pub fn new(config: Config) -> Self {
        Self {
            config,
            pace: Arc::new(Pace::default()),
            cache: None,
            lines: None,
            sent: Arc::new(AtomicU64::new(0)),
            preferred: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// A client for many domains: what they share is asked once, and at most `sockets` are open at a time.
    pub fn for_many(config: Config, sockets: usize) -> Self {
        // A question to a name server may take two, for UDP and TCP; one to a resolver shares a line and may take one for TCP.
        Self {
            pace: Arc::new(Pace::new(sockets / 2, sockets / 4)),
            cache: Some(Arc::new(Cache::default())),
            lines: Some(Arc::new(Lines::default())),
            ..Self::new(config)
        }
    }

    /// Asks one server one question: UDP, then TCP where the answer was truncated.
    pub async fn ask(&self, server: &Server, question: &Question) -> Sighting {
        self.ask_server(server, question).await.sighting
    }

    /// Asks as `ask` says; several sightings where several servers are asked.
    pub async fn put(&self, ask: &Ask) -> Vec<Sighting> {
        let jobs = self.jobs(ask);
        let asked = join_all(jobs.iter().map(|job| self.perform(job))).await;
        asked.into_iter().map(|asked| asked.sighting).collect()
    }
}
