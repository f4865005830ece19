//! An open setup: what is saved when, what is kept, what can be taken back, what a second nobounce may do.

use nobounce::plan::facts::Facts;
use nobounce::plan::facts::MadeKey;
use nobounce::plan::page::PageId;
use nobounce::tui::command::Command;
use nobounce::tui::message::Exported;
use nobounce::tui::message::Message;
use nobounce::tui::message::Opened;
use nobounce::tui::message::Trouble;
use nobounce::tui::model::Model;
use nobounce::tui::update;

use crate::fresh;
use crate::noon;
use crate::opened;
use crate::press;
use crate::report;
use crate::screen;
use crate::tell;
use crate::time;

fn saved(commands: &[Command]) -> Option<&Facts> {
    commands.iter().rev().find_map(|command| match command {
        Command::Save { facts } => Some(facts.as_ref()),
        _ => None,
    })
}

fn page(model: &Model) -> PageId {
    model.setup().unwrap().page.id.clone()
}

/// Goes to the page where the report address is typed.
fn at_the_address() -> Model {
    let mut facts = Facts::new("shop.example");
    facts.senders.confirmed = true;
    facts.senders.habits_confirmed = true;
    facts.senders.terms_confirmed = true;
    facts.mailbox.kind = Some("own".into());
    let (mut model, _) = opened(facts);
    for _ in 0..12 {
        if page(&model) == PageId::MailboxAddress {
            return model;
        }
        press(&mut model, "<esc>");
        if model.setup().is_none() {
            break;
        }
    }
    let mut facts = Facts::new("shop.example");
    facts.mailbox.kind = Some("own".into());
    let (mut model, _) = opened(facts);
    update::setup::turn(&mut model, PageId::MailboxAddress);
    model
}

#[test]
fn opening_looks_at_everything() {
    let (model, commands) = opened(Facts::new("shop.example"));
    assert!(
        commands
            .iter()
            .any(|command| matches!(command, Command::Survey { .. })),
        "{commands:?}"
    );
    insta::assert_snapshot!("setup_opened", screen(&model));
}

#[test]
fn an_answer_is_saved_before_anything_else_and_can_be_taken_back() {
    let (mut model, _) = opened(Facts::new("shop.example"));
    update::setup::turn(&mut model, PageId::Habits);
    let commands = press(&mut model, " <enter>");
    assert!(matches!(commands.first(), Some(Command::Save { .. })));
    let facts = saved(&commands).unwrap();
    assert!(facts.senders.habits_confirmed);
    assert!(!facts.senders.habits.is_empty());
    assert_ne!(page(&model), PageId::Habits);
    let commands = press(&mut model, "u");
    assert!(!saved(&commands).unwrap().senders.habits_confirmed);
    assert_eq!(page(&model), PageId::Habits);
}

#[test]
fn what_is_typed_is_saved_within_a_second_and_restored() {
    let mut model = at_the_address();
    assert_eq!(saved(&press(&mut model, "post")), None);
    assert!(model.ticks());
    let commands = tell(&mut model, Message::Clock(time("2026-11-23T12:00:00.5Z")));
    let facts = saved(&commands).unwrap().clone();
    assert!(model.unsaved.is_none());
    // The next start: the same page, the same text.
    let (model, _) = opened(facts);
    assert_eq!(page(&model), PageId::MailboxAddress);
    assert_eq!(model.setup().unwrap().field.text(), "post");
    assert!(screen(&model).contains("› post"));
}

#[test]
fn leaving_saves_what_is_typed() {
    let mut model = at_the_address();
    press(&mut model, "post");
    let commands = press(&mut model, "<c-c>");
    assert!(saved(&commands).unwrap().others.contains_key("drafts"));
    assert_eq!(commands.last(), Some(&Command::Quit));
    let mut model = at_the_address();
    press(&mut model, "post");
    let commands = tell(&mut model, Message::Told);
    assert!(saved(&commands).unwrap().others.contains_key("drafts"));
}

#[test]
fn an_accepted_answer_leaves_no_draft() {
    let mut model = at_the_address();
    let commands = press(&mut model, "post@shop.example<enter>");
    let facts = saved(&commands).unwrap();
    assert_eq!(facts.mailbox.address.as_deref(), Some("post@shop.example"));
    assert!(!facts.others.contains_key("drafts"), "{:?}", facts.others);
}

