//! One encrypted connection to one server, kept open and shared by all questions; HTTP/2 carries them side by side.

use std::future::poll_fn;
use std::io;
use std::io::Cursor;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use h2::client::SendRequest;
use http::Request;
use http::StatusCode;
use http::header;
use jiff::Timestamp;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio::time::timeout_at;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls;
use tokio_rustls::rustls::CertificateError;

use crate::dns::https::place::Place;
use crate::records::sighting::TlsTrouble;
use crate::records::sighting::Trouble;

/// Bytes of one answer: no DNS message is longer.
const LONGEST_BODY: usize = 65_535;

/// Bytes of the headers of one answer.
const LONGEST_HEAD: u32 = 16 * 1024;

/// The media type of a DNS message (RFC 8484, section 6).
const MEDIA_TYPE: &str = "application/dns-message";

/// How long a connection that could not be made is not tried again: questions that wait for it fail together.
const REST: Duration = Duration::from_secs(2);

/// No `Date` was seen yet.
const NO_DATE: i64 = i64::MIN;

type Body = Cursor<Vec<u8>>;

/// The way to one server.
pub(super) struct Link {
    pub(super) place: Place,
    state: Mutex<State>,
    /// Seconds that the server's clock is ahead of this machine's.
    ahead: AtomicI64,
    /// Answers so far.
    heard: AtomicU64,
}

enum State {
    /// The number grows with each connection.
    Open(u64, SendRequest<Body>),
    Closed(u64),
    Failed(u64, Instant, Trouble),
}

/// Why a question did not get through.
enum Failure {
    /// The connection was closed, which a server may do at any time: worth a second try on a new one.
    Gone,
    Trouble(Trouble),
}

