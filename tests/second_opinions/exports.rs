//! Exports at work: zone files in BIND and Knot, read back over DNS; update scripts run against BIND with a key.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType;
use nobounce::export;
use nobounce::export::Row;
use nobounce::export::Sheet;
use nobounce::export::There;
use nobounce::export::set::Value;
use nobounce::records::record::Content;
use nobounce::records::untrusted::Untrusted;

use crate::bind;
use crate::bind::Bind;
use crate::programs::Ran;
use crate::programs::program;
use crate::rich;
use crate::rich::DOMAIN;
use crate::rich::nothing;
use crate::rich::row;
use crate::rich::seen;
use crate::rich::text;

pub fn print(id: &str, sheet: &Sheet) -> String {
    (export::format(id).unwrap().print)(sheet)
}

/// The rows of the rich setup that are in the domain's own zone.
pub fn own(mut sheet: Sheet) -> Sheet {
    sheet.rows.retain(|row| row.zone.as_str() == DOMAIN);
    sheet
}

/// What a server on loopback answers, as text: a TXT as its joined bytes, sorted.
fn ask(port: u16, owner: &str, record_type: &str) -> Vec<Vec<u8>> {
    let record_type: RecordType = record_type.parse().unwrap();
    let name = Name::from_ascii(format!("{owner}.")).unwrap();
    let mut message = Message::query();
    message.add_query(Query::query(name, record_type));
    let bytes = message.to_vec().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[..], &bytes].concat()).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut answer).unwrap();
    let answer = Message::from_vec(&answer).unwrap();
    let mut values: Vec<Vec<u8>> = answer
        .answers
        .iter()
        .filter(|record| record.record_type() == record_type)
        .map(|record| match &record.data {
            RData::TXT(text) => text.txt_data.concat(),
            RData::CNAME(target) => target.to_ascii().into_bytes(),
            RData::MX(mx) => format!("{} {}", mx.preference, mx.exchange).into_bytes(),
            other => panic!("{other}"),
        })
        .collect();
    values.sort();
    values
}

fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Alias(target) => format!("{target}.").into_bytes(),
        Value::Mx {
            preference,
            exchange,
        } => format!("{preference} {exchange}.").into_bytes(),
    }
}

fn type_of(row: &Row) -> &'static str {
    row.record.content.record_type().as_str()
}

/// A whole zone around the fragment, and rows with every byte that a text may hold.
fn zone() -> (String, Sheet) {
    let mut sheet = own(rich::sheet());
    let awkward: String = (' '..='~').cycle().take(700).collect();
    sheet
        .rows
        .push(row("awkward", Content::Text(awkward), nothing(), None));
    sheet
        .rows
        .push(row("empty", Content::Text(String::new()), nothing(), None));
    let exact = "x".repeat(255);
    sheet
        .rows
        .push(row("exact", Content::Text(exact), nothing(), None));
    let zone = format!(
        "$ORIGIN {DOMAIN}.\n$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.1\n{}",
        print("zone", &sheet)
    );
    (zone, sheet)
}

#[track_caller]
fn reads_back(port: u16, sheet: &Sheet) {
    for row in &sheet.rows {
        let owner = row.record.owner.as_str();
        let read = ask(port, owner, type_of(row));
        let wanted = bytes(&Value::of(&row.record.content));
        assert_eq!(read, [wanted], "{owner}");
    }
}

#[test]
fn named_checkzone_finds_the_rich_zone_clean() {
    let Some(checkzone) = program("named-checkzone") else {
        return;
    };
    let (zone, _) = zone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zone");
    fs::write(&file, zone).unwrap();
    let ran = Ran::of(Command::new(checkzone).arg(DOMAIN).arg(&file)).well();
    assert!(!ran.told().contains("warning"), "{}", ran.told());
}

#[test]
fn bind_serves_every_byte_of_the_rich_zone() {
    let (zone, sheet) = zone();
    let Some(bind) = Bind::serving(&[(DOMAIN, Some(zone))]) else {
        return;
    };
    reads_back(bind.port, &sheet);
}

