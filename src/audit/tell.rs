//! Findings of the look itself, and their form in the report.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::audit::report::FindingRow;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;

pub fn tell(
    subject: Subject,
    severity: Severity,
    code: Code,
    name: &DomainName,
    message: &str,
    remedy: &str,
) -> Finding {
    Finding {
        code,
        severity,
        subject,
        name: name.clone(),
        message: message.to_owned(),
        remedy: remedy.to_owned(),
    }
}

pub fn row(finding: &Finding) -> FindingRow {
    FindingRow {
        code: finding.code.as_str().to_owned(),
        severity: finding.severity.as_str().to_owned(),
        record: finding.subject.as_str().to_owned(),
        name: finding.name.to_string(),
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
    }
}

/// Which kind of "no" an answer is, as a sentence with a space before it; nothing where it holds records.
pub fn no_in_words(answer: Option<&Answer>) -> &'static str {
    match answer.map(|answer| &answer.outcome) {
        Some(Outcome::NoName { .. }) => " The name does not exist (NXDOMAIN).",
        Some(Outcome::NoData { .. }) => " The name exists, without a record of type TXT (NODATA).",
        _ => "",
    }
}

/// A time for people, such as `15:40 UTC on 23 November 2026`.
pub fn clock(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC)
        .strftime("%H:%M UTC on %-d %B %Y")
        .to_string()
}
