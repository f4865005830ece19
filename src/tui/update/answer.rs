//! Keys on a page of a setup: moving, ticking, answering, going back.

use std::collections::BTreeSet;

use crate::plan::page::Answer;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::plan::page::PageId;
use crate::plan::page::Wish;
use crate::plan::seen;
use crate::plan::walk;
use crate::plan::wanted;
use crate::tui::command::Command;
use crate::tui::keys::Action;
use crate::tui::model::Focus;
use crate::tui::model::Model;
use crate::tui::model::Overlay;
use crate::tui::model::Scroll;
use crate::tui::model::Setup;
use crate::tui::model::StartMode;
use crate::tui::model::Undo;
use crate::tui::update;
use crate::tui::update::copying;
use crate::tui::update::draft;
use crate::tui::update::exporting;
use crate::tui::update::https;
use crate::tui::update::keyboard;
use crate::tui::update::moving;
use crate::tui::update::over;
use crate::tui::update::setup;
use crate::tui::update::start;
use crate::tui::update::watch;

/// Answers that `u` can take back.
const UNDO_LIMIT: usize = 50;

pub fn act(model: &mut Model, action: Action) -> Vec<Command> {
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    match action {
        Action::Up => moving::go(setup, -1),
        Action::Down => moving::go(setup, 1),
        Action::Top => moving::edge(setup, moving::Edge::First),
        Action::Bottom => moving::edge(setup, moving::Edge::Last),
        Action::ScrollUp | Action::ScrollDown => moving::scroll(setup, action),
        Action::NextField | Action::PreviousField => {
            setup.focus = match setup.focus {
                Focus::Field => Focus::Page,
                Focus::Page => Focus::Field,
            };
        }
        Action::Toggle => {
            setup.scroll = Scroll::Focus;
            moving::toggle(setup);
            keyboard::changed(model);
        }
        Action::Filter => moving::filter(setup),
        Action::Accept => return accept(model),
        Action::Back => return back(model),
        Action::CopyValue | Action::CopyName => return copying::copy(model, action),
        Action::ShowBare => {
            if let Form::Record(card) = &setup.page.form {
                let value = card.value.clone();
                model.outside = true;
                return vec![Command::ShowBare(value)];
            }
        }
        Action::LookNow => return look_now(model),
        Action::OverHttps => return https::turn_to(model),
        Action::TypedAt => {
            if let Form::Record(card) = &setup.page.form {
                let key = wanted::key(&card.record);
                return setup::turn(model, PageId::TypedAt { key });
            }
        }
        Action::Guide => model.overlay = Some(Overlay::Guide { scroll: 0 }),
        Action::Undo => return undo(model),
        Action::Export => exporting::offer(model),
        Action::Steps => {
            let here = setup.page.step;
            let cursor = setup
                .steps
                .iter()
                .position(|step| step.id == here)
                .unwrap_or(0);
            model.overlay = Some(Overlay::Steps { cursor });
        }
        Action::Panel => {
            over::open_panel(model);
            return vec![Command::ReadPanel];
        }
        Action::SkipWait => {
            update::tell(
                model,
                Mark::Done,
                "Pretend time goes on: old copies are gone.",
            );
            let mut commands = vec![Command::SkipWait];
            commands.extend(watch::soon(model));
            return commands;
        }
        Action::Insert => insert_console(model),
        _ => {}
    }
    Vec::new()
}

