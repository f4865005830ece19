//! Macros filled in with what is known about a message (RFC 7208, section 7).

use std::net::IpAddr;

use crate::records::name::DomainName;
use crate::records::spf::macros::MacroScope;
use crate::records::spf::macros::Piece;
use crate::records::spf::macros::name_of;
use crate::records::spf::macros::pieces;
use crate::records::syntax::SyntaxError;

/// Characters of an explanation that are kept.
const LONGEST_EXPLANATION: usize = 1_000;

/// Bytes of an expanded macro-string that are kept: the end of it, since a name that is too long is cut on its left.
const LONGEST_EXPANDED: usize = 4_096;

/// Fills in the macros of one macro-string. `value` gives what a letter stands for, None where that is not known yet.
pub(super) fn expand(
    text: &str,
    scope: MacroScope,
    value: &mut dyn FnMut(char) -> Option<String>,
) -> Result<Option<String>, SyntaxError> {
    let mut expanded = String::new();
    let mut is_open = false;
    for piece in pieces(text, scope)? {
        match piece {
            Piece::Literal { text } => expanded.push_str(text),
            Piece::Sign(sign) => expanded.push_str(sign),
            Piece::Macro(found) => match value(found.letter) {
                None => is_open = true,
                Some(value) => {
                    let value = found.transform(&value);
                    if found.escaped {
                        escape(&value, &mut expanded);
                    } else {
                        expanded.push_str(&value);
                    }
                }
            },
        }
        if expanded.len() > 2 * LONGEST_EXPANDED {
            let cut = expanded.len() - LONGEST_EXPANDED;
            let cut = (cut..).find(|at| expanded.is_char_boundary(*at));
            expanded.drain(..cut.unwrap_or_default());
        }
    }
    Ok((!is_open).then_some(expanded))
}

/// The name that a domain-spec stands for. Outer None: not known yet; inner None: no name that the DNS can hold.
pub(super) fn target(
    spec: &str,
    value: &mut dyn FnMut(char) -> Option<String>,
) -> Option<Option<DomainName>> {
    match expand(spec, MacroScope::Domain, value) {
        Ok(expanded) => expanded.map(|text| name_of(&text)),
        Err(_) => Some(None),
    }
}

/// `explain-string = *( macro-string / SP )`. Outer None: not known yet; inner None: the text cannot be used.
pub(super) fn explanation(
    text: &str,
    value: &mut dyn FnMut(char) -> Option<String>,
) -> Option<Option<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut length = 0;
    let mut is_open = false;
    for word in text.split(' ') {
        if length > LONGEST_EXPLANATION {
            if pieces(word, MacroScope::Explanation).is_err() {
                return Some(None);
            }
            continue;
        }
        match expand(word, MacroScope::Explanation, value) {
            Err(_) => return Some(None),
            Ok(None) => is_open = true,
            Ok(Some(word)) => {
                length += word.len() + 1;
                words.push(word);
            }
        }
    }
    if is_open {
        return None;
    }
    let text = words.join(" ");
    // What a macro brings in comes from the message, and may hold anything.
    let shown = text
        .chars()
        .take(LONGEST_EXPLANATION)
        .map(|c| {
            if c == ' ' || c.is_ascii_graphic() {
                c
            } else {
                '?'
            }
        })
        .collect();
    Some(Some(shown))
}

/// Everything but the unreserved characters of RFC 3986 as `%XX`.
fn escape(value: &str, expanded: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            expanded.push(char::from(byte));
        } else {
            expanded.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// `%{i}`: an IPv4 address as it is, an IPv6 address as its 32 hexadecimal digits with dots between them.
pub(super) fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let digits: Vec<String> = ip
                .octets()
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(|digit| format!("{digit:X}"))
                .collect();
            digits.join(".")
        }
    }
}
