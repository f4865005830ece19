//! What is typed and not yet accepted: kept with the facts, so that nothing typed is lost whatever happens.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::plan::facts;
use crate::plan::facts::Facts;
use crate::plan::page::Form;
use crate::plan::page::PageId;
use crate::plan::walk;
use crate::tui::command::Command;
use crate::tui::model::Model;
use crate::tui::model::Setup;

/// Where drafts stand in the facts.
const DRAFTS: &str = "drafts";
/// The page that was open.
const OPEN: &str = "last_page";
/// Characters of all drafts together that are kept.
const LIMIT: usize = 200_000;

/// The name of a page in the saved setup.
pub fn word(id: &PageId) -> String {
    format!("{id:?}")
}

/// Puts the page that is open and what is typed on it into the facts. A private key is never put there.
pub fn keep(setup: &mut Setup) {
    let name = word(&setup.page.id);
    setup.facts.others.insert(OPEN.to_owned(), json!(name));
    if !setup.list.touched {
        return;
    }
    if holds_secret(setup) {
        forget(&mut setup.facts, &setup.page.id);
        return;
    }
    let draft = match &setup.page.form {
        Form::Type { .. } | Form::Paste { .. } => json!({ "text": setup.field.text() }),
        Form::Tick { .. } => json!({ "ticked": setup.list.ticked }),
        Form::Choose { options, .. } => match options.get(setup.list.cursor) {
            Some(option) => json!({ "chosen": option.id }),
            None => return,
        },
        Form::Nothing | Form::Record(_) => return,
    };
    let drafts = setup
        .facts
        .others
        .entry(DRAFTS)
        .or_insert_with(|| Value::Object(Map::new()));
    if !drafts.is_object() {
        *drafts = Value::Object(Map::new());
    }
    if let Value::Object(drafts) = drafts {
        let others: usize = drafts.values().map(|draft| draft.to_string().len()).sum();
        if others > LIMIT {
            drafts.clear();
        }
        drafts.insert(name, draft);
    }
}

/// Whether a private key stands in the field.
pub fn holds_secret(setup: &Setup) -> bool {
    matches!(setup.page.form, Form::Type { .. } | Form::Paste { .. })
        && facts::is_secret(setup.field.text())
}

/// Takes private keys out of the drafts. True where there was one.
pub fn purge(facts: &mut Facts) -> bool {
    let Some(Value::Object(drafts)) = facts.others.get_mut(DRAFTS) else {
        return false;
    };
    let before = drafts.len();
    drafts.retain(|_, draft| {
        !draft
            .get("text")
            .and_then(Value::as_str)
            .is_some_and(facts::is_secret)
    });
    let purged = drafts.len() < before;
    if drafts.is_empty() {
        facts.others.remove(DRAFTS);
    }
    purged
}

/// Takes the draft of a page out of the facts: its answer was accepted.
pub fn forget(facts: &mut Facts, id: &PageId) {
    if let Some(Value::Object(drafts)) = facts.others.get_mut(DRAFTS) {
        drafts.remove(&word(id));
        if drafts.is_empty() {
            facts.others.remove(DRAFTS);
        }
    }
}

/// Fills the page with its draft, where it has one.
pub fn restore(setup: &mut Setup) {
    let name = word(&setup.page.id);
    let Some(draft) = setup
        .facts
        .others
        .get(DRAFTS)
        .and_then(|drafts| drafts.get(&name))
        .cloned()
    else {
        return;
    };
    match &setup.page.form {
        Form::Type { .. } | Form::Paste { .. } => {
            if let Some(text) = draft.get("text").and_then(Value::as_str) {
                setup.field.clear();
                setup.field.insert(text);
                setup.list.touched = true;
            }
        }
        Form::Tick { options, .. } => {
            if let Some(ticked) = draft.get("ticked").and_then(Value::as_array) {
                let known = |id: &str| options.iter().any(|option| option.id == id);
                setup.list.ticked = ticked
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|id| known(id))
                    .map(str::to_owned)
                    .collect();
                setup.list.touched = true;
            }
        }
        Form::Choose { options, .. } => {
            let chosen = draft.get("chosen").and_then(Value::as_str);
            if let Some(at) = options
                .iter()
                .position(|option| Some(option.id.as_str()) == chosen)
            {
                setup.list.cursor = at;
                setup.list.touched = true;
            }
        }
        Form::Nothing | Form::Record(_) => {}
    }
}

/// The page that was open at the last save, where it still applies.
pub fn open_page(facts: &Facts) -> Option<PageId> {
    let name = facts.others.get(OPEN)?.as_str()?;
    walk::pages(facts).into_iter().find(|id| word(id) == name)
}

/// Saves now, drafts included. Nothing where nothing may be written.
pub fn save(model: &mut Model) -> Vec<Command> {
    model.unsaved = None;
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup.look_only.is_some() {
        return Vec::new();
    }
    keep(setup);
    vec![Command::Save {
        facts: Box::new(setup.facts.clone()),
    }]
}
