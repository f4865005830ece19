//! A full look at a domain: which questions it asks, and what the answers mean together.
//!
//! Pure: [`Audit`] hands out questions, takes sightings, and can be asked for its report at any time.
//! The same audit serves `nobounce check` and the first page of the wizard.
//!
//! `view` what came in, by question · `zone` where the domain lives · `delegation` what the zone above says of it · `health` what is
//! wrong with the name servers, `signatures` with those of the zone · `network` what lies in the way · `settle` what all servers together
//! say to one question, `resolvers` the same of resolvers alone, `sets` what stands at each name · `questions` what can be asked next ·
//! `panel` mistakes that take several answers · one section of the report each: `spf`, `dkim` (with `astray`, keys at wrong names),
//! `dmarc` (with `permission` to send reports), `mail` (with `exchanges`, the servers that it names) · `compose` the report · `spf_look` a
//! look at SPF alone, with a message to check.

mod astray;
pub mod codes;
mod compose;
mod delegation;
mod dkim;
mod dmarc;
mod exchanges;
mod health;
mod mail;
pub mod network;
mod panel;
mod permission;
mod questions;
pub mod report;
mod resolvers;
pub mod sets;
mod settle;
mod signatures;
mod spf;
pub mod spf_look;
pub mod tell;
mod view;
mod zone;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::Timestamp;

use crate::audit::questions::Kind;
use crate::audit::report::Report;
use crate::audit::view::Asked;
use crate::audit::view::Services;
use crate::audit::view::View;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::sighting::Whom;
use crate::records::spf::known::Known;

/// Questions of one look besides those below: a need of one kind does not starve another.
const MOST_QUESTIONS: usize = 60;

/// Questions to the zone's own servers; each server that is asked counts.
const MOST_SERVER_QUESTIONS: usize = 60;

/// Questions about the records that the SPF record names.
const MOST_TREE_QUESTIONS: usize = 60;

/// Questions about selectors.
const MOST_SELECTOR_QUESTIONS: usize = 200;

/// In which order servers are asked about names where a record may be published soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Resolvers and name servers side by side: one round less.
    Quick,
    /// The zone's own servers first, and a resolver only where they have something: a resolver that is asked too early
    /// remembers the "no", and the record of the next step would be seen late.
    Careful,
    /// Resolvers alone, since port 53 does not get out (DNS over HTTPS); so many of them are there to ask.
    Resolvers { count: usize },
}

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub domain: DomainName,
    pub manner: Manner,
    /// What the user typed.
    pub input: String,
    /// Selectors that the user named: always in the report.
    pub selectors: Vec<Selector>,
    /// Selectors to try besides those of recognized services: in the report where something answers.
    pub guesses: Vec<Selector>,
    /// Port of authoritative servers.
    pub port: u16,
    /// Name servers whose address is known beforehand (practice).
    pub pinned: BTreeMap<DomainName, SocketAddr>,
}

/// A look in progress.
#[derive(Clone, Debug)]
pub struct Audit {
    pub scope: Scope,
    pub sightings: Vec<Sighting>,
    /// The answers of resolvers, as the SPF tree needs them.
    known: Known,
    asked: Asked,
    /// The guesses with the question for each: made once, where there are any.
    guesses: Vec<(Selector, Question)>,
    services: RefCell<Services>,
    /// Questions asked so far, by kind.
    counts: BTreeMap<Kind, usize>,
    /// Seconds that other clocks are ahead of this machine's, where that is worth telling.
    clock_off: Option<i64>,
}

