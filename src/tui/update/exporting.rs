//! The records of the setup as a file: which form, and the order to write it.

use crate::export::FORMATS;
use crate::plan::page::Mark;
use crate::plan::wanted;
use crate::tui::command::Command;
use crate::tui::keys::Action;
use crate::tui::model::Model;
use crate::tui::model::Overlay;
use crate::tui::update;

/// Shows the forms, where there is something to write and it may be written.
pub fn offer(model: &mut Model) {
    let Some(setup) = model.setup() else {
        return;
    };
    if setup.look_only.is_some() {
        let domain = setup.facts.domain.clone();
        update::tell(
            model,
            Mark::Warning,
            &format!("You can only look. `nobounce records {domain} --format zone` prints them."),
        );
    } else if wanted::wanted(&setup.facts).is_empty()
        && setup
            .facts
            .dkim
            .values()
            .all(|choice| choice.keys.is_empty())
    {
        update::tell(
            model,
            Mark::Now,
            "There is no record to publish yet. Go on; it comes with the next pages.",
        );
    } else {
        model.overlay = Some(Overlay::Formats { cursor: 0 });
    }
}

/// A key in the list of forms.
pub fn act(model: &mut Model, action: Action) -> Vec<Command> {
    let last = FORMATS.len() - 1;
    let Some(Overlay::Formats { cursor }) = &mut model.overlay else {
        return Vec::new();
    };
    match action {
        Action::Up => *cursor = cursor.saturating_sub(1),
        Action::Down => *cursor = (*cursor + 1).min(last),
        Action::Top | Action::ScrollUp => *cursor = 0,
        Action::Bottom | Action::ScrollDown => *cursor = last,
        Action::Back => model.overlay = None,
        Action::Accept => {
            let format = FORMATS.get(*cursor).map(|format| format.id);
            model.overlay = None;
            if let (Some(format), Some(setup)) = (format, model.setup()) {
                return vec![Command::Export {
                    facts: Box::new(setup.facts.clone()),
                    format,
                }];
            }
        }
        _ => {}
    }
    Vec::new()
}
