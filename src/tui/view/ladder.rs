//! Where I am: the steps at the left, each with its sign.

use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Mark;
use crate::tui::model::Setup;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

pub fn ladder(setup: &Setup, columns: usize, paint: Paint) -> Laid {
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
                laid.push(Line::from(vec![
                    Span::styled(format!("    {} ", words::sign(*mark)), paint.mark(*mark)),
                    Span::styled(
                        words::fit(text, columns.saturating_sub(6)),
                        paint.mark_text(*mark),
                    ),
                ]));
            }
        }
        if here {
            laid.focus_from(from);
        }
    }
    laid
}
