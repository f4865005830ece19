//! A record that the setup wants published: one value from the page that makes it to the panel.

use std::fmt;

use crate::records::dkim::DkimKey;
use crate::records::dmarc::Dmarc;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;
use crate::records::spf::Spf;

/// The most bytes of one character-string (RFC 1035, section 3.3).
pub const STRING: usize = 255;

/// A record to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub owner: DomainName,
    pub content: Content,
    pub ttl: Ttl,
}

/// What a record holds. `Display` prints the value of the record, a TXT as one string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Spf(Spf),
    Dkim(DkimKey),
    Dmarc(Dmarc),
    /// Permission to send reports about another domain here (RFC 9990): `v=DMARC1;`.
    ReportAuthorization,
    /// An alias; for DKIM the key is looked up at the target and must be one.
    Cname(DomainName),
    /// A text that a service's console showed and that is none of the above, such as an ownership token.
    Text(String),
    Mx {
        preference: u16,
        exchange: DomainName,
    },
}

/// Seconds that a copy of a record may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ttl(pub u32);

impl Content {
    pub fn record_type(&self) -> RecordType {
        match self {
            Self::Cname(_) => RecordType::Cname,
            Self::Mx { .. } => RecordType::Mx,
            _ => RecordType::Txt,
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spf(spf) => spf.fmt(f),
            Self::Dkim(key) => key.fmt(f),
            Self::Dmarc(dmarc) => dmarc.fmt(f),
            Self::ReportAuthorization => f.write_str("v=DMARC1;"),
            Self::Cname(target) => target.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Mx {
                preference,
                exchange,
            } => write!(f, "{preference} {exchange}"),
        }
    }
}

/// A TXT value as character-strings, in presentation form without the quotes.
pub fn strings(value: &str) -> Vec<String> {
    cut(value.as_bytes()).map(escaped).collect()
}

/// The character-strings of a text; one that is empty where the text is.
pub fn cut(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let empty = text.is_empty().then_some(text);
    empty.into_iter().chain(text.chunks(STRING))
}

/// A TXT value as its character-strings in quotes, one behind the other.
pub fn quoted(value: &str) -> String {
    let pieces: Vec<String> = strings(value)
        .iter()
        .map(|piece| format!("\"{piece}\""))
        .collect();
    pieces.join(" ")
}

/// Bytes in presentation form, to stand between quotes (RFC 1035, section 5.1).
pub fn escaped(bytes: &[u8]) -> String {
    escaped_as(bytes, |byte| format!("\\{byte:03}"))
}

/// As [`escaped`], with another way to write the number of a byte.
pub fn escaped_as(bytes: &[u8], number: impl Fn(u8) -> String) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(byte));
            }
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&number(byte)),
        }
    }
    text
}
