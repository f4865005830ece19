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
    /// What receivers of RFC 7489 see; None as long as it is not known.
    pub older: Option<Older>,
    /// Questions whose answers are still wanted; all can be asked at once.
    pub wanted: Vec<Question>,
    /// Names whose look-up met trouble, and on which the result rests.
    pub troubled: Vec<DomainName>,
    /// A name above the record that applies met trouble, and a record there would decide for the subdomains.
    pub unsure_above: bool,
    pub findings: Vec<Finding>,
}

/// What receivers of the older standard see (RFC 7489, section 6.6.3), who know neither the tree walk nor `psd=`, `np=` and `t=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    /// One label below the public suffix (Public Suffix List).
    pub organizational_domain: DomainName,
    /// The domain whose record applies.
    pub found_at: Option<DomainName>,
    /// In force for the domain itself; None where no DMARC applies.
    pub policy: Option<Policy>,
    /// In force for subdomains without a record.
    pub subdomain_policy: Option<Policy>,
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

/// What is known of one name on the way up.
struct Seen {
    at: DomainName,
    selected: Selected,
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
        older: None,
        wanted: Vec::new(),
        troubled: Vec::new(),
        unsure_above: false,
        findings: Vec::new(),
    };
    let mut seen: Vec<Seen> = Vec::new();
    let mut found: Vec<(DomainName, Reading)> = Vec::new();
    let mut top = None;
    for at in steps(domain) {
        let Some(known) = look(&at, answer, &mut result) else {
            continue;
        };
        if let Selected::One(reading) = &known.selected {
            found.push((at.clone(), reading.clone()));
            match reading.dmarc.public_suffix {
                Some('n') => top = Some(at.clone()),
                // The mark of the domain itself ends the walk too, and does not move its top (RFC 9989, section 4.10.2).
                Some('y') if at == *domain => top = Some(at.clone()),
                Some('y') => top = Some(one_below(domain, &at)),
                _ => {}
            }
        }
        if at == *domain {
            result.own = known.selected.clone();
        }
        seen.push(known);
        if top.is_some() {
            break;
        }
    }
    let is_stopped = top.is_some();
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
        // Registries hardly have a record. What a name of the owner might say above the record moves the top of the organization: that
        // decides for the subdomains, and also for a domain without a record of its own.
        let depth = at.labels().count();
        let is_above = |owner: &DomainName| owner.labels().count() <= depth + 1;
        let is_of_owner = |owner: &DomainName| {
            owner
                .parent()
                .is_some_and(|domain| domain.registrable().is_some())
        };
        result.unsure_above = !is_stopped
            && result
                .troubled
                .iter()
                .any(|owner| is_above(owner) && is_of_owner(owner));
        let is_own = at == domain;
        result
            .troubled
            .retain(|owner| !is_above(owner) || (!is_own && !is_stopped && is_of_owner(owner)));
    }
    result.organizational_record = at(&organizational_domain)
        .or_else(|| found.last())
        .map(|(_, reading)| reading.clone());
    result.organizational_domain = organizational_domain;
    result.older = older(domain, seen, answer, &mut result);
    if result.wanted.is_empty() && result.troubled.is_empty() && !result.unsure_above {
        compare(domain, &mut result);
    }
    result
}

/// What stands at one name; None where that is not known, which is noted.
fn look(
    at: &DomainName,
    answer: &dyn Fn(&DomainName) -> Option<Answer>,
    result: &mut Walk,
) -> Option<Seen> {
    let question = question(at)?;
    let Some(answer) = answer(&question.owner) else {
        result.wanted.push(question);
        return None;
    };
    if answer.trouble().is_some() {
        result.troubled.push(question.owner);
        return None;
    }
    let texts: Vec<Untrusted> = answer.texts().cloned().collect();
    Some(Seen {
        at: at.clone(),
        selected: select(&question.owner, &texts),
    })
}

