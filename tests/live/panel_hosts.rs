//! The panel mistakes P18 to P26 on live DNS: what the DNS host has a part in, other types and targets, addresses for reports.

use jiff::SignedDuration;
use jiff::Timestamp;
use nobounce::audit::Manner;
use nobounce::audit::Scope;
use nobounce::catalog::dns_host;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::plan;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::Answer;
use nobounce::plan::page::PageId;
use nobounce::plan::waiting;
use nobounce::plan::wanted::Wanted;
use nobounce::records::record::Content;

use crate::panel_zone::DMARC;
use crate::panel_zone::SPF;
use crate::panel_zone::alias;
use crate::panel_zone::answer;
use crate::panel_zone::around;
use crate::panel_zone::case;
use crate::panel_zone::dmarc;
use crate::panel_zone::record;
use crate::panel_zone::row;
use crate::panel_zone::said;
use crate::panel_zone::server;
use crate::panel_zone::spf;
use crate::panel_zone::text;
use crate::panel_zone::value;
use crate::panel_zone::watch;
use crate::scripted::Scripted;
use crate::scripted::client;
use crate::scripted::name;

/// A setup whose servers are those of `host`, with a DMARC record to publish.
fn setup(client: &Client, name_server: &str) -> (Facts, Live, Wanted) {
    let _ = client;
    let wanted = Wanted {
        step: plan::StepId::Monitor,
        sender: None,
        purpose: String::new(),
        record: dmarc(),
        key: "_dmarc.example.com TXT".to_owned(),
        replaces: None,
    };
    let mut facts = Facts::new("example.com");
    facts.seen.insert(
        wanted.key.clone(),
        serde_json::from_value(serde_json::json!({
            "verdict": "missing", "value": DMARC, "at": Timestamp::UNIX_EPOCH,
        }))
        .unwrap(),
    );
    let mut report = nobounce::audit::Audit::new(Scope {
        domain: name("example.com"),
        manner: Manner::Quick,
        input: String::new(),
        selectors: Vec::new(),
        guesses: Vec::new(),
        port: 53,
        pinned: Default::default(),
    })
    .report(Timestamp::UNIX_EPOCH);
    report.zone = Some("example.com".to_owned());
    report.nameservers = vec![
        serde_json::from_value(serde_json::json!({
            "name": name_server, "addresses": [], "answers": true, "serial": 7,
        }))
        .unwrap(),
    ];
    if let dns_host::DnsHostMatch::Known(host) = dns_host::dns_host_of(&[name(name_server)]) {
        report.dns_host = serde_json::from_value(serde_json::json!({
            "id": host.id.as_str(), "name": host.name,
        }))
        .unwrap();
    }
    facts.survey = Some(report);
    (facts, Live::default(), wanted)
}

/// Looks at `serials` one after the other, `minutes` apart; gives what is said then.
async fn waited(
    serials: [u32; 2],
    minutes: i64,
    name_server: &str,
    typed_at: Option<&str>,
) -> Vec<String> {
    let serial = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(serials[0]));
    let rows = around("_dmarc.example.com");
    let server = Scripted::start({
        let serial = serial.clone();
        move |heard| {
            answer(
                &rows,
                serial.load(std::sync::atomic::Ordering::Relaxed),
                heard,
            )
        }
    })
    .await;
    let client = Client::new(Config {
        authoritative_port: server.address.port(),
        ..client(&[&server]).config
    });
    let (mut facts, mut live, wanted) = setup(&client, name_server);
    let mut now = Timestamp::from_second(1_800_000_000).unwrap();
    for next in serials {
        serial.store(next, std::sync::atomic::Ordering::Relaxed);
        let (judgement, sightings) = watch(&client, &wanted.record).await;
        assert_eq!(said(&judgement), "missing");
        let zone = name("example.com");
        waiting::looked(&mut facts, &wanted.key, &zone, &judgement, &sightings, now);
        live.judged.insert(wanted.key.clone(), (judgement, now));
        live.now = now;
        now = now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    }
    if let Some(company) = typed_at {
        let id = PageId::TypedAt {
            key: wanted.key.clone(),
        };
        let answer = Answer::Typed(company.to_owned());
        assert_eq!(plan::reply(&mut facts, &id, answer, &live).complaint, None);
    }
    let card = plan::panel::card(&wanted, &facts, &live);
    let plan::page::Watch::Seen { judgement, .. } = card.watch else {
        panic!("{:?}", card.watch);
    };
    judgement
        .findings
        .iter()
        .map(|finding| format!("{}: {} {}", finding.code, finding.message, finding.remedy))
        .collect()
}

