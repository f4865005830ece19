//! Whom the records below an SPF record let through: an `include` or a `redirect` that allows everyone undoes all the rest.

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::Mechanism;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::codes;
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

/// Findings about the tree of the record `spf` at `owner`, of which `top` is the top.
pub(super) fn findings(owner: &DomainName, spf: &Spf, top: &Node) -> Vec<Finding> {
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
    for directive in spf.directives() {
        if directive.mechanism == Mechanism::All {
            break;
        }
        let term = directive.to_string();
        let Some(child) = child(top, &term) else {
            continue;
        };
        if directive.qualifier == Qualifier::Pass
            && matches!(directive.mechanism, Mechanism::Include(_))
            && allows_everyone(child)
        {
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
    let Some(child) = child(top, &term) else {
        return found;
    };
    if allows_everyone(child) {
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
    match end(child) {
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

fn record(node: &Node) -> Option<Spf> {
    node.record.as_ref()?.parse().ok()
}

fn child<'n>(node: &'n Node, term: &str) -> Option<&'n Node> {
    node.children.iter().find(|child| child.term == term)
}

/// True where every sender passes the record of the node, or every one with an IPv4 address.
fn allows_everyone(node: &Node) -> bool {
    let Some(spf) = record(node) else {
        return false;
    };
    for directive in spf.directives() {
        let matches_all = match &directive.mechanism {
            Mechanism::All | Mechanism::Ip4 { length: 0, .. } => true,
            Mechanism::Include(_) => {
                child(node, &directive.to_string()).is_some_and(allows_everyone)
            }
            _ => false,
        };
        if matches_all {
            return directive.qualifier == Qualifier::Pass;
        }
    }
    spf.redirect()
        .and_then(|target| child(node, &format!("redirect={target}")))
        .is_some_and(allows_everyone)
}

fn end(node: &Node) -> End {
    let Some(spf) = record(node) else {
        return End::Unknown;
    };
    match (spf.all(), spf.redirect()) {
        (Some(qualifier), _) => End::All(qualifier),
        (None, None) => End::Open,
        (None, Some(target)) => {
            child(node, &format!("redirect={target}")).map_or(End::Unknown, end)
        }
    }
}
