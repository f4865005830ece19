//! `nobounce status`: where each saved setup stands. Asks nobody; what was kept counts.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::printer;
use crate::plan::LADDER;
use crate::plan::ladder;
use crate::plan::ladder::Status;
use crate::store::Listed;
use crate::store::Store;

/// Show where each saved setup stands and what it waits for
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// These domains only
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    domains: Vec<Status>,
    /// Setups that cannot be read.
    errors: Vec<Unread>,
}

#[derive(Serialize)]
struct Unread {
    domain: String,
    message: String,
    remedy: String,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match look(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn look(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    let store = kept::store(globals)?;
    let mut end = Exit::Well;
    let mut document = Document {
        schema: 1,
        domains: Vec::new(),
        errors: Vec::new(),
    };
    for listed in listed(arguments, &store, globals, &mut end)? {
        match listed.facts {
            Ok(facts) => document
                .domains
                .push(ladder::status(&facts, globals.clock())),
            Err(error) => {
                end = kept::complain(&error);
                document.errors.push(Unread {
                    domain: listed.domain.to_string(),
                    message: error.to_string(),
                    remedy: error.remedy(),
                });
            }
        }
    }
    if globals.json {
        printer::json(&document)?;
        return Ok(end);
    }
    if document.domains.is_empty() && end == Exit::Well {
        printer::remark(
            globals.quiet,
            "no setup is saved yet; start one with `nobounce DOMAIN`",
        );
    }
    let blocks: Vec<String> = document.domains.iter().map(block).collect();
    printer::result(&blocks.join("\n"))?;
    Ok(end)
}

/// The setups that were asked for, in that order; all of them where none was named. A domain without one ends the run badly, after the others.
fn listed(
    arguments: &Arguments,
    store: &Store,
    globals: &Globals,
    end: &mut Exit,
) -> Result<Vec<Listed>, Exit> {
    if arguments.domains.is_empty() {
        return store.list().map_err(|error| kept::complain(&error));
    }
    let mut listed = Vec::new();
    for typed in &arguments.domains {
        let domain = domain::saved(typed, globals)?;
        match store.look(&domain) {
            Ok(Some(facts)) => listed.push(Listed {
                domain,
                facts: Ok(facts),
            }),
            Ok(None) => *end = kept::absent(&domain),
            Err(error) => listed.push(Listed {
                domain,
                facts: Err(error),
            }),
        }
    }
    Ok(listed)
}

/// One setup in a few lines.
fn block(status: &Status) -> String {
    let mut text = format!(
        "{}\n  step   {} of {}: {}\n",
        status.domain,
        status.step.number(),
        LADDER.len(),
        status.step.title()
    );
    let held = status
        .steps
        .iter()
        .filter(|step| step.id == status.step)
        .flat_map(|step| &step.gates)
        .filter(|gate| !gate.holds);
    for gate in held {
        text.push_str(&format!("  held   {}\n", printer::plain(&gate.reason)));
    }
    for open in &status.open {
        text.push_str(&format!(
            "  open   {}: {}\n",
            printer::plain(&open.name),
            printer::plain(&open.what)
        ));
    }
    text.push_str(&format!("  next   {}\n", printer::plain(&status.next)));
    if let Some(at) = status.next_at {
        text.push_str(&format!("  when   {}\n", at.strftime("%Y-%m-%d %H:%M UTC")));
    }
    text
}
