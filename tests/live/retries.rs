//! Silence, loss, late answers, and several resolvers.

use std::time::Duration;

use hickory_resolver::proto::op::ResponseCode;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Trouble;
use nobounce::records::sighting::Whom;
use tokio::net::UdpSocket;

use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::Via;
use crate::scripted::client;
use crate::scripted::ns;
use crate::scripted::question;
use crate::scripted::say;
use crate::scripted::texts;
use crate::scripted::txt;

const OWNER: &str = "shop.test";

async fn any(resolvers: &[&Scripted]) -> Sighting {
    let mut seen = client(resolvers)
        .put(&Ask {
            question: question(OWNER),
            whom: Whom::AnyResolver,
        })
        .await;
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

#[tokio::test]
async fn d05_silence_is_a_timeout_after_three_tries() {
    let server = Scripted::silent().await;
    let sighting = client(&[])
        .ask(&server.authoritative(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.trouble(), Some(&Trouble::Timeout));
    let by_udp = server
        .heard()
        .iter()
        .filter(|one| one.via == Via::Udp)
        .count();
    assert_eq!(by_udp, 3);
}

#[tokio::test]
async fn d05_a_lost_datagram_costs_one_try() {
    let server = Scripted::start(|heard| match heard.nth {
        0 => Vec::new(),
        _ => heard.txt("second try"),
    })
    .await;
    let sighting = client(&[])
        .ask(&server.authoritative(), &question(OWNER))
        .await;
    assert_eq!(texts(&sighting.answer.outcome), ["second try"]);
    assert_eq!(server.heard().len(), 2);
}

#[tokio::test]
async fn d06_an_answer_to_the_first_try_counts_in_the_second() {
    let server = Scripted::start(|heard| match heard.nth {
        0 => vec![Say::After(
            Duration::from_millis(600),
            heard.answer([txt(OWNER, "slow")]).to_vec().unwrap(),
        )],
        _ => Vec::new(),
    })
    .await;
    let sighting = client(&[])
        .ask(&server.authoritative(), &question(OWNER))
        .await;
    assert_eq!(texts(&sighting.answer.outcome), ["slow"]);
}

#[tokio::test]
async fn d06_late_and_double_answers_do_not_mix() {
    let server = Scripted::start(|heard| {
        let own = heard
            .answer([txt(&heard.owner(), &heard.owner())])
            .to_vec()
            .unwrap();
        vec![
            Say::Now(own.clone()),
            Say::Now(own.clone()),
            Say::After(Duration::from_millis(5), own),
        ]
    })
    .await;
    let client = client(&[]);
    let asks = (0..40).map(|n| {
        let (client, server) = (client.clone(), server.authoritative());
        async move {
            let question = question(&format!("n{n}.shop.test"));
            let sighting = client.ask(&server, &question).await;
            assert_eq!(
                texts(&sighting.answer.outcome),
                [format!("n{n}.shop.test.")]
            );
        }
    });
    futures_util::future::join_all(asks).await;
}

#[tokio::test]
async fn d54_a_server_that_answers_only_over_tcp() {
    let server = Scripted::start(|heard| match heard.via {
        Via::Udp => Vec::new(),
        Via::Tcp => heard.txt("by tcp"),
    })
    .await;
    let sighting = client(&[])
        .ask(&server.authoritative(), &question(OWNER))
        .await;
    assert_eq!(texts(&sighting.answer.outcome), ["by tcp"]);
}

#[tokio::test]
async fn d05_a_closed_port_is_said_to_be_out_of_reach() {
    let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let server = nobounce::records::sighting::Server::Resolver { address };
    let sighting = client(&[]).ask(&server, &question(OWNER)).await;
    assert_eq!(sighting.answer.trouble(), Some(&Trouble::Unreachable));
}

#[tokio::test]
async fn d01_a_failing_resolver_gives_way_to_the_next() {
    let bad = Scripted::start(|heard| say(heard.code(ResponseCode::ServFail))).await;
    let good = Scripted::start(|heard| heard.txt("good")).await;
    let sighting = any(&[&bad, &good]).await;
    assert_eq!(sighting.server, good.resolver());
    assert_eq!(texts(&sighting.answer.outcome), ["good"]);
}

#[tokio::test]
async fn d60_dead_resolvers_give_way_and_are_not_asked_first_again() {
    let (dead, also_dead) = (Scripted::silent().await, Scripted::silent().await);
    let good = Scripted::start(|heard| heard.txt("good")).await;
    let client = client(&[&dead, &also_dead, &good]);
    let ask = Ask {
        question: question(OWNER),
        whom: Whom::AnyResolver,
    };
    assert_eq!(texts(&client.put(&ask).await[0].answer.outcome), ["good"]);
    let tried = dead.heard().len();
    client.put(&ask).await;
    assert_eq!(dead.heard().len(), tried);
}

#[tokio::test]
async fn d60_all_in_trouble_gives_trouble_and_never_a_no() {
    let bad = Scripted::start(|heard| say(heard.code(ResponseCode::ServFail))).await;
    let dead = Scripted::silent().await;
    let sighting = any(&[&bad, &dead]).await;
    assert!(sighting.answer.trouble().is_some(), "{sighting:?}");
    let alone = any(&[]).await;
    assert_eq!(alone.answer.trouble(), Some(&Trouble::Unreachable));
}

#[tokio::test]
async fn a_no_of_the_first_resolver_is_an_answer() {
    let first = Scripted::start(|heard| say(heard.no(ResponseCode::NXDomain, "test.", 60))).await;
    let second = Scripted::start(|heard| heard.txt("never asked")).await;
    let sighting = any(&[&first, &second]).await;
    assert_eq!(sighting.answer.outcome, Outcome::NoName { ttl: Some(60) });
    assert_eq!(second.asked(), Vec::<String>::new());
}

/// An empty answer that does not show whose it is gives way to the next resolver's.
#[tokio::test]
async fn d11_an_empty_answer_of_a_resolver_gives_way_to_the_next() {
    for code in [ResponseCode::NoError, ResponseCode::NXDomain] {
        for (recursion, points_on) in [(false, false), (true, true), (true, false)] {
            let odd = Scripted::start(move |heard| {
                let mut message = heard.code(code);
                message.metadata.authoritative = false;
                message.metadata.recursion_available = recursion;
                if points_on {
                    message.add_authority(ns("test.", "ns.registry.test."));
                }
                say(message)
            })
            .await;
            let good = Scripted::start(|heard| heard.txt("good")).await;
            let seen = any(&[&odd, &good]).await;
            assert_eq!(texts(&seen.answer.outcome), ["good"]);
            let alone = any(&[&odd]).await.answer;
            if recursion && !points_on {
                assert!(alone.is_weak_no(), "{alone:?}");
            } else {
                assert_eq!(alone.trouble(), Some(&Trouble::NotAuthoritative));
            }
        }
    }
}

#[tokio::test]
async fn every_resolver_gives_its_own_sighting() {
    let one = Scripted::start(|heard| heard.txt("one")).await;
    let two = Scripted::silent().await;
    let three = Scripted::start(|heard| heard.txt("three")).await;
    let seen = client(&[&one, &two, &three])
        .put(&Ask {
            question: question(OWNER),
            whom: Whom::EveryResolver,
        })
        .await;
    let servers: Vec<_> = seen
        .iter()
        .map(|sighting| sighting.server.clone())
        .collect();
    assert_eq!(servers, [one.resolver(), two.resolver(), three.resolver()]);
    assert_eq!(seen[1].answer.trouble(), Some(&Trouble::Timeout));
    assert_eq!(texts(&seen[2].answer.outcome), ["three"]);
}

#[tokio::test]
async fn d05_the_wait_for_a_question_has_an_end_of_its_own() {
    // Each answer leads on, slowly: the chain would take far longer than the wait allows.
    let slow = Scripted::start(|heard| {
        let n = heard.nth;
        let next = crate::scripted::cname(&heard.owner(), &format!("n{n}.shop.test."));
        let bytes = heard.answer([next]).to_vec().unwrap();
        vec![Say::After(Duration::from_millis(370), bytes)]
    })
    .await;
    let sighting = client(&[])
        .ask(&slow.authoritative(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.trouble(), Some(&Trouble::Timeout));
    assert!(sighting.answer.chain.len() < 8);
}
