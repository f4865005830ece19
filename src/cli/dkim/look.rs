//! A look at records of keys: every name server of the zone is asked, then resolvers; what was seen goes into the facts.

use tokio::runtime::Builder;

use crate::cli::Exit;
use crate::cli::client;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::plan::facts::Facts;
use crate::plan::seen;
use crate::plan::wanted::Wanted;
use crate::records::verdict;
use crate::records::verdict::Verdict;

/// Looks for the records, one after the other, and gives how that ends a run: trouble is said and changes nothing of what is kept.
pub fn at(wanted: &[Wanted], facts: &mut Facts, globals: &Globals) -> Result<Exit, Exit> {
    if wanted.is_empty() {
        return Ok(Exit::Well);
    }
    let client = client::client(globals)?;
    let runtime = client::runtime(&mut Builder::new_current_thread())?;
    let mut end = Exit::Well;
    for wanted in wanted {
        let record = &wanted.record;
        let now = globals.clock();
        let judgement = runtime.block_on(async {
            let zone = client.zone_of(&record.owner).await.ok()?;
            let sightings = client.look(record, &zone).await;
            Some(if client.asks_resolvers_only() {
                verdict::recursive::judge_by_resolvers(record, &zone.apex, &sightings, now)
            } else {
                verdict::judge(record, &zone.apex, &sightings, now)
            })
        });
        match judgement {
            Some(judgement) if !matches!(judgement.verdict, Verdict::Unknown { .. }) => {
                seen::looked(facts, &wanted.key, &judgement, now);
                for finding in &judgement.findings {
                    printer::remark(globals.quiet, &finding.message);
                }
                if judgement.verdict != Verdict::Published {
                    let word = judgement.verdict.word();
                    printer::remark(globals.quiet, &format!("{}: {word}", wanted.key));
                }
            }
            _ => {
                end = printer::complain(
                    Exit::Unknown,
                    &format!(
                        "could not see {}: no name server gave a useful answer",
                        wanted.key
                    ),
                    "check the connection and try again; what was seen before is kept",
                );
            }
        }
    }
    Ok(end)
}
