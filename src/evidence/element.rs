//! The elements of a report that carry facts, and where each may stand.

use std::borrow::Cow;

/// An element that is known at its place. All others are passed over, with what is in them read as if they were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    Feedback,
    Metadata,
    OrgName,
    Email,
    ReportId,
    DateRange,
    Begin,
    End,
    Policy,
    PolicyDomain,
    P,
    Sp,
    Np,
    Adkim,
    Aspf,
    Pct,
    Testing,
    Record,
    Row,
    SourceIp,
    Count,
    Evaluated,
    Disposition,
    EvaluatedDkim,
    EvaluatedSpf,
    Reason,
    ReasonType,
    ReasonComment,
    Identifiers,
    HeaderFrom,
    EnvelopeFrom,
    AuthResults,
    Dkim,
    DkimDomain,
    DkimSelector,
    DkimResult,
    Spf,
    SpfDomain,
    SpfScope,
    SpfResult,
    /// Whatever a receiver adds (RFC 9990): nothing in it is looked at.
    Extension,
}

impl Element {
    /// What `name` is inside of `parent`; names are taken in upper and lower case.
    pub fn within(parent: Self, name: &str) -> Option<Self> {
        let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        Some(match (parent, name.as_ref()) {
            (Self::Extension, _) => return None,
            (_, "extension" | "extensions") => Self::Extension,
            (Self::Feedback, "report_metadata") => Self::Metadata,
            (Self::Feedback, "policy_published") => Self::Policy,
            (Self::Feedback, "record") => Self::Record,
            (Self::Metadata, "org_name") => Self::OrgName,
            (Self::Metadata, "email") => Self::Email,
            (Self::Metadata, "report_id") => Self::ReportId,
            (Self::Metadata, "date_range") => Self::DateRange,
            (Self::DateRange, "begin") => Self::Begin,
            (Self::DateRange, "end") => Self::End,
            (Self::Policy, "domain") => Self::PolicyDomain,
            (Self::Policy, "p") => Self::P,
            (Self::Policy, "sp") => Self::Sp,
            (Self::Policy, "np") => Self::Np,
            (Self::Policy, "adkim") => Self::Adkim,
            (Self::Policy, "aspf") => Self::Aspf,
            (Self::Policy, "pct") => Self::Pct,
            (Self::Policy, "testing") => Self::Testing,
            (Self::Record, "row") => Self::Row,
            (Self::Record, "identifiers" | "identities") => Self::Identifiers,
            (Self::Record, "auth_results") => Self::AuthResults,
            (Self::Row, "source_ip") => Self::SourceIp,
            (Self::Row, "count") => Self::Count,
            (Self::Row, "policy_evaluated") => Self::Evaluated,
            (Self::Evaluated, "disposition") => Self::Disposition,
            (Self::Evaluated, "dkim") => Self::EvaluatedDkim,
            (Self::Evaluated, "spf") => Self::EvaluatedSpf,
            (Self::Evaluated, "reason") => Self::Reason,
            (Self::Reason, "type") => Self::ReasonType,
            (Self::Reason, "comment") => Self::ReasonComment,
            (Self::Identifiers, "header_from") => Self::HeaderFrom,
            (Self::Identifiers, "envelope_from") => Self::EnvelopeFrom,
            (Self::AuthResults, "dkim") => Self::Dkim,
            (Self::AuthResults, "spf") => Self::Spf,
            (Self::Dkim, "domain") => Self::DkimDomain,
            (Self::Dkim, "selector") => Self::DkimSelector,
            (Self::Dkim, "result") => Self::DkimResult,
            (Self::Spf, "domain") => Self::SpfDomain,
            (Self::Spf, "scope") => Self::SpfScope,
            (Self::Spf, "result") => Self::SpfResult,
            _ => return None,
        })
    }

    /// Whether its text is a fact.
    pub fn is_text(self) -> bool {
        !matches!(
            self,
            Self::Feedback
                | Self::Metadata
                | Self::DateRange
                | Self::Policy
                | Self::Record
                | Self::Row
                | Self::Evaluated
                | Self::Reason
                | Self::Identifiers
                | Self::AuthResults
                | Self::Dkim
                | Self::Spf
                | Self::Extension
        )
    }
}
