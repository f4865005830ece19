//! The record screen in the words of very different panels, at three sizes; its links and its steps.

use nobounce::catalog;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::PageId;
use nobounce::tui::model::Model;
use nobounce::tui::model::Overlay;
use nobounce::tui::update::setup;
use nobounce::tui::view;
use nobounce::tui::view::links;
use nobounce::tui::view::links::Link;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::at;
use crate::opened;
use crate::press;
use crate::report;
use crate::screen;

/// A setup whose DNS is at this host, ready for its DMARC record; `old`: the record that is there.
fn facts(id: &str, old: Option<&str>) -> Facts {
    let mut facts = Facts::new("shop.example");
    facts.mailbox.kind = Some("own".into());
    facts.mailbox.address = Some("dmarc@shop.example".into());
    facts.mailbox.made = true;
    facts.mailbox.proof = Some("takes-mail".into());
    facts.senders.ticked = ["google-workspace".to_owned()].into();
    facts.senders.confirmed = true;
    facts.senders.habits_confirmed = true;
    facts.senders.terms_confirmed = true;
    facts.spf.confirmed = true;
    let mut report = report();
    if let Some(host) = catalog::dns_host(id) {
        report.dns_host =
            serde_json::from_value(serde_json::json!({ "id": id, "name": host.name })).unwrap();
        report.dns_host_by = Some("ns".to_owned());
    }
    if let Some(old) = old {
        report.dmarc.state = "published".to_owned();
        report.dmarc.record = Some(old.to_owned());
        report.dmarc.found_at = Some("_dmarc.shop.example".to_owned());
    }
    facts.survey = Some(report);
    facts
}

fn showing(id: &str, page: PageId, old: Option<&str>) -> Model {
    let (mut model, _) = opened(facts(id, old));
    setup::turn(&mut model, page);
    model
}

/// A record with more report addresses than fit into one piece.
fn long() -> String {
    let addresses: Vec<String> = (0..10)
        .map(|number| format!("mailto:reports{number}@collector.example"))
        .collect();
    format!("v=DMARC1; p=none; rua={}", addresses.join(","))
}

#[test]
fn the_card_speaks_the_language_of_the_panel() {
    let long = long();
    for (what, id, page, old) in [
        ("cloudflare", "cloudflare", PageId::MonitorRecord, None),
        ("godaddy", "godaddy", PageId::MonitorRecord, None),
        (
            "route53_pieces",
            "route53",
            PageId::MonitorRecord,
            Some(long.as_str()),
        ),
        (
            "ovhcloud_too_long",
            "ovhcloud",
            PageId::MonitorRecord,
            Some(long.as_str()),
        ),
        ("cpanel_full_name", "cpanel", PageId::MonitorRecord, None),
        ("wix_blank_name", "wix", PageId::SpfRecord, None),
        (
            "dnsmadeeasy_quotes",
            "dnsmadeeasy",
            PageId::MonitorRecord,
            None,
        ),
        ("aruba_little_known", "aruba", PageId::MonitorRecord, None),
        ("unknown", "nobody", PageId::MonitorRecord, None),
    ] {
        let model = showing(id, page, old);
        for (width, height) in [(80, 24), (120, 40), (60, 16)] {
            let name = format!("card_{what}_{width}");
            insta::assert_snapshot!(name, screen(&at(model.clone(), width, height)));
        }
    }
}

#[test]
fn the_steps_are_one_key_away() {
    let mut model = showing("cloudflare", PageId::MonitorRecord, None);
    assert!(screen(&model).contains("i shows the steps at Cloudflare"));
    press(&mut model, "i");
    assert_eq!(model.overlay, Some(Overlay::Guide { scroll: 0 }));
    insta::assert_snapshot!("guide_cloudflare_80", screen(&model));
    press(&mut model, "<pgdn>");
    press(&mut model, "<esc>");
    assert_eq!(model.overlay, None);
    // Every guide is whole at 80 x 24 without scrolling.
    for host in catalog::dns_hosts()
        .iter()
        .filter(|host| !host.guide.is_empty())
    {
        let mut model = showing(host.id.as_str(), PageId::MonitorRecord, None);
        press(&mut model, "i");
        let shown = screen(&model);
        for number in 1..=host.guide.len() {
            assert!(
                shown.contains(&format!("{number}. ")),
                "{}: {shown}",
                host.id
            );
        }
    }
}

#[test]
fn an_unknown_panel_has_steps_too() {
    let mut model = showing("nobody", PageId::MonitorRecord, None);
    press(&mut model, "i");
    insta::assert_snapshot!("guide_unknown_80", screen(&model));
}

#[test]
fn a_manual_split_is_copied_as_the_panel_takes_it() {
    let mut model = showing("route53", PageId::MonitorRecord, Some(&long()));
    let commands = press(&mut model, "c");
    let copied = format!("{commands:?}");
    assert!(copied.contains("\\\"v=DMARC1"), "{copied}");
    assert!(copied.contains("\\\" \\\""), "{copied}");
}

/// The links that would be laid over what was drawn.
fn links_of(model: &Model) -> Vec<Link> {
    let mut terminal = Terminal::new(TestBackend::new(model.width, model.height)).unwrap();
    terminal.draw(|frame| view::draw(model, frame)).unwrap();
    links::found(terminal.backend().buffer())
}

