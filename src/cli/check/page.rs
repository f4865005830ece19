//! The report on one domain as a page to read.

use crate::audit::report::FindingRow;
use crate::audit::report::Named;
use crate::audit::report::Report;
use crate::audit::report::SelectorReport;
use crate::catalog;
use crate::cli::printer::plain;

/// Characters of a value that are shown on its line.
const WIDTH: usize = 200;

/// Columns of a usual terminal: what a code at the end of a line may fill.
const COLUMNS: usize = 80;

/// How a line is marked; the mark carries the meaning, the color only helps.
#[derive(Clone, Copy)]
pub enum Mark {
    Right,
    Wrong,
    Warning,
    Note,
    Unknown,
}

impl Mark {
    fn of_state(state: &str) -> Self {
        match state {
            "published" => Self::Right,
            "spreading" | "differs" => Self::Warning,
            "unknown" | "" => Self::Unknown,
            _ => Self::Wrong,
        }
    }

    fn of_severity(severity: &str) -> Self {
        match severity {
            "error" => Self::Wrong,
            "warning" => Self::Warning,
            _ => Self::Note,
        }
    }

    pub fn drawn(self, color: bool) -> String {
        let (sign, code) = match self {
            Self::Right => ("✓", "32"),
            Self::Wrong => ("✗", "31"),
            Self::Warning => ("!", "33"),
            Self::Note => ("·", "2"),
            Self::Unknown => ("?", "33"),
        };
        if color {
            format!("\u{1b}[{code}m{sign}\u{1b}[0m")
        } else {
            sign.to_owned()
        }
    }
}

pub fn page(report: &Report, color: bool) -> String {
    let mut text = format!("{}\n", plain(&report.domain));
    if report.is_of_resolvers() {
        text.push_str(
            "  resolver view only: your name servers were not asked, resolvers were (DNS over HTTPS)\n",
        );
    }
    for (mark, label) in greens(report) {
        text.push_str(&format!("  {} {label}\n", mark.drawn(color)));
    }
    text.push('\n');
    dns(&mut text, report);
    mail(&mut text, report);
    spf(&mut text, report, color);
    dkim(&mut text, report, color);
    dmarc(&mut text, report, color);
    for place in &report.elsewhere {
        let how = if place.by == "ns" {
            "its own name servers (NS)"
        } else {
            "an alias (CNAME)"
        };
        line(
            &mut text,
            "",
            &format!(
                "{} is kept elsewhere by {how}: {}",
                plain(&place.name),
                short(&place.to)
            ),
        );
    }
    findings(&mut text, &report.findings, color);
    text.push_str(&format!(
        "\n  {} {} in {}.{:03} s\n",
        report.queries,
        if report.queries == 1 {
            "question"
        } else {
            "questions"
        },
        report.elapsed_ms / 1000,
        report.elapsed_ms % 1000
    ));
    text
}

