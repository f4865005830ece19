//! Reads one text as an SPF record, and names what is wrong with it where it cannot be read.

use std::net::IpAddr;

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::Spf;
use crate::records::spf::codes;
use crate::records::spf::judge::Selected;
use crate::records::untrusted::Untrusted;

/// A text longer than this is not read (64 KiB is the most that DNS can carry).
const LONGEST: usize = 65_535;

/// Reads a text that starts as an SPF record must.
pub(super) fn read(owner: &DomainName, text: &Untrusted) -> Selected {
    let mut findings = strange_bytes(owner, text);
    let readable = text
        .as_ascii()
        .filter(|ascii| ascii.len() <= LONGEST)
        .map(str::parse::<Spf>);
    match readable {
        Some(Ok(spf)) => return Selected::One(spf),
        Some(Err(wrong)) => {
            if let Some(finding) = include_of_address(owner, text) {
                findings.push(finding);
            }
            findings.push(finding(
                owner,
                codes::SYNTAX_ERROR,
                format!(
                    "The SPF record cannot be read {wrong}. Mail servers treat the whole record as an error (permerror)."
                ),
                "Correct the record at that place.",
            ));
        }
        None => findings.push(finding(
            owner,
            codes::SYNTAX_ERROR,
            "The SPF record holds characters that are not allowed in it. Mail servers treat the whole record as an error (permerror).",
            "Type the record again, with plain characters only.",
        )),
    }
    Selected::Broken {
        text: text.clone(),
        findings,
    }
}

/// What keeps a text from being an SPF record, where a person would take it for one.
pub(super) fn near_miss(owner: &DomainName, text: &Untrusted) -> Option<Vec<Finding>> {
    let bytes = text.as_bytes();
    let head = bytes.get(..bytes.len().min(64)).unwrap_or_default();
    let letters: Vec<u8> = head
        .iter()
        .filter(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\' | b'`'))
        .map(u8::to_ascii_lowercase)
        .collect();
    let starts = |start: &str| letters.starts_with(start.as_bytes());
    // `spf2.0/...` is Sender ID, another thing.
    let looks_like = [
        "v=spf", "v:spf", "v-spf", "vspf1", "spf1", "spf=1", "spfv1", "v=sfp1", "v=spv1",
    ]
    .iter()
    .any(|start| starts(start));
    if !looks_like {
        return None;
    }
    let mut findings = strange_bytes(owner, text);
    if head.first().is_some_and(u8::is_ascii_whitespace) {
        findings.push(finding(
            owner,
            codes::SPACE_IN_FRONT,
            "There is a space in front of the SPF record. Mail servers do not see the record because of it.",
            "Delete the space in front of v=spf1.",
        ));
    }
    if !starts("v=spf1") {
        findings.push(finding(
            owner,
            codes::VERSION_WRONG,
            format!(
                "A text looks like an SPF record and does not start with v=spf1: {}. Mail servers do not see it.",
                text.shown_up_to(40)
            ),
            "Let the record start with v=spf1 and a space.",
        ));
    } else if findings.is_empty() {
        findings.push(finding(
            owner,
            codes::VERSION_WRONG,
            format!(
                "A space is missing after v=spf1: {}. Mail servers do not see the record because of it.",
                text.shown_up_to(40)
            ),
            "Put one space after v=spf1, and nothing else.",
        ));
    }
    Some(findings)
}

/// Quotation marks, backslashes and characters that are not plain ASCII: each named once.
fn strange_bytes(owner: &DomainName, text: &Untrusted) -> Vec<Finding> {
    let bytes = text.as_bytes();
    let mut findings = Vec::new();
    if bytes.contains(&b'"') || bytes.first() == Some(&b'\'') {
        findings.push(finding(
            owner,
            codes::QUOTES_KEPT,
            "Quotation marks are part of the SPF record. They belong around it in a zone file only, not in it.",
            "Delete the quotation marks from the value.",
        ));
    }
    if bytes.contains(&b'\\') {
        findings.push(finding(
            owner,
            codes::BACKSLASH_KEPT,
            "A backslash is part of the SPF record. It does not belong there.",
            "Delete the backslash from the value.",
        ));
    }
    if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii()) {
        let (code, what) = match std::str::from_utf8(bytes)
            .ok()
            .and_then(|t| t[at..].chars().next())
        {
            Some(
                c @ ('\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}' | '\u{ab}'
                | '\u{bb}'),
            ) => (
                codes::CURLY_QUOTES,
                format!("a curly quotation mark (U+{:04X})", u32::from(c)),
            ),
            Some(c) => (
                codes::NOT_ASCII,
                format!("{} (U+{:04X})", named(c), u32::from(c)),
            ),
            None => (codes::NOT_ASCII, format!("the byte {}", bytes[at])),
        };
        findings.push(finding(
            owner,
            code,
            format!(
                "The SPF record holds {what} at character {}. Only plain characters may stand in it.",
                at + 1
            ),
            "Delete that character, or type the record again by hand.",
        ));
    }
    if let Some(at) = bytes.iter().position(u8::is_ascii_control) {
        let what = match bytes[at] {
            b'\n' | b'\r' => "a line break".to_owned(),
            b'\t' => "a tab".to_owned(),
            byte => format!("a control character (byte {byte})"),
        };
        findings.push(finding(
            owner,
            codes::CONTROL_CHARACTER,
            format!("The SPF record holds {what} at character {}.", at + 1),
            "Write the record on one line, with single spaces.",
        ));
    }
    findings
}

/// A character in words.
fn named(c: char) -> &'static str {
    match c {
        '\u{a0}' | '\u{202f}' | '\u{2007}' => "a non-breaking space",
        '\u{feff}' => "an invisible mark (byte order mark)",
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{ad}' => "an invisible character",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a typographic dash",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "an invisible mark for the direction of writing"
        }
        _ => "a character that is not plain ASCII",
    }
}

/// `include:192.0.2.1`
fn include_of_address(owner: &DomainName, text: &Untrusted) -> Option<Finding> {
    let wrong = text.as_ascii()?.split(' ').find_map(|word| {
        let lower = word
            .trim_start_matches(['+', '-', '~', '?'])
            .to_ascii_lowercase();
        let value = lower.strip_prefix("include:")?;
        let address = value.split('/').next()?;
        let address: IpAddr = address.parse().ok()?;
        let kind = if address.is_ipv4() { "ip4" } else { "ip6" };
        Some(format!("{kind}:{value}"))
    })?;
    Some(finding(
        owner,
        codes::INCLUDE_OF_ADDRESS,
        "The SPF record includes an address. Only a domain name can be included.",
        &format!("Write {wrong} instead."),
    ))
}

fn finding(owner: &DomainName, code: Code, message: impl Into<String>, remedy: &str) -> Finding {
    Finding {
        code,
        severity: Severity::Error,
        subject: Subject::Spf,
        name: owner.clone(),
        message: message.into(),
        remedy: remedy.to_owned(),
    }
}
