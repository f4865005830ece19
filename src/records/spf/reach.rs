//! Whom the records below an SPF record let through: an `include` or a `redirect` that allows everyone undoes all the rest.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::Mechanism;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::codes;
use crate::records::spf::judge::Selected;
use crate::records::spf::known::Known;
use crate::records::spf::tree::Node;

/// What a record does with mail that none of its own terms name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    All(Qualifier),
    /// No `all` and no `redirect`.
    Open,
    /// It goes on in a record that could not be read.
    Unknown,
}

/// Findings about the tree of the record `spf` at `owner`, of which `top` is the top. `known`: the records below, read.
pub(super) fn findings(owner: &DomainName, spf: &Spf, top: &Node, known: &Known) -> Vec<Finding> {
    let below = children(top);
    let mut found = Vec::new();
    let mut say = |code: Code, severity, message: String, remedy: String| {
        found.push(Finding {
            code,
            severity,
            subject: Subject::Spf,
            name: owner.clone(),
            message,
            remedy,
        });
    };
    let mut told = BTreeSet::new();
    for directive in spf.directives() {
        if directive.mechanism == Mechanism::All {
            break;
        }
        if directive.qualifier != Qualifier::Pass
            || !matches!(directive.mechanism, Mechanism::Include(_))
        {
            continue;
        }
        let term = directive.to_string();
        // Each child is looked at once, however often the record names it.
        let Some(child) = below
            .get(term.as_str())
            .filter(|_| told.insert(term.clone()))
        else {
            continue;
        };
        if allows_everyone(child, known) {
            say(
                codes::ALLOWS_EVERYONE,
                Severity::Error,
                format!(
                    "{term} allows everyone in the world to send as this domain, because the record of {} does.",
                    child.domain
                ),
                format!(
                    "Delete {term} from the record, and tell whoever runs {}.",
                    child.domain
                ),
            );
        }
    }
    let (None, Some(target)) = (spf.all(), spf.redirect()) else {
        return found;
    };
    let term = format!("redirect={target}");
    let Some(child) = below.get(term.as_str()) else {
        return found;
    };
    if allows_everyone(child, known) {
        say(
            codes::ALLOWS_EVERYONE,
            Severity::Error,
            format!(
                "{term} allows everyone in the world to send as this domain, because the record of {} does.",
                child.domain
            ),
            "Name your own services in the record instead, and end it with ~all.".to_owned(),
        );
        return found;
    }
    let remedy = format!(
        "Ask whoever runs {} to end that record with ~all.",
        child.domain
    );
    match end(child, known) {
        End::All(Qualifier::Neutral) => say(
            codes::NEUTRAL_ALL,
            Severity::Warning,
            format!(
                "{term} leads to a record that takes no position on mail from anywhere else (?all), so it protects nothing."
            ),
            remedy,
        ),
        End::Open => say(
            codes::ALL_MISSING,
            Severity::Warning,
            format!(
                "{term} leads to a record that does not say what to do with mail from anywhere else: it has no all at its end."
            ),
            remedy,
        ),
        End::All(_) | End::Unknown => {}
    }
    found
}

fn record<'k>(node: &Node, known: &'k Known) -> Option<&'k Spf> {
    match known.record(&node.domain.parse().ok()?)? {
        Selected::One(spf) => Some(spf),
        _ => None,
    }
}

/// The children of a node by their terms; the first of those with the same term.
fn children(node: &Node) -> BTreeMap<&str, &Node> {
    let pairs = node.children.iter().rev();
    pairs.map(|child| (child.term.as_str(), child)).collect()
}

/// True where every sender passes the record of the node, or every one with an IPv4 address.
fn allows_everyone(node: &Node, known: &Known) -> bool {
    let Some(spf) = record(node, known) else {
        return false;
    };
    let below = children(node);
    let mut told = BTreeSet::new();
    for directive in spf.directives() {
        let matches_all = match &directive.mechanism {
            Mechanism::All | Mechanism::Ip4 { length: 0, .. } => true,
            Mechanism::Include(_) if !below.is_empty() => {
                let term = directive.to_string();
                below
                    .get(term.as_str())
                    .is_some_and(|child| told.insert(term.clone()) && allows_everyone(child, known))
            }
            _ => false,
        };
        if matches_all {
            return directive.qualifier == Qualifier::Pass;
        }
    }
    spf.redirect()
        .and_then(|target| below.get(format!("redirect={target}").as_str()).copied())
        .is_some_and(|child| allows_everyone(child, known))
}

fn end(node: &Node, known: &Known) -> End {
    let Some(spf) = record(node, known) else {
        return End::Unknown;
    };
    match (spf.all(), spf.redirect()) {
        (Some(qualifier), _) => End::All(qualifier),
        (None, None) => End::Open,
        (None, Some(target)) => children(node)
            .get(format!("redirect={target}").as_str())
            .map_or(End::Unknown, |child| end(child, known)),
    }
}
