//! What a panel or a paste did to a value: every cause is named (P6 to P13). `found` names the same where nothing is wanted.

use crate::records::finding::Code;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::codes;

/// A mistake in a value, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) remedy: &'static str,
    /// The text that it is in.
    pub(super) text: Untrusted,
}

/// A text shorter than this is not called cut.
const SHORTEST_CUT: usize = 60;
/// More texts than this are not tried in pairs.
const MOST_PAIRS: usize = 20;

/// Names what turned `wanted` into one of `texts`: mostly one mistake, at times two.
pub(super) fn name(wanted: &str, texts: &[Untrusted]) -> Vec<Mistake> {
    if let Some(in_two) = in_two(wanted, texts) {
        return vec![in_two];
    }
    texts
        .iter()
        .map(|text| in_one(wanted, text))
        .find(|named| !named.is_empty())
        .unwrap_or_default()
}

/// Spaces, line ends and a last semicolon do not count.
fn squash(text: &str) -> String {
    let mut bare: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    while bare.ends_with(';') {
        bare.pop();
    }
    bare
}

fn without_quotes(text: &str) -> String {
    let bare = text.replace("\" \"", "").replace('"', "");
    match bare.strip_prefix('\'') {
        Some(rest) => rest.strip_suffix('\'').unwrap_or(rest).to_owned(),
        None => bare,
    }
}

fn is_curly(c: char) -> bool {
    matches!(
        c,
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}'
    )
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

fn is_odd_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}'
    )
}

fn without_curly(text: &str) -> String {
    text.chars()
        .filter(|c| !is_curly(*c) && !is_invisible(*c))
        .map(|c| match c {
            c if is_odd_space(c) => ' ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            c => c,
        })
        .collect()
}

fn without_backslashes(text: &str) -> String {
    text.replace('\\', "")
}

fn in_one(wanted: &str, text: &Untrusted) -> Vec<Mistake> {
    let found = String::from_utf8_lossy(text.as_bytes());
    if found == wanted {
        return Vec::new();
    }
    let target = squash(wanted);
    let damage = |clean: &str| {
        if squash(clean) == target {
            None
        } else {
            damaged(wanted, clean)
        }
    };
    let undone = undone(&found, |clean| {
        squash(clean) == target || damage(clean).is_some()
    });
    let codes: Vec<Code> = match undone {
        Some((mut codes, clean)) => {
            codes.extend(damage(&clean));
            codes
        }
        None => damaged(wanted, &found).into_iter().collect(),
    };
    said(&codes, &found)
        .into_iter()
        .map(|(code, message, remedy)| Mistake {
            code,
            message: if code == codes::CUT_AT_255 {
                format!(
                    "Only the first {} of {} characters were published: the value was cut off.",
                    found.chars().count(),
                    wanted.chars().count()
                )
            } else {
                message
            },
            remedy,
            text: text.clone(),
        })
        .collect()
}

/// What was done to a text in which no sign is too many.
fn damaged(wanted: &str, found: &str) -> Option<Code> {
    let (target, bare) = (squash(wanted), squash(found));
    if bare == target {
        let is_inside = found.trim_end() != wanted.trim_end() && found.trim() != wanted.trim();
        return Some(if is_inside {
            codes::SPACE_AT_JOIN
        } else {
            codes::TRAILING_SPACE
        });
    }
    if bare.eq_ignore_ascii_case(&target) && capitals(&bare) < capitals(&target) {
        return Some(codes::KEY_LOWER_CASED);
    }
    let is_beginning =
        bare.len() < target.len() && bare.len() >= SHORTEST_CUT && target.starts_with(&bare);
    is_beginning.then_some(codes::CUT_AT_255)
}

/// Which of the usual additions, taken away, make the value right again, and the value without them: quotation marks, odd characters,
/// backslashes.
pub(super) fn undone(found: &str, is_right: impl Fn(&str) -> bool) -> Option<(Vec<Code>, String)> {
    let cleaned = [
        (without_quotes(found), codes::QUOTES_KEPT),
        (without_curly(found), codes::CURLY_QUOTES),
        (without_backslashes(found), codes::BACKSLASH_SEMICOLON),
    ];
    let changed = || cleaned.iter().filter(|(clean, _)| *clean != found);
    if let Some((clean, code)) = changed().find(|(clean, _)| is_right(clean)) {
        return Some((vec![*code], clean.clone()));
    }
    let all_clean = without_backslashes(&without_quotes(&without_curly(found)));
    let codes: Vec<Code> = changed().map(|(_, code)| *code).collect();
    (!codes.is_empty() && is_right(&all_clean)).then_some((codes, all_clean))
}

