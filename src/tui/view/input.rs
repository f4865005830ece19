//! A text field on the screen: the part around the cursor, with the cursor in it.

use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::tui::field::Field;
use crate::tui::field::Shape;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Rows of a field of many lines.
const ROWS: usize = 6;
/// Characters around the cursor that are looked at; more never fit on a screen.
const NEAR: usize = 4_000;

/// Draws the field with `head` before its first row.
pub fn field(field: &Field, head: &str, columns: usize, focused: bool, paint: Paint) -> Laid {
    drawn(field, head, columns, focused, paint.field())
}

/// As [`field`], for a text that typing takes the place of.
pub fn suggested(field: &Field, head: &str, columns: usize, focused: bool, paint: Paint) -> Laid {
    drawn(field, head, columns, focused, paint.suggested())
}

fn drawn(field: &Field, head: &str, columns: usize, focused: bool, style: Style) -> Laid {
    let indent = words::width(head);
    let room = columns.saturating_sub(indent).max(4);
    let (rows, cursor) = match field.shape() {
        Shape::OneLine => one_line(field, room),
        Shape::ManyLines => many_lines(field, room),
    };
    let mut laid = Laid::default();
    for (number, row) in rows.into_iter().enumerate() {
        let lead = if number == 0 {
            Span::raw(head.to_owned())
        } else {
            Span::raw(" ".repeat(indent))
        };
        laid.push(Line::from(vec![
            lead,
            Span::styled(words::pad(&row, room), style),
        ]));
    }
    if focused {
        laid.cursor = Some((cursor.0, indent + cursor.1));
        laid.focus = Some((0, laid.rows.len().saturating_sub(1)));
    }
    laid
}

/// The one row around the cursor, and where the cursor stands in it.
fn one_line(field: &Field, room: usize) -> (Vec<String>, (usize, usize)) {
    let (before, after) = field.halves();
    let before = words::safe(&tail(before, NEAR)).replace('\n', " ");
    let after: String = after.chars().take(NEAR).collect();
    let after = words::safe(&after).replace('\n', " ");
    let mut used = words::width(&before);
    let mut start = before.as_str();
    while used >= room {
        let Some(first) = start.chars().next() else {
            break;
        };
        used -= words::width(&start[..first.len_utf8()]).min(used);
        start = &start[first.len_utf8()..];
    }
    let shown = format!("{start}{after}");
    let row = words::chop(&shown, room).swap_remove(0);
    (vec![row], (0, used))
}

/// The rows around the cursor.
fn many_lines(field: &Field, room: usize) -> (Vec<String>, (usize, usize)) {
    let (before, after) = field.halves();
    let before = words::safe(&tail(before, NEAR));
    let after: String = after.chars().take(NEAR).collect();
    let after = words::safe(&after);
    let mut rows: Vec<String> = before
        .split('\n')
        .flat_map(|line| words::chop(line, room))
        .collect();
    let row = rows.len().saturating_sub(1);
    let column = rows.last().map_or(0, |line| words::width(line));
    let mut rest = after.split('\n');
    if let (Some(last), Some(first)) = (rows.pop(), rest.next()) {
        rows.extend(words::chop(&format!("{last}{first}"), room));
    }
    rows.extend(rest.flat_map(|line| words::chop(line, room)));
    let (row, column) = if column >= room {
        if rows.len() == row + 1 {
            rows.push(String::new());
        }
        (row + 1, 0)
    } else {
        (row, column)
    };
    let top = (row + 1).saturating_sub(ROWS);
    let rows: Vec<String> = rows.into_iter().skip(top).take(ROWS).collect();
    (rows, (row - top, column))
}

fn tail(text: &str, characters: usize) -> String {
    let start = text
        .char_indices()
        .rev()
        .nth(characters.saturating_sub(1))
        .map_or(0, |(at, _)| at);
    text[start..].to_owned()
}
