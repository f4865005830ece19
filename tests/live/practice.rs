//! The real client in the pretend world: what the panel makes of an entry, and who sees it when.

use std::time::Duration;

use nobounce::dns::Client;
use nobounce::dns::Zone;
use nobounce::dns::practice::Behavior;
use nobounce::dns::practice::Delays;
use nobounce::dns::practice::PanelEntry;
use nobounce::dns::practice::Practice;
use nobounce::dns::practice::Story;
use nobounce::records::dkim::DkimKey;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Whom;

use crate::scripted::name;
use crate::scripted::question;
use crate::scripted::texts;

/// So slow that within a test nothing arrives by itself.
const NEVER: Duration = Duration::from_secs(3600);

pub const SLOW: Delays = Delays {
    second: NEVER,
    resolver: NEVER,
    negative: NEVER,
};

pub async fn world(delays: Delays) -> (Practice, Client, Zone) {
    let practice = Practice::start(&Story::bakery().unwrap(), delays)
        .await
        .unwrap();
    let client = Client::new(practice.config());
    let zone = client.zone_of(&name("bakery.example")).await.unwrap();
    (practice, client, zone)
}

pub fn text(owner: &str, value: &str) -> PanelEntry {
    PanelEntry {
        record_type: RecordType::Txt,
        name: owner.to_owned(),
        value: value.to_owned(),
        behavior: Behavior::Keeps,
    }
}

fn entry(record_type: RecordType, owner: &str, value: &str) -> PanelEntry {
    PanelEntry {
        record_type,
        ..text(owner, value)
    }
}

async fn resolver(client: &Client, question: &Question) -> Sighting {
    let ask = Ask {
        question: question.clone(),
        whom: Whom::AnyResolver,
    };
    client.put(&ask).await.remove(0)
}

/// What ns1, ns2 and the resolver say about a TXT: its values, or "no".
async fn views(client: &Client, zone: &Zone, owner: &str) -> [Vec<String>; 3] {
    let question = question(owner);
    let said = |sighting: Sighting| match &sighting.answer.outcome {
        Outcome::NoName { .. } | Outcome::NoData { .. } => vec!["no".to_owned()],
        outcome => texts(outcome),
    };
    [
        said(client.ask(&zone.servers[0], &question).await),
        said(client.ask(&zone.servers[1], &question).await),
        said(resolver(client, &question).await),
    ]
}

fn all(value: &str) -> [Vec<String>; 3] {
    [0; 3].map(|_| vec![value.to_owned()])
}

#[tokio::test]
async fn the_bakery_as_it_is_in_the_beginning() {
    let (practice, client, zone) = world(SLOW).await;
    assert_eq!(zone.apex, name("bakery.example"));
    assert_eq!(zone.servers.len(), 2);
    let mx = Question::new(name("bakery.example"), RecordType::Mx);
    assert_eq!(resolver(&client, &mx).await.answer.data().len(), 5);
    for (owner, start) in [
        ("bakery.example", "v=spf1 include:_spf.google.com"),
        ("_spf.google.com", "v=spf1 ip4:"),
        ("servers.mcsv.net", "v=spf1 ip4:"),
        ("dkim2.mcsv.net", "v=DKIM1; k=rsa; p=MII"),
        ("dkim3.mcsv.net", "v=DKIM1; k=rsa; p=MII"),
    ] {
        let found = texts(&resolver(&client, &question(owner)).await.answer.outcome);
        assert!(found[0].starts_with(start), "{owner}: {found:?}");
    }
    assert_eq!(
        views(&client, &zone, "_dmarc.bakery.example").await,
        all("no")
    );
    assert_eq!(practice.entries().len(), 10);
    assert_eq!(practice.settles_in(), None);
}

#[tokio::test]
async fn the_keys_of_the_story_are_keys() {
    let (_practice, client, _) = world(SLOW).await;
    let mut values: Vec<String> = Story::bakery()
        .unwrap()
        .console
        .iter()
        .map(|shown| shown.value.clone())
        .collect();
    for owner in ["dkim.mcsv.net", "dkim2.mcsv.net", "dkim3.mcsv.net"] {
        values.extend(texts(
            &resolver(&client, &question(owner)).await.answer.outcome,
        ));
    }
    assert_eq!(values.len(), 4);
    for value in values {
        let key: DkimKey = value.parse().unwrap();
        assert_eq!(key.to_string(), value);
    }
}

#[tokio::test]
async fn d16_a_save_reaches_the_first_server_at_once_and_the_others_in_time() {
    let (practice, client, zone) = world(SLOW).await;
    let saved = practice.panel(text("_dmarc", "v=DMARC1; p=none")).unwrap();
    assert_eq!(saved.owner, name("_dmarc.bakery.example"));
    let value = vec!["v=DMARC1; p=none".to_owned()];
    let no = vec!["no".to_owned()];
    let seen = views(&client, &zone, "_dmarc.bakery.example").await;
    assert_eq!(seen, [value, no.clone(), no]);
    assert!(practice.settles_in().is_some());
    practice.skip();
    assert_eq!(practice.settles_in(), None);
    let seen = views(&client, &zone, "_dmarc.bakery.example").await;
    assert_eq!(seen, all("v=DMARC1; p=none"));
}

