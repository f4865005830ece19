//! A domain that says in three places that it sends no mail is in order: nothing about keys or reports is missing there.

use crate::*;

/// `v=spf1 -all`, `p=reject` without reports, null MX, no key.
fn parked() -> World {
    let mut world = World::healthy()
        .without("_dmarc.example.com")
        .without("mail._domainkey.example.com")
        .with("_dmarc.example.com", "v=DMARC1; p=reject");
    replace(&mut world, RecordType::Txt, Data::Txt("v=spf1 -all".into()));
    let null = Data::Mx {
        preference: 0,
        exchange: DomainName::root(),
    };
    replace(&mut world, RecordType::Mx, null);
    world
}

fn replace(world: &mut World, record_type: RecordType, data: Data) {
    let key = (name("example.com"), record_type);
    world.records.insert(key, vec![data]);
}

#[test]
fn a_parked_domain_is_told_nothing_about_keys_and_reports() {
    let report = parked().look("example.com");
    assert_eq!(codes(&report), ["spf-no-senders"]);
    assert_eq!(report.verdict, "ok");
    // A star that withdraws every key belongs to it.
    let mut world = parked();
    for owner in [
        "mail._domainkey.example.com",
        "default._domainkey.example.com",
        "s1._domainkey.example.com",
        "nobounce-probe-q7x2._domainkey.example.com",
    ] {
        world.text(owner, "v=DKIM1; p=");
    }
    assert_eq!(codes(&world.look("example.com")), ["spf-no-senders"]);
}

/// Where one of the signs is missing, the domain may send.
#[test]
fn a_domain_that_may_send_is_told() {
    let mut with_servers = parked();
    let mx = Data::Mx {
        preference: 10,
        exchange: name("mail.example.com"),
    };
    replace(&mut with_servers, RecordType::Mx, mx);
    let mut sends = parked();
    replace(&mut sends, RecordType::Txt, Data::Txt(SPF.into()));
    let mut open = parked().without("_dmarc.example.com");
    open.text("_dmarc.example.com", "v=DMARC1; p=none");
    for world in [with_servers, sends, open] {
        let report = world.look("example.com");
        let codes = codes(&report);
        assert!(codes.contains(&"dkim-no-selector-found"), "{codes:?}");
        assert!(codes.contains(&"dmarc-no-reports"), "{codes:?}");
    }
}
