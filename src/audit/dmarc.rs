//! The DMARC section of the report.

use crate::audit::codes;
use crate::audit::panel;
use crate::audit::permission;
use crate::audit::permission::Reports;
use crate::audit::report::DmarcReport;
use crate::audit::report::OlderReport;
use crate::audit::settle::Settled;
use crate::audit::settle::Standing;
use crate::audit::settle::settle;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Place;
use crate::catalog::dns_host;
use crate::records::dmarc::Dmarc;
use crate::records::dmarc::Policy;
use crate::records::dmarc::discovery;
use crate::records::dmarc::discovery::Existence;
use crate::records::dmarc::discovery::Walk;
use crate::records::dmarc::judge;
use crate::records::dmarc::judge::Effect;
use crate::records::dmarc::judge::Selected;
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
use crate::records::verdict::found;
use crate::records::verdict::habits;
use crate::records::verdict::state::Kind;

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
    permission::outside(walk(view, place))
        .into_iter()
        .filter_map(|(_, _, question)| question)
        .collect()
}

/// The proxy that answers where the record should be.
fn proxied(view: &View<'_>) -> Option<panel::Proxied> {
    panel::proxied(view, &discovery::question(view.domain())?, "")
}

/// Questions that the record makes necessary, or its absence.
pub fn more_questions(view: &View<'_>, place: &Place) -> Vec<Question> {
    let walk = walk(view, place);
    let mut questions = walk.wanted.clone();
    questions.extend(
        permission::outside(walk)
            .into_iter()
            .filter_map(|(_, _, question)| question),
    );
    if walk.wanted.is_empty()
        && walk.record.is_none()
        && walk.troubled.is_empty()
        && matches!(walk.own, Selected::Absent { .. })
        && zone::exists(view) == Some(true)
    {
        questions.extend(wrong_names(view, place).into_iter().map(|p| p.question));
        let own = discovery::question(view.domain());
        questions.extend(own.and_then(|own| panel::proxy_question(view, &own, "")));
    }
    questions.extend(view.at("_dmarc", RecordType::Cname).filter(|_| {
        discovery::question(view.domain())
            .and_then(|own| view.best(&own))
            .is_some_and(|answer| answer.chain.is_empty() && !answer.data().is_empty())
    }));
    questions
}