#[test]
fn the_address_of_the_panel_is_there_and_is_a_link() {
    for host in catalog::dns_hosts() {
        let Some(address) = &host.panel_url else {
            continue;
        };
        let model = showing(host.id.as_str(), PageId::MonitorRecord, None);
        for (width, height) in [(80, 24), (120, 40), (60, 16)] {
            let model = at(model.clone(), width, height);
            let shown = screen(&model);
            let links = links_of(&model);
            let [link] = links.as_slice() else {
                panic!("{} {width}: {links:?}\n{shown}", host.id);
            };
            assert_eq!(&link.address, address);
            // What the link is laid over can be read there.
            for (x, y, text) in &link.pieces {
                let row = shown.lines().nth(usize::from(*y)).unwrap();
                let seen: String = row.chars().skip(usize::from(*x)).take(text.len()).collect();
                assert_eq!(&seen, text, "{} {width}", host.id);
            }
        }
    }
    assert_eq!(
        links_of(&showing("nobody", PageId::MonitorRecord, None)),
        []
    );
}

#[test]
fn the_help_says_how_the_mistake_looks_at_this_host() {
    let mut facts = facts("cloudflare", None);
    facts.panel.typed_at = Some("godaddy".to_owned());
    let (mut model, _) = opened(facts);
    setup::turn(&mut model, PageId::MonitorRecord);
    press(&mut model, "?");
    let shown = screen(&at(model, 120, 60));
    assert!(shown.contains("At Cloudflare"), "{shown}");
    assert!(shown.contains("two personal"), "{shown}");
}

#[test]
fn shared_name_servers_are_asked_about_on_a_page() {
    let mut facts = facts("nobody", None);
    let servers = [
        "ns-cloud-a1.googledomains.com",
        "ns-cloud-a2.googledomains.com",
    ];
    let report = facts.survey.as_mut().unwrap();
    for (server, name) in report.nameservers.iter_mut().zip(servers) {
        server.name = name.to_owned();
    }
    let (mut model, _) = opened(facts);
    setup::turn(&mut model, PageId::WhichHost);
    insta::assert_snapshot!("which_host_80", screen(&model));
    press(&mut model, "<down><enter>");
    assert_ne!(model.setup().unwrap().page.id, PageId::WhichHost);
    setup::turn(&mut model, PageId::MonitorRecord);
    assert!(screen(&model).contains("Squarespace"), "{}", screen(&model));
}

/// What stands in the box of the record, joined.
fn boxed(drawn: &str) -> String {
    drawn
        .lines()
        .filter_map(|line| line.split_once('│'))
        .map(|(_, row)| {
            // The keys that copy stand at the end of the row.
            let row = row.trim_end_matches("  c").trim_end_matches("  n");
            row.trim().to_owned()
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_value_that_needs_one_row_more_is_shown_whole() {
    for id in ["godaddy", "strato", "bluehost", "nobody"] {
        for address in [
            "dmarc@shop.example",
            "dmarc-reports@shop.example",
            "dmarc-aggregate-reports@shop.example",
        ] {
            let mut facts = facts(id, None);
            facts.mailbox.address = Some(address.into());
            let (mut model, _) = opened(facts);
            setup::turn(&mut model, PageId::MonitorRecord);
            let shown = boxed(&screen(&model));
            assert!(!shown.contains('…'), "{id} {address}: {shown}");
            let pieces: String = shown.split(' ').collect();
            assert!(pieces.contains(address), "{id} {address}: {shown}");
        }
    }
}

#[test]
fn that_a_value_goes_on_is_said_in_whole_words() {
    let long = long();
    for id in ["godaddy", "ovhcloud", "route53", "bluehost", "nobody"] {
        let model = showing(id, PageId::MonitorRecord, Some(&long));
        for (width, height) in [(80, 24), (120, 40), (60, 16)] {
            let shown = boxed(&screen(&at(model.clone(), width, height)));
            assert!(shown.contains("… "), "{id} {width}: {shown}");
            assert_eq!(shown.matches('…').count(), 1, "{id} {width}: {shown}");
        }
    }
}

#[test]
fn the_guide_never_shows_half_a_value_as_a_whole_one() {
    let long = long();
    for id in ["ovhcloud", "cloudflare", "nobody"] {
        let mut model = at(showing(id, PageId::MonitorRecord, Some(&long)), 120, 60);
        press(&mut model, "i");
        let shown = screen(&model);
        let joined: String = shown
            .lines()
            .flat_map(|line| line.chars().skip(28))
            .filter(|character| *character != ' ')
            .collect();
        for number in 0..10 {
            let address = format!("mailto:reports{number}@collector.example");
            assert!(joined.contains(&address), "{id} {address}: {shown}");
        }
    }
}

#[test]
fn a_record_that_could_not_be_told_sends_nobody_to_the_mailbox() {
    let mut facts = facts("nobody", None);
    let report = facts.survey.as_mut().unwrap();
    report.dmarc.state = "unknown".to_owned();
    let (mut model, _) = opened(facts);
    setup::turn(&mut model, PageId::MonitorRecord);
    let shown = screen(&model);
    assert!(shown.contains("could not be told"), "{shown}");
    assert!(!shown.contains("Press g for the list"), "{shown}");
}

#[test]
fn the_least_time_of_a_panel_is_said_once() {
    let shown = screen(&showing("desec", PageId::MonitorRecord, None));
    assert!(
        shown.contains("3600, or the next that is offered"),
        "{shown}"
    );
}

#[test]
fn the_way_to_all_keys_and_the_way_out_are_always_named() {
    for id in ["godaddy", "nobody"] {
        let mut model = showing(id, PageId::MonitorRecord, None);
        press(&mut model, "<esc>");
        setup::turn(&mut model, PageId::MonitorRecord);
        for (width, height) in [(80, 24), (120, 40), (60, 16)] {
            let shown = screen(&at(model.clone(), width, height));
            assert!(shown.contains("? why, and all keys"), "{width}: {shown}");
            assert!(shown.contains("q leave"), "{width}: {shown}");
        }
    }
}
