//! Whose panel the zone is in, and the mistakes of a panel that take more than one answer to see: an alias beside a record, a web proxy
//! in place of an alias.

use std::net::IpAddr;

use crate::audit::report;
use crate::audit::view::View;
use crate::audit::zone::Place;
use crate::audit::zone::Zone;
use crate::catalog::dns_host;
use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::DnsHostMatch;
use crate::catalog::dns_host::by_domain_connect;
use crate::catalog::dns_host::dns_host_of;
use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::verdict::found;
use crate::records::verdict::habits;
use crate::records::verdict::habits::Habit;
use crate::records::verdict::state::Kind;

/// Where a domain names the company whose panel it is in (Domain Connect).
const DOMAIN_CONNECT: &str = "_domainconnect";

/// The DNS host of the zone, and how that is known.
pub fn host(view: &View<'_>, zone: &Zone) -> Option<(&'static DnsHost, &'static str)> {
    let servers = dns_host_of(&zone.names);
    if let DnsHostMatch::Known(host) = servers {
        return Some((host, report::BY_NAME_SERVERS));
    }
    let answer = view.best(&domain_connect_question(zone)?)?;
    let texts: Vec<String> = answer
        .data()
        .iter()
        .filter_map(|data| match data {
            Data::Txt(text) => Some(text.shown().to_string()),
            _ => None,
        })
        .collect();
    let named = by_domain_connect(texts.iter().map(String::as_str), &answer.chain)?;
    let is_possible = match servers {
        DnsHostMatch::Shared(hosts) => hosts.contains(&named),
        DnsHostMatch::Known(_) | DnsHostMatch::Unknown => true,
    };
    is_possible.then_some((named, report::BY_DOMAIN_CONNECT))
}

/// The question that tells the DNS host where the name servers do not.
pub fn domain_connect_question(zone: &Zone) -> Option<Question> {
    if matches!(dns_host_of(&zone.names), DnsHostMatch::Known(_)) {
        return None;
    }
    let owner = zone.apex.prefixed(DOMAIN_CONNECT).ok()?;
    Some(Question::new(owner, RecordType::Txt))
}

/// A web proxy that answers in place of an alias.
pub struct Proxied {
    /// Whose it is, where that is known.
    pub of: Option<&'static Habit>,
}

/// The zone that holds the domain; the domain itself where that is not known.
pub fn zone(view: &View<'_>, place: &Place) -> DomainName {
    match place {
        Place::Found(zone) => zone.apex.clone(),
        Place::Open | Place::Nowhere | Place::Trouble(..) => view.domain().clone(),
    }
}

/// The question that shows a proxy: where the name exists without a text, and names beside it that nobody uses do not exist.
/// `text`: the question for the text. `below`: where the wildcard was probed, as for [`View::probe`].
pub fn proxy_question(view: &View<'_>, text: &Question, below: &str) -> Option<Question> {
    if !view.best(text).is_some_and(is_without_text) {
        return None;
    }
    let nobody = view.best(&view.probe(below)?)?;
    matches!(nobody.outcome, Outcome::NoName { .. })
        .then(|| Question::new(text.owner.clone(), RecordType::A))
}

/// True where the name exists, and no text at it.
pub fn is_without_text(answer: &Answer) -> bool {
    answer.chain.is_empty() && matches!(answer.outcome, Outcome::NoData { .. })
}

/// The proxy that answers at a name, where one does.
pub fn proxied(view: &View<'_>, text: &Question, below: &str) -> Option<Proxied> {
    let answer = view.best(&proxy_question(view, text, below)?)?;
    let address = address(answer).filter(|_| answer.chain.is_empty())?;
    Some(Proxied {
        of: habits::proxy_of(dns_host::habits(), address),
    })
}

fn address(answer: &Answer) -> Option<IpAddr> {
    answer.data().iter().find_map(|data| match data {
        Data::A(address) => Some(IpAddr::V4(*address)),
        _ => None,
    })
}

/// The finding about an alias that stands beside the record at `owner`, where somebody showed it.
pub fn alias_beside(view: &View<'_>, kind: Kind, owner: &DomainName) -> Option<Finding> {
    let asked = Question::new(owner.clone(), RecordType::Cname);
    let text = Question::new(owner.clone(), RecordType::Txt);
    let is_direct = view
        .best(&text)
        .is_some_and(|answer| answer.chain.is_empty() && !answer.data().is_empty());
    let target = view
        .best(&asked)?
        .data()
        .iter()
        .find_map(|data| match data {
            Data::Cname(target) => Some(target),
            _ => None,
        })?;
    is_direct.then(|| found::beside_alias(kind, owner, target))
}
