//! `nobounce check`: a read-only look at live DNS, of one domain or many.

pub mod page;

use std::io::IsTerminal;
use std::io::Read;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::audit::Audit;
use crate::audit::Manner;
use crate::audit::Scope;
use crate::audit::report::Report;
use crate::catalog::selectors::common_selectors;
use crate::cli::Exit;
use crate::cli::client;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::globals::no_color;
use crate::cli::printer;
use crate::dns::Client;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;

/// Domains that are looked at side by side.
const SIDE_BY_SIDE: usize = 8;

/// Bytes of a list of domains.
const LONGEST_LIST: u64 = 16 * 1024 * 1024;

/// Look at the live DNS of domains and say what is right and wrong; changes nothing
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Domains to look at, such as example.com
    #[arg(value_name = "DOMAIN", required_unless_present = "from")]
    domains: Vec<String>,

    /// Read more domains from this file, one a line (- for standard input)
    #[arg(long, value_name = "FILE")]
    from: Option<std::path::PathBuf>,

    /// Look for a DKIM key under this selector too (may be repeated)
    #[arg(long, value_name = "S", value_parser = selector)]
    selector: Vec<Selector>,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match look(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn selector(text: &str) -> Result<Selector, String> {
    text.parse().map_err(|_| {
        "type a selector as in s= of a DKIM-Signature, such as default or s1".to_owned()
    })
}

fn look(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    let mut typed = arguments.domains.clone();
    if let Some(path) = &arguments.from {
        typed.extend(listed(path)?);
    }
    let mut ends = Vec::new();
    let mut domains: Vec<(String, DomainName)> = Vec::new();
    for text in typed {
        match domain::any(&text, globals) {
            Ok(domain) => domains.push((text, domain)),
            Err(exit) => ends.push(exit),
        }
    }
    if domains.is_empty() {
        return Ok(worst(&ends));
    }
    let client = client::client(globals)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            printer::complain(
                Exit::Unknown,
                &format!("the look could not be started: {error}"),
                "close other programs and try again",
            )
        })?;
    let is_terminal = std::io::stdout().is_terminal();
    let color = globals.color.holds(is_terminal, no_color());
    runtime.block_on(async {
        let places = Arc::new(Semaphore::new(SIDE_BY_SIDE));
        let looks: Vec<_> = domains
            .into_iter()
            .map(|(input, domain)| {
                let scope = scope(input, domain, arguments, &client);
                let (client, places) = (client.clone(), Arc::clone(&places));
                let now = globals.clock();
                tokio::spawn(async move {
                    let _place = places.acquire().await;
                    audit(&client, scope, now).await
                })
            })
            .collect();
        let many = looks.len() > 1;
        for look in looks {
            let report = look.await.map_err(|_| {
                printer::complain(
                    Exit::Unknown,
                    "a look ended before it was complete",
                    "run the command again; if it happens again, please report it with the domain",
                )
            })?;
            ends.push(exit(&report));
            if globals.json {
                printer::json(&report)?;
            } else {
                printer::result(&page::page(&report, color))?;
                if many {
                    printer::result("\n")?;
                }
            }
        }
        Ok(worst(&ends))
    })
}

fn scope(input: String, domain: DomainName, arguments: &Arguments, client: &Client) -> Scope {
    Scope {
        domain,
        manner: if client.asks_resolvers_only() {
            Manner::Resolvers {
                count: client.config.resolvers.len(),
            }
        } else {
            Manner::Quick
        },
        input,
        selectors: arguments.selector.clone(),
        guesses: common_selectors()
            .iter()
            .filter_map(|selector| selector.parse().ok())
            .collect(),
        port: client.config.authoritative_port,
        pinned: client.config.pinned.clone(),
    }
}

/// One whole look.
async fn audit(client: &Client, scope: Scope, now: jiff::Timestamp) -> Report {
    let mut audit = Audit::new(scope);
    let first = audit.first();
    let spent = client.run(first, |sighting| audit.take(sighting)).await;
    if let Some(off) = client.clock_is_off() {
        audit.note_clock(off.as_secs());
    }
    let mut report = audit.report(now);
    report.queries = spent.queries;
    report.rounds = spent.rounds;
    report.elapsed_ms = u64::try_from(spent.elapsed.as_millis()).unwrap_or(u64::MAX);
    report
}

/// How the run ends for one domain.
fn exit(report: &Report) -> Exit {
    let spreads = [&report.spf.state, &report.dkim.state, &report.dmarc.state]
        .iter()
        .any(|state| *state == "spreading");
    match report.verdict.as_str() {
        "error" => Exit::Wrong,
        "unknown" => Exit::Unknown,
        _ if spreads => Exit::Waiting,
        _ => Exit::Well,
    }
}

/// The worst of several ends: could not tell, wrong, waiting, a name that was not understood, well.
fn worst(ends: &[Exit]) -> Exit {
    [Exit::Unknown, Exit::Wrong, Exit::Waiting, Exit::Usage]
        .into_iter()
        .find(|exit| ends.contains(exit))
        .unwrap_or(Exit::Well)
}

/// The domains of a file: one a line; empty lines and what follows a `#` are skipped.
fn listed(path: &std::path::Path) -> Result<Vec<String>, Exit> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().take(LONGEST_LIST).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST_LIST).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        printer::complain(
            Exit::Usage,
            &format!("{} could not be read: {error}", path.display()),
            "name a file with one domain a line, or - for standard input",
        )
    })?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_end_counts() {
        use Exit::{Unknown, Usage, Waiting, Well, Wrong};
        for (ends, end) in [
            (vec![], Well),
            (vec![Well, Waiting], Waiting),
            (vec![Waiting, Wrong, Well], Wrong),
            (vec![Wrong, Unknown], Unknown),
            (vec![Well, Usage], Usage),
            (vec![Usage, Wrong], Wrong),
        ] {
            assert_eq!(worst(&ends), end, "{ends:?}");
        }
    }
}
