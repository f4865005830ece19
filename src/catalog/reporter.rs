//! Mail Receivers that send aggregate reports, and what is odd about their reports.

use serde::Deserialize;

use crate::catalog;
use crate::catalog::sender::Confidence;

/// One entry of `assets/reporters/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reporter {
    pub id: String,
    pub name: String,
    pub confidence: Confidence,
    /// `org_name` inside the report.
    #[serde(default)]
    pub org_name: Vec<String>,
    /// From addresses of the mail; may hold variables.
    #[serde(default)]
    pub from: Vec<String>,
    /// `email` inside the report.
    #[serde(default)]
    pub metadata_email: Vec<String>,
    /// `Submitter:` of the subject.
    #[serde(default)]
    pub submitter: Vec<String>,
    pub subject: Option<String>,
    pub reports_per_day: Option<u32>,
    pub format: Option<String>,
    pub attachment: Option<String>,
    #[serde(default)]
    pub quirks: Vec<String>,
}

/// Who calls itself this in `org_name`; without regard to capitals.
pub fn reporter_of(org_name: &str) -> Option<&'static Reporter> {
    catalog::reporters().iter().find(|entry| {
        entry
            .org_name
            .iter()
            .any(|known| known.eq_ignore_ascii_case(org_name.trim()))
    })
}
