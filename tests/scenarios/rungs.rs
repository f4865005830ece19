//! Each rung with its pages, answers and records.

use nobounce::plan;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Block;
use nobounce::plan::page::Form;
use nobounce::plan::page::Mark;
use nobounce::plan::page::Next;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Wish;

use crate::given::*;

fn dkim_record(sender: &str, index: usize) -> PageId {
    PageId::DkimRecord {
        sender: sender.to_owned(),
        index,
    }
}

fn collect(sender: &str, index: usize) -> PageId {
    PageId::DkimCollect {
        sender: sender.to_owned(),
        index,
    }
}

fn next(facts: &Facts, id: PageId) -> Next {
    plan::page(&id, facts, &live()).next
}

fn text_of(facts: &Facts, id: PageId) -> String {
    format!("{:?}", plan::page(&id, facts, &live()).blocks)
}

// domain

#[test]
fn d61_an_absent_domain_stops_and_says_why() {
    let mut report = bare();
    report.zone = None;
    report.nameservers.clear();
    let mut facts = facts(report);
    assert!(matches!(next(&facts, PageId::Domain), Next::Closed(_)));
    assert!(text_of(&facts, PageId::Domain).contains("not registered"));
    let before = facts.clone();
    assert!(
        answer(&mut facts, PageId::Domain, Answer::Go)
            .complaint
            .is_some()
    );
    assert_eq!(facts, before);
}

