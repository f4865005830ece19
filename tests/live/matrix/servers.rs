//! D1 to D13: servers that fail, refuse, stay silent, or say "no" in odd ways.

use std::sync::Mutex;
use std::time::Duration;

use hickory_resolver::proto::op::Edns;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::rdata::opt::EdnsOption;
use nobounce::records::verdict::Verdict;

use crate::lab::Lab;
use crate::lab::WELL;
use crate::lab::Who;
use crate::lab::judged;
use crate::lab::line;
use crate::lab::said;
use crate::lab::wanted;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Via;
use crate::scripted::say;
use crate::scripted::truncated;
use crate::scripted::txt;

const POLICY: &str = "_dmarc.shop.test.";

/// A failure (SERVFAIL) with a text that would like to reach the terminal.
fn failure(heard: &Heard) -> Vec<Say> {
    let mut message = heard.code(ResponseCode::ServFail);
    let mut edns = Edns::new();
    let text = b"\x00\x17no way\x1b[2J".to_vec();
    edns.options_mut().insert(EdnsOption::Unknown(15, text));
    message.set_edns(edns);
    say(message)
}

#[tokio::test]
async fn d00_the_healthy_domain_is_well_and_costs_three_rounds() {
    let lab = Lab::start(|_, _| None).await;
    let (report, spent) = lab.check_at("shop.test", jiff::Timestamp::now()).await;
    assert_eq!(line(&report), WELL, "{:?}", report.findings);
    assert_eq!(
        judged(&lab.watch(&wanted()).await),
        "published | 2/2/2 1/1/1 |"
    );
    assert!(spent.rounds <= 3, "{spent:?}");
    assert!(spent.queries <= 40, "{spent:?}");
}

#[tokio::test]
async fn d01_a_failing_resolver_is_noted_and_the_name_servers_are_believed() {
    let lab = Lab::start(|who, heard| {
        (who == Who::Resolver && heard.owner() == POLICY).then(|| failure(heard))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "unknown | published published unknown | dns-trouble"
    );
    assert_eq!(report.dmarc.record.as_deref(), Some(crate::lab::DMARC));
    let said = said(&report, "dns-trouble");
    assert!(said.contains("Network Error: no way\\027[2J"), "{said}");
    let mut lab = lab;
    lab.resolvers = 2;
    assert_eq!(line(&lab.check().await), WELL);
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(
        judged(&judgement),
        "unknown | 2/2/2 1/1/2 | resolver-trouble"
    );
}

#[tokio::test]
async fn d02_all_name_servers_fail_and_are_named_and_asked_again() {
    let lab = Lab::start(|who, heard| who.is_ns().then(|| failure(heard))).await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "unknown | unknown unknown unknown | dns-trouble dns-resolver-only"
    );
    assert_eq!(lab.heard(Who::Ns1, "shop.test. SOA"), 2, "another chance");
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "unknown | 0/0/2 0/0/0 | ns-silent");
    let Verdict::Unknown { why } = judgement.verdict else {
        panic!("{judgement:?}");
    };
    assert!(
        why.contains("ns1.host.test") && why.contains("ns2.host.test"),
        "{why}"
    );
}

#[tokio::test]
async fn d02_a_failure_of_the_moment_is_forgotten() {
    let failed = Mutex::new(Vec::new());
    let lab = Lab::start(move |who, heard| {
        let question = (who.is_ns(), heard.owner(), heard.kind());
        let mut failed = failed.lock().unwrap();
        let first = who.is_ns() && !failed.contains(&question);
        failed.push(question);
        first.then(|| say(heard.code(ResponseCode::ServFail)))
    })
    .await;
    assert_eq!(line(&lab.check().await), WELL);
}

#[tokio::test]
async fn d03_one_lame_name_server_is_told_and_all_of_them_shut_the_gate() {
    let refuse = |heard: &Heard| say(heard.code(ResponseCode::Refused));
    let one = Lab::start(move |who, heard| (who == Who::Ns2).then(|| refuse(heard))).await;
    let report = one.check().await;
    assert_eq!(
        line(&report),
        "warning | published published published | ns-lame"
    );
    let said = said(&report, "ns-lame");
    assert!(
        said.contains("ns2.host.test does not serve this zone"),
        "{said}"
    );
    assert_eq!(
        judged(&one.watch(&wanted()).await),
        "published | 1/1/2 1/1/1 | ns-lame"
    );
    let all = Lab::start(move |who, heard| who.is_ns().then(|| refuse(heard))).await;
    let report = all.check().await;
    assert!(
        line(&report).starts_with("unknown | unknown unknown unknown | ns-lame delegation-broken"),
        "{}",
        line(&report)
    );
    let judgement = all.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "unknown | 0/0/2 0/0/0 | ns-lame");
    let Verdict::Unknown { why } = judgement.verdict else {
        panic!("{judgement:?}");
    };
    assert!(why.contains("lame delegation"), "{why}");
}

