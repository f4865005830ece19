//! DMARC Policy Records (RFC 9989, section 4.7; RFC 7489 where receivers still differ): the types, and how they print.

pub mod discovery;
pub mod judge;
pub mod parse;

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

impl Policy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ReportUri {
    /// The `local@domain` of a `mailto:` address without a size limit.
    pub fn mailbox(&self) -> Option<&str> {
        todo!()
    }
}

impl fmt::Display for Dmarc {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}
