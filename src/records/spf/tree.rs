//! The tree of includes below an SPF record, with what each node costs (RFC 7208, section 4.6.4).
//!
//! Pure: it is handed what is known and says what it still needs to know.

use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Question;

/// One term that names other records, or the record at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The term as written; `v=spf1` for the top.
    pub term: String,
    /// The name that was looked up.
    pub domain: String,
    /// The SPF record found there; escaped.
    pub record: Option<String>,
    /// Look-ups of the term itself: 1 for include, a, mx, ptr, exists, redirect; 0 for the top.
    pub cost: u32,
    /// `cost` of this node and of all below.
    pub total: u32,
    /// Void look-ups of this node and of all below.
    pub void: u32,
    pub result: NodeResult,
    pub children: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeResult {
    Ok,
    Missing,
    Loop,
    Error,
}

/// The tree as far as the answers go, and the questions whose answers are still wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    pub top: Node,
    pub wanted: Vec<Question>,
    /// Names whose look-up met trouble: the count is then a lower bound.
    pub troubled: Vec<DomainName>,
    pub findings: Vec<Finding>,
}

/// Grows the tree of the record `text` at `owner` from `answers`. At most `60` questions are ever wanted.
pub fn grow(
    _owner: &DomainName,
    _spf: &crate::records::spf::Spf,
    _answer: &dyn Fn(&Question) -> Option<Answer>,
) -> Tree {
    todo!()
}
