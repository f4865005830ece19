//! Where I am: the steps at the left, each with its sign.

use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Mark;
use crate::tui::model::Setup;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// With the senders of a step in full where all of it fits into `rows`, else each on one line.
pub fn ladder(setup: &Setup, columns: usize, rows: usize, paint: Paint) -> Laid {
    let full = drawn(setup, columns, true, paint);
    if full.rows.len() <= rows {
        return full;
    }
    drawn(setup, columns, false, paint)
}

fn drawn(setup: &Setup, columns: usize, in_full: bool, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    for step in &setup.steps {
        let here = step.id == setup.page.step;
        // The step on the screen is the one where I am, whatever its own state.
        let mark = if here && step.mark == Mark::Later {
            Mark::Now
        } else {
            step.mark
        };
        let from = laid.rows.len();
        let style = if here {
            paint.strong()
        } else {
            paint.mark_text(mark)
        };
        laid.push(Line::from(vec![
            Span::styled(if here { "›" } else { " " }, paint.accent()),
            Span::styled(format!("{} ", words::sign(mark)), paint.mark(mark)),
            Span::styled(words::fit(step.title, columns.saturating_sub(3)), style),
        ]));
        if here || step.mark == Mark::Now || step.mark == Mark::Waiting {
            for (mark, text) in &step.parts {
                let room = columns.saturating_sub(6);
                let head = Span::styled(format!("    {} ", words::sign(*mark)), paint.mark(*mark));
                let text = if in_full {
                    text.clone()
                } else {
                    short(text, room)
                };
                laid.extend(words::labelled(
                    vec![head],
                    6,
                    &text,
                    columns,
                    paint.mark_text(*mark),
                ));
            }
        }
        if here {
            laid.focus_from(from);
        }
    }
    laid
}

/// A sender and how it stands. Where both do not fit, the sign tells how it stands; a name is cut only where it has a shorter form.
fn short(text: &str, columns: usize) -> String {
    let name = text.rsplit_once(": ").map_or(text, |(name, _)| name);
    let brief = name
        .find(" / ")
        .or_else(|| name.find(" ("))
        .map_or(name, |end| &name[..end]);
    [text, name, brief]
        .into_iter()
        .find(|words| words::width(&words::safe(words)) <= columns)
        .map_or_else(|| words::fit(brief, columns), words::safe)
}
