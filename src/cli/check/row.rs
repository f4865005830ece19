//! The report on one of many domains as a row of a table.

use crate::audit::report::Report;
use crate::cli::check::page::greens;
use crate::cli::paper::Mark;
use crate::cli::printer::plain;

/// Columns of a domain; a longer one moves the rest of its row.
const DOMAIN: usize = 30;

/// Characters of a finding.
const FINDING: usize = 120;

/// The line above all rows.
pub fn head() -> String {
    format!(
        "  {:<DOMAIN$} {:<8} {:<7} {:<7} {:<9} {}\n",
        "DOMAIN", "VERDICT", "RECORD", "POLICY", "SPF+DKIM", "WORST FINDING"
    )
}

pub fn row(report: &Report, color: bool) -> String {
    let mark = match report.verdict.as_str() {
        "ok" => Mark::Right,
        "warning" => Mark::Warning,
        "error" => Mark::Wrong,
        _ => Mark::Unknown,
    };
    let [record, policy, both] = greens(report).map(|(mark, _)| mark.drawn(color));
    let text = format!(
        "{} {:<DOMAIN$} {:<8} {record}       {policy}       {both}         {}",
        mark.drawn(color),
        plain(&report.domain),
        report.verdict,
        worst(report)
    );
    format!("{}\n", text.trim_end())
}

/// The first sentence of the worst finding; notes are left out.
fn worst(report: &Report) -> String {
    let worst = ["error", "warning"].iter().find_map(|severity| {
        report
            .findings
            .iter()
            .find(|finding| finding.severity == *severity)
    });
    let Some(finding) = worst else {
        return String::new();
    };
    let message = plain(&finding.message);
    let sentence = message
        .split_once(". ")
        .map_or(message.as_str(), |(one, _)| one);
    let sentence = sentence.trim_end_matches('.');
    if sentence.chars().count() <= FINDING {
        return sentence.to_owned();
    }
    let head: String = sentence.chars().take(FINDING - 3).collect();
    format!("{}...", head.trim_end())
}
