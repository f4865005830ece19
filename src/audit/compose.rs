//! The report, composed of its sections.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::audit::Manner;
use crate::audit::codes;
use crate::audit::dkim;
use crate::audit::dmarc;
use crate::audit::health;
use crate::audit::mail;
use crate::audit::network;
use crate::audit::network::NO_MISTAKE;
use crate::audit::panel;
use crate::audit::report;
use crate::audit::report::Green;
use crate::audit::report::Named;
use crate::audit::report::Report;
use crate::audit::sets;
use crate::audit::signatures;
use crate::audit::spf;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Obstacle;
use crate::audit::zone::Place;
use crate::audit::zone::Zone;
use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::DnsHostMatch;
use crate::catalog::dns_host::dns_host_of;
use crate::catalog::mending;
use crate::catalog::mending::Spot;
use crate::records::dmarc::Policy;
use crate::records::dmarc::codes::NO_REPORTS;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::sighting::Outcome;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;
use crate::records::spf::Mechanism;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::verdict::codes::CNAME_BESIDE_TXT;
use crate::records::verdict::codes::WILDCARD_ANSWERS;

/// The form of the report; raised when a field changes its meaning.
const SCHEMA: u32 = 1;

pub fn report(view: &View<'_>, now: Timestamp) -> Report {
    let place = zone::place(view);
    let mut findings = of_domain(view, &place, now);
    let exists = !is_absent(view, &place);
    let zone = match &place {
        Place::Found(zone) => Some(zone),
        _ => None,
    };
    let whose = zone.and_then(|zone| panel::host(view, zone));
    let host = whose.map(|(host, _)| host);
    let (mx, of_mx) = mail::section(view, &place, exists);
    let spf = spf::section(view, &place, exists);
    let dkim = dkim::section(view, &place, exists);
    let dmarc = dmarc::section(view, &place, exists);
    let senders = mail::recognized(view, &place, &dkim.aliases);
    let is_published = dmarc.report.state == "published";
    let spf_is_good = spf.report.state == "published"
        && spf.record.is_some()
        && spf.is_whole
        && spf
            .findings
            .iter()
            .all(|finding| finding.severity != Severity::Error);
    let green = Green {
        record_published: is_published,
        policy_enabled: is_published
            && matches!(dmarc.policy, Some(Policy::Quarantine | Policy::Reject)),
        spf_and_dkim: spf_is_good && dkim.is_usable,
    };
    let is_parked = mx.null_mx
        && mx.state == "published"
        && spf_is_good
        && spf.record.as_ref().is_some_and(allows_nobody)
        && is_published
        && dmarc.policy == Some(Policy::Reject)
        && !dkim.is_usable;
    findings.extend(of_mx);
    findings.extend(spf.findings);
    findings.extend(dkim.findings);
    findings.extend(dmarc.findings);
    if is_parked {
        findings.retain(|finding| !concerns_mail(finding));
    }
    let is_unknown =
        spf.report.state == "unknown" || dmarc.report.state == "unknown" || !spf.is_whole;
    Report {
        schema: SCHEMA,
        domain: view.domain().to_string(),
        input: view.scope.input.clone(),
        // Whole seconds, as the contract writes times.
        checked_at: Timestamp::from_second(now.as_second()).unwrap_or(now),
        view: match view.scope.manner {
            Manner::Resolvers { .. } => report::RESOLVER_ONLY,
            Manner::Quick | Manner::Careful => report::FULL,
        }
        .to_owned(),
        verdict: verdict(&findings, is_unknown).to_owned(),
        green,
        zone: zone.map(|zone| zone.apex.to_string()),
        nameservers: zone.map(|zone| zone.rows(view)).unwrap_or_default(),
        dns_host: host.map(|host| Named {
            id: host.id.as_str().to_owned(),
            name: host.name.clone(),
        }),
        dns_host_one_of: match zone {
            Some(zone) if host.is_none() => sharing(zone),
            _ => Vec::new(),
        },
        dns_host_by: whose.map(|(_, by)| by.to_owned()),
        mx,
        spf: spf.report,
        dkim: dkim.report,
        dmarc: dmarc.report,
        senders,
        elsewhere: zone::elsewhere(view),
        sets: sets::sets(view, &place),
        findings: in_panel_words(once(findings), host, zone)
            .iter()
            .map(tell::row)
            .collect(),
        queries: 0,
        rounds: 0,
        elapsed_ms: 0,
    }
}

