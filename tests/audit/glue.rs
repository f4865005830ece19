//! FAULTS D20, D21: the addresses that the registry keeps for name servers within the domain, against those of the zone itself.

use crate::*;

/// `example.com` on a name server of its own, and a registry that sends the world to it at `kept`.
fn with_glue(kept: &[[u8; 4]]) -> World {
    let mut world = World::healthy();
    let key = (name("example.com"), RecordType::Ns);
    let lists = ["ns.example.com", "ns1.host.example"].map(|ns| Data::Ns(name(ns)));
    world.records.insert(key, lists.to_vec());
    let ip = Data::A(Ipv4Addr::new(192, 0, 2, 2));
    world.add("ns.example.com", RecordType::A, ip);
    world.add("com", RecordType::Ns, Data::Ns(name("a.registry.example")));
    let ip = Data::A(Ipv4Addr::new(192, 0, 2, 99));
    world.add("a.registry.example", RecordType::A, ip);
    let glue = kept.iter().map(|kept| Data::Glue {
        host: name("ns.example.com"),
        address: Ipv4Addr::from(*kept).into(),
    });
    let data = lists.into_iter().chain(glue).collect();
    let referral = Outcome::Records { data, ttl: 300 };
    world.fails(Who::Registry, Some("example.com"), referral)
}

#[test]
fn d20_d21_an_old_address_at_the_registry_is_told() {
    let report = with_glue(&[[203, 0, 113, 9]]).look("example.com");
    assert_eq!(codes(&report), ["ns-glue-differs"]);
    let row = &report.findings[0];
    assert_eq!(
        (row.severity.as_str(), row.name.as_str()),
        ("warning", "ns.example.com")
    );
    assert!(
        row.message.contains("203.0.113.9") && row.message.contains("192.0.2.2"),
        "{row:?}"
    );
    // One of two is old.
    let report = with_glue(&[[192, 0, 2, 2], [203, 0, 113, 9]]).look("example.com");
    assert_eq!(codes(&report), ["ns-glue-differs"]);
}

#[test]
fn d20_equal_addresses_and_none_are_no_matter() {
    for kept in [&[[192, 0, 2, 2]][..], &[]] {
        let report = with_glue(kept).look("example.com");
        assert_eq!(codes(&report), Vec::<&str>::new());
    }
}

/// Where the address could not be looked up, nothing is known that could differ.
#[test]
fn d20_trouble_makes_no_address_old() {
    let world =
        with_glue(&[[203, 0, 113, 9]]).fails(Who::Resolver, Some("ns.example.com"), SERVFAIL);
    let report = world.look("example.com");
    assert!(!codes(&report).contains(&"ns-glue-differs"), "{report:?}");
}
