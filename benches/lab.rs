//! A small pretend internet on loopback for `benches/lookups.py`: a resolver and forty-eight name servers that answer after a
//! round-trip time, lose datagrams, refuse, fail or stay silent. Every answer is computed from the name that is asked for, so there is no
//! end of domains. It asks nobody and listens on 127.0.0.0/8 alone.
//!
//! The kind of a domain is its first two letters: `gw` Google Workspace with add-ons, `ms` Microsoft 365, `sm` a small web host, `pk`
//! parked, `nx` not registered; hard ones: `sf` SERVFAIL, `si` a silent resolver, `la` all its name servers are dead, `hd` half of them,
//! `rf` they refuse, `ii` its SPF record includes a name that fails, `rl` the owner of its report address is silent.
//!
//! Standard input takes `rtt MS`, `loss SHARE`, `reset` and `count`; each gives one line.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;
use std::io::BufRead;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::UdpSocket;
use tokio::sync::Notify;
use tokio::time::Instant;

const RESOLVER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 53);
/// Name servers at 127.0.1.1 and up answer, those at 127.0.2.1 and up never do.
const SERVERS: u8 = 48;
const DEAD: u8 = 4;
const TTL: u32 = 3600;
const BUFFER: usize = 4 << 20;
const KEY: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6tSc95trhSplbsO2hWeGiPVNjA4KwFbkR8BIenkxT0Ms9DQxDVzoLwIRzR\
FomRnFTH5bJ7+Hl4kq0EN7a7zmnAebUDZDOSujmdrXSFjtfgl1keJxSAcSlp1MIu7alR5G3/qlvU4YlBu7MksmhYWCxe7Vt3t8690nhL+ecuRT0cYZEZJ/6G\
bGSlcVPNYWJolx+zS1UgEIbk6PS5AWTBGixgLAtW1nklD21HaIir9u7vIQGr35965MEsm+UdH6I+esWtWex/6Q41lMtACCrNmo1Owb8HXSJfoJ/m4uQN0nYu\
wRQ2tTZ9jfmqOc22FT4EFqAakAEElUXAv6bPhs4BUvwwIDAQAB";

/// What the lab does to every datagram, and what it counted.
#[derive(Default)]
struct Lab {
    rtt_us: AtomicU64,
    /// Datagrams lost of a million.
    loss: AtomicU64,
    luck: AtomicU64,
    datagrams: AtomicU64,
    selectors: AtomicU64,
    streams: AtomicU64,
    /// Nanoseconds since 1970 when the first datagram came in; 0: none yet.
    first: AtomicU64,
}

enum Data {
    A(Ipv4Addr),
    Ns(String),
    Cname(String),
    Soa,
    Mx(u16, String),
    Txt(String),
}

enum Says {
    Records(Vec<Data>),
    NoData,
    NoName,
    Failure,
    Refused,
    Silence,
}

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let Some(port) = words.next().and_then(|word| word.parse::<u16>().ok()) else {
        println!("usage: lab PORT (started by benches/lookups.py)");
        return;
    };
    let lab = Arc::new(Lab::default());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let listening = lab.clone();
    std::thread::spawn(move || commands(&listening));
    runtime.block_on(async {
        let mut sides = vec![(RESOLVER, true, false)];
        sides.extend((1..=SERVERS).map(|n| (Ipv4Addr::new(127, 0, 1, n), false, false)));
        sides.extend((1..=DEAD).map(|n| (Ipv4Addr::new(127, 0, 2, n), false, true)));
        for (ip, is_resolver, is_dead) in sides {
            let address = SocketAddr::new(IpAddr::V4(ip), port);
            let udp = UdpSocket::bind(address).await.unwrap();
            // A resolver that is made for many questions takes them in at once; so much as the system allows.
            let _ = socket2::SockRef::from(&udp).set_recv_buffer_size(BUFFER);
            tokio::spawn(datagrams(lab.clone(), Arc::new(udp), is_resolver, is_dead));
            if !is_dead {
                let tcp = TcpListener::bind(address).await.unwrap();
                tokio::spawn(streams(lab.clone(), tcp, is_resolver));
            }
        }
        println!("ready");
        std::future::pending::<()>().await;
    });
}