/// The DNS hosts that share the name servers of the zone; empty where these are of one host, or of nobody known.
fn sharing(zone: &Zone) -> Vec<Named> {
    let hosts = match dns_host_of(&zone.names) {
        DnsHostMatch::Shared(hosts) => hosts,
        DnsHostMatch::Known(_) | DnsHostMatch::Unknown => Vec::new(),
    };
    hosts
        .into_iter()
        .map(|host| Named {
            id: host.id.as_str().to_owned(),
            name: host.name.clone(),
        })
        .collect()
}

/// True where the record lets nobody send: it holds `-all` and nothing else that could pass.
fn allows_nobody(spf: &Spf) -> bool {
    let mut directives = spf.directives();
    let is_only = directives.next().is_some_and(|first| {
        first.mechanism == Mechanism::All && first.qualifier == Qualifier::Fail
    });
    is_only && directives.next().is_none()
}

/// True for what is only of use where mail is sent: a domain without mail needs neither keys nor reports.
fn concerns_mail(finding: &Finding) -> bool {
    let is_star_for_keys = finding.code == WILDCARD_ANSWERS
        && finding.subject == Subject::Dkim
        && finding.severity == Severity::Note;
    is_star_for_keys || [codes::DKIM_NO_SELECTOR_FOUND, NO_REPORTS].contains(&finding.code)
}

/// Each thing said once.
fn once(mut findings: Vec<Finding>) -> Vec<Finding> {
    // Seen in the answer itself, and again where the alias was asked for.
    let mut beside = BTreeSet::new();
    findings
        .retain(|finding| finding.code != CNAME_BESIDE_TXT || beside.insert(finding.name.clone()));
    // Where nothing gets out of the network, that says it all.
    let is_blocked = findings
        .iter()
        .any(|finding| finding.code == codes::DNS_BLOCKED);
    findings.retain(|finding| !is_blocked || finding.code != codes::DNS_TROUBLE);
    // What holds for several records is said once.
    let mut said = BTreeSet::new();
    findings.retain(|finding| {
        said.insert((finding.code, finding.name.clone(), finding.message.clone()))
    });
    findings
}

/// The findings with remedies for the panel of the DNS host, where the name is one of its zone. A finding that asks for nothing stays so.
fn in_panel_words(
    mut findings: Vec<Finding>,
    host: Option<&'static DnsHost>,
    zone: Option<&Zone>,
) -> Vec<Finding> {
    let Some(zone) = zone else {
        return findings;
    };
    for finding in &mut findings {
        let spot = Spot {
            host,
            zone: &zone.apex,
            owner: &finding.name,
            shown: false,
        };
        let is_ours = finding.name.is_within(&zone.apex) && !finding.remedy.is_empty();
        if let Some(remedy) = mending::remedy(finding.code, &spot).filter(|_| is_ours) {
            finding.remedy = remedy;
        }
    }
    findings
}

/// Mistakes first: they are certain. Trouble of servers is no mistake, it makes the rest unknown.
fn verdict(findings: &[Finding], is_unknown: bool) -> &'static str {
    let is_mistake = |finding: &&Finding| !NO_MISTAKE.contains(&finding.code);
    let worst = findings
        .iter()
        .filter(is_mistake)
        .map(|finding| finding.severity)
        .max();
    match worst {
        Some(Severity::Error) => "error",
        _ if is_unknown || findings.iter().any(|finding| !is_mistake(&finding)) => "unknown",
        Some(Severity::Warning) => "warning",
        Some(Severity::Note) | None => "ok",
    }
}

