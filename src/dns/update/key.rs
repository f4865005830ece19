//! A key that a name server shares with us (TSIG, RFC 8945), read from the text of a file. Its secret is never printed.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hickory_resolver::proto::rr::rdata::tsig::TsigAlgorithm;
use zeroize::Zeroizing;

use crate::records::name::DomainName;

/// The most bytes of a key file.
const LONGEST_FILE: u64 = 64 * 1024;

/// How messages are signed with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    HmacSha256,
    HmacSha384,
    HmacSha512,
}

/// A shared key: its name at the server, and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    pub name: DomainName,
    pub algorithm: Algorithm,
    secret: Zeroizing<Vec<u8>>,
}

/// Why a text holds no key that can be used. Nothing of the secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("it could not be read: {0}")]
    Unread(String),
    #[error("it is too big for a key file")]
    TooBig,
    #[error("it holds no key")]
    None,
    #[error("it holds {count} keys, and which one is meant is not known")]
    Several { count: usize },
    #[error("the name of the key is not a domain name")]
    Name,
    #[error("the key names no algorithm")]
    NoAlgorithm,
    #[error("the key is for {name}, which is too weak to let somebody change a zone")]
    Weak { name: &'static str },
    #[error("the key is for an algorithm that is not known here")]
    Unknown,
    #[error("the secret of the key is missing or is not base64")]
    Secret,
}

impl KeyFault {
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unread(_) | Self::TooBig => {
                "name the file that holds the key (TSIG) with --tsig-key, and see that you may read it"
            }
            Self::None | Self::Name | Self::NoAlgorithm | Self::Secret => {
                "write the key as `key \"name\" { algorithm hmac-sha256; secret \"...\"; };`, as `tsig-keygen` and `ddns-confgen` \
                 print it, or as one line: hmac-sha256:name:secret"
            }
            Self::Several { .. } => {
                "keep one key in the file, or copy the one into a file of its own"
            }
            Self::Weak { .. } | Self::Unknown => {
                "make a new key for hmac-sha256, hmac-sha384 or hmac-sha512, for example with `tsig-keygen -a hmac-sha256 nobounce`, and \
                 tell the name server of it"
            }
        }
    }
}

impl Algorithm {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
        }
    }

    fn read(text: &str) -> Result<Self, KeyFault> {
        let lower = text.trim_end_matches('.').to_ascii_lowercase();
        match lower.as_str() {
            "hmac-sha256" => Ok(Self::HmacSha256),
            "hmac-sha384" => Ok(Self::HmacSha384),
            "hmac-sha512" => Ok(Self::HmacSha512),
            "hmac-md5" | "hmac-md5.sig-alg.reg.int" => Err(KeyFault::Weak { name: "hmac-md5" }),
            "hmac-sha1" => Err(KeyFault::Weak { name: "hmac-sha1" }),
            "" => Err(KeyFault::NoAlgorithm),
            _ => Err(KeyFault::Unknown),
        }
    }

    fn library(self) -> TsigAlgorithm {
        match self {
            Self::HmacSha256 => TsigAlgorithm::HmacSha256,
            Self::HmacSha384 => TsigAlgorithm::HmacSha384,
            Self::HmacSha512 => TsigAlgorithm::HmacSha512,
        }
    }
}

impl Key {
    /// Reads the one key of a file.
    pub fn of_file(path: &Path) -> Result<Self, KeyFault> {
        // Room for all of it at once: a text that grows leaves copies of the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE as usize + 1));
        File::open(path)
            .and_then(|file| file.take(LONGEST_FILE + 1).read_to_string(&mut text))
            .map_err(|error| KeyFault::Unread(error.to_string()))?;
        if text.len() as u64 > LONGEST_FILE {
            return Err(KeyFault::TooBig);
        }
        Self::read(&text)
    }

