//! A full look at a domain, against a pretend DNS of two name servers and a resolver, each of which can be made to fail.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod exchanges;
mod glue;
mod parked;
mod permission;
mod selectors;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::net::SocketAddr;

use jiff::Timestamp;
use nobounce::audit::Audit;
use nobounce::audit::Manner;
use nobounce::audit::Scope;
use nobounce::audit::report::Report;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Soa;
use nobounce::records::sighting::Trouble;
use nobounce::records::sighting::Whom;
use nobounce::records::untrusted::Untrusted;
use proptest::prelude::*;

const KEY: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB";

const SPF: &str = "v=spf1 ip4:192.0.2.1 ~all";
const DMARC: &str = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com";

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Ns1,
    Ns2,
    Resolver,
    /// The server of the zone above, where the world has one: `a.registry.example`.
    Registry,
}

const ALL: [Who; 3] = [Who::Ns1, Who::Ns2, Who::Resolver];

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

/// Records by owner and type, and answers that single servers give instead.
/// How answers are handed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    One,
    /// Where nothing is left, what was put off is asked for.
    Together,
}

#[derive(Clone)]
struct World {
    records: BTreeMap<(DomainName, RecordType), Vec<Data>>,
    aliases: BTreeMap<DomainName, DomainName>,
    /// By server and owner; None: every owner.
    instead: Vec<(Who, Option<DomainName>, Outcome)>,
    /// Selectors that the user names.
    named: Vec<&'static str>,
}

impl World {
    /// A healthy domain: SPF, one DKIM key under `mail`, DMARC at `p=reject`.
    fn healthy() -> Self {
        let mut world = Self {
            records: BTreeMap::new(),
            aliases: BTreeMap::new(),
            instead: Vec::new(),
            named: Vec::new(),
        };
        for (ns, ip) in [("ns1.host.example", 1), ("ns2.host.example", 2)] {
            world.add("example.com", RecordType::Ns, Data::Ns(name(ns)));
            world.add(ns, RecordType::A, Data::A(Ipv4Addr::new(192, 0, 2, ip)));
        }
        let soa = Soa {
            primary: name("ns1.host.example"),
            serial: 7,
            minimum: 300,
        };
        world.add("example.com", RecordType::Soa, Data::Soa(soa));
        let mx = Data::Mx {
            preference: 10,
            exchange: name("mail.example.com"),
        };
        world.add("example.com", RecordType::Mx, mx);
        let ip = Data::A(Ipv4Addr::new(192, 0, 2, 25));
        world.add("mail.example.com", RecordType::A, ip);
        world.text("example.com", SPF);
        world.text("_dmarc.example.com", DMARC);
        world.text("mail._domainkey.example.com", KEY);
        world
    }

    fn add(&mut self, owner: &str, record_type: RecordType, data: Data) {
        self.records
            .entry((name(owner), record_type))
            .or_default()
            .push(data);
    }

    fn text(&mut self, owner: &str, text: &str) {
        self.add(owner, RecordType::Txt, Data::Txt(Untrusted::from(text)));
    }

    fn without(mut self, owner: &str) -> Self {
        self.records.retain(|(other, _), _| *other != name(owner));
        self
    }

    fn with(mut self, owner: &str, text: &str) -> Self {
        self.text(owner, text);
        self
    }

    fn alias(mut self, owner: &str, target: &str) -> Self {
        self.aliases.insert(name(owner), name(target));
        self
    }

    fn fails(mut self, who: Who, owner: Option<&str>, outcome: Outcome) -> Self {
        self.instead.push((who, owner.map(name), outcome));
        self
    }

    fn answer(&self, who: Who, question: &Question) -> Answer {
        let own = self
            .instead
            .iter()
            .find(|(server, owner, _)| {
                *server == who && owner.as_ref().is_none_or(|owner| *owner == question.owner)
            })
            .map(|(_, _, outcome)| outcome.clone());
        if let Some(outcome) = own {
            return Answer::direct(outcome);
        }
        let mut owner = question.owner.clone();
        let mut chain = Vec::new();
        while let Some(target) = self.aliases.get(&owner) {
            chain.push(target.clone());
            owner = target.clone();
        }
        let outcome = match self.records.get(&(owner.clone(), question.record_type)) {
            Some(data) => Outcome::Records {
                data: data.clone(),
                ttl: 300,
            },
            None if self
                .records
                .keys()
                .any(|(other, _)| other.is_within(&owner)) =>
            {
                Outcome::NoData { ttl: Some(300) }
            }
            None => Outcome::NoName { ttl: Some(300) },
        };
        Answer { chain, outcome }
    }

    /// Looks in both manners, and with answers that are only kept where little follows from them: all come to the same report.
    fn look(&self, domain: &str) -> Report {
        let quick = self.look_in_order(domain, &mut |_| 0);
        let mut careful = self.look_carefully(domain);
        // Only the look of the wizard asks enough to tell what stands at each name.
        assert!(quick.sets.is_empty());
        careful.sets.clear();
        assert_eq!(quick, careful);
        for pick in [0, usize::MAX] {
            let together = self.look_step_by_step(
                domain,
                Manner::Quick,
                Hand::Together,
                &mut |_| pick,
                &mut |_| {},
            );
            assert_eq!(quick, together);
        }
        quick
    }

    fn look_carefully(&self, domain: &str) -> Report {
        self.look_step_by_step(domain, Manner::Careful, Hand::One, &mut |_| 0, &mut |_| {})
    }

