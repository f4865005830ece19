//! An answer as it grows along a chain of aliases.

use jiff::Timestamp;

use crate::dns::ask::Asked;
use crate::dns::message::End;
use crate::dns::message::LONGEST_CHAIN;
use crate::dns::message::Reading;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;

/// An answer as it grows along a chain of aliases.
pub(super) struct Trail {
    owner: DomainName,
    pub chain: Vec<DomainName>,
    zone: Option<DomainName>,
    referral: Option<DomainName>,
    authentic: bool,
    pub rounds: u32,
}

impl Trail {
    pub fn new(question: &Question) -> Self {
        Self {
            owner: question.owner.clone(),
            chain: Vec::new(),
            zone: None,
            referral: None,
            authentic: true,
            rounds: 0,
        }
    }

    /// The name that is asked for now.
    pub fn here(&self) -> &DomainName {
        self.chain.last().unwrap_or(&self.owner)
    }

    /// Takes in one reading; the outcome where the trail ends with it.
    pub fn take(&mut self, step: Reading) -> Option<Outcome> {
        self.rounds += 1;
        self.zone = step.zone;
        self.referral = step.referral;
        self.authentic &= step.authentic;
        if let Err(trouble) = self.extend(step.chain) {
            return Some(Outcome::Trouble(trouble));
        }
        match step.end {
            End::Outcome(outcome) => Some(outcome),
            End::Follow(_) => None,
        }
    }

    pub fn extend(&mut self, chain: Vec<DomainName>) -> Result<(), Trouble> {
        for target in chain {
            let circle = target == self.owner || self.chain.contains(&target);
            if circle || self.chain.len() == LONGEST_CHAIN {
                return Err(Trouble::Loop);
            }
            self.chain.push(target);
        }
        Ok(())
    }

    pub fn end(self, server: Server, question: &Question, outcome: Outcome) -> Asked {
        Asked {
            sighting: Sighting {
                server,
                question: question.clone(),
                answer: Answer {
                    chain: self.chain,
                    outcome,
                },
                seen_at: Timestamp::now(),
            },
            zone: self.zone,
            referral: self.referral,
            authentic: self.authentic,
            rounds: self.rounds.max(1),
        }
    }
}