/// Enter: the answer to the page goes to the plan.
fn accept(model: &mut Model) -> Vec<Command> {
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if let Some(filter) = &mut setup.list.filter
        && filter.open
    {
        filter.open = false;
        return Vec::new();
    }
    if setup.look_only.is_some() {
        let pages = walk::pages(&setup.facts);
        let here = pages.iter().position(|page| *page == setup.page.id);
        return match here.and_then(|here| pages.get(here + 1)) {
            Some(next) => setup::turn(model, next.clone()),
            None => Vec::new(),
        };
    }
    if let Next::Closed(why) = &setup.page.next {
        setup.complaint = Some(why.clone());
        setup.scroll = Scroll::Focus;
        return Vec::new();
    }
    let Some(answer) = filled(setup) else {
        setup.complaint =
            Some("Nothing here fits the filter. Press / and change it, or Esc.".to_owned());
        return Vec::new();
    };
    if draft::holds_secret(setup) {
        return refuse_secret(model, answer);
    }
    let before = setup.facts.clone();
    let here = setup.page.id.clone();
    let reply = walk::reply(&mut setup.facts, &here, answer, &setup.live);
    if let Some(complaint) = reply.complaint {
        setup.complaint = Some(complaint);
        setup.scroll = Scroll::Focus;
        return Vec::new();
    }
    draft::forget(&mut setup.facts, &here);
    if setup.facts != before {
        if setup.undo.len() >= UNDO_LIMIT {
            setup.undo.remove(0);
        }
        setup.undo.push(Undo {
            facts: before,
            page: here.clone(),
        });
    }
    setup.list.touched = false;
    let mut commands = Vec::new();
    for wish in reply.wishes {
        commands.extend(wished(model, wish));
    }
    commands.extend(setup::turn(model, reply.page));
    commands.extend(setup::ask_mailbox(model));
    // The record of the facts is on disk before the key is made that belongs to them.
    let mut all = draft::save(model);
    all.extend(commands);
    all
}

/// A private key was typed or pasted: nothing of it stays, neither in the field nor on disk.
fn refuse_secret(model: &mut Model, answer: Answer) -> Vec<Command> {
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    let here = setup.page.id.clone();
    // Only what the plan says about it counts; the facts stay as they are.
    let said = walk::reply(&mut setup.facts.clone(), &here, answer, &setup.live).complaint;
    setup.complaint = Some(
        said.filter(|said| said.contains("private key"))
            .unwrap_or_else(|| {
                "STOP: this is a private key. It must never leave your server, and it was not kept here. If it was shown to anybody, make \
                 a new key. Paste the public half instead."
                    .to_owned()
            }),
    );
    setup.scroll = Scroll::Focus;
    setup.field.clear();
    setup.list.touched = false;
    draft::forget(&mut setup.facts, &here);
    draft::save(model)
}

/// The answer as it stands in the form. None: the filter hides every option.
fn filled(setup: &Setup) -> Option<Answer> {
    match &setup.page.form {
        Form::Nothing | Form::Record(_) => Some(Answer::Go),
        Form::Type { .. } | Form::Paste { .. } => {
            Some(Answer::Typed(setup.field.text().to_owned()))
        }
        Form::Tick { options, .. } => Some(Answer::Ticked(
            options
                .iter()
                .filter(|option| setup.list.ticked.contains(&option.id))
                .map(|option| option.id.clone())
                .collect(),
        )),
        Form::Choose { options, .. } => setup
            .visible()
            .contains(&setup.list.cursor)
            .then(|| options.get(setup.list.cursor))
            .flatten()
            .map(|option| Answer::Chosen(option.id.clone())),
    }
}

fn wished(model: &mut Model, wish: Wish) -> Vec<Command> {
    match wish {
        Wish::MakeKey {
            sender,
            selector,
            algorithm,
        } => {
            let Some(setup) = model.setup_mut() else {
                return Vec::new();
            };
            setup
                .live
                .making
                .insert(sender.clone(), selector.to_string());
            vec![Command::MakeKey {
                domain: setup.facts.domain.clone(),
                sender,
                selector,
                algorithm,
            }]
        }
        Wish::FilesForSigner {
            sender,
            signer,
            selectors,
        } => {
            let Some(setup) = model.setup_mut() else {
                return Vec::new();
            };
            vec![Command::FilesForSigner {
                facts: Box::new(setup.facts.clone()),
                sender,
                signer,
                selectors,
            }]
        }
        Wish::RetireKey { sender, selector } => {
            let Some(setup) = model.setup_mut() else {
                return Vec::new();
            };
            let key = setup
                .facts
                .dkim
                .get(&sender)
                .and_then(|choice| choice.keys.iter().find(|key| key.selector == selector))
                .cloned();
            key.map(|key| Command::RetireKey {
                domain: setup.facts.domain.clone(),
                sender,
                key,
            })
            .into_iter()
            .collect()
        }
        Wish::Survey => setup::survey(model),
        // Asked once more, even where it was asked before: the user may have mended it.
        Wish::AskMailbox(_) => {
            if let Some(setup) = model.setup_mut() {
                setup.mailbox = None;
            }
            setup::ask_mailbox(model)
        }
    }
}

