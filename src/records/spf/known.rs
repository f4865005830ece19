//! The answers that are known while an SPF record is looked at. Each record is read once, when it comes in.

use std::collections::BTreeMap;

use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;
use crate::records::spf::judge::Selected;
use crate::records::spf::judge::select;
use crate::records::untrusted::Untrusted;

/// What stands for every answer that did not come in time.
static LATE: Answer = Answer {
    chain: Vec::new(),
    outcome: Outcome::Trouble(Trouble::Timeout),
};

/// Answers by question.
#[derive(Clone, Debug, Default)]
pub struct Known {
    answers: BTreeMap<Question, Answer>,
    records: BTreeMap<DomainName, Selected>,
    closed: bool,
}

impl Known {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one answer in. A later answer to the same question replaces the one before, but trouble replaces no usable one.
    pub fn insert(&mut self, question: Question, answer: Answer) {
        let was_usable = self
            .answers
            .get(&question)
            .is_some_and(|before| before.trouble().is_none());
        if was_usable && answer.trouble().is_some() {
            return;
        }
        if question.record_type == RecordType::Txt && answer.trouble().is_none() {
            let texts: Vec<Untrusted> = answer.texts().cloned().collect();
            let selected = select(&question.owner, &texts);
            self.records.insert(question.owner.clone(), selected);
        }
        self.answers.insert(question, answer);
    }

    /// From now on a question without an answer counts as one that was not answered in time.
    pub fn close(&mut self) {
        self.closed = true;
    }

    pub fn answer(&self, question: &Question) -> Option<&Answer> {
        self.answers.get(question).or(self.closed.then_some(&LATE))
    }

    /// What receivers see of SPF at `domain`; None where that is not known, or where the look-up met trouble.
    pub fn record(&self, domain: &DomainName) -> Option<&Selected> {
        self.records.get(domain)
    }
}
