//! Where a DNS server that speaks HTTPS is: the built-in public ones, and those that a user names by URL.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::net::ToSocketAddrs;
use std::str::FromStr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http::Uri;
use tokio_rustls::rustls::pki_types::ServerName;

/// The port of HTTPS.
const HTTPS_PORT: u16 = 443;

/// The path that every public server answers at, and that is taken where a URL names none.
const USUAL_PATH: &str = "/dns-query";

/// Bytes of a URL.
const LONGEST_URL: usize = 500;

/// Longest wait for the address of a server that was named by its name.
const LOCATE: Duration = Duration::from_secs(5);

/// The public servers by their addresses, so that no DNS is needed to find them, and the names of their certificates.
const PUBLIC: [(Ipv4Addr, Ipv6Addr, &str); 3] = [
    (
        Ipv4Addr::new(1, 1, 1, 1),
        Ipv6Addr::new(0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111),
        "cloudflare-dns.com",
    ),
    (
        Ipv4Addr::new(8, 8, 8, 8),
        Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888),
        "dns.google",
    ),
    (
        Ipv4Addr::new(9, 9, 9, 9),
        Ipv6Addr::new(0x2620, 0xfe, 0, 0, 0, 0, 0, 0xfe),
        "dns.quad9.net",
    ),
];

/// A server as the user named it: `https://HOST[:PORT]/PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// A name or an address, without brackets.
    host: String,
    port: u16,
    path: String,
}

/// A server that speaks DNS over HTTPS (RFC 8484).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::dns) struct Place {
    pub address: SocketAddr,
    /// Tried where the first cannot be reached: networks without IPv4.
    pub other: Option<SocketAddr>,
    /// The name that its certificate has to carry.
    pub name: ServerName<'static>,
    pub uri: Uri,
}

/// Why a server that was named cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("this is no URL of a DNS server")]
    Unreadable,
    #[error(
        "a DNS server is only asked over https://, never over a connection that others can read"
    )]
    NotHttps,
}

impl FromStr for Url {
    type Err = UrlError;

    /// Reads a URL; the ending `{?dns}` of a URI template (RFC 8484, section 4.1) is left aside, since questions are sent by POST.
    fn from_str(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        let text = text.strip_suffix("{?dns}").unwrap_or(text);
        if text.len() > LONGEST_URL {
            return Err(UrlError::Unreadable);
        }
        let uri: Uri = text.parse().map_err(|_| UrlError::Unreadable)?;
        match uri.scheme_str() {
            Some("https") => {}
            Some(_) => return Err(UrlError::NotHttps),
            None => return Err(UrlError::Unreadable),
        }
        let authority = uri.authority().ok_or(UrlError::Unreadable)?;
        let bare = authority.host().trim_matches(['[', ']']);
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            // What stands beside the host is no port then, or a user's name.
            None if authority.as_str() != authority.host() => return Err(UrlError::Unreadable),
            None => HTTPS_PORT,
        };
        let is_plain = !bare.is_empty() && !authority.as_str().contains('@') && port != 0;
        if !is_plain || ServerName::try_from(bare.to_owned()).is_err() {
            return Err(UrlError::Unreadable);
        }
        let after = text.find("://").map_or("", |at| &text[at + 3..]);
        let path = match after.contains('/') {
            true => uri
                .path_and_query()
                .map_or(USUAL_PATH, |path| path.as_str()),
            false => USUAL_PATH,
        };
        Ok(Self {
            host: bare.to_owned(),
            port,
            path: path.to_owned(),
        })
    }
}

impl Url {
    /// The server behind the URL. A name is looked up once by this machine's own means; an address needs no look-up.
    /// Blocks, for five seconds at most.
    pub(super) fn locate(&self) -> Option<Place> {
        let address = match self.host.parse::<IpAddr>() {
            Ok(ip) => SocketAddr::new(ip, self.port),
            Err(_) => self.look_up()?,
        };
        Place::new(address, &self.host, &self.path)
    }

    fn look_up(&self) -> Option<SocketAddr> {
        let (found, answer) = mpsc::channel();
        let (host, port) = (self.host.clone(), self.port);
        // A thread that can be left behind: the system's look-up knows no time limit.
        thread::Builder::new()
            .name("locate".to_owned())
            .spawn(move || {
                let all = (host.as_str(), port).to_socket_addrs();
                let all: Vec<SocketAddr> = all.into_iter().flatten().collect();
                let first = all.iter().find(|at| at.is_ipv4()).or(all.first());
                // Nobody listens where the wait is over.
                let _ = found.send(first.copied());
            })
            .ok()?;
        answer.recv_timeout(LOCATE).ok().flatten()
    }

    pub fn host(&self) -> &str {
        &self.host
    }
}

impl Place {
    fn new(address: SocketAddr, name: &str, path: &str) -> Option<Self> {
        let host = match name.contains(':') {
            true => format!("[{name}]"),
            false => name.to_owned(),
        };
        let port = match address.port() {
            HTTPS_PORT => String::new(),
            port => format!(":{port}"),
        };
        Some(Self {
            address,
            other: None,
            name: ServerName::try_from(name.to_owned()).ok()?,
            uri: format!("https://{host}{port}{path}").parse().ok()?,
        })
    }

    pub fn public() -> Vec<Self> {
        PUBLIC
            .iter()
            .filter_map(|(ip, ip6, name)| {
                let other = SocketAddr::new(IpAddr::V6(*ip6), HTTPS_PORT);
                let place = Self::new(
                    SocketAddr::new(IpAddr::V4(*ip), HTTPS_PORT),
                    name,
                    USUAL_PATH,
                )?;
                Some(Self {
                    other: Some(other),
                    ..place
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::dns::https::place::*;

    #[test]
    fn urls_are_read_as_people_write_them() {
        for (typed, host, port, path) in [
            (
                "https://dns.example/dns-query",
                "dns.example",
                443,
                "/dns-query",
            ),
            ("https://dns.example", "dns.example", 443, "/dns-query"),
            ("https://dns.example/", "dns.example", 443, "/"),
            ("https://dns.example/q{?dns}", "dns.example", 443, "/q"),
            ("https://192.0.2.1:8443/q?x=1", "192.0.2.1", 8443, "/q?x=1"),
            ("https://[2001:db8::1]/q", "2001:db8::1", 443, "/q"),
        ] {
            let url: Url = typed.parse().unwrap();
            assert_eq!(
                (url.host.as_str(), url.port, url.path.as_str()),
                (host, port, path),
                "{typed}"
            );
        }
        for typed in [
            "",
            "dns.example",
            "http://dns.example/dns-query",
            "https://",
            "https:///dns-query",
            "https://user:secret@dns.example/q",
            "https://dns.example:0/q",
            "https://dns.example:/q",
            "https://dns example/q",
            "https://dns.example:99999/q",
        ] {
            assert!(typed.parse::<Url>().is_err(), "{typed}");
        }
    }

    #[test]
    fn the_public_servers_need_no_look_up() {
        let uris: Vec<String> = Place::public()
            .iter()
            .map(|place| place.uri.to_string())
            .collect();
        assert_eq!(
            uris,
            [
                "https://cloudflare-dns.com/dns-query",
                "https://dns.google/dns-query",
                "https://dns.quad9.net/dns-query"
            ]
        );
    }
}
