//! An open setup: going to a page, taking in what the world said, keeping the page up to date.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::audit::report::Report;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::facts::MadeKey;
use crate::plan::ladder;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::walk;
use crate::records::dkim::Selector;
use crate::records::sighting::Sighting;
use crate::tui::command::Command;
use crate::tui::field::Field;
use crate::tui::field::Shape;
use crate::tui::message::Opened;
use crate::tui::message::Trouble;
use crate::tui::model::Focus;
use crate::tui::model::List;
use crate::tui::model::Model;
use crate::tui::model::Place;
use crate::tui::model::Scroll;
use crate::tui::model::Setup;
use crate::tui::model::StartMode;
use crate::tui::model::Surveying;
use crate::tui::update;
use crate::tui::update::draft;
use crate::tui::update::https;
use crate::tui::update::over;
use crate::tui::update::watch;

/// Pages that Esc remembers.
const TRAIL: usize = 100;

/// A setup was opened: on to the page where it was left, and everything is looked at again.
pub fn opened(model: &mut Model, opened: Opened) -> Vec<Command> {
    match &model.place {
        Place::Start(start) if matches!(&start.mode, StartMode::Opening(_)) => {}
        Place::Start(_) => return Vec::new(),
        Place::Setup(_) => return opened_again(model, opened),
    }
    let live = Live {
        now: model.now,
        practice: model.practice.is_some(),
        lost_keys: opened.lost_keys,
        folder: opened.folder,
        ..Live::default()
    };
    let mut facts = opened.facts;
    let purged = draft::purge(&mut facts);
    let page = draft::open_page(&facts).unwrap_or_else(|| walk::resume(&facts, &live));
    let kept = over::kept_panel(&facts);
    model.overlay = None;
    model.place = Place::Setup(Box::new(new(facts, live, page, opened.look_only)));
    let mut commands = if purged {
        draft::save(model)
    } else {
        Vec::new()
    };
    if model.practice.is_some() {
        // The pretend world goes on where it was left, before anything is looked at.
        commands.extend(kept.map(|entries| Command::PanelRestore { entries }));
        commands.push(Command::ReadPanel);
    }
    commands.extend(survey(model));
    commands.extend(watch::soon(model));
    commands.extend(ask_mailbox(model));
    commands
}

/// A setup that could only be looked at was tried again: it is shown as it is on disk now, and where it is free it can be changed.
fn opened_again(model: &mut Model, opened: Opened) -> Vec<Command> {
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup.look_only.is_none() || setup.facts.domain != opened.facts.domain {
        return Vec::new();
    }
    setup.facts = opened.facts;
    let purged = draft::purge(&mut setup.facts);
    setup.look_only = opened.look_only;
    setup.live.lost_keys = opened.lost_keys;
    setup.live.folder = opened.folder;
    setup.live.surveyed = false;
    setup.undo.clear();
    let here = setup.page.id.clone();
    let page = if walk::pages(&setup.facts).contains(&here) {
        here
    } else {
        walk::resume(&setup.facts, &setup.live)
    };
    let still = setup.look_only.is_some();
    let mut commands = turn(model, page);
    if still {
        update::tell(
            model,
            Mark::Warning,
            "Tried again. You can still only look.",
        );
        return commands;
    }
    update::tell(
        model,
        Mark::Done,
        "The setup is free: what you answer from now on is saved.",
    );
    if purged {
        commands.extend(draft::save(model));
    }
    commands.extend(ask_mailbox(model));
    commands
}

/// A setup with the page `id` open.
pub fn new(facts: Facts, live: Live, id: PageId, look_only: Option<Trouble>) -> Setup {
    let page = closed(walk::page(&id, &facts, &live), &facts, &live);
    let mut setup = Setup {
        steps: ladder::steps(&facts, &live),
        facts,
        live,
        list: List::default(),
        field: Field::line(""),
        focus: Focus::Field,
        complaint: None,
        scroll: Scroll::From(0),
        undo: Vec::new(),
        look_only,
        watched: BTreeMap::new(),
        survey: None,
        mailbox: None,
        trail: Vec::new(),
        page,
    };
    fill(&mut setup);
    draft::restore(&mut setup);
    setup
}

