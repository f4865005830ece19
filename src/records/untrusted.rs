//! Bytes from outside, and the only form of them that may reach a person.

use std::fmt;

/// Bytes that came from DNS, a report, a bounce or a paste.
///
/// There is no `Display` on purpose: text for people goes through [`Untrusted::shown`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Untrusted(Vec<u8>);

/// Escaped text: printable ASCII only, safe on a screen, in a log and in JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Shown(String);

impl Untrusted {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, where every byte is ASCII; what a record parser reads.
    pub fn as_ascii(&self) -> Option<&str> {
        self.0
            .is_ascii()
            .then(|| std::str::from_utf8(&self.0).ok())
            .flatten()
    }

    /// DNS presentation style (RFC 1035, section 5.1) without the quotes: printable ASCII as it is, a
    /// backslash doubled, every other byte as `\DDD`. Nothing is dropped.
    pub fn shown(&self) -> Shown {
        let mut text = String::with_capacity(self.0.len());
        for &byte in &self.0 {
            match byte {
                b'\\' => text.push_str("\\\\"),
                b' '..=b'~' => text.push(char::from(byte)),
                _ => text.push_str(&format!("\\{byte:03}")),
            }
        }
        Shown(text)
    }

    /// As [`Untrusted::shown`], cut after `limit` bytes with the length said.
    pub fn shown_up_to(&self, limit: usize) -> Shown {
        if self.0.len() <= limit {
            return self.shown();
        }
        let head = Self(self.0[..limit].to_vec()).shown();
        Shown(format!("{head}... ({} bytes)", self.0.len()))
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({:?})", self.shown().as_str())
    }
}

impl Untrusted {
    /// The bytes behind an escaped text ([`Untrusted::shown`]); None where it is none.
    pub fn from_shown(text: &str) -> Option<Self> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'\\' => match rest.next()? {
                    b'\\' => bytes.push(b'\\'),
                    first => {
                        let mut number = 0;
                        for digit in [first, rest.next()?, rest.next()?] {
                            let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
                            number = number * 10 + u16::from(digit);
                        }
                        bytes.push(u8::try_from(number).ok()?);
                    }
                },
                b' '..=b'~' => bytes.push(byte),
                _ => return None,
            }
        }
        Some(Self(bytes))
    }
}

impl Shown {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Shown> for String {
    fn from(shown: Shown) -> Self {
        shown.0
    }
}
