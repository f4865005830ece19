//! Answers of resolvers that are kept for a while, so that what many domains share is asked once.
//!
//! A question that is under way is not asked a second time: whoever comes later waits for the same answer. Answers live as long as their TTL
//! says, trouble only for those who waited for it. What is kept is bounded in entries and in bytes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::dns::ask::Asked;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;

/// Answers kept, and what they may take together. Half of each is for those that were asked for lately.
const MOST_ENTRIES: usize = 40_000;
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// No answer is kept longer than this, whatever its TTL says.
const LONGEST: Duration = Duration::from_secs(3600);

/// What an entry takes besides its texts.
const ENTRY: usize = 400;

/// An answer with the time until which it counts.
#[derive(Debug)]
struct Kept {
    asked: Asked,
    at: Instant,
    /// None: it counts only for those who wait for it.
    until: Option<Instant>,
}

/// A place for one answer, empty while the question is under way.
#[derive(Clone, Debug, Default)]
struct Slot(Arc<OnceCell<Kept>>);

/// Two generations: where the young one is full it becomes the old one, and what is not asked for again goes with the old one.
#[derive(Debug, Default)]
struct Shelves {
    young: HashMap<Question, Slot>,
    old: HashMap<Question, Slot>,
    /// What the young ones take.
    bytes: usize,
}

#[derive(Debug)]
pub(super) struct Cache {
    shelves: Mutex<Shelves>,
    most_entries: usize,
    most_bytes: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self::bounded(MOST_ENTRIES, MOST_BYTES)
    }
}

impl Cache {
    fn bounded(most_entries: usize, most_bytes: usize) -> Self {
        Self {
            shelves: Mutex::default(),
            most_entries,
            most_bytes,
        }
    }

    /// The kept answer, or the one that `ask` brings. A kept one has the TTL that is left of it, and cost no round.
    pub(super) async fn answer<F: Future<Output = Asked>>(
        &self,
        question: &Question,
        ask: impl FnOnce() -> F,
    ) -> Asked {
        let slot = self.slot(question);
        if let Some(kept) = slot.0.get() {
            return kept.aged(Instant::now());
        }
        let mut was_asked = false;
        let kept = slot
            .0
            .get_or_init(|| async {
                // Boxed: where others wait for the same answer, they stay small.
                let asked = Box::pin(ask()).await;
                was_asked = true;
                Kept::new(asked)
            })
            .await;
        let asked = kept.asked.clone();
        if was_asked {
            self.settle(question, &slot);
        }
        asked
    }

    /// The slot of a question: a fresh answer, one that is on its way, or an empty one.
    fn slot(&self, question: &Question) -> Slot {
        let mut shelves = self.shelves();
        let found = match shelves.young.get(question) {
            Some(slot) => Some(slot.clone()),
            None => shelves.old.remove(question),
        };
        let now = Instant::now();
        if let Some(slot) = found.filter(|slot| slot.counts(now)) {
            let is_new = shelves
                .young
                .insert(question.clone(), slot.clone())
                .is_none();
            if is_new {
                shelves.bytes += slot.bytes(question);
                self.turn_over(&mut shelves);
            }
            return slot;
        }
        let slot = Slot::default();
        shelves.young.insert(question.clone(), slot.clone());
        self.turn_over(&mut shelves);
        slot
    }

    /// Keeps a new answer with what it says of its aliases, or takes it away where it may not be kept.
    fn settle(&self, question: &Question, slot: &Slot) {
        let mut shelves = self.shelves();
        let Some(kept) = slot.0.get() else {
            return;
        };
        if kept.until.is_none() {
            let Shelves { young, old, .. } = &mut *shelves;
            for shelf in [young, old] {
                if shelf
                    .get(question)
                    .is_some_and(|other| Arc::ptr_eq(&other.0, &slot.0))
                {
                    shelf.remove(question);
                }
            }
            return;
        }
        shelves.bytes += slot.bytes(question);
        let chain = &kept.asked.sighting.answer.chain;
        for (index, target) in chain.iter().enumerate() {
            let of_target = Question::new(target.clone(), question.record_type);
            if !shelves.young.contains_key(&of_target) {
                let slot = Slot(Arc::new(OnceCell::new_with(Some(
                    kept.of_target(&of_target, index),
                ))));
                shelves.bytes += slot.bytes(&of_target);
                shelves.young.insert(of_target, slot);
            }
        }
        self.turn_over(&mut shelves);
    }

