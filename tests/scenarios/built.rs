//! Whatever stands there now and whatever was chosen: each record that is handed out reads back as the same, is what receivers pick, and is
//! judged without an error; and nothing that protects is weakened.

use std::collections::BTreeSet;

use nobounce::catalog::owner::Owner;
use nobounce::plan;
use nobounce::plan::page::PageId;
use nobounce::records::dkim;
use nobounce::records::dmarc;
use nobounce::records::dmarc::Dmarc;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::spf;
use nobounce::records::untrusted::Untrusted;
use proptest::prelude::*;

use crate::given::*;

/// SPF records as people have them: good terms and bad ones, in any order.
fn spf_there() -> impl Strategy<Value = String> {
    let term = prop_oneof![
        4 => prop::sample::select(vec![
            "a", "mx", "ip4:203.0.113.9", "ip4:203.0.113.0/24", "ip6:2001:db8::/32", "include:_spf.google.com",
            "include:spf.protection.outlook.com", "include:sendgrid.net", "?include:_spf.example.net", "-ip4:203.0.113.7",
            "exists:%{i}._spf.example.net", "~all", "-all", "redirect=_spf.example.net", "x=y",
        ]),
        2 => prop::sample::select(vec![
            "ptr", "+all", "?all", "ip4:10.0.0.1", "ip4:0.0.0.0/0", "exists:example.net", "include:a.exampleinclude:b.example",
            "include:", "ip4:999.1.1.1", "exp=why.example.net", "INCLUDE:_SPF.Google.com", "a/0", "\u{201c}mx", "all all",
        ]),
    ];
    prop::collection::vec(term, 0..9).prop_map(|terms| format!("v=spf1 {}", terms.join(" ")))
}

fn dmarc_there() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "p=none",
        "p=quarantine",
        "p=reject",
        "P=Reject",
        "p=rejct",
        "sp=none",
        "sp=reject",
        "np=reject",
        "t=y",
        "psd=n",
        "pct=50",
        "pct=x",
        "adkim=s",
        "aspf=strict",
        "fo=1",
        "rua=mailto:x@vendor.example",
        "rua=x@vendor.example",
        "rua=mailto:a@b.example!10m,mailto:c@d.example",
        "ruf=mailto:f@example.com",
        "rf=afrf",
        "ri=3600",
        "junk",
        "",
        "k=v",
    ]);
    prop::collection::vec(tag, 0..7).prop_map(|tags| format!("v=DMARC1; {}", tags.join("; ")))
}

/// What receivers make of the text of a record at its name.
fn received(record: &Record) -> Option<Vec<Finding>> {
    let owner = &record.owner;
    let texts = [Untrusted::from(record.content.to_string().as_str())];
    match &record.content {
        Content::Spf(made) => match spf::judge::select(owner, &texts) {
            spf::judge::Selected::One(read) if read == *made => {
                Some(spf::judge::judge(owner, &read))
            }
            _ => None,
        },
        Content::Dkim(made) => match dkim::judge::select(owner, &texts) {
            dkim::judge::Selected::One(read) if read == *made => {
                Some(dkim::judge::judge(owner, &read))
            }
            _ => None,
        },
        Content::Dmarc(made) => match dmarc::judge::select(owner, &texts) {
            dmarc::judge::Selected::One(reading) if reading.dmarc == *made => {
                Some(reading.findings)
            }
            _ => None,
        },
        Content::ReportAuthorization => {
            dmarc::address::is_policy_record(texts[0].as_bytes()).then(Vec::new)
        }
        Content::Cname(_) | Content::Text(_) | Content::Mx { .. } => Some(Vec::new()),
    }
}