#[tokio::test]
async fn p18_typed_in_at_another_company() {
    let ns = "amy.ns.cloudflare.com";
    let said = waited([7, 7], 1, ns, Some("go daddy")).await;
    assert_eq!(
        said,
        [
            "panel-edited-elsewhere: Your DNS lives at Cloudflare, and you typed the record in at GoDaddy. What is changed there has no \
             effect. Sign in at Cloudflare (https://dash.cloudflare.com/) and make the record there. Take it out again at GoDaddy, so \
             that it confuses nobody later."
        ]
    );
    for right in ["Cloudflare", "cloudflair", ""] {
        assert_eq!(
            waited([7, 7], 1, ns, Some(right)).await,
            Vec::<String>::new()
        );
    }
    let other = waited([7, 7], 1, ns, Some("Joe's Web Shop")).await;
    assert!(
        other[0].contains("typed the record in at Joe's Web Shop"),
        "{other:?}"
    );
    // Name servers that nobody knows may be those of a company under another name.
    let vanity = waited([7, 7], 1, "ns1.shop.test", Some("Joe's Web Shop")).await;
    assert_eq!(vanity, Vec::<String>::new());
    let vanity = waited([7, 7], 1, "ns1.shop.test", Some("GoDaddy")).await;
    assert!(
        vanity[0].contains("at the company that runs ns1.shop.test"),
        "{vanity:?}"
    );
}

#[tokio::test]
async fn p19_saved_and_not_published() {
    let ns = "ns1.domaincontrol.com";
    assert_eq!(waited([7, 7], 5, ns, None).await, Vec::<String>::new());
    let said = waited([7, 7], 25, ns, None).await;
    assert!(
        said[0].starts_with("panel-not-applied: Nothing new was published for 25 minutes"),
        "{said:?}"
    );
    assert!(said[0].contains("At GoDaddy ("), "{said:?}");
    let said = waited([7, 8], 1, ns, None).await;
    assert!(
        said[0].starts_with("panel-other-change: Something new was published"),
        "{said:?}"
    );
    // A host that never raises the number proves nothing.
    let quiet = waited([1, 1], 25, "ns-1.awsdns-01.com", None).await;
    assert_eq!(quiet, Vec::<String>::new());
}

#[tokio::test]
async fn p20_a_proxy_answers_in_place_of_the_alias() {
    let wanted = alias();
    let (watcher, look) = ("differs panel-cname-proxied", &["panel-cname-proxied"]);
    for (address, words) in [
        ("104.16.1.2", "web proxy of Cloudflare"),
        ("192.0.2.7", "answers in its place (a proxy)"),
    ] {
        let rows = vec![row("k2._domainkey.example.com", "A", address)];
        case(&wanted, rows.clone(), watcher, look).await;
        let mut all = around("k2._domainkey.example.com");
        all.retain(|row| row.0 != "k2._domainkey.example.com");
        all.extend(rows);
        let (_server, client) = server(all).await;
        let message = watch(&client, &wanted).await.0.findings[0].message.clone();
        assert!(message.contains(words), "{message}");
    }
    // An address that a wildcard gives to every name is no proxy.
    let mut rows = vec![row("*.example.com", "A", "192.0.2.7")];
    rows.extend([
        text("example.com", SPF),
        text("_spf.google.com", "v=spf1 -all"),
    ]);
    let (_server, client) = server(rows).await;
    assert_eq!(said(&watch(&client, &wanted).await.0), "missing");
}

