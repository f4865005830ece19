//! `nobounce [DOMAIN]`: the wizard, full screen.

use std::io::IsTerminal;

use crate::cli::Exit;
use crate::cli::client;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::kept;
use crate::cli::printer;
use crate::store::error::StoreError;
use crate::tui::clipboard;
use crate::tui::clipboard::System;
use crate::tui::model::Look;
use crate::tui::perform::Clock;
use crate::tui::perform::World;
use crate::tui::run;
use crate::tui::run::Ended;
use crate::tui::run::Settings;
use crate::tui::update::Beginning;

#[derive(Debug)]
pub struct Arguments {
    /// As typed; None opens the start screen.
    pub domain: Option<String>,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match beginning(arguments, globals) {
        Ok((beginning, greeting)) => greet(beginning, greeting, globals),
        Err(exit) => exit,
    }
}

/// What is wrong with a named domain or its setup is said before the screen is taken over.
fn beginning(arguments: Arguments, globals: &Globals) -> Result<(Beginning, Option<String>), Exit> {
    let Some(typed) = arguments.domain else {
        terminal(globals)?;
        return Ok((Beginning::Start, None));
    };
    let (domain, said) = domain::own_with_remarks(&typed, globals)?;
    let store = kept::store(globals)?;
    if let Err(error @ (StoreError::Damaged { .. } | StoreError::Newer { .. })) =
        store.look(&domain)
    {
        return Err(kept::complain(&error));
    }
    terminal(globals)?;
    let greeting = (!said.is_empty()).then(|| said.join(" "));
    Ok((Beginning::Domain(domain.to_string()), greeting))
}

/// Runs the full screen from where it begins.
pub fn show(beginning: Beginning, globals: &Globals) -> Exit {
    greet(beginning, None, globals)
}

/// The same; `greeting` is what the screen says first.
fn greet(beginning: Beginning, greeting: Option<String>, globals: &Globals) -> Exit {
    let keeps_practice = matches!(beginning, Beginning::Practice { .. });
    // Practice asks nobody outside of this machine.
    let over_https = match &globals.over_https {
        Some(_) if !keeps_practice => match client::client(globals) {
            Ok(client) => Some(client),
            Err(exit) => return exit,
        },
        _ => None,
    };
    let ended = run::run(Settings {
        beginning,
        greeting,
        look: look(globals),
        clipboard: clipboard::clipboard(
            if cfg!(target_os = "macos") {
                System::Mac
            } else {
                System::Other
            },
            |name| std::env::var(name).ok(),
        ),
        world: World {
            resolvers: globals.resolvers.clone(),
            over_https,
            authoritative_port: globals.authoritative_port,
            timeout: globals.timeout,
            data_dir: globals.data_dir.clone(),
            keeps_practice,
            clock: Clock::new(globals.now),
        },
    });
    match ended {
        Ok(Ended::Saved) => Exit::Well,
        Ok(Ended::NotSaved(trouble)) => printer::complain(
            Exit::NotWritten,
            &trouble.reason,
            &domain::phrase(&trouble.remedy),
        ),
        Err(error) => printer::complain(
            Exit::Usage,
            &format!("the terminal went away: {error}"),
            "what you typed is saved; start nobounce again in another terminal",
        ),
    }
}

/// Color and signs that this terminal is known to show.
fn look(globals: &Globals) -> Look {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    // The Linux console draws from a font of 256 or 512 signs.
    let console = std::env::var("TERM").is_ok_and(|terminal| terminal == "linux");
    Look {
        color: globals.color.holds(true, set("NO_COLOR")),
        unicode: (locale.contains("utf-8") || locale.contains("utf8")) && !console,
        links: shows_links(&|name| std::env::var(name).ok()),
    }
}

/// Whether addresses may be sent as links of the terminal (OSC 8). `FORCE_HYPERLINK` decides where it is set, 0 for no. A terminal that knows
/// no links passes over them; the consoles that print them as signs are left out.
fn shows_links(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(forced) = set("FORCE_HYPERLINK") {
        return forced != "0";
    }
    let terminal = set("TERM").unwrap_or_default();
    let is_screen = terminal.starts_with("screen") && set("TMUX").is_none();
    let is_plain =
        ["", "dumb", "linux", "vt100", "vt102", "vt220", "cons25"].contains(&terminal.as_str());
    !is_plain && !is_screen
}

/// The full screen draws on a terminal and reads keys from one: both ends must be there.
pub fn terminal(globals: &Globals) -> Result<(), Exit> {
    if globals.json {
        return Err(printer::complain(
            Exit::Usage,
            "the wizard has no JSON form",
            "use --json with `nobounce check`, `nobounce status` or `nobounce records`",
        ));
    }
    let dumb = std::env::var("TERM").is_ok_and(|terminal| terminal == "dumb");
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !dumb {
        return Ok(());
    }
    let what = if dumb {
        "the wizard needs a terminal that can place text, and this one cannot (TERM=dumb)"
    } else {
        "the wizard needs a terminal, and there is none here"
    };
    Err(printer::complain(
        Exit::Usage,
        what,
        "in a script use `nobounce check DOMAIN`, `nobounce status` or `nobounce records DOMAIN`, each with --json if wanted",
    ))
}

#[cfg(test)]
mod tests {
    use super::shows_links;

    #[test]
    fn links_are_off_where_they_would_be_seen_as_signs_or_are_not_wanted() {
        for (variables, expected) in [
            (&[("TERM", "xterm-256color")][..], true),
            (&[("TERM", "tmux-256color"), ("TMUX", "x")], true),
            (&[("TERM", "screen"), ("TMUX", "x")], true),
            (&[("TERM", "screen")], false),
            (&[("TERM", "linux")], false),
            (&[("TERM", "dumb")], false),
            (&[], false),
            (&[("TERM", "xterm"), ("FORCE_HYPERLINK", "0")], false),
            (&[("TERM", "linux"), ("FORCE_HYPERLINK", "1")], true),
            (&[("TERM", "xterm"), ("FORCE_HYPERLINK", "")], true),
        ] {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(shows_links(&variable), expected, "{variables:?}");
        }
    }
}
