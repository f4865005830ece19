//! The questions that the tree of an SPF record still needs answered.

use std::collections::BTreeSet;

use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Spf;
use crate::records::spf::judge::Selected;
use crate::records::spf::judge::select;
use crate::records::spf::tree::DEPTH;
use crate::records::spf::tree::NODES;
use crate::records::untrusted::Untrusted;

/// Questions that one tree may want.
const QUESTIONS: usize = 60;

/// The questions that are open, those near the top first. Each name is followed once, wherever it stands, so that all that was ever answered
/// counts toward the bound.
pub(super) fn wanted(
    owner: &DomainName,
    spf: &Spf,
    answer: &dyn Fn(&Question) -> Option<Answer>,
) -> Vec<Question> {
    let mut seen: BTreeSet<Question> = BTreeSet::new();
    let mut open: Vec<Question> = Vec::new();
    let mut answered = 0;
    let mut level = vec![(owner.clone(), spf.clone())];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for (here, spf) in &level {
            for (question, leads_on) in questions(here, spf, answer) {
                // A record that leads back to the top is a circle, whatever it says.
                let is_back = leads_on && question.owner == *owner;
                if is_back || answered + open.len() >= NODES || !seen.insert(question.clone()) {
                    continue;
                }
                let Some(known) = answer(&question) else {
                    open.push(question);
                    continue;
                };
                answered += 1;
                if leads_on {
                    let texts: Vec<Untrusted> = known.texts().cloned().collect();
                    if let Selected::One(below) = select(&question.owner, &texts) {
                        next.push((question.owner, below));
                    }
                }
            }
        }
        level = next;
    }
    open.truncate(QUESTIONS.saturating_sub(answered));
    open
}

/// The questions of one record, and whether the answer leads on to another record.
fn questions(
    here: &DomainName,
    spf: &Spf,
    answer: &dyn Fn(&Question) -> Option<Answer>,
) -> Vec<(Question, bool)> {
    let named = |domain: Option<&DomainSpec>| domain.map_or(Some(here.clone()), |d| d.at(here));
    let mut list = Vec::new();
    let mut add = |name: Option<DomainName>, record_type, leads_on| {
        list.extend(name.map(|name| (Question::new(name, record_type), leads_on)));
    };
    for directive in spf.directives() {
        match &directive.mechanism {
            Mechanism::All => break,
            Mechanism::Include(domain) => add(named(Some(domain)), RecordType::Txt, true),
            Mechanism::Exists(domain) => add(named(Some(domain)), RecordType::A, false),
            Mechanism::Mx { domain, .. } => add(named(domain.as_ref()), RecordType::Mx, false),
            Mechanism::A { domain, .. } => {
                let name = named(domain.as_ref());
                let is_empty = name.as_ref().is_some_and(|name| {
                    answer(&Question::new(name.clone(), RecordType::A))
                        .is_some_and(|known| matches!(known.outcome, Outcome::NoData { .. }))
                });
                add(name.clone(), RecordType::A, false);
                if is_empty {
                    add(name, RecordType::Aaaa, false);
                }
            }
            Mechanism::Ptr(_) | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. } => {}
        }
    }
    if let (None, Some(domain)) = (spf.all(), spf.redirect()) {
        add(named(Some(domain)), RecordType::Txt, true);
    }
    list
}
