//! The tags of a `DKIM-Signature` field (RFC 6376, section 3.5).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::evidence::message::canonical::Canon;
use crate::evidence::message::raw::Field;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::records::tags;

/// Header fields that one signature may list; real ones list fewer than 60.
const LISTED: usize = 10_000;

/// A signature as it is written, with the defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub algorithm: Algorithm,
    pub signature: Vec<u8>,
    pub body_hash: Vec<u8>,
    pub header_canon: Canon,
    pub body_canon: Canon,
    pub domain: DomainName,
    pub selector: Selector,
    /// The domain of `i=`.
    pub identity: DomainName,
    /// `h=` in small letters, in its order.
    pub headers: Vec<String>,
    /// `l=`: octets of the body that are signed.
    pub length: Option<u64>,
    /// `x=`, in seconds since 1970.
    pub expires: Option<u64>,
    /// `z=`: the fields as they were when they were signed, `name:value`.
    pub copied: Vec<(String, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    RsaSha256,
    Ed25519Sha256,
}

/// Why a signature is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// What is wrong, as the end of a sentence.
    Syntax(String),
    /// `rsa-sha1` (RFC 8301).
    Sha1,
    Algorithm,
    FromNotSigned,
}

/// What a field says of itself, whether it can be used or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    pub domain: Option<DomainName>,
    pub selector: Option<Selector>,
}

/// Reads a field: what it claims, and the signature where it is one.
pub fn read(field: &Field) -> (Claim, Result<Signature, Broken>) {
    let value = String::from_utf8_lossy(field.value());
    let tags = match tags::read(&value) {
        Ok(tags) => tags,
        Err(error) => {
            return (
                Claim::default(),
                Err(Broken::Syntax(format!("it cannot be read: {error}"))),
            );
        }
    };
    let tag = |name: &str| tags.iter().find(|tag| tag.name == name);
    let tag = |name: &str| tag(name).map(|tag| tag.value.as_str());
    let claim = Claim {
        domain: tag("d").and_then(|text| text.parse().ok()),
        selector: tag("s").and_then(|text| text.parse().ok()),
    };
    let signature = signature(&tag, &claim);
    (claim, signature)
}

fn signature<'a>(
    tag: &impl Fn(&str) -> Option<&'a str>,
    claim: &Claim,
) -> Result<Signature, Broken> {
    let syntax = |what: &str| Broken::Syntax(what.to_owned());
    let need = |name: &str| {
        tag(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Broken::Syntax(format!("its part {name}= is missing")))
    };
    for name in ["v", "a", "b", "bh", "d", "h", "s"] {
        need(name)?;
    }
    if need("v")? != "1" {
        return Err(syntax("its version is not 1"));
    }
    let algorithm = match need("a")?.to_ascii_lowercase().as_str() {
        "rsa-sha256" => Algorithm::RsaSha256,
        "ed25519-sha256" => Algorithm::Ed25519Sha256,
        "rsa-sha1" => return Err(Broken::Sha1),
        _ => return Err(Broken::Algorithm),
    };
    let (header_canon, body_canon) = canons(tag("c").unwrap_or("simple/simple"))
        .ok_or_else(|| syntax("its way of canonicalization (c=) is unknown"))?;
    let domain = claim
        .domain
        .clone()
        .filter(|domain| !domain.is_root())
        .ok_or_else(|| syntax("its domain (d=) is not a domain"))?;
    let selector = claim
        .selector
        .clone()
        .ok_or_else(|| syntax("its selector (s=) is not a name"))?;
    let identity = match tag("i") {
        None => domain.clone(),
        Some(text) => text
            .rsplit_once('@')
            .and_then(|(_, host)| host.trim().parse::<DomainName>().ok())
            .ok_or_else(|| syntax("its identity (i=) is not an address"))?,
    };
    if !identity.is_within(&domain) {
        return Err(Broken::Syntax(format!(
            "its identity (i=) is at {identity}, which is not within {domain} (d=)"
        )));
    }
    if let Some(methods) = tag("q") {
        let is_known = |method: &str| method.trim().eq_ignore_ascii_case("dns/txt");
        if !methods.split(':').any(is_known) {
            return Err(syntax(
                "its key is to be had in a way that nobody knows (q=)",
            ));
        }
    }
    let headers: Vec<String> = need("h")?
        .split(':')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    if headers.len() > LISTED {
        return Err(syntax("it lists more header fields than any message has"));
    }
    if !headers.iter().any(|name| name == "from") {
        return Err(Broken::FromNotSigned);
    }
    let number = |name: &str| match tag(name) {
        None => Ok(None),
        Some(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A number without end is the largest.
            Ok(Some(text.parse::<u64>().unwrap_or(u64::MAX)))
        }
        Some(_) => Err(Broken::Syntax(format!("its part {name}= is not a number"))),
    };
    let (made, expires) = (number("t")?, number("x")?);
    if let (Some(made), Some(expires)) = (made, expires)
        && expires <= made
    {
        return Err(syntax("it expires (x=) before it was made (t=)"));
    }
    Ok(Signature {
        algorithm,
        signature: base64(need("b")?).ok_or_else(|| syntax("its part b= is not base64"))?,
        body_hash: base64(need("bh")?).ok_or_else(|| syntax("its part bh= is not base64"))?,
        header_canon,
        body_canon,
        domain,
        selector,
        identity,
        headers,
        length: number("l")?,
        expires,
        copied: tag("z").map(copied).unwrap_or_default(),
    })
}