    /// Reads the one key of a text: a `key` statement as BIND writes it, the lines of Knot's `keymgr tsig generate`, or one line
    /// `algorithm:name:secret`.
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let statements = statements(text);
        let found = if statements.is_empty() {
            let listed = listed(text);
            if listed.is_empty() {
                lines(text)
            } else {
                listed
            }
        } else {
            statements
        };
        match found.as_slice() {
            [] => Err(KeyFault::None),
            [one] => one.key(),
            several => Err(KeyFault::Several {
                count: several.len(),
            }),
        }
    }

    /// The authentication code of `bytes`.
    pub(super) fn sign(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.algorithm.library().mac_data(&self.secret, bytes).ok()
    }

    /// Whether `mac` is the whole authentication code of `bytes`; takes the same time wherever they differ.
    pub(super) fn verifies(&self, bytes: &[u8], mac: &[u8]) -> bool {
        self.algorithm
            .library()
            .verify_mac(&self.secret, bytes, mac)
            .is_ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, {})", self.name, self.algorithm.as_str())
    }
}

/// The words of a key, not yet looked at.
#[derive(Default)]
struct Words {
    name: String,
    algorithm: String,
    secret: Zeroizing<String>,
}

impl Words {
    fn key(&self) -> Result<Key, KeyFault> {
        let name: DomainName = self.name.parse().map_err(|_| KeyFault::Name)?;
        if name.is_root() {
            return Err(KeyFault::Name);
        }
        let algorithm = Algorithm::read(&self.algorithm)?;
        let packed: Zeroizing<String> =
            Zeroizing::new(self.secret.split_whitespace().collect::<String>());
        let secret = STANDARD
            .decode(packed.as_bytes())
            .map_err(|_| KeyFault::Secret)?;
        if secret.is_empty() {
            return Err(KeyFault::Secret);
        }
        Ok(Key {
            name,
            algorithm,
            secret: Zeroizing::new(secret),
        })
    }
}

/// The `key "name" { ... };` statements of a text in the language of named.conf.
fn statements(text: &str) -> Vec<Words> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at + 2 < tokens.len() {
        if tokens[at].as_str() != "key" || tokens[at + 2].as_str() != "{" {
            at += 1;
            continue;
        }
        let mut words = Words {
            name: tokens[at + 1].to_string(),
            ..Words::default()
        };
        at += 3;
        while let Some(token) = tokens.get(at).filter(|token| token.as_str() != "}") {
            let value = tokens.get(at + 1).map(|value| value.to_string());
            match (token.as_str(), value) {
                ("algorithm", Some(value)) => words.algorithm = value,
                ("secret", Some(value)) => words.secret = Zeroizing::new(value),
                _ => {}
            }
            at += 1;
        }
        found.push(words);
    }
    found
}

/// Words, quoted texts and signs, without comments.
fn tokens(text: &str) -> Vec<Zeroizing<String>> {
    let mut tokens: Vec<Zeroizing<String>> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = rest.trim_start();
        } else if rest.starts_with("//") || first == '#' {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(inner) = rest.strip_prefix("/*") {
            rest = inner.split_once("*/").map_or("", |(_, rest)| rest);
        } else if let Some(inner) = rest.strip_prefix('"') {
            let (quoted, after) = inner.split_once('"').unwrap_or((inner, ""));
            tokens.push(Zeroizing::new(quoted.to_owned()));
            rest = after;
        } else if matches!(first, '{' | '}' | ';') {
            tokens.push(Zeroizing::new(first.to_string()));
            rest = &rest[1..];
        } else {
            let ends = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"');
            let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
            tokens.push(Zeroizing::new(word.to_owned()));
            rest = after;
        }
    }
    tokens
}

