//! Addresses of pages on the screen. They are underlined, and that is how the terminal's own links (OSC 8) are found again in what was
//! drawn: the cells hold plain text, so that widths stay true, and the link is laid over it afterwards.

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// How an address begins.
const SCHEME: &str = "https://";

/// An address as it stands on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub address: String,
    /// Column, row and text of each piece, one a row.
    pub pieces: Vec<(u16, u16, String)>,
}

/// An address, cut where a line ends.
pub fn address(address: &str, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    let style = paint.plain().add_modifier(Modifier::UNDERLINED);
    words::chop(&words::safe(address), columns.max(1))
        .into_iter()
        .map(|piece| Line::from(Span::styled(piece, style)))
        .collect()
}

/// The links in what was drawn: runs of underlined cells that hold a web address and nothing else, on one row or on several below each other.
pub fn found(buffer: &Buffer) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for (x, y, text) in runs(buffer) {
        let begins = text.starts_with(SCHEME);
        let before = links.last_mut().filter(|link| {
            let below = |(column, row, _): &(u16, u16, String)| *column == x && *row + 1 == y;
            !begins && link.pieces.last().is_some_and(below)
        });
        if let Some(link) = before {
            link.address.push_str(&text);
            link.pieces.push((x, y, text));
        } else if begins {
            links.push(Link {
                address: text.clone(),
                pieces: vec![(x, y, text)],
            });
        }
    }
    links.retain(|link| is_address(&link.address));
    links
}

/// Column, row and text of each run of underlined cells, from top to bottom.
fn runs(buffer: &Buffer) -> Vec<(u16, u16, String)> {
    let area = buffer.area;
    let mut runs = Vec::new();
    for y in area.top()..area.bottom() {
        let mut run: Option<(u16, u16, String)> = None;
        for x in area.left()..area.right() {
            let cell = &buffer[(x, y)];
            if cell.modifier.contains(Modifier::UNDERLINED) {
                run.get_or_insert_with(|| (x, y, String::new()))
                    .2
                    .push_str(cell.symbol());
            } else {
                runs.extend(run.take());
            }
        }
        runs.extend(run);
    }
    runs
}

/// True for what may stand in a link: a web address of printable signs, none of which ends the sequence.
fn is_address(text: &str) -> bool {
    text.strip_prefix(SCHEME).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn runs_below_each_other_are_one_address_and_hostile_ones_are_none() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 30, 6));
        let style = Style::new().add_modifier(Modifier::UNDERLINED);
        for (x, y, text) in [
            (2, 0, "https://a.example/long"),
            (2, 1, "er/path"),
            (0, 2, "not an address"),
            (0, 4, "https://b.example/ x"),
            (3, 5, "https://c.example/"),
        ] {
            buffer.set_string(x, y, text, style);
        }
        buffer.set_string(23, 5, "https", Style::new());
        let found: Vec<String> = found(&buffer)
            .into_iter()
            .map(|link| link.address)
            .collect();
        assert_eq!(
            found,
            ["https://a.example/longer/path", "https://c.example/"]
        );
    }
}
