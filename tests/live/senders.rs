//! Every record of a sender, typed into the pretend panel and looked for by the real client: keys, the bounce address, the proof.

use jiff::Timestamp;
use nobounce::dns::Client;
use nobounce::dns::Zone;
use nobounce::dns::practice::Behavior;
use nobounce::dns::practice::Delays;
use nobounce::dns::practice::PanelEntry;
use nobounce::plan;
use nobounce::plan::Wanted;
use nobounce::plan::facts::Collected;
use nobounce::plan::facts::DkimChoice;
use nobounce::plan::facts::Facts;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::Verdict;
use nobounce::records::verdict::codes;
use nobounce::records::verdict::judge;

use crate::practice::world;

fn collected(host: &str, record_type: &str, value: &str) -> Collected {
    Collected {
        host: host.to_owned(),
        record_type: record_type.to_owned(),
        value: Some(value.to_owned()),
    }
}

/// The bakery with one sender that has all kinds of records.
fn facts(sender: &str, choice: DkimChoice) -> Facts {
    let mut facts = Facts::new("bakery.example");
    facts.senders.ticked = [sender.to_owned()].into();
    facts.senders.confirmed = true;
    facts.dkim.insert(sender.to_owned(), choice);
    facts
}

async fn look(client: &Client, zone: &Zone, wanted: &Wanted) -> Judgement {
    let sightings = client.look(&wanted.record, zone).await;
    judge(&wanted.record, &zone.apex, &sightings, Timestamp::now())
}

fn entry(wanted: &Wanted) -> PanelEntry {
    let owner = &wanted.record.owner;
    let apex = "bakery.example".parse().unwrap();
    PanelEntry {
        record_type: wanted.record.content.record_type(),
        name: match owner.relative_to(&apex) {
            Some("") => "@".to_owned(),
            Some(relative) => relative.to_owned(),
            None => panic!("{owner}"),
        },
        value: wanted.record.content.to_string(),
        behavior: Behavior::Keeps,
    }
}

#[tokio::test]
async fn each_record_of_a_sender_is_seen_by_itself() {
    let (practice, client, zone) = world(Delays::NONE).await;
    let facts = facts(
        "brevo",
        DkimChoice {
            bounce: vec![
                collected("bounce", "MX", "10 feedback-smtp.eu-west-1.amazonses.com"),
                collected("bounce", "MX", "20 feedback-smtp.us-east-1.amazonses.com"),
                collected("bounce", "TXT", "v=spf1 include:amazonses.com ~all"),
                collected("em1234", "CNAME", "www.bakery.example"),
            ],
            ownership: vec![
                collected("", "TXT", "brevo-code:1234abcd"),
                collected("", "TXT", "Sendinblue-code:77"),
            ],
            begun: true,
            ..DkimChoice::default()
        },
    );
    let all = plan::wanted(&facts);
    // Two keys, four for bounces, two proofs beside the SPF record.
    assert_eq!(all.len(), 8, "{all:?}");
    let extras = &all[2..];
    for (number, wanted) in extras.iter().enumerate() {
        for early in &extras[number..] {
            let judgement = look(&client, &zone, early).await;
            assert_ne!(judgement.verdict, Verdict::Published, "{}", early.key);
        }
        practice.panel(entry(wanted)).unwrap();
        for there in &extras[..=number] {
            let judgement = look(&client, &zone, there).await;
            assert_eq!(judgement.verdict, Verdict::Published, "{}", there.key);
        }
    }
}

#[tokio::test]
async fn a_wrong_bounce_record_is_never_called_published() {
    let (practice, client, zone) = world(Delays::NONE).await;
    let facts = facts(
        "amazon-ses",
        DkimChoice {
            bounce: vec![
                collected("bounce", "MX", "10 feedback-smtp.eu-west-1.amazonses.com"),
                collected("bounce", "TXT", "v=spf1 include:amazonses.com ~all"),
            ],
            ..DkimChoice::default()
        },
    );
    let all = plan::wanted(&facts);
    for (wanted, wrong) in all.iter().zip([
        "10 feedback-smtp.eu-west-1.amazonses.com.bakery.example",
        "v=spf1 include:amazonses.com include:other.example ~all",
    ]) {
        practice
            .panel(PanelEntry {
                value: wrong.to_owned(),
                ..entry(wanted)
            })
            .unwrap();
        let judgement = look(&client, &zone, wanted).await;
        assert!(
            matches!(
                judgement.verdict,
                Verdict::Differs { .. } | Verdict::Missing
            ),
            "{}: {:?}",
            wanted.key,
            judgement.verdict
        );
    }
}

#[tokio::test]
async fn a_key_where_the_alias_leads_is_the_sign_and_an_empty_target_is_not() {
    let (practice, client, zone) = world(Delays::NONE).await;
    // Mailchimp's keys stand in the pretend world; nothing stands at the other target.
    for (sender, choice, signs) in [
        ("mailchimp", DkimChoice::default(), true),
        (
            "amazon-ses",
            DkimChoice {
                records: vec![collected("aaa._domainkey", "CNAME", "nothing.mcsv.net")],
                ..DkimChoice::default()
            },
            false,
        ),
    ] {
        let mut facts = facts(sender, choice);
        let wanted = plan::wanted(&facts).remove(0);
        practice.panel(entry(&wanted)).unwrap();
        let judgement = look(&client, &zone, &wanted).await;
        assert_eq!(judgement.verdict, Verdict::Published, "{sender}");
        let is_empty = judgement
            .findings
            .iter()
            .any(|finding| finding.code == codes::TARGET_EMPTY);
        assert_eq!(is_empty, !signs, "{sender}");
        plan::looked(&mut facts, &wanted.key, &judgement, Timestamp::now());
        assert_eq!(facts.dkim[sender].key_seen.is_some(), signs, "{sender}");
    }
}
