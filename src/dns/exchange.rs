//! One question to one address: UDP with retries, TCP where UDP does not do. Every wait ends at the deadline.

use std::io;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::Either;
use futures_util::future::select;
use hickory_resolver::proto::op::Edns;
use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::op::Metadata;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RecordType as WireType;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::UdpSocket;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::timeout_at;

use crate::dns::line::Lines;
use crate::dns::line::Seat;
use crate::dns::message::decode;
use crate::dns::message::dislikes_edns;
use crate::dns::pace::Lane;
use crate::dns::pace::Pace;
use crate::dns::round_trip::SOONEST;
use crate::records::sighting::Trouble;

/// Largest answer asked for over UDP: it passes every path unfragmented (RFC 9715).
const UDP_PAYLOAD: u16 = 1232;

/// Bytes of one datagram that are read.
pub(super) const LONGEST_DATAGRAM: usize = 4096;

/// The first wait, as a share of a try: a datagram that was lost is sent again soon, and an answer to the first still counts. Where the
/// server's pace is known, it is sent again within this wait too.
const FIRST_WAIT: f64 = 0.4;

/// Times that a question is sent again within the first wait.
const MOST_RESENT: u32 = 2;

/// Times that a wait is doubled; the first wait is over long before.
const LONGEST_DOUBLING: u32 = 8;

/// Bytes of an OPT record without options (RFC 6891, section 6.1.2).
const OPT: usize = 11;

/// Bytes before the question section.
const HEADER: usize = 12;

/// Wait after the network said no before the next try.
const SHORT_WAIT: Duration = Duration::from_millis(50);

/// A question on its way to one address.
pub(super) struct Exchange<'a> {
    pub address: SocketAddr,
    pub name: Name,
    pub record_type: WireType,
    pub flags: Flags,
    pub per_try: Duration,
    pub deadline: Instant,
    pub sent: &'a AtomicU64,
    pub pace: &'a Pace,
    /// Sockets that questions share; without them each has its own.
    pub lines: Option<&'a Lines>,
}

/// What a question is sent and answered through.
enum Way {
    Own(UdpSocket),
    Shared(Seat),
}

/// The bits of a question besides its name and type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// RD, and AD with it: set for resolvers, clear for authoritative servers.
    pub recursion: bool,
    /// CD: the resolver is to answer even where signatures do not hold (RFC 4035, section 3.2.2).
    pub unchecked: bool,
    /// DO: the signatures are wanted too.
    pub signatures: bool,
}

impl Flags {
    /// Sets the bits of the header; DO belongs to EDNS.
    pub(super) fn write(self, header: &mut Metadata) {
        header.recursion_desired = self.recursion;
        // AD in a question asks for AD in the answer (RFC 6840, section 5.7).
        header.authentic_data = self.recursion;
        header.checking_disabled = self.unchecked;
    }
}

/// What came back over UDP.
enum Reply {
    Whole(Box<Message>),
    Truncated,
}

/// The question as sent, with and without EDNS.
struct Packets {
    with_edns: Packet,
    plain: Packet,
}

struct Packet {
    id: u16,
    bytes: Vec<u8>,
}

