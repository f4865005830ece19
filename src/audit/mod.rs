//! A full look at a domain: which questions it asks, and what the answers mean together.
//!
//! Pure: [`Audit`] hands out questions, takes sightings, and can be asked for its report at any time.
//! The same audit serves `nobounce check` and the first page of the wizard.

pub mod report;

use jiff::Timestamp;

use crate::audit::report::Report;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::records::sighting::Ask;
use crate::records::sighting::Sighting;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub domain: DomainName,
    /// What the user typed.
    pub input: String,
    /// Selectors that the user named: always in the report.
    pub selectors: Vec<Selector>,
    /// Selectors to try besides those of recognized services: in the report where something answers.
    pub guesses: Vec<Selector>,
}

/// A look in progress.
#[derive(Clone, Debug)]
pub struct Audit {
    pub scope: Scope,
    pub sightings: Vec<Sighting>,
}

impl Audit {
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            sightings: Vec::new(),
        }
    }

    /// The questions that need no answer first.
    pub fn first(&mut self) -> Vec<Ask> {
        todo!()
    }

    /// Takes one answer; gives the questions that it makes possible. A question is never handed out twice.
    pub fn take(&mut self, _sighting: Sighting) -> Vec<Ask> {
        todo!()
    }

    /// What is known so far.
    pub fn report(&self, _now: Timestamp) -> Report {
        todo!()
    }
}
