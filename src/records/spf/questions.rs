//! The questions that the tree of an SPF record still needs answered.

use std::collections::BTreeSet;

use crate::records::name::DomainName;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Spf;
use crate::records::spf::judge::Selected;
use crate::records::spf::known::Known;
use crate::records::spf::tree::DEPTH;

/// Questions that one tree may want.
const QUESTIONS: usize = 60;

/// The questions that are open, those near the top first. Each name is followed once, wherever it stands, so that all that was ever answered
/// counts toward the bound.
pub fn wanted(owner: &DomainName, spf: &Spf, known: &Known) -> Vec<Question> {
    let mut search = Search {
        owner,
        known,
        seen: BTreeSet::new(),
        open: Vec::new(),
        next: Vec::new(),
    };
    let mut level = vec![(owner.clone(), spf)];
    for _ in 0..DEPTH {
        for (here, spf) in &level {
            search.record(here, spf);
        }
        level = std::mem::take(&mut search.next);
    }
    search.open
}

struct Search<'a> {
    owner: &'a DomainName,
    known: &'a Known,
    /// Answered and open.
    seen: BTreeSet<Question>,
    open: Vec<Question>,
    /// The records of the next level.
    next: Vec<(DomainName, &'a Spf)>,
}

impl<'a> Search<'a> {
    /// The questions of one record.
    fn record(&mut self, here: &DomainName, spf: &'a Spf) {
        let named = |domain: Option<&DomainSpec>| domain.map_or(Some(here.clone()), |d| d.at(here));
        for directive in spf.directives() {
            if self.seen.len() >= QUESTIONS {
                return;
            }
            match &directive.mechanism {
                Mechanism::All => break,
                Mechanism::Include(domain) => self.text(domain.at(here)),
                Mechanism::Exists(domain) => self.leaf(domain.at(here), RecordType::A),
                Mechanism::Mx { domain, .. } => self.leaf(named(domain.as_ref()), RecordType::Mx),
                Mechanism::A { domain, .. } => {
                    let name = named(domain.as_ref());
                    let is_empty = name.as_ref().is_some_and(|name| {
                        self.known
                            .answer(&Question::new(name.clone(), RecordType::A))
                            .is_some_and(|known| matches!(known.outcome, Outcome::NoData { .. }))
                    });
                    self.leaf(name.clone(), RecordType::A);
                    if is_empty {
                        self.leaf(name, RecordType::Aaaa);
                    }
                }
                Mechanism::Ptr(_) | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. } => {}
            }
        }
        if let (None, Some(domain)) = (spf.all(), spf.redirect()) {
            self.text(domain.at(here));
        }
    }

    /// A question that leads to another record. One that leads back to the top is a circle, whatever it says.
    fn text(&mut self, name: Option<DomainName>) {
        let Some(name) = name.filter(|name| name != self.owner) else {
            return;
        };
        if !self.meet(Some(name.clone()), RecordType::Txt) {
            return;
        }
        if let Some(Selected::One(below)) = self.known.record(&name) {
            self.next.push((name, below));
        }
    }

    /// A question that leads nowhere.
    fn leaf(&mut self, name: Option<DomainName>, record_type: RecordType) {
        self.meet(name, record_type);
    }

    /// Notes a question; true where it is met for the first time.
    fn meet(&mut self, name: Option<DomainName>, record_type: RecordType) -> bool {
        let Some(question) = name.map(|name| Question::new(name, record_type)) else {
            return false;
        };
        if self.seen.len() >= QUESTIONS || !self.seen.insert(question.clone()) {
            return false;
        }
        if self.known.answer(&question).is_none() {
            self.open.push(question);
        }
        true
    }
}
