//! The summary of reports as JSON; its fields are the public contract.

use serde::Serialize;

use crate::cli::reports::page::time;
use crate::evidence::aggregate::AuthDkim;
use crate::evidence::aggregate::AuthSpf;
use crate::evidence::aggregate::Format;
use crate::evidence::summary::Line;
use crate::evidence::summary::Rejected;
use crate::evidence::summary::Summary;
use crate::evidence::tally::Count;
use crate::records::untrusted::Untrusted;

/// Letters of a text that are shown; a name in the DNS has 255 at most.
const SHOWN: usize = 300;

#[derive(Serialize)]
pub struct Document {
    schema: u32,
    files: Files,
    domain: Option<String>,
    begin: Option<String>,
    end: Option<String>,
    reporters: Vec<Reporter>,
    messages: u64,
    aligned: u64,
    unevaluated: u64,
    sources: Vec<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Vec<Record>>,
}

#[derive(Serialize)]
struct Files {
    read: u64,
    reports: u64,
    duplicates: u64,
    other_domains: u64,
    rejected: Vec<RejectedFile>,
    rejected_more: u64,
}

#[derive(Serialize)]
struct RejectedFile {
    path: String,
    reason: String,
}

#[derive(Serialize)]
struct Reporter {
    org: String,
    reports: u64,
    authenticated: Option<bool>,
    format: &'static str,
}

#[derive(Serialize)]
struct Source {
    name: String,
    id: Option<&'static str>,
    kind: &'static str,
    addresses: usize,
    messages: u64,
    dkim_aligned: u64,
    spf_aligned: u64,
    aligned: u64,
    dispositions: Dispositions,
}

#[derive(Serialize)]
struct Dispositions {
    none: u64,
    quarantine: u64,
    reject: u64,
}

/// One record of a report.
#[derive(Serialize)]
pub struct Record {
    report_id: String,
    org: String,
    begin: Option<String>,
    end: Option<String>,
    source_ip: String,
    count: u64,
    disposition: Option<String>,
    dkim: Option<&'static str>,
    spf: Option<&'static str>,
    header_from: String,
    envelope_from: Option<String>,
    auth_dkim: Vec<Signature>,
    auth_spf: Vec<Check>,
}

#[derive(Serialize)]
struct Signature {
    domain: String,
    selector: Option<String>,
    result: String,
}

#[derive(Serialize)]
struct Check {
    domain: String,
    scope: Option<String>,
    result: String,
}

impl Document {
    pub fn new(summary: &Summary, records: Option<Vec<Record>>) -> Self {
        let only = summary.domains.keys().next();
        Self {
            schema: 1,
            files: Files {
                read: summary.read,
                reports: summary.reports,
                duplicates: summary.duplicates,
                other_domains: summary.aside,
                rejected: summary.rejected.iter().map(RejectedFile::new).collect(),
                rejected_more: summary.more_rejected,
            },
            domain: match &summary.domain {
                Some(domain) => Some(domain.to_string()),
                None => only.filter(|_| summary.domains.len() == 1).cloned(),
            },
            begin: summary.begin.and_then(time),
            end: summary.end.and_then(time),
            reporters: summary
                .reporters
                .iter()
                .map(|((org, format), reports)| Reporter {
                    org: org.clone(),
                    reports: *reports,
                    authenticated: None,
                    format: match format {
                        Format::Rfc7489 => "rfc7489",
                        Format::Rfc9990 => "rfc9990",
                    },
                })
                .collect(),
            messages: summary.tally.messages,
            aligned: summary.tally.aligned,
            unevaluated: summary.tally.unevaluated,
            sources: summary
                .tally
                .by_weight()
                .into_iter()
                .map(|(sender, count)| Source {
                    name: sender.name.clone(),
                    id: sender.id,
                    kind: sender.kind.as_str(),
                    addresses: count.addresses.len(),
                    messages: count.messages,
                    dkim_aligned: count.dkim_aligned,
                    spf_aligned: count.spf_aligned,
                    aligned: count.aligned,
                    dispositions: Dispositions::new(count),
                })
                .collect(),
            records,
        }
    }
}

impl RejectedFile {
    fn new(rejected: &Rejected) -> Self {
        Self {
            path: rejected.path.clone(),
            reason: rejected.reason.clone(),
        }
    }
}

impl Dispositions {
    fn new(count: &Count) -> Self {
        Self {
            none: count.dispositions.none,
            quarantine: count.dispositions.quarantine,
            reject: count.dispositions.reject,
        }
    }
}

impl Record {
    pub fn new(line: &Line<'_>) -> Self {
        let row = line.row;
        Self {
            report_id: shown(&line.report.report_id),
            org: shown(&line.report.org),
            begin: line.report.begin.and_then(time),
            end: line.report.end.and_then(time),
            source_ip: row.source.shown(),
            count: row.count,
            disposition: row.disposition.as_ref().map(word),
            dkim: row.dkim.map(evaluated),
            spf: row.spf.map(evaluated),
            header_from: shown(&row.header_from),
            envelope_from: row.envelope_from.as_ref().map(shown),
            auth_dkim: row.auth_dkim.iter().map(Signature::new).collect(),
            auth_spf: row.auth_spf.iter().map(Check::new).collect(),
        }
    }
}

impl Signature {
    fn new(signature: &AuthDkim) -> Self {
        Self {
            domain: shown(&signature.domain),
            selector: signature.selector.as_ref().map(shown),
            result: word(&signature.result),
        }
    }
}

impl Check {
    fn new(check: &AuthSpf) -> Self {
        Self {
            domain: shown(&check.domain),
            scope: check.scope.as_ref().map(shown),
            result: word(&check.result),
        }
    }
}

fn evaluated(passes: bool) -> &'static str {
    if passes { "pass" } else { "fail" }
}

fn shown(text: &Untrusted) -> String {
    text.readable_up_to(SHOWN).into()
}

fn word(text: &Untrusted) -> String {
    shown(text).to_ascii_lowercase()
}
