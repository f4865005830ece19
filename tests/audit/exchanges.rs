//! Mail servers that the MX records name: aliases, names that do not exist, names without an address, addresses.

use std::net::Ipv6Addr;

use crate::*;

/// A domain with these mail servers, by preference, in place of its own.
fn with_servers(hosts: &[&str]) -> World {
    let mut world = World::healthy();
    world
        .records
        .remove(&(name("example.com"), RecordType::Mx))
        .unwrap();
    for (preference, host) in (10..).zip(hosts) {
        let exchange = host.parse().unwrap();
        let mx = Data::Mx {
            preference,
            exchange,
        };
        world.add("example.com", RecordType::Mx, mx);
    }
    world
}

fn address(world: &mut World, owner: &str) {
    world.add(owner, RecordType::A, Data::A(Ipv4Addr::new(192, 0, 2, 25)));
}

/// Codes with their severities.
fn said(world: &World) -> Vec<String> {
    let report = world.look("example.com");
    report
        .findings
        .iter()
        .map(|row| format!("{} {}", row.severity, row.code))
        .collect()
}

#[test]
fn a_mail_server_with_an_address_is_no_matter() {
    assert_eq!(said(&World::healthy()), Vec::<String>::new());
    let mut world = with_servers(&["mx6.example.net"]);
    let ip = Data::Aaaa(Ipv6Addr::LOCALHOST);
    world.add("mx6.example.net", RecordType::Aaaa, ip);
    assert_eq!(said(&world), Vec::<String>::new());
}

#[test]
fn a_mail_server_that_is_an_alias_is_told() {
    let mut world = with_servers(&["mx.example.net"]).alias("mx.example.net", "box.example.org");
    address(&mut world, "box.example.org");
    assert_eq!(said(&world), ["warning mx-is-alias"]);
    let report = world.look("example.com");
    let row = &report.findings[0];
    assert_eq!(
        (row.record.as_str(), row.name.as_str()),
        ("mx", "example.com")
    );
    assert!(row.message.contains("box.example.org"), "{row:?}");
    // What the alias leads to is not there.
    let world = with_servers(&["mx.example.net"]).alias("mx.example.net", "gone.example.org");
    assert_eq!(said(&world), ["error mx-does-not-exist"]);
    let report = world.look("example.com");
    assert!(report.findings[0].message.contains("gone.example.org"));
}

#[test]
fn a_mail_server_that_does_not_exist_is_an_error_where_it_is_the_only_one() {
    let mut world = with_servers(&["mx.gone.example"]);
    assert_eq!(said(&world), ["error mx-does-not-exist"]);
    world = with_servers(&["mx.gone.example", "mail.example.com"]);
    assert_eq!(said(&world), ["warning mx-does-not-exist"]);
}

#[test]
fn a_mail_server_without_an_address_is_told() {
    let world = with_servers(&["mx.example.net"]).with("mx.example.net", "a text");
    assert_eq!(said(&world), ["error mx-without-address"]);
}

#[test]
fn an_address_in_place_of_a_mail_server_is_told() {
    for host in ["192.0.2.25", "192.0.2.25.example.com"] {
        assert_eq!(
            said(&with_servers(&[host])),
            ["error mx-is-address"],
            "{host}"
        );
    }
    let two = with_servers(&["192.0.2.25", "mail.example.com"]);
    assert_eq!(said(&two), ["warning mx-is-address"]);
}

/// Trouble, and a "no" that does not show where it comes from, say nothing about a mail server.
#[test]
fn trouble_never_makes_a_mail_server_missing() {
    for outcome in [
        SERVFAIL,
        Outcome::Trouble(Trouble::Timeout),
        Outcome::NoName { ttl: None },
        Outcome::NoData { ttl: None },
    ] {
        let world =
            with_servers(&["mx.example.net"]).fails(Who::Resolver, Some("mx.example.net"), outcome);
        assert_eq!(said(&world), Vec::<String>::new());
    }
}

/// A null MX names no server.
#[test]
fn a_null_mx_is_not_looked_up() {
    let report = with_servers(&["."]).look("example.com");
    assert!(report.mx.null_mx);
    assert_eq!(codes(&report), Vec::<&str>::new());
}
