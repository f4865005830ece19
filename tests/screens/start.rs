//! The start screen: what brings you here, which domain, go on with.

use nobounce::plan::facts::Facts;
use nobounce::tui::command::Command;
use nobounce::tui::message::Listing;
use nobounce::tui::message::Message;
use nobounce::tui::message::Opened;
use nobounce::tui::message::Saved;
use nobounce::tui::message::Trouble;
use nobounce::tui::model::Look;
use nobounce::tui::model::StartMode;
use nobounce::tui::update;
use nobounce::tui::update::Beginning;

use crate::at;
use crate::fresh;
use crate::press;
use crate::screen;
use crate::start_mode;
use crate::tell;

fn trouble() -> Trouble {
    Trouble {
        reason: "the saved setup /d/bad.example/setup.json is damaged: a brace is missing".into(),
        remedy: "nothing was changed; put a backup in its place".into(),
    }
}

fn listing() -> Listing {
    Listing {
        trouble: None,
        setups: vec![
            Saved {
                domain: "bad.example".into(),
                facts: Err(trouble()),
            },
            Saved {
                domain: "shop.example".into(),
                facts: Ok(Box::new(Facts::new("shop.example"))),
            },
        ],
    }
}

#[test]
fn what_brings_you_here() {
    let mut model = fresh();
    assert_eq!(update::begin(&mut model, Beginning::Start), [Command::List]);
    insta::assert_snapshot!("start_empty", screen(&model));
    tell(&mut model, Message::Listed(listing()));
    insta::assert_snapshot!("start_listed", screen(&model));
    insta::assert_snapshot!("start_listed_120", screen(&at(model.clone(), 120, 40)));
    insta::assert_snapshot!("start_listed_60", screen(&at(model, 60, 16)));
}

#[test]
fn without_unicode_every_sign_is_ascii() {
    let mut model = fresh();
    model.look = Look {
        color: false,
        unicode: false,
        links: false,
    };
    tell(&mut model, Message::Listed(listing()));
    let drawn = screen(&model);
    assert!(drawn.is_ascii());
    insta::assert_snapshot!("start_ascii", drawn);
}

#[test]
fn a_saved_domain_opens_and_a_damaged_one_says_why() {
    let mut model = fresh();
    tell(&mut model, Message::Listed(listing()));
    let commands = press(&mut model, "<down><down><down><enter>");
    assert_eq!(commands, []);
    assert!(screen(&model).contains("is damaged"));
    let commands = press(&mut model, "<down><enter>");
    assert_eq!(
        commands,
        [Command::Open {
            domain: "shop.example".into()
        }]
    );
    assert_eq!(
        start_mode(&model),
        &StartMode::Opening("shop.example".into())
    );
}

#[test]
fn an_unwritable_folder_is_said_at_the_start() {
    let mut model = fresh();
    tell(
        &mut model,
        Message::Listed(Listing {
            trouble: Some(Trouble {
                reason: "the folder /data cannot be made: permission denied".into(),
                remedy: "name another with --data-dir DIR".into(),
            }),
            setups: Vec::new(),
        }),
    );
    insta::assert_snapshot!("start_unwritable", screen(&model));
}

#[test]
fn bouncing_is_no_dead_end() {
    let mut model = fresh();
    press(&mut model, "<enter>");
    insta::assert_snapshot!("start_bouncing", screen(&model));
    press(&mut model, "<enter>");
    assert!(screen(&model).contains("Which domain?"));
}

#[test]
fn a_domain_is_understood_the_way_people_type_it() {
    let typed = |text: &str| {
        let mut model = fresh();
        press(&mut model, "j<enter>");
        tell(&mut model, Message::Pasted(text.to_owned()));
        let commands = press(&mut model, "<enter>");
        (model, commands)
    };
    let (_, commands) = typed("our-shop.com");
    assert_eq!(
        commands,
        [Command::Open {
            domain: "our-shop.com".into()
        }]
    );
    let (mut model, commands) = typed("https://www.Shop.example/x?y=1");
    assert_eq!(commands, []);
    insta::assert_snapshot!("start_did_you_mean", screen(&model));
    assert_eq!(press(&mut model, "<enter>").len(), 1);
    let (model, commands) = typed("info@gmail.com");
    assert_eq!(commands, []);
    insta::assert_snapshot!("start_refused", screen(&model));
    for refused in ["co.uk", "192.0.2.7", "", "a b c", "localhost.."] {
        let (model, commands) = typed(refused);
        assert_eq!(commands, [], "{refused:?}");
        assert!(
            screen(&model).contains("✗") || screen(&model).contains("Did you mean"),
            "{refused:?}:\n{}",
            screen(&model)
        );
    }
}

#[test]
fn letters_type_where_a_field_is_and_q_leaves_elsewhere() {
    let mut model = fresh();
    press(&mut model, "j<enter>");
    assert_eq!(press(&mut model, "qu?/g"), []);
    assert!(screen(&model).contains("› qu?/g"));
    assert!(!model.leaving);
    assert_eq!(press(&mut model, "<c-c>"), [Command::Quit]);
    let mut model = fresh();
    assert_eq!(press(&mut model, "q"), [Command::Quit]);
}

#[test]
fn an_answer_that_comes_after_one_went_back_is_dropped() {
    let mut model = fresh();
    update::begin(&mut model, Beginning::Domain("shop.example".into()));
    tell(
        &mut model,
        Message::NotOpened {
            domain: "shop.example".into(),
            trouble: trouble(),
        },
    );
    assert!(screen(&model).contains("is damaged"));
    let late = Opened {
        facts: Facts::new("shop.example"),
        look_only: None,
        lost_keys: Default::default(),
        folder: None,
    };
    assert_eq!(tell(&mut model, Message::Opened(Box::new(late))), []);
    assert_eq!(start_mode(&model), &StartMode::Menu);
}
