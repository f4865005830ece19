//! What is wrong with the name servers themselves, and with the way to them.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::audit::codes;
use crate::audit::delegation;
use crate::audit::signatures;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Zone;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::serials;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;

/// What became of one name server.
enum State {
    Answers,
    /// It answers about names of the zone, and not about the zone itself (SOA).
    Partly(Trouble),
    Lame(Trouble),
    Silent(Trouble),
    NoAddress,
    /// Its address could not be looked up.
    Unfound(Trouble),
    /// It is not known yet.
    Open,
}

pub fn findings(view: &View<'_>, zone: &Zone, now: Timestamp) -> Vec<Finding> {
    let mut findings = servers(view, zone);
    findings.extend(denied(zone));
    findings.extend(lists(zone));
    findings.extend(glue(view, zone));
    findings.extend(inside(zone));
    findings.extend(versions(view, zone));
    findings.extend(signatures::finding(view, zone, now));
    findings
}

fn state(view: &View<'_>, zone: &Zone, name: &DomainName) -> State {
    match zone.answer(view, name).map(|answer| answer.trouble()) {
        Some(None) => State::Answers,
        Some(Some(trouble)) if zone.is_served_by(view, name) => State::Partly(trouble.clone()),
        Some(Some(trouble @ (Trouble::Refused | Trouble::NotAuthoritative))) => {
            State::Lame(trouble.clone())
        }
        Some(Some(trouble)) => State::Silent(trouble.clone()),
        None if has_no_address(view, name) => State::NoAddress,
        None => no_way_to_address(view, name).map_or(State::Open, State::Unfound),
    }
}

/// What went wrong where no address of a name server came in and none is still awaited.
fn no_way_to_address(view: &View<'_>, name: &DomainName) -> Option<Trouble> {
    let questions = [RecordType::A, RecordType::Aaaa]
        .map(|record_type| Question::new(name.clone(), record_type));
    let is_open = questions.iter().any(|question| view.is_open(question));
    if is_open || !zone::known_addresses(view, name).is_empty() {
        return None;
    }
    questions
        .iter()
        .find_map(|question| view.resolver(question)?.trouble())
        .cloned()
}

fn has_no_address(view: &View<'_>, name: &DomainName) -> bool {
    [RecordType::A, RecordType::Aaaa].iter().all(|record_type| {
        view.resolver(&Question::new(name.clone(), *record_type))
            .is_some_and(|answer| {
                matches!(
                    answer.outcome,
                    Outcome::NoData { ttl: Some(_) } | Outcome::NoName { ttl: Some(_) }
                )
            })
    })
}

