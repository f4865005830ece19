//! Asks a server and follows the aliases in its answer; asks resolvers one after the other.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hickory_resolver::proto::op::Message;
use jiff::Timestamp;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::sleep_until;

use crate::dns::Client;
use crate::dns::exchange::Exchange;
use crate::dns::message::End;
use crate::dns::message::LONGEST_CHAIN;
use crate::dns::message::Reading;
use crate::dns::message::Side;
use crate::dns::message::read;
use crate::dns::message::same_holder;
use crate::dns::message::wire_name;
use crate::dns::message::wire_type;
use crate::dns::pace::Lane;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;

/// Waits before a question is put again to a resolver that has enough of us.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(900),
    Duration::from_millis(2700),
];

/// A sighting with what the search for a zone needs besides.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub sighting: Sighting,
    /// The zone that said "no", where it named itself.
    pub zone: Option<DomainName>,
    /// The zone below that a referral pointed to.
    pub referral: Option<DomainName>,
    /// Look-ups that had to wait for one another.
    pub rounds: u32,
}

/// An answer as it grows along a chain of aliases.
struct Trail {
    owner: DomainName,
    chain: Vec<DomainName>,
    zone: Option<DomainName>,
    referral: Option<DomainName>,
    rounds: u32,
}

impl Client {
    /// Asks one server, in its turn.
    pub(super) async fn ask_server(&self, server: &Server, question: &Question) -> Asked {
        let lane = match server {
            Server::Authoritative { .. } => Lane::Servers,
            Server::Resolver { .. } => Lane::Resolvers,
        };
        let _turn = self.pace.turn(lane).await;
        let deadline = Instant::now() + self.config.timeout;
        // Boxed, here and below: thousands may wait for their turn, and each is small until then.
        match server {
            Server::Authoritative { address, .. } => {
                Box::pin(self.authority(server, *address, question, deadline)).await
            }
            Server::Resolver { address } => {
                Box::pin(self.resolver(*address, question, deadline)).await
            }
        }
    }

    /// Asks the resolvers until one gives a usable answer, in its turn; or gives the answer that is kept.
    pub(super) async fn ask_any(&self, question: &Question) -> Asked {
        match &self.cache {
            Some(cache) => cache.answer(question, self.any_patiently(question)).await,
            None => self.any_in_turn(question).await,
        }
    }

    async fn any_in_turn(&self, question: &Question) -> Asked {
        let _turn = self.pace.turn(Lane::Resolvers).await;
        let asked = Box::pin(self.any(question, Instant::now() + self.config.timeout)).await;
        self.pace.learn(&asked.sighting);
        asked
    }

    /// Asks again, later, where a resolver seems to have enough of us.
    async fn any_patiently(&self, question: &Question) -> Asked {
        let mut pauses = PAUSES.iter();
        let mut tries = 0;
        loop {
            tries += 1;
            let asked = self.any_in_turn(question).await;
            let trouble = asked.sighting.answer.trouble();
            let is_over = !trouble.is_some_and(|it| self.pace.is_worth_another_try(it, tries));
            match pauses.next() {
                Some(pause) if !is_over => sleep(*pause).await,
                _ => return asked,
            }
        }
    }

    async fn authority(
        &self,
        server: &Server,
        address: SocketAddr,
        question: &Question,
        deadline: Instant,
    ) -> Asked {
        let mut trail = Trail::new(question);
        loop {
            let here = trail.here().clone();
            let step = self
                .step(address, &here, question, Side::Authoritative, deadline)
                .await;
            let lame = matches!(
                step.end,
                End::Outcome(Outcome::Trouble(
                    Trouble::NotAuthoritative | Trouble::Refused
                ))
            );
            if lame && !trail.chain.is_empty() {
                // The target lies in a zone below that this server does not hold.
                return self.elsewhere(server, trail, question, deadline).await;
            }
            match trail.take(step) {
                Some(outcome) => return trail.end(server.clone(), question, outcome),
                None if same_holder(&question.owner, trail.here()) => continue,
                None => return self.elsewhere(server, trail, question, deadline).await,
            }
        }
    }

    /// The last target of a chain, asked through the resolvers.
    async fn elsewhere(
        &self,
        server: &Server,
        mut trail: Trail,
        question: &Question,
        deadline: Instant,
    ) -> Asked {
        let target = Question::new(trail.here().clone(), question.record_type);
        let rest = match &self.cache {
            Some(cache) => cache.answer(&target, self.any(&target, deadline)).await,
            None => self.any(&target, deadline).await,
        };
        trail.rounds += rest.rounds;
        let is_weak = rest.sighting.answer.is_weak_no();
        let outcome = match trail.extend(rest.sighting.answer.chain) {
            Ok(()) if is_weak => Outcome::Trouble(Trouble::Malformed),
            Ok(()) => rest.sighting.answer.outcome,
            Err(trouble) => Outcome::Trouble(trouble),
        };
        trail.end(server.clone(), question, outcome)
    }

