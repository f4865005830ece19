//! Asks a server and follows the aliases in its answer; asks resolvers one after the other.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hickory_resolver::proto::op::Message;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::sleep_until;

use crate::dns::Client;
use crate::dns::exchange::Exchange;
use crate::dns::exchange::Flags;
use crate::dns::message::End;
use crate::dns::message::Reading;
use crate::dns::message::Side;
use crate::dns::message::read;
use crate::dns::message::same_holder;
use crate::dns::pace::Lane;
use crate::dns::pace::Turn;
use crate::dns::trail::Trail;
use crate::dns::wire::wire_name;
use crate::dns::wire::wire_type;
use crate::records::name::DomainName;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::untrusted::Shown;

/// Times that a resolver has to fail and to answer unchecked, by turns, before it is the signatures that it does not trust. One that has
/// enough of us fails now and then as well.
const TURNS: u32 = 2;

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
    /// The resolver checked the signatures, and they hold.
    pub authentic: bool,
    /// Look-ups that had to wait for one another.
    pub rounds: u32,
}

impl Client {
    /// Asks one server, in its turn.
    pub(super) async fn ask_server(&self, server: &Server, question: &Question) -> Asked {
        let lane = match server {
            Server::Authoritative { .. } => Lane::Servers,
            Server::Resolver { .. } => Lane::Resolvers,
        };
        let turn = self.pace.turn(lane).await;
        let deadline = Instant::now() + self.config.timeout;
        // Boxed, here and below: thousands may wait for their turn, and each is small until then.
        match server {
            Server::Authoritative { address, .. } => {
                Box::pin(self.authority(server, *address, question, deadline, turn)).await
            }
            Server::Resolver { address } => {
                Box::pin(self.resolver(*address, question, deadline)).await
            }
        }
    }

