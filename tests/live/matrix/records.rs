//! D40 to D50: what records say, and what they name.

use hickory_resolver::proto::op::ResponseCode;
use nobounce::audit::report::Report;

use crate::lab::DMARC;
use crate::lab::KEY;
use crate::lab::Lab;
use crate::lab::WELL;
use crate::lab::Who;
use crate::lab::line;
use crate::lab::said;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::a;
use crate::scripted::say;
use crate::scripted::txt;

/// A world in which these texts stand instead of the healthy ones. An empty text: the name does not exist; `!`: servers fail.
async fn world(texts: &[(&str, &str)]) -> Lab {
    let texts: Vec<(String, String)> = texts
        .iter()
        .map(|(owner, text)| (format!("{owner}."), (*text).to_owned()))
        .collect();
    Lab::start(move |who, heard| {
        if who == Who::Registry {
            return None;
        }
        let (_, text) = texts.iter().find(|(owner, _)| *owner == heard.owner())?;
        match (text.as_str(), heard.kind().as_str()) {
            ("!", _) => Some(say(heard.code(ResponseCode::ServFail))),
            ("", _) => Some(say(heard.no(ResponseCode::NXDomain, "test.", 60))),
            (text, "TXT") => Some(say(heard.answer([txt(&heard.owner(), text)]))),
            _ => None,
        }
    })
    .await
}

async fn spf(record: &str, more: &[(&str, &str)]) -> Report {
    let mut texts = vec![("shop.test", record)];
    texts.extend(more);
    world(&texts).await.check().await
}

/// A record that includes `n0.test` to `nN.test`, each of which is there.
async fn includes(count: usize) -> Report {
    let record: String = (0..count).map(|n| format!(" include:n{n}.test")).collect();
    let names: Vec<String> = (0..count).map(|n| format!("n{n}.test")).collect();
    let more: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), "v=spf1 ip4:192.0.2.7 -all"))
        .collect();
    spf(&format!("v=spf1{record} ~all"), &more).await
}

#[tokio::test]
async fn d40_ten_look_ups_are_allowed_and_eleven_are_not() {
    let ten = includes(10).await;
    assert_eq!(
        line(&ten),
        "ok | published published published | spf-lookups-near-limit"
    );
    assert_eq!(ten.spf.lookups, 10);
    let eleven = includes(11).await;
    assert_eq!(
        line(&eleven),
        "error | published published published | spf-too-many-lookups"
    );
    assert_eq!(eleven.spf.lookups, 11);
    let nested = spf(
        "v=spf1 include:n0.test ~all",
        &[
            ("n0.test", "v=spf1 include:n1.test a:mail.shop.test -all"),
            ("n1.test", "v=spf1 ip4:192.0.2.9 -all"),
        ],
    )
    .await;
    let tree = nested.spf.tree.unwrap();
    assert_eq!(
        (nested.spf.lookups, tree.children[0].total),
        (3, 3),
        "each include is counted"
    );
}

#[tokio::test]
async fn d41_three_void_look_ups_are_too_many() {
    for (count, expected) in [(2, None), (3, Some("spf-too-many-void-lookups"))] {
        let record: String = (0..count).map(|n| format!(" a:gone{n}.test")).collect();
        let report = spf(&format!("v=spf1{record} ~all"), &[]).await;
        assert_eq!(report.spf.void_lookups, count);
        let is_told = report
            .findings
            .iter()
            .any(|finding| Some(finding.code.as_str()) == expected);
        assert_eq!(is_told, expected.is_some(), "{}", line(&report));
        assert_eq!(
            report.verdict == "error",
            expected.is_some(),
            "{}",
            line(&report)
        );
    }
}

#[tokio::test]
async fn d42_includes_in_a_circle_end() {
    let lab = world(&[
        ("shop.test", "v=spf1 include:a.test ~all"),
        ("a.test", "v=spf1 include:b.test -all"),
        ("b.test", "v=spf1 include:a.test -all"),
    ])
    .await;
    let report = lab.check().await;
    assert!(line(&report).starts_with("error |"), "{}", line(&report));
    assert!(line(&report).contains("loop"), "{}", line(&report));
    assert_eq!(lab.heard(Who::Resolver, "a.test. TXT"), 1);
    let redirect = spf("v=spf1 redirect=shop.test", &[]).await;
    assert!(line(&redirect).contains("loop"), "{}", line(&redirect));
}

#[tokio::test]
async fn d43_a_tree_of_a_hundred_includes_stays_bounded() {
    let lab = Lab::start(|who, heard| {
        if who == Who::Registry || heard.kind() != "TXT" {
            return None;
        }
        let owner = heard.owner();
        let is_node = owner == "shop.test." || owner.starts_with("i-");
        let below: String = (0..5)
            .map(|n| format!(" include:i-{n}-{}", owner.trim_end_matches('.')))
            .collect();
        is_node.then(|| say(heard.answer([txt(&owner, &format!("v=spf1{below} ptr ~all"))])))
    })
    .await;
    let report = lab.check().await;
    assert!(
        line(&report).starts_with("error | published"),
        "{}",
        line(&report)
    );
    assert!(line(&report).contains("spf-too-many-lookups"));
    let about_tree = lab
        .server(Who::Resolver)
        .asked()
        .iter()
        .filter(|asked| asked.starts_with("i-"))
        .count();
    assert!(about_tree <= 60, "{about_tree}");
}