#[test]
fn trouble_of_the_network_is_never_called_missing() {
    let mut report = bare();
    report.verdict = "unknown".to_owned();
    report.zone = None;
    report.nameservers.clear();
    for state in [
        &mut report.mx.state,
        &mut report.spf.state,
        &mut report.dkim.state,
        &mut report.dmarc.state,
    ] {
        "unknown".clone_into(state);
    }
    report.mx.hosts.clear();
    report.mx.provider = None;
    let facts = facts(report);
    let page = plan::page(&PageId::Domain, &facts, &live());
    let text = format!("{:?}", page.blocks);
    assert!(text.contains("could not tell"), "{text}");
    for word in ["missing", "not there yet", "not registered", "no MX"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    for block in &page.blocks {
        if let Block::Checks(checks) = block {
            assert!(
                checks.iter().all(|check| check.mark == Mark::Unknown),
                "{checks:?}"
            );
        }
    }
}

#[test]
fn look_ups_show_as_they_come_in() {
    let mut report = bare();
    report.spf.state = String::new();
    report.dkim.state = String::new();
    let facts = facts(report);
    let mut live = live();
    live.surveying = true;
    live.surveyed = false;
    let page = plan::page(&PageId::Domain, &facts, &live);
    let Some(Block::Checks(checks)) = page
        .blocks
        .iter()
        .find(|block| matches!(block, Block::Checks(_)))
    else {
        panic!("{:?}", page.blocks)
    };
    let marks: Vec<_> = checks.iter().map(|check| check.mark).collect();
    assert_eq!(
        marks,
        [
            Mark::Done,
            Mark::Done,
            Mark::Waiting,
            Mark::Waiting,
            Mark::Wrong
        ]
    );
    assert_eq!(checks[0].detail, "Cloudflare (2 of 2 name servers answer)");
}

#[test]
fn records_kept_elsewhere_are_said_before_anything_is_advised() {
    let mut report = bare();
    report.elsewhere.push(nobounce::audit::report::Elsewhere {
        name: "_dmarc.example.com".to_owned(),
        by: "cname".to_owned(),
        to: "example.com._dmarc.hosted.example".to_owned(),
    });
    let facts = facts(report);
    let page = plan::page(&PageId::Domain, &facts, &live());
    let Block::Text(first) = &page.blocks[0] else {
        panic!("{:?}", page.blocks[0])
    };
    assert!(
        first.contains("_dmarc.example.com is not kept in your own zone"),
        "{first}"
    );
}

#[test]
fn at_most_four_findings_and_the_rest_is_counted() {
    let mut report = bare();
    for (number, severity) in ["note", "warning", "error", "note", "error", "note"]
        .iter()
        .enumerate()
    {
        report.findings.push(nobounce::audit::report::FindingRow {
            code: format!("code-{number}"),
            severity: (*severity).to_owned(),
            record: "spf".to_owned(),
            name: "example.com".to_owned(),
            message: format!("finding {number}"),
            remedy: String::new(),
        });
    }
    let text = text_of(&facts(report), PageId::Domain);
    let place = |what: &str| text.find(what);
    assert!(place("finding 2") < place("finding 1") && place("finding 4") < place("finding 1"));
    assert!(place("finding 5").is_none());
    assert!(text.contains("And 2 more"));
}

// senders

#[test]
fn recognized_senders_are_ticked_and_on_top() {
    let facts = facts(bare());
    let Form::Tick { options, ticked } = plan::page(&PageId::Senders, &facts, &live()).form else {
        panic!()
    };
    assert_eq!(ticked, ["google-workspace"]);
    assert_eq!(options[0].id, "google-workspace");
    assert_eq!(options[0].detail, "recognized by MX smtp.google.com");
    assert_eq!(options[1].id, "own-server");
    assert!(options.len() > 100);
}

#[test]
fn an_ownership_token_alone_does_not_tick_another_mailbox_service() {
    let mut report = bare();
    report.senders.push(nobounce::audit::report::Recognized {
        id: "microsoft-365".to_owned(),
        name: "Microsoft 365".to_owned(),
        kind: "mailbox".to_owned(),
        by: "TXT MS=ms1".to_owned(),
    });
    let Form::Tick { ticked, .. } = plan::page(&PageId::Senders, &facts(report), &live()).form
    else {
        panic!()
    };
    assert_eq!(ticked, ["google-workspace"]);
}

#[test]
fn no_sender_at_all_is_asked_again() {
    let mut facts = facts(bare());
    let before = facts.clone();
    assert!(
        answer(&mut facts, PageId::Senders, tick(&[]))
            .complaint
            .is_some()
    );
    assert_eq!(facts, before);
}

#[test]
fn a_habit_without_a_service_leads_back_once() {
    let mut facts = facts(bare());
    give(&mut facts, PageId::Senders, tick(&["google-workspace"]));
    let reply = give(&mut facts, PageId::Habits, tick(&["newsletter"]));
    assert_eq!(reply.page, PageId::Senders);
    assert!(text_of(&facts, PageId::Senders).contains("your newsletter"));
    give(&mut facts, PageId::Senders, tick(&["google-workspace"]));
    let reply = give(&mut facts, PageId::Habits, tick(&["newsletter"]));
    assert_eq!(reply.page, PageId::MailboxKind);
    give(
        &mut facts,
        PageId::Senders,
        tick(&["google-workspace", "mailchimp"]),
    );
    assert!(!text_of(&facts, PageId::Senders).contains("your newsletter"));
}

#[test]
fn terms_of_nobody_known_are_kept_unless_dropped() {
    let record = "v=spf1 ip4:203.0.113.9 include:_spf.google.com include:mail.unknown.example -all";
    let mut facts = facts(with_spf(bare(), record));
    give(&mut facts, PageId::Senders, tick(&["google-workspace"]));
    let reply = give(&mut facts, PageId::Habits, tick(&[]));
    assert_eq!(reply.page, PageId::UnknownTerms);
    let Form::Tick { ticked, .. } = plan::page(&PageId::UnknownTerms, &facts, &live()).form else {
        panic!()
    };
    assert_eq!(ticked, ["ip4:203.0.113.9", "include:mail.unknown.example"]);
    give(&mut facts, PageId::UnknownTerms, tick(&["ip4:203.0.113.9"]));
    let form = plan::page(&PageId::SpfPlan, &facts, &live()).form;
    give(&mut facts, PageId::SpfPlan, enter(&form));
    assert!(
        wanted(&facts).contains(
            &"example.com TXT v=spf1 ip4:203.0.113.9 include:_spf.google.com -all".to_owned()
        ),
        "{:?}",
        wanted(&facts)
    );
}

#[test]
fn own_server_addresses_are_read_and_private_ones_refused() {
    let mut facts = facts(bare());
    give(&mut facts, PageId::Senders, tick(&["own-server"]));
    let reply = give(&mut facts, PageId::Habits, tick(&[]));
    assert_eq!(reply.page, PageId::OwnAddresses);
    for (text, word) in [
        ("10.0.0.7", "private network"),
        ("192.168.1.1", "private network"),
        ("::1", "private network"),
        ("127.0.0.1", "private network"),
        ("203.0.113.0/4", "far too wide"),
        ("203.0.113.0/x", "size of a network"),
        ("300.1.1.1", "neither a name"),
        ("mailserver", "neither a name"),
        ("a b c d e", "neither a name"),
    ] {
        let complaint = answer(&mut facts, PageId::OwnAddresses, typed(text))
            .complaint
            .unwrap();
        assert!(complaint.contains(word), "{text}: {complaint}");
    }
    give(
        &mut facts,
        PageId::OwnAddresses,
        typed("mail.example.com, 203.0.113.9 2001:db8::7 198.51.100.0/24"),
    );
    give(&mut facts, PageId::SpfPlan, Answer::Go);
    assert_eq!(
        wanted(&facts)[0],
        "example.com TXT v=spf1 a:mail.example.com ip4:203.0.113.9 ip6:2001:db8::7 ip4:198.51.100.0/24 ~all"
    );
}

// mailbox

#[test]
fn report_addresses_are_read_as_people_type_them() {
    for (text, wanted) in [
        ("dmarc@example.com", "dmarc@example.com"),
        ("  dmarc@Example.COM ", "dmarc@example.com"),
        ("mailto:dmarc@example.com", "dmarc@example.com"),
        ("MAILTO:dmarc@example.com", "dmarc@example.com"),
        ("<dmarc@example.com>", "dmarc@example.com"),
        ("office+dmarc@example.com", "office+dmarc@example.com"),
        ("d@reports.example.com", "d@reports.example.com"),
        ("dmarc@m\u{fc}ller.de", "dmarc@xn--mller-kva.de"),
    ] {
        let mut facts = sending(bare(), &["google-workspace"]);
        give(&mut facts, PageId::MailboxAddress, typed(text));
        assert_eq!(facts.mailbox.address.as_deref(), Some(wanted), "{text}");
    }
    for (text, word) in [
        ("", "Type the address"),
        ("example.com", "has no @"),
        ("a@b.example,c@d.example", "one address only"),
        ("a@example.com c@example.com", "one address only"),
        ("a@example.com!10m", "Leave out the !"),
        ("\"a b\"@example.com", "one address only"),
        ("\"a\"@example.com", "The part before the @"),
        ("m\u{fc}ller@example.com", "before the @"),
        ("@example.com", "before the @"),
        ("a..b@example.com", "before the @"),
        ("a@localhost", "not a domain"),
        ("a@192.0.2.7", "not a domain"),
        ("a@-x.example", "not a domain"),
        ("me@gmail.com", "belongs to a mail provider"),
        ("me@hotmail.com", "belongs to a mail provider"),
    ] {
        let mut facts = sending(bare(), &["google-workspace"]);
        let before = facts.clone();
        let complaint = answer(&mut facts, PageId::MailboxAddress, typed(text))
            .complaint
            .unwrap();
        assert!(complaint.contains(word), "{text}: {complaint}");
        assert_eq!(facts, before, "{text}");
    }
    let long = format!("{}@example.com", "a".repeat(250));
    let mut facts = sending(bare(), &["google-workspace"]);
    assert!(
        answer(&mut facts, PageId::MailboxAddress, typed(&long))
            .complaint
            .unwrap()
            .contains("longer than 254")
    );
}

#[test]
fn the_guide_speaks_of_the_recognized_provider() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "group", "dmarc@example.com");
    let text = text_of(&facts, PageId::MailboxGuide);
    assert!(
        text.contains("Google Workspace") && text.contains("Anyone on the web"),
        "{text}"
    );
    let mut report = bare();
    report.mx.provider = Some(nobounce::audit::report::Named {
        id: "microsoft-365".to_owned(),
        name: "Microsoft 365".to_owned(),
    });
    let mut facts = sending(report, &["microsoft-365"]);
    let Form::Choose { options, selected } = plan::page(&PageId::MailboxKind, &facts, &live()).form
    else {
        panic!()
    };
    assert_eq!(options[selected].id, "shared");
    address(&mut facts, "shared", "dmarc@example.com");
    assert!(text_of(&facts, PageId::MailboxGuide).contains("550 5.7.193"));
}

