//! What is good and bad about a DKIM key record.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::records::dkim::DkimKey;
use crate::records::dkim::KeyType;
use crate::records::dkim::codes;
use crate::records::dkim::der;
use crate::records::dkim::der::Shape;
use crate::records::dkim::mistake;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::slip;
use crate::records::untrusted::Untrusted;

/// What the TXT strings at a selector hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    Absent,
    One(DkimKey),
    Broken {
        text: Untrusted,
        findings: Vec<Finding>,
    },
    Several(Vec<Untrusted>),
}

/// Picks the key record among the TXT strings at `owner`. More than one string is one too many, whatever the others
/// are: receivers may take any of them (RFC 6376, section 3.6.2.2).
pub fn select(owner: &DomainName, texts: &[Untrusted]) -> Selected {
    match texts {
        [] => Selected::Absent,
        [text] => match text.as_ascii().map(str::parse::<DkimKey>) {
            Some(Ok(key))
                if !is_wrapped(&key, text)
                    && !is_other_record(text)
                    && !mistake::has_lost_plus(&key, text) =>
            {
                Selected::One(key)
            }
            _ => Selected::Broken {
                text: text.clone(),
                findings: vec![mistake::name(owner, text)],
            },
        },
        _ => Selected::Several(texts.to_vec()),
    }
}

/// A DMARC record reads as a key: `p=none` is base64.
fn is_other_record(text: &Untrusted) -> bool {
    let start = text.as_bytes().trim_ascii_start();
    start
        .get(.."v=dmarc1".len())
        .is_some_and(|head| head.eq_ignore_ascii_case(b"v=dmarc1"))
}

/// Quotes or backslashes that made `v=` or `k=` an unknown word.
fn is_wrapped(key: &DkimKey, text: &Untrusted) -> bool {
    let odd = matches!(key.key_type, Some(KeyType::Unknown(_)))
        || key
            .version
            .as_deref()
            .is_some_and(|version| version != "DKIM1");
    odd && text
        .as_ascii()
        .is_some_and(|text| slip::wrapping(text).is_some())
}

pub(super) fn finding(
    owner: &DomainName,
    code: Code,
    severity: Severity,
    message: &str,
    remedy: &str,
) -> Finding {
    Finding {
        code,
        severity,
        subject: Subject::Dkim,
        name: owner.clone(),
        message: message.to_owned(),
        remedy: remedy.to_owned(),
    }
}

const PASTE_AGAIN: &str =
    "Copy the whole value once more from where the key was made, and put it in place of this one.";

/// Findings about one key record.
pub fn judge(owner: &DomainName, key: &DkimKey) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |code, severity, message: &str, remedy: &str| {
        found.push(finding(owner, code, severity, message, remedy));
    };
    match key.version.as_deref() {
        None | Some("DKIM1") => {}
        Some(_) => say(
            codes::BAD_VERSION,
            Severity::Error,
            "The key record does not start with v=DKIM1, so receivers do not take it for a key.",
            "Let the value start with v=DKIM1; with capital letters.",
        ),
    }
    if let Some(hashes) = &key.hashes
        && !hashes.iter().any(|hash| hash == "sha256")
    {
        say(
            codes::NO_SHA256,
            Severity::Error,
            "The key record (tag h=) does not allow SHA-256, the only kind of signature that receivers still accept.",
            "Take the tag h= out of the value.",
        );
    }
    if let Some(services) = &key.services
        && !services
            .iter()
            .any(|service| service == "email" || service == "*")
    {
        say(
            codes::NOT_FOR_EMAIL,
            Severity::Error,
            "The key record (tag s=) says that this key is not for email.",
            "Take the tag s= out of the value.",
        );
    }
    if key.flags.iter().flatten().any(|flag| flag == "y") {
        say(
            codes::TESTING,
            Severity::Warning,
            "The key record says that it is only a test (flag t=y). Receivers may then act as if the mail was not signed.",
            "Take the flag y out of the value once mail is signed with this key.",
        );
    }
    if key.is_revoked() {
        say(
            codes::REVOKED,
            Severity::Error,
            "This key is revoked: the part p= of its record is empty. Mail signed with it fails.",
            "If something still signs with this selector, give it a new key. If nothing does, the record may stay or go.",
        );
        return found;
    }
    match &key.key_type {
        None | Some(KeyType::Rsa) => found.extend(rsa(owner, key)),
        Some(KeyType::Ed25519) => found.extend(ed25519(owner, key)),
        Some(KeyType::Unknown(_)) => say(
            codes::UNKNOWN_KEY_TYPE,
            Severity::Error,
            "The key record names a type of key (tag k=) that receivers do not know.",
            "The type is k=rsa or k=ed25519, in small letters. Use the value as the signing service shows it.",
        ),
    }
    found
}

