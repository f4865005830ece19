//! Whose panel it is, in the wizard: told by name servers, by the domain, or by the user; and what the record's page then says.

use nobounce::audit::report::Report;
use nobounce::catalog;
use nobounce::catalog::mending;
use nobounce::catalog::mending::Spot;
use nobounce::plan;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Block;
use nobounce::plan::page::Card;
use nobounce::plan::page::Form;
use nobounce::plan::page::Page;
use nobounce::plan::page::PageId;
use nobounce::plan::panel;
use nobounce::records::verdict::codes;

use crate::given::bare;
use crate::given::live;

/// A bare domain with these name servers; the DNS host as they tell it.
fn at(servers: &[&str]) -> Report {
    let mut report = bare();
    report.dns_host = None;
    let one = report.nameservers[0].clone();
    report.nameservers = servers
        .iter()
        .map(|name| {
            let mut server = one.clone();
            server.name = (*name).to_owned();
            server
        })
        .collect();
    report
}

fn facts(report: Report) -> Facts {
    let mut facts = Facts::new("example.com");
    facts.survey = Some(report);
    facts.mailbox.kind = Some("own".to_owned());
    facts.mailbox.address = Some("dmarc@example.com".to_owned());
    facts.mailbox.made = true;
    facts.mailbox.proof = Some("takes-mail".to_owned());
    facts
}

fn host(facts: &Facts) -> Option<&'static str> {
    panel::host(facts).map(|host| host.id.as_str())
}

fn page(facts: &Facts) -> Page {
    plan::page(&PageId::MonitorRecord, facts, &live())
}

fn card(facts: &Facts) -> Card {
    match page(facts).form {
        Form::Record(card) => *card,
        form => panic!("{form:?}"),
    }
}

fn fields(facts: &Facts) -> Vec<String> {
    card(facts)
        .fields
        .iter()
        .map(|field| format!("{}: {}", field.label, field.value))
        .collect()
}

const SHARED: [&str; 2] = [
    "ns-cloud-a1.googledomains.com",
    "ns-cloud-a2.googledomains.com",
];

#[test]
fn shared_name_servers_are_asked_about_and_the_answer_is_kept() {
    let mut facts = facts(at(&SHARED));
    assert_eq!(host(&facts), None);
    let pages = plan::pages(&facts);
    assert_eq!(pages[..2], [PageId::Domain, PageId::WhichHost]);
    // Enter on the look leads to the question, and a setup that was left goes on there.
    let reply = plan::reply(&mut facts, &PageId::Domain, Answer::Go, &live());
    assert_eq!(reply.page, PageId::WhichHost);
    let status = plan::status(&facts, live().now);
    assert_eq!(status.next, "Say at which company you sign in for the DNS.");
    assert_eq!(plan::resume(&facts, &live()), PageId::WhichHost);
    let asked = plan::page(&PageId::WhichHost, &facts, &live());
    let Form::Choose { options, .. } = &asked.form else {
        panic!("{asked:?}");
    };
    let ids: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(ids, ["google-cloud-dns", "squarespace-domains", "other"]);
    // What is no answer is not taken.
    for answer in [Answer::Go, Answer::Chosen("cloudflare".to_owned())] {
        let reply = plan::reply(&mut facts, &PageId::WhichHost, answer, &live());
        assert!(reply.complaint.is_some());
        assert_eq!(facts.panel.host, None);
    }
    let chosen = Answer::Chosen("squarespace-domains".to_owned());
    let reply = plan::reply(&mut facts, &PageId::WhichHost, chosen, &live());
    assert_eq!(reply.complaint, None);
    assert_ne!(reply.page, PageId::WhichHost);
    assert_eq!(host(&facts), Some("squarespace-domains"));
    assert!(fields(&facts).contains(&"Host: _dmarc".to_owned()));
    // It is kept, and can be changed.
    let kept = serde_json::to_string(&facts).unwrap();
    let read: Facts = serde_json::from_str(&kept).unwrap();
    assert_eq!(host(&read), Some("squarespace-domains"));
    let again = plan::page(&PageId::WhichHost, &facts, &live());
    assert!(matches!(again.form, Form::Choose { selected: 1, .. }));
    let chosen = Answer::Chosen("google-cloud-dns".to_owned());
    plan::reply(&mut facts, &PageId::WhichHost, chosen, &live());
    assert_eq!(host(&facts), Some("google-cloud-dns"));
    let other = Answer::Chosen("other".to_owned());
    plan::reply(&mut facts, &PageId::WhichHost, other, &live());
    assert_eq!(host(&facts), None);
    assert_ne!(plan::resume(&facts, &live()), PageId::WhichHost);
}

#[test]
fn an_older_setup_without_the_answer_still_loads() {
    let mut value = serde_json::to_value(facts(at(&SHARED))).unwrap();
    value["panel"] = serde_json::json!({ "typed_at": "squarespace-domains" });
    value["survey"]
        .as_object_mut()
        .unwrap()
        .remove("dns_host_by");
    let read: Facts = serde_json::from_value(value).unwrap();
    // What was said at a record counts for the question too.
    assert_eq!(host(&read), Some("squarespace-domains"));
}

