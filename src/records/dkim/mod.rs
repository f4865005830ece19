//! DKIM key records (RFC 6376, section 3.6.1; RFC 8301; RFC 8463): the types, and how they print.

pub mod codes;
pub mod der;
pub mod judge;
pub mod mistake;
pub mod parse;

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::records::name::DomainName;
use crate::records::name::NameError;

/// A key record. Parsing fills in no defaults; unknown tags are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimKey {
    /// `v=` as written; None where absent (RFC 6376: then `DKIM1` is meant).
    pub version: Option<String>,
    /// `k=` as written; None where absent (then `rsa` is meant).
    pub key_type: Option<KeyType>,
    /// `h=`: acceptable hash algorithms.
    pub hashes: Option<Vec<String>>,
    /// `s=`: service types.
    pub services: Option<Vec<String>>,
    /// `t=`: flags, `y` testing and `s` strict.
    pub flags: Option<Vec<String>>,
    /// `n=`: notes.
    pub notes: Option<String>,
    /// `p=`: the public key, base64 decoded: SubjectPublicKeyInfo for RSA, 32 raw bytes for Ed25519. Empty: revoked.
    pub public_key: Vec<u8>,
    /// Tags that the standard does not know, in order.
    pub others: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyType {
    Rsa,
    Ed25519,
    Unknown(String),
}

/// The label or labels in front of `_domainkey` (RFC 6376, section 3.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector(String);

/// Kinds of key pairs that can be made here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Algorithm {
    #[default]
    Rsa2048,
    Rsa3072,
    Rsa4096,
    Ed25519,
}

impl DkimKey {
    /// The record for a public key made here: `v=DKIM1; k=rsa; p=...`.
    pub fn published(algorithm: Algorithm, public_key: Vec<u8>) -> Self {
        Self {
            version: Some("DKIM1".to_owned()),
            key_type: Some(if algorithm == Algorithm::Ed25519 {
                KeyType::Ed25519
            } else {
                KeyType::Rsa
            }),
            hashes: None,
            services: None,
            flags: None,
            notes: None,
            public_key,
            others: Vec::new(),
        }
    }

    pub fn is_revoked(&self) -> bool {
        self.public_key.is_empty()
    }
}

impl Algorithm {
    pub const ALL: [Self; 4] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096, Self::Ed25519];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa2048",
            Self::Rsa3072 => "rsa3072",
            Self::Rsa4096 => "rsa4096",
            Self::Ed25519 => "ed25519",
        }
    }
}

impl Selector {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `<selector>._domainkey.<domain>`
    pub fn owner(&self, domain: &DomainName) -> Result<DomainName, NameError> {
        domain.prefixed(&format!("{}._domainkey", self.0))
    }
}

impl FromStr for Selector {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let name: DomainName = text.trim().parse()?;
        if name.is_root() {
            return Err(NameError::EmptyLabel);
        }
        if !name
            .as_str()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        {
            return Err(NameError::BadCharacter);
        }
        Ok(Self(name.as_str().to_owned()))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
            Self::Unknown(word) => word,
        })
    }
}

impl fmt::Display for DkimKey {
    /// `v=` first, as the standard wants it; `p=` last, where people look for it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: &Option<Vec<String>>| items.as_ref().map(|items| items.join(":"));
        let known = [
            ("v", self.version.clone()),
            ("k", self.key_type.as_ref().map(KeyType::to_string)),
            ("h", list(&self.hashes)),
            ("s", list(&self.services)),
            ("t", list(&self.flags)),
            ("n", self.notes.clone()),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                write!(f, "{name}={value}; ")?;
            }
        }
        for (name, value) in &self.others {
            write!(f, "{name}={value}; ")?;
        }
        write!(f, "p={}", STANDARD.encode(&self.public_key))
    }
}
