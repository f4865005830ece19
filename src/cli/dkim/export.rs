//! `nobounce dkim export`: writes what the program that signs on a mail server needs. The private half goes into its file alone, never to
//! the screen.

use std::path::Path;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use serde::Serialize;

use crate::catalog::signer;
use crate::catalog::signer::Signer;
use crate::cli::Exit;
use crate::cli::dkim;
use crate::cli::dkim::new::selector;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::printer;
use crate::export::signer::Hand;
use crate::export::signer::Handed;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::plan::steps::dkim::rotation;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::store::handover;
use crate::store::handover::Written;
use crate::tui::perform::handing;

/// Write the private key and the configuration that a mail server's signer needs
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain of the setup
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// This key; without it, the newest one of each kind that the signer takes
    #[arg(long, value_name = "S", value_parser = selector)]
    selector: Option<Selector>,

    /// The program that signs; pem: the key alone
    #[arg(long = "for", value_name = "SIGNER", value_parser = signers())]
    signer: String,

    /// Write into this folder, which is made where it is missing; with --for pem, write this file
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Where the files will lie on the mail server, if that is not DIR here
    #[arg(long, value_name = "DIR")]
    at: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    domain: &'a str,
    signer: &'a str,
    files: Vec<String>,
    keys: Vec<Key<'a>>,
    /// To be run on the mail server before the signer reads the files.
    commands: &'a [String],
    steps: &'a [String],
}

#[derive(Serialize)]
struct Key<'a> {
    selector: &'a str,
    algorithm: &'a str,
    /// The record was seen in the DNS.
    published: bool,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match write(&arguments, globals) {
        Ok(()) => Exit::Well,
        Err(exit) => exit,
    }
}

fn write(arguments: &Arguments, globals: &Globals) -> Result<(), Exit> {
    let signer = Signer::from_word(&arguments.signer).unwrap_or(Signer::Pem);
    let domain = domain::saved(&arguments.domain, globals)?;
    let store = kept::store(globals)?;
    let facts = kept::facts(&store, &domain)?;
    let kept = store
        .folder(&domain)
        .map_err(|error| dkim::complain(&error))?;
    let keys = chosen(arguments, signer, &facts, globals)?;
    let out = absolute(&arguments.out)?;
    let at = place(arguments, &out)?;
    let handed: Vec<Handed> = keys.iter().filter_map(|key| handing::handed(key)).collect();
    let hand = Hand {
        signer,
        domain: &domain,
        keys: &handed,
        folder: &at,
    };
    let mut pieces =
        handing::pieces(&kept, &hand, &keys).map_err(|error| dkim::complain(&error))?;
    let folder = match (signer, out.parent(), out.file_name()) {
        (Signer::Pem, Some(parent), Some(name)) => {
            for piece in &mut pieces {
                piece.name = name.to_string_lossy().into_owned();
            }
            parent.to_owned()
        }
        _ => out,
    };
    let written = handover::write(&folder, &pieces, signer.accounts())
        .map_err(|error| dkim::complain(&error))?;
    say(&hand, &facts, &keys, &folder, &written, globals)
}

/// The keys that were asked for. What the signer cannot take is said, and refused where nothing else is left.
fn chosen<'a>(
    arguments: &Arguments,
    signer: Signer,
    facts: &'a Facts,
    globals: &Globals,
) -> Result<Vec<&'a MadeKey>, Exit> {
    let mut keys: Vec<&MadeKey> = match &arguments.selector {
        Some(asked) => {
            let sender = rotation::sender_of(facts, asked.as_str());
            let found = sender.as_ref().and_then(|sender| {
                let choice = facts.dkim.get(sender)?;
                let key = choice
                    .keys
                    .iter()
                    .find(|key| key.selector == asked.as_str())?;
                Some((key, rotation::is_retired(choice, asked.as_str())))
            });
            match found {
                None => return Err(dkim::unknown(facts, asked.as_str())),
                Some((_, true)) => {
                    return Err(printer::complain(
                        Exit::Usage,
                        &format!(
                            "the key {asked} was put away: nothing is to be signed with it any more"
                        ),
                        "see the keys in use with `nobounce dkim list DOMAIN`",
                    ));
                }
                Some((key, false)) => vec![key],
            }
        }
        None => facts
            .dkim
            .keys()
            .flat_map(|sender| rotation::to_sign_with(facts, sender))
            .collect(),
    };
    if keys.is_empty() {
        return Err(printer::complain(
            Exit::Usage,
            &format!("no key was made here for {} yet", facts.domain),
            &format!("make one with `nobounce dkim new {}`", facts.domain),
        ));
    }
    let mut refused = None;
    keys.retain(|key| {
        let why = rotation::algorithm(key).and_then(|algorithm| signer.refuses(algorithm));
        if let Some(why) = why {
            refused = Some((key.selector.clone(), why));
        }
        why.is_none()
    });
    match (&refused, keys.is_empty()) {
        (Some((_, why)), true) => {
            return Err(printer::complain(
                Exit::Usage,
                why,
                &format!(
                    "make an RSA key with `nobounce dkim new {}`, or sign with another program",
                    facts.domain
                ),
            ));
        }
        (Some((selector, why)), false) => {
            printer::remark(
                globals.quiet,
                &format!("the key {selector} is left out: {why}"),
            );
        }
        _ => {}
    }
    if signer.takes_one_key() && keys.len() > 1 {
        keys.truncate(1);
        printer::remark(
            globals.quiet,
            &format!(
                "only the key {} is written; name another one with --selector",
                keys.first().map_or("", |key| key.selector.as_str())
            ),
        );
    }
    Ok(keys)
}