#[test]
fn the_next_start_opens_the_page_that_was_open() {
    // Left without a key pressed on the page.
    let (mut model, _) = opened(Facts::new("shop.example"));
    let first = page(&model);
    press(&mut model, "g<down><enter>");
    let there = page(&model);
    assert_ne!(there, first);
    let commands = press(&mut model, "q");
    let (model, _) = opened(saved(&commands).unwrap().clone());
    assert_eq!(page(&model), there);
    // Killed after an answer, after a step was chosen, and after Esc: what is on disk names the page that was open.
    for keys in ["<enter>", "g<down><enter>", "g<down><enter><esc>"] {
        let (mut model, _) = opened(Facts::new("shop.example"));
        let commands = press(&mut model, keys);
        if let Some(facts) = saved(&commands) {
            let (next, _) = opened(facts.clone());
            assert_eq!(page(&next), page(&model), "{keys}");
        }
    }
}

#[test]
fn a_page_that_applies_no_more_is_not_opened_again() {
    let mut facts = Facts::new("shop.example");
    facts.senders.ticked.insert("google-workspace".into());
    let (mut model, _) = opened(facts);
    let collect = PageId::DkimCollect {
        sender: "google-workspace".into(),
        index: 0,
    };
    update::setup::turn(&mut model, collect.clone());
    let commands = press(&mut model, "<c-c>");
    let mut facts = saved(&commands).unwrap().clone();
    assert_eq!(page(&opened(facts.clone()).0), collect);
    facts.senders.ticked.clear();
    assert_ne!(page(&opened(facts).0), collect);
}

#[test]
fn a_refused_answer_keeps_the_text() {
    let mut model = at_the_address();
    press(&mut model, "no address<enter>");
    assert_eq!(page(&model), PageId::MailboxAddress);
    assert_eq!(model.setup().unwrap().field.text(), "no address");
    assert!(screen(&model).contains("✗"));
}

#[test]
fn a_second_nobounce_can_only_look() {
    let mut model = fresh();
    update::begin(&mut model, update::Beginning::Domain("shop.example".into()));
    let commands = tell(
        &mut model,
        Message::Opened(Box::new(Opened {
            facts: Facts::new("shop.example"),
            look_only: Some(Trouble {
                reason: "another nobounce has this setup open (process 9118, since 20:17)".into(),
                remedy: "Close that one, then press r.".into(),
            }),
            lost_keys: Default::default(),
            folder: None,
        })),
    );
    assert_eq!(saved(&commands), None);
    insta::assert_snapshot!("setup_look_only", screen(&model));
    let mut all = press(
        &mut model,
        "<enter><enter> <enter><enter><enter>abc<enter>u",
    );
    all.extend(tell(
        &mut model,
        Message::Clock(time("2026-11-23T12:10:00Z")),
    ));
    all.extend(press(&mut model, "<c-c>"));
    for command in &all {
        assert!(
            !matches!(command, Command::Save { .. } | Command::MakeKey { .. }),
            "{command:?}"
        );
    }
    assert_eq!(
        model.setup().unwrap().facts.senders,
        Facts::new("shop.example").senders
    );
}

#[test]
fn s18_r_tries_again_to_open_a_setup_that_another_has() {
    let told = |address: Option<&str>, look_only: bool| {
        let mut facts = Facts::new("shop.example");
        facts.mailbox.address = address.map(str::to_owned);
        Message::Opened(Box::new(Opened {
            facts,
            look_only: look_only.then(|| Trouble {
                reason: "another nobounce has this setup open (process 9118, since 20:17)".into(),
                remedy: "Close that one, then press r.".into(),
            }),
            lost_keys: Default::default(),
            folder: Some("/data/shop.example".into()),
        }))
    };
    let again = Command::Open {
        domain: "shop.example".into(),
    };
    let mut model = fresh();
    update::begin(&mut model, update::Beginning::Domain("shop.example".into()));
    tell(&mut model, told(None, true));
    update::setup::turn(&mut model, PageId::Senders);
    assert!(press(&mut model, "r").contains(&again));
    tell(&mut model, told(None, true));
    assert!(screen(&model).contains("Tried again"), "{}", screen(&model));
    assert_eq!(saved(&press(&mut model, " <c-c>")), None);
    // Free now: what the other one saved is shown, and what is answered is saved.
    model.leaving = false;
    press(&mut model, "r");
    let commands = tell(&mut model, told(Some("post@shop.example"), false));
    assert_eq!(saved(&commands), None);
    let drawn = screen(&model);
    assert!(drawn.contains("The setup is free"), "{drawn}");
    assert!(!drawn.contains("You can only look"), "{drawn}");
    assert_eq!(page(&model), PageId::Senders);
    let commands = press(&mut model, " <c-c>");
    let facts = saved(&commands).unwrap();
    assert_eq!(facts.mailbox.address.as_deref(), Some("post@shop.example"));
    // One that can be written is not opened again.
    assert!(!press(&mut model, "r").contains(&again));
}

