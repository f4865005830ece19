//! `nobounce dkim`: keys that sign mail, one file a verb.

pub mod export;
pub mod list;
pub mod look;
pub mod new;
pub mod retire;
pub mod rotate;

use crate::cli::Exit;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::printer;
use crate::plan::facts::Facts;
use crate::plan::seen;
use crate::plan::steps::dkim::rotation;
use crate::store::error::StoreError;
use crate::store::setup::Setup;

/// Make keys that sign mail (DKIM), hand them to a mail server, change them
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    New(new::Arguments),
    List(list::Arguments),
    Export(export::Arguments),
    Rotate(rotate::Arguments),
    Retire(retire::Arguments),
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match arguments.verb {
        Verb::New(arguments) => new::run(arguments, globals),
        Verb::List(arguments) => list::run(arguments, globals),
        Verb::Export(arguments) => export::run(arguments, globals),
        Verb::Rotate(arguments) => rotate::run(arguments, globals),
        Verb::Retire(arguments) => retire::run(arguments, globals),
    }
}

/// A saved setup, held for changes, with its facts; the day counts as one on which it was in use.
fn open(typed: &str, globals: &Globals) -> Result<(Setup, Facts), Exit> {
    let domain = domain::saved(typed, globals)?;
    let store = kept::store(globals)?;
    // A setup that is not there is not made.
    kept::facts(&store, &domain)?;
    let now = globals.clock();
    let setup = store
        .open(&domain, now)
        .map_err(|error| kept::complain(&error))?;
    let mut facts = setup.facts();
    if !seen::clock_went_back(&facts, now) {
        let at = seen::note_clock(&mut facts, now);
        rotation::in_use(&mut facts, at);
    }
    Ok((setup, facts))
}

fn complain(error: &StoreError) -> Exit {
    kept::complain(error)
}

/// Refuses a selector that is not of this setup, with those that are.
fn unknown(facts: &Facts, selector: &str) -> Exit {
    let known: Vec<&str> = facts
        .dkim
        .values()
        .flat_map(|choice| &choice.keys)
        .map(|key| key.selector.as_str())
        .collect();
    let remedy = if known.is_empty() {
        format!("make one with `nobounce dkim new {}`", facts.domain)
    } else {
        format!("the keys made here are {}", known.join(", "))
    };
    printer::complain(
        Exit::Usage,
        &format!("no key named {selector} was made here for {}", facts.domain),
        &remedy,
    )
}
