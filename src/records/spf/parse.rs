//! Reads an SPF record from text; says where and what was expected.

use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::str::FromStr;

use crate::records::spf::Directive;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Prefix;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;
use crate::records::spf::macros::MacroScope;
use crate::records::spf::macros::Piece;
use crate::records::spf::macros::pieces;
use crate::records::syntax::SyntaxError;

const VERSION: &str = "v=spf1";

/// Every word that may start a term, with the sign that follows it.
const WORDS: [&str; 10] = [
    "all",
    "a",
    "mx",
    "ptr",
    "include:",
    "ip4:",
    "ip6:",
    "exists:",
    "redirect=",
    "exp=",
];

impl FromStr for Spf {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let rest = text
            .get(..VERSION.len())
            .filter(|head| head.eq_ignore_ascii_case(VERSION))
            .map(|_| &text[VERSION.len()..])
            .ok_or_else(|| error(0, "v=spf1 at the very start"))?;
        if !rest.is_empty() && !rest.starts_with(' ') {
            return Err(error(VERSION.len(), "a space after v=spf1"));
        }
        let mut terms = Vec::new();
        let mut at = VERSION.len();
        for word in rest.split(' ') {
            if !word.is_empty() {
                let term = term(word, at)?;
                once(&terms, &term, at)?;
                terms.push(term);
            }
            at += word.len() + 1;
        }
        Ok(Self { terms })
    }
}

impl FromStr for Directive {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        match term(text, 0)? {
            Term::Directive(directive) => Ok(directive),
            Term::Modifier(_) => Err(error(0, "a term such as include:example.com")),
        }
    }
}

impl FromStr for DomainSpec {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        domain_spec(text, 0)
    }
}

fn error(at: usize, expected: impl Into<String>) -> SyntaxError {
    SyntaxError {
        at,
        expected: expected.into(),
    }
}

/// `redirect` and `exp` may stand once each (RFC 7208, section 6).
fn once(terms: &[Term], next: &Term, at: usize) -> Result<(), SyntaxError> {
    let twice = |seen: fn(&Modifier) -> bool| {
        matches!(next, Term::Modifier(modifier) if seen(modifier))
            && terms
                .iter()
                .any(|term| matches!(term, Term::Modifier(modifier) if seen(modifier)))
    };
    if twice(|modifier| matches!(modifier, Modifier::Redirect(_))) {
        return Err(error(at, "only one redirect= in the record"));
    }
    if twice(|modifier| matches!(modifier, Modifier::Explanation(_))) {
        return Err(error(at, "only one exp= in the record"));
    }
    Ok(())
}

/// One term without the spaces around it; `at` is where it starts.
fn term(text: &str, at: usize) -> Result<Term, SyntaxError> {
    if let Some(bad) = text.bytes().position(|byte| !byte.is_ascii_graphic()) {
        return Err(error(
            at + bad,
            "a plain character (a letter, digit or sign of an English keyboard)",
        ));
    }
    if let Some((name, value)) = modifier_parts(text) {
        return modifier(name, value, at).map(Term::Modifier);
    }
    let (qualifier, bare) = match text.as_bytes().first() {
        Some(b'+') => (Qualifier::Pass, &text[1..]),
        Some(b'-') => (Qualifier::Fail, &text[1..]),
        Some(b'~') => (Qualifier::SoftFail, &text[1..]),
        Some(b'?') => (Qualifier::Neutral, &text[1..]),
        _ => (Qualifier::Pass, text),
    };
    let at = at + text.len() - bare.len();
    if modifier_parts(bare).is_some() {
        return Err(error(at, "no sign (+ - ~ ?) in front of a name with ="));
    }
    mechanism(bare, at).map(|mechanism| {
        Term::Directive(Directive {
            qualifier,
            mechanism,
        })
    })
}

/// `name "=" macro-string`, where `name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )`.
fn modifier_parts(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let well_formed = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    well_formed.then_some((name, value))
}

