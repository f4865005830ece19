//! How many questions are under way at a time, and how fast they go out.
//!
//! A resolver that has enough of us refuses, fails or falls silent. What it says tells: where trouble rises, half as many questions go out at a
//! time, and more again once it is gone. Names whose own servers are dead are no sign: trouble counts where others of the same
//! domain were answered, and a few times for each domain.

use std::collections::HashMap;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::sync::SemaphorePermit;
use tokio::time::Instant;
use tokio::time::sleep_until;

use crate::dns::round_trip::RoundTrips;
use crate::records::name::DomainName;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;

/// Public resolvers that show what the rest of the world sees, and that limit what one client may ask: Cloudflare, Google, Quad9.
pub(super) const PUBLIC_RESOLVERS: [Ipv4Addr; 3] = [
    Ipv4Addr::new(1, 1, 1, 1),
    Ipv4Addr::new(8, 8, 8, 8),
    Ipv4Addr::new(9, 9, 9, 9),
];

/// Questions to one public resolver keep this distance: at most 1,000 a second (the lowest limit that one of them has published).
const DISTANCE: Duration = Duration::from_millis(1);

/// So much may go out at once to a public resolver before the distance is kept.
const BURST: Duration = Duration::from_millis(100);

/// Questions under way to resolvers at the start. Small resolvers take 150 (dnsmasq).
const START: usize = 128;

/// Questions under way that are left to a resolver that has enough.
const FEWEST: usize = 8;

/// Questions under way, each way, without a word about how many sockets there may be.
const MOST: usize = 128;

/// Times that trouble of one domain counts.
const MOST_OF_ONE: u8 = 3;

/// Domains that are remembered.
const MOST_DOMAINS: usize = 4096;

/// So long after trouble a resolver is given time.
const STRAINED: Duration = Duration::from_secs(10);

/// Whom a question goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Resolvers,
    Servers,
}

#[derive(Debug)]
pub(super) struct Pace {
    resolvers: Places,
    servers: Places,
    health: Mutex<Health>,
    /// For each public resolver, when the next question may go out.
    free_at: Mutex<HashMap<IpAddr, Instant>>,
    /// How soon a datagram counts as lost.
    pub round_trips: RoundTrips,
}

/// A number of places that can shrink and grow.
#[derive(Debug)]
struct Places {
    free: Semaphore,
    /// Places to take away as soon as they are given back.
    surplus: AtomicUsize,
}

/// The right to ask; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    places: &'a Places,
    permit: Option<SemaphorePermit<'a>>,
}

/// What the resolvers said lately.
#[derive(Debug)]
struct Health {
    limit: usize,
    most: usize,
    /// True until the first trouble: the limit doubles.
    is_starting: bool,
    good: usize,
    bad: usize,
    /// Answers to questions that went out before the limit was cut: they say nothing new.
    stale: usize,
    strained_until: Option<Instant>,
    has_answered: bool,
    domains: HashMap<DomainName, OfDomain>,
}

#[derive(Clone, Copy, Debug, Default)]
struct OfDomain {
    is_alive: bool,
    bad: u8,
}

impl Pace {
    /// Questions that may be under way, to resolvers and to name servers.
    pub(super) fn new(most: usize, servers: usize) -> Self {
        let most = most.max(FEWEST);
        let start = START.min(most);
        Self {
            resolvers: Places::new(start),
            servers: Places::new(servers.max(FEWEST)),
            health: Mutex::new(Health {
                limit: start,
                most,
                is_starting: true,
                good: 0,
                bad: 0,
                stale: 0,
                strained_until: None,
                has_answered: false,
                domains: HashMap::new(),
            }),
            free_at: Mutex::default(),
            round_trips: RoundTrips::default(),
        }
    }

