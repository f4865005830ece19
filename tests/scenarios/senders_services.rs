//! One service at a time, from its first page to signing: what is told, what is pasted, what is wanted in the DNS, what SPF gets of it.

use nobounce::plan;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Block;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Part;
use nobounce::plan::steps::dkim;
use nobounce::records::verdict::Verdict;
use proptest::prelude::*;

use crate::given::*;

pub fn setup(sender: &str) -> PageId {
    PageId::DkimSetup {
        sender: sender.to_owned(),
    }
}

pub fn console(sender: &str) -> PageId {
    PageId::DkimConsole {
        sender: sender.to_owned(),
    }
}

pub fn collect(sender: &str, index: usize) -> PageId {
    PageId::DkimCollect {
        sender: sender.to_owned(),
        index,
    }
}

pub fn part(sender: &str, part: Part) -> PageId {
    PageId::DkimPart {
        sender: sender.to_owned(),
        part,
    }
}

pub fn record(sender: &str, index: usize) -> PageId {
    PageId::DkimRecord {
        sender: sender.to_owned(),
        index,
    }
}

pub fn switch(sender: &str) -> PageId {
    PageId::DkimSwitch {
        sender: sender.to_owned(),
    }
}

pub fn text_of(facts: &Facts, id: &PageId) -> String {
    format!("{:?}", plan::page(id, facts, &live()).blocks)
}

/// The records that the sender wants, as `owner TYPE value`, each once.
fn of_sender(facts: &Facts, sender: &str) -> Vec<String> {
    plan::wanted(facts)
        .iter()
        .filter(|wanted| wanted.sender.as_deref() == Some(sender))
        .map(|wanted| {
            format!(
                "{} {} {}",
                wanted.record.owner,
                wanted.record.content.record_type(),
                wanted.record.content
            )
        })
        .collect()
}

/// Sees every record of the sender published, one page after the other, and switches signing on.
fn publish_and_switch(facts: &mut Facts, sender: &str) -> Live {
    let mut live = live();
    let pages: Vec<PageId> = plan::pages(facts)
        .into_iter()
        .filter(|id| matches!(id, PageId::DkimRecord { sender: of, .. } if of == sender))
        .collect();
    for id in &pages {
        assert_eq!(&plan::resume(facts, &live), id);
        let Form::Record(card) = plan::page(id, facts, &live).form else {
            panic!("{id:?}");
        };
        let key = plan::wanted::key(&card.record);
        publish(facts, &mut live, &key);
    }
    let id = switch(sender);
    assert_eq!(plan::resume(facts, &live), id);
    let reply = plan::reply(facts, &id, chosen("done"), &live);
    assert_eq!(reply.complaint, None);
    assert_eq!(dkim::open::of(facts, Some(&live), sender), None);
    live
}

/// A domain whose next question is the first page of the sender.
fn at_setup(sender: &str) -> Facts {
    let mut facts = sending(bare(), &[sender]);
    address(&mut facts, "own", "dmarc@example.com");
    facts.mailbox.made = true;
    assert_eq!(plan::resume(&facts, &live()), setup(sender));
    let said = text_of(&facts, &setup(sender));
    assert!(said.contains("\"SPF\""), "{said}");
    let steps = plan::page(&console(sender), &facts, &live()).blocks;
    assert!(matches!(&steps[0], Block::Steps(steps) if (2..=6).contains(&steps.len())));
    facts
}

fn without_pages(facts: &Facts) -> bool {
    !plan::pages(facts)
        .iter()
        .any(|id| matches!(id, PageId::DkimPart { .. } | PageId::DkimCollect { .. }))
}

fn complaint(facts: &Facts, id: &PageId, text: &str) -> String {
    let mut copy = facts.clone();
    let reply = answer(&mut copy, id.clone(), typed(text));
    assert_eq!(&copy, facts, "nothing of it is kept: {text}");
    reply.complaint.unwrap_or_else(|| panic!("taken: {text}"))
}

