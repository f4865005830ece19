//! The summary of reports as a page to read.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::evidence::source::Kind;
use crate::evidence::source::Sender;
use crate::evidence::summary::Summary;
use crate::evidence::tally::Count;

/// Senders that are listed in each group, and reasons of refusals; JSON has them all.
const LISTED: usize = 12;

/// Paths named for each reason.
const PATHS: usize = 3;

/// Columns of the longest bar, and of the name of a sender.
const BAR: u64 = 14;
const NAME: usize = 32;

/// A time of a report (seconds since 1970, UTC) as RFC 3339.
pub fn time(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds)
        .ok()
        .map(|time| time.to_string())
}

pub fn page(summary: &Summary, color: bool) -> String {
    let mut text = String::new();
    if summary.reports == 0 {
        text.push_str(&nothing(summary));
    } else {
        let page = Page {
            domain: domain(summary),
            color,
            most: most(summary),
        };
        page.head(&mut text, summary);
        page.groups(&mut text, summary);
        page.advice(&mut text, summary);
    }
    rejected(&mut text, summary);
    text
}

fn nothing(summary: &Summary) -> String {
    match (&summary.domain, summary.aside) {
        (Some(domain), aside) if aside > 0 => format!(
            "No report is about {domain}.\n  {} about other domains; leave --domain out to see them.\n",
            many(aside, "report")
        ),
        _ => "No report was read.\n".to_owned(),
    }
}

/// The domain that the reports are about, where it is one.
fn domain(summary: &Summary) -> Option<String> {
    match &summary.domain {
        Some(domain) => Some(domain.to_string()),
        None if summary.domains.len() == 1 => summary.domains.keys().next().cloned(),
        None => None,
    }
}

fn most(summary: &Summary) -> u64 {
    let list = summary.tally.by_weight();
    list.first().map_or(1, |(_, count)| count.messages.max(1))
}

/// What a sender is to the owner of the domain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Fine,
    ToMend,
    Unknown,
    Forwarded,
}

fn group(sender: &Sender, count: &Count) -> Group {
    match sender.kind {
        Kind::Forwarder => Group::Forwarded,
        _ if count.aligned == count.messages => Group::Fine,
        Kind::Own | Kind::KnownSender => Group::ToMend,
        Kind::Unknown => Group::Unknown,
    }
}

struct Page {
    domain: Option<String>,
    color: bool,
    /// Messages of the longest bar.
    most: u64,
}

impl Page {
    fn name(&self) -> &str {
        self.domain.as_deref().unwrap_or("the domain")
    }

    fn head(&self, text: &mut String, summary: &Summary) {
        match &self.domain {
            Some(domain) => text.push_str(&format!("{domain}\n")),
            None => text.push_str(&format!("{} domains\n", summary.domains.len())),
        }
        let receivers: BTreeSet<&String> = summary.reporters.keys().map(|(org, _)| org).collect();
        text.push_str(&format!(
            "  {} of {}",
            many(summary.reports, "report"),
            many(receivers.len() as u64, "receiver"),
        ));
        if let (Some(begin), Some(end)) = (day(summary.begin), day(summary.end)) {
            text.push_str(&format!(", {begin} to {end}"));
        }
        text.push('\n');
        if summary.duplicates > 0 {
            text.push_str(&format!(
                "  {} came more than once and counted once\n",
                many(summary.duplicates, "report")
            ));
        }
        text.push('\n');
        let tally = &summary.tally;
        if tally.messages == 0 {
            text.push_str("  The reports list no message.\n");
        } else if tally.aligned == tally.messages {
            text.push_str(&format!(
                "  {} All {} passed as {} (DMARC).\n",
                self.mark("✓"),
                many(tally.messages, "message"),
                self.name()
            ));
        } else {
            text.push_str(&format!(
                "  {} {} of {} passed as {} (DMARC).\n",
                self.mark("!"),
                grouped(tally.aligned),
                many(tally.messages, "message"),
                self.name()
            ));
        }
        if tally.unevaluated > 0 {
            text.push_str(&format!(
                "    Of {} the reports do not say whether they passed.\n",
                grouped(tally.unevaluated)
            ));
        }
        let (spam, refused) = tally
            .by_weight()
            .iter()
            .fold((0, 0), |(spam, refused), it| {
                let done = it.1.dispositions;
                (
                    done.quarantine.saturating_add(spam),
                    done.reject.saturating_add(refused),
                )
            });
        if spam > 0 || refused > 0 {
            text.push_str(&format!(
                "    Receivers put {} into spam (quarantine) and refused {} (reject).\n",
                grouped(spam),
                grouped(refused)
            ));
        }
    }

    fn groups(&self, text: &mut String, summary: &Summary) {
        let groups = [
            (Group::ToMend, "Yours, but not all of it passes"),
            (Group::Unknown, "Unknown: is one of these yours?"),
            (Group::Fine, "Passes"),
            (
                Group::Forwarded,
                "Passed on by others (forwarding, mailing lists)",
            ),
        ];
        let list = summary.tally.by_weight();
        for (wanted, title) in groups {
            let inside: Vec<_> = list
                .iter()
                .filter(|(sender, count)| group(sender, count) == wanted)
                .collect();
            if inside.is_empty() {
                continue;
            }
            text.push_str(&format!("\n  {title}\n"));
            for (sender, count) in inside.iter().take(LISTED) {
                self.sender(text, sender, count, wanted);
            }
            let rest = &inside[inside.len().min(LISTED)..];
            if !rest.is_empty() {
                let messages = rest
                    .iter()
                    .fold(0_u64, |sum, (_, count)| sum.saturating_add(count.messages));
                text.push_str(&format!(
                    "    and {}, {} (--json lists all)\n",
                    many(rest.len() as u64, "more sender"),
                    many(messages, "message")
                ));
            }
        }
    }

