//! The formats of records: zone fragments read back as what went in, panel rows as each DNS host wants them.

use nobounce::catalog;
use nobounce::export;
use nobounce::export::Row;
use nobounce::export::Sheet;
use nobounce::export::There;
use nobounce::records::name::DomainName;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn row(owner: &str, zone: &str, content: Content, host: Option<&str>) -> Row {
    Row {
        purpose: "a record\nwith a line break; and more".to_owned(),
        record: Record {
            owner: name(owner),
            content,
            ttl: Ttl(300),
        },
        zone: name(zone),
        host: host.map(|id| catalog::dns_host(id).unwrap()),
        state: "missing".to_owned(),
        replaces: Some("v=spf1 \\\"old\\\" -all".to_owned()),
        there: There::Unknown,
    }
}

fn sheet(rows: Vec<Row>) -> Sheet {
    Sheet {
        domain: name("example.com"),
        rows,
        provider: None,
        made: jiff::civil::date(2026, 11, 24),
        looked: None,
        name_servers: Vec::new(),
        asked_by: None,
    }
}

fn print(format: &str, sheet: &Sheet) -> String {
    (export::format(format).unwrap().print)(sheet)
}

/// Reads a zone fragment as RFC 1035, section 5.1 says: owner, TTL, type, data; TXT strings joined.
fn read_back(zone: &str) -> Vec<(String, u32, String, String)> {
    let mut tokens: Vec<Vec<(String, bool)>> = vec![Vec::new()];
    let mut depth = 0;
    let mut bytes = zone.bytes().peekable();
    let escape = |bytes: &mut std::iter::Peekable<std::str::Bytes>| -> u8 {
        let first = bytes.next().unwrap();
        if !first.is_ascii_digit() {
            return first;
        }
        let digits = [first, bytes.next().unwrap(), bytes.next().unwrap()];
        std::str::from_utf8(&digits).unwrap().parse().unwrap()
    };
    while let Some(byte) = bytes.next() {
        let line = tokens.last_mut().unwrap();
        match byte {
            b';' => while bytes.next_if(|byte| *byte != b'\n').is_some() {},
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\n' if depth == 0 => tokens.push(Vec::new()),
            b' ' | b'\t' | b'\n' => {}
            b'"' => {
                let mut string = Vec::new();
                loop {
                    match bytes.next().unwrap() {
                        b'"' => break,
                        b'\\' => string.push(escape(&mut bytes)),
                        b'\n' => panic!("a line break in a string"),
                        byte => string.push(byte),
                    }
                }
                assert!(string.len() <= 255);
                line.push((String::from_utf8(string).unwrap(), true));
            }
            byte => {
                let mut word = vec![byte];
                while let Some(byte) = bytes.next_if(|b| !b" \t\n()\";".contains(b)) {
                    word.push(byte);
                }
                line.push((String::from_utf8(word).unwrap(), false));
            }
        }
    }
    assert_eq!(depth, 0);
    let mut origin = String::new();
    let mut records = Vec::new();
    let absolute = |text: &str, origin: &str| match text {
        "@" => origin.to_owned(),
        _ if text.ends_with('.') => text.to_owned(),
        _ => format!("{text}.{origin}"),
    };
    for line in tokens.iter().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.iter().map(|(word, _)| word.as_str()).collect();
        if words[0] == "$ORIGIN" {
            origin = words[1].to_owned();
            continue;
        }
        assert_eq!(words[2], "IN");
        let data = match words[3] {
            "TXT" => {
                assert!(line[4..].iter().all(|(_, quoted)| *quoted));
                words[4..].concat()
            }
            "CNAME" => absolute(words[4], &origin),
            "MX" => format!("{} {}", words[4], absolute(words[5], &origin)),
            other => panic!("{other}"),
        };
        records.push((
            absolute(words[0], &origin),
            words[1].parse().unwrap(),
            words[3].to_owned(),
            data,
        ));
    }
    records
}