    /// `pick`: which of the waiting answers comes in next.
    fn look_in_order(&self, domain: &str, pick: &mut dyn FnMut(usize) -> usize) -> Report {
        self.look_step_by_step(domain, Manner::Quick, Hand::One, pick, &mut |_| {})
    }

    /// `step`: sees the look after each answer but the last.
    fn look_step_by_step(
        &self,
        domain: &str,
        manner: Manner,
        hand: Hand,
        pick: &mut dyn FnMut(usize) -> usize,
        step: &mut dyn FnMut(&Audit),
    ) -> Report {
        let mut audit = Audit::new(Scope {
            domain: name(domain),
            manner,
            input: domain.to_owned(),
            selectors: self.named.iter().map(|s| s.parse().unwrap()).collect(),
            guesses: ["mail", "default", "s1"].map(|s| s.parse().unwrap()).into(),
            port: 53,
            pinned: BTreeMap::new(),
        });
        let mut asked = BTreeSet::new();
        let mut waiting: VecDeque<(Server, Question)> = VecDeque::new();
        let mut add = |waiting: &mut VecDeque<(Server, Question)>, asks: Vec<Ask>| {
            for ask in asks {
                let servers = match ask.whom {
                    Whom::Servers(servers) => servers,
                    _ => vec![Server::Resolver {
                        address: SocketAddr::from(([127, 0, 0, 1], 53)),
                    }],
                };
                for server in servers {
                    assert!(
                        asked.insert((server.clone(), ask.question.clone())),
                        "asked twice: {:?}",
                        ask.question
                    );
                    waiting.push_back((server, ask.question.clone()));
                }
            }
        };
        add(&mut waiting, audit.first());
        while !waiting.is_empty() {
            let index = pick(waiting.len()) % waiting.len();
            let (server, question) = waiting.remove(index).unwrap();
            let who = match &server {
                Server::Resolver { .. } => Who::Resolver,
                Server::Authoritative { name: ns, .. } if *ns == name("ns1.host.example") => {
                    Who::Ns1
                }
                Server::Authoritative { name: ns, .. } if *ns == name("a.registry.example") => {
                    Who::Registry
                }
                Server::Authoritative { .. } => Who::Ns2,
            };
            let answer = self.answer(who, &question);
            let sighting = Sighting {
                server,
                question,
                answer,
                seen_at: Timestamp::UNIX_EPOCH,
            };
            let more = match hand {
                Hand::One => audit.take(sighting),
                Hand::Together => audit.take_all(vec![sighting]),
            };
            add(&mut waiting, more);
            if waiting.is_empty() && hand == Hand::Together {
                add(&mut waiting, audit.take_all(Vec::new()));
            }
            if !waiting.is_empty() {
                step(&audit);
            }
        }
        let usual = asked
            .iter()
            .filter(|(_, question)| !question.owner.as_str().contains("_domainkey"))
            .count();
        assert!(usual <= 180, "{usual} questions");
        audit.report(Timestamp::UNIX_EPOCH)
    }
}

fn codes(report: &Report) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

fn texts(text: &str) -> Outcome {
    Outcome::Records {
        data: vec![Data::Txt(Untrusted::from(text))],
        ttl: 300,
    }
}

const SERVFAIL: Outcome = Outcome::Trouble(Trouble::ServerFailure { said: None });

#[test]
fn a_healthy_domain_is_all_green() {
    let report = World::healthy().look("example.com");
    assert_eq!(codes(&report), Vec::<&str>::new());
    assert_eq!(report.verdict, "ok");
    assert!(
        report.green.record_published && report.green.policy_enabled && report.green.spf_and_dkim
    );
    assert_eq!(report.zone.as_deref(), Some("example.com"));
    assert_eq!(report.nameservers.len(), 2);
    assert!(
        report
            .nameservers
            .iter()
            .all(|ns| ns.answers && ns.serial == Some(7))
    );
    assert_eq!(report.spf.all.as_deref(), Some("softfail"));
    assert_eq!(report.dkim.selectors.len(), 1);
    assert_eq!(report.dkim.selectors[0].bits, Some(2048));
    assert_eq!(report.dmarc.rua[0].authorized, "same-domain");
    assert_eq!(report.mx.state, "published");
}

#[test]
fn a_bare_domain_misses_everything() {
    let report = World::healthy()
        .without("_dmarc.example.com")
        .without("mail._domainkey.example.com");
    let mut report = report;
    report
        .records
        .remove(&(name("example.com"), RecordType::Txt));
    let report = report.look("example.com");
    assert_eq!(
        codes(&report),
        ["spf-missing", "dkim-no-selector-found", "dmarc-missing"]
    );
    assert_eq!(report.verdict, "error");
    assert_eq!(
        [
            report.spf.state.as_str(),
            &report.dkim.state,
            &report.dmarc.state
        ],
        ["missing", "unknown", "missing"]
    );
}

/// FAULTS D1: a resolver in trouble does not hide the record, and does not let it count as published.
#[test]
fn d1_a_failing_resolver_gives_unknown() {
    let report = World::healthy()
        .fails(Who::Resolver, Some("_dmarc.example.com"), SERVFAIL)
        .look("example.com");
    assert_eq!(report.dmarc.state, "unknown");
    assert_eq!(report.dmarc.record.as_deref(), Some(DMARC));
    assert_eq!(codes(&report), ["dns-trouble"]);
    assert_eq!(report.verdict, "unknown");
}

