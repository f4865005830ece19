//! A text on its way to the clipboard, and what is said of it: "copied" only where that is known.

use crate::plan::facts;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::tui::clipboard::Handed;
use crate::tui::clipboard::LONGEST;
use crate::tui::clipboard::Reach;
use crate::tui::command::Command;
use crate::tui::keys::Action;
use crate::tui::model::Copying;
use crate::tui::model::Model;
use crate::tui::update;

/// What always works.
const OTHERWISE: &str = "press v for the bare text, or e for a file";

/// The value or the name of the record on the page.
pub fn copy(model: &mut Model, action: Action) -> Vec<Command> {
    let Some(Form::Record(card)) = model.setup().map(|setup| &setup.page.form) else {
        return Vec::new();
    };
    let (what, text) = if action == Action::CopyValue {
        ("Value", card.value.clone())
    } else {
        ("Name", card.name.clone())
    };
    if facts::is_secret(&text) {
        update::tell(
            model,
            Mark::Wrong,
            "This holds a private key, and those are never copied.",
        );
        return Vec::new();
    }
    if action == Action::CopyValue {
        model.copied.value = Some(text.clone());
    } else {
        model.copied.name = Some(text.clone());
    }
    if model.clipboard.programs.is_empty() {
        return to_terminal(model, what, text, &Handed::default());
    }
    let ticket = model.ticket();
    model.copying = Some(Copying {
        ticket,
        what,
        text: text.clone(),
    });
    vec![Command::HandOver {
        ticket,
        programs: model.clipboard.programs.clone(),
        text,
    }]
}

/// What the programs made of it. Where none of them knows that it arrived, the terminal is told too.
pub fn handed(model: &mut Model, ticket: u64, handed: &Handed) -> Vec<Command> {
    let Some(copying) = model.copying.take_if(|copying| copying.ticket == ticket) else {
        return Vec::new();
    };
    let what = copying.what;
    match handed {
        Handed {
            taken: Some((program, Reach::Person)),
            ..
        } => {
            update::tell(model, Mark::Done, &format!("{what} copied ({program})."));
            Vec::new()
        }
        Handed {
            passed_on: true, ..
        } => {
            let text =
                format!("{what} sent to tmux and your terminal; if pasting gives nothing, press v");
            tell(model, handed, &text);
            Vec::new()
        }
        _ => to_terminal(model, what, copying.text, handed),
    }
}

fn to_terminal(model: &mut Model, what: &str, text: String, handed: &Handed) -> Vec<Command> {
    let fits = text.len() <= LONGEST;
    if model.clipboard.terminal && fits {
        let said =
            format!("{what} sent to your terminal's clipboard; if pasting gives nothing, press v");
        tell(model, handed, &said);
        return vec![Command::Copy(text)];
    }
    let said = match handed.taken {
        Some((program, _)) => format!(
            "{what} put on the clipboard of this computer ({program}); if pasting gives nothing, press v"
        ),
        None if model.clipboard.terminal => {
            format!("{what} too long for the clipboard of a terminal: {OTHERWISE}")
        }
        None => format!("No clipboard can be reached from this terminal: {OTHERWISE}"),
    };
    tell(model, handed, &said);
    Vec::new()
}

/// Says it, after what failed on the way.
fn tell(model: &mut Model, handed: &Handed, text: &str) {
    match &handed.failed {
        Some((program, reason)) if handed.taken.is_none() => update::tell(
            model,
            Mark::Warning,
            &format!("{program} failed ({reason}). {text}"),
        ),
        _ => update::tell(model, Mark::Done, text),
    }
}
