//! `nobounce records`: the records that a setup wants published, in the form that is asked for.

use std::path::Path;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::builder::PossibleValuesParser;

use crate::catalog::dns_host::DnsHost;
use crate::cli::Exit;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::output;
use crate::cli::printer;
use crate::export;
use crate::export::FORMATS;
use crate::export::Row;
use crate::export::Sheet;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::plan::panel;
use crate::plan::steps::dkim::rotation;
use crate::plan::wanted;
use crate::records::dkim::DkimKey;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;
use crate::store::keys;

/// Seconds that copies of a key record may be kept: an hour lets a mistake be mended the same day.
const KEY_TTL: Ttl = Ttl(3600);

/// Print the records that a setup wants published
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain of the setup
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// Form of the records (fields, or json with --json)
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<String>,

    /// Write to this file instead of the screen
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match print(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn print(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    let id = match (arguments.format.as_deref(), globals.json) {
        (None, false) => "fields",
        (None | Some("json"), true) => "json",
        (Some(id), false) => id,
        (Some(id), true) => {
            return Err(printer::complain(
                Exit::Usage,
                &format!("--json and --format {id} exclude each other"),
                "leave one of them away",
            ));
        }
    };
    let domain = domain::saved(&arguments.domain, globals)?;
    let store = kept::store(globals)?;
    let facts = kept::facts(&store, &domain)?;
    let folder = store
        .folder(&domain)
        .map_err(|error| kept::complain(&error))?;
    let (rows, end) = rows(&facts, &domain, &folder);
    if rows.is_empty() && end == Exit::Well {
        printer::remark(
            globals.quiet,
            &format!(
                "the setup of {domain} has no record to publish yet; go on with `nobounce {domain}`"
            ),
        );
    }
    let sheet = Sheet { domain, rows };
    let text = export::format(id).map_or_else(String::new, |format| (format.print)(&sheet));
    match &arguments.out {
        Some(path) if path != Path::new("-") => output::write(path, &text)?,
        _ => printer::result(&text)?,
    }
    Ok(end)
}

/// What the plan wants and what keys were made for. A key record whose private half is not on disk is left out, and that is said.
fn rows(facts: &Facts, domain: &DomainName, folder: &Path) -> (Vec<Row>, Exit) {
    let made: Vec<&MadeKey> = facts
        .dkim
        .values()
        .flat_map(|choice| {
            let kept = |key: &&MadeKey| !rotation::is_retired(choice, &key.selector);
            choice.keys.iter().filter(kept)
        })
        .collect();
    let mut end = Exit::Well;
    let mut lost = Vec::new();
    for key in &made {
        match keys::check(folder, key) {
            Ok(kept) => {
                for warning in kept.warnings() {
                    printer::remark(false, warning);
                }
            }
            Err(error) => {
                end = kept::complain(&error);
                lost.push(key.record.as_str());
            }
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for wanted in wanted::wanted(facts) {
        rows.push(row(wanted.purpose, wanted.record, wanted.replaces, facts));
    }
    for key in &made {
        let row = key_record(key, domain)
            .map(|record| row("Sign your mail (DKIM)".to_owned(), record, None, facts));
        if let Some(row) = row
            && !rows
                .iter()
                .any(|there| there.record.owner == row.record.owner)
        {
            rows.push(row);
        }
    }
    rows.retain(|row| !lost.contains(&row.record.content.to_string().as_str()));
    (rows, end)
}

fn key_record(key: &MadeKey, domain: &DomainName) -> Option<Record> {
    let selector: Selector = key.selector.parse().ok()?;
    let record: DkimKey = key.record.parse().ok()?;
    Some(Record {
        owner: selector.owner(domain).ok()?,
        content: Content::Dkim(record),
        ttl: KEY_TTL,
    })
}

fn row(purpose: String, record: Record, replaces: Option<String>, facts: &Facts) -> Row {
    let (zone, host) = place(&record.owner, facts);
    let value = record.content.to_string();
    let state = facts
        .seen
        .get(&wanted::key(&record))
        .filter(|seen| seen.value == value)
        .map_or("unknown", |seen| seen.verdict.as_str());
    Row {
        purpose,
        zone,
        host,
        state: state.to_owned(),
        replaces,
        record,
    }
}

/// The zone that holds a name, and who answers for it. A name elsewhere (permission for reports) belongs to a zone that was not looked at.
fn place(owner: &DomainName, facts: &Facts) -> (DomainName, Option<&'static DnsHost>) {
    let zone = panel::zone(facts);
    if owner.is_within(&zone) {
        return (zone, panel::host(facts));
    }
    (owner.registrable().unwrap_or(zone), None)
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(
        FORMATS
            .iter()
            .map(|format| PossibleValue::new(format.id).help(format.about)),
    )
}
