//! A domain name in presentation form: lower-case ASCII, no trailing dot, safe to print.

use std::fmt;
use std::str::FromStr;

/// A domain name (RFC 1035, section 2.3; RFC 9499): labels of 1 to 63 bytes, at most 253 characters as
/// printed. Bytes of a label other than letters, digits, `-` and `_` stand as `\DDD` escapes, so a name from the
/// wire is always safe to print. The root is the empty name, printed as `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

/// Why a text is not a domain name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a part of the name is empty")]
    EmptyLabel,
    #[error("a part of the name is longer than 63 characters")]
    LabelTooLong,
    #[error("the name is longer than 253 characters")]
    TooLong,
    #[error("the name holds a character that cannot stand in a domain name")]
    BadCharacter,
}

impl DomainName {
    /// The root of the DNS.
    pub fn root() -> Self {
        Self(String::new())
    }

    /// Reads one name from its labels as raw bytes, leftmost first, escaping what is not a host character.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameError> {
        let mut text = String::new();
        let mut wire = 1;
        for label in labels {
            match label.len() {
                0 => return Err(NameError::EmptyLabel),
                1..=63 => wire += label.len() + 1,
                _ => return Err(NameError::LabelTooLong),
            }
            if !text.is_empty() {
                text.push('.');
            }
            for &byte in label {
                match byte {
                    b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'*' => text.push(char::from(byte)),
                    b'A'..=b'Z' => text.push(char::from(byte.to_ascii_lowercase())),
                    _ => text.push_str(&format!("\\{byte:03}")),
                }
            }
        }
        if wire > 255 {
            return Err(NameError::TooLong);
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Labels as printed, leftmost first.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.').filter(|label| !label.is_empty())
    }

    /// The name one label up; the root has none.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(Self(
            self.0
                .split_once('.')
                .map_or(String::new(), |(_, rest)| rest.to_owned()),
        ))
    }

    /// `prefix` (one or more labels, such as `_dmarc`) in front of this name.
    pub fn prefixed(&self, prefix: &str) -> Result<Self, NameError> {
        if self.is_root() {
            return prefix.parse();
        }
        let text = [prefix, ".", self.as_str()].concat();
        if is_plain(prefix) && is_plain(&text) {
            return Ok(Self(text));
        }
        text.parse()
    }

    /// True where this name is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        other.is_root()
            || self == other
            || self
                .0
                .strip_suffix(other.as_str())
                .is_some_and(|head| head.ends_with('.'))
    }

    /// The labels in front of `zone`: `_dmarc` for `_dmarc.example.com` in `example.com`, "" for the zone itself.
    pub fn relative_to(&self, zone: &Self) -> Option<&str> {
        if self == zone {
            return Some("");
        }
        if zone.is_root() {
            return Some(&self.0);
        }
        self.0.strip_suffix(zone.as_str())?.strip_suffix('.')
    }

    /// The public suffix of the name (Public Suffix List), such as `co.uk`.
    pub fn public_suffix(&self) -> Option<Self> {
        psl::suffix_str(&self.0).map(|suffix| Self(suffix.to_owned()))
    }

    /// True where the name ends with a suffix that is on the list, and not in a word that only could be one.
    pub fn has_known_suffix(&self) -> bool {
        psl::suffix(self.0.as_bytes()).is_some_and(|suffix| suffix.is_known())
    }

    /// The name one label below its public suffix: the Organizational Domain as receivers of RFC 7489 find it.
    pub fn registrable(&self) -> Option<Self> {
        psl::domain_str(&self.0).map(|domain| Self(domain.to_owned()))
    }
}

/// True for a name that is stored as it is written: short enough, and nothing in it is folded or escaped. Most are.
fn is_plain(text: &str) -> bool {
    // A name without escapes takes two bytes more on the wire than in print.
    text.len() <= 253
        && text.split('.').all(|label| {
            matches!(label.len(), 1..=63)
                && label
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'*'))
        })
}

impl FromStr for DomainName {
    type Err = NameError;

    /// Reads a name in ASCII presentation form; one trailing dot is taken off, letters are folded to lower case.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Ok(Self::root());
        }
        if is_plain(text) {
            return Ok(Self(text.to_owned()));
        }
        let mut labels = Vec::new();
        for label in text.split('.') {
            let mut raw = Vec::with_capacity(label.len());
            let mut bytes = label.bytes();
            while let Some(byte) = bytes.next() {
                match byte {
                    b'\\' => {
                        let digits: Vec<u8> = bytes.by_ref().take(3).collect();
                        let value = std::str::from_utf8(&digits)
                            .ok()
                            .filter(|text| text.len() == 3)
                            .and_then(|text| text.parse::<u8>().ok())
                            .ok_or(NameError::BadCharacter)?;
                        raw.push(value);
                    }
                    b'!'..=b'~' => raw.push(byte),
                    _ => return Err(NameError::BadCharacter),
                }
            }
            labels.push(raw);
        }
        Self::from_labels(labels.iter().map(Vec::as_slice))
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}
