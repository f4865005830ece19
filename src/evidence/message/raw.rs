//! A raw message: its header fields and its body, with every line end as CRLF (RFC 5322, section 2.1).

/// Bytes of a message. Mail servers take 25 MB at most.
pub const MESSAGE: usize = 25 * 1024 * 1024;

/// Bytes of all header fields, and how many there may be.
const HEADERS: usize = 1024 * 1024;
const FIELDS: usize = 5_000;

/// A message that is taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// From the top.
    pub fields: Vec<Field>,
    body: Vec<u8>,
    /// What was put right before it could be read.
    pub repaired: Vec<Repair>,
}

/// One header field with its folds, without its last line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// In small letters.
    pub name: String,
    /// `Name: value` as it stands.
    pub raw: Vec<u8>,
    /// Where the value begins in `raw`: behind the colon.
    value_at: usize,
}

/// What a paste did to the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Every line was indented.
    Indented,
    /// Lines among the header fields that are none.
    StrayLines,
}

/// Why the text is not read as a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the message is larger than 25 MB")]
    TooLarge,
    #[error("the header of the message is larger than any mail server takes")]
    HeaderTooLarge,
    #[error("this is not the source of a message: it has no header lines such as \"From: ...\"")]
    NoHeader,
}

impl Field {
    pub fn new(raw: Vec<u8>) -> Option<Self> {
        let colon = raw.iter().position(|byte| *byte == b':')?;
        let name = raw.get(..colon)?.trim_ascii_end();
        let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        is_name.then(|| Self {
            name,
            value_at: colon + 1,
            raw,
        })
    }

    /// What stands behind the colon, folds and all.
    pub fn value(&self) -> &[u8] {
        self.raw.get(self.value_at..).unwrap_or_default()
    }

    /// The value on one line, without the white space around it.
    pub fn unfolded(&self) -> String {
        let text = String::from_utf8_lossy(self.value());
        text.replace("\r\n", "").trim().to_owned()
    }
}

impl Raw {
    /// Takes a message apart. Blank lines and a byte order mark before it, and the first line of an mbox, are left out; a message of which
    /// every line is indented is moved to the left.
    pub fn read(source: &[u8]) -> Result<Self, Refusal> {
        if source.len() > MESSAGE {
            return Err(Refusal::TooLarge);
        }
        let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
        let mut lines = lines(source).peekable();
        while lines.next_if(|line| line.trim_ascii().is_empty()).is_some() {}
        if lines.peek().is_some_and(|line| line.starts_with(b"From ")) {
            lines.next();
        }
        let mut repaired = Vec::new();
        let first = lines.peek().copied().unwrap_or_default();
        let indent = first.len() - first.trim_ascii_start().len();
        let indent = first.get(..indent).unwrap_or_default();
        if !indent.is_empty() {
            repaired.push(Repair::Indented);
        }
        let mut bytes = Vec::with_capacity(source.len() + source.len() / 32);
        let mut raws: Vec<Vec<u8>> = Vec::new();
        let mut size = 0;
        let mut is_body = false;
        for line in lines {
            let line = line.strip_prefix(indent).unwrap_or(line);
            if is_body {
                bytes.extend_from_slice(line);
                bytes.extend_from_slice(b"\r\n");
                continue;
            }
            // A line of the paste's indent alone is the empty line too.
            if line.is_empty() || !indent.is_empty() && line.trim_ascii().is_empty() {
                is_body = true;
                continue;
            }
            size += line.len() + 2;
            if size > HEADERS || raws.len() > FIELDS {
                return Err(Refusal::HeaderTooLarge);
            }
            let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
            match raws.last_mut().filter(|_| goes_on) {
                Some(last) => {
                    last.extend_from_slice(b"\r\n");
                    last.extend_from_slice(line);
                }
                None => raws.push(line.to_vec()),
            }
        }
        // The last line of the source has no line end of its own.
        let has_end = source.ends_with(b"\n");
        if is_body && !has_end && bytes.ends_with(b"\r\n") {
            bytes.truncate(bytes.len() - 2);
        }
        let count = raws.len();
        let fields: Vec<Field> = raws.into_iter().filter_map(Field::new).collect();
        if fields.is_empty() {
            return Err(Refusal::NoHeader);
        }
        if fields.len() < count {
            repaired.push(Repair::StrayLines);
        }
        Ok(Self {
            fields,
            body: bytes,
            repaired,
        })
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The header alone.
    pub fn without_body(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            body: Vec::new(),
            repaired: Vec::new(),
        }
    }

    /// The fields of one name, from the top; `name` in small letters.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| field.name == name)
    }
}

/// The lines of a text without their ends, CRLF or LF.
fn lines(source: &[u8]) -> impl Iterator<Item = &[u8]> {
    let source = source.strip_suffix(b"\n").unwrap_or(source);
    source
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn bare_line_feeds_are_line_ends() {
        let lf = Raw::read(b"From: a\nTo: b\n c\n\nx\ny\n").unwrap();
        let crlf = Raw::read(b"From: a\r\nTo: b\r\n c\r\n\r\nx\r\ny\r\n").unwrap();
        assert_eq!(lf, crlf);
        assert_eq!(lf.body(), b"x\r\ny\r\n");
        assert_eq!(lf.fields[1].raw, b"To: b\r\n c");
        assert_eq!(lf.fields[1].unfolded(), "b c");
    }

    #[test]
    fn a_body_without_a_last_line_end_stays_without() {
        assert_eq!(Raw::read(b"A: b\n\nx").unwrap().body(), b"x");
        assert_eq!(Raw::read(b"A: b\n\n").unwrap().body(), b"");
        assert_eq!(Raw::read(b"A: b").unwrap().body(), b"");
    }

    #[test]
    fn what_a_paste_does_is_put_right() {
        let raw = Raw::read(b"\n\n  A: b\n  \tc\n  \n  x\n  y\n").unwrap();
        assert_eq!(raw.repaired, [Repair::Indented]);
        assert_eq!(raw.fields[0].raw, b"A: b\r\n\tc");
        assert_eq!(raw.body(), b"x\r\ny\r\n");
        let raw = Raw::read(b"From x@y Mon\nA: b\nno field\n\n").unwrap();
        assert_eq!(raw.repaired, [Repair::StrayLines]);
        assert_eq!(raw.fields.len(), 1);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(Raw::read(b""), Err(Refusal::NoHeader));
        assert_eq!(Raw::read(b"hello\n\nworld\n"), Err(Refusal::NoHeader));
        let many = b"A: b\n".repeat(FIELDS + 2);
        assert_eq!(Raw::read(&many), Err(Refusal::HeaderTooLarge));
        assert_eq!(Raw::read(&vec![b'a'; MESSAGE + 1]), Err(Refusal::TooLarge));
    }
}
