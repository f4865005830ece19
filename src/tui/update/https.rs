//! The way out where a network blocks or changes DNS: resolvers are asked over HTTPS, for the rest of the session.

use crate::audit::report::Report;
use crate::plan::page::Mark;
use crate::plan::seen;
use crate::tui::command::Command;
use crate::tui::model::Https;
use crate::tui::model::Model;
use crate::tui::update;
use crate::tui::update::draft;
use crate::tui::update::setup;
use crate::tui::update::watch;

/// Takes in a full look: where the network is in the way, the way out is offered.
pub fn note(model: &mut Model, report: &Report) {
    if model.practice.is_some() || model.https == Https::On {
        return;
    }
    model.https = if report.may_https_help() {
        Https::Offered
    } else {
        Https::Off
    };
}

/// Asks over HTTPS from now on, and looks at everything again.
pub fn turn_to(model: &mut Model) -> Vec<Command> {
    let not = match model.https {
        _ if model.practice.is_some() => Some("Not in practice: nothing real is asked here."),
        Https::On => Some("That is done already: only resolvers are asked, over HTTPS."),
        Https::Off => Some(
            "Not needed here: DNS gets through, and your own name servers are asked. To do it all the same, start with --doh.",
        ),
        Https::Offered => None,
    };
    if let Some(not) = not {
        update::tell(model, Mark::Now, not);
        return Vec::new();
    }
    model.https = Https::On;
    let now = model.now;
    if let Some(setup) = model.setup_mut() {
        // What was asked the old way comes too late.
        setup.survey = None;
        for watched in setup.watched.values_mut() {
            watched.ticket = None;
            watched.tries = 0;
            watched.next = Some(now);
        }
        if setup.look_only.is_none() {
            let what = "DNS is blocked or changed here: resolvers are asked over HTTPS instead";
            seen::note(&mut setup.facts, now, what.to_owned());
        }
    }
    update::tell(
        model,
        Mark::Now,
        "Names are looked up over HTTPS now, at the public resolvers of Cloudflare, Google and Quad9, which see them. Your own name servers are \
         not asked.",
    );
    let mut commands = vec![Command::OverHttps];
    commands.extend(draft::save(model));
    commands.extend(setup::survey(model));
    commands.extend(watch::soon(model));
    commands
}
