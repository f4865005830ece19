//! `nobounce check`: a read-only look at live DNS, of one domain or many.

mod list;
mod order;
pub mod page;
mod progress;
mod row;
mod sockets;

use std::sync::Arc;
use std::sync::LazyLock;

use tokio::runtime::Builder;

use crate::audit::Audit;
use crate::audit::Manner;
use crate::audit::Scope;
use crate::audit::report::Report;
use crate::catalog::selectors::common_selectors;
use crate::cli::Exit;
use crate::cli::check::list::Entry;
use crate::cli::check::list::List;
use crate::cli::check::progress::Progress;
use crate::cli::client;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::paper::Paper;
use crate::cli::printer;
use crate::dns::Client;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;

/// The selectors that are guessed, read from the catalog while the first questions are under way.
static GUESSES: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    common_selectors()
        .iter()
        .filter_map(|selector| selector.parse().ok())
        .collect()
});

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

/// How a report is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    Json,
    /// `are_many`: pages stand apart.
    Page {
        paper: Paper,
        are_many: bool,
    },
    Row {
        color: bool,
    },
}

/// A look that has ended.
struct Done {
    text: String,
    verdict: String,
    exit: Exit,
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
    std::thread::spawn(|| LazyLock::force(&GUESSES));
    let list = List::open(&arguments.domains, arguments.from.as_deref())?;
    let client = client::client(globals)?.for_many(sockets::room());
    let runtime = client::runtime(&mut Builder::new_multi_thread())?;
    let are_many = arguments.domains.len() > 1 || arguments.from.is_some();
    let progress = Progress::new(are_many && !globals.quiet, list.total);
    let form = form(globals, are_many);
    runtime.block_on(all(arguments, globals, list, &client, form, progress))
}

fn form(globals: &Globals, are_many: bool) -> Form {
    let paper = Paper::of_stdout(globals);
    match (globals.json, are_many && !globals.verbose) {
        (true, _) => Form::Json,
        (false, true) => Form::Row { color: paper.color },
        (false, false) => Form::Page { paper, are_many },
    }
}

/// Looks at every domain of the list and prints the results in its order.
async fn all(
    arguments: &Arguments,
    globals: &Globals,
    list: List,
    client: &Client,
    form: Form,
    mut progress: Progress,
) -> Result<Exit, Exit> {
    let mut ends = Vec::new();
    let mut printed = 0;
    if let Form::Row { .. } = form {
        printer::result(&row::head())?;
    }
    let selectors = Arc::new(arguments.selector.clone());
    let start = |entry: Entry| {
        let domain = match &entry.place {
            None => domain::any(&entry.text, globals),
            Some(place) => domain::listed(&entry.text, place, globals),
        }?;
        let scope = scope(entry.text, domain, &selectors, client);
        let (client, now) = (client.clone(), globals.clock());
        Ok(async move {
            let report = audit(&client, scope, now).await;
            Ok(Done {
                text: form.written(&report)?,
                verdict: report.verdict.clone(),
                exit: exit(&report),
            })
        })
    };
    let end = |done: Result<Done, Exit>| {
        let exit = match done {
            Ok(done) => {
                progress.print(&done.text, &done.verdict)?;
                printed += 1;
                done.exit
            }
            // Said already; the others are looked at all the same.
            Err(exit) => exit,
        };
        if !ends.contains(&exit) {
            ends.push(exit);
        }
        Ok(())
    };
    let file = order::in_order(list.entries, start, end).await?;
    ends.extend(file);
    progress.finish();
    Ok(worst(&ends))
}

impl Form {
    fn written(self, report: &Report) -> Result<String, Exit> {
        match self {
            Self::Json => printer::json_line(report),
            Self::Page { paper, are_many } => {
                let page = page::page(report, paper);
                Ok(if are_many { format!("{page}\n") } else { page })
            }
            Self::Row { color } => Ok(row::row(report, color)),
        }
    }
}

/// Without the guesses: see [`audit`].
fn scope(input: String, domain: DomainName, selectors: &[Selector], client: &Client) -> Scope {
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
        selectors: selectors.to_vec(),
        guesses: Vec::new(),
        port: client.config.authoritative_port,
        pinned: client.config.pinned.clone(),
    }
}

/// One whole look. No guess is made before the first answer, so the catalog is not waited for before.
async fn audit(client: &Client, scope: Scope, now: jiff::Timestamp) -> Report {
    let mut audit = Audit::new(scope);
    let first = audit.first();
    let spent = client
        .run_together(first, |sightings| {
            if audit.scope.guesses.is_empty() {
                audit.scope.guesses.clone_from(&GUESSES);
            }
            audit.take_all(sightings)
        })
        .await;
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
