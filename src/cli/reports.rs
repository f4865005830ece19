//! `nobounce reports`: reads DMARC aggregate reports and says who sends as the domain, and whether it aligns.

mod json;
mod page;

use std::io::IsTerminal;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::globals::no_color;
use crate::cli::printer;
use crate::evidence::summary::Summary;
use crate::mailbox::files;
use crate::records::untrusted::Untrusted;

/// Letters of a path that are shown.
const PATH: usize = 500;

/// Read DMARC reports and say who sends as your domain
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Reports: files, folders, Maildir, mbox; .xml, .gz, .zip and mails (.eml)
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Count only reports about this domain and the names below it
    #[arg(long, value_name = "D")]
    domain: Option<String>,

    /// List every record of the reports (with --json)
    #[arg(long, requires = "json")]
    records: bool,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match read(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn read(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    let domain = match &arguments.domain {
        Some(text) => Some(domain::name(text, globals)?),
        None => None,
    };
    let mut summary = Summary::new(domain);
    let mut records = arguments.records.then(Vec::new);
    let list = files::below(&arguments.paths);
    files::read(&list, arguments.records, |item| {
        let place = place(&item);
        summary.add(&place, item.contents, |line| {
            if let Some(records) = &mut records {
                records.push(json::Record::new(&line));
            }
        });
    });
    remarks(&summary, globals);
    if globals.json {
        printer::json(&json::Document::new(&summary, records))?;
    } else {
        let color = globals
            .color
            .holds(std::io::stdout().is_terminal(), no_color());
        printer::result(&page::page(&summary, color))?;
    }
    // Files of other kinds between reports are no fault; a file that cannot be read, or no report at all, is one.
    Ok(if summary.reports > 0 && summary.unreadable == 0 {
        Exit::Well
    } else {
        Exit::Wrong
    })
}

/// A path as it may be shown, with the number of the mail in an mbox.
fn place(item: &files::Item) -> String {
    let path = Untrusted::new(item.path.as_os_str().as_encoded_bytes()).readable_up_to(PATH);
    match item.message {
        Some(message) => format!("{path}, mail {message}"),
        None => path.to_string(),
    }
}

fn remarks(summary: &Summary, globals: &Globals) {
    if summary.domain.is_none() && summary.domains.len() > 1 {
        let names: Vec<&str> = summary.domains.keys().take(3).map(String::as_str).collect();
        printer::remark(
            globals.quiet,
            &format!(
                "the reports are about {} domains ({}{}); --domain picks one",
                summary.domains.len(),
                names.join(", "),
                if summary.domains.len() > names.len() {
                    ", ..."
                } else {
                    ""
                }
            ),
        );
    }
    if summary.aside > 0 {
        printer::remark(
            globals.quiet,
            &format!(
                "{} reports are about other domains and were not counted",
                summary.aside
            ),
        );
    }
}
