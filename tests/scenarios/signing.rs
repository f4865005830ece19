//! What is pasted from consoles for one service, and when its signing may be called switched on.

use nobounce::plan;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::records::verdict::Verdict;

use crate::given::*;

const KEY_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC8HGdLyGxTxo4Zel5cOw8ItO9L7PzTkhmXUPc52ziTSP5oDLW3NOp+40j53ObAh7RhfEsfbX1AvJav1/IBkVKwLp9rbQwrb9qUbLOuZIXLV5zQfsrpVH8FPWpoGwYpT/SlalJYwt1e7Wzowh3wTfU74onRVOxBCW+BnUyu7kzQtwIDAQAB";
const KEY_768: &str = "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAK7YxmQxwE14zN2F4zSBe0SJbycqBjpots8H2qh6sisw4BDOtfqSw3lAN9UdCbX0FLxJ8Js7u4Hkksd2ckUBYHp9M4W5Eu+zPRDFDCfM6b/3pNQZaDYSYnRx9CrtUlFIXwIDAQAB";

fn collect(sender: &str) -> PageId {
    PageId::DkimCollect {
        sender: sender.to_owned(),
        index: 0,
    }
}

fn switch(sender: &str) -> PageId {
    PageId::DkimSwitch {
        sender: sender.to_owned(),
    }
}

fn blocks(facts: &Facts, live: &Live, id: &PageId) -> String {
    format!("{:?}", plan::page(id, facts, live).blocks)
}

fn preselected(facts: &Facts, live: &Live, id: &PageId) -> String {
    match plan::page(id, facts, live).form {
        Form::Choose { options, selected } => options[selected].id.clone(),
        form => panic!("{form:?}"),
    }
}

/// The complaint about a paste; nothing is kept of it.
fn refused(sender: &str, text: &str) -> String {
    let mut facts = sending(bare(), &[sender]);
    let before = facts.clone();
    let reply = answer(&mut facts, collect(sender), typed(text));
    assert_eq!(facts, before, "{text}");
    reply.complaint.unwrap_or_else(|| panic!("taken: {text}"))
}

#[test]
fn a_target_that_cannot_be_the_services_is_refused() {
    let rows = [
        (
            "microsoft-365",
            "selector1._domainkey evil.example.net",
            "it looks like selector1-example-com",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.contoso.example.net",
            "it looks like",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.contoso.onmicrosoft.com.evil",
            "it looks like",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.contoso.onmicrosoft.com.evil garbage here",
            "extra text behind the value",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.contoso.onmicrosoft.com garbage",
            "\"garbage\"",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.<...>.<...>-v1.dkim.mail.microsoft",
            "This is a pattern",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.{prefix}.n-v1.dkim.mail.microsoft",
            "This is a pattern",
        ),
        (
            "microsoft-365",
            "selector1-otherfirm-de._domainkey.contoso.n-v1.dkim.mail.microsoft",
            "This is for otherfirm.de, not for yours",
        ),
        (
            "microsoft-365",
            "selector2-my-shop-co-uk._domainkey.contoso.onmicrosoft.com",
            "This is for my-shop.co.uk, not for yours",
        ),
        (
            "microsoft-365",
            "selector1._domainkey selector2-example-com._domainkey.contoso.onmicrosoft.com",
            "This is the value of selector2._domainkey.",
        ),
        (
            "sendgrid",
            "s1._domainkey u123.wl045.sendgrid.net",
            "it looks like s1.domainkey.",
        ),
        (
            "amazon-ses",
            "abc._domainkey abc.example.net",
            "it looks like",
        ),
    ];
    for (sender, text, wanted) in rows {
        let complaint = refused(sender, text);
        assert!(complaint.contains(wanted), "{text}: {complaint}");
    }
}

#[test]
fn a_target_of_a_known_form_is_taken() {
    let rows = [
        (
            "microsoft-365",
            "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.contoso.onmicrosoft.com",
        ),
        (
            "microsoft-365",
            "selector1._domainkey 3600 IN CNAME selector1-example-com._domainkey.contoso.onmicrosoft.com. ; a remark",
        ),
        (
            "microsoft-365",
            "selector1-example-com._domainkey.contoso.onmicrosoft.com\tTTL 1 hour\tCopy",
        ),
        (
            "sendgrid",
            "s1._domainkey s1.domainkey.u123.wl045.sendgrid.net",
        ),
        (
            "sendgrid",
            "shop._domainkey shop.domainkey.u123.wl045.sendgrid.net",
        ),
        ("amazon-ses", "abc._domainkey abc.dkim.amazonses.com"),
        (
            "amazon-ses",
            "abc._domainkey abc.dkim.af-south-1.amazonses.com",
        ),
    ];
    for (sender, text) in rows {
        let mut facts = sending(bare(), &[sender]);
        give(&mut facts, collect(sender), typed(text));
        assert_eq!(
            wanted(&facts)
                .iter()
                .filter(|row| row.contains("_domainkey"))
                .count(),
            1,
            "{text}"
        );
    }
}

