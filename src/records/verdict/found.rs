//! The mistakes of a panel in what was found, where nothing is wanted: what `nobounce check` names, with the codes of the watcher.
//!
//! A value is proved to be spoilt by mending it: what reads well without its quotation marks was right before the panel kept them.

use crate::records::dkim;
use crate::records::dmarc;
use crate::records::dmarc::judge::Effect;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::spf;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::codes;
use crate::records::verdict::compare::is_of;
use crate::records::verdict::habits::Habit;
use crate::records::verdict::mistake;
use crate::records::verdict::places;
use crate::records::verdict::places::Proof;
use crate::records::verdict::state::Kind;
use crate::records::verdict::state::finding;
use crate::records::verdict::words;

/// A value of this length, give or take quotation marks, was cut where one character-string of a TXT record ends.
const CUT: std::ops::RangeInclusive<usize> = 250..=257;
/// The longest character-string (RFC 1035, section 3.3).
const STRING: usize = 255;
/// More texts than this are not tried in pairs.
const MOST_PAIRS: usize = 20;

/// A name where the record of `owner` ends up by mistake, and the code of that mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub question: Question,
    pub code: Code,
}

/// The wrong names for the record of a kind at `owner`, the likely ones first.
pub fn places(owner: &DomainName, zone: &DomainName) -> Vec<Place> {
    places::wrong_names(owner, zone, RecordType::Txt, Proof::Kind, Proof::Kind)
        .into_iter()
        .map(|place| Place {
            question: place.question,
            code: place.code,
        })
        .collect()
}

/// True where one of the texts at a wrong name is a record of the kind, or one that a panel spoilt.
pub fn is_here(kind: Kind, owner: &DomainName, texts: &[Untrusted]) -> bool {
    !of_kind(kind, owner, texts).is_empty()
}

/// Those of the texts that are meant as a record of the kind.
fn of_kind(kind: Kind, owner: &DomainName, texts: &[Untrusted]) -> Vec<Untrusted> {
    texts
        .iter()
        .filter(|text| {
            is_of(kind, owner, text)
                || !spoilt(kind, owner, &String::from_utf8_lossy(text.as_bytes())).is_empty()
        })
        .cloned()
        .collect()
}

/// The findings about a record at a wrong name: that, and what is wrong with the value that stands there.
pub fn misplaced(
    kind: Kind,
    owner: &DomainName,
    place: &Place,
    texts: &[Untrusted],
) -> Vec<Finding> {
    let (message, remedy) = words::at_wrong_name(owner, place.code, &place.question.owner);
    let mut findings = vec![finding(
        kind,
        owner,
        place.code,
        Severity::Error,
        message,
        remedy,
    )];
    findings.extend(value(kind, owner, &of_kind(kind, owner, texts)));
    findings
}

/// The finding about a wildcard that answers in place of the record.
pub fn wildcard(kind: Kind, owner: &DomainName, severity: Severity) -> Finding {
    let (message, remedy) = words::of_wildcard(owner);
    finding(
        kind,
        owner,
        codes::WILDCARD_ANSWERS,
        severity,
        message,
        remedy,
    )
}

/// The finding about an alias and the record beside it at one name.
pub fn beside_alias(kind: Kind, owner: &DomainName, target: &DomainName) -> Finding {
    let (code, message, remedy) = words::of_alias(target);
    finding(kind, owner, code, Severity::Error, message, &remedy)
}

/// True where an alias is no alias: the value was typed into a record of type CNAME (P26).
pub fn is_value(target: &DomainName) -> bool {
    let bare = unescaped(target.as_str()).to_ascii_lowercase();
    ["v=dmarc1", "v=spf1", "v=dkim1", "k=rsa", "p=mi"]
        .iter()
        .any(|start| bare.starts_with(start))
}

/// A name with its escapes (`\061`) turned back into characters.
fn unescaped(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let number = after.get(..3).and_then(|digits| digits.parse::<u8>().ok());
        match number {
            Some(byte) => {
                text.push(char::from(byte));
                rest = &after[3..];
            }
            None => rest = after,
        }
    }
    text + rest
}

/// The findings about a record of the abandoned type SPF (P26): that, and what is wrong with its value.
pub fn type_spf(owner: &DomainName, texts: &[Untrusted]) -> Vec<Finding> {
    let (message, remedy) = words::TYPE_SPF;
    let mut findings = vec![finding(
        Kind::Spf,
        owner,
        codes::WRONG_TYPE,
        Severity::Error,
        message.to_owned(),
        remedy,
    )];
    findings.extend(value(Kind::Spf, owner, texts));
    findings
}

