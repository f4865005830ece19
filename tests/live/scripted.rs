//! A name server that says what a closure tells it to, byte for byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record;
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::rdata::MX;
use hickory_resolver::proto::rr::rdata::NS;
use hickory_resolver::proto::rr::rdata::SOA;
use hickory_resolver::proto::rr::rdata::TXT;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::UdpSocket;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Udp,
    Tcp,
}

/// One question as a server heard it.
#[derive(Clone, Debug)]
pub struct Heard {
    pub message: Message,
    pub via: Via,
    /// How many questions came before.
    pub nth: usize,
}

/// What a server does next.
#[derive(Clone, Debug)]
pub enum Say {
    Now(Vec<u8>),
    After(Duration, Vec<u8>),
    /// TCP: half of the bytes, then the connection is closed.
    Half(Vec<u8>),
    /// TCP: nothing, and the connection stays open.
    Hang,
}

pub struct Scripted {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Heard {
    pub fn owner(&self) -> String {
        self.message.queries[0].name().to_ascii().to_lowercase()
    }

    pub fn kind(&self) -> String {
        self.message.queries[0].query_type().to_string()
    }

    pub fn has_edns(&self) -> bool {
        self.message.edns.is_some()
    }

    /// An authoritative answer with nothing in it.
    pub fn empty(&self) -> Message {
        let mut message =
            Message::response(self.message.metadata.id, self.message.metadata.op_code);
        message.metadata.authoritative = true;
        message.metadata.recursion_desired = self.message.metadata.recursion_desired;
        message.add_query(self.message.queries[0].clone());
        message
    }

    pub fn answer(&self, records: impl IntoIterator<Item = Record>) -> Message {
        let mut message = self.empty();
        message.add_answers(records);
        message
    }

    pub fn code(&self, code: ResponseCode) -> Message {
        let mut message = self.empty();
        message.metadata.response_code = code;
        message
    }

    /// A "no" of a zone whose SOA allows it to be remembered for `ttl`.
    pub fn no(&self, code: ResponseCode, zone: &str, ttl: u32) -> Message {
        let mut message = self.code(code);
        message.add_authority(soa(zone, ttl));
        message
    }

    pub fn txt(&self, text: &str) -> Vec<Say> {
        say(self.answer([txt(&self.owner(), text)]))
    }
}

pub fn say(message: Message) -> Vec<Say> {
    vec![Say::Now(message.to_vec().unwrap())]
}

pub fn truncated(mut message: Message) -> Vec<Say> {
    message.metadata.truncation = true;
    say(message)
}

pub fn record(owner: &str, data: RData) -> Record {
    Record::from_rdata(Name::from_ascii(owner).unwrap(), 300, data)
}

pub fn txt(owner: &str, text: &str) -> Record {
    strings(owner, &text.as_bytes().chunks(255).collect::<Vec<_>>())
}

pub fn strings(owner: &str, strings: &[&[u8]]) -> Record {
    record(owner, RData::TXT(TXT::from_bytes(strings.to_vec())))
}

pub fn a(owner: &str, ip: [u8; 4]) -> Record {
    record(owner, RData::A(A::from(std::net::Ipv4Addr::from(ip))))
}

pub fn ns(owner: &str, host: &str) -> Record {
    record(owner, RData::NS(NS(Name::from_ascii(host).unwrap())))
}

pub fn mx(owner: &str, host: &str) -> Record {
    record(
        owner,
        RData::MX(MX::new(1, Name::from_ascii(host).unwrap())),
    )
}

pub fn cname(owner: &str, target: &str) -> Record {
    record(
        owner,
        RData::CNAME(CNAME(Name::from_ascii(target).unwrap())),
    )
}

pub fn soa(zone: &str, minimum: u32) -> Record {
    let host = Name::from_ascii("ns1.host.test.").unwrap();
    record(
        zone,
        RData::SOA(SOA::new(host.clone(), host, 7, 3600, 600, 86400, minimum)),
    )
}

impl Scripted {
    pub async fn start(script: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static) -> Self {
        Self::serve(sockets().await, script)
    }

