//! The reports in one mail: its attachments, whatever they are called, and the mails inside of it.

use mail_parser::Encoding;
use mail_parser::Message;
use mail_parser::MessageParser;
use mail_parser::MessagePart;
use mail_parser::MimeHeaders;
use mail_parser::PartType;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use crate::evidence::bounds;
use crate::evidence::refusal::Refusal;
use crate::evidence::unpack;
use crate::evidence::unpack::Contents;
use crate::evidence::unpack::Place;
use crate::evidence::unpack::Unpacker;
use crate::records::untrusted::Untrusted;

/// Reads the reports of a mail. Parts that are no reports (a text, a picture) are passed over where a report was found.
pub(super) fn read<'a>(
    bytes: &[u8],
    place: &Place<'a>,
    unpacker: &mut Unpacker,
    contents: &mut Contents,
) -> Result<(), Refusal> {
    if place.mails >= bounds::MAILS {
        return Err(Refusal::Parts);
    }
    bounded(bytes)?;
    let Some(message) = MessageParser::new().parse(bytes) else {
        return Err(Refusal::OtherKind("plain text"));
    };
    let inside = Place {
        mails: place.mails + 1,
        ..place.clone()
    };
    let before = (contents.reports.len(), contents.refused.len());
    let mut parts = 0;
    let mut aside = None;
    walk(
        &message, &inside, unpacker, contents, &mut parts, &mut aside,
    )?;
    if (contents.reports.len(), contents.refused.len()) == before {
        return Err(aside.unwrap_or(Refusal::NoReportInMail));
    }
    Ok(())
}

/// Looks at the lines of a mail before it is taken apart: headers stand at its beginning, behind what divides parts, and behind the header of a
/// part that is a mail itself.
fn bounded(bytes: &[u8]) -> Result<(), Refusal> {
    let (mut headers, mut dividers) = (0, 0);
    let (mut in_header, mut may_begin) = (true, false);
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.starts_with(b"--") {
            dividers += 1;
            (in_header, may_begin) = (true, false);
        } else if line.trim_ascii().is_empty() {
            may_begin |= in_header;
            in_header = false;
        } else {
            in_header |= may_begin && unpack::is_mail(line);
            may_begin = false;
            headers += if in_header { line.len() } else { 0 };
        }
        if dividers > bounds::DIVIDERS {
            return Err(Refusal::Parts);
        }
        if headers > bounds::HEADERS {
            return Err(Refusal::LongHeader);
        }
    }
    Ok(())
}

fn walk<'a>(
    message: &Message<'_>,
    place: &Place<'a>,
    unpacker: &mut Unpacker,
    contents: &mut Contents,
    parts: &mut usize,
    aside: &mut Option<Refusal>,
) -> Result<(), Refusal> {
    for part in &message.parts {
        *parts += 1;
        if *parts > bounds::PARTS {
            return Err(Refusal::Parts);
        }
        if let Some(other) = other_report(part) {
            aside.get_or_insert(other);
        }
        let name = part
            .attachment_name()
            .map(|name| Untrusted::new(name.as_bytes()));
        let inner = Place {
            name,
            ..place.clone()
        };
        match &part.body {
            PartType::Multipart(_) => {}
            PartType::Message(message) => {
                if inner.mails >= bounds::MAILS {
                    return Err(Refusal::Parts);
                }
                let deeper = Place {
                    mails: inner.mails + 1,
                    ..inner
                };
                walk(message, &deeper, unpacker, contents, parts, aside)?;
            }
            PartType::Text(_) | PartType::Html(_) => {
                let plain = undecoded(message, part);
                let body = match &plain {
                    Some(plain) if is_report(plain) => plain,
                    _ => part.contents(),
                };
                part_of(body, &inner, unpacker, contents);
            }
            PartType::Binary(_) | PartType::InlineBinary(_) => {
                part_of(part.contents(), &inner, unpacker, contents);
            }
        }
    }
    Ok(())
}

/// Reads a part where it looks like a report.
fn part_of<'a>(body: &[u8], place: &Place<'a>, unpacker: &mut Unpacker, contents: &mut Contents) {
    let is_attached_mail = place.name.is_some() && unpack::is_mail(body) && holds_header(body);
    if is_report(body) || is_attached_mail {
        unpacker.stream(Box::new(body), place, contents);
    }
}

/// The bytes of a text part before its charset was looked at: some mail calls an archive "text", and XML names its encoding itself.
fn undecoded(message: &Message<'_>, part: &MessagePart<'_>) -> Option<Vec<u8>> {
    let from = usize::try_from(part.offset_body).ok()?;
    let to = usize::try_from(part.offset_end).ok()?;
    let raw = message.raw_message.get(from..to)?;
    match part.encoding {
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::None => Some(raw.to_vec()),
    }
}

fn is_report(body: &[u8]) -> bool {
    unpack::is_archive(body) || unpack::holds_feedback(body)
}

/// A mail that was attached as a file.
fn holds_header(body: &[u8]) -> bool {
    let head = &body[..body.len().min(16 * 1024)];
    head.windows(8).any(|word| {
        word.eq_ignore_ascii_case(b"\nsubject") || word.eq_ignore_ascii_case(b"mime-ver")
    })
}

/// Reports of other kinds that come to the same mailbox.
fn other_report(part: &MessagePart<'_>) -> Option<Refusal> {
    let kind = part.content_type()?;
    let is = |main: &str, sub: &str| {
        kind.c_type.eq_ignore_ascii_case(main)
            && kind
                .c_subtype
                .as_ref()
                .is_some_and(|word| word.eq_ignore_ascii_case(sub))
    };
    let what = if is("message", "feedback-report") {
        "a report about one message that failed (ruf) or a complaint"
    } else if is("message", "delivery-status") {
        "a bounce: a mail that could not be delivered"
    } else if is("application", "tlsrpt+gzip") || is("application", "tlsrpt+json") {
        "a report about encryption (TLS-RPT)"
    } else {
        return None;
    };
    Some(Refusal::OtherKind(what))
}
