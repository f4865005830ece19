//! A lost datagram is sent again by the server's own pace, and what is sent again early is bounded.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use hickory_resolver::proto::op::ResponseCode;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::records::sighting::Trouble;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::Via;
use crate::scripted::client;
use crate::scripted::question;
use crate::scripted::texts;

/// With the waits of real life: 0.4 s before the usual second datagram.
fn patient() -> Client {
    Client::new(Config {
        timeout: Duration::from_secs(5),
        ..client(&[]).config
    })
}

/// The datagrams about each name: those with EDNS, and those without.
fn datagrams(server: &Scripted) -> BTreeMap<String, (usize, usize)> {
    let mut datagrams: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for heard in server.heard().iter().filter(|one| one.via == Via::Udp) {
        let (with, without) = datagrams.entry(heard.owner()).or_default();
        *(if heard.has_edns() { with } else { without }) += 1;
    }
    datagrams
}

/// The first three datagrams about `lost.test.` would end with one without EDNS, long after, if the server's pace did not count.
#[tokio::test]
async fn d05_lost_datagrams_are_sent_again_by_the_pace_of_the_server() {
    for (via_lines, of_resolver) in [(false, false), (false, true), (true, true)] {
        let server = Scripted::start(|heard| match heard.owner().as_str() {
            "lost.test." if heard.nth < 3 => Vec::new(),
            _ => heard.txt("here"),
        })
        .await;
        let client = if via_lines {
            patient().for_many(1024)
        } else {
            patient()
        };
        let whom = if of_resolver {
            server.resolver()
        } else {
            server.authoritative()
        };
        for owner in ["known.test", "lost.test"] {
            let sighting = client.ask(&whom, &question(owner)).await;
            assert_eq!(texts(&sighting.answer.outcome), ["here"]);
        }
        assert_eq!(datagrams(&server)["known.test."], (1, 0));
        assert_eq!(datagrams(&server)["lost.test."], (3, 0));
        let ids: Vec<u16> = server
            .heard()
            .iter()
            .skip(1)
            .map(|one| one.message.metadata.id)
            .collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
}

/// The pace is learned while the lost question waits: its sisters are answered.
#[tokio::test]
async fn d05_the_answers_to_others_tell_how_long_to_wait() {
    let server = Scripted::start(|heard| match heard.owner().as_str() {
        "lost.test." if heard.nth < 3 => Vec::new(),
        "sister.test." => {
            let answer = heard.txt("sister");
            let Say::Now(bytes) = answer[0].clone() else {
                return answer;
            };
            vec![Say::After(Duration::from_millis(10), bytes)]
        }
        _ => heard.txt("here"),
    })
    .await;
    let client = patient();
    let ask = |owner: &'static str| {
        let (client, whom) = (client.clone(), server.authoritative());
        async move { client.ask(&whom, &question(owner)).await }
    };
    let (lost, _) = tokio::join!(ask("lost.test"), ask("sister.test"));
    assert_eq!(texts(&lost.answer.outcome), ["here"]);
    let (with_edns, plain) = datagrams(&server)["lost.test."];
    assert_eq!((with_edns, plain), (3, 0));
}

/// The answer to the first datagram and that to the second are the same answer, and the next question has its own.
#[tokio::test]
async fn d06_an_answer_that_comes_twice_does_no_harm() {
    let server = Scripted::start(|heard| {
        let answer = heard.txt(&heard.owner());
        let Say::Now(bytes) = answer[0].clone() else {
            return answer;
        };
        // The first about each name is late: it comes when the next name is asked.
        let wait = Duration::from_millis(if heard.nth % 2 == 1 { 90 } else { 0 });
        vec![Say::After(wait, bytes)]
    })
    .await;
    let client = patient().for_many(1024);
    for n in 0..6 {
        let owner = format!("n{n}.test");
        let sighting = client.ask(&server.resolver(), &question(&owner)).await;
        assert_eq!(texts(&sighting.answer.outcome), [format!("{owner}.")]);
    }
}

/// Every question that stays without an answer takes three datagrams, as it always did; a few take more.
#[tokio::test]
async fn a_server_that_falls_silent_is_not_flooded() {
    const QUESTIONS: usize = 60;
    let silence = |heard: &Heard| match (heard.owner().as_str(), heard.via) {
        ("known.test.", _) => heard.txt("here"),
        (_, Via::Udp) => Vec::new(),
        (_, Via::Tcp) => vec![Say::Hang],
    };
    for is_resolver in [true, false] {
        let server = Scripted::start(silence).await;
        let whom = if is_resolver {
            server.resolver()
        } else {
            server.authoritative()
        };
        let client = client(&[]);
        client.ask(&whom, &question("known.test")).await;
        let seen = join_all((0..QUESTIONS).map(|n| {
            let (client, whom) = (client.clone(), whom.clone());
            async move { client.ask(&whom, &question(&format!("n{n}.test"))).await }
        }))
        .await;
        assert!(
            seen.iter()
                .all(|sighting| sighting.answer.trouble() == Some(&Trouble::Timeout))
        );
        let datagrams: usize = datagrams(&server)
            .values()
            .map(|(with, without)| with + without)
            .sum();
        let early = datagrams - 1 - 3 * QUESTIONS;
        assert!((1..=4).contains(&early), "{early} sent early");
    }
}

/// A slow server gets its time, not more questions.
#[tokio::test]
async fn a_slow_server_is_asked_once() {
    let server = Scripted::start(|heard| {
        let bytes = heard
            .no(ResponseCode::NXDomain, "test.", 60)
            .to_vec()
            .unwrap();
        vec![Say::After(Duration::from_millis(100), bytes)]
    })
    .await;
    let client = patient();
    for n in 0..8 {
        let owner = format!("n{n}.test");
        client.ask(&server.authoritative(), &question(&owner)).await;
    }
    let asked = server.heard().len();
    assert!(asked <= 8 + 1, "{asked} datagrams for eight questions");
}
