//! Reads a DKIM key record from text; says where and what was expected.

use std::str::FromStr;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;

use crate::records::dkim::DkimKey;
use crate::records::dkim::KeyType;
use crate::records::syntax::SyntaxError;
use crate::records::tags;

/// Base64 as receivers read it: padding must be right, left-over bits do not matter.
const STRICT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Base64 for finding out what a broken key was meant to be.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes of a key whose base64 is broken at its end: as many as can be read.
pub fn salvage(base64: &str) -> Vec<u8> {
    let mut text: String = base64
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
        .collect();
    if text.len() % 4 == 1 {
        text.pop();
    }
    LENIENT.decode(&text).unwrap_or_default()
}

fn list(value: &str) -> Vec<String> {
    if value.is_empty() {
        return Vec::new();
    }
    value
        .split(':')
        .map(|item| item.trim().to_owned())
        .collect()
}

impl FromStr for DkimKey {
    type Err = SyntaxError;

    /// `v=` must come first where it is there; `p=` must be there and be base64. Whether the key is any good, and
    /// whether `v=` and `k=` are known words, is for the judge.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let mut key = Self {
            version: None,
            key_type: None,
            hashes: None,
            services: None,
            flags: None,
            notes: None,
            public_key: Vec::new(),
            others: Vec::new(),
        };
        let mut has_key = false;
        for (index, tag) in tags::read(text)?.into_iter().enumerate() {
            match tag.name.as_str() {
                "v" if index > 0 => {
                    return Err(SyntaxError::new(
                        tag.at,
                        "v= as the first tag of the record",
                    ));
                }
                "v" => key.version = Some(tag.value),
                "k" => {
                    key.key_type = Some(match tag.value.as_str() {
                        "rsa" => KeyType::Rsa,
                        "ed25519" => KeyType::Ed25519,
                        _ => KeyType::Unknown(tag.value),
                    });
                }
                "h" => key.hashes = Some(list(&tag.value)),
                "s" => key.services = Some(list(&tag.value)),
                "t" => key.flags = Some(list(&tag.value)),
                "n" => key.notes = Some(tag.value),
                "p" => {
                    has_key = true;
                    let base64: String = tag.value.split_ascii_whitespace().collect();
                    key.public_key = STRICT
                        .decode(&base64)
                        .map_err(|_| SyntaxError::new(tag.value_at, "the public key in base64"))?;
                }
                _ => key.others.push((tag.name, tag.value)),
            }
        }
        if !has_key {
            return Err(SyntaxError::new(text.len(), "the public key, p="));
        }
        Ok(key)
    }
}