    pub(super) async fn turn(&self, lane: Lane) -> Turn<'_> {
        let places = match lane {
            Lane::Resolvers => &self.resolvers,
            Lane::Servers => &self.servers,
        };
        Turn {
            places,
            permit: places.free.acquire().await.ok(),
        }
    }

    /// Waits until a question may go out to `ip`: at once, but for public resolvers.
    pub(super) async fn distance(&self, ip: IpAddr) {
        if !PUBLIC_RESOLVERS.iter().any(|public| ip == *public) {
            return;
        }
        let at = {
            let mut free_at = locked(&self.free_at);
            let next = free_at.entry(ip).or_insert_with(Instant::now);
            reserve(next, Instant::now())
        };
        sleep_until(at).await;
    }

    /// True where a datagram that seems lost may be sent again early: not to resolvers that have enough of us, and never often. It counts
    /// among the questions to a public resolver.
    pub(super) fn may_resend(&self, server: SocketAddr, lane: Lane) -> bool {
        if lane == Lane::Resolvers && locked(&self.health).is_strained(Instant::now()) {
            return false;
        }
        let may = self.round_trips.spend(server);
        if may && let Some(next) = locked(&self.free_at).get_mut(&server.ip()) {
            *next += DISTANCE;
        }
        may
    }

    /// Learns from what the resolvers said.
    pub(super) fn learn(&self, sighting: &Sighting) {
        let owner = &sighting.question.owner;
        let domain = owner.registrable().unwrap_or_else(|| owner.clone());
        let trouble = sighting.answer.trouble();
        let (before, after) = {
            let mut health = locked(&self.health);
            let before = health.limit;
            health.learn(domain, trouble, Instant::now());
            (before, health.limit)
        };
        if after > before {
            self.resolvers.grow(after - before);
        } else {
            self.resolvers.shrink(before - after);
        }
    }

    /// True where the trouble looks like that of a resolver that has enough: the question is worth another try, later. `tries`: how often
    /// it was put. One that never answers anything refuses for another reason; the first answers may still be on their way.
    pub(super) fn is_worth_another_try(&self, trouble: &Trouble, tries: usize) -> bool {
        let health = locked(&self.health);
        match trouble {
            Trouble::Refused => tries == 1 || health.has_answered,
            Trouble::Timeout | Trouble::ServerFailure { .. } => health.is_strained(Instant::now()),
            _ => false,
        }
    }
}

/// Takes the next free moment; those that were not used are kept for a burst.
fn reserve(next: &mut Instant, now: Instant) -> Instant {
    let earliest = now.checked_sub(BURST).unwrap_or(now);
    let at = (*next).max(earliest);
    *next = at + DISTANCE;
    at
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Places {
    fn new(count: usize) -> Self {
        Self {
            free: Semaphore::new(count),
            surplus: AtomicUsize::new(0),
        }
    }

    fn grow(&self, count: usize) {
        let mut left = count;
        while left > 0 && self.take_surplus() {
            left -= 1;
        }
        self.free.add_permits(left);
    }

    fn shrink(&self, count: usize) {
        let now = self.free.forget_permits(count);
        self.surplus.fetch_add(count - now, Ordering::Relaxed);
    }

    fn take_surplus(&self) -> bool {
        self.surplus
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |surplus| {
                surplus.checked_sub(1)
            })
            .is_ok()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take()
            && self.places.take_surplus()
        {
            permit.forget();
        }
    }
}

impl Health {
    fn is_strained(&self, now: Instant) -> bool {
        self.strained_until.is_some_and(|until| now < until)
    }