/// Name servers that are of no use, one by one.
fn servers(view: &View<'_>, zone: &Zone) -> Vec<Finding> {
    let states: Vec<(&DomainName, State)> = zone
        .all()
        .map(|name| (name, state(view, zone, name)))
        .collect();
    let answering = states
        .iter()
        .filter(|(_, state)| matches!(state, State::Answers | State::Partly(_)))
        .count();
    let is_open = states.iter().any(|(_, state)| matches!(state, State::Open));
    let mut findings = Vec::new();
    let mut add = |severity, code: Code, name: &DomainName, message: String, remedy: &str| {
        findings.push(tell::tell(
            Subject::Ns,
            severity,
            code,
            name,
            &message,
            remedy,
        ));
    };
    for (name, state) in &states {
        match state {
            State::Silent(trouble) => {
                let (severity, code) = if answering == 0 {
                    (Severity::Error, codes::DNS_TROUBLE)
                } else {
                    (Severity::Warning, codes::NS_SILENT)
                };
                add(
                    severity,
                    code,
                    name,
                    format!(
                        "The name server {name} {trouble}{}.",
                        family(view, name, trouble)
                    ),
                    "If this stays so, ask the company that keeps your DNS about this name server.",
                );
            }
            State::Partly(trouble) => add(
                Severity::Warning,
                codes::NS_SILENT,
                name,
                format!(
                    "The name server {name} answers about your records, and not about the zone itself (SOA): there it {trouble}. \
                     So it cannot be told whether it holds the newest version."
                ),
                "If this stays so, ask the company that keeps your DNS about this name server.",
            ),
            State::Lame(trouble) => add(
                Severity::Warning,
                codes::NS_LAME,
                name,
                format!("The name server {name} does not serve this zone: it {trouble}."),
                "Take it out of the list of name servers at your registrar, or have the company that runs it set the domain up there.",
            ),
            State::Unfound(trouble) => {
                let (severity, code) = if answering == 0 {
                    (Severity::Error, codes::DNS_TROUBLE)
                } else {
                    (Severity::Warning, codes::NS_SILENT)
                };
                add(
                    severity,
                    code,
                    name,
                    format!(
                        "The address of the name server {name} could not be looked up: the resolver {trouble}. That says nothing about your records."
                    ),
                    "Look again in a minute. If it stays so, try another resolver, with --resolver 9.9.9.9, and ask the company that keeps your DNS about this name server.",
                );
            }
            State::NoAddress => add(
                Severity::Warning,
                codes::NS_WITHOUT_ADDRESS,
                name,
                format!("The name server {name} has no address, so nobody can ask it."),
                "Take it out of the list of name servers at your registrar, or have its address put right.",
            ),
            State::Answers | State::Open => {}
        }
        let a = Question::new((*name).clone(), RecordType::A);
        if let Some(target) = view.resolver(&a).and_then(|answer| answer.chain.first()) {
            add(
                Severity::Warning,
                codes::NS_IS_ALIAS,
                name,
                format!(
                    "The name server {name} is an alias (CNAME) of {target}. That is not allowed (RFC 2181), and some resolvers do not follow it."
                ),
                "Name the server itself at your registrar, or have its alias replaced by an address.",
            );
        }
    }
    let is_broken = states
        .iter()
        .any(|(_, state)| matches!(state, State::Lame(_) | State::NoAddress));
    if answering == 0 && is_broken && !is_open {
        findings.push(tell::tell(
            Subject::Ns,
            Severity::Error,
            codes::DELEGATION_BROKEN,
            &zone.apex,
            &format!(
                "The way to the zone {} is broken (lame delegation): none of its name servers serves it. That says nothing about your records.",
                zone.apex
            ),
            "Set the name servers that your DNS host shows you at your registrar, then look again.",
        ));
    }
    findings
}

