//! Many questions at once, and the questions that their answers lead to.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::task::yield_now;

use crate::dns::Client;
use crate::dns::ask::Asked;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Whom;

/// Questions of one run, whatever its answers lead to: a stop for a zone that leads on without end.
const MOST_JOBS: usize = 4000;

/// Questions of one run under way at a time: the second round of a domain, guessed selectors included, goes out at once.
const IN_FLIGHT: usize = 160;

/// What a run of questions took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Datagrams and TCP queries sent.
    pub queries: u64,
    /// Longest chain of look-ups that had to wait for one another.
    pub rounds: u32,
    pub elapsed: Duration,
}

/// One question that gives one sighting.
#[derive(Clone, Debug)]
pub(super) enum Job {
    Any(Question),
    One(Server, Question),
}

impl Client {
    /// Asks `first`, hands each sighting to `on` as it comes in, and asks what `on` wants next, until nothing is left.
    pub async fn run(&self, first: Vec<Ask>, mut on: impl FnMut(Sighting) -> Vec<Ask>) -> Spent {
        self.run_together(first, |sightings| {
            sightings.into_iter().flat_map(&mut on).collect()
        })
        .await
    }

    /// As [`Client::run`], with the sightings that came in since the last time handed over together.
    pub async fn run_together(
        &self,
        first: Vec<Ask>,
        mut on: impl FnMut(Vec<Sighting>) -> Vec<Ask>,
    ) -> Spent {
        let started = Instant::now();
        let counting = Self {
            sent: Arc::new(AtomicU64::new(0)),
            ..self.clone()
        };
        let mut waiting: VecDeque<(Job, u32)> = VecDeque::new();
        let mut running = FuturesUnordered::new();
        let mut taken = 0;
        let mut rounds = 0;
        let mut accept = |waiting: &mut VecDeque<(Job, u32)>, asks: &[Ask], depth: u32| {
            for job in asks.iter().flat_map(|ask| self.jobs(ask)) {
                if taken < MOST_JOBS {
                    taken += 1;
                    waiting.push_back((job, depth));
                }
            }
        };
        accept(&mut waiting, &first, 0);
        loop {
            while running.len() < IN_FLIGHT {
                let Some((job, depth)) = waiting.pop_front() else {
                    break;
                };
                let counting = &counting;
                running.push(async move { (counting.perform(&job).await, depth) });
            }
            let Some(done) = running.next().await else {
                // Nothing is under way: what was put off until now comes up, or it is the end.
                accept(&mut waiting, &on(Vec::new()), rounds);
                if waiting.is_empty() {
                    break;
                }
                continue;
            };
            let mut together = vec![done];
            // Answers of one round come close together: those that are on the way to this task are waited for.
            yield_now().await;
            while let Some(Some(done)) = running.next().now_or_never() {
                together.push(done);
            }
            // Answers of one depth together, so that what they lead to is one deeper.
            let mut by_depth: BTreeMap<u32, Vec<Sighting>> = BTreeMap::new();
            for (asked, depth) in together {
                let reached = by_depth.entry(depth + asked.rounds).or_default();
                reached.push(asked.sighting);
            }
            for (reached, sightings) in by_depth {
                rounds = rounds.max(reached);
                accept(&mut waiting, &on(sightings), reached);
            }
        }
        let queries = counting.sent.load(Ordering::Relaxed);
        self.sent.fetch_add(queries, Ordering::Relaxed);
        Spent {
            queries,
            rounds,
            elapsed: started.elapsed(),
        }
    }

    /// The single questions that an ask stands for.
    pub(super) fn jobs(&self, ask: &Ask) -> Vec<Job> {
        let question = &ask.question;
        match &ask.whom {
            Whom::AnyResolver => vec![Job::Any(question.clone())],
            Whom::EveryResolver => self
                .config
                .resolvers
                .iter()
                .map(|&address| Job::One(Server::Resolver { address }, question.clone()))
                .collect(),
            Whom::Servers(servers) => servers
                .iter()
                .map(|server| Job::One(server.clone(), question.clone()))
                .collect(),
        }
    }

    pub(super) async fn perform(&self, job: &Job) -> Asked {
        match job {
            Job::Any(question) => self.ask_any(question).await,
            Job::One(server, question) => self.ask_server(server, question).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Config;
    use crate::records::name::DomainName;
    use crate::records::sighting::RecordType;

    /// Tens of thousands may wait for their turn.
    #[test]
    fn a_question_that_waits_is_small() {
        let client = Client::new(Config {
            resolvers: Vec::new(),
            authoritative_port: 53,
            pinned: std::collections::BTreeMap::new(),
            timeout: Duration::from_secs(1),
        });
        let job = Job::Any(Question::new(DomainName::root(), RecordType::A));
        assert!(size_of_val(&client.perform(&job)) <= 512);
    }
}