fn canons(text: &str) -> Option<(Canon, Canon)> {
    let (header, body) = text.split_once('/').unwrap_or((text, "simple"));
    Some((
        Canon::from_word(header.trim())?,
        Canon::from_word(body.trim())?,
    ))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let packed: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(packed).ok()
}

/// The copies of `z=`, quoted-printable as DKIM writes it (RFC 6376, section 2.11).
fn copied(text: &str) -> Vec<(String, Vec<u8>)> {
    let packed: String = text.split_ascii_whitespace().collect();
    packed
        .split('|')
        .filter_map(|copy| {
            let (name, value) = copy.split_once(':')?;
            Some((name.to_ascii_lowercase(), unquoted(value)))
        })
        .collect()
}

fn unquoted(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let hex = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex.filter(|_| *first == b'=') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => bytes.push(*first),
        }
    }
    bytes
}

/// The field with the value of `b=` taken out, as it was when it was signed (RFC 6376, section 3.7).
pub fn unsigned(field: &Field) -> Field {
    let start = field.raw.len() - field.value().len();
    let mut raw = field.raw.get(..start).unwrap_or_default().to_vec();
    for (at, piece) in field.value().split(|byte| *byte == b';').enumerate() {
        if at > 0 {
            raw.push(b';');
        }
        let equals = piece.iter().position(|byte| *byte == b'=');
        match equals.map(|equals| piece.split_at(equals + 1)) {
            Some((name, _))
                if name.trim_ascii().strip_suffix(b"=").map(<[u8]>::trim_ascii) == Some(b"b") =>
            {
                raw.extend_from_slice(name);
            }
            _ => raw.extend_from_slice(piece),
        }
    }
    Field::new(raw).unwrap_or_else(|| field.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn field(value: &str) -> Field {
        Field::new(format!("DKIM-Signature: {value}").into_bytes()).unwrap()
    }

    const WHOLE: &str = "v=1; a=rsa-sha256; d=a.example; s=s; h=From; bh=YQ==; b=YQ==";

    #[test]
    fn the_defaults_are_those_of_the_standard() {
        let read = read(&field(WHOLE)).1.unwrap();
        assert_eq!(
            (read.header_canon, read.body_canon),
            (Canon::Simple, Canon::Simple)
        );
        assert_eq!(read.identity, read.domain);
        assert_eq!((read.length, read.expires), (None, None));
        let with = |more: &str| super::read(&field(&format!("{WHOLE}; {more}"))).1;
        let one = with("c=relaxed").unwrap();
        assert_eq!(
            (one.header_canon, one.body_canon),
            (Canon::Relaxed, Canon::Simple)
        );
        assert_eq!(with("q=x:dns/txt").unwrap().domain.as_str(), "a.example");
        assert_eq!(
            with("i=@b.a.example").unwrap().identity.as_str(),
            "b.a.example"
        );
        assert_eq!(
            with("z=From:=41b|To:x").unwrap().copied[0],
            ("from".to_owned(), b"Ab".to_vec())
        );
        for wrong in [
            "q=x",
            "i=@example",
            "c=nice",
            "l=-1",
            "x=5; t=6",
            "v=1",
            "t=",
        ] {
            assert!(matches!(with(wrong), Err(Broken::Syntax(_))), "{wrong}");
        }
    }

    #[test]
    fn what_no_receiver_takes_is_named() {
        let of = |text: &str| read(&field(text)).1.unwrap_err();
        assert_eq!(of(&WHOLE.replace("sha256", "sha1")), Broken::Sha1);
        assert_eq!(of(&WHOLE.replace("sha256", "md5")), Broken::Algorithm);
        assert_eq!(of(&WHOLE.replace("From", "To")), Broken::FromNotSigned);
    }

    #[test]
    fn the_value_of_b_is_taken_out_and_nothing_else() {
        let field = field("v=1; bh=abc;\r\n\tb = x=\r\n y; c=b");
        assert_eq!(
            unsigned(&field).raw,
            b"DKIM-Signature: v=1; bh=abc;\r\n\tb =; c=b"
        );
    }
}