/// Which kind of address a server that is out of reach has.
fn family(view: &View<'_>, name: &DomainName, trouble: &Trouble) -> &'static str {
    let addresses = zone::known_addresses(view, name);
    if *trouble != Trouble::Unreachable || addresses.is_empty() {
        ""
    } else if addresses.iter().all(IpAddr::is_ipv6) {
        ": it has only IPv6 addresses, and from here nothing answers at them"
    } else if addresses.iter().all(IpAddr::is_ipv4) {
        ": it has only IPv4 addresses, and from here nothing answers at them"
    } else {
        ""
    }
}

/// A domain that the registry does not hold (any more).
fn denied(zone: &Zone) -> Option<Finding> {
    let is_registered = zone.apex.registrable().as_ref() == Some(&zone.apex);
    (zone.is_denied_above && is_registered).then(|| {
        tell::tell(
            Subject::Domain,
            Severity::Error,
            codes::DOMAIN_DOES_NOT_EXIST,
            &zone.apex,
            &format!(
                "The registry does not hold {} (any more): it has expired, is on hold, or exists in this network alone. What is seen here is a copy.",
                zone.apex
            ),
            "Ask the company that sold you the name whether it is paid for and switched on.",
        )
    })
}

/// The list of the registry against that of the zone (RFC 1034, section 4.2.2: they are to be the same).
fn lists(zone: &Zone) -> Option<Finding> {
    let (own, above) = (&zone.own, &zone.names);
    let only = |these: &[DomainName], those: &[DomainName]| {
        let names: Vec<&str> = these
            .iter()
            .filter(|name| !those.contains(name))
            .map(DomainName::as_str)
            .collect();
        names.join(", ")
    };
    let others = if own.is_empty() { &zone.others } else { own };
    if others.is_empty() || others == above || (own.is_empty() && !zone.is_from_above) {
        return None;
    }
    let (here, there) = (only(others, above), only(above, others));
    if here.is_empty() && (there.is_empty() || own.is_empty()) {
        return None;
    }
    let who = if zone.is_from_above {
        "the registry"
    } else {
        "a resolver"
    };
    let what = if own.is_empty() {
        "a resolver"
    } else {
        "the zone itself"
    };
    let mut message = format!(
        "The name servers of {} are not the same everywhere.",
        zone.apex
    );
    if !there.is_empty() {
        message.push_str(&format!(" Only {who} lists {there}."));
    }
    if !here.is_empty() {
        message.push_str(&format!(" Only {what} lists {here}."));
    }
    Some(tell::tell(
        Subject::Ns,
        Severity::Warning,
        codes::NS_LISTS_DIFFER,
        &zone.apex,
        &message,
        "Set the same name servers at your registrar and in the zone: those of the company where you edit your DNS. After a move this \
         takes up to two days.",
    ))
}

/// Addresses of name servers that the registry keeps, and the zone does not (RFC 9471; RFC 1034, section 4.2.1: they are to be the same).
fn glue(view: &View<'_>, zone: &Zone) -> Vec<Finding> {
    let kept = delegation::glue(view, &zone.apex);
    let mut findings = Vec::new();
    for name in &zone.names {
        let strays: Vec<String> = kept
            .iter()
            .filter(|(host, address)| host == name && is_stray(view, name, address))
            .map(|(_, address)| address.to_string())
            .collect();
        if strays.is_empty() {
            continue;
        }
        let own: Vec<String> = zone::known_addresses(view, name)
            .iter()
            .map(IpAddr::to_string)
            .collect();
        findings.push(tell::tell(
            Subject::Ns,
            Severity::Warning,
            codes::NS_GLUE_DIFFERS,
            name,
            &format!(
                "The registry sends the world to {name} at {}, and your DNS says {}. Whoever comes by the old address finds nobody, or old records.",
                strays.join(", "),
                own.join(", ")
            ),
            "Correct the address of this name server at your registrar, where it is called glue or host record.",
        ));
    }
    findings
}

/// True for an address that the zone itself does not have for the name server. Nothing is said where it could not be looked up.
fn is_stray(view: &View<'_>, name: &DomainName, address: &IpAddr) -> bool {
    let family = match address {
        IpAddr::V4(_) => RecordType::A,
        IpAddr::V6(_) => RecordType::Aaaa,
    };
    let own = zone::ip_addresses(view, name, family);
    !view.is_rewritten() && !own.is_empty() && !own.contains(address)
}

/// A network with a zone of its own under the same name.
fn inside(zone: &Zone) -> Option<Finding> {
    if zone.inside.is_empty() {
        return None;
    }
    let names: Vec<&str> = zone.inside.iter().map(DomainName::as_str).collect();
    Some(tell::tell(
        Subject::Domain,
        Severity::Error,
        codes::DNS_SPLIT_HORIZON,
        &zone.apex,
        &format!(
            "Your office network sees another zone: here {} is answered by {}, which the rest of the world does not see.",
            zone.apex,
            names.join(", ")
        ),
        "Receivers see the public zone: look at that one, with --resolver 9.9.9.9 or from another network. Records belong into the public zone.",
    ))
}

fn versions(view: &View<'_>, zone: &Zone) -> Option<Finding> {
    let serials = serials::serials(zone.serials(view))?;
    if serials.behind.is_empty() {
        return None;
    }
    // Some hosts count on each server by itself: numbers alone harm nobody.
    let remedy = if serials.is_stuck() {
        "If that server gives old answers too, ask the company that keeps your DNS to look at its zone transfer (AXFR, NOTIFY)."
    } else {
        "After a change that is normal for some minutes."
    };
    Some(tell::tell(
        Subject::Ns,
        Severity::Note,
        codes::NS_SERIALS_DIFFER,
        &zone.apex,
        &format!(
            "The name servers hold different versions of the zone. {}",
            serials.in_words()
        ),
        remedy,
    ))
}