/// FAULTS D2: all name servers fail; what a resolver remembers is shown and not counted as published.
#[test]
fn d2_silent_name_servers_give_unknown() {
    let silent = Outcome::Trouble(Trouble::Timeout);
    let report = World::healthy()
        .fails(Who::Ns1, None, silent.clone())
        .fails(Who::Ns2, None, silent)
        .look("example.com");
    assert_eq!(report.dmarc.state, "unknown");
    assert_eq!(report.dmarc.record.as_deref(), Some(DMARC));
    assert_eq!(report.spf.state, "unknown");
    assert_eq!(report.verdict, "unknown");
    assert!(!report.green.record_published && !report.green.spf_and_dkim);
    assert!(report.nameservers.iter().all(|ns| !ns.answers));
}

/// FAULTS D3 and D5: one lame or silent server of two is a warning.
#[test]
fn d3_d5_one_bad_server_is_a_warning() {
    for (trouble, code) in [
        (Trouble::Refused, "ns-lame"),
        (Trouble::NotAuthoritative, "ns-lame"),
        (Trouble::Timeout, "ns-silent"),
        (Trouble::Truncated, "ns-silent"),
    ] {
        let report = World::healthy()
            .fails(Who::Ns2, None, Outcome::Trouble(trouble))
            .look("example.com");
        assert_eq!(report.dmarc.state, "published");
        assert_eq!(codes(&report), [code]);
        assert_eq!(report.verdict, "warning");
        assert!(report.findings[0].name.starts_with("ns2"));
    }
}

