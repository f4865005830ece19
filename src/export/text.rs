//! Names, texts and comments as files and scripts write them.

use crate::export::set::Value;
use crate::records::name::DomainName;
use crate::records::record::cut;
use crate::records::record::escaped;
use crate::records::record::escaped_as;

/// As [`escaped`] for Route 53, which takes the number of a byte as octal.
pub fn escaped_octal(bytes: &[u8]) -> String {
    escaped_as(bytes, |byte| format!("\\{byte:03o}"))
}

/// The data of a record as a zone file has it, on one line.
pub fn data(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text.as_bytes(), escaped, " "),
        Value::Mx {
            preference,
            exchange,
        } => format!("{preference} {}", absolute(exchange)),
        Value::Alias(target) => absolute(target),
    }
}

/// A text as quoted character-strings with `between` them.
pub fn quoted(text: &[u8], escape: impl Fn(&[u8]) -> String, between: &str) -> String {
    let strings: Vec<String> = cut(text)
        .map(|string| format!("\"{}\"", escape(string)))
        .collect();
    strings.join(between)
}

/// A whole name with its dot.
pub fn absolute(name: &DomainName) -> String {
    if name.is_root() {
        ".".to_owned()
    } else {
        format!("{name}.")
    }
}

/// A name as its zone's file has it: `@` for the apex, a whole name where it is not in the zone.
pub fn relative(owner: &DomainName, zone: &DomainName) -> String {
    match owner.relative_to(zone) {
        Some("") => "@".to_owned(),
        Some(relative) => relative.to_owned(),
        None => absolute(owner),
    }
}

/// One line of comment behind `sign`: a line break in a text must not become a record.
pub fn comment(sign: &str, text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| {
            // JavaScript ends a line at these two as well.
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                character
            }
        })
        .collect();
    format!("{sign} {line}\n")
}
