//! A whole little DNS on loopback: a resolver, a registry, three name servers, and `shop.test`, which is in good health until a test
//! says otherwise.

use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record as Wire;
use hickory_resolver::proto::rr::rdata::MX;
use hickory_resolver::proto::rr::rdata::SOA;
use jiff::Timestamp;
use nobounce::audit::Audit;
use nobounce::audit::Manner;
use nobounce::audit::Scope;
use nobounce::audit::report::Report;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::dns::Spent;
use nobounce::dns::Zone;
use nobounce::records::dkim::Selector;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::judge;
use tokio::net::TcpListener;
use tokio::net::UdpSocket;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::record;
use crate::scripted::say;
use crate::scripted::txt;

pub const DOMAIN: &str = "shop.test";
pub const SPF: &str = "v=spf1 ip4:192.0.2.1 ~all";
pub const DMARC: &str = "v=DMARC1; p=reject; rua=mailto:dmarc@shop.test";
pub const KEY: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB";

/// All is well: what [`line`] says of the healthy domain.
pub const WELL: &str = "ok | published published published |";

/// Longest wait for one question; a try takes a quarter of it.
const TIMEOUT: Duration = Duration::from_millis(1200);

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// What the resolvers of the machine say.
    Resolver,
    /// A second resolver, asked where the first has trouble.
    Second,
    /// The servers of `test`.
    Registry,
    Ns1,
    Ns2,
    /// Holds the zone too; nobody lists it until a test does.
    Ns3,
}

const ALL: [Who; 6] = [
    Who::Resolver,
    Who::Second,
    Who::Registry,
    Who::Ns1,
    Who::Ns2,
    Who::Ns3,
];

impl Who {
    pub fn is_resolver(self) -> bool {
        matches!(self, Self::Resolver | Self::Second)
    }

    pub fn is_ns(self) -> bool {
        matches!(self, Self::Ns1 | Self::Ns2 | Self::Ns3)
    }
}

pub struct Lab {
    servers: Vec<Scripted>,
    pub resolvers: usize,
    pub timeout: Duration,
}

/// One network of loopback for each lab: 127.x.y.1 to 127.x.y.6 with one port.
async fn network() -> (u16, Vec<(UdpSocket, TcpListener)>) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let n = NEXT.fetch_add(1, Ordering::Relaxed) + std::process::id() * 61;
        let [_, _, x, y] = n.to_be_bytes();
        let at = |host: u8| Ipv4Addr::new(127, 16 + x % 200, y, host);
        let mut sockets = Vec::new();
        let mut port = 0;
        for host in 1..=ALL.len() as u8 {
            let Ok(udp) = UdpSocket::bind((at(host), port)).await else {
                break;
            };
            port = udp.local_addr().unwrap().port();
            let Ok(tcp) = TcpListener::bind((at(host), port)).await else {
                break;
            };
            sockets.push((udp, tcp));
        }
        if sockets.len() == ALL.len() {
            return (port, sockets);
        }
    }
}

impl Lab {
    /// `fault`: what a server says instead of what it would say in good health; an empty list is silence.
    pub async fn start(
        fault: impl Fn(Who, &Heard) -> Option<Vec<Say>> + Send + Sync + 'static,
    ) -> Self {
        let (_, sockets) = network().await;
        let addresses: Vec<Ipv4Addr> = sockets
            .iter()
            .map(|(udp, _)| match udp.local_addr().unwrap() {
                SocketAddr::V4(address) => *address.ip(),
                SocketAddr::V6(_) => unreachable!(),
            })
            .collect();
        let fault = Arc::new(fault);
        let servers = ALL
            .into_iter()
            .zip(sockets)
            .map(|(who, sockets)| {
                let (fault, addresses) = (fault.clone(), addresses.clone());
                Scripted::serve(sockets, move |heard| {
                    fault(who, heard).unwrap_or_else(|| say(healthy(who, heard, &addresses)))
                })
            })
            .collect();
        Self {
            servers,
            resolvers: 1,
            timeout: TIMEOUT,
        }
    }

    pub fn server(&self, who: Who) -> &Scripted {
        &self.servers[ALL.iter().position(|other| *other == who).unwrap()]
    }

    pub fn client(&self) -> Client {
        let resolvers = [Who::Resolver, Who::Second];
        Client::new(Config {
            resolvers: resolvers[..self.resolvers]
                .iter()
                .map(|who| self.server(*who).address)
                .collect(),
            authoritative_port: self.servers[0].address.port(),
            pinned: Default::default(),
            timeout: self.timeout,
        })
    }

    /// Questions that a server has heard about an owner and a type.
    pub fn heard(&self, who: Who, question: &str) -> usize {
        self.server(who)
            .asked()
            .iter()
            .filter(|asked| *asked == question)
            .count()
    }

    pub async fn check_at(&self, domain: &str, now: Timestamp) -> (Report, Spent) {
        self.check_guessing(domain, now, Vec::new()).await
    }

    /// What `check` finds out about the domain where these selectors are tried too.
    pub async fn check_with(&self, guesses: Vec<Selector>) -> Report {
        let now = Timestamp::now();
        self.check_guessing(DOMAIN, now, guesses).await.0
    }

    async fn check_guessing(
        &self,
        domain: &str,
        now: Timestamp,
        guesses: Vec<Selector>,
    ) -> (Report, Spent) {
        let client = self.client();
        let mut audit = Audit::new(Scope {
            domain: name(domain),
            manner: Manner::Quick,
            input: domain.to_owned(),
            selectors: vec!["s1".parse().unwrap()],
            guesses,
            port: client.config.authoritative_port,
            pinned: Default::default(),
        });
        let first = audit.first();
        let spent = client.run(first, |sighting| audit.take(sighting)).await;
        (audit.report(now), spent)
    }