/// Goes to a page.
pub fn turn(model: &mut Model, id: PageId) -> Vec<Command> {
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup.page.id != id {
        if setup.trail.len() >= TRAIL {
            setup.trail.remove(0);
        }
        setup.trail.push(setup.page.id.clone());
    }
    setup.page = page(setup, &id);
    setup.steps = ladder::steps(&setup.facts, &setup.live);
    setup.list = List::default();
    setup.focus = Focus::Field;
    setup.complaint = None;
    setup.scroll = Scroll::From(0);
    fill(setup);
    draft::restore(setup);
    watch::soon(model)
}

/// The page as the facts and a survey under way make it. A record is never made from what is known by half.
fn page(setup: &mut Setup, id: &PageId) -> Page {
    let page = made(setup, id);
    closed(page, &setup.facts, &setup.live)
}

fn made(setup: &mut Setup, id: &PageId) -> Page {
    let known = setup
        .survey
        .as_ref()
        .and_then(|survey| survey.known.as_ref());
    if let Some(known) = known {
        let mut facts = setup.facts.clone();
        facts.survey = Some(known.as_ref().clone());
        let page = walk::page(id, &facts, &setup.live);
        if !matches!(page.form, Form::Record(_)) {
            return page;
        }
    }
    let page = walk::page(id, &setup.facts, &setup.live);
    if let Form::Record(card) = &page.form
        && watch::forget_other(setup, &card.record)
    {
        return walk::page(id, &setup.facts, &setup.live);
    }
    page
}

/// The page without its record where that is of a key whose private half is gone.
fn closed(mut page: Page, facts: &Facts, live: &Live) -> Page {
    let Form::Record(card) = &page.form else {
        return page;
    };
    let record = card.record.content.to_string();
    let lost = facts
        .dkim
        .values()
        .flat_map(|choice| &choice.keys)
        .any(|key| key.record == record && live.lost_keys.contains(&key.selector));
    if lost {
        let text = format!(
            "The private half of the key {} is not on this disk as it was. Its record is not shown: mail could not be signed with it. \
             Put the file back from a copy, or make a new key under another name (selector).",
            card.full_name
        );
        page.blocks = vec![Block::Text(text)];
        page.form = Form::Nothing;
    }
    page
}

/// Puts the page's own answers into the form.
fn fill(setup: &mut Setup) {
    match &setup.page.form {
        Form::Choose { selected, options } => {
            setup.list.cursor = (*selected).min(options.len().saturating_sub(1));
        }
        Form::Tick { ticked, .. } => setup.list.ticked = ticked.iter().cloned().collect(),
        Form::Type { value, .. } => setup.field = Field::new(Shape::OneLine, value),
        Form::Paste { value, .. } => setup.field = Field::new(Shape::ManyLines, value),
        Form::Nothing | Form::Record(_) => {}
    }
}

/// Makes the page again after something changed in the world. What the user typed, ticked or points at stays.
pub fn refresh(setup: &mut Setup) {
    let before = options(&setup.page.form)
        .get(setup.list.cursor)
        .map(|id| (*id).to_owned());
    let kind = std::mem::discriminant(&setup.page.form);
    let id = setup.page.id.clone();
    setup.page = page(setup, &id);
    setup.steps = ladder::steps(&setup.facts, &setup.live);
    if std::mem::discriminant(&setup.page.form) != kind {
        setup.list = List::default();
        fill(setup);
        return;
    }
    if !setup.list.touched {
        let cursor = setup.list.cursor;
        fill(setup);
        if matches!(setup.page.form, Form::Tick { .. }) {
            setup.list.cursor = cursor;
        }
    }
    let now = options(&setup.page.form);
    let moved = before.and_then(|before| now.iter().position(|id| *id == before));
    let count = now.len();
    match (moved, &setup.page.form) {
        (Some(at), Form::Tick { .. }) => setup.list.cursor = at,
        (Some(at), Form::Choose { .. }) if setup.list.touched => setup.list.cursor = at,
        _ => setup.list.cursor = setup.list.cursor.min(count.saturating_sub(1)),
    }
    if let Form::Tick { options, .. } = &setup.page.form {
        let known: BTreeSet<&String> = options.iter().map(|option| &option.id).collect();
        setup.list.ticked.retain(|id| known.contains(id));
    }
}