/// Ends the lab with the end of standard input.
fn commands(lab: &Lab) {
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (word, value) = line.split_once(' ').unwrap_or((&line, "0"));
        let value: f64 = value.parse().unwrap_or(0.0);
        match word {
            "rtt" => lab.rtt_us.store((value * 1000.0) as u64, Ordering::Relaxed),
            "loss" => lab.loss.store((value * 1e6) as u64, Ordering::Relaxed),
            "reset" => {
                for counter in [
                    &lab.datagrams,
                    &lab.selectors,
                    &lab.streams,
                    &lab.first,
                    &lab.luck,
                ] {
                    counter.store(0, Ordering::Relaxed);
                }
            }
            _ => {}
        }
        println!(
            "{} {} {} {}",
            lab.datagrams.load(Ordering::Relaxed),
            lab.selectors.load(Ordering::Relaxed),
            lab.streams.load(Ordering::Relaxed),
            lab.first.load(Ordering::Relaxed)
        );
    }
    std::process::exit(0);
}

/// Answers on their way back: all take the same time, so the first in is the first out.
#[derive(Default)]
struct OnTheWay {
    answers: Mutex<VecDeque<(Instant, Vec<u8>, SocketAddr)>>,
    more: Notify,
}

async fn datagrams(lab: Arc<Lab>, socket: Arc<UdpSocket>, is_resolver: bool, is_dead: bool) {
    let waiting: Arc<OnTheWay> = Arc::default();
    tokio::spawn(send(socket.clone(), waiting.clone()));
    let mut buffer = [0; 4096];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let Some(question) = question(&buffer[..length]) else {
            continue;
        };
        lab.count(&question.name);
        if is_dead || lab.is_lost() {
            continue;
        }
        let room = if question.edns { 1232 } else { 512 };
        let Some(bytes) = reply(&buffer[..length], &question, is_resolver, room) else {
            continue;
        };
        let due = Instant::now() + Duration::from_micros(lab.rtt_us.load(Ordering::Relaxed));
        let mut answers = waiting.answers.lock().unwrap();
        answers.push_back((due, bytes, peer));
        if answers.len() == 1 {
            waiting.more.notify_one();
        }
    }
}

async fn send(socket: Arc<UdpSocket>, waiting: Arc<OnTheWay>) {
    loop {
        let front = waiting.answers.lock().unwrap().front().map(|one| one.0);
        match front {
            None => waiting.more.notified().await,
            Some(due) if due <= Instant::now() => {
                let (_, bytes, peer) = waiting.answers.lock().unwrap().pop_front().unwrap();
                let _ = socket.send_to(&bytes, peer).await;
            }
            Some(due) => tokio::time::sleep_until(due).await,
        }
    }
}

async fn streams(lab: Arc<Lab>, listener: TcpListener, is_resolver: bool) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let lab = lab.clone();
        tokio::spawn(async move {
            while let Ok(length) = stream.read_u16().await {
                let mut bytes = vec![0; usize::from(length)];
                if stream.read_exact(&mut bytes).await.is_err() {
                    return;
                }
                let Some(question) = question(&bytes) else {
                    return;
                };
                lab.count(&question.name);
                lab.streams.fetch_add(1, Ordering::Relaxed);
                let Some(answer) = reply(&bytes, &question, is_resolver, usize::from(u16::MAX))
                else {
                    std::future::pending::<()>().await;
                    return;
                };
                tokio::time::sleep(Duration::from_micros(lab.rtt_us.load(Ordering::Relaxed))).await;
                let mut framed = u16::try_from(answer.len()).unwrap().to_be_bytes().to_vec();
                framed.extend(answer);
                if stream.write_all(&framed).await.is_err() {
                    return;
                }
            }
        });
    }
}

