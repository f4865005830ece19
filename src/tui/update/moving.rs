//! Moving on a page: the cursor of a list, scrolling, ticking, the filter.

use crate::plan::page::Form;
use crate::tui::field::Field;
use crate::tui::keys::Action;
use crate::tui::keys::Context;
use crate::tui::model::Filter;
use crate::tui::model::Scroll;
use crate::tui::model::Setup;

/// Rows that a page key scrolls.
const PAGE: usize = 8;

/// Moves the cursor of a list.
pub fn go(setup: &mut Setup, by: isize) {
    let visible = setup.visible();
    let Some(at) = visible
        .iter()
        .position(|&number| number == setup.list.cursor)
    else {
        setup.list.cursor = visible.first().copied().unwrap_or(0);
        return;
    };
    // Above the first option stand the words.
    setup.scroll = if at == 0 && by < 0 {
        Scroll::From(0)
    } else {
        Scroll::Focus
    };
    let to = at
        .saturating_add_signed(by)
        .min(visible.len().saturating_sub(1));
    setup.list.cursor = visible[to];
}

/// An end of a list.
pub enum Edge {
    First,
    Last,
}

pub fn edge(setup: &mut Setup, edge: Edge) {
    let visible = setup.visible();
    let (to, scroll) = match edge {
        Edge::First => (visible.first(), Scroll::From(0)),
        Edge::Last => (visible.last(), Scroll::Focus),
    };
    setup.scroll = scroll;
    if let Some(&to) = to {
        setup.list.cursor = to;
    }
}

/// Scrolls a page, or goes through a list by pages.
pub fn scroll(setup: &mut Setup, action: Action) {
    let from = match setup.scroll {
        Scroll::From(from) => from,
        Scroll::Focus => 0,
    };
    if matches!(setup.context(), Context::Choose | Context::Tick) {
        if action == Action::ScrollDown && setup.scroll == Scroll::From(0) {
            // First to the options, then through them.
            setup.scroll = Scroll::Focus;
            return;
        }
        go(
            setup,
            if action == Action::ScrollUp {
                -(PAGE as isize)
            } else {
                PAGE as isize
            },
        );
        return;
    }
    setup.scroll = Scroll::From(if action == Action::ScrollUp {
        from.saturating_sub(PAGE)
    } else {
        // The drawing stops at the last row.
        (from + PAGE).min(10_000)
    });
}

/// Ticks or unticks the option under the cursor.
pub fn toggle(setup: &mut Setup) {
    let Form::Tick { options, .. } = &setup.page.form else {
        return;
    };
    if !setup.visible().contains(&setup.list.cursor) {
        return;
    }
    if let Some(option) = options.get(setup.list.cursor)
        && !setup.list.ticked.remove(&option.id)
    {
        setup.list.ticked.insert(option.id.clone());
    }
}

pub fn filter(setup: &mut Setup) {
    setup.scroll = Scroll::Focus;
    match &mut setup.list.filter {
        Some(filter) => filter.open = true,
        None => {
            setup.list.filter = Some(Filter {
                field: Field::line(""),
                open: true,
            });
        }
    }
}