/// What receivers of RFC 7489 make of the same names (section 6.6.3): the record of the domain, else that of the Organizational Domain
/// by the public suffix list; of two records at one name they take none, and look no further. None where it is not known.
fn older(
    domain: &DomainName,
    mut seen: Vec<Seen>,
    answer: &dyn Fn(&DomainName) -> Option<Answer>,
    result: &mut Walk,
) -> Option<Older> {
    let top = domain.registrable().unwrap_or_else(|| domain.clone());
    let troubled = result.troubled.len();
    if !seen.iter().any(|seen| seen.at == top) {
        // Its trouble is not one of the tree walk.
        let is_asked = result
            .wanted
            .iter()
            .any(|wanted| wanted.owner.parent().as_ref() == Some(&top));
        if is_asked {
            return None;
        }
        let known = look(&top, answer, result);
        result.troubled.truncate(troubled);
        seen.push(known?);
    }
    let at = |wanted: &DomainName| {
        seen.iter()
            .find(|seen| seen.at == *wanted)
            .map(|seen| &seen.selected)
    };
    let above = match at(&top)? {
        Selected::One(reading) => reading.older_policies(),
        _ => None,
    };
    let (found_at, itself) = match at(domain)? {
        Selected::One(reading) => (
            Some(domain.clone()),
            reading.older_policies().map(|policies| policies[0]),
        ),
        Selected::Several(_) => (None, None),
        _ if matches!(at(&top), Some(Selected::One(_))) => {
            (Some(top.clone()), above.map(|policies| policies[1]))
        }
        _ => (None, None),
    };
    Some(Older {
        organizational_domain: top,
        found_at,
        policy: itself,
        subdomain_policy: above.map(|policies| policies[1]),
    })
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
    if let Some(older) = &walk.older {
        walk.findings.extend(generations(&owner, walk, older));
    }
    if walk.record.is_none() {
        return;
    }
    subdomain_tags(&owner, walk);
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

/// What each generation of receivers sees, where they do not see the same. The tags that only one of them knows (`t=`, `np=`, `pct=`) have
/// findings of their own.
fn generations(owner: &DomainName, walk: &Walk, older: &Older) -> Option<Finding> {
    let domain = &walk.domain;
    let plain = walk.policies_asked();
    let newer = [plain.map(|p| p[0]), plain.map(|p| p[1])];
    let by_older = [older.policy, older.subdomain_policy];
    let top = &walk.organizational_domain;
    let is_same_top = *top == older.organizational_domain;
    if (is_same_top || walk.record.is_none() && older.found_at.is_none()) && newer == by_older {
        return None;
    }
    let sees = |at: Option<&DomainName>, [itself, below]: [Option<Policy>; 2]| {
        let word = |policy: Option<Policy>| policy.map_or("no DMARC at all", Policy::as_str);
        match at {
            None => format!("find no record for {domain}"),
            Some(at) if itself == below => format!(
                "take the record of {at}: {} for {domain} and below it",
                word(itself)
            ),
            Some(at) => format!(
                "take the record of {at}: {} for {domain}, and {} below it",
                word(itself),
                word(below)
            ),
        }
    };
    let message = format!(
        "Receivers of the new standard (RFC 9989) take {top} for the top of your organization and {}. Older ones (RFC 7489, by the public \
         suffix list) take {} for the top and {}.",
        sees(walk.found_at.as_ref(), newer),
        older.organizational_domain,
        sees(older.found_at.as_ref(), by_older)
    );
    let remedy = if newer[0] != by_older[0] && matches!(walk.own, Selected::Several(_)) {
        "Keep one DMARC record at this name.".to_owned()
    } else if newer[0] != by_older[0] {
        format!("Publish a DMARC record at {owner} itself: both then take that one for {domain}.")
    } else if newer[1] != by_older[1] {
        "Give the subdomains that send mail a DMARC record of their own: both then take that one."
            .to_owned()
    } else {
        format!(
            "Sign with exactly {domain} (DKIM d=), so that no receiver needs to know the top of your organization."
        )
    };
    Some(finding(
        owner,
        codes::ORGANIZATIONAL_DOMAIN_DIFFERS,
        Severity::Note,
        &message,
        &remedy,
    ))
}

/// `sp=` and `np=` speak from the top of the organization alone (RFC 9989, section 4.7).
fn subdomain_tags(owner: &DomainName, walk: &mut Walk) {
    let (Some(record), true) = (
        &walk.record,
        walk.found_at.as_ref() == Some(&walk.domain) && walk.organizational_domain != walk.domain,
    ) else {
        return;
    };
    let tags: Vec<&str> = [
        ("sp=", record.dmarc.subdomain_policy),
        ("np=", record.dmarc.nonexistent_policy),
    ]
    .iter()
    .filter(|(_, policy)| policy.is_some())
    .map(|(tag, _)| *tag)
    .collect();
    if tags.is_empty() {
        return;
    }
    let message = format!(
        "{} in this record has no effect: for names below {} receivers take the record of {}.",
        tags.join(" and "),
        walk.domain,
        walk.organizational_domain
    );
    walk.findings.push(finding(
        owner,
        codes::SUBDOMAIN_POLICY_IGNORED,
        Severity::Note,
        &message,
        "Give a subdomain that needs another policy a DMARC record of its own.",
    ));
}

impl Walk {
    /// The policies in force for the domain itself, for its subdomains, and for subdomains that do not exist; None where no
    /// DMARC applies.
    pub fn policies(&self, existence: Existence) -> Option<[Policy; 3]> {
        self.by(existence, Reading::policies)
    }

    /// As [`Walk::policies`] for a domain that exists, before `t=`.
    fn policies_asked(&self) -> Option<[Policy; 3]> {
        self.by(Existence::Exists, Reading::policies_asked)
    }

    fn by(
        &self,
        existence: Existence,
        policies: fn(&Reading) -> Option<[Policy; 3]>,
    ) -> Option<[Policy; 3]> {
        let record = policies(self.record.as_ref()?)?;
        let above = || {
            self.organizational_record
                .as_ref()
                .and_then(policies)
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
