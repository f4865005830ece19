//! The rows of a sheet, from the facts of a setup.

use crate::catalog::dns_host::DnsHost;
use crate::export::Row;
use crate::export::set::Seen;
use crate::export::set::There;
use crate::export::set::Value;
use crate::plan::facts::Facts;
use crate::plan::panel;
use crate::plan::there;
use crate::plan::wanted;
use crate::records::name::DomainName;
use crate::records::record::Record;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::verdict;

/// One record, with where it goes, and what is known of its name.
pub fn row(purpose: String, record: Record, replaces: Option<String>, facts: &Facts) -> Row {
    let (zone, host) = place(&record.owner, facts);
    let value = record.content.to_string();
    let state = facts
        .seen
        .get(&wanted::key(&record))
        .filter(|seen| seen.value == value)
        .map_or("unknown", |seen| seen.verdict.as_str());
    Row {
        purpose,
        zone,
        host,
        state: state.to_owned(),
        replaces,
        there: seen(facts, &record).map_or(There::Unknown, There::Seen),
        record,
    }
}

/// The zone that holds a name, and who answers for it. A name elsewhere (permission for reports) belongs to a zone that was not looked at.
fn place(owner: &DomainName, facts: &Facts) -> (DomainName, Option<&'static DnsHost>) {
    let zone = panel::zone(facts);
    if owner.is_within(&zone) {
        return (zone, panel::host(facts));
    }
    (owner.registrable().unwrap_or(zone), None)
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
