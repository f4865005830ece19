//! `nobounce records`: the records that a setup wants published, in the form that is asked for.

mod known;

use std::path::Path;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::builder::PossibleValuesParser;
use jiff::tz::TimeZone;

use crate::cli::Exit;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::output;
use crate::cli::printer;
use crate::export;
use crate::export::FORMATS;
use crate::export::rows;
use crate::plan::facts::Facts;
use crate::plan::steps::dkim::rotation;
use crate::store::keys;

/// Print the records that a setup wants published
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain of the setup
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// Form of the records (fields, or json with --json)
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<String>,

    /// With --format terraform: the provider of the zone (else the one of the DNS host that was recognized)
    #[arg(long, value_name = "PROVIDER", value_parser = known::providers())]
    provider: Option<String>,

    /// Write to this file instead of the screen; a file of that name is replaced, as a whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Who asks, for the sheet of html and markdown
    #[arg(long, value_name = "NAME")]
    asked_by: Option<String>,
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
    if arguments.provider.is_some() && id != "terraform" {
        return Err(printer::complain(
            Exit::Usage,
            &format!("--provider says nothing about the form {id}"),
            "it goes with --format terraform",
        ));
    }
    let domain = domain::saved(&arguments.domain, globals)?;
    let store = kept::store(globals)?;
    let facts = kept::facts(&store, &domain)?;
    let folder = store
        .folder(&domain)
        .map_err(|error| kept::complain(&error))?;
    let (lost, mut end) = lost(&facts, &folder);
    let now = globals.clock().to_zoned(TimeZone::system());
    let (mut sheet, _) = rows::sheet(&facts, domain, &lost, &now);
    sheet.asked_by.clone_from(&arguments.asked_by);
    if sheet.rows.is_empty() && end == Exit::Well {
        printer::remark(
            globals.quiet,
            &format!(
                "the setup of {0} has no record to publish yet; go on with `nobounce {0}`",
                sheet.domain
            ),
        );
    }
    if id == "terraform" {
        sheet.provider = Some(known::provider(arguments.provider.as_deref(), &sheet)?);
    }
    let left_out = known::tell(id, &sheet, globals);
    end = if end == Exit::Well { left_out } else { end };
    let text = export::format(id).map_or_else(String::new, |format| (format.print)(&sheet));
    match &arguments.out {
        Some(path) if path != Path::new("-") => output::write(path, &text)?,
        _ => printer::result(&text)?,
    }
    Ok(end)
}

/// The records of keys whose private half is not on disk: they are left out, and that is said.
pub fn lost<'a>(facts: &'a Facts, folder: &Path) -> (Vec<&'a str>, Exit) {
    let mut end = Exit::Well;
    let mut lost = Vec::new();
    for key in rotation::kept(facts) {
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
    (lost, end)
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(
        FORMATS
            .iter()
            .map(|format| PossibleValue::new(format.id).help(format.about)),
    )
}
