//! A whole look for a wanted record, from the question to the verdict, in the pretend world.

use std::time::Duration;

use jiff::Timestamp;
use nobounce::dns::Client;
use nobounce::dns::Zone;
use nobounce::dns::practice::Behavior;
use nobounce::dns::practice::Delays;
use nobounce::dns::practice::PanelEntry;
use nobounce::dns::practice::Practice;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::sighting::RecordType;
use nobounce::records::verdict::Verdict;
use nobounce::records::verdict::judge;

use crate::practice::text;
use crate::practice::world;
use crate::scripted::Scripted;
use crate::scripted::name;

const NEVER: Duration = Duration::from_secs(3600);
const DMARC: &str = "v=DMARC1; p=none; rua=mailto:dmarc@bakery.example";

fn wanted() -> Record {
    Record {
        owner: name("_dmarc.bakery.example"),
        content: Content::Dmarc(DMARC.parse().unwrap()),
        ttl: Ttl(300),
    }
}

async fn verdict(client: &Client, zone: &Zone, record: &Record) -> Verdict {
    let sightings = client.look(record, zone).await;
    judge(record, &zone.apex, &sightings, Timestamp::now()).verdict
}

/// Questions that the pretend resolver has heard.
fn heard(practice: &Practice) -> u64 {
    practice.heard().1
}

#[tokio::test]
async fn d14_no_resolver_is_asked_while_a_name_server_lacks_the_record() {
    let (practice, client, zone) = world(Delays {
        second: NEVER,
        resolver: NEVER,
        negative: NEVER,
    })
    .await;
    let before = heard(&practice);
    assert_eq!(verdict(&client, &zone, &wanted()).await, Verdict::Missing);
    assert_eq!(heard(&practice), before, "nobody has it");
    practice.panel(text("_dmarc", DMARC)).unwrap();
    let half = verdict(&client, &zone, &wanted()).await;
    assert!(matches!(half, Verdict::Spreading { .. }), "{half:?}");
    assert_eq!(heard(&practice), before, "one of two has it");
    practice.skip();
    assert_eq!(verdict(&client, &zone, &wanted()).await, Verdict::Published);
    assert_eq!(heard(&practice), before + 1, "both have it");
}

#[tokio::test]
async fn d14_looking_early_plants_no_no() {
    let (practice, client, zone) = world(Delays {
        negative: NEVER,
        ..Delays::NONE
    })
    .await;
    assert_eq!(verdict(&client, &zone, &wanted()).await, Verdict::Missing);
    practice.panel(text("_dmarc", DMARC)).unwrap();
    assert_eq!(verdict(&client, &zone, &wanted()).await, Verdict::Published);
}

#[tokio::test]
async fn d14_an_old_copy_at_the_resolver_is_spreading_until_it_dies() {
    let (practice, client, zone) = world(Delays {
        resolver: NEVER,
        ..Delays::NONE
    })
    .await;
    practice.panel(text("_dmarc", DMARC)).unwrap();
    let verdict = verdict(&client, &zone, &wanted()).await;
    assert!(matches!(verdict, Verdict::Spreading { .. }), "{verdict:?}");
}

#[tokio::test]
async fn d02_silent_name_servers_prove_nothing() {
    let (practice, client, mut zone) = world(Delays::NONE).await;
    practice.panel(text("_dmarc", DMARC)).unwrap();
    let before = heard(&practice);
    let dead = Scripted::silent().await;
    zone.servers = vec![dead.authoritative()];
    let sightings = client.look(&wanted(), &zone).await;
    assert_eq!(sightings.len(), 1, "no resolver, no places of mistakes");
    assert_eq!(heard(&practice), before);
    let verdict = judge(&wanted(), &zone.apex, &sightings, Timestamp::now()).verdict;
    assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
}

#[tokio::test]
async fn d05_one_silent_name_server_of_two_hides_nothing() {
    let (practice, client, mut zone) = world(Delays::NONE).await;
    practice.panel(text("_dmarc", DMARC)).unwrap();
    zone.servers[1] = Scripted::silent().await.authoritative();
    assert_eq!(verdict(&client, &zone, &wanted()).await, Verdict::Published);
}

#[tokio::test]
async fn p01_the_doubled_name_is_found() {
    let (practice, client, zone) = world(Delays::NONE).await;
    practice
        .panel(text("_dmarc.bakery.example", DMARC))
        .unwrap();
    let at = name("_dmarc.bakery.example.bakery.example");
    let verdict = verdict(&client, &zone, &wanted()).await;
    assert_eq!(verdict, Verdict::Misplaced { at });
}

#[tokio::test]
async fn p14_a_second_record_is_a_conflict() {
    let (practice, client, zone) = world(Delays::NONE).await;
    practice.panel(text("_dmarc", DMARC)).unwrap();
    practice
        .panel(text("_dmarc", "v=DMARC1; p=reject"))
        .unwrap();
    let verdict = verdict(&client, &zone, &wanted()).await;
    assert!(matches!(verdict, Verdict::Conflict { .. }), "{verdict:?}");
}

#[tokio::test]
async fn d23_an_alias_to_a_key_is_published_when_the_key_is_seen() {
    let (practice, client, zone) = world(Delays::NONE).await;
    let record = Record {
        owner: name("k2._domainkey.bakery.example"),
        content: Content::Cname(name("dkim2.mcsv.net")),
        ttl: Ttl(300),
    };
    assert_eq!(verdict(&client, &zone, &record).await, Verdict::Missing);
    let alias = PanelEntry {
        record_type: RecordType::Cname,
        name: "k2._domainkey".to_owned(),
        value: "dkim2.mcsv.net".to_owned(),
        behavior: Behavior::Keeps,
    };
    practice.panel(alias).unwrap();
    assert_eq!(verdict(&client, &zone, &record).await, Verdict::Published);
}
