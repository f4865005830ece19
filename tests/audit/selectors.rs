//! Selectors that the user names, and those of recognized services.

use nobounce::cli::check::page::page;
use nobounce::cli::paper::Paper;

use crate::*;

const STAR: &str = "nobounce-probe-q7x2._domainkey.example.com";

/// FAULTS D27, D28, P17: a wildcard answers for the selector that was named.
#[test]
fn d27_d28_a_named_selector_answered_by_a_wildcard_is_a_conflict() {
    let mut by_text = World::healthy()
        .with("gone._domainkey.example.com", SPF)
        .with(STAR, SPF);
    let mut by_alias = World::healthy()
        .alias("gone._domainkey.example.com", "site.builder.example")
        .alias(STAR, "site.builder.example");
    for world in [&mut by_text, &mut by_alias] {
        world.named = vec!["gone"];
        let report = world.look("example.com");
        let gone = &report.dkim.selectors[0];
        assert_eq!(
            (gone.selector.as_str(), gone.state.as_str()),
            ("gone", "conflict")
        );
        let row = report
            .findings
            .iter()
            .find(|row| row.name == "gone._domainkey.example.com")
            .unwrap();
        assert_eq!(
            (row.code.as_str(), row.severity.as_str()),
            ("panel-wildcard-answers", "error")
        );
    }
}

/// A star that holds a key counts as that key: receivers find it.
#[test]
fn d27_a_wildcard_that_is_a_key_is_one() {
    let mut world = World::healthy()
        .with("any._domainkey.example.com", KEY)
        .with(STAR, KEY);
    world.named = vec!["any"];
    let report = world.look("example.com");
    assert_eq!(report.dkim.selectors[0].state, "published");
}

/// A domain whose mail is at Google, with a key at `owner`.
fn at_google(owner: &str) -> World {
    let mut world = World::healthy().without("mail._domainkey.example.com");
    let key = (name("example.com"), RecordType::Mx);
    let mx = Data::Mx {
        preference: 1,
        exchange: name("smtp.google.com"),
    };
    world.records.insert(key, vec![mx]);
    let ip = Data::A(Ipv4Addr::new(192, 0, 2, 25));
    world.add("smtp.google.com", RecordType::A, ip);
    world.text(owner, KEY);
    world
}

/// P1: the key of a recognized service is looked for under the doubled name, though nobody named its selector.
#[test]
fn p1_the_doubled_name_of_a_recognized_service_is_found() {
    let world = at_google("google._domainkey.example.com.example.com");
    let report = world.look("example.com");
    assert_eq!(report.dkim.state, "misplaced");
    assert_eq!(report.dkim.selectors.len(), 1);
    assert_eq!(report.dkim.selectors[0].selector, "google");
    assert_eq!(codes(&report), ["panel-name-doubled"]);
    // A key at its place, and none anywhere.
    let report = at_google("google._domainkey.example.com").look("example.com");
    assert_eq!(report.dkim.state, "published");
    let report = at_google("elsewhere.example.com").look("example.com");
    assert_eq!(codes(&report), ["dkim-no-selector-found"]);
}

/// Google Cloud DNS and Squarespace share name servers: both are named, and neither is taken for the one.
#[test]
fn hosts_that_share_name_servers_are_all_named() {
    let mut world = World::healthy();
    let key = (name("example.com"), RecordType::Ns);
    let servers = [
        "ns-cloud-a1.googledomains.com",
        "ns-cloud-a2.googledomains.com",
    ];
    let list = servers.map(|ns| Data::Ns(name(ns))).to_vec();
    world.records.insert(key, list);
    for (server, ip) in servers.iter().zip(1..) {
        world.add(server, RecordType::A, Data::A(Ipv4Addr::new(192, 0, 2, ip)));
    }
    let report = world.look("example.com");
    assert_eq!(report.dns_host, None);
    let names: Vec<&str> = report
        .dns_host_one_of
        .iter()
        .map(|host| host.name.as_str())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let page = page(
        &report,
        Paper {
            columns: 80,
            color: false,
        },
    );
    let line = format!(
        "{} or {}, which share name servers; 2 of 2",
        names[0], names[1]
    );
    let words: Vec<&str> = page.split_whitespace().collect();
    assert!(words.join(" ").contains(&line), "{page}");
}