#[tokio::test]
async fn d04_odd_codes_are_tried_without_edns_and_prove_nothing() {
    for code in [
        ResponseCode::NotImp,
        ResponseCode::FormErr,
        ResponseCode::NotAuth,
    ] {
        let hostile = Lab::start(move |who, heard| {
            (who.is_ns() && heard.has_edns()).then(|| say(heard.code(code)))
        })
        .await;
        assert_eq!(line(&hostile.check().await), WELL, "{code}");
        let dead = Lab::start(move |who, heard| who.is_ns().then(|| say(heard.code(code)))).await;
        let judgement = dead.watch(&wanted()).await;
        assert_eq!(
            judged(&judgement),
            "unknown | 0/0/2 0/0/0 | ns-silent",
            "{code}"
        );
    }
}

#[tokio::test]
async fn d05_silence_of_one_of_all_and_of_every_second_datagram() {
    let one = Lab::start(|who, _| (who == Who::Ns2).then(Vec::new)).await;
    assert_eq!(
        line(&one.check().await),
        "warning | published published published | ns-silent"
    );
    let all = Lab::start(|who, heard| {
        let answer = match heard.via {
            Via::Udp => Vec::new(),
            Via::Tcp => vec![Say::Hang],
        };
        who.is_ns().then_some(answer)
    })
    .await;
    let report = all.check().await;
    assert!(line(&report).starts_with("unknown | unknown unknown unknown | dns-trouble"));
    assert_eq!(
        judged(&all.watch(&wanted()).await),
        "unknown | 0/0/2 0/0/0 | ns-silent"
    );
    let asked = Mutex::new(Vec::new());
    let half = Lab::start(move |who, heard| {
        let question = (who as u8, heard.owner(), heard.kind());
        let mut asked = asked.lock().unwrap();
        asked.push(question.clone());
        let times = asked.iter().filter(|other| **other == question).count();
        (times % 2 == 1).then(Vec::new)
    })
    .await;
    assert_eq!(
        line(&half.check().await),
        WELL,
        "half of all questions are lost"
    );
}

#[tokio::test]
async fn d06_late_and_double_answers_change_nothing() {
    let lab = Lab::start(|who, heard| {
        if !who.is_ns() || heard.owner() != POLICY {
            return None;
        }
        let right = heard
            .answer([txt(POLICY, crate::lab::DMARC)])
            .to_vec()
            .unwrap();
        let late = heard
            .answer([txt(POLICY, "v=DMARC1; p=none")])
            .to_vec()
            .unwrap();
        Some(vec![
            Say::Now(right.clone()),
            Say::Now(right),
            Say::After(Duration::from_millis(20), late),
        ])
    })
    .await;
    let report = lab.check().await;
    assert_eq!(line(&report), WELL);
    assert_eq!(report.dmarc.policy.as_deref(), Some("reject"));
}

#[tokio::test]
async fn d07_a_truncated_answer_is_fetched_over_tcp() {
    let lab = Lab::start(|who, heard| {
        (who.is_ns() && heard.via == Via::Udp).then(|| truncated(heard.empty()))
    })
    .await;
    assert_eq!(line(&lab.check().await), WELL);
}

