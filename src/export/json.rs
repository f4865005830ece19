//! The records as one JSON document for scripts.

use serde::Serialize;

use crate::export::Row;
use crate::export::Sheet;
use crate::export::set;
use crate::export::set::Set;
use crate::records::record::strings;
use crate::records::sighting::RecordType;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    domain: &'a str,
    records: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    owner: &'a str,
    #[serde(rename = "type")]
    record_type: &'static str,
    ttl: u32,
    /// The value; a TXT as one string.
    value: String,
    /// The character-strings of a TXT, in presentation form without quotes; null for other types.
    strings: Option<Vec<String>>,
    zone: &'a str,
    dns_host: Option<Host>,
    /// What to type into the panel's name field, where that is known.
    name_in_panel: Option<String>,
    purpose: &'a str,
    state: &'a str,
    replaces: Option<&'a str>,
    /// All that stands at the name now; null where nobody could tell.
    there: Option<There>,
}

#[derive(Serialize)]
struct There {
    seen_at: String,
    ttl: Option<u32>,
    values: Vec<Standing>,
}

#[derive(Serialize)]
struct Standing {
    #[serde(rename = "type")]
    record_type: &'static str,
    /// A text in presentation form without quotes, as one string.
    value: String,
    /// `true`: it stays as it is; `false`: the record takes its place; null: that cannot be told.
    stays: Option<bool>,
}

#[derive(Serialize)]
struct Host {
    id: &'static str,
    name: &'static str,
}

pub fn print(sheet: &Sheet) -> String {
    let sets = set::sets(sheet);
    let document = Document {
        schema: 1,
        domain: sheet.domain.as_str(),
        records: sheet
            .rows
            .iter()
            .map(|row| entry(row, set_of(&sets, row)))
            .collect(),
    };
    // Strings and numbers alone: this always has a JSON form.
    serde_json::to_string(&document).unwrap_or_default() + "\n"
}

fn set_of<'s>(sets: &'s [Set<'s>], row: &Row) -> Option<&'s Set<'s>> {
    sets.iter().find(|set| {
        *set.owner == row.record.owner && set.record_type == row.record.content.record_type()
    })
}

fn there(row: &Row, set: Option<&Set<'_>>) -> Option<There> {
    let set::There::Seen(seen) = &row.there else {
        return None;
    };
    let after = set.and_then(Set::after);
    Some(There {
        seen_at: seen.at.to_string(),
        ttl: seen.ttl,
        values: seen
            .values
            .iter()
            .map(|value| Standing {
                record_type: value.record_type().as_str(),
                value: value.shown(),
                stays: after.as_ref().map(|after| after.contains(value)),
            })
            .collect(),
    })
}

fn entry<'r>(row: &'r Row, set: Option<&Set<'_>>) -> Entry<'r> {
    let record = &row.record;
    let record_type = record.content.record_type();
    let value = record.content.to_string();
    Entry {
        owner: record.owner.as_str(),
        record_type: record_type.as_str(),
        ttl: record.ttl.0,
        strings: (record_type == RecordType::Txt).then(|| strings(&value)),
        value,
        zone: row.zone.as_str(),
        dns_host: row.host.map(|host| Host {
            id: host.id.as_str(),
            name: &host.name,
        }),
        name_in_panel: row
            .host
            .and_then(|host| host.name_in_panel(&record.owner, &row.zone)),
        purpose: &row.purpose,
        state: &row.state,
        replaces: row.replaces.as_deref(),
        there: there(row, set),
    }
}
