//! The panel mistakes P1 to P26 on live DNS: each as a zone on loopback, seen by the watcher of a wanted record and by a whole look.

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record as WireRecord;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::rdata::NULL;
use jiff::SignedDuration;
use jiff::Timestamp;
use nobounce::audit::Audit;
use nobounce::audit::Manner;
use nobounce::audit::Scope;
use nobounce::audit::report::Report;
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
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::sighting::Sighting;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::judge_knowing;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::client;
use crate::scripted::cname;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::say;
use crate::scripted::soa;
use crate::scripted::txt;

const DMARC: &str = "v=DMARC1; p=none; rua=mailto:dmarc@example.com";
const SPF: &str = "v=spf1 ip4:192.0.2.1 include:_spf.google.com ~all";
const KEY: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB";

/// Owner, type and value.
type Row = (&'static str, &'static str, String);

fn row(owner: &'static str, kind: &'static str, value: impl Into<String>) -> Row {
    (owner, kind, value.into())
}

fn text(owner: &'static str, value: impl Into<String>) -> Row {
    row(owner, "TXT", value)
}

fn wire(owner: &str, (_, kind, value): &Row) -> WireRecord {
    let owner = format!("{owner}.");
    match *kind {
        "TXT" => txt(&owner, value),
        "CNAME" => {
            let mut record = cname(&owner, "host.test.");
            let target = Name::from_labels(value.split('.').map(str::as_bytes)).unwrap();
            record.data = RData::CNAME(CNAME(target));
            record
        }
        "A" => {
            let ip: std::net::Ipv4Addr = value.parse().unwrap();
            a(&owner, ip.octets())
        }
        "TYPE99" => {
            let mut record = txt(&owner, "x");
            let mut bytes = vec![u8::try_from(value.len()).unwrap()];
            bytes.extend(value.as_bytes());
            record.data = RData::Unknown {
                code: WireType::from(99),
                rdata: NULL::with(bytes),
            };
            record
        }
        other => panic!("{other}"),
    }
}

/// `example.com` with these rows and its name servers, on one server that is also the resolver.
fn answer(rows: &[Row], serial: u32, heard: &Heard) -> Vec<Say> {
    let owner = heard.owner();
    let bare = owner.trim_end_matches('.');
    match (bare, heard.kind().as_str()) {
        ("example.com", "NS") => return say(heard.answer([ns(&owner, "ns1.host.test.")])),
        ("example.com", "SOA") => {
            let mut record = soa(&owner, 60);
            if let RData::SOA(soa) = &mut record.data {
                soa.serial = serial;
            }
            return say(heard.answer([record]));
        }
        ("ns1.host.test", "A") => return say(heard.answer([a(&owner, [127, 0, 0, 1])])),
        _ => {}
    }
    let of = |name: &str| -> Vec<&Row> { rows.iter().filter(|row| row.0 == name).collect() };
    let exists = rows
        .iter()
        .any(|row| row.0 == bare || row.0.ends_with(&format!(".{bare}")));
    let found = match bare.split_once('.') {
        Some((_, rest)) if !exists => of(&format!("*.{rest}")),
        _ => of(bare),
    };
    let kind = heard.kind();
    let records: Vec<WireRecord> = found
        .iter()
        .filter(|row| {
            row.1 == kind
                || row.1 == "CNAME"
                || row.1 == "TYPE99" && heard.message.queries[0].query_type() == WireType::from(99)
        })
        .map(|row| wire(bare, row))
        .collect();
    if !records.is_empty() {
        return say(heard.answer(records));
    }
    let is_ours = bare == "example.com" || bare.ends_with(".example.com");
    let code = if exists || !found.is_empty() || bare == "example.com" {
        ResponseCode::NoError
    } else {
        ResponseCode::NXDomain
    };
    say(heard.no(code, if is_ours { "example.com." } else { "." }, 60))
}

