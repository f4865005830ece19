//! `nobounce dkim rotate`: a new key beside the old one; later, the word that the mail server signs with it.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::dkim;
use crate::cli::dkim::look;
use crate::cli::dkim::new;
use crate::cli::dkim::new::selector;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::plan::facts::Facts;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::rotation::State;
use crate::records::dkim::Algorithm;
use crate::records::dkim::Selector;
use crate::store::keys;
use crate::store::setup::Setup;

/// Make a new key beside the old one; with --switched, say that the mail server signs with it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain of the setup
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// The key to be replaced; without it, the newest RSA key
    #[arg(long, value_name = "S", value_parser = selector)]
    selector: Option<Selector>,

    /// Kind of the new key; without it, the kind of the old one
    #[arg(long, value_name = "KIND", value_parser = new::algorithms())]
    key: Option<String>,

    /// The mail server signs with the new key now, and with the old one no more
    #[arg(long, conflicts_with = "key")]
    switched: bool,
}

#[derive(Serialize)]
struct Rotated<'a> {
    schema: u32,
    domain: &'a str,
    old: &'a str,
    new: &'a str,
    /// `made`, `switched`
    done: &'a str,
    /// The new record, while it is to be published.
    owner: Option<String>,
    record: Option<String>,
    key_path: Option<String>,
    /// When the old key may be put away, once the mail server signs with the new one.
    until: Option<jiff::Timestamp>,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    let opened = dkim::open(&arguments.domain, globals);
    let (mut setup, mut facts) = match opened {
        Ok(opened) => opened,
        Err(exit) => return exit,
    };
    let done = if arguments.switched {
        switch(&arguments, &mut setup, &mut facts, globals)
    } else {
        make(&arguments, &mut setup, &mut facts, globals)
    };
    match done {
        Ok(()) => Exit::Well,
        Err(exit) => exit,
    }
}

/// The sender of the keys that are meant.
fn sender(arguments: &Arguments, facts: &Facts) -> Result<String, Exit> {
    match &arguments.selector {
        Some(asked) => rotation::sender_of(facts, asked.as_str())
            .ok_or_else(|| dkim::unknown(facts, asked.as_str())),
        None => Ok(facts
            .dkim
            .iter()
            .find(|(_, choice)| !choice.keys.is_empty())
            .map_or(service::OWN_SERVER.to_owned(), |(sender, _)| sender.clone())),
    }
}

fn make(
    arguments: &Arguments,
    setup: &mut Setup,
    facts: &mut Facts,
    globals: &Globals,
) -> Result<(), Exit> {
    let now = globals.clock();
    let sender = sender(arguments, facts)?;
    let asked = arguments.selector.as_ref().map(Selector::as_str);
    let refuse = |why: &str, remedy: &str| printer::complain(Exit::Usage, why, remedy);
    if let Some((old, new)) = rotation::waiting(facts, &sender)
        .into_iter()
        .find(|(old, _)| asked.is_none_or(|asked| asked == old))
    {
        return Err(refuse(
            &format!("the key {new} was made already to take over from {old}"),
            &format!(
                "publish its record (`nobounce records {}`), then let the mail server sign with it and say so with --switched",
                facts.domain
            ),
        ));
    }
    let old = rotation::current(facts, &sender, asked)
        .map_err(|why| {
            refuse(
                &why,
                &format!("see the keys with `nobounce dkim list {}`", facts.domain),
            )
        })?
        .clone();
    if matches!(
        rotation::state(facts, &sender, &old.selector),
        Some(rotation::State::New)
    ) {
        printer::remark(
            globals.quiet,
            &format!(
                "the record of {0} has not been seen in the DNS yet: if nothing is signed with {0}, publish that one instead, and leave the new key alone",
                old.selector
            ),
        );
    }
    let algorithm = arguments
        .key
        .as_ref()
        .and_then(|word| {
            Algorithm::ALL
                .into_iter()
                .find(|known| known.as_str() == word)
        })
        .or_else(|| rotation::algorithm(&old))
        .unwrap_or_default();
    let used = new::selectors(facts);
    let selector = keys::fresh_selector(setup.folder(), algorithm, now, &used)
        .map_err(|error| dkim::complain(&error))?;
    let owner = new::owner(&selector, setup.domain())?;
    let pair = keys::generate(algorithm).map_err(|error| dkim::complain(&error))?;
    let key = keys::keep(setup, &selector, &pair).map_err(|error| dkim::complain(&error))?;
    drop(pair);
    rotation::begin(facts, &sender, &old.selector);
    seen::key_made(facts, &sender, key.entry(now));
    setup.save(facts).map_err(|error| {
        let exit = dkim::complain(&error);
        let path = key.path().display();
        printer::remark(
            false,
            &format!("the private key {path} was made and is not used"),
        );
        exit
    })?;
    if globals.json {
        return printer::json(&Rotated {
            schema: 1,
            domain: &facts.domain,
            old: &old.selector,
            new: selector.as_str(),
            done: "made",
            owner: Some(owner.to_string()),
            record: Some(key.record().to_string()),
            key_path: Some(key.path().display().to_string()),
            until: None,
        });
    }
    printer::result(&format!(
        "Type   TXT\nName   {owner}\nValue  {}\nKey    {}\n\n\
         1. Publish this record. Leave the one of {old} as it is.\n\
         2. When `nobounce {domain}` shows it, let your mail server sign with {selector}: nobounce dkim export {domain} --selector \
         {selector} --for SIGNER --out DIR\n\
         3. Then say so: nobounce dkim rotate {domain} --switched\n",
        key.record(),
        printer::plain(&key.path().display().to_string()),
        old = old.selector,
        domain = facts.domain,
    ))
}

