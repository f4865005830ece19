//! From the bytes of a file to the reports in it: by what the bytes are, never by a name or a label.

use std::cell::Cell;
use std::io;
use std::io::BufReader;
use std::io::Cursor;
use std::io::Read;

use flate2::bufread::MultiGzDecoder;
use flate2::bufread::ZlibDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::evidence::aggregate::Report;
use crate::evidence::aggregate::Row;
use crate::evidence::ahead;
use crate::evidence::bounds;
use crate::evidence::mail;
use crate::evidence::mbox;
use crate::evidence::refusal::Refusal;
use crate::evidence::source::Namer;
use crate::evidence::tally::Tally;
use crate::evidence::xml;
use crate::records::untrusted::Untrusted;

/// Bytes that tell what something is.
const HEAD: usize = 1024;

/// How a gzip begins (RFC 1952, section 2.3.1).
const GZIP: &[u8] = b"\x1f\x8b";

/// A report that was read whole.
#[derive(Debug)]
pub struct Found {
    pub report: Report,
    pub tally: Tally,
    /// The records, where they were asked for.
    pub rows: Vec<Row>,
}

/// What an input held.
#[derive(Debug, Default)]
pub struct Contents {
    pub reports: Vec<Found>,
    /// What was not taken, and why; the names are those inside of the archive or the mail.
    pub refused: Vec<(Option<Untrusted>, Refusal)>,
}

/// Reads inputs one after another.
#[derive(Debug)]
pub struct Unpacker {
    /// Give every record, not the counts alone.
    keep_rows: bool,
    /// Bytes of one input after unpacking, all layers together.
    pub inflated: u64,
    namer: Namer,
}

/// What bytes are, by their beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Gzip,
    Zlib,
    Zip,
    Xml,
    Mail,
    Mbox,
    Other(&'static str),
    Empty,
}

impl Unpacker {
    /// `keep_rows`: every record is wanted, not the counts alone.
    pub fn new(keep_rows: bool) -> Self {
        Self {
            keep_rows,
            inflated: bounds::INFLATED,
            namer: Namer::default(),
        }
    }

    /// Reads one input. Everything that was not taken stands in `refused`.
    pub fn read(&mut self, mut input: impl Read + Send) -> Contents {
        let mut contents = Contents::default();
        let budget = Cell::new(self.inflated);
        let place = Place {
            name: None,
            layers: 0,
            mails: 0,
            budget: &budget,
        };
        let mut head = Vec::new();
        if let Err(error) = input.by_ref().take(2).read_to_end(&mut head) {
            contents.refused.push((None, unreadable(&error)));
            return contents;
        }
        let is_gzip = head == GZIP;
        let whole = Cursor::new(head).chain(input);
        if is_gzip {
            let inner = Place {
                layers: 1,
                ..place.clone()
            };
            let plain = MultiGzDecoder::new(BufReader::new(whole));
            ahead::ahead(plain, |plain| {
                let plain = Box::new(Metered::new(plain, &budget));
                self.stream(plain, &inner, &mut contents);
            });
        } else {
            self.stream(Box::new(whole), &place, &mut contents);
        }
        contents
    }

