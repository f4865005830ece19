//! What would bring an SPF record under the limit of look-ups, with what each change saves and what it costs.

use std::collections::BTreeSet;

use crate::records::name::DomainName;
use crate::records::spf::tree::LOOKUPS;
use crate::records::spf::tree::Node;
use crate::records::spf::tree::NodeResult;
use crate::records::spf::waste::brought_twice;
use crate::records::spf::waste::finding_nothing;

/// One change of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saving {
    /// As written in the record.
    pub term: String,
    /// Look-ups that the record needs less.
    pub saves: u32,
    /// What to do, in a sentence.
    pub change: String,
    /// What has to be thought of; empty where the change costs nothing.
    pub price: String,
    /// True for a change that is not counted on.
    pub is_last_resort: bool,
}

/// The changes, the ones that cost least first. Empty where the record keeps the limit.
///
/// To write the addresses of somebody else's service into the record (flattening) comes last: they change without a word.
pub fn savings(owner: &DomainName, top: &Node) -> Vec<Saving> {
    if top.total <= LOOKUPS {
        return Vec::new();
    }
    let mut list = List {
        savings: Vec::new(),
        named: BTreeSet::new(),
    };
    for (at, child) in top.children.iter().enumerate() {
        if child.result == NodeResult::Missing {
            list.add_at(
                at,
                child,
                "Remove it: there is no SPF record at that name, so it lets nothing pass."
                    .to_owned(),
                "",
            );
        }
    }
    for term in finding_nothing(top) {
        list.add_term(top, &term, "Remove it: nothing is found at that name.", "");
    }
    let mut seen = BTreeSet::new();
    for (at, child) in top.children.iter().enumerate() {
        if !seen.insert((child.term.to_ascii_lowercase(), &child.domain)) {
            list.add_at(
                at,
                child,
                "Remove it: it stands in the record twice.".to_owned(),
                "",
            );
        }
    }
    let twice = brought_twice(top);
    // Of two equal terms one stays.
    for (term, by) in twice
        .iter()
        .filter(|(term, by)| !term.eq_ignore_ascii_case(by))
    {
        list.add_term(
            top,
            term,
            &format!("Remove it: {by} brings it already."),
            "",
        );
    }
    for (at, child) in top.children.iter().enumerate() {
        let word = bare(&child.term);
        if word == "ptr" || word.starts_with("ptr:") {
            list.add_at(
                at,
                child,
                "Replace it by the addresses that are meant (ip4: and ip6:).".to_owned(),
                "",
            );
        }
    }
    for (at, child) in top.children.iter().enumerate() {
        let word = bare(&child.term);
        let is_own = ["a", "mx"].iter().any(|kind| {
            word.strip_prefix(kind)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
        if is_own && !word.contains('%') {
            list.add_at(
                at,
                child,
                format!(
                    "If mail really leaves from {}, write its addresses with ip4: and ip6: instead; if not, remove it.",
                    child.domain
                ),
                "The record has to be changed when that server moves.",
            );
        }
    }
    let mut includes: Vec<(usize, &Node)> = top
        .children
        .iter()
        .enumerate()
        .filter(|(_, child)| bare(&child.term).starts_with("include:"))
        .collect();
    includes.sort_by_key(|(at, child)| (std::cmp::Reverse(child.total), *at));
    for (at, child) in &includes {
        list.add_at(
            *at,
            child,
            format!(
                "Remove it if that service no longer sends for you, or let the service send as a subdomain with a record of its own, such as news.{owner}."
            ),
            "A service that moves to a subdomain shows another address behind the @.",
        );
    }
    if let Some((_, largest)) = includes.first() {
        list.savings.push(Saving {
            term: largest.term.clone(),
            saves: largest.total,
            change: format!(
                "As a last resort, write the addresses behind {} into the record yourself (flattening).",
                largest.domain
            ),
            price: "Its owner changes them without telling you, and from that day on your mail fails. It needs a program that looks every day."
                .to_owned(),
            is_last_resort: true,
        });
    }
    list.savings
}

/// How many of the changes, in their order, are needed to keep the limit; None where all but the last resort are not enough.
pub fn enough(top: &Node, savings: &[Saving]) -> Option<usize> {
    let mut left = top.total;
    let counted = savings.iter().filter(|saving| !saving.is_last_resort);
    for (at, saving) in counted.enumerate() {
        left = left.saturating_sub(saving.saves);
        if left <= LOOKUPS {
            return Some(at + 1);
        }
    }
    None
}

struct List {
    savings: Vec<Saving>,
    /// Places among the children of the top that are on the list already.
    named: BTreeSet<usize>,
}

impl List {
    fn add(&mut self, child: &Node, change: String, price: &str) {
        self.savings.push(Saving {
            term: child.term.clone(),
            saves: child.total,
            change,
            price: price.to_owned(),
            is_last_resort: false,
        });
    }

    fn add_at(&mut self, at: usize, child: &Node, change: String, price: &str) {
        if self.named.insert(at) {
            self.add(child, change, price);
        }
    }

    fn add_term(&mut self, top: &Node, term: &str, change: &str, price: &str) {
        let found = top
            .children
            .iter()
            .enumerate()
            .find(|(at, child)| child.term == term && !self.named.contains(at));
        if let Some((at, child)) = found {
            self.add_at(at, child, change.to_owned(), price);
        }
    }
}

/// A term without its sign, in lower case.
fn bare(term: &str) -> String {
    term.trim_start_matches(['+', '-', '~', '?'])
        .to_ascii_lowercase()
}
