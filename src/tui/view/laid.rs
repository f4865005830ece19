//! Rows of a column, laid out before it is known how many of them fit.

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::model::Scroll;

/// Rows from top to bottom, and what of them must be seen.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    pub rows: Vec<Line<'static>>,
    /// First and last row of what has the focus.
    pub focus: Option<(usize, usize)>,
    /// Row and column of the text cursor.
    pub cursor: Option<(usize, usize)>,
}

/// Whether something is hidden above or below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    pub above: bool,
    pub below: bool,
}

impl Laid {
    pub fn push(&mut self, row: Line<'static>) {
        self.rows.push(row);
    }

    pub fn extend(&mut self, rows: impl IntoIterator<Item = Line<'static>>) {
        self.rows.extend(rows);
    }

    /// An empty row, but never two in a row nor one at the top.
    pub fn gap(&mut self) {
        if self.rows.last().is_some_and(|row| row.width() > 0) {
            self.rows.push(Line::default());
        }
    }

    /// Adds the rows of another column below.
    pub fn append(&mut self, other: Laid) {
        let base = self.rows.len();
        self.rows.extend(other.rows);
        if let Some((first, last)) = other.focus {
            self.focus = Some((first + base, last + base));
        }
        if let Some((row, column)) = other.cursor {
            self.cursor = Some((row + base, column));
        }
    }

    /// Marks what was added since `from` as having the focus.
    pub fn focus_from(&mut self, from: usize) {
        self.focus = Some((from, self.rows.len().saturating_sub(1).max(from)));
    }

    /// Draws as many rows as fit: scrolled by hand, or so far that the focus is seen.
    pub fn draw(self, frame: &mut Frame, area: Rect, scroll: Scroll) -> Hidden {
        let height = usize::from(area.height);
        if height == 0 || area.width == 0 {
            return Hidden::default();
        }
        let last = self.rows.len().saturating_sub(height);
        let top = match (scroll, self.focus) {
            (Scroll::From(from), _) => from.min(last),
            (Scroll::Focus, None) => 0,
            // Two rows more than the focus, where there are any: they show that it goes on.
            (Scroll::Focus, Some((first, end))) => {
                (end + 3).saturating_sub(height).min(last).min(first)
            }
        };
        let hidden = Hidden {
            above: top > 0,
            below: self.rows.len() > top + height,
        };
        for (number, row) in self.rows.iter().skip(top).take(height).enumerate() {
            let y = area.y + u16::try_from(number).unwrap_or(0);
            frame.buffer_mut().set_line(area.x, y, row, area.width);
        }
        if let Some((row, column)) = self.cursor
            && row >= top
            && row < top + height
        {
            let x = u16::try_from(column)
                .unwrap_or(u16::MAX)
                .min(area.width - 1);
            let y = u16::try_from(row - top).unwrap_or(0);
            frame.set_cursor_position(Position::new(area.x + x, area.y + y));
        }
        hidden
    }
}
