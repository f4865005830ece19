//! The rung `domain`: what the live look found, in plain words, and the plan.

use crate::audit::report::Report;
use crate::catalog;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Check;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Wish;
use crate::plan::panel;
use crate::plan::panel::host;
use crate::plan::seen;
use crate::plan::steps;
use crate::plan::walk::Taken;
use crate::records::untrusted::Untrusted;

/// Findings that are shown; the rest is counted.
const FINDINGS: usize = 4;

/// After this time nobody should take a look for what is there now.
const FRESH: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// True where the domain's zone is known and one of its name servers answers; where those could not be asked (DNS over HTTPS), where
/// resolvers know what stands at the domain.
pub fn answers(facts: &Facts) -> bool {
    facts.survey.as_ref().is_some_and(|report| {
        let is_known = |state: &str| !state.is_empty() && state != "unknown";
        let resolvers_know =
            report.is_of_resolvers() && (is_known(&report.spf.state) || is_known(&report.mx.state));
        report.zone.is_some() && (report.nameservers.iter().any(|ns| ns.answers) || resolvers_know)
    })
}

/// The pages of the rung: the look, and which company it is where several share the name servers.
pub fn pages(facts: &Facts) -> Vec<PageId> {
    let mut pages = vec![PageId::Domain];
    if answers(facts) && !host::candidates(facts).is_empty() {
        pages.push(PageId::WhichHost);
    }
    pages
}

pub fn standing(id: &PageId, facts: &Facts) -> Standing {
    let is_settled = match id {
        PageId::WhichHost => !host::is_open(facts),
        _ => answers(facts),
    };
    if is_settled {
        Standing::Settled
    } else {
        Standing::Needs
    }
}

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    if *id == PageId::WhichHost {
        return host::page(facts);
    }
    let mut blocks = Vec::new();
    let asking = live.surveying || !live.surveyed;
    match &facts.survey {
        None => blocks.push(Block::Text(if live.surveying {
            format!("Looking at {} in the DNS ...", facts.domain)
        } else {
            "Nobody looked at the domain yet. Press r to look.".to_owned()
        })),
        Some(report) => {
            if live.surveyed || live.surveying {
                elsewhere(report, &mut blocks);
            }
            let fresh = is_fresh(report, live);
            if !fresh && !live.surveying {
                blocks.push(Block::Note(format!(
                    "Could not look again. What is shown was seen {} and may have changed since. Press r to try again.",
                    seen::ago(live.now, report.checked_at)
                )));
            } else if !fresh && report.zone.is_some() && report.checked_at < live.now {
                blocks.push(Block::Note(format!(
                    "Seen {}, looking again.",
                    seen::ago(live.now, report.checked_at)
                )));
            }
            let aged = |mut checks: Vec<Check>| {
                if !fresh && !live.surveying {
                    for check in &mut checks {
                        check.mark = Mark::Unknown;
                    }
                }
                Block::Checks(checks)
            };
            blocks.push(aged(lookups(facts, report, live.surveying)));
            blocks.extend(hint(report));
            if !live.surveying || report.green.record_published {
                blocks.push(aged(greens(report, live)));
            }
            if let Some(zone) = report.zone.as_ref().filter(|zone| **zone != facts.domain) {
                blocks.push(Block::Note(format!(
                    "{} is kept in the zone {}: that is where its records go.",
                    plain(&facts.domain),
                    plain(zone)
                )));
            }
            findings(report, &mut blocks);
            if !live.surveying {
                if answers(facts) {
                    blocks.push(Block::Text(plan(facts, live)));
                } else {
                    blocks.push(Block::Text(stopped(report)));
                }
            }
        }
    }
    Page {
        id: PageId::Domain,
        step: StepId::Domain,
        title: facts.domain.clone(),
        blocks,
        form: Form::Nothing,
        why: "Mail bounces when receivers cannot tell your mail from forged mail. Three kinds of records in the DNS tell them: who \
              may send (SPF), a signature (DKIM), and what to do with the rest (DMARC). This page shows what is there today; \
              nothing is changed."
            .to_owned(),
        next: next(facts, live, asking),
    }
}

/// True where the look is of this session, and of this day.
fn is_fresh(report: &Report, live: &Live) -> bool {
    live.surveyed && live.now.duration_since(report.checked_at) < FRESH
}

fn next(facts: &Facts, live: &Live, asking: bool) -> Next {
    if answers(facts) {
        return Next::Go("Make it right, step by step".to_owned());
    }
    if live.surveying || (asking && facts.survey.is_none()) {
        return Next::Closed("Still asking the name servers of the domain.".to_owned());
    }
    Next::Closed("The domain's name servers must answer first. Press r to look again.".to_owned())
}

