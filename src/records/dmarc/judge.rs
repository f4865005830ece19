//! What is good and bad about a DMARC Policy Record by itself, and what receivers make of one with mistakes.

use crate::records::dmarc::Dmarc;
use crate::records::dmarc::Policy;
use crate::records::dmarc::address;
use crate::records::dmarc::codes;
use crate::records::dmarc::mistake;
use crate::records::dmarc::reading;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;

/// What the TXT strings at `_dmarc` hold, as receivers see them (RFC 9989, section 4.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// No DMARC record and nothing that was meant to be one; `findings` speak of other texts at the name.
    Absent {
        findings: Vec<Finding>,
    },
    One(Reading),
    /// A text that was meant to be a DMARC record, or another record that does not belong here.
    Broken {
        text: Untrusted,
        findings: Vec<Finding>,
    },
    /// Two or more records: receivers discard all of them.
    Several(Vec<Untrusted>),
}

/// A DMARC record as receivers read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub text: Untrusted,
    /// What of it counts.
    pub dmarc: Dmarc,
    pub effect: Effect,
    /// The same for receivers of RFC 7489 (section 6.6.3), who do not read `np=`.
    pub older_effect: Effect,
    pub findings: Vec<Finding>,
}

/// What receivers make of a record (RFC 9989, section 4.10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    AsWritten,
    /// A policy is missing or unreadable and there is an address for reports: as if only `p=none` was written.
    AsNone,
    /// A policy is missing or unreadable and there is no address for reports: no DMARC at all.
    Ignored,
}

pub(super) fn finding(
    owner: &DomainName,
    code: Code,
    severity: Severity,
    message: &str,
    remedy: &str,
) -> Finding {
    Finding {
        code,
        severity,
        subject: Subject::Dmarc,
        name: owner.clone(),
        message: message.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// Picks the DMARC record among the TXT strings at `owner`.
pub fn select(owner: &DomainName, texts: &[Untrusted]) -> Selected {
    let (records, others): (Vec<&Untrusted>, Vec<&Untrusted>) = texts
        .iter()
        .partition(|text| address::is_policy_record(text.as_bytes()));
    match records.as_slice() {
        [] => {
            let mut findings = Vec::new();
            for text in others {
                let found = mistake::name(owner, text);
                if found.severity == Severity::Error {
                    return Selected::Broken {
                        text: text.clone(),
                        findings: vec![found],
                    };
                }
                findings.push(found);
            }
            findings.truncate(1);
            Selected::Absent { findings }
        }
        [record] => {
            let mut reading = reading::read(owner, record);
            if !others.is_empty() {
                reading.findings.push(finding(
                    owner,
                    codes::OTHER_TEXT,
                    Severity::Warning,
                    "Besides the DMARC record there is another TXT record at this name. Most receivers skip it, some do not.",
                    "Leave only the DMARC record at this name.",
                ));
            }
            Selected::One(reading)
        }
        _ => Selected::Several(records.into_iter().cloned().collect()),
    }
}

/// Findings about a record that is to be published.
pub fn judge(owner: &DomainName, dmarc: &Dmarc) -> Vec<Finding> {
    reading::read(owner, &Untrusted::from(dmarc.to_string().as_str())).findings
}

/// The finding about several DMARC records at one name.
pub fn several(owner: &DomainName, texts: &[Untrusted]) -> Finding {
    finding(
        owner,
        codes::TWO_RECORDS,
        Severity::Error,
        &format!(
            "{} DMARC records stand at this name. Receivers ignore all of them, so none is in force.",
            texts.len()
        ),
        "Keep one of them, with the report addresses of all, and delete the others.",
    )
}

impl Reading {
    /// The policies in force for the domain that has this record: itself, its subdomains, and names that do not exist.
    /// None where the record is ignored.
    pub fn policies(&self) -> Option<[Policy; 3]> {
        let asked = self.policies_asked()?;
        Some(asked.map(|policy| self.dmarc.in_force(policy)))
    }

    /// As [`Reading::policies`], before `t=`.
    pub fn policies_asked(&self) -> Option<[Policy; 3]> {
        match self.effect {
            Effect::Ignored => None,
            Effect::AsNone => Some([Policy::None; 3]),
            Effect::AsWritten => Some([
                self.dmarc.policy_asked(),
                self.dmarc.subdomain_policy_asked(),
                self.dmarc.nonexistent_policy_asked(),
            ]),
        }
    }

    /// What receivers of RFC 7489 apply to the domain itself and to its subdomains.
    pub fn older_policies(&self) -> Option<[Policy; 2]> {
        match self.older_effect {
            Effect::Ignored => None,
            Effect::AsNone => Some([Policy::None; 2]),
            Effect::AsWritten => Some([
                self.dmarc.policy_asked(),
                self.dmarc.subdomain_policy_asked(),
            ]),
        }
    }
}
