//! Whose the terms of the present SPF record are.

use std::net::IpAddr;

use crate::catalog::spf::by_spf_term;
use crate::plan::facts::Facts;
use crate::plan::service;
use crate::plan::service::OWN_SERVER;
use crate::plan::steps::spf::present::present;
use crate::records::name::DomainName;
use crate::records::spf::Directive;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;

/// The present SPF record as far as it can be read; several as one.
pub fn present_spf(facts: &Facts) -> Option<Spf> {
    present(facts).spf
}

/// Whose a term of the present record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    Service(String),
    OwnServer,
    /// A record under the user's own domain.
    OwnDomain,
    Nobody,
}

pub fn whose(term: &Term, facts: &Facts) -> Whose {
    let text = term.to_string();
    if let Some(owner) = by_spf_term(&text) {
        let ticked = std::iter::once(&owner.owner)
            .chain(&owner.also)
            .find(|owner| facts.senders.ticked.contains(owner.id()));
        return Whose::Service(ticked.unwrap_or(&owner.owner).id().to_owned());
    }
    let domain = service::domain(facts);
    let own_server = facts.senders.ticked.contains(OWN_SERVER);
    let is_own = |spec: &DomainSpec| {
        spec.0
            .parse::<DomainName>()
            .is_ok_and(|name| name.is_within(&domain))
    };
    if let Term::Directive(directive) = term {
        match &directive.mechanism {
            // An address is the own server's only where the user said so; a stranger's must not pass as it.
            Mechanism::A { domain: spec, .. } | Mechanism::Mx { domain: spec, .. }
                if own_server && spec.as_ref().is_none_or(is_own) =>
            {
                return Whose::OwnServer;
            }
            mechanism if own_server && is_named(mechanism, facts) => return Whose::OwnServer,
            Mechanism::Include(spec) if is_own(spec) => return Whose::OwnDomain,
            _ => {}
        }
    }
    Whose::Nobody
}

/// True where the user named this very address or name as one that the own server sends from.
fn is_named(mechanism: &Mechanism, facts: &Facts) -> bool {
    own_mechanisms(facts).any(|own| own == *mechanism)
}

/// Where the own server sends from, as the user typed it.
pub fn own_mechanisms(facts: &Facts) -> impl Iterator<Item = Mechanism> {
    facts.senders.own_addresses.iter().filter_map(|address| {
        let head = address.split('/').next().unwrap_or_default();
        let kind = match head.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => "ip4",
            Ok(IpAddr::V6(_)) => "ip6",
            Err(_) => "a",
        };
        let directive: Directive = format!("{kind}:{address}").parse().ok()?;
        Some(directive.mechanism)
    })
}

/// True where the record names a computer that may be the own server, and the user keeps it.
pub fn keeps_a_computer(facts: &Facts) -> bool {
    present_spf(facts).is_some_and(|spf| {
        spf.directives().any(|directive| {
            let is_computer = matches!(
                directive.mechanism,
                Mechanism::Ip4 { .. }
                    | Mechanism::Ip6 { .. }
                    | Mechanism::A { .. }
                    | Mechanism::Mx { .. }
            );
            is_computer && !facts.senders.dropped_terms.contains(&directive.to_string())
        })
    })
}

/// Terms of the present record that belong to nobody known, as printed. What only forbids is not asked about.
pub fn unknown_terms(facts: &Facts) -> Vec<String> {
    let Some(spf) = present_spf(facts) else {
        return Vec::new();
    };
    let mut unknown: Vec<String> = Vec::new();
    for term in &spf.terms {
        let asks = match term {
            Term::Directive(Directive {
                mechanism: Mechanism::All,
                ..
            }) => false,
            Term::Directive(directive) => directive.qualifier == Qualifier::Pass,
            Term::Modifier(Modifier::Redirect(_)) => true,
            Term::Modifier(_) => false,
        };
        let text = term.to_string();
        if asks && whose(term, facts) == Whose::Nobody && !unknown.contains(&text) {
            unknown.push(text);
        }
    }
    unknown
}

pub fn in_words(term: &str) -> String {
    let value = term.split_once([':', '=']).map_or("", |(_, value)| value);
    match term.split([':', '=', '/']).next().unwrap_or_default() {
        "ip4" | "ip6" => format!("the computers with the address {value}"),
        "include" => format!("everything that {value} allows"),
        "redirect" => format!("the whole list is kept at {value}"),
        "a" if value.is_empty() => "the computer behind your web site".to_owned(),
        "a" => format!("the computer {value}"),
        "mx" => "the computers that take your mail".to_owned(),
        "ptr" => "computers by their reverse name (outdated)".to_owned(),
        "exists" => "senders checked by a look-up of their own".to_owned(),
        _ => String::new(),
    }
}