/// The keys of a list as Knot's configuration has it: `- id:`, `algorithm:`, `secret:`.
fn listed(text: &str) -> Vec<Words> {
    let mut found: Vec<Words> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let line = line.strip_prefix("- ").unwrap_or(line).trim();
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']);
        match (name.trim(), found.last_mut()) {
            ("id", _) => found.push(Words {
                name: value.to_owned(),
                ..Words::default()
            }),
            ("algorithm", Some(words)) => words.algorithm = value.to_owned(),
            ("secret", Some(words)) => words.secret = Zeroizing::new(value.to_owned()),
            _ => {}
        }
    }
    found
}

/// Lines `algorithm:name:secret`, as `dig -y` takes them.
fn lines(text: &str) -> Vec<Words> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['#', ';']))
        .filter_map(|line| {
            let mut parts = line.splitn(3, ':');
            Some(Words {
                algorithm: parts.next()?.to_owned(),
                name: parts.next()?.to_owned(),
                secret: Zeroizing::new(parts.next()?.to_owned()),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::dns::update::key::*;

    const SECRET: &str = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IQ==";

    #[test]
    fn keys_are_read_in_the_forms_in_which_tools_print_them() {
        for text in [
            format!(
                "key \"Nb.example\" {{\n\talgorithm hmac-sha384;\n\tsecret \"{SECRET}\";\n}};\n"
            ),
            format!(
                "# made today\nkey nb.example. {{ algorithm HMAC-SHA384; /* key \"x\" {{ */ secret {SECRET}; }};"
            ),
            format!(
                "// key \"old\" {{ }};\nkey \"nb.example\"{{secret \"{SECRET}\";algorithm hmac-sha384.;}};"
            ),
            format!("hmac-sha384:nb.example:{SECRET}\n"),
            format!("; a comment\n\nhmac-sha384:nb.example.:{SECRET}"),
            format!(
                "# hmac-sha384:nb.example:{SECRET}\nkey:\n  - id: nb.example\n    algorithm: hmac-sha384\n    secret: {SECRET}\n"
            ),
        ] {
            let key = Key::read(&text).unwrap();
            assert_eq!(key.name.as_str(), "nb.example", "{text}");
            assert_eq!(key.algorithm, Algorithm::HmacSha384, "{text}");
            assert_eq!(*key.secret, b"secret secret secret secret!", "{text}");
        }
    }

    #[test]
    fn what_is_no_usable_key_is_refused_with_the_reason() {
        let one = format!("key a {{ algorithm hmac-sha256; secret \"{SECRET}\"; }};");
        for (text, fault) in [
            (String::new(), KeyFault::None),
            ("secret".to_owned(), KeyFault::None),
            (format!("{one}{one}"), KeyFault::Several { count: 2 }),
            (
                format!("hmac-md5:a:{SECRET}"),
                KeyFault::Weak { name: "hmac-md5" },
            ),
            (
                format!("key a {{ algorithm HMAC-MD5.SIG-ALG.REG.INT; secret \"{SECRET}\"; }};"),
                KeyFault::Weak { name: "hmac-md5" },
            ),
            (
                format!("hmac-sha1:a:{SECRET}"),
                KeyFault::Weak { name: "hmac-sha1" },
            ),
            (format!("hmac-sha3:a:{SECRET}"), KeyFault::Unknown),
            (
                format!("key a {{ secret \"{SECRET}\"; }};"),
                KeyFault::NoAlgorithm,
            ),
            ("hmac-sha256:a:".to_owned(), KeyFault::Secret),
            ("hmac-sha256:a:%%%".to_owned(), KeyFault::Secret),
            (format!("hmac-sha256:a..b:{SECRET}"), KeyFault::Name),
            (format!("hmac-sha256::{SECRET}"), KeyFault::Name),
            ("key \"a\" {".to_owned(), KeyFault::NoAlgorithm),
        ] {
            assert_eq!(Key::read(&text), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_key_does_not_print_its_secret() {
        let key = Key::read(&format!("hmac-sha256:a:{SECRET}")).unwrap();
        assert_eq!(format!("{key:?}"), "Key(a, hmac-sha256)");
    }
}
