//! What the bytes of a published key are: just enough DER (X.690) to tell a key from what people paste instead.

/// What was found in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An RSA public key: SubjectPublicKeyInfo (RFC 5280) or bare RSAPublicKey (RFC 8017).
    Rsa {
        bits: u32,
        /// Bytes after the end of the key.
        left_over: usize,
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

fn modulus_bits(content: &[u8]) -> Option<u32> {
    let (modulus, rest) = element(content)?;
    let (exponent, _) = element(rest)?;
    if modulus.tag != INTEGER || exponent.tag != INTEGER || modulus.is_cut() || exponent.is_cut() {
        return None;
    }
    let zeros = modulus.content.iter().take_while(|b| **b == 0).count();
    let digits = &modulus.content[zeros..];
    let first = digits.first()?;
    u32::try_from(digits.len() * 8)
        .ok()
        .map(|bits| bits - first.leading_zeros())
}

/// The RSA key inside the BIT STRING of a SubjectPublicKeyInfo.
fn info_bits(content: &[u8]) -> Option<u32> {
    let (string, _) = element(content)?;
    if string.tag != BIT_STRING || string.is_cut() {
        return None;
    }
    let (key, _) = element(string.content.strip_prefix(&[0])?)?;
    (key.tag == SEQUENCE && !key.is_cut())
        .then(|| modulus_bits(key.content))
        .flatten()
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
    let rsa = |bits: Option<u32>| match bits {
        _ if outer.is_cut() => cut,
        Some(bits) => Shape::Rsa {
            bits,
            left_over: after.len(),
        },
        None => Shape::Unreadable,
    };
    match first.tag {
        INTEGER if first.content == [0] => Shape::PrivateKey,
        INTEGER => rsa(modulus_bits(outer.content)),
        SEQUENCE => match element(first.content) {
            Some((inner, _)) if inner.tag == VERSION => Shape::Certificate,
            Some((inner, _)) if inner.tag == OBJECT && inner.content == RSA_ENCRYPTION => {
                rsa(info_bits(rest))
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
