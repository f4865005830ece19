//! Which DMARC Policy Record applies to a domain: the DNS Tree Walk (RFC 9989, section 4.10), with the public suffix list beside it.
//!
//! Pure: it is handed what is known and says what it still needs to know.

use crate::records::dmarc::Policy;
use crate::records::dmarc::codes;
use crate::records::dmarc::judge::Reading;
use crate::records::dmarc::judge::Selected;
use crate::records::dmarc::judge::finding;
use crate::records::dmarc::judge::select;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;

/// The most labels that are walked one by one.
const STEPS: usize = 8;

/// What the walk up the tree came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Where the walk started.
    pub domain: DomainName,
    /// What stands at `_dmarc` of the domain itself.
    pub own: Selected,
    /// The record that applies, as receivers read it.
    pub record: Option<Reading>,
    /// The domain whose record applies: `example.com` for `_dmarc.example.com`.
    pub found_at: Option<DomainName>,
    /// The record of the Organizational Domain; it speaks for the subdomains of a domain below it.
    pub organizational_record: Option<Reading>,
    pub organizational_domain: DomainName,
    /// Questions whose answers are still wanted; all can be asked at once.
    pub wanted: Vec<Question>,
    /// Names whose look-up met trouble, and on which the result rests.
    pub troubled: Vec<DomainName>,
    pub findings: Vec<Finding>,
}

/// Whether a domain exists in DNS, as far as a policy for names that do not (`np=`) is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    Exists,
    DoesNotExist,
}

/// The domains that the walk from `domain` visits: itself, then up, with a jump to seven labels from a longer name; at most eight.
pub fn steps(domain: &DomainName) -> Vec<DomainName> {
    let mut steps = vec![domain.clone()];
    let mut at = domain.clone();
    while let Some(parent) = at.parent() {
        at = parent;
        if at.is_root() {
            break;
        }
        if at.labels().count() < STEPS {
            steps.push(at.clone());
        }
    }
    steps
}

/// The question for the record of one step.
pub fn question(domain: &DomainName) -> Option<Question> {
    let owner = domain.prefixed("_dmarc").ok()?;
    Some(Question::new(owner, RecordType::Txt))
}

/// Walks up from `domain`. `answer`: what is known about an owner name (`_dmarc...`), type TXT.
pub fn walk(domain: &DomainName, answer: &dyn Fn(&DomainName) -> Option<Answer>) -> Walk {
    let mut result = Walk {
        domain: domain.clone(),
        own: Selected::Absent {
            findings: Vec::new(),
        },
        record: None,
        found_at: None,
        organizational_record: None,
        organizational_domain: domain.clone(),
        wanted: Vec::new(),
        troubled: Vec::new(),
        findings: Vec::new(),
    };
    let mut found: Vec<(DomainName, Reading)> = Vec::new();
    let mut top = None;
    for at in steps(domain) {
        let Some(question) = question(&at) else {
            continue;
        };
        let Some(answer) = answer(&question.owner) else {
            result.wanted.push(question);
            continue;
        };
        if answer.trouble().is_some() {
            result.troubled.push(question.owner);
            continue;
        }
        let texts: Vec<Untrusted> = answer.texts().cloned().collect();
        let selected = select(&question.owner, &texts);
        let is_start = at == *domain;
        if let Selected::One(reading) = &selected
            && top.is_none()
        {
            let mark = reading.dmarc.public_suffix;
            if mark == Some('n') {
                top = Some(at.clone());
            } else if mark == Some('y') && !is_start {
                top = Some(one_below(domain, &at));
            }
            found.push((at.clone(), reading.clone()));
        }
        if is_start {
            result.own = selected;
        }
        if top.is_some() {
            break;
        }
    }
    let organizational_domain = top
        .or_else(|| found.last().map(|(at, _)| at.clone()))
        .unwrap_or_else(|| domain.clone());
    let at = |wanted: &DomainName| found.iter().find(|(at, _)| at == wanted);
    // The record of the domain itself, else of the Organizational Domain, else of the public suffix above it.
    let applied = at(domain)
        .or_else(|| at(&organizational_domain))
        .or_else(|| found.last());
    if let Some((at, reading)) = applied {
        result.record = Some(reading.clone());
        result.found_at = Some(at.clone());
        // Trouble above the record that applies does not change the policy.
        let depth = at.labels().count();
        result
            .troubled
            .retain(|owner| owner.labels().count() > depth + 1);
    }
    result.organizational_record = at(&organizational_domain)
        .or_else(|| found.last())
        .map(|(_, reading)| reading.clone());
    result.organizational_domain = organizational_domain;
    if result.wanted.is_empty() && !found.is_empty() {
        compare(domain, &mut result);
    }
    result
}

/// The name one label below `above` on the way down to `domain`, whether the walk stopped there or not.
fn one_below(domain: &DomainName, above: &DomainName) -> DomainName {
    let mut at = domain.clone();
    while let Some(parent) = at.parent() {
        if parent == *above {
            break;
        }
        at = parent;
    }
    at
}

/// Remarks on what receivers of the older standard see, and on a record that is weaker than the one above it.
fn compare(domain: &DomainName, walk: &mut Walk) {
    let owner = domain.prefixed("_dmarc").unwrap_or_else(|_| domain.clone());
    if let Some(registrable) = domain.registrable()
        && registrable != walk.organizational_domain
    {
        walk.findings.push(finding(
            &owner,
            codes::ORGANIZATIONAL_DOMAIN_DIFFERS,
            Severity::Note,
            &format!(
                "Receivers of the new standard (RFC 9989) take {} for the top of your organization, older ones take {registrable}.",
                walk.organizational_domain
            ),
            "",
        ));
    }
    if walk.found_at.as_ref() == Some(domain)
        && walk.organizational_domain != *domain
        && let (Some(own), Some(above)) = (&walk.record, &walk.organizational_record)
        && let (Some([own, ..]), Some([_, above, _])) = (own.policies(), above.policies())
        && own < above
    {
        walk.findings.push(finding(
            &owner,
            codes::WEAKER_THAN_PARENT,
            Severity::Warning,
            &format!(
                "The record of {domain} asks for {own}. Without it, {above} would be in force from {}.",
                walk.organizational_domain
            ),
            "If this weaker policy is not wanted, delete this record.",
        ));
    }
}

impl Walk {
    /// The policies in force for the domain itself, for its subdomains, and for subdomains that do not exist; None where no
    /// DMARC applies.
    pub fn policies(&self, existence: Existence) -> Option<[Policy; 3]> {
        let record = self.record.as_ref()?.policies()?;
        let above = || {
            self.organizational_record
                .as_ref()
                .and_then(Reading::policies)
                .unwrap_or(record)
        };
        let own = self.found_at.as_ref() == Some(&self.domain);
        let itself = match existence {
            _ if own => record[0],
            Existence::Exists => record[1],
            Existence::DoesNotExist => record[2],
        };
        let below = if own && self.organizational_domain == self.domain {
            record
        } else {
            above()
        };
        Some([itself, below[1], below[2]])
    }
}
