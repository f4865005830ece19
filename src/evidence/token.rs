//! The pieces of an XML document: tags, texts, references (XML 1.0), taken from a window without copying them.
//!
//! What reports need is read, and what receivers get wrong is let through where its meaning is clear; the reader of reports judges it.
//! Nothing is looked up, and nothing that a document declares is believed.

use std::io::Read;

use crate::evidence::decode::Window;
use crate::evidence::refusal::Refusal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `<name attributes>`; `is_empty`: it ends itself, `<name/>`.
    Start {
        name: &'a str,
        attributes: &'a str,
        is_empty: bool,
    },
    /// `</name>`
    End(&'a str),
    /// Letters between tags; a long text comes in several.
    Text(&'a str),
    /// `&name;` or `&#number;`, without the signs around it.
    Reference(&'a str),
    /// `<?xml ...?>`
    Declaration,
    /// `<!` and no comment: a document type begins.
    DocumentType,
    /// A comment or an instruction to another program.
    Other,
}

/// What a piece is, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Start,
    End,
    Text,
    CData,
    Reference,
    Declaration,
    DocumentType,
    Other,
}

/// The next piece of a document; `None` at its end.
pub fn next<R: Read>(window: &mut Window<R>) -> Result<Option<Token<'_>>, Refusal> {
    let (shape, length) = loop {
        let text = window.text().as_bytes();
        match shape(text) {
            Some(found) => break found,
            None if !window.is_finished() => window.grow()?,
            None if text.is_empty() => return Ok(None),
            // An ampersand alone.
            None if text[0] == b'&' => break (Shape::Text, text.len()),
            None => return Err(Refusal::CutShort),
        }
    };
    let piece = window.take(length);
    Ok(Some(match shape {
        Shape::Start => start(&piece[1..length - 1]),
        Shape::End => Token::End(piece[2..length - 1].trim_ascii()),
        Shape::Text => Token::Text(piece),
        Shape::CData => Token::Text(&piece[9..length - 3]),
        Shape::Reference => Token::Reference(&piece[1..length - 1]),
        Shape::Declaration => Token::Declaration,
        Shape::Other => Token::Other,
        Shape::DocumentType => Token::DocumentType,
    }))
}

/// The inside of a tag: its name, and the rest.
fn start(inside: &str) -> Token<'_> {
    let (inside, is_empty) = match inside.strip_suffix('/') {
        Some(inside) => (inside, true),
        None => (inside, false),
    };
    let end = inside
        .bytes()
        .position(|byte| byte.is_ascii_whitespace())
        .unwrap_or(inside.len());
    Token::Start {
        name: &inside[..end],
        attributes: &inside[end..],
        is_empty,
    }
}

/// The piece that a text begins with; `None` where more of the text is needed to tell.
fn shape(text: &[u8]) -> Option<(Shape, usize)> {
    match text {
        [b'<', b'/', ..] => Some((Shape::End, until(text, b'>')?)),
        [b'<', b'?', rest @ ..] => {
            let end = find(rest, b"?>")? + 4;
            let is_declaration = rest.len() > 3
                && rest.starts_with(b"xml")
                && (rest[3].is_ascii_whitespace() || rest[3] == b'?');
            let shape = if is_declaration {
                Shape::Declaration
            } else {
                Shape::Other
            };
            Some((shape, end))
        }
        [b'<', b'!', b'-', b'-', rest @ ..] => Some((Shape::Other, find(rest, b"-->")? + 7)),
        [b'<', b'!', ..] if text.starts_with(b"<![CDATA[") => {
            Some((Shape::CData, find(&text[9..], b"]]>")? + 12))
        }
        [b'<', b'!', ..] if b"<!--".starts_with(text) || b"<![CDATA[".starts_with(text) => None,
        [b'<', b'!', ..] => Some((Shape::DocumentType, 2)),
        [b'<'] | [] => None,
        [b'<', ..] => Some((Shape::Start, end_of_tag(text)?)),
        [b'&', rest @ ..] => {
            let end = rest
                .iter()
                .position(|byte| matches!(byte, b';' | b'&' | b'<'))?;
            if rest[end] == b';' {
                Some((Shape::Reference, end + 2))
            } else {
                Some((Shape::Text, end + 1))
            }
        }
        _ => {
            let end = text.iter().position(|byte| matches!(byte, b'<' | b'&'));
            Some((Shape::Text, end.unwrap_or(text.len())))
        }
    }
}