    /// Answers on these sockets.
    pub fn serve(
        (udp, tcp): (UdpSocket, TcpListener),
        script: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static,
    ) -> Self {
        let script = Arc::new(script);
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let address = udp.local_addr().unwrap();
        let hear = {
            let (script, heard) = (script.clone(), heard.clone());
            move |bytes: &[u8], via: Via| {
                let one = {
                    let mut heard = heard.lock().unwrap();
                    let one = Heard {
                        message: Message::from_vec(bytes).unwrap(),
                        via,
                        nth: heard.len(),
                    };
                    heard.push(one.clone());
                    one
                };
                script(&one)
            }
        };
        let udp = Arc::new(udp);
        let by_udp = hear.clone();
        tokio::spawn(async move {
            let mut buffer = vec![0; 4096];
            while let Ok((length, peer)) = udp.recv_from(&mut buffer).await {
                for one in by_udp(&buffer[..length], Via::Udp) {
                    let udp = udp.clone();
                    match one {
                        Say::Now(bytes) => drop(udp.send_to(&bytes, peer).await),
                        Say::After(wait, bytes) => drop(tokio::spawn(async move {
                            tokio::time::sleep(wait).await;
                            let _ = udp.send_to(&bytes, peer).await;
                        })),
                        Say::Half(_) | Say::Hang => {}
                    }
                }
            }
        });
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let hear = hear.clone();
                tokio::spawn(async move {
                    let Ok(length) = stream.read_u16().await else {
                        return;
                    };
                    let mut bytes = vec![0; usize::from(length)];
                    if stream.read_exact(&mut bytes).await.is_err() {
                        return;
                    }
                    for one in hear(&bytes, Via::Tcp) {
                        match one {
                            Say::Now(bytes) | Say::After(_, bytes) => {
                                let length = u16::try_from(bytes.len()).unwrap();
                                let _ = stream.write_u16(length).await;
                                let _ = stream.write_all(&bytes).await;
                            }
                            Say::Half(bytes) => {
                                let length = u16::try_from(bytes.len()).unwrap();
                                let _ = stream.write_u16(length).await;
                                let _ = stream.write_all(&bytes[..bytes.len() / 2]).await;
                            }
                            Say::Hang => std::future::pending().await,
                        }
                    }
                });
            }
        });
        Self { address, heard }
    }

    /// Never answers.
    pub async fn silent() -> Self {
        Self::start(|heard| match heard.via {
            Via::Udp => Vec::new(),
            Via::Tcp => vec![Say::Hang],
        })
        .await
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// The questions as "owner type" lines.
    pub fn asked(&self) -> Vec<String> {
        self.heard()
            .iter()
            .map(|one| format!("{} {}", one.owner(), one.kind()))
            .collect()
    }

    pub fn authoritative(&self) -> Server {
        Server::Authoritative {
            name: name("ns1.host.test"),
            address: self.address,
        }
    }

    pub fn resolver(&self) -> Server {
        Server::Resolver {
            address: self.address,
        }
    }
}

/// A UDP and a TCP socket on one port.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

/// A client that gives up soon, so that silence costs a test little.
pub fn client(resolvers: &[&Scripted]) -> Client {
    Client::new(Config {
        resolvers: resolvers.iter().map(|server| server.address).collect(),
        authoritative_port: 53,
        pinned: Default::default(),
        timeout: Duration::from_millis(1600),
    })
}

pub fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

pub fn question(owner: &str) -> Question {
    Question::new(name(owner), RecordType::Txt)
}

pub fn texts(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Records { data, .. } => data
            .iter()
            .map(|one| match one {
                Data::Txt(text) => text.shown().to_string(),
                other => format!("{other:?}"),
            })
            .collect(),
        other => panic!("no records: {other:?}"),
    }
}