fn in_force(text: &str) -> Option<[dmarc::Policy; 3]> {
    let owner = "_dmarc.example.com".parse().unwrap();
    match dmarc::judge::select(&owner, &[Untrusted::from(text)]) {
        dmarc::judge::Selected::One(reading) => reading.policies(),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_record_that_is_built_is_clean(
        spf in prop::option::of(spf_there()),
        dmarc in prop::option::of(dmarc_there()),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        own_server in any::<bool>(),
        spf_confirmed in prop::bool::weighted(0.9),
        address_at in prop::sample::select(vec!["dmarc@example.com", "reports@example.net", "a.b+c@sub.example.com"]),
        algorithm in prop::sample::select(vec!["rsa2048", "ed25519"]),
    ) {
        let mut report = bare();
        if let Some(spf) = &spf {
            report = with_spf(report, spf);
        }
        if let Some(dmarc) = &dmarc {
            report = with_dmarc(report, dmarc);
        }
        let owners: Vec<&str> = Owner::all().map(|owner| owner.id()).collect();
        let mut senders: BTreeSet<&str> = picks.iter().map(|pick| *pick.get(&owners)).collect();
        if own_server {
            senders.insert("own-server");
        }
        let senders: Vec<&str> = senders.into_iter().collect();
        let mut facts = facts(report);
        let _ = answer(&mut facts, PageId::Senders, tick(&senders));
        facts.senders.habits_confirmed = true;
        facts.senders.terms_confirmed = true;
        facts.senders.addresses_confirmed = true;
        facts.senders.own_addresses = vec!["203.0.113.9".to_owned(), "2001:db8::9".to_owned()];
        facts.spf.confirmed = spf_confirmed;
        facts.mailbox.kind = Some("own".to_owned());
        facts.mailbox.address = Some(address_at.to_owned());
        facts.mailbox.made = true;
        for sender in &senders {
            plan::key_made(&mut facts, sender, nobounce::plan::facts::MadeKey {
                selector: "nb2611".to_owned(),
                algorithm: algorithm.to_owned(),
                record: if algorithm == "ed25519" {
                    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_owned()
                } else {
                    key_record()
                },
                made_at: now(),
                path: "keys/nb2611.pem".to_owned(),
            });
        }
        let wanted = plan::wanted(&facts);
        let mut names = BTreeSet::new();
        for wanted in &wanted {
            let text = wanted.record.content.to_string();
            prop_assert!(text.bytes().all(|b| matches!(b, b' '..=b'~')), "{text}");
            let found = received(&wanted.record);
            prop_assert!(found.is_some(), "not what was meant: {text}");
            let errors: Vec<Finding> = found
                .into_iter()
                .flatten()
                .filter(|finding| finding.severity == Severity::Error)
                .collect();
            prop_assert!(errors.is_empty(), "{text}: {errors:?}");
            if matches!(wanted.record.content, Content::Spf(_) | Content::Dmarc(_)) {
                prop_assert!(names.insert(wanted.key.clone()), "two at {}", wanted.key);
            }
            if let (Content::Dmarc(made), Some(there)) = (&wanted.record.content, &dmarc) {
                let made = in_force(&made.to_string());
                prop_assert!(made.is_some());
                // Nothing that protects is weakened in passing.
                if let Some(there) = in_force(there) {
                    prop_assert!(made.unwrap().iter().zip(there).all(|(made, there)| *made >= there), "{there:?} {text}");
                }
            }
            if let Content::Dmarc(made) = &wanted.record.content {
                prop_assert!(made.aggregate.iter().take(2).any(|uri| uri.mailbox() == Some(address_at)), "{text}");
                prop_assert!(text.parse::<Dmarc>().is_ok());
            }
        }
    }
}

/// Terms that keep a record from being handed out are offered to be left out, with the reason.
#[test]
fn a_term_that_allows_everyone_is_left_out_unless_it_is_wanted() {
    for term in [
        "exists:example.net",
        "ip4:0.0.0.0/0",
        "include:a.example.netinclude:b.example.net",
    ] {
        let report = with_spf(bare(), &format!("v=spf1 {term} ip4:192.0.2.1 -all"));
        let mut facts = sending(report, &["own-server"]);
        facts.senders.own_addresses = vec!["192.0.2.1".to_owned()];
        let page = plan::page(&PageId::SpfPlan, &facts, &live());
        let shown = format!("{page:?}");
        assert!(shown.contains("cannot be handed out"), "{shown}");
        facts.spf.confirmed = true;
        facts.spf.dropped = [term.to_owned()].into();
        let all = wanted(&facts);
        assert!(
            all.iter()
                .any(|row| row.contains("v=spf1 ip4:192.0.2.1 -all")),
            "{all:?}"
        );
    }
}
