//! The DMARC section of the report.

use crate::audit::codes;
use crate::audit::report::DmarcReport;
use crate::audit::report::RuaReport;
use crate::audit::settle::Settled;
use crate::audit::settle::Standing;
use crate::audit::settle::settle;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Place;
use crate::records::dmarc::Policy;
use crate::records::dmarc::ReportUri;
use crate::records::dmarc::address;
use crate::records::dmarc::address::Authorization;
use crate::records::dmarc::discovery;
use crate::records::dmarc::discovery::Existence;
use crate::records::dmarc::discovery::Walk;
use crate::records::dmarc::judge;
use crate::records::dmarc::judge::Effect;
use crate::records::dmarc::judge::Selected;
use crate::records::dmarc::place as places;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;
use crate::records::untrusted::Untrusted;

/// Report addresses whose owner is asked.
const MOST_ADDRESSES: usize = 10;

/// What is known about DMARC.
pub struct Section {
    pub report: DmarcReport,
    pub findings: Vec<Finding>,
    /// The policy in force for the domain itself.
    pub policy: Option<Policy>,
}

fn settled(view: &View<'_>, place: &Place, owner: &DomainName) -> Settled {
    let question = Question::new(owner.clone(), RecordType::Txt);
    settle(view, place, &question, Subject::Dmarc)
}

fn walk<'v>(view: &'v View<'_>, place: &Place) -> &'v Walk {
    view.memory.walk.get_or_init(|| walked(view, place))
}

fn walked(view: &View<'_>, place: &Place) -> Walk {
    discovery::walk(view.domain(), &|owner| {
        let settled = settled(view, place, owner);
        // Registries hardly have a record, so that there a weak "no" hides nothing.
        let is_of_owner = owner
            .parent()
            .is_some_and(|domain| domain.registrable().is_some());
        let is_weak = settled.standing == Standing::Unknown
            && settled.answer.as_ref().is_some_and(Answer::is_weak_no);
        if is_weak && is_of_owner {
            return Some(Answer::direct(Outcome::Trouble(Trouble::Malformed)));
        }
        settled.answer
    })
}

/// The questions about the records that decide, for the servers of the zone: at the domain, and where a record was found above it.
pub fn own_questions(view: &View<'_>, place: &Place) -> Vec<Question> {
    let mut questions: Vec<Question> = discovery::question(view.domain()).into_iter().collect();
    let found = walk(view, place).found_at.clone();
    questions.extend(
        found
            .filter(|at| at != view.domain())
            .as_ref()
            .and_then(discovery::question),
    );
    questions
}

/// Questions about permissions to send reports, for the servers of the zone as far as they hold those names.
pub fn permission_questions(view: &View<'_>, place: &Place) -> Vec<Question> {
    outside(walk(view, place))
        .into_iter()
        .filter_map(|(_, _, question)| question)
        .collect()
}

/// Questions that the record makes necessary, or its absence.
pub fn more_questions(view: &View<'_>, place: &Place) -> Vec<Question> {
    let walk = walk(view, place);
    let mut questions = walk.wanted.clone();
    questions.extend(
        outside(walk)
            .into_iter()
            .filter_map(|(_, _, question)| question),
    );
    if walk.wanted.is_empty()
        && walk.record.is_none()
        && walk.troubled.is_empty()
        && matches!(walk.own, Selected::Absent { .. })
        && zone::exists(view) == Some(true)
    {
        questions.extend(wrong_names(view.domain()));
    }
    questions
}

fn wrong_names(domain: &DomainName) -> Vec<Question> {
    places::wrong_names(domain)
        .into_iter()
        .map(|name| Question::new(name, RecordType::Txt))
        .collect()
}

/// Report addresses of other organizations: host, and the question that shows whether it takes reports. The question is missing where
/// its name would be too long.
fn outside(walk: &Walk) -> Vec<(&ReportUri, DomainName, Option<Question>)> {
    let (Some(record), Some(policy_domain)) = (&walk.record, &walk.found_at) else {
        return Vec::new();
    };
    record
        .dmarc
        .aggregate
        .iter()
        .filter_map(|uri| Some((uri, uri.host()?)))
        .filter(|(_, host)| !address::same_organization(host, &walk.organizational_domain))
        .take(MOST_ADDRESSES)
        .map(|(uri, host)| {
            let question = address::authorization_question(policy_domain, &host).ok();
            (uri, host, question)
        })
        .collect()
}

