//! What stood at a name when the domain's own name servers were last asked: whole sets of records, so that an export can keep what is not
//! ours. Trouble never erases what is known; name servers that disagree do.

use jiff::Timestamp;

use crate::audit::report::SetReport;
use crate::audit::sets;
use crate::plan::facts::Facts;
use crate::plan::facts::There;
use crate::records::name::DomainName;
use crate::records::record::Record;
use crate::records::sighting::Question;
use crate::records::sighting::Sighting;
use crate::records::verdict;

/// Bytes of one set that are kept: strangers may have put more there than a setup should carry.
const LARGEST: usize = 16_384;
/// Bytes of all sets that are kept.
const LARGEST_OF_ALL: usize = 262_144;

/// What stood at the name of `record`, in the type that shows it ([`verdict::question`]); None where nobody could tell.
pub fn there<'f>(facts: &'f Facts, record: &Record) -> Option<&'f There> {
    facts.there.get(&key(&verdict::question(record)))
}

/// Keeps what a full look found, taken out of its report.
pub fn surveyed(facts: &mut Facts, sets: Vec<SetReport>, at: Timestamp) {
    for set in sets {
        keep(facts, set, at);
    }
}

/// Keeps what a look at one record of `zone` found.
pub fn looked(
    facts: &mut Facts,
    record: &Record,
    zone: &DomainName,
    sightings: &[Sighting],
    at: Timestamp,
) {
    let question = verdict::question(record);
    let nobody = verdict::nobody(record, zone);
    if let Some(set) = sets::of_sightings(&question, nobody.as_ref(), sightings) {
        keep(facts, set, at);
    }
}

fn keep(facts: &mut Facts, set: SetReport, at: Timestamp) {
    let key = format!("{} {}", set.name, set.record_type);
    facts.there.remove(&key);
    let size: usize = set.values.iter().map(String::len).sum();
    let sizes = facts.there.values().flat_map(|there| &there.values);
    let all: usize = sizes.map(String::len).sum::<usize>() + size;
    if !set.agreed || size > LARGEST || all > LARGEST_OF_ALL {
        return;
    }
    facts.there.insert(
        key,
        There {
            // Whole seconds, as people read them in exports.
            at: Timestamp::from_second(at.as_second()).unwrap_or(at),
            alias: set.alias,
            ttl: set.ttl,
            values: set.values,
        },
    );
}

fn key(question: &Question) -> String {
    format!("{} {}", question.owner, question.record_type)
}
