//! SPF records (RFC 7208): the types, and how they print.

pub mod check_host;
pub mod codes;
pub mod judge;
pub mod known;
pub mod macros;
pub mod merge;
pub mod parse;
mod questions;
mod reach;
pub mod savings;
mod specs;
pub mod tree;
mod unreadable;
pub mod waste;

use std::fmt;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

/// `record = version terms *SP` (RFC 7208, section 4.5). Unknown modifiers are kept.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Spf {
    pub terms: Vec<Term>,
}

/// `terms = *( 1*SP ( directive / modifier ) )`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    Directive(Directive),
    Modifier(Modifier),
}

/// `directive = [ qualifier ] mechanism`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    pub qualifier: Qualifier,
    pub mechanism: Mechanism,
}

/// The result that a match gives; `+` where none is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Qualifier {
    #[default]
    Pass,
    Neutral,
    SoftFail,
    Fail,
}

/// `mechanism = ( all / include / a / mx / ptr / ip4 / ip6 / exists )`. A domain-spec is kept as text, since it may hold macros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mechanism {
    All,
    Include(DomainSpec),
    A {
        domain: Option<DomainSpec>,
        prefix: Prefix,
    },
    Mx {
        domain: Option<DomainSpec>,
        prefix: Prefix,
    },
    Ptr(Option<DomainSpec>),
    Ip4 {
        address: Ipv4Addr,
        length: u8,
    },
    Ip6 {
        address: Ipv6Addr,
        length: u8,
    },
    Exists(DomainSpec),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifier {
    Redirect(DomainSpec),
    Explanation(DomainSpec),
    Unknown { name: String, value: String },
}

/// `dual-cidr-length`; lengths in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    pub ip4: u8,
    pub ip6: u8,
}

/// `domain-spec` (RFC 7208, section 7.1): a name that may hold macros.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainSpec(pub String);

impl Spf {
    /// The first `all`, which decides; terms after it are never looked at.
    pub fn all(&self) -> Option<Qualifier> {
        self.directives()
            .find(|directive| directive.mechanism == Mechanism::All)
            .map(|directive| directive.qualifier)
    }

    /// Where mail goes on if nothing matched; receivers ignore it beside `all` (RFC 7208, section 6.1).
    pub fn redirect(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|term| match term {
            Term::Modifier(Modifier::Redirect(domain)) => Some(domain),
            _ => None,
        })
    }

    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.terms.iter().filter_map(|term| match term {
            Term::Directive(directive) => Some(directive),
            Term::Modifier(_) => None,
        })
    }

    pub fn modifiers(&self) -> impl Iterator<Item = &Modifier> {
        self.terms.iter().filter_map(|term| match term {
            Term::Modifier(modifier) => Some(modifier),
            Term::Directive(_) => None,
        })
    }
}

impl DomainSpec {
    /// The form that two equal specs share: lower case, without the dot at the end. Macro letters keep their case, which has a meaning.
    pub fn folded(&self) -> Self {
        let text = self.0.strip_suffix('.').unwrap_or(&self.0);
        Self(if self.0.contains('%') {
            text.to_owned()
        } else {
            text.to_ascii_lowercase()
        })
    }
}

impl Mechanism {
    /// The form that two mechanisms of the same meaning share: names folded, addresses cut to their network.
    pub fn folded(&self) -> Self {
        let fold = |domain: &Option<DomainSpec>| domain.as_ref().map(DomainSpec::folded);
        match self {
            Self::All => Self::All,
            Self::Include(domain) => Self::Include(domain.folded()),
            Self::A { domain, prefix } => Self::A {
                domain: fold(domain),
                prefix: *prefix,
            },
            Self::Mx { domain, prefix } => Self::Mx {
                domain: fold(domain),
                prefix: *prefix,
            },
            Self::Ptr(domain) => Self::Ptr(fold(domain)),
            Self::Ip4 { address, length } => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(*length))
                    .unwrap_or_default();
                Self::Ip4 {
                    address: Ipv4Addr::from_bits(address.to_bits() & mask),
                    length: *length,
                }
            }
            Self::Ip6 { address, length } => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(*length))
                    .unwrap_or_default();
                Self::Ip6 {
                    address: Ipv6Addr::from_bits(address.to_bits() & mask),
                    length: *length,
                }
            }
            Self::Exists(domain) => Self::Exists(domain.folded()),
        }
    }
}

impl Default for Prefix {
    fn default() -> Self {
        Self { ip4: 32, ip6: 128 }
    }
}

impl fmt::Display for Spf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=spf1")?;
        for term in &self.terms {
            write!(f, " {term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directive(directive) => directive.fmt(f),
            Self::Modifier(modifier) => modifier.fmt(f),
        }
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.qualifier, self.mechanism)
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "",
            Self::Neutral => "?",
            Self::SoftFail => "~",
            Self::Fail => "-",
        })
    }
}

impl fmt::Display for DomainSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ip4 != 32 {
            write!(f, "/{}", self.ip4)?;
        }
        if self.ip6 != 128 {
            write!(f, "//{}", self.ip6)?;
        }
        Ok(())
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |domain: &Option<DomainSpec>| {
            domain.as_ref().map_or(String::new(), |d| format!(":{d}"))
        };
        match self {
            Self::All => f.write_str("all"),
            Self::Include(domain) => write!(f, "include:{domain}"),
            Self::A { domain, prefix } => write!(f, "a{}{prefix}", of(domain)),
            Self::Mx { domain, prefix } => write!(f, "mx{}{prefix}", of(domain)),
            Self::Ptr(domain) => write!(f, "ptr{}", of(domain)),
            Self::Ip4 {
                address,
                length: 32,
            } => write!(f, "ip4:{address}"),
            Self::Ip4 { address, length } => write!(f, "ip4:{address}/{length}"),
            Self::Ip6 {
                address,
                length: 128,
            } => write!(f, "ip6:{address}"),
            Self::Ip6 { address, length } => write!(f, "ip6:{address}/{length}"),
            Self::Exists(domain) => write!(f, "exists:{domain}"),
        }
    }
}

impl fmt::Display for Modifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redirect(domain) => write!(f, "redirect={domain}"),
            Self::Explanation(domain) => write!(f, "exp={domain}"),
            Self::Unknown { name, value } => write!(f, "{name}={value}"),
        }
    }
}