#[tokio::test]
async fn d44_macros_are_read_and_not_expanded() {
    let report = spf("v=spf1 exists:%{i}._spf.%{d} include:%{l}.x.test ~all", &[]).await;
    assert!(
        line(&report).starts_with("ok | published"),
        "{}",
        line(&report)
    );
    assert_eq!(report.spf.lookups, 2);
    let broken = spf("v=spf1 exists:%{ ~all", &[]).await;
    assert_eq!(broken.spf.state, "invalid", "{}", line(&broken));
    assert_eq!(broken.verdict, "error");
}

#[tokio::test]
async fn d45_an_include_in_trouble_is_neither_missing_nor_good() {
    let report = spf("v=spf1 include:sick.test ~all", &[("sick.test", "!")]).await;
    assert!(
        line(&report).starts_with("unknown | published"),
        "{}",
        line(&report)
    );
    assert!(!report.green.spf_and_dkim);
    assert_eq!(report.spf.void_lookups, 0);
}

#[tokio::test]
async fn d46_a_long_record_and_one_with_odd_letters() {
    let blocks = |count: usize| -> String {
        (0..count)
            .map(|n| format!(" ip4:192.0.2.{}", n % 250))
            .collect()
    };
    for count in [40, 250] {
        let report = spf(&format!("v=spf1{} ~all", blocks(count)), &[]).await;
        assert_eq!(report.spf.state, "published", "{}", line(&report));
        assert!(
            line(&report).contains("spf-record-long"),
            "{}",
            line(&report)
        );
    }
    let odd = spf("v=spf1 include:müller.test ~all", &[]).await;
    assert_eq!(odd.spf.state, "invalid", "{}", line(&odd));
}

#[tokio::test]
async fn d47_mistakes_in_a_key_are_named() {
    let half = KEY.split_at(255).0;
    let with_space = KEY.replacen("MIIB", "MI IB", 1);
    let with_backslash = KEY.replace(';', "\\;");
    for (text, state, verdict) in [
        ("v=DKIM1; p=", "published", "error"),
        ("v=DKIM1; k=rsa", "invalid", "error"),
        (half, "invalid", "error"),
        (with_space.as_str(), "published", "ok"),
        (with_backslash.as_str(), "invalid", "error"),
        (KEY.strip_prefix("v=DKIM1; ").unwrap(), "published", "ok"),
    ] {
        let report = world(&[("s1._domainkey.shop.test", text)])
            .await
            .check()
            .await;
        let found = (
            report.dkim.selectors[0].state.as_str(),
            report.verdict.as_str(),
        );
        assert_eq!(found, (state, verdict), "{text}: {}", line(&report));
    }
}

#[tokio::test]
async fn d48_keys_of_odd_sizes_do_no_harm() {
    for text in [
        "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==",
        "v=DKIM1; p=!!!!",
        "v=DKIM1; p=AAAA",
    ] {
        let report = world(&[("s1._domainkey.shop.test", text)])
            .await
            .check()
            .await;
        assert_eq!(report.verdict, "error", "{}", line(&report));
    }
}

/// The policy with reports to `elsewhere.example`, and what stands at the name of the permission.
async fn permission(answer: fn(&Heard) -> Vec<Say>) -> Report {
    Lab::start(move |who, heard| match heard.owner().as_str() {
        _ if who == Who::Registry => None,
        "_dmarc.shop.test." if heard.kind() == "TXT" => {
            Some(heard.txt("v=DMARC1; p=reject; rua=mailto:d@elsewhere.example"))
        }
        "shop.test._report._dmarc.elsewhere.example." => Some(answer(heard)),
        _ => None,
    })
    .await
    .check()
    .await
}

#[tokio::test]
async fn d49_reports_elsewhere_need_a_permission() {
    let yes = permission(|heard| heard.txt("v=DMARC1")).await;
    assert_eq!(
        (line(&yes).as_str(), yes.dmarc.rua[0].authorized.as_str()),
        (WELL, "yes")
    );
    let no =
        permission(|heard| say(heard.no(ResponseCode::NXDomain, "elsewhere.example.", 60))).await;
    assert_eq!(
        line(&no),
        "warning | published published published | dmarc-external-not-authorized"
    );
    let sick = permission(|heard| say(heard.code(ResponseCode::ServFail))).await;
    assert_eq!(
        (line(&sick).as_str(), sick.dmarc.rua[0].authorized.as_str()),
        (WELL, "unknown")
    );
}

#[tokio::test]
async fn d50_the_policy_of_a_domain_above_applies() {
    let lab = Lab::start(|who, heard| {
        let is_shop = heard.owner() == "eu.shop.test." && heard.kind() == "A";
        (who != Who::Registry && is_shop)
            .then(|| say(heard.answer([a("eu.shop.test.", [192, 0, 2, 5])])))
    })
    .await;
    let (report, _) = lab.check_at("eu.shop.test", jiff::Timestamp::now()).await;
    assert_eq!(report.dmarc.found_at.as_deref(), Some("_dmarc.shop.test"));
    assert_eq!(report.dmarc.organizational_domain, "shop.test");
    assert_eq!(report.dmarc.policy.as_deref(), Some("reject"));
    let deep = "a.b.c.d.e.f.g.h.shop.test";
    let (report, _) = lab.check_at(deep, jiff::Timestamp::now()).await;
    assert_eq!(
        report.dmarc.record.as_deref(),
        Some(DMARC),
        "{}",
        line(&report)
    );
    assert_eq!(
        said(&report, "domain-does-not-exist"),
        format!("{deep} does not exist in the DNS.")
    );
}
