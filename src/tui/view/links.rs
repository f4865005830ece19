//! Addresses of pages on the screen. They are underlined, and that is how the terminal's own links (OSC 8) are found again in what was
//! drawn: the cells hold plain text, so that widths stay true, and the link is laid over it afterwards.

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// An address as it stands on the screen, in one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub x: u16,
    pub y: u16,
    pub address: String,
}

/// An address, cut where a line ends. One that is cut is still read and copied, and is no link.
pub fn address(address: &str, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    let whole = words::safe(address);
    let pieces = words::chop(&whole, columns.max(1));
    let is_whole = pieces.len() == 1;
    pieces
        .into_iter()
        .map(|piece| {
            let style = if is_whole {
                paint.plain().add_modifier(Modifier::UNDERLINED)
            } else {
                paint.plain()
            };
            Line::from(Span::styled(piece, style))
        })
        .collect()
}

/// The links in what was drawn: runs of underlined cells that hold a web address and nothing else.
pub fn found(buffer: &Buffer) -> Vec<Link> {
    let area = buffer.area;
    let mut links = Vec::new();
    for y in area.top()..area.bottom() {
        let mut run = None;
        for x in area.left()..=area.right() {
            let cell = (x < area.right()).then(|| &buffer[(x, y)]);
            match cell.filter(|cell| cell.modifier.contains(Modifier::UNDERLINED)) {
                Some(cell) => {
                    let (_, text) = run.get_or_insert_with(|| (x, String::new()));
                    text.push_str(cell.symbol());
                }
                None => {
                    let ended = run.take().map(|(x, text)| (x, text.trim_end().to_owned()));
                    if let Some((x, address)) = ended.filter(|(_, text)| is_address(text)) {
                        links.push(Link { x, y, address });
                    }
                }
            }
        }
    }
    links
}

/// True for what may stand in a link: a web address of printable signs, none of which ends the sequence.
fn is_address(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
    })
}