#[test]
fn nobody_is_asked_where_the_name_servers_tell_or_are_nobodys() {
    for servers in [
        &["ada.ns.cloudflare.com"][..],
        &["ns1.example.net", "ns2.example.net"],
    ] {
        let pages = plan::pages(&facts(at(servers)));
        assert!(!pages.contains(&PageId::WhichHost), "{servers:?}");
    }
}

#[test]
fn an_unknown_host_gets_both_forms_of_the_name() {
    let facts = facts(at(&["ns1.example.net"]));
    assert_eq!(host(&facts), None);
    assert_eq!(
        fields(&facts),
        [
            "Type: TXT",
            "Name: _dmarc",
            "or in full: _dmarc.example.com",
            "Value: v=DMARC1; p=none; rua=mailto:dmarc@example.com",
            "TTL: 3600, or what the panel offers",
        ]
    );
    let card = card(&facts);
    assert_eq!(card.link, None);
    assert_eq!(card.guide.at, "");
    assert_eq!(card.guide.steps.len(), 6);
}

#[test]
fn a_panel_that_name_servers_cannot_tell_is_taken_from_the_user() {
    let mut facts = facts(at(&["ns1.example.net"]));
    facts.panel.typed_at = Some("cpanel".to_owned());
    assert_eq!(host(&facts), Some("cpanel"));
    assert_eq!(
        fields(&facts),
        [
            "Name: _dmarc.example.com.",
            "TTL: 14400, or what the panel offers",
            "Type: TXT",
            "Record: v=DMARC1; p=none; rua=mailto:dmarc@example.com",
        ]
    );
    // A company whose own name servers are others is not the one, whatever is said.
    facts.panel.typed_at = Some("godaddy".to_owned());
    assert_eq!(host(&facts), None);
    // Name servers that tell are believed.
    let mut known = facts.clone();
    known.survey = Some(bare());
    known.panel.typed_at = Some("cpanel".to_owned());
    assert_eq!(host(&known), Some("cloudflare"));
}

#[test]
fn what_the_domain_says_of_its_host_is_a_hint_that_the_user_can_change() {
    let mut report = at(&["ns1.example.net"]);
    report.dns_host = Some(
        serde_json::from_value(serde_json::json!({ "id": "ionos", "name": "IONOS (1&1)" }))
            .unwrap(),
    );
    report.dns_host_by = Some("domain-connect".to_owned());
    let mut facts = facts(report);
    assert_eq!(host(&facts), Some("ionos"));
    let look = format!("{:?}", plan::page(&PageId::Domain, &facts, &live()).blocks);
    assert!(look.contains("Domain Connect"), "{look}");
    assert!(look.contains("https://my.ionos.com/domains"), "{look}");
    assert_eq!(
        card(&facts).link.as_deref(),
        Some("https://my.ionos.com/domains")
    );
    facts.panel.typed_at = Some("cpanel".to_owned());
    assert_eq!(host(&facts), Some("cpanel"));
    facts.panel.typed_at = Some("My Cousin".to_owned());
    assert_eq!(host(&facts), None);
}

#[test]
fn p18_another_company_than_the_name_servers_show_is_explained_before_anybody_waits() {
    let mut facts = facts(bare());
    let says = |facts: &Facts| {
        page(facts).blocks.iter().find_map(|block| match block {
            Block::Finding(finding) if finding.code == codes::EDITED_ELSEWHERE => Some((
                finding.severity.as_str(),
                finding.message.clone(),
                finding.remedy.clone(),
            )),
            _ => None,
        })
    };
    assert_eq!(says(&facts), None);
    facts.panel.typed_at = Some("godaddy".to_owned());
    let (severity, message, remedy) = says(&facts).expect("P18");
    assert_eq!(severity, "error");
    assert_eq!(
        message,
        "Your DNS lives at Cloudflare, and you typed the record in at GoDaddy. What is changed there has no effect."
    );
    assert!(
        remedy.starts_with("Sign in at Cloudflare (https://dash.cloudflare.com/)"),
        "{remedy}"
    );
    // The record is still shown for the panel that counts.
    assert!(card(&facts).place.starts_with("Cloudflare > example.com"));
    facts.panel.typed_at = Some("cloudflare".to_owned());
    assert_eq!(says(&facts), None);
    // Name servers under a name of their own may be those of that company: no more than a warning, and none for a hint that agrees.
    let mut report = at(&["ns1.example.net"]);
    facts.panel.typed_at = Some("ionos".to_owned());
    facts.survey = Some(report.clone());
    assert_eq!(says(&facts).map(|said| said.0), Some("warning"));
    report.dns_host = Some(
        serde_json::from_value(serde_json::json!({ "id": "ionos", "name": "IONOS (1&1)" }))
            .unwrap(),
    );
    report.dns_host_by = Some("domain-connect".to_owned());
    facts.survey = Some(report);
    assert_eq!(says(&facts), None);
}

