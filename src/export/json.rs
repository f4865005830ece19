//! The records as one JSON document for scripts.

use serde::Serialize;

use crate::export::Row;
use crate::export::Sheet;
use crate::export::strings;
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
}

#[derive(Serialize)]
struct Host {
    id: &'static str,
    name: &'static str,
}

pub fn print(sheet: &Sheet) -> String {
    let document = Document {
        schema: 1,
        domain: sheet.domain.as_str(),
        records: sheet.rows.iter().map(entry).collect(),
    };
    // Strings and numbers alone: this always has a JSON form.
    serde_json::to_string(&document).unwrap_or_default() + "\n"
}

fn entry(row: &Row) -> Entry<'_> {
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
    }
}