/// The path as the signer has to know it. A key goes into a file, never to standard output.
fn absolute(out: &Path) -> Result<PathBuf, Exit> {
    if out == Path::new("-") || out.starts_with("/dev") || out.starts_with("/proc") {
        return Err(printer::complain(
            Exit::Usage,
            "a private key is written into a file only, never to the screen",
            "name a folder, or with --for pem a file, with --out",
        ));
    }
    std::path::absolute(out).map_err(|error| {
        printer::complain(
            Exit::Usage,
            &format!("{} is no place to write to: {error}", out.display()),
            "name a folder with --out",
        )
    })
}

/// Where the files lie for the signer. The path stands in configuration files, so it has to be plain.
fn place(arguments: &Arguments, out: &Path) -> Result<String, Exit> {
    let at = match &arguments.at {
        Some(at) => at.clone(),
        None => out.display().to_string(),
    };
    let at = if at.len() > 1 {
        at.trim_end_matches('/').to_owned()
    } else {
        at
    };
    let plain = |c: char| c.is_alphanumeric() || "/._-+@,".contains(c);
    if at.starts_with('/') && at.chars().all(plain) || arguments.signer == Signer::Pem.as_str() {
        return Ok(at);
    }
    Err(printer::complain(
        Exit::Usage,
        &format!(
            "{} cannot stand in the signer's configuration",
            printer::plain(&at)
        ),
        "name a folder that begins with / and has letters, digits, dots and hyphens only, with --out or --at",
    ))
}

fn say(
    hand: &Hand,
    facts: &Facts,
    keys: &[&MadeKey],
    folder: &Path,
    written: &Written,
    globals: &Globals,
) -> Result<(), Exit> {
    let signer = hand.signer;
    let from = folder.display().to_string();
    let names: Vec<String> = hand
        .keys
        .iter()
        .map(|key| signer.key_file(hand.domain.as_str(), key.selector.as_str()))
        .collect();
    let is_here = hand.folder == from;
    let commands = if is_here && written.account.is_some() {
        Vec::new()
    } else {
        signer.commands(&from, hand.folder, &names)
    };
    let selectors: Vec<String> = keys.iter().map(|key| key.selector.clone()).collect();
    let mut steps = signer.tasks(hand.folder);
    steps.push(signer::proof(hand.domain.as_str(), &selectors));
    warn(hand, facts, keys, folder, is_here);
    if globals.json {
        return printer::json(&Document {
            schema: 1,
            domain: hand.domain.as_str(),
            signer: signer.as_str(),
            files: written
                .files
                .iter()
                .map(|file| file.display().to_string())
                .collect(),
            keys: keys
                .iter()
                .map(|key| Key {
                    selector: &key.selector,
                    algorithm: &key.algorithm,
                    published: rotation::records::last_published(facts, key).is_some(),
                })
                .collect(),
            commands: &commands,
            steps: &steps,
        });
    }
    let mut text = String::new();
    for file in &written.files {
        text.push_str(&format!(
            "wrote  {}\n",
            printer::plain(&file.display().to_string())
        ));
    }
    if let Some(account) = written.account {
        text.push_str(&format!(
            "owner  {}:{} (mode {:o}) of the key\n",
            account.user, account.group, account.mode
        ));
    }
    if !commands.is_empty() {
        text.push_str("\nRun on the mail server, so that only the signer can read the key:\n");
        for command in &commands {
            text.push_str(&format!("  {}\n", printer::plain(command)));
        }
    }
    text.push_str("\nThen:\n");
    for (number, step) in steps.iter().enumerate() {
        text.push_str(&format!("  {}. {}\n", number + 1, printer::plain(step)));
    }
    printer::result(&text)
}

/// What would keep mail from being signed well.
fn warn(hand: &Hand, facts: &Facts, keys: &[&MadeKey], folder: &Path, is_here: bool) {
    for key in keys {
        if rotation::records::last_published(facts, key).is_none() {
            printer::remark(
                false,
                &format!(
                    "the record of {} has not been seen in the DNS yet: switch the signer on only when `nobounce {}` shows it",
                    owner(hand.domain, &key.selector),
                    hand.domain
                ),
            );
        }
    }
    if is_here && hand.signer.wants_closed_folders() {
        for open in handover::open_folders(folder) {
            printer::remark(
                false,
                &format!(
                    "{} refuses keys below {}, since others can write to that folder; copy the files to another place, and say so with --at",
                    hand.signer.name(),
                    open.display()
                ),
            );
        }
    }
}

fn owner(domain: &DomainName, selector: &str) -> String {
    format!("{selector}._domainkey.{domain}")
}

fn signers() -> PossibleValuesParser {
    PossibleValuesParser::new(Signer::ALL.map(Signer::as_str))
}