    /// What `check` finds out about the domain.
    pub async fn check(&self) -> Report {
        self.check_at(DOMAIN, Timestamp::now()).await.0
    }

    /// Where the domain lives, as the wizard finds it.
    pub async fn zone(&self) -> Zone {
        self.client().zone_of(&name(DOMAIN)).await.unwrap()
    }

    /// What the wizard says of a record that it waits for.
    pub async fn watch(&self, record: &Record) -> Judgement {
        let zone = self.zone().await;
        let sightings = self.client().look(record, &zone).await;
        judge(record, &zone.apex, &sightings, Timestamp::now())
    }
}

/// The DMARC record of the healthy domain, as a wanted one.
pub fn wanted() -> Record {
    Record {
        owner: name("_dmarc.shop.test"),
        content: Content::Dmarc(DMARC.parse().unwrap()),
        ttl: Ttl(300),
    }
}

/// The report in one line: verdict, the states of SPF, DKIM and DMARC, the codes of its findings.
pub fn line(report: &Report) -> String {
    let mut codes: Vec<&str> = report.findings.iter().map(|f| f.code.as_str()).collect();
    codes.dedup();
    format!(
        "{} | {} {} {} | {}",
        report.verdict,
        report.spf.state,
        report.dkim.state,
        report.dmarc.state,
        codes.join(" ")
    )
    .trim_end()
    .to_owned()
}

/// The message of the first finding with this code.
pub fn said(report: &Report, code: &str) -> String {
    report
        .findings
        .iter()
        .find(|finding| finding.code == code)
        .unwrap_or_else(|| panic!("no {code}: {}", line(report)))
        .message
        .clone()
}

/// The judgement in one line: word, tallies, codes.
pub fn judged(judgement: &Judgement) -> String {
    let mut codes: Vec<&str> = judgement.findings.iter().map(|f| f.code.as_str()).collect();
    codes.dedup();
    let (own, world) = (judgement.authoritative, judgement.resolvers);
    format!(
        "{} | {}/{}/{} {}/{}/{} | {}",
        judgement.verdict.word(),
        own.agree,
        own.answered,
        own.asked,
        world.agree,
        world.answered,
        world.asked,
        codes.join(" ")
    )
    .trim_end()
    .to_owned()
}

pub fn soa(zone: &str, serial: u32) -> Wire {
    let host = Name::from_ascii("ns1.host.test.").unwrap();
    let data = SOA::new(host.clone(), host, serial, 3600, 600, 86400, 300);
    record(zone, RData::SOA(data))
}

/// The referral of the registry.
pub fn referral(heard: &Heard, servers: &[&str]) -> Vec<Say> {
    let mut message = heard.empty();
    message.metadata.authoritative = false;
    for server in servers {
        message.add_authority(ns("shop.test.", server));
    }
    say(message)
}

/// What a server in good health says.
pub fn healthy(who: Who, heard: &Heard, addresses: &[Ipv4Addr]) -> Message {
    let (owner, kind) = (heard.owner(), heard.kind());
    let host = |n: usize| a(&owner, addresses[n].octets());
    let records = match (owner.as_str(), kind.as_str()) {
        (".", "NS") => vec![ns(".", "a.root.test.")],
        ("test.", "NS") => vec![ns("test.", "a.registry.test.")],
        ("a.registry.test.", "A") => vec![host(2)],
        ("ns1.host.test.", "A") => vec![host(3)],
        ("ns2.host.test.", "A") => vec![host(4)],
        ("ns3.host.test.", "A") => vec![host(5)],
        ("shop.test.", "NS") if who == Who::Registry => {
            let mut message = heard.empty();
            message.metadata.authoritative = false;
            message.add_authority(ns(&owner, "ns1.host.test."));
            message.add_authority(ns(&owner, "ns2.host.test."));
            return message;
        }
        ("shop.test.", "NS") => vec![ns(&owner, "ns1.host.test."), ns(&owner, "ns2.host.test.")],
        ("shop.test.", "SOA") => vec![soa(&owner, 7)],
        ("shop.test.", "MX") => {
            let exchange = Name::from_ascii("mail.shop.test.").unwrap();
            vec![record(&owner, RData::MX(MX::new(10, exchange)))]
        }
        ("mail.shop.test.", "A") => vec![a(&owner, [192, 0, 2, 25])],
        ("shop.test.", "TXT") => vec![txt(&owner, SPF)],
        ("_dmarc.shop.test.", "TXT") => vec![txt(&owner, DMARC)],
        ("s1._domainkey.shop.test.", "TXT") => vec![txt(&owner, KEY)],
        _ => Vec::new(),
    };
    let mut message = if !records.is_empty() {
        heard.answer(records)
    } else {
        let exists = [
            "shop.test.",
            "mail.shop.test.",
            "_dmarc.shop.test.",
            "_domainkey.shop.test.",
            "s1._domainkey.shop.test.",
            "ns1.host.test.",
            "ns2.host.test.",
            "ns3.host.test.",
            "test.",
            "host.test.",
            ".",
        ]
        .contains(&owner.as_str());
        let code = if exists {
            ResponseCode::NoError
        } else {
            ResponseCode::NXDomain
        };
        let zone = match owner.as_str() {
            owner if owner.ends_with("shop.test.") => "shop.test.",
            owner if owner.ends_with("host.test.") => "host.test.",
            owner if owner.ends_with("test.") => "test.",
            _ => ".",
        };
        let mut message = heard.code(code);
        message.add_authority(soa(zone, 7));
        message
    };
    if who.is_resolver() {
        message.metadata.authoritative = false;
        message.metadata.recursion_available = true;
    }
    message
}
