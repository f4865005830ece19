//! Runs of questions, and the search for a zone and its servers.

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::op::ResponseCode;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Whom;

use crate::scripted::Heard;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::client;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::question;
use crate::scripted::say;
use crate::scripted::soa;

fn ask(owner: &str) -> Ask {
    Ask {
        question: question(owner),
        whom: Whom::AnyResolver,
    }
}

#[tokio::test]
async fn a_run_counts_queries_and_the_longest_chain() {
    let server = Scripted::start(|heard| heard.txt("x")).await;
    let client = client(&[&server]);
    let mut seen = Vec::new();
    let spent = client
        .run(vec![ask("a.test"), ask("b.test")], |sighting| {
            let owner = sighting.question.owner.to_string();
            let next = match owner.as_str() {
                "a.test" => vec![ask("c.test"), ask("d.test")],
                "c.test" => vec![ask("e.test")],
                _ => Vec::new(),
            };
            seen.push(owner);
            next
        })
        .await;
    seen.sort();
    assert_eq!(seen, ["a.test", "b.test", "c.test", "d.test", "e.test"]);
    assert_eq!((spent.queries, spent.rounds), (5, 3));
}

#[tokio::test]
async fn a_run_asks_on_while_another_server_is_silent() {
    let quick = Scripted::start(|heard| heard.txt("x")).await;
    let dead = Scripted::silent().await;
    let client = client(&[&quick]);
    let first = vec![
        Ask {
            question: question("a.test"),
            whom: Whom::Servers(vec![dead.authoritative()]),
        },
        ask("b.test"),
    ];
    let mut order = Vec::new();
    client
        .run(first, |sighting| {
            let owner = sighting.question.owner.to_string();
            order.push(owner.clone());
            if owner == "b.test" {
                vec![ask("c.test")]
            } else {
                Vec::new()
            }
        })
        .await;
    assert_eq!(order, ["b.test", "c.test", "a.test"]);
}

#[tokio::test]
async fn a_run_that_leads_on_for_ever_ends() {
    let server = Scripted::start(|heard| heard.txt("x")).await;
    let spent = client(&[&server])
        .run(vec![ask("n.test")], |_| vec![ask("n.test"), ask("n.test")])
        .await;
    assert_eq!(spent.queries, 4000);
}

/// A pretend root: `shop.test` with two name servers, of which one has no address, and the delegated `_dmarc.cut.test`.
fn world(heard: &Heard) -> Message {
    let owner = heard.owner();
    match (owner.as_str(), heard.kind().as_str()) {
        ("shop.test.", "SOA") => heard.answer([soa(&owner, 60)]),
        ("shop.test.", "NS") => {
            heard.answer([ns(&owner, "ns1.host.test."), ns(&owner, "ns2.host.test.")])
        }
        ("ns1.host.test.", "A") => heard.answer([a(&owner, [127, 0, 0, 1])]),
        ("www.shop.test.", _) => heard.no(ResponseCode::NoError, "shop.test.", 60),
        _ if owner.ends_with(".shop.test.") => heard.no(ResponseCode::NXDomain, "shop.test.", 60),
        _ if owner.ends_with(".host.test.") => heard.no(ResponseCode::NoError, "host.test.", 60),
        _ => heard.no(ResponseCode::NXDomain, "test.", 60),
    }
}

async fn zone_client(resolver: &Scripted, authoritative: &Scripted) -> Client {
    Client::new(Config {
        authoritative_port: authoritative.address.port(),
        ..client(&[resolver]).config
    })
}

#[tokio::test]
async fn d21_the_zone_of_a_name_and_its_servers_with_an_address() {
    let resolver = Scripted::start(|heard| say(world(heard))).await;
    let own =
        Scripted::start(|heard| say(heard.no(ResponseCode::NXDomain, "shop.test.", 60))).await;
    let client = zone_client(&resolver, &own).await;
    for owner in [
        "shop.test",
        "www.shop.test",
        "not.there.shop.test",
        "s1._domainkey.shop.test",
    ] {
        let zone = client.zone_of(&name(owner)).await.unwrap();
        assert_eq!(zone.apex, name("shop.test"), "{owner}");
        assert_eq!(zone.servers, [own.authoritative()], "{owner}");
    }
}

#[tokio::test]
async fn d14_no_resolver_is_asked_about_a_name_with_an_underscore() {
    let resolver = Scripted::start(|heard| say(world(heard))).await;
    let own =
        Scripted::start(|heard| say(heard.no(ResponseCode::NXDomain, "shop.test.", 60))).await;
    let client = zone_client(&resolver, &own).await;
    client
        .zone_of(&name("s1._domainkey.shop.test"))
        .await
        .unwrap();
    let planted: Vec<String> = resolver
        .asked()
        .into_iter()
        .filter(|line| line.contains('_'))
        .collect();
    assert_eq!(planted, Vec::<String>::new());
}

#[tokio::test]
async fn d62_a_zone_of_its_own_below_an_underscore() {
    let resolver = Scripted::start(
        |heard| match (heard.owner().as_str(), heard.kind().as_str()) {
            ("_dmarc.shop.test.", "NS") => {
                say(heard.answer([ns("_dmarc.shop.test.", "ns1.host.test.")]))
            }
            _ => say(world(heard)),
        },
    )
    .await;
    let own = Scripted::start(|heard| {
        let mut message = heard.empty();
        message.metadata.authoritative = false;
        message.add_authority(ns("_dmarc.shop.test.", "ns1.host.test."));
        say(message)
    })
    .await;
    let zone = zone_client(&resolver, &own)
        .await
        .zone_of(&name("_dmarc.shop.test"))
        .await
        .unwrap();
    assert_eq!(zone.apex, name("_dmarc.shop.test"));
}

#[tokio::test]
async fn d61_a_domain_that_nobody_registered() {
    let resolver = Scripted::start(|heard| say(world(heard))).await;
    let stopped = client(&[&resolver])
        .zone_of(&name("nobody.test"))
        .await
        .unwrap_err();
    assert_eq!(stopped.question.owner, name("nobody.test"));
    assert_eq!(stopped.answer.outcome, Outcome::NoName { ttl: Some(60) });
}

#[tokio::test]
async fn d12_trouble_on_the_way_to_the_zone_is_trouble() {
    let resolver = Scripted::start(|heard| say(heard.code(ResponseCode::ServFail))).await;
    let stopped = client(&[&resolver])
        .zone_of(&name("shop.test"))
        .await
        .unwrap_err();
    assert!(stopped.answer.trouble().is_some());
}

#[tokio::test]
async fn d11_a_no_without_soa_leads_up_the_tree() {
    let resolver = Scripted::start(|heard| match heard.owner().as_str() {
        "deep.www.shop.test." | "www.shop.test." => say(heard.empty()),
        _ => say(world(heard)),
    })
    .await;
    let own = Scripted::silent().await;
    let zone = zone_client(&resolver, &own)
        .await
        .zone_of(&name("deep.www.shop.test"))
        .await
        .unwrap();
    assert_eq!(zone.apex, name("shop.test"));
}

#[test]
fn d60_named_resolvers_stand_instead_of_all_others() {
    let named =
        ["192.0.2.1:53", "192.0.2.2:5353", "192.0.2.1:53"].map(|text| text.parse().unwrap());
    let config = Config::system(&named, 5300).unwrap();
    assert_eq!(config.resolvers, named[..2]);
    assert_eq!(config.authoritative_port, 5300);
}
