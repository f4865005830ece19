//! What the wizard is told of the keys on disk, and what it writes to a file of records.

use nobounce::export::FORMATS;
use nobounce::plan::facts::Facts;
use nobounce::records::dkim::Algorithm;
use nobounce::store::keys;
use nobounce::tui::command::Command;
use nobounce::tui::message::Message;
use nobounce::tui::perform::Clock;
use nobounce::tui::perform::Performer;
use nobounce::tui::perform::World as Wide;

use crate::world::DOMAIN;
use crate::world::World;
use crate::world::now;

/// A setup with two keys of its own server; the private half of `gone` is taken away.
fn with_keys(world: &World) -> Facts {
    let mut setup = world.open().unwrap();
    let mut facts = setup.facts();
    facts.senders.ticked.insert("own-server".to_owned());
    facts.senders.own_addresses.push("192.0.2.7".to_owned());
    for name in ["gone", "there"] {
        let pair = keys::generate(Algorithm::Rsa2048).unwrap();
        let kept = keys::keep(&setup, &name.parse().unwrap(), &pair).unwrap();
        let choice = facts.dkim.entry("own-server".to_owned()).or_default();
        choice.keys.push(kept.entry(now()));
    }
    setup.save(&facts).unwrap();
    std::fs::remove_file(world.key_file("gone")).unwrap();
    facts
}

#[tokio::test]
async fn s13_s20_a_key_without_its_private_half_is_told_and_left_out() {
    let world = World::new();
    let facts = with_keys(&world);
    let (sender, mut messages) = tokio::sync::mpsc::unbounded_channel();
    let wide = Wide {
        over_https: None,
        resolvers: Vec::new(),
        authoritative_port: 53,
        timeout: None,
        data_dir: Some(world.data.clone()),
        keeps_practice: false,
        clock: Clock::new(Some(now())),
    };
    let mut performer = Performer::new(wide, tokio::runtime::Handle::current(), sender);
    performer.perform(Command::Open {
        domain: DOMAIN.to_owned(),
    });
    let Some(Message::Opened(opened)) = messages.recv().await else {
        panic!("the setup opens");
    };
    assert_eq!(opened.lost_keys.iter().collect::<Vec<_>>(), ["gone"]);
    let mut endings = Vec::new();
    for format in FORMATS {
        performer.perform(Command::Export {
            facts: Box::new(facts.clone()),
            format: format.id,
        });
        let Some(Message::Exported(Ok(exported))) = messages.recv().await else {
            panic!("the records are written");
        };
        assert_eq!(exported.left_out, ["gone._domainkey.shop.de"]);
        assert!(
            exported
                .path
                .ends_with(&format!("shop.de.{}", format.ending))
        );
        endings.push(format.ending);
        let written = std::fs::read_to_string(&exported.path).unwrap();
        assert!(written.contains("there._domainkey") && !written.contains("gone._domainkey"));
    }
    // No form is written over another.
    let all = endings.len();
    endings.sort_unstable();
    endings.dedup();
    assert_eq!(endings.len(), all);
}