#[test]
fn an_address_elsewhere_needs_its_record_and_a_proof() {
    let mut facts = sending(bare(), &["google-workspace"]);
    give(&mut facts, PageId::MailboxKind, chosen("own"));
    let reply = give(
        &mut facts,
        PageId::MailboxAddress,
        typed("reports@agency.example.net"),
    );
    assert_eq!(facts.mailbox.kind.as_deref(), Some("elsewhere"));
    assert_eq!(reply.page, PageId::MailboxAuthorization);
    let [Wish::AskMailbox(question)] = reply.wishes.as_slice() else {
        panic!("{:?}", reply.wishes)
    };
    assert_eq!(question.owner.as_str(), "agency.example.net");
    assert_eq!(
        wanted(&facts)[0],
        "example.com._report._dmarc.agency.example.net TXT v=DMARC1;"
    );
    let Form::Record(card) = plan::page(&PageId::MailboxAuthorization, &facts, &live()).form else {
        panic!()
    };
    assert_eq!(card.name, "example.com._report._dmarc.agency");
    assert!(card.place.contains("example.net"), "{}", card.place);
}

#[test]
fn an_address_in_a_subdomain_needs_no_record() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "d@reports.example.com");
    assert!(!plan::pages(&facts).contains(&PageId::MailboxAuthorization));
    assert!(plan::mailbox_question(&facts).is_some());
}

#[test]
fn a_mailbox_page_says_what_is_not_proved() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    let text = text_of(&facts, PageId::MailboxProof);
    assert!(text.contains("example.com takes mail"), "{text}");
    assert_eq!(text.matches("not proved").count(), 2, "{text}");
}