pub fn section(view: &View<'_>, place: &Place, exists: bool) -> Section {
    let walk = walk(view, place);
    let domain = view.domain();
    let Some(own) = discovery::question(domain) else {
        return Section {
            report: DmarcReport {
                state: "missing".to_owned(),
                organizational_domain: domain.to_string(),
                ..DmarcReport::default()
            },
            findings: Vec::new(),
            policy: None,
        };
    };
    let at_domain = settled(view, place, &own.owner);
    let mut findings = at_domain.findings.clone();
    let mut report = DmarcReport {
        organizational_domain: walk.organizational_domain.to_string(),
        agreed: at_domain.agreed,
        ..DmarcReport::default()
    };
    report.state = own_state(view, place, walk, &at_domain, exists, &mut findings);
    let mut policy = None;
    if let (Some(reading), Some(found_at)) = (&walk.record, &walk.found_at) {
        let owner = discovery::question(found_at).map_or_else(|| found_at.clone(), |q| q.owner);
        if report.state.is_empty() {
            let settled = settled(view, place, &owner);
            report.state = match reading.effect {
                Effect::Ignored => "invalid",
                _ if walk.troubled.is_empty() => settled.word(),
                _ => "unknown",
            }
            .to_owned();
            if owner != own.owner {
                report.agreed &= settled.agreed;
                findings.extend(settled.findings);
            }
        }
        report.record = Some(reading.text.shown().into());
        report.found_at = Some(owner.to_string());
        report.testing = reading.dmarc.is_testing();
        findings.extend(reading.findings.clone());
        findings.extend(walk.findings.clone());
        report.rua = rua(view, walk, &mut findings);
        let existence = if zone::exists(view) == Some(false) {
            Existence::DoesNotExist
        } else {
            Existence::Exists
        };
        if let Some([itself, below, absent]) = walk.policies(existence)
            && walk.troubled.is_empty()
        {
            policy = Some(itself);
            report.policy = Some(itself.to_string());
            report.subdomain_policy = Some(below.to_string());
            report.nonexistent_policy = Some(absent.to_string());
        }
    } else {
        let texts = at_domain.texts();
        report.record = match &walk.own {
            Selected::Broken { text, .. } => Some(text.shown().into()),
            Selected::Several(records) => records.first().map(|text| text.shown().into()),
            _ => texts.first().map(|text| text.shown().into()),
        };
    }
    Section {
        report,
        findings,
        policy,
    }
}

/// The state as far as it comes from what stands at the domain itself; empty where a record applies that reads well.
fn own_state(
    view: &View<'_>,
    place: &Place,
    walk: &Walk,
    at_domain: &Settled,
    exists: bool,
    findings: &mut Vec<Finding>,
) -> String {
    let owner = discovery::question(view.domain())
        .map_or_else(|| view.domain().clone(), |question| question.owner);
    let state = match &walk.own {
        Selected::Several(records) => {
            findings.push(judge::several(&owner, records));
            "conflict"
        }
        Selected::Broken {
            findings: named, ..
        } => {
            if is_wildcard(view, &at_domain.texts()) {
                findings.push(wildcard(&owner));
                "conflict"
            } else {
                findings.extend(named.clone());
                "invalid"
            }
        }
        _ if walk.record.is_some() => "",
        Selected::Absent { .. } | Selected::One(_)
            if at_domain.standing != Standing::Settled
                || !walk.troubled.is_empty()
                || !walk.wanted.is_empty()
                || wrong_names(view.domain())
                    .iter()
                    .any(|question| view.is_open(question)) =>
        {
            if at_domain.standing == Standing::Spreading {
                "spreading"
            } else {
                "unknown"
            }
        }
        Selected::Absent { findings: beside } => {
            findings.extend(beside.clone());
            if let Some(at) = misplaced(view, place) {
                findings.push(places::misplaced(view.domain(), &at));
                "misplaced"
            } else {
                if exists {
                    findings.push(missing(view, at_domain, &owner));
                }
                "missing"
            }
        }
        Selected::One(_) => "",
    };
    state.to_owned()
}

