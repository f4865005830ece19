//! What came in so far, by question.

use std::cell::OnceCell;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::SocketAddr;

use jiff::Timestamp;

use crate::audit::Manner;
use crate::audit::Scope;
use crate::audit::questions::Kind;
use crate::catalog::owner::Owner;
use crate::records::dkim::Selector;
use crate::records::dmarc::discovery::Walk;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::spf::known::Known;

/// Stands for all resolvers where a question is put to each of them.
pub const EVERY_RESOLVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// A label that nobody has a record at, below the domain and below its `_domainkey`: what answers there is a wildcard.
const PROBE: &str = "nobounce-probe-q7x2";

/// The questions that were handed out: whom each was put to (None for the resolvers), and what for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    by_question: HashMap<Question, (Kind, Vec<Option<SocketAddr>>)>,
}

pub struct View<'a> {
    pub scope: &'a Scope,
    /// What the resolvers say about the names in SPF records, each record read once.
    pub known: &'a Known,
    asked: &'a Asked,
    /// The selectors that are guessed, with the question for each.
    pub guesses: &'a [(Selector, Question)],
    /// As the view before found them.
    pub services_before: &'a RefCell<Services>,
    by_question: HashMap<&'a Question, Vec<&'a Sighting>>,
    pub memory: Memory<'a>,
}

/// A selector, the question for it, and a usable answer.
#[derive(Clone, Copy)]
pub struct Tried<'a> {
    pub selector: &'a Selector,
    pub question: &'a Question,
    pub answer: Option<&'a Answer>,
}

/// The services recognized by mail servers and SPF terms, kept from view to view: it takes a walk through the catalog.
#[derive(Clone, Debug, Default)]
pub struct Services {
    pub hosts: Vec<DomainName>,
    pub terms: Vec<String>,
    pub found: Vec<(Owner, String)>,
}

/// What several sections ask for, worked out once for each view.
#[derive(Default)]
pub struct Memory<'a> {
    pub walk: OnceCell<Walk>,
    pub services: OnceCell<Vec<(Owner, String)>>,
    /// The selectors that were named and those of recognized services, with the question for each.
    pub selectors: OnceCell<Vec<(Selector, Question)>>,
    /// The guesses that are not among them, each with a usable answer where there is one.
    pub guesses: OnceCell<Vec<Tried<'a>>>,
    pub is_rewritten: OnceCell<bool>,
}

impl Asked {
    /// Notes that the question goes to `address`; false where it went there before.
    pub fn insert(&mut self, question: &Question, address: Option<SocketAddr>, kind: Kind) -> bool {
        if let Some((_, to)) = self.by_question.get_mut(question) {
            let is_new = !to.contains(&address);
            if is_new {
                to.push(address);
            }
            return is_new;
        }
        self.by_question
            .insert(question.clone(), (kind, vec![address]));
        true
    }

    /// What the question was first asked for.
    pub fn kind(&self, question: &Question) -> Option<Kind> {
        self.by_question.get(question).map(|(kind, _)| *kind)
    }

    fn to(&self, question: &Question) -> &[Option<SocketAddr>] {
        self.by_question
            .get(question)
            .map_or(&[], |(_, to)| to.as_slice())
    }
}

impl<'a> View<'a> {
    pub fn new(
        scope: &'a Scope,
        asked: &'a Asked,
        guesses: &'a [(Selector, Question)],
        services_before: &'a RefCell<Services>,
        sightings: &'a [Sighting],
        known: &'a Known,
    ) -> Self {
        let mut by_question: HashMap<&Question, Vec<&Sighting>> =
            HashMap::with_capacity(sightings.len());
        for sighting in sightings {
            by_question
                .entry(&sighting.question)
                .or_default()
                .push(sighting);
        }
        // Whose answer came first does not matter.
        for sightings in by_question.values_mut() {
            sightings.sort_by(|left, right| left.server.cmp(&right.server));
        }
        Self {
            scope,
            known,
            asked,
            guesses,
            services_before,
            by_question,
            memory: Memory::default(),
        }
    }