    /// Reads what stands at a place; a refusal goes to the list.
    pub(super) fn stream<'a>(
        &mut self,
        input: Box<dyn Read + 'a>,
        place: &Place<'a>,
        contents: &mut Contents,
    ) {
        if let Err(refusal) = self.any(input, place, contents) {
            let refusal = match refusal {
                _ if place.budget.get() == 0 => Refusal::Inflated,
                refusal => refusal,
            };
            contents.refused.push((place.name.clone(), refusal));
        }
    }

    fn any<'a>(
        &mut self,
        mut input: Box<dyn Read + 'a>,
        place: &Place<'a>,
        contents: &mut Contents,
    ) -> Result<(), Refusal> {
        let mut head = Vec::with_capacity(HEAD);
        input
            .by_ref()
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .map_err(|error| unreadable(&error))?;
        let whole = Cursor::new(head.clone()).chain(input);
        match kind(&head) {
            Kind::Empty => Err(Refusal::Empty),
            Kind::Other(what) => Err(Refusal::OtherKind(what)),
            Kind::Gzip => {
                let inner = place.deeper()?;
                let plain = MultiGzDecoder::new(BufReader::new(whole));
                self.any(
                    Box::new(Metered::new(plain, place.budget)),
                    &inner,
                    contents,
                )
            }
            Kind::Zlib => {
                let inner = place.deeper()?;
                let plain = ZlibDecoder::new(BufReader::new(whole));
                self.any(
                    Box::new(Metered::new(plain, place.budget)),
                    &inner,
                    contents,
                )
            }
            Kind::Xml => self.xml(whole, &head, place, contents),
            Kind::Zip => self.zip(&all(whole)?, &place.deeper()?, contents),
            Kind::Mail => mail::read(&all(whole)?, place, self, contents),
            Kind::Mbox => self.mbox(whole, place, contents),
        }
    }

    fn xml(
        &mut self,
        input: impl Read,
        head: &[u8],
        place: &Place<'_>,
        contents: &mut Contents,
    ) -> Result<(), Refusal> {
        let mut tally = Tally::default();
        let mut rows = Vec::new();
        let document = xml::read(input, head, |row| {
            tally.add(row, &mut self.namer);
            if self.keep_rows {
                rows.push(row.row());
            }
        })?;
        // Some mail carries its report twice: as a text and as an attachment.
        let is_there = |found: &Found| found.report == document.report && found.tally == tally;
        if place.mails == 0 || !contents.reports.iter().any(is_there) {
            contents.reports.push(Found {
                report: document.report,
                tally,
                rows,
            });
        }
        document.rest.map_or(Ok(()), Err)
    }

    /// An mbox inside of an archive.
    fn mbox<'a>(
        &mut self,
        input: impl Read,
        place: &Place<'a>,
        contents: &mut Contents,
    ) -> Result<(), Refusal> {
        let mut count = 0;
        mbox::each(input, |mail| {
            count += 1;
            let name = format!("mail {count}");
            let inner = Place {
                name: Some(Untrusted::new(match &place.name {
                    Some(outer) => [outer.as_bytes(), b", ", name.as_bytes()].concat(),
                    None => name.into_bytes(),
                })),
                ..place.clone()
            };
            match mail {
                _ if count > bounds::PACKED_MAILS => return false,
                Ok(mail) => {
                    if let Err(refusal) = mail::read(mail, &inner, self, contents) {
                        contents.refused.push((inner.name, refusal));
                    }
                }
                Err(refusal) => contents.refused.push((inner.name, refusal)),
            }
            true
        })
        .map_err(|error| unreadable(&error))?;
        if count > bounds::PACKED_MAILS {
            return Err(Refusal::PackedMails);
        }
        Ok(())
    }

    fn zip<'a>(
        &mut self,
        bytes: &[u8],
        place: &Place<'a>,
        contents: &mut Contents,
    ) -> Result<(), Refusal> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        let mut files = 0;
        for index in 0..archive.len() {
            if files >= bounds::MEMBERS {
                return Err(Refusal::Members);
            }
            if place.budget.get() == 0 {
                return Err(Refusal::Inflated);
            }
            let name = archive
                .name_for_index(index)
                .and_then(Result::ok)
                .map(|name| Untrusted::from(name.as_ref()));
            let member = match archive.by_index(index) {
                Ok(member) => member,
                Err(error) => {
                    files += 1;
                    contents.refused.push((name, damaged(error)));
                    continue;
                }
            };
            // Macs put notes of their own beside each file.
            if !member.is_file() || member.name_raw().starts_with(b"__MACOSX/") {
                continue;
            }
            files += 1;
            let inner = Place {
                name: Some(Untrusted::new(member.name_raw())),
                layers: place.layers,
                mails: place.mails,
                budget: place.budget,
            };
            // A member is read through, so that its checksum is compared.
            self.stream(
                Box::new(Metered::new(member, place.budget)),
                &inner,
                contents,
            );
        }
        if files == 0 {
            return Err(Refusal::NoMember);
        }
        Ok(())
    }
}

/// Where in an input something stands.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub name: Option<Untrusted>,
    pub layers: u8,
    pub mails: u8,
    /// Bytes that may still be unpacked.
    pub budget: &'a Cell<u64>,
}

impl Place<'_> {
    fn deeper(&self) -> Result<Self, Refusal> {
        if self.layers >= bounds::LAYERS {
            return Err(Refusal::Layers);
        }
        Ok(Self {
            layers: self.layers + 1,
            ..self.clone()
        })
    }
}

