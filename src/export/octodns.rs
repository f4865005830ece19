//! A zone's records for octoDNS (YAML), to be merged into the zone's file: octoDNS deletes what its files do not name.
//!
//! A set of records is one entry there, so what stands beside ours is in it. A set that is not known stands as a comment.

use std::cmp::Ordering;

use crate::export::Sheet;
use crate::export::as_of;
use crate::export::main_zone;
use crate::export::set::Change;
use crate::export::set::Set;
use crate::export::set::Value;
use crate::export::set::sets;
use crate::export::text::absolute;
use crate::export::text::comment;
use crate::records::name::DomainName;

pub fn print(sheet: &Sheet) -> String {
    let sets = sets(sheet);
    let zone = main_zone(sheet);
    let (ours, elsewhere): (Vec<&Set<'_>>, Vec<&Set<'_>>) =
        sets.iter().partition(|set| set.zone == zone);
    let mut text = String::from("---\n");
    text += &comment(
        "#",
        &format!(
            "records for the mail of {}, to merge into config/{zone}.yaml",
            sheet.domain
        ),
    );
    text += &as_of("#", sheet);
    text +=
        "# octoDNS deletes what its files do not name: do not use this as the zone's only file.\n";
    text +=
        "# An entry here takes the place of the entry of the same name and type in your file.\n";
    let mut names: Vec<String> = Vec::new();
    for set in &ours {
        let name = key(set.owner, zone);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by(|left, right| natural(left, right));
    let mut written = false;
    for name in &names {
        let here: Vec<&Set<'_>> = ours
            .iter()
            .copied()
            .filter(|set| key(set.owner, zone) == *name)
            .collect();
        let (known, unknown): (Vec<&Set<'_>>, Vec<&Set<'_>>) =
            here.into_iter().partition(|set| is_written(set));
        written |= !known.is_empty();
        text += &entry(name, &known, false);
        text += &left_out(name, &unknown);
    }
    for set in elsewhere {
        text += &comment(
            "#",
            &format!("for the zone {}, which has a file of its own:", set.zone),
        );
        text += &hidden(&entry(&key(set.owner, set.zone), &[set], true));
    }
    if !written {
        text += "{}\n";
    }
    text
}

/// True where the whole set is known and octoDNS can hold every value of it.
pub fn is_written(set: &Set<'_>) -> bool {
    set.after()
        .is_some_and(|values| values.iter().all(|value| scalar(value).is_some()))
}

fn left_out(name: &str, sets: &[&Set<'_>]) -> String {
    let mut text = String::new();
    for set in sets {
        let why = match &set.change {
            Change::Unknown { why, .. } => why.to_string(),
            _ => "a text stands at this name that octoDNS cannot hold".to_owned(),
        };
        text += &comment(
            "#",
            &format!(
                "left out: {why}. Put the values of {} into your entry by hand, beside what is there:",
                set.owner
            ),
        );
        text += &hidden(&entry(name, &[set], true));
    }
    text
}

fn hidden(text: &str) -> String {
    text.lines().map(|line| format!("#   {line}\n")).collect()
}

/// The entry of one name; `ours`: without what stands beside.
fn entry(name: &str, sets: &[&Set<'_>], ours: bool) -> String {
    if sets.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    for set in sets {
        text += &comment("#", &set.purpose());
        for old in set.gone() {
            text += &comment("#", &format!("replaces: {}", old.shown()));
        }
    }
    text += &format!("{}:\n", quoted(name));
    for set in sets {
        let indent = if sets.len() > 1 { "    " } else { "  " };
        let block = block(set, ours);
        for (at, line) in block.iter().enumerate() {
            let lead = if sets.len() > 1 && at == 0 {
                "  - "
            } else {
                indent
            };
            text += &format!("{lead}{line}\n");
        }
    }
    text
}

/// The lines of one set; octoDNS wants them in order of the alphabet.
fn block(set: &Set<'_>, ours: bool) -> Vec<String> {
    let values = match set.after() {
        Some(values) if !ours => values,
        _ => set.ours(),
    };
    let mut lines = vec![
        format!("ttl: {}", set.ttl),
        format!("type: {}", set.record_type),
    ];
    match values.as_slice() {
        [one @ (Value::Text(_) | Value::Alias(_))] => {
            lines.push(format!("value: {}", said(one)));
        }
        several => {
            lines.push("values:".to_owned());
            for value in several {
                lines.extend(item(value));
            }
        }
    }
    lines
}

fn item(value: &Value) -> Vec<String> {
    match value {
        Value::Mx {
            preference,
            exchange,
        } => vec![
            format!("- exchange: {}", absolute(exchange)),
            format!("  preference: {preference}"),
        ],
        value => vec![format!("- {}", said(value))],
    }
}

/// As [`scalar`]; what octoDNS cannot hold, which stands in comments only, as people read it.
fn said(value: &Value) -> String {
    scalar(value).unwrap_or_else(|| value.shown())
}

/// A value in quotes of YAML; None where octoDNS would change it. A semicolon has a backslash there.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Mx { .. } => Some(String::new()),
        Value::Alias(target) => Some(absolute(target)),
        Value::Text(text) => {
            let text = text.as_ascii()?;
            let is_safe = !text.is_empty()
                && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
                && !text.contains(['\\', '"']);
            is_safe.then(|| quoted(&text.replace(';', "\\;")))
        }
    }
}

/// A text between single quotes: nothing in it is special to YAML then but the quote.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The name in the zone; empty for the apex.
fn key(owner: &DomainName, zone: &DomainName) -> String {
    owner
        .relative_to(zone)
        .map_or_else(|| owner.to_string(), str::to_owned)
}

/// The order that octoDNS checks: numbers within names count as numbers.
fn natural(left: &str, right: &str) -> Ordering {
    parts(left).cmp(&parts(right))
}

/// Texts and numbers in turn, a text first. A number by its length without zeros, and its digits.
fn parts(name: &str) -> Vec<(String, usize, String)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest.len() - rest.trim_start_matches(|c: char| !c.is_ascii_digit()).len();
        let (word, tail) = rest.split_at(text);
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = tail.split_at(digits);
        let number = number.trim_start_matches('0');
        parts.push((word.to_owned(), number.len(), number.to_owned()));
        rest = tail;
    }
    parts
}