impl Lab {
    fn count(&self, name: &str) {
        if self.datagrams.fetch_add(1, Ordering::Relaxed) == 0 {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            self.first.store(now.as_nanos() as u64, Ordering::Relaxed);
        }
        if name.contains("._domainkey.") || name.contains(".domainkey.") {
            self.selectors.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn is_lost(&self) -> bool {
        let loss = self.loss.load(Ordering::Relaxed);
        let roll = hash(&self.luck.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        loss > 0 && roll % 1_000_000 < loss
    }
}

struct Question {
    name: String,
    kind: u16,
    edns: bool,
    end: usize,
}

fn question(bytes: &[u8]) -> Option<Question> {
    let mut name = String::new();
    let mut at = 12;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        if !name.is_empty() {
            name.push('.');
        }
        let label = bytes.get(at..at + length)?;
        name.extend(
            label
                .iter()
                .map(|byte| char::from(byte.to_ascii_lowercase())),
        );
        at += length;
    }
    let kind = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
    Some(Question {
        name,
        kind,
        edns: bytes[11] > 0,
        end: at + 4,
    })
}

fn reply(bytes: &[u8], question: &Question, is_resolver: bool, room: usize) -> Option<Vec<u8>> {
    let mut says = lookup(&question.name, question.kind, is_resolver);
    let mut chain = Vec::new();
    // An alias is followed by the resolver; a name server says where it leads.
    if let Says::Records(data) = &says
        && let [Data::Cname(target)] = data.as_slice()
        && question.kind != 5
    {
        let target = target.clone();
        if is_resolver {
            says = lookup(&target, question.kind, true);
            chain.push(target);
        }
    }
    let (code, records) = match says {
        Says::Records(data) => (0, data),
        Says::NoData => (0, Vec::new()),
        Says::NoName => (3, Vec::new()),
        Says::Failure => (2, Vec::new()),
        Says::Refused => (5, Vec::new()),
        Says::Silence => return None,
    };
    let mut answer = Vec::with_capacity(512);
    answer.extend_from_slice(&bytes[..2]);
    answer.push(0x80 | (bytes[2] & 1) | if is_resolver { 0 } else { 4 });
    answer.push(code | if is_resolver { 0x80 } else { 0 });
    let count = records.len() + chain.len();
    let has_no = count == chain.len() && matches!(code, 0 | 3);
    answer.extend_from_slice(&[0, 1, 0, count as u8, 0, u8::from(has_no), 0, 0]);
    answer.extend_from_slice(&bytes[12..question.end]);
    let mut owner: Vec<u8> = vec![0xc0, 12];
    for target in chain {
        record(&mut answer, &owner, &Data::Cname(target.clone()));
        owner = wire(&target);
    }
    for data in &records {
        record(&mut answer, &owner, data);
    }
    if has_no {
        let labels: Vec<&str> = question.name.rsplit('.').take(2).collect();
        let zone = if code == 3 && question.name.starts_with("nx") {
            labels[0].to_owned()
        } else {
            labels.iter().rev().copied().collect::<Vec<_>>().join(".")
        };
        record(&mut answer, &wire(&zone), &Data::Soa);
    }
    if answer.len() > room {
        answer[2] |= 2;
        answer[6..12].fill(0);
        answer.truncate(12 + question.end - 12);
    }
    Some(answer)
}

fn wire(name: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len() + 2);
    for label in name.split('.').filter(|label| !label.is_empty()) {
        bytes.push(label.len() as u8);
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn record(answer: &mut Vec<u8>, owner: &[u8], data: &Data) {
    let (kind, bytes): (u16, Vec<u8>) = match data {
        Data::A(ip) => (1, ip.octets().to_vec()),
        Data::Ns(name) => (2, wire(name)),
        Data::Cname(name) => (5, wire(name)),
        Data::Mx(preference, name) => {
            let mut bytes = preference.to_be_bytes().to_vec();
            bytes.extend(wire(name));
            (15, bytes)
        }
        Data::Txt(text) => {
            let mut bytes = Vec::new();
            for piece in text.as_bytes().chunks(255) {
                bytes.push(piece.len() as u8);
                bytes.extend_from_slice(piece);
            }
            (16, bytes)
        }
        Data::Soa => {
            let mut bytes = wire("ns1.h1.example");
            bytes.extend(wire("hostmaster.h1.example"));
            for number in [2_026_112_301_u32, 7200, 900, 1_209_600, 300] {
                bytes.extend(number.to_be_bytes());
            }
            (6, bytes)
        }
    };
    answer.extend_from_slice(owner);
    answer.extend_from_slice(&kind.to_be_bytes());
    answer.extend_from_slice(&[0, 1]);
    answer.extend_from_slice(&TTL.to_be_bytes());
    answer.extend_from_slice(&u16::try_from(bytes.len()).unwrap().to_be_bytes());
    answer.extend_from_slice(&bytes);
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn txt(text: impl Into<String>) -> Says {
    Says::Records(vec![Data::Txt(text.into())])
}

fn lookup(name: &str, kind: u16, is_resolver: bool) -> Says {
    if let Some(domain) = name.strip_suffix(".example") {
        let (below, own) = domain.rsplit_once('.').unwrap_or(("", domain));
        if own.starts_with('h') && own[1..].bytes().all(|byte| byte.is_ascii_digit()) {
            return server(below, own, kind);
        }
        return of_domain(below, own, kind, is_resolver);
    }
    if kind == 16 {
        return shared(name);
    }
    let takes_mail = [".aspmx.l.google.com", ".mail.protection.outlook.com"];
    if kind == 1
        && takes_mail
            .iter()
            .any(|end| format!(".{name}").ends_with(end))
    {
        return Says::Records(vec![Data::A(Ipv4Addr::new(192, 0, 2, 26))]);
    }
    if name == "example" || name == "com" || name == "net" {
        return Says::NoData;
    }
    Says::NoName
}

/// `nsN.hK.example`: four name servers of each of twelve DNS hosts; `h99` has only dead ones.
fn server(below: &str, host: &str, kind: u16) -> Says {
    let number = below.strip_prefix("ns").and_then(|n| n.parse::<u8>().ok());
    let (Some(number), Ok(host)) = (number, host[1..].parse::<u8>()) else {
        return Says::NoName;
    };
    match kind {
        1 if host == 99 => Says::Records(vec![Data::A(Ipv4Addr::new(127, 0, 2, number))]),
        1 => {
            let last = (host % 12) * 4 + (number - 1) % 4 + 1;
            Says::Records(vec![Data::A(Ipv4Addr::new(127, 0, 1, last))])
        }
        _ => Says::NoData,
    }
}

fn of_domain(below: &str, own: &str, kind: u16, is_resolver: bool) -> Says {
    let sort = own.get(..2).unwrap_or_default();
    match sort {
        "nx" => return Says::NoName,
        "sf" => return Says::Failure,
        "si" => return Says::Silence,
        "rf" if !is_resolver => return Says::Refused,
        _ => {}
    }
    if own == "webhost" {
        return txt("v=spf1 ip4:192.0.2.0/24 -all");
    }
    let luck = hash(own.as_bytes());
    let form = match sort {
        "gw" | "ms" | "sm" | "pk" => sort,
        "ii" | "rl" => "gw",
        _ => "sm",
    };
    match (below, kind) {
        ("", 2) => {
            let host = luck % 12;
            let count = if luck.is_multiple_of(3) { 4 } else { 2 };
            let at = |n: u64, host: u64| Data::Ns(format!("ns{n}.h{host}.example"));
            Says::Records(match sort {
                "la" => vec![at(1, 99), at(2, 99)],
                "hd" => vec![at(1, 99), at(1, host)],
                _ => (1..=count).map(|n| at(n, host)).collect(),
            })
        }
        ("", 6) => Says::Records(vec![Data::Soa]),
        ("", 1) | ("mail" | "www", 1) => Says::Records(vec![Data::A(Ipv4Addr::new(192, 0, 2, 25))]),
        ("", 15) => mail(form, own),
        ("", 16) => texts(form, sort, own, luck),
        ("_dmarc", 16) => policy(form, sort, own, luck),
        ("", _) => Says::NoData,
        _ => match below.strip_suffix("._domainkey") {
            Some(selector) if matches!(kind, 5 | 16) => key(form, selector, own),
            _ if below == "_domainkey" && form != "pk" => Says::NoData,
            _ if matches!(below, "_dmarc" | "mail" | "www") => Says::NoData,
            _ => Says::NoName,
        },
    }
}

fn mail(form: &str, own: &str) -> Says {
    let at = |preference, host: &str| Data::Mx(preference, host.to_owned());
    Says::Records(match form {
        "gw" => vec![
            at(1, "aspmx.l.google.com"),
            at(5, "alt1.aspmx.l.google.com"),
            at(5, "alt2.aspmx.l.google.com"),
            at(10, "alt3.aspmx.l.google.com"),
            at(10, "alt4.aspmx.l.google.com"),
        ],
        "ms" => vec![at(0, &format!("{own}-example.mail.protection.outlook.com"))],
        "sm" => vec![at(10, &format!("mail.{own}.example"))],
        _ => return Says::NoData,
    })
}

fn texts(form: &str, sort: &str, own: &str, luck: u64) -> Says {
    let number = luck % 9_000_000 + 1_000_000;
    let spf = match form {
        "gw" => {
            let more = if sort == "ii" {
                " include:spf.sfinclude.example"
            } else {
                ""
            };
            format!(
                "v=spf1 include:_spf.google.com include:sendgrid.net include:servers.mcsv.net \
                 include:{number}.spf08.hubspotemail.net{more} ~all"
            )
        }
        "ms" if luck.is_multiple_of(2) => {
            "v=spf1 include:spf.protection.outlook.com include:mail.zendesk.com -all".to_owned()
        }
        "ms" => "v=spf1 include:spf.protection.outlook.com -all".to_owned(),
        "sm" => "v=spf1 a mx include:_spf.webhost.example ~all".to_owned(),
        _ => "v=spf1 -all".to_owned(),
    };
    let tokens = match form {
        "gw" => 6,
        "ms" => 3,
        _ => 0,
    };
    let mut data: Vec<Data> = (0..tokens)
        .map(|n| {
            let token = hash(format!("{own}{n}").as_bytes());
            Data::Txt(format!("some-site-verification={token:016x}{token:016x}"))
        })
        .collect();
    data.push(Data::Txt(spf));
    Says::Records(data)
}

fn policy(form: &str, sort: &str, own: &str, luck: u64) -> Says {
    let rua = if sort == "rl" {
        "rua=mailto:d@sireports.example".to_owned()
    } else if luck.is_multiple_of(2) {
        format!("rua=mailto:dmarc@{own}.example,mailto:{own}@ag.reports.net")
    } else {
        format!("rua=mailto:dmarc@{own}.example")
    };
    match form {
        "gw" => txt(format!("v=DMARC1; p=quarantine; {rua}")),
        "ms" if !luck.is_multiple_of(3) => txt(format!("v=DMARC1; p=none; {rua}")),
        "pk" => txt("v=DMARC1; p=reject"),
        _ => Says::NoName,
    }
}

fn key(form: &str, selector: &str, own: &str) -> Says {
    let alias = |target: String| Says::Records(vec![Data::Cname(target)]);
    match (form, selector) {
        ("gw", "google") | ("sm", "default") => txt(KEY),
        ("gw", "s1" | "s2") => alias(format!("{selector}.domainkey.u{own}.wl.sendgrid.net")),
        ("gw", "k2" | "k3") => alias(format!("dkim{}.mcsv.net", &selector[1..])),
        ("ms", "selector1" | "selector2") => alias(format!(
            "{selector}-{own}-example._domainkey.{own}.onmicrosoft.com"
        )),
        _ => Says::NoName,
    }
}

/// TXT records of the services that many domains name.
fn shared(name: &str) -> Says {
    let blocks = |first: u8| {
        let nets: Vec<String> = (0..10)
            .map(|n| format!("ip4:198.51.{}.0/24", first + n))
            .collect();
        format!("v=spf1 {} ~all", nets.join(" "))
    };
    match name {
        "_spf.google.com" => txt(
            "v=spf1 include:_netblocks.google.com include:_netblocks2.google.com include:_netblocks3.google.com ~all",
        ),
        "_netblocks.google.com" => txt(blocks(10)),
        "_netblocks2.google.com" => txt(blocks(20)),
        "_netblocks3.google.com" => txt(blocks(30)),
        "sendgrid.net" => txt(blocks(40)),
        "servers.mcsv.net" => txt(blocks(50)),
        "spf.protection.outlook.com" => txt(blocks(60)),
        "mail.zendesk.com" => txt(blocks(70)),
        _ if name.ends_with(".hubspotemail.net") => txt(blocks(80)),
        _ if name.ends_with("._report._dmarc.ag.reports.net") => txt("v=DMARC1"),
        _ if name.ends_with(".wl.sendgrid.net")
            || name.ends_with(".onmicrosoft.com")
            || name.ends_with(".mcsv.net") =>
        {
            txt(KEY)
        }
        _ => Says::NoName,
    }
}
