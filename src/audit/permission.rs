//! Whether those whom reports are to go to take them (RFC 9990).

use crate::audit::codes;
use crate::audit::report::RuaReport;
use crate::audit::tell;
use crate::audit::view::View;
use crate::records::dmarc;
use crate::records::dmarc::ReportUri;
use crate::records::dmarc::address;
use crate::records::dmarc::address::Authorization;
use crate::records::dmarc::discovery;
use crate::records::dmarc::discovery::Walk;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Question;
use crate::records::untrusted::Untrusted;

/// Report addresses whose owner is asked.
const MOST_ADDRESSES: usize = 10;

/// Addresses of other organizations, for aggregate reports and then for failure reports: host, and the question that shows whether it takes
/// reports, which is the same for both (RFC 9991, RFC 7489 section 7.1). The question is missing where its name would be too long.
pub fn outside(walk: &Walk) -> Vec<(&ReportUri, DomainName, Option<Question>)> {
    let (Some(record), Some(policy_domain)) = (&walk.record, &walk.found_at) else {
        return Vec::new();
    };
    record
        .dmarc
        .aggregate
        .iter()
        .chain(&record.dmarc.failure)
        .filter_map(|uri| Some((uri, uri.host()?)))
        .filter(|(_, host)| !address::same_organization(host, &walk.organizational_domain))
        .take(MOST_ADDRESSES)
        .map(|(uri, host)| {
            let question = address::authorization_question(policy_domain, &host).ok();
            (uri, host, question)
        })
        .collect()
}

/// Which reports an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reports {
    /// `rua=`
    Aggregate,
    /// `ruf=`
    Failure,
}

/// The addresses for reports of one kind, and whether the owners of those outside agreed.
pub fn section(
    view: &View<'_>,
    walk: &Walk,
    reports: Reports,
    findings: &mut Vec<Finding>,
) -> Vec<RuaReport> {
    let Some(reading) = &walk.record else {
        return Vec::new();
    };
    let addresses = match reports {
        Reports::Aggregate => &reading.dmarc.aggregate,
        Reports::Failure => &reading.dmarc.failure,
    };
    let outside = outside(walk);
    let owner = walk
        .found_at
        .as_ref()
        .and_then(discovery::question)
        .map_or_else(|| view.domain().clone(), |question| question.owner);
    addresses
        .iter()
        .map(|uri| {
            let asked = outside.iter().find(|(other, _, _)| *other == uri);
            let authorized = authorized(view, walk, uri, asked);
            // Of a host that was told of for the one kind, nothing more is said for the other.
            let is_told = reports == Reports::Failure
                && reading
                    .dmarc
                    .aggregate
                    .iter()
                    .any(|other| other.host() == uri.host());
            if let (Authorization::No, Some((_, host, question))) = (authorized, asked)
                && !is_told
            {
                findings.push(not_authorized(&owner, host, question.as_ref(), reports));
            }
            if let (Authorization::Yes, Some((_, host, Some(question)))) = (authorized, asked)
                && reports == Reports::Aggregate
                && let Some(answer) = view.best(question)
                && let Some(others) = address::redirected(answer, host, uri)
            {
                findings.push(dmarc::reports::redirected(&owner, uri, &others));
            }
            RuaReport {
                uri: Untrusted::from(uri.0.as_str()).shown().into(),
                authorized: authorized.word().to_owned(),
            }
        })
        .collect()
}

fn authorized(
    view: &View<'_>,
    walk: &Walk,
    uri: &ReportUri,
    asked: Option<&(&ReportUri, DomainName, Option<Question>)>,
) -> Authorization {
    match (uri.host(), asked) {
        (None, _) => Authorization::Unknown,
        (Some(host), None) if address::same_organization(&host, &walk.organizational_domain) => {
            Authorization::SameDomain
        }
        (_, Some((_, _, Some(question)))) => view
            .best(question)
            .filter(|answer| !answer.is_weak_no())
            .map_or(Authorization::Unknown, address::authorization),
        (_, Some((_, _, None))) => Authorization::No,
        (_, None) => Authorization::Unknown,
    }
}

fn not_authorized(
    owner: &DomainName,
    host: &DomainName,
    question: Option<&Question>,
    reports: Reports,
) -> Finding {
    let what = match reports {
        Reports::Aggregate => "Reports",
        Reports::Failure => "Failure reports (ruf=)",
    };
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
            "{what} are to go to {host}, and {host} does not say that it takes reports about this domain. {effect}"
        ),
        &remedy,
    )
}
