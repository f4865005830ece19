//! Names the one mistake that makes a text at a selector unreadable as a key record.

use crate::records::dkim::DkimKey;
use crate::records::dkim::codes;
use crate::records::dkim::der;
use crate::records::dkim::der::Shape;
use crate::records::dkim::judge::finding;
use crate::records::dkim::judge::unusable;
use crate::records::dkim::parse::salvage;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::slip;
use crate::records::tags::Piece;
use crate::records::tags::Tag;
use crate::records::tags::pieces;
use crate::records::untrusted::Untrusted;

/// The finding about a text that is no key record: the most telling cause alone.
pub fn name(owner: &DomainName, text: &Untrusted) -> Finding {
    let latin: String = text.as_bytes().iter().map(|&b| char::from(b)).collect();
    let say =
        |code, message: &str, remedy: &str| finding(owner, code, Severity::Error, message, remedy);
    let body = latin.trim();
    let lower = body.to_ascii_lowercase();
    if body.is_empty() {
        return say(
            codes::EMPTY,
            "There is an empty TXT record where the key should be.",
            "Put the value of the key record into it, or delete it.",
        );
    }
    if lower.starts_with("v=spf1") {
        return say(
            codes::SPF_RECORD_HERE,
            "An SPF record stands where the key should be.",
            "Move it to the name of the domain itself if it is needed there, and put the key record here.",
        );
    }
    if lower.starts_with("v=dmarc1") {
        return say(
            codes::DMARC_RECORD_HERE,
            "A DMARC record stands where the key should be.",
            "Move it to the name that starts with _dmarc, and put the key record here.",
        );
    }
    if lower.contains("private key") {
        return unusable(owner, Shape::PrivateKey, 0);
    }
    if let Some(what) = slip::foreign(text.as_bytes()) {
        return say(
            codes::FOREIGN_CHARACTER,
            &format!(
                "The value holds {what}, which got in when it was copied. Receivers cannot read the key."
            ),
            "Copy the value again from a plain text, without formatting, or type that spot by hand.",
        );
    }
    if body.contains("...") {
        return say(
            codes::SHORTENED,
            "The key was shortened with dots for display, and the short form was published.",
            "Use the button that copies the whole value, and put that in place of this one.",
        );
    }
    if let Some((code, message, remedy)) = slip::wrapping(body) {
        let code = match code {
            slip::Wrapping::Zone => codes::ZONE_LINE_PASTED,
            slip::Wrapping::Quotes => codes::QUOTES,
            slip::Wrapping::Backslashes => codes::BACKSLASHES,
            slip::Wrapping::Html => codes::HTML,
        };
        return say(code, message, remedy);
    }
    if body.contains("-----") {
        return say(
            codes::PEM_LINES,
            "The lines BEGIN and END of the key file were pasted too.",
            "Put only what stands between these two lines after p=, without line ends.",
        );
    }
    tags_or_key(owner, body)
}

/// True where the key is broken as it stands, and is one with plus signs in its gaps. White space alone is allowed in a key, and receivers take it
/// out.
pub(super) fn has_lost_plus(key: &DkimKey, text: &Untrusted) -> bool {
    if matches!(der::shape(&key.public_key), Shape::Rsa { .. }) {
        return false;
    }
    let Some(text) = text.as_ascii() else {
        return false;
    };
    pieces(text).iter().any(|piece| match piece {
        Piece::Tag(tag) if tag.name == "p" && tag.value.contains(' ') => {
            let mended = salvage(&tag.value.replace(' ', "+"));
            matches!(der::shape(&mended), Shape::Rsa { .. })
        }
        _ => false,
    })
}

const PLUS_LOST: (Code, &str, &str) = (
    codes::PLUS_LOST,
    "The key has gaps and cannot be read. Often a web form turned its plus signs (+) into spaces.",
    "Copy the value again, and compare it with the source after saving.",
);

