//! A change batch for Amazon Route 53, as `aws route53 change-resource-record-sets --change-batch file://…` takes it.
//!
//! Route 53 keeps whole sets of records, and carries out a batch as a whole or not at all. `CREATE` fails where a set is there. A set that
//! is there is named whole with `DELETE`, which fails where it changed meanwhile, and made anew with what stays. Only where its exact form
//! cannot be known (a text cut at an unknown place), `UPSERT` writes it, with all that was seen there.

use serde::Serialize;

use crate::export::Sheet;
use crate::export::main_zone;
use crate::export::set::Change;
use crate::export::set::Set;
use crate::export::set::Value;
use crate::export::set::sets;
use crate::export::text::absolute;
use crate::export::text::escaped_octal;
use crate::export::text::quoted;
use crate::records::sighting::RecordType;

/// The most characters of a comment there.
const COMMENT: usize = 256;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    comment: String,
    changes: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    action: &'static str,
    resource_record_set: Records,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Records {
    name: String,
    r#type: &'static str,
    #[serde(rename = "TTL")]
    ttl: u32,
    resource_records: Vec<Record>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    value: String,
}

pub fn print(sheet: &Sheet) -> String {
    let zone = main_zone(sheet);
    let sets = sets(sheet);
    let elsewhere: Vec<String> = sets
        .iter()
        .filter(|set| set.zone != zone)
        .map(|set| set.owner.to_string())
        .collect();
    let mut comment = format!("Records for the mail of {}, zone {zone}", sheet.domain);
    if !elsewhere.is_empty() {
        comment += &format!("; in other zones, not here: {}", elsewhere.join(", "));
    }
    let batch = Batch {
        comment: comment.chars().take(COMMENT).collect(),
        changes: sets
            .iter()
            .filter(|set| set.zone == zone && set.may_be_tried())
            .flat_map(entries)
            .collect(),
    };
    // Strings and numbers alone: this always has a JSON form.
    serde_json::to_string_pretty(&batch).unwrap_or_default() + "\n"
}

fn entries(set: &Set<'_>) -> Vec<Entry> {
    let records = |record_type: RecordType, ttl: u32, values: &[Value]| Records {
        name: absolute(set.owner),
        r#type: record_type.as_str(),
        ttl,
        resource_records: values
            .iter()
            .map(|value| Record { value: data(value) })
            .collect(),
    };
    let entry = |action, resource_record_set| Entry {
        action,
        resource_record_set,
    };
    match &set.change {
        Change::Nothing { .. } => Vec::new(),
        Change::Create { added } | Change::Unknown { added, .. } => {
            vec![entry("CREATE", records(set.record_type, set.ttl, added))]
        }
        Change::Change { ttl, .. } => {
            let before = set.before().unwrap_or_default();
            let after = set.after().unwrap_or_default();
            let new = records(set.record_type, set.ttl, &after);
            let old_type = before.first().map_or(set.record_type, Value::record_type);
            match ttl {
                Some(ttl) if !before.iter().any(Value::is_cut) => vec![
                    entry("DELETE", records(old_type, *ttl, &before)),
                    entry("CREATE", new),
                ],
                _ if old_type == set.record_type => vec![entry("UPSERT", new)],
                // The old one has to be deleted by hand: CREATE fails until then.
                _ => vec![entry("CREATE", new)],
            }
        }
    }
}

fn data(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text.as_bytes(), escaped_octal, " "),
        Value::Mx {
            preference,
            exchange,
        } => format!("{preference} {}", absolute(exchange)),
        Value::Alias(target) => absolute(target),
    }
}
