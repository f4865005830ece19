//! Looks for a wanted record without planting a "no" anywhere.

use futures_util::future::join_all;
use jiff::Timestamp;

use crate::dns::Client;
use crate::dns::Zone;
use crate::records::record::Record;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Whom;
use crate::records::verdict;
use crate::records::verdict::Verdict;
use crate::records::verdict::recursive::judge_by_resolvers;

/// Times that a name server is asked about a record that one of them has: behind one address there may be many machines.
const SAMPLES: usize = 3;

/// Servers that are asked about the places of usual mistakes.
const PROBED_SERVERS: usize = 2;

impl Client {
    /// Looks for a wanted record: all authoritative servers; the resolvers only when every server that answered has it as wanted
    /// (asking them too early would plant a "no"); the places of usual mistakes where it is not there.
    ///
    /// Once a server has it, each is asked several times, and where they differ for the version of the zone that they hold.
    pub async fn look(&self, record: &Record, zone: &Zone) -> Vec<Sighting> {
        if self.asks_resolvers_only() {
            return self.look_at_resolvers(record, zone).await;
        }
        let question = verdict::question(record);
        let mut sightings = self
            .put(&Ask {
                question: question.clone(),
                whom: Whom::Servers(zone.servers.clone()),
            })
            .await;
        let tally = |sightings: &[Sighting]| {
            verdict::judge(record, &zone.apex, sightings, Timestamp::now()).authoritative
        };
        if tally(&sightings).agree > 0 {
            let again = self.samples(&question, &sightings).await;
            sightings.extend(again);
        }
        let seen = tally(&sightings);
        if seen.agree > 0 && seen.agree < seen.answered {
            let versions = self
                .put(&Ask {
                    question: verdict::version_question(&zone.apex),
                    whom: Whom::Servers(zone.servers.clone()),
                })
                .await;
            sightings.extend(versions);
        }
        let whole_zone_has_it = seen.answered > 0 && seen.agree == seen.answered;
        let more = if whole_zone_has_it {
            let one = answering(&sightings, 1);
            let alias = verdict::beside(record).map(|question| Ask {
                question,
                whom: Whom::Servers(one),
            });
            let everyone = Ask {
                question,
                whom: Whom::EveryResolver,
            };
            alias.into_iter().chain([everyone]).collect()
        } else {
            self.probes(record, zone, &sightings)
        };
        for found in join_all(more.iter().map(|ask| self.put(ask))).await {
            sightings.extend(found);
        }
        sightings
    }

    /// Asks the servers that answered again. The samples of one server bear the time of the first.
    async fn samples(&self, question: &Question, first: &[Sighting]) -> Vec<Sighting> {
        let answering: Vec<&Sighting> = first
            .iter()
            .filter(|sighting| sighting.answer.trouble().is_none())
            .collect();
        let more = answering
            .iter()
            .flat_map(|first| (1..SAMPLES).map(move |_| first))
            .map(|first| async move {
                let sample = self.ask(&first.server, question).await;
                Sighting {
                    seen_at: first.seen_at,
                    ..sample
                }
            });
        let more = join_all(more).await;
        more.into_iter()
            .filter(|sample| sample.answer.trouble().is_none())
            .collect()
    }

    /// Looks at what resolvers have. That may plant a "no": there is nobody else to ask.
    async fn look_at_resolvers(&self, record: &Record, zone: &Zone) -> Vec<Sighting> {
        let ask = Ask {
            question: verdict::question(record),
            whom: Whom::EveryResolver,
        };
        let mut sightings = self.put(&ask).await;
        let judged = judge_by_resolvers(record, &zone.apex, &sightings, Timestamp::now());
        let is_open = matches!(
            judged.verdict,
            Verdict::Published | Verdict::Spreading { .. } | Verdict::Unknown { .. }
        );
        if !is_open {
            let probes: Vec<Ask> = verdict::probes(record, &zone.apex)
                .into_iter()
                .map(|question| Ask {
                    question,
                    whom: Whom::AnyResolver,
                })
                .collect();
            for found in join_all(probes.iter().map(|ask| self.put(ask))).await {
                sightings.extend(found);
            }
        }
        sightings
    }

    /// Asks for the places of usual mistakes: of servers that answer, never of a resolver where the zone holds the name.
    fn probes(&self, record: &Record, zone: &Zone, sightings: &[Sighting]) -> Vec<Ask> {
        let answering = answering(sightings, PROBED_SERVERS);
        if answering.is_empty() {
            return Vec::new();
        }
        verdict::probes(record, &zone.apex)
            .into_iter()
            .map(|question: Question| {
                let whom = if question.owner.is_within(&zone.apex) {
                    Whom::Servers(answering.clone())
                } else {
                    Whom::AnyResolver
                };
                Ask { question, whom }
            })
            .collect()
    }
}

/// The first servers that answered.
fn answering(sightings: &[Sighting], most: usize) -> Vec<Server> {
    sightings
        .iter()
        .filter(|sighting| sighting.answer.trouble().is_none())
        .map(|sighting| sighting.server.clone())
        .take(most)
        .collect()
}