/// Mistakes in the tags, then in the key.
fn tags_or_key(owner: &DomainName, body: &str) -> Finding {
    let say =
        |code, message: &str, remedy: &str| finding(owner, code, Severity::Error, message, remedy);
    let pieces = pieces(body);
    let tags: Vec<&Tag> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Tag(tag) => Some(tag),
            _ => None,
        })
        .collect();
    let value = |name: &str| {
        tags.iter()
            .find(|tag| tag.name == name)
            .map(|tag| &tag.value)
    };
    let merged = tags.iter().any(|tag| {
        ["p", "k", "t", "h"]
            .iter()
            .any(|name| slip::holds_tag(&tag.value, name))
    });
    if merged {
        return say(
            codes::MISSING_SEMICOLON,
            "Between two parts of the value the semicolon is missing.",
            "Put a semicolon (;) after each part, as in v=DKIM1; k=rsa; p=...",
        );
    }
    let is_base64 = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b' '))
    };
    let Some(key) = value("p") else {
        // An equals sign ends base64 and stands nowhere else in it.
        if body.len() > 40 && is_base64(body) && !body.trim_end_matches('=').contains('=') {
            return say(
                codes::TAGS_MISSING,
                "Only the key itself was published, without the text around it.",
                "Put v=DKIM1; k=rsa; p= in front of it.",
            );
        }
        let stray = pieces.iter().any(|piece| {
            matches!(piece, Piece::Stray { text, .. } if text.starts_with("p:") || text.starts_with("p "))
        });
        if stray {
            return say(
                codes::NO_KEY,
                "After the p, the equals sign is missing, so receivers see no key.",
                "Write p= in front of the key.",
            );
        }
        if value("v").is_none() && value("k").is_none() {
            return say(
                codes::OTHER_TEXT,
                "The text at this name is not a DKIM key. It may come from a wildcard record or belong to another service.",
                "Put the key record here, and move or delete this text.",
            );
        }
        return say(
            codes::NO_KEY,
            "The record holds no key: the part p= is missing.",
            "Put the whole value in, with the part that starts with p=.",
        );
    };
    if let Some(position) = tags.iter().position(|tag| tag.name == "v")
        && position > 0
    {
        return say(
            codes::VERSION_NOT_FIRST,
            "The part v=DKIM1 does not stand first, so receivers do not take the record for a key.",
            "Let the value start with v=DKIM1;",
        );
    }
    let upper = key.to_ascii_uppercase();
    if upper.contains("YOUR") || upper.contains("PUBLIC") || key.contains(['<', '_', '{', '[']) {
        return say(
            codes::PLACEHOLDER,
            "The record holds the placeholder of a template, not a key.",
            "Put your own public key in its place, as the signing service shows it.",
        );
    }
    if let Some(odd) = key.chars().find(|c| !is_base64(&c.to_string())) {
        let start = tags
            .iter()
            .find(|tag| tag.name == "p")
            .map_or(0, |tag| tag.value_at);
        let at = body[start..].find(odd).map_or(start, |at| start + at) + 1;
        return say(
            codes::BAD_BASE64,
            &format!(
                "The key holds the character {odd} (character {at} of the value), which cannot be in a key. Receivers cannot read it."
            ),
            "Copy the whole value once more from where the key was made, and put it in place of this one.",
        );
    }
    if let Err(wrong) = crate::records::tags::read(body) {
        return say(
            codes::SYNTAX,
            &format!("The record cannot be read {wrong}."),
            "Compare it with the value that the signing service shows, and put that in place of this one.",
        );
    }
    let bytes = salvage(key);
    match der::shape(&bytes) {
        Shape::Rsa { left_over: 0, .. } => say(
            codes::PADDING_MISSING,
            "The equals signs at the end of the key are missing. Many receivers cannot read it without them.",
            "Copy the whole value once more, up to its last character.",
        ),
        Shape::Unreadable | Shape::Truncated { .. } if key.contains(' ') => {
            say(PLUS_LOST.0, PLUS_LOST.1, PLUS_LOST.2)
        }
        shape => unusable(owner, shape, body.len()),
    }
}
