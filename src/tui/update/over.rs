//! What stands over a page: help, the list of steps, the pretend panel.

use crate::plan::facts;
use crate::plan::facts::Facts;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::walk;
use crate::records::untrusted::Untrusted;
use crate::tui::command::Command;
use crate::tui::field::Field;
use crate::tui::keys::Action;
use crate::tui::message::PanelView;
use crate::tui::model::Model;
use crate::tui::model::Overlay;
use crate::tui::panel::Entry;
use crate::tui::panel::Panel;
use crate::tui::panel::Spot;
use crate::tui::update;
use crate::tui::update::draft;
use crate::tui::update::exporting;
use crate::tui::update::setup;
use crate::tui::update::watch;

pub fn act(model: &mut Model, action: Action) -> Vec<Command> {
    match &mut model.overlay {
        Some(Overlay::Help { scroll, over }) => {
            match action {
                Action::ScrollUp => *scroll = scroll.saturating_sub(4),
                Action::ScrollDown => *scroll = (*scroll + 4).min(1_000),
                Action::Top => *scroll = 0,
                Action::Accept | Action::Back => {
                    model.overlay = over.take().map(|panel| Overlay::Panel(*panel));
                }
                _ => {}
            }
            Vec::new()
        }
        Some(Overlay::Guide { scroll }) => {
            match action {
                Action::ScrollUp => *scroll = scroll.saturating_sub(4),
                Action::ScrollDown => *scroll = (*scroll + 4).min(1_000),
                Action::Top => *scroll = 0,
                Action::Accept | Action::Back => model.overlay = None,
                _ => {}
            }
            Vec::new()
        }
        Some(Overlay::Steps { .. }) => steps(model, action),
        Some(Overlay::Formats { .. }) => exporting::act(model, action),
        Some(Overlay::Panel(_)) => panel(model, action),
        None => Vec::new(),
    }
}