impl Audit {
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            sightings: Vec::new(),
            known: Known::new(),
            asked: Asked::default(),
            guesses: Vec::new(),
            services: RefCell::default(),
            counts: BTreeMap::new(),
            clock_off: None,
        }
    }

    /// The questions that need no answer first.
    pub fn first(&mut self) -> Vec<Ask> {
        self.next()
    }

    /// Takes one answer; gives the questions that it makes possible. A question is never handed out twice.
    pub fn take(&mut self, sighting: Sighting) -> Vec<Ask> {
        self.keep(sighting);
        self.next()
    }

    /// Takes answers that came in together: what they make possible is worked out once. Answers that hardly lead on are only kept; what
    /// follows from them all the same is worked out with the next ones, or where none are handed in.
    pub fn take_all(&mut self, sightings: Vec<Sighting>) -> Vec<Ask> {
        // Nothing new: what was left for later is worked out now.
        let is_dull =
            !sightings.is_empty() && sightings.iter().all(|sighting| self.is_dull(sighting));
        for sighting in sightings {
            self.keep(sighting);
        }
        if is_dull { Vec::new() } else { self.next() }
    }

    fn keep(&mut self, sighting: Sighting) {
        if !sighting.server.is_authoritative() {
            let answer = spf::relied_on(&sighting.answer);
            self.known.insert(sighting.question.clone(), answer);
        }
        self.sightings.push(sighting);
    }

    /// True for an answer that nothing follows from, as most are: the "no" of a resolver to a selector that was only guessed, and what a
    /// name server says where it is known from a resolver already.
    fn is_dull(&self, sighting: &Sighting) -> bool {
        let question = &sighting.question;
        let answer = &sighting.answer;
        if self.scope.manner != Manner::Quick || answer.trouble().is_some() {
            return false;
        }
        if sighting.server.is_authoritative() {
            return question.record_type == RecordType::Soa || self.is_known(sighting);
        }
        answer.data().is_empty()
            && answer.chain.is_empty()
            && self.asked.kind(question) == Some(Kind::Selector)
            && self.scope.selectors.iter().all(|selector| {
                selector
                    .owner(&self.scope.domain)
                    .is_ok_and(|named| named != question.owner)
            })
    }

    /// True where a resolver has said the same, and proved it as far as it can.
    fn is_known(&self, sighting: &Sighting) -> bool {
        self.sightings
            .iter()
            .filter(|other| !other.server.is_authoritative() && other.question == sighting.question)
            .any(|other| settle::says(&other.answer) == settle::says(&sighting.answer))
    }

    /// Takes in that other clocks are ahead of this machine's by so many seconds; behind it where negative.
    pub fn note_clock(&mut self, ahead: i64) {
        self.clock_off = Some(ahead);
    }

    /// What is known so far. What it took (`queries`, `rounds`, `elapsed_ms`) is for the asker to fill in.
    pub fn report(&self, now: Timestamp) -> Report {
        let view = self.view();
        let mut report = compose::report(&view, now);
        if let Some(ahead) = self.clock_off {
            report
                .findings
                .push(tell::row(&network::clock(&view, ahead)));
            if report.verdict == "ok" {
                "warning".clone_into(&mut report.verdict);
            }
        }
        report
    }

    fn view(&self) -> View<'_> {
        View::new(
            &self.scope,
            &self.asked,
            &self.guesses,
            &self.services,
            &self.sightings,
            &self.known,
        )
    }

    fn next(&mut self) -> Vec<Ask> {
        if self.guesses.len() < self.scope.guesses.len() {
            self.guesses = dkim::with_questions(&self.scope.domain, &self.scope.guesses);
        }
        let wanted = questions::wanted(&self.view());
        let mut next: Vec<Ask> = Vec::new();
        for (kind, mut ask) in wanted {
            let most = match kind {
                Kind::Usual => MOST_QUESTIONS,
                Kind::Server => MOST_SERVER_QUESTIONS,
                Kind::Tree => MOST_TREE_QUESTIONS,
                Kind::Selector => MOST_SELECTOR_QUESTIONS,
            };
            let count = self.counts.entry(kind).or_default();
            let mut fresh = |address: Option<SocketAddr>| {
                let is_new = *count < most && self.asked.insert(&ask.question, address, kind);
                *count += usize::from(is_new);
                is_new
            };
            let is_wanted = match &mut ask.whom {
                Whom::Servers(servers) => {
                    servers.retain(|server| fresh(Some(server.address())));
                    !servers.is_empty()
                }
                Whom::AnyResolver => fresh(None),
                Whom::EveryResolver => fresh(Some(view::EVERY_RESOLVER)),
            };
            if is_wanted {
                next.push(ask);
            }
        }
        next
    }
}
