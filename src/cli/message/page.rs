//! The report about a message as a page to read.

use crate::cli::paper::Mark;
use crate::cli::paper::Paper;
use crate::cli::paper::short;
use crate::evidence::message::look::DmarcResult;
use crate::evidence::message::look::Report;
use crate::records::dmarc::Policy;

pub fn page(report: &Report, paper: Paper) -> String {
    let author = report.author.shown();
    let mut text = format!("From {}\n", short(&author));
    let mark = match report.dmarc {
        DmarcResult::Pass => Mark::Right,
        DmarcResult::None => Mark::Warning,
        DmarcResult::TempError => Mark::Unknown,
        DmarcResult::Fail | DmarcResult::PermError => Mark::Wrong,
    };
    let said = match report.dmarc {
        DmarcResult::Pass => "pass: receivers know that the message is from this domain".to_owned(),
        DmarcResult::Fail => "fail: nothing proves that the message is from this domain".to_owned(),
        DmarcResult::None => "none: the domain has no DMARC record".to_owned(),
        DmarcResult::TempError => "could not tell: the DNS did not answer as it should".to_owned(),
        DmarcResult::PermError => "the sender of the message cannot be told".to_owned(),
    };
    paper.marked(&mut text, "DMARC", mark, &said);
    policies(&mut text, report, paper);
    if report.signatures.is_empty() {
        paper.marked(&mut text, "DKIM", Mark::Wrong, "not signed");
    }
    for (at, row) in report.signatures.iter().enumerate() {
        let result = row.standing.as_str();
        let mark = match (result, &row.reason) {
            ("pass", None) if row.aligned == Some(true) => Mark::Right,
            ("pass", _) => Mark::Warning,
            ("temperror" | "neutral", _) => Mark::Unknown,
            _ => Mark::Wrong,
        };
        let whose = row
            .domain
            .as_ref()
            .map_or("an unknown domain".to_owned(), |domain| {
                short(domain.as_str())
            });
        let counts = match row.aligned {
            Some(true) => "",
            Some(false) => ", not the domain in From",
            None => ", and it is not known whether that counts for the domain in From",
        };
        let label = if at == 0 { "DKIM" } else { "" };
        paper.marked(
            &mut text,
            label,
            mark,
            &format!("{result}: signed as {whose}{counts}"),
        );
    }
    let spf = &report.spf;
    match (spf.result, spf.ip) {
        (Some(result), Some(ip)) => {
            let result = result.as_str();
            let counts = if spf.aligned == Some(false) {
                ", not the domain in From"
            } else {
                ""
            };
            let mark = match result {
                "pass" if spf.aligned == Some(true) => Mark::Right,
                "pass" | "neutral" | "none" => Mark::Warning,
                "temperror" => Mark::Unknown,
                _ => Mark::Wrong,
            };
            let said = format!("{result}: {ip} sent it as {}{counts}", short(&spf.domain));
            paper.marked(&mut text, "SPF", mark, &said);
        }
        _ => paper.marked(&mut text, "SPF", Mark::Unknown, "could not be checked"),
    }
    paper.findings(&mut text, &super::rows(report));
    text
}

/// What each policy does with this message.
fn policies(text: &mut String, report: &Report, paper: Paper) {
    match report.dmarc {
        DmarcResult::Pass => paper.line(text, "", "no policy touches it"),
        DmarcResult::Fail | DmarcResult::None | DmarcResult::PermError => {
            let fates = [
                (Policy::None, "delivered as usual"),
                (Policy::Quarantine, "put into spam"),
                (Policy::Reject, "refused"),
            ];
            for (policy, fate) in fates {
                let now = if report.policy == Some(policy) {
                    " (now in force)"
                } else {
                    ""
                };
                paper.line(text, "", &format!("with {policy}: {fate}{now}"));
            }
        }
        DmarcResult::TempError => {}
    }
}
