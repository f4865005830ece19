//! What is asked of the DNS: a full look, a look at one record, one question.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use crate::audit::Audit;
use crate::audit::Manner;
use crate::audit::Scope;
use crate::catalog::selectors;
use crate::dns::Client;
use crate::dns::Config;
use crate::dns::Zone;
use crate::dns::https::Choice;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::records::record::Record;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::Whom;
use crate::tui::message::Message;
use crate::tui::message::Sight;
use crate::tui::perform::Clock;
use crate::tui::perform::World;

/// The port of DNS (RFC 1035, section 4.2).
const DNS_PORT: u16 = 53;
/// How long the servers of a zone are taken as known.
const ZONE_LIFE: Duration = Duration::from_secs(60);
/// Between two reports of a look that goes on.
const REPORTS: Duration = Duration::from_millis(120);
/// Zones that are remembered.
const ZONES: usize = 100;

/// Asks. Clones share the client and what is known of zones.
#[derive(Clone)]
pub struct Net {
    shared: Arc<Mutex<Shared>>,
    clock: Clock,
}

struct Shared {
    client: Result<Client, String>,
    zones: BTreeMap<DomainName, (Zone, Instant)>,
}

impl Net {
    pub fn new(world: &World) -> Self {
        let client = match &world.over_https {
            Some(client) => Ok(client.clone()),
            None => Config::system(&world.resolvers, world.authoritative_port)
                .map(Client::new)
                .map_err(|error| format!("{error}. {}", error.remedy())),
        };
        let client = client.map(|client| patient(client, world.timeout));
        Self {
            shared: Arc::new(Mutex::new(Shared {
                client,
                zones: BTreeMap::new(),
            })),
            clock: world.clock,
        }
    }

    /// Asks others from now on.
    pub fn turn_to(&self, config: Config) {
        self.with(|shared| {
            shared.client = Ok(Client::new(config));
            shared.zones.clear();
        });
    }

    /// Asks the public resolvers over HTTPS from now on.
    pub fn turn_to_https(&self, timeout: Option<Duration>) {
        let client = Client::over_https(&Choice::default())
            .map(|client| patient(client, timeout))
            .map_err(|error| format!("{error}. {}", error.remedy()));
        self.with(|shared| {
            shared.client = client;
            shared.zones.clear();
        });
    }

    fn with<T>(&self, what: impl FnOnce(&mut Shared) -> T) -> T {
        what(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn client(&self) -> Result<Client, String> {
        self.with(|shared| shared.client.clone())
    }

    pub fn survey(
        &self,
        ticket: u64,
        domain: String,
        named: Vec<Selector>,
        messages: UnboundedSender<Message>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let net = self.clone();
        async move {
            let Ok(name) = domain.parse::<DomainName>() else {
                return;
            };
            let client = net.client();
            let config = client.as_ref().map(|client| &client.config);
            let mut audit = Audit::new(Scope {
                domain: name,
                manner: match &client {
                    Ok(client) if client.asks_resolvers_only() => Manner::Resolvers {
                        count: client.config.resolvers.len(),
                    },
                    _ => Manner::Careful,
                },
                input: domain,
                selectors: named,
                guesses: selectors::common_selectors()
                    .iter()
                    .filter_map(|selector| selector.parse().ok())
                    .collect(),
                port: config.map_or(DNS_PORT, |config| config.authoritative_port),
                pinned: config
                    .map(|config| config.pinned.clone())
                    .unwrap_or_default(),
            });
            let clock = net.clock;
            if let Ok(client) = client {
                let first = audit.first();
                let mut told = Instant::now();
                let spent = client
                    .run(first, |sighting| {
                        let next = audit.take(sighting);
                        if told.elapsed() >= REPORTS {
                            told = Instant::now();
                            let _ = messages.send(Message::SurveyGrew {
                                ticket,
                                report: Box::new(audit.report(clock.now())),
                            });
                        }
                        next
                    })
                    .await;
                if let Some(off) = client.clock_is_off() {
                    audit.note_clock(off.as_secs());
                }
                let mut report = audit.report(clock.now());
                report.queries = spent.queries;
                report.rounds = spent.rounds;
                report.elapsed_ms = u64::try_from(spent.elapsed.as_millis()).unwrap_or(u64::MAX);
                let _ = messages.send(Message::Surveyed {
                    ticket,
                    report: Box::new(report),
                });
            } else {
                // Nobody to ask: a report of nothing, which says "unknown" everywhere.
                let _ = messages.send(Message::Surveyed {
                    ticket,
                    report: Box::new(audit.report(clock.now())),
                });
            }
        }
    }

    pub fn look(
        &self,
        ticket: u64,
        record: Record,
        messages: UnboundedSender<Message>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let net = self.clone();
        async move {
            let sight = match net.client() {
                Err(why) => Sight::NoZone { why },
                Ok(client) => match net.zone(&client, &record.owner).await {
                    Err(why) => Sight::NoZone { why },
                    Ok(zone) => {
                        let sightings = client.look(&record, &zone).await;
                        let zone = zone.apex;
                        if client.asks_resolvers_only() {
                            Sight::ByResolvers { zone, sightings }
                        } else {
                            Sight::Seen { zone, sightings }
                        }
                    }
                },
            };
            let _ = messages.send(Message::Looked { ticket, sight });
        }
    }

    pub fn ask(
        &self,
        ticket: u64,
        question: Question,
        messages: UnboundedSender<Message>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let net = self.clone();
        async move {
            let sightings = match net.client() {
                Ok(client) => {
                    // The domain's own servers first: only they can say that there is nothing.
                    let whom = match client.zone_of(&question.owner).await {
                        _ if client.asks_resolvers_only() => Whom::EveryResolver,
                        Ok(zone) => Whom::Servers(zone.servers),
                        Err(_) => Whom::AnyResolver,
                    };
                    client.put(&Ask { question, whom }).await
                }
                Err(_) => Vec::new(),
            };
            let _ = messages.send(Message::Asked { ticket, sightings });
        }
    }

    /// The zone of a name, remembered for a while.
    async fn zone(&self, client: &Client, name: &DomainName) -> Result<Zone, String> {
        let known = self.with(|shared| {
            shared
                .zones
                .get(name)
                .filter(|(_, found)| found.elapsed() < ZONE_LIFE)
                .map(|(zone, _)| zone.clone())
        });
        if let Some(zone) = known {
            return Ok(zone);
        }
        let zone = client.zone_of(name).await.map_err(|sighting| {
            let said = sighting
                .answer
                .trouble()
                .map_or_else(|| "gave no useful answer".to_owned(), ToString::to_string);
            format!(
                "the name servers of {name} could not be found: {} {said}",
                sighting.server
            )
        })?;
        self.with(|shared| {
            if shared.zones.len() >= ZONES {
                shared.zones.clear();
            }
            shared
                .zones
                .insert(name.clone(), (zone.clone(), Instant::now()));
        });
        Ok(zone)
    }
}

/// The client with the wait that the user chose.
fn patient(mut client: Client, timeout: Option<Duration>) -> Client {
    if let Some(timeout) = timeout {
        client.config.timeout = timeout;
    }
    client
}
