//! D14 to D22: old copies, servers that are not in step, and lists of name servers that differ.

use std::sync::Mutex;

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::rdata::AAAA;
use nobounce::audit::report::Report;
use nobounce::records::verdict::Verdict;

use crate::lab::DMARC;
use crate::lab::Lab;
use crate::lab::WELL;
use crate::lab::Who;
use crate::lab::judged;
use crate::lab::line;
use crate::lab::referral;
use crate::lab::said;
use crate::lab::soa;
use crate::lab::wanted;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::cname;
use crate::scripted::ns;
use crate::scripted::record;
use crate::scripted::say;
use crate::scripted::txt;

const POLICY: &str = "_dmarc.shop.test.";
const OLD: &str = "v=DMARC1; p=none; rua=mailto:dmarc@shop.test";

fn asks_policy(heard: &Heard) -> bool {
    heard.owner() == POLICY && heard.kind() == "TXT"
}

/// The clock time in a message about an old copy, and the time that it has to be.
fn is_clock_time(message: &str, ttl: i64) -> bool {
    let now = jiff::Timestamp::now();
    (ttl - 5..=ttl).any(|seconds| {
        let time = now + jiff::SignedDuration::from_secs(seconds);
        let clock = time.to_zoned(jiff::tz::TimeZone::UTC);
        message.contains(&clock.strftime("by %H:%M UTC on %-d %B %Y").to_string())
    })
}

#[tokio::test]
async fn d14_a_remembered_no_lasts_until_a_clock_time() {
    let lab = Lab::start(|who, heard| {
        let no = || say(heard.no(ResponseCode::NXDomain, "shop.test.", 120));
        (who == Who::Resolver && asks_policy(heard)).then(no)
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "warning | published published spreading | dns-old-copy"
    );
    let said = said(&report, "dns-old-copy");
    assert!(
        is_clock_time(&said, 120),
        "the smaller of TTL and minimum: {said}"
    );
    let before = jiff::Timestamp::now();
    let judgement = lab.watch(&wanted()).await;
    let Verdict::Spreading { until: Some(until) } = judgement.verdict else {
        panic!("{judgement:?}");
    };
    assert!((119..=121).contains(&until.duration_since(before).as_secs()));
}

#[tokio::test]
async fn d14_no_resolver_is_asked_before_every_name_server_has_it() {
    let lab = Lab::start(|who, heard| {
        let no = || say(heard.no(ResponseCode::NXDomain, "shop.test.", 120));
        (who != Who::Ns1 && asks_policy(heard)).then(no)
    })
    .await;
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "spreading | 1/2/2 0/0/0 | ns-disagree");
    assert_eq!(lab.heard(Who::Resolver, "_dmarc.shop.test. TXT"), 0);
}

#[tokio::test]
async fn d15_an_old_value_lasts_until_a_clock_time() {
    let lab = Lab::start(|who, heard| {
        (who == Who::Resolver && asks_policy(heard)).then(|| heard.txt(OLD))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "warning | published published spreading | dns-old-copy"
    );
    assert!(is_clock_time(&said(&report, "dns-old-copy"), 300));
    assert_eq!(report.dmarc.policy.as_deref(), Some("reject"));
    let before = jiff::Timestamp::now();
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "spreading | 2/2/2 0/1/1 |");
    let Verdict::Spreading { until: Some(until) } = judgement.verdict else {
        panic!("{judgement:?}");
    };
    assert!((299..=301).contains(&until.duration_since(before).as_secs()));
}

/// The second name server has the old policy, and the version `serial` of the zone; the first has version 7.
async fn divided(newest: u32, serial: u32) -> Lab {
    Lab::start(move |who, heard| match (who, heard.kind().as_str()) {
        (Who::Ns2, "SOA") => Some(say(heard.answer([soa("shop.test.", serial)]))),
        (Who::Ns1, "SOA") => Some(say(heard.answer([soa("shop.test.", newest)]))),
        (Who::Ns2, "TXT") if asks_policy(heard) => Some(heard.txt(OLD)),
        _ => None,
    })
    .await
}

async fn both(lab: &Lab) -> (Report, String) {
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "spreading | 1/2/2 0/0/0 | ns-disagree");
    let message = judgement.findings[0].message.clone();
    (lab.check().await, message)
}

