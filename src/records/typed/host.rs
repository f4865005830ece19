//! Takes the host out of a web address or a mailbox, and the domain out of the host.

use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::records::name::DomainName;
use crate::records::typed::NotUnderstood;
use crate::records::typed::letters;
use crate::records::typed::refuse;
use crate::records::typed::to_ascii;

/// The host in an address of a web page or a mailbox.
pub(super) fn host_of(
    word: &str,
    changes: &mut Vec<&'static str>,
) -> Result<String, NotUnderstood> {
    let mut rest = word;
    if is_address(rest) {
        return Err(address(word));
    }
    if rest
        .get(..7)
        .is_some_and(|head| head.eq_ignore_ascii_case("mailto:"))
    {
        rest = &rest[7..];
        changes.push("mailto: was taken off");
    }
    if let Some(at) = rest
        .find("//")
        .filter(|at| *at == 0 || rest[..*at].ends_with(':'))
    {
        rest = &rest[at + 2..];
        changes.push("the start of a web address was taken off");
    } else if let Some(start) = ["https:", "http:"].iter().find(|start| {
        rest.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    }) {
        rest = rest[start.len()..].trim_start_matches(['/', '\\']);
        changes.push("the start of a web address was taken off");
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    if end < rest.len() {
        rest = &rest[..end];
        changes.push("what follows the domain was taken off");
    }
    if let Some((_, behind)) = rest.rsplit_once(['@', '\u{ff20}']) {
        rest = behind;
        changes.push("what stands before the @ was taken off");
    }
    if rest.starts_with('[') || is_address(rest) {
        return Err(address(word));
    }
    if let Some((before, behind)) = rest.split_once(':') {
        rest = before;
        changes.push(if behind.bytes().all(|b| b.is_ascii_digit()) {
            "the port was taken off"
        } else {
            "what follows the colon was taken off"
        });
        if is_address(rest) {
            return Err(address(word));
        }
    }
    // A sign that no domain holds ends one that was complete before it.
    if let Some(end) = rest
        .find(|c: char| "[]{}()<>\"!$&+=^~|`".contains(c))
        .filter(|end| rest[..*end].trim_matches('.').contains('.'))
    {
        rest = &rest[..end];
        changes.push("what follows the domain was taken off");
    }
    let bare = rest.trim_matches(|c| letters::is_quote(c) || matches!(c, '<' | '>' | '(' | ')'));
    if bare.len() < rest.len() {
        changes.push("signs around it were taken off");
    }
    Ok(bare.to_owned())
}

const WWW: &str = "www. in front was taken off";

/// Takes off labels and dots that are no part of the domain itself.
pub(super) fn cut_labels(
    host: &str,
    changes: &mut Vec<&'static str>,
) -> Result<String, NotUnderstood> {
    let all: Vec<&str> = host.split('.').collect();
    let mut labels: Vec<&str> = all.iter().copied().filter(|l| !l.is_empty()).collect();
    if labels.len() < all.len() {
        changes.push("dots too many were taken off");
    }
    if let Some(at) = labels.iter().rposition(|label| label.contains('_')) {
        if labels.len() < at + 3 {
            return Err(NotUnderstood {
                reason: "An underscore (_) cannot stand in the name of a domain.".to_owned(),
                remedy: "Look at the spelling: was it a hyphen (-), or nothing at all?".to_owned(),
                name: None,
            });
        }
        labels.drain(..=at);
        changes.push("the part with the underscore in front was taken off");
    }
    if labels.iter().any(|label| label.contains('*')) {
        let kept = labels
            .iter()
            .rposition(|label| label.contains('*'))
            .map_or(0, |at| at + 1);
        labels.drain(..kept);
        changes.push("the asterisk was taken off");
    }
    let mut hyphens = false;
    for label in &mut labels {
        let bare = label.trim_matches('-');
        hyphens |= bare.len() < label.len() && !label.to_ascii_lowercase().starts_with("xn--");
        if !label.to_ascii_lowercase().starts_with("xn--") {
            *label = bare;
        }
    }
    if hyphens {
        labels.retain(|label| !label.is_empty());
        changes.push("hyphens at an edge were taken off");
    }
    while labels.len() > 2 && labels[0].eq_ignore_ascii_case("www") {
        let rest = labels[1..].join(".");
        let is_suffix = to_ascii(&rest)
            .ok()
            .and_then(|ascii| ascii.parse::<DomainName>().ok())
            .is_some_and(|name| name.public_suffix().as_ref() == Some(&name));
        if is_suffix {
            break;
        }
        labels.remove(0);
        if !changes.contains(&WWW) {
            changes.push(WWW);
        }
    }
    let joined = labels.join(".");
    match labels.as_slice() {
        [] => Err(refuse("No domain was seen in it.".to_owned())),
        [only] => Err(single(only)),
        [.., last] if last.bytes().all(|b| b.is_ascii_digit()) => Err(address(&joined)),
        _ => {
            let lower = joined.to_ascii_lowercase();
            if lower.ends_with(".in-addr.arpa") || lower.ends_with(".ip6.arpa") {
                return Err(NotUnderstood {
                    name: in_the_dns(&joined),
                    ..address(&joined)
                });
            }
            Ok(joined)
        }
    }
}

/// True for an address of a machine in any form that programs take.
fn is_address(text: &str) -> bool {
    let bare = text.split_once('%').map_or(text, |(bare, _)| bare);
    let bare = bare.split_once('/').map_or(bare, |(bare, _)| bare);
    let hex = bare
        .strip_prefix("0x")
        .or_else(|| bare.strip_prefix("0X"))
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let decimal = bare.len() > 3 && bare.bytes().all(|b| b.is_ascii_digit());
    hex || decimal || bare.parse::<Ipv4Addr>().is_ok() || bare.parse::<Ipv6Addr>().is_ok()
}

fn address(word: &str) -> NotUnderstood {
    let shown: String = letters::shown(word).chars().take(80).collect();
    refuse(format!(
        "{shown} is the address of a machine, not a domain."
    ))
}

/// One label alone.
fn single(label: &str) -> NotUnderstood {
    if label.bytes().all(|b| b.is_ascii_digit()) {
        return address(label);
    }
    let lower = label.to_lowercase();
    let shown: String = letters::shown(&lower).chars().take(80).collect();
    let is_ending = psl::suffix(lower.as_bytes()).is_some_and(|suffix| suffix.is_known());
    let reason = match lower.as_str() {
        "localhost" => {
            "localhost is the name of this machine, not a domain that sends mail.".to_owned()
        }
        "local" | "internal" | "onion" | "test" | "invalid" | "example" => {
            format!("{shown} is an ending that is kept for private or special use, not a domain.")
        }
        _ if is_ending => {
            format!("{shown} is an ending that many domains share, not a domain of its own.")
        }
        _ => format!("{shown} has no dot in it: the ending, such as .com, is missing."),
    };
    NotUnderstood {
        name: in_the_dns(&lower),
        ..refuse(reason)
    }
}

/// The text as a name in the DNS, letters of other scripts included.
fn in_the_dns(text: &str) -> Option<DomainName> {
    to_ascii(text).ok()?.parse().ok()
}
