//! How long servers take to answer, and so how soon a datagram counts as lost and is sent again.
//!
//! The estimate is that of RFC 6298, for each server and for all of a kind together. It is counted from the first datagram of a question, so
//! that a slow server is given more time and not more questions. What is sent again early is bounded by what the server answers:
//! one that falls silent, since it has enough of us, gets hardly more than before.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use crate::dns::pace::Lane;

/// No datagram counts as lost before.
pub(super) const SOONEST: Duration = Duration::from_millis(40);

/// Servers that are remembered.
const MOST_SERVERS: usize = 4096;

/// A datagram that is sent again early takes a credit; so many are there at first, and at most.
const FIRST_CREDIT: u32 = 4 * CREDIT;
const MOST_CREDIT: u32 = 16 * CREDIT;

/// One credit, in answers: one in eight may be sent again early.
const CREDIT: u32 = 8;

/// What is known of the servers' pace.
#[derive(Debug, Default)]
pub(super) struct RoundTrips {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    servers: HashMap<SocketAddr, OfServer>,
    resolvers: Option<Estimate>,
    authorities: Option<Estimate>,
}

#[derive(Clone, Copy, Debug)]
struct OfServer {
    estimate: Option<Estimate>,
    credit: u32,
}

/// The smoothed round trip and how far it varies (RFC 6298, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Estimate {
    smoothed: Duration,
    variation: Duration,
}

impl RoundTrips {
    /// Learns from an answer that came so long after the question was first sent.
    pub(super) fn learn(&self, server: SocketAddr, lane: Lane, took: Duration) {
        let mut known = self.known();
        let all = known.of_lane(lane);
        *all = Some(Estimate::next(*all, took));
        let of_server = known.of_server(server);
        of_server.estimate = Some(Estimate::next(of_server.estimate, took));
        of_server.credit = (of_server.credit + 1).min(MOST_CREDIT);
    }

    /// How long after it was sent a datagram to this server counts as lost: by its own answers, or else by those of others of its kind. None
    /// where nobody has answered yet.
    pub(super) fn patience(&self, server: SocketAddr, lane: Lane) -> Option<Duration> {
        let mut known = self.known();
        let own = known.servers.get(&server).and_then(|it| it.estimate);
        own.or(*known.of_lane(lane)).map(Estimate::patience)
    }

    /// True where one more datagram may go to this server early.
    pub(super) fn spend(&self, server: SocketAddr) -> bool {
        let mut known = self.known();
        let of_server = known.of_server(server);
        let left = of_server.credit.checked_sub(CREDIT);
        of_server.credit = left.unwrap_or(of_server.credit);
        left.is_some()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn of_lane(&mut self, lane: Lane) -> &mut Option<Estimate> {
        match lane {
            Lane::Resolvers => &mut self.resolvers,
            Lane::Servers => &mut self.authorities,
        }
    }

    fn of_server(&mut self, server: SocketAddr) -> &mut OfServer {
        if self.servers.len() >= MOST_SERVERS && !self.servers.contains_key(&server) {
            self.servers.clear();
        }
        self.servers.entry(server).or_insert(OfServer {
            estimate: None,
            credit: FIRST_CREDIT,
        })
    }
}

impl Estimate {
    fn next(before: Option<Self>, took: Duration) -> Self {
        match before {
            None => Self {
                smoothed: took,
                variation: took / 2,
            },
            Some(Self {
                smoothed,
                variation,
            }) => Self {
                smoothed: (smoothed * 7 + took) / 8,
                variation: (variation * 3 + smoothed.abs_diff(took)) / 4,
            },
        }
    }

    fn patience(self) -> Duration {
        (self.smoothed + self.variation * 4).max(SOONEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(last: u8) -> SocketAddr {
        ([127, 0, 0, last], 53).into()
    }

    fn taught(times: &[(u8, u64)]) -> RoundTrips {
        let trips = RoundTrips::default();
        for &(last, ms) in times {
            trips.learn(server(last), Lane::Servers, Duration::from_millis(ms));
        }
        trips
    }

    #[test]
    fn a_server_is_waited_for_by_its_own_round_trip_or_that_of_its_kind() {
        let near = [(1, 20); 20];
        let far = [(2, 300); 20];
        let trips = taught(&[near, far].concat());
        let ms = |last: u8, lane: Lane| {
            trips
                .patience(server(last), lane)
                .map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX))
        };
        assert_eq!(ms(1, Lane::Servers), Some(40));
        assert!(ms(2, Lane::Servers).is_some_and(|ms| (300..330).contains(&ms)));
        // Nothing is known of this one, and the others differ.
        assert!(ms(3, Lane::Servers).is_some_and(|ms| ms > 280));
        // A resolver's pace tells nothing of a name server's, nor the other way round.
        assert_eq!(ms(3, Lane::Resolvers), None);
    }

    /// The first answer leaves room for three times its round trip.
    #[test]
    fn one_answer_is_not_taken_for_the_rule() {
        let trips = taught(&[(1, 50)]);
        let patience = trips.patience(server(1), Lane::Servers);
        assert_eq!(patience, Some(Duration::from_millis(150)));
    }

    /// A server that turned slow is given its time, since its answers count from the first datagram.
    #[test]
    fn one_that_turns_slow_is_given_time() {
        let trips = taught(&[(1, 10); 50]);
        for _ in 0..4 {
            trips.learn(server(1), Lane::Servers, Duration::from_millis(200));
        }
        let patience = trips.patience(server(1), Lane::Servers);
        assert!(patience.is_some_and(|it| it >= Duration::from_millis(200)));
    }

    #[test]
    fn what_is_sent_again_early_is_bounded_by_what_is_answered() {
        let trips = taught(&[]);
        let spent = |trips: &RoundTrips| (0..1000).filter(|_| trips.spend(server(1))).count();
        assert_eq!(spent(&trips), 4);
        for _ in 0..80 {
            trips.learn(server(1), Lane::Servers, Duration::from_millis(1));
        }
        assert_eq!(spent(&trips), 10);
        for _ in 0..10_000 {
            trips.learn(server(1), Lane::Servers, Duration::from_millis(1));
        }
        assert_eq!(spent(&trips), 16);
    }

    #[test]
    fn the_servers_that_are_remembered_are_bounded() {
        let trips = RoundTrips::default();
        for n in 0..3 * u16::try_from(MOST_SERVERS).unwrap_or_default() {
            let [high, low] = n.to_be_bytes();
            let server = SocketAddr::from(([127, 0, high, low], 53));
            trips.learn(server, Lane::Servers, Duration::from_millis(1));
        }
        assert!(trips.known().servers.len() <= MOST_SERVERS);
    }
}