/// FAULTS D14 and D15: the name servers have it, the resolver still remembers the "no" or the old value.
#[test]
fn d14_d15_an_old_copy_is_spreading() {
    for outcome in [
        Outcome::NoName { ttl: Some(600) },
        texts("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
    ] {
        let report = World::healthy()
            .fails(Who::Resolver, Some("_dmarc.example.com"), outcome)
            .look("example.com");
        assert_eq!(report.dmarc.state, "spreading");
        assert_eq!(report.dmarc.policy.as_deref(), Some("reject"));
        assert_eq!(codes(&report), ["dns-old-copy"]);
    }
}

/// FAULTS D16 and D17: the name servers differ.
#[test]
fn d16_d17_split_servers_are_spreading() {
    let report = World::healthy()
        .fails(
            Who::Ns2,
            Some("_dmarc.example.com"),
            Outcome::NoName { ttl: Some(300) },
        )
        .look("example.com");
    assert_eq!(report.dmarc.state, "spreading");
    let finding = &report.findings[0];
    assert_eq!(finding.code, "dns-servers-disagree");
    assert!(
        finding
            .message
            .contains("ns1.host.example and ns2.host.example answer differently")
    );
}

/// FAULTS D23: a policy that is kept at a provider by an alias.
#[test]
fn d23_an_alias_is_followed_and_told() {
    let report = World::healthy()
        .without("_dmarc.example.com")
        .alias("_dmarc.example.com", "example.com.dmarc.vendor.example")
        .with("example.com.dmarc.vendor.example", DMARC)
        .look("example.com");
    assert_eq!(report.dmarc.state, "published");
    assert_eq!(report.elsewhere.len(), 1);
    assert_eq!(report.elsewhere[0].by, "cname");
    assert_eq!(report.elsewhere[0].to, "example.com.dmarc.vendor.example");
}

/// FAULTS D24: an alias that leads nowhere.
#[test]
fn d24_an_alias_to_nothing_is_named() {
    let report = World::healthy()
        .without("_dmarc.example.com")
        .alias("_dmarc.example.com", "gone.vendor.example")
        .look("example.com");
    assert_eq!(report.dmarc.state, "missing");
    assert_eq!(codes(&report), ["dmarc-dangling-alias"]);
}

/// FAULTS D27: a wildcard answers for selectors and for `_dmarc`.
#[test]
fn d27_wildcards_are_not_taken_for_records() {
    let mut world = World::healthy()
        .without("_dmarc.example.com")
        .without("mail._domainkey.example.com");
    for owner in [
        "_dmarc.example.com",
        "mail._domainkey.example.com",
        "default._domainkey.example.com",
        "s1._domainkey.example.com",
        "nobounce-probe-q7x2._domainkey.example.com",
        "nobounce-probe-q7x2.example.com",
    ] {
        world.text(owner, SPF);
    }
    let report = world.look("example.com");
    assert_eq!(report.dkim.selectors, Vec::new());
    assert_eq!(report.dmarc.state, "conflict");
    assert!(codes(&report).contains(&"panel-wildcard-answers"));
}

/// FAULTS D38: the record is at another name.
#[test]
fn d38_a_misplaced_record_is_found() {
    for (at, code) in [
        ("example.com", "panel-at-apex"),
        ("dmarc.example.com", "panel-underscore-missing"),
        ("_dmarc.example.com.example.com", "panel-name-doubled"),
        ("_dmarc.www.example.com", "panel-at-www"),
    ] {
        let report = World::healthy()
            .without("_dmarc.example.com")
            .with(at, DMARC)
            .look("example.com");
        assert_eq!(report.dmarc.state, "misplaced", "{at}");
        assert_eq!(codes(&report), [code], "{at}");
        assert_eq!(report.findings[0].name, "_dmarc.example.com");
        assert!(report.findings[0].message.contains(at), "{at}");
    }
}

/// FAULTS D49: reports to another organization, which agrees, does not, or cannot be asked.
#[test]
fn d49_outside_report_addresses_are_checked() {
    let outside = "v=DMARC1; p=reject; rua=mailto:x@vendor.example";
    let world = World::healthy()
        .without("_dmarc.example.com")
        .with("_dmarc.example.com", outside);
    let question = "example.com._report._dmarc.vendor.example";
    for (world, word, code) in [
        (world.clone(), "no", vec!["dmarc-external-not-authorized"]),
        (world.clone().with(question, "v=DMARC1;"), "yes", vec![]),
        (
            world.fails(Who::Resolver, Some(question), SERVFAIL),
            "unknown",
            vec![],
        ),
    ] {
        let report = world.look("example.com");
        assert_eq!(report.dmarc.rua[0].authorized, word);
        assert_eq!(codes(&report), code);
    }
}

/// FAULTS D55 and D56: a network whose resolver answers for names that cannot exist is told, and not relied on.
#[test]
fn d55_d56_a_rewriting_network_is_told() {
    let mut world = World::healthy();
    let portal = Data::A(Ipv4Addr::new(10, 0, 0, 1));
    world.add("nobounce-probe-q7x2.invalid", RecordType::A, portal);
    let report = world.look("example.com");
    assert_eq!(codes(&report), ["dns-rewritten"]);
    assert_eq!(report.dmarc.state, "published");
    let silent = Outcome::Trouble(Trouble::Timeout);
    let report = world
        .fails(Who::Ns1, None, silent.clone())
        .fails(Who::Ns2, None, silent)
        .look("example.com");
    assert_eq!(report.dmarc.state, "unknown");
    assert_eq!(report.spf.state, "unknown");

    // A portal that denies everything but the addresses of its own page.
    let mut portal = World::healthy();
    portal.records.clear();
    let page = Data::A(Ipv4Addr::new(10, 0, 0, 1));
    portal.add("nobounce-probe-q7x2.invalid", RecordType::A, page);
    let report = portal.look("example.com");
    assert_eq!(codes(&report), ["dns-rewritten"]);
    assert_eq!(report.verdict, "unknown");
}

/// FAULTS D12 and D60: where the way to the name servers is not known, nothing is said about the records.
#[test]
fn d12_d60_no_way_to_the_zone_is_unknown() {
    let report = World::healthy()
        .fails(Who::Resolver, None, Outcome::Trouble(Trouble::Timeout))
        .look("example.com");
    assert_eq!(report.verdict, "unknown");
    assert_eq!(
        [report.spf.state.as_str(), &report.dmarc.state],
        ["unknown", "unknown"]
    );
    assert!(!codes(&report).iter().any(|code| code.ends_with("-missing")));
}

/// FAULTS D61: the domain does not exist.
#[test]
fn d61_an_absent_domain_is_said_once() {
    let report = World::healthy().look("exmaple.com");
    assert_eq!(codes(&report), ["domain-does-not-exist"]);
    assert_eq!(report.zone, None);
    assert_eq!(report.verdict, "error");
}

/// FAULTS D62: a subdomain lives in the zone of its parent; `_dmarc` can be a zone of its own.
#[test]
fn d62_the_zone_of_a_subdomain_is_found() {
    let mut world = World::healthy();
    world.add(
        "news.example.com",
        RecordType::A,
        Data::A(Ipv4Addr::LOCALHOST),
    );
    let report = world.look("news.example.com");
    assert_eq!(report.zone.as_deref(), Some("example.com"));
    assert_eq!(report.dmarc.found_at.as_deref(), Some("_dmarc.example.com"));
    assert_eq!(report.dmarc.organizational_domain, "example.com");
    assert_eq!(report.dmarc.policy.as_deref(), Some("reject"));

    let mut world = World::healthy();
    world.add(
        "_dmarc.example.com",
        RecordType::Ns,
        Data::Ns(name("ns.vendor.example")),
    );
    let lame = Outcome::Trouble(Trouble::NotAuthoritative);
    let report = world
        .fails(Who::Ns1, Some("_dmarc.example.com"), lame.clone())
        .fails(Who::Ns2, Some("_dmarc.example.com"), lame)
        .look("example.com");
    assert_eq!(report.elsewhere[0].by, "ns");
    assert_eq!(report.elsewhere[0].to, "ns.vendor.example");
    assert_eq!(report.dmarc.state, "published");
}

/// A key under a named selector: seen where it is, missed where it is not, found where it was put by mistake (P1, P4).
#[test]
fn named_selectors_are_always_in_the_report() {
    for (at, state) in [
        ("sel._domainkey.example.com", "published"),
        ("elsewhere.example.com", "missing"),
        ("sel._domainkey.example.com.example.com", "misplaced"),
        ("sel.example.com", "misplaced"),
    ] {
        let world = World::healthy().with(at, KEY);
        let mut audit = Audit::new(Scope {
            domain: name("example.com"),
            manner: Manner::Careful,
            input: "example.com".to_owned(),
            selectors: vec!["sel".parse().unwrap()],
            guesses: Vec::new(),
            port: 53,
            pinned: BTreeMap::new(),
        });
        let mut waiting = audit.first();
        while let Some(ask) = waiting.pop() {
            let servers = match ask.whom {
                Whom::Servers(servers) => servers,
                _ => vec![Server::Resolver {
                    address: SocketAddr::from(([127, 0, 0, 1], 53)),
                }],
            };
            for server in servers {
                let answer = world.answer(Who::Ns1, &ask.question);
                waiting.extend(audit.take(Sighting {
                    server,
                    question: ask.question.clone(),
                    answer,
                    seen_at: Timestamp::UNIX_EPOCH,
                }));
            }
        }
        let report = audit.report(Timestamp::UNIX_EPOCH);
        assert_eq!(report.dkim.selectors[0].state, state, "{at}");
    }
}

#[test]
fn services_are_recognized_by_their_signs() {
    let mut world = World::healthy();
    let mx = Data::Mx {
        preference: 1,
        exchange: name("aspmx.l.google.com"),
    };
    world
        .records
        .insert((name("example.com"), RecordType::Mx), vec![mx]);
    let report = world.look("example.com");
    assert_eq!(
        report.mx.provider.as_ref().map(|p| p.id.as_str()),
        Some("google-workspace")
    );
    assert_eq!(report.senders[0].by, "MX aspmx.l.google.com");
}

/// Before anything is known, nothing is claimed.
#[test]
fn an_empty_look_claims_nothing() {
    let audit = Audit::new(Scope {
        domain: name("example.com"),
        manner: Manner::Quick,
        input: String::new(),
        selectors: Vec::new(),
        guesses: Vec::new(),
        port: 53,
        pinned: BTreeMap::new(),
    });
    let report = audit.report(Timestamp::UNIX_EPOCH);
    assert_eq!(report.verdict, "unknown");
    assert_eq!(codes(&report), Vec::<&str>::new());
    for state in [
        &report.spf.state,
        &report.dkim.state,
        &report.dmarc.state,
        &report.mx.state,
    ] {
        assert_eq!(state, "unknown");
    }
}

/// FAULTS D14: the careful look asks no resolver about a record that the name servers do not have.
#[test]
fn d14_a_careful_look_plants_no_denial() {
    let world = World::healthy()
        .without("_dmarc.example.com")
        .without("mail._domainkey.example.com");
    let mut asked = Vec::new();
    let report = world.look_step_by_step(
        "example.com",
        Manner::Careful,
        Hand::One,
        &mut |_| 0,
        &mut |audit| {
            asked = audit
                .sightings
                .iter()
                .filter(|sighting| !sighting.server.is_authoritative())
                .map(|sighting| sighting.question.owner.clone())
                .collect();
        },
    );
    assert_eq!(
        [report.dmarc.state.as_str(), &report.dkim.state],
        ["missing", "unknown"]
    );
    assert!(asked.len() > 7, "{}", asked.len());
    for owner in &asked {
        let delicate = owner.is_within(&name("_dmarc.example.com"))
            || owner.is_within(&name("_domainkey.example.com"));
        assert!(!delicate, "{owner}");
    }
}

/// FAULTS D14: nor about the text of the domain itself, nor about a permission to send reports that the same servers hold.
#[test]
fn d14_a_careful_look_spares_the_texts_of_the_domain() {
    let mut bare = World::healthy();
    bare.records.remove(&(name("example.com"), RecordType::Txt));
    // Mail of shop.example.com: a part of the zone with an organization of its own.
    let beside = World::healthy().without("_dmarc.example.com").with(
        "_dmarc.shop.example.com",
        "v=DMARC1; p=none; psd=n; rua=mailto:a@example.com",
    );
    for (world, domain, spared) in [
        (&bare, "example.com", "example.com"),
        (
            &beside,
            "shop.example.com",
            "shop.example.com._report._dmarc.example.com",
        ),
    ] {
        let spared = Question::new(name(spared), RecordType::Txt);
        let mut by_resolver = false;
        let mut by_server = false;
        let report = world.look_step_by_step(
            domain,
            Manner::Careful,
            Hand::One,
            &mut |_| 0,
            &mut |audit| {
                for sighting in &audit.sightings {
                    let is_authoritative = sighting.server.is_authoritative();
                    by_resolver |= !is_authoritative && sighting.question == spared;
                    by_server |= is_authoritative && sighting.question == spared;
                }
            },
        );
        assert!(by_server && !by_resolver, "{domain}");
        assert_eq!(report.spf.state, "missing");
        let authorized: Vec<&str> = report
            .dmarc
            .rua
            .iter()
            .map(|row| row.authorized.as_str())
            .collect();
        let expected = if domain == "example.com" {
            "same-domain"
        } else {
            "no"
        };
        assert_eq!(authorized, [expected]);
        // Only receivers of the new standard see two organizations here.
        assert!(
            report
                .findings
                .iter()
                .all(|row| row.code != "dmarc-external-not-authorized" || row.severity == "note")
        );
        world.look(domain);
    }
    let there = World::healthy().look("example.com");
    assert_eq!(there.spf.state, "published");
}

/// On the way, a record is never called missing that is found in the end.
#[test]
fn nothing_is_denied_before_it_is_known() {
    let misplaced = World::healthy()
        .without("_dmarc.example.com")
        .with("dmarc.example.com", DMARC);
    for (world, state) in [(World::healthy(), "published"), (misplaced, "misplaced")] {
        for order in 0..7 {
            let mut steps = 0;
            let report = world.look_step_by_step(
                "example.com",
                if order % 2 == 0 {
                    Manner::Quick
                } else {
                    Manner::Careful
                },
                Hand::One,
                &mut |waiting| order * waiting / 6,
                &mut |audit| {
                    let report = audit.report(Timestamp::UNIX_EPOCH);
                    steps += 1;
                    for state in [
                        &report.spf.state,
                        &report.dkim.state,
                        &report.dmarc.state,
                        &report.mx.state,
                    ] {
                        assert_ne!(state, "missing");
                    }
                },
            );
            assert_eq!(report.dmarc.state, state);
            assert!(steps > 20);
        }
    }
}

fn fault() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(SERVFAIL),
        Just(Outcome::Trouble(Trouble::Timeout)),
        Just(Outcome::Trouble(Trouble::Refused)),
        Just(Outcome::Trouble(Trouble::Truncated)),
        Just(Outcome::Trouble(Trouble::Malformed)),
        Just(Outcome::Trouble(Trouble::Loop)),
        Just(Outcome::Trouble(Trouble::NotAuthoritative)),
        Just(Outcome::Trouble(Trouble::Unreachable)),
    ]
}