#[test]
fn the_folder_of_the_setup_is_known_to_its_pages() {
    let model = at_the_key(&[]);
    let folder = model.setup().unwrap().live.folder.as_deref();
    assert_eq!(folder, Some("/data/shop.example"));
}

#[test]
fn an_internationalized_domain_is_shown_as_people_write_it() {
    let (model, _) = opened(Facts::new("xn--mller-kva.de"));
    let drawn = screen(&model);
    assert!(drawn.contains("müller.de (xn--mller-kva.de)"), "{drawn}");
    let mut model = model;
    model.look.unicode = false;
    let drawn = screen(&model);
    assert!(!drawn.contains("ller.de ("), "{drawn}");
    assert!(drawn.contains("xn--mller-kva.de"), "{drawn}");
}

#[test]
fn a_save_that_fails_is_said() {
    let (mut model, _) = opened(Facts::new("shop.example"));
    tell(
        &mut model,
        Message::Saved(Err(Trouble {
            reason: "/data/shop.example/setup.json could not be written: no space left".into(),
            remedy: "Free some space, then press Enter again.".into(),
        })),
    );
    assert!(screen(&model).contains("not saved"));
    assert_eq!(model.now, noon());
}

#[test]
fn going_to_a_step_and_back() {
    let (mut model, _) = opened(Facts::new("shop.example"));
    let first = page(&model);
    press(&mut model, "g");
    insta::assert_snapshot!("setup_steps", screen(&model));
    press(&mut model, "<down><enter>");
    assert_eq!(page(&model), PageId::Senders);
    press(&mut model, "<esc>");
    assert_eq!(page(&model), first);
    let commands = press(&mut model, "<esc>");
    assert!(model.setup().is_none());
    assert!(commands.contains(&Command::Close) && commands.contains(&Command::List));
}

#[test]
fn what_was_seen_days_ago_is_not_called_new_when_nobody_can_be_asked() {
    let mut facts = Facts::new("shop.example");
    let mut old = report();
    old.checked_at = time("2026-11-20T12:00:00Z");
    old.green.record_published = true;
    facts.survey = Some(old.clone());
    let (mut model, commands) = opened(facts);
    let ticket = survey(&commands);
    let mut nothing = report();
    nothing.zone = None;
    nothing.verdict = "unknown".into();
    tell(
        &mut model,
        Message::Surveyed {
            ticket,
            report: Box::new(nothing),
        },
    );
    let setup = model.setup().unwrap();
    assert!(!setup.live.surveyed);
    assert_eq!(setup.facts.survey.as_ref(), Some(&old));
    let drawn = screen(&model);
    assert!(drawn.contains("could not look again"), "{drawn}");
    assert!(drawn.contains("3 days ago"), "{drawn}");
    // The next look reaches somebody.
    let ticket = survey(&press(&mut model, "r"));
    tell(
        &mut model,
        Message::Surveyed {
            ticket,
            report: Box::new(report()),
        },
    );
    assert!(model.setup().unwrap().live.surveyed);
    assert!(!screen(&model).contains("could not look again"));
}

