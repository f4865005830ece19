//! What the disk said of keys made here: handed over to a signer, put away.

use crate::catalog::signer::Signer;
use crate::plan::page::Mark;
use crate::plan::steps::dkim::own;
use crate::plan::steps::dkim::rotation;
use crate::plan::walk;
use crate::tui::command::Command;
use crate::tui::message::Trouble;
use crate::tui::model::Model;
use crate::tui::update;
use crate::tui::update::draft;
use crate::tui::update::setup;
use crate::tui::update::watch;

/// The files for a signer are written, or could not be.
pub fn handed_over(
    model: &mut Model,
    domain: &str,
    sender: &str,
    signer: Signer,
    selectors: &[String],
    folder: Result<String, Trouble>,
) -> Vec<Command> {
    let now = model.now;
    let Some(setup) = model
        .setup_mut()
        .filter(|setup| setup.facts.domain == domain)
    else {
        return Vec::new();
    };
    match folder {
        Ok(folder) => {
            own::handed_over(&mut setup.facts, sender, signer, &folder, selectors, now);
            setup.list.touched = false;
            setup::refresh(setup);
            draft::save(model)
        }
        Err(trouble) => {
            update::tell(
                model,
                Mark::Wrong,
                &format!(
                    "no file was written: {}. {}",
                    trouble.reason, trouble.remedy
                ),
            );
            Vec::new()
        }
    }
}

/// The private half of a key is put away: now its record is to be emptied.
pub fn key_retired(
    model: &mut Model,
    domain: &str,
    sender: &str,
    selector: &str,
    retired: Result<(), Trouble>,
) -> Vec<Command> {
    let now = model.now;
    let Some(setup) = model
        .setup_mut()
        .filter(|setup| setup.facts.domain == domain)
    else {
        return Vec::new();
    };
    if let Err(trouble) = retired {
        update::tell(
            model,
            Mark::Wrong,
            &format!(
                "the key was not put away: {}. {}",
                trouble.reason, trouble.remedy
            ),
        );
        return Vec::new();
    }
    let before = walk::pages(&setup.facts);
    rotation::retired(&mut setup.facts, sender, selector, now);
    let here = setup.page.id.clone();
    let pages = walk::pages(&setup.facts);
    let next = pages.iter().find(|page| !before.contains(page)).cloned();
    let mut commands = match next {
        Some(next) if !pages.contains(&here) => setup::turn(model, next),
        _ => {
            setup::refresh(setup);
            Vec::new()
        }
    };
    commands.extend(draft::save(model));
    commands.extend(watch::soon(model));
    commands
}
