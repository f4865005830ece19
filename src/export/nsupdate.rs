//! A script for nsupdate (RFC 2136): one message a zone, which is carried out as a whole or not at all.
//!
//! Prerequisites say what must stand there: nothing, or exactly what was seen. So the script never changes what nobody looked at, and
//! removes only what it names.

use crate::export::Sheet;
use crate::export::as_of;
use crate::export::set::Change;
use crate::export::set::Set;
use crate::export::set::Value;
use crate::export::set::sets;
use crate::export::set::zones;
use crate::export::text::absolute;
use crate::export::text::comment;
use crate::export::text::data;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

pub fn print(sheet: &Sheet) -> String {
    let mut text = comment(";", &format!("records for the mail of {}", sheet.domain));
    text += &as_of(";", sheet);
    text += "; run it with: nsupdate -k KEYFILE THISFILE (add a line \"server NAME\" where the update goes elsewhere than to the zone's primary)\n";
    text += "; each zone is changed as a whole, or refused as a whole where something else stands there by now\n";
    let sets = sets(sheet);
    for zone in zones(&sets) {
        let of_zone: Vec<&Set<'_>> = sets.iter().filter(|set| set.zone == zone).collect();
        text += &self::zone(zone, &of_zone);
    }
    text
}

/// The message of one zone: prerequisites first, as RFC 2136 has them.
fn zone(zone: &DomainName, sets: &[&Set<'_>]) -> String {
    let mut text = format!("\nzone {}\n", absolute(zone));
    for set in sets {
        text += &comment(";", &set.purpose());
        text += &if set.may_be_tried() {
            prerequisites(set)
        } else {
            left_out(set)
        };
    }
    let changes: String = sets
        .iter()
        .filter(|set| set.may_be_tried())
        .map(|set| changes(set))
        .collect();
    if changes.is_empty() {
        return text + "; nothing to change here\n";
    }
    text + &changes + "send\n"
}

/// One such change would make the server refuse the others too.
fn left_out(set: &Set<'_>) -> String {
    let mut text = match &set.change {
        Change::Unknown { why, .. } => comment(";", &format!("left out: {why}")),
        _ => String::new(),
    };
    for line in changes(set).lines() {
        text += &comment(";  ", line);
    }
    text
}

fn prerequisites(set: &Set<'_>) -> String {
    let name = absolute(set.owner);
    match &set.change {
        Change::Create { .. } | Change::Unknown { .. } => {
            let mut text = String::new();
            if let Change::Unknown { why, .. } = &set.change {
                text += &comment(
                    ";",
                    &format!("{why}: it is refused unless nothing stands there"),
                );
            }
            if set.record_type == RecordType::Cname {
                // An alias stands alone.
                text + &format!("prereq nxdomain {name}\n")
            } else {
                text + &format!(
                    "prereq nxrrset {name} IN {}\nprereq nxrrset {name} IN CNAME\n",
                    set.record_type
                )
            }
        }
        Change::Nothing { kept, .. } => {
            let values: Vec<String> = kept.iter().map(Value::shown).collect();
            comment(
                ";",
                &format!("it is there already: {}", values.join(" and also ")),
            )
        }
        Change::Change { .. } => {
            let before = set.before().unwrap_or_default();
            let mut text = String::new();
            if before.iter().any(Value::is_cut) {
                text += "; a text of more than 255 characters is taken to be cut after each 255; cut elsewhere, it is refused\n";
            }
            for value in &before {
                text += &format!(
                    "prereq yxrrset {name} IN {} {}\n",
                    value.record_type(),
                    data(value)
                );
            }
            // What stands there of other types would silently keep an alias from being added.
            if set.record_type != RecordType::Cname {
                for other in [RecordType::Cname, set.record_type] {
                    if before.iter().all(|value| value.record_type() != other) {
                        text += &format!("prereq nxrrset {name} IN {other}\n");
                    }
                }
            }
            text
        }
    }
}

fn changes(set: &Set<'_>) -> String {
    let name = absolute(set.owner);
    let mut text = String::new();
    for value in set.gone() {
        text += &format!(
            "update delete {name} IN {} {}\n",
            value.record_type(),
            data(value)
        );
    }
    let added = match &set.change {
        Change::Create { added } | Change::Change { added, .. } | Change::Unknown { added, .. } => {
            added.as_slice()
        }
        Change::Nothing { .. } => &[],
    };
    for value in added {
        text += &format!(
            "update add {name} {} IN {} {}\n",
            set.ttl,
            value.record_type(),
            data(value)
        );
    }
    text
}