#[test]
fn mailchimp_has_fixed_records_and_needs_nothing_of_spf() {
    let mut facts = at_setup("mailchimp");
    let said = text_of(&facts, &setup("mailchimp"));
    for words in [
        "2 aliases (CNAME), the same for everybody",
        "not needed. Its bounces go to an address of its own (return-path)",
        "its own name, under mcsv.net",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let reply = give(&mut facts, setup("mailchimp"), chosen("start"));
    assert_eq!(reply.page, console("mailchimp"));
    assert!(text_of(&facts, &reply.page).contains("Start authentication"));
    let reply = give(&mut facts, reply.page, Answer::Go);
    assert_eq!(reply.page, record("mailchimp", 0));
    assert!(without_pages(&facts));
    assert_eq!(
        of_sender(&facts, "mailchimp"),
        [
            "k2._domainkey.example.com CNAME dkim2.mcsv.net",
            "k3._domainkey.example.com CNAME dkim3.mcsv.net",
        ]
    );
    publish_and_switch(&mut facts, "mailchimp");
    let spf = text_of(&facts, &PageId::SpfPlan);
    assert!(
        spf.contains("so SPF does not count for your domain"),
        "{spf}"
    );
}

#[test]
fn hubspot_brings_a_term_of_its_account_into_the_one_list() {
    let mut facts = at_setup("hubspot");
    give(&mut facts, setup("hubspot"), chosen("start"));
    let reply = give(&mut facts, console("hubspot"), Answer::Go);
    assert_eq!(reply.page, collect("hubspot", 0));
    let reply = give(
        &mut facts,
        collect("hubspot", 0),
        typed(
            "hs1-123456._domainkey.example.com example-com.hs03a.dkim.hubspotemail.net.\n\
             hs2-123456._domainkey.example.com example-com.hs03b.dkim.hubspotemail.net.",
        ),
    );
    assert_eq!(reply.page, part("hubspot", Part::Spf));
    let said = text_of(&facts, &reply.page);
    assert!(
        said.contains("include:<...>.spf<...>.hubspotemail.net"),
        "{said}"
    );
    let id = part("hubspot", Part::Spf);
    assert!(complaint(&facts, &id, "123456").contains("No term for SPF was found"));
    assert!(
        complaint(&facts, &id, "include:_spf.google.com").contains("belongs to Google Workspace")
    );
    // A whole record, as it shows it, with what is others' in it.
    let reply = give(
        &mut facts,
        id.clone(),
        typed("\"v=spf1 include:123456.spf03.hubspotemail.net include:_spf.google.com -all\""),
    );
    assert_eq!(reply.page, record("hubspot", 0));
    assert_eq!(
        facts.dkim["hubspot"].spf_terms,
        ["include:123456.spf03.hubspotemail.net"]
    );
    assert!(text_of(&facts, &setup("hubspot")).contains("the term of your account"));
    publish_and_switch(&mut facts, "hubspot");
    give(&mut facts, PageId::SpfPlan, Answer::Go);
    let all = wanted(&facts);
    assert!(
        all.iter()
            .any(|row| row == "example.com TXT v=spf1 include:123456.spf03.hubspotemail.net ~all"),
        "{all:?}"
    );
    // Another term: the plan of the list is looked at again.
    give(&mut facts, id, typed("include:99.spf05.hubspotemail.net"));
    assert!(!facts.spf.confirmed);
}

#[test]
fn constant_contact_signs_alone_and_its_numbers_are_copied() {
    let mut facts = at_setup("constant-contact");
    let said = text_of(&facts, &console("constant-contact"));
    assert!(said.contains("Activate"), "{said}");
    give(&mut facts, setup("constant-contact"), chosen("start"));
    let id = collect("constant-contact", 0);
    let wrong = complaint(
        &facts,
        &id,
        "ctct1._domainkey 1234._domainkey.dkim2.ccsend.com",
    );
    assert!(wrong.contains("ctct2._domainkey"), "{wrong}");
    give(
        &mut facts,
        id,
        typed(
            "ctct1._domainkey 1234._domainkey.dkim1.ccsend.com\nctct2._domainkey 5678._domainkey.dkim2.ccsend.com",
        ),
    );
    assert_eq!(
        of_sender(&facts, "constant-contact"),
        [
            "ctct1._domainkey.example.com CNAME 1234._domainkey.dkim1.ccsend.com",
            "ctct2._domainkey.example.com CNAME 5678._domainkey.dkim2.ccsend.com",
        ]
    );
    publish_and_switch(&mut facts, "constant-contact");
}

#[test]
fn sendgrid_has_an_alias_for_bounces() {
    let mut facts = at_setup("sendgrid");
    give(&mut facts, setup("sendgrid"), chosen("start"));
    let reply = give(
        &mut facts,
        collect("sendgrid", 0),
        typed(
            "s1._domainkey.example.com CNAME s1.domainkey.u1234567.wl045.sendgrid.net\n\
             s2._domainkey.example.com CNAME s2.domainkey.u1234567.wl045.sendgrid.net",
        ),
    );
    let id = part("sendgrid", Part::Bounce);
    assert_eq!(reply.page, id);
    for (text, wanted) in [
        (
            "em1234 CNAME example.net",
            "it looks like u<...>.wl<...>.sendgrid.net",
        ),
        (
            "@ MX 10 mx.sendgrid.net",
            "would send the mail of example.com itself",
        ),
        ("@ TXT v=spf1 include:sendgrid.net ~all", "has its own step"),
        ("em1234 CNAME em1234.example.com", "lies in your own domain"),
        ("em1234.example.com", "the value is missing"),
        ("u1234567.wl045.sendgrid.net", "its name is missing"),
        ("em<...> u<...>.wl<...>.sendgrid.net", "This is a pattern"),
        (
            "s1._domainkey s1.domainkey.u1.wl2.sendgrid.net",
            "This is a key record",
        ),
        ("-----BEGIN PRIVATE KEY-----", "STOP"),
        ("hello", "the value is missing"),
        ("https://example.net/", "No record was found"),
    ] {
        let said = complaint(&facts, &id, text);
        assert!(said.contains(wanted), "{text}: {said}");
    }
    let reply = give(
        &mut facts,
        id,
        typed("em1234.example.com\tCNAME\tu1234567.wl045.sendgrid.net"),
    );
    assert_eq!(reply.page, record("sendgrid", 0));
    let all = of_sender(&facts, "sendgrid");
    assert_eq!(
        all[2],
        "em1234.example.com CNAME u1234567.wl045.sendgrid.net"
    );
    let said = text_of(&facts, &setup("sendgrid"));
    assert!(said.contains("em1234.example.com"), "{said}");
    let said = text_of(&facts, &record("sendgrid", 2));
    assert!(said.contains("takes its bounces (return-path)"), "{said}");
    publish_and_switch(&mut facts, "sendgrid");
}

#[test]
fn the_whole_table_of_a_console_can_be_pasted_at_once() {
    let mut facts = at_setup("sendgrid");
    give(&mut facts, setup("sendgrid"), chosen("start"));
    let table = "CNAME\tem1234.example.com\tu1234567.wl045.sendgrid.net\n\
                 CNAME\ts1._domainkey.example.com\ts1.domainkey.u1234567.wl045.sendgrid.net\n\
                 CNAME\ts2._domainkey.example.com\ts2.domainkey.u1234567.wl045.sendgrid.net";
    let reply = give(&mut facts, collect("sendgrid", 0), typed(table));
    // Nothing is asked that was pasted already.
    assert_eq!(reply.page, record("sendgrid", 0));
    assert_eq!(
        of_sender(&facts, "sendgrid"),
        [
            "s1._domainkey.example.com CNAME s1.domainkey.u1234567.wl045.sendgrid.net",
            "s2._domainkey.example.com CNAME s2.domainkey.u1234567.wl045.sendgrid.net",
            "em1234.example.com CNAME u1234567.wl045.sendgrid.net",
        ]
    );
    let mut ses = at_setup("amazon-ses");
    give(&mut ses, setup("amazon-ses"), chosen("start"));
    let table = "aaa._domainkey.example.com CNAME aaa.dkim.amazonses.com\n\
                 bounce.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com\n\
                 bbb._domainkey.example.com CNAME bbb.dkim.amazonses.com\n\
                 bounce.example.com TXT \"v=spf1 include:amazonses.com ~all\"\n\
                 ccc._domainkey.example.com CNAME ccc.dkim.amazonses.com";
    give(&mut ses, collect("amazon-ses", 0), typed(table));
    assert_eq!(of_sender(&ses, "amazon-ses").len(), 5);
}

#[test]
fn amazon_ses_has_a_mail_server_and_a_text_for_bounces() {
    let mut facts = at_setup("amazon-ses");
    give(&mut facts, setup("amazon-ses"), chosen("start"));
    give(
        &mut facts,
        collect("amazon-ses", 0),
        typed(
            "aaa._domainkey.example.com aaa.dkim.amazonses.com\n\
             bbb._domainkey.example.com bbb.dkim.amazonses.com\n\
             ccc._domainkey.example.com ccc.dkim.amazonses.com",
        ),
    );
    let id = part("amazon-ses", Part::Bounce);
    // The MX alone: its text is the same for everybody.
    let both = [
        "bounce.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com",
        "bounce.example.com TXT v=spf1 include:amazonses.com ~all",
    ];
    for text in [
        "bounce.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com",
        "MX\nName: bounce.example.com\nValue: 10 feedback-smtp.eu-west-1.amazonses.com",
        "MX bounce.example.com 10 feedback-smtp.eu-west-1.amazonses.com\n\
         TXT bounce.example.com \"v=spf1 include:amazonses.com ~all\"",
        "bounce MX feedback-smtp.eu-west-1.amazonses.com",
    ] {
        let mut facts = facts.clone();
        give(&mut facts, id.clone(), typed(text));
        assert_eq!(of_sender(&facts, "amazon-ses")[3..], both, "{text}");
        // What is shown on the page again reads as the same.
        let form = plan::page(&id, &facts, &live()).form;
        give(&mut facts, id.clone(), enter(&form));
        assert_eq!(of_sender(&facts, "amazon-ses")[3..], both, "{text}");
    }
    let wrong = complaint(
        &facts,
        &id,
        "bounce MX 10 feedback-smtp.eu-west-1.example.net",
    );
    assert!(
        wrong.contains("feedback-smtp.<...>.amazonses.com"),
        "{wrong}"
    );
    give(&mut facts, id, typed(both[0]));
    let exported: Vec<String> = plan::wanted(&facts)
        .iter()
        .map(|wanted| wanted.purpose.clone())
        .collect();
    assert!(
        exported.contains(&"takes the bounces of Amazon SES (return-path)".to_owned()),
        "{exported:?}"
    );
    publish_and_switch(&mut facts, "amazon-ses");
    let spf = text_of(&facts, &PageId::SpfPlan);
    assert!(
        spf.contains("Only on the custom MAIL FROM subdomain"),
        "{spf}"
    );
    give(&mut facts, PageId::SpfPlan, Answer::Go);
    let own = wanted(&facts)
        .into_iter()
        .find(|row| row.starts_with("example.com TXT"));
    assert!(own.is_none_or(|own| !own.contains("amazonses")));
}

#[test]
fn mailgun_takes_several_mail_servers_on_its_own_name() {
    let mut facts = at_setup("mailgun");
    give(&mut facts, setup("mailgun"), chosen("start"));
    let reply = give(
        &mut facts,
        collect("mailgun", 0),
        typed(&format!("pic._domainkey.mg.example.com {}", key_record())),
    );
    assert_eq!(reply.page, part("mailgun", Part::Bounce));
    give(
        &mut facts,
        part("mailgun", Part::Bounce),
        typed(
            "mg.example.com TXT v=spf1 include:mailgun.org ~all\n\
             mg.example.com MX 10 mxa.mailgun.org\nmg.example.com MX 10 mxb.mailgun.org",
        ),
    );
    give(&mut facts, part("mailgun", Part::Ownership), typed(""));
    let all = of_sender(&facts, "mailgun");
    assert_eq!(
        all[1..],
        [
            "mg.example.com TXT v=spf1 include:mailgun.org ~all",
            "mg.example.com MX 10 mxa.mailgun.org",
            "mg.example.com MX 10 mxb.mailgun.org",
        ]
    );
    assert!(all[0].starts_with("pic._domainkey.mg.example.com TXT v=DKIM1"));
    publish_and_switch(&mut facts, "mailgun");
}

#[test]
fn zoho_campaigns_shows_a_key_and_mailboxes_at_zoho_too() {
    let mut facts = at_setup("zoho-campaigns");
    give(&mut facts, setup("zoho-campaigns"), chosen("start"));
    give(
        &mut facts,
        collect("zoho-campaigns", 0),
        typed(&format!("1522905413783._domainkey {}", key_record())),
    );
    publish_and_switch(&mut facts, "zoho-campaigns");

    let mut facts = sending(bare(), &["zoho-mail"]);
    address(&mut facts, "own", "dmarc@example.com");
    let id = collect("zoho-mail", 0);
    let said = text_of(&facts, &id);
    assert!(said.contains("Zoho Mail Admin Console"), "{said}");
    give(
        &mut facts,
        id,
        typed(&format!("zmail._domainkey {}", key_record())),
    );
    let said = text_of(&facts, &switch("zoho-mail"));
    assert!(said.contains("switch DKIM on for this selector"), "{said}");
    publish_and_switch(&mut facts, "zoho-mail");
}

/// Postmark with its key copied: the address for bounces comes next.
fn with_key_of_postmark() -> Facts {
    let mut facts = at_setup("postmark");
    give(&mut facts, setup("postmark"), chosen("start"));
    give(
        &mut facts,
        collect("postmark", 0),
        typed(&format!("20261123pm._domainkey {}", key_record())),
    );
    facts
}

#[test]
fn a_fixed_bounce_address_is_offered_and_can_be_declined() {
    let id = part("postmark", Part::Bounce);
    for (choice, more) in [("with", 1), ("without", 0)] {
        let mut facts = with_key_of_postmark();
        assert!(text_of(&facts, &id).contains("CNAME pm.mtasv.net"));
        assert_eq!(plan::resume(&facts, &live()), id);
        give(&mut facts, id.clone(), chosen(choice));
        assert_eq!(of_sender(&facts, "postmark").len(), 1 + more);
        // It stays chosen.
        let form = plan::page(&id, &facts, &live()).form;
        assert_eq!(enter(&form), chosen(choice));
        publish_and_switch(&mut facts, "postmark");
    }
}

#[test]
fn a_proof_stands_beside_the_spf_record_and_is_watched_by_itself() {
    let mut facts = at_setup("brevo");
    give(&mut facts, setup("brevo"), chosen("start"));
    give(&mut facts, part("brevo", Part::Bounce), typed(""));
    let id = part("brevo", Part::Ownership);
    assert!(complaint(&facts, &id, "v=spf1 include:spf.brevo.com ~all").contains("begins with"));
    for text in [
        "brevo-code:1234abcd",
        "@ TXT brevo-code:1234abcd",
        "example.com TXT \"brevo-code:1234abcd\"",
    ] {
        give(&mut facts, id.clone(), typed(text));
        assert_eq!(
            of_sender(&facts, "brevo")[2..],
            ["example.com TXT brevo-code:1234abcd"],
            "{text}"
        );
    }
    give(&mut facts, PageId::SpfPlan, Answer::Go);
    // The record for SPF has the same owner and type, and another name among what is watched.
    let mut keys: Vec<String> = plan::wanted(&facts)
        .into_iter()
        .map(|wanted| wanted.key)
        .collect();
    let all = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), all, "{keys:?}");
    let mut live = live();
    publish(&mut facts, &mut live, "example.com TXT brevo-code:1234abcd");
    assert!(!facts.seen.contains_key("example.com TXT"));
    assert_eq!(
        facts.seen["example.com TXT brevo-code:1234abcd"].verdict,
        "published"
    );
}

