//! What one server answered to one question, and when.

use std::fmt;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;

use jiff::Timestamp;

use crate::records::name::DomainName;
use crate::records::untrusted::Shown;
use crate::records::untrusted::Untrusted;

/// One question of the DNS: an owner name and a record type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    pub owner: DomainName,
    pub record_type: RecordType,
}

/// The record types that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    A,
    Aaaa,
    Ns,
    Cname,
    Soa,
    Mx,
    Txt,
    Ptr,
    /// An alias of everything below a name (RFC 6672).
    Dname,
    /// The abandoned SPF type 99 (RFC 7208, section 3.1).
    Spf,
}

/// Data of one record. A TXT is one string: its character-strings are joined in `dns` and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Data {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Ns(DomainName),
    Cname(DomainName),
    Soa(Soa),
    Mx {
        preference: u16,
        exchange: DomainName,
    },
    Txt(Untrusted),
    Ptr(DomainName),
    Dname(DomainName),
    /// The address of a name server within the zone, as the zone above keeps it (RFC 9471): beside its list of name servers.
    Glue {
        host: DomainName,
        address: IpAddr,
    },
    /// The time for which the signature of the SOA record holds, in seconds since 1970 (RRSIG, RFC 4034): beside the record in
    /// answers of the zone's own servers.
    Signed {
        from: u32,
        until: u32,
    },
}

/// The start of authority of a zone (RFC 1035, section 3.3.13); times in seconds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Soa {
    pub primary: DomainName,
    pub serial: u32,
    pub minimum: u32,
}

/// Who was asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Server {
    /// A name server of the zone itself.
    Authoritative {
        name: DomainName,
        address: SocketAddr,
    },
    /// A server that asks on behalf of others, and remembers.
    Resolver { address: SocketAddr },
}

/// What a server said.
///
/// `chain` holds the targets of the CNAME records that were followed, in order; it is empty where the owner
/// itself answered. With a chain, the rest of the answer speaks of the last target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub chain: Vec<DomainName>,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// At least one record of the type; `ttl` in seconds, the smallest of the set.
    Records { data: Vec<Data>, ttl: u32 },
    /// The name exists and has no record of the type (NODATA). `ttl`: seconds that the "no" may be remembered
    /// (RFC 2308), where the server said it.
    NoData { ttl: Option<u32> },
    /// The name does not exist (NXDOMAIN).
    NoName { ttl: Option<u32> },
    /// No usable answer. Says nothing about the record.
    Trouble(Trouble),
}

/// Why there is no usable answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    Timeout,
    /// SERVFAIL, with the extended error text (RFC 8914) where there was one.
    ServerFailure {
        said: Option<Shown>,
    },
    /// SERVFAIL of a resolver that has the answer and does not trust it: the signatures of the zone (DNSSEC) do not hold.
    BadSignature {
        said: Option<Shown>,
    },
    Refused,
    /// The server does not hold the zone: a referral, or an answer without the AA bit.
    NotAuthoritative,
    /// A server of the zone answered as a resolver does (RA set, AA clear): it is one, or somebody on the way answered in its place.
    AsResolver,
    /// FORMERR, NOTIMP or another response code.
    Code(u16),
    /// The answer was truncated and TCP did not bring it.
    Truncated,
    Malformed,
    /// A CNAME loop, or a chain of more than 8.
    Loop,
    /// The network said no (no route, no address family).
    Unreachable,
    /// The encrypted connection to a resolver (DNS over HTTPS) did not come about.
    Tls(TlsTrouble),
    /// A resolver that is asked over HTTPS answered with this status instead of a DNS message.
    Http(u16),
}

impl Trouble {
    /// True where nothing of the server came through.
    pub fn is_of_the_way(&self) -> bool {
        matches!(
            self,
            Self::Timeout | Self::Unreachable | Self::Tls(_) | Self::Http(_)
        )
    }
}

/// What is wrong with an encrypted connection (TLS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsTrouble {
    /// The certificate is not valid yet, as far as this machine's clock is right.
    NotYetValid,
    /// The certificate has expired, as far as this machine's clock is right.
    Expired,
    /// The certificate is somebody else's.
    OtherName,
    /// Nobody who is trusted vouches for the certificate.
    Untrusted,
    /// The two sides did not come to terms.
    Other,
}

/// A question to ask, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub question: Question,
    pub whom: Whom,
}

/// Who is to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The resolvers, in their order, until one gives a usable answer: one sighting comes back.
    AnyResolver,
    /// Each resolver: a sighting of each.
    EveryResolver,
    /// Each of these: a sighting of each.
    Servers(Vec<Server>),
}