/// The three check marks, each with its name.
pub fn greens(report: &Report) -> [(Mark, &'static str); 3] {
    let dmarc = report.dmarc.state.as_str();
    let keys = report.dkim.state.as_str();
    // Receivers count such a record as broken, whatever the keys are.
    let is_void = report
        .findings
        .iter()
        .any(|row| row.record == "spf" && row.severity == "error" && !row.code.starts_with("dns-"));
    [
        (
            report.green.record_published,
            "DMARC record published",
            [dmarc, dmarc],
        ),
        (
            report.green.policy_enabled,
            "DMARC policy enabled",
            [dmarc, dmarc],
        ),
        (
            report.green.spf_and_dkim,
            "SPF and DKIM in place",
            if is_void {
                ["invalid", "invalid"]
            } else {
                [report.spf.state.as_str(), keys]
            },
        ),
    ]
    .map(|(green, label, states)| {
        let mark = if green {
            Mark::Right
        } else if states.contains(&"unknown") {
            Mark::Unknown
        } else {
            Mark::Wrong
        };
        (mark, label)
    })
}

fn line(text: &mut String, label: &str, value: &str) {
    text.push_str(&format!("  {label:<7} {value}\n"));
}

/// A value from outside: safe to print, and not longer than a few lines.
pub fn short(value: &str) -> String {
    let value = plain(value);
    if value.chars().count() <= WIDTH {
        return value;
    }
    let head: String = value.chars().take(WIDTH).collect();
    format!("{head}... ({} characters)", value.chars().count())
}

fn dns(text: &mut String, report: &Report) {
    let answering = report.nameservers.iter().filter(|ns| ns.answers).count();
    let all = report.nameservers.len();
    let who = report.dns_host.as_ref().map_or_else(
        || {
            let names: Vec<String> = report
                .nameservers
                .iter()
                .map(|ns| plain(&ns.name))
                .collect();
            short(&names.join(", "))
        },
        |host| named(report, host),
    );
    if all == 0 {
        let said = if report.zone.is_none() && report.verdict == "unknown" {
            "could not tell"
        } else {
            "no name servers found"
        };
        line(text, "DNS", said);
    } else if report.is_of_resolvers() {
        let servers = if all == 1 {
            "name server"
        } else {
            "name servers"
        };
        let what = format!("{who}; {all} {servers}, not asked");
        line(text, "DNS", &what);
    } else {
        line(
            text,
            "DNS",
            &format!("{who}; {answering} of {all} name servers answer"),
        );
    }
}

/// The DNS host; where only an entry of the domain names it, with the address of its panel.
fn named(report: &Report, host: &Named) -> String {
    if !report.is_dns_host_hinted() {
        return host.name.clone();
    }
    let url = catalog::dns_host(&host.id).and_then(|host| host.panel_url.as_deref());
    let link = url.map_or_else(String::new, |url| format!(", {url}"));
    format!("{} (says the domain: Domain Connect{link})", host.name)
}

fn mail(text: &mut String, report: &Report) {
    let mx = &report.mx;
    let value = if mx.null_mx {
        "takes no mail (null MX)".to_owned()
    } else if let Some(provider) = &mx.provider {
        provider.name.clone()
    } else if mx.hosts.is_empty() {
        match mx.state.as_str() {
            "missing" => "no mail server is named (no MX)".to_owned(),
            _ => "could not tell".to_owned(),
        }
    } else {
        let hosts: Vec<String> = mx.hosts.iter().map(|host| plain(&host.host)).collect();
        short(&hosts.join(", "))
    };
    line(text, "Mail", &value);
    let senders: Vec<String> = report
        .senders
        .iter()
        .map(|sender| format!("{} ({})", sender.name, plain(&sender.by)))
        .collect();
    if !senders.is_empty() {
        line(text, "Seen", &senders.join(", "));
    }
}

fn state(state: &str) -> &str {
    if state.is_empty() { "unknown" } else { state }
}

fn spf(text: &mut String, report: &Report, color: bool) {
    let spf = &report.spf;
    let mark = Mark::of_state(&spf.state).drawn(color);
    line(text, "SPF", &format!("{mark} {}", state(&spf.state)));
    if let Some(record) = &spf.record {
        line(text, "", &short(record));
        if spf.tree.is_some() {
            line(text, "", &format!("{} of 10 look-ups", spf.lookups));
        }
    }
}

fn dkim(text: &mut String, report: &Report, color: bool) {
    let dkim = &report.dkim;
    let mark = Mark::of_state(&dkim.state).drawn(color);
    line(text, "DKIM", &format!("{mark} {}", state(&dkim.state)));
    for selector in &dkim.selectors {
        line(
            text,
            "",
            &format!("{}: {}", plain(&selector.selector), key(selector)),
        );
    }
}

fn key(selector: &SelectorReport) -> String {
    let mut parts = vec![state(&selector.state).to_owned()];
    if selector.revoked {
        parts.push("revoked".to_owned());
    }
    match (&selector.key_type, selector.bits) {
        (Some(kind), Some(bits)) => parts.push(format!("{kind}, {bits} bits")),
        (Some(kind), None) if !selector.revoked => parts.push(kind.clone()),
        _ => {}
    }
    if selector.testing {
        parts.push("only a test (t=y)".to_owned());
    }
    if let Some(target) = &selector.cname {
        parts.push(format!("alias of {}", short(target)));
    }
    parts.join(", ")
}

fn dmarc(text: &mut String, report: &Report, color: bool) {
    let dmarc = &report.dmarc;
    let mark = Mark::of_state(&dmarc.state).drawn(color);
    line(text, "DMARC", &format!("{mark} {}", state(&dmarc.state)));
    if let Some(record) = &dmarc.record {
        line(text, "", &short(record));
    }
    match (&dmarc.policy, &dmarc.found_at) {
        (Some(policy), Some(found_at)) => line(
            text,
            "",
            &format!("policy in force: {policy}, from {}", plain(found_at)),
        ),
        (None, _) if dmarc.state != "unknown" && dmarc.state != "missing" => {
            line(text, "", "no policy is in force");
        }
        _ => {}
    }
    for rua in &dmarc.rua {
        let word = match rua.authorized.as_str() {
            "yes" => "allowed by its owner",
            "no" => "not allowed by its owner",
            "same-domain" => "your own",
            _ => "could not tell whether it is allowed",
        };
        line(
            text,
            "",
            &format!("reports to {} ({word})", short(&rua.uri)),
        );
    }
}

/// The findings, the worst first.
pub fn findings(text: &mut String, rows: &[FindingRow], color: bool) {
    let rank = |severity: &str| match severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    };
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| rank(&row.severity));
    if !rows.is_empty() {
        text.push('\n');
    }
    for row in &rows {
        let mark = Mark::of_severity(&row.severity).drawn(color);
        let message = plain(&row.message);
        let remedy = plain(&row.remedy);
        let lines = [format!("  {mark} {message}"), format!("    {remedy}")];
        let used = [4 + message.chars().count(), 4 + remedy.chars().count()];
        let shown = if remedy.is_empty() { 1 } else { 2 };
        let code = dimmed(&row.code, color);
        // The code stands where there is room for it, else on a line of its own.
        let place = used[..shown]
            .iter()
            .position(|used| used + 2 + row.code.len() <= COLUMNS);
        for (number, line) in lines[..shown].iter().enumerate() {
            text.push_str(line);
            if place == Some(number) {
                text.push_str(&format!("  {code}"));
            }
            text.push('\n');
        }
        if place.is_none() {
            text.push_str(&format!("    {code}\n"));
        }
    }
    if let Some(row) = rows.first() {
        text.push_str(&format!(
            "\n  More about one of these: nobounce explain --code {}\n",
            row.code
        ));
    }
}

fn dimmed(text: &str, color: bool) -> String {
    if color {
        format!("\u{1b}[2m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
