//! The pages about keys made here, at the sizes that are promised, and what their keys order.

use nobounce::catalog::signer::Signer;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::KeyLife;
use nobounce::plan::facts::Live;
use nobounce::plan::facts::MadeKey;
use nobounce::plan::facts::Seen;
use nobounce::plan::page::KeyPart;
use nobounce::plan::page::PageId;
use nobounce::plan::steps::dkim::own;
use nobounce::plan::steps::dkim::rotation;
use nobounce::plan::steps::dkim::rotation::State;
use nobounce::tui::command::Command;
use nobounce::tui::message::Message;
use nobounce::tui::message::Trouble;
use nobounce::tui::model::Model;
use nobounce::tui::model::Place;
use nobounce::tui::update::setup;

use crate::at;
use crate::fresh;
use crate::press;
use crate::report;
use crate::screen;
use crate::tell;
use crate::time;

const SENDER: &str = "own-server";
const KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjfrkwP9NLhk+m8A8mSPR8TFel9KiuOguydInmXJxVHUMIZEtivWDpOErhKHGQjXzxBcwpqsZNZiX4E4UK1tXnEevSSEbQQOstpQzqQvxZFnnzsR5B0OjaumLkyFCnMGZrcfrVU02o53JmaP4WWnXruJAGaq6nDkUq9xz9SKDfSXFdoU3SgOtKmD/3FNm3Nr5k36Gm8rqGYkglrYLOI4aoXWSt1X2NVBWGUpsPCQ+PqzbGWALsyc/04WcQNy/tGz4s22IJ+4jCsrA9yq58PRRMmMjLYfEqnMuXRhX8A8I23YEwP9EqvyXAg49ytDFJGOuC2CiFUpryyJlCxpv4nu3BwIDAQAB";

fn made(selector: &str, day: &str) -> MadeKey {
    MadeKey {
        selector: selector.to_owned(),
        algorithm: "rsa2048".to_owned(),
        record: format!("v=DKIM1; k=rsa; p={KEY}"),
        made_at: time(day),
        path: format!("keys/{selector}.pem"),
    }
}

/// An own server that signs with the key of last year.
fn signing() -> Facts {
    let mut facts = Facts::new("shop.example");
    facts.survey = Some(report());
    facts.senders.ticked.insert(SENDER.to_owned());
    facts.senders.confirmed = true;
    let choice = facts.dkim.entry(SENDER.to_owned()).or_default();
    choice.switched_on = true;
    choice.keys.push(made("nb2511", "2025-11-20T10:00:00Z"));
    facts
}

/// With the key of this year beside it, published.
fn two_keys() -> Facts {
    let mut facts = signing();
    let key = made("nb2611", "2026-11-22T10:00:00Z");
    facts.seen.insert(
        "nb2611._domainkey.shop.example TXT".to_owned(),
        Seen {
            verdict: "published".to_owned(),
            value: key.record.clone(),
            at: time("2026-11-23T11:58:00Z"),
            since: Some(time("2026-11-22T12:00:00Z")),
            days: 2,
            wait: None,
        },
    );
    let choice = facts.dkim.get_mut(SENDER).unwrap();
    choice.keys.push(key);
    choice.lives.insert(
        "nb2511".to_owned(),
        KeyLife {
            successor: Some("nb2611".to_owned()),
            ..KeyLife::default()
        },
    );
    facts
}

fn leaving(stopped: &str) -> Facts {
    let mut facts = two_keys();
    let life = facts
        .dkim
        .get_mut(SENDER)
        .unwrap()
        .lives
        .get_mut("nb2511")
        .unwrap();
    life.stopped_at = Some(time(stopped));
    life.days = 3;
    facts
}

fn page(part: KeyPart) -> PageId {
    PageId::OwnKey {
        sender: SENDER.to_owned(),
        part,
    }
}

fn old(part: fn(String) -> KeyPart) -> PageId {
    page(part("nb2511".to_owned()))
}

fn new(part: fn(String) -> KeyPart) -> PageId {
    page(part("nb2611".to_owned()))
}

fn showing(facts: Facts, id: PageId) -> Model {
    let mut model = fresh();
    let live = Live {
        now: model.now,
        surveyed: true,
        folder: Some("/setups/nobounce/shop.example".to_owned()),
        ..Live::default()
    };
    model.place = Place::Setup(Box::new(setup::new(facts, live, id, None)));
    model
}

fn handed() -> Facts {
    let mut facts = signing();
    facts.dkim.get_mut(SENDER).unwrap().switched_on = false;
    own::handed_over(
        &mut facts,
        SENDER,
        Signer::OpenDkim,
        "signers/opendkim-nb2511",
        &["nb2511".to_owned()],
        time("2026-11-23T11:00:00Z"),
    );
    facts
}

