//! The report on one domain as a page to read.

use crate::audit::report::Named;
use crate::audit::report::Report;
use crate::audit::report::SelectorReport;
use crate::catalog;
use crate::cli::paper::Mark;
use crate::cli::paper::Paper;
use crate::cli::paper::short;
use crate::cli::paper::whole;
use crate::cli::printer::plain;

pub fn page(report: &Report, paper: Paper) -> String {
    let mut text = format!("{}\n", plain(&report.domain));
    if report.is_of_resolvers() {
        let said =
            "resolver view only: your name servers were not asked, resolvers were (DNS over HTTPS)";
        paper.hang(&mut text, "  ", "  ", said);
    }
    for (mark, label) in greens(report) {
        text.push_str(&format!("  {} {label}\n", mark.drawn(paper.color)));
    }
    text.push('\n');
    dns(&mut text, report, paper);
    mail(&mut text, report, paper);
    spf(&mut text, report, paper);
    dkim(&mut text, report, paper);
    dmarc(&mut text, report, paper);
    for place in &report.elsewhere {
        let how = if place.by == "ns" {
            "its own name servers (NS)"
        } else {
            "an alias (CNAME)"
        };
        paper.line(
            &mut text,
            "",
            &format!(
                "{} is kept elsewhere by {how}: {}",
                plain(&place.name),
                short(&place.to)
            ),
        );
    }
    paper.findings(&mut text, &report.findings);
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

/// Who keeps the DNS; the name servers where nobody is recognized by them.
fn who(report: &Report) -> String {
    let one_of: Vec<&str> = report
        .dns_host_one_of
        .iter()
        .map(|host| host.name.as_str())
        .collect();
    match &report.dns_host {
        Some(host) => named(report, host),
        None if one_of.is_empty() => {
            let names: Vec<String> = report
                .nameservers
                .iter()
                .map(|ns| plain(&ns.name))
                .collect();
            short(&names.join(", "))
        }
        None => format!("{}, which share name servers", one_of.join(" or ")),
    }
}

fn dns(text: &mut String, report: &Report, paper: Paper) {
    let answering = report.nameservers.iter().filter(|ns| ns.answers).count();
    let all = report.nameservers.len();
    let who = who(report);
    if all == 0 {
        let said = if report.zone.is_none() && report.verdict == "unknown" {
            "could not tell"
        } else {
            "no name servers found"
        };
        paper.line(text, "DNS", said);
    } else if report.is_of_resolvers() {
        let servers = if all == 1 {
            "name server"
        } else {
            "name servers"
        };
        let what = format!("{who}; {all} {servers}, not asked");
        paper.line(text, "DNS", &what);
    } else {
        paper.line(
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

fn mail(text: &mut String, report: &Report, paper: Paper) {
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
    paper.line(text, "Mail", &value);
    let senders: Vec<String> = report
        .senders
        .iter()
        .map(|sender| format!("{} ({})", sender.name, plain(&sender.by)))
        .collect();
    if !senders.is_empty() {
        paper.line(text, "Seen", &senders.join(", "));
    }
}

fn state(state: &str) -> &str {
    if state.is_empty() { "unknown" } else { state }
}

fn spf(text: &mut String, report: &Report, paper: Paper) {
    let spf = &report.spf;
    let mark = Mark::of_state(&spf.state);
    paper.marked(text, "SPF", mark, state(&spf.state));
    if let Some(record) = &spf.record {
        paper.line(text, "", &whole(record));
        if spf.tree.is_some() {
            paper.line(text, "", &format!("{} of 10 look-ups", spf.lookups));
        }
    }
}

fn dkim(text: &mut String, report: &Report, paper: Paper) {
    let dkim = &report.dkim;
    let mark = Mark::of_state(&dkim.state);
    paper.marked(text, "DKIM", mark, state(&dkim.state));
    for selector in &dkim.selectors {
        paper.line(
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

fn dmarc(text: &mut String, report: &Report, paper: Paper) {
    let dmarc = &report.dmarc;
    let mark = Mark::of_state(&dmarc.state);
    paper.marked(text, "DMARC", mark, state(&dmarc.state));
    if let Some(record) = &dmarc.record {
        paper.line(text, "", &whole(record));
    }
    match (&dmarc.policy, &dmarc.found_at) {
        (Some(policy), Some(found_at)) => paper.line(
            text,
            "",
            &format!("policy in force: {policy}, from {}", plain(found_at)),
        ),
        (None, _) if dmarc.state != "unknown" && dmarc.state != "missing" => {
            paper.line(text, "", "no policy is in force");
        }
        _ => {}
    }
    let aggregate = dmarc.rua.iter().map(|one| ("reports", one));
    let failure = dmarc.ruf.iter().map(|one| ("failure reports", one));
    for (what, one) in aggregate.chain(failure) {
        let word = match one.authorized.as_str() {
            "yes" => "allowed by its owner",
            "no" => "not allowed by its owner",
            "same-domain" => "your own",
            _ => "could not tell whether it is allowed",
        };
        paper.line(text, "", &format!("{what} to {} ({word})", short(&one.uri)));
    }
}
