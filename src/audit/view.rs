//! What came in so far, by question.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::net::SocketAddr;

use crate::audit::Asked;
use crate::audit::Scope;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::spf::known::Known;

/// A label that nobody has a record at, below the domain and below its `_domainkey`: what answers there is a wildcard.
const PROBE: &str = "nobounce-probe-q7x2";

pub struct View<'a> {
    pub scope: &'a Scope,
    /// What the resolvers say about the names in SPF records, each record read once.
    pub known: &'a Known,
    asked: &'a BTreeSet<Asked>,
    by_question: BTreeMap<&'a Question, Vec<&'a Sighting>>,
}

impl<'a> View<'a> {
    pub fn new(
        scope: &'a Scope,
        asked: &'a BTreeSet<Asked>,
        sightings: &'a [Sighting],
        known: &'a Known,
    ) -> Self {
        let mut by_question: BTreeMap<&Question, Vec<&Sighting>> = BTreeMap::new();
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
            by_question,
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

    /// True where somebody was asked.
    pub fn is_asked(&self, question: &Question) -> bool {
        self.asked.iter().any(|(_, asked)| asked == question)
    }

    /// True where a server that was asked has not answered yet.
    pub fn is_open(&self, question: &Question) -> bool {
        let seen = self.sightings(question);
        self.asked.iter().any(|(address, asked)| {
            asked == question
                && !seen.iter().any(|sighting| match address {
                    Some(address) => {
                        sighting.server.is_authoritative() && sighting.server.address() == *address
                    }
                    None => !sighting.server.is_authoritative(),
                })
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
        invalid_probe()
            .and_then(|question| self.resolver(&question))
            .is_some_and(|answer| !answer.data().is_empty())
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

/// A name under `.invalid`, which never exists (RFC 6761).
pub fn invalid_probe() -> Option<Question> {
    let owner = format!("{PROBE}.invalid").parse().ok()?;
    Some(Question::new(owner, RecordType::A))
}