fn elsewhere(report: &Report, blocks: &mut Vec<Block>) {
    for place in report.elsewhere.iter().take(FINDINGS) {
        let how = if place.by == "ns" {
            "by name servers of its own (NS)"
        } else {
            "by an alias (CNAME)"
        };
        blocks.push(Block::Text(format!(
            "Know this first: {} is not kept in your own zone. It is kept at {}, {how}. A record made in your panel has no effect \
             there: change it where it is kept, or have that entry taken out first.",
            plain(&place.name),
            plain(&place.to),
        )));
    }
}

/// Who the domain itself names, where its name servers do not tell.
fn hint(report: &Report) -> Option<Block> {
    let named = report
        .dns_host
        .as_ref()
        .filter(|_| report.is_dns_host_hinted())?;
    let host = catalog::dns_host(&named.id)?;
    let link = host
        .panel_url
        .as_ref()
        .map_or_else(String::new, |url| format!(" Its panel is at {url}."));
    Some(Block::Note(format!(
        "The name servers do not tell whose they are, but an entry of the domain does (Domain Connect): {}.{link} If you sign in elsewhere, \
         press w on the page of a record.",
        host.name
    )))
}

/// The rows of the look: what was asked, and what came back so far.
fn lookups(facts: &Facts, report: &Report, surveying: bool) -> Vec<Check> {
    let wait = |known: bool| {
        if known {
            Mark::Done
        } else if surveying {
            Mark::Waiting
        } else {
            Mark::Unknown
        }
    };
    let nothing = if surveying {
        "asking ..."
    } else {
        "could not tell"
    };
    let answering = report.nameservers.iter().filter(|ns| ns.answers).count();
    let all = report.nameservers.len();
    let how_many = if report.is_of_resolvers() {
        let servers = seen::count(i64::try_from(all).unwrap_or(i64::MAX), "name server");
        format!("{servers}, not asked")
    } else {
        format!("{answering} of {all} name servers answer")
    };
    let dns = match (panel::host(facts), report.nameservers.first()) {
        (_, None) => nothing.to_owned(),
        (Some(host), _) => format!("{} ({how_many})", host.name),
        (None, Some(first)) => format!("{} ({how_many})", plain(&first.name)),
    };
    let mail = if report.mx.null_mx {
        (
            Mark::Warning,
            "the domain says that it takes no mail (null MX)".to_owned(),
        )
    } else if let Some(provider) = &report.mx.provider {
        (Mark::Done, provider.name.clone())
    } else if let Some(host) = report.mx.hosts.first() {
        (Mark::Done, plain(&host.host))
    } else {
        match report.mx.state.as_str() {
            "missing" => (
                Mark::Warning,
                "no mail server is named (no MX): mail to this domain does not arrive".to_owned(),
            ),
            _ => (wait(false), nothing.to_owned()),
        }
    };
    let keys = report
        .dkim
        .selectors
        .iter()
        .filter(|key| key.state == "published" && !key.revoked)
        .count();
    vec![
        row(
            if report.nameservers.is_empty() {
                wait(false)
            } else if report.is_of_resolvers() {
                wait(report.zone.is_some())
            } else if answering == 0 {
                Mark::Wrong
            } else {
                Mark::Done
            },
            "Who keeps your DNS",
            dns,
        ),
        row(mail.0, "Who takes your mail", mail.1),
        state_row(
            "Allowed senders (SPF)",
            &report.spf.state,
            surveying,
            || match report.spf.record {
                Some(_) => format!("{} of 10 look-ups used", report.spf.lookups),
                None => "there".to_owned(),
            },
        ),
        state_row("Signatures (DKIM)", &report.dkim.state, surveying, || {
            seen::count(i64::try_from(keys).unwrap_or(i64::MAX), "key") + " found"
        }),
        state_row(
            "Policy (DMARC)",
            &report.dmarc.state,
            surveying,
            || match report.dmarc.policy.as_deref() {
                Some("none") => "watch only (p=none)".to_owned(),
                Some(policy) => format!("in force (p={})", plain(policy)),
                None => "there".to_owned(),
            },
        ),
    ]
}

fn state_row(label: &str, state: &str, surveying: bool, there: impl Fn() -> String) -> Check {
    let (mark, detail) = match state {
        "published" => (Mark::Done, there()),
        "spreading" => (Mark::Waiting, "on its way to all servers".to_owned()),
        "missing" => (Mark::Wrong, "not there yet".to_owned()),
        "invalid" => (Mark::Wrong, "there, but broken".to_owned()),
        "conflict" => (
            Mark::Wrong,
            "there more than once, which makes it void".to_owned(),
        ),
        "misplaced" => (Mark::Wrong, "there, but at the wrong name".to_owned()),
        "differs" => (Mark::Warning, there()),
        _ if surveying => (Mark::Waiting, "asking ...".to_owned()),
        _ => (Mark::Unknown, "could not tell".to_owned()),
    };
    row(mark, label, detail)
}