fn options(form: &Form) -> Vec<&str> {
    match form {
        Form::Choose { options, .. } | Form::Tick { options, .. } => {
            options.iter().map(|option| option.id.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

/// Starts a full look, unless one is under way.
pub fn survey(model: &mut Model) -> Vec<Command> {
    let ticket = model.ticket();
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup.survey.is_some() {
        return Vec::new();
    }
    setup.live.surveying = true;
    setup.survey = Some(Surveying {
        ticket,
        known: None,
    });
    refresh(setup);
    vec![Command::Survey {
        ticket,
        domain: setup.facts.domain.clone(),
        selectors: selectors(&setup.facts),
    }]
}

/// The selectors of keys made here and of records that were collected.
fn selectors(facts: &Facts) -> Vec<Selector> {
    let mut texts = BTreeSet::new();
    for choice in facts.dkim.values() {
        texts.extend(choice.keys.iter().map(|key| key.selector.as_str()));
        texts.extend(
            choice
                .records
                .iter()
                .filter_map(|record| record.host.strip_suffix("._domainkey")),
        );
    }
    texts
        .into_iter()
        .filter_map(|text| text.parse().ok())
        .collect()
}

pub fn survey_grew(model: &mut Model, ticket: u64, report: Box<Report>) -> Vec<Command> {
    if let Some(setup) = model.setup_mut()
        && let Some(survey) = &mut setup.survey
        && survey.ticket == ticket
    {
        survey.known = Some(report);
        refresh(setup);
    }
    Vec::new()
}

pub fn surveyed(model: &mut Model, ticket: u64, report: Report) -> Vec<Command> {
    let now = model.now;
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup
        .survey
        .as_ref()
        .is_none_or(|survey| survey.ticket != ticket)
    {
        return Vec::new();
    }
    setup.survey = None;
    setup.live.surveying = false;
    https::note(model, &report);
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    let kept = seen::surveyed(&mut setup.facts, report, now);
    if kept {
        setup.live.surveyed = true;
    }
    let shown = setup.facts.survey.as_ref().map(|survey| survey.checked_at);
    refresh(setup);
    if let (false, Some(shown)) = (kept, shown) {
        update::tell(
            model,
            Mark::Unknown,
            &format!(
                "could not look again. What is shown was seen {}. r tries again.",
                seen::ago(now, shown)
            ),
        );
    }
    let mut commands = draft::save(model);
    commands.extend(watch::soon(model));
    commands
}

/// Asks whether the domain of the report address takes mail, where that is a question not asked yet.
pub fn ask_mailbox(model: &mut Model) -> Vec<Command> {
    let next = model.tickets + 1;
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    let Some(question) = seen::mailbox_question(&setup.facts) else {
        setup.mailbox = None;
        return Vec::new();
    };
    if setup
        .mailbox
        .as_ref()
        .is_some_and(|(_, asked)| *asked == question)
    {
        return Vec::new();
    }
    setup.mailbox = Some((next, question.clone()));
    vec![Command::Ask {
        ticket: model.ticket(),
        question,
    }]
}

pub fn asked(model: &mut Model, ticket: u64, sightings: &[Sighting]) -> Vec<Command> {
    let now = model.now;
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup
        .mailbox
        .as_ref()
        .is_none_or(|(asked, _)| *asked != ticket)
    {
        return Vec::new();
    }
    seen::mailbox_looked(&mut setup.facts, sightings, now);
    refresh(setup);
    draft::save(model)
}

/// A key pair is on disk, or could not be made.
pub fn key_made(
    model: &mut Model,
    domain: &str,
    sender: &str,
    made: Result<MadeKey, Trouble>,
) -> Vec<Command> {
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup.facts.domain != domain {
        return Vec::new();
    }
    setup.live.making.remove(sender);
    match made {
        Ok(key) => {
            seen::key_made(&mut setup.facts, sender, key);
            refresh(setup);
            let mut commands = draft::save(model);
            commands.extend(watch::soon(model));
            commands
        }
        Err(trouble) => {
            refresh(setup);
            update::tell(
                model,
                Mark::Wrong,
                &format!("no key was made: {}. {}", trouble.reason, trouble.remedy),
            );
            Vec::new()
        }
    }
}
