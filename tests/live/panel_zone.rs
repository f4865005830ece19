//! A zone on loopback that holds a panel mistake, and the two who look at it: the watcher of a wanted record and a whole look.

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record as WireRecord;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::rdata::NULL;
use jiff::Timestamp;
use nobounce::audit::Audit;
use nobounce::audit::Manner;
use nobounce::audit::Scope;
use nobounce::audit::report::Report;
use nobounce::catalog::dns_host;
use nobounce::dns::Client;
use nobounce::dns::Config;
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

pub const DMARC: &str = "v=DMARC1; p=none; rua=mailto:dmarc@example.com";
pub const SPF: &str = "v=spf1 ip4:192.0.2.1 include:_spf.google.com ~all";
pub const KEY: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB";

/// Owner, type and value.
pub type Row = (&'static str, &'static str, String);

pub fn row(owner: &'static str, kind: &'static str, value: impl Into<String>) -> Row {
    (owner, kind, value.into())
}

pub fn text(owner: &'static str, value: impl Into<String>) -> Row {
    row(owner, "TXT", value)
}

pub fn wire(owner: &str, (_, kind, value): &Row) -> WireRecord {
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
pub fn answer(rows: &[Row], serial: u32, heard: &Heard) -> Vec<Say> {
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
pub fn around(without: &str) -> Vec<Row> {
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

pub async fn server(rows: Vec<Row>) -> (Scripted, Client) {
    let server = Scripted::start(move |heard| answer(&rows, 7, heard)).await;
    let client = Client::new(Config {
        authoritative_port: server.address.port(),
        ..client(&[&server]).config
    });
    (server, client)
}

pub async fn watch(client: &Client, wanted: &Record) -> (Judgement, Vec<Sighting>) {
    let zone = client.zone_of(&wanted.owner).await.unwrap();
    let sightings = client.look(wanted, &zone).await;
    let now = Timestamp::now();
    let judgement = judge_knowing(wanted, &zone.apex, &sightings, now, dns_host::habits());
    (judgement, sightings)
}

pub async fn check(client: &Client) -> Report {
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

pub fn said(judgement: &Judgement) -> String {
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
pub const USUAL: [&str; 2] = ["mx-missing", "dmarc-monitoring-only"];

/// The rows of a case, what the watcher says of the wanted record, and the codes of a whole look.
pub async fn case(wanted: &Record, rows: Vec<Row>, watcher: &str, look: &[&str]) {
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

pub fn record(owner: &str, content: Content) -> Record {
    Record {
        owner: name(owner),
        content,
        ttl: Ttl(300),
    }
}

pub fn dmarc() -> Record {
    record("_dmarc.example.com", Content::Dmarc(DMARC.parse().unwrap()))
}

pub fn spf() -> Record {
    record("example.com", Content::Spf(SPF.parse().unwrap()))
}

pub fn key() -> Record {
    record(
        "s1._domainkey.example.com",
        Content::Dkim(KEY.parse().unwrap()),
    )
}

pub fn alias() -> Record {
    record(
        "k2._domainkey.example.com",
        Content::Cname(name("dkim2.mcsv.net")),
    )
}

/// A wanted record and the value that stands at its name instead.
pub async fn value(wanted: Record, value: impl Into<String>, watcher: &str, look: &[&str]) {
    let owner = match wanted.owner.as_str() {
        "example.com" => "example.com",
        "_dmarc.example.com" => "_dmarc.example.com",
        _ => "s1._domainkey.example.com",
    };
    case(&wanted, vec![text(owner, value)], watcher, look).await;
}

/// A wanted record and the name at which its value stands instead.
pub async fn place(wanted: Record, at: &'static str, code: &str) {
    let rows = vec![text(at, wanted.content.to_string())];
    case(&wanted, rows, &format!("misplaced {code}"), &[code]).await;
}
