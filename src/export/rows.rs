//! The sheet of a setup: what the plan wants and what keys were made for, each with the zone it goes to.

use jiff::Timestamp;
use jiff::Zoned;
use jiff::civil::Date;

use crate::catalog::dns_host::DnsHost;
use crate::export::Row;
use crate::export::Sheet;
use crate::export::standing;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::plan::panel;
use crate::plan::steps::dkim::rotation;
use crate::plan::wanted;
use crate::records::dkim::DkimKey;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;

/// Seconds that copies of a key record may be kept: an hour lets a mistake be mended the same day.
const KEY_TTL: Ttl = Ttl(3600);

/// The sheet of the setup of `domain`, made at `now`, and the owner names that are left out: `lost` holds the record texts of keys whose
/// private half is not on disk.
pub fn sheet(
    facts: &Facts,
    domain: DomainName,
    lost: &[&str],
    now: &Zoned,
) -> (Sheet, Vec<DomainName>) {
    let mut rows: Vec<Row> = wanted::wanted(facts)
        .into_iter()
        .map(|wanted| row(wanted.purpose, wanted.record, wanted.replaces, facts))
        .collect();
    for record in rotation::kept(facts).filter_map(|key| key_record(key, &domain)) {
        if !rows.iter().any(|row| row.record.owner == record.owner) {
            let purpose = "Sign your mail (DKIM)".to_owned();
            rows.push(row(purpose, record, None, facts));
        }
    }
    let (rows, out): (Vec<Row>, Vec<Row>) = rows
        .into_iter()
        .partition(|row| !lost.contains(&row.record.content.to_string().as_str()));
    let survey = facts.survey.as_ref();
    let day = |at: Timestamp| -> Date { at.to_zoned(now.time_zone().clone()).date() };
    let sheet = Sheet {
        domain,
        rows,
        made: now.date(),
        looked: survey.map(|survey| day(survey.checked_at)),
        name_servers: survey
            .into_iter()
            .flat_map(|survey| &survey.nameservers)
            .filter_map(|server| server.name.parse().ok())
            .collect(),
        asked_by: None,
        provider: None,
    };
    let left_out = out.into_iter().map(|row| row.record.owner).collect();
    (sheet, left_out)
}

fn key_record(key: &MadeKey, domain: &DomainName) -> Option<Record> {
    let selector: Selector = key.selector.parse().ok()?;
    let record: DkimKey = key.record.parse().ok()?;
    Some(Record {
        owner: selector.owner(domain).ok()?,
        content: Content::Dkim(record),
        ttl: KEY_TTL,
    })
}

fn row(purpose: String, record: Record, replaces: Option<String>, facts: &Facts) -> Row {
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
        there: standing::there(facts, &record),
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