    fn sender(&self, text: &mut String, sender: &Sender, count: &Count, group: Group) {
        let width = BAR as usize;
        let bar = (u128::from(count.messages) * u128::from(BAR)).div_ceil(u128::from(self.most));
        let bar = "█".repeat(usize::try_from(bar).unwrap_or(0));
        text.push_str(&format!(
            "    {:<NAME$}  {bar:<width$}  {:>9}  {}\n",
            match sender.name.as_str() {
                "Unknown" => "No name, only addresses".to_owned(),
                name => short(name),
            },
            column(count.messages),
            self.fate(count)
        ));
        if group == Group::Unknown {
            let examples: Vec<String> = count
                .addresses
                .examples
                .iter()
                .map(|source| short(&source.shown()))
                .take(if sender.name.len() > NAME { 1 } else { 2 })
                .collect();
            let more = count.addresses.len().saturating_sub(examples.len()) as u64;
            let more = if more > 0 {
                format!(" and {} more", grouped(more))
            } else {
                String::new()
            };
            text.push_str(&format!("      from {}{more}\n", examples.join(", ")));
        }
    }

    /// Whether the messages of a sender pass, with a sign that does not need color.
    fn fate(&self, count: &Count) -> String {
        if count.aligned == count.messages {
            format!("{} all pass", self.mark("✓"))
        } else if count.aligned == 0 {
            format!("{} none pass", self.mark("✗"))
        } else {
            let failed = count.messages - count.aligned;
            format!("{} {} fail", self.mark("!"), column(failed))
        }
    }

    fn mark(&self, mark: &str) -> String {
        let code = match mark {
            "✓" => "32",
            "✗" => "31",
            _ => "33",
        };
        if self.color {
            format!("\x1b[{code}m{mark}\x1b[0m")
        } else {
            mark.to_owned()
        }
    }

    fn advice(&self, text: &mut String, summary: &Summary) {
        let list = summary.tally.by_weight();
        let holds = |wanted| {
            list.iter()
                .any(|(sender, count)| group(sender, count) == wanted)
        };
        text.push_str("\n  What this means\n");
        let domain = self.domain.as_deref().unwrap_or("DOMAIN");
        if holds(Group::ToMend) {
            text.push_str(&format!(
                "    Mail of yours that fails is refused under a strict policy. Mend it first:\n    \
                 `nobounce {domain}` shows what each service needs.\n"
            ));
        }
        if holds(Group::Unknown) {
            text.push_str(
                "    An unknown sender is a service of yours that is not set up yet, or somebody\n    \
                 who uses your name. Set up what is yours; a strict policy stops the rest.\n",
            );
        }
        if list.iter().any(|(sender, count)| {
            group(sender, count) == Group::Forwarded && count.aligned < count.messages
        }) {
            text.push_str(
                "    Mail that others pass on can fail although it is yours. A DKIM signature of\n    \
                 your domain mostly survives the way. A few of these are normal.\n",
            );
        }
        if summary.tally.messages == 0 {
            text.push_str(
                "    Nobody sent as the domain to these receivers, or reports leave it out.\n",
            );
        } else if summary.tally.aligned == summary.tally.messages {
            text.push_str(
                "    Nothing has to be mended. Reports of some weeks in a row show whether a\n    \
                 sender is missing that writes seldom.\n",
            );
        }
    }
}

fn day(seconds: Option<i64>) -> Option<String> {
    Some(seconds.and_then(time)?.split_once('T')?.0.to_owned())
}

/// A name that fits its column.
fn short(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let head: String = name.chars().take(NAME - 3).collect();
    format!("{head}...")
}

/// What was not taken, by reason.
fn rejected(text: &mut String, summary: &Summary) {
    if summary.rejected.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rejected in &summary.rejected {
        let paths = reasons.entry(&rejected.reason).or_default();
        paths.push(&rejected.path);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, paths)| std::cmp::Reverse(paths.len()));
    text.push_str("\n  Not read\n");
    for (reason, paths) in reasons.iter().take(LISTED) {
        text.push_str(&format!("    {reason}\n"));
        for path in paths.iter().take(PATHS) {
            text.push_str(&format!("      {path}\n"));
        }
        if paths.len() > PATHS {
            text.push_str(&format!(
                "      and {} more\n",
                grouped((paths.len() - PATHS) as u64)
            ));
        }
    }
    let hidden: usize = reasons
        .iter()
        .skip(LISTED)
        .map(|(_, paths)| paths.len())
        .sum();
    let more = hidden as u64 + summary.more_rejected;
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

/// A number in nine columns; what no domain ever sends is cut to millions.
fn column(number: u64) -> String {
    match number {
        0..=9_999_999 => grouped(number),
        _ => format!("{} M", grouped((number / 1_000_000).min(999_999))),
    }
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