/// What stands around every mistake: the records that the case is not about.
fn around(without: &str) -> Vec<Row> {
    let mut rows = vec![
        text("example.com", SPF),
        text("_dmarc.example.com", DMARC),
        text("s1._domainkey.example.com", KEY),
        row("k2._domainkey.example.com", "CNAME", "dkim2.mcsv.net"),
        text("dkim2.mcsv.net", KEY),
        text("_spf.google.com", "v=spf1 ip4:192.0.2.0/24 ~all"),
        row("example.com", "A", "192.0.2.9"),
    ];
    rows.retain(|row| row.0 != without || row.1 == "A");
    rows
}

async fn server(rows: Vec<Row>) -> (Scripted, Client) {
    let server = Scripted::start(move |heard| answer(&rows, 7, heard)).await;
    let client = Client::new(Config {
        authoritative_port: server.address.port(),
        ..client(&[&server]).config
    });
    (server, client)
}

async fn watch(client: &Client, wanted: &Record) -> (Judgement, Vec<Sighting>) {
    let zone = client.zone_of(&wanted.owner).await.unwrap();
    let sightings = client.look(wanted, &zone).await;
    let now = Timestamp::now();
    let judgement = judge_knowing(wanted, &zone.apex, &sightings, now, dns_host::habits());
    (judgement, sightings)
}

async fn check(client: &Client) -> Report {
    let mut audit = Audit::new(Scope {
        domain: name("example.com"),
        manner: Manner::Quick,
        input: "example.com".to_owned(),
        selectors: vec!["s1".parse().unwrap()],
        guesses: vec!["k2".parse().unwrap()],
        port: client.config.authoritative_port,
        pinned: Default::default(),
    });
    let first = audit.first();
    client.run(first, |sighting| audit.take(sighting)).await;
    audit.report(Timestamp::UNIX_EPOCH)
}

fn said(judgement: &Judgement) -> String {
    let codes: Vec<&str> = judgement
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    format!("{} {}", judgement.verdict.word(), codes.join(" "))
        .trim_end()
        .to_owned()
}

/// What a healthy zone of this file is told beside the mistake.
const USUAL: [&str; 2] = ["mx-missing", "dmarc-monitoring-only"];

/// The rows of a case, what the watcher says of the wanted record, and the codes of a whole look.
async fn case(wanted: &Record, rows: Vec<Row>, watcher: &str, look: &[&str]) {
    let mut all = around(wanted.owner.as_str());
    all.extend(rows);
    let (_server, client) = server(all).await;
    let (judgement, _) = watch(&client, wanted).await;
    assert_eq!(said(&judgement), watcher, "{wanted:?}");
    let report = check(&client).await;
    let mut codes: Vec<&str> = report
        .findings
        .iter()
        .map(|row| row.code.as_str())
        .collect();
    codes.retain(|code| !USUAL.contains(code));
    assert_eq!(codes, look, "{:#?}", report.findings);
}

fn record(owner: &str, content: Content) -> Record {
    Record {
        owner: name(owner),
        content,
        ttl: Ttl(300),
    }
}

fn dmarc() -> Record {
    record("_dmarc.example.com", Content::Dmarc(DMARC.parse().unwrap()))
}

fn spf() -> Record {
    record("example.com", Content::Spf(SPF.parse().unwrap()))
}

fn key() -> Record {
    record(
        "s1._domainkey.example.com",
        Content::Dkim(KEY.parse().unwrap()),
    )
}

fn alias() -> Record {
    record(
        "k2._domainkey.example.com",
        Content::Cname(name("dkim2.mcsv.net")),
    )
}

/// A wanted record and the value that stands at its name instead.
async fn value(wanted: Record, value: impl Into<String>, watcher: &str, look: &[&str]) {
    let owner = match wanted.owner.as_str() {
        "example.com" => "example.com",
        "_dmarc.example.com" => "_dmarc.example.com",
        _ => "s1._domainkey.example.com",
    };
    case(&wanted, vec![text(owner, value)], watcher, look).await;
}

