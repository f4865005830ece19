//! The rows as the panel of the DNS host wants them typed. Where the host is not known, both forms of a name are given.

use crate::catalog::dns_host::DnsHost;
use crate::export::Row;
use crate::export::Sheet;
use crate::export::set::Why;
use crate::export::set::is_crossed;
use crate::records::record::Content;

/// Width of the column of labels.
const LABELS: usize = 10;

pub fn print(sheet: &Sheet) -> String {
    let blocks: Vec<String> = sheet
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| block(at + 1, row, sheet))
        .collect();
    blocks.join("\n")
}

fn block(number: usize, row: &Row, sheet: &Sheet) -> String {
    let mut text = format!("{number}. {} [{}]\n", row.purpose, row.state);
    for (label, value) in rows(row) {
        text.push_str(&format!("   {label:LABELS$}{value}\n"));
    }
    if is_crossed(row, sheet) {
        text.push_str(&format!("   {:LABELS$}{}\n", "Note", Why::Crossed));
    }
    text
}

/// Label and value of what to type, in the order of most panels.
pub fn rows(row: &Row) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(place) = row.host.and_then(place) {
        rows.push(("Where", place));
    }
    rows.push(("Type", row.record.content.record_type().to_string()));
    rows.extend(names(row));
    if let Content::Mx { preference, .. } = &row.record.content {
        rows.push(("Priority", preference.to_string()));
    }
    rows.push(("Value", value(&row.record.content, row.host)));
    rows.push(("TTL", ttl(row)));
    if let Some(old) = &row.replaces {
        rows.push(("Replaces", old.clone()));
    }
    rows.extend(notes(row).into_iter().map(|note| ("Note", note)));
    rows
}

pub fn place(host: &DnsHost) -> Option<String> {
    if host.menu_path.is_empty() {
        return None;
    }
    Some(format!("{} > {}", host.name, host.menu_path.join(" > ")))
}

/// The name as the panel wants it beside the whole name; both forms where it is not known which is wanted.
fn names(row: &Row) -> Vec<(&'static str, String)> {
    let owner = &row.record.owner;
    let whole = owner.to_string();
    if let Some(name) = row
        .host
        .and_then(|host| host.name_in_panel(owner, &row.zone))
    {
        let name = if name.is_empty() {
            "(leave it empty)".to_owned()
        } else {
            name
        };
        return vec![("Name", name), ("In full", whole)];
    }
    let short = match owner.relative_to(&row.zone) {
        Some("") => "@",
        Some(relative) => relative,
        None => &whole,
    };
    vec![
        ("Name", short.to_owned()),
        ("In full", whole.clone()),
        (
            "Note",
            format!(
                "most panels want the short name and add {} themselves; if yours does not, type the name in full",
                row.zone
            ),
        ),
    ]
}

/// The value as the panel wants it; a target or a text as it is where the panel is not known.
pub fn value(content: &Content, host: Option<&DnsHost>) -> String {
    match (host, content) {
        (Some(host), content) => host.value_in_panel(content),
        (None, Content::Mx { exchange, .. }) => exchange.to_string(),
        (None, content) => content.to_string(),
    }
}

pub fn ttl(row: &Row) -> String {
    let least = row.host.and_then(|host| host.ttl_min).unwrap_or(0);
    row.record.ttl.0.max(least).to_string()
}

pub fn notes(row: &Row) -> Vec<String> {
    let Some(host) = row.host else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    let length = row.record.content.to_string().len();
    match row.record.content {
        Content::Cname(_) => {
            if host.cname_proxy == Some(true) {
                notes.push("switch the proxy off for this record (\"DNS only\")".to_owned());
            }
        }
        _ => {
            if host.takes_txt(length) == Some(false) {
                notes.push(format!(
                    "this value has {length} characters, and {} takes fewer in one record",
                    host.name
                ));
            }
        }
    }
    notes
}
