//! Verifies one signature against the key that DNS has (RFC 6376, section 6.1; RFC 8301; RFC 8463), and finds out what broke it.

use std::collections::BTreeMap;

use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;
use rsa::BoxedUint;
use rsa::Pkcs1v15Sign;
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use sha2::Digest;
use sha2::Sha256;

use crate::evidence::message::canonical;
use crate::evidence::message::canonical::Canon;
use crate::evidence::message::raw::Field;
use crate::evidence::message::raw::Raw;
use crate::evidence::message::signature;
use crate::evidence::message::signature::Algorithm;
use crate::evidence::message::signature::Signature;
use crate::records::dkim::DkimKey;
use crate::records::dkim::KeyType;
use crate::records::dkim::judge;
use crate::records::dkim::judge::Selected;
use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::untrusted::Untrusted;

/// The shortest RSA key whose signatures count (RFC 8301, section 3.2).
const BITS: u32 = 1024;

/// Lines of a body at which it is tried whether the signed part ends there.
const TRIED_LINES: usize = 100_000;

/// Header fields that are left out one at a time to find the one that was changed.
const TRIED_FIELDS: usize = 60;

/// What became of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pass(Vec<Gap>),
    Fail(Broke),
    Unusable(Unusable),
    /// The key could not be looked up; why, as the end of a sentence.
    Trouble(String),
}

/// What a good signature does not cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// A header field that is signed once, and stands in the message more often.
    Added(String),
    /// Octets at the end of the body that are not signed (`l=`).
    Body { signed: u64, whole: u64 },
}

/// What broke a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broke {
    /// The signed body is there, with this many octets behind it.
    Appended(usize),
    /// The message has no body.
    NoBody,
    /// Fewer octets than `l=` says.
    Cut,
    Body,
    /// The header was changed; the fields, where that can be told.
    Header(Vec<String>),
    /// The key in DNS is not the one that signed.
    OtherKey,
    /// Ed25519 does not tell a changed header from another key.
    HeaderOrKey,
}

/// Why a signature or its key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    Expired,
    NoKey,
    /// What is wrong with the record at the key's name.
    Record(Box<Finding>),
    Short(u32),
    OtherType,
    NotForHash,
    NotForMail,
    /// The flag `s` of the key, and an identity below the domain.
    Strict,
}

/// Bodies as they are signed and their hashes, worked out once.
#[derive(Debug, Default)]
pub struct Bodies {
    bodies: BTreeMap<Canon, Vec<u8>>,
    hashes: BTreeMap<(Canon, u64), Vec<u8>>,
}

/// Verifies `field`, read as `signature`, against what DNS said about `owner`, where its key is.
pub fn verify(
    raw: &Raw,
    field: &Field,
    signature: &Signature,
    owner: &DomainName,
    answer: &Answer,
    now: Timestamp,
    bodies: &mut Bodies,
) -> Outcome {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    if signature.expires.is_some_and(|expires| expires < seconds) {
        return Outcome::Unusable(Unusable::Expired);
    }
    if let Some(trouble) = answer.trouble_in_words() {
        return Outcome::Trouble(trouble);
    }
    let key = match key(owner, answer, signature) {
        Ok(key) => key,
        Err(unusable) => return Outcome::Unusable(unusable),
    };
    let body = bodies
        .bodies
        .entry(signature.body_canon)
        .or_insert_with(|| canonical::body(raw.body(), signature.body_canon));
    let whole = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let signed = signature.length.unwrap_or(whole);
    if signed > whole {
        return Outcome::Fail(Broke::Cut);
    }
    let hash = bodies
        .hashes
        .entry((signature.body_canon, signed))
        .or_insert_with(|| {
            let end = usize::try_from(signed).unwrap_or(body.len());
            Sha256::digest(body.get(..end).unwrap_or(body)).to_vec()
        });
    if *hash != signature.body_hash {
        return Outcome::Fail(changed_body(raw, body, &signature.body_hash));
    }
    let selected = select(raw, field, &signature.headers);
    let digest = header_hash(field, signature, &selected);
    if key.holds(&digest, &signature.signature) {
        return Outcome::Pass(gaps(raw, signature, &selected, signed, whole));
    }
    Outcome::Fail(changed_header(raw, field, signature, &key))
}

/// A key that can verify.
enum Key {
    Rsa(RsaPublicKey),
    Ed25519(VerifyingKey),
}

