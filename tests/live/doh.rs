//! A DNS server that speaks HTTPS on loopback, over real TLS, and says what a script tells it to.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use http::Response;
use http::StatusCode;
use nobounce::dns::Client;
use nobounce::dns::https::Choice;
use nobounce::records::sighting::Server;
use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertifiedIssuer;
use rcgen::IsCa;
use rcgen::KeyPair;
use rcgen::date_time_ymd;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Via;

/// What the certificate of the server is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    Good,
    NotYetValid,
    Expired,
    OfAnother,
    /// Of a CA that the client is not told to trust.
    Stranger,
}

/// How the server answers besides the DNS.
#[derive(Clone, Debug)]
pub struct Manners {
    pub certificate: Certificate,
    pub status: u16,
    pub content_type: &'static str,
    /// The `Date` header.
    pub date: Option<String>,
    /// Questions that one connection carries before the server closes it.
    pub per_connection: usize,
    /// The first connections say nothing.
    pub mute_connections: usize,
    /// Sent instead of a DNS message.
    pub body: Option<Vec<u8>>,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            certificate: Certificate::Good,
            status: 200,
            content_type: "application/dns-message",
            date: None,
            per_connection: usize::MAX,
            mute_connections: 0,
            body: None,
        }
    }
}

pub struct Doh {
    pub address: SocketAddr,
    /// The file of the CA.
    pub ca: PathBuf,
    _folder: tempfile::TempDir,
    heard: Arc<Mutex<Vec<Heard>>>,
    connections: Arc<AtomicUsize>,
}

impl Doh {
    pub async fn start(script: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static) -> Self {
        Self::with(Manners::default(), script).await
    }

    pub async fn with(
        manners: Manners,
        script: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static,
    ) -> Self {
        let (config, ca) = certified(manners.certificate);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, ca).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let connections = Arc::new(AtomicUsize::new(0));
        let script = Arc::new(script);
        let all = (heard.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (heard, connections) = all.clone();
                let (acceptor, manners, script) =
                    (acceptor.clone(), manners.clone(), script.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let before = connections.fetch_add(1, Ordering::Relaxed);
                    let mut served = 0;
                    let mut connection =
                        h2::server::Builder::new().handshake(stream).await.unwrap();
                    while let Some(Ok((request, respond))) = connection.accept().await {
                        served += 1;
                        if before < manners.mute_connections {
                            tokio::spawn(async move {
                                let _open = respond;
                                std::future::pending::<()>().await;
                            });
                            continue;
                        }
                        if served >= manners.per_connection {
                            connection.graceful_shutdown();
                        }
                        let (heard, manners, script) =
                            (heard.clone(), manners.clone(), script.clone());
                        tokio::spawn(async move {
                            answer(request, respond, &manners, &heard, script.as_ref()).await;
                        });
                    }
                });
            }
        });
        Self {
            address,
            ca: file,
            _folder: folder,
            heard,
            connections,
        }
    }

    pub fn url(&self) -> String {
        format!("https://{}/dns-query", self.address)
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

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn resolver(&self) -> Server {
        Server::Resolver {
            address: self.address,
        }
    }
}

/// A client that asks these servers over HTTPS and trusts their CAs.
pub fn client(servers: &[&Doh]) -> Client {
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("all.pem");
    let pems: Vec<String> = servers
        .iter()
        .map(|server| std::fs::read_to_string(&server.ca).unwrap())
        .collect();
    std::fs::write(&trusted, pems.concat()).unwrap();
    let mut client = Client::over_https(&Choice {
        urls: servers
            .iter()
            .map(|server| server.url().parse().unwrap())
            .collect(),
        trusted: Some(trusted),
    })
    .unwrap();
    client.config.timeout = Duration::from_millis(1600);
    client
}

async fn answer(
    request: http::Request<h2::RecvStream>,
    mut respond: h2::server::SendResponse<std::io::Cursor<Vec<u8>>>,
    manners: &Manners,
    heard: &Mutex<Vec<Heard>>,
    script: &(dyn Fn(&Heard) -> Vec<Say> + Send + Sync),
) {
    assert_eq!(request.method(), http::Method::POST);
    assert_eq!(request.uri().path(), "/dns-query");
    assert_eq!(request.headers()["content-type"], "application/dns-message");
    let mut body = request.into_body();
    let mut bytes = Vec::new();
    while let Some(part) = body.data().await {
        bytes.extend_from_slice(&part.unwrap());
    }
    let one = {
        let mut heard = heard.lock().unwrap();
        let one = Heard {
            message: Message::from_vec(&bytes).unwrap(),
            // Over TCP in the end; scripts need not tell the two apart.
            via: Via::Tcp,
            nth: heard.len(),
        };
        heard.push(one.clone());
        one
    };
    assert_eq!(one.message.metadata.id, 0, "RFC 8484, section 4.1");
    let said = match &manners.body {
        Some(body) => body.clone(),
        None => match script(&one).into_iter().next() {
            Some(Say::Now(bytes)) => bytes,
            Some(Say::After(wait, bytes)) => {
                tokio::time::sleep(wait).await;
                bytes
            }
            Some(Say::Half(_) | Say::Hang) | None => std::future::pending().await,
        },
    };
    let mut response = Response::builder()
        .status(StatusCode::from_u16(manners.status).unwrap())
        .header("content-type", manners.content_type);
    if let Some(date) = &manners.date {
        response = response.header("date", date);
    }
    let mut stream = respond
        .send_response(response.body(()).unwrap(), false)
        .unwrap();
    let _ = stream.send_data(std::io::Cursor::new(said), true);
}

/// The server's side of TLS, and the CA as PEM.
fn certified(certificate: Certificate) -> (ServerConfig, String) {
    let ca = authority();
    let named = match certificate {
        Certificate::OfAnother => "login.hotel.example",
        _ => "127.0.0.1",
    };
    let mut leaf = CertificateParams::new(vec![named.to_owned()]).unwrap();
    (leaf.not_before, leaf.not_after) = match certificate {
        Certificate::NotYetValid => (date_time_ymd(2090, 1, 1), date_time_ymd(2099, 1, 1)),
        Certificate::Expired => (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1)),
        _ => (date_time_ymd(2001, 1, 1), date_time_ymd(2099, 1, 1)),
    };
    let key = KeyPair::generate().unwrap();
    let signed = leaf.signed_by(&key, &ca).unwrap();
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![signed.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let trusted = match certificate {
        Certificate::Stranger => authority().pem(),
        _ => ca.pem(),
    };
    (config, trusted)
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (ca.not_before, ca.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2099, 1, 1));
    CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap()
}