/// A running `knotd`; it ends with this value.
struct Knot {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Knot {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn knot(origin: &str, zone: &str) -> Option<Knot> {
    let knotd = program("knotd")?;
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display();
        let port = bind::free_port();
        fs::write(folder.path().join("zone"), zone).unwrap();
        let configuration = format!(
            "server:\n    rundir: \"{place}\"\n    listen: 127.0.0.1@{port}\ndatabase:\n    storage: \"{place}\"\n\
             log:\n  - target: stderr\n    any: warning\n\
             zone:\n  - domain: \"{origin}\"\n    file: \"{place}/zone\"\n    zonefile-load: whole\n"
        );
        let file = folder.path().join("knot.conf");
        fs::write(&file, configuration).unwrap();
        let mut child = Command::new(&knotd)
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        // It listens once the zone is there.
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok()
                && !ask(port, DOMAIN, "TXT").is_empty()
            {
                return Some(Knot {
                    port,
                    child,
                    _folder: folder,
                });
            }
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    panic!("knotd did not start in five attempts");
}

#[test]
fn knot_serves_every_byte_of_the_rich_zone() {
    let (zone, sheet) = zone();
    let Some(knot) = knot(DOMAIN, &zone) else {
        return;
    };
    reads_back(knot.port, &sheet);
}

const KEY: &str = "key \"nobounce\" { algorithm hmac-sha256; secret \"bm90IGEgc2VjcmV0IGF0IGFsbCwgb25seSBhIHRlc3Q=\"; };\n";

/// A zone that takes updates with a key, and what runs them.
struct Lab {
    bind: Bind,
    nsupdate: std::path::PathBuf,
}

impl Lab {
    /// With more lines in the zone.
    fn with(more: &str) -> Option<Self> {
        let nsupdate = program("nsupdate")?;
        let zone = format!("$ORIGIN {DOMAIN}.\n{}{more}", rich::zone_before());
        let bind = Bind::taking_updates(DOMAIN, zone, "nobounce", KEY)?;
        fs::write(bind.folder.path().join("key"), KEY).unwrap();
        Some(Self { bind, nsupdate })
    }

    fn run(&self, script: &str, with_key: bool) -> Ran {
        let folder = self.bind.folder.path();
        let file = folder.join("script");
        fs::write(
            &file,
            format!("server 127.0.0.1 {}\n{script}", self.bind.port),
        )
        .unwrap();
        let mut command = Command::new(&self.nsupdate);
        if with_key {
            command.arg("-k").arg(folder.join("key"));
        }
        Ran::of(command.arg(file))
    }

    fn ask(&self, owner: &str, record_type: &str) -> Vec<Vec<u8>> {
        ask(self.bind.port, owner, record_type)
    }

