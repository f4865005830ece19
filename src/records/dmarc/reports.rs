//! The addresses of a DMARC record, read the way receivers do.

use crate::records::dmarc::Dmarc;
use crate::records::dmarc::ReportUri;
use crate::records::dmarc::codes;
use crate::records::dmarc::judge::finding;
use crate::records::dmarc::parse;
use crate::records::dmarc::reading::Notes;
use crate::records::dmarc::reading::shown;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::slip;

/// The addresses of a list that are worth keeping: those made of plain characters, as written. Those that cannot be used are told.
pub(super) fn addresses(notes: &mut Notes, name: &str, value: &str) -> Vec<ReportUri> {
    let uris: Vec<ReportUri> = parse::addresses(value).take(100).collect();
    if uris.is_empty() {
        notes.say(
            codes::BAD_REPORT_ADDRESS,
            Severity::Warning,
            &format!("The part {name}= names no address, so no reports come."),
            &format!("Write {name}=mailto: and a mail address."),
        );
    }
    if !uris.is_empty() && value.split(',').any(|item| item.trim().is_empty()) {
        notes.say(
            codes::BAD_REPORT_ADDRESS,
            Severity::Warning,
            &format!(
                "A comma in {name}= has no address beside it. Some receivers cannot read the list because of it."
            ),
            "Put one comma between two addresses, and none at the start or the end.",
        );
    }
    for uri in &uris {
        if uri.is_valid() && uri.mailbox().is_some() {
            continue;
        }
        let text = uri.0.as_str();
        let remedy = if text.contains('@') && !text.contains(':') && !text.contains("mailto") {
            "Write mailto: in front of the address."
        } else if text.matches("mailto:").count() > 1 || slip::holds_tag(text, "ruf") {
            "Separate addresses by commas, and parts of the record by semicolons."
        } else {
            "Write it as mailto:dmarc@example.com, without spaces or brackets."
        };
        notes.say(
            codes::BAD_REPORT_ADDRESS,
            Severity::Warning,
            &format!("Reports cannot be sent to {} ({name}=).", shown(text)),
            remedy,
        );
    }
    if uris
        .iter()
        .any(|uri| uri.size_limit().is_some() && uri.is_valid())
    {
        notes.say(
            codes::SIZE_LIMIT,
            Severity::Note,
            &format!("A size limit stands behind an address ({name}=, the part after the exclamation mark). The standard no longer knows it."),
            "Take the exclamation mark and what follows out of the address.",
        );
    }
    uris.into_iter()
        .filter(|uri| uri.0.bytes().all(|b| matches!(b, b' '..=b'~')))
        .collect()
}

/// The finding about a report mailbox whose owner sends the reports on to other addresses of the same host.
pub fn redirected(owner: &DomainName, asked: &ReportUri, others: &[ReportUri]) -> Finding {
    let list: Vec<String> = others.iter().map(|uri| shown(&uri.0)).collect();
    finding(
        owner,
        codes::REPORTS_REDIRECTED,
        Severity::Note,
        &format!(
            "The owner of the report mailbox {} wants these reports at {} instead. Receivers follow that.",
            shown(&asked.0),
            list.join(" and ")
        ),
        "",
    )
}

/// What is to be said about reports.
pub(super) fn reports(notes: &mut Notes, dmarc: &Dmarc, seen: &[String]) {
    let usable = dmarc
        .aggregate
        .iter()
        .filter(|uri| uri.is_valid() && uri.mailbox().is_some())
        .count();
    if usable == 0 {
        notes.say(
            codes::NO_REPORTS,
            Severity::Warning,
            "The record names no usable address for reports (rua=), so you cannot see who sends mail as your domain.",
            "Add rua=mailto: and the address of a mailbox that takes reports.",
        );
    }
    if usable > 2 {
        notes.say(
            codes::MANY_REPORT_ADDRESSES,
            Severity::Warning,
            &format!(
                "Reports go to {usable} addresses. Receivers need to serve only the first two."
            ),
            "Keep the two addresses that matter.",
        );
    }
    if seen.iter().any(|name| name == "fo") && !seen.iter().any(|name| name == "ruf") {
        notes.say(
            codes::FO_WITHOUT_RUF,
            Severity::Warning,
            "The part fo= does nothing without an address for failure reports (ruf=).",
            "Take fo= out of the value.",
        );
    }
}