#[tokio::test]
async fn d14_a_no_that_was_planted_is_remembered() {
    let delays = Delays {
        negative: NEVER,
        ..Delays::NONE
    };
    let (practice, client, zone) = world(delays).await;
    practice.panel(text("early", "x")).unwrap();
    assert_eq!(
        views(&client, &zone, "early.bakery.example").await,
        all("x")
    );
    let planted = resolver(&client, &question("late.bakery.example")).await;
    assert_eq!(planted.answer.outcome, Outcome::NoName { ttl: Some(3600) });
    practice.panel(text("late", "x")).unwrap();
    let [first, second, world] = views(&client, &zone, "late.bakery.example").await;
    assert_eq!(
        (first, second),
        (vec!["x".to_owned()], vec!["x".to_owned()])
    );
    assert_eq!(world, ["no"]);
    assert!(practice.settles_in().is_some());
}

#[tokio::test]
async fn without_delays_everybody_knows_at_once() {
    let (practice, client, zone) = world(Delays::NONE).await;
    assert_eq!(views(&client, &zone, "x.bakery.example").await, all("no"));
    practice.panel(text("x", "1")).unwrap();
    assert_eq!(views(&client, &zone, "x.bakery.example").await, all("1"));
    assert_eq!(practice.settles_in(), None);
}

#[tokio::test]
async fn d16_the_serial_goes_up_with_each_change() {
    let (practice, client, zone) = world(SLOW).await;
    let soa = Question::new(name("bakery.example"), RecordType::Soa);
    let mut serials = Vec::new();
    for value in ["1", "2"] {
        practice.panel(text("x", value)).unwrap();
        for server in &zone.servers {
            let sighting = client.ask(server, &soa).await;
            let [Data::Soa(soa)] = sighting.answer.data() else {
                panic!("{sighting:?}");
            };
            serials.push(soa.serial);
        }
    }
    assert_eq!(serials, [2, 1, 3, 1]);
}

#[tokio::test]
async fn p01_the_panel_adds_the_domain_to_every_name() {
    let (practice, ..) = world(Delays::NONE).await;
    for (typed, owner) in [
        (
            "_dmarc.bakery.example",
            "_dmarc.bakery.example.bakery.example",
        ),
        ("_dmarc", "_dmarc.bakery.example"),
        ("@", "bakery.example"),
        ("", "bakery.example"),
        (" K2._DomainKey ", "k2._domainkey.bakery.example"),
        ("_dmarc.bakery.example.", "_dmarc.bakery.example"),
    ] {
        let saved = practice
            .panel(text(typed, &format!("from {typed:?}")))
            .unwrap();
        assert_eq!(saved.owner, name(owner), "{typed:?}");
    }
}

#[tokio::test]
async fn p06_p09_p23_values_are_kept_with_their_mistakes() {
    let (practice, client, zone) = world(Delays::NONE).await;
    practice
        .panel(text("quoted", "\"v=DMARC1; p=none\""))
        .unwrap();
    let cut = PanelEntry {
        behavior: Behavior::CutsAt255,
        ..text("cut", &"ü".repeat(200))
    };
    assert_eq!(practice.panel(cut).unwrap().value, "ü".repeat(127));
    let doubled = PanelEntry {
        behavior: Behavior::CompletesTargets,
        ..entry(RecordType::Cname, "k2._domainkey", "dkim2.mcsv.net")
    };
    practice.panel(doubled).unwrap();
    let quoted = views(&client, &zone, "quoted.bakery.example").await;
    assert_eq!(quoted, all("\"v=DMARC1; p=none\""));
    let alias = Question::new(name("k2._domainkey.bakery.example"), RecordType::Cname);
    let sighting = client.ask(&zone.servers[0], &alias).await;
    let target = name("dkim2.mcsv.net.bakery.example");
    assert_eq!(sighting.answer.data(), [Data::Cname(target)]);
}

#[tokio::test]
async fn p08_a_second_text_stands_beside_the_first() {
    let (practice, client, zone) = world(Delays::NONE).await;
    practice.panel(text("x", "one")).unwrap();
    practice.panel(text("x", "two")).unwrap();
    let [first, ..] = views(&client, &zone, "x.bakery.example").await;
    assert_eq!(first, ["one", "two"]);
}