/// The names where the record ends up by mistake.
fn wrong_names(view: &View<'_>, place: &Place) -> Vec<found::Place> {
    discovery::question(view.domain()).map_or_else(Vec::new, |own| {
        found::places(&own.owner, &panel::zone(view, place))
    })
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
        if owner == own.owner {
            findings.extend(panel::alias_beside(view, Kind::Dmarc, &owner));
            findings.extend(
                at_domain
                    .texts()
                    .iter()
                    .filter_map(|text| found::remark(Kind::Dmarc, &owner, text)),
            );
        }
        findings.extend(
            habits::default_policy(dns_host::habits(), &reading.dmarc)
                .map(|habit| habits::host_default(&owner, habit)),
        );
        findings.extend(reading.findings.clone());
        report.rua = permission::section(view, walk, Reports::Aggregate, &mut findings);
        report.ruf = permission::section(view, walk, Reports::Failure, &mut findings);
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
            if !walk.unsure_above {
                report.subdomain_policy = Some(below.to_string());
                report.nonexistent_policy = Some(absent.to_string());
            }
        }
    } else {
        let texts = at_domain.texts();
        report.record = match &walk.own {
            Selected::Broken { text, .. } => Some(text.shown().into()),
            Selected::Several(records) => records.first().map(|text| text.shown().into()),
            _ => texts.first().map(|text| text.shown().into()),
        };
    }
    findings.extend(walk.findings.clone());
    report.older = walk.older.as_ref().map(|older| OlderReport {
        organizational_domain: older.organizational_domain.to_string(),
        found_at: older
            .found_at
            .as_ref()
            .and_then(discovery::question)
            .map(|question| question.owner.to_string()),
        policy: older.policy.map(|policy| policy.to_string()),
        subdomain_policy: older.subdomain_policy.map(|policy| policy.to_string()),
    });
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
            findings.extend(
                records
                    .iter()
                    .filter_map(|text| text.as_ascii()?.parse::<Dmarc>().ok())
                    .find_map(|seen| habits::default_policy(dns_host::habits(), &seen))
                    .map(|habit| habits::host_default(&owner, habit)),
            );
            "conflict"
        }
        Selected::Broken {
            findings: named, ..
        } => {
            let is_wild = is_wildcard(view, &at_domain.texts());
            if let Some(above) = walk.found_at.as_ref().filter(|_| is_wild) {
                findings.push(passed_over(&owner, above));
                ""
            } else if is_wild {
                findings.push(found::wildcard(Kind::Dmarc, &owner, Severity::Error));
                "conflict"
            } else {
                let spoilt = found::value(Kind::Dmarc, &owner, &at_domain.texts());
                findings.extend(if spoilt.is_empty() {
                    named.clone()
                } else {
                    spoilt
                });
                "invalid"
            }
        }
        _ if walk.record.is_some() => "",
        Selected::Absent { .. } | Selected::One(_)
            if at_domain.standing != Standing::Settled
                || !walk.troubled.is_empty()
                || !walk.wanted.is_empty()
                || wrong_names(view, place)
                    .iter()
                    .any(|place| view.is_open(&place.question)) =>
        {
            match at_domain.standing {
                Standing::Spreading => "spreading",
                Standing::Conflict => "conflict",
                Standing::Settled | Standing::Unknown => "unknown",
            }
        }
        Selected::Absent { findings: beside } => {
            let is_star = is_wildcard_alias(view, at_domain);
            if !is_star {
                findings.extend(beside.clone());
            }
            if let Some((at, texts)) = misplaced(view, place) {
                findings.extend(found::misplaced(Kind::Dmarc, &owner, &at, &texts));
                "misplaced"
            } else if let Some(proxy) = proxied(view) {
                findings.push(found::proxied(Kind::Dmarc, &owner, proxy.of));
                "conflict"
            } else if is_star {
                findings.push(found::wildcard(Kind::Dmarc, &owner, Severity::Error));
                "conflict"
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

/// A name where people put the record by mistake and where one is, with the texts there.
fn misplaced(view: &View<'_>, place: &Place) -> Option<(found::Place, Vec<Untrusted>)> {
    let nobody = view.wildcard("");
    wrong_names(view, place).into_iter().find_map(|wrong| {
        let settled = settle(view, place, &wrong.question, Subject::Dmarc);
        let texts = settled.texts();
        let is_wild = nobody.is_some_and(|nobody| {
            settled
                .answer
                .as_ref()
                .is_some_and(|answer| answer.data() == nobody.data())
        });
        let is_here = !is_wild && found::is_here(Kind::Dmarc, &wrong.question.owner, &texts);
        is_here.then_some((wrong, texts))
    })
}

/// A wildcard text stands where the domain itself has no policy: receivers skip it and walk up (RFC 9989, section 4.10).
fn passed_over(owner: &DomainName, above: &DomainName) -> Finding {
    Finding {
        message: format!(
            "A wildcard record (*) answers at {owner}, with a text that is no DMARC record. Receivers pass over it: the policy of {above} applies."
        ),
        remedy: String::new(),
        ..found::wildcard(Kind::Dmarc, owner, Severity::Note)
    }
}

fn is_wildcard(view: &View<'_>, texts: &[Untrusted]) -> bool {
    view.wildcard("").is_some_and(|answer| {
        let probe: Vec<&Untrusted> = answer.texts().collect();
        !probe.is_empty() && texts.iter().all(|text| probe.contains(&text))
    })
}

/// True where the alias at the domain is the one that every name has.
fn is_wildcard_alias(view: &View<'_>, at_domain: &Settled) -> bool {
    let alias = at_domain
        .answer
        .as_ref()
        .and_then(|answer| answer.chain.first());
    let every = view.wildcard("").and_then(|answer| answer.chain.first());
    alias.is_some() && alias == every
}

fn missing(view: &View<'_>, at_domain: &Settled, owner: &DomainName) -> Finding {
    let alias = at_domain
        .answer
        .as_ref()
        .and_then(|answer| answer.chain.last());
    if let Some(target) = alias.filter(|target| found::is_value(target)) {
        return found::beside_alias(Kind::Dmarc, owner, target);
    }
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
            "{} has no DMARC record. Anybody can send mail in its name, and large receivers refuse bulk mail of domains without one.{}",
            view.domain(),
            tell::no_in_words(at_domain.answer.as_ref())
        ),
        "Publish a TXT record at this name. To begin with: v=DMARC1; p=none; rua=mailto: and the address for reports.",
    )
}