#[test]
fn a_zone_fragment_reads_back_as_what_went_in() {
    let long: String = ('!'..='~').cycle().take(1000).collect();
    let cases = [
        (
            "example.com",
            "example.com",
            Content::Text("v=spf1 -all".to_owned()),
        ),
        (
            "_dmarc.example.com",
            "example.com",
            Content::ReportAuthorization,
        ),
        ("a.example.com", "example.com", Content::Text(String::new())),
        (
            "b.example.com",
            "example.com",
            Content::Text("x".repeat(255)),
        ),
        (
            "c.example.com",
            "example.com",
            Content::Text("x".repeat(256)),
        ),
        ("d.example.com", "example.com", Content::Text(long)),
        (
            "e.example.com",
            "example.com",
            Content::Text("quote \" backslash \\ semicolon ; ü \u{7}".to_owned()),
        ),
        (
            "k1._domainkey.example.com",
            "example.com",
            Content::Cname(name("dkim.mcsv.net")),
        ),
        (
            "k2._domainkey.example.com",
            "example.com",
            Content::Cname(name("k2.example.com")),
        ),
        (
            "example.com",
            "example.com",
            Content::Mx {
                preference: 10,
                exchange: name("mx.example.net"),
            },
        ),
        (
            "example.com",
            "example.com",
            Content::Mx {
                preference: 0,
                exchange: DomainName::root(),
            },
        ),
        (
            "example.com._report._dmarc.example.net",
            "example.net",
            Content::ReportAuthorization,
        ),
        (
            "stray.example.org",
            "example.com",
            Content::Text("x".to_owned()),
        ),
    ];
    let rows = cases
        .iter()
        .map(|(owner, zone, content)| row(owner, zone, content.clone(), None))
        .collect();
    let read = read_back(&print("zone", &sheet(rows)));
    let wanted: Vec<_> = cases
        .iter()
        .map(|(owner, _, content)| {
            let data = match content {
                Content::Cname(target) => format!("{target}."),
                Content::Mx {
                    preference,
                    exchange,
                } if exchange.is_root() => format!("{preference} ."),
                Content::Mx {
                    preference,
                    exchange,
                } => format!("{preference} {exchange}."),
                content => content.to_string(),
            };
            (
                format!("{owner}."),
                300,
                content.record_type().to_string(),
                data,
            )
        })
        .collect();
    assert_eq!(read, wanted);
}

#[test]
fn panel_rows_follow_the_dns_host() {
    let spf = || Content::Text("v=spf1 -all".to_owned());
    let alias = || Content::Cname(name("dkim.mcsv.net"));
    let fields = |row: Row| export::fields::rows(&row);
    let value = |rows: &[(&str, String)], label: &str| {
        let found = rows.iter().find(|(there, _)| *there == label);
        found.map(|(_, value)| value.clone())
    };

    let root = fields(row("example.com", "example.com", spf(), Some("cloudflare")));
    assert_eq!(value(&root, "Name").as_deref(), Some("@"));
    assert_eq!(value(&root, "In full").as_deref(), Some("example.com"));
    assert_eq!(value(&root, "Value").as_deref(), Some("v=spf1 -all"));
    assert!(value(&root, "Where").unwrap().starts_with("Cloudflare > "));
    assert_eq!(value(&root, "Note"), None);

    let proxied = fields(row(
        "k2._domainkey.example.com",
        "example.com",
        alias(),
        Some("cloudflare"),
    ));
    assert_eq!(value(&proxied, "Name").as_deref(), Some("k2._domainkey"));
    assert_eq!(
        value(&proxied, "Note").as_deref(),
        Some("switch the proxy off for this record (\"DNS only\")")
    );

    let unknown = fields(row("_dmarc.mail.example.com", "example.com", spf(), None));
    assert_eq!(value(&unknown, "Name").as_deref(), Some("_dmarc.mail"));
    assert_eq!(
        value(&unknown, "In full").as_deref(),
        Some("_dmarc.mail.example.com")
    );
    assert_eq!(value(&unknown, "Where"), None);

    // Every host of the catalog: the whole name is there, the value is typed as it is or in quotes.
    for host in catalog::dns_hosts() {
        let id = host.id.as_str();
        for (content, owner) in [
            (spf(), "example.com"),
            (alias(), "k2._domainkey.example.com"),
        ] {
            let text = content.to_string();
            let rows = fields(row(owner, "example.com", content, Some(id)));
            assert_eq!(value(&rows, "In full").as_deref(), Some(owner), "{id}");
            assert!(
                value(&rows, "Name").is_some_and(|name| !name.is_empty()),
                "{id}"
            );
            let typed = value(&rows, "Value").unwrap();
            assert_eq!(typed.trim_matches('"').trim_end_matches('.'), text, "{id}");
            assert!(
                value(&rows, "TTL").unwrap().parse::<u32>().unwrap() >= host.ttl_min.unwrap_or(0)
            );
        }
    }
}

#[test]
fn json_holds_the_same_records() {
    let rows = vec![
        row(
            "example.com",
            "example.com",
            Content::Text("x\"y".repeat(100)),
            Some("cloudflare"),
        ),
        row(
            "k2._domainkey.example.com",
            "example.com",
            Content::Cname(name("dkim.mcsv.net")),
            None,
        ),
    ];
    let document: serde_json::Value = serde_json::from_str(&print("json", &sheet(rows))).unwrap();
    let records = document["records"].as_array().unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["value"], "x\"y".repeat(100));
    assert_eq!(records[0]["strings"].as_array().unwrap().len(), 2);
    assert_eq!(records[0]["dns_host"]["id"], "cloudflare");
    assert_eq!(records[0]["name_in_panel"], "@");
    assert_eq!(records[1]["type"], "CNAME");
    assert_eq!(records[1]["strings"], serde_json::Value::Null);
    assert_eq!(records[1]["name_in_panel"], serde_json::Value::Null);
}