fn rsa(owner: &DomainName, key: &DkimKey) -> Option<Finding> {
    if key.public_key.len() == 32 {
        return Some(finding(
            owner,
            codes::KEY_TYPE_MISSING,
            Severity::Error,
            "This looks like an Ed25519 key, but the record does not say so, and receivers take it for a broken RSA key.",
            "Put k=ed25519; in front of p= in the value.",
        ));
    }
    let shape = der::shape(&key.public_key);
    match shape {
        Shape::Rsa {
            bits,
            left_over,
            is_bare,
        } => {
            if bits < 1024 {
                Some(finding(
                    owner,
                    codes::KEY_TOO_SHORT,
                    Severity::Error,
                    &format!(
                        "The key has {bits} bits. Receivers do not accept RSA keys below 1024 bits."
                    ),
                    "Make a new key of 2048 bits, publish it under a new selector, and switch signing over to it.",
                ))
            } else if left_over > 0 {
                Some(finding(
                    owner,
                    codes::KEY_LEFT_OVER,
                    Severity::Warning,
                    "After the end of the key there is more text, as if something was pasted twice. Some receivers refuse such a key.",
                    PASTE_AGAIN,
                ))
            } else if is_bare {
                Some(finding(
                    owner,
                    codes::KEY_WITHOUT_WRAPPER,
                    Severity::Warning,
                    "The key stands in the record without the wrapper that says what kind of key it is. Some receivers cannot read it in this form.",
                    "Publish the key as the signing service shows it; with OpenSSL that is the form of the lines BEGIN PUBLIC KEY, not BEGIN RSA PUBLIC KEY.",
                ))
            } else if bits < 2048 {
                Some(finding(
                    owner,
                    codes::KEY_SHORT,
                    Severity::Warning,
                    &format!(
                        "The key has {bits} bits. It still works; 2048 bits are advised today."
                    ),
                    "When convenient, make a new key of 2048 bits, publish it under a new selector, and switch signing over to it.",
                ))
            } else if bits > 4096 {
                Some(finding(
                    owner,
                    codes::KEY_TOO_LONG,
                    Severity::Warning,
                    &format!(
                        "The key has {bits} bits. Not every receiver can check keys above 4096 bits."
                    ),
                    "Make a new key of 2048 bits.",
                ))
            } else {
                None
            }
        }
        Shape::Unreadable if is_lower_case(key) => Some(finding(
            owner,
            codes::KEY_LOWER_CASE,
            Severity::Error,
            "All letters of the key were turned into small letters. Capital and small letters differ in a key, so it is void.",
            "Paste the value once more and compare it after saving. If the panel changes it again, ask its support.",
        )),
        _ => Some(unusable(owner, shape, key.to_string().len())),
    }
}

fn is_lower_case(key: &DkimKey) -> bool {
    let base64 = STANDARD.encode(&key.public_key);
    base64.len() > 60 && !base64.bytes().any(|b| b.is_ascii_uppercase())
}

