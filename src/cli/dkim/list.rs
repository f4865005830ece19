//! `nobounce dkim list`: the keys of a setup and what each is at. Never anything of a private half.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::dkim;
use crate::cli::dkim::look;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::printer;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::rotation::State;
use crate::plan::wanted;
use crate::plan::wanted::Wanted;
use crate::records::dkim::DkimKey;
use crate::records::dkim::Selector;
use crate::records::dkim::judge;
use crate::records::record::Content;
use crate::store::keys;

/// List the keys that were made for a domain
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain of the setup
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// Look for the records of the keys in the DNS first, and keep what was seen
    #[arg(long)]
    check: bool,
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    domain: String,
    keys: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    selector: String,
    algorithm: String,
    bits: Option<u32>,
    made_at: Timestamp,
    /// The name of the record.
    owner: Option<String>,
    /// Whose mail it signs: the id of a sender.
    sender: String,
    /// `new`, `published`, `signing`, `leaving`, `retired`, `gone`.
    state: &'static str,
    /// The key that takes over.
    successor: Option<String>,
    /// When a key that signs is to be renewed, or one that signs no more may be put away.
    until: Option<Timestamp>,
    last_published: Option<Timestamp>,
    path: String,
    /// The private half is on disk, and belongs to the record.
    kept: bool,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match print(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn print(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    let domain = domain::saved(&arguments.domain, globals)?;
    let store = kept::store(globals)?;
    let (facts, mut end) = if arguments.check {
        looked(arguments, globals)?
    } else {
        (kept::facts(&store, &domain)?, Exit::Well)
    };
    let folder = store
        .folder(&domain)
        .map_err(|error| kept::complain(&error))?;
    let mut rows = Vec::new();
    for (sender, choice) in &facts.dkim {
        for key in &choice.keys {
            let is_put_away = rotation::is_retired(choice, &key.selector);
            let (path, kept) = match keys::check(&folder, key) {
                Ok(kept) => (kept.path().to_owned(), true),
                Err(error) => {
                    // Whoever deletes a key that was put away may.
                    if !is_put_away {
                        end = kept::complain(&error);
                    }
                    (folder.join(&key.path), false)
                }
            };
            rows.push(row(&facts, sender, key, &path.display().to_string(), kept));
        }
    }
    rows.sort_by_key(|row| row.made_at);
    if globals.json {
        printer::json(&Document {
            schema: 1,
            domain: domain.to_string(),
            keys: rows,
        })?;
        return Ok(end);
    }
    if rows.is_empty() {
        printer::remark(
            globals.quiet,
            &format!(
                "no key was made here for {domain}; make one with `nobounce dkim new {domain}`"
            ),
        );
    }
    printer::result(&table(&rows))?;
    Ok(end)
}

/// The facts after a look at every record of a key that is to stand in the DNS.
fn looked(arguments: &Arguments, globals: &Globals) -> Result<(Facts, Exit), Exit> {
    let (mut setup, mut facts) = dkim::open(&arguments.domain, globals)?;
    let wanted: Vec<Wanted> = wanted::wanted(&facts)
        .into_iter()
        .chain(rotation::records::in_dns(&facts))
        .filter(|wanted| matches!(wanted.record.content, Content::Dkim(_)))
        .collect();
    let end = look::at(&wanted, &mut facts, globals)?;
    setup.save(&facts).map_err(|error| dkim::complain(&error))?;
    Ok((facts, end))
}

fn row(facts: &Facts, sender: &str, key: &MadeKey, path: &str, kept: bool) -> Row {
    let state = rotation::state(facts, sender, &key.selector).unwrap_or(State::New);
    let record: Option<DkimKey> = key.record.parse().ok();
    let selector: Option<Selector> = key.selector.parse().ok();
    let choice = facts.dkim.get(sender);
    Row {
        selector: key.selector.clone(),
        algorithm: key.algorithm.clone(),
        bits: record.as_ref().and_then(judge::bits),
        made_at: key.made_at,
        owner: selector
            .and_then(|selector| selector.owner(&service::domain(facts)).ok())
            .map(|owner| owner.to_string()),
        sender: sender.to_owned(),
        state: state.word(),
        successor: choice
            .and_then(|choice| rotation::successor(choice, &key.selector))
            .map(str::to_owned),
        until: match state {
            State::Signing => rotation::due(key),
            State::Leaving { until } => Some(until),
            _ => None,
        },
        last_published: rotation::records::last_published(facts, key),
        path: path.to_owned(),
        kept,
    }
}

/// A table: one line a key, and below it what is next.
fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let head = [
        "Selector",
        "Kind",
        "Bits",
        "Made",
        "State",
        "Seen published",
        "For",
    ];
    let mut lines: Vec<Vec<String>> = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        lines.push(vec![
            row.selector.clone(),
            row.algorithm.clone(),
            row.bits.map_or(String::new(), |bits| bits.to_string()),
            day(row.made_at),
            row.state.to_owned(),
            row.last_published.map_or("-".to_owned(), day),
            service::name(&row.sender),
        ]);
    }
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let width = |line: &Vec<String>| line[column].chars().count();
            lines.iter().map(width).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    for row in rows {
        if let Some(next) = next(row) {
            text.push_str(&format!("{}: {next}\n", row.selector));
        }
    }
    text
}

fn next(row: &Row) -> Option<String> {
    match (row.state, row.until) {
        ("signing", Some(due)) if row.successor.is_none() => {
            Some(format!("to be renewed on {}", seen::day(due)))
        }
        ("leaving", Some(until)) => Some(format!(
            "mail signed with it may be on its way; to be put away on {}",
            seen::day(until)
        )),
        ("retired", _) => {
            Some("put away; its record is to be emptied (v=DKIM1; p=) or taken out".to_owned())
        }
        _ => row
            .successor
            .as_ref()
            .map(|new| format!("{new} is to take over")),
    }
}
