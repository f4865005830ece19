//! A name server that holds the records of a table, and the check of a message against it by the real client.

use std::collections::BTreeMap;
use std::time::Duration;

use hickory_resolver::proto::op::Message as DnsMessage;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record;
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::rdata::AAAA;
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::rdata::MX;
use hickory_resolver::proto::rr::rdata::PTR;
use hickory_resolver::proto::rr::rdata::TXT;
use jiff::Timestamp;
use nobounce::audit::spf_look::SpfLook;
use nobounce::audit::spf_look::SpfLookReport;
use nobounce::audit::spf_look::Way;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::records::spf::check_host::Message;
use nobounce::records::spf::check_host::Progress;
use nobounce::records::spf::check_host::check_host;
use nobounce::records::spf::known::Known;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::Via;
use crate::scripted::soa;

/// What fits into a datagram.
const DATAGRAM: usize = 1232;

#[derive(Clone, Debug)]
pub enum Value {
    /// Type and data.
    Holds(&'static str, Vec<Vec<u8>>),
    /// Nothing is said about a type that is not listed before.
    Silent,
    /// The same, with SERVFAIL.
    Failing,
}

/// Names in lower case, without a dot at the end.
#[derive(Clone, Debug, Default)]
pub struct World(BTreeMap<Vec<u8>, Vec<Value>>);

fn key(name: &[u8]) -> Vec<u8> {
    name.strip_suffix(b".").unwrap_or(name).to_ascii_lowercase()
}

fn wire(name: &[u8]) -> Name {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let labels = name.split(|b| *b == b'.').filter(|label| !label.is_empty());
    let mut name = Name::from_labels(labels).unwrap();
    name.set_fqdn(true);
    name
}

impl World {
    /// `name TYPE value` a line; `TIMEOUT` and `SERVFAIL` stand for a type. A TXT with ` | ` in it is several strings.
    pub fn of(lines: &str) -> Self {
        let mut world = Self::default();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut parts = line.splitn(3, ' ');
            let name = parts.next().unwrap();
            let kind = parts.next().unwrap();
            let value = parts.next().unwrap_or_default();
            world.add(name, kind, value.split(" | ").map(Vec::from).collect());
        }
        world
    }

    pub fn add(&mut self, name: &str, kind: &str, data: Vec<Vec<u8>>) {
        let value = match kind {
            "TIMEOUT" => Value::Silent,
            "SERVFAIL" => Value::Failing,
            "A" => Value::Holds("A", data),
            "AAAA" => Value::Holds("AAAA", data),
            "MX" => Value::Holds("MX", data),
            "PTR" => Value::Holds("PTR", data),
            "TXT" => Value::Holds("TXT", data),
            "CNAME" => Value::Holds("CNAME", data),
            "SPF" => Value::Holds("SPF", data),
            other => panic!("{other}"),
        };
        self.0.entry(key(name.as_bytes())).or_default().push(value);
    }

    /// The answer; None: silence.
    fn answer(&self, heard: &Heard) -> Option<DnsMessage> {
        let asked = heard.message.queries[0].name();
        let kind = heard.kind();
        let mut owner = asked.clone();
        let mut records: Vec<Record> = Vec::new();
        for _ in 0..12 {
            let labels: Vec<&[u8]> = owner.iter().collect();
            let here = key(&labels.join(&b'.'));
            let Some(values) = self.0.get(&here) else {
                let below: Vec<u8> = [b".", here.as_slice()].concat();
                let is_above = self.0.keys().any(|name| name.ends_with(&below));
                let code = if is_above || here.is_empty() {
                    ResponseCode::NoError
                } else {
                    ResponseCode::NXDomain
                };
                return Some(negative(heard, code, records));
            };
            let mut alias = None;
            let before = records.len();
            for value in values {
                match value {
                    Value::Silent if records.len() == before => return None,
                    Value::Failing if records.len() == before => {
                        return Some(heard.code(ResponseCode::ServFail));
                    }
                    Value::Silent | Value::Failing => break,
                    Value::Holds(held, data) if *held == kind => {
                        records.extend(record(&owner, held, data));
                    }
                    Value::Holds("CNAME", data) => alias = Some(wire(&data[0])),
                    Value::Holds(..) => {}
                }
            }
            match alias.filter(|_| records.len() == before) {
                Some(target) => {
                    records.push(Record::from_rdata(
                        owner.clone(),
                        300,
                        RData::CNAME(CNAME(target.clone())),
                    ));
                    owner = target;
                }
                None if records.len() == before => {
                    return Some(negative(heard, ResponseCode::NoError, records));
                }
                None => break,
            }
        }
        Some(heard.answer(records))
    }

    pub async fn serve(self) -> Scripted {
        Scripted::start(move |heard| match self.answer(heard) {
            None => Vec::new(),
            Some(message) => {
                let bytes = message.to_vec().unwrap();
                if heard.via == Via::Udp && bytes.len() > DATAGRAM {
                    let mut empty = heard.empty();
                    empty.metadata.truncation = true;
                    return vec![Say::Now(empty.to_vec().unwrap())];
                }
                vec![Say::Now(bytes)]
            }
        })
        .await
    }
}

fn negative(heard: &Heard, code: ResponseCode, records: Vec<Record>) -> DnsMessage {
    let mut message = heard.answer(records);
    message.metadata.response_code = code;
    message.add_authority(soa(".", 60));
    message
}

fn record(owner: &Name, kind: &str, data: &[Vec<u8>]) -> Option<Record> {
    let text = |at: usize| String::from_utf8(data[at].clone()).unwrap();
    let rdata = match kind {
        "A" => RData::A(A(text(0).parse().unwrap())),
        "AAAA" => RData::AAAA(AAAA(text(0).parse().unwrap())),
        "PTR" => RData::PTR(PTR(wire(&data[0]))),
        "CNAME" => RData::CNAME(CNAME(wire(&data[0]))),
        "MX" => {
            let value = text(0);
            let (preference, host) = value.split_once(' ').unwrap();
            RData::MX(MX::new(preference.parse().unwrap(), wire(host.as_bytes())))
        }
        "TXT" => {
            let strings: Vec<&[u8]> = data
                .iter()
                .flat_map(|string| {
                    if string.is_empty() {
                        vec![&b""[..]]
                    } else {
                        string.chunks(255).collect()
                    }
                })
                .collect();
            RData::TXT(TXT::from_bytes(strings))
        }
        _ => return None,
    };
    Some(Record::from_rdata(owner.clone(), 300, rdata))
}

/// A client of one server; it gives up soon.
pub fn client(server: &Scripted) -> Client {
    Client::new(Config {
        resolvers: vec![server.address],
        authoritative_port: server.address.port(),
        pinned: BTreeMap::new(),
        timeout: Duration::from_millis(1600),
    })
}

/// The result of one message as `nobounce spf --ip` finds it, over the network: result, explanation, report.
pub async fn check(
    client: &Client,
    domain: &str,
    message: &Message,
) -> (String, Option<String>, Option<SpfLookReport>) {
    let now = Timestamp::UNIX_EPOCH;
    // A domain that is none needs no question.
    if let Progress::Done(checked) = check_host(domain, message, now, &Known::new()) {
        return (checked.result.to_string(), checked.explanation, None);
    }
    let mut look = SpfLook::new(
        domain.parse().unwrap(),
        Some(message.clone()),
        Way::Port53,
        now,
    );
    let first = look.first();
    client.run(first, |sighting| look.take(sighting)).await;
    let report = look.report();
    (
        report.result.clone().unwrap_or_default(),
        report.explanation.clone(),
        Some(report),
    )
}
