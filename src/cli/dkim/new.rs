//! `nobounce dkim new`: makes a key pair, keeps the private half, prints the record.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::printer;
use crate::plan::facts::Facts;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::rotation;
use crate::records::dkim::Algorithm;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::store::keys;

/// Make a key pair, keep the private half here, print the record to publish
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain that signs, such as example.com
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// Name of the key; without it, one is made from year and month
    #[arg(long, value_name = "S", value_parser = selector)]
    selector: Option<Selector>,

    /// Kind of the key
    #[arg(long, value_name = "KIND", default_value = "rsa2048", value_parser = algorithms())]
    key: String,
}

#[derive(Serialize)]
struct Made<'a> {
    schema: u32,
    domain: &'a str,
    selector: &'a str,
    algorithm: &'a str,
    owner: &'a str,
    record: String,
    key_path: String,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match make(&arguments, globals) {
        Ok(()) => Exit::Well,
        Err(exit) => exit,
    }
}

fn make(new: &Arguments, globals: &Globals) -> Result<(), Exit> {
    let domain = domain::own(&new.domain, globals)?;
    let algorithm = Algorithm::ALL
        .into_iter()
        .find(|algorithm| algorithm.as_str() == new.key)
        .unwrap_or_default();
    let now = globals.clock();
    let mut setup = kept::store(globals)?
        .open(&domain, now)
        .map_err(|error| kept::complain(&error))?;
    let mut facts = setup.facts();
    let used = selectors(&facts);
    let selector = match &new.selector {
        Some(selector) => {
            if used.contains(selector.as_str()) {
                return Err(printer::complain(
                    Exit::Usage,
                    &format!("the selector {selector} is in use already"),
                    "choose another one, or leave --selector away",
                ));
            }
            selector.clone()
        }
        None => keys::fresh_selector(setup.folder(), algorithm, now, &used)
            .map_err(|error| kept::complain(&error))?,
    };
    let owner = owner(&selector, &domain)?;

    let pair = keys::generate(algorithm).map_err(|error| kept::complain(&error))?;
    let key = keys::keep(&setup, &selector, &pair).map_err(|error| kept::complain(&error))?;
    drop(pair);
    rotation::forget(&mut facts, service::OWN_SERVER);
    seen::key_made(&mut facts, service::OWN_SERVER, key.entry(now));
    setup.save(&facts).map_err(|error| {
        let exit = kept::complain(&error);
        printer::remark(
            false,
            &format!(
                "the private key {} was made and is not used",
                key.path().display()
            ),
        );
        exit
    })?;

    for warning in key.warnings() {
        printer::remark(false, warning);
    }
    if algorithm == Algorithm::Ed25519 {
        printer::remark(
            globals.quiet,
            "many receivers do not read ed25519 signatures yet: sign with an rsa key as well",
        );
    }
    if globals.json {
        return printer::json(&Made {
            schema: 1,
            domain: domain.as_str(),
            selector: selector.as_str(),
            algorithm: algorithm.as_str(),
            owner: owner.as_str(),
            record: key.record().to_string(),
            key_path: key.path().display().to_string(),
        });
    }
    printer::result(&format!(
        "Type   TXT\nName   {owner}\nValue  {}\nKey    {}\n",
        key.record(),
        printer::plain(&key.path().display().to_string())
    ))
}

/// Selectors that the setup or the newest look at the domain has seen.
pub fn selectors(facts: &Facts) -> BTreeSet<String> {
    let made = facts
        .dkim
        .values()
        .flat_map(|choice| &choice.keys)
        .map(|key| key.selector.clone());
    let live = facts
        .survey
        .iter()
        .flat_map(|survey| &survey.dkim.selectors)
        .filter(|seen| seen.state != "missing")
        .map(|seen| seen.selector.clone());
    made.chain(live).collect()
}

pub fn owner(selector: &Selector, domain: &DomainName) -> Result<DomainName, Exit> {
    selector.owner(domain).map_err(|error| {
        printer::complain(
            Exit::Usage,
            &format!("the name of the record would not be a domain name: {error}"),
            "choose a shorter selector",
        )
    })
}

pub fn selector(text: &str) -> Result<Selector, String> {
    text.parse()
        .map_err(|_| "type letters, digits and hyphens, such as mail2026".to_owned())
}

pub fn algorithms() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Algorithm::ALL.map(Algorithm::as_str))
}
