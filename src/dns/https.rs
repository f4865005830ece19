//! DNS over HTTPS (RFC 8484): for networks where port 53 does not get out, or where somebody else answers there.
//!
//! `place` where servers are · `link` a connection that is kept open. Nothing of TLS is set up before the first question.

mod link;
mod place;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use hickory_resolver::proto::op::Edns;
use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RecordType as WireType;
use jiff::SignedDuration;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::dns::https::link::Link;
use crate::dns::https::place::Place;
use crate::dns::message::decode;
use crate::records::sighting::TlsTrouble;
use crate::records::sighting::Trouble;

pub use crate::dns::https::place::Url;
pub use crate::dns::https::place::UrlError;

/// A difference of clocks that is worth telling.
const CLOCK_IS_OFF: SignedDuration = SignedDuration::from_mins(5);

/// Certificates read of a file.
const MOST_CERTIFICATES: usize = 100;

/// Answers may be as long as a message can be: there are no packets to fit into.
const PAYLOAD: u16 = u16::MAX;

/// Which servers are asked over HTTPS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Named by the user; empty: the built-in public ones.
    pub urls: Vec<Url>,
    /// For labs: a file of certificates (PEM) to trust besides the usual ones.
    pub trusted: Option<PathBuf>,
}

/// Why nobody can be asked over HTTPS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpsError {
    #[error("the address of the DNS server {host} could not be found")]
    NotLocated { host: String },
    #[error("{} holds no certificate that can be read", path.display())]
    NoCertificate { path: PathBuf },
}

impl HttpsError {
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotLocated { .. } => {
                "Write the address of the server into the URL, such as --doh=https://9.9.9.9/dns-query; or use --doh alone."
            }
            Self::NoCertificate { .. } => "Name a file with certificates in PEM form.",
        }
    }
}

/// The servers that are asked over HTTPS, with their connections.
pub(super) struct Https {
    links: Vec<Link>,
    extra: Vec<CertificateDer<'static>>,
    tls: OnceLock<Option<TlsConnector>>,
}

impl Https {
    pub(super) fn new(choice: &Choice) -> Result<Self, HttpsError> {
        let places = if choice.urls.is_empty() {
            Place::public()
        } else {
            let located = choice.urls.iter().map(|url| {
                url.locate().ok_or_else(|| HttpsError::NotLocated {
                    host: url.host().to_owned(),
                })
            });
            located.collect::<Result<Vec<Place>, HttpsError>>()?
        };
        let extra = match &choice.trusted {
            Some(path) => certificates(path)?,
            None => Vec::new(),
        };
        Ok(Self {
            links: places.into_iter().map(Link::new).collect(),
            extra,
            tls: OnceLock::new(),
        })
    }

    /// The addresses of the servers, in their order.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.links.iter().map(|link| link.place.address).collect()
    }

    /// How far the clocks of the servers are ahead of this machine's, where the nearest of them is more than five minutes away.
    pub(super) fn clock_is_off(&self) -> Option<SignedDuration> {
        self.links
            .iter()
            .filter_map(Link::ahead)
            .map(SignedDuration::from_secs)
            .min_by_key(|off| off.abs())
            .filter(|off| off.abs() > CLOCK_IS_OFF)
    }

    /// Asks one of the servers one question.
    pub(super) async fn ask(
        &self,
        address: SocketAddr,
        name: Name,
        record_type: WireType,
        deadline: Instant,
        sent: &AtomicU64,
    ) -> Result<Message, Trouble> {
        let link = self
            .links
            .iter()
            .find(|link| link.place.address == address)
            .ok_or(Trouble::Unreachable)?;
        let tls = self.tls().ok_or(Trouble::Tls(TlsTrouble::Other))?;
        let query = Query::query(name, record_type);
        let question = packet(&query).ok_or(Trouble::Malformed)?;
        let bytes = link.exchange(tls, &question, deadline, sent).await?;
        let message = decode(&bytes).ok_or(Trouble::Malformed)?;
        let answers = match message.queries.as_slice() {
            [asked] => asked.name() == query.name() && asked.query_type() == record_type,
            _ => false,
        };
        if !answers || message.metadata.truncation {
            return Err(Trouble::Malformed);
        }
        Ok(message)
    }

    fn tls(&self) -> Option<&TlsConnector> {
        self.tls
            .get_or_init(|| {
                let mut roots =
                    RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
                roots.add_parsable_certificates(self.extra.iter().cloned());
                let provider = std::sync::Arc::new(ring::default_provider());
                let mut config = ClientConfig::builder_with_provider(provider)
                    .with_safe_default_protocol_versions()
                    .ok()?
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                config.alpn_protocols = vec![b"h2".to_vec()];
                Some(TlsConnector::from(std::sync::Arc::new(config)))
            })
            .as_ref()
    }
}

impl fmt::Debug for Https {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.addresses()).finish()
    }
}

/// The question as it is sent: with the id 0, so that equal questions are equal bytes (RFC 8484, section 4.1).
fn packet(query: &Query) -> Option<Vec<u8>> {
    let mut message = Message::query();
    message.metadata.id = 0;
    message.metadata.recursion_desired = true;
    message.add_query(query.clone());
    let mut options = Edns::new();
    options.set_max_payload(PAYLOAD);
    message.set_edns(options);
    message.to_vec().ok()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, HttpsError> {
    let none = || HttpsError::NoCertificate {
        path: path.to_owned(),
    };
    let all: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(path)
        .map_err(|_| none())?
        .take(MOST_CERTIFICATES)
        .collect::<Result<_, _>>()
        .map_err(|_| none())?;
    if all.is_empty() { Err(none()) } else { Ok(all) }
}
