//! What an export has to know, and what is said where it is not known: the Terraform provider, and what stands at a name already.

use clap::builder::PossibleValuesParser;
use jiff::SignedDuration;

use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::export;
use crate::export::Sheet;
use crate::export::set;
use crate::export::set::Change;
use crate::export::set::Set;
use crate::export::set::Why;
use crate::export::terraform;
use crate::export::terraform::PROVIDERS;
use crate::export::terraform::Provider;

/// What stands at a name is told with its age after this: others work in the same zone.
const STALE: SignedDuration = SignedDuration::from_hours(48);

/// Says what the form of that id does with names of which it is not known what stands there; `Exit::Unknown` where it leaves one out.
pub fn tell(id: &str, sheet: &Sheet, globals: &Globals) -> Exit {
    let is_old = set::oldest(sheet)
        .is_some_and(|at| globals.clock().duration_since(at) > STALE && replaces_sets(id));
    if is_old {
        printer::remark(
            globals.quiet,
            &format!(
                "what is there already was seen some days ago; to be safe, let `nobounce {}` look again before",
                sheet.domain
            ),
        );
    }
    let end = tell_crossed(sheet);
    let mut unknown = export::unknown(id, sheet);
    unknown.retain(|set| !is_crossed(set));
    let (tried, left): (Vec<&Set<'_>>, Vec<&Set<'_>>) = unknown
        .iter()
        .partition(|set| set.may_be_tried() && refuses(id, sheet));
    if !tried.is_empty() {
        printer::remark(
            globals.quiet,
            &format!(
                "nobody looked yet at {}: the change is refused there if anything stands there",
                names(&tried)
            ),
        );
    }
    if left.is_empty() {
        return end;
    }
    printer::complain(
        Exit::Unknown,
        &format!(
            "it is not known what is to be kept at {}, so that is left out",
            names(&left)
        ),
        &format!(
            "open `nobounce {}`, let it look at the domain, and export again",
            sheet.domain
        ),
    )
}

/// Says where the setup wants an alias and another record at one name: no DNS takes both, whatever the form.
fn tell_crossed(sheet: &Sheet) -> Exit {
    let sets = set::sets(sheet);
    let crossed: Vec<&Set<'_>> = sets.iter().filter(|set| is_crossed(set)).collect();
    if crossed.is_empty() {
        return Exit::Well;
    }
    printer::complain(
        Exit::Wrong,
        &format!(
            "an alias (CNAME) has to stand alone at its name, and the setup wants more there: {}",
            names(&crossed)
        ),
        &format!(
            "choose another name for one of them in `nobounce {}`, then export again",
            sheet.domain
        ),
    )
}

fn is_crossed(set: &Set<'_>) -> bool {
    matches!(
        &set.change,
        Change::Unknown {
            why: Why::Crossed,
            ..
        }
    )
}

/// The provider that was asked for, else the one of the DNS host that was recognized.
pub fn provider(id: Option<&str>, sheet: &Sheet) -> Result<&'static Provider, Exit> {
    let found = match id {
        Some(id) => terraform::provider(id),
        None => terraform::of_sheet(sheet),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.id).collect();
        printer::complain(
            Exit::Usage,
            "it is not known which Terraform provider the zone is with",
            &format!("say it with --provider, one of: {}", known.join(", ")),
        )
    })
}

fn names(sets: &[&Set<'_>]) -> String {
    let names: Vec<String> = sets
        .iter()
        .map(|set| format!("{} ({})", set.owner, set.record_type))
        .collect();
    names.join(", ")
}

/// True for a form that is written for what was seen there.
fn replaces_sets(id: &str) -> bool {
    matches!(
        id,
        "nsupdate" | "dnscontrol" | "octodns" | "terraform" | "route53"
    )
}

/// True where the form is refused as soon as something stands where nobody looked.
fn refuses(id: &str, sheet: &Sheet) -> bool {
    match id {
        "nsupdate" | "route53" => true,
        "terraform" => sheet.provider.is_some_and(|provider| provider.refuses),
        _ => false,
    }
}

pub fn providers() -> PossibleValuesParser {
    PossibleValuesParser::new(PROVIDERS.iter().map(|provider| provider.id))
}
