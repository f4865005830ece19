//! Who takes the domain's mail, and which services are recognized by MX and SPF.

use crate::audit::codes;
use crate::audit::exchanges;
use crate::audit::panel;
use crate::audit::report::Mx;
use crate::audit::report::MxHost;
use crate::audit::report::Named;
use crate::audit::report::Recognized;
use crate::audit::settle::Settled;
use crate::audit::settle::Standing;
use crate::audit::settle::settle;
use crate::audit::spf;
use crate::audit::tell;
use crate::audit::view::Services;
use crate::audit::view::View;
use crate::audit::zone::Place;
use crate::catalog::mailbox_provider::mailbox_provider_of;
use crate::catalog::mailbox_provider::mailbox_providers_of;
use crate::catalog::owner::Owner;
use crate::catalog::recognize;
use crate::catalog::spf::by_spf_term;
use crate::records::dkim::Selector;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Data;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Spf;
use crate::records::verdict::found;

/// Mail servers kept of one answer.
const MOST_HOSTS: usize = 50;

/// Terms of one SPF record that are looked up in the catalog.
const MOST_TERMS: usize = 200;

fn settled(view: &View<'_>, place: &Place) -> Settled {
    settle(view, place, &view.own(RecordType::Mx), Subject::Mx)
}

/// The mail servers, best preference first.
fn hosts(settled: &Settled) -> Vec<(u16, DomainName)> {
    let mut hosts: Vec<(u16, DomainName)> = settled
        .answer
        .iter()
        .flat_map(|answer| answer.data())
        .filter_map(|data| match data {
            Data::Mx {
                preference,
                exchange,
            } => Some((*preference, exchange.clone())),
            _ => None,
        })
        .collect();
    hosts.sort();
    hosts.truncate(MOST_HOSTS);
    hosts
}

/// Questions for the addresses of the mail servers.
pub fn more_questions(view: &View<'_>, place: &Place) -> Vec<Question> {
    let names: Vec<DomainName> = hosts(&settled(view, place))
        .into_iter()
        .map(|(_, host)| host)
        .collect();
    exchanges::questions(view, &names, &panel::zone(view, place))
}

pub fn section(view: &View<'_>, place: &Place, exists: bool) -> (Mx, Vec<Finding>) {
    let settled = settled(view, place);
    let hosts = hosts(&settled);
    let names: Vec<DomainName> = hosts.iter().map(|(_, host)| host.clone()).collect();
    let null_mx = names.len() == 1 && names.iter().all(DomainName::is_root);
    let mut findings = settled.findings.clone();
    if names.len() > 1 && names.iter().any(DomainName::is_root) {
        findings.push(tell::tell(
            Subject::Mx,
            Severity::Error,
            codes::MX_NULL_BESIDE_OTHERS,
            view.domain(),
            "One MX record says that the domain takes no mail (null MX), others name mail servers.",
            "Delete the MX record with the dot, or the others if the domain takes no mail.",
        ));
    }
    let apex = panel::zone(view, place);
    let is_doubled = |host: &DomainName| {
        found::target_meant(host, &apex)
            .is_some_and(|meant| mailbox_provider_of(&[meant]).is_some())
    };
    let doubled = names.iter().find(|host| is_doubled(host));
    match doubled {
        Some(host) => findings.push(found::target_doubled(Subject::Mx, view.domain(), host)),
        None => findings.extend(exchanges::findings(view, &names, &apex)),
    }
    let state = match settled.standing {
        _ if !hosts.is_empty() => settled.word(),
        Standing::Settled => "missing",
        _ => settled.word(),
    };
    let is_top = view
        .domain()
        .registrable()
        .is_none_or(|top| top == *view.domain());
    if state == "missing" && exists && is_top {
        findings.push(tell::tell(
            Subject::Mx,
            Severity::Note,
            codes::MX_MISSING,
            view.domain(),
            "No mail server is named for the domain (no MX), so mail to it hardly arrives anywhere.",
            "If the domain is to get mail, publish the MX records that your mail provider shows.",
        ));
    }
    let mx = Mx {
        hosts: hosts
            .iter()
            .map(|(preference, host)| MxHost {
                preference: *preference,
                host: host.to_string(),
            })
            .collect(),
        null_mx,
        provider: mailbox_provider_of(&names).map(|provider| Named {
            id: provider.id.as_str().to_owned(),
            name: provider.name.clone(),
        }),
        state: state.to_owned(),
    };
    (mx, findings)
}

/// Services recognized by MX and SPF, with the sign each was recognized by; each once.
pub fn services<'v>(view: &'v View<'_>, place: &Place) -> &'v [(Owner, String)] {
    view.memory.services.get_or_init(|| {
        let hosts: Vec<DomainName> = hosts(&settled(view, place))
            .into_iter()
            .map(|(_, host)| host)
            .collect();
        let terms = spf::record(view, place).map_or_else(Vec::new, |spf| naming_terms(&spf));
        let mut before = view.services_before.borrow_mut();
        if before.hosts != hosts || before.terms != terms {
            let found = recognized_services(&hosts, &terms);
            *before = Services {
                hosts,
                terms,
                found,
            };
        }
        before.found.clone()
    })
}

/// The terms that may name a service.
fn naming_terms(spf: &Spf) -> Vec<String> {
    spf.directives()
        .map(|directive| &directive.mechanism)
        // Services are known by names, and a record may hold thousands of addresses.
        .filter(|mechanism| {
            !matches!(
                mechanism,
                Mechanism::All | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. }
            )
        })
        .take(MOST_TERMS)
        .map(ToString::to_string)
        .chain(
            spf.modifiers()
                .filter(|modifier| matches!(modifier, Modifier::Redirect(_)))
                .map(ToString::to_string),
        )
        .collect()
}

fn recognized_services(hosts: &[DomainName], terms: &[String]) -> Vec<(Owner, String)> {
    let mut found: Vec<(Owner, String)> = Vec::new();
    let mut add = |owner: Owner, by: String| {
        if !found.iter().any(|(known, _)| *known == owner) {
            found.push((owner, by));
        }
    };
    for host in hosts {
        let first = mailbox_providers_of(std::slice::from_ref(host))
            .into_iter()
            .next();
        if let Some(provider) = first {
            add(Owner::Provider(provider), format!("MX {host}"));
        }
    }
    for term in terms {
        if let Some(known) = by_spf_term(term) {
            add(known.owner, format!("SPF {term}"));
        }
    }
    found
}

/// The rows of the report: services by MX, SPF and the aliases of DKIM keys.
pub fn recognized(
    view: &View<'_>,
    place: &Place,
    aliases: &[(Selector, DomainName)],
) -> Vec<Recognized> {
    let mut found = services(view, place).to_vec();
    for (selector, target) in aliases {
        if let Some(owner) = recognize::by_dkim_target(target).into_iter().next()
            && !found.iter().any(|(known, _)| *known == owner)
        {
            found.push((owner, format!("DKIM {selector}")));
        }
    }
    found
        .into_iter()
        .map(|(owner, by)| Recognized {
            id: owner.id().to_owned(),
            name: owner.name().to_owned(),
            kind: match owner {
                Owner::Provider(_) => "mailbox",
                Owner::Sender(_) => "sender",
            }
            .to_owned(),
            by,
        })
        .collect()
}
