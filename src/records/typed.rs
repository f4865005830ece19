//! What a person typed where a domain is asked for, and which domain was meant.

use crate::records::name::DomainName;

/// A domain as understood from what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub domain: DomainName,
    /// The name as people write it, where it is an internationalized name (U-labels); escaped.
    pub unicode: Option<String>,
    /// What was taken off or changed, in plain words, where the typed text is not the domain itself:
    /// then the user is asked "did you mean ...?".
    pub changed: Option<String>,
    /// Other domains seen in the same text.
    pub others: Vec<DomainName>,
    /// Remarks such as "letters of two scripts are mixed".
    pub remarks: Vec<String>,
}

/// Why no domain was understood, in plain words, with what to type instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    pub reason: String,
    pub remedy: String,
}

/// Reads a domain the way people type it: an address of a web page or a mailbox, with a trailing dot, with
/// `_dmarc.` in front, with capitals or umlauts.
pub fn understand(_typed: &str) -> Result<Understood, NotUnderstood> {
    todo!()
}
