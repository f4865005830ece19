//! The machine's part of a bounce (RFC 3464): fields about the report, then fields for each recipient.

use crate::evidence::bounce::message::Action;
use crate::evidence::bounce::message::Refusal;
use crate::evidence::bounce::text;

/// Recipients that are read from one report.
pub const RECIPIENTS: usize = 100;

/// What a report says.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The host name of the server that wrote the report (`Reporting-MTA`).
    pub reporter: Option<String>,
    pub refusals: Vec<Refusal>,
}

/// True where a text opens with fields of a report.
pub fn is_report(text: &str) -> bool {
    let fields: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(20)
        .filter_map(|line| Some(line.split_once(':')?.0.trim().to_ascii_lowercase()))
        .collect();
    let first = fields.first().map(String::as_str);
    let has = |name: &str| fields.iter().any(|field| field == name);
    matches!(
        first,
        Some(
            "reporting-mta"
                | "final-recipient"
                | "original-recipient"
                | "original-envelope-id"
                | "diagnostic-code"
                | "action"
                | "remote-mta"
        )
    ) && (has("final-recipient") || has("diagnostic-code") || has("status") || has("reporting-mta"))
}

/// Reads the fields of a report. What is not a field is passed over.
pub fn read(text: &str) -> Report {
    let mut report = Report::default();
    let mut open: Option<Refusal> = None;
    for (name, value) in fields(text) {
        let refusal = match name.as_str() {
            // An empty line ends what is said of one recipient.
            "" => {
                if open.as_ref().is_some_and(|refusal| {
                    refusal.recipient.is_some()
                        && (refusal.action.is_some() || refusal.status.is_some())
                }) {
                    close(&mut report, open.take());
                }
                continue;
            }
            "reporting-mta" => {
                report.reporter = typed(&value).or(report.reporter);
                continue;
            }
            "original-recipient" | "final-recipient" => {
                let is_other = open.as_ref().is_some_and(|refusal| {
                    refusal.recipient.is_some()
                        && !(name == "final-recipient" && refusal.original)
                        && !(name == "original-recipient"
                            && !refusal.original
                            && typed(&value) == refusal.recipient)
                });
                if is_other {
                    close(&mut report, open.take());
                }
                let refusal = open.get_or_insert_default();
                refusal.original = name == "original-recipient";
                refusal.recipient = typed(&value).or_else(|| refusal.recipient.take());
                continue;
            }
            _ => open.get_or_insert_default(),
        };
        match name.as_str() {
            "action" => refusal.action = Action::read(&value),
            "status" => refusal.status = status(&value),
            "remote-mta" => refusal.host = typed(&value),
            "diagnostic-code" => refusal.text = text::joined(untyped(&value)),
            _ => {}
        }
    }
    close(&mut report, open);
    report
}

fn close(report: &mut Report, refusal: Option<Refusal>) {
    let Some(refusal) = refusal else {
        return;
    };
    // Fields behind an empty line that should not be there belong to the recipient before it.
    if refusal.recipient.is_none()
        && let Some(last) = report.refusals.last_mut()
    {
        last.action = last.action.or(refusal.action);
        last.status = last.status.take().or(refusal.status);
        last.host = last.host.take().or(refusal.host);
        if last.text.is_empty() {
            last.text = refusal.text;
        }
        return;
    }
    if report.refusals.len() < RECIPIENTS
        && (refusal.action.is_some() || refusal.status.is_some() || !refusal.text.is_empty())
    {
        report.refusals.push(refusal);
    }
}

/// Fields with their folded lines (RFC 5322, section 2.2.3); names in lower case.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut follows = false;
    for line in text.lines() {
        let is_folded = line.starts_with([' ', '\t']);
        if is_folded
            && follows
            && let Some((_, value)) = fields.last_mut()
        {
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        follows = false;
        if fields.len() >= RECIPIENTS * 16 {
            break;
        }
        match line.split_once(':') {
            Some((name, value)) if is_name(name.trim()) => {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                follows = true;
            }
            // Some servers break the diagnosis without folding it.
            _ if !line.trim().is_empty() => {
                if let Some((name, value)) = fields.last_mut()
                    && name == "diagnostic-code"
                {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
            _ => fields.push((String::new(), String::new())),
        }
    }
    fields
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 60
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The value behind `rfc822;` or `dns;`, without brackets.
fn typed(value: &str) -> Option<String> {
    let value = untyped(value).trim().trim_matches(['<', '>', '"']).trim();
    let value = value.split_whitespace().next()?;
    (value.len() <= 320).then(|| value.to_owned())
}

fn untyped(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest)) if is_name(kind.trim()) => rest.trim(),
        _ => value.trim(),
    }
}

fn status(value: &str) -> Option<String> {
    value
        .split(|c: char| c.is_whitespace() || c == '(')
        .find(|word| text::is_status(word))
        .map(str::to_owned)
}
