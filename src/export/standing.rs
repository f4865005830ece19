//! What stood at the name of a record, from the facts of a setup.

use crate::export::set::Seen;
use crate::export::set::There;
use crate::export::set::Value;
use crate::plan::facts::Facts;
use crate::plan::there;
use crate::records::record::Record;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::verdict;

/// All that stood at the name of the record when the zone's own servers were last asked.
pub fn there(facts: &Facts, record: &Record) -> There {
    seen(facts, record).map_or(There::Unknown, There::Seen)
}

/// What stood at the name of the record; None where nobody could tell, or where what was kept cannot be read.
fn seen(facts: &Facts, record: &Record) -> Option<Seen> {
    let there = there::there(facts, record)?;
    let record_type = verdict::question(record).record_type;
    let mut values: Vec<Value> = Vec::new();
    if let Some(alias) = &there.alias {
        values.push(Value::Alias(alias.parse().ok()?));
    }
    for text in &there.values {
        values.push(value(text, record_type)?);
    }
    Some(Seen {
        at: there.at,
        ttl: there.ttl,
        values,
    })
}

fn value(text: &str, record_type: RecordType) -> Option<Value> {
    match record_type {
        RecordType::Txt => Untrusted::from_shown(text).map(Value::Text),
        RecordType::Mx => {
            let (preference, exchange) = text.split_once(' ')?;
            Some(Value::Mx {
                preference: preference.parse().ok()?,
                exchange: exchange.parse().ok()?,
            })
        }
        _ => None,
    }
}
