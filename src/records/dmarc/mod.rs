//! DMARC Policy Records (RFC 9989, section 4.7; RFC 7489 where receivers still differ): the types, and how they print.

pub mod address;
pub mod codes;
pub mod discovery;
pub mod judge;
pub mod merge;
pub mod mistake;
pub mod parse;
pub mod reading;
pub mod reports;

use std::fmt;

/// A DMARC Policy Record. Parsing fills in no defaults (they are methods) and keeps unknown and removed tags.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Dmarc {
    pub policy: Option<Policy>,
    pub subdomain_policy: Option<Policy>,
    pub nonexistent_policy: Option<Policy>,
    pub dkim_alignment: Option<Alignment>,
    pub spf_alignment: Option<Alignment>,
    /// `t=`: true for `y`.
    pub testing: Option<bool>,
    /// `psd=`: `y`, `n` or `u`.
    pub public_suffix: Option<char>,
    /// `rua=`: where aggregate reports go.
    pub aggregate: Vec<ReportUri>,
    /// `ruf=`: where failure reports go.
    pub failure: Vec<ReportUri>,
    /// `fo=` as written.
    pub failure_options: Option<String>,
    /// Tags that are not of RFC 9989 (`pct`, `rf`, `ri` and unknown ones), in order, as written.
    pub others: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    None,
    Quarantine,
    Reject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Alignment {
    #[default]
    Relaxed,
    Strict,
}

/// An address for reports, as in the record; `mailto:` is the only scheme in use. May end in `!10m` (RFC 7489).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportUri(pub String);

impl Dmarc {
    /// The policy for the domain itself, before `t=`; `none` where no `p=` is written.
    pub fn policy_asked(&self) -> Policy {
        self.policy.unwrap_or(Policy::None)
    }

    /// What is asked for subdomains that exist: `sp=`, else `p=`.
    pub fn subdomain_policy_asked(&self) -> Policy {
        self.subdomain_policy.unwrap_or(self.policy_asked())
    }

    /// What is asked for subdomains that do not exist: `np=`, else as for those that do.
    pub fn nonexistent_policy_asked(&self) -> Policy {
        self.nonexistent_policy
            .unwrap_or(self.subdomain_policy_asked())
    }

    pub fn is_testing(&self) -> bool {
        self.testing == Some(true)
    }

    /// A policy as it is applied: one level down where the record says `t=y` (RFC 9989, section 4.7).
    pub fn in_force(&self, policy: Policy) -> Policy {
        match policy {
            Policy::Reject if self.is_testing() => Policy::Quarantine,
            Policy::Quarantine if self.is_testing() => Policy::None,
            other => other,
        }
    }
}

impl Policy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

impl Alignment {
    /// The letter of `adkim=` and `aspf=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Relaxed => "r",
            Self::Strict => "s",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ReportUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Dmarc {
    /// `p=` comes second, as receivers of RFC 7489 want it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = |policy: Option<Policy>| policy.map(|p| p.as_str().to_owned());
        let alignment = |alignment: Option<Alignment>| alignment.map(|a| a.as_str().to_owned());
        let uris = |uris: &[ReportUri]| {
            let list: Vec<&str> = uris.iter().map(|uri| uri.0.as_str()).collect();
            (!list.is_empty()).then(|| list.join(","))
        };
        let known = [
            ("p", policy(self.policy)),
            ("sp", policy(self.subdomain_policy)),
            ("np", policy(self.nonexistent_policy)),
            ("adkim", alignment(self.dkim_alignment)),
            ("aspf", alignment(self.spf_alignment)),
            (
                "t",
                self.testing.map(|t| if t { "y" } else { "n" }.to_owned()),
            ),
            ("psd", self.public_suffix.map(String::from)),
            ("rua", uris(&self.aggregate)),
            ("ruf", uris(&self.failure)),
            ("fo", self.failure_options.clone()),
        ];
        f.write_str("v=DMARC1")?;
        for (name, value) in known {
            if let Some(value) = value {
                write!(f, "; {name}={value}")?;
            }
        }
        for (name, value) in &self.others {
            write!(f, "; {name}={value}")?;
        }
        Ok(())
    }
}
