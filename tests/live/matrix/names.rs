//! D23 to D29: aliases, wildcards, and capitals in names.

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::NULL;

use crate::lab::DMARC;
use crate::lab::Lab;
use crate::lab::SPF;
use crate::lab::WELL;
use crate::lab::Who;
use crate::lab::judged;
use crate::lab::line;
use crate::lab::said;
use crate::lab::wanted;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::cname;
use crate::scripted::record;
use crate::scripted::say;
use crate::scripted::txt;

const POLICY: &str = "_dmarc.shop.test.";

/// Everybody but the registry says this about the policy.
async fn policy(answer: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static) -> Lab {
    Lab::start(move |who, heard| {
        let is_it = who != Who::Registry && heard.owner() == POLICY && heard.kind() == "TXT";
        is_it.then(|| answer(heard))
    })
    .await
}

#[tokio::test]
async fn d23_a_policy_behind_an_alias_counts_and_is_told() {
    let hosted = Lab::start(|who, heard| match heard.owner().as_str() {
        POLICY if who != Who::Registry && heard.kind() == "TXT" => Some(say(heard.answer([
            cname(POLICY, "shop.dmarc.vendor.test."),
            txt("shop.dmarc.vendor.test.", DMARC),
        ]))),
        "shop.dmarc.vendor.test." if heard.kind() == "TXT" => Some(heard.txt(DMARC)),
        _ => None,
    })
    .await;
    let report = hosted.check().await;
    assert_eq!(line(&report), WELL);
    assert_eq!(report.elsewhere[0].to, "shop.dmarc.vendor.test");
    let judgement = hosted.watch(&wanted()).await;
    assert_eq!(
        judged(&judgement),
        "published | 2/2/2 1/1/1 | record-behind-alias"
    );
    assert!(
        judgement.findings[0]
            .message
            .contains("shop.dmarc.vendor.test")
    );
}

#[tokio::test]
async fn d24_aliases_in_a_circle_too_many_and_to_nothing() {
    let own = policy(|heard| say(heard.answer([cname(POLICY, POLICY)]))).await;
    let report = own.check().await;
    assert_eq!(
        line(&report),
        "unknown | published published unknown | dns-trouble"
    );
    let judgement = own.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "unknown | 0/0/2 0/0/0 | ns-silent");
    // Two that lead to each other, and a chain of seventeen.
    for last in [1, 17] {
        let long = Lab::start(move |who, heard| {
            let owner = heard.owner();
            let here: usize = match owner.strip_prefix('n') {
                _ if owner == POLICY => 0,
                Some(rest) => rest.split('.').next()?.parse().ok()?,
                None => return None,
            };
            let next = if here == last {
                POLICY.to_owned()
            } else {
                format!("n{}.shop.test.", here + 1)
            };
            let is_it = who != Who::Registry && heard.kind() == "TXT";
            is_it.then(|| say(heard.answer([cname(&owner, &next)])))
        })
        .await;
        let report = long.check().await;
        assert_eq!(
            line(&report),
            "unknown | published published unknown | dns-trouble"
        );
        let said = said(&report, "dns-trouble");
        assert!(said.contains("lead in a circle") || last > 8, "{said}");
        assert!(said.contains("behind the aliases n1.shop.test"), "{said}");
        if last > 8 {
            assert!(
                said.contains("n7.shop.test → n8.shop.test") && !said.contains("n9"),
                "{said}"
            );
        }
    }
    let nothing = policy(|heard| {
        let mut message = heard.no(ResponseCode::NXDomain, "vendor.test.", 300);
        message.add_answer(cname(POLICY, "gone.vendor.test."));
        say(message)
    })
    .await;
    let report = nothing.check().await;
    assert_eq!(
        line(&report),
        "error | published published missing | dmarc-dangling-alias"
    );
    assert!(said(&report, "dmarc-dangling-alias").contains("gone.vendor.test"));
}

#[tokio::test]
async fn d25_an_alias_beside_a_text_is_a_conflict() {
    for text in [DMARC, "v=DMARC1; p=none"] {
        let lab = policy(move |heard| {
            let alias = cname(POLICY, "shop.dmarc.vendor.test.");
            say(heard.answer([alias, txt(POLICY, text)]))
        })
        .await;
        let judgement = lab.watch(&wanted()).await;
        assert_eq!(
            judged(&judgement),
            "conflict | 0/2/2 0/0/0 | panel-cname-beside-txt"
        );
        let report = lab.check().await;
        let expected = "error | published published conflict | panel-cname-beside-txt";
        assert!(line(&report).starts_with(expected), "{}", line(&report));
    }
    let alone = policy(|heard| say(heard.answer([cname(POLICY, "shop.test.")]))).await;
    let judgement = alone.watch(&wanted()).await;
    assert_eq!(
        judged(&judgement),
        "conflict | 0/2/2 0/0/0 | panel-cname-beside-txt"
    );
}

