//! Keys in, screen out: the messages of the world are fed by hand, nothing is asked and nothing is kept.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod blocked;
mod cards;
mod copying;
mod explaining;
mod exporting;
mod fuzz;
mod keys_that_help;
mod own_keys;
mod pages;
mod practice;
mod senders;
mod setups;
mod start;
mod trouble;
mod typed_at;
mod watching;

use jiff::Timestamp;
use nobounce::audit::report::Report;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::Page;
use nobounce::plan::page::PageId;
use nobounce::tui::command::Command;
use nobounce::tui::keys::Key;
use nobounce::tui::message::Message;
use nobounce::tui::message::Opened;
use nobounce::tui::model::Look;
use nobounce::tui::model::Model;
use nobounce::tui::model::Place;
use nobounce::tui::model::StartMode;
use nobounce::tui::update;
use nobounce::tui::update::setup;
use nobounce::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const LOOK: Look = Look {
    color: true,
    unicode: true,
    links: false,
};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    time("2026-11-23T12:00:00Z")
}

/// The start screen at 80 x 24.
fn fresh() -> Model {
    Model::new(noon(), LOOK, (80, 24))
}

/// What a run of keys is: a line of names in angle brackets and characters, as `<down><enter>abc`.
fn keys(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some((name, after)) = rest
            .strip_prefix('<')
            .and_then(|inner| inner.split_once('>'))
        {
            keys.push(match name {
                "enter" => Key::Enter,
                "esc" => Key::Esc,
                "tab" => Key::Tab,
                "backtab" => Key::BackTab,
                "up" => Key::Up,
                "down" => Key::Down,
                "left" => Key::Left,
                "right" => Key::Right,
                "pgdn" => Key::PageDown,
                "pgup" => Key::PageUp,
                "home" => Key::Home,
                "end" => Key::End,
                "backspace" => Key::Backspace,
                "f1" => Key::F1,
                other => Key::Control(other.strip_prefix("c-").unwrap().chars().next().unwrap()),
            });
            rest = after;
        } else {
            keys.push(Key::Char(character));
            rest = &rest[character.len_utf8()..];
        }
    }
    keys
}

/// Presses keys; gives all commands.
fn press(model: &mut Model, text: &str) -> Vec<Command> {
    keys(text)
        .into_iter()
        .flat_map(|key| update::update(model, Message::Pressed(key)))
        .collect()
}

fn tell(model: &mut Model, message: Message) -> Vec<Command> {
    update::update(model, message)
}

/// The screen as text, without the blanks at the ends of lines.
fn screen(model: &Model) -> String {
    let mut terminal = Terminal::new(TestBackend::new(model.width, model.height)).unwrap();
    terminal.draw(|frame| view::draw(model, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for y in 0..model.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..model.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                line.push_str(symbol);
            }
            skip = unicode_width::UnicodeWidthStr::width(symbol)
                .max(1)
                .max(skip)
                - 1;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The page without the list of steps at its left.
fn column(model: &Model) -> String {
    screen(model)
        .lines()
        .map(|line| {
            let right: String = line.chars().skip(28).collect();
            format!("{}\n", right.trim_end())
        })
        .collect()
}

fn at(mut model: Model, width: u16, height: u16) -> Model {
    tell(&mut model, Message::Resized { width, height });
    model
}

/// A model with a setup open, by the way a user comes there.
fn opened(facts: Facts) -> (Model, Vec<Command>) {
    let mut model = fresh();
    let domain = facts.domain.clone();
    let first = update::begin(&mut model, update::Beginning::Domain(domain.clone()));
    assert_eq!(first, [Command::Open { domain }]);
    let commands = tell(
        &mut model,
        Message::Opened(Box::new(Opened {
            facts,
            look_only: None,
            lost_keys: Default::default(),
            folder: None,
        })),
    );
    (model, commands)
}

/// What a full look at `shop.example` found: mail at Google, an SPF record, no DMARC record.
fn report() -> Report {
    serde_json::from_value(serde_json::json!({
        "schema": 1, "domain": "shop.example", "input": "shop.example",
        "checked_at": "2026-11-23T12:00:00Z", "verdict": "error",
        "green": { "record_published": false, "policy_enabled": false, "spf_and_dkim": false },
        "zone": "shop.example",
        "nameservers": [
            { "name": "ada.ns.example", "addresses": ["192.0.2.1"], "answers": true, "serial": 7 },
            { "name": "bob.ns.example", "addresses": ["192.0.2.2"], "answers": true, "serial": 7 },
        ],
        "dns_host": null,
        "mx": {
            "hosts": [{ "preference": 1, "host": "aspmx.l.google.com" }], "null_mx": false,
            "provider": { "id": "google-workspace", "name": "Google Workspace" }, "state": "published",
        },
        "spf": {
            "state": "published", "record": "v=spf1 include:_spf.google.com ~all", "lookups": 1,
            "agreed": true, "complete": true,
            "void_lookups": 0, "all": "softfail", "tree": null,
        },
        "dkim": { "state": "missing", "selectors": [] },
        "dmarc": {
            "state": "missing", "record": null, "agreed": true, "found_at": null, "policy": null,
            "subdomain_policy": null, "nonexistent_policy": null, "testing": false,
            "organizational_domain": "shop.example", "rua": [],
        },
        "senders": [], "findings": [], "queries": 20, "rounds": 4, "elapsed_ms": 120,
    }))
    .unwrap()
}

/// A model that shows a page made by hand.
fn showing(page: Page) -> Model {
    let mut model = fresh();
    let live = Live {
        now: noon(),
        ..Live::default()
    };
    let mut made = setup::new(Facts::new("shop.example"), live, PageId::Domain, None);
    made.page = page;
    model.place = Place::Setup(Box::new(made));
    model
}

fn start_mode(model: &Model) -> &StartMode {
    match &model.place {
        Place::Start(start) => &start.mode,
        Place::Setup(_) => panic!("a setup is open"),
    }
}
