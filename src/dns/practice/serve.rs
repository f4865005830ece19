//! One pretend server on a free port of 127.0.0.1, UDP and TCP.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use hickory_resolver::net::runtime::Time;
use hickory_resolver::proto::op::Edns;
use hickory_resolver::proto::op::Header;
use hickory_resolver::proto::op::HeaderCounts;
use hickory_resolver::proto::op::Metadata;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Record;
use hickory_server::server::Request;
use hickory_server::server::RequestHandler;
use hickory_server::server::ResponseHandler;
use hickory_server::server::ResponseInfo;
use hickory_server::server::Server;
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::TcpListener;
use tokio::net::UdpSocket;

use crate::dns::practice::pretend::Host;
use crate::dns::practice::pretend::Reply;
use crate::dns::practice::pretend::World;
use crate::dns::wire::name_of;

/// Ports tried until one is free for UDP and TCP.
const MOST_PORTS: usize = 16;

/// A TCP connection without a question is closed after this.
const TCP_IDLE: Duration = Duration::from_secs(5);

/// Bytes buffered for answers of a TCP connection.
const TCP_BUFFER: usize = 4096;

const UDP_PAYLOAD: u16 = 1232;

/// A running server; it ends when it is dropped.
pub(super) struct Served {
    pub address: SocketAddr,
    /// Questions heard.
    pub heard: Arc<AtomicU64>,
    _server: Server<Answering>,
}

struct Answering {
    host: Host,
    world: Arc<Mutex<World>>,
    heard: Arc<AtomicU64>,
}

impl Served {
    pub(super) async fn start(host: Host, world: Arc<Mutex<World>>) -> io::Result<Self> {
        let (udp, tcp) = sockets().await?;
        let address = udp.local_addr()?;
        let heard = Arc::new(AtomicU64::new(0));
        let mut server = Server::new(Answering {
            host,
            world,
            heard: heard.clone(),
        });
        server.register_socket(udp);
        server.register_listener(tcp, TCP_IDLE, TCP_BUFFER);
        Ok(Self {
            address,
            heard,
            _server: server,
        })
    }
}

/// A UDP and a TCP socket on one port.
async fn sockets() -> io::Result<(UdpSocket, TcpListener)> {
    let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..MOST_PORTS {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

impl Answering {
    fn reply(&self, request: &Request) -> Option<Reply> {
        let info = request.request_info().ok()?;
        let owner = name_of(info.query.name())?;
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        Some(world.reply(self.host, &owner, info.query.query_type(), Instant::now()))
    }

    async fn answer<R: ResponseHandler>(&self, request: &Request, mut handle: R) -> ResponseInfo {
        self.heard.fetch_add(1, Ordering::Relaxed);
        let mut metadata = Metadata::response_from_request(&request.metadata);
        let mut edns = Edns::new();
        edns.set_max_payload(UDP_PAYLOAD);
        let reply = self.reply(request).unwrap_or(Reply {
            code: ResponseCode::FormErr,
            authoritative: false,
            answers: Vec::new(),
            authority: Vec::new(),
        });
        metadata.response_code = reply.code;
        metadata.authoritative = reply.authoritative;
        metadata.recursion_available = self.host == Host::Resolver;
        let mut response = MessageResponseBuilder::from_message_request(request);
        if request.edns.is_some() {
            response.edns(&edns);
        }
        let none: [Record; 0] = [];
        let response = response.build(metadata, &reply.answers, &reply.authority, &none, &none);
        match handle.send_response(response).await {
            Ok(info) => info,
            Err(_) => {
                metadata.response_code = ResponseCode::ServFail;
                ResponseInfo::from(Header {
                    metadata,
                    counts: HeaderCounts::default(),
                })
            }
        }
    }
}

impl RequestHandler for Answering {
    fn handle_request<'a, 'b, 'c, R, T>(
        &'a self,
        request: &'b Request,
        handle: R,
    ) -> Pin<Box<dyn Future<Output = ResponseInfo> + Send + 'c>>
    where
        'a: 'c,
        'b: 'c,
        R: ResponseHandler + 'c,
        T: Time + 'c,
        Self: 'c,
    {
        Box::pin(self.answer(request, handle))
    }
}
