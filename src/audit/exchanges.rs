//! The servers that the MX records name: whether each can be reached by its name (RFC 5321, section 5.1).
//!
//! Only what a resolver proves is told: trouble on the way says nothing about a server.

use std::net::IpAddr;

use crate::audit::codes;
use crate::audit::tell;
use crate::audit::view::View;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;

/// Mail servers that are looked up: those of the best preference.
const MOST_ASKED: usize = 6;

/// Why mail cannot be brought to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// An address stands where a name belongs.
    IsAddress(IpAddr),
    DoesNotExist,
    WithoutAddress,
}

/// The servers to look up: neither the dot of a null MX nor an address.
fn names<'h>(
    hosts: &'h [DomainName],
    zone: &'h DomainName,
) -> impl Iterator<Item = &'h DomainName> {
    hosts
        .iter()
        .filter(|host| !host.is_root() && literal(host, zone).is_none())
        .take(MOST_ASKED)
}

/// The questions for their addresses: that of IPv6 only where there is none of IPv4.
pub fn questions(view: &View<'_>, hosts: &[DomainName], zone: &DomainName) -> Vec<Question> {
    names(hosts, zone)
        .flat_map(|host| {
            let a = Question::new(host.clone(), RecordType::A);
            let aaaa = Question::new(host.clone(), RecordType::Aaaa);
            let is_without = view
                .resolver(&a)
                .is_some_and(|answer| matches!(answer.outcome, Outcome::NoData { .. }));
            std::iter::once(a).chain(is_without.then_some(aaaa))
        })
        .collect()
}

/// What is wrong with the servers of `domain`, best preference first. `zone` is the one that holds the domain.
pub fn findings(view: &View<'_>, hosts: &[DomainName], zone: &DomainName) -> Vec<Finding> {
    if view.is_rewritten() {
        return Vec::new();
    }
    let faults: Vec<(&DomainName, Option<Fault>)> = hosts
        .iter()
        .filter(|host| !host.is_root())
        .map(|host| (host, fault(view, host, zone)))
        .collect();
    let none_is_left = faults.iter().all(|(_, fault)| fault.is_some());
    let mut findings: Vec<Finding> = faults
        .iter()
        .filter_map(|(host, fault)| Some(tell_fault(view, host, (*fault)?, none_is_left)))
        .collect();
    findings.extend(
        faults
            .iter()
            .filter(|(_, fault)| fault.is_none())
            .filter_map(|(host, _)| {
                let a = Question::new((*host).clone(), RecordType::A);
                let target = view.resolver(&a)?.chain.first()?;
                Some(is_alias(view, host, target))
            }),
    );
    findings
}

fn fault(view: &View<'_>, host: &DomainName, zone: &DomainName) -> Option<Fault> {
    if let Some(address) = literal(host, zone) {
        return Some(Fault::IsAddress(address));
    }
    let answer = |family| view.resolver(&Question::new(host.clone(), family));
    let a = answer(RecordType::A)?;
    match a.outcome {
        Outcome::NoName { ttl: Some(_) } => Some(Fault::DoesNotExist),
        _ if has_nothing(a) && has_nothing(answer(RecordType::Aaaa)?) => {
            Some(Fault::WithoutAddress)
        }
        _ => None,
    }
}

/// True for a "no" that shows where it comes from.
fn has_nothing(answer: &Answer) -> bool {
    matches!(
        answer.outcome,
        Outcome::NoData { ttl: Some(_) } | Outcome::NoName { ttl: Some(_) }
    )
}

/// The address that was typed in place of a name; panels put the zone behind it.
fn literal(host: &DomainName, zone: &DomainName) -> Option<IpAddr> {
    let text = host.as_str();
    let bare = text
        .strip_suffix(zone.as_str())
        .and_then(|front| front.strip_suffix('.'))
        .unwrap_or(text);
    bare.trim_matches(['[', ']']).parse().ok()
}

fn tell_fault(view: &View<'_>, host: &DomainName, fault: Fault, none_is_left: bool) -> Finding {
    let (code, message, remedy) = match fault {
        Fault::IsAddress(address) => (
            codes::MX_IS_ADDRESS,
            format!(
                "The MX record names the address {address}. It has to name a server: mail servers look the name up, and find nothing."
            ),
            "Give the server a name with an address record (A), and put that name into the MX record.",
        ),
        Fault::DoesNotExist => (
            codes::MX_DOES_NOT_EXIST,
            format!(
                "The mail server {host} does not exist in the DNS{}.",
                behind(view, host)
            ),
            "Compare the MX record with what your mail provider shows, letter by letter. If you left that provider, delete the record.",
        ),
        Fault::WithoutAddress => (
            codes::MX_WITHOUT_ADDRESS,
            format!(
                "The mail server {host} has no address{}, so no mail can be brought there.",
                behind(view, host)
            ),
            "Compare the MX record with what your mail provider shows. If the server is your own, give it an address record (A).",
        ),
    };
    let (severity, effect) = if none_is_left {
        (Severity::Error, "Mail to the domain is lost or comes back.")
    } else {
        (
            Severity::Warning,
            "Others take its place, so mail arrives later.",
        )
    };
    tell::tell(
        Subject::Mx,
        severity,
        code,
        view.domain(),
        &format!("{message} {effect}"),
        remedy,
    )
}

/// Where the name leads, in words, if it is an alias.
fn behind(view: &View<'_>, host: &DomainName) -> String {
    let a = Question::new(host.clone(), RecordType::A);
    view.resolver(&a)
        .and_then(|answer| answer.chain.last())
        .map_or_else(String::new, |target| {
            format!(": it is an alias (CNAME) of {target}")
        })
}

fn is_alias(view: &View<'_>, host: &DomainName, target: &DomainName) -> Finding {
    tell::tell(
        Subject::Mx,
        Severity::Warning,
        codes::MX_IS_ALIAS,
        view.domain(),
        &format!(
            "The mail server {host} is an alias (CNAME) of {target}. That is not allowed for mail servers, and some senders do not follow it."
        ),
        &format!(
            "Name {target} itself in the MX record, if its owner agrees, or give {host} an address record (A)."
        ),
    )
}
