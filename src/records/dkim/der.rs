//! What the bytes of a published key are: just enough DER (X.690) to tell a key from what people paste instead.

/// What was found in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An RSA public key: SubjectPublicKeyInfo (RFC 5280) or bare RSAPublicKey (RFC 8017).
    Rsa {
        bits: u32,
        /// Bytes after the end of the key, and of its parts.
        left_over: usize,
        /// A bare RSAPublicKey, which RFC 6376 names; receivers were built for the other form, of which its examples are.
        is_bare: bool,
    },
    /// A SubjectPublicKeyInfo of Ed25519 (RFC 8410); DKIM wants its last 32 bytes alone.
    Ed25519Info,
    /// A structure that says it is longer than the bytes that are there.
    Truncated {
        has: usize,
        says: usize,
    },
    Certificate,
    PrivateKey,
    Unreadable,
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT: u8 = 0x06;
const VERSION: u8 = 0xa0;

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// One element: its tag, the length that it says, and its content as far as it is there.
struct Element<'b> {
    tag: u8,
    says: usize,
    content: &'b [u8],
    header: usize,
}

impl Element<'_> {
    fn is_cut(&self) -> bool {
        self.content.len() < self.says
    }
}

/// The element at the start of `bytes`, and what follows it. A length takes at most four bytes.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut says = usize::from(first);
    let mut header = 2;
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 || rest.len() < count {
            return None;
        }
        says = rest[..count]
            .iter()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
        rest = &rest[count..];
        header += count;
    }
    let there = says.min(rest.len());
    let (content, after) = rest.split_at(there);
    let element = Element {
        tag,
        says,
        content,
        header,
    };
    Some((element, after))
}

/// What an RSAPublicKey (RFC 8017, appendix A.1.1) holds.
struct Numbers {
    bits: u32,
    left_over: usize,
}

/// A positive INTEGER, without its leading zeros.
fn positive<'b>(number: &Element<'b>) -> Option<&'b [u8]> {
    if number.tag != INTEGER || number.is_cut() || number.content.first()? & 0x80 != 0 {
        return None;
    }
    let zeros = number.content.iter().take_while(|b| **b == 0).count();
    Some(&number.content[zeros..])
}

/// The modulus and the exponent, both odd. An exponent of 1 would let anybody sign.
fn numbers(content: &[u8]) -> Option<Numbers> {
    let (modulus, rest) = element(content)?;
    let (exponent, after) = element(rest)?;
    let (modulus, exponent) = (positive(&modulus)?, positive(&exponent)?);
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    if !is_odd(modulus) || !is_odd(exponent) || exponent == [1] {
        return None;
    }
    let bits = u32::try_from(modulus.len() * 8).ok()? - modulus.first()?.leading_zeros();
    Some(Numbers {
        bits,
        left_over: after.len(),
    })
}

/// The RSA key inside the BIT STRING of a SubjectPublicKeyInfo.
fn inside(content: &[u8]) -> Option<Numbers> {
    let (string, after_string) = element(content)?;
    if string.tag != BIT_STRING || string.is_cut() {
        return None;
    }
    let (key, after_key) = element(string.content.strip_prefix(&[0])?)?;
    if key.tag != SEQUENCE || key.is_cut() {
        return None;
    }
    let numbers = numbers(key.content)?;
    Some(Numbers {
        left_over: numbers.left_over + after_key.len() + after_string.len(),
        ..numbers
    })
}

/// The points of small order on Curve25519 in every encoding, without the sign bit (RFC 7748, section 5; their list is in "Taming the many
/// EdDSAs", table 1). Anybody can make signatures that such a key verifies.
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    ending(0xec),
    ending(0xed),
    ending(0xee),
];

/// The encodings of the numbers next to the prime 2^255 - 19.
const fn ending(low: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = low;
    bytes[31] = 0x7f;
    bytes
}

/// True for the 32 bytes of an Ed25519 key that protects nothing.
pub fn is_small_order(key: &[u8]) -> bool {
    <[u8; 32]>::try_from(key).is_ok_and(|mut key| {
        key[31] &= 0x7f;
        SMALL_ORDER.contains(&key)
    })
}

/// Tells what `bytes` are.
pub fn shape(bytes: &[u8]) -> Shape {
    let Some((outer, after)) = element(bytes) else {
        return Shape::Unreadable;
    };
    if outer.tag != SEQUENCE {
        return Shape::Unreadable;
    }
    let cut = Shape::Truncated {
        has: bytes.len(),
        says: outer.header + outer.says,
    };
    let otherwise = if outer.is_cut() {
        cut
    } else {
        Shape::Unreadable
    };
    let Some((first, rest)) = element(outer.content) else {
        return otherwise;
    };
    let rsa = |numbers: Option<Numbers>, is_bare| match numbers {
        _ if outer.is_cut() => cut,
        Some(numbers) => Shape::Rsa {
            bits: numbers.bits,
            left_over: numbers.left_over + after.len(),
            is_bare,
        },
        None => Shape::Unreadable,
    };
    match first.tag {
        INTEGER if first.content == [0] => Shape::PrivateKey,
        INTEGER => rsa(numbers(outer.content), true),
        SEQUENCE => match element(first.content) {
            Some((inner, _)) if inner.tag == VERSION => Shape::Certificate,
            Some((inner, _)) if inner.tag == OBJECT && inner.content == RSA_ENCRYPTION => {
                rsa(inside(rest), false)
            }
            Some((inner, _)) if inner.tag == OBJECT && inner.content == ED25519 => {
                if outer.is_cut() {
                    cut
                } else {
                    Shape::Ed25519Info
                }
            }
            _ => otherwise,
        },
        _ => otherwise,
    }
}
