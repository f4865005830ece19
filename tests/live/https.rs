//! Questions over HTTPS: connections, limits, and what stands in the way.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use jiff::Timestamp;
use nobounce::dns::Client;
use nobounce::dns::https::Choice;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::TlsTrouble;
use nobounce::records::sighting::Trouble;
use nobounce::records::sighting::Whom;

use crate::doh::Certificate;
use crate::doh::Doh;
use crate::doh::Manners;
use crate::doh::client;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::question;
use crate::scripted::say;
use crate::scripted::texts;
use crate::scripted::txt;

const OWNER: &str = "_dmarc.shop.test";

/// What one server with these manners makes of one question.
async fn outcome(manners: Manners) -> Outcome {
    let server = Doh::with(manners, |heard| heard.txt("v=DMARC1; p=none")).await;
    let client = client(&[&server]);
    let sighting = client.ask(&server.resolver(), &question(OWNER)).await;
    sighting.answer.outcome
}

async fn trouble(manners: Manners) -> Trouble {
    match outcome(manners).await {
        Outcome::Trouble(trouble) => trouble,
        other => panic!("not trouble: {other:?}"),
    }
}

#[tokio::test]
async fn questions_side_by_side_share_one_connection() {
    let server = Doh::start(|heard| heard.txt(&heard.owner())).await;
    let client = client(&[&server]);
    let owners: Vec<String> = (0..30).map(|number| format!("n{number}.test")).collect();
    let asked = owners.iter().map(|owner| {
        let client = &client;
        let server = server.resolver();
        async move { client.ask(&server, &question(owner)).await }
    });
    for (sighting, owner) in join_all(asked).await.iter().zip(&owners) {
        assert_eq!(texts(&sighting.answer.outcome), [format!("{owner}.")]);
    }
    assert_eq!((server.connections(), server.heard().len()), (1, 30));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_made_again() {
    let manners = Manners {
        per_connection: 1,
        ..Manners::default()
    };
    let server = Doh::with(manners, |heard| heard.txt("x")).await;
    let client = client(&[&server]);
    for owner in ["a.test", "b.test", "c.test"] {
        let sighting = client.ask(&server.resolver(), &question(owner)).await;
        assert_eq!(texts(&sighting.answer.outcome), ["x"], "{owner}");
    }
    assert_eq!(server.connections(), 3);
}

/// FAULTS D63: after a sleep of the computer a connection may be dead without knowing it.
#[tokio::test]
async fn d63_a_connection_that_went_silent_is_made_again() {
    let manners = Manners {
        mute_connections: 1,
        ..Manners::default()
    };
    let server = Doh::with(manners, |heard| heard.txt("x")).await;
    let mut client = client(&[&server]);
    client.config.timeout = Duration::from_millis(400);
    let lost = client.ask(&server.resolver(), &question(OWNER)).await;
    assert_eq!(lost.answer.trouble(), Some(&Trouble::Timeout));
    client.config.timeout = Duration::from_secs(5);
    let sighting = client.ask(&server.resolver(), &question(OWNER)).await;
    assert_eq!(texts(&sighting.answer.outcome), ["x"]);
    assert_eq!(server.connections(), 2);
}

/// One name that takes long says nothing about the connection.
#[tokio::test]
async fn a_slow_answer_does_not_cost_the_others_their_connection() {
    let server = Doh::start(|heard| match heard.owner().as_str() {
        "slow.test." => Vec::new(),
        _ => heard.txt("x"),
    })
    .await;
    let mut client = client(&[&server]);
    client.config.timeout = Duration::from_millis(800);
    let (slow, quick) = (question("slow.test"), question("quick.test"));
    let resolver = server.resolver();
    let asked =
        futures_util::future::join(client.ask(&resolver, &slow), client.ask(&resolver, &quick));
    let (slow, _) = asked.await;
    assert_eq!(slow.answer.trouble(), Some(&Trouble::Timeout));
    client.ask(&resolver, &quick).await;
    assert_eq!(server.connections(), 1);
}

/// What cannot be a DNS message is not read to its end.
#[tokio::test]
async fn an_answer_is_bounded() {
    for (padding, is_taken) in [(100, true), (66_000, false)] {
        let server = Doh::start(move |heard| {
            let mut message = heard.answer([txt(&heard.owner(), "x")]).to_vec().unwrap();
            message.resize(message.len() + padding, 0);
            vec![Say::Now(message)]
        })
        .await;
        let sighting = client(&[&server])
            .ask(&server.resolver(), &question(OWNER))
            .await;
        let trouble = sighting.answer.trouble();
        assert_eq!(trouble.is_none(), is_taken, "{padding}: {trouble:?}");
    }
}

#[tokio::test]
async fn a_long_answer_comes_whole() {
    let long = "x".repeat(40_000);
    let sent = long.clone();
    let server = Doh::start(move |heard| heard.txt(&sent)).await;
    let sighting = client(&[&server])
        .ask(&server.resolver(), &question(OWNER))
        .await;
    assert_eq!(texts(&sighting.answer.outcome), [long]);
}

#[tokio::test]
async fn what_is_no_dns_answer_is_trouble() {
    for status in [302, 403, 429, 500] {
        let manners = Manners {
            status,
            ..Manners::default()
        };
        assert_eq!(trouble(manners).await, Trouble::Http(status));
    }
    let page = Manners {
        content_type: "text/html",
        ..Manners::default()
    };
    assert_eq!(trouble(page).await, Trouble::Malformed);
    for body in [Vec::new(), vec![0; 70_000], b"<html>".to_vec()] {
        let manners = Manners {
            body: Some(body),
            ..Manners::default()
        };
        assert_eq!(trouble(manners).await, Trouble::Malformed);
    }
}

#[tokio::test]
async fn an_answer_to_another_question_is_not_taken() {
    let server = Doh::start(|heard| {
        let mut message = heard.answer([txt("other.test.", "v=DMARC1; p=none")]);
        message.queries[0].set_name("other.test.".parse().unwrap());
        say(message)
    })
    .await;
    let sighting = client(&[&server])
        .ask(&server.resolver(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.trouble(), Some(&Trouble::Malformed));
}

#[tokio::test]
async fn a_server_that_is_silent_costs_one_timeout() {
    let server = Doh::start(|_| Vec::new()).await;
    let sighting = client(&[&server])
        .ask(&server.resolver(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.trouble(), Some(&Trouble::Timeout));
}

/// FAULTS D64 and D55: a clock that is wrong, and a login page in the way, each by its name.
#[tokio::test]
async fn d64_d55_what_is_wrong_with_the_certificate_is_named() {
    for (certificate, named) in [
        (Certificate::NotYetValid, TlsTrouble::NotYetValid),
        (Certificate::Expired, TlsTrouble::Expired),
        (Certificate::OfAnother, TlsTrouble::OtherName),
        (Certificate::Stranger, TlsTrouble::Untrusted),
    ] {
        let manners = Manners {
            certificate,
            ..Manners::default()
        };
        assert_eq!(trouble(manners).await, Trouble::Tls(named));
    }
    // Something listens there that speaks no TLS.
    let plain = Scripted::silent().await;
    let choice = Choice {
        urls: vec![format!("https://{}/q", plain.address).parse().unwrap()],
        trusted: None,
    };
    let mut client = Client::over_https(&choice).unwrap();
    client.config.timeout = Duration::from_millis(600);
    let sighting = client.ask(&plain.resolver(), &question(OWNER)).await;
    assert!(sighting.answer.trouble().is_some());
}

/// FAULTS D64: the `Date` of an answer against this machine's clock.
#[tokio::test]
async fn d64_a_clock_that_is_more_than_five_minutes_off_is_noticed() {
    for (minutes, is_off) in [(0, false), (4, false), (7, true), (-7, true), (60, true)] {
        let time = Timestamp::now() + SignedDuration::from_mins(minutes);
        let date = time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let manners = Manners {
            date: Some(date),
            ..Manners::default()
        };
        let server = Doh::with(manners, |heard| heard.txt("x")).await;
        let client = client(&[&server]);
        assert_eq!(client.clock_is_off(), None, "nobody was asked yet");
        client.ask(&server.resolver(), &question(OWNER)).await;
        let off = client.clock_is_off();
        assert_eq!(off.is_some(), is_off, "{minutes}: {off:?}");
        assert!(off.is_none_or(|off| off.is_negative() == (minutes < 0)));
    }
}

/// FAULTS D58: with DNS over HTTPS nothing goes to port 53, whoever is to be asked.
#[tokio::test]
async fn d58_name_servers_are_left_alone() {
    let server = Doh::start(|heard| heard.txt("x")).await;
    let own = Scripted::start(|heard| heard.txt("x")).await;
    let client = client(&[&server]);
    assert!(client.asks_resolvers_only());
    let sightings = client
        .put(&Ask {
            question: question(OWNER),
            whom: Whom::Servers(vec![own.authoritative(), own.resolver()]),
        })
        .await;
    for sighting in sightings {
        assert_eq!(sighting.answer.trouble(), Some(&Trouble::Unreachable));
    }
    assert!(own.heard().is_empty());
}

#[tokio::test]
async fn a_file_without_certificates_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    let untrusted = Choice {
        urls: vec!["https://127.0.0.1:1/q".parse().unwrap()],
        trusted: Some(empty),
    };
    let error = Client::over_https(&untrusted).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("holds no certificate that can be read")
    );
}