/// A wanted record and the name at which its value stands instead.
async fn place(wanted: Record, at: &'static str, code: &str) {
    let rows = vec![text(at, wanted.content.to_string())];
    case(&wanted, rows, &format!("misplaced {code}"), &[code]).await;
}

#[tokio::test]
async fn p00_without_a_mistake_nothing_is_said() {
    for record in [dmarc(), spf(), key(), alias()] {
        let (_server, client) = server(around("")).await;
        assert_eq!(said(&watch(&client, &record).await.0), "published");
    }
    value(dmarc(), DMARC, "published", &[]).await;
}

#[tokio::test]
async fn p01_the_name_is_doubled() {
    place(
        dmarc(),
        "_dmarc.example.com.example.com",
        "panel-name-doubled",
    )
    .await;
    place(
        key(),
        "s1._domainkey.example.com.example.com",
        "panel-name-doubled",
    )
    .await;
    place(spf(), "example.com.example.com", "panel-name-doubled").await;
}

#[tokio::test]
async fn p02_put_at_the_domain_itself() {
    place(dmarc(), "example.com", "panel-at-apex").await;
    place(key(), "example.com", "panel-at-apex").await;
}

#[tokio::test]
async fn p03_the_underscore_is_missing() {
    place(dmarc(), "dmarc.example.com", "panel-underscore-missing").await;
    place(
        key(),
        "s1.domainkey.example.com",
        "panel-underscore-missing",
    )
    .await;
}

#[tokio::test]
async fn p04_the_key_without_domainkey_or_in_another_order() {
    place(key(), "s1.example.com", "panel-domainkey-missing").await;
    place(key(), "_domainkey.s1.example.com", "panel-name-swapped").await;
    place(key(), "_domainkey.example.com", "panel-selector-missing").await;
}

#[tokio::test]
async fn p05_put_at_www() {
    place(dmarc(), "_dmarc.www.example.com", "panel-at-www").await;
    place(spf(), "www.example.com", "panel-at-www").await;
    place(key(), "s1._domainkey.www.example.com", "panel-at-www").await;
}

#[tokio::test]
async fn p06_quotation_marks_are_kept() {
    let quoted = |text: &str| format!("\"{text}\"");
    let (watcher, look) = ("invalid panel-quotes-kept", &["panel-quotes-kept"]);
    value(dmarc(), quoted(DMARC), watcher, look).await;
    value(spf(), quoted(SPF), watcher, look).await;
    value(key(), quoted(KEY), watcher, look).await;
    let two = format!("\"{}\" \"{}\"", &KEY[..255], &KEY[255..]);
    value(key(), two, watcher, look).await;
}

#[tokio::test]
async fn p07_odd_characters_are_named() {
    let (watcher, look) = ("invalid panel-curly-quotes", &["panel-curly-quotes"]);
    for (wanted, text, named) in [
        (
            dmarc(),
            format!("\u{201c}{DMARC}\u{201d}"),
            "Curly quotation marks (U+201C)",
        ),
        (
            spf(),
            SPF.replace(' ', "\u{a0}"),
            "A non-breaking space (U+00A0)",
        ),
        (
            key(),
            KEY.replace("p=", "p=\u{200b}"),
            "An invisible character (U+200B)",
        ),
    ] {
        let owner = if wanted == key() {
            "s1._domainkey.example.com"
        } else if wanted == spf() {
            "example.com"
        } else {
            "_dmarc.example.com"
        };
        let mut rows = around(owner);
        rows.push(crate::panel::text(owner, text.clone()));
        let (_server, client) = server(rows).await;
        let (judgement, _) = watch(&client, &wanted).await;
        assert!(
            judgement.findings[0].message.contains(named),
            "{judgement:?}"
        );
        value(wanted, text, watcher, look).await;
    }
}

#[tokio::test]
async fn p08_two_records_in_place_of_two_strings() {
    let rows = vec![
        text("s1._domainkey.example.com", &KEY[..255]),
        text("s1._domainkey.example.com", &KEY[255..]),
    ];
    case(
        &key(),
        rows,
        "conflict panel-second-record",
        &["panel-second-record"],
    )
    .await;
}

