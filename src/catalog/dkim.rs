//! How a service signs with DKIM for its customers' domains, and what that asks of the user.

use serde::Deserialize;
use serde::Deserializer;

use crate::catalog::suffix::Suffix;
use crate::catalog::template;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// What an entry says about DKIM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    pub kind: DkimKind,
    /// May hold variables, see [`crate::catalog::template`].
    #[serde(default)]
    pub selectors: Vec<String>,
    #[serde(default)]
    pub selectors_older: Vec<String>,
    /// False: chosen by the account holder or different for each account.
    pub selector_fixed: Option<bool>,
    #[serde(default)]
    pub records: Vec<RecordTemplate>,
    /// Forms that older accounts still have.
    #[serde(default)]
    pub records_older: Vec<RecordTemplate>,
    /// Suffixes of targets, where the targets themselves are not known.
    #[serde(default)]
    pub target_suffixes: Vec<Suffix>,
    #[serde(default)]
    pub key_bits: Vec<u32>,
    /// Where the service shows its values.
    #[serde(default)]
    pub menu: Vec<String>,
    pub menu_confirmed: Option<bool>,
    pub menu_url: Option<String>,
    /// How signing is switched on once the records are seen, in words.
    #[serde(default)]
    pub switch_on: Vec<String>,
    /// How the key is renewed there, in words.
    pub rotation: Option<String>,
    /// The signing domain (`d=`) of mail while the user's own domain does not sign yet.
    pub unsigned_d: Option<Suffix>,
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DkimKind {
    /// CNAMEs of a known form.
    CnamePattern,
    CnameFromConsole,
    TxtFromConsole,
    /// The type is not known.
    FromConsole,
    /// Published by the provider itself where it runs the DNS.
    PresetByHost,
    /// The key is made on the customer's server.
    OwnKey,
}

/// A record with `{variables}`; `host` is relative to the domain.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordTemplate {
    pub host: String,
    #[serde(rename = "type", deserialize_with = "record_type")]
    pub record_type: RecordType,
    pub target: String,
}

/// What the user has to do for DKIM with one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setup {
    /// The records are the same for everybody, or follow from the domain.
    Fixed(Vec<KeyRecord>),
    /// The service shows the values to the account holder.
    FromConsole(Console),
    /// A key pair is made on the user's own server (or here).
    OwnKey { selectors: Vec<String> },
    /// The provider publishes the key where it runs the DNS.
    PresetByHost { selectors: Vec<String> },
    /// Nothing is known.
    Unknown,
}

/// A record to publish; `host` is relative to the domain, as `k2._domainkey`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    pub host: String,
    pub record_type: RecordType,
    pub target: String,
}

/// Values to collect from the service's own pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Console {
    /// CNAME or TXT; None where it is not known which.
    pub record_type: Option<RecordType>,
    /// One for each record, where their number is known; else empty.
    pub expected: Vec<Expected>,
    /// Selectors to offer as a first guess.
    pub selectors: Vec<String>,
    /// True where the selectors are always these.
    pub selectors_fixed: bool,
}

/// One record whose host or target the service shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Relative to the domain; None where the service shows it.
    pub host: Option<String>,
    pub record_type: RecordType,
    /// None where the service shows it.
    pub target: Option<String>,
    /// Forms of the target, today's and older ones, with the domain filled in.
    forms: Vec<String>,
}

impl Expected {
    /// The target as it will look, with `<...>` for each part that the service chose.
    pub fn looks_like(&self) -> Option<String> {
        self.forms
            .first()
            .map(|form| template::pattern_for_people(form))
    }

    /// Whether a collected target has one of the known forms.
    pub fn accepts(&self, target: &DomainName) -> bool {
        self.forms
            .iter()
            .any(|form| template::matches(form, target.as_str()).is_some())
            && has_whole_ending(target)
    }
}

/// False where something stands behind the ending of a first domain at Microsoft.
fn has_whole_ending(target: &DomainName) -> bool {
    target
        .as_str()
        .rsplit_once(".onmicrosoft.")
        .is_none_or(|(_, ending)| ["com", "us", "de"].contains(&ending))
}

