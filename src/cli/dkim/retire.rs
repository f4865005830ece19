//! `nobounce dkim retire`: puts a key away that signs no more, when no mail of it is on its way, and says what becomes of its record.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::dkim;
use crate::cli::dkim::new::selector;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::plan::facts::Facts;
use crate::plan::seen;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::rotation::State;
use crate::plan::steps::dkim::rotation::held::Held;
use crate::records::dkim::Selector;
use crate::store::keys;
use crate::store::setup::Setup;

/// Put a key away that signs no more, when no mail of it is on its way
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The domain of the setup
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// The key
    #[arg(value_name = "SELECTOR", value_parser = selector)]
    selector: Selector,

    /// Nothing is signed with this key any more: the wait begins
    #[arg(long)]
    unused: bool,
}

#[derive(Serialize)]
struct Retired<'a> {
    schema: u32,
    domain: &'a str,
    selector: &'a str,
    state: &'a str,
    /// When the key may be put away; null once it is.
    until: Option<jiff::Timestamp>,
    owner: Option<String>,
    /// What is to be published at `owner`, once the key is put away.
    record: Option<String>,
    key_path: String,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    let opened = dkim::open(&arguments.domain, globals);
    let (mut setup, mut facts) = match opened {
        Ok(opened) => opened,
        Err(exit) => return exit,
    };
    match retire(&arguments, &mut setup, &mut facts, globals) {
        Ok(()) => Exit::Well,
        Err(exit) => exit,
    }
}

fn retire(
    arguments: &Arguments,
    setup: &mut Setup,
    facts: &mut Facts,
    globals: &Globals,
) -> Result<(), Exit> {
    let now = globals.clock();
    let selector = arguments.selector.as_str();
    let Some(sender) = rotation::sender_of(facts, selector) else {
        return Err(dkim::unknown(facts, selector));
    };
    if arguments.unused {
        rotation::unused(facts, &sender, selector, now)
            .map_err(|held| refuse(held, selector, facts))?;
        save(setup, facts)?;
    }
    match rotation::held::held(facts, &sender, selector, now) {
        Some(Held::Flying { .. }) if arguments.unused => {
            return say(&sender, selector, setup, facts, globals);
        }
        Some(held) => {
            // The day on which it was tried counts.
            save(setup, facts)?;
            return Err(refuse(held, selector, facts));
        }
        None => {}
    }
    let key = facts
        .dkim
        .get(&sender)
        .and_then(|choice| choice.keys.iter().find(|key| key.selector == selector))
        .cloned();
    // The other key must be there, or nothing could be signed any more.
    for other in rotation::to_sign_with(facts, &sender) {
        keys::check(setup.folder(), other).map_err(|error| dkim::complain(&error))?;
    }
    if let Some(key) = key {
        keys::retire(setup, &key).map_err(|error| dkim::complain(&error))?;
    }
    rotation::retired(facts, &sender, selector, now);
    save(setup, facts)?;
    say(&sender, selector, setup, facts, globals)
}

fn save(setup: &mut Setup, facts: &Facts) -> Result<(), Exit> {
    setup.save(facts).map_err(|error| dkim::complain(&error))
}

fn refuse(held: Held, selector: &str, facts: &Facts) -> Exit {
    let (what, remedy) = held.words(selector);
    let exit = match held {
        Held::Flying { .. } | Held::FewDays | Held::ClockBack => Exit::Waiting,
        Held::Unknown | Held::Retired | Held::OnlyKey | Held::NextWaits | Held::InUse => {
            Exit::Usage
        }
    };
    printer::complain(exit, &what, &remedy.replace("DOMAIN", &facts.domain))
}

fn say(
    sender: &str,
    selector: &str,
    setup: &Setup,
    facts: &Facts,
    globals: &Globals,
) -> Result<(), Exit> {
    let state = rotation::state(facts, sender, selector).unwrap_or(State::New);
    let until = match state {
        State::Leaving { until } => Some(until),
        _ => None,
    };
    let wanted = rotation::records::revocation_of(facts, sender, selector);
    let owner = wanted
        .as_ref()
        .map(|wanted| wanted.record.owner.to_string());
    let record = wanted.map(|wanted| wanted.record.content.to_string());
    let path = facts
        .dkim
        .get(sender)
        .and_then(|choice| choice.keys.iter().find(|key| key.selector == selector))
        .map_or(String::new(), |key| {
            setup.folder().join(&key.path).display().to_string()
        });
    if globals.json {
        return printer::json(&Retired {
            schema: 1,
            domain: &facts.domain,
            selector,
            state: state.word(),
            until,
            owner,
            record: record.filter(|_| until.is_none()),
            key_path: path,
        });
    }
    let owner = owner.unwrap_or_default();
    printer::result(&match until {
        Some(until) => format!(
            "Mail signed with {selector} may be on its way until {day}. Leave {owner} as it is until then.\n\
             From then on: nobounce dkim retire {} {selector}\n",
            facts.domain,
            day = seen::day(until)
        ),
        None => format!(
            "{selector} is put away: {}\n\
             Now empty its record, which tells receivers that the key is not to be trusted any more (revoked), or take it out:\n\n\
             Type   TXT\nName   {owner}\nValue  {}\n\n\
             `nobounce {}` watches until it is so.\n",
            printer::plain(&path),
            record.unwrap_or_default(),
            facts.domain
        ),
    })
}
