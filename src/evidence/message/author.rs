//! Whose domain stands in the From field, the one that people see (RFC 5322, section 3.6.2; RFC 9989, section 4.3).

use crate::evidence::message::raw::Raw;
use crate::records::name::DomainName;

/// Addresses of one From field that are read.
const ADDRESSES: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    One(DomainName),
    /// More than one From field, or addresses at several domains.
    Several,
    /// No address in it, as in `From: undisclosed:;`.
    Nobody,
    Unreadable,
}

impl Author {
    pub fn of(raw: &Raw) -> Self {
        let mut fields = raw.named("from");
        match (fields.next(), fields.next()) {
            (None, _) => Self::Nobody,
            (Some(_), Some(_)) => Self::Several,
            (Some(field), None) => Self::read(&field.unfolded()),
        }
    }

    fn read(text: &str) -> Self {
        let mut domains: Vec<Option<DomainName>> = addresses(text)
            .into_iter()
            .map(|address| domain(&address))
            .collect();
        domains.dedup();
        match domains.as_slice() {
            [] if text.trim_end().ends_with(";") && !text.contains('@') && text.contains(':') => {
                Self::Nobody
            }
            [] | [None] => Self::Unreadable,
            [Some(domain)] => Self::One(domain.clone()),
            _ => Self::Several,
        }
    }

    pub fn domain(&self) -> Option<&DomainName> {
        match self {
            Self::One(domain) => Some(domain),
            _ => None,
        }
    }

    /// The domain, or in brackets why there is none.
    pub fn shown(&self) -> String {
        match self {
            Self::One(domain) => domain.to_string(),
            Self::Several => "(two addresses)".to_owned(),
            Self::Nobody => "(none)".to_owned(),
            Self::Unreadable => "(unreadable)".to_owned(),
        }
    }
}

fn domain(address: &str) -> Option<DomainName> {
    let (_, host) = address.rsplit_once('@')?;
    host.trim()
        .parse()
        .ok()
        .filter(|name: &DomainName| !name.is_root())
}

/// The addresses of a list: what stands in angle brackets, else the bare word. Comments, quoted names and names of groups are left out.
fn addresses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut bare = String::new();
    let mut angle: Option<String> = None;
    let mut taken: Option<String> = None;
    let mut comment = 0_usize;
    let mut is_quoted = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if found.len() >= ADDRESSES {
            break;
        }
        match c {
            '\\' if is_quoted || comment > 0 => {
                chars.next();
            }
            '"' if comment == 0 => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => comment += 1,
            ')' => comment = comment.saturating_sub(1),
            _ if comment > 0 => {}
            '<' => angle = Some(String::new()),
            '>' => taken = angle.take().or(taken),
            ',' | ';' if angle.is_none() => {
                found.extend(taken.take().or_else(|| bare_address(&bare)));
                bare.clear();
            }
            ':' if angle.is_none() => bare.clear(),
            _ => angle.as_mut().unwrap_or(&mut bare).push(c),
        }
    }
    found.extend(taken.or_else(|| bare_address(&bare)));
    found
}

fn bare_address(text: &str) -> Option<String> {
    let text = text.trim();
    (text.contains('@') && !text.contains(' ')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_that_people_see() {
        let cases = [
            ("Alice <alice@Example.com>", "example.com"),
            ("alice@example.com", "example.com"),
            ("\"bob@evil.example\" <a@example.com>", "example.com"),
            ("a@example.com (bob@evil.example)", "example.com"),
            ("Joe <joe]@football.example.com>", "football.example.com"),
            ("<@relay.example:a@example.com>", "example.com"),
            ("a@example.com, b@example.com", "example.com"),
            ("a@example.com, b@evil.example", "(two addresses)"),
            ("undisclosed:;", "(none)"),
            ("A: a@example.com;", "example.com"),
            ("Alice &lt;alice&gt;", "(unreadable)"),
            ("", "(unreadable)"),
        ];
        for (text, wanted) in cases {
            assert_eq!(Author::read(text).shown(), wanted, "{text}");
        }
    }
}
