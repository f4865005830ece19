//! The report about a message as JSON; field names are the public contract.

use serde::Serialize;

use crate::audit::report::FindingRow;
use crate::evidence::message::look::Report;

/// The form of the document; raised when a field changes its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
pub struct Document {
    schema: u32,
    author_domain: String,
    dkim: Vec<Signature>,
    spf: Spf,
    dmarc: Dmarc,
    findings: Vec<FindingRow>,
}

#[derive(Serialize)]
struct Signature {
    domain: String,
    selector: String,
    result: &'static str,
    aligned: bool,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Spf {
    domain: String,
    ip: Option<String>,
    result: &'static str,
    aligned: bool,
    /// Why it was not checked, or is an error.
    reason: Option<String>,
}

#[derive(Serialize)]
struct Dmarc {
    result: &'static str,
    /// Null where no DMARC applies.
    policy: Option<&'static str>,
    would_be: &'static str,
}

impl Document {
    pub fn new(report: &Report) -> Self {
        let spf = &report.spf;
        Self {
            schema: SCHEMA,
            author_domain: report.author.shown(),
            dkim: report
                .signatures
                .iter()
                .map(|row| Signature {
                    domain: row
                        .domain
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                    selector: row.selector.clone().unwrap_or_default(),
                    result: row.standing.as_str(),
                    aligned: row.aligned == Some(true),
                    reason: row.reason.clone(),
                })
                .collect(),
            spf: Spf {
                domain: spf.domain.clone(),
                ip: spf.ip.map(|ip| ip.to_string()),
                result: spf.result.map_or("none", |result| result.as_str()),
                aligned: spf.aligned == Some(true),
                reason: spf.reason.clone(),
            },
            dmarc: Dmarc {
                result: report.dmarc.as_str(),
                policy: report.policy.map(|policy| policy.as_str()),
                would_be: report.would_be.as_str(),
            },
            findings: super::rows(report),
        }
    }
}