/// `shop.test DNAME brand.test`, with the alias that it makes.
fn renamed(heard: &Heard) -> Vec<Say> {
    let mut target = Vec::new();
    for label in ["brand", "test", ""] {
        target.push(label.len() as u8);
        target.extend_from_slice(label.as_bytes());
    }
    let dname = record(
        "shop.test.",
        RData::Unknown {
            code: WireType::DNAME,
            rdata: NULL::with(target),
        },
    );
    if heard.kind() == "DNAME" {
        return say(heard.answer([dname]));
    }
    let target = heard.owner().replace("shop.test.", "brand.test.");
    say(heard.answer([dname, cname(&heard.owner(), &target)]))
}

#[tokio::test]
async fn d26_a_renamed_tree_is_followed_and_told() {
    let lab = Lab::start(|who, heard| {
        let owner = heard.owner();
        match (owner.as_str(), heard.kind().as_str()) {
            _ if who == Who::Registry => None,
            ("shop.test.", "DNAME") => Some(renamed(heard)),
            (_, "TXT" | "NS") if owner.ends_with(".shop.test.") => Some(renamed(heard)),
            ("_dmarc.brand.test.", "TXT") => Some(heard.txt(DMARC)),
            ("s1._domainkey.brand.test.", "TXT") => Some(heard.txt(crate::lab::KEY)),
            _ => None,
        }
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "warning | published published published | dns-renamed"
    );
    let said = said(&report, "dns-renamed");
    assert!(said.contains("renamed to brand.test (DNAME)"), "{said}");
}

#[tokio::test]
async fn d27_a_wildcard_text_is_no_record() {
    let lab = Lab::start(|who, heard| {
        let owner = heard.owner();
        let below = owner.ends_with(".shop.test.") && heard.kind() == "TXT";
        (who != Who::Registry && below).then(|| say(heard.answer([txt(&owner, SPF)])))
    })
    .await;
    assert_eq!(
        line(&lab.check().await),
        "error | published conflict conflict | panel-wildcard-answers"
    );
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(
        judged(&judgement),
        "conflict | 0/2/2 0/0/0 | panel-wildcard-answers"
    );
}

#[tokio::test]
async fn d28_a_wildcard_alias_is_no_record() {
    let lab = Lab::start(|who, heard| {
        let owner = heard.owner();
        if owner == "site.builder.test." {
            return Some(heard.txt("site-verification=1"));
        }
        let below =
            owner.ends_with(".shop.test.") && matches!(heard.kind().as_str(), "TXT" | "CNAME");
        (who != Who::Registry && below)
            .then(|| say(heard.answer([cname(&owner, "site.builder.test.")])))
    })
    .await;
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(
        judged(&judgement),
        "conflict | 0/2/2 0/0/0 | panel-wildcard-answers"
    );
    assert_eq!(
        line(&lab.check().await),
        "error | published conflict conflict | panel-wildcard-answers"
    );
}

#[tokio::test]
async fn d29_capitals_in_names_do_not_matter() {
    let lab = Lab::start(|who, heard| {
        if !who.is_ns() && who != Who::Resolver || heard.owner() != POLICY || heard.kind() != "TXT"
        {
            return None;
        }
        let mut message = heard.answer([txt("_DMARC.Shop.TEST.", DMARC)]);
        let loud = Name::from_ascii("_dMaRc.sHoP.tEsT.").unwrap();
        message.queries[0].set_name(loud);
        Some(say(message))
    })
    .await;
    assert_eq!(line(&lab.check().await), WELL);
    assert_eq!(
        judged(&lab.watch(&wanted()).await),
        "published | 2/2/2 1/1/1 |"
    );
    // Names are sent in small letters, so that a server which cannot stand capitals has none to refuse.
    let (report, _) = lab.check_at("sHoP.tEsT", jiff::Timestamp::now()).await;
    assert_eq!(line(&report), WELL);
    for heard in lab.server(Who::Ns1).heard() {
        let sent = heard.message.queries[0].name().to_ascii();
        assert_eq!(sent, sent.to_lowercase());
    }
}
