//! One refusal: its codes, who refused, the cause, and the domain and address it is about.

use std::net::IpAddr;

use crate::catalog::wording::Receiver;
use crate::evidence::bounce::cause;
use crate::evidence::bounce::cause::Cause;
use crate::evidence::bounce::codes;
use crate::evidence::bounce::message::Refusal;
use crate::evidence::bounce::message::domain_of;
use crate::evidence::bounce::proof;
use crate::evidence::bounce::proof::Said;
use crate::evidence::bounce::text;
use crate::evidence::bounce::wording;
use crate::records::finding::Code;
use crate::records::name::DomainName;

/// What one refusal says.
#[derive(Clone, Debug)]
pub struct Reading {
    pub receiver: Option<&'static Receiver>,
    pub status: Option<String>,
    pub reply: Option<u16>,
    pub cause: &'static Cause,
    pub fails: Vec<&'static str>,
    /// The domain that the reply speaks of.
    pub domain: Option<DomainName>,
    /// The address of the sending server, where the reply names it.
    pub ip: Option<IpAddr>,
    /// The server that refused, by name.
    pub host: Option<String>,
}

/// What may fail, as the contract names it.
const FAILS: [&str; 8] = [
    "spf",
    "dkim",
    "dmarc",
    "alignment",
    "ptr",
    "tls",
    "helo",
    "dns",
];

/// Reads one refusal; `prose` is the part for people of the whole bounce, on one line.
pub fn refusal(refusal: &Refusal, prose: &str) -> Reading {
    let said = &refusal.text;
    let lower = said.to_ascii_lowercase();
    let host = refusal.host.clone().or_else(|| host_in(said));
    let (status, reply) = numbers(said, refusal.status.as_deref());
    let mut receiver = wording::receiver(host.as_deref(), &lower);
    let (found, fails) = cause_of(&lower, &mut receiver).unwrap_or_else(|| {
        let prose = prose.to_ascii_lowercase();
        cause_of(&prose, &mut receiver).unwrap_or((codes::NOT_RECOGNIZED.as_str(), Vec::new()))
    });
    let cause = cause::of(found);
    let answer = answer_of(said);
    let about_proof = matches!(
        cause.class,
        cause::Class::Authentication | cause::Class::OwnPolicy | cause::Class::Infrastructure
    );
    Reading {
        receiver,
        status,
        reply,
        fails: if fails.is_empty() {
            cause.fails.to_vec()
        } else {
            fails
        },
        domain: about_proof.then(|| domain_in(answer)).flatten(),
        ip: ip_in(answer),
        cause,
        host,
    }
}

/// The code of the cause, and what failed where the words say it.
fn cause_of(
    reply: &str,
    receiver: &mut Option<&'static Receiver>,
) -> Option<(&'static str, Vec<&'static str>)> {
    if reply.is_empty() {
        return None;
    }
    if let Some((entry, wording)) = wording::known(reply) {
        if receiver.is_none() && !entry.shared {
            *receiver = Some(entry);
        }
        let mut fails: Vec<&'static str> = FAILS
            .into_iter()
            .filter(|leg| wording.fails.iter().any(|named| named == leg))
            .collect();
        let code = known_code(&wording.cause);
        if code == codes::AUTHENTICATION_LEVEL.as_str() {
            fails = proof::flags(reply).failed();
        }
        return Some((code, fails));
    }
    if let Some(code) = proof::cause(reply) {
        return Some((code.as_str(), legs(code, reply)));
    }
    wording::general(reply).map(|wording| (known_code(&wording.cause), Vec::new()))
}

fn known_code(code: &str) -> &'static str {
    cause::of(code).code.as_str()
}

/// What failed, by the words: a reply about DMARC may say that SPF and DKIM failed too.
fn legs(code: Code, reply: &str) -> Vec<&'static str> {
    let flags = proof::flags(reply);
    let mut legs = cause::of(code.as_str()).fails.to_vec();
    for (leg, said) in [("spf", flags.spf), ("dkim", flags.dkim)] {
        if said == Said::Failed && !legs.contains(&leg) {
            legs.push(leg);
        }
    }
    legs
}

/// The reply from its code on, or behind the words that announce it.
fn answer_of(said: &str) -> &str {
    if let Some((at, _)) = reply_at(said) {
        return &said[at..];
    }
    for mark in [" said: ", "returned '", " error: "] {
        if let Some(at) = said.find(mark) {
            return &said[at + mark.len()..];
        }
    }
    said
}

/// Where the code of the reply stands: one with a status code behind it first.
fn reply_at(said: &str) -> Option<(usize, u16)> {
    let mut first = None;
    let mut words = places(said).peekable();
    let mut before = "";
    while let Some((at, word)) = words.next() {
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_opening =
            at == 0 || before.ends_with([':', ';', '>', '\'', '"', ',']) || word.len() > core.len();
        if text::is_reply(core)
            && let Ok(code) = core.parse()
        {
            let next = words.peek().map_or("", |(_, next)| {
                next.trim_matches(|c: char| !c.is_ascii_alphanumeric())
            });
            if text::is_status(next) {
                return Some((at, code));
            }
            if first.is_none() && is_opening && !next.is_empty() {
                first = Some((at, code));
            }
        }
        before = word;
    }
    first
}

