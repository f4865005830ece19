//! Whom to ask and how long to wait.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::net::ToSocketAddrs;
use std::path::Path;
use std::time::Duration;

use crate::dns::pace::PUBLIC_RESOLVERS;
use crate::records::name::DomainName;

/// Three tries of up to a second, and time for TCP.
const TIMEOUT: Duration = Duration::from_secs(5);

const DNS_PORT: u16 = 53;

/// Where the system keeps its list of resolvers.
const SYSTEM_LIST: &str = "/etc/resolv.conf";

/// Bytes of that list.
#[cfg(unix)]
const LONGEST_LIST: u64 = 64 * 1024;

/// Resolvers kept of the machine's own list.
const MOST_SYSTEM_RESOLVERS: usize = 4;

/// Whom to ask and how long to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// In the order in which they are asked.
    pub resolvers: Vec<SocketAddr>,
    /// Port of authoritative servers: 53 but for labs.
    pub authoritative_port: u16,
    /// Name servers whose address is known beforehand (practice).
    pub pinned: BTreeMap<DomainName, SocketAddr>,
    /// Longest wait for one question, all tries together.
    pub timeout: Duration,
}

/// Why no resolver is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("this machine's list of resolvers could not be read: {0}")]
    NoSystemResolvers(String),
}

impl ConfigError {
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoSystemResolvers(_) => {
                "Name a resolver yourself, for example: --resolver 9.9.9.9; or ask public ones over HTTPS with --doh"
            }
        }
    }
}

impl Config {
    /// The resolvers that were named; where none was, the system's and then the public ones. Search lists and
    /// `ndots` of the system are left aside: every name that is asked is a whole name.
    pub fn system(named: &[SocketAddr], authoritative_port: u16) -> Result<Self, ConfigError> {
        Self::from_list(named, authoritative_port, Path::new(SYSTEM_LIST))
    }

    /// The same, with the system's list at another place. Systems that keep no such file give theirs in their own way.
    pub fn from_list(
        named: &[SocketAddr],
        authoritative_port: u16,
        list: &Path,
    ) -> Result<Self, ConfigError> {
        let mut resolvers = named.to_vec();
        if resolvers.is_empty() {
            resolvers = system_resolvers(list)?;
            resolvers.truncate(MOST_SYSTEM_RESOLVERS);
            resolvers.extend(PUBLIC_RESOLVERS.map(|ip| SocketAddr::new(IpAddr::V4(ip), DNS_PORT)));
        }
        Ok(Self {
            authoritative_port,
            ..Self::of_resolvers(resolvers)
        })
    }

    /// These resolvers, and the usual for the rest.
    pub(super) fn of_resolvers(resolvers: Vec<SocketAddr>) -> Self {
        Self {
            resolvers: unique(resolvers),
            authoritative_port: DNS_PORT,
            pinned: BTreeMap::new(),
            timeout: TIMEOUT,
        }
    }

    /// The wait before a question is sent again.
    pub(super) fn per_try(&self) -> Duration {
        (self.timeout / 4).min(Duration::from_secs(1))
    }
}

/// Reads an IPv6 address with its scope, `fe80::1%eth0`: an address that is only good on one network has to say on which.
pub fn scoped(text: &str, port: u16) -> Option<SocketAddr> {
    let (ip, scope) = text.split_once('%')?;
    ip.parse::<Ipv6Addr>().ok().filter(|_| !scope.is_empty())?;
    // The system knows the numbers of its networks. Nothing is asked of the DNS for a text that is an address.
    (text, port).to_socket_addrs().ok()?.next()
}

/// The resolvers of a list as in resolv.conf(5). A line that cannot be read is passed over, as the system does.
#[cfg(unix)]
fn system_resolvers(list: &Path) -> Result<Vec<SocketAddr>, ConfigError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(list)
        .and_then(|file| file.take(LONGEST_LIST).read_to_end(&mut bytes))
        .map_err(|error| ConfigError::NoSystemResolvers(format!("{}: {error}", list.display())))?;
    let text = String::from_utf8_lossy(&bytes);
    let addresses: Vec<SocketAddr> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_ascii_whitespace();
            let is_resolver = words.next() == Some("nameserver");
            words.next().filter(|_| is_resolver)
        })
        .filter_map(|text| match text.parse::<IpAddr>() {
            Ok(ip) => Some(SocketAddr::new(ip, DNS_PORT)),
            Err(_) => scoped(text, DNS_PORT),
        })
        .collect();
    if addresses.is_empty() {
        let reason = format!("{} names no resolver", list.display());
        return Err(ConfigError::NoSystemResolvers(reason));
    }
    Ok(addresses)
}

#[cfg(not(unix))]
fn system_resolvers(_: &Path) -> Result<Vec<SocketAddr>, ConfigError> {
    let (system, _) = hickory_resolver::system_conf::read_system_conf()
        .map_err(|error| ConfigError::NoSystemResolvers(error.to_string()))?;
    let addresses: Vec<SocketAddr> = system
        .name_servers()
        .iter()
        .map(|server| {
            let port = server.connections.first().map_or(DNS_PORT, |to| to.port);
            SocketAddr::new(server.ip, port)
        })
        .collect();
    if addresses.is_empty() {
        return Err(ConfigError::NoSystemResolvers(
            "it names no resolver".to_owned(),
        ));
    }
    Ok(addresses)
}

fn unique(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let mut kept = Vec::with_capacity(addresses.len());
    for address in addresses {
        if !kept.contains(&address) {
            kept.push(address);
        }
    }
    kept
}