/// The finding about a name behind a web proxy (P20): addresses where a record of the kind, or an alias, belongs.
pub fn proxied(kind: Kind, owner: &DomainName, proxy: Option<&Habit>) -> Finding {
    let message = words::of_proxy("an alias (CNAME)", proxy);
    let code = codes::CNAME_PROXIED;
    finding(
        kind,
        owner,
        code,
        Severity::Error,
        message,
        words::PROXY_OFF,
    )
}

/// The finding about the target of an alias that was put into a record of type TXT (P26).
pub fn text_for_alias(owner: &DomainName, target: &DomainName) -> Finding {
    let (message, remedy) = words::of_text_for_alias(target);
    let code = codes::WRONG_TYPE;
    finding(Kind::Dkim, owner, code, Severity::Error, message, remedy)
}

/// The target that was meant, where the zone was put behind it a second time (P23).
pub fn target_meant(target: &DomainName, zone: &DomainName) -> Option<DomainName> {
    let meant: DomainName = target.relative_to(zone)?.parse().ok()?;
    let is_whole = meant.has_known_suffix() && meant.labels().count() >= 3;
    is_whole.then_some(meant)
}

/// The finding about a doubled target.
pub fn target_doubled(subject: Subject, owner: &DomainName, target: &DomainName) -> Finding {
    let (message, remedy) = words::of_doubled_target(target);
    Finding {
        code: codes::TARGET_DOUBLED,
        severity: Severity::Error,
        subject,
        name: owner.clone(),
        message,
        remedy: remedy.to_owned(),
    }
}

/// The mistakes that spoilt the record of a kind at `owner`, where mending them makes the record read well. Empty where it reads well.
pub fn value(kind: Kind, owner: &DomainName, texts: &[Untrusted]) -> Vec<Finding> {
    let named = |codes: &[Code], text: &str| -> Vec<Finding> {
        mistake::said(codes, text)
            .into_iter()
            .map(|(code, message, remedy)| {
                finding(kind, owner, code, Severity::Error, message, remedy)
            })
            .collect()
    };
    if is_in_two(kind, owner, texts) {
        return named(&[codes::SECOND_RECORD], "");
    }
    texts
        .iter()
        .map(|text| String::from_utf8_lossy(text.as_bytes()))
        .map(|found| named(&spoilt(kind, owner, &found), &found))
        .find(|named| !named.is_empty())
        .unwrap_or_default()
}

/// What spoilt a text: signs that got into it, and then what was done to the rest.
fn spoilt(kind: Kind, owner: &DomainName, found: &str) -> Vec<Code> {
    let is_right = |text: &str| reads_well(kind, owner, text);
    if is_right(found) {
        return is_cut(kind, owner, found)
            .then_some(codes::CUT_AT_255)
            .into_iter()
            .collect();
    }
    let undone = mistake::undone(found, |clean| {
        is_right(clean.trim()) || damaged(kind, owner, clean.trim()).is_some()
    });
    match undone {
        Some((mut codes, clean)) => {
            if !is_right(clean.trim()) || is_cut(kind, owner, clean.trim()) {
                codes.extend(damaged(kind, owner, clean.trim()));
            }
            codes
        }
        None => damaged(kind, owner, found).into_iter().collect(),
    }
}

/// What was done to a text in which no sign is too many.
fn damaged(kind: Kind, owner: &DomainName, found: &str) -> Option<Code> {
    let is_right = |text: &str| reads_well(kind, owner, text);
    if is_cut(kind, owner, found) {
        return Some(codes::CUT_AT_255);
    }
    if is_right(found.trim()) {
        return (found.trim() != found).then_some(codes::TRAILING_SPACE);
    }
    if kind == Kind::Dkim && has(kind, owner, found, dkim::codes::KEY_LOWER_CASE) {
        return Some(codes::KEY_LOWER_CASED);
    }
    let mut mended = CUT
        .filter(|at| found.as_bytes().get(*at) == Some(&b' ') && found.is_char_boundary(at + 1))
        .map(|at| format!("{}{}", &found[..at], &found[at + 1..]));
    mended
        .any(|text| is_right(&text))
        .then_some(codes::SPACE_AT_JOIN)
}