fn faults() -> impl Strategy<Value = Vec<(Who, Option<DomainName>, Outcome)>> {
    let owner = prop_oneof![
        Just(None),
        Just(Some(name("example.com"))),
        Just(Some(name("_dmarc.example.com"))),
        Just(Some(name("mail._domainkey.example.com"))),
        Just(Some(name("ns1.host.example"))),
    ];
    let who = prop_oneof![Just(ALL[0]), Just(ALL[1]), Just(ALL[2])];
    prop::collection::vec((who, owner, fault()), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The law of verdicts: trouble never makes a record missing, and never makes an absent one published.
    #[test]
    fn trouble_never_lies(faults in faults(), order in any::<u64>()) {
        let mut seed = order;
        let mut pick = |_: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap()
        };
        let world = World { instead: faults.clone(), ..World::healthy() };
        let report = world.look_in_order("example.com", &mut pick);
        for state in [&report.spf.state, &report.dmarc.state, &report.mx.state] {
            prop_assert!(["published", "unknown"].contains(&state.as_str()), "{state}");
        }
        for selector in &report.dkim.selectors {
            prop_assert!(["published", "unknown"].contains(&selector.state.as_str()));
        }
        prop_assert!(!codes(&report).iter().any(|code| code.ends_with("missing") || *code == "domain-does-not-exist"));

        let mut bare = World { instead: faults, ..World::healthy() }
            .without("_dmarc.example.com")
            .without("mail._domainkey.example.com");
        bare.records.remove(&(name("example.com"), RecordType::Txt));
        let report = bare.look_in_order("example.com", &mut pick);
        for state in [&report.spf.state, &report.dmarc.state] {
            prop_assert!(["missing", "unknown"].contains(&state.as_str()), "{state}");
        }
        prop_assert!(!report.green.record_published && !report.green.policy_enabled && !report.green.spf_and_dkim);
    }

    /// The order in which answers come in does not change the report.
    #[test]
    fn the_order_of_answers_does_not_matter(faults in faults(), order in any::<u64>()) {
        let mut seed = order;
        let mut pick = |_: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap()
        };
        let world = World { instead: faults, ..World::healthy() };
        for manner in [Manner::Quick, Manner::Careful] {
            let report = world.look_step_by_step("example.com", manner, Hand::One, &mut pick, &mut |_| {});
            let plain = world.look_step_by_step("example.com", manner, Hand::One, &mut |_| 0, &mut |_| {});
            prop_assert_eq!(report, plain);
        }
    }
}

