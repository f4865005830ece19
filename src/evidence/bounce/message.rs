//! What was pasted, taken apart: a whole mail, the machine's part of it, a text, or one line.

use mail_parser::Message;
use mail_parser::MessageParser;
use mail_parser::MimeHeaders;
use mail_parser::PartType;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use crate::evidence::bounce::prose;
use crate::evidence::bounce::report;
use crate::evidence::bounce::text;
use crate::records::name::DomainName;

/// Bytes that are looked at. The words of the server stand in front of the mail that came back.
pub const LONGEST: usize = 2 * 1024 * 1024;

/// Bytes of the part for people in which a cause is looked for.
const PROSE: usize = 8 * 1024;

/// Parts of one mail.
const PARTS: usize = 200;

/// What became of a mail (RFC 3464, section 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Failed,
    Delayed,
    /// Delivered, relayed or expanded.
    Done,
}

/// One recipient, and what the server said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    pub recipient: Option<String>,
    /// The recipient so far is the one of `Original-Recipient`.
    pub(super) original: bool,
    pub action: Option<Action>,
    /// The enhanced status code of the report's `Status` field.
    pub status: Option<String>,
    /// The name of the server that refused.
    pub host: Option<String>,
    /// What it said, on one line.
    pub text: String,
}

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Unclear,
    /// A server reports about a mail.
    Bounce,
    /// A complaint about a mail, or a report about a failed check.
    Complaint,
    /// Somebody's mail program answers by itself.
    AutoReply,
}

/// A bounce taken apart.
#[derive(Clone, Debug, Default)]
pub struct Pasted {
    pub kind: Kind,
    pub reporter: Option<String>,
    pub refusals: Vec<Refusal>,
    /// The part for people, on one line.
    pub prose: String,
    /// The domain in the From line of the mail that came back.
    pub author: Option<DomainName>,
}

impl Action {
    pub fn read(value: &str) -> Option<Self> {
        let word = value.split_whitespace().next()?.to_ascii_lowercase();
        match word.as_str() {
            "failed" | "failure" => Some(Self::Failed),
            "delayed" => Some(Self::Delayed),
            "delivered" | "relayed" | "expanded" | "deliverable" => Some(Self::Done),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Done => "delivered",
        }
    }
}

/// Takes apart what was pasted; of more than [`LONGEST`] bytes the first.
pub fn read(bytes: &[u8]) -> Pasted {
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    if holds_headers(bytes) {
        return mail(bytes);
    }
    let unfolded = match is_quoted_printable(bytes) {
        true => quoted_printable_decode(bytes),
        false => None,
    };
    let text = text::readable(unfolded.as_deref().unwrap_or(bytes));
    // The marks of quoting stood in front of a mail or a report.
    if holds_headers(text.as_bytes()) && !holds_headers(bytes) {
        return mail(text.as_bytes());
    }
    plain(&text)
}

/// A text that is no mail: a report, or the part for people.
fn plain(text: &str) -> Pasted {
    if report::is_report(text.trim_start()) {
        let report = report::read(text.trim_start());
        return Pasted {
            kind: Kind::Bounce,
            reporter: report.reporter,
            refusals: report.refusals,
            author: author(text),
            ..Pasted::default()
        };
    }
    let head = prose::head(text);
    Pasted {
        refusals: prose::read(text),
        author: author(prose::tail(text, &head)),
        prose: shortened(text::joined(&head)),
        ..Pasted::default()
    }
}

fn mail(bytes: &[u8]) -> Pasted {
    let Some(message) = MessageParser::new().parse(bytes) else {
        return plain(&text::readable(bytes));
    };
    let mut pasted = Pasted::default();
    let mut words = String::new();
    let mut original = String::new();
    let mut count = 0;
    parts(
        &message,
        &mut pasted,
        &mut words,
        &mut original,
        &mut count,
        0,
    );
    let head = prose::head(&words);
    pasted.prose = shortened(text::joined(&head));
    if pasted.author.is_none() {
        pasted.author = author(&original).or_else(|| author(prose::tail(&words, &head)));
    }
    let from_prose = prose::read(&words);
    if pasted.refusals.is_empty() {
        pasted.refusals = from_prose;
    } else {
        // Where the report names codes alone, the part for people says more.
        for refusal in &mut pasted.refusals {
            if refusal.text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                continue;
            }
            let said = from_prose
                .iter()
                .find(|other| other.recipient.is_some() && other.recipient == refusal.recipient)
                .or_else(|| from_prose.first().filter(|_| from_prose.len() == 1));
            if let Some(said) = said {
                refusal.text.clone_from(&said.text);
            }
        }
    }
    if pasted.kind == Kind::Unclear {
        pasted.kind = kind(&message);
    }
    if pasted.kind != Kind::Bounce && prose::is_late(&head) {
        pasted.kind = Kind::Bounce;
    }
    pasted
}

fn kind(message: &Message<'_>) -> Kind {
    let raw = |name: &'static str| {
        message
            .header_raw(name)
            .map(|value| value.trim().to_ascii_lowercase())
            .unwrap_or_default()
    };
    let from = raw("From");
    let sender_is_server = [
        "mailer-daemon",
        "postmaster",
        "mail delivery",
        "microsoftexchange",
        "mailerdaemon",
    ]
    .iter()
    .any(|name| from.contains(name));
    let is_returned = raw("Return-Path") == "<>" || !raw("X-Failed-Recipients").is_empty();
    if sender_is_server || !raw("X-Failed-Recipients").is_empty() {
        return Kind::Bounce;
    }
    let automatic = raw("Auto-Submitted");
    if automatic.starts_with("auto-replied")
        || raw("Subject").contains("auto-reply")
        || raw("Subject").contains("out of office")
        || !raw("X-Autoreply").is_empty()
        || !raw("X-Autorespond").is_empty()
        || matches!(raw("Precedence").as_str(), "auto_reply" | "auto-reply")
    {
        return Kind::AutoReply;
    }
    if is_returned {
        Kind::Bounce
    } else {
        Kind::Unclear
    }
}