#[tokio::test]
async fn d16_a_name_server_one_version_behind() {
    let (report, watched) = both(&divided(7, 6).await).await;
    assert_eq!(
        line(&report),
        "warning | published published spreading | ns-serials-differ dns-servers-disagree"
    );
    let words = "ns2.host.test is one version behind (serial 6, the newest is 7).";
    assert!(said(&report, "dns-servers-disagree").ends_with(words));
    assert!(watched.ends_with(words), "{watched}");
    let (report, _) = both(&divided(1, u32::MAX).await).await;
    let said = said(&report, "dns-servers-disagree");
    assert!(
        said.contains("ns2.host.test is 2 versions behind"),
        "serials go round: {said}"
    );
}

#[tokio::test]
async fn d17_the_same_version_with_other_data() {
    let (report, watched) = both(&divided(7, 7).await).await;
    assert_eq!(
        line(&report),
        "warning | published published spreading | dns-servers-disagree"
    );
    let words = "They all say that they hold the same version of the zone (serial 7).";
    assert!(said(&report, "dns-servers-disagree").ends_with(words));
    assert!(watched.ends_with(words), "{watched}");
}

#[tokio::test]
async fn d18_a_name_server_that_takes_no_changes_over() {
    let lab = divided(2_026_112_301, 2_026_030_402).await;
    let (report, watched) = both(&lab).await;
    assert_eq!(
        line(&report),
        "warning | published published spreading | ns-serials-differ dns-servers-disagree"
    );
    let words = "ns2.host.test still holds the zone of 4 March 2026";
    assert!(said(&report, "dns-servers-disagree").contains(words));
    assert!(watched.contains(words), "{watched}");
    let remedy = &report.findings[0].remedy;
    assert!(remedy.contains("AXFR, NOTIFY"), "{remedy}");
    // A secondary whose copy of the zone has run out fails.
    let expired =
        Lab::start(|who, heard| (who == Who::Ns2).then(|| say(heard.code(ResponseCode::ServFail))))
            .await;
    assert_eq!(
        line(&expired.check().await),
        "warning | published published published | ns-silent"
    );
}

#[tokio::test]
async fn d19_machines_behind_one_address_that_differ() {
    let count = Mutex::new(0);
    let lab = Lab::start(move |who, heard| {
        if who != Who::Ns2 || !asks_policy(heard) {
            return None;
        }
        let mut count = count.lock().unwrap();
        *count += 1;
        (*count == 3).then(|| heard.txt(OLD))
    })
    .await;
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "spreading | 1/2/2 0/0/0 | ns-disagree");
    assert_eq!(lab.heard(Who::Ns2, "_dmarc.shop.test. TXT"), 3);
    let words = "ns2.host.test says now one thing, now another";
    assert!(
        judgement
            .findings
            .iter()
            .any(|finding| finding.message.contains(words)),
        "{:?}",
        judgement.findings
    );
    assert_eq!(lab.heard(Who::Resolver, "_dmarc.shop.test. TXT"), 0);
}

#[tokio::test]
async fn d20_the_registry_and_the_zone_list_other_name_servers() {
    let lab = Lab::start(
        |who, heard| match (who, heard.owner().as_str(), heard.kind().as_str()) {
            (Who::Registry, "shop.test.", "NS") => {
                Some(referral(heard, &["ns1.host.test.", "ns3.host.test."]))
            }
            (Who::Ns3, POLICY, "TXT") => Some(heard.txt(OLD)),
            _ => None,
        },
    )
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "warning | published published spreading | ns-lists-differ dns-servers-disagree"
    );
    let said = said(&report, "ns-lists-differ");
    assert!(
        said.contains("Only the registry lists ns3.host.test."),
        "{said}"
    );
    assert!(
        said.contains("Only the zone itself lists ns2.host.test."),
        "{said}"
    );
    let names: Vec<&str> = report
        .nameservers
        .iter()
        .map(|ns| ns.name.as_str())
        .collect();
    assert_eq!(names, ["ns1.host.test", "ns3.host.test", "ns2.host.test"]);
    // Without a word of the registry, the list of the resolver stands beside that of the zone.
    let silent =
        Lab::start(
            |who, heard| match (who, heard.owner().as_str(), heard.kind().as_str()) {
                (Who::Registry, ..) => Some(say(heard.code(ResponseCode::Refused))),
                (Who::Resolver, "shop.test.", "NS") => {
                    let lists = [
                        ns("shop.test.", "ns1.host.test."),
                        ns("shop.test.", "ns3.host.test."),
                    ];
                    Some(say(heard.answer(lists)))
                }
                _ => None,
            },
        )
        .await;
    let report = silent.check().await;
    assert_eq!(
        line(&report),
        "warning | published published published | ns-lists-differ"
    );
}