/// A server that fails at all that every server is asked for does not count as answering because another question happened to go to it.
#[test]
fn whom_other_questions_went_to_does_not_matter() {
    let names = [
        "example.com",
        "mail._domainkey.example.com",
        "_dmarc.example.com",
    ];
    let world = names.into_iter().fold(World::healthy(), |world, name| {
        world.fails(Who::Ns1, Some(name), SERVFAIL)
    });
    let mut seed = 2_262_205_170_195_337_992_u64;
    let mut pick = |_: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap()
    };
    for manner in [Manner::Quick, Manner::Careful] {
        let mixed =
            world.look_step_by_step("example.com", manner, Hand::One, &mut pick, &mut |_| {});
        let plain =
            world.look_step_by_step("example.com", manner, Hand::One, &mut |_| 0, &mut |_| {});
        assert_eq!(mixed, plain);
        assert!(!mixed.nameservers[0].answers);
    }
}

/// A healthy domain on eight name servers, with `spf` in place of its SPF record.
fn on_eight_servers(spf: &str) -> World {
    let mut world = World::healthy();
    for number in 3..=8u8 {
        let ns = format!("ns{number}.host.example");
        world.add("example.com", RecordType::Ns, Data::Ns(name(&ns)));
        let address = Ipv4Addr::new(192, 0, 2, number);
        world.add(&ns, RecordType::A, Data::A(address));
    }
    world
        .records
        .remove(&(name("example.com"), RecordType::Txt));
    world.with("example.com", spf)
}

/// Many name servers do not use up the questions that the tree of the SPF record needs.
#[test]
fn a_big_tree_on_many_servers_is_grown_to_its_end() {
    let mut spf = "v=spf1".to_owned();
    for number in 0..7 {
        spf.push_str(&format!(" a:h{number}.test"));
    }
    let mut world = on_eight_servers(&format!("{spf} include:big.test ~all"))
        .with("big.test", "v=spf1 include:mid.test ~all")
        .with(
            "mid.test",
            "v=spf1 include:e1.test include:e2.test include:e3.test include:e4.test ~all",
        );
    for number in 0..7 {
        let address = "2001:db8::1".parse().unwrap();
        let owner = format!("h{number}.test");
        world.add(&owner, RecordType::Aaaa, Data::Aaaa(address));
    }
    for number in 1..=4 {
        world.text(&format!("e{number}.test"), "v=spf1 ip4:192.0.2.9 ~all");
    }
    let report = world.look("example.com");
    assert_eq!(report.spf.lookups, 13);
    assert!(report.spf.complete);
    assert_eq!(codes(&report), ["spf-too-many-lookups"]);
    assert!(!report.green.spf_and_dkim);
    assert_eq!(report.dmarc.state, "published");
}