/// One question, asked of one server, answered at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub server: Server,
    pub question: Question,
    pub answer: Answer,
    pub seen_at: Timestamp,
}

impl Question {
    pub fn new(owner: DomainName, record_type: RecordType) -> Self {
        Self { owner, record_type }
    }
}

impl Answer {
    pub fn direct(outcome: Outcome) -> Self {
        Self {
            chain: Vec::new(),
            outcome,
        }
    }

    /// The records of the answer; empty for every other outcome.
    pub fn data(&self) -> &[Data] {
        match &self.outcome {
            Outcome::Records { data, .. } => data,
            _ => &[],
        }
    }

    /// The TXT strings of the answer, each joined.
    pub fn texts(&self) -> impl Iterator<Item = &Untrusted> {
        self.data().iter().filter_map(|data| match data {
            Data::Txt(text) => Some(text),
            _ => None,
        })
    }

    /// The alias that stands beside the records, against the rules.
    pub fn alias_beside(&self) -> Option<&DomainName> {
        let has_other = self
            .data()
            .iter()
            .any(|data| !matches!(data, Data::Cname(_)));
        self.data().iter().find_map(|data| match data {
            Data::Cname(target) if has_other => Some(target),
            _ => None,
        })
    }

    /// True for a "no" without the SOA record that shows whose it is (RFC 2308, section 2.2). From a resolver it proves nothing: a filter or
    /// a broken forwarder says the same.
    pub fn is_weak_no(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::NoData { ttl: None } | Outcome::NoName { ttl: None }
        )
    }

    /// The trouble, with the aliases that led to it: `did not answer in time, behind the aliases b.example → c.example`.
    pub fn trouble_in_words(&self) -> Option<String> {
        let trouble = self.trouble()?;
        if self.chain.is_empty() {
            return Some(trouble.to_string());
        }
        let chain: Vec<&str> = self.chain.iter().map(DomainName::as_str).collect();
        Some(format!(
            "{trouble}, behind the aliases {}",
            chain.join(" → ")
        ))
    }

    pub fn trouble(&self) -> Option<&Trouble> {
        match &self.outcome {
            Outcome::Trouble(trouble) => Some(trouble),
            _ => None,
        }
    }
}

impl Server {
    pub fn is_authoritative(&self) -> bool {
        matches!(self, Self::Authoritative { .. })
    }

    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Authoritative { address, .. } | Self::Resolver { address } => *address,
        }
    }
}

impl RecordType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Ns => "NS",
            Self::Cname => "CNAME",
            Self::Soa => "SOA",
            Self::Mx => "MX",
            Self::Txt => "TXT",
            Self::Ptr => "PTR",
            Self::Dname => "DNAME",
            Self::Spf => "SPF",
        }
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authoritative { name, .. } => write!(f, "{name}"),
            Self::Resolver { address } => write!(f, "{}", address.ip()),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("did not answer in time"),
            Self::ServerFailure { said: None } => {
                f.write_str("reported a failure of its own (SERVFAIL)")
            }
            Self::ServerFailure { said: Some(text) } => {
                write!(f, "reported a failure of its own (SERVFAIL: {text})")
            }
            Self::BadSignature { said: None } => {
                f.write_str("does not trust the signature of the zone (DNSSEC)")
            }
            Self::BadSignature { said: Some(text) } => {
                write!(
                    f,
                    "does not trust the signature of the zone (DNSSEC: {text})"
                )
            }
            Self::Refused => f.write_str("refused to answer (REFUSED)"),
            Self::NotAuthoritative => f.write_str("does not hold the zone (lame)"),
            Self::AsResolver => {
                f.write_str("answered as a resolver does, and not as the holder of the zone")
            }
            Self::Code(code) => write!(f, "answered with the error code {code}"),
            Self::Truncated => f.write_str(
                "sent an answer too big for UDP, and TCP on port 53 does not get through",
            ),
            Self::Malformed => f.write_str("sent an answer that cannot be read"),
            Self::Loop => f.write_str("sent aliases (CNAME) that lead in a circle"),
            Self::Unreachable => f.write_str("cannot be reached from this network"),
            Self::Tls(trouble) => trouble.fmt(f),
            Self::Http(status) => write!(
                f,
                "answered with the HTTP status {status} instead of a DNS answer"
            ),
        }
    }
}

impl fmt::Display for TlsTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYetValid => "showed a certificate that is not valid yet",
            Self::Expired => "showed a certificate that has expired",
            Self::OtherName => "showed the certificate of somebody else",
            Self::Untrusted => "showed a certificate that nobody trusted vouches for",
            Self::Other => "did not agree on an encrypted connection (TLS)",
        })
    }
}