    /// All that the zone holds of what the sheet names, and the apex.
    fn all(&self, sheet: &Sheet) -> Vec<Vec<Vec<u8>>> {
        sheet
            .rows
            .iter()
            .flat_map(|row| {
                ["TXT", "CNAME", "MX"].map(|kind| self.ask(row.record.owner.as_str(), kind))
            })
            .collect()
    }
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    texts.sort();
    texts
}

#[test]
fn bind_takes_our_update_and_keeps_all_that_is_not_ours() {
    let Some(lab) = Lab::with("") else {
        return;
    };
    let sheet = own(rich::sheet());
    let script = print("nsupdate", &sheet);
    let refused = lab.run(&script, false);
    assert_ne!(refused.code, Some(0), "without the key: {}", refused.told());
    lab.run(&script, true).well();
    for row in &sheet.rows {
        let owner = row.record.owner.as_str();
        let read = lab.ask(owner, type_of(row));
        if owner == DOMAIN {
            let [first, second] = rich::TOKENS;
            assert_eq!(read, texts(&[first, second, rich::SPF]));
        } else {
            assert_eq!(read, [bytes(&Value::of(&row.record.content))], "{owner}");
        }
    }
    assert_eq!(lab.ask(DOMAIN, "MX").len(), 1, "not ours, and still there");
    // A second run finds another zone than the one that was seen.
    let before = lab.all(&sheet);
    let again = lab.run(&script, true);
    assert_eq!(again.code, Some(2), "{}", again.told());
    assert_eq!(lab.all(&sheet), before);
}

#[test]
fn bind_refuses_our_update_where_the_zone_changed_meanwhile() {
    let cases = [
        ("another token came", "@ 600 TXT \"MS=ms1\"\n", "NXRRSET"),
        (
            "a key is at our selector",
            "nb2611._domainkey TXT \"v=DKIM1; p=\"\n",
            "YXRRSET",
        ),
        (
            "an alias is at our selector",
            "nb2611._domainkey CNAME a.example.\n",
            "YXRRSET",
        ),
        (
            "something is where an alias shall be",
            "k10._domainkey TXT x\n",
            "YXDOMAIN",
        ),
        (
            "somebody was quicker where nobody looked",
            "_token TXT \"owner=them\"\n",
            "YXRRSET",
        ),
        (
            "another policy came",
            "_dmarc 3600 TXT \"v=DMARC1; p=reject\"\n",
            "NXRRSET",
        ),
    ];
    let sheet = own(rich::sheet());
    let script = print("nsupdate", &sheet);
    for (what, line, said) in cases {
        let Some(lab) = Lab::with(line) else {
            return;
        };
        let before = lab.all(&sheet);
        let ran = lab.run(&script, true);
        assert_eq!(ran.code, Some(2), "{what}: {}", ran.told());
        assert!(ran.stderr.contains(said), "{what}: {}", ran.told());
        assert_eq!(lab.all(&sheet), before, "{what}");
    }
}

#[test]
fn an_update_whose_old_value_is_gone_is_refused() {
    let Some(lab) = Lab::with("") else {
        return;
    };
    let mut spf = rich::spf();
    spf.there = seen(Some(600), vec![text(rich::TOKENS[0]), text(rich::OLD_SPF)]);
    let sheet = rich::of(vec![spf]);
    let before = lab.all(&sheet);
    // The look missed one of the tokens: not all that is there was seen.
    let ran = lab.run(&print("nsupdate", &sheet), true);
    assert_eq!(ran.code, Some(2), "{}", ran.told());
    assert_eq!(lab.all(&sheet), before);
}

#[test]
fn a_set_that_is_known_to_be_in_the_way_does_not_stop_the_others() {
    let Some(lab) = Lab::with("") else {
        return;
    };
    let mut spf = rich::spf();
    spf.there = seen(Some(600), vec![text("v=spf1 include:new.example ~all")]);
    let mut token = row(
        "_token",
        Content::Text("owner=us".to_owned()),
        nothing(),
        None,
    );
    token.there = There::Unknown;
    let sheet = rich::of(vec![spf, token, rich::dmarc()]);
    lab.run(&print("nsupdate", &sheet), true).well();
    let [first, second] = rich::TOKENS;
    assert_eq!(
        lab.ask(DOMAIN, "TXT"),
        texts(&[first, second, rich::OLD_SPF])
    );
    assert_eq!(
        lab.ask(&format!("_dmarc.{DOMAIN}"), "TXT"),
        texts(&[rich::DMARC])
    );
}

#[test]
fn texts_with_any_bytes_are_named_as_bind_knows_them() {
    let long = "x".repeat(300);
    let lines = format!(
        "@ 600 TXT \"say \\\"hi\\\" \\\\ ; \\252\\007\"\n@ 600 TXT \"\"\n@ 600 TXT \"{}\" \"{}\"\n",
        &long[..255],
        &long[255..]
    );
    let Some(lab) = Lab::with(&lines) else {
        return;
    };
    let awkward = [
        b"say \"hi\" \\ ; \xfc\x07".to_vec(),
        Vec::new(),
        long.into_bytes(),
    ];
    let mut spf = rich::spf();
    let mut values: Vec<Value> = awkward
        .iter()
        .map(|bytes| Value::Text(Untrusted::new(bytes.clone())))
        .collect();
    values.extend([rich::TOKENS[0], rich::TOKENS[1], rich::OLD_SPF].map(text));
    spf.there = seen(Some(600), values);
    lab.run(&print("nsupdate", &rich::of(vec![spf])), true)
        .well();
    let mut wanted = texts(&[rich::TOKENS[0], rich::TOKENS[1], rich::SPF]);
    wanted.extend(awkward);
    wanted.sort();
    assert_eq!(lab.ask(DOMAIN, "TXT"), wanted);
}