#[test]
fn null_mx_cannot_take_reports() {
    let mut report = bare();
    report.mx.null_mx = true;
    report.mx.hosts.clear();
    let mut facts = sending(report, &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert!(matches!(
        next(&facts, PageId::MailboxProof),
        Next::Closed(_)
    ));
    let complaint = answer(&mut facts, PageId::MailboxProof, Answer::Go)
        .complaint
        .unwrap();
    assert!(complaint.contains("null MX"), "{complaint}");
}

// dkim

#[test]
fn law_1_no_record_before_its_key_is_kept() {
    let mut facts = sending(bare(), &["own-server"]);
    let id = PageId::DkimKey {
        sender: "own-server".to_owned(),
    };
    assert!(plan::pages(&facts).contains(&id));
    assert!(!plan::pages(&facts).contains(&dkim_record("own-server", 0)));
    let reply = give(&mut facts, id.clone(), chosen("rsa2048"));
    assert_eq!(reply.page, id);
    let [Wish::MakeKey { selector, .. }] = reply.wishes.as_slice() else {
        panic!("{:?}", reply.wishes)
    };
    assert_eq!(selector.as_str(), "nb2611");
    assert!(
        plan::wanted(&facts)
            .iter()
            .all(|wanted| wanted.sender.is_none())
    );
    assert!(!matches!(
        plan::page(&dkim_record("own-server", 0), &facts, &live()).form,
        Form::Record(_)
    ));
    carry_out(&mut facts, &reply.wishes);
    assert!(plan::pages(&facts).contains(&dkim_record("own-server", 0)));
    let Form::Record(card) = plan::page(&dkim_record("own-server", 0), &facts, &live()).form else {
        panic!()
    };
    assert_eq!(card.name, "nb2611._domainkey");
    assert_eq!(card.value, key_record());
    assert_eq!(
        card.place,
        "Cloudflare > example.com > DNS > Records > Add record"
    );
}

#[test]
fn a_second_key_has_a_selector_of_its_own() {
    let mut facts = sending(
        with_key(bare(), "nb2611", Some(&key_record()), None),
        &["own-server"],
    );
    let id = PageId::DkimKey {
        sender: "own-server".to_owned(),
    };
    let reply = give(&mut facts, id, chosen("rsa2048+ed25519"));
    let names: Vec<_> = reply
        .wishes
        .iter()
        .map(|wish| match wish {
            Wish::MakeKey { selector, .. } => selector.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["nb2611b", "nb2611e"]);
    carry_out(&mut facts, &reply.wishes);
    assert_eq!(
        plan::wanted(&facts)
            .iter()
            .filter(|w| w.step == StepId::Dkim)
            .count(),
        2
    );
}

#[test]
fn fixed_records_are_shown_at_once() {
    let facts = sending(bare(), &["mailchimp"]);
    assert_eq!(
        wanted(&facts),
        [
            "k2._domainkey.example.com CNAME dkim2.mcsv.net",
            "k3._domainkey.example.com CNAME dkim3.mcsv.net",
        ]
    );
    let Form::Record(card) = plan::page(&dkim_record("mailchimp", 0), &facts, &live()).form else {
        panic!()
    };
    let fields: Vec<_> = card
        .fields
        .iter()
        .map(|f| format!("{}: {}", f.label, f.value))
        .collect();
    assert_eq!(
        fields,
        [
            "Type: CNAME",
            "Name: k2._domainkey",
            "Target: dkim2.mcsv.net",
            "TTL: Auto",
            "Proxy: off (\"DNS only\")",
        ]
    );
    assert!(text_of(&facts, dkim_record("mailchimp", 0)).contains("grey cloud"));
}

#[test]
fn microsoft_targets_are_collected_never_built() {
    let mut facts = sending(bare(), &["microsoft-365"]);
    assert!(wanted(&facts).is_empty());
    assert!(plan::pages(&facts).contains(&collect("microsoft-365", 1)));
    let target =
        |n: u8| format!("selector{n}-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft");
    let reply = give(&mut facts, collect("microsoft-365", 0), typed(&target(1)));
    assert_eq!(reply.page, collect("microsoft-365", 1));
    let complaint = answer(
        &mut facts,
        collect("microsoft-365", 1),
        typed("k2._domainkey"),
    )
    .complaint
    .unwrap();
    assert!(complaint.contains("Only the name"), "{complaint}");
    let reply = give(&mut facts, collect("microsoft-365", 1), typed(&target(2)));
    assert_eq!(reply.page, dkim_record("microsoft-365", 0));
    assert_eq!(
        wanted(&facts),
        [
            format!("selector1._domainkey.example.com CNAME {}", target(1)),
            format!("selector2._domainkey.example.com CNAME {}", target(2)),
        ]
    );
}

#[test]
fn both_targets_in_one_paste_in_any_order() {
    let mut facts = sending(bare(), &["microsoft-365"]);
    let target =
        |n: u8| format!("selector{n}-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft");
    let reply = give(
        &mut facts,
        collect("microsoft-365", 0),
        typed(&format!("{}\n{}", target(2), target(1))),
    );
    assert_eq!(reply.page, dkim_record("microsoft-365", 0));
    assert_eq!(
        wanted(&facts)[0],
        format!("selector1._domainkey.example.com CNAME {}", target(1))
    );
}

#[test]
fn the_same_value_twice_is_noticed() {
    let mut facts = sending(bare(), &["microsoft-365"]);
    let target = "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft";
    give(
        &mut facts,
        collect("microsoft-365", 0),
        typed(&format!("selector1._domainkey {target}")),
    );
    let complaint = answer(
        &mut facts,
        collect("microsoft-365", 1),
        typed(&format!("selector2._domainkey {target}")),
    )
    .complaint
    .unwrap();
    assert!(complaint.contains("same as record 1"), "{complaint}");
}

#[test]
fn p23_a_target_in_the_own_domain_is_refused() {
    let mut facts = sending(bare(), &["microsoft-365"]);
    let complaint = answer(
        &mut facts,
        collect("microsoft-365", 0),
        typed("selector1._domainkey selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft.example.com"),
    )
    .complaint
    .unwrap();
    assert!(complaint.contains("in your own domain"), "{complaint}");
}

#[test]
fn google_takes_the_key_with_or_without_its_name() {
    let mut facts = sending(bare(), &["google-workspace"]);
    let reply = give(
        &mut facts,
        collect("google-workspace", 0),
        typed(&format!("\"{}\"", key_record())),
    );
    assert_eq!(reply.page, dkim_record("google-workspace", 0));
    assert_eq!(
        wanted(&facts)[0],
        format!("google._domainkey.example.com TXT {}", key_record())
    );
    give(
        &mut facts,
        collect("google-workspace", 0),
        typed(&format!("mykey._domainkey.example.com. {}", key_record())),
    );
    assert_eq!(
        wanted(&facts)[0],
        format!("mykey._domainkey.example.com TXT {}", key_record())
    );
}

#[test]
fn an_empty_paste_leaves_the_sender_for_later() {
    let mut facts = sending(bare(), &["google-workspace", "mailchimp"]);
    let reply = give(&mut facts, collect("google-workspace", 0), typed(" "));
    assert_eq!(
        reply.page,
        PageId::DkimSetup {
            sender: "mailchimp".to_owned()
        }
    );
    assert!(facts.dkim["google-workspace"].later);
    let reply = give(
        &mut facts,
        PageId::DkimOverview,
        tick(&["google-workspace", "mailchimp"]),
    );
    assert_eq!(reply.page, collect("google-workspace", 0));
}

#[test]
fn a_key_that_is_there_is_offered_and_one_enter_keeps_it() {
    let report = with_key(bare(), "google", Some(&key_record()), None);
    let mut facts = sending(report, &["google-workspace"]);
    let there = format!("google._domainkey.example.com TXT {}", key_record());
    assert_eq!(wanted(&facts)[0], there);
    let id = collect("google-workspace", 0);
    let form = plan::page(&id, &facts, &live()).form;
    let reply = give(&mut facts, id, enter(&form));
    assert_eq!(reply.page, dkim_record("google-workspace", 0));
    assert_eq!(wanted(&facts)[0], there);
}

#[test]
fn aliases_that_are_there_are_not_asked_for() {
    let target =
        |n: u8| format!("selector{n}-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft");
    let report = with_key(bare(), "selector1", None, Some(&target(1)));
    let report = with_key(report, "selector2", None, Some(&target(2)));
    let facts = sending(report, &["microsoft-365"]);
    assert!(!plan::pages(&facts).contains(&collect("microsoft-365", 0)));
    assert_eq!(wanted(&facts).len(), 2);
}

#[test]
fn an_own_key_that_is_there_can_be_kept() {
    let report = with_key(bare(), "srv42", Some(&key_record()), None);
    let mut facts = sending(report, &["own-server"]);
    let id = PageId::DkimKey {
        sender: "own-server".to_owned(),
    };
    let reply = give(&mut facts, id, chosen("keep:srv42._domainkey"));
    assert_eq!(reply.wishes, []);
    assert_eq!(reply.page, dkim_record("own-server", 0));
    assert_eq!(
        wanted(&facts)[0],
        format!("srv42._domainkey.example.com TXT {}", key_record())
    );
}

// spf

fn spf(facts: &mut Facts) -> String {
    let form = plan::page(&PageId::SpfPlan, facts, &live()).form;
    give(facts, PageId::SpfPlan, enter(&form));
    let all: Vec<_> = plan::wanted(facts)
        .into_iter()
        .filter(|wanted| wanted.step == StepId::Spf)
        .map(|wanted| wanted.record.content.to_string())
        .collect();
    assert_eq!(all.len(), 1, "never a second SPF record");
    all[0].clone()
}

#[test]
fn one_spf_record_is_merged_never_a_second_one() {
    for (present, senders, wanted) in [
        (
            None,
            &["google-workspace"][..],
            "v=spf1 include:_spf.google.com ~all",
        ),
        (
            Some("v=spf1 ip4:203.0.113.9 -all"),
            &["google-workspace"],
            "v=spf1 ip4:203.0.113.9 include:_spf.google.com -all",
        ),
        (
            Some("v=spf1 include:_spf.google.com include:servers.mcsv.net ?all"),
            &["google-workspace", "mailchimp"],
            "v=spf1 include:_spf.google.com ~all",
        ),
        (
            Some("v=spf1 include:spf.protection.outlook.com ~all"),
            &["google-workspace"],
            "v=spf1 include:_spf.google.com ~all",
        ),
        (
            Some("v=spf1 include:_spf.google.com ~all"),
            &["google-workspace"],
            "v=spf1 include:_spf.google.com ~all",
        ),
        (
            Some("v=spf1 mx a:web.example.com ip4:300.1.1.1 ~all"),
            &["google-workspace"],
            "v=spf1 mx a:web.example.com include:_spf.google.com ~all",
        ),
    ] {
        let report = present.map_or_else(bare, |record| with_spf(bare(), record));
        let mut facts = sending(report, senders);
        assert_eq!(spf(&mut facts), wanted, "{present:?}");
    }
}

#[test]
fn each_term_says_where_it_comes_from() {
    let report = with_spf(
        bare(),
        "v=spf1 ip4:203.0.113.9 include:servers.mcsv.net ~all",
    );
    let facts = sending(report, &["google-workspace", "mailchimp"]);
    let page = plan::page(&PageId::SpfPlan, &facts, &live());
    let Some(Block::Tree(rows)) = page
        .blocks
        .iter()
        .find(|block| matches!(block, Block::Tree(_)))
    else {
        panic!()
    };
    let rows: Vec<_> = rows
        .iter()
        .map(|row| format!("{} | {}", row.text, row.detail))
        .collect();
    assert_eq!(rows[1], "ip4:203.0.113.9 | was there");
    assert!(
        rows[2].starts_with("include:_spf.google.com | for Google Workspace (1 look-up)"),
        "{rows:?}"
    );
    assert!(
        rows.iter().any(|row| row
            .starts_with("include:servers.mcsv.net | dropped: Mailchimp does not need it.")),
        "{rows:?}"
    );
    assert!(format!("{:?}", page.blocks).contains("Its bounces go to an address of its own"));
}

#[test]
fn the_user_can_keep_what_could_go() {
    let report = with_spf(bare(), "v=spf1 include:servers.mcsv.net ~all");
    let mut facts = sending(report, &["google-workspace", "mailchimp"]);
    give(
        &mut facts,
        PageId::SpfPlan,
        tick(&["include:servers.mcsv.net"]),
    );
    assert_eq!(
        wanted(&facts).last().unwrap(),
        "example.com TXT v=spf1 include:servers.mcsv.net include:_spf.google.com ~all"
    );
}

#[test]
fn d40_more_than_ten_look_ups_hand_out_nothing() {
    let record = "v=spf1 include:a.example include:b.example include:c.example ~all";
    let report = with_tree(
        with_spf(bare(), record),
        &[
            ("include:a.example", 5, "ok"),
            ("include:b.example", 4, "ok"),
            ("include:c.example", 2, "ok"),
        ],
    );
    let mut facts = sending(report, &["google-workspace"]);
    let complaint = answer(
        &mut facts,
        PageId::SpfPlan,
        tick(&[
            "include:a.example",
            "include:b.example",
            "include:c.example",
        ]),
    )
    .complaint
    .unwrap();
    assert!(complaint.contains("12 look-ups"), "{complaint}");
    assert!(wanted(&facts).iter().all(|row| !row.contains("v=spf1")));
    let text = text_of(&facts, PageId::SpfPlan);
    assert!(
        text.contains("include:a.example costs 5 look-ups") && text.contains("news.example.com"),
        "{text}"
    );
    give(
        &mut facts,
        PageId::SpfPlan,
        tick(&["include:a.example", "include:c.example"]),
    );
    assert!(
        wanted(&facts)
            .iter()
            .any(|row| row.contains("v=spf1 include:a.example include:c.example"))
    );
}

#[test]
fn d41_a_dead_include_is_offered_to_go() {
    let report = with_tree(
        with_spf(
            bare(),
            "v=spf1 include:dead.example include:_spf.google.com ~all",
        ),
        &[
            ("include:dead.example", 1, "missing"),
            ("include:_spf.google.com", 1, "ok"),
        ],
    );
    let mut facts = sending(report, &["google-workspace"]);
    assert_eq!(spf(&mut facts), "v=spf1 include:_spf.google.com ~all");
}

#[test]
fn d37_two_spf_records_are_not_overwritten() {
    let mut report = with_spf(bare(), "v=spf1 include:_spf.google.com ~all");
    report.spf.state = "conflict".to_owned();
    let mut facts = sending(report, &["google-workspace"]);
    assert!(matches!(next(&facts, PageId::SpfPlan), Next::Closed(_)));
    assert!(
        answer(&mut facts, PageId::SpfPlan, Answer::Go)
            .complaint
            .is_some()
    );
    assert!(wanted(&facts).iter().all(|row| !row.contains("v=spf1")));
}

#[test]
fn an_unknown_record_is_not_overwritten_blindly() {
    let mut report = bare();
    report.spf.state = "unknown".to_owned();
    report.dmarc.state = "unknown".to_owned();
    let mut facts = sending(report, &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert!(
        answer(&mut facts, PageId::SpfPlan, Answer::Go)
            .complaint
            .unwrap()
            .contains("could not be told")
    );
    assert!(
        answer(&mut facts, PageId::MonitorRecord, Answer::Go)
            .complaint
            .unwrap()
            .contains("could not be told")
    );
    assert!(wanted(&facts).is_empty());
}

// monitor

fn dmarc(facts: &Facts) -> String {
    wanted(facts)
        .into_iter()
        .find(|row| row.starts_with("_dmarc."))
        .unwrap()
}

#[test]
fn a_bare_domain_gets_monitoring() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert_eq!(
        dmarc(&facts),
        "_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:dmarc@example.com"
    );
    assert!(!plan::pages(&facts).contains(&PageId::MonitorAddresses));
}

#[test]
fn a_stricter_policy_is_never_weakened() {
    for (present, begins) in [
        ("v=DMARC1; p=reject", "v=DMARC1; p=reject;"),
        (
            "v=DMARC1; p=quarantine; sp=none; adkim=s",
            "v=DMARC1; p=quarantine; sp=none;",
        ),
        (
            "v=DMARC1; p=quarantine; pct=10; rua=mailto:x@example.com",
            "v=DMARC1; p=quarantine;",
        ),
    ] {
        let mut facts = sending(with_dmarc(bare(), present), &["google-workspace"]);
        address(&mut facts, "own", "dmarc@example.com");
        let record = dmarc(&facts);
        assert!(
            record.starts_with(&format!("_dmarc.example.com TXT {begins}")),
            "{record}"
        );
        assert!(record.contains("mailto:dmarc@example.com"), "{record}");
        assert_eq!(
            record.contains("pct=10"),
            present.contains("pct=10"),
            "{record}"
        );
        assert!(text_of(&facts, PageId::MonitorRecord).contains("stays: it is not weakened"));
    }
}

#[test]
fn a_stricter_policy_of_the_parent_is_not_undone() {
    let mut report = with_dmarc(bare(), "v=DMARC1; p=reject");
    report.dmarc.found_at = Some("_dmarc.example.org".to_owned());
    report.dmarc.policy = Some("reject".to_owned());
    let mut facts = sending(report, &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert!(dmarc(&facts).contains("p=reject"), "{}", dmarc(&facts));
}

#[test]
fn d39_other_report_addresses_are_kept_unless_dropped() {
    let present = "v=DMARC1; p=none; rua=mailto:agg@hosted.example";
    let mut facts = sending(with_dmarc(bare(), present), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert!(plan::pages(&facts).contains(&PageId::MonitorAddresses));
    assert!(dmarc(&facts).contains("mailto:agg@hosted.example"));
    give(&mut facts, PageId::MonitorAddresses, tick(&[]));
    assert_eq!(
        dmarc(&facts),
        "_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:dmarc@example.com"
    );
}

#[test]
fn an_own_server_does_not_hide_an_unknown_sender() {
    let report = with_spf(
        bare(),
        "v=spf1 mx include:_spf.google.com ip4:203.0.113.9 ~all",
    );
    let mut facts = sending(report, &["google-workspace", "own-server"]);
    facts.senders.terms_confirmed = false;
    assert_eq!(
        nobounce::plan::pages(&facts)[..4],
        [
            PageId::Domain,
            PageId::Senders,
            PageId::Habits,
            PageId::UnknownTerms
        ]
    );
    let Form::Tick { options, .. } =
        nobounce::plan::page(&PageId::UnknownTerms, &facts, &live()).form
    else {
        panic!("no list");
    };
    let ids: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(ids, ["ip4:203.0.113.9"]);
}

#[test]
fn a_shop_that_no_ticked_service_explains_is_asked_about_even_with_an_own_server() {
    let mut facts = sending(bare(), &["google-workspace", "own-server"]);
    facts.senders.habits_confirmed = false;
    let reply = answer(
        &mut facts,
        PageId::Habits,
        Answer::Ticked(vec!["newsletter".to_owned()]),
    );
    assert_eq!(reply.page, PageId::Senders);
}

/// What is offered where this DMARC record is seen, with the policy that the look found in force.
fn offered(present: &str, policy: Option<&str>, state: &str) -> (Facts, String) {
    let mut report = with_dmarc(bare(), present);
    report.dmarc.state = state.to_owned();
    report.dmarc.policy = policy.map(str::to_owned);
    if state == "conflict" {
        report.dmarc.found_at = None;
    }
    let mut facts = sending(report, &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    let record = dmarc(&facts);
    (facts, record)
}

#[test]
fn a_live_policy_with_mistakes_beside_it_is_never_weakened() {
    for (present, policy) in [
        ("v=DMARC1; p=reject; rua=dmarc@example.com", "reject"),
        ("v=DMARC1; p=reject; rua=mailto:a@example.com,", "reject"),
        ("v=DMARC1;; p=quarantine", "quarantine"),
        ("v=DMARC1; p=reject; adkim=relaxed", "reject"),
        ("v=DMARC1; p=reject; pct=", "reject"),
        ("v=DMARC1; p=reject; rubbish", "reject"),
    ] {
        let (facts, record) = offered(present, Some(policy), "published");
        assert!(
            record.starts_with(&format!("_dmarc.example.com TXT v=DMARC1; p={policy};")),
            "{present}: {record}"
        );
        assert!(record.contains("mailto:dmarc@example.com"), "{record}");
        let text = text_of(&facts, PageId::MonitorRecord);
        assert!(text.contains("stays: it is not weakened"), "{text}");
        assert!(text.contains("mistakes"), "{text}");
        assert!(!text.contains("no effect"), "{text}");
    }
}

#[test]
fn what_is_weaker_than_the_policy_in_force_is_refused() {
    let mut report = with_dmarc(bare(), "v=DMARC1; p=none");
    report.dmarc.policy = Some("reject".to_owned());
    let mut facts = sending(report.clone(), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert!(wanted(&facts).iter().all(|row| !row.contains("DMARC1")));
    let complaint = answer(&mut facts, PageId::MonitorRecord, Answer::Go)
        .complaint
        .unwrap();
    assert!(complaint.contains("p=reject"), "{complaint}");
    assert!(matches!(
        next(&facts, PageId::MonitorRecord),
        Next::Closed(_)
    ));
    for field in [
        &mut report.dmarc.subdomain_policy,
        &mut report.dmarc.nonexistent_policy,
    ] {
        *field = Some("quarantine".to_owned());
    }
    report.dmarc.policy = Some("none".to_owned());
    let mut facts = sending(report, &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    assert!(wanted(&facts).iter().all(|row| !row.contains("DMARC1")));
}

#[test]
fn d37_a_void_policy_is_not_switched_on() {
    for (present, policy, state, wanted, says) in [
        (
            "v=DMARC1; p=reject",
            None,
            "conflict",
            "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
            "ignore them all",
        ),
        (
            "v=DMARC1; p=none; sp=reject; rua=mailto:a@example.com",
            None,
            "conflict",
            "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:dmarc@example.com",
            "ignore them all",
        ),
        (
            "v=DMARC1; sp=reject; np=reject; rua=mailto:a@example.com",
            Some("none"),
            "published",
            "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:dmarc@example.com",
            "counts as p=none",
        ),
        (
            "v=DMARC1; sp=reject",
            None,
            "invalid",
            "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
            "no effect",
        ),
        (
            "v=DMARC1 p=reject",
            None,
            "invalid",
            "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
            "no effect",
        ),
    ] {
        let (facts, record) = offered(present, policy, state);
        assert_eq!(
            record,
            format!("_dmarc.example.com TXT {wanted}"),
            "{present}"
        );
        let text = text_of(&facts, PageId::MonitorRecord);
        assert!(text.contains(says), "{present}: {text}");
        assert!(!text.contains("stricter already"), "{present}: {text}");
    }
}

#[test]
fn a_share_beside_any_strict_policy_is_kept() {
    for present in [
        "v=DMARC1; p=none; sp=reject; rua=mailto:a@example.com; pct=0",
        "v=DMARC1; p=none; np=reject; rua=mailto:a@example.com; pct=0",
        "v=DMARC1; p=reject; rua=mailto:a@example.com; pct=5",
    ] {
        let (_, record) = offered(present, None, "published");
        assert!(record.contains("; pct="), "{record}");
    }
    let (_, record) = offered("v=DMARC1; p=none; pct=0", None, "published");
    assert!(!record.contains("pct"), "{record}");
}

#[test]
fn a_void_record_below_a_strict_parent_takes_over_the_policy_of_the_parent() {
    for state in ["conflict", "invalid", "published"] {
        let mut report = with_dmarc(
            bare(),
            "v=DMARC1; p=reject; np=reject; sp=quarantine; aspf=s; pct=50",
        );
        report.dmarc.state = state.to_owned();
        report.dmarc.found_at = Some("_dmarc.example.org".to_owned());
        report.dmarc.policy = Some("quarantine".to_owned());
        report.dmarc.subdomain_policy = Some("quarantine".to_owned());
        report.dmarc.nonexistent_policy = Some("reject".to_owned());
        let mut facts = sending(report, &["google-workspace"]);
        address(&mut facts, "own", "dmarc@example.com");
        assert_eq!(
            dmarc(&facts),
            "_dmarc.example.com TXT v=DMARC1; p=quarantine; np=reject; aspf=s; rua=mailto:dmarc@example.com; pct=50"
        );
    }
}

// servers that disagree

#[test]
fn servers_that_disagree_give_no_record() {
    let spread = |mut report: nobounce::audit::report::Report| {
        report.spf.state = "spreading".to_owned();
        report.dmarc.state = "spreading".to_owned();
        let mut facts = sending(report, &["google-workspace"]);
        address(&mut facts, "own", "dmarc@example.com");
        let given = answer(&mut facts, PageId::SpfPlan, Answer::Go).complaint;
        (facts, given)
    };
    // Only a resolver is behind: what the name servers say is known.
    let (facts, complaint) = spread(bare());
    assert_eq!(complaint, None);
    assert_eq!(wanted(&facts).len(), 2, "{:?}", wanted(&facts));
    let mut report = bare();
    report.spf.agreed = false;
    report.dmarc.agreed = false;
    let (mut facts, complaint) = spread(report);
    assert!(complaint.unwrap().contains("name servers agree"));
    assert_eq!(wanted(&facts), Vec::<String>::new());
    facts.spf.confirmed = true;
    assert_eq!(wanted(&facts), Vec::<String>::new());
    let complaint = answer(&mut facts, PageId::MonitorRecord, Answer::Go)
        .complaint
        .unwrap();
    assert!(complaint.contains("name servers agree"), "{complaint}");
    for id in [PageId::SpfPlan, PageId::SpfRecord, PageId::MonitorRecord] {
        assert!(
            matches!(next(&facts, id.clone()), Next::Closed(_)),
            "{id:?}"
        );
    }
}

#[test]
fn a_record_on_its_way_stays_on_its_page() {
    let mut facts = sending(bare(), &["google-workspace"]);
    address(&mut facts, "own", "dmarc@example.com");
    give(&mut facts, PageId::SpfPlan, Answer::Go);
    let before = wanted(&facts);
    let mut live = live();
    for wanted in plan::wanted(&facts) {
        let spreading = nobounce::records::verdict::Verdict::Spreading { until: None };
        see(&mut facts, &mut live, &wanted.key, spreading);
    }
    let mut report = with_spf(bare(), "v=spf1 include:_spf.google.com ~all");
    report.spf.state = "spreading".to_owned();
    report.spf.agreed = false;
    report.dmarc.state = "spreading".to_owned();
    report.dmarc.agreed = false;
    plan::surveyed(&mut facts, report.clone(), now());
    assert_eq!(wanted(&facts), before);
    // But what was not handed out before is not made from half of the servers.
    report.spf.record = Some("v=spf1 ip4:192.0.2.1 ~all".to_owned());
    plan::surveyed(&mut facts, report, now());
    assert_eq!(wanted(&facts), before[1..]);
}

// what an SPF record costs

#[test]
fn d40_a_broken_record_is_counted_too() {
    let words: String = (0..12)
        .map(|at| format!("include:a{at}.example "))
        .collect();
    let mut report = with_spf(bare(), &format!("v=spf1 {words}ipv4:192.0.2.1 ~all"));
    report.spf.state = "invalid".to_owned();
    let mut facts = sending(report, &["google-workspace"]);
    let form = plan::page(&PageId::SpfPlan, &facts, &live()).form;
    let complaint = answer(&mut facts, PageId::SpfPlan, enter(&form))
        .complaint
        .unwrap();
    assert!(complaint.contains("13 or more look-ups"), "{complaint}");
    assert!(wanted(&facts).iter().all(|row| !row.contains("v=spf1")));
    give(
        &mut facts,
        PageId::SpfPlan,
        tick(&["include:a0.example", "include:a1.example"]),
    );
    let text = text_of(&facts, PageId::SpfRecord);
    assert!(
        text.contains("include:a0.example, include:a1.example could not be counted"),
        "{text}"
    );
}

#[test]
fn look_ups_of_half_a_tree_are_at_least_so_many() {
    let record = "v=spf1 include:a.example include:_spf.google.com ~all";
    let mut report = with_tree(
        with_spf(bare(), record),
        &[
            ("include:a.example", 5, "ok"),
            ("include:_spf.google.com", 1, "ok"),
        ],
    );
    report.spf.complete = false;
    let facts = sending(report, &["google-workspace"]);
    let text = text_of(&facts, PageId::SpfPlan);
    assert!(text.contains("6 or more of 10"), "{text}");
}

#[test]
fn d41_more_than_two_look_ups_that_find_nothing_are_not_handed_out() {
    let record = "v=spf1 a:d1.example a:d2.example a:d3.example include:_spf.google.com ~all";
    let costs = [
        ("a:d1.example", 1, "ok"),
        ("a:d2.example", 1, "ok"),
        ("a:d3.example", 1, "ok"),
        ("include:_spf.google.com", 1, "ok"),
    ];
    let mut report = with_tree(with_spf(bare(), record), &costs);
    let tree = report.spf.tree.as_mut().unwrap();
    for node in tree.children.iter_mut().take(3) {
        node.void = 1;
    }
    tree.void = 3;
    report.spf.void_lookups = 3;
    let mut facts = sending(report, &["google-workspace"]);
    let all = ["a:d1.example", "a:d2.example", "a:d3.example"];
    let complaint = answer(&mut facts, PageId::SpfPlan, tick(&all))
        .complaint
        .unwrap();
    assert!(complaint.contains("find nothing"), "{complaint}");
    assert_eq!(wanted(&facts), Vec::<String>::new());
    assert_eq!(
        spf(&mut facts),
        "v=spf1 include:_spf.google.com ~all",
        "offered to go"
    );
    give(&mut facts, PageId::SpfPlan, tick(&all[..2]));
    assert!(wanted(&facts)[0].contains("a:d2.example"));
}

#[test]
fn d42_what_makes_the_whole_record_void_is_not_handed_out() {
    for (result, record, says) in [
        ("loop", None, "circle"),
        ("missing", None, "no SPF record"),
        ("error", Some("v=spf1 ipv4:192.0.2.1"), "cannot be read"),
    ] {
        for (term, below) in [
            ("include:p.example", false),
            ("include:p.example", true),
            ("redirect=p.example", false),
        ] {
            let mut report = with_tree(
                with_spf(bare(), &format!("v=spf1 ip4:192.0.2.1 {term}")),
                &[(term, 1, "ok")],
            );
            let mut node = &mut report.spf.tree.as_mut().unwrap().children[0];
            "p.example".clone_into(&mut node.domain);
            if below {
                let child = node.clone();
                node.children.push(child);
                node = &mut node.children[0];
            }
            result.clone_into(&mut node.result);
            node.record = record.map(str::to_owned);
            let mut facts = sending(report, &["google-workspace"]);
            let complaint = answer(&mut facts, PageId::SpfPlan, tick(&["ip4:192.0.2.1", term]))
                .complaint
                .unwrap();
            assert!(complaint.contains(says), "{term} {result}: {complaint}");
            assert_eq!(wanted(&facts), Vec::<String>::new());
            assert_eq!(
                spf(&mut facts),
                "v=spf1 ip4:192.0.2.1 include:_spf.google.com ~all",
                "{term} {result}"
            );
        }
    }
}

#[test]
fn old_greens_are_not_shown_as_fresh() {
    let mut old = with_dmarc(bare(), "v=DMARC1; p=reject; rua=mailto:a@example.com");
    old.green.record_published = true;
    old.green.policy_enabled = true;
    old.green.spf_and_dkim = true;
    let facts = facts(old);
    let later = time("2027-01-23T10:00:00Z");
    for surveyed in [false, true] {
        let live = nobounce::plan::facts::Live {
            now: later,
            surveyed,
            ..live()
        };
        let page = plan::page(&PageId::Domain, &facts, &live);
        let text = format!("{:?}", page.blocks);
        assert!(text.contains("Could not look again"), "{text}");
        assert!(text.contains("2 months ago"), "{text}");
        let checks: Vec<_> = page
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Checks(checks) => Some(checks),
                _ => None,
            })
            .flatten()
            .collect();
        assert!(
            checks.iter().all(|check| check.mark != Mark::Done),
            "{checks:?}"
        );
    }
}

#[test]
fn s13_s20_a_record_whose_private_half_is_gone_is_not_shown() {
    let mut facts = sending(bare(), &["own-server"]);
    address(&mut facts, "own", "dmarc@example.com");
    let page = PageId::DkimKey {
        sender: "own-server".to_owned(),
    };
    let reply = give(&mut facts, page, chosen("rsa2048"));
    carry_out(&mut facts, &reply.wishes);
    let key = plan::wanted(&facts)[0].key.clone();
    let mut live = live();
    publish(&mut facts, &mut live, &key);
    assert!(
        plan::wanted_shown(&facts, &live)
            .iter()
            .any(|wanted| wanted.key == key)
    );
    live.lost_keys.insert("nb2611".to_owned());
    assert!(
        plan::wanted_shown(&facts, &live)
            .iter()
            .all(|wanted| wanted.key != key)
    );
    let id = dkim_record("own-server", 0);
    let page = plan::page(&id, &facts, &live);
    let text = format!("{page:?}");
    assert!(
        !text.contains(KEY) && text.contains("private half"),
        "{text}"
    );
    assert_eq!(plan::resume(&facts, &live), id);
    let reply = plan::reply(&mut facts, &id, chosen("new-key"), &live);
    assert_eq!(reply.complaint, None);
    let [Wish::MakeKey { selector, .. }] = &reply.wishes[..] else {
        panic!("{:?}", reply.wishes)
    };
    assert_eq!(selector.to_string(), "nb2611b");
    carry_out(&mut facts, &reply.wishes);
    let names: Vec<_> = plan::wanted_shown(&facts, &live)
        .into_iter()
        .filter(|wanted| wanted.step == StepId::Dkim)
        .map(|wanted| wanted.key)
        .collect();
    assert_eq!(names, ["nb2611b._domainkey.example.com TXT"]);
}