impl Link {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            state: Mutex::new(State::Closed(0)),
            ahead: AtomicI64::new(NO_DATE),
            heard: AtomicU64::new(0),
        }
    }

    /// Seconds that the server's clock is ahead; None where it did not say.
    pub(super) fn ahead(&self) -> Option<i64> {
        Some(self.ahead.load(Ordering::Relaxed)).filter(|ahead| *ahead != NO_DATE)
    }

    /// Sends one DNS message, counts that in `sent`, and gives the bytes of the answer.
    pub(super) async fn exchange(
        &self,
        tls: &TlsConnector,
        message: &[u8],
        deadline: Instant,
        sent: &AtomicU64,
    ) -> Result<Vec<u8>, Trouble> {
        for is_last in [false, true] {
            let (number, sender) = self.connection(tls, deadline).await?;
            sent.fetch_add(1, Ordering::Relaxed);
            let heard = self.heard.load(Ordering::Relaxed);
            let posted = timeout_at(deadline, self.post(sender, message)).await;
            match posted {
                Ok(Ok(bytes)) => return Ok(bytes),
                Ok(Err(Failure::Trouble(trouble))) => return Err(trouble),
                Ok(Err(Failure::Gone)) if !is_last => self.close(number).await,
                Ok(Err(Failure::Gone)) => break,
                Err(_) => {
                    // Nothing at all came in meanwhile: the connection may be dead, as after a sleep of the computer.
                    if self.heard.load(Ordering::Relaxed) == heard {
                        self.close(number).await;
                    }
                    return Err(Trouble::Timeout);
                }
            }
        }
        Err(Trouble::Unreachable)
    }

    /// The open connection, or a new one. Questions that come while it is made wait for it.
    async fn connection(
        &self,
        tls: &TlsConnector,
        deadline: Instant,
    ) -> Result<(u64, SendRequest<Body>), Trouble> {
        let asked = Instant::now();
        let mut state = timeout_at(deadline, self.state.lock())
            .await
            .map_err(|_| Trouble::Timeout)?;
        let number = match &*state {
            State::Open(number, sender) => return Ok((*number, sender.clone())),
            State::Failed(_, at, trouble) if *at >= asked || at.elapsed() < REST => {
                return Err(trouble.clone());
            }
            State::Failed(number, ..) | State::Closed(number) => number + 1,
        };
        let made = timeout_at(deadline, self.connect(tls)).await;
        match made.unwrap_or(Err(Trouble::Timeout)) {
            Ok(sender) => {
                *state = State::Open(number, sender.clone());
                Ok((number, sender))
            }
            Err(trouble) => {
                *state = State::Failed(number, Instant::now(), trouble.clone());
                Err(trouble)
            }
        }
    }

    async fn connect(&self, tls: &TlsConnector) -> Result<SendRequest<Body>, Trouble> {
        let stream = dial(&self.place).await.map_err(|_| Trouble::Unreachable)?;
        // Questions are small and wait for their answers: none is held back to be sent with others.
        let _ = stream.set_nodelay(true);
        let stream = tls
            .connect(self.place.name.clone(), stream)
            .await
            .map_err(|error| Trouble::Tls(tls_trouble(&error)))?;
        let (sender, connection) = h2::client::Builder::new()
            .enable_push(false)
            .max_header_list_size(LONGEST_HEAD)
            .handshake(stream)
            .await
            .map_err(|_| Trouble::Tls(TlsTrouble::Other))?;
        tokio::spawn(async move {
            // The end of the connection is seen by the next question.
            let _ = connection.await;
        });
        Ok(sender)
    }

    /// Lets the connection of this number go; a newer one stays.
    async fn close(&self, number: u64) {
        let mut state = self.state.lock().await;
        if matches!(&*state, State::Open(open, _) if *open == number) {
            *state = State::Closed(number);
        }
    }

    async fn post(&self, sender: SendRequest<Body>, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let request = Request::post(self.place.uri.clone())
            .header(header::CONTENT_TYPE, MEDIA_TYPE)
            .header(header::ACCEPT, MEDIA_TYPE)
            .header(header::CONTENT_LENGTH, message.len())
            .body(())
            .map_err(|_| Failure::Trouble(Trouble::Malformed))?;
        let mut sender = sender.ready().await.map_err(|_| Failure::Gone)?;
        let (response, mut stream) = sender
            .send_request(request, false)
            .map_err(|_| Failure::Gone)?;
        stream
            .send_data(Cursor::new(message.to_vec()), true)
            .map_err(|_| Failure::Gone)?;
        let response = response.await.map_err(|error| failure(&error))?;
        self.heard.fetch_add(1, Ordering::Relaxed);
        self.note_date(response.headers().get(header::DATE));
        if response.status() != StatusCode::OK {
            let status = response.status().as_u16();
            return Err(Failure::Trouble(Trouble::Http(status)));
        }
        let is_dns = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| {
                let bytes = value.as_bytes();
                bytes
                    .get(..MEDIA_TYPE.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(MEDIA_TYPE.as_bytes()))
            });
        if !is_dns {
            return Err(Failure::Trouble(Trouble::Malformed));
        }
        let mut body = response.into_body();
        let mut bytes = Vec::new();
        while let Some(part) = poll_fn(|context| body.poll_data(context)).await {
            let part = part.map_err(|error| failure(&error))?;
            if bytes.len() + part.len() > LONGEST_BODY {
                return Err(Failure::Trouble(Trouble::Malformed));
            }
            bytes.extend_from_slice(&part);
            // What was read makes room for more.
            let _ = body.flow_control().release_capacity(part.len());
        }
        Ok(bytes)
    }

    /// Compares the clock of the server with this machine's (RFC 9110, section 6.6.1).
    fn note_date(&self, value: Option<&http::HeaderValue>) {
        let date = value
            .and_then(|value| value.to_str().ok())
            .and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
        if let Some(date) = date {
            let ahead = date.timestamp().as_second() - Timestamp::now().as_second();
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }
}

/// Connects to the first address; to the other where the network says no to the first.
async fn dial(place: &Place) -> io::Result<TcpStream> {
    match (TcpStream::connect(place.address).await, place.other) {
        (Err(_), Some(other)) => TcpStream::connect(other).await,
        (first, _) => first,
    }
}

/// A stream that was refused before it was worked on may be sent again, as may one whose connection is gone.
fn failure(error: &h2::Error) -> Failure {
    let is_refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
    if error.is_io() || error.is_go_away() || is_refused {
        Failure::Gone
    } else {
        Failure::Trouble(Trouble::Malformed)
    }
}

fn tls_trouble(error: &io::Error) -> TlsTrouble {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(certificate)) = inner else {
        return TlsTrouble::Other;
    };
    match certificate {
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsTrouble::NotYetValid
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsTrouble::Expired,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsTrouble::OtherName
        }
        _ => TlsTrouble::Untrusted,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::net::TcpListener;

    use crate::dns::https::link::*;

    #[tokio::test]
    async fn where_the_first_address_cannot_be_reached_the_other_is_tried() {
        let there = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = gone.local_addr().unwrap();
        drop(gone);
        let mut place = Place::public().swap_remove(0);
        place.address = address;
        place.other = None;
        assert!(dial(&place).await.is_err());
        place.other = there.local_addr().ok();
        assert_eq!(dial(&place).await.unwrap().peer_addr().ok(), place.other);
    }
}