/// A reader that stops when the budget of the whole input is spent.
struct Metered<'a, R> {
    inner: R,
    budget: &'a Cell<u64>,
}

impl<'a, R> Metered<'a, R> {
    fn new(inner: R, budget: &'a Cell<u64>) -> Self {
        Self { inner, budget }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let left = self.budget.get().saturating_sub(length as u64);
        self.budget.set(left);
        if left == 0 {
            return Err(io::Error::other("unpacks to too much"));
        }
        Ok(length)
    }
}

fn all(input: impl Read) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    input
        .take(bounds::WHOLE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > bounds::WHOLE {
        return Err(Refusal::TooBig);
    }
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Refusal::CutShort,
        _ => Refusal::Archive(Untrusted::new(error.to_string()).shown_up_to(120)),
    }
}

fn damaged(error: ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Refusal::Locked
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Refusal::Method
        }
        other => Refusal::Archive(Untrusted::new(other.to_string()).shown_up_to(120)),
    }
}

fn kind(head: &[u8]) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    let signatures: [(&[u8], Kind); 8] = [
        (GZIP, Kind::Gzip),
        (b"PK\x03\x04", Kind::Zip),
        (b"PK\x05\x06", Kind::Zip),
        (b"%PDF", Kind::Other("a PDF file")),
        (
            b"\xd0\xcf\x11\xe0",
            Kind::Other("a mail saved by Outlook (.msg); save it as .eml"),
        ),
        (
            b"7z\xbc\xaf",
            Kind::Other("a 7z archive; unpack it by hand"),
        ),
        (b"BZh", Kind::Other("a bzip2 archive; unpack it by hand")),
        (b"\xfd7zXZ", Kind::Other("an xz archive; unpack it by hand")),
    ];
    if let Some((_, kind)) = signatures.iter().find(|(magic, _)| head.starts_with(magic)) {
        return *kind;
    }
    if head.get(257..262) == Some(b"ustar") {
        return Kind::Other("a tar archive; unpack it by hand");
    }
    if let [0x78, second, ..] = head
        && (0x7800 + u16::from(*second)).is_multiple_of(31)
    {
        return Kind::Zlib;
    }
    let begin = head
        .iter()
        .copied()
        .filter(|byte| *byte != 0 && *byte < 0x80)
        .find(|byte| !byte.is_ascii_whitespace());
    let marked = head.starts_with(b"\xef\xbb\xbf")
        || head.starts_with(b"\xff\xfe")
        || head.starts_with(b"\xfe\xff")
        || head[0] < 0x80;
    match begin {
        Some(b'<') if marked => Kind::Xml,
        Some(b'{' | b'[') => {
            Kind::Other("a JSON document (perhaps a report about encryption, TLS-RPT)")
        }
        None if head.iter().all(|byte| byte.is_ascii_whitespace()) => Kind::Empty,
        _ if head.trim_ascii_start().starts_with(mbox::BEGIN) => Kind::Mbox,
        _ if is_mail(head) => Kind::Mail,
        _ if head.iter().any(|byte| *byte >= 0x80 || *byte == 0) => {
            Kind::Other("a file of another kind")
        }
        _ => Kind::Other("plain text"),
    }
}

/// The first line is a field of a mail header (RFC 5322, section 2.2).
pub(super) fn is_mail(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let name: &[u8] = head.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < head.len()
        && !name.is_empty()
        && name.len() <= 76
        && name.iter().all(|byte| byte.is_ascii_graphic())
}

/// Whether the first letters of a text are those of a report.
pub(super) fn holds_feedback(body: &[u8]) -> bool {
    if kind(&body[..body.len().min(HEAD)]) != Kind::Xml {
        return false;
    }
    // Letters of two bytes have a NUL beside each of these.
    let head: Vec<u8> = body
        .iter()
        .take(4 * HEAD)
        .copied()
        .filter(|byte| *byte != 0)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    head.windows(8).any(|word| word == b"feedback")
}

/// Whether it is an archive that can be read here.
pub(super) fn is_archive(body: &[u8]) -> bool {
    let head = &body[..body.len().min(HEAD)];
    matches!(kind(head), Kind::Gzip | Kind::Zip)
}