/// The `>` behind a name and attributes, whose values may hold one too.
fn end_of_tag(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (index, &byte) in text.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn until(text: &[u8], last: u8) -> Option<usize> {
    Some(text.iter().position(|byte| *byte == last)? + 1)
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|found| found == word)
}

/// The letter of a reference: one of the five names, or a number (XML 1.0, sections 4.1 and 4.6).
pub fn letter(reference: &str) -> Option<char> {
    match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = reference.strip_prefix('#')?;
            let (digits, radix) = match number.strip_prefix(['x', 'X']) {
                Some(digits) => (digits, 16),
                None => (number, 10),
            };
            let is_number = digits.chars().all(|digit| digit.is_digit(radix));
            let number = u32::from_str_radix(digits, radix).ok()?;
            char::from_u32(number).filter(|letter| is_number && *letter != '\0')
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The pieces of a text, read a few bytes at a time.
    fn pieces(text: &str, step: usize) -> Vec<String> {
        struct Slow<'a>(&'a [u8], usize);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let length = self.1.min(self.0.len()).min(buffer.len());
                buffer[..length].copy_from_slice(&self.0[..length]);
                self.0 = &self.0[length..];
                Ok(length)
            }
        }
        let mut window = Window::new(Slow(text.as_bytes(), step), text.as_bytes()).unwrap();
        let mut all: Vec<String> = Vec::new();
        while let Some(token) = next(&mut window).unwrap() {
            match (token, all.last_mut()) {
                // A text may come in several.
                (Token::Text(text), Some(last)) if last.starts_with('=') => last.push_str(text),
                (Token::Text(text), _) => all.push(format!("={text}")),
                (other, _) => all.push(format!("{other:?}")),
            }
        }
        all
    }

    #[test]
    fn every_piece_is_told_however_few_bytes_come_at_once() {
        let text = "<?xml version='1.0'?><!-- a > b --><?x?>\n<a:b c=\"d>\" e='\"'>t\u{fc}&amp;<![CDATA[<&]]>]]&#x31;</a:b >< /><e/>&x & y";
        let wanted = [
            "Declaration",
            "Other",
            "Other",
            "=\n",
            "Start { name: \"a:b\", attributes: \" c=\\\"d>\\\" e='\\\"'\", is_empty: false }",
            "=t\u{fc}",
            "Reference(\"amp\")",
            "=<&]]",
            "Reference(\"#x31\")",
            "End(\"a:b\")",
            "Start { name: \"\", attributes: \" \", is_empty: true }",
            "Start { name: \"e\", attributes: \"\", is_empty: true }",
            "=&x & y",
        ];
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(pieces(text, step), wanted, "{step} bytes at once");
        }
    }

    #[test]
    fn a_piece_that_breaks_off_is_said() {
        for text in [
            "<",
            "<a",
            "<a b='>",
            "</a",
            "<!",
            "<!-",
            "<!-- x --",
            "<![CDATA[ ]]",
            "<?x ?",
        ] {
            let mut window = Window::new(text.as_bytes(), text.as_bytes()).unwrap();
            assert_eq!(next(&mut window), Err(Refusal::CutShort), "{text}");
        }
    }

    #[test]
    fn references_are_letters_or_unknown() {
        let cases = [
            ("lt", Some('<')),
            ("#65", Some('A')),
            ("#x41", Some('A')),
            ("#x110000", None),
            ("#xD800", None),
            ("#0", None),
            ("#+5", None),
            ("#", None),
            ("nbsp", None),
        ];
        for (reference, wanted) in cases {
            assert_eq!(letter(reference), wanted, "{reference}");
        }
    }
}
