//! The DMARC record that stands there now, read as receivers read it: what of it is in force, and what is void.

use crate::audit::report::DmarcReport;
use crate::plan::facts::Facts;
use crate::plan::service;
use crate::records::dmarc::Dmarc;
use crate::records::dmarc::Policy;
use crate::records::dmarc::judge::Effect;
use crate::records::dmarc::judge::Selected;
use crate::records::dmarc::judge::select;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;

/// What stands at `_dmarc` of the domain itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Present {
    /// No text that is a DMARC record or was meant to be one.
    Nothing,
    /// Receivers apply it. `tidy`: every receiver reads it, and reads the same.
    InForce { dmarc: Dmarc, tidy: bool },
    /// Receivers do not apply its policy. What is kept of it names no policy.
    Void { why: Void, kept: Dmarc },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Void {
    /// More than one record: all are discarded (RFC 9989, section 4.10).
    Several,
    /// A policy is missing or unreadable, and there is an address for reports.
    AsNone,
    /// Receivers cannot make anything of it.
    Unreadable,
}

impl Present {
    /// What is there, as far as it is kept.
    pub fn dmarc(&self) -> Option<&Dmarc> {
        match self {
            Self::Nothing => None,
            Self::InForce { dmarc, .. } | Self::Void { kept: dmarc, .. } => Some(dmarc),
        }
    }
}

pub fn present(facts: &Facts) -> Present {
    let Some(text) = own_text(facts) else {
        return Present::Nothing;
    };
    let several = facts
        .survey
        .as_ref()
        .is_some_and(|report| report.dmarc.state == "conflict");
    match select(&owner(facts), &[Untrusted::from(text)]) {
        Selected::Absent { .. } => Present::Nothing,
        Selected::One(reading) if several => void(Void::Several, reading.dmarc),
        Selected::One(reading) => match reading.effect {
            Effect::AsWritten => Present::InForce {
                tidy: text.parse::<Dmarc>().is_ok(),
                dmarc: reading.dmarc,
            },
            Effect::AsNone => void(Void::AsNone, reading.dmarc),
            Effect::Ignored => void(Void::Unreadable, reading.dmarc),
        },
        Selected::Broken { .. } | Selected::Several(_) => void(Void::Unreadable, Dmarc::default()),
    }
}

/// A policy that nobody applies must not be switched on in passing.
fn void(why: Void, dmarc: Dmarc) -> Present {
    Present::Void {
        why,
        kept: Dmarc {
            policy: None,
            subdomain_policy: None,
            nonexistent_policy: None,
            testing: None,
            ..dmarc
        },
    }
}

fn owner(facts: &Facts) -> DomainName {
    let domain = service::domain(facts);
    domain.prefixed("_dmarc").unwrap_or(domain)
}

/// True where the text of the report is of the domain itself, and not of a parent domain.
fn is_own(dmarc: &DmarcReport, facts: &Facts) -> bool {
    let own = format!("_dmarc.{}", facts.domain);
    dmarc
        .found_at
        .as_ref()
        .is_none_or(|at| at.trim_end_matches('.').eq_ignore_ascii_case(&own))
}

/// The text of the record at `_dmarc` of the domain itself.
pub fn own_text(facts: &Facts) -> Option<&str> {
    let dmarc = &facts.survey.as_ref()?.dmarc;
    // Where no DMARC record is there, the text is another one, such as a wildcard's.
    if dmarc.state == "missing" || !is_own(dmarc, facts) {
        return None;
    }
    dmarc.record.as_deref()
}

/// The stricter policy of a parent domain that applies here, as a record of the domain's own would have to say it.
pub fn inherited(facts: &Facts) -> Option<Dmarc> {
    let report = &facts.survey.as_ref()?.dmarc;
    if is_own(report, facts) {
        return None;
    }
    let [itself, below, absent] = in_force(report);
    let itself = itself?;
    let below = below.unwrap_or(itself);
    let absent = absent.unwrap_or(below);
    if itself.max(below).max(absent) == Policy::None {
        return None;
    }
    // What else decides about mail comes along: whose signature counts, and the share of old receivers.
    let text = Untrusted::from(report.record.as_deref().unwrap_or_default());
    let parent = match select(&owner(facts), &[text]) {
        Selected::One(reading) => reading.dmarc,
        _ => Dmarc::default(),
    };
    Some(Dmarc {
        policy: Some(itself),
        subdomain_policy: (below != itself).then_some(below),
        nonexistent_policy: (absent != below).then_some(absent),
        dkim_alignment: parent.dkim_alignment,
        spf_alignment: parent.spf_alignment,
        others: share(&parent).into_iter().cloned().collect(),
        ..Dmarc::default()
    })
}

/// The policies in force that the look found: for the domain itself, its subdomains, and names that do not exist.
fn in_force(report: &DmarcReport) -> [Option<Policy>; 3] {
    [
        &report.policy,
        &report.subdomain_policy,
        &report.nonexistent_policy,
    ]
    .map(|word| word.as_ref().and_then(|word| word.parse().ok()))
}

/// A policy in force that `offered` would weaken: its tag and what is in force.
pub fn weakened(facts: &Facts, offered: &Dmarc) -> Option<(&'static str, Policy)> {
    let found = in_force(&facts.survey.as_ref()?.dmarc);
    let then = [
        offered.policy_asked(),
        offered.subdomain_policy_asked(),
        offered.nonexistent_policy_asked(),
    ];
    ["p", "sp", "np"]
        .into_iter()
        .zip(found)
        .zip(then)
        .find_map(|((tag, found), then)| {
            found
                .filter(|found| *found > offered.in_force(then))
                .map(|found| (tag, found))
        })
}

/// A `pct` below 100. Without it older receivers would apply a stricter policy to all mail.
pub fn share(dmarc: &Dmarc) -> Option<&(String, String)> {
    dmarc
        .others
        .iter()
        .find(|(name, value)| name.eq_ignore_ascii_case("pct") && value.trim() != "100")
}
