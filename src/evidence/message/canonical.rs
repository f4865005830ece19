//! Canonicalization of header fields and of the body (RFC 6376, section 3.4).

use crate::evidence::message::raw::Field;

/// How much a signature forgives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Canon {
    /// Nothing.
    Simple,
    /// Changes of white space.
    Relaxed,
}

impl Canon {
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "simple" => Some(Self::Simple),
            "relaxed" => Some(Self::Relaxed),
            _ => None,
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// One header field as it is signed, without its last line end.
pub fn header(field: &Field, canon: Canon) -> Vec<u8> {
    if canon == Canon::Simple {
        return field.raw.clone();
    }
    let mut text = field.name.clone().into_bytes();
    text.push(b':');
    let unfolded = field
        .value()
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'));
    let at = text.len();
    squeeze(unfolded, &mut text);
    if text.get(at) == Some(&b' ') {
        text.remove(at);
    }
    if text.len() > at && text.ends_with(b" ") {
        text.pop();
    }
    text
}

/// Every run of white space as one space.
fn squeeze(bytes: impl Iterator<Item = u8>, text: &mut Vec<u8>) {
    let mut was_space = false;
    for byte in bytes {
        if !is_space(byte) {
            text.push(byte);
        } else if !was_space {
            text.push(b' ');
        }
        was_space = is_space(byte);
    }
}

/// The body as it is signed. Its line ends have to be CRLF.
pub fn body(body: &[u8], canon: Canon) -> Vec<u8> {
    let mut text = Vec::with_capacity(body.len() + 2);
    match canon {
        Canon::Simple => text.extend_from_slice(body),
        Canon::Relaxed => {
            let mut rest = body;
            while !rest.is_empty() {
                let end = line_end(rest);
                let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
                squeeze(line.iter().copied(), &mut text);
                if text.ends_with(b" ") {
                    text.pop();
                }
                if end.is_some() {
                    text.extend_from_slice(b"\r\n");
                }
                rest = after.get(2..).unwrap_or_default();
            }
        }
    }
    while text.ends_with(b"\r\n\r\n") {
        text.truncate(text.len() - 2);
    }
    if text == b"\r\n" {
        text.clear();
    }
    let is_ended = text.ends_with(b"\r\n");
    if !is_ended && (canon == Canon::Simple || !text.is_empty()) {
        text.extend_from_slice(b"\r\n");
    }
    text
}

/// Where the first CRLF begins.
pub fn line_end(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == b'\r') {
        if bytes.get(from + at + 1) == Some(&b'\n') {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evidence::message::raw::Raw;

    /// The examples of RFC 6376, section 3.4.5.
    const MESSAGE: &[u8] = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";

    #[test]
    fn the_examples_of_the_standard() {
        let raw = Raw::read(MESSAGE).unwrap();
        let all = |canon| -> Vec<Vec<u8>> { raw.fields.iter().map(|f| header(f, canon)).collect() };
        assert_eq!(all(Canon::Relaxed), [&b"a:X"[..], &b"b:Y Z"[..]]);
        assert_eq!(all(Canon::Simple), [&b"A: X"[..], &b"B : Y\t\r\n\tZ  "[..]]);
        assert_eq!(body(raw.body(), Canon::Relaxed), b" C\r\nD E\r\n");
        assert_eq!(body(raw.body(), Canon::Simple), b" C \r\nD \t E\r\n");
    }

    #[test]
    fn an_empty_body_is_a_line_end_or_nothing() {
        // RFC 6376, sections 3.4.3 and 3.4.4
        for empty in [&b""[..], b"\r\n", b"\r\n\r\n\r\n"] {
            assert_eq!(body(empty, Canon::Simple), b"\r\n", "{empty:?}");
            assert_eq!(body(empty, Canon::Relaxed), b"", "{empty:?}");
        }
        assert_eq!(body(b" \t\r\n \r\n", Canon::Relaxed), b"");
        assert_eq!(body(b"x", Canon::Simple), b"x\r\n");
        assert_eq!(body(b"x \r\ny", Canon::Relaxed), b"x\r\ny\r\n");
        assert_eq!(body(b"a\rb\r\n", Canon::Relaxed), b"a\rb\r\n");
    }

    #[test]
    fn a_field_of_white_space_alone_is_empty() {
        let field = Field::new(b"Subject: \t\r\n ".to_vec()).unwrap();
        assert_eq!(header(&field, Canon::Relaxed), b"subject:");
    }
}