fn survey(commands: &[Command]) -> u64 {
    commands
        .iter()
        .find_map(|command| match command {
            Command::Survey { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .unwrap()
}

/// A private key in every form in which somebody may paste it; the last ones without the lines around it.
const SECRETS: [&str; 5] = [
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAsecret\n",
    "-----begin private key----- MC4CAQAwBQYDK2Vwsecret",
    "v=DKIM1; k=rsa; p=MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcsecret",
    "MIICXgIBAAKBgQDsecret",
    "MHcCAQEEIBsecret",
];

#[test]
fn a_private_key_is_never_kept() {
    for secret in SECRETS {
        let mut facts = Facts::new("shop.example");
        facts.senders.ticked.insert("google-workspace".into());
        let (mut model, _) = opened(facts);
        let collect = PageId::DkimCollect {
            sender: "google-workspace".into(),
            index: 0,
        };
        update::setup::turn(&mut model, collect.clone());
        let mut all = tell(&mut model, Message::Pasted(secret.into()));
        assert!(model.setup().unwrap().field.text().contains("secret"));
        all.extend(tell(
            &mut model,
            Message::Clock(time("2026-11-23T12:00:05Z")),
        ));
        all.extend(press(&mut model, "<enter>"));
        assert_eq!(page(&model), collect);
        assert!(screen(&model).contains("STOP"), "{}", screen(&model));
        assert_eq!(model.setup().unwrap().field.text(), "");
        all.extend(press(&mut model, "<c-c>"));
        assert!(saved(&all).is_some());
        for command in &all {
            if let Command::Save { facts } = command {
                let text = serde_json::to_string(facts).unwrap();
                assert!(!text.contains("secret"), "{secret}: {text}");
            }
        }
    }
}

#[test]
fn a_private_key_that_was_kept_once_is_dropped_at_the_next_start() {
    let mut facts = Facts::new("shop.example");
    facts.others.insert(
        "drafts".into(),
        serde_json::json!({ "Senders": { "text": SECRETS[0] }, "Habits": { "text": "kept" } }),
    );
    let (_, commands) = opened(facts);
    let text = serde_json::to_string(saved(&commands).unwrap()).unwrap();
    assert!(!text.contains("secret") && text.contains("kept"), "{text}");
}

#[test]
fn a_public_key_is_kept_as_it_is_typed() {
    let mut model = at_the_address();
    let text = "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu";
    tell(&mut model, Message::Pasted(text.into()));
    let commands = press(&mut model, "<c-c>");
    let kept = serde_json::to_string(saved(&commands).unwrap()).unwrap();
    assert!(kept.contains("MIIBIjAN"), "{kept}");
}

const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// On the page of the record of a key that was made here; `lost` names the keys whose private half is gone.
fn at_the_key(lost: &[&str]) -> Model {
    let mut facts = Facts::new("shop.example");
    facts.survey = Some(report());
    facts.senders.ticked.insert("own-server".into());
    facts.senders.own_addresses.push("192.0.2.7".into());
    let choice = facts.dkim.entry("own-server".into()).or_default();
    choice.keys.push(MadeKey {
        selector: "nb2611e".into(),
        algorithm: "ed25519".into(),
        record: KEY.into(),
        made_at: noon(),
        path: "keys/nb2611e.pem".into(),
    });
    let mut model = fresh();
    update::begin(&mut model, update::Beginning::Domain("shop.example".into()));
    let opened = Opened {
        facts,
        look_only: None,
        lost_keys: lost.iter().map(|selector| (*selector).to_owned()).collect(),
        folder: Some("/data/shop.example".into()),
    };
    tell(&mut model, Message::Opened(Box::new(opened)));
    let record = PageId::DkimRecord {
        sender: "own-server".into(),
        index: 0,
    };
    update::setup::turn(&mut model, record);
    model
}

#[test]
fn s13_s20_the_record_of_a_key_whose_private_half_is_gone_is_not_given_out() {
    let mut model = at_the_key(&["another"]);
    assert_eq!(press(&mut model, "c"), [Command::Copy(KEY.into())]);
    let mut model = at_the_key(&["nb2611e"]);
    for key in ["c", "v"] {
        let commands = press(&mut model, key);
        assert!(
            !commands
                .iter()
                .any(|command| matches!(command, Command::Copy(_) | Command::ShowBare(_))),
            "{key}: {commands:?}"
        );
        assert!(!model.outside);
    }
    assert_eq!(model.copied.value, None);
    let drawn = screen(&model);
    assert!(!drawn.contains("11qYAYKx"), "{drawn}");
    assert!(drawn.contains("The private half of the key"), "{drawn}");
}

#[test]
fn an_export_names_the_command_for_a_name_server_of_ones_own() {
    let mut model = at_the_key(&[]);
    let exported = Exported {
        path: "/srv/nobounce/user/setups/of/somebody/shop.example/shop.example.zone".into(),
        left_out: Vec::new(),
    };
    tell(&mut model, Message::Exported(Ok(exported)));
    let drawn = screen(&model);
    let words: Vec<&str> = drawn.split_whitespace().collect();
    assert!(
        words
            .join(" ")
            .contains("nobounce publish shop.example --help"),
        "{drawn}"
    );
}

#[test]
fn an_export_names_what_it_leaves_out() {
    let mut model = at_the_key(&["nb2611e"]);
    let exported = Exported {
        path: "/data/shop.example/shop.example.zone".into(),
        left_out: vec!["nb2611e._domainkey.shop.example".into()],
    };
    tell(&mut model, Message::Exported(Ok(exported)));
    let drawn = screen(&model);
    assert!(
        drawn.contains("Left out") && drawn.contains("nb2611e._domainkey"),
        "{drawn}"
    );
}