    fn turn_over(&self, shelves: &mut Shelves) {
        let is_full =
            shelves.young.len() * 2 > self.most_entries || shelves.bytes * 2 > self.most_bytes;
        if is_full {
            shelves.old = std::mem::take(&mut shelves.young);
            shelves.bytes = 0;
        }
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        // Whatever another thread left behind is only a memory of answers.
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// True while the question is under way, and while its answer is fresh.
    fn counts(&self, now: Instant) -> bool {
        self.0
            .get()
            .is_none_or(|kept| kept.until.is_some_and(|until| now < until))
    }

    fn bytes(&self, question: &Question) -> usize {
        let answer = self.0.get().map(|kept| &kept.asked.sighting.answer);
        let name = |name: &DomainName| name.as_str().len() + size_of::<DomainName>();
        let chain: usize = answer
            .iter()
            .flat_map(|answer| &answer.chain)
            .map(name)
            .sum();
        let data: usize = answer
            .iter()
            .flat_map(|answer| answer.data())
            .map(|data| size_of::<Data>() + text(data))
            .sum();
        ENTRY + 3 * question.owner.as_str().len() + chain + data
    }
}

/// Bytes of the texts of one record.
fn text(data: &Data) -> usize {
    match data {
        Data::A(_) | Data::Aaaa(_) | Data::Signed { .. } => 0,
        Data::Ns(name) | Data::Cname(name) | Data::Ptr(name) | Data::Dname(name) => {
            name.as_str().len()
        }
        Data::Glue { host, .. } => host.as_str().len(),
        Data::Mx { exchange, .. } => exchange.as_str().len(),
        Data::Soa(soa) => soa.primary.as_str().len(),
        Data::Txt(text) => text.as_bytes().len(),
    }
}

impl Kept {
    fn new(asked: Asked) -> Self {
        let at = Instant::now();
        let ttl = match &asked.sighting.answer.outcome {
            Outcome::Records { ttl, .. } => Some(*ttl),
            // A "no" without its SOA record proves nothing and is not kept.
            Outcome::NoData { ttl } | Outcome::NoName { ttl } => *ttl,
            Outcome::Trouble(_) => None,
        };
        let until = ttl
            .filter(|&ttl| ttl > 0)
            .map(|ttl| at + Duration::from_secs(ttl.into()).min(LONGEST));
        Self { asked, at, until }
    }

    /// What the answer still says.
    fn aged(&self, now: Instant) -> Asked {
        let age = now.saturating_duration_since(self.at).as_secs();
        let age = u32::try_from(age).unwrap_or(u32::MAX);
        let mut asked = self.asked.clone();
        asked.rounds = 0;
        // With the TTL that is left, it stands as if it had been seen now.
        let seen_at = asked.sighting.seen_at;
        asked.sighting.seen_at = seen_at
            .checked_add(SignedDuration::from_secs(age.into()))
            .unwrap_or(seen_at);
        match &mut asked.sighting.answer.outcome {
            Outcome::Records { ttl, .. } => *ttl = ttl.saturating_sub(age),
            Outcome::NoData { ttl: Some(ttl) } | Outcome::NoName { ttl: Some(ttl) } => {
                *ttl = ttl.saturating_sub(age);
            }
            _ => {}
        }
        asked
    }

    /// What the answer says of the target of its alias number `index`.
    fn of_target(&self, question: &Question, index: usize) -> Self {
        let mut asked = self.asked.clone();
        asked.sighting.question = question.clone();
        asked.sighting.answer = Answer {
            chain: asked.sighting.answer.chain.split_off(index + 1),
            outcome: asked.sighting.answer.outcome,
        };
        Self {
            asked,
            at: self.at,
            until: self.until,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::records::sighting::RecordType;
    use crate::records::sighting::Server;
    use crate::records::sighting::Sighting;
    use crate::records::untrusted::Untrusted;

    fn asked(question: &Question, bytes: usize) -> Asked {
        Asked {
            sighting: Sighting {
                server: Server::Resolver {
                    address: ([127, 0, 0, 1], 53).into(),
                },
                question: question.clone(),
                answer: Answer::direct(Outcome::Records {
                    data: vec![Data::Txt(Untrusted::new(vec![b'x'; bytes]))],
                    ttl: 300,
                }),
                seen_at: jiff::Timestamp::UNIX_EPOCH,
            },
            zone: None,
            referral: None,
            authentic: true,
            rounds: 1,
        }
    }

    fn question(n: usize) -> Question {
        Question::new(format!("n{n}.test").parse().unwrap(), RecordType::Txt)
    }

    /// Whatever is asked, what is kept stays within its bounds, and what is asked for all the time stays.
    #[tokio::test]
    async fn what_is_kept_is_bounded_in_entries_and_in_bytes() {
        for (entries, bytes, size) in [(100, usize::MAX / 4, 10), (usize::MAX / 4, 100_000, 900)] {
            let cache = Cache::bounded(entries, bytes);
            let shared = question(0);
            let mut asked_for_shared = 0;
            for n in 1..2_000 {
                let one = question(n);
                cache.answer(&one, || async { asked(&one, size) }).await;
                cache
                    .answer(&shared, || async {
                        asked_for_shared += 1;
                        asked(&shared, size)
                    })
                    .await;
                let shelves = cache.shelves();
                let kept = shelves.young.len() + shelves.old.len();
                let size: usize = shelves
                    .young
                    .iter()
                    .chain(&shelves.old)
                    .map(|(question, slot)| slot.bytes(question))
                    .sum();
                assert!(kept <= entries + 2, "{kept} entries");
                assert!(size <= bytes + 4_000, "{size} bytes");
            }
            assert_eq!(asked_for_shared, 1);
        }
    }

    #[test]
    fn an_answer_grows_old_and_its_time_ends() {
        let one = question(1);
        let kept = Kept::new(asked(&one, 1));
        let start = kept.at;
        let slot = Slot(Arc::new(OnceCell::new_with(Some(kept))));
        for (seconds, left, counts) in [(0, 300, true), (100, 200, true), (300, 0, false)] {
            let now = start + Duration::from_secs(seconds);
            let aged = slot.0.get().unwrap().aged(now);
            let Outcome::Records { ttl, .. } = aged.sighting.answer.outcome else {
                panic!("no records");
            };
            assert_eq!((ttl, aged.rounds), (left, 0));
            assert_eq!(slot.counts(now), counts, "after {seconds} s");
        }
    }
}