impl Exchange<'_> {
    /// The whole answer, or why there is none. A truncated answer is never handed on.
    pub(super) async fn run(&self) -> Result<Message, Trouble> {
        let mut packets = self.packets()?;
        let way = self.way().map_err(|_| Trouble::Unreachable)?;
        if let Way::Shared(seat) = &way {
            let [with_edns, plain] = seat.ids();
            packets.with_edns.take_id(with_edns);
            packets.plain.take_id(plain);
        }
        let reply = match self.udp(&way, &packets, 2).await {
            Ok(reply) => reply,
            // Two tries came to nothing: a last one without EDNS, and TCP beside it.
            Err(silence) => return Box::pin(self.udp_beside_tcp(&way, &packets, silence)).await,
        };
        match reply {
            Reply::Whole(message) => Ok(*message),
            Reply::Truncated => Box::pin(self.over_tcp(&packets)).await,
        }
    }

    async fn udp_beside_tcp(
        &self,
        way: &Way,
        packets: &Packets,
        silence: Trouble,
    ) -> Result<Message, Trouble> {
        if Instant::now() >= self.deadline || matches!(silence, Trouble::Malformed) {
            return Err(silence);
        }
        let until = self.try_end();
        let udp = pin!(self.udp_once(way, packets, false, self.per_try));
        let tcp = pin!(self.tcp(&packets.plain, until));
        match select(udp, tcp).await {
            Either::Left((Ok(Reply::Whole(message)), _)) => Ok(*message),
            Either::Left((Ok(Reply::Truncated), tcp)) => tcp.await.map_err(|_| Trouble::Truncated),
            Either::Left((Err(_), tcp)) => tcp.await.map_err(|_| silence),
            Either::Right((Ok(message), _)) => Ok(message),
            Either::Right((Err(_), udp)) => match udp.await {
                Ok(Reply::Whole(message)) => Ok(*message),
                Ok(Reply::Truncated) => Err(Trouble::Truncated),
                Err(_) => Err(silence),
            },
        }
    }

    /// The answer was truncated: the same over TCP.
    async fn over_tcp(&self, packets: &Packets) -> Result<Message, Trouble> {
        let message = self.tcp(&packets.with_edns, self.deadline).await;
        match message {
            Ok(message) if dislikes_edns(&message) => self.tcp(&packets.plain, self.deadline).await,
            other => other,
        }
        .map_err(|_| Trouble::Truncated)
    }

    async fn udp(&self, way: &Way, packets: &Packets, tries: usize) -> Result<Reply, Trouble> {
        let mut silence = Trouble::Timeout;
        for nth in 0..tries {
            let reply = if nth == 0 {
                self.first_try(way, packets).await
            } else {
                self.udp_once(way, packets, true, self.per_try).await
            };
            match reply {
                Ok(Reply::Whole(message)) if dislikes_edns(&message) => {
                    return match self.udp_once(way, packets, false, self.per_try).await {
                        Ok(reply) => Ok(reply),
                        // The plain question got lost: what the server said stands.
                        Err(_) => Ok(Reply::Whole(message)),
                    };
                }
                Ok(reply) => return Ok(reply),
                Err(Trouble::Malformed) => return Err(Trouble::Malformed),
                Err(trouble) => silence = trouble,
            }
        }
        Err(silence)
    }

    /// Sends once and listens until the try ends. An answer to an earlier try of this question counts too.
    async fn udp_once(
        &self,
        way: &Way,
        packets: &Packets,
        edns: bool,
        wait: Duration,
    ) -> Result<Reply, Trouble> {
        let Packet { bytes, .. } = if edns {
            &packets.with_edns
        } else {
            &packets.plain
        };
        self.sent.fetch_add(1, Ordering::Relaxed);
        let end = self.deadline.min(Instant::now() + wait);
        let said = timeout_at(end, async {
            way.send(bytes).await?;
            self.listen(way, packets, edns).await
        });
        match said.await {
            Err(_) => Err(Trouble::Timeout),
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) => self.unreachable(end).await,
        }
    }

    /// The network said no: a moment later it may say yes.
    async fn unreachable(&self, end: Instant) -> Result<Reply, Trouble> {
        let pause = SHORT_WAIT.min(self.per_try);
        let _ = timeout_at(end, sleep(pause)).await;
        Err(Trouble::Unreachable)
    }

    /// The first try. What counts as lost by the server's pace is sent again within it, after twice the wait each time.
    async fn first_try(&self, way: &Way, packets: &Packets) -> Result<Reply, Trouble> {
        let lane = if self.flags.recursion {
            Lane::Resolvers
        } else {
            Lane::Servers
        };
        let began = Instant::now();
        let end = self.deadline.min(began + self.per_try.mul_f64(FIRST_WAIT));
        let (mut is_due, mut is_over) = (true, false);
        let (mut resent, mut looks) = (0, 0);
        loop {
            let patience = self.pace.round_trips.patience(self.address, lane);
            // While nobody has answered yet, the pace may be known a little later.
            let wait =
                patience.map_or_else(|| nth_wait(SOONEST, looks), |wait| nth_wait(wait, resent));
            let until = if is_over { end } else { end.min(began + wait) };
            if is_due {
                self.sent.fetch_add(1, Ordering::Relaxed);
            }
            let said = timeout_at(until, async {
                if is_due {
                    way.send(&packets.with_edns.bytes).await?;
                }
                self.listen(way, packets, true).await
            });
            match said.await {
                Ok(Ok(reply)) => {
                    let took = began.elapsed();
                    self.pace.round_trips.learn(self.address, lane, took);
                    return reply;
                }
                Ok(Err(_)) => return self.unreachable(end).await,
                Err(_) if until == end => return Err(Trouble::Timeout),
                Err(_) => {}
            }
            // The answers of others may have changed what is known.
            let patience = self.pace.round_trips.patience(self.address, lane);
            looks += 1;
            is_due = patience.is_some_and(|wait| began.elapsed() >= nth_wait(wait, resent));
            if is_due {
                resent += 1;
                is_due = self.pace.may_resend(self.address, lane);
                is_over = !is_due || resent == MOST_RESENT;
            }
        }
    }

    async fn listen(
        &self,
        way: &Way,
        packets: &Packets,
        edns: bool,
    ) -> io::Result<Result<Reply, Trouble>> {
        loop {
            let bytes = way.receive().await?;
            let Some((id, truncated)) = header(&bytes) else {
                continue;
            };
            let known = id == packets.plain.id || id == packets.with_edns.id;
            // The refusal of EDNS that led to this plain question may come twice.
            if !known || (!edns && id == packets.with_edns.id && refusal(&bytes)) {
                continue;
            }
            // More than was asked for may have been cut when it was received.
            if truncated || bytes.len() == LONGEST_DATAGRAM {
                return Ok(Ok(Reply::Truncated));
            }
            match decode(&bytes) {
                None => return Ok(Err(Trouble::Malformed)),
                Some(message) if self.answers(&message) => {
                    return Ok(Ok(Reply::Whole(Box::new(message))));
                }
                Some(_) => continue,
            }
        }
    }

    async fn tcp(&self, packet: &Packet, until: Instant) -> Result<Message, Trouble> {
        let whole = timeout_at(until, async {
            let mut stream = TcpStream::connect(self.address).await?;
            let mut framed = Vec::with_capacity(packet.bytes.len() + 2);
            let length = u16::try_from(packet.bytes.len()).unwrap_or_default();
            framed.extend_from_slice(&length.to_be_bytes());
            framed.extend_from_slice(&packet.bytes);
            self.sent.fetch_add(1, Ordering::Relaxed);
            stream.write_all(&framed).await?;
            let mut answer = vec![0; usize::from(stream.read_u16().await?)];
            stream.read_exact(&mut answer).await?;
            io::Result::Ok(answer)
        });
        let bytes = match whole.await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(_)) => return Err(Trouble::Unreachable),
            Err(_) => return Err(Trouble::Timeout),
        };
        if header(&bytes) != Some((packet.id, false)) {
            return Err(Trouble::Malformed);
        }
        match decode(&bytes) {
            Some(message) if self.answers(&message) => Ok(message),
            _ => Err(Trouble::Malformed),
        }
    }

    /// True where the message answers this question. Old servers send an error without repeating the question.
    fn answers(&self, message: &Message) -> bool {
        match message.queries.as_slice() {
            [query] => query.name() == &self.name && query.query_type() == self.record_type,
            [] => !matches!(
                message.response_code,
                ResponseCode::NoError | ResponseCode::NXDomain
            ),
            _ => false,
        }
    }

    fn packets(&self) -> Result<Packets, Trouble> {
        let mut message = Message::query();
        self.flags.write(&mut message.metadata);
        message.add_query(Query::query(self.name.clone(), self.record_type));
        let mut options = Edns::new();
        options.set_max_payload(UDP_PAYLOAD);
        options.set_dnssec_ok(self.flags.signatures);
        message.set_edns(options);
        let id = message.metadata.id;
        let bytes = message.to_vec().map_err(|_| Trouble::Malformed)?;
        // Without EDNS the same question, under an id of its own: the OPT record stands at the end, and nothing else behind the question.
        let mut plain = bytes.clone();
        plain.truncate(bytes.len().saturating_sub(OPT));
        plain[HEADER - 2..HEADER].fill(0);
        let mut plain = Packet { id, bytes: plain };
        plain.take_id(id.wrapping_add(rand::random_range(1..=u16::MAX)));
        Ok(Packets {
            with_edns: Packet { id, bytes },
            plain,
        })
    }

    /// A socket of its own, on which an answer to another question cannot arrive, or a place on a shared one.
    fn way(&self) -> io::Result<Way> {
        match self.lines {
            Some(lines) => lines.seat(self.address).map(Way::Shared),
            None => open(self.address).map(Way::Own),
        }
    }

    fn try_end(&self) -> Instant {
        self.deadline.min(Instant::now() + self.per_try)
    }
}