    fn learn(&mut self, domain: DomainName, trouble: Option<&Trouble>, now: Instant) {
        if self.domains.len() >= MOST_DOMAINS {
            self.domains.clear();
        }
        let of_domain = self.domains.entry(domain).or_default();
        let is_sign = match trouble {
            None => {
                of_domain.is_alive = true;
                self.has_answered = true;
                false
            }
            Some(Trouble::Refused) => true,
            Some(_) => {
                let most = if of_domain.is_alive { MOST_OF_ONE } else { 1 };
                of_domain.bad = of_domain.bad.saturating_add(1);
                of_domain.bad <= most
            }
        };
        if self.stale > 0 {
            self.stale -= 1;
            return;
        }
        match trouble {
            None => self.good += 1,
            Some(_) if is_sign => self.bad += 1,
            Some(_) => return,
        }
        if self.good + self.bad >= self.limit.max(2 * FEWEST) {
            self.adapt(now);
        }
    }

    /// A quarter of trouble halves the limit; a tenth lets it be; less lets it grow.
    fn adapt(&mut self, now: Instant) {
        let (good, bad) = (self.good, self.bad);
        (self.good, self.bad) = (0, 0);
        if bad * 4 > good + bad {
            self.stale = self.limit;
            self.limit = (self.limit / 2).max(FEWEST);
            self.is_starting = false;
            self.strained_until = Some(now + STRAINED);
        } else if bad * 10 < good + bad {
            let step = if self.is_starting {
                self.limit
            } else {
                (self.limit / 8).max(1)
            };
            self.limit = (self.limit + step).min(self.most);
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(MOST, MOST)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn health(most: usize) -> Health {
        let pace = Pace::new(most, most);
        pace.health.into_inner().unwrap()
    }

    fn feed(health: &mut Health, count: usize, domain: &str, trouble: Option<&Trouble>) {
        for _ in 0..count {
            health.learn(domain.parse().unwrap(), trouble, Instant::now());
        }
    }

    #[test]
    fn a_resolver_that_refuses_gets_fewer_questions_and_later_more_again() {
        let mut health = health(1024);
        feed(&mut health, 128 + 256, "a.test", None);
        assert_eq!(health.limit, 512);
        feed(&mut health, 512, "a.test", Some(&Trouble::Refused));
        assert_eq!(health.limit, 256);
        assert!(health.strained_until.is_some());
        // What was under way at the cut says nothing new.
        feed(&mut health, 512, "a.test", Some(&Trouble::Refused));
        assert_eq!(health.limit, 256);
        feed(&mut health, 10_000, "a.test", Some(&Trouble::Refused));
        assert_eq!(health.limit, FEWEST);
        feed(&mut health, 20_000, "a.test", None);
        assert!(health.limit > 256, "{}", health.limit);
        feed(&mut health, 100_000, "a.test", None);
        assert_eq!(health.limit, 1024);
    }

    #[test]
    fn dead_domains_are_no_sign_of_a_resolver_that_has_enough() {
        let mut health = health(1024);
        for n in 0..400 {
            let dead = format!("dead{n}.test");
            feed(&mut health, 20, &dead, Some(&Trouble::Timeout));
            feed(&mut health, 20, &format!("well{n}.test"), None);
        }
        assert_eq!(health.limit, 1024);
    }

    #[test]
    fn a_public_resolver_gets_a_thousand_questions_a_second_after_a_burst() {
        let start = Instant::now() + Duration::from_secs(10);
        let mut next = start;
        let last = (0..1_100).map(|_| reserve(&mut next, start)).max().unwrap();
        assert_eq!(last - start, Duration::from_millis(1_099));
        let later = start + Duration::from_secs(60);
        let last = (0..1_100).map(|_| reserve(&mut next, later)).max().unwrap();
        assert_eq!(last - later, Duration::from_millis(999));
    }

    #[tokio::test]
    async fn places_shrink_and_grow() {
        let places = Places::new(4);
        let turn = || Turn {
            places: &places,
            permit: places.free.try_acquire().ok(),
        };
        let turns = [turn(), turn(), turn()];
        places.shrink(3);
        assert_eq!(places.free.available_permits(), 0);
        drop(turns);
        assert_eq!(places.free.available_permits(), 1);
        places.grow(2);
        assert_eq!(places.free.available_permits(), 3);
    }
}
