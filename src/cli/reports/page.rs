//! The summary of reports as a page to read.

use jiff::Timestamp;

use crate::evidence::source::Kind;
use crate::evidence::source::Sender;
use crate::evidence::summary::Summary;
use crate::evidence::tally::Count;

/// Senders and refusals that are listed; JSON has them all.
const LISTED: usize = 30;

/// Columns of the longest bar.
const BAR: u64 = 20;

/// A time of a report (seconds since 1970, UTC) as RFC 3339.
pub fn time(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds)
        .ok()
        .map(|time| time.to_string())
}

pub fn page(summary: &Summary, color: bool) -> String {
    let mut text = String::new();
    if summary.reports == 0 {
        text.push_str("No report was read.\n");
    } else {
        head(&mut text, summary);
        senders(&mut text, summary, color);
    }
    rejected(&mut text, summary);
    text
}

fn head(text: &mut String, summary: &Summary) {
    let domain = match (&summary.domain, summary.domains.len()) {
        (Some(domain), _) => domain.to_string(),
        (None, 1) => summary.domains.keys().next().cloned().unwrap_or_default(),
        (None, many) => format!("{many} domains"),
    };
    text.push_str(&format!("{domain}\n"));
    let day = |seconds: Option<i64>| {
        seconds
            .and_then(time)
            .and_then(|time| Some(time.split_once('T')?.0.to_owned()))
    };
    if let (Some(begin), Some(end)) = (day(summary.begin), day(summary.end)) {
        text.push_str(&format!("  {begin} to {end}\n"));
    }
    let reporters: std::collections::BTreeSet<&String> =
        summary.reporters.keys().map(|(org, _)| org).collect();
    text.push_str(&format!(
        "  {} from {}, {}\n",
        many(summary.reports, "report"),
        many(reporters.len() as u64, "receiver"),
        many(summary.tally.messages, "message")
    ));
    if summary.duplicates > 0 {
        text.push_str(&format!(
            "  {} came more than once and counted once\n",
            many(summary.duplicates, "report")
        ));
    }
    text.push_str(&format!(
        "  {} of {} messages pass as the domain (aligned)\n",
        grouped(summary.tally.aligned),
        grouped(summary.tally.messages)
    ));
    if summary.tally.unevaluated > 0 {
        text.push_str(&format!(
            "  {}: the report does not say whether they pass\n",
            many(summary.tally.unevaluated, "message")
        ));
    }
}

fn senders(text: &mut String, summary: &Summary, color: bool) {
    text.push_str("\n  Who sends as the domain\n");
    let list = summary.tally.by_weight();
    let most = list.first().map_or(1, |(_, count)| count.messages.max(1));
    let width = list
        .iter()
        .take(LISTED)
        .map(|(sender, _)| label(sender).chars().count())
        .max()
        .unwrap_or(0)
        .min(34);
    for (sender, count) in list.iter().take(LISTED) {
        let bar = (u128::from(count.messages) * u128::from(BAR)).div_ceil(u128::from(most));
        let bar = "█".repeat(usize::try_from(bar).unwrap_or(0));
        let label: String = label(sender).chars().take(34).collect();
        text.push_str(&format!(
            "    {label:<width$}  {bar:<20}  {:>9}  {}\n",
            grouped(count.messages),
            fate(count, color)
        ));
    }
    if list.len() > LISTED {
        text.push_str(&format!(
            "    and {} more; --json lists them all\n",
            list.len() - LISTED
        ));
    }
}

fn label(sender: &Sender) -> String {
    match sender.kind {
        Kind::Own | Kind::KnownSender => sender.name.clone(),
        Kind::Forwarder => format!("{} (forwarder)", sender.name),
        Kind::Unknown if sender.name == "Unknown" => "Unknown".to_owned(),
        Kind::Unknown => format!("{} (unknown)", sender.name),
    }
}

/// Whether the messages of a sender pass, with a sign that does not need color.
fn fate(count: &Count, color: bool) -> String {
    let (mark, code, words) = if count.aligned == count.messages {
        ("✓", "32", "all aligned".to_owned())
    } else if count.aligned == 0 {
        ("✗", "31", "none aligned".to_owned())
    } else {
        (
            "!",
            "33",
            format!("{} not aligned", grouped(count.messages - count.aligned)),
        )
    };
    if color {
        format!("\x1b[{code}m{mark}\x1b[0m {words}")
    } else {
        format!("{mark} {words}")
    }
}

fn rejected(text: &mut String, summary: &Summary) {
    if summary.rejected.is_empty() {
        return;
    }
    text.push_str("\n  Not read\n");
    for rejected in summary.rejected.iter().take(LISTED) {
        text.push_str(&format!(
            "    {}\n      {}\n",
            rejected.path, rejected.reason
        ));
    }
    let more = (summary.rejected.len().saturating_sub(LISTED)) as u64 + summary.more_rejected;
    if more > 0 {
        text.push_str(&format!(
            "    and {} more; --json lists them\n",
            grouped(more)
        ));
    }
}

fn many(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count))
}

/// A number with a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