fn parts(
    message: &Message<'_>,
    pasted: &mut Pasted,
    words: &mut String,
    original: &mut String,
    count: &mut usize,
    depth: u8,
) {
    let has_plain = message
        .parts
        .iter()
        .any(|part| matches!(part.body, PartType::Text(_)) && !part.contents().is_empty());
    for part in &message.parts {
        *count += 1;
        if *count > PARTS {
            return;
        }
        let kind = part.content_type().map(|kind| {
            (
                kind.c_type.to_ascii_lowercase(),
                kind.c_subtype
                    .as_deref()
                    .unwrap_or_default()
                    .to_ascii_lowercase(),
            )
        });
        let kind = kind
            .as_ref()
            .map(|(main, sub)| (main.as_str(), sub.as_str()));
        match (kind, &part.body) {
            (Some(("message", "delivery-status" | "global-delivery-status")), _) => {
                let report = report::read(&text::readable(part.contents()));
                pasted.kind = Kind::Bounce;
                pasted.reporter = pasted.reporter.take().or(report.reporter);
                let room = report::RECIPIENTS.saturating_sub(pasted.refusals.len());
                pasted
                    .refusals
                    .extend(report.refusals.into_iter().take(room));
            }
            (Some(("message", "feedback-report")), _) => pasted.kind = Kind::Complaint,
            (
                Some(("text", "rfc822-headers" | "rfc822-header"))
                | Some(("message", "rfc822-headers")),
                _,
            ) => {
                original.push_str(&text::readable(part.contents()));
                original.push('\n');
            }
            (_, PartType::Message(inner)) => {
                if pasted.author.is_none() {
                    pasted.author = inner
                        .from()
                        .and_then(|from| from.first())
                        .and_then(|address| address.address())
                        .and_then(domain_of);
                }
                // A bounce that was forwarded as an attachment.
                let is_report = inner.parts.iter().any(|part| {
                    part.content_type()
                        .and_then(|kind| kind.c_subtype.as_deref())
                        .is_some_and(|sub| sub.eq_ignore_ascii_case("delivery-status"))
                });
                if depth < 2
                    && is_report
                    && pasted.refusals.is_empty()
                    && pasted.kind != Kind::Complaint
                {
                    pasted.author = None;
                    parts(inner, pasted, words, original, count, depth + 1);
                }
            }
            (_, PartType::Text(_)) => add(words, part.contents()),
            (_, PartType::Html(_)) if !has_plain => add(words, part.contents()),
            (Some(("text" | "message", _)), PartType::Binary(_) | PartType::InlineBinary(_))
                if !has_plain =>
            {
                add(words, part.contents());
            }
            _ => {}
        }
    }
}

fn add(words: &mut String, part: &[u8]) {
    if words.len() < text::LONGEST {
        words.push_str(&text::readable(part));
        words.push('\n');
    }
}

/// The domain in the From line of headers that stand in a text.
fn author(text: &str) -> Option<DomainName> {
    let line = text.lines().take(2000).find_map(|line| {
        let (name, value) = line.trim_start().split_once(':')?;
        name.eq_ignore_ascii_case("from").then_some(value)
    })?;
    let address = match line.rsplit_once('<') {
        Some((_, rest)) => rest.split('>').next()?,
        None => line.split_whitespace().find(|word| word.contains('@'))?,
    };
    domain_of(address)
}

fn shortened(mut text: String) -> String {
    let end = (0..=PROSE.min(text.len()))
        .rev()
        .find(|&end| text.is_char_boundary(end));
    text.truncate(end.unwrap_or(0));
    text
}

/// The domain of an address.
pub fn domain_of(address: &str) -> Option<DomainName> {
    let (_, domain) = address.trim().rsplit_once('@')?;
    let domain = domain.trim_end_matches(|c: char| !c.is_alphanumeric());
    domain.parse().ok()
}

/// True where the bytes open with lines of a mail's head.
fn holds_headers(bytes: &[u8]) -> bool {
    const KNOWN: [&str; 12] = [
        "from",
        "to",
        "subject",
        "date",
        "received",
        "return-path",
        "message-id",
        "mime-version",
        "content-type",
        "delivered-to",
        "x-failed-recipients",
        "auto-submitted",
    ];
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(16 * 1024)]);
    let mut seen = 0;
    let mut follows = false;
    for (number, line) in head
        .trim_start_matches(['\r', '\n', '\u{feff}'])
        .split(['\n', '\r'])
        .enumerate()
    {
        if line.is_empty() {
            if head.contains("\r\n") && number > 0 {
                continue;
            }
            break;
        }
        if line.starts_with([' ', '\t']) && follows || line.starts_with("From ") && number == 0 {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            break;
        };
        if name.is_empty() || name.len() > 76 || name.contains(char::is_whitespace) {
            break;
        }
        follows = true;
        if KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            seen += 1;
        }
    }
    seen >= 2
}

/// True where lines end in `=` as quoted-printable breaks them.
fn is_quoted_printable(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(text::LONGEST)];
    let soft = head
        .windows(2)
        .filter(|pair| *pair == b"=\n" || *pair == b"=\r")
        .count();
    let escaped = head
        .windows(3)
        .any(|word| word == b"=3D" || word == b"=20" || word == b"=3d");
    soft >= 1 && escaped
}
