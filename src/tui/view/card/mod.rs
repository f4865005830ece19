//! A record to publish, as its panel wants it.

mod servers;
mod truth;

use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Card;
use crate::plan::page::Mark;
use crate::tui::model::Model;
use crate::tui::model::Setup;
use crate::tui::view::guide;
use crate::tui::view::laid::Laid;
use crate::tui::view::links;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Whether there are rows for everything; where not, the steps go first, then air and the tail of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// The steps in the panel stand there too.
    WithSteps,
    Ample,
    Tight,
}

impl Room {
    /// Rows of a value before it is cut; `c` and `v` give all of it.
    fn value_rows(self) -> usize {
        match self {
            Self::WithSteps | Self::Ample => 3,
            Self::Tight => 2,
        }
    }
}

pub fn card(
    model: &Model,
    setup: &Setup,
    card: &Card,
    columns: usize,
    room: Room,
    paint: Paint,
) -> Laid {
    let mut laid = Laid::default();
    if !card.place.is_empty() {
        laid.extend(words::lines(&card.place, columns, 0, paint.accent()));
    }
    if let Some(link) = &card.link {
        laid.extend(links::address(link, columns, paint));
    }
    if room == Room::WithSteps {
        laid.extend(guide::steps(&card.guide, columns, paint));
    }
    if room != Room::Tight {
        laid.push(Line::from(Span::styled("┌", paint.faint())));
    }
    let label = card
        .fields
        .iter()
        .map(|field| words::width(&words::safe(&field.label)))
        .max()
        .unwrap_or(0)
        .clamp(4, 16);
    let mut seen_whole = false;
    let is_guided = room != Room::WithSteps && !card.guide.at.is_empty();
    for field in &card.fields {
        let keys = if field.value == card.value {
            "  c"
        } else if field.value == card.name {
            "  n"
        } else {
            ""
        };
        seen_whole |= field.value == card.full_name;
        let shape = Shape {
            label,
            keys,
            columns,
            most: room.value_rows(),
        };
        laid.extend(row(&field.label, &field.value, shape, paint));
    }
    if room != Room::Tight {
        laid.push(Line::from(Span::styled("└", paint.faint())));
    }
    if !seen_whole {
        laid.extend(words::lines(
            &format!("The whole name: {}", card.full_name),
            columns,
            0,
            paint.faint(),
        ));
    }
    if let Some(caution) = &card.caution {
        laid.extend(words::signed(
            Mark::Warning,
            caution,
            columns,
            paint,
            paint.strong(),
        ));
    } else if is_guided {
        laid.extend(words::lines(
            &format!("i shows the steps at {}", card.guide.at),
            columns,
            0,
            paint.faint(),
        ));
    }
    if let Some(old) = &card.replaces {
        let old = words::lines(
            &format!("It replaces: {old}"),
            columns,
            0,
            paint.mark(Mark::Warning),
        );
        let most = room.value_rows();
        let is_cut = old.len() > most;
        laid.extend(old.into_iter().take(most));
        if is_cut {
            laid.extend(words::lines("…", columns, 0, paint.mark(Mark::Warning)));
        }
    }
    laid.gap();
    laid.append(truth::truth(model, setup, card, columns, room, paint));
    laid
}

/// How a row of the card is laid.
#[derive(Clone, Copy)]
struct Shape {
    /// Columns of the label.
    label: usize,
    /// The key that copies it.
    keys: &'static str,
    columns: usize,
    /// The most rows.
    most: usize,
}

/// Says that a value goes on, in the fullest words that fit.
fn goes_on(characters: usize, room: usize) -> String {
    let all = format!("… {characters} characters; c copies them all");
    let short = format!("… {characters} characters, all with c");
    [all, short]
        .into_iter()
        .find(|words| words::width(words) <= room)
        .unwrap_or_else(|| words::fit(&format!("… {characters} characters"), room))
}

fn row(label: &str, value: &str, shape: Shape, paint: Paint) -> Vec<Line<'static>> {
    let Shape { keys, most, .. } = shape;
    let head = format!(
        "│ {}",
        words::pad(&words::fit(label, shape.label), shape.label + 2)
    );
    let indent = words::width(&head);
    let room = shape.columns.saturating_sub(indent + keys.len()).max(4);
    // A value is looked at no further than it can be seen.
    let near: String = value.chars().take(room * (most + 2)).collect();
    let shown = words::safe(&near).replace('\n', " ");
    let longest = shown.split(' ').map(words::width).max().unwrap_or(0);
    let mut pieces = if longest <= room {
        words::wrap(&shown, room)
    } else {
        words::chop(&shown, room)
    };
    // One row more than asked for shows the value whole, where saying that it goes on would take that row too.
    if pieces.len() > most + 1 || near.len() < value.len() {
        pieces.truncate(most - 1);
        pieces.push(goes_on(value.chars().count(), room));
    }
    pieces
        .into_iter()
        .enumerate()
        .map(|(number, piece)| {
            if number == 0 {
                Line::from(vec![
                    Span::styled(head.clone(), paint.faint()),
                    Span::styled(words::pad(&piece, room), paint.plain()),
                    Span::styled(keys.to_owned(), paint.accent()),
                ])
            } else {
                Line::from(vec![
                    Span::styled(format!("│{}", " ".repeat(indent - 1)), paint.faint()),
                    Span::styled(piece, paint.plain()),
                ])
            }
        })
        .collect()
}
