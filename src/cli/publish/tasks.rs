//! What a run is to do: the records that the setup wants, or the newest change taken back.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::cli::publish::Arguments;
use crate::cli::publish::job::Task;
use crate::cli::records;
use crate::dns::Zone;
use crate::export::rows;
use crate::plan::facts::Facts;
use crate::plan::publish;
use crate::plan::publish::Wish;
use crate::plan::wanted;
use crate::records::name::DomainName;
use crate::records::record::Record;

/// The records that the setup wants now, each under the name that has to be looked up for its zone, in the order of the ladder: keys come first.
pub fn publish_tasks(
    facts: &Facts,
    domain: &DomainName,
    folder: &Path,
    arguments: &Arguments,
    globals: &Globals,
) -> Result<(Vec<(DomainName, Task)>, Exit), Exit> {
    let (lost, end) = records::lost(facts, folder);
    let now = globals.clock().to_zoned(TimeZone::system());
    let (sheet, _) = rows::sheet(facts, domain.clone(), &lost, &now);
    let known = wanted::wanted(facts);
    let records: Vec<&Record> = sheet.rows.iter().map(|row| &row.record).collect();
    let ids = publish::ids(&records, domain);
    let is_meant = chosen(&arguments.only, &ids)?;
    let tasks = sheet
        .rows
        .iter()
        .zip(&ids)
        .filter(|(_, id)| is_meant(id))
        .map(|(row, id)| {
            let replaced = known
                .iter()
                .find(|wanted| wanted.record == row.record)
                .map(|wanted| publish::replaced(facts, wanted))
                .unwrap_or_default();
            let wish = Wish {
                id: id.clone(),
                purpose: row.purpose.clone(),
                record: row.record.clone(),
                replaced,
                mates: publish::mates(&row.record, &records),
            };
            (row.record.owner.clone(), Task::Publish(vec![wish]))
        })
        .collect();
    Ok((tasks, end))
}

/// The changes of the newest run, turned round.
pub fn undo_tasks(facts: &Facts, arguments: &Arguments) -> Result<Vec<(DomainName, Task)>, Exit> {
    let newest = publish::kept::newest(facts);
    let ids: Vec<String> = newest
        .iter()
        .flat_map(|kept| kept.changes.iter().map(|change| change.id.clone()))
        .collect();
    if !arguments.only.is_empty() {
        return Err(printer::complain(
            Exit::Usage,
            "--undo takes a whole change back, and --only names a part of one",
            &format!(
                "leave --only away; the newest change is of {}",
                ids.join(", ")
            ),
        ));
    }
    Ok(newest
        .into_iter()
        .filter_map(|kept| {
            let zone: DomainName = kept.zone.parse().ok()?;
            let task = Task::Undo {
                began: kept.at,
                changes: kept.changes.clone(),
            };
            Some((zone, task))
        })
        .collect())
}

/// The records that `--only` names; all of them where it names none.
fn chosen<'a>(only: &'a [String], ids: &[String]) -> Result<impl Fn(&str) -> bool + 'a, Exit> {
    if let Some(unknown) = only.iter().find(|word| !ids.contains(word)) {
        let known = match ids {
            [] => "the setup wants no record yet".to_owned(),
            ids => format!("the setup wants: {}", ids.join(", ")),
        };
        return Err(printer::complain(
            Exit::Usage,
            &format!("there is no record {unknown} to publish"),
            &known,
        ));
    }
    Ok(|id: &str| only.is_empty() || only.iter().any(|word| word == id))
}

/// Puts tasks of one zone together.
pub fn join(zones: &mut Vec<(Zone, Task)>, zone: Zone, task: Task) {
    let there = zones.iter_mut().find(|(known, _)| known.apex == zone.apex);
    match (there, task) {
        (Some((_, Task::Publish(wishes))), Task::Publish(more)) => wishes.extend(more),
        (Some((_, Task::Undo { changes, .. })), Task::Undo { changes: more, .. }) => {
            changes.extend(more);
        }
        (_, task) => zones.push((zone, task)),
    }
}
