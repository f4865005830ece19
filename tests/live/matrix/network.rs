//! D51 to D54, D59 and D61 to D64: signatures, odd servers, and networks that see something else.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;

use hickory_resolver::proto::dnssec::Algorithm;
use hickory_resolver::proto::dnssec::rdata::DNSSECRData;
use hickory_resolver::proto::dnssec::rdata::NSEC3;
use hickory_resolver::proto::dnssec::rdata::RRSIG;
use hickory_resolver::proto::dnssec::rdata::SigInput;
use hickory_resolver::proto::op::Edns;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::SerialNumber;
use hickory_resolver::proto::rr::rdata::opt::EdnsOption;
use jiff::SignedDuration;
use jiff::Timestamp;

use crate::lab::DMARC;
use crate::lab::Lab;
use crate::lab::WELL;
use crate::lab::Who;
use crate::lab::healthy;
use crate::lab::judged;
use crate::lab::line;
use crate::lab::said;
use crate::lab::soa;
use crate::lab::wanted;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Via;
use crate::scripted::a;
use crate::scripted::ns;
use crate::scripted::record;
use crate::scripted::say;
use crate::scripted::truncated;
use crate::scripted::txt;

const POLICY: &str = "_dmarc.shop.test.";

/// A resolver that does not trust the signatures of what `is_about` says, and answers all the same where it is told not to check.
fn distrusts(heard: &Heard, is_about: bool) -> Option<Vec<Say>> {
    if !is_about || heard.message.metadata.checking_disabled {
        return None;
    }
    let mut message = heard.code(ResponseCode::ServFail);
    let mut edns = Edns::new();
    let reason = b"\x00\x09no key for the DS record".to_vec();
    edns.options_mut().insert(EdnsOption::Unknown(15, reason));
    message.set_edns(edns);
    Some(say(message))
}

#[tokio::test]
async fn d51_a_broken_signature_is_an_error_of_its_own() {
    let all = Lab::start(|who, heard| {
        let is_ours = heard.owner().ends_with("shop.test.");
        distrusts(heard, who == Who::Resolver && is_ours)
    })
    .await;
    let report = all.check().await;
    assert_eq!(
        line(&report),
        "error | unknown unknown unknown | dnssec-broken"
    );
    let said = said(&report, "dnssec-broken");
    assert!(
        said.contains("receivers that check it see nothing"),
        "{said}"
    );
    assert!(
        said.contains("DNSKEY Missing: no key for the DS record"),
        "{said}"
    );
    // One that does not say why is asked until it is sure.
    let mute = Lab::start(|who, heard| {
        let is_it = who == Who::Resolver && heard.owner() == POLICY && heard.kind() == "TXT";
        let fails = is_it && !heard.message.metadata.checking_disabled;
        fails.then(|| say(heard.code(ResponseCode::ServFail)))
    })
    .await;
    assert_eq!(
        line(&mute.check().await),
        "error | published published unknown | dnssec-broken"
    );
    assert_eq!(mute.heard(Who::Resolver, "_dmarc.shop.test. TXT"), 5);
    let policy =
        Lab::start(|who, heard| distrusts(heard, who == Who::Resolver && heard.owner() == POLICY))
            .await;
    let report = policy.check().await;
    assert_eq!(
        line(&report),
        "error | published published unknown | dnssec-broken"
    );
    let judgement = policy.watch(&wanted()).await;
    assert_eq!(
        judged(&judgement),
        "unknown | 2/2/2 0/0/1 | dnssec-broken resolver-trouble"
    );
}

#[tokio::test]
async fn d51_another_resolver_counts_only_where_it_checks_signatures() {
    for checks in [false, true] {
        let mut lab = Lab::start(move |who, heard| {
            if who == Who::Second && checks {
                let mut message = healthy(who, heard, &[Ipv4Addr::LOCALHOST; 6]);
                message.metadata.authentic_data = true;
                return (heard.owner() == POLICY).then(|| say(message));
            }
            distrusts(heard, who == Who::Resolver && heard.owner() == POLICY)
        })
        .await;
        lab.resolvers = 2;
        let expected = if checks {
            WELL
        } else {
            "error | published published unknown | dnssec-broken"
        };
        assert_eq!(line(&lab.check().await), expected);
    }
}

