//! Records as resources of Terraform (or OpenTofu), for the provider that is asked for.
//!
//! Where a provider holds each record by itself, only ours are written. Where it holds whole sets, what stands beside ours is in the set.
//! What is there already is taken in with an `import` block, so that the plan shows what would change; what nobody knows stands as a
//! comment, unless the provider itself refuses to make a set that is there.

pub mod hcl;
pub mod providers;
mod resources;

use std::collections::BTreeMap;

use crate::export::Sheet;
use crate::export::as_of;
use crate::export::main_zone;
use crate::export::set::Change;
use crate::export::set::Set;
use crate::export::set::Value;
use crate::export::set::sets;
use crate::export::terraform::hcl::Block;
use crate::export::terraform::hcl::text;
use crate::export::terraform::providers::Place;
use crate::export::terraform::providers::Shape;
use crate::export::text::comment;
use crate::records::name::DomainName;

pub use crate::export::terraform::providers::PROVIDERS;
pub use crate::export::terraform::providers::Provider;
pub use crate::export::terraform::providers::of_sheet;
pub use crate::export::terraform::providers::provider;

/// The records for the provider of the sheet, else of the DNS host that was recognized, else the first.
pub fn print(sheet: &Sheet) -> String {
    let provider = sheet
        .provider
        .or_else(|| of_sheet(sheet))
        .unwrap_or(&PROVIDERS[0]);
    print_for(sheet, provider)
}

fn print_for(sheet: &Sheet, provider: &Provider) -> String {
    let mut file = comment("#", &format!("records for the mail of {}", sheet.domain));
    file += &as_of("#", sheet);
    file += &comment("#", provider.needs);
    file += "# Look at the plan before you apply it: nothing should be destroyed, and only what is named here changes.\n";
    let zone = main_zone(sheet);
    let mut body = String::new();
    let mut variables: Vec<(String, String)> = provider
        .variables
        .iter()
        .map(|(name, about)| ((*name).to_owned(), (*about).to_owned()))
        .collect();
    let mut labels = BTreeMap::new();
    for set in sets(sheet) {
        body.push('\n');
        body += &comment("#", &set.purpose());
        for old in set.gone() {
            body += &comment(
                "#",
                &format!("replaces: {} {}", old.record_type(), old.shown()),
            );
        }
        if set.zone != zone {
            body += &comment(
                "#",
                &format!(
                    "this one is in the zone {}, with its own settings:",
                    set.zone
                ),
            );
            body += &hidden(&blocks(provider, &set, &mut labels, &mut Vec::new()));
        } else if is_written(provider, &set) {
            body += &blocks(provider, &set, &mut labels, &mut variables);
        } else {
            let why = match &set.change {
                Change::Unknown { why, .. } => why.to_string(),
                _ => "a text stands at this name that cannot be written here".to_owned(),
            };
            body += &comment(
                "#",
                &format!(
                    "left out: {why}. Look first; put what is there beside our values at {}:",
                    set.owner
                ),
            );
            body += &hidden(&blocks(provider, &set, &mut labels, &mut Vec::new()));
        }
    }
    for (name, about) in variables {
        let block = Block::new(&format!("variable {}", text(&name)))
            .with("type", "string")
            .with("description", &text(&about));
        file += &format!("\n{}", block.printed());
    }
    file + &body
}

/// True where the resource may stand: what is there is known, or the provider itself refuses to make a set that is there.
pub fn is_written(provider: &Provider, set: &Set<'_>) -> bool {
    let is_known = match &set.change {
        Change::Unknown { .. } => {
            provider.shape == Shape::Set && provider.refuses && set.may_be_tried()
        }
        _ => true,
    };
    is_known
        && written(provider, set)
            .iter()
            .all(|value| (provider.value)(value).is_some())
}

/// The values that the resources hold: of a whole set all, of single records ours.
fn written(provider: &Provider, set: &Set<'_>) -> Vec<Value> {
    match provider.shape {
        Shape::Set => set.after().unwrap_or_else(|| set.ours()),
        Shape::Record => set.ours(),
    }
}

fn hidden(text: &str) -> String {
    text.lines().map(|line| format!("#   {line}\n")).collect()
}

fn blocks(
    provider: &Provider,
    set: &Set<'_>,
    labels: &mut BTreeMap<String, usize>,
    variables: &mut Vec<(String, String)>,
) -> String {
    let place = Place {
        owner: set.owner,
        zone: set.zone,
        record_type: set.record_type,
        ttl: set.ttl,
    };
    let values = written(provider, set);
    match provider.shape {
        Shape::Set => {
            let label = label(set.owner, set, labels);
            let address = format!("{}.{label}", provider.resource_of(set.record_type));
            let is_there = set.before().is_some_and(|before| {
                before
                    .iter()
                    .any(|value| value.record_type() == set.record_type)
            });
            let mut printed = String::new();
            if is_there {
                printed += &import(&address, &(provider.import)(&place, ""));
            }
            printed + &(provider.resource)(&place, &label, &values).printed()
        }
        Shape::Record => {
            let mut old = set
                .gone()
                .iter()
                .filter(|value| value.record_type() == set.record_type);
            let mut printed = String::new();
            for value in &values {
                let label = label(set.owner, set, labels);
                let address = format!("{}.{label}", provider.resource_of(set.record_type));
                if let Some(standing) = set.standing(value).or_else(|| old.next()) {
                    let id = format!("{label}_id");
                    variables.push((
                        id.clone(),
                        format!(
                            "Id of the record that is there now at {}: {}",
                            set.owner,
                            standing.shown()
                        ),
                    ));
                    printed += &import(&address, &(provider.import)(&place, &id));
                }
                let one = std::slice::from_ref(value);
                printed += &(provider.resource)(&place, &label, one).printed();
                printed.push('\n');
            }
            let others = set
                .gone()
                .iter()
                .filter(|value| value.record_type() != set.record_type);
            for left in old.chain(others) {
                printed += &comment(
                    "#",
                    &format!("delete by hand: {} {}", left.record_type(), left.shown()),
                );
            }
            printed.trim_end_matches('\n').to_owned() + "\n"
        }
    }
}

fn import(address: &str, id: &str) -> String {
    let block = Block::new("import").with("to", address).with("id", id);
    format!("{}\n", block.printed())
}

/// A name for a resource, each once.
fn label(owner: &DomainName, set: &Set<'_>, labels: &mut BTreeMap<String, usize>) -> String {
    let name = match owner.relative_to(set.zone) {
        Some("") => "apex",
        Some(relative) => relative,
        None => owner.as_str(),
    };
    let slug: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let record_type = set.record_type.as_str().to_lowercase();
    let label = format!("nobounce_{}_{record_type}", slug.trim_start_matches('_'));
    let count = labels.entry(label.clone()).or_default();
    *count += 1;
    match *count {
        1 => label,
        number => format!("{label}_{number}"),
    }
}
