//! How a record is added in the panel, step by step: on the card where there is room, else over the page.

use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Card;
use crate::plan::page::Guide;
use crate::tui::view::laid::Laid;
use crate::tui::view::links;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// The most rows of a value here. A key of 4096 bits fits a window of 80 columns.
const MOST: usize = 18;

/// The numbered steps.
pub fn steps(guide: &Guide, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    guide
        .steps
        .iter()
        .enumerate()
        .flat_map(|(number, step)| {
            let head = format!("{}. ", number + 1);
            let indent = head.len();
            let span = Span::styled(head, paint.accent());
            words::labelled(vec![span], indent, step, columns, paint.plain())
        })
        .collect()
}

/// The whole guide, with what is good to know there.
pub fn page(card: &Card, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    let title = if card.guide.at.is_empty() {
        "Step by step, in most panels".to_owned()
    } else {
        format!("Step by step at {}", card.guide.at)
    };
    laid.extend(words::lines(&title, columns, 0, paint.strong()));
    if let Some(link) = &card.link {
        laid.extend(links::address(link, columns, paint));
    }
    laid.gap();
    laid.extend(steps(&card.guide, columns, paint));
    laid.gap();
    if !card.guide.remarks.is_empty() {
        laid.extend(words::lines(
            "Good to know there",
            columns,
            0,
            paint.strong(),
        ));
    }
    for remark in &card.guide.remarks {
        let span = Span::styled("- ", paint.accent());
        laid.extend(words::labelled(
            vec![span],
            2,
            remark,
            columns,
            paint.plain(),
        ));
    }
    laid.gap();
    laid.extend(words::lines("What goes where", columns, 0, paint.strong()));
    for field in &card.fields {
        let head = format!("{}: ", field.label);
        let indent = words::width(&head).min(columns / 2);
        let span = Span::styled(head, paint.faint());
        let mut rows = words::labelled(vec![span], indent, &field.value, columns, paint.plain());
        if rows.len() > MOST {
            // Half a key looks like a whole one: where it is cut, that is said.
            rows.truncate(MOST - 1);
            rows.extend(words::lines(
                &format!(
                    "… {} characters; c on the record copies them all",
                    field.value.chars().count()
                ),
                columns,
                indent,
                paint.faint(),
            ));
        }
        laid.extend(rows);
    }
    laid
}
