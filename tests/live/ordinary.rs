//! Ordinary domains, and ordinary trouble: nothing frightens without need, and no `unknown` stands without its cause.

use hickory_resolver::proto::op::ResponseCode;
use jiff::Timestamp;

use crate::lab::DMARC;
use crate::lab::Lab;
use crate::lab::Who;
use crate::lab::line;
use crate::lab::said;
use crate::lab::soa;
use crate::scripted::Heard;
use crate::scripted::cname;
use crate::scripted::say;
use crate::scripted::txt;

#[tokio::test]
async fn name_servers_whose_addresses_nobody_can_look_up_are_told() {
    let lab = Lab::start(|who, heard| {
        let is_host = heard.owner().starts_with("ns") && heard.owner().ends_with(".host.test.");
        (who == Who::Resolver && is_host).then(|| say(heard.code(ResponseCode::Refused)))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "unknown | unknown unknown unknown | dns-trouble"
    );
    let named: Vec<&str> = report.findings.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(named, ["ns1.host.test", "ns2.host.test"]);
    assert!(said(&report, "dns-trouble").contains("refused to answer"));
}

#[tokio::test]
async fn one_name_server_whose_address_cannot_be_looked_up_is_a_warning() {
    let lab = Lab::start(|who, heard| {
        (who == Who::Resolver && heard.owner() == "ns2.host.test.")
            .then(|| say(heard.code(ResponseCode::ServFail)))
    })
    .await;
    assert_eq!(
        line(&lab.check().await),
        "warning | published published published | ns-silent"
    );
}

/// What a wildcard in `shop.test` says about names that nothing else stands at, in form of an alias or of a text.
fn star(heard: &Heard, is_alias: bool) -> Option<Vec<crate::scripted::Say>> {
    let owner = heard.owner();
    let own = [
        "shop.test.",
        "_dmarc.shop.test.",
        "s1._domainkey.shop.test.",
    ];
    let is_wild = owner.ends_with(".shop.test.") && !own.contains(&owner.as_str());
    let kind = heard.kind();
    match (is_wild, is_alias, kind.as_str()) {
        (true, true, "TXT") => Some(say(heard.answer([
            cname(&owner, "shop.test."),
            txt("shop.test.", crate::lab::SPF),
        ]))),
        (true, true, _) => Some(say(heard.answer([cname(&owner, "shop.test.")]))),
        (true, false, "TXT") => Some(heard.txt("v=spf1 -all")),
        (true, false, _) => {
            let mut message = heard.code(ResponseCode::NoError);
            message.add_authority(soa("shop.test.", 7));
            Some(say(message))
        }
        _ => None,
    }
}

#[tokio::test]
async fn below_a_wildcard_the_policy_of_the_domain_above_applies() {
    for is_alias in [true, false] {
        let lab = Lab::start(move |who, heard| {
            (who != Who::Registry)
                .then(|| star(heard, is_alias))
                .flatten()
        })
        .await;
        let (report, _) = lab.check_at("news.shop.test", Timestamp::now()).await;
        let dmarc = &report.dmarc;
        assert_eq!(
            (dmarc.state.as_str(), dmarc.policy.as_deref()),
            ("published", Some("reject")),
            "{is_alias} {}",
            line(&report)
        );
        assert_eq!(dmarc.record.as_deref(), Some(DMARC));
        assert!(report.green.record_published && report.green.policy_enabled);
        let of_policy = report.findings.iter().find(|finding| {
            finding.code == "panel-wildcard-answers" && finding.name == "_dmarc.news.shop.test"
        });
        assert_eq!(of_policy.map(|f| f.severity.as_str()), Some("note"));
    }
}

/// A key that was withdrawn stays in the DNS beside the one in use, as rotation asks for.
#[tokio::test]
async fn a_revoked_key_beside_a_good_one_is_no_error() {
    for (good, expected) in [
        (true, "ok | published published published | dkim-revoked"),
        (
            false,
            "error | published published published | dkim-revoked",
        ),
    ] {
        let lab = Lab::start(move |who, heard| {
            let revoked = match heard.owner().as_str() {
                "google._domainkey.shop.test." => true,
                "s1._domainkey.shop.test." => !good,
                _ => false,
            };
            (who != Who::Registry && revoked && heard.kind() == "TXT")
                .then(|| heard.txt("v=DKIM1; p="))
        })
        .await;
        let guesses = vec!["google".parse().unwrap()];
        let report = lab.check_with(guesses).await;
        assert_eq!(line(&report), expected);
    }
}

#[tokio::test]
async fn a_no_without_proof_is_told_as_such() {
    let lab = Lab::start(|who, heard| {
        (who == Who::Resolver && heard.owner().ends_with("shop.test."))
            .then(|| say(heard.code(ResponseCode::NXDomain)))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(report.verdict, "unknown", "{}", line(&report));
    let said = said(&report, "dns-trouble");
    assert!(
        said.contains("does not show where that comes from"),
        "{said}"
    );
    assert!(!said.contains("cannot be read"), "{said}");
}