impl Key {
    fn holds(&self, digest: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => key
                .verify(Pkcs1v15Sign::new::<Sha256>(), digest, signature)
                .is_ok(),
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(digest, &signature).is_ok()),
        }
    }

    /// The hash that was signed, where the signature was made with this key. Ed25519 does not tell.
    fn signed_hash(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let Self::Rsa(key) = self else { return None };
        let bits = key.n().as_ref().bits_precision();
        let number = BoxedUint::from_be_slice(signature, bits).ok()?;
        if number >= *key.n().as_ref() {
            return None;
        }
        let padded = rsa::hazmat::rsa_encrypt(key, &number).ok()?;
        let padded = padded.to_be_bytes_trimmed_vartime();
        // EMSA-PKCS1-v1_5 (RFC 8017, section 9.2) without its first octet, which is zero: 01 FF .. FF 00, then the name of the hash.
        let rest = padded.strip_prefix(&[1])?;
        let stuffing = rest.iter().take_while(|byte| **byte == 0xff).count();
        let info = rest.get(stuffing..)?.strip_prefix(&[0])?;
        let hash = info.get(info.len().checked_sub(32)?..)?;
        (stuffing >= 8 && info.len() == 51).then(|| hash.to_vec())
    }
}

fn key(owner: &DomainName, answer: &Answer, signature: &Signature) -> Result<Key, Unusable> {
    let texts: Vec<Untrusted> = answer.texts().cloned().collect();
    let record = match judge::select(owner, &texts) {
        Selected::Absent => return Err(Unusable::NoKey),
        Selected::Several(texts) => {
            return Err(Unusable::Record(Box::new(judge::several(owner, &texts))));
        }
        Selected::Broken { mut findings, .. } => {
            return Err(match findings.is_empty() {
                true => Unusable::NoKey,
                false => Unusable::Record(Box::new(findings.remove(0))),
            });
        }
        Selected::One(key) => key,
    };
    let of_record = |record: &DkimKey| {
        let worst = judge::judge(owner, record);
        let worst = worst.into_iter().max_by_key(|finding| finding.severity);
        worst.map_or(Unusable::NoKey, |finding| {
            Unusable::Record(Box::new(finding))
        })
    };
    let version = record.version.as_deref();
    if record.is_revoked() || version.is_some_and(|version| version != "DKIM1") {
        return Err(of_record(&record));
    }
    let lists = |list: &Option<Vec<String>>, word: &str| {
        list.as_ref()
            .is_some_and(|list| list.iter().any(|item| item.eq_ignore_ascii_case(word)))
    };
    if record.hashes.is_some() && !lists(&record.hashes, "sha256") {
        return Err(Unusable::NotForHash);
    }
    if record.services.is_some()
        && !lists(&record.services, "*")
        && !lists(&record.services, "email")
    {
        return Err(Unusable::NotForMail);
    }
    if lists(&record.flags, "s") && signature.identity != signature.domain {
        return Err(Unusable::Strict);
    }
    let bytes = record.public_key.as_slice();
    match (signature.algorithm, &record.key_type) {
        (Algorithm::RsaSha256, None | Some(KeyType::Rsa)) => {
            let bits = judge::bits(&record).ok_or_else(|| of_record(&record))?;
            if bits < BITS {
                return Err(Unusable::Short(bits));
            }
            RsaPublicKey::from_public_key_der(bytes)
                .ok()
                .or_else(|| RsaPublicKey::from_pkcs1_der(bytes).ok())
                .map(Key::Rsa)
                .ok_or_else(|| of_record(&record))
        }
        (Algorithm::Ed25519Sha256, Some(KeyType::Ed25519)) => <[u8; 32]>::try_from(bytes)
            .ok()
            .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
            .map(Key::Ed25519)
            .ok_or_else(|| of_record(&record)),
        _ => Err(Unusable::OtherType),
    }
}

/// The signed fields, in the order of `h=`: of each name the lowest that was not taken before (RFC 6376, section 5.4.2). The field itself
/// is never among them.
fn select<'a>(raw: &'a Raw, field: &Field, headers: &[String]) -> Vec<&'a Field> {
    let mut stacks: BTreeMap<&str, Vec<&Field>> = BTreeMap::new();
    for other in raw.fields.iter().filter(|other| *other != field) {
        stacks.entry(&other.name).or_default().push(other);
    }
    headers
        .iter()
        .filter_map(|name| stacks.get_mut(name.as_str())?.pop())
        .collect()
}

fn header_hash(field: &Field, signature: &Signature, selected: &[&Field]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for field in selected {
        hash.update(canonical::header(field, signature.header_canon));
        hash.update(b"\r\n");
    }
    let own = signature::unsigned(field);
    hash.update(canonical::header(&own, signature.header_canon));
    hash.finalize().to_vec()
}

