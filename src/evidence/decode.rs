//! The text of an XML document, whatever it was coded in, through a window that moves over it.

use std::io::ErrorKind;
use std::io::Read;

use encoding_rs::CoderResult;
use encoding_rs::Decoder;
use encoding_rs::Encoding;
use encoding_rs::UTF_8;
use encoding_rs::UTF_16BE;
use encoding_rs::UTF_16LE;

use crate::evidence::bounds;
use crate::evidence::refusal::Refusal;
use crate::records::untrusted::Untrusted;

/// Bytes read at once.
const CHUNK: usize = 32 * 1024;

/// The part of a document that was decoded and not taken yet.
pub struct Window<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// The part of `raw` that was read and not decoded yet.
    taken: usize,
    filled: usize,
    text: String,
    /// Where the part that was not taken begins in `text`.
    from: usize,
    read_all: bool,
    finished: bool,
    /// Bytes of UTF-8 before `text`.
    before: u64,
    pub bad_letters: bool,
}

impl<R: Read> Window<R> {
    /// `head` is the beginning of the document, which is looked at for the encoding; `inner` gives it again.
    pub fn new(inner: R, head: &[u8]) -> Result<Self, Refusal> {
        Ok(Self {
            inner,
            decoder: encoding(head)?.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            taken: 0,
            filled: 0,
            text: String::new(),
            from: 0,
            read_all: false,
            finished: false,
            before: 0,
            bad_letters: false,
        })
    }

    /// What was not taken yet.
    pub fn text(&self) -> &str {
        &self.text[self.from..]
    }

    /// Nothing comes after [`Window::text`].
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Bytes of UTF-8 taken so far.
    pub fn position(&self) -> u64 {
        self.before + self.from as u64
    }

    /// Takes the first bytes of the text; they end between two letters.
    pub fn take(&mut self, length: usize) -> &str {
        let from = self.from;
        self.from += length;
        &self.text[from..self.from]
    }

    /// Decodes more, behind what was not taken yet.
    pub fn grow(&mut self) -> Result<(), Refusal> {
        self.before += self.from as u64;
        self.text.drain(..self.from);
        self.from = 0;
        let old = self.text.len();
        if old > bounds::PIECE {
            return Err(Refusal::LongPiece);
        }
        while self.text.len() == old && !self.finished {
            if self.taken == self.filled && !self.read_all {
                self.taken = 0;
                self.filled = self.chunk()?;
                self.read_all = self.filled == 0;
            }
            // A byte becomes three at most.
            self.text.reserve(CHUNK * 3);
            let (result, read, bad) = self.decoder.decode_to_string(
                &self.raw[self.taken..self.filled],
                &mut self.text,
                self.read_all,
            );
            self.taken += read;
            self.bad_letters |= bad;
            self.finished = self.read_all && result == CoderResult::InputEmpty;
        }
        Ok(())
    }

    fn chunk(&mut self) -> Result<usize, Refusal> {
        loop {
            match self.inner.read(&mut self.raw) {
                Ok(length) => return Ok(length),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    return Err(Refusal::CutShort);
                }
                Err(error) => {
                    let what = Untrusted::new(error.to_string()).shown_up_to(120);
                    return Err(Refusal::Archive(what));
                }
            }
        }
    }
}

/// The encoding by the byte order mark, else by the form of the first letters, else as declared, else UTF-8
/// (XML 1.0, appendix F).
fn encoding(head: &[u8]) -> Result<&'static Encoding, Refusal> {
    if head.starts_with(b"\0\0\xfe\xff")
        || head.starts_with(b"\xff\xfe\0\0")
        || head.starts_with(b"\0\0\0<")
        || head.starts_with(b"<\0\0\0")
    {
        return Err(Refusal::Encoding(Untrusted::from("UTF-32").shown()));
    }
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(encoding);
    }
    if head.starts_with(b"<\0") {
        return Ok(UTF_16LE);
    }
    if head.starts_with(b"\0<") {
        return Ok(UTF_16BE);
    }
    let Some(label) = declared(head) else {
        return Ok(UTF_8);
    };
    match Encoding::for_label(label) {
        // Letters of one byte declared the encoding: it cannot be one of two bytes.
        Some(encoding) if encoding.is_ascii_compatible() => Ok(encoding),
        Some(_) => Ok(UTF_8),
        None => Err(Refusal::Encoding(Untrusted::new(label).shown_up_to(40))),
    }
}

/// The label of the XML declaration.
fn declared(head: &[u8]) -> Option<&[u8]> {
    let declaration = head.trim_ascii_start();
    if !declaration.starts_with(b"<?xml") {
        return None;
    }
    let end = declaration
        .windows(2)
        .position(|pair| pair == b"?>")
        .unwrap_or(declaration.len());
    let declaration = &declaration[..end];
    let at = declaration
        .windows(8)
        .position(|word| word == b"encoding")?;
    let rest = declaration[at + 8..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let end = rest.iter().position(|byte| byte == quote)?;
    matches!(quote, b'"' | b'\'').then(|| &rest[..end])
}
