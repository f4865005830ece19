//! Practice: the pretend panel, the pretend console, the time that can be skipped.

use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Watch;
use nobounce::tui::command::Command;
use nobounce::tui::field::Field;
use nobounce::tui::field::Shape;
use nobounce::tui::message::Console;
use nobounce::tui::message::Message;
use nobounce::tui::message::PanelView;
use nobounce::tui::message::Pretend;
use nobounce::tui::message::Trouble;
use nobounce::tui::model::Model;
use nobounce::tui::model::Practice;
use nobounce::tui::panel::Entry;
use nobounce::tui::update;
use nobounce::tui::update::Beginning;

use crate::fresh;
use crate::pages::card;
use crate::pages::page;
use crate::press;
use crate::screen;
use crate::showing;
use crate::start_mode;
use crate::tell;

fn entry(record_type: &str, name: &str, value: &str) -> Entry {
    Entry {
        record_type: record_type.into(),
        name: name.into(),
        value: value.into(),
    }
}

fn view() -> PanelView {
    PanelView {
        entries: vec![
            entry("MX", "@", "1 aspmx.l.google.com"),
            entry("TXT", "@", "v=spf1 include:_spf.google.com ?all"),
        ],
        console: vec![Console {
            sender: "google-workspace".into(),
            index: 0,
            text: "v=DKIM1; k=rsa; p=MIIB".into(),
        }],
    }
}

fn practicing(mut model: Model) -> Model {
    model.practice = Some(Practice {
        domain: "shop.example".into(),
        fast: true,
        view: view(),
        sent: None,
    });
    model
}

fn on_a_record() -> Model {
    practicing(showing(page(
        Vec::new(),
        Form::Record(Box::new(card(Watch::NotYet))),
    )))
}

#[test]
fn a_record_is_put_into_the_panel() {
    let mut model = on_a_record();
    press(&mut model, "nc");
    assert_eq!(press(&mut model, "p"), [Command::ReadPanel]);
    press(&mut model, "<c-v><tab><c-v><tab> ");
    insta::assert_snapshot!("practice_panel", screen(&model));
    let commands = press(&mut model, "<enter>");
    let card = card(Watch::NotYet);
    assert_eq!(
        commands,
        [Command::PanelSave {
            at: None,
            entry: entry("TXT", &card.name, &card.value),
            cut: true,
        }]
    );
    assert!(model.overlay.is_none());
}

#[test]
fn a_record_in_the_panel_is_changed_or_taken_out() {
    let mut model = on_a_record();
    press(&mut model, "c");
    press(&mut model, "p<backtab><backtab>");
    // The first d only asks; any other key takes the question back.
    assert_eq!(press(&mut model, "<down>d"), []);
    assert!(screen(&model).contains("ress d again to delete"));
    assert_eq!(press(&mut model, "<up><down>d"), []);
    let commands = press(&mut model, "d");
    assert_eq!(commands, [Command::PanelRemove { at: 1 }]);
    press(&mut model, "<enter><c-v>");
    let commands = press(&mut model, "<enter>");
    assert_eq!(
        commands,
        [Command::PanelSave {
            at: Some(1),
            entry: entry("TXT", "@", &card(Watch::NotYet).value),
            cut: false,
        }]
    );
}

#[test]
fn the_panel_has_its_own_help_and_loses_nothing_by_it() {
    let mut model = on_a_record();
    press(&mut model, "p<tab>half typed<f1>");
    let drawn = screen(&model);
    assert!(drawn.contains("Keys of this page"), "{drawn}");
    assert!(drawn.contains("save the record"), "{drawn}");
    press(&mut model, "<esc>");
    assert!(screen(&model).contains("half typed"));
    press(&mut model, " more");
    assert!(screen(&model).contains("half typed more"));
}

#[test]
fn letters_are_text_in_the_panel_and_a_paste_is_never_carried_out() {
    let mut model = on_a_record();
    press(&mut model, "pqs");
    assert_eq!(
        tell(&mut model, Message::Pasted("one\r\ntwo\r\n".into())),
        []
    );
    assert!(screen(&model).contains("qsone two"));
    assert!(model.overlay.is_some());
}

