//! The bytes of an XML document as UTF-8, whatever they were coded in, a little at a time.

use std::io;
use std::io::BufRead;
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

/// Bytes read and given at once.
const CHUNK: usize = 32 * 1024;

/// A reader of UTF-8 over a reader of anything that XML may be coded in. It stops with an error where one piece gets too long.
pub struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// The part of `raw` that was read and not decoded yet.
    taken: usize,
    filled: usize,
    text: Vec<u8>,
    /// The part of `text` that was decoded and not given yet.
    given: usize,
    decoded: usize,
    ended: bool,
    finished: bool,
    /// Bytes given since [`Decoded::next_piece`].
    piece: usize,
    pub bad_letters: bool,
    pub long_piece: bool,
}

impl<R: Read> Decoded<R> {
    /// `head` is the beginning of the document, which is looked at for the encoding; `inner` gives it again.
    pub fn new(inner: R, head: &[u8]) -> Result<Self, Refusal> {
        Ok(Self {
            inner,
            decoder: encoding(head)?.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            taken: 0,
            filled: 0,
            text: vec![0; CHUNK * 3],
            given: 0,
            decoded: 0,
            ended: false,
            finished: false,
            piece: 0,
            bad_letters: false,
            long_piece: false,
        })
    }

    /// A tag or a text begins.
    pub fn next_piece(&mut self) {
        self.piece = 0;
    }

    fn decode(&mut self) -> io::Result<()> {
        while self.given == self.decoded && !self.finished {
            self.given = 0;
            if self.taken == self.filled && !self.ended {
                self.taken = 0;
                self.filled = self.inner.read(&mut self.raw)?;
                self.ended = self.filled == 0;
            }
            let (result, read, written, bad) = self.decoder.decode_to_utf8(
                &self.raw[self.taken..self.filled],
                &mut self.text,
                self.ended,
            );
            self.decoded = written;
            self.taken += read;
            self.bad_letters |= bad;
            self.finished = self.ended && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > bounds::PIECE {
            self.long_piece = true;
            return Err(io::Error::other("a piece of XML is too long"));
        }
        self.decode()?;
        Ok(&self.text[self.given..self.decoded])
    }

    fn consume(&mut self, amount: usize) {
        self.given += amount;
        self.piece += amount;
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