/// A name where people put the record by mistake and where one is.
fn misplaced(view: &View<'_>, place: &Place) -> Option<DomainName> {
    places::wrong_names(view.domain()).into_iter().find(|name| {
        let question = Question::new(name.clone(), RecordType::Txt);
        let settled = settle(view, place, &question, Subject::Dmarc);
        places::is_here(&settled.texts())
    })
}

fn is_wildcard(view: &View<'_>, texts: &[Untrusted]) -> bool {
    view.wildcard("").is_some_and(|answer| {
        let probe: Vec<&Untrusted> = answer.texts().collect();
        !probe.is_empty() && texts.iter().all(|text| probe.contains(&text))
    })
}

fn wildcard(owner: &DomainName) -> Finding {
    tell::tell(
        Subject::Dmarc,
        Severity::Error,
        codes::DMARC_WILDCARD,
        owner,
        "A wildcard record (*) answers in place of the DMARC record, which is not there.",
        "Publish the DMARC record at this name; then the wildcard no longer answers here.",
    )
}

fn missing(view: &View<'_>, at_domain: &Settled, owner: &DomainName) -> Finding {
    let alias = at_domain
        .answer
        .as_ref()
        .and_then(|answer| answer.chain.last());
    if let Some(target) = alias {
        return tell::tell(
            Subject::Dmarc,
            Severity::Error,
            codes::DMARC_DANGLING_ALIAS,
            owner,
            &format!(
                "{owner} is an alias (CNAME) of {target}, and there is no DMARC record there."
            ),
            "Ask the service that the alias belongs to, or replace the alias by a DMARC record of your own.",
        );
    }
    tell::tell(
        Subject::Dmarc,
        Severity::Error,
        codes::DMARC_MISSING,
        owner,
        &format!(
            "{} has no DMARC record. Anybody can send mail in its name, and large receivers refuse mail of domains without one.",
            view.domain()
        ),
        "Publish a TXT record at this name. To begin with: v=DMARC1; p=none; rua=mailto: and the address for reports.",
    )
}

/// The report addresses, and whether the owners of those outside agreed.
fn rua(view: &View<'_>, walk: &Walk, findings: &mut Vec<Finding>) -> Vec<RuaReport> {
    let Some(reading) = &walk.record else {
        return Vec::new();
    };
    let outside = outside(walk);
    let owner = walk
        .found_at
        .as_ref()
        .and_then(discovery::question)
        .map_or_else(|| view.domain().clone(), |question| question.owner);
    reading
        .dmarc
        .aggregate
        .iter()
        .map(|uri| {
            let asked = outside.iter().find(|(other, _, _)| *other == uri);
            let authorized = match (uri.host(), asked) {
                (None, _) => Authorization::Unknown,
                (Some(host), None)
                    if address::same_organization(&host, &walk.organizational_domain) =>
                {
                    Authorization::SameDomain
                }
                (_, Some((_, _, Some(question)))) => view
                    .best(question)
                    .filter(|answer| !answer.is_weak_no())
                    .map_or(Authorization::Unknown, address::authorization),
                (_, Some((_, _, None))) => Authorization::No,
                (_, None) => Authorization::Unknown,
            };
            if let (Authorization::No, Some((_, host, question))) = (authorized, asked) {
                findings.push(not_authorized(&owner, host, question.as_ref()));
            }
            RuaReport {
                uri: Untrusted::from(uri.0.as_str()).shown().into(),
                authorized: authorized.word().to_owned(),
            }
        })
        .collect()
}

fn not_authorized(owner: &DomainName, host: &DomainName, question: Option<&Question>) -> Finding {
    let remedy = match question {
        Some(question) => format!(
            "Ask the owner of {host} to publish a TXT record at {} with the value v=DMARC1; or use an address of your own domain.",
            question.owner
        ),
        None => "The name that would allow it is too long for the DNS. Use an address of your own domain.".to_owned(),
    };
    // Receivers of the older standard take both for one organization, and send.
    let (severity, effect) = if host.registrable() == owner.registrable() {
        (
            Severity::Note,
            "Receivers of the new standard (RFC 9989) may not send them there.",
        )
    } else {
        (Severity::Warning, "Receivers do not send them there.")
    };
    tell::tell(
        Subject::Dmarc,
        severity,
        codes::DMARC_EXTERNAL_NOT_AUTHORIZED,
        owner,
        &format!(
            "Reports are to go to {host}, and {host} does not say that it takes reports about this domain. {effect}"
        ),
        &remedy,
    )
}