fn row(mark: Mark, label: &str, detail: impl Into<String>) -> Check {
    Check {
        mark,
        label: label.to_owned(),
        detail: detail.into(),
    }
}

/// The three check marks as users of web checkers know them.
fn greens(report: &Report, live: &Live) -> Vec<Check> {
    let mark = |green: bool, state: &[&str]| {
        if !live.surveyed && live.surveying {
            Mark::Waiting
        } else if green {
            Mark::Done
        } else if state.iter().any(|state| matches!(*state, "" | "unknown")) {
            Mark::Unknown
        } else {
            Mark::Wrong
        }
    };
    let dmarc = report.dmarc.state.as_str();
    vec![
        row(
            mark(report.green.record_published, &[dmarc]),
            "DMARC record published",
            "",
        ),
        row(
            mark(report.green.policy_enabled, &[dmarc]),
            "DMARC policy enabled",
            if report.green.record_published && !report.green.policy_enabled {
                "comes after the reports, not before"
            } else {
                ""
            },
        ),
        row(
            mark(
                report.green.spf_and_dkim,
                &[report.spf.state.as_str(), report.dkim.state.as_str()],
            ),
            "SPF and DKIM in place",
            "",
        ),
    ]
}

/// The findings that matter most, and how many more there are.
fn findings(report: &Report, blocks: &mut Vec<Block>) {
    let rank = |severity: &str| match severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    };
    let mut rows: Vec<_> = report.findings.iter().collect();
    rows.sort_by_key(|finding| rank(&finding.severity));
    if rows.is_empty() {
        return;
    }
    blocks.push(Block::Checks(
        rows.iter()
            .take(FINDINGS)
            .map(|finding| {
                row(
                    match finding.severity.as_str() {
                        "error" => Mark::Wrong,
                        "warning" => Mark::Warning,
                        _ => Mark::Later,
                    },
                    &plain(&finding.message),
                    plain(&finding.remedy),
                )
            })
            .collect(),
    ));
    if rows.len() > FINDINGS {
        blocks.push(Block::Note(format!(
            "And {} more; `nobounce check {}` lists them all.",
            rows.len() - FINDINGS,
            plain(&report.domain)
        )));
    }
}

fn plan(facts: &Facts, live: &Live) -> String {
    let done: Vec<&str> = [StepId::Mailbox, StepId::Dkim, StepId::Spf, StepId::Monitor]
        .into_iter()
        .filter(|step| ladder::was_done(*step, facts, Some(live)))
        .map(StepId::title)
        .collect();
    let mut text = "The plan has ten steps: name your senders, choose a mailbox for reports, sign your mail, list the allowed \
                    senders, watch, and only then turn the policy up."
        .to_owned();
    if !done.is_empty() {
        text.push_str(&format!(" Done already: {}.", done.join(", ")));
    } else if facts
        .survey
        .as_ref()
        .is_some_and(|r| r.spf.record.is_some() || r.dmarc.record.is_some())
    {
        text.push_str(" What is there already is kept and built upon.");
    }
    text
}

/// Why it does not go on: an absent domain, silent servers, or a network that does not let questions through.
fn stopped(report: &Report) -> String {
    let domain = plain(&report.domain);
    if report.zone.is_some() && !report.nameservers.is_empty() {
        return format!(
            "The name servers of {domain} do not answer from here. Either they are down, or this network does not let DNS \
             questions through. Nothing can be said about your records. Try again with r, or from another network."
        );
    }
    if report.verdict == "unknown" {
        return format!(
            "It could not be told whether {domain} exists: no answer came back. That says nothing about your records. Check the \
             network of this computer, then press r to look again."
        );
    }
    format!(
        "No zone was found for {domain}. If the name is typed correctly, the domain is not registered, has expired, or is on hold \
         at the company that sold it (the registrar). Sign in there first; when the domain works again, press r."
    )
}

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    if *id == PageId::WhichHost {
        return host::reply(facts, answer);
    }
    if !answers(facts) {
        let reason = match next(facts, live, true) {
            Next::Closed(reason) => reason,
            Next::Go(_) => String::new(),
        };
        return Err(reason);
    }
    let stale = !live.surveyed && !live.surveying;
    Ok(Taken {
        wishes: if stale {
            vec![Wish::Survey]
        } else {
            Vec::new()
        },
        page: if host::is_open(facts) {
            Some(PageId::WhichHost)
        } else {
            steps::senders::first_open(facts)
        },
    })
}

/// Text of a report, safe to show: escaped where it holds anything but printable ASCII.
pub fn plain(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        text.to_owned()
    } else {
        Untrusted::from(text).shown().to_string()
    }
}