#[tokio::test]
async fn p17_a_wildcard_answers_for_names_that_do_not_exist() {
    let (practice, client, zone) = world(Delays::NONE).await;
    practice.panel(text("*", "wild")).unwrap();
    assert_eq!(
        views(&client, &zone, "_dmarc.bakery.example").await,
        all("wild")
    );
    practice.panel(text("_dmarc", "own")).unwrap();
    assert_eq!(
        views(&client, &zone, "_dmarc.bakery.example").await,
        all("own")
    );
    assert_eq!(
        views(&client, &zone, "www.bakery.example").await[0].len(),
        3
    );
}

#[tokio::test]
async fn p26_the_wrong_type_can_be_chosen() {
    let (practice, client, zone) = world(Delays::NONE).await;
    practice
        .panel(entry(RecordType::Spf, "@", "v=spf1 -all"))
        .unwrap();
    let old = Question::new(name("bakery.example"), RecordType::Spf);
    let sighting = client.ask(&zone.servers[0], &old).await;
    assert_eq!(texts(&sighting.answer.outcome), ["v=spf1 -all"]);
}

#[tokio::test]
async fn entries_can_be_edited_and_removed() {
    let (practice, client, zone) = world(Delays::NONE).await;
    let at = practice
        .entries()
        .iter()
        .position(|row| row.value.starts_with("v=spf1"))
        .unwrap();
    let old = practice.entries()[at].value.clone();
    let saved = practice.edit(at, text("@", "v=spf1 -all")).unwrap();
    assert_eq!(saved.replaced, Some(old));
    let [first, ..] = views(&client, &zone, "bakery.example").await;
    assert_eq!(first[0], "v=spf1 -all");
    assert_eq!(practice.remove(at).unwrap().name, "@");
    let [first, ..] = views(&client, &zone, "bakery.example").await;
    assert!(first.iter().all(|text| !text.starts_with("v=spf1")));
    assert!(practice.remove(99).is_err());
    assert!(practice.edit(99, text("x", "x")).is_err());
}

#[tokio::test]
async fn what_a_panel_refuses() {
    let (practice, ..) = world(Delays::NONE).await;
    practice
        .panel(entry(RecordType::Cname, "k2._domainkey", "dkim2.mcsv.net"))
        .unwrap();
    for (refused, reason) in [
        (
            text("a b", "x"),
            "Not a name: the name holds a character that cannot stand in a domain name.",
        ),
        (
            text("a..b", "x"),
            "Not a name: a part of the name is empty.",
        ),
        (
            text("x.elsewhere.example.", "x"),
            "The name is not part of bakery.example. This panel edits bakery.example only.",
        ),
        (text("x", " "), "The value is empty."),
        (
            text("x", &"x".repeat(5000)),
            "The value is longer than 4096 characters.",
        ),
        (
            text("www", "x"),
            "There is already a CNAME record at this name, and an alias (CNAME) must stand alone. Remove one of the two.",
        ),
        (
            entry(RecordType::Cname, "@", "x.example"),
            "An alias (CNAME) cannot stand at the domain itself. Give it a name in front.",
        ),
        (
            entry(RecordType::Cname, "k2._domainkey", "dkim2.mcsv.net"),
            "This record is already there.",
        ),
        (
            entry(RecordType::Mx, "@", "mail.example"),
            "Write a mail server as a number and a name: 10 mail.example.",
        ),
        (
            entry(RecordType::Ns, "@", "ns.example"),
            "NS records are kept by the DNS host here.",
        ),
    ] {
        assert_eq!(practice.panel(refused), Err(reason.to_owned()));
    }
}

#[tokio::test]
async fn d23_a_mailchimp_alias_leads_to_its_key() {
    let (practice, client, zone) = world(Delays::NONE).await;
    practice
        .panel(entry(RecordType::Cname, "k2._domainkey", "dkim2.mcsv.net"))
        .unwrap();
    let question = question("k2._domainkey.bakery.example");
    for sighting in [
        client.ask(&zone.servers[0], &question).await,
        resolver(&client, &question).await,
    ] {
        assert_eq!(sighting.answer.chain, [name("dkim2.mcsv.net")]);
        assert!(texts(&sighting.answer.outcome)[0].starts_with("v=DKIM1"));
    }
}

#[tokio::test]
async fn d62_the_zone_of_a_name_deep_inside() {
    let (_practice, client, zone) = world(SLOW).await;
    for owner in [
        "shop.bakery.example",
        "google._domainkey.bakery.example",
        "_dmarc.bakery.example",
    ] {
        assert_eq!(client.zone_of(&name(owner)).await.unwrap(), zone, "{owner}");
    }
}

#[tokio::test]
async fn a_story_that_makes_no_sense_is_refused() {
    let zone = "[[zone]]\napex = \"a.example\"\nservers = []\nrecords = []\n";
    let no_console = format!("console = []\ndomain = \"b.example\"\n{zone}");
    let refused = Story::read(&no_console).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the practice story has no zone for its domain b.example"
    );
    assert!(Story::read("domain = 1").is_err());
}