#[tokio::test]
async fn d08_a_truncated_answer_without_tcp_is_never_used() {
    for over_tcp in [Say::Hang, Say::Half(vec![0; 40])] {
        let lab = Lab::start(move |who, heard| {
            let answer = match heard.via {
                Via::Udp => truncated(heard.answer([txt(POLICY, crate::lab::DMARC)])),
                Via::Tcp => vec![over_tcp.clone()],
            };
            (who != Who::Registry && heard.owner() == POLICY && heard.kind() == "TXT")
                .then_some(answer)
        })
        .await;
        let report = lab.check().await;
        assert_eq!(
            line(&report),
            "unknown | published published unknown | dns-trouble"
        );
        assert_eq!(report.dmarc.record, None);
        let said = said(&report, "dns-trouble");
        assert!(
            said.contains("too big for UDP, and TCP on port 53"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn d09_a_truncated_answer_that_looks_whole_is_not_believed() {
    let lab = Lab::start(|who, heard| {
        let is_first = who.is_ns() && heard.owner() == POLICY && heard.via == Via::Udp;
        is_first.then(|| truncated(heard.answer([txt(POLICY, "v=DMARC1; p=none")])))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(line(&report), WELL);
    assert_eq!(report.dmarc.policy.as_deref(), Some("reject"));
}

/// "No" about the policy, in the form that `no` makes of it.
async fn without_policy(no: fn(&Heard) -> Vec<Say>) -> Lab {
    Lab::start(move |who, heard| {
        let is_it = heard.owner() == POLICY && who != Who::Registry;
        is_it.then(|| no(heard))
    })
    .await
}

#[tokio::test]
async fn d10_no_such_name_and_no_such_type_are_told_apart() {
    let gone =
        without_policy(|heard| say(heard.no(ResponseCode::NXDomain, "shop.test.", 300))).await;
    let report = gone.check().await;
    assert_eq!(
        line(&report),
        "error | published published missing | dmarc-missing"
    );
    assert!(said(&report, "dmarc-missing").ends_with("The name does not exist (NXDOMAIN)."));
    assert_eq!(
        judged(&gone.watch(&wanted()).await),
        "missing | 0/2/2 0/0/0 |"
    );
    let empty =
        without_policy(|heard| say(heard.no(ResponseCode::NoError, "shop.test.", 300))).await;
    let report = empty.check().await;
    assert_eq!(
        line(&report),
        "error | published published missing | dmarc-missing"
    );
    assert!(said(&report, "dmarc-missing").ends_with("(NODATA)."));
    // The name above a key exists, though nothing stands there.
    let keyless = Lab::start(|_, heard| {
        let is_key = heard.owner() == "s1._domainkey.shop.test." && heard.kind() == "TXT";
        is_key.then(|| say(heard.no(ResponseCode::NXDomain, "shop.test.", 300)))
    })
    .await;
    let report = keyless.check().await;
    assert_eq!(
        line(&report),
        "error | published missing published | dkim-missing"
    );
    assert!(said(&report, "dkim-missing").ends_with("The name does not exist (NXDOMAIN)."));
}

#[tokio::test]
async fn d11_a_no_without_soa_counts_from_a_name_server_only() {
    let bare = |heard: &Heard| say(heard.code(ResponseCode::NXDomain));
    let own = without_policy(bare).await;
    assert_eq!(
        judged(&own.watch(&wanted()).await),
        "missing | 0/2/2 0/0/0 |"
    );
    let resolver = Lab::start(move |who, heard| {
        (who == Who::Resolver && heard.owner() == POLICY).then(|| bare(heard))
    })
    .await;
    let judgement = resolver.watch(&wanted()).await;
    assert_eq!(judgement.verdict, Verdict::Spreading { until: None });
}

#[tokio::test]
async fn d12_a_denial_of_the_resolver_is_checked_with_the_registry() {
    let lab = Lab::start(|who, heard| {
        let is_ours = heard.owner().ends_with("shop.test.");
        (who.is_resolver() && is_ours).then(|| say(heard.no(ResponseCode::NXDomain, ".", 300)))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "unknown | unknown unknown unknown | delegation-broken"
    );
    assert!(said(&report, "delegation-broken").contains("The registry knows shop.test"));
    let absent = Lab::start(|who, heard| {
        let is_ours = heard.owner().ends_with("shop.test.");
        (!who.is_ns() && is_ours).then(|| say(heard.no(ResponseCode::NXDomain, "test.", 300)))
    })
    .await;
    let report = absent.check().await;
    assert!(line(&report).starts_with("error |"), "{}", line(&report));
    assert!(line(&report).contains("domain-does-not-exist"));
}

#[tokio::test]
async fn d13_a_no_is_asked_for_once_and_over_udp() {
    let lab =
        without_policy(|heard| say(heard.no(ResponseCode::NXDomain, "shop.test.", 300))).await;
    lab.check().await;
    for who in [Who::Resolver, Who::Ns1, Who::Ns2] {
        assert_eq!(lab.heard(who, "_dmarc.shop.test. TXT"), 1, "{who:?}");
        assert!(
            lab.server(who)
                .heard()
                .iter()
                .all(|one| one.via == Via::Udp)
        );
    }
}