#[test]
fn each_page_at_both_sizes() {
    let cases = [
        ("signer", signing(), page(KeyPart::Signer)),
        ("signer_files", handed(), page(KeyPart::Signer)),
        (
            "rotate",
            signing(),
            old(|selector| KeyPart::Rotate { selector }),
        ),
        (
            "publish",
            two_keys(),
            new(|selector| KeyPart::Publish { selector }),
        ),
        (
            "switch",
            two_keys(),
            new(|selector| KeyPart::Switch { selector }),
        ),
        (
            "retire_wait",
            leaving("2026-11-22T10:00:00Z"),
            old(|selector| KeyPart::Retire { selector }),
        ),
        (
            "retire",
            leaving("2026-11-10T10:00:00Z"),
            old(|selector| KeyPart::Retire { selector }),
        ),
        (
            "revoke",
            {
                let mut facts = leaving("2026-11-10T10:00:00Z");
                rotation::retired(&mut facts, SENDER, "nb2511", time("2026-11-23T11:00:00Z"));
                facts
            },
            old(|selector| KeyPart::Revoke { selector }),
        ),
        ("keep", two_keys(), PageId::Later(StepId::Keep)),
    ];
    for (name, facts, id) in cases {
        let model = showing(facts, id);
        insta::assert_snapshot!(format!("own_key_{name}_80"), screen(&model));
        insta::assert_snapshot!(format!("own_key_{name}_120"), screen(&at(model, 120, 40)));
    }
}

#[test]
fn a_signer_that_is_chosen_gets_its_files_and_trouble_is_told() {
    let mut model = showing(signing(), page(KeyPart::Signer));
    let commands = press(&mut model, "<home><down><enter>");
    let order = commands.iter().find_map(|command| match command {
        Command::FilesForSigner {
            signer, selectors, ..
        } => Some((*signer, selectors.clone())),
        _ => None,
    });
    assert_eq!(order, Some((Signer::OpenDkim, vec!["nb2511".to_owned()])));
    let back = |folder| Message::SignerFiles {
        domain: "shop.example".to_owned(),
        sender: SENDER.to_owned(),
        signer: Signer::OpenDkim,
        selectors: vec!["nb2511".to_owned()],
        folder,
    };
    tell(
        &mut model,
        back(Err(Trouble {
            reason: "the disk is full".to_owned(),
            remedy: "Make room.".to_owned(),
        })),
    );
    assert!(
        screen(&model).contains("the disk is full"),
        "{}",
        screen(&model)
    );
    let saved = tell(&mut model, back(Ok("signers/opendkim-nb2511".to_owned())));
    assert!(
        matches!(saved.first(), Some(Command::Save { .. })),
        "{saved:?}"
    );
    assert!(
        screen(&model).contains("the files for OpenDKIM"),
        "{}",
        screen(&model)
    );
    // A late answer of another setup changes nothing.
    let before = screen(&model);
    let other = Message::SignerFiles {
        domain: "other.example".to_owned(),
        sender: SENDER.to_owned(),
        signer: Signer::Exim,
        selectors: Vec::new(),
        folder: Ok("signers/exim".to_owned()),
    };
    assert_eq!(tell(&mut model, other), []);
    assert_eq!(screen(&model), before);
}

#[test]
fn an_old_key_is_put_away_first_and_its_record_emptied_then() {
    let id = old(|selector| KeyPart::Retire { selector });
    let mut model = showing(leaving("2026-11-10T10:00:00Z"), id);
    let commands = press(&mut model, "<enter>");
    let order = commands.iter().any(
        |command| matches!(command, Command::RetireKey { key, .. } if key.selector == "nb2511"),
    );
    assert!(order, "{commands:?}");
    let state = |model: &Model| rotation::state(&model.setup().unwrap().facts, SENDER, "nb2511");
    assert!(
        matches!(state(&model), Some(State::Leaving { .. })),
        "not before it is moved"
    );
    let back = |retired| Message::KeyRetired {
        domain: "shop.example".to_owned(),
        sender: SENDER.to_owned(),
        selector: "nb2511".to_owned(),
        retired,
    };
    tell(
        &mut model,
        back(Err(Trouble {
            reason: "the disk is read-only".to_owned(),
            remedy: "Try again.".to_owned(),
        })),
    );
    assert!(matches!(state(&model), Some(State::Leaving { .. })));
    let commands = tell(&mut model, back(Ok(())));
    assert_eq!(state(&model), Some(State::Retired));
    assert!(
        commands
            .iter()
            .any(|command| matches!(command, Command::Save { .. }))
    );
    let shown = screen(&model);
    assert!(
        shown.contains("empty the old record") && shown.contains("v=DKIM1; k=rsa; p="),
        "{shown}"
    );
    // `u` takes answers back, never what became of a key.
    press(&mut model, "u");
    assert_eq!(state(&model), Some(State::Retired));
    assert_eq!(
        model.setup().unwrap().facts.dkim[SENDER].keys[0].path,
        "keys/retired/nb2511.pem"
    );
}