    pub fn domain(&self) -> &'a DomainName {
        &self.scope.domain
    }

    fn sightings(&self, question: &Question) -> &[&'a Sighting] {
        self.by_question.get(question).map_or(&[], Vec::as_slice)
    }

    /// What the resolvers say: a usable answer before trouble, the newest first.
    pub fn resolver(&self, question: &Question) -> Option<&'a Answer> {
        let answers = || {
            self.sightings(question)
                .iter()
                .rev()
                .filter(|sighting| !sighting.server.is_authoritative())
                .map(|sighting| &sighting.answer)
        };
        answers()
            .find(|answer| answer.trouble().is_none())
            .or_else(|| answers().next())
    }

    /// When the newest usable answer of the resolvers came in.
    pub fn resolver_seen_at(&self, question: &Question) -> Option<Timestamp> {
        self.sightings(question)
            .iter()
            .rev()
            .find(|sighting| {
                !sighting.server.is_authoritative() && sighting.answer.trouble().is_none()
            })
            .map(|sighting| sighting.seen_at)
    }

    /// True where a resolver has the answer to something and does not trust its signature; what it said with that.
    pub fn distrusts(&self, within: &DomainName) -> Option<&'a Trouble> {
        self.by_question.values().flatten().find_map(|sighting| {
            let trouble = sighting.answer.trouble()?;
            let is_ours = sighting.question.owner.is_within(within)
                && sighting.answer.chain.is_empty()
                && !sighting.server.is_authoritative();
            (is_ours && matches!(trouble, Trouble::BadSignature { .. })).then_some(trouble)
        })
    }

    /// True where this server was asked this question.
    pub fn was_asked(&self, address: SocketAddr, question: &Question) -> bool {
        self.asked.to(question).contains(&Some(address))
    }

    /// What the zone's own servers say.
    pub fn authoritative(
        &self,
        question: &Question,
    ) -> impl Iterator<Item = (&'a Server, &'a Answer)> {
        self.sightings(question)
            .iter()
            .filter(|sighting| sighting.server.is_authoritative())
            .map(|sighting| (&sighting.server, &sighting.answer))
    }

    /// A usable answer, of the resolvers or else of the zone's own servers.
    pub fn best(&self, question: &Question) -> Option<&'a Answer> {
        self.resolver(question)
            .into_iter()
            .chain(self.authoritative(question).map(|(_, answer)| answer))
            .find(|answer| answer.trouble().is_none())
    }

    /// The questions that servers of zones answered.
    pub fn asked_of_servers(&self) -> impl Iterator<Item = &'a Question> {
        self.by_question
            .iter()
            .filter(|(_, sightings)| {
                sightings
                    .iter()
                    .any(|sighting| sighting.server.is_authoritative())
            })
            .map(|(question, _)| *question)
    }

    /// True where somebody was asked.
    pub fn is_asked(&self, question: &Question) -> bool {
        !self.asked.to(question).is_empty()
    }

    /// True where every resolver was asked.
    pub fn is_asked_of_all(&self, question: &Question) -> bool {
        self.asked.to(question).contains(&Some(EVERY_RESOLVER))
    }

    /// What each resolver says, the newest where one was asked twice.
    pub fn resolvers(&self, question: &Question) -> Vec<(&'a Server, &'a Answer)> {
        let mut all: BTreeMap<&Server, &Answer> = BTreeMap::new();
        for sighting in self.sightings(question) {
            if !sighting.server.is_authoritative() {
                all.insert(&sighting.server, &sighting.answer);
            }
        }
        all.into_iter().collect()
    }

    /// True where a server that was asked has not answered yet.
    pub fn is_open(&self, question: &Question) -> bool {
        let seen = self.sightings(question);
        if let Manner::Resolvers { count } = self.scope.manner
            && self.is_asked_of_all(question)
            && self.resolvers(question).len() < count
        {
            return true;
        }
        self.asked
            .to(question)
            .iter()
            .filter(|address| **address != Some(EVERY_RESOLVER))
            .any(|address| {
                !seen.iter().any(|sighting| match address {
                    Some(address) => {
                        sighting.server.is_authoritative() && sighting.server.address() == *address
                    }
                    None => !sighting.server.is_authoritative(),
                })
            })
    }

    /// True where one of these addresses, as a name server, gave an answer about a name of the zone that can be relied on. Only the texts
    /// that every server is asked for count, so that it does not matter whom other questions went to.
    pub fn is_served_by(&self, addresses: &[SocketAddr], apex: &DomainName) -> bool {
        let domain = self.domain();
        let policy = domain.prefixed("_dmarc").ok();
        self.all().any(|sighting| {
            let owner = &sighting.question.owner;
            sighting.server.is_authoritative()
                && addresses.contains(&sighting.server.address())
                && sighting.question.record_type == RecordType::Txt
                && (owner == domain || Some(owner) == policy.as_ref())
                && owner.is_within(apex)
                && sighting.answer.trouble().is_none()
                && !sighting.answer.is_weak_no()
        })
    }

    /// True where this machine has no way to the server.
    pub fn is_unreachable(&self, address: SocketAddr) -> bool {
        self.by_question.values().flatten().any(|sighting| {
            sighting.server.address() == address
                && sighting.answer.trouble() == Some(&Trouble::Unreachable)
        })
    }

    /// True where the resolvers of this network answer for names that cannot exist.
    pub fn is_rewritten(&self) -> bool {
        *self.memory.is_rewritten.get_or_init(|| {
            rewriting_probes(self.domain())
                .iter()
                .filter_map(|question| self.resolver(question))
                .any(|answer| !answer.data().is_empty())
        })
    }

    fn all(&self) -> impl Iterator<Item = &'a Sighting> {
        self.by_question.values().flatten().copied()
    }

    /// True where every answer so far is that nothing came through; nothing is known before the first answer of a resolver.
    pub fn nobody_answers(&self) -> bool {
        let mut resolvers = self
            .all()
            .filter(|sighting| !sighting.server.is_authoritative())
            .peekable();
        resolvers.peek().is_some() && self.all().all(is_silence)
    }

    /// What resolvers gave instead of answers.
    pub fn troubles_of_resolvers(&self) -> Vec<&'a Trouble> {
        self.all()
            .filter(|sighting| !sighting.server.is_authoritative())
            .filter_map(|sighting| sighting.answer.trouble())
            .collect()
    }

    /// True where nothing comes from any name server of the zone, though a resolver has the zone's answer.
    pub fn is_cut_off(&self) -> bool {
        let own = self.own(RecordType::Txt);
        let is_known = self
            .resolver(&own)
            .is_some_and(|answer| answer.trouble().is_none() && !answer.is_weak_no());
        let mut servers = self
            .all()
            .filter(|sighting| sighting.server.is_authoritative())
            .peekable();
        is_known && servers.peek().is_some() && servers.all(is_silence)
    }

    /// True where all that comes from name servers of the zone is what a resolver would say.
    pub fn is_intercepted(&self) -> bool {
        let mut heard = self
            .all()
            .filter(|sighting| sighting.server.is_authoritative() && !is_silence(sighting))
            .peekable();
        heard.peek().is_some()
            && heard.all(|sighting| sighting.answer.trouble() == Some(&Trouble::AsResolver))
    }

    /// What a wildcard below the domain answers, if there is one.
    pub fn wildcard(&self, below: &str) -> Option<&'a Answer> {
        let answer = self.best(&self.probe(below)?)?;
        (!(answer.data().is_empty() && answer.chain.is_empty())).then_some(answer)
    }

    /// The question that only a wildcard answers. `below`: "" for the domain itself, or `_domainkey`.
    pub fn probe(&self, below: &str) -> Option<Question> {
        let prefix = if below.is_empty() {
            PROBE.to_owned()
        } else {
            format!("{PROBE}.{below}")
        };
        self.at(&prefix, RecordType::Txt)
    }

    /// A question about the domain itself.
    pub fn own(&self, record_type: RecordType) -> Question {
        Question::new(self.domain().clone(), record_type)
    }

    /// A question about a name below the domain; None where that would be too long.
    pub fn at(&self, prefix: &str, record_type: RecordType) -> Option<Question> {
        let owner = self.domain().prefixed(prefix).ok()?;
        Some(Question::new(owner, record_type))
    }
}

/// True for a name that only wildcards answer for.
pub fn is_probe(name: &DomainName) -> bool {
    name.labels().next() == Some(PROBE)
}

/// Names that do not exist: one under `.invalid`, which never does (RFC 6761), and one under `.com`, since some networks leave the first
/// alone. The second is different for each domain, so that nobody can make it exist for all.
pub fn rewriting_probes(domain: &DomainName) -> Vec<Question> {
    let mut number: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in domain.as_str().bytes() {
        // FNV-1a.
        number = (number ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    [
        format!("{PROBE}.invalid"),
        format!("{PROBE}-{number:016x}.com"),
    ]
    .iter()
    .filter_map(|owner| owner.parse().ok())
    .map(|owner| Question::new(owner, RecordType::A))
    .collect()
}

/// True where nothing came through from the server.
fn is_silence(sighting: &Sighting) -> bool {
    sighting
        .answer
        .trouble()
        .is_some_and(Trouble::is_of_the_way)
}
