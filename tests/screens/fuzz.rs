//! Any keys at any size: nothing panics, and leaving always works.

use nobounce::plan::facts::Facts;
use nobounce::plan::page::Block;
use nobounce::plan::page::Form;
use nobounce::plan::page::Watch;
use nobounce::tui::command::Command;
use nobounce::tui::keys::Key;
use nobounce::tui::message::Console;
use nobounce::tui::message::Listing;
use nobounce::tui::message::Message;
use nobounce::tui::message::PanelView;
use nobounce::tui::message::Saved;
use nobounce::tui::model::Model;
use nobounce::tui::model::Practice;
use nobounce::tui::panel::Entry;
use nobounce::tui::update;
use proptest::prelude::ProptestConfig;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop;
use proptest::prop_oneof;
use proptest::proptest;

use crate::at;
use crate::fresh;
use crate::opened;
use crate::pages::card;
use crate::pages::choice;
use crate::pages::page;
use crate::press;
use crate::screen;
use crate::showing;
use crate::tell;
use crate::time;

fn practice() -> Practice {
    Practice {
        domain: "bakery.example".into(),
        fast: true,
        view: PanelView {
            entries: vec![Entry {
                record_type: "TXT".into(),
                name: "@".into(),
                value: "v=spf1 ?all".into(),
            }],
            console: vec![Console {
                sender: "google-workspace".into(),
                index: 0,
                text: "v=DKIM1; p=MIIB".into(),
            }],
        },
        sent: None,
    }
}

/// Every kind of screen.
fn screens() -> Vec<Model> {
    let mut models = Vec::new();
    for keys in ["", "<enter>", "j<enter>", "?"] {
        let mut model = fresh();
        tell(
            &mut model,
            Message::Listed(Listing {
                trouble: None,
                setups: vec![Saved {
                    domain: "shop.example".into(),
                    facts: Ok(Box::new(Facts::new("shop.example"))),
                }],
            }),
        );
        press(&mut model, keys);
        models.push(model);
    }
    let options = || {
        vec![
            choice("a", "A choice", "with a detail"),
            choice("b", "漢字", ""),
        ]
    };
    let text = || vec![Block::Text("Some words to read. ".repeat(20))];
    let forms = vec![
        Form::Nothing,
        Form::Choose {
            options: options(),
            selected: 1,
        },
        Form::Tick {
            options: options(),
            ticked: vec!["a".into()],
        },
        Form::Type {
            label: "Label".into(),
            value: String::new(),
            hint: "a hint".into(),
        },
        Form::Paste {
            label: "Label".into(),
            value: String::new(),
            hint: "a hint".into(),
        },
        Form::Record(Box::new(card(Watch::NotYet))),
    ];
    for form in forms {
        for keys in ["", "?", "g", "p", "/x"] {
            let mut model = showing(page(text(), form.clone()));
            model.practice = Some(practice());
            tell(&mut model, Message::Pasted("typed text ".repeat(50)));
            if model.context() == nobounce::tui::keys::Context::Field {
                press(&mut model, "<tab>");
            }
            press(&mut model, keys);
            models.push(model);
        }
    }
    models
}

#[test]
fn t1_every_screen_at_every_small_size() {
    for model in screens() {
        for width in 1..=40 {
            for height in 1..=20 {
                screen(&at(model.clone(), width, height));
            }
        }
        for (width, height) in [
            (60, 16),
            (61, 17),
            (79, 24),
            (80, 24),
            (119, 30),
            (120, 40),
            (300, 100),
        ] {
            screen(&at(model.clone(), width, height));
        }
    }
}

#[test]
fn t2_below_60x16_one_line_and_nothing_lost() {
    let mut model = fresh();
    press(&mut model, "j<enter>shop");
    let before = screen(&model);
    let mut small = at(model, 59, 24);
    insta::assert_snapshot!("too_small", screen(&at(small.clone(), 40, 4)));
    assert_eq!(press(&mut small, "x<enter><esc>"), []);
    assert_eq!(screen(&at(small.clone(), 80, 24)), before);
    assert_eq!(press(&mut small, "q").last(), Some(&Command::Quit));
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        6 => prop::sample::select("qcnvrueg/?hjkl psd abc1@.:".chars().collect::<Vec<_>>())
            .prop_map(Key::Char),
        1 => any::<char>().prop_map(Key::Char),
        8 => prop::sample::select(vec![
            Key::Enter, Key::Esc, Key::Tab, Key::BackTab, Key::Up, Key::Down, Key::Left,
            Key::Right, Key::Home, Key::End, Key::PageUp, Key::PageDown, Key::Backspace,
            Key::Delete, Key::F1, Key::Control('v'), Key::Control('u'), Key::Control('z'),
        ]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f11_any_keys_on_any_screen(
        which in 0_usize..64,
        keys in prop::collection::vec(key(), 0..60),
        width in 1_u16..130,
        height in 1_u16..45,
    ) {
        let models = screens();
        let model = models[which % models.len()].clone();
        let mut model = at(model, width, height);
        for key in keys {
            update::update(&mut model, Message::Pressed(key));
        }
        tell(&mut model, Message::Clock(time("2026-11-23T12:05:00Z")));
        screen(&model);
        assert_eq!(press(&mut model, "<c-c>").last(), Some(&Command::Quit));
    }

    #[test]
    fn f11_any_keys_on_the_real_pages(keys in prop::collection::vec(key(), 0..80)) {
        let (mut model, _) = opened(Facts::new("shop.example"));
        model.practice = Some(practice());
        for key in keys {
            update::update(&mut model, Message::Pressed(key));
            screen(&model);
        }
        assert_eq!(press(&mut model, "<c-c>").last(), Some(&Command::Quit));
    }
}
