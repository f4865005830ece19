//! The server that takes the changes: named by the user, or by the zone itself.

use std::net::IpAddr;
use std::net::SocketAddr;

use crate::cli::globals::Globals;
use crate::dns::Client;
use crate::dns::Zone;
use crate::dns::update::Primary;
use crate::dns::update::fault::Fault;
use crate::dns::update::key::Key;
use crate::records::name::DomainName;

/// A server as it was named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    host: Host,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Ip(IpAddr),
    Name(DomainName),
}

/// Reads `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:5353`, `ns1.example.com` or `ns1.example.com:5353`.
pub fn named(text: &str) -> Result<Named, String> {
    let wrong = || {
        "type a name or an IP address, with a port if it is not 53: ns1.example.com or 192.0.2.1:5353"
            .to_owned()
    };
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(Named {
            host: Host::Ip(address.ip()),
            port: Some(address.port()).filter(|port| *port != 0),
        });
    }
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Ok(Named {
            host: Host::Ip(ip),
            port: None,
        });
    }
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (
            name,
            Some(
                port.parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or_else(wrong)?,
            ),
        ),
        None => (text, None),
    };
    let name: DomainName = name.parse().map_err(|_| wrong())?;
    if name.is_root() || name.as_str().contains('\\') {
        return Err(wrong());
    }
    Ok(Named {
        host: Host::Name(name),
        port,
    })
}

/// A server to talk to, and what people call it.
#[derive(Clone, Debug)]
pub struct Found {
    pub name: String,
    pub primary: Primary,
}

/// Why no server takes the changes of a zone: what is wrong, what to do, and whether the server itself said no.
#[derive(Clone, Debug)]
pub struct NotFound {
    pub server: Option<Found>,
    pub code: String,
    pub what: String,
    pub remedy: String,
    pub is_refusal: bool,
}

/// The server that takes the changes of `zone`: it answered, holds the zone and knows the key.
pub async fn find(
    client: &Client,
    zone: &Zone,
    named: Option<&Named>,
    key: &Key,
    globals: &Globals,
) -> Result<Found, NotFound> {
    let (name, addresses) = addresses(client, zone, named, globals).await?;
    let now = seconds(globals);
    let mut last = None;
    for address in addresses {
        let found = Found {
            name: name.clone(),
            primary: Primary {
                address,
                key: key.clone(),
                wait: client.config.timeout,
            },
        };
        match found.primary.greet(&zone.apex, now).await {
            Ok(()) => return Ok(found),
            Err(fault) => {
                let goes_on = matches!(fault, Fault::NotSent(_));
                last = Some((found, fault));
                if !goes_on {
                    break;
                }
            }
        }
    }
    let Some((found, fault)) = last else {
        return Err(without_address(&name));
    };
    Err(NotFound {
        what: format!("{} {fault}", called(&found)),
        code: fault.word(),
        remedy: fault.remedy().to_owned(),
        is_refusal: fault.is_refusal(),
        server: Some(found),
    })
}

/// Name and address, for people.
pub fn called(found: &Found) -> String {
    let address = found.primary.address;
    if found.name == address.ip().to_string() {
        address.to_string()
    } else {
        format!("{} ({address})", found.name)
    }
}

async fn addresses(
    client: &Client,
    zone: &Zone,
    named: Option<&Named>,
    globals: &Globals,
) -> Result<(String, Vec<SocketAddr>), NotFound> {
    let port = named
        .and_then(|named| named.port)
        .unwrap_or(globals.authoritative_port);
    let name = match named.map(|named| &named.host) {
        Some(Host::Ip(ip)) => return Ok((ip.to_string(), vec![SocketAddr::new(*ip, port)])),
        Some(Host::Name(name)) => name.clone(),
        None => client.primary_of(zone).await.ok_or_else(|| NotFound {
            server: None,
            code: "no-answer".to_owned(),
            what: format!(
                "the primary server of {} is not known: no name server of the zone told its SOA record",
                zone.apex
            ),
            remedy: "name it with --server, or try again later".to_owned(),
            is_refusal: false,
        })?,
    };
    let servers = client.servers_named(&name).await.unwrap_or_default();
    let addresses = servers
        .iter()
        .map(|server| SocketAddr::new(server.address().ip(), port))
        .collect();
    Ok((name.to_string(), addresses))
}

fn without_address(name: &str) -> NotFound {
    NotFound {
        server: None,
        code: "no-address".to_owned(),
        what: format!("the address of the primary server {name} could not be looked up"),
        remedy: "some zones hide their primary server: name it, or its address, with --server"
            .to_owned(),
        is_refusal: false,
    }
}

/// The clock of signatures, in seconds since 1970.
pub fn seconds(globals: &Globals) -> u64 {
    u64::try_from(globals.clock().as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::cli::publish::server::*;

    #[test]
    fn servers_are_read_with_and_without_port() {
        for (text, host, port) in [
            ("192.0.2.1", "192.0.2.1", None),
            ("192.0.2.1:5353", "192.0.2.1", Some(5353)),
            ("2001:db8::1", "2001:db8::1", None),
            ("[2001:db8::1]", "2001:db8::1", None),
            ("[2001:db8::1]:5353", "2001:db8::1", Some(5353)),
        ] {
            let host = Host::Ip(host.parse().unwrap());
            assert_eq!(named(text), Ok(Named { host, port }), "{text}");
        }
        for (text, host, port) in [
            ("NS1.example.com.", "ns1.example.com", None),
            ("ns1.example.com:5353", "ns1.example.com", Some(5353)),
        ] {
            let host = Host::Name(host.parse().unwrap());
            assert_eq!(named(text), Ok(Named { host, port }), "{text}");
        }
        for text in ["", ".", "ns1:0", "ns1:", "ns1:x", "a b", "a..b", "1:2:3"] {
            assert!(named(text).is_err(), "{text}");
        }
    }
}
