//! Chains of CNAME records: inside the zone, out of it, in circles.

use hickory_resolver::proto::op::ResponseCode;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Trouble;

use crate::scripted::Scripted;
use crate::scripted::client;
use crate::scripted::cname;
use crate::scripted::name;
use crate::scripted::question;
use crate::scripted::say;
use crate::scripted::texts;
use crate::scripted::txt;

const OWNER: &str = "k2._domainkey.shop.test";

#[tokio::test]
async fn d23_a_target_elsewhere_is_asked_through_the_resolvers() {
    let zone = Scripted::start(|heard| {
        // What the zone's own server says about a name of others is not believed.
        say(heard.answer([
            cname(OWNER, "dkim2.sender.example."),
            txt("dkim2.sender.example.", "stale copy"),
        ]))
    })
    .await;
    let resolver = Scripted::start(|heard| heard.txt("v=DKIM1; p=")).await;
    let sighting = client(&[&resolver])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    assert_eq!(sighting.server, zone.authoritative());
    assert_eq!(sighting.answer.chain, [name("dkim2.sender.example")]);
    assert_eq!(texts(&sighting.answer.outcome), ["v=DKIM1; p="]);
    assert_eq!(resolver.asked(), ["dkim2.sender.example. TXT"]);
}

#[tokio::test]
async fn d23_the_resolvers_chain_goes_on_behind_it() {
    let zone =
        Scripted::start(|heard| say(heard.answer([cname(OWNER, "one.sender.example.")]))).await;
    let resolver = Scripted::start(|heard| {
        let mut message = heard.answer([
            cname("one.sender.example.", "two.sender.example."),
            cname("two.sender.example.", "three.cloud.example."),
        ]);
        message.metadata.response_code = ResponseCode::NXDomain;
        message.add_authority(crate::scripted::soa("cloud.example.", 60));
        say(message)
    })
    .await;
    let sighting = client(&[&resolver])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    let chain = [
        "one.sender.example",
        "two.sender.example",
        "three.cloud.example",
    ];
    assert_eq!(sighting.answer.chain, chain.map(name));
    assert_eq!(
        sighting.answer.outcome,
        Outcome::NoName { ttl: Some(60) },
        "d24: a chain to a name that is not there"
    );
}

#[tokio::test]
async fn d23_trouble_at_the_target_keeps_the_chain() {
    let zone =
        Scripted::start(|heard| say(heard.answer([cname(OWNER, "dkim2.sender.example.")]))).await;
    let resolver = Scripted::start(|heard| say(heard.code(ResponseCode::ServFail))).await;
    let sighting = client(&[&resolver])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.chain, [name("dkim2.sender.example")]);
    assert_eq!(
        sighting.answer.trouble(),
        Some(&Trouble::ServerFailure { said: None })
    );
}