/// What is odd in a record that works: spaces around it (P12), or within a key (P10). A note, and no more.
pub fn remark(kind: Kind, owner: &DomainName, text: &Untrusted) -> Option<Finding> {
    let found = text.as_ascii()?;
    let bare = found.trim();
    let is_odd_key = kind == Kind::Dkim
        && bare
            .split(';')
            .filter_map(|tag| tag.trim().strip_prefix("p="))
            .any(|key| key.trim().contains(|c: char| c.is_ascii_whitespace()));
    let code = if is_odd_key {
        codes::SPACE_AT_JOIN
    } else if bare.len() != found.len() {
        codes::TRAILING_SPACE
    } else {
        return None;
    };
    let (message, remedy) = mistake::words(code, found);
    let message = format!("{message} Most mail servers read it all the same.");
    Some(finding(kind, owner, code, Severity::Note, message, remedy))
}

/// One value published as two records (P8).
fn is_in_two(kind: Kind, owner: &DomainName, texts: &[Untrusted]) -> bool {
    let texts: Vec<String> = texts
        .iter()
        .take(MOST_PAIRS)
        .filter_map(|text| {
            text.as_ascii()
                .map(|text| text.trim_matches('"').to_owned())
        })
        .collect();
    texts.iter().enumerate().any(|(i, first)| {
        let is_beginning = is_of(kind, owner, &Untrusted::from(first.as_str()))
            && (!reads_well(kind, owner, first) || is_open_end(kind, first));
        is_beginning
            && texts.iter().enumerate().any(|(j, second)| {
                let whole = format!("{first}{second}");
                i != j
                    && !second.is_empty()
                    && !is_of(kind, owner, &Untrusted::from(second.as_str()))
                    && reads_well(kind, owner, &whole)
                    && !is_open_end(kind, &whole)
            })
    })
}

/// An SPF record that says nothing about all the rest.
fn is_open_end(kind: Kind, text: &str) -> bool {
    kind == Kind::Spf
        && text
            .trim()
            .parse::<spf::Spf>()
            .is_ok_and(|spf| spf.all().is_none() && spf.redirect().is_none())
}

/// A value that ends where one character-string of a TXT record ends, and is not whole (P9).
fn is_cut(kind: Kind, owner: &DomainName, text: &str) -> bool {
    if !CUT.contains(&text.len()) {
        return false;
    }
    match kind {
        Kind::Dkim => has(kind, owner, text, dkim::codes::KEY_TRUNCATED),
        // What stands in front of the last term reads well: the cut went through that term.
        Kind::Spf => {
            let before_last = text.trim().rsplit_once(' ').map(|(head, _)| head);
            text.len() == STRING
                && (is_open_end(kind, text)
                    || !reads_well(kind, owner, text)
                        && before_last.is_some_and(|head| is_open_end(kind, head)))
        }

        Kind::Dmarc => false,
    }
}

/// True where the text is one record of the kind, and nothing keeps receivers from using it.
fn reads_well(kind: Kind, owner: &DomainName, text: &str) -> bool {
    findings(kind, owner, text)
        .is_some_and(|found| found.iter().all(|one| one.severity != Severity::Error))
}

fn has(kind: Kind, owner: &DomainName, text: &str, code: Code) -> bool {
    findings(kind, owner, text).is_some_and(|found| found.iter().any(|one| one.code == code))
}

/// What is wrong with a text as a record of the kind; None where it is none.
fn findings(kind: Kind, owner: &DomainName, text: &str) -> Option<Vec<Finding>> {
    let texts = [Untrusted::from(text)];
    match kind {
        Kind::Spf => match spf::judge::select(owner, &texts) {
            spf::judge::Selected::One(spf) => Some(spf::judge::judge(owner, &spf)),
            spf::judge::Selected::Broken { findings, .. } => Some(findings),
            _ => None,
        },
        Kind::Dkim => match dkim::judge::select(owner, &texts) {
            dkim::judge::Selected::One(key) => Some(dkim::judge::judge(owner, &key)),
            dkim::judge::Selected::Broken { findings, .. } => Some(findings),
            _ => None,
        },
        Kind::Dmarc => match dmarc::judge::select(owner, &texts) {
            dmarc::judge::Selected::One(reading) if reading.effect == Effect::AsWritten => {
                Some(reading.findings)
            }
            dmarc::judge::Selected::One(reading) => {
                let mut findings = reading.findings;
                if findings.iter().all(|one| one.severity != Severity::Error) {
                    return None;
                }
                findings.truncate(8);
                Some(findings)
            }
            dmarc::judge::Selected::Broken { findings, .. } => Some(findings),
            _ => None,
        },
    }
}
