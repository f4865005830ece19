//! Asks name servers and resolvers; the only room with DNS sockets. It reports what was answered and judges nothing.
//!
//! `config` whom to ask · `exchange` one question over UDP and TCP · `https` the same over HTTPS · `message` an answer read into sightings ·
//! `wire` names, types and data in the library's form and ours · `trail` an answer along its aliases ·
//! `line` sockets that many questions share · `ask` aliases and resolvers · `cache` what many domains share, asked once · `pace` how many questions at a time ·
//! `round_trip` how soon a datagram counts as lost · `run` many questions and what they lead to · `zone` where a name lives ·
//! `look` the order in which a wanted record is looked for · `update` a change of a zone, only where it is asked for by name ·
//! `practice` the pretend DNS.

mod ask;
mod cache;
mod config;
mod exchange;
pub mod https;
mod line;
mod look;
mod message;
mod pace;
pub mod practice;
mod round_trip;
mod run;
mod trail;
pub mod update;
mod wire;
mod zone;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::AtomicUsize;

use futures_util::future::join_all;
use jiff::SignedDuration;

use crate::dns::cache::Cache;
use crate::dns::https::Choice;
use crate::dns::https::Https;
use crate::dns::https::HttpsError;
use crate::dns::line::Lines;
use crate::dns::pace::Pace;
use crate::records::sighting::Answer;
use crate::records::sighting::Ask;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;

pub use config::Config;
pub use config::ConfigError;
pub use config::scoped;
pub use run::Spent;
pub use zone::Zone;

/// What the bytes of one message of a resolver say about a question, as far as this message goes; None where it cannot be decoded. Aliases
/// that lead on are in the chain.
pub fn read(bytes: &[u8], question: &Question) -> Option<Answer> {
    let message = message::decode(bytes)?;
    let reading = message::read(
        &message,
        &question.owner,
        question.record_type,
        message::Side::Resolver,
    );
    Some(Answer {
        chain: reading.chain,
        outcome: match reading.end {
            message::End::Outcome(outcome) => outcome,
            message::End::Follow(_) => Outcome::NoData { ttl: None },
        },
    })
}

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
    /// The resolvers' connections, where they are asked over HTTPS.
    https: Option<Arc<Https>>,
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
            https: None,
        }
    }

    /// Asks resolvers over HTTPS and nobody else: nothing is sent to port 53, so that name servers of a zone are not asked. Blocks for
    /// up to five seconds for each server that is named by a name.
    pub fn over_https(choice: &Choice) -> Result<Self, HttpsError> {
        let https = Https::new(choice)?;
        let config = Config::of_resolvers(https.addresses());
        Ok(Self {
            https: Some(Arc::new(https)),
            ..Self::new(config)
        })
    }

    /// The client for many domains: what they share is asked once, and at most `sockets` are open at a time.
    #[must_use]
    pub fn for_many(self, sockets: usize) -> Self {
        // A question to a name server may take two, for UDP and TCP; one to a resolver shares a line and may take one for TCP.
        Self {
            pace: Arc::new(Pace::new(sockets / 2, sockets / 4)),
            cache: Some(Arc::new(Cache::default())),
            lines: Some(Arc::new(Lines::default())),
            ..self
        }
    }

    /// True where only resolvers are asked.
    pub fn asks_resolvers_only(&self) -> bool {
        self.https.is_some()
    }

    /// How far other clocks are ahead of this machine's, where that is more than five minutes and servers said it.
    pub fn clock_is_off(&self) -> Option<SignedDuration> {
        self.https.as_ref().and_then(|https| https.clock_is_off())
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