#[tokio::test]
async fn p21_the_policy_that_the_host_made() {
    let made = "v=DMARC1; p=quarantine; adkim=r; aspf=r; rua=mailto:dmarc_rua@onsecureserver.net;";
    let look = &["dmarc-host-default", "dmarc-external-not-authorized"];
    value(dmarc(), made, "differs dmarc-host-default", look).await;
    let rows = vec![
        text("_dmarc.example.com", DMARC),
        text("_dmarc.example.com", made),
    ];
    let both = ["dmarc-two-records", "dmarc-host-default"];
    let watcher = "conflict dmarc-two-records dmarc-host-default";
    case(&dmarc(), rows, watcher, &both).await;
}

#[tokio::test]
async fn p22_the_host_rewrote_the_list_of_senders() {
    let rows = vec![
        text(
            "example.com",
            "v=spf1 include:dc-aa8e722993._spfm.example.com ~all",
        ),
        text(
            "dc-aa8e722993._spfm.example.com",
            "v=spf1 ip4:192.0.2.1 ~all",
        ),
    ];
    let look = &["spf-rewritten-by-host"];
    case(&spf(), rows, "differs spf-rewritten-by-host", look).await;
}

#[tokio::test]
async fn p23_the_target_is_doubled() {
    let rows = vec![row(
        "k2._domainkey.example.com",
        "CNAME",
        "dkim2.mcsv.net.example.com",
    )];
    let look = &["panel-target-doubled"];
    case(&alias(), rows, "differs panel-target-doubled", look).await;
}

#[tokio::test]
async fn p24_report_addresses_that_nobody_can_use() {
    let look = &["dmarc-bad-report-address", "dmarc-no-reports"];
    let watcher = "differs dmarc-bad-report-address";
    for rua in [
        "dmarc@example.com",
        "mailto:dmarc@example.com mailto:b@example.com",
    ] {
        value(
            dmarc(),
            format!("v=DMARC1; p=none; rua={rua}"),
            watcher,
            look,
        )
        .await;
    }
    value(
        dmarc(),
        "v=DMARC1; p=none; rua=mailto:dmarc@example.com;mailto:b@example.com",
        "invalid dmarc-bad-report-address",
        &look[..1],
    )
    .await;
}

#[tokio::test]
async fn p25_reports_to_a_domain_that_does_not_take_them() {
    let outside = "v=DMARC1; p=none; rua=mailto:dmarc@agency.test";
    let rows = vec![text("_dmarc.example.com", outside)];
    let wanted = record(
        "_dmarc.example.com",
        Content::Dmarc(outside.parse().unwrap()),
    );
    case(
        &wanted,
        rows,
        "published",
        &["dmarc-external-not-authorized"],
    )
    .await;
}

#[tokio::test]
async fn p26_another_type_was_chosen() {
    let look = &["panel-wrong-type"];
    let differs = "differs panel-wrong-type";
    case(
        &spf(),
        vec![row("example.com", "TYPE99", SPF)],
        differs,
        look,
    )
    .await;
    let rows = vec![text("k2._domainkey.example.com", "dkim2.mcsv.net")];
    case(&alias(), rows, differs, look).await;
    let rows = vec![row(
        "_dmarc.example.com",
        "CNAME",
        "v=DMARC1; p=none; rua=mailto:dmarc@example.com.example.com",
    )];
    case(&dmarc(), rows, differs, look).await;
}

/// Every mistake of the list has its test.
#[test]
fn all_26_mistakes_are_there() {
    let here = [include_str!("panel.rs"), include_str!("panel_hosts.rs")].concat();
    for number in 1..=26 {
        let head = format!("async fn p{number:02}_");
        assert_eq!(here.matches(&head).count(), 1, "P{number}");
    }
}