fn steps(model: &mut Model, action: Action) -> Vec<Command> {
    let Some(setup) = model.setup() else {
        return Vec::new();
    };
    let count = setup.steps.len();
    let Some(Overlay::Steps { cursor }) = &mut model.overlay else {
        return Vec::new();
    };
    match action {
        Action::Up => *cursor = cursor.saturating_sub(1),
        Action::Down => *cursor = (*cursor + 1).min(count.saturating_sub(1)),
        Action::Top | Action::ScrollUp => *cursor = 0,
        Action::Bottom | Action::ScrollDown => *cursor = count.saturating_sub(1),
        Action::Back => model.overlay = None,
        Action::Accept => {
            let cursor = *cursor;
            let to = model.setup().and_then(|setup| {
                let step = setup.steps.get(cursor)?.id;
                walk::pages(&setup.facts)
                    .into_iter()
                    .find(|page| walk::step_of(page) == step)
            });
            model.overlay = None;
            match to {
                Some(page) => {
                    if let Some(setup) = model.setup_mut() {
                        draft::keep(setup);
                    }
                    let commands = setup::turn(model, page);
                    let mut all = draft::save(model);
                    all.extend(commands);
                    return all;
                }
                None => update::tell(
                    model,
                    Mark::Later,
                    "This step has no page yet: an earlier one comes first.",
                ),
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Opens the pretend panel. Where the page's record replaces one that is there, the cursor stands on that one.
pub fn open_panel(model: &mut Model) {
    let mut panel = Panel::new("TXT");
    if let Some(Form::Record(card)) = model.setup().map(|setup| &setup.page.form) {
        let record_type = card.record.content.record_type().as_str();
        panel.record_type = Field::line(record_type);
        let entries = model
            .practice
            .as_ref()
            .map_or(&[] as &[_], |practice| &practice.view.entries);
        let old = card.replaces.as_ref().and_then(|old| {
            entries.iter().position(|entry| {
                entry.record_type == record_type
                    && Untrusted::from(entry.value.as_str()).shown().as_str() == old
            })
        });
        if let Some(at) = old {
            panel.entry = at;
            panel.spot = Spot::Entries;
        }
    }
    model.overlay = Some(Overlay::Panel(panel));
}

fn panel(model: &mut Model, action: Action) -> Vec<Command> {
    let entries = model
        .practice
        .as_ref()
        .map_or(0, |practice| practice.view.entries.len());
    let Some(Overlay::Panel(panel)) = &mut model.overlay else {
        return Vec::new();
    };
    let removing = panel.removing.take();
    match action {
        Action::Help => {
            let over = Some(Box::new(panel.clone()));
            model.overlay = Some(Overlay::Help { scroll: 0, over });
        }
        Action::NextField => panel.next(),
        Action::PreviousField => panel.previous(),
        Action::Down if panel.spot == Spot::Entries => {
            panel.entry = (panel.entry + 1).min(entries.saturating_sub(1));
        }
        Action::Up if panel.spot == Spot::Entries && panel.entry > 0 => panel.entry -= 1,
        Action::Down => panel.next(),
        Action::Up => panel.previous(),
        Action::Toggle => panel.cut = !panel.cut,
        Action::Insert => {
            let copied = match panel.spot {
                Spot::Name => model.copied.name.clone(),
                Spot::Value => model.copied.value.clone(),
                _ => None,
            };
            let editing = panel.editing.is_some();
            match (copied, panel.field()) {
                (Some(text), Some(field)) => {
                    if editing {
                        field.clear();
                    }
                    field.insert(&text);
                }
                _ => update::tell(
                    model,
                    Mark::Now,
                    "Nothing was copied for this field yet: n copies the name, c the value.",
                ),
            }
        }
        Action::Remove if entries > 0 => {
            let at = panel.entry;
            if removing == Some(at) {
                return vec![Command::PanelRemove { at }];
            }
            panel.removing = Some(at);
            update::tell(model, Mark::Warning, "Press d again to delete this record.");
        }
        Action::Accept if panel.spot == Spot::Entries => {
            let at = panel.entry;
            let entry = model
                .practice
                .as_ref()
                .and_then(|practice| practice.view.entries.get(at));
            if let Some(entry) = entry {
                panel.edit(at, entry);
            }
        }
        Action::Accept => return save_entry(model),
        Action::Back => model.overlay = None,
        _ => {}
    }
    Vec::new()
}

fn save_entry(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::Panel(panel)) = &mut model.overlay else {
        return Vec::new();
    };
    let entry = panel.filled();
    if entry.value.trim().is_empty() {
        panel.spot = Spot::Value;
        update::tell(
            model,
            Mark::Warning,
            "The pretend panel wants a value here.",
        );
        return Vec::new();
    }
    let (at, cut) = (panel.editing, panel.cut);
    let sent = panel.clone();
    if let Some(practice) = &mut model.practice {
        practice.sent = Some(sent);
    }
    model.overlay = None;
    update::tell(
        model,
        Mark::Done,
        "The pretend panel took the record; it spreads now.",
    );
    vec![Command::PanelSave { at, entry, cut }]
}

/// Where the panel's entries stand in the facts, so that the pretend world goes on where it was left.
const KEPT: &str = "practice_panel";

/// The panel's entries changed: they are kept, and the page's record is looked at.
pub fn panel_changed(model: &mut Model, view: PanelView) -> Vec<Command> {
    let entries = view.entries.len();
    if let Some(Overlay::Panel(Panel { entry, .. })) = &mut model.overlay {
        *entry = (*entry).min(entries.saturating_sub(1));
    }
    let rows: Vec<serde_json::Value> = view
        .entries
        .iter()
        .filter(|entry| !facts::is_secret(&entry.value))
        .map(|entry| serde_json::json!([entry.record_type, entry.name, entry.value]))
        .collect();
    let Some(practice) = &mut model.practice else {
        return Vec::new();
    };
    let changed = practice.view.entries != view.entries;
    practice.view = view;
    if changed {
        practice.sent = None;
    }
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    if changed {
        setup
            .facts
            .others
            .insert(KEPT.to_owned(), serde_json::Value::Array(rows));
        commands.extend(draft::save(model));
        commands.extend(watch::now(model));
    }
    commands
}

/// The panel did not take an entry: the form is back as it was typed.
pub fn panel_refused(model: &mut Model) {
    let sent = model
        .practice
        .as_mut()
        .and_then(|practice| practice.sent.take());
    if let (Some(panel), None) = (sent, &model.overlay) {
        model.overlay = Some(Overlay::Panel(panel));
    }
}

/// The panel's entries as they were left.
pub fn kept_panel(facts: &Facts) -> Option<Vec<Entry>> {
    let rows = facts.others.get(KEPT)?.as_array()?;
    let text = |row: &serde_json::Value, at: usize| {
        row.get(at)
            .and_then(|text| text.as_str())
            .map(str::to_owned)
    };
    Some(
        rows.iter()
            .filter_map(|row| {
                Some(Entry {
                    record_type: text(row, 0)?,
                    name: text(row, 1)?,
                    value: text(row, 2)?,
                })
            })
            .collect(),
    )
}