/// Words with their places.
fn places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ').scan(0, |next, word| {
        let at = *next;
        *next += word.len() + 1;
        Some((at, word))
    })
}

/// The status code and the reply code: of the words first, then of the report.
fn numbers(said: &str, reported: Option<&str>) -> (Option<String>, Option<u16>) {
    let in_words: Vec<&str> = places(answer_of(said))
        .map(|(_, word)| word.trim_matches(|c: char| !c.is_ascii_digit()))
        .filter(|word| text::is_status(word) && !word.starts_with('2'))
        .collect();
    let is_plain = |status: &str| status.ends_with(".0.0");
    let reply = reply_at(said).map(|(_, code)| code);
    let behind_reply = reply_at(said)
        .and_then(|(at, _)| said[at..].split(' ').nth(1))
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()))
        .filter(|word| text::is_status(word));
    let status = behind_reply
        .or(reported.filter(|status| !is_plain(status)))
        .or(in_words.first().copied())
        .or(reported)
        .map(str::to_owned);
    (status, reply)
}

/// The server named in `host NAME[ADDRESS] said:` and its kin.
fn host_in(said: &str) -> Option<String> {
    let lower = said.to_ascii_lowercase();
    let at = lower
        .find("host ")
        .map(|at| at + 5)
        .or_else(|| lower.find(" h=").map(|at| at + 3));
    let from = at.or_else(|| lower.find(" did not like our").map(|_| 0))?;
    let name: String = lower[from..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .take(253)
        .collect();
    (name.contains('.') && name.bytes().any(|b| b.is_ascii_alphabetic())).then_some(name)
}

/// The first address of a server in the reply.
fn ip_in(answer: &str) -> Option<IpAddr> {
    answer
        .split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':')))
        .filter(|word| (7..=45).contains(&word.len()) || word.contains("::"))
        .take(500)
        .find_map(|word| {
            let word = word.trim_matches('.');
            let word = word
                .strip_prefix(':')
                .filter(|rest| !rest.starts_with(':'))
                .unwrap_or(word);
            let word = word
                .strip_suffix(':')
                .filter(|rest| !rest.ends_with(':'))
                .unwrap_or(word);
            let address: IpAddr = word.parse().ok()?;
            (!address.is_unspecified()).then_some(address)
        })
}

/// Words in front of the domain that a reply is about.
const CUES: &[&str] = &[
    "sending domain",
    "from domain",
    "mail from domain",
    "email from",
    "mail from",
    "message from",
    "policy for",
    "policy of",
    "policy for domain",
    "failure for domain",
    "domain",
    "due to",
    "spf",
    "for",
    "header.from=",
    "send from",
    "records for",
    "of",
];

/// The domain that a reply is about.
fn domain_in(answer: &str) -> Option<DomainName> {
    let words: Vec<&str> = answer.split(' ').take(400).collect();
    for (at, word) in words.iter().enumerate() {
        if word.contains("://") {
            continue;
        }
        let (front, value) = match word.split_once('=') {
            Some((front, value)) => (front.to_ascii_lowercase() + "=", value),
            None => (String::new(), *word),
        };
        let before = words[at.saturating_sub(3)..at]
            .join(" ")
            .to_ascii_lowercase();
        let before = before.trim_end_matches([':', '(', '[']);
        let is_cued = CUES.iter().any(|cue| {
            front == *cue
                || (front.is_empty() && (before == *cue || before.ends_with(&format!(" {cue}"))))
        });
        // `(example.com)`, `[example.com:192.0.2.2]`, `example.com's`.
        let core = value
            .trim_matches(|c: char| !c.is_alphanumeric())
            .trim_end_matches("'s")
            .split(':')
            .next()
            .unwrap_or_default();
        let opens_reply = at <= 2 && answer.contains("doesn't allow");
        if !(is_cued || opens_reply) {
            continue;
        }
        if core.contains('@') {
            if let Some(domain) = domain_of(core) {
                return Some(domain);
            }
            continue;
        }
        if let Ok(name) = core.parse::<DomainName>()
            && is_domain(core)
        {
            return Some(name);
        }
    }
    // openspf.net and its kin: `id=alice@example.com`.
    let at = answer.find("id=")?;
    domain_of(answer[at + 3..].split([';', '&', ' ']).next()?.trim())
}

fn is_domain(word: &str) -> bool {
    let end = word.rsplit('.').next().unwrap_or_default();
    word.contains('.')
        && end.len() >= 2
        && end.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
        && word.split('.').all(|label| !label.is_empty())
}
