//! What a panel or a paste did to a value: exactly one cause is named (P6 to P13). `found` names the same where nothing is wanted.

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

/// Names what turned `wanted` into one of `texts`.
pub(super) fn name(wanted: &str, texts: &[Untrusted]) -> Option<Mistake> {
    in_two(wanted, texts).or_else(|| texts.iter().find_map(|text| in_one(wanted, text)))
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

fn in_one(wanted: &str, text: &Untrusted) -> Option<Mistake> {
    let found = String::from_utf8_lossy(text.as_bytes());
    if found == wanted {
        return None;
    }
    let target = squash(wanted);
    let say = |code: Code, message: String, remedy: &'static str| {
        Some(Mistake {
            code,
            message,
            remedy,
            text: text.clone(),
        })
    };
    if let Some(code) = undone(&found, |clean| squash(clean) == target) {
        let (message, remedy) = words(code, &found);
        return say(code, message, remedy);
    }
    let bare = squash(&found);
    if bare == target {
        return if found.trim_end() == wanted.trim_end() || found.trim() == wanted.trim() {
            let (message, remedy) = words(codes::TRAILING_SPACE, &found);
            say(codes::TRAILING_SPACE, message, remedy)
        } else {
            let (message, remedy) = words(codes::SPACE_AT_JOIN, &found);
            say(codes::SPACE_AT_JOIN, message, remedy)
        };
    }
    if bare.eq_ignore_ascii_case(&target) && capitals(&bare) < capitals(&target) {
        let (message, remedy) = words(codes::KEY_LOWER_CASED, &found);
        return say(codes::KEY_LOWER_CASED, message, remedy);
    }
    let beginning = squash(&without_quotes(&found));
    if beginning.len() < target.len()
        && beginning.len() >= SHORTEST_CUT
        && target.starts_with(&beginning)
    {
        return say(
            codes::CUT_AT_255,
            format!(
                "Only the first {} of {} characters were published: the value was cut off.",
                found.chars().count(),
                wanted.chars().count()
            ),
            "Enter the whole value; if the panel cuts it again, enter it in the parts that the panel allows.",
        );
    }
    None
}

/// Which of the usual additions, taken away, makes the value right again: quotation marks, odd characters, backslashes; the first where
/// it takes several.
pub(super) fn undone(found: &str, is_right: impl Fn(&str) -> bool) -> Option<Code> {
    let cleaned = [
        (without_quotes(found), codes::QUOTES_KEPT),
        (without_curly(found), codes::CURLY_QUOTES),
        (without_backslashes(found), codes::BACKSLASH_SEMICOLON),
    ];
    let changed = || cleaned.iter().filter(|(clean, _)| *clean != found);
    let all_clean = without_backslashes(&without_quotes(&without_curly(found)));
    changed()
        .find(|(clean, _)| is_right(clean))
        .or_else(|| changed().next().filter(|_| is_right(&all_clean)))
        .map(|(_, code)| *code)
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
