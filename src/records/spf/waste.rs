//! Terms of an SPF record that do nothing: those that find nothing, and those that another term covers.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::Directive;
use crate::records::spf::Mechanism;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::codes;
use crate::records::spf::tree::Node;
use crate::records::spf::tree::NodeResult;

/// Terms that one finding names.
const NAMED: usize = 10;

/// Records below the top that are searched for networks.
const RECORDS: usize = 100;

/// What the owner of the record can take out of it without changing who may send.
pub fn waste(owner: &DomainName, spf: &Spf, top: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |code: Code, terms: &[String], what: &str, remedy: &str| {
        if terms.is_empty() {
            return;
        }
        findings.push(Finding {
            code,
            severity: Severity::Warning,
            subject: Subject::Spf,
            name: owner.clone(),
            message: format!("{what}: {}.", listed(terms)),
            remedy: remedy.to_owned(),
        });
    };
    add(
        codes::TERM_FINDS_NOTHING,
        &finding_nothing(top),
        "These terms of the SPF record find nothing, and each still costs a look-up (void look-up)",
        "Correct the name, or remove the term.",
    );
    let twice: Vec<String> = brought_twice(top)
        .into_iter()
        // The same term twice is told of the record by itself.
        .filter(|(term, by)| !term.eq_ignore_ascii_case(by))
        .map(|(term, by)| format!("{term} (brought by {by} as well)"))
        .collect();
    add(
        codes::INCLUDE_TWICE,
        &twice,
        "These terms of the SPF record are looked up more than once",
        "Remove the term where another one brings it.",
    );
    let covered: Vec<String> = covered(spf, top)
        .into_iter()
        .map(|(term, by)| format!("{term} (in {by})"))
        .collect();
    add(
        codes::TERM_COVERED,
        &covered,
        "These addresses of the SPF record lie in a network that it names as well",
        "Remove them: the larger network holds them.",
    );
    findings
}

fn listed(terms: &[String]) -> String {
    let shown = terms[..terms.len().min(NAMED)].join(", ");
    match terms.len() - terms.len().min(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `a`, `mx` and `exists` of the record itself whose look-up is empty. A name with a macro may be there for another message.
pub(super) fn finding_nothing(top: &Node) -> Vec<String> {
    top.children
        .iter()
        .filter(|child| child.void > 0 && child.result == NodeResult::Ok && !is_record(child))
        .filter(|child| !child.term.contains('%'))
        .map(|child| child.term.clone())
        .collect()
}

/// Terms of the record itself that include a domain which another of its terms brings, with that other term.
pub(super) fn brought_twice(top: &Node) -> Vec<(String, String)> {
    let mut twice: Vec<(String, String)> = Vec::new();
    for (at, child) in top.children.iter().enumerate() {
        if !is_plain_include(child) {
            continue;
        }
        let by = top
            .children
            .iter()
            .enumerate()
            .filter(|(other, node)| *other != at && is_plain_include(node))
            // Of two that bring each other, or are equal, the later one goes.
            .find(|(other, node)| {
                brings(node, &child.domain) && (*other < at || !brings(child, &node.domain))
            });
        if let Some((_, node)) = by {
            twice.push((child.term.clone(), node.term.clone()));
        }
    }
    twice
}

fn is_record(node: &Node) -> bool {
    node.term.contains("include:") || node.term.starts_with("redirect=")
}

/// An `include` that lets pass what it holds.
fn is_plain_include(node: &Node) -> bool {
    let term = node.term.to_ascii_lowercase();
    term.starts_with("include:") && node.result == NodeResult::Ok
}

/// True where the record of `domain` is read in `node` or below it, by includes that let pass what they hold.
fn brings(node: &Node, domain: &str) -> bool {
    node.domain == domain
        || node
            .children
            .iter()
            .any(|child| is_plain_include(child) && brings(child, domain))
}

/// A network, cut to its length.
type Network = (IpAddr, u8);

/// Addresses of the record itself that lie in a larger network of it, or of a record that it includes.
fn covered(spf: &Spf, top: &Node) -> Vec<(String, String)> {
    let mut larger: BTreeMap<Network, String> = BTreeMap::new();
    let mut add = |spf: &Spf, of: Option<&str>| {
        for directive in passing(spf) {
            if let Some(network) = network(&directive.mechanism) {
                larger.entry(network).or_insert_with(|| {
                    let of = of.map_or(String::new(), |domain| format!(" of {domain}"));
                    format!("{directive}{of}")
                });
            }
        }
    };
    add(spf, None);
    let mut level: Vec<&Node> = top.children.iter().collect();
    let mut read = 0;
    while let Some(node) = level.pop() {
        if !is_plain_include(node) || read == RECORDS {
            continue;
        }
        read += 1;
        if let Some(Ok(below)) = node.record.as_ref().map(|text| text.parse::<Spf>()) {
            add(&below, Some(&node.domain));
        }
        level.extend(&node.children);
    }
    let mut found = Vec::new();
    for directive in passing(spf) {
        let Some((address, length)) = network(&directive.mechanism) else {
            continue;
        };
        let around = (0..length).find_map(|length| larger.get(&(cut(address, length), length)));
        if let Some(around) = around {
            found.push((directive.to_string(), around.clone()));
        }
    }
    found
}

/// The directives before `all`, as far as all of them let pass: behind another sign the order counts.
fn passing(spf: &Spf) -> impl Iterator<Item = &Directive> {
    spf.directives().take_while(|directive| {
        directive.qualifier == Qualifier::Pass && directive.mechanism != Mechanism::All
    })
}

fn network(mechanism: &Mechanism) -> Option<Network> {
    match mechanism {
        Mechanism::Ip4 { address, length } => Some((cut(IpAddr::V4(*address), *length), *length)),
        Mechanism::Ip6 { address, length } => Some((cut(IpAddr::V6(*address), *length), *length)),
        _ => None,
    }
}

fn cut(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(ip) => {
            let mask = u32::MAX
                .checked_shl(32 - u32::from(length.min(32)))
                .unwrap_or_default();
            IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() & mask))
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX
                .checked_shl(128 - u32::from(length.min(128)))
                .unwrap_or_default();
            IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & mask))
        }
    }
}