    async fn resolver(&self, address: SocketAddr, question: &Question, deadline: Instant) -> Asked {
        let mut trail = Trail::new(question);
        loop {
            let here = trail.here().clone();
            let step = self
                .step(address, &here, question, Side::Resolver, deadline)
                .await;
            if let Some(outcome) = trail.take(step) {
                return trail.end(Server::Resolver { address }, question, outcome);
            }
        }
    }

    /// The resolvers in their order. One that stays silent for a try gets company of the next; the first usable
    /// answer wins, and a "no" without SOA only where no other resolver says more; the last trouble comes back where there is none.
    async fn any(&self, question: &Question, deadline: Instant) -> Asked {
        let resolvers = &self.config.resolvers;
        if resolvers.is_empty() {
            let server = Server::Resolver {
                address: SocketAddr::from(([0, 0, 0, 0], 0)),
            };
            let outcome = Outcome::Trouble(Trouble::Unreachable);
            return Trail::new(question).end(server, question, outcome);
        }
        let first = self.preferred.load(Ordering::Relaxed) % resolvers.len();
        let mut waiting = (0..resolvers.len()).map(|step| (first + step) % resolvers.len());
        let mut running = FuturesUnordered::new();
        let mut silent = false;
        let mut weak: Option<Asked> = None;
        let mut trouble: Option<Asked> = None;
        loop {
            if let Some(index) = waiting.next() {
                let address = resolvers[index];
                running
                    .push(async move { (index, self.resolver(address, question, deadline).await) });
            }
            let company_at = Instant::now() + self.config.per_try();
            let more = waiting.len() > 0;
            tokio::select! {
                done = running.next() => match done {
                    Some((index, mut asked)) => {
                        let answer = &asked.sighting.answer;
                        if answer.is_weak_no() {
                            weak = Some(asked);
                        } else if answer.trouble().is_none() {
                            if silent && index != first {
                                self.preferred.store(index, Ordering::Relaxed);
                            }
                            asked.rounds += u32::from(trouble.is_some() || weak.is_some());
                            return asked;
                        } else {
                            trouble = Some(asked);
                        }
                        if !more && running.is_empty() {
                            break;
                        }
                    }
                    None if !more => break,
                    None => {}
                },
                () = sleep_until(company_at), if more => silent = true,
            }
        }
        weak.or(trouble).unwrap_or_else(|| {
            let server = Server::Resolver {
                address: resolvers[first],
            };
            Trail::new(question).end(server, question, Outcome::Trouble(Trouble::Timeout))
        })
    }

    async fn step(
        &self,
        address: SocketAddr,
        owner: &DomainName,
        question: &Question,
        side: Side,
        deadline: Instant,
    ) -> Reading {
        match self.message(address, owner, question, side, deadline).await {
            Ok(message) => read(&message, owner, question.record_type, side),
            Err(trouble) => Reading {
                chain: Vec::new(),
                end: End::Outcome(Outcome::Trouble(trouble)),
                zone: None,
                referral: None,
            },
        }
    }

    async fn message(
        &self,
        address: SocketAddr,
        owner: &DomainName,
        question: &Question,
        side: Side,
        deadline: Instant,
    ) -> Result<Message, Trouble> {
        if Instant::now() >= deadline {
            return Err(Trouble::Timeout);
        }
        if side == Side::Resolver {
            self.pace.distance(address.ip()).await;
        }
        let exchange = Exchange {
            address,
            name: wire_name(owner).ok_or(Trouble::Malformed)?,
            record_type: wire_type(question.record_type),
            recursion: side == Side::Resolver,
            per_try: self.config.per_try(),
            deadline,
            sent: &self.sent,
            lines: self.lines.as_deref().filter(|_| side == Side::Resolver),
        };
        exchange.run().await
    }
}

impl Trail {
    fn new(question: &Question) -> Self {
        Self {
            owner: question.owner.clone(),
            chain: Vec::new(),
            zone: None,
            referral: None,
            rounds: 0,
        }
    }

    /// The name that is asked for now.
    fn here(&self) -> &DomainName {
        self.chain.last().unwrap_or(&self.owner)
    }

    /// Takes in one reading; the outcome where the trail ends with it.
    fn take(&mut self, step: Reading) -> Option<Outcome> {
        self.rounds += 1;
        self.zone = step.zone;
        self.referral = step.referral;
        if let Err(trouble) = self.extend(step.chain) {
            return Some(Outcome::Trouble(trouble));
        }
        match step.end {
            End::Outcome(outcome) => Some(outcome),
            End::Follow(_) => None,
        }
    }

    fn extend(&mut self, chain: Vec<DomainName>) -> Result<(), Trouble> {
        for target in chain {
            let circle = target == self.owner || self.chain.contains(&target);
            if circle || self.chain.len() == LONGEST_CHAIN {
                return Err(Trouble::Loop);
            }
            self.chain.push(target);
        }
        Ok(())
    }

    fn end(self, server: Server, question: &Question, outcome: Outcome) -> Asked {
        Asked {
            sighting: Sighting {
                server,
                question: question.clone(),
                answer: Answer {
                    chain: self.chain,
                    outcome,
                },
                seen_at: Timestamp::now(),
            },
            zone: self.zone,
            referral: self.referral,
            rounds: self.rounds.max(1),
        }
    }
}