/// True where the name itself is not in the DNS. A network that changes answers proves nothing.
fn is_absent(view: &View<'_>, place: &Place) -> bool {
    if view.is_rewritten() || matches!(place, Place::Open | Place::Trouble(..)) {
        return false;
    }
    view.resolver(&view.own(RecordType::Ns))
        .is_some_and(|answer| {
            answer.chain.is_empty() && matches!(answer.outcome, Outcome::NoName { ttl: Some(_) })
        })
}

/// What is to be said about the domain and its zone.
fn of_domain(view: &View<'_>, place: &Place, now: Timestamp) -> Vec<Finding> {
    let domain = view.domain();
    let mut findings = Vec::new();
    findings.extend(network::findings(view, now));
    match place {
        Place::Found(zone) => findings.extend(health::findings(view, zone, now)),
        // Said of the network as a whole.
        Place::Trouble(..) if view.nobody_answers() => {}
        Place::Trouble(name, Obstacle::Server(trouble @ Trouble::BadSignature { .. })) => {
            findings.push(signatures::broken(name, trouble, ""));
        }
        Place::Trouble(name, Obstacle::Server(trouble)) => findings.push(tell::tell(
            Subject::Ns,
            Severity::Error,
            codes::DNS_TROUBLE,
            name,
            &format!("The name servers of {name} could not be found: the resolver {trouble}. That says nothing about your records."),
            "Check the network of this computer, then look again. If other names work, ask your registrar about the name servers of the domain.",
        )),
        Place::Trouble(name, Obstacle::Unproved) => findings.push(tell::tell(
            Subject::Ns,
            Severity::Error,
            codes::DNS_TROUBLE,
            name,
            &format!(
                "The name servers of {name} could not be found: the resolver says that there is nothing, and does not show where that comes from. \
                 That says nothing about your records."
            ),
            "Look again from another network, or name a resolver with --resolver 9.9.9.9",
        )),
        Place::Trouble(name, Obstacle::DeniesEverything) => findings.push(tell::tell(
            Subject::Ns,
            Severity::Error,
            codes::DNS_TROUBLE,
            name,
            &format!(
                "It could not be told whether {name} exists: the resolver of this network denies every name, even the root of the DNS."
            ),
            "Look again from another network, or name a resolver with --resolver 9.9.9.9",
        )),
        Place::Trouble(name, Obstacle::IsDelegated) => findings.push(tell::tell(
            Subject::Ns,
            Severity::Error,
            codes::DELEGATION_BROKEN,
            name,
            &format!(
                "The registry knows {name}, and the resolver cannot find a way to its name servers: one of their names may not exist. \
                 That says nothing about your records."
            ),
            "Check the names of the name servers at your registrar, letter by letter.",
        )),
        Place::Open | Place::Nowhere => {}
    }
    if let Some(target) = zone::renamed_to(view) {
        findings.push(tell::tell(
            Subject::Domain,
            Severity::Warning,
            codes::DNS_RENAMED,
            domain,
            &format!(
                "Everything below {domain} is renamed to {target} (DNAME). Keys and the DMARC record are looked for there."
            ),
            &format!("Edit the records in the zone of {target}, or have the renaming taken out."),
        ));
    }
    if is_absent(view, place) {
        let is_top = domain.registrable().is_none_or(|top| top == *domain);
        let (severity, remedy) = if is_top {
            (
                Severity::Error,
                "If the name is typed correctly, the domain is not registered, has expired, or is on hold: ask the company that sold it.",
            )
        } else {
            (
                Severity::Warning,
                "If the name is typed correctly, it has no records yet.",
            )
        };
        findings.push(tell::tell(
            Subject::Domain,
            severity,
            codes::DOMAIN_DOES_NOT_EXIST,
            domain,
            &format!("{domain} does not exist in the DNS."),
            remedy,
        ));
    }
    findings
}