/// A tree too big to be grown to its end is told to be so, and is never good.
#[test]
fn a_tree_that_was_cut_is_no_whole_tree() {
    let mut world = on_eight_servers("v=spf1 include:big.test ~all");
    let mut big = "v=spf1".to_owned();
    for number in 0..80 {
        let host = format!("h{number}.test");
        big.push_str(&format!(" a:{host}"));
        world.add(&host, RecordType::A, Data::A(Ipv4Addr::new(192, 0, 2, 9)));
    }
    let report = world.with("big.test", &big).look("example.com");
    assert!(!report.spf.complete);
    assert!(!report.green.spf_and_dkim);
    assert!(codes(&report).contains(&"spf-lookup-trouble"));
    assert_eq!(report.dmarc.state, "published");
    assert!(World::healthy().look("example.com").spf.complete);
    let none = World::healthy().without("example.com").look("example.com");
    assert!(none.spf.complete, "a record that is absent");
}

/// FAULTS D12: an include that cannot be looked up is no good SPF record, and no bad one.
#[test]
fn d12_an_include_in_trouble_is_unknown() {
    let mut world = World::healthy().fails(Who::Resolver, Some("x.test"), SERVFAIL);
    world
        .records
        .remove(&(name("example.com"), RecordType::Txt));
    let report = world
        .with("example.com", "v=spf1 include:x.test ~all")
        .look("example.com");
    assert_eq!(codes(&report), ["spf-lookup-trouble"]);
    assert_eq!(report.verdict, "unknown");
    assert!(!report.green.spf_and_dkim);
}

/// FAULTS D15, D16: whether the servers of the zone agree is told apart from what they say.
#[test]
fn d16_servers_that_disagree_are_told() {
    let agreed = |world: World| {
        let report = world.look("example.com");
        (report.spf.agreed, report.dmarc.agreed)
    };
    let healthy = World::healthy;
    assert_eq!(agreed(healthy()), (true, true));
    let other = texts("google-site-verification=x");
    assert_eq!(
        agreed(healthy().fails(Who::Ns1, Some("example.com"), other.clone())),
        (false, true)
    );
    let old = texts("v=DMARC1; p=none");
    assert_eq!(
        agreed(healthy().fails(Who::Ns2, Some("_dmarc.example.com"), old.clone())),
        (true, false)
    );
    // Missing everywhere, one server silent, only the resolver behind: those that answer agree.
    assert_eq!(
        agreed(healthy().without("_dmarc.example.com")),
        (true, true)
    );
    let silent = Outcome::Trouble(Trouble::Timeout);
    assert_eq!(
        agreed(healthy().fails(Who::Ns1, None, silent.clone())),
        (true, true)
    );
    assert_eq!(
        agreed(healthy().fails(Who::Resolver, Some("_dmarc.example.com"), old)),
        (true, true)
    );
    // Nobody of the zone answers.
    assert_eq!(
        agreed(
            healthy()
                .fails(Who::Ns1, None, silent.clone())
                .fails(Who::Ns2, None, silent)
        ),
        (false, false)
    );
}

/// FAULTS D11: a resolver whose empty answers do not show whose they are makes nothing missing.
#[test]
fn d11_weak_answers_alone_make_nothing_missing() {
    for no in [Outcome::NoData { ttl: None }, Outcome::NoName { ttl: None }] {
        let report = World::healthy()
            .fails(Who::Resolver, None, no.clone())
            .look("example.com");
        assert_eq!(report.verdict, "unknown");
        assert_eq!(
            [
                report.spf.state.as_str(),
                &report.dmarc.state,
                &report.mx.state
            ],
            ["unknown"; 3]
        );
        assert!(
            codes(&report)
                .iter()
                .all(|code| !code.ends_with("-missing") && !code.contains("exist")),
            "{:?}",
            codes(&report)
        );
        // An include, and who takes reports: asked of resolvers alone.
        let mut world = World::healthy()
            .without("_dmarc.example.com")
            .with(
                "_dmarc.example.com",
                "v=DMARC1; p=none; rua=mailto:a@vendor.test",
            )
            .fails(Who::Resolver, Some("x.test"), no.clone())
            .fails(
                Who::Resolver,
                Some("example.com._report._dmarc.vendor.test"),
                no.clone(),
            );
        world
            .records
            .remove(&(name("example.com"), RecordType::Txt));
        let report = world
            .with("example.com", "v=spf1 include:x.test ~all")
            .look("example.com");
        assert_eq!(report.dmarc.rua[0].authorized, "unknown");
        assert_eq!(report.spf.void_lookups, 0);
        assert_eq!(report.verdict, "unknown");
        // The servers of the zone are believed.
        let report = World::healthy()
            .without("_dmarc.example.com")
            .fails(Who::Ns1, Some("_dmarc.example.com"), no.clone())
            .fails(Who::Ns2, Some("_dmarc.example.com"), no.clone())
            .fails(Who::Resolver, Some("_dmarc.example.com"), no)
            .look("example.com");
        assert_eq!(report.dmarc.state, "missing");
    }
}