#[test]
fn signing_is_on_only_behind_a_record_that_was_seen() {
    let mut facts = sending(bare(), &["mailchimp"]);
    let mut live = live();
    let id = switch("mailchimp");
    let keys = ["k2", "k3"].map(|name| format!("{name}._domainkey.example.com CNAME"));
    let refuses = |facts: &Facts, live: &Live| {
        let mut copy = facts.clone();
        let reply = plan::reply(&mut copy, &id, chosen("done"), live);
        assert_eq!(reply.complaint.is_some(), copy == *facts);
        reply.complaint.is_some()
    };
    assert_eq!(preselected(&facts, &live, &id), "later");
    assert!(blocks(&facts, &live, &id).starts_with("[Text(\"Not all is visible"));
    assert!(refuses(&facts, &live));
    publish(&mut facts, &mut live, &keys[0]);
    assert!(refuses(&facts, &live), "one of two");
    see(&mut facts, &mut live, &keys[1], Verdict::Missing);
    assert!(refuses(&facts, &live), "one is missing");
    see(
        &mut facts,
        &mut live,
        &keys[1],
        Verdict::Spreading { until: None },
    );
    assert_eq!(preselected(&facts, &live, &id), "later");
    assert!(!refuses(&facts, &live), "on its way");
    publish(&mut facts, &mut live, &keys[1]);
    assert_eq!(preselected(&facts, &live, &id), "done");
    // What was green in an earlier session counts.
    let kept = crate::given::live();
    assert_eq!(preselected(&facts, &kept, &id), "done");
    assert!(!refuses(&facts, &kept));
    let form = plan::page(&id, &facts, &live).form;
    let reply = plan::reply(&mut facts, &id, enter(&form), &live);
    assert_eq!(reply.complaint, None);
    assert!(facts.dkim["mailchimp"].switched_on);
}

#[test]
fn the_choice_stays_in_sight_at_80_columns() {
    for sender in ["microsoft-365", "own-server", "mailchimp"] {
        let mut facts = sending(bare(), &[sender]);
        if sender == "own-server" {
            let key = PageId::DkimKey {
                sender: sender.to_owned(),
            };
            let reply = give(&mut facts, key, chosen("rsa2048+ed25519"));
            carry_out(&mut facts, &reply.wishes);
        }
        let page = plan::page(&switch(sender), &facts, &live());
        let lines: usize = page
            .blocks
            .iter()
            .map(|block| match block {
                plan::page::Block::Text(text) => text.len().div_ceil(68),
                plan::page::Block::Rows(rows) => rows.len(),
                plan::page::Block::Steps(steps) => {
                    steps.iter().map(|step| (step.len() + 4).div_ceil(68)).sum()
                }
                other => panic!("{other:?}"),
            })
            .sum();
        assert!(lines <= 6, "{sender}: {lines} lines: {:?}", page.blocks);
    }
    let facts = sending(bare(), &["microsoft-365"]);
    let why = plan::page(&switch("microsoft-365"), &facts, &live()).why;
    assert!(
        why.contains("Only one of the two selectors answers"),
        "{why}"
    );
}

#[test]
fn a_short_key_is_named_and_a_useless_one_refused() {
    let record = PageId::DkimRecord {
        sender: "google-workspace".to_owned(),
        index: 0,
    };
    for (key, warned) in [(KEY_1024, true), (KEY, false)] {
        let mut facts = sending(bare(), &["google-workspace"]);
        give(
            &mut facts,
            collect("google-workspace"),
            typed(&format!("google._domainkey v=DKIM1; k=rsa; p={key}")),
        );
        let text = blocks(&facts, &live(), &record);
        assert_eq!(
            text.contains("this key is short (1024 bits)"),
            warned,
            "{text}"
        );
    }
    refused(
        "google-workspace",
        &format!("google._domainkey v=DKIM1; k=rsa; p={KEY_768}"),
    );
}

#[test]
fn text_glued_to_a_key_is_named() {
    for junk in ["Press", " Press the button", "==Press", "\nPress"] {
        let text = format!("google._domainkey v=DKIM1; k=rsa; p={KEY}{junk}");
        let complaint = refused("google-workspace", &text);
        assert!(
            complaint.contains("extra text behind the key"),
            "{junk:?}: {complaint}"
        );
        assert!(complaint.contains("Press"), "{complaint}");
    }
    let text = format!("e1._domainkey v=DKIM1; k=ed25519; p={SHORT_KEY}Press");
    assert!(refused("google-workspace", &text).contains("extra text behind the key"));
}

#[test]
fn the_whole_path_of_a_key_file_is_told() {
    let mut facts = sending(bare(), &["own-server"]);
    let key = PageId::DkimKey {
        sender: "own-server".to_owned(),
    };
    let reply = give(&mut facts, key.clone(), chosen("rsa2048"));
    carry_out(&mut facts, &reply.wishes);
    let record = PageId::DkimRecord {
        sender: "own-server".to_owned(),
        index: 0,
    };
    let at_home = Live {
        folder: Some("/setups/example.com".to_owned()),
        ..live()
    };
    for id in [key, record, switch("own-server")] {
        let text = blocks(&facts, &at_home, &id);
        assert!(
            text.contains("/setups/example.com/keys/nb2611.pem"),
            "{text}"
        );
        assert!(blocks(&facts, &live(), &id).contains("keys/nb2611.pem"));
    }
    let reply = answer(&mut facts, switch("own-server"), Answer::Go);
    assert!(reply.complaint.is_some(), "Enter alone is no leave");
}
