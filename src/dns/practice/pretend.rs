//! Who of the pretend servers knows what at which time, and what it answers. Time comes in as an argument.

use std::collections::BTreeMap;
use std::time::Duration;
use std::time::Instant;

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::NS;
use hickory_resolver::proto::rr::rdata::SOA;

use crate::dns::message::LONGEST_CHAIN;
use crate::dns::practice::Delays;
use crate::dns::practice::panel::Row;
use crate::dns::practice::panel::data_of;
use crate::dns::practice::panel::type_of;
use crate::dns::practice::story::Story;
use crate::dns::practice::story::StoryZone;
use crate::dns::wire::name_of;
use crate::dns::wire::wire_name;
use crate::records::name::DomainName;

/// TTL of pretend records.
const TTL: u32 = 300;

/// Changes that are on their way at one time; older ones arrive early.
const MOST_VERSIONS: usize = 32;

/// Names whose "no" the resolver remembers.
const MOST_NOES: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// The name server that the panel writes to.
    First,
    Second,
    Resolver,
}

/// The state of the pretend domain after a save.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub rows: Vec<Row>,
    serial: u32,
    /// None for the beginning, which everybody knows.
    saved_at: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct World {
    zone: StoryZone,
    others: Vec<StoryZone>,
    delays: Delays,
    /// Oldest first; never empty.
    versions: Vec<Version>,
    newest: Version,
    /// Until when the resolver says "no" to a name, to all types where the name did not exist.
    noes: BTreeMap<(DomainName, Option<WireType>), Instant>,
}

/// What a server answers.
#[derive(Debug)]
pub(super) struct Reply {
    pub code: ResponseCode,
    pub authoritative: bool,
    pub answers: Vec<Record>,
    pub authority: Vec<Record>,
}

/// One zone as one server knows it now.
struct View<'a> {
    zone: &'a StoryZone,
    rows: &'a [Row],
    serial: u32,
    ttl: u32,
    negative: u32,
}

impl World {
    pub(super) fn new(story: &Story, delays: Delays) -> Self {
        let (mut own, others): (Vec<StoryZone>, Vec<StoryZone>) = story
            .zones
            .iter()
            .cloned()
            .partition(|zone| zone.apex == story.domain);
        let mut zone = own.pop().unwrap_or_else(|| StoryZone {
            apex: story.domain.clone(),
            servers: Vec::new(),
            rows: Vec::new(),
        });
        let newest = Version {
            rows: std::mem::take(&mut zone.rows),
            serial: 1,
            saved_at: None,
        };
        Self {
            zone,
            others,
            delays,
            versions: vec![newest.clone()],
            newest,
            noes: BTreeMap::new(),
        }
    }

    pub(super) fn apex(&self) -> &DomainName {
        &self.zone.apex
    }

    pub(super) fn newest(&self) -> &Version {
        &self.newest
    }

    pub(super) fn save(&mut self, rows: Vec<Row>, now: Instant) {
        self.newest = Version {
            rows,
            serial: self.newest.serial.wrapping_add(1),
            saved_at: Some(now),
        };
        self.versions.push(self.newest.clone());
        let slowest = self.delays.second.max(self.delays.resolver);
        let arrived = self
            .versions
            .iter()
            .rposition(|version| version.visible_at(slowest).is_none_or(|at| at <= now))
            .unwrap_or(0);
        let surplus = self.versions.len().saturating_sub(MOST_VERSIONS);
        self.versions.drain(..arrived.max(surplus));
    }

    pub(super) fn skip(&mut self) {
        self.newest.saved_at = None;
        self.versions = vec![self.newest.clone()];
        self.noes.clear();
    }

    pub(super) fn settles_in(&self, now: Instant) -> Option<Duration> {
        let slowest = self.delays.second.max(self.delays.resolver);
        let there = |owner: &DomainName| self.newest.rows.iter().any(|row| row.owner == *owner);
        let noes = self.noes.iter().filter(|((owner, _), _)| there(owner));
        self.newest
            .visible_at(slowest)
            .into_iter()
            .chain(noes.map(|(_, until)| *until))
            .max()
            .map(|at| at.saturating_duration_since(now))
            .filter(|left| !left.is_zero())
    }

    pub(super) fn reply(
        &mut self,
        host: Host,
        owner: &DomainName,
        record_type: WireType,
        now: Instant,
    ) -> Reply {
        let mut reply = Reply {
            code: ResponseCode::NoError,
            authoritative: host != Host::Resolver,
            answers: Vec::new(),
            authority: Vec::new(),
        };
        let mut here = owner.clone();
        for _ in 0..=LONGEST_CHAIN {
            let Some(view) = self.view(host, &here, now) else {
                if host != Host::Resolver && reply.answers.is_empty() {
                    reply.code = ResponseCode::Refused;
                    reply.authoritative = false;
                } else if host == Host::Resolver {
                    reply.code = ResponseCode::NXDomain;
                    reply.authority.extend(soa(&DomainName::root(), 1, TTL));
                }
                return reply;
            };
            let remembers = host == Host::Resolver && here.is_within(&self.zone.apex);
            let remembered = if remembers {
                self.remembered(&here, record_type, now)
            } else {
                None
            };
            if let Some((code, left)) = remembered {
                reply.code = code;
                reply
                    .authority
                    .extend(soa(&view.zone.apex, view.serial, left));
                return reply;
            }
            let found = view.at(&here, record_type);
            if !found.is_empty() {
                reply.answers.extend(found);
                return reply;
            }
            let alias = view.at(&here, WireType::CNAME);
            let target = alias.iter().find_map(|record| match &record.data {
                RData::CNAME(target) => name_of(&target.0),
                _ => None,
            });
            if let Some(target) = target {
                reply.answers.extend(alias);
                here = target;
                continue;
            }
            let exists = view.exists(&here);
            if !exists {
                reply.code = ResponseCode::NXDomain;
            }
            reply
                .authority
                .extend(soa(&view.zone.apex, view.serial, view.negative));
            if remembers {
                let key = (here, exists.then_some(record_type));
                self.remember(key, now);
            }
            return reply;
        }
        reply
    }

