//! Where the message came in: the Received line that the receiver's own server wrote (RFC 5321, section 4.4), as far as it can be told.

use std::net::IpAddr;
use std::net::Ipv6Addr;

use crate::evidence::message::raw::Field;
use crate::evidence::message::raw::Raw;
use crate::records::name::DomainName;

/// Received lines that are looked at from the top.
const LINES: usize = 60;

/// What the server that took the message over saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    pub ip: IpAddr,
    /// The name that the sender's server gave itself (HELO).
    pub helo: String,
    /// The bounce address; empty for `<>`.
    pub mail_from: String,
}

/// Goes down from the top: lines that one server of the receiver wrote about another are passed over, and the first line about an address
/// of another organization is the one. Whatever stands below it may be forged.
pub fn handover(raw: &Raw) -> Result<Handover, &'static str> {
    let mut bounce = None;
    for (seen, field) in raw.fields.iter().enumerate() {
        match field.name.as_str() {
            "return-path" if bounce.is_none() => bounce = Some(bare(&field.unfolded())),
            "received" => {
                let Some(hop) = hop(field) else { continue };
                if is_inside(&hop) {
                    continue;
                }
                let mail_from = bounce.or_else(|| envelope(&field.unfolded())).ok_or(
                    "the bounce address is not in the message: it has no line Return-Path above the line Received of the receiver",
                )?;
                return Ok(Handover {
                    ip: hop.ip.to_canonical(),
                    helo: hop.helo,
                    mail_from,
                });
            }
            _ => {}
        }
        if seen > LINES * 8 {
            break;
        }
    }
    Err("no line Received tells from which address the message came to the receiver")
}

struct Hop {
    helo: String,
    ip: IpAddr,
    by: Option<DomainName>,
    from: Vec<DomainName>,
}

/// `from HELO (NAME [IP]) by HOST ...`; None where there is no address in it.
fn hop(field: &Field) -> Option<Hop> {
    let text = field.unfolded();
    let rest = text
        .get(..5)
        .filter(|word| word.eq_ignore_ascii_case("from "))
        .and(text.get(5..))?;
    let lower = rest.to_ascii_lowercase();
    let end = lower.find(" by ").unwrap_or(rest.len());
    let from = rest.get(..end)?;
    let by = rest
        .get(end..)
        .and_then(|rest| rest.get(4..))
        .and_then(|rest| rest.split_ascii_whitespace().next())
        .and_then(|word| word.trim_end_matches([';', '.']).parse().ok());
    let helo = from.split_ascii_whitespace().next()?.to_owned();
    // The name that the server gave itself may be anything: an address is read from what the receiver wrote behind it, in brackets first.
    let written = from.get(helo.len()..).unwrap_or_default();
    let in_brackets = || {
        written
            .split('[')
            .skip(1)
            .filter_map(|rest| rest.split(']').next())
    };
    let ip = in_brackets()
        .find_map(address)
        .or_else(|| {
            written
                .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';'))
                .find_map(address)
        })
        .or_else(|| address(helo.trim_matches(['[', ']'])))?;
    let names = from
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '='))
        .filter(|word| word.contains('.') && address(word).is_none())
        .filter_map(|word| word.trim_end_matches('.').parse().ok())
        .collect();
    Some(Hop {
        helo: helo.trim_end_matches('.').to_owned(),
        ip,
        by,
        from: names,
    })
}

fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .get(..5)
        .filter(|head| head.eq_ignore_ascii_case("ipv6:"))
        .map_or(text, |_| &text[5..]);
    bare.parse().ok()
}

/// A hop within one organization: an address of a private network, or names under one domain.
fn is_inside(hop: &Hop) -> bool {
    let is_private = match hop.ip.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64
        }
        IpAddr::V6(ip) => {
            ip == Ipv6Addr::LOCALHOST || ip.is_unique_local() || ip.is_unicast_link_local()
        }
    };
    let own = hop.by.as_ref().and_then(DomainName::registrable);
    is_private || own.is_some() && hop.from.iter().any(|name| name.registrable() == own)
}

/// What stands between angle brackets.
fn bare(text: &str) -> String {
    let inner = text
        .split_once('<')
        .map_or(text, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    inner.trim().to_owned()
}

/// The bounce address that some servers write into the line itself.
fn envelope(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = lower
        .find("envelope-from ")
        .map(|at| at + 14)
        .or_else(|| lower.find("envelope-from=").map(|at| at + 14))?;
    let rest = text.get(at..)?;
    let word = rest
        .split(|c: char| c.is_whitespace() || matches!(c, ')' | ';'))
        .next()?;
    Some(bare(word))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(text: &str) -> Result<Handover, &'static str> {
        handover(&Raw::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn the_line_where_the_organization_changes() {
        let text = "Return-Path: <a@shop.example>\n\
            Received: by 10.1.2.3 with SMTP id x; now\n\
            Received: from in1.receiver.com (in1.receiver.com [203.0.113.9]) by box.receiver.com; now\n\
            Received: from localhost (localhost [127.0.0.1])\n\tby in1.receiver.com; now\n\
            Received: from mail.shop.example (out.shop.example. [192.0.2.7])\n by in1.receiver.com with ESMTPS; now\n\
            Received: from forged ([198.51.100.1]) by mail.shop.example; now\n\n";
        let handover = of(text).unwrap();
        assert_eq!(handover.ip.to_string(), "192.0.2.7");
        assert_eq!(
            (handover.helo.as_str(), handover.mail_from.as_str()),
            ("mail.shop.example", "a@shop.example")
        );
    }

    #[test]
    fn a_name_like_an_address_is_not_believed() {
        let text = "Return-Path: <>\nReceived: from [198.51.100.1] (x.example [IPv6:2001:db8::7]) by mx.receiver.com; now\n\n";
        assert_eq!(of(text).unwrap().ip.to_string(), "2001:db8::7");
        assert_eq!(of(text).unwrap().mail_from, "");
    }

    #[test]
    fn what_cannot_be_told_is_not_made_up() {
        assert!(of("From: a@b.example\n\n").is_err());
        let below = "Received: from a.example (a.example [192.0.2.7]) by mx.receiver.com; now\nReturn-Path: <a@a.example>\n\n";
        assert!(of(below).is_err(), "a Return-Path of the sender's own");
        let inside = "Received: from a.b.example.com ([192.0.2.1]) by c.example.com; now\n\n";
        assert!(of(inside).is_err());
    }
}