fn modifier(name: &str, value: &str, at: usize) -> Result<Modifier, SyntaxError> {
    let value_at = at + name.len() + 1;
    if name.eq_ignore_ascii_case("redirect") {
        return domain_spec(value, value_at).map(Modifier::Redirect);
    }
    if name.eq_ignore_ascii_case("exp") {
        return domain_spec(value, value_at).map(Modifier::Explanation);
    }
    pieces(value, MacroScope::Explanation).map_err(|wrong| shifted(wrong, value_at))?;
    Ok(Modifier::Unknown {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}

fn mechanism(text: &str, at: usize) -> Result<Mechanism, SyntaxError> {
    let end = text.find([':', '/']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let rest_at = at + end;
    let argument = rest.strip_prefix(':');
    let needed = |example: &str| {
        argument
            .filter(|argument| !argument.is_empty())
            .ok_or_else(|| {
                let at = rest_at + usize::from(argument.is_some());
                let sign = if argument.is_some() {
                    ""
                } else {
                    "a colon and "
                };
                error(at, format!("{sign}{example}"))
            })
    };
    match word.to_ascii_lowercase().as_str() {
        "all" if rest.is_empty() => Ok(Mechanism::All),
        "all" => Err(error(rest_at, "a space or the end after all")),
        "include" => {
            let spec = needed("a domain name, as in include:example.com")?;
            domain_spec(spec, rest_at + 1).map(Mechanism::Include)
        }
        "exists" => {
            let spec = needed("a domain name, as in exists:example.com")?;
            domain_spec(spec, rest_at + 1).map(Mechanism::Exists)
        }
        "ip4" => ip4(needed("an address, as in ip4:192.0.2.1")?, rest_at + 1),
        "ip6" => ip6(needed("an address, as in ip6:2001:db8::1")?, rest_at + 1),
        "ptr" if rest.is_empty() => Ok(Mechanism::Ptr(None)),
        "ptr" => {
            let spec = needed("a domain name, as in ptr:example.com")?;
            domain_spec(spec, rest_at + 1).map(|domain| Mechanism::Ptr(Some(domain)))
        }
        "a" => addressed(rest, rest_at).map(|(domain, prefix)| Mechanism::A { domain, prefix }),
        "mx" => addressed(rest, rest_at).map(|(domain, prefix)| Mechanism::Mx { domain, prefix }),
        _ => Err(error(at, known_term(text))),
    }
}

/// What stands after `a` or `mx`: `[ ":" domain-spec ] [ dual-cidr-length ]`.
fn addressed(rest: &str, at: usize) -> Result<(Option<DomainSpec>, Prefix), SyntaxError> {
    let split = cidr_start(rest);
    let (head, cidr) = rest.split_at(split);
    let prefix = dual_cidr(cidr, at + split)?;
    if head.is_empty() {
        return Ok((None, prefix));
    }
    match head.strip_prefix(':') {
        Some(spec) => domain_spec(spec, at + 1).map(|domain| (Some(domain), prefix)),
        None => Err(error(
            at,
            "a length in bits, as in /24, or a colon and a domain name",
        )),
    }
}

/// Where a dual-cidr-length starts at the end of `text`; its length where there is none.
///
/// A domain-spec may hold slashes and never ends in one followed by digits alone.
fn cidr_start(text: &str) -> usize {
    let digits_off = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let head = digits_off(text);
    if head == text.len() || !text[..head].ends_with('/') {
        return text.len();
    }
    if let Some(before) = text[..head].strip_suffix("//") {
        let inner = digits_off(before);
        if inner < before.len() && before[..inner].ends_with('/') {
            return inner - 1;
        }
        return before.len();
    }
    head - 1
}

fn dual_cidr(text: &str, at: usize) -> Result<Prefix, SyntaxError> {
    let mut prefix = Prefix::default();
    let (ip4, ip6) = match text.find("//") {
        Some(split) => (&text[..split], Some(split)),
        None => (text, None),
    };
    if let Some(digits) = ip4.strip_prefix('/') {
        prefix.ip4 = length(digits, 32, at + 1)?;
    }
    if let Some(split) = ip6 {
        prefix.ip6 = length(&text[split + 2..], 128, at + split + 2)?;
    }
    Ok(prefix)
}

/// A length in bits: no leading zero, at most `most`.
fn length(digits: &str, most: u8, at: usize) -> Result<u8, SyntaxError> {
    let canonical = digits == "0" || (!digits.starts_with('0') && !digits.is_empty());
    digits
        .parse::<u8>()
        .ok()
        .filter(|bits| canonical && *bits <= most && digits.bytes().all(|b| b.is_ascii_digit()))
        .ok_or_else(|| error(at, format!("a length in bits from 0 to {most}")))
}

fn ip4(text: &str, at: usize) -> Result<Mechanism, SyntaxError> {
    let (network, bits) = match text.split_once('/') {
        Some((network, bits)) => (network, Some(bits)),
        None => (text, None),
    };
    let address: Ipv4Addr = network.parse().map_err(|_| {
        let hint = if network.parse::<Ipv6Addr>().is_ok() {
            "; this one is IPv6, write ip6:"
        } else if network.bytes().any(|b| b.is_ascii_alphabetic()) {
            "; for a name write a:"
        } else {
            ""
        };
        error(at, format!("an IPv4 address of four numbers{hint}"))
    })?;
    let length = match bits {
        Some(bits) => length(bits, 32, at + network.len() + 1)?,
        None => 32,
    };
    Ok(Mechanism::Ip4 { address, length })
}

fn ip6(text: &str, at: usize) -> Result<Mechanism, SyntaxError> {
    let (network, bits) = match text.split_once('/') {
        Some((network, bits)) => (network, Some(bits)),
        None => (text, None),
    };
    let address: Ipv6Addr = network.parse().map_err(|_| {
        let hint = if network.parse::<Ipv4Addr>().is_ok() {
            "; this one is IPv4, write ip4:"
        } else {
            ""
        };
        error(at, format!("an IPv6 address{hint}"))
    })?;
    let length = match bits {
        Some(bits) => length(bits, 128, at + network.len() + 1)?,
        None => 128,
    };
    Ok(Mechanism::Ip6 { address, length })
}

/// `domain-spec = macro-string domain-end`; `domain-end = ( "." toplabel [ "." ] ) / macro-expand`.
fn domain_spec(text: &str, at: usize) -> Result<DomainSpec, SyntaxError> {
    if text.is_empty() {
        return Err(error(at, "a domain name"));
    }
    let parts = pieces(text, MacroScope::Domain).map_err(|wrong| shifted(wrong, at))?;
    if let Some(Piece::Literal { text: tail, .. }) = parts.last() {
        let tail_at = at + text.len() - tail.len();
        let trimmed = tail.strip_suffix('.').unwrap_or(tail);
        let Some((_, top)) = trimmed.rsplit_once('.') else {
            return Err(error(
                at,
                "a full domain name with a dot, such as example.com",
            ));
        };
        if !is_top_label(top) {
            if text.parse::<Ipv4Addr>().is_ok() {
                return Err(error(at, "a domain name; for an address write ip4:"));
            }
            let top_at = tail_at + trimmed.len() - top.len();
            return Err(error(
                top_at,
                "the last part of a domain name, such as com (letters, digits and hyphens)",
            ));
        }
    }
    Ok(DomainSpec(text.to_owned()))
}

/// `toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )`
fn is_top_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    bytes
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().any(|b| !b.is_ascii_digit())
}

fn shifted(wrong: SyntaxError, by: usize) -> SyntaxError {
    SyntaxError {
        at: wrong.at + by,
        expected: wrong.expected,
    }
}

/// "a known term", with the likely one where the word is close to it.
fn known_term(text: &str) -> String {
    let word = text
        .split([':', '/', '='])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if text.parse::<Ipv4Addr>().is_ok() || word.parse::<Ipv4Addr>().is_ok() {
        return "a known term; for an address write ip4: in front".to_owned();
    }
    let quoted = text.contains(['"', '\'']);
    if quoted {
        return "a known term without quotation marks".to_owned();
    }
    let bare = |known: &'static str| known.trim_end_matches([':', '=']);
    let near = WORDS
        .iter()
        .filter(|known| bare(known).len() > 1)
        .map(|known| (distance(&word, bare(known)), *known))
        .filter(|(steps, known)| *steps <= if bare(known).len() > 4 { 2 } else { 1 })
        .min_by_key(|(steps, _)| *steps);
    match near {
        Some((_, known)) if word.len() > 1 => format!("a known term; {known} may be meant"),
        _ if word.contains('.') => {
            "a known term; for a name write include: or a: in front".to_owned()
        }
        _ => "a known term, such as include:, ip4:, a, mx or all".to_owned(),
    }
}

/// Changes of one character, or swaps of two neighbors, between two short words.
fn distance(left: &str, right: &str) -> usize {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() > 16 {
        return usize::MAX;
    }
    let width = right.len() + 1;
    let mut table = vec![0; (left.len() + 1) * width];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            let at = |i: usize, j: usize| table[i * width + j];
            let mut least = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let change = usize::from(left[i - 1] != right[j - 1]);
                    (at(i - 1, j) + 1)
                        .min(at(i, j - 1) + 1)
                        .min(at(i - 1, j - 1) + change)
                }
            };
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                least = least.min(at(i - 2, j - 2) + 1);
            }
            table[i * width + j] = least;
        }
    }
    table[left.len() * width + right.len()]
}
