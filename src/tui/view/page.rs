//! A page in its column: title, pieces, form.

use crate::plan::LADDER;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::tui::model::Model;
use crate::tui::model::Setup;
use crate::tui::view::blocks;
use crate::tui::view::card::Room;
use crate::tui::view::explained;
use crate::tui::view::form;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

pub fn page(model: &Model, setup: &Setup, columns: usize, rows: usize, paint: Paint) -> Laid {
    let mut laid = title(setup, columns, paint);
    let above = blocks::blocks(&unsaid(setup), columns, paint);
    let others = laid.rows.len() + above.rows.len() + 1;
    let mut below = form::form(model, setup, columns, Room::WithSteps, paint);
    if others + below.rows.len() > rows {
        below = form::form(model, setup, columns, Room::Ample, paint);
    }
    let all = others + below.rows.len();
    let first = matches!(
        setup.page.form,
        Form::Record(_) | Form::Type { .. } | Form::Paste { .. }
    );
    if all > rows && first {
        // Where not all fits, the record and its state or the field come first; the words can be scrolled to.
        if matches!(setup.page.form, Form::Record(_)) {
            // Not even air below the title.
            laid.rows.pop();
        }
        laid.append(form::form(model, setup, columns, Room::Tight, paint));
        laid.gap();
        laid.append(above);
        laid.focus = None;
    } else {
        laid.append(above);
        laid.gap();
        laid.append(below);
    }
    laid
}

/// The pieces of the page without the mistakes that the state of its record names: each is said once.
fn unsaid(setup: &Setup) -> Vec<Block> {
    let said = explained::of_record(setup);
    setup
        .page
        .blocks
        .iter()
        .filter(|block| !matches!(block, Block::Finding(finding) if said.contains(finding)))
        .cloned()
        .collect()
}

fn title(setup: &Setup, columns: usize, paint: Paint) -> Laid {
    let number = LADDER
        .iter()
        .position(|(id, _)| *id == setup.page.step)
        .map_or(1, |at| at + 1);
    let mut laid = Laid::default();
    laid.extend(words::lines(
        &format!("Step {number} of {} · {}", LADDER.len(), setup.page.title),
        columns,
        0,
        paint.strong(),
    ));
    laid.gap();
    laid
}
