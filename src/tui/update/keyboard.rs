//! Keys and pasted text: which place they are for, and what typing does to a field.

use crate::plan::page::Mark;
use crate::tui::command::Command;
use crate::tui::field::Field;
use crate::tui::field::Fit;
use crate::tui::keys;
use crate::tui::keys::Action;
use crate::tui::keys::Context;
use crate::tui::keys::Key;
use crate::tui::model::Focus;
use crate::tui::model::Model;
use crate::tui::model::Overlay;
use crate::tui::model::Place;
use crate::tui::model::Setup;
use crate::tui::model::StartMode;
use crate::tui::update;
use crate::tui::update::answer;
use crate::tui::update::over;
use crate::tui::update::start;

/// A key was pressed.
pub fn press(model: &mut Model, key: Key) -> Vec<Command> {
    model.notice = None;
    let context = model.context();
    let Some(action) = keys::action(context, model.practice.is_some(), key) else {
        if let (Key::Char(character), true) = (key, types(context)) {
            let mut text = [0; 4];
            insert(model, character.encode_utf8(&mut text));
        }
        return Vec::new();
    };
    match action {
        Action::Leave => return update::leave(model),
        Action::Suspend => return vec![Command::Suspend],
        _ => {}
    }
    if model.outside {
        if matches!(action, Action::Accept | Action::Back) {
            model.outside = false;
            return vec![Command::Return];
        }
        return Vec::new();
    }
    if edit(model, action) {
        return Vec::new();
    }
    if model.overlay.is_some() {
        return over::act(model, action);
    }
    if action == Action::Help {
        model.overlay = Some(Overlay::Help {
            scroll: 0,
            over: None,
        });
        return Vec::new();
    }
    match model.place {
        Place::Start(_) => start::act(model, action),
        Place::Setup(_) => answer::act(model, action),
    }
}

/// Text from another window: typed where a field has the focus, and never carried out.
pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    model.notice = None;
    let mut context = model.context();
    if context == Context::Read
        && let Some(setup) = model.setup_mut()
        && matches!(
            setup.page.form,
            crate::plan::page::Form::Type { .. } | crate::plan::page::Form::Paste { .. }
        )
    {
        setup.focus = Focus::Field;
        context = Context::Field;
    }
    if types(context) {
        insert(model, text);
    } else if !text.is_empty() && !model.outside {
        update::tell(
            model,
            Mark::Warning,
            "Nothing can be pasted here. Go to a field first.",
        );
    }
    Vec::new()
}

fn types(context: Context) -> bool {
    matches!(
        context,
        Context::Field | Context::FilterField | Context::PanelField
    )
}

fn insert(model: &mut Model, text: &str) {
    let suggested = is_suggested(model);
    let Some(field) = field(model) else {
        return;
    };
    if suggested {
        field.clear();
    }
    if field.insert(text) == Fit::Cut {
        let limit = field.text().len();
        update::tell(
            model,
            Mark::Warning,
            &format!("The field is full ({limit} characters). The rest was left out."),
        );
    }
    changed(model);
}

/// What editing keys do to the field that has the focus. True where the key was for a field.
fn edit(model: &mut Model, action: Action) -> bool {
    if !types(model.context()) {
        return false;
    }
    let suggested = is_suggested(model);
    let Some(field) = field(model) else {
        return false;
    };
    match action {
        Action::EraseBack | Action::EraseAhead if suggested => field.clear(),
        Action::Left => field.left(),
        Action::Right => field.right(),
        Action::Top => field.home(),
        Action::Bottom => field.end(),
        Action::EraseBack => field.backspace(),
        Action::EraseAhead => field.delete(),
        Action::EraseAll => field.clear(),
        _ => return false,
    }
    if matches!(
        action,
        Action::EraseBack | Action::EraseAhead | Action::EraseAll
    ) {
        changed(model);
    } else if suggested && let Some(setup) = model.setup_mut() {
        // The suggestion was taken in hand: from now on it is the user's text.
        setup.list.touched = true;
    }
    true
}

/// Whether the page's field holds what the page put there: typing takes its place.
fn is_suggested(model: &Model) -> bool {
    model.overlay.is_none()
        && model.context() == Context::Field
        && model.setup().is_some_and(Setup::is_suggested)
}

/// The field that has the focus.
fn field(model: &mut Model) -> Option<&mut Field> {
    if let Some(Overlay::Panel(panel)) = &mut model.overlay {
        return panel.field();
    }
    match &mut model.place {
        Place::Start(start) => match &mut start.mode {
            StartMode::Typing { field, complaint } => {
                *complaint = None;
                Some(field)
            }
            _ => None,
        },
        Place::Setup(setup) => match &mut setup.list.filter {
            Some(filter) if filter.open => Some(&mut filter.field),
            _ => {
                setup.complaint = None;
                Some(&mut setup.field)
            }
        },
    }
}

/// Something was typed: a draft to save, or a filter that moves the cursor.
pub fn changed(model: &mut Model) {
    let now = model.now;
    let in_panel = model.overlay.is_some();
    let Some(setup) = model.setup_mut() else {
        return;
    };
    if in_panel {
        return;
    }
    if setup.context() == Context::FilterField {
        let visible = setup.visible();
        let typed = setup
            .list
            .filter
            .as_ref()
            .is_some_and(|filter| !filter.field.text().trim().is_empty());
        if typed || !visible.contains(&setup.list.cursor) {
            setup.list.cursor = visible.first().copied().unwrap_or(0);
        }
        return;
    }
    setup.list.touched = true;
    if setup.look_only.is_none() && model.unsaved.is_none() {
        model.unsaved = Some(now);
    }
}