impl Way {
    async fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Own(socket) => socket.send(bytes).await,
            Self::Shared(seat) => seat.send(bytes).await,
        }
    }

    async fn receive(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Own(socket) => {
                let mut buffer = vec![0; LONGEST_DATAGRAM];
                let length = socket.recv(&mut buffer).await?;
                buffer.truncate(length);
                Ok(buffer)
            }
            Self::Shared(seat) => seat.receive().await,
        }
    }
}

impl Packet {
    fn take_id(&mut self, id: u16) {
        self.id = id;
        self.bytes[..2].copy_from_slice(&id.to_be_bytes());
    }
}

/// A UDP socket that hears `address` alone.
pub(super) fn open(address: SocketAddr) -> io::Result<UdpSocket> {
    let any = match address {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = std::net::UdpSocket::bind((any, 0))?;
    socket.set_nonblocking(true)?;
    socket.connect(address)?;
    UdpSocket::from_std(socket)
}

/// Id and TC bit of a response; None for what is no response.
pub(super) fn header(bytes: &[u8]) -> Option<(u16, bool)> {
    if bytes.len() < HEADER || bytes[2] & 0x80 == 0 {
        return None;
    }
    let id = u16::from_be_bytes([bytes[0], bytes[1]]);
    Some((id, bytes[2] & 0x02 != 0))
}

/// How long after the first datagram the one after `nth` others is sent: each wait is twice the one before.
fn nth_wait(first: Duration, nth: u32) -> Duration {
    first * ((2 << nth.min(LONGEST_DOUBLING)) - 1)
}

fn refusal(bytes: &[u8]) -> bool {
    decode(bytes).is_some_and(|message| dislikes_edns(&message))
}