#[tokio::test]
async fn d51_a_failure_without_a_signature_behind_it_is_no_broken_signature() {
    let lab = Lab::start(|who, heard| {
        let is_it = who == Who::Resolver && heard.owner() == POLICY;
        is_it.then(|| say(heard.code(ResponseCode::ServFail)))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "unknown | published published unknown | dns-trouble"
    );
    // It answered once it was asked again: nothing was wrong.
    let failed = Mutex::new(Vec::new());
    let moody = Lab::start(move |who, heard| {
        let question = (heard.owner(), heard.kind());
        let mut failed = failed.lock().unwrap();
        let is_first = who == Who::Resolver && !failed.contains(&question);
        failed.push(question);
        is_first.then(|| say(heard.code(ResponseCode::ServFail)))
    })
    .await;
    assert_eq!(line(&moody.check().await), WELL);
    // A resolver that has enough of us fails every other time.
    let times = Mutex::new(0);
    let tired = Lab::start(move |who, heard| {
        let is_it = who == Who::Resolver && heard.owner() == POLICY && heard.kind() == "TXT";
        let mut times = times.lock().unwrap();
        *times += u32::from(is_it);
        (is_it && [1, 3].contains(&*times)).then(|| say(heard.code(ResponseCode::ServFail)))
    })
    .await;
    assert_eq!(line(&tired.check().await), WELL);
    // And one that says that something else is wrong is believed.
    let cut_off = Lab::start(|who, heard| {
        if who != Who::Resolver
            || heard.owner() != POLICY
            || heard.message.metadata.checking_disabled
        {
            return None;
        }
        let mut message = heard.code(ResponseCode::ServFail);
        let mut edns = Edns::new();
        edns.options_mut()
            .insert(EdnsOption::Unknown(15, b"\x00\x17".to_vec()));
        message.set_edns(edns);
        Some(say(message))
    })
    .await;
    let report = cut_off.check().await;
    assert_eq!(
        line(&report),
        "unknown | published published unknown | dns-trouble"
    );
}

/// Seconds since 1970 as a signature has them.
fn seconds(time: Timestamp) -> SerialNumber {
    SerialNumber::new(u32::try_from(time.as_second()).unwrap())
}

/// The name servers sign their SOA record from and until so many minutes from now.
async fn signed(from: i64, until: i64, is_distrusted: bool) -> Lab {
    let now = Timestamp::now();
    let at = move |minutes: i64| seconds(now + SignedDuration::from_mins(minutes));
    Lab::start(move |who, heard| {
        if is_distrusted && who == Who::Resolver {
            return distrusts(heard, heard.owner() == POLICY);
        }
        let wants = heard
            .message
            .edns
            .as_ref()
            .is_some_and(|edns| edns.flags().dnssec_ok);
        if !who.is_ns() || heard.kind() != "SOA" || !wants {
            return None;
        }
        let input = SigInput {
            type_covered: WireType::SOA,
            algorithm: Algorithm::ECDSAP256SHA256,
            num_labels: 2,
            original_ttl: 300,
            sig_expiration: at(until),
            sig_inception: at(from),
            key_tag: 4711,
            signer_name: Name::from_ascii("shop.test.").unwrap(),
        };
        let signature = RRSIG::from_sig(input, vec![7; 64]);
        let signature = record("shop.test.", RData::DNSSEC(DNSSECRData::RRSIG(signature)));
        Some(say(heard.answer([soa("shop.test.", 7), signature])))
    })
    .await
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

#[tokio::test]
async fn d52_a_signature_that_ends_soon_is_told_in_time() {
    let ends_soon = "warning | published published published | dnssec-ends-soon";
    for (from, until, expected) in [
        (-20 * DAY, 10 * DAY, WELL),
        (-20 * DAY, 23 * HOUR, ends_soon),
        (-20 * DAY, HOUR, ends_soon),
        // Signed anew with each answer, for some hours only.
        (-HOUR, 2 * HOUR, WELL),
        (-DAY, 25 * HOUR, WELL),
    ] {
        let report = signed(from, until, false).await.check().await;
        assert_eq!(line(&report), expected, "{from} {until}");
    }
    let ended = signed(-20 * DAY, -HOUR, true).await.check().await;
    assert_eq!(
        line(&ended),
        "error | published published unknown | dnssec-broken"
    );
    assert!(said(&ended, "dnssec-broken").contains("It ended at "));
}

#[tokio::test]
async fn d52_a_pile_of_proofs_costs_no_time() {
    let lab = Lab::start(|who, heard| {
        if who == Who::Registry || heard.owner() != POLICY || heard.kind() != "TXT" {
            return None;
        }
        if heard.via == Via::Udp {
            return Some(truncated(heard.empty()));
        }
        let mut message = heard.no(ResponseCode::NXDomain, "shop.test.", 60);
        for n in 0..500 {
            let proof = NSEC3::new(
                hickory_resolver::proto::dnssec::Nsec3HashAlgorithm::SHA1,
                false,
                u16::MAX,
                vec![1; 8],
                vec![7; 20],
                [WireType::TXT],
            );
            let owner = format!("x{n}.shop.test.");
            message.add_authority(record(&owner, RData::DNSSEC(DNSSECRData::NSEC3(proof))));
        }
        Some(say(message))
    })
    .await;
    assert_eq!(
        judged(&lab.watch(&wanted()).await),
        "missing | 0/2/2 0/0/0 |"
    );
}

/// What a server says instead of what it would say in good health.
type Fault = fn(&Heard) -> Option<Vec<Say>>;

#[tokio::test]
async fn d53_servers_that_cannot_stand_edns() {
    let faults: [Fault; 5] = [
        |heard| heard.has_edns().then(Vec::new),
        |heard| {
            heard
                .has_edns()
                .then(|| say(heard.code(ResponseCode::FormErr)))
        },
        |heard| {
            let mut message = heard.code(ResponseCode::BADVERS);
            message.set_edns(Edns::new());
            heard.has_edns().then(|| say(message))
        },
        // Echoes an option that nobody sent.
        |heard| {
            let mut message = healthy(Who::Ns1, heard, &[Ipv4Addr::LOCALHOST; 6]);
            let mut edns = Edns::new();
            edns.options_mut()
                .insert(EdnsOption::Unknown(65001, vec![1, 2, 3]));
            message.set_edns(edns);
            Some(say(message))
        },
        // What is larger than one fragment gets lost on the way.
        |heard| {
            let size = heard.message.edns.as_ref().map_or(512, Edns::max_payload);
            (size > 1232).then(Vec::new)
        },
    ];
    for fault in faults {
        let lab = Lab::start(move |who, heard| who.is_ns().then(|| fault(heard)).flatten()).await;
        assert_eq!(line(&lab.check().await), WELL);
    }
}

#[tokio::test]
async fn d54_servers_that_answer_over_one_way_only() {
    for way in [Via::Udp, Via::Tcp] {
        let lab = Lab::start(move |who, heard| {
            let other = if heard.via == Via::Tcp {
                vec![Say::Hang]
            } else {
                Vec::new()
            };
            (who.is_ns() && heard.via != way).then_some(other)
        })
        .await;
        assert_eq!(line(&lab.check().await), WELL, "{way:?}");
    }
}

/// An office with a `shop.test` of its own: the resolver names `dc1.corp.internal`, which has an address of the third name server.
async fn office(policy: &'static str) -> Lab {
    let address: Arc<OnceLock<[u8; 4]>> = Arc::default();
    let known = address.clone();
    let lab =
        Lab::start(
            move |who, heard| match (who, heard.owner().as_str(), heard.kind().as_str()) {
                (Who::Resolver, "shop.test.", "NS") | (Who::Ns3, "shop.test.", "NS") => {
                    Some(say(heard.answer([ns("shop.test.", "dc1.corp.internal.")])))
                }
                (Who::Resolver, "dc1.corp.internal.", "A") => Some(say(
                    heard.answer([a("dc1.corp.internal.", *known.get().unwrap())])
                )),
                (Who::Resolver | Who::Ns3, POLICY, "TXT") => Some(heard.txt(policy)),
                _ => None,
            },
        )
        .await;
    let std::net::IpAddr::V4(ip) = lab.server(Who::Ns3).address.ip() else {
        unreachable!()
    };
    address.set(ip.octets()).unwrap();
    lab
}

#[tokio::test]
async fn d59_an_office_with_a_zone_of_its_own_is_a_conflict() {
    let report = office("v=DMARC1; p=none; rua=mailto:it@shop.test")
        .await
        .check()
        .await;
    assert_eq!(
        line(&report),
        "error | published published conflict | dns-split-horizon"
    );
    let said = said(&report, "dns-split-horizon");
    assert!(
        said.starts_with("Your office network sees another zone"),
        "{said}"
    );
    assert_eq!(
        report.dmarc.record.as_deref(),
        Some(DMARC),
        "what the world sees"
    );
    let names: Vec<&str> = report
        .nameservers
        .iter()
        .map(|ns| ns.name.as_str())
        .collect();
    assert_eq!(names, ["ns1.host.test", "ns2.host.test"]);
    let same = office(DMARC).await.check().await;
    assert_eq!(
        line(&same),
        "error | published published published | dns-split-horizon"
    );
}

#[tokio::test]
async fn d61_a_domain_that_nobody_registered_stops_the_look() {
    let gone = Lab::start(|who, heard| {
        let is_ours = heard.owner().ends_with("shop.test.");
        (!who.is_ns() && is_ours).then(|| say(heard.no(ResponseCode::NXDomain, "test.", 300)))
    })
    .await;
    let report = gone.check().await;
    assert_eq!(
        line(&report),
        "error | missing missing missing | domain-does-not-exist dkim-missing"
    );
    assert_eq!(report.zone, None);
}

#[tokio::test]
async fn d61_a_domain_on_hold_is_told_though_resolvers_remember_it() {
    let held = Lab::start(|who, heard| {
        let is_it = who == Who::Registry && heard.owner() == "shop.test.";
        is_it.then(|| say(heard.no(ResponseCode::NXDomain, "test.", 300)))
    })
    .await;
    let report = held.check().await;
    assert_eq!(
        line(&report),
        "error | published published published | domain-does-not-exist"
    );
    let said = said(&report, "domain-does-not-exist");
    assert!(said.contains("is on hold"), "{said}");
}

#[tokio::test]
async fn d61_a_resolver_that_denies_everything_proves_nothing() {
    let liar = Lab::start(|who, heard| {
        who.is_resolver()
            .then(|| say(heard.no(ResponseCode::NXDomain, ".", 300)))
    })
    .await;
    let report = liar.check().await;
    assert_eq!(
        line(&report),
        "unknown | unknown unknown unknown | dns-trouble"
    );
    let said = said(&report, "dns-trouble");
    assert!(said.contains("denies every name, even the root"), "{said}");
    // A weak "no" at the registry is nobody's fault here.
    let weak = Lab::start(|who, heard| {
        let is_it = who.is_resolver() && heard.owner() == "_dmarc.test.";
        is_it.then(|| say(heard.code(ResponseCode::NXDomain)))
    })
    .await;
    assert_eq!(line(&weak.check().await), WELL);
}

#[tokio::test]
async fn d62_the_zone_of_a_subdomain_and_a_zone_below() {
    let lab = Lab::start(
        |who, heard| match (heard.owner().as_str(), heard.kind().as_str()) {
            ("eu.shop.test.", "A") if who != Who::Registry => {
                Some(say(heard.answer([a("eu.shop.test.", [192, 0, 2, 5])])))
            }
            _ => None,
        },
    )
    .await;
    let (report, _) = lab.check_at("eu.shop.test", Timestamp::now()).await;
    assert_eq!(report.zone.as_deref(), Some("shop.test"));
    let zone = lab
        .client()
        .zone_of(&crate::scripted::name("eu.shop.test"))
        .await;
    assert_eq!(zone.unwrap().apex.as_str(), "shop.test");
    let cut = Lab::start(
        |who, heard| match (heard.owner().as_str(), heard.kind().as_str()) {
            (POLICY, "NS") if who == Who::Resolver => {
                Some(say(heard.answer([ns(POLICY, "ns3.host.test.")])))
            }
            (POLICY, "TXT") if who.is_ns() => {
                let mut message = heard.empty();
                message.metadata.authoritative = false;
                message.add_authority(ns(POLICY, "ns3.host.test."));
                Some(say(message))
            }
            (POLICY, "TXT") if who == Who::Resolver => {
                Some(say(heard.answer([txt(POLICY, DMARC)])))
            }
            _ => None,
        },
    )
    .await;
    let report = cut.check().await;
    assert_eq!(line(&report), WELL);
    let elsewhere = &report.elsewhere[0];
    assert_eq!(
        (elsewhere.by.as_str(), elsewhere.to.as_str()),
        ("ns", "ns3.host.test"),
        "where to edit"
    );
}

#[tokio::test]
async fn d64_a_clock_that_is_wrong_is_told_by_signatures() {
    for (from, until, expected) in [
        (
            10,
            10 * DAY,
            "unknown | published published published | clock-is-wrong",
        ),
        (
            -10 * DAY,
            -10,
            "unknown | published published published | clock-is-wrong",
        ),
        (4, 10 * DAY, WELL),
    ] {
        let report = signed(from, until, false).await.check().await;
        assert_eq!(line(&report), expected, "{from} {until}");
    }
}
