//! `nobounce message`: verifies one received message.

mod json;
mod page;

use std::fs::File;
use std::io;
use std::io::IsTerminal;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::audit::tell;
use crate::cli::Exit;
use crate::cli::client;
use crate::cli::globals::Globals;
use crate::cli::paper::Paper;
use crate::cli::printer;
use crate::dns::Client;
use crate::evidence::message::look::DmarcResult;
use crate::evidence::message::look::Look;
use crate::evidence::message::look::Report;
use crate::evidence::message::raw;
use crate::records::finding::Severity;
use crate::records::untrusted::Untrusted;

/// The look-ups of one message may take this long.
const LONGEST: Duration = Duration::from_secs(20);

/// Letters of a path that are shown.
const PATH: usize = 500;

/// Verify a message that was received: its signatures, SPF, and what DMARC makes of it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The source of the message, as a file (.eml); - or nothing: standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match look(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn look(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    let source = source(arguments.file.as_deref())?;
    let look = Look::new(&source, globals.clock()).map_err(|refusal| {
        printer::complain(
            Exit::Wrong,
            &refusal.to_string(),
            "give the whole source of one message: \"Show original\" in Gmail, \"View source\" in Outlook, \"Save as\" in Thunderbird",
        )
    })?;
    drop(source);
    let client = client::client(globals)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            printer::complain(
                Exit::Unknown,
                &format!("the look could not be started: {error}"),
                "close other programs and try again",
            )
        })?;
    let report = runtime.block_on(drive(look, client));
    if globals.json {
        printer::json(&json::Document::new(&report))?;
    } else {
        let paper = Paper::of_stdout(globals);
        printer::result(&page::page(&report, paper))?;
    }
    Ok(exit(&report))
}

/// One octet more than a message may have is read, so that a longer one is known.
fn source(file: Option<&Path>) -> Result<Vec<u8>, Exit> {
    let most = u64::try_from(raw::MESSAGE).unwrap_or(u64::MAX) + 1;
    let mut source = Vec::new();
    let read = match file.filter(|file| file.as_os_str() != "-") {
        Some(file) => File::open(file).and_then(|file| file.take(most).read_to_end(&mut source)),
        None if io::stdin().is_terminal() => {
            return Err(printer::complain(
                Exit::Usage,
                "no message was given",
                "name a file with the source of a message, as in `nobounce message test.eml`, or pipe it in",
            ));
        }
        None => io::stdin().lock().take(most).read_to_end(&mut source),
    };
    read.map_err(|error| {
        let place = file.map_or("standard input".to_owned(), |file| {
            Untrusted::new(file.as_os_str().as_encoded_bytes())
                .readable_up_to(PATH)
                .to_string()
        });
        printer::complain(
            Exit::Wrong,
            &format!("{place} could not be read: {error}"),
            "see whether the file is there and may be read",
        )
    })?;
    Ok(source)
}

/// Asks until nothing is open, or the time is over.
async fn drive(mut look: Look, client: Client) -> Report {
    let longest = LONGEST.max(client.config.timeout * 4);
    let first = look.first();
    let asking = client.run(first, |sighting| look.take(sighting));
    if tokio::time::timeout(longest, asking).await.is_err() {
        look.close();
    }
    look.report()
}

fn exit(report: &Report) -> Exit {
    let is_wrong = |severity| severity == Severity::Error;
    match report.dmarc {
        DmarcResult::TempError => Exit::Unknown,
        DmarcResult::Pass
            if !report
                .findings
                .iter()
                .any(|finding| is_wrong(finding.severity)) =>
        {
            Exit::Well
        }
        _ => Exit::Wrong,
    }
}

/// The findings as rows of a page or a document.
fn rows(report: &Report) -> Vec<crate::audit::report::FindingRow> {
    report.findings.iter().map(tell::row).collect()
}