/// The mistakes of one value, each with what is said of it and what is to be done.
pub(super) fn said(codes: &[Code], found: &str) -> Vec<(Code, String, &'static str)> {
    codes
        .iter()
        .map(|&code| {
            let (mut message, remedy) = words(code, found);
            if codes.len() > 1 {
                message = message.replace(" The rest is right.", "");
            }
            (code, message, remedy)
        })
        .collect()
}

/// What is said of a mistake in the value `found`, and what is to be done.
pub(super) fn words(code: Code, found: &str) -> (String, &'static str) {
    if code == codes::QUOTES_KEPT {
        (
            "The quotation marks became part of the record. The rest is right.".to_owned(),
            "Enter the value again without any quotation marks.",
        )
    } else if code == codes::CURLY_QUOTES {
        (
            format!("{} became part of the record.", odd_characters(found)),
            "Copy the value again from here, not through a text program or a mail.",
        )
    } else if code == codes::BACKSLASH_SEMICOLON {
        (
            "Backslashes became part of the record, as in \\; . The rest is right.".to_owned(),
            "Enter the value again without the backslashes.",
        )
    } else if code == codes::TRAILING_SPACE {
        (
            "A space or a line end stands before or behind the value and became part of the record."
                .to_owned(),
            "Enter the value again without anything before or behind it.",
        )
    } else if code == codes::SPACE_AT_JOIN {
        (
            "Spaces got into the middle of the value, as happens where a long value is put together from parts."
                .to_owned(),
            "Enter the value in one piece, with no spaces that are not in it here.",
        )
    } else if code == codes::KEY_LOWER_CASED {
        (
            "Capital letters of the value were turned into small ones. In a key both mean different things."
                .to_owned(),
            "Enter the value again exactly as it stands here; if the panel changes it again, its support must help.",
        )
    } else if code == codes::SECOND_RECORD {
        (
            "The value stands in two records, a part in each. It has to be one record.".to_owned(),
            "Delete one of the two records and put the whole value into the other.",
        )
    } else {
        (
            "The value was cut off: its end is missing.".to_owned(),
            "Enter the whole value; if the panel cuts it again, enter it in the parts that the panel allows.",
        )
    }
}

fn capitals(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_uppercase).count()
}

/// One value published as two records.
fn in_two(wanted: &str, texts: &[Untrusted]) -> Option<Mistake> {
    let target = squash(wanted);
    let bare: Vec<String> = texts
        .iter()
        .take(MOST_PAIRS)
        .map(|text| squash(&without_quotes(&String::from_utf8_lossy(text.as_bytes()))))
        .collect();
    for (i, first) in bare.iter().enumerate() {
        for (j, second) in bare.iter().enumerate() {
            if i != j
                && !first.is_empty()
                && !second.is_empty()
                && first.len() + second.len() == target.len()
                && target.starts_with(first.as_str())
                && target.ends_with(second.as_str())
            {
                let (message, remedy) = words(codes::SECOND_RECORD, "");
                return Some(Mistake {
                    code: codes::SECOND_RECORD,
                    message,
                    remedy,
                    text: texts[i].clone(),
                });
            }
        }
    }
    None
}

/// The first odd character in words.
fn odd_characters(text: &str) -> String {
    let odd = text
        .chars()
        .find(|c| is_curly(*c) || is_invisible(*c) || is_odd_space(*c) || !c.is_ascii());
    match odd {
        Some(c) if is_curly(c) => format!("Curly quotation marks (U+{:04X})", u32::from(c)),
        Some(c) if is_invisible(c) => format!("An invisible character (U+{:04X})", u32::from(c)),
        Some(c) if is_odd_space(c) => format!("A non-breaking space (U+{:04X})", u32::from(c)),
        Some(c) => format!("A foreign character (U+{:04X})", u32::from(c)),
        None => "A foreign character".to_owned(),
    }
}