#[test]
fn what_the_panel_refuses_is_said_and_stays_typed() {
    let mut model = on_a_record();
    press(&mut model, "p<tab>no such<enter>");
    assert!(model.overlay.is_none());
    tell(
        &mut model,
        Message::Panel(Err(Trouble {
            reason: "a CNAME cannot stand beside other records".into(),
            remedy: "Press p and mend it.".into(),
        })),
    );
    let drawn = screen(&model);
    assert!(drawn.contains("not taken: a CNAME cannot stand"));
    assert!(drawn.contains("no such"));
}

#[test]
fn the_console_is_shown_where_it_is_asked_for() {
    let mut asked = page(
        Vec::new(),
        Form::Paste {
            label: "Name and value".into(),
            value: String::new(),
            hint: String::new(),
        },
    );
    asked.id = PageId::DkimCollect {
        sender: "google-workspace".into(),
        index: 0,
    };
    let mut model = practicing(showing(asked));
    model.setup_mut().unwrap().field = Field::new(Shape::ManyLines, "");
    insta::assert_snapshot!("practice_console", screen(&model));
    press(&mut model, "<c-v>");
    assert_eq!(
        model.setup().unwrap().field.text(),
        "v=DKIM1; k=rsa; p=MIIB"
    );
    model.practice = None;
    press(&mut model, "<c-u><c-v>");
    assert!(model.setup().unwrap().field.is_empty());
}

#[test]
fn time_is_skipped_only_in_practice() {
    let mut model = on_a_record();
    assert_eq!(press(&mut model, "s").first(), Some(&Command::SkipWait));
    model.practice = None;
    assert_eq!(press(&mut model, "s"), []);
    assert_eq!(press(&mut model, "p"), []);
}

#[test]
fn practice_begins_and_goes_on_with_the_panel_as_it_was_left() {
    let mut model = fresh();
    assert_eq!(
        update::begin(&mut model, Beginning::Practice { fast: true }),
        [Command::Practice { fast: true }]
    );
    let commands = tell(
        &mut model,
        Message::Practicing(Ok(Pretend {
            domain: "shop.example".into(),
            fast: true,
        })),
    );
    assert_eq!(
        commands,
        [Command::Open {
            domain: "shop.example".into()
        }]
    );
    let facts = nobounce::plan::facts::Facts::new("shop.example");
    let opened = |facts| {
        Message::Opened(Box::new(nobounce::tui::message::Opened {
            facts,
            look_only: None,
            lost_keys: Default::default(),
            folder: None,
        }))
    };
    tell(&mut model, opened(facts));
    let commands = tell(&mut model, Message::Panel(Ok(view())));
    let Some(Command::Save { facts }) = commands.first() else {
        panic!("{commands:?}");
    };
    // The next start.
    let mut model = fresh();
    update::begin(&mut model, Beginning::Practice { fast: true });
    tell(
        &mut model,
        Message::Practicing(Ok(Pretend {
            domain: "shop.example".into(),
            fast: true,
        })),
    );
    let commands = tell(&mut model, opened(facts.as_ref().clone()));
    assert_eq!(
        commands.first(),
        Some(&Command::PanelRestore {
            entries: view().entries
        })
    );
}

#[test]
fn practice_that_cannot_start_says_why() {
    let mut model = fresh();
    update::begin(&mut model, Beginning::Practice { fast: false });
    let commands = tell(
        &mut model,
        Message::Practicing(Err(Trouble {
            reason: "its name servers did not start".into(),
            remedy: "Practice needs the loopback network of this computer.".into(),
        })),
    );
    assert_eq!(commands, [Command::List]);
    assert!(screen(&model).contains("practice cannot start here"));
    assert_eq!(start_mode(&model), &nobounce::tui::model::StartMode::Menu);
}