#[test]
fn a_careful_look_tells_all_that_stands_at_each_name() {
    let world = World::healthy()
        .with("example.com", "site-verification=1; \"q\"")
        .alias("s1._domainkey.example.com", "s1.vendor.example");
    let set = |report: &Report, name: &str, record_type: &str| {
        report
            .sets
            .iter()
            .find(|set| set.name == name && set.record_type == record_type)
            .cloned()
    };
    let report = world.look_carefully("example.com");
    let apex = set(&report, "example.com", "TXT").unwrap();
    assert!(apex.agreed);
    assert_eq!(apex.values, ["site-verification=1; \"q\"", SPF]);
    assert_eq!(apex.ttl, Some(300));
    let mx = set(&report, "example.com", "MX").unwrap();
    assert_eq!(mx.values, ["10 mail.example.com"]);
    let alias = set(&report, "s1._domainkey.example.com", "TXT").unwrap();
    assert_eq!(alias.alias.as_deref(), Some("s1.vendor.example"));
    assert!(alias.values.is_empty());
    let empty = set(&report, "default._domainkey.example.com", "TXT").unwrap();
    assert!(empty.agreed && empty.values.is_empty() && empty.alias.is_none());

    // What a wildcard gives to every name does not stand at one.
    let wild = world
        .clone()
        .with("nobounce-probe-q7x2._domainkey.example.com", "wild")
        .with("default._domainkey.example.com", "wild");
    let report = wild.look_carefully("example.com");
    let given = set(&report, "default._domainkey.example.com", "TXT").unwrap();
    assert!(given.agreed && given.values.is_empty());
    let own = set(&report, "mail._domainkey.example.com", "TXT").unwrap();
    assert_eq!(own.values, [KEY]);

    // One server says something else: nothing may be built on it. One that is silent changes nothing, two leave nothing.
    let other = Outcome::Records {
        data: vec![Data::Txt(Untrusted::from("other"))],
        ttl: 300,
    };
    let trouble = || Outcome::Trouble(Trouble::Timeout);
    let divided = world
        .clone()
        .fails(Who::Ns2, Some("example.com"), other)
        .look_carefully("example.com");
    assert!(!set(&divided, "example.com", "TXT").unwrap().agreed);
    let silent = world.clone().fails(Who::Ns2, None, trouble());
    let report = silent.look_carefully("example.com");
    assert_eq!(set(&report, "example.com", "TXT"), Some(apex));
    let report = silent
        .fails(Who::Ns1, None, trouble())
        .look_carefully("example.com");
    assert_eq!(report.sets, []);
}

// Domain Connect: asked where the name servers do not tell the DNS host.

fn dns_host(report: &Report) -> Option<(&str, &str)> {
    let host = report.dns_host.as_ref()?;
    Some((host.id.as_str(), report.dns_host_by.as_deref()?))
}

/// A healthy domain with these name servers in place of its own.
fn served_by(servers: [&str; 2]) -> World {
    let mut world = World::healthy();
    world.records.remove(&(name("example.com"), RecordType::Ns));
    for (server, ip) in servers.into_iter().zip([1, 2]) {
        world.add("example.com", RecordType::Ns, Data::Ns(name(server)));
        world.add(server, RecordType::A, Data::A(Ipv4Addr::new(192, 0, 2, ip)));
    }
    world
}

#[test]
fn the_domain_names_its_dns_host_where_the_name_servers_do_not() {
    let white_label = World::healthy;
    let report = white_label()
        .with("_domainconnect.example.com", "api.domainconnect.ionos.com")
        .look("example.com");
    assert_eq!(dns_host(&report), Some(("ionos", "domain-connect")));
    assert!(report.is_dns_host_hinted());
    let report = white_label()
        .alias(
            "_domainconnect.example.com",
            "_domainconnect.gd.domaincontrol.com",
        )
        .look("example.com");
    assert_eq!(dns_host(&report), Some(("godaddy", "domain-connect")));
    // Nobody, and what is hostile, names nobody.
    for text in [
        "connect.example.net",
        "\u{1b}]0;api.cloudflare.com",
        "v=spf1 -all",
    ] {
        let report = white_label()
            .with("_domainconnect.example.com", text)
            .look("example.com");
        assert_eq!(dns_host(&report), None, "{text:?}");
    }
    assert_eq!(dns_host(&white_label().look("example.com")), None);
    let silent = white_label()
        .fails(Who::Resolver, Some("_domainconnect.example.com"), SERVFAIL)
        .look("example.com");
    assert_eq!(dns_host(&silent), None);
    assert_eq!(codes(&silent), Vec::<&str>::new());
}

#[test]
fn name_servers_that_tell_the_dns_host_are_believed_before_the_domain() {
    let asked = |world: &World| {
        let mut questions = 0;
        world.look_in_order("example.com", &mut |_| {
            questions += 1;
            0
        });
        questions
    };
    let old = "_domainconnect.gd.domaincontrol.com";
    let moved = served_by(["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"]);
    let report = moved
        .clone()
        .alias("_domainconnect.example.com", old)
        .look("example.com");
    assert_eq!(dns_host(&report), Some(("cloudflare", "ns")));
    assert!(!report.is_dns_host_hinted());
    // It is one question, and not asked where the name servers tell.
    assert_eq!(asked(&World::healthy()), asked(&moved) + 1);
    // Of companies that share their name servers, the one that the domain names; another one is not believed.
    let shared = [
        "ns-cloud-a1.googledomains.com",
        "ns-cloud-a2.googledomains.com",
    ];
    assert_eq!(dns_host(&served_by(shared).look("example.com")), None);
    let squarespace = served_by(shared)
        .alias(
            "_domainconnect.example.com",
            "_domainconnect.domains.squarespace.com",
        )
        .look("example.com");
    assert_eq!(
        dns_host(&squarespace),
        Some(("squarespace-domains", "domain-connect"))
    );
    let other = served_by(shared)
        .alias("_domainconnect.example.com", old)
        .look("example.com");
    assert_eq!(dns_host(&other), None);
}