/// Fields that appear once in a message (RFC 5322, section 3.6) or that programs show: a second one is what a reader may see instead.
const SHOWN: [&str; 9] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "date",
    "subject",
    "message-id",
    "content-type",
];

fn gaps(
    raw: &Raw,
    signature: &Signature,
    selected: &[&Field],
    signed: u64,
    whole: u64,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for name in SHOWN {
        let there = raw.named(name).count();
        let covered = selected.iter().filter(|field| field.name == name).count();
        let is_listed = signature.headers.iter().any(|header| header == name);
        if there > covered && (is_listed || there > 1) {
            gaps.push(Gap::Added(name.to_owned()));
        }
    }
    if signed < whole {
        gaps.push(Gap::Body { signed, whole });
    }
    gaps
}

/// What was done to the body. `body` is the whole of it as it is signed.
fn changed_body(raw: &Raw, body: &[u8], wanted: &[u8]) -> Broke {
    if raw.body().trim_ascii().is_empty() {
        return Broke::NoBody;
    }
    let mut hash = Sha256::new();
    let mut at = 0;
    for _ in 0..TRIED_LINES {
        let Some(end) = canonical::line_end(body.get(at..).unwrap_or_default()) else {
            break;
        };
        hash.update(body.get(at..at + end + 2).unwrap_or_default());
        at += end + 2;
        if at < body.len() && hash.clone().finalize().as_slice() == wanted {
            return Broke::Appended(body.len() - at);
        }
    }
    Broke::Body
}

/// Which field was changed, or whether another key signed.
fn changed_header(raw: &Raw, field: &Field, signature: &Signature, key: &Key) -> Broke {
    let hash = key.signed_hash(&signature.signature);
    if hash.is_none() && matches!(key, Key::Rsa(_)) {
        return Broke::OtherKey;
    }
    let is_it = |raw: &Raw, own: &Field| {
        let selected = select(raw, own, &signature.headers);
        let digest = header_hash(own, signature, &selected);
        match &hash {
            Some(hash) => *hash == digest,
            None => key.holds(&digest, &signature.signature),
        }
    };
    let copies = copied_otherwise(raw, signature);
    if !copies.is_empty() && hash.is_some() {
        return Broke::Header(copies);
    }
    let listed: Vec<usize> = (0..raw.fields.len())
        .filter(|at| {
            raw.fields
                .get(*at)
                .is_some_and(|field| signature.headers.contains(&field.name))
        })
        .take(TRIED_FIELDS)
        .collect();
    for at in listed {
        let Some(name) = raw.fields.get(at).map(|field| field.name.clone()) else {
            continue;
        };
        let mut without = raw.without_body();
        without.fields.remove(at);
        if is_it(&without, field) {
            return Broke::Header(vec![name]);
        }
        for other in before_marks(raw.fields.get(at)) {
            let mut changed = raw.without_body();
            if let Some(place) = changed.fields.get_mut(at) {
                *place = other;
            }
            if is_it(&changed, field) {
                return Broke::Header(vec![name]);
            }
        }
    }
    match hash {
        Some(_) => Broke::Header(Vec::new()),
        None => Broke::HeaderOrKey,
    }
}

/// A subject as it may have been before a list or a filter put `[name]` or `***SPAM***` in front of it.
fn before_marks(field: Option<&Field>) -> Vec<Field> {
    let Some(field) = field.filter(|field| field.name == "subject") else {
        return Vec::new();
    };
    let value = String::from_utf8_lossy(field.value()).into_owned();
    let head = String::from_utf8_lossy(
        field
            .raw
            .get(..field.raw.len() - field.value().len())
            .unwrap_or_default(),
    )
    .into_owned();
    let starts = value
        .char_indices()
        .filter(|(_, c)| matches!(c, ']' | ':' | '*' | '!' | ')'))
        .map(|(at, c)| at + c.len_utf8())
        .take(12);
    starts
        .filter_map(|at| {
            let rest = value.get(at..)?.trim_start();
            Field::new(format!("{head} {rest}").into_bytes())
        })
        .collect()
}

/// Names of the fields that are not as their copies in `z=`, white space aside.
fn copied_otherwise(raw: &Raw, signature: &Signature) -> Vec<String> {
    let packed = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect()
    };
    let mut names: Vec<String> = signature
        .copied
        .iter()
        .filter(|(name, value)| {
            signature.headers.contains(name)
                && !raw
                    .named(name)
                    .any(|field| packed(field.value()) == packed(value))
        })
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}