#[tokio::test]
async fn d21_a_name_server_without_address_and_one_that_is_an_alias() {
    let nameless = Lab::start(|who, heard| {
        let is_it = who == Who::Resolver && heard.owner() == "ns2.host.test.";
        is_it.then(|| say(heard.no(ResponseCode::NXDomain, "host.test.", 300)))
    })
    .await;
    let report = nameless.check().await;
    assert_eq!(
        line(&report),
        "warning | published published published | ns-without-address"
    );
    assert_eq!(
        judged(&nameless.watch(&wanted()).await),
        "published | 1/1/1 1/1/1 |"
    );
    let none = Lab::start(|who, heard| {
        let is_it = who == Who::Resolver && heard.owner().ends_with("host.test.");
        is_it.then(|| say(heard.no(ResponseCode::NXDomain, "host.test.", 300)))
    })
    .await;
    let report = none.check().await;
    assert_eq!(
        line(&report),
        "unknown | unknown unknown unknown | ns-without-address delegation-broken"
    );
    let alias = Lab::start(|who, heard| {
        let is_it = who == Who::Resolver && heard.owner() == "ns2.host.test.";
        is_it.then(|| say(heard.answer([cname("ns2.host.test.", "ns1.host.test.")])))
    })
    .await;
    let report = alias.check().await;
    assert_eq!(
        line(&report),
        "warning | published published published | ns-is-alias"
    );
}

#[tokio::test]
async fn d22_a_name_server_with_addresses_of_one_family() {
    // A closed port on ::1 is as far away as a network without IPv6.
    let lab = Lab::start(|who, heard| {
        if who != Who::Resolver || heard.owner() != "ns2.host.test." {
            return None;
        }
        Some(match heard.kind().as_str() {
            "AAAA" => say(heard.answer([record(
                "ns2.host.test.",
                RData::AAAA(AAAA::from(std::net::Ipv6Addr::LOCALHOST)),
            )])),
            _ => say(heard.no(ResponseCode::NoError, "host.test.", 300)),
        })
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "warning | published published published | ns-silent"
    );
    let said = said(&report, "ns-silent");
    let why = "it has only IPv6 addresses, and from here nothing answers at them";
    assert!(said.contains(why), "{said}");
    assert_eq!(report.nameservers[1].addresses, ["::1"]);
}

#[tokio::test]
async fn d22_a_resolver_that_has_only_an_ipv6_address() {
    let lab = Lab::start(|_, _| None).await;
    let (from, to) = (lab.server(Who::Resolver).address, "[::1]:0");
    let Ok(udp) = tokio::net::UdpSocket::bind(to).await else {
        println!("skipped: this machine has no IPv6");
        return;
    };
    let address = udp.local_addr().unwrap();
    tokio::spawn(async move {
        let inner = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut buffer = vec![0; 4096];
        while let Ok((length, peer)) = udp.recv_from(&mut buffer).await {
            inner.send_to(&buffer[..length], from).await.unwrap();
            let (length, _) = inner.recv_from(&mut buffer).await.unwrap();
            udp.send_to(&buffer[..length], peer).await.unwrap();
        }
    });
    let mut client = lab.client();
    client.config.resolvers = vec![address];
    let zone = client
        .zone_of(&crate::scripted::name("shop.test"))
        .await
        .unwrap();
    assert_eq!(zone.servers.len(), 2);
}

#[tokio::test]
async fn a_lab_without_a_fault_stays_well_at_every_turn() {
    let lab = Lab::start(|who, heard| {
        let again = who.is_ns() && asks_policy(heard);
        again.then(|| {
            vec![Say::Now(
                heard.answer([txt(POLICY, DMARC)]).to_vec().unwrap(),
            )]
        })
    })
    .await;
    assert_eq!(line(&lab.check().await), WELL);
}