#[test]
fn two_senders_cannot_have_the_same_name_for_bounces() {
    let mut facts = sending(bare(), &["sendgrid", "postmark"]);
    give(
        &mut facts,
        collect("postmark", 0),
        typed(&format!("20261123pm._domainkey {}", key_record())),
    );
    give(&mut facts, part("postmark", Part::Bounce), chosen("with"));
    let said = complaint(
        &facts,
        &part("sendgrid", Part::Bounce),
        "pm-bounces CNAME u1234567.wl045.sendgrid.net",
    );
    assert!(said.contains("is used for Postmark"), "{said}");
}

#[test]
fn two_senders_do_not_get_the_bounces_of_one_another() {
    let mut facts = sending(bare(), &["mailgun", "amazon-ses", "resend"]);
    let mailgun =
        "mg.example.com TXT v=spf1 include:mailgun.org ~all\nmg.example.com MX 10 mxa.mailgun.org";
    give(&mut facts, part("mailgun", Part::Bounce), typed(mailgun));
    let amazon =
        |host: &str| format!("{host}.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com");
    let page = part("amazon-ses", Part::Bounce);
    let said = complaint(&facts, &page, &amazon("mg"));
    assert!(said.contains("is used for Mailgun"), "{said}");
    // One service may stand behind two: the very same records serve both.
    give(&mut facts, page, typed(&amazon("send")));
    give(
        &mut facts,
        part("resend", Part::Bounce),
        typed(&amazon("send")),
    );
}

