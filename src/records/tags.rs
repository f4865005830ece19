//! Tag lists `name=value; name=value` as DKIM (RFC 6376, section 3.2) and DMARC (RFC 9989) write them.
//!
//! [`pieces`] cuts any text at its semicolons and never fails: judges use it to say what is wrong. [`read`] accepts
//! only what the grammar allows.

use crate::records::syntax::SyntaxError;

/// One `name=value`. White space around both is taken off; a fold inside the value is one space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub value: String,
    /// Byte offset of the name.
    pub at: usize,
    /// Byte offset of the value.
    pub value_at: usize,
}

/// What stands between two semicolons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Tag(Tag),
    /// Text without an equals sign, or with a name that is none.
    Stray {
        text: String,
        at: usize,
    },
    Empty {
        at: usize,
    },
}

/// White space of a tag list: space, tab, and the line ends of a fold.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// `tag-name = ALPHA *ALNUMPUNC`
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `VALCHAR = %x21-3A / %x3C-7E`, or white space.
fn is_value_char(c: char) -> bool {
    matches!(c, '!'..='~') && c != ';' || is_space(c)
}

/// Each tab, and each run of white space with a line end in it, as one space.
fn folded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' | '\n' => {
                while chars.next_if(|c| is_space(*c)).is_some() {}
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            '\t' => text.push(' '),
            _ => text.push(c),
        }
    }
    text
}

/// Cuts a text at its semicolons.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut start = 0;
    for part in text.split(';') {
        let lead = part.len() - part.trim_start_matches(is_space).len();
        let at = start + lead;
        let body = part.trim_matches(is_space);
        start += part.len() + 1;
        if body.is_empty() {
            found.push(Piece::Empty { at });
            continue;
        }
        let tag = body.split_once('=').and_then(|(name, value)| {
            let name = name.trim_end_matches(is_space);
            let trimmed = value.trim_start_matches(is_space);
            is_name(name).then(|| Tag {
                name: name.to_owned(),
                value: folded(trimmed),
                at,
                value_at: at + body.len() - trimmed.len(),
            })
        });
        found.push(match tag {
            Some(tag) => Piece::Tag(tag),
            None => Piece::Stray {
                text: body.to_owned(),
                at,
            },
        });
    }
    found
}

/// Reads a tag list. A last semicolon is allowed, an empty tag before it is not; neither is a tag that comes twice.
pub fn read(text: &str) -> Result<Vec<Tag>, SyntaxError> {
    if let Some((at, _)) = text
        .char_indices()
        .find(|(_, c)| !is_value_char(*c) && *c != ';')
    {
        return Err(SyntaxError::new(at, "a plain ASCII character"));
    }
    let pieces = pieces(text);
    let last = pieces.len() - 1;
    let mut tags: Vec<Tag> = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Tag(tag) => {
                if tags.iter().any(|other| other.name == tag.name) {
                    return Err(SyntaxError::new(
                        tag.at,
                        &format!("each tag only once, and {}= is here again", tag.name),
                    ));
                }
                tags.push(tag);
            }
            Piece::Empty { .. } if index == last && index > 0 => {}
            Piece::Empty { at } | Piece::Stray { at, .. } => {
                return Err(SyntaxError::new(at, "a tag such as name=value"));
            }
        }
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn positions_survive_white_space() {
        let tags = read(" v = DKIM1 ;\r\n p= a b ;").unwrap();
        assert_eq!(tags.len(), 2);
        assert_eq!((tags[0].at, tags[0].value_at), (1, 5));
        assert_eq!(
            (tags[1].name.as_str(), tags[1].value.as_str()),
            ("p", "a b")
        );
        assert_eq!((tags[1].at, tags[1].value_at), (15, 18));
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(read("v=1;;p=2").unwrap_err().at, 4);
        assert_eq!(read("v=1; lorem").unwrap_err().at, 5);
        assert_eq!(read("v=1; p=\u{1b}[31m").unwrap_err().at, 7);
        assert_eq!(read("v=1; v=2").unwrap_err().at, 5);
        assert_eq!(read("").unwrap_err().at, 0);
    }

    #[test]
    fn a_fold_is_one_space() {
        assert_eq!(folded("a \r\n\tb\tc"), "a b c");
    }
}