fn switch(
    arguments: &Arguments,
    setup: &mut Setup,
    facts: &mut Facts,
    globals: &Globals,
) -> Result<(), Exit> {
    let sender = sender(arguments, facts)?;
    let asked = arguments.selector.as_ref().map(Selector::as_str);
    let under_way = rotation::waiting(facts, &sender);
    let Some((old, new)) = under_way
        .into_iter()
        .find(|(old, new)| asked.is_none_or(|asked| asked == old || asked == new))
    else {
        return Err(printer::complain(
            Exit::Usage,
            "no new key waits to take over",
            &format!("make one with `nobounce dkim rotate {}`", facts.domain),
        ));
    };
    // A signature that nobody could make proves that the word is wrong.
    if let Some(key) = facts
        .dkim
        .get(&sender)
        .and_then(|choice| choice.keys.iter().find(|key| key.selector == new))
    {
        keys::check(setup.folder(), key).map_err(|error| dkim::complain(&error))?;
    }
    if let Some(wanted) = rotation::records::publication(facts, &sender, &new) {
        let looked = look::at(&[wanted], facts, globals)?;
        let is_seen = facts
            .dkim
            .get(&sender)
            .and_then(|choice| choice.keys.iter().find(|key| key.selector == new))
            .is_some_and(|key| rotation::records::last_published(facts, key).is_some());
        if looked != Exit::Well && !is_seen {
            return Err(looked);
        }
    }
    rotation::switched(facts, &sender, &new, globals.clock()).map_err(|why| {
        printer::complain(
            Exit::Waiting,
            &why,
            &format!(
                "publish it, and look with `nobounce {}`; leave the mail server with {old} until then",
                facts.domain
            ),
        )
    })?;
    setup.save(facts).map_err(|error| dkim::complain(&error))?;
    let until = match rotation::state(facts, &sender, &old) {
        Some(State::Leaving { until }) => Some(until),
        _ => None,
    };
    if globals.json {
        return printer::json(&Rotated {
            schema: 1,
            domain: &facts.domain,
            old: &old,
            new: &new,
            done: "switched",
            owner: None,
            record: None,
            key_path: None,
            until,
        });
    }
    let day = until.map_or(String::new(), seen::day);
    printer::result(&format!(
        "{new} signs. Leave the record of {old} in the DNS until {day}: mail that was signed with it may be on its way.\n\
         From then on: nobounce dkim retire {} {old}\n",
        facts.domain
    ))
}