/// Esc: the filter, then the page before, then the start screen.
fn back(model: &mut Model) -> Vec<Command> {
    let practice = model.practice.is_some();
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    if setup.list.filter.take().is_some() {
        return Vec::new();
    }
    let pages = walk::pages(&setup.facts);
    let mut to = None;
    while let Some(page) = setup.trail.pop() {
        if pages.contains(&page) && page != setup.page.id {
            to = Some(page);
            break;
        }
    }
    if let Some(page) = to.or_else(|| walk::before(&setup.facts, &setup.page.id)) {
        let trail = std::mem::take(&mut setup.trail);
        draft::keep(setup);
        let commands = setup::turn(model, page);
        if let Some(setup) = model.setup_mut() {
            setup.trail = trail;
        }
        let mut all = draft::save(model);
        all.extend(commands);
        return all;
    }
    if practice {
        update::tell(
            model,
            Mark::Now,
            "This is the first page. q leaves practice.",
        );
        return Vec::new();
    }
    let mut commands = draft::save(model);
    start::show(model, StartMode::Menu);
    commands.push(Command::Close);
    commands.push(Command::List);
    commands
}

fn look_now(model: &mut Model) -> Vec<Command> {
    let Some(setup) = model.setup() else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    if setup.look_only.is_some() {
        commands.push(Command::Open {
            domain: setup.facts.domain.clone(),
        });
    }
    if matches!(setup.page.form, Form::Record(_)) {
        commands.extend(watch::now(model));
        return commands;
    }
    commands.extend(setup::survey(model));
    commands.extend(watch::soon(model));
    commands
}

/// Takes back the last answer. What servers said, made keys and the journal stay: they happened.
fn undo(model: &mut Model) -> Vec<Command> {
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    let Some(undo) = setup.undo.pop() else {
        update::tell(model, Mark::Now, "Nothing to undo in this session.");
        return Vec::new();
    };
    let now = setup.live.now;
    let old = std::mem::replace(&mut setup.facts, undo.facts);
    setup.facts.survey = old.survey;
    setup.facts.seen = old.seen;
    setup.facts.journal = old.journal;
    setup.facts.latest_clock = old.latest_clock;
    setup.facts.others = old.others;
    for (sender, choice) in old.dkim {
        if choice.keys.is_empty() {
            continue;
        }
        let kept = setup.facts.dkim.entry(sender).or_default();
        for key in &mut kept.keys {
            if let Some(now) = choice.keys.iter().find(|now| now.selector == key.selector) {
                key.clone_from(now);
            }
        }
        let known: BTreeSet<String> = kept.keys.iter().map(|key| key.selector.clone()).collect();
        kept.keys.extend(
            choice
                .keys
                .into_iter()
                .filter(|key| !known.contains(&key.selector)),
        );
        // What became of keys happened as well: files were moved and written.
        kept.lives = choice.lives;
        kept.signer = choice.signer;
    }
    seen::note(
        &mut setup.facts,
        now,
        "took the last answer back".to_owned(),
    );
    let page = known(setup, undo.page);
    let mut commands = setup::turn(model, page);
    if let Some(setup) = model.setup_mut() {
        setup.trail.pop();
    }
    update::tell(model, Mark::Done, "The last answer was taken back.");
    commands.extend(draft::save(model));
    commands
}

fn known(setup: &Setup, page: PageId) -> PageId {
    if walk::pages(&setup.facts).contains(&page) {
        page
    } else {
        walk::resume(&setup.facts, &setup.live)
    }
}

/// Practice: types what the pretend console shows for this page.
fn insert_console(model: &mut Model) {
    let text = model.console_here().map(|console| console.text.clone());
    match (text, model.setup_mut()) {
        (Some(text), Some(setup)) => {
            setup.field.clear();
            setup.field.insert(&text);
            setup.complaint = None;
            keyboard::changed(model);
        }
        _ => update::tell(
            model,
            Mark::Now,
            "The pretend console shows nothing for this page.",
        ),
    }
}