#[tokio::test]
async fn p09_cut_at_255() {
    let look = &["panel-cut-at-255"];
    value(key(), &KEY[..255], "invalid panel-cut-at-255", look).await;
}

fn long_spf() -> Record {
    let addresses: String = (0..30).map(|n| format!(" ip4:198.51.100.{n}")).collect();
    record(
        "example.com",
        Content::Spf(format!("v=spf1{addresses} ~all").parse().unwrap()),
    )
}

#[tokio::test]
async fn p10_a_space_at_the_join() {
    let long = long_spf().content.to_string();
    let spaced = format!("{} {}", &long[..255], &long[255..]);
    let look = &["panel-space-at-join"];
    value(long_spf(), spaced, "invalid panel-space-at-join", look).await;
    let spaced = format!("{} {}", &KEY[..255], &KEY[255..]);
    value(key(), spaced, "published panel-space-at-join", look).await;
}

#[tokio::test]
async fn p11_backslashes_are_kept() {
    let look = &["panel-backslash-semicolon"];
    let watcher = "invalid panel-backslash-semicolon";
    value(dmarc(), DMARC.replace(';', "\\;"), watcher, look).await;
    value(key(), KEY.replace(';', "\\;"), watcher, look).await;
}

#[tokio::test]
async fn p12_a_space_or_a_line_end_behind() {
    let look = &["panel-trailing-space"];
    value(
        spf(),
        format!("{SPF}\n"),
        "invalid panel-trailing-space",
        look,
    )
    .await;
    value(
        spf(),
        format!("{SPF} "),
        "published panel-trailing-space",
        look,
    )
    .await;
    value(
        dmarc(),
        format!("{DMARC} "),
        "published panel-trailing-space",
        look,
    )
    .await;
    value(
        key(),
        format!("{KEY} "),
        "published panel-trailing-space",
        look,
    )
    .await;
}

#[tokio::test]
async fn p13_the_key_in_small_letters() {
    let small = KEY.replacen(&KEY[18..], &KEY[18..].to_lowercase(), 1);
    let look = &["panel-key-lower-cased"];
    value(key(), small, "differs panel-key-lower-cased", look).await;
}

#[tokio::test]
async fn p14_two_dmarc_records() {
    let rows = vec![
        text("_dmarc.example.com", DMARC),
        text("_dmarc.example.com", "v=DMARC1; p=reject"),
    ];
    case(
        &dmarc(),
        rows,
        "conflict dmarc-two-records",
        &["dmarc-two-records"],
    )
    .await;
}

#[tokio::test]
async fn p15_two_spf_records() {
    let rows = vec![text("example.com", SPF), text("example.com", "v=spf1 -all")];
    case(
        &spf(),
        rows,
        "conflict spf-two-records",
        &["spf-two-records"],
    )
    .await;
}

#[tokio::test]
async fn p16_an_alias_beside_the_record() {
    let rows = vec![
        text("_dmarc.example.com", DMARC),
        row("_dmarc.example.com", "CNAME", "host.builder.test"),
    ];
    let (watcher, look) = (
        "conflict panel-cname-beside-txt",
        &["panel-cname-beside-txt"],
    );
    case(&dmarc(), rows, watcher, look).await;
}

#[tokio::test]
async fn p17_a_wildcard_answers() {
    let rows = vec![text("*.example.com", "v=spf1 -all")];
    let watcher = "conflict panel-wildcard-answers";
    case(&dmarc(), rows, watcher, &["panel-wildcard-answers"]).await;
}

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

/// Every mistake of the list has its test here.
#[test]
fn all_26_mistakes_are_there() {
    let this = include_str!("panel.rs");
    for number in 1..=26 {
        let head = format!("async fn p{number:02}_");
        assert_eq!(this.matches(&head).count(), 1, "P{number}");
    }
}
