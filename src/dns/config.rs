//! Whom to ask and how long to wait.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::system_conf::read_system_conf;

use crate::dns::pace::PUBLIC_RESOLVERS;
use crate::records::name::DomainName;

/// Three tries of up to a second, and time for TCP.
const TIMEOUT: Duration = Duration::from_secs(5);

const DNS_PORT: u16 = 53;

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
                "Name a resolver yourself, for example: --resolver 9.9.9.9"
            }
        }
    }
}

impl Config {
    /// The resolvers that were named; where none was, the system's and then the public ones. Search lists and
    /// `ndots` of the system are left aside: every name that is asked is a whole name.
    pub fn system(named: &[SocketAddr], authoritative_port: u16) -> Result<Self, ConfigError> {
        let mut resolvers = named.to_vec();
        if resolvers.is_empty() {
            resolvers = system_resolvers()?;
            resolvers.extend(PUBLIC_RESOLVERS.map(|ip| SocketAddr::new(IpAddr::V4(ip), DNS_PORT)));
        }
        Ok(Self {
            resolvers: unique(resolvers),
            authoritative_port,
            pinned: BTreeMap::new(),
            timeout: TIMEOUT,
        })
    }

    /// The wait before a question is sent again.
    pub(super) fn per_try(&self) -> Duration {
        (self.timeout / 4).min(Duration::from_secs(1))
    }
}

fn system_resolvers() -> Result<Vec<SocketAddr>, ConfigError> {
    let (system, _) =
        read_system_conf().map_err(|error| ConfigError::NoSystemResolvers(error.to_string()))?;
    let addresses: Vec<SocketAddr> = system
        .name_servers()
        .iter()
        .map(|server| {
            let port = server.connections.first().map_or(DNS_PORT, |to| to.port);
            SocketAddr::new(server.ip, port)
        })
        .take(MOST_SYSTEM_RESOLVERS)
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