#[tokio::test]
async fn d23_a_target_in_the_zone_is_the_servers_own() {
    let zone = Scripted::start(|heard| {
        say(heard.answer([
            cname(OWNER, "keys.shop.test."),
            txt("keys.shop.test.", "own"),
        ]))
    })
    .await;
    let resolver = Scripted::silent().await;
    let sighting = client(&[&resolver])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    assert_eq!(texts(&sighting.answer.outcome), ["own"]);
    assert_eq!(resolver.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn d23_a_target_in_the_zone_that_the_message_leaves_out_is_asked_for() {
    let zone = Scripted::start(|heard| match heard.owner().as_str() {
        "keys.shop.test." => heard.txt("own"),
        _ => say(heard.answer([cname(OWNER, "keys.shop.test.")])),
    })
    .await;
    let sighting = client(&[])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.chain, [name("keys.shop.test")]);
    assert_eq!(texts(&sighting.answer.outcome), ["own"]);
}

#[tokio::test]
async fn d62_a_target_in_a_zone_below_is_asked_through_the_resolvers() {
    let zone = Scripted::start(|heard| match heard.owner().as_str() {
        "keys.sub.shop.test." => say(heard.code(ResponseCode::Refused)),
        _ => say(heard.answer([cname(OWNER, "keys.sub.shop.test.")])),
    })
    .await;
    let resolver = Scripted::start(|heard| heard.txt("below")).await;
    let sighting = client(&[&resolver])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    assert_eq!(texts(&sighting.answer.outcome), ["below"]);
}

#[tokio::test]
async fn d24_circles() {
    let own = Scripted::start(|heard| say(heard.answer([cname(OWNER, OWNER)]))).await;
    let two = Scripted::start(|heard| {
        let owner = heard.owner();
        let target = if owner.starts_with('a') {
            OWNER
        } else {
            "a.shop.test."
        };
        say(heard.answer([cname(&owner, target)]))
    })
    .await;
    for (server, chain) in [(&own, vec![]), (&two, vec![name("a.shop.test")])] {
        for side in [server.authoritative(), server.resolver()] {
            let sighting = client(&[]).ask(&side, &question(OWNER)).await;
            assert_eq!(sighting.answer.trouble(), Some(&Trouble::Loop));
            assert_eq!(sighting.answer.chain, chain);
        }
    }
}

#[tokio::test]
async fn d24_a_chain_without_end_stops_after_eight() {
    let long = Scripted::start(|heard| {
        let n: u32 = heard.owner().split('.').next().unwrap()[1..]
            .parse()
            .unwrap();
        say(heard.answer([cname(&heard.owner(), &format!("n{}.shop.test.", n + 1))]))
    })
    .await;
    let sighting = client(&[])
        .ask(&long.authoritative(), &question("n0.shop.test"))
        .await;
    assert_eq!(sighting.answer.trouble(), Some(&Trouble::Loop));
    assert_eq!(sighting.answer.chain.len(), 8);
    assert_eq!(long.asked().len(), 9);
}

#[tokio::test]
async fn d24_eight_aliases_are_still_followed() {
    let long = Scripted::start(|heard| match heard.owner().as_str() {
        "n8.shop.test." => heard.txt("end"),
        owner => {
            let n: u32 = owner.split('.').next().unwrap()[1..].parse().unwrap();
            say(heard.answer([cname(owner, &format!("n{}.shop.test.", n + 1))]))
        }
    })
    .await;
    let sighting = client(&[])
        .ask(&long.authoritative(), &question("n0.shop.test"))
        .await;
    assert_eq!(texts(&sighting.answer.outcome), ["end"]);
    assert_eq!(sighting.answer.chain.len(), 8);
}

#[tokio::test]
async fn d24_a_circle_over_two_zones() {
    let zone =
        Scripted::start(|heard| say(heard.answer([cname(OWNER, "x.sender.example.")]))).await;
    let resolver =
        Scripted::start(|heard| say(heard.answer([cname("x.sender.example.", OWNER)]))).await;
    let sighting = client(&[&resolver])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.trouble(), Some(&Trouble::Loop));
}

#[tokio::test]
async fn d25_data_beside_an_alias_is_seen() {
    let zone = Scripted::start(|heard| {
        say(heard.answer([cname(OWNER, "dkim2.sender.example."), txt(OWNER, "beside")]))
    })
    .await;
    let sighting = client(&[])
        .ask(&zone.authoritative(), &question(OWNER))
        .await;
    let read: Vec<String> = sighting
        .answer
        .texts()
        .map(|text| text.shown().to_string())
        .collect();
    assert_eq!(read, ["beside"]);
    assert_eq!(
        sighting.answer.alias_beside(),
        Some(&name("dkim2.sender.example"))
    );
    assert_eq!(sighting.answer.chain, []);
}

#[tokio::test]
async fn the_alias_itself_can_be_asked_for() {
    let zone =
        Scripted::start(|heard| say(heard.answer([cname(OWNER, "dkim2.sender.example.")]))).await;
    let sighting = client(&[])
        .ask(
            &zone.authoritative(),
            &Question::new(name(OWNER), RecordType::Cname),
        )
        .await;
    assert_eq!(sighting.answer.chain, []);
    assert_eq!(
        sighting.answer.data(),
        [Data::Cname(name("dkim2.sender.example"))]
    );
}
