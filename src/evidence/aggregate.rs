//! One aggregate report as it was written, nothing filled in (RFC 9990; RFC 7489, appendix C).

use std::net::IpAddr;

use crate::records::untrusted::Untrusted;

/// The head of a report: who wrote it, about which time, and the policy that was found. Times are seconds since 1970, UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub org: Untrusted,
    pub email: Untrusted,
    pub report_id: Untrusted,
    pub begin: Option<i64>,
    pub end: Option<i64>,
    pub policy: Policy,
    pub format: Format,
    pub remarks: Vec<Remark>,
}

/// What is odd about a report that was read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// Bytes that are no letters in the encoding of the file.
    BadLetters,
    /// An abbreviation that XML does not know, or a lone `&`.
    UnknownEntity,
    /// An element that is never closed stood inside a text.
    StrayTag,
    /// A time that is no number of seconds.
    BadTime,
    /// The time ends before it begins.
    BackwardTime,
    /// An address of a record is no IP address.
    BadAddress,
    /// Something without meaning follows after the report.
    Rest,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    #[default]
    Rfc7489,
    Rfc9990,
}

/// `policy_published`: the policy that the receiver found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub domain: Untrusted,
    pub p: Untrusted,
    pub sp: Option<Untrusted>,
    pub np: Option<Untrusted>,
    pub adkim: Option<Untrusted>,
    pub aspf: Option<Untrusted>,
    pub pct: Option<Untrusted>,
    pub testing: Option<Untrusted>,
}

/// One record: messages of one address that fared alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub source: Source,
    pub count: u64,
    /// `None` where the report does not say.
    pub disposition: Option<Untrusted>,
    /// Whether a signature passed and aligned; `None` where the report does not say.
    pub dkim: Option<bool>,
    /// Whether SPF passed and aligned; `None` where the report does not say.
    pub spf: Option<bool>,
    pub reasons: Vec<Reason>,
    pub header_from: Untrusted,
    pub envelope_from: Option<Untrusted>,
    pub auth_dkim: Vec<AuthDkim>,
    pub auth_spf: Vec<AuthSpf>,
}

/// The address that delivered: as an IP address, or as whatever stood there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Ip(IpAddr),
    Text(Untrusted),
}

/// Why the disposition is another one than the policy asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    pub kind: Untrusted,
    pub comment: Option<Untrusted>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthDkim {
    pub domain: Untrusted,
    pub selector: Option<Untrusted>,
    pub result: Untrusted,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthSpf {
    pub domain: Untrusted,
    pub scope: Option<Untrusted>,
    pub result: Untrusted,
}

impl Row {
    /// DMARC passes where one of both aligned.
    pub fn is_aligned(&self) -> bool {
        self.dkim == Some(true) || self.spf == Some(true)
    }
}

impl Source {
    /// Escaped text for people.
    pub fn shown(&self) -> String {
        match self {
            Self::Ip(ip) => ip.to_string(),
            Self::Text(text) => text.shown_up_to(64).to_string(),
        }
    }
}