    /// Asks the resolvers until one gives a usable answer, in its turn; or gives the answer that is kept.
    pub(super) async fn ask_any(&self, question: &Question) -> Asked {
        match &self.cache {
            Some(cache) => {
                cache
                    .answer(question, || self.any_patiently(question))
                    .await
            }
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

    async fn authority<'a>(
        &'a self,
        server: &Server,
        address: SocketAddr,
        question: &Question,
        mut deadline: Instant,
        turn: Turn<'a>,
    ) -> Asked {
        let mut trail = Trail::new(question);
        let mut turn = Some(turn);
        loop {
            let here = trail.here().clone();
            let step = self
                .patient_step(address, &here, question, &mut deadline, &mut turn)
                .await;
            let lame = matches!(
                step.end,
                End::Outcome(Outcome::Trouble(
                    Trouble::NotAuthoritative | Trouble::AsResolver | Trouble::Refused
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
            Some(cache) => cache.answer(&target, || self.any(&target, deadline)).await,
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
            let step = self.checked_step(address, &here, question, deadline).await;
            if let Some(outcome) = trail.take(step) {
                return trail.end(Server::Resolver { address }, question, outcome);
            }
        }
    }

    /// A question to a name server of the zone. A failure of its own may be of the moment: it gets another chance. The turn is left to others
    /// in between, and the deadline moves by the wait for a new one.
    async fn patient_step<'a>(
        &'a self,
        address: SocketAddr,
        owner: &DomainName,
        question: &Question,
        deadline: &mut Instant,
        turn: &mut Option<Turn<'a>>,
    ) -> Reading {
        let flags = Flags {
            signatures: question.record_type == RecordType::Soa,
            ..Flags::default()
        };
        let ask = |deadline| self.step(address, owner, question, flags, deadline);
        let step = ask(*deadline).await;
        let wait = self.config.per_try() / 2;
        if failure(&step).is_none() || Instant::now() + wait >= *deadline {
            return step;
        }
        *turn = None;
        sleep(wait).await;
        let queued = Instant::now();
        *turn = Some(self.pace.turn(Lane::Servers).await);
        *deadline += queued.elapsed();
        ask(*deadline).await
    }

    /// A question to a resolver. Where it fails, and gives the answer when it is told not to check signatures, it may be the signatures
    /// that it does not trust: it says so itself (RFC 8914), or it does the same again.
    async fn checked_step(
        &self,
        address: SocketAddr,
        owner: &DomainName,
        question: &Question,
        deadline: Instant,
    ) -> Reading {
        let usual = Flags {
            recursion: true,
            ..Flags::default()
        };
        // Some stubs hand a question on as it is only where signatures are asked for too.
        let unchecked = Flags {
            unchecked: true,
            signatures: true,
            ..usual
        };
        let ask = |flags| self.step(address, owner, question, flags, deadline);
        let mut step = ask(usual).await;
        for _ in 0..TURNS {
            if failure(&step).is_none() || step.distrusts == Some(false) {
                return step;
            }
            let bare = ask(unchecked).await;
            if matches!(bare.end, End::Outcome(Outcome::Trouble(_))) {
                return step;
            }
            if step.distrusts == Some(true) {
                break;
            }
            step = ask(usual).await;
        }
        if let Some(said) = failure(&step) {
            let said = said.clone();
            step.end = End::Outcome(Outcome::Trouble(Trouble::BadSignature { said }));
        }
        step
    }

    /// The resolvers in their order. One that stays silent for a try gets company of the next; the first usable
    /// answer wins, and a "no" without SOA only where no other resolver says more; the last trouble comes back where there is none.
    /// Where one does not trust the signatures, only another that checked them can do better.
    async fn any(&self, question: &Question, deadline: Instant) -> Asked {
        let resolvers = &self.config.resolvers;
        if resolvers.is_empty() {
            let server = Server::Resolver {
                address: SocketAddr::from(([0, 0, 0, 0], 0)),
            };
            let outcome = Outcome::Trouble(Trouble::Unreachable);
            return Trail::new(question).end(server, question, outcome);
        }
        if let [only] = resolvers.as_slice() {
            return self.resolver(*only, question, deadline).await;
        }
        let first = self.preferred.load(Ordering::Relaxed) % resolvers.len();
        let mut waiting = (0..resolvers.len()).map(|step| (first + step) % resolvers.len());
        let mut running = FuturesUnordered::new();
        let mut silent = false;
        let mut weak: Option<Asked> = None;
        let mut trouble: Option<Asked> = None;
        let mut distrust: Option<Asked> = None;
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
                        if matches!(answer.trouble(), Some(Trouble::BadSignature { .. })) {
                            distrust = Some(asked);
                        } else if distrust.is_some() && !asked.authentic {
                            trouble = Some(asked);
                        } else if answer.is_weak_no() {
                            weak = Some(asked);
                        } else if answer.trouble().is_none() {
                            if silent && index != first {
                                self.preferred.store(index, Ordering::Relaxed);
                            }
                            asked.rounds += u32::from(
                                trouble.is_some() || weak.is_some() || distrust.is_some(),
                            );
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
        distrust.or(weak).or(trouble).unwrap_or_else(|| {
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
        flags: Flags,
        deadline: Instant,
    ) -> Reading {
        let side = if flags.recursion {
            Side::Resolver
        } else {
            Side::Authoritative
        };
        match self
            .message(address, owner, question, flags, deadline)
            .await
        {
            Ok(message) => read(&message, owner, question.record_type, side),
            Err(trouble) => Reading {
                chain: Vec::new(),
                end: End::Outcome(Outcome::Trouble(trouble)),
                zone: None,
                referral: None,
                authentic: false,
                distrusts: None,
            },
        }
    }

    async fn message(
        &self,
        address: SocketAddr,
        owner: &DomainName,
        question: &Question,
        flags: Flags,
        deadline: Instant,
    ) -> Result<Message, Trouble> {
        if Instant::now() >= deadline {
            return Err(Trouble::Timeout);
        }
        if let Some(https) = &self.https {
            if !flags.recursion {
                // Port 53 is left alone.
                return Err(Trouble::Unreachable);
            }
            let name = wire_name(owner).ok_or(Trouble::Malformed)?;
            let record_type = wire_type(question.record_type);
            let asking = https.ask(address, name, record_type, flags, deadline, &self.sent);
            // Boxed, as all that few questions need: each of the thousands under way would be as big.
            return Box::pin(asking).await;
        }
        if flags.recursion {
            self.pace.distance(address.ip()).await;
        }
        let exchange = Exchange {
            address,
            name: wire_name(owner).ok_or(Trouble::Malformed)?,
            record_type: wire_type(question.record_type),
            flags,
            per_try: self.config.per_try(),
            deadline,
            sent: &self.sent,
            pace: &self.pace,
            lines: self.lines.as_deref().filter(|_| flags.recursion),
        };
        exchange.run().await
    }
}

/// What a server said with its failure (SERVFAIL); None where there was no such failure.
fn failure(step: &Reading) -> Option<&Option<Shown>> {
    match &step.end {
        End::Outcome(Outcome::Trouble(Trouble::ServerFailure { said })) => Some(said),
        _ => None,
    }
}