    /// The zone around `owner` as `host` knows it now.
    fn view(&self, host: Host, owner: &DomainName, now: Instant) -> Option<View<'_>> {
        let negative = u32::try_from(self.delays.negative.as_secs()).unwrap_or(TTL);
        if owner.is_within(&self.zone.apex) {
            let delay = match host {
                Host::First => Duration::ZERO,
                Host::Second => self.delays.second,
                Host::Resolver => self.delays.resolver,
            };
            let arrived = |version: &&Version| version.visible_at(delay).is_none_or(|at| at <= now);
            let version = self
                .versions
                .iter()
                .rev()
                .find(arrived)
                .or(self.versions.first())?;
            // An old copy at the resolver dies when the next one arrives.
            let dies_in = self
                .versions
                .iter()
                .filter_map(|version| version.visible_at(delay))
                .find(|at| *at > now)
                .map(|at| seconds(at - now));
            let ttl = match (host, dies_in) {
                (Host::Resolver, Some(left)) => left.min(TTL),
                _ => TTL,
            };
            return Some(View {
                zone: &self.zone,
                rows: &version.rows,
                serial: version.serial,
                ttl,
                negative,
            });
        }
        if host != Host::Resolver {
            return None;
        }
        let around = self
            .others
            .iter()
            .filter(|zone| owner.is_within(&zone.apex));
        around
            .max_by_key(|zone| zone.apex.as_str().len())
            .map(|zone| View {
                zone,
                rows: &zone.rows,
                serial: 1,
                ttl: TTL,
                negative: TTL,
            })
    }

    /// A "no" that was given before, and how many seconds it is still remembered.
    fn remembered(
        &self,
        owner: &DomainName,
        record_type: WireType,
        now: Instant,
    ) -> Option<(ResponseCode, u32)> {
        let left = |key: Option<WireType>| {
            let until = self.noes.get(&(owner.clone(), key))?;
            (*until > now).then(|| seconds(*until - now))
        };
        if let Some(left) = left(None) {
            return Some((ResponseCode::NXDomain, left));
        }
        left(Some(record_type)).map(|left| (ResponseCode::NoError, left))
    }

    fn remember(&mut self, key: (DomainName, Option<WireType>), now: Instant) {
        self.noes.retain(|_, until| *until > now);
        if self.noes.len() < MOST_NOES && !self.delays.negative.is_zero() {
            self.noes.insert(key, now + self.delays.negative);
        }
    }
}

impl Version {
    fn visible_at(&self, delay: Duration) -> Option<Instant> {
        self.saved_at.map(|at| at + delay)
    }
}

impl View<'_> {
    /// The records of a type at a name; those of a wildcard where the name does not exist (RFC 4592).
    fn at(&self, owner: &DomainName, record_type: WireType) -> Vec<Record> {
        let apex = &self.zone.apex;
        if owner == apex && record_type == WireType::SOA {
            return soa(apex, self.serial, self.negative).into_iter().collect();
        }
        if owner == apex && record_type == WireType::NS {
            let servers = self.zone.servers.iter().filter_map(wire_name);
            return servers
                .filter_map(|server| self.record(owner, RData::NS(NS(server))))
                .collect();
        }
        let source = if self.exists(owner) {
            owner.clone()
        } else {
            match self.wildcard(owner) {
                Some(wildcard) => wildcard,
                None => return Vec::new(),
            }
        };
        self.rows
            .iter()
            .filter(|row| row.owner == source && type_of(row.record_type) == record_type)
            .filter_map(|row| data_of(row.record_type, &row.value).ok())
            .filter_map(|data| self.record(owner, data))
            .collect()
    }

    /// True for a name with records, and for a name above one (an empty non-terminal).
    fn exists(&self, owner: &DomainName) -> bool {
        *owner == self.zone.apex
            || self.rows.iter().any(|row| row.owner.is_within(owner))
            || self
                .wildcard(owner)
                .is_some_and(|wildcard| wildcard == *owner)
    }

    /// The wildcard that speaks for a name that does not exist: right below its closest encloser.
    fn wildcard(&self, owner: &DomainName) -> Option<DomainName> {
        let mut encloser = owner.parent()?;
        while encloser.is_within(&self.zone.apex) {
            let wildcard = encloser.prefixed("*").ok()?;
            if self.rows.iter().any(|row| row.owner == wildcard) {
                return Some(wildcard);
            }
            let known = |row: &Row| row.owner.is_within(&encloser);
            if encloser == self.zone.apex || self.rows.iter().any(known) {
                return None;
            }
            encloser = encloser.parent()?;
        }
        None
    }

    fn record(&self, owner: &DomainName, data: RData) -> Option<Record> {
        Some(Record::from_rdata(wire_name(owner)?, self.ttl, data))
    }
}

/// Whole seconds, rounded up, so that nothing is promised too early.
fn seconds(left: Duration) -> u32 {
    u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

fn soa(apex: &DomainName, serial: u32, minimum: u32) -> Option<Record> {
    let owner = wire_name(apex)?;
    let primary = wire_name(&"ns1.pretend-dns.example".parse().ok()?)?;
    let mailbox = wire_name(&"hostmaster.pretend-dns.example".parse().ok()?)?;
    let data = SOA::new(primary, mailbox, serial, 3600, 600, 86_400, minimum);
    Some(Record::from_rdata(owner, minimum, RData::SOA(data)))
}