impl Dkim {
    /// What to do for `domain`.
    pub fn setup(&self, domain: &DomainName) -> Setup {
        match self.kind {
            DkimKind::CnamePattern => self.patterned(domain),
            DkimKind::CnameFromConsole => self.shown_by_service(Some(RecordType::Cname)),
            DkimKind::TxtFromConsole => self.shown_by_service(Some(RecordType::Txt)),
            DkimKind::FromConsole => self.shown_by_service(None),
            DkimKind::PresetByHost => Setup::PresetByHost {
                selectors: literal(&self.selectors),
            },
            DkimKind::OwnKey => Setup::OwnKey {
                selectors: literal(&self.selectors),
            },
        }
    }

    /// Every selector without variables, today's first.
    pub fn literal_selectors(&self) -> impl Iterator<Item = &str> {
        self.selectors
            .iter()
            .chain(&self.selectors_older)
            .map(String::as_str)
            .filter(|selector| !template::has_variable(selector))
    }

    /// How exactly a CNAME target agrees with a known form or suffix: more is more exact.
    pub fn target_match(&self, target: &DomainName) -> Option<usize> {
        let forms = self
            .records
            .iter()
            .chain(&self.records_older)
            .filter_map(|record| template::matches(&record.target, target.as_str()));
        let suffixes = self
            .target_suffixes
            .iter()
            .filter_map(|suffix| suffix.length_of_match(target));
        forms.chain(suffixes).max()
    }

    /// Whether a selector is, or can be, one of this service; exact ones count more.
    pub fn selector_match(&self, selector: &str) -> Option<usize> {
        self.selectors
            .iter()
            .chain(&self.selectors_older)
            .filter_map(|known| {
                if template::has_variable(known) {
                    template::matches(known, selector)
                        .filter(|&literal| literal > 0 && template::holds_only_numbers(known))
                } else {
                    known
                        .eq_ignore_ascii_case(selector)
                        .then_some(usize::from(u8::MAX))
                }
            })
            .max()
    }

    fn patterned(&self, domain: &DomainName) -> Setup {
        if self.records.is_empty() {
            return self.shown_by_service(Some(RecordType::Cname));
        }
        let fixed = expanded(&self.records, domain);
        if let Some(fixed) = fixed {
            return Setup::Fixed(fixed);
        }
        // One record of a known form stands for as many as there are selectors.
        let times = if self.records.len() == 1 {
            self.selectors.len().max(1)
        } else {
            1
        };
        let expected = self
            .records
            .iter()
            .cycle()
            .take(self.records.len() * times)
            .map(|record| self.expected(record, domain))
            .collect();
        Setup::FromConsole(Console {
            record_type: Some(self.records[0].record_type),
            expected,
            selectors: literal(&self.selectors),
            selectors_fixed: self.selector_fixed == Some(true),
        })
    }

    fn expected(&self, record: &RecordTemplate, domain: &DomainName) -> Expected {
        let older = self
            .records_older
            .iter()
            .filter(|older| older.host == record.host);
        Expected {
            host: template::expand(&record.host, domain),
            record_type: record.record_type,
            target: template::expand(&record.target, domain),
            forms: std::iter::once(record)
                .chain(older)
                .map(|record| template::fill_domain(&record.target, domain))
                .collect(),
        }
    }

    fn shown_by_service(&self, record_type: Option<RecordType>) -> Setup {
        Setup::FromConsole(Console {
            record_type,
            expected: Vec::new(),
            selectors: literal(&self.selectors),
            selectors_fixed: self.selector_fixed == Some(true),
        })
    }
}

/// The records for `domain`. None where one of them holds what only the service knows.
pub(crate) fn expanded(records: &[RecordTemplate], domain: &DomainName) -> Option<Vec<KeyRecord>> {
    records
        .iter()
        .map(|record| {
            Some(KeyRecord {
                host: template::expand(&record.host, domain)?,
                record_type: record.record_type,
                target: template::expand(&record.target, domain)?,
            })
        })
        .collect()
}

fn literal(selectors: &[String]) -> Vec<String> {
    selectors
        .iter()
        .filter(|selector| !template::has_variable(selector))
        .cloned()
        .collect()
}

fn record_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RecordType, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "CNAME" => Ok(RecordType::Cname),
        "TXT" => Ok(RecordType::Txt),
        "MX" => Ok(RecordType::Mx),
        other => Err(serde::de::Error::custom(format!(
            "unknown record type {other}"
        ))),
    }
}