#[test]
fn each_record_of_a_sender_is_watched_and_told_by_itself() {
    let mut facts = with_key_of_postmark();
    give(&mut facts, part("postmark", Part::Bounce), chosen("with"));
    let mut live = live();
    publish(
        &mut facts,
        &mut live,
        "20261123pm._domainkey.example.com TXT",
    );
    let what = dkim::open::of(&facts, Some(&live), "postmark").unwrap();
    assert_eq!(what, "1 of its 2 records are seen published");
    see(
        &mut facts,
        &mut live,
        "pm-bounces.example.com CNAME",
        Verdict::Invalid,
    );
    let (_, state) = dkim::state(&facts, &live, "postmark");
    assert_eq!(state, "something is wrong in the DNS");
    // The signature needs its key only: bounces may follow.
    let reply = plan::reply(&mut facts, &switch("postmark"), chosen("done"), &live);
    assert_eq!(reply.complaint, None);
    assert!(dkim::open::of(&facts, Some(&live), "postmark").is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is pasted: no panic, and what is taken is a name or a text that can be published.
    #[test]
    fn any_paste_is_read_or_refused(text in r#"(\PC|[ \n\t"':;=@.]|v=spf1 |MX 10 |em1|example\.com|\.amazonses\.com|brevo-code:|include:|~all){0,24}"#) {
        for (sender, what) in [
            ("amazon-ses", Part::Bounce),
            ("sendgrid", Part::Bounce),
            ("brevo", Part::Ownership),
            ("zendesk", Part::Ownership),
            ("hubspot", Part::Spf),
        ] {
            let mut facts = sending(bare(), &[sender]);
            let before = facts.clone();
            let reply = answer(&mut facts, part(sender, what), typed(&text));
            if reply.complaint.is_some() {
                prop_assert_eq!(&facts, &before);
            }
            for (index, value) in dkim::sender::values(&facts, sender).iter().enumerate() {
                let made = dkim::record(&facts, sender, index);
                let said = made.as_ref().err().cloned().unwrap_or_default();
                prop_assert!(made.is_ok() || !said.is_empty(), "{:?}", value);
            }
            let mut facts = sending(bare(), &[sender]);
            answer(&mut facts, collect(sender, 0), typed(&text));
        }
    }
}
