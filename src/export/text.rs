//! Names, texts and comments as files and scripts write them.

use crate::export::set::Value;
use crate::records::name::DomainName;

/// The most bytes of one character-string (RFC 1035, section 3.3).
pub const STRING: usize = 255;

/// A TXT value as character-strings, in presentation form without the quotes.
pub fn strings(value: &str) -> Vec<String> {
    cut(value.as_bytes()).map(escaped).collect()
}

/// The character-strings of a text; one that is empty where the text is.
pub fn cut(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let empty = text.is_empty().then_some(text);
    empty.into_iter().chain(text.chunks(STRING))
}

/// Bytes in presentation form, to stand between quotes (RFC 1035, section 5.1).
pub fn escaped(bytes: &[u8]) -> String {
    escape(bytes, |byte| format!("\\{byte:03}"))
}

/// As [`escaped`] for Route 53, which takes the number of a byte as octal.
pub fn escaped_octal(bytes: &[u8]) -> String {
    escape(bytes, |byte| format!("\\{byte:03o}"))
}

fn escape(bytes: &[u8], number: impl Fn(u8) -> String) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(byte));
            }
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&number(byte)),
        }
    }
    text
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
