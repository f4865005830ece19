//! The part of a bounce that is written for people: the refusals in it, one for each address that heads a paragraph.

use crate::evidence::bounce::message::Action;
use crate::evidence::bounce::message::Refusal;
use crate::evidence::bounce::report;
use crate::evidence::bounce::text;

/// Lines that are looked at.
const LINES: usize = 4000;

/// Words in front of the mail that came back, in lower case. What follows was written by the sender.
const ENDS: &[&str] = &[
    "below this line is a copy of the message",
    "this is a copy of the message",
    "this is a copy of your message",
    "enclosed is a copy of the message",
    "original message follows",
    "original message headers",
    "undelivered message follows",
    "unsent message below",
    "header of the original message",
    "the header of the original",
    "returned message follows",
    "message header follows",
    "message headers follow",
    "-----original message",
    "----- original message -----",
    "--- original message",
    "------ forwarded message",
    "begin message text",
    "included is a copy of the message",
    "copy of the message header",
];

/// Words that say that the mail is late and will be tried again.
const LATER: &[&str] = &[
    "will be retried",
    "still being retried",
    "will keep trying",
    "will continue to try",
    "not yet been delivered",
    "has not been delivered yet",
    "hasn't been delivered yet",
    "delivery attempts will continue",
    "this is a warning message only",
    "you do not need to resend",
    "delivery delayed",
    "delivery is delayed",
];

/// The text in front of the mail that came back.
pub fn head(text: &str) -> String {
    let mut head = String::new();
    for line in text.lines().take(LINES) {
        let lower = line.to_ascii_lowercase();
        if !head.trim().is_empty() && ENDS.iter().any(|end| lower.contains(end)) {
            break;
        }
        head.push_str(line);
        head.push('\n');
    }
    head
}

/// The part behind [`head`].
pub fn tail<'a>(text: &'a str, head: &str) -> &'a str {
    text.get(head.len()..).unwrap_or_default()
}

/// True where the text says that the mail is late, not lost.
pub fn is_late(text: &str) -> bool {
    let lower = text::joined(text).to_ascii_lowercase();
    LATER.iter().any(|words| lower.contains(words))
}

/// The refusals of a text; one of the whole text where it names no recipient by itself.
pub fn read(text: &str) -> Vec<Refusal> {
    let head = head(text);
    let action = is_late(&head).then_some(Action::Delayed);
    let mut refusals: Vec<Refusal> = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut recipient: Option<String> = None;
    let mut close = |recipient: &mut Option<String>, lines: &mut Vec<&str>| {
        let words = text::joined(&lines.join("\n"));
        lines.clear();
        if let Some(recipient) = recipient.take()
            && !words.is_empty()
            && refusals.len() < report::RECIPIENTS
        {
            refusals.push(Refusal {
                recipient: Some(recipient),
                action,
                text: words,
                ..Refusal::default()
            });
        }
    };
    for line in head.lines() {
        if let Some((address, rest)) = address_head(line) {
            close(&mut recipient, &mut lines);
            recipient = Some(address);
            lines.push(rest);
        } else {
            lines.push(line);
        }
    }
    close(&mut recipient, &mut lines);
    let whole = text::joined(&head);
    let has_code = |words: &str| {
        words.split_whitespace().any(|word| {
            let word = word.trim_matches(|c: char| !c.is_ascii_digit());
            text::is_reply(word) || text::is_status(word)
        })
    };
    // An address may stand above a heading first, and above the reply then.
    let told: Vec<Option<String>> = refusals
        .iter()
        .filter(|refusal| has_code(&refusal.text))
        .map(|refusal| refusal.recipient.clone())
        .collect();
    refusals.retain(|refusal| has_code(&refusal.text) || !told.contains(&refusal.recipient));
    // Where the reply stands above the address, or nowhere near one, the whole text is one refusal.
    if refusals.is_empty() || (has_code(&whole) && !refusals.iter().any(|r| has_code(&r.text))) {
        let recipient = refusals.into_iter().next().and_then(|r| r.recipient);
        return vec![Refusal {
            recipient,
            action,
            text: whole,
            ..Refusal::default()
        }];
    }
    refusals
}

/// A line that is an address, or opens with `<address>:`.
fn address_head(line: &str) -> Option<(String, &str)> {
    let line = line.trim();
    if let Some(inner) = line.strip_prefix('<') {
        let (address, rest) = inner.split_once('>')?;
        let rest = rest.trim_start();
        if !is_address(address) {
            return None;
        }
        return match rest.strip_prefix(':') {
            Some(rest) => Some((address.to_owned(), rest)),
            None if rest.is_empty() || rest.starts_with('(') => Some((address.to_owned(), rest)),
            None => None,
        };
    }
    let bare = line.trim_end_matches(':').trim_matches(['"', '\'']);
    is_address(bare).then(|| (bare.to_owned(), ""))
}

/// True where the text looks like one mail address.
pub fn is_address(text: &str) -> bool {
    text.len() <= 320
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && domain
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        })
}