fn known(id: &str) -> Facts {
    let host = catalog::dns_host(id).unwrap();
    let mut report = at(&["ns1.example.net"]);
    report.dns_host =
        Some(serde_json::from_value(serde_json::json!({ "id": id, "name": host.name })).unwrap());
    report.dns_host_by = Some("ns".to_owned());
    facts(report)
}

fn words(facts: &Facts) -> String {
    format!("{:?}", page(facts).blocks)
}

#[test]
fn the_fields_stand_in_the_order_of_the_panel() {
    for (id, expected) in [
        (
            "route53",
            &["Record name", "Record type", "Value", "TTL (seconds)"][..],
        ),
        ("bluehost", &["Host Record", "TTL", "Type", "TXT Value"]),
        ("easydns", &["Host", "Text", "Type", "TTL"]),
        ("cloudflare", &["Type", "Name", "Content", "TTL", "Proxy"]),
        ("strato", &["Type", "Präfix", "Wert", "TTL"]),
        ("aruba", &["Type", "Name", "or in full", "Value", "TTL"]),
    ] {
        let labels: Vec<String> = card(&known(id))
            .fields
            .into_iter()
            .map(|field| field.label)
            .collect();
        assert_eq!(labels, expected, "{id}");
    }
}

#[test]
fn the_time_is_what_the_panel_offers() {
    for (id, expected) in [
        ("cloudflare", "TTL: Auto"),
        ("wix", "TTL: 1 Hour"),
        ("godaddy", "TTL: 3600, or what is offered from 600 on"),
        ("desec", "TTL: 3600, or the next that is offered"),
        ("bluehost", "TTL: 14400, or what the panel offers"),
        ("aruba", "TTL: 3600, or what the panel offers"),
    ] {
        assert!(
            fields(&known(id)).contains(&expected.to_owned()),
            "{id}: {:?}",
            fields(&known(id))
        );
    }
}

#[test]
fn p21_p22_what_a_host_does_by_itself_is_said_beforehand() {
    let godaddy = words(&known("godaddy"));
    assert!(
        godaddy.contains("dmarc_rua@onsecureserver.net"),
        "{godaddy}"
    );
    assert!(!words(&known("namecheap")).contains("of its own there"));
}

/// With a policy record of more addresses than fit into 255 characters.
fn with_a_long_record(mut facts: Facts) -> Facts {
    let long: Vec<String> = (0..12)
        .map(|n| format!("mailto:dmarc-reports-{n}@example.com"))
        .collect();
    let report = facts.survey.as_mut().unwrap();
    report.dmarc.state = "published".to_owned();
    report.dmarc.record = Some(format!("v=DMARC1; p=none; rua={}", long.join(",")));
    report.dmarc.found_at = Some("_dmarc.example.com".to_owned());
    facts
}

#[test]
fn a_value_that_the_panel_does_not_take_comes_with_ways_out() {
    let facts = with_a_long_record(known("ovhcloud"));
    let said = words(&facts);
    assert!(
        said.contains("OVHcloud takes 255 characters in the value"),
        "{said}"
    );
    assert!(said.contains("Change in text format"), "{said}");
    assert!(!words(&known("ovhcloud")).contains("takes 255"));
}

#[test]
fn a_long_value_is_copied_in_the_pieces_that_the_panel_wants() {
    let facts = with_a_long_record(known("route53"));
    let card = card(&facts);
    let whole = card.record.content.to_string();
    assert!(whole.len() > 255);
    assert_eq!(
        card.value,
        format!("\"{}\" \"{}\"", &whole[..255], &whole[255..])
    );
    assert!(
        card.fields
            .iter()
            .any(|field| field.label == "Value" && field.value == card.value)
    );
    assert!(words(&facts).contains("pieces in double quotes"));
}

#[test]
fn a_remedy_says_more_where_more_is_known_of_the_panel() {
    let zone = "example.com".parse().unwrap();
    let owner = "_dmarc.example.com".parse().unwrap();
    let said = |code, id: &str| {
        let spot = Spot {
            host: catalog::dns_host(id),
            zone: &zone,
            owner: &owner,
            shown: false,
        };
        mending::remedy(code, &spot).unwrap()
    };
    let known = catalog::dns_host("godaddy").unwrap();
    let text = known.mistake("dmarc-host-default").unwrap();
    assert!(said(codes::HOST_DEFAULT, "godaddy").ends_with(text));
    assert!(said(codes::WILDCARD_ANSWERS, "porkbun").contains("pixie.porkbun.com"));
    // Where the usual words say it all, nothing is added.
    let usual = said(codes::WILDCARD_ANSWERS, "cloudflare");
    assert!(usual.ends_with("which may stay."), "{usual}");
    assert!(said(codes::WILDCARD_ANSWERS, "nobody").ends_with("which may stay."));
}
