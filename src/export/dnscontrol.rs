//! Records for DNSControl, as an addition to a zone that its configuration holds already.
//!
//! `D_EXTEND` needs the zone's own `D(...)`: alone, this deletes nothing. Each record stands by itself there; what one of ours replaces
//! has to be taken out of `D(...)`, and is named.

use crate::export::Sheet;
use crate::export::as_of;
use crate::export::main_zone;
use crate::export::set::Change;
use crate::export::set::Set;
use crate::export::set::Value;
use crate::export::set::sets;
use crate::export::set::zones;
use crate::export::text::absolute;
use crate::export::text::comment;
use crate::export::text::relative;
use crate::records::name::DomainName;

pub fn print(sheet: &Sheet) -> String {
    let mut text = comment("//", &format!("records for the mail of {}", sheet.domain));
    text += &as_of("//", sheet);
    text += "// Save this beside dnsconfig.js and take it in after the D(...) of the zone: require(\"./THISFILE.js\");\n";
    text += "// Everything else at these names stays, as long as it is in your D(...) or NO_PURGE is set.\n";
    let sets = sets(sheet);
    let main = main_zone(sheet);
    for zone in zones(&sets) {
        let of_zone: Vec<&Set<'_>> = sets.iter().filter(|set| set.zone == zone).collect();
        text.push('\n');
        if zone == main {
            text += &extension(zone, &of_zone);
        } else {
            // Without its own D(...) it would stop everything.
            text += &comment("//", &format!("if the zone {zone} is with you too:"));
            for line in extension(zone, &of_zone).lines() {
                text += &format!("//   {line}\n");
            }
        }
    }
    text
}

fn extension(zone: &DomainName, sets: &[&Set<'_>]) -> String {
    let mut text = format!("D_EXTEND({}", string(zone.as_str()));
    let mut left = String::new();
    for set in sets {
        let records: Vec<String> = set
            .ours()
            .iter()
            .filter_map(|value| record(set.owner, zone, value, Some(set.ttl)))
            .collect();
        if let Change::Unknown { why, .. } = &set.change {
            let why = format!("left out: {why}. Look first; keep what is there:");
            left += &format!("{}  {}", lead(set, zone), comment("//", &why));
            for record in records {
                left += &format!("  //   {record}\n");
            }
        } else {
            text += &format!(",\n{}  {}", lead(set, zone), records.join(",\n  "));
        }
    }
    text + &format!("\n{left});\n")
}

/// What is said above a set.
fn lead(set: &Set<'_>, zone: &DomainName) -> String {
    let mut text = format!("  {}", comment("//", &set.purpose()));
    match &set.change {
        Change::Nothing { .. } => {
            text += "  // it is there already: take this line out if your D(...) has it\n";
        }
        Change::Create { .. } | Change::Change { .. } | Change::Unknown { .. } => {}
    }
    for old in set.gone() {
        let line = record(set.owner, zone, old, None).unwrap_or_else(|| old.shown());
        text += &format!(
            "  {}",
            comment("//", &format!("take out of your D(...): {line}"))
        );
    }
    text
}

/// None for a text that JavaScript cannot hold byte by byte.
fn record(
    owner: &DomainName,
    zone: &DomainName,
    value: &Value,
    ttl: Option<u32>,
) -> Option<String> {
    let name = string(relative(owner, zone).as_str());
    let ttl = ttl.map_or_else(String::new, |ttl| format!(", TTL({ttl})"));
    Some(match value {
        Value::Text(text) => format!("TXT({name}, {}{ttl})", string(text.as_ascii()?)),
        Value::Alias(target) => format!("CNAME({name}, {}{ttl})", string(&absolute(target))),
        Value::Mx {
            preference,
            exchange,
        } => format!(
            "MX({name}, {preference}, {}{ttl})",
            string(&absolute(exchange))
        ),
    })
}

/// A string of JavaScript: one of JSON is one.
fn string(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