/// The finding about bytes that are no RSA key. `length`: characters of the record.
pub(super) fn unusable(owner: &DomainName, shape: Shape, length: usize) -> Finding {
    match shape {
        Shape::Truncated { has, says } => {
            let place = if (250..=257).contains(&length) {
                "It was cut at character 255, where one string of a TXT record ends".to_owned()
            } else {
                format!("It has {has} bytes and should have {says}")
            };
            finding(
                owner,
                codes::KEY_TRUNCATED,
                Severity::Error,
                &format!(
                    "The end of the key is missing. {place}, so no signature can be checked with it."
                ),
                "Paste the whole value once more. If the panel cuts it again, enter it as two strings in quotes: \
                 the first 255 characters, then the rest.",
            )
        }
        Shape::Certificate => finding(
            owner,
            codes::CERTIFICATE,
            Severity::Error,
            "The record holds a certificate, not a key. Receivers cannot use it.",
            "Publish the public key that belongs to the signing key, as the signing service shows it.",
        ),
        Shape::PrivateKey => finding(
            owner,
            codes::PRIVATE_KEY_PUBLISHED,
            Severity::Error,
            "The record holds the private key. Anybody can read it and sign mail in your name.",
            "Delete this record now, make a new key pair, and publish only its public half under a new selector.",
        ),
        Shape::Ed25519Info => finding(
            owner,
            codes::KEY_TYPE_MISSING,
            Severity::Error,
            "The key is an Ed25519 key, but the record does not say so.",
            "Use the value as the signing service shows it: with k=ed25519, and p= with 44 characters.",
        ),
        Shape::Rsa { .. } | Shape::Unreadable => finding(
            owner,
            codes::KEY_UNREADABLE,
            Severity::Error,
            "The text after p= is not a public key; a part of it is missing or was changed. No signature can be checked with it.",
            PASTE_AGAIN,
        ),
    }
}

fn ed25519(owner: &DomainName, key: &DkimKey) -> Option<Finding> {
    if der::is_small_order(&key.public_key) {
        return Some(unusable(owner, Shape::Unreadable, 0));
    }
    if key.public_key.len() == 32 {
        return None;
    }
    Some(match der::shape(&key.public_key) {
        Shape::Ed25519Info => finding(
            owner,
            codes::ED25519_WRAPPED,
            Severity::Error,
            "The Ed25519 key stands in the record in the wrong form (with an ASN.1 wrapper). DKIM wants the bare 32 bytes.",
            "Put only the last 32 bytes of the key after p=, which are 44 characters of base64.",
        ),
        Shape::Rsa { .. } => finding(
            owner,
            codes::KEY_TYPE_WRONG,
            Severity::Error,
            "The record says k=ed25519, but the key is an RSA key.",
            "Let the value say k=rsa.",
        ),
        Shape::PrivateKey => unusable(owner, Shape::PrivateKey, 0),
        _ => finding(
            owner,
            codes::KEY_UNREADABLE,
            Severity::Error,
            &format!(
                "An Ed25519 key has 32 bytes; this one has {}. No signature can be checked with it.",
                key.public_key.len()
            ),
            PASTE_AGAIN,
        ),
    })
}

/// The finding about several TXT records at one selector.
pub fn several(owner: &DomainName, texts: &[Untrusted]) -> Finding {
    finding(
        owner,
        codes::SEVERAL_RECORDS,
        Severity::Error,
        &format!(
            "{} TXT records stand at this name. Receivers may take the wrong one, and then signatures fail.",
            texts.len()
        ),
        "Leave one TXT record at this name: the key in use. Delete the others. A long key is one record of two strings, not two records.",
    )
}

/// Bits of the modulus of an RSA key, 256 for Ed25519; None where the key cannot be read.
pub fn bits(key: &DkimKey) -> Option<u32> {
    match key.key_type {
        None | Some(KeyType::Rsa) => match der::shape(&key.public_key) {
            Shape::Rsa { bits, .. } => Some(bits),
            _ => None,
        },
        Some(KeyType::Ed25519) => (key.public_key.len() == 32).then_some(256),
        Some(KeyType::Unknown(_)) => None,
    }
}
