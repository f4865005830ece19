//! Names the one mistake that keeps a text at `_dmarc` from being a DMARC record.

use crate::records::dmarc::codes;
use crate::records::dmarc::judge::finding;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::slip;
use crate::records::tags::Piece;
use crate::records::tags::pieces;
use crate::records::untrusted::Untrusted;

const START: &str = "Let the value start with v=DMARC1; exactly, and put the policy (p=) after it.";

/// The finding about a text that is no DMARC record: an error where it was meant to be one, or belongs elsewhere for sure; a warning
/// about any other text.
pub fn name(owner: &DomainName, text: &Untrusted) -> Finding {
    let say =
        |code, message: &str, remedy: &str| finding(owner, code, Severity::Error, message, remedy);
    let latin: String = text.as_bytes().iter().map(|&b| char::from(b)).collect();
    let body = latin.trim();
    let lower = body.to_ascii_lowercase();
    if body.is_empty() {
        return say(
            codes::EMPTY,
            "There is an empty TXT record where the DMARC record should be.",
            "Put the DMARC record into it, or delete it.",
        );
    }
    if lower.starts_with("v=spf1") {
        return say(
            codes::SPF_RECORD_HERE,
            "An SPF record stands where the DMARC record should be.",
            "Move it to the name of the domain itself if it is needed there, and put the DMARC record here.",
        );
    }
    if lower.starts_with("v=dkim1") {
        return say(
            codes::DKIM_RECORD_HERE,
            "A DKIM key stands where the DMARC record should be.",
            "Move it to its own name (selector._domainkey), and put the DMARC record here.",
        );
    }
    let pieces = pieces(body);
    let version = pieces
        .iter()
        .enumerate()
        .find_map(|(index, piece)| match piece {
            Piece::Tag(tag) if tag.name.eq_ignore_ascii_case("v") => {
                Some((index, tag.value.as_str()))
            }
            _ => None,
        });
    let attempt = lower.contains("dmarc") || version.is_some();
    if !attempt {
        return Finding {
            severity: Severity::Warning,
            ..say(
                codes::OTHER_TEXT,
                "A text that is not a DMARC record stands at this name. It may come from a wildcard record or belong to another service.",
                "Leave only the DMARC record at this name.",
            )
        };
    }
    if let Some(what) = slip::foreign(text.as_bytes()) {
        return say(
            codes::FOREIGN_CHARACTER,
            &format!(
                "The value holds {what}, which got in when it was copied. Receivers cannot read the record and ignore it."
            ),
            "Copy the value again from a plain text, without formatting, or type that spot by hand.",
        );
    }
    if let Some((wrapping, message, remedy)) = slip::wrapping(body) {
        let code = match wrapping {
            slip::Wrapping::Zone => codes::ZONE_LINE_PASTED,
            slip::Wrapping::Quotes => codes::QUOTES,
            slip::Wrapping::Backslashes => codes::BACKSLASHES,
            slip::Wrapping::Html => codes::HTML,
        };
        return say(code, message, remedy);
    }
    match version {
        Some((0, value)) if slip::holds_tag(value, "p") || value.starts_with("DMARC1,") => say(
            codes::MISSING_SEMICOLON,
            "After v=DMARC1 the semicolon is missing, so receivers ignore the record.",
            "Put a semicolon (;) after each part, as in v=DMARC1; p=none; rua=mailto:...",
        ),
        Some((0, "DMARC1")) => say(
            codes::LEADING_SPACE,
            "A space stands in front of v=DMARC1. Some receivers ignore the record because of it.",
            "Take out the space at the start of the value.",
        ),
        Some((0, value)) if value.eq_ignore_ascii_case("DMARC1") => say(
            codes::BAD_VERSION,
            "DMARC1 is not written in capital letters, so receivers ignore the record.",
            START,
        ),
        Some((0, _)) => say(
            codes::BAD_VERSION,
            "The record does not start with v=DMARC1, so receivers ignore it.",
            START,
        ),
        Some((_, value)) if value.eq_ignore_ascii_case("DMARC1") => say(
            codes::VERSION_NOT_FIRST,
            "The part v=DMARC1 does not stand first, so receivers ignore the record.",
            START,
        ),
        _ => say(
            codes::SYNTAX,
            "The text looks like a DMARC record, but does not start with v=DMARC1, so receivers ignore it.",
            START,
        ),
    }
}
