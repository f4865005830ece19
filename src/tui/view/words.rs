//! Text on its way to the screen: made safe, measured, wrapped, signed and colored.

use ratatui::style::Color;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use unicode_width::UnicodeWidthChar;
use unicode_width::UnicodeWidthStr;

use crate::audit::network::is_trouble;
use crate::plan::page::Mark;
use crate::records::finding::Finding;
use crate::records::finding::Severity;

/// Whether a character would act on the terminal, turn the reading direction, or hide.
fn is_odd(character: char) -> bool {
    character.is_control()
        || character.width().is_none_or(|width| width == 0)
        || matches!(
            character,
            '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        )
        || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}')
}

/// The text with every odd character in the open, as `<U+200B>`. Line breaks stay.
pub fn safe(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' {
            shown.push('\n');
        } else if is_odd(character) {
            shown.push_str(&format!("<U+{:04X}>", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Columns that a safe text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in lines of at most `columns`, broken between words where that is possible.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let text = safe(text);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split(' ') {
            let long = width(word);
            if used > 0 && used + 1 + long <= columns {
                line.push(' ');
                line.push_str(word);
                used += 1 + long;
                continue;
            }
            if used > 0 {
                lines.push(std::mem::take(&mut line));
            }
            if long <= columns {
                line.push_str(word);
                used = long;
                continue;
            }
            let mut pieces = chop(word, columns);
            line = pieces.pop().unwrap_or_default();
            used = width(&line);
            lines.extend(pieces);
        }
        lines.push(line);
    }
    lines
}

/// The text in pieces of at most `columns`, broken anywhere: for values, which have no words.
pub fn chop(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut used = 0;
    for character in text.chars() {
        let long = character.width().unwrap_or(0);
        if used + long > columns && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        piece.push(character);
        used += long;
    }
    pieces.push(piece);
    pieces
}

/// The text made safe and cut to `columns`, with `…` where something is missing.
pub fn fit(text: &str, columns: usize) -> String {
    // Enough for any screen; a longer text is cut before it is looked at.
    let head: String = text.chars().take(columns + 1).collect();
    let shown = safe(&head).replace('\n', " ");
    if width(&shown) <= columns && head.len() == text.len() {
        return shown;
    }
    let mut cut = chop(&shown, columns.saturating_sub(1).max(1)).swap_remove(0);
    cut.push('…');
    cut
}

/// Fills up with spaces to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// How things are painted: with color where the terminal and the user have it, else by weight alone.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    pub color: bool,
}

impl Paint {
    fn colored(self, color: Color) -> Style {
        if self.color {
            Style::new().fg(color)
        } else {
            Style::new()
        }
    }

    pub fn plain(self) -> Style {
        Style::new()
    }

    pub fn accent(self) -> Style {
        self.colored(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub fn faint(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    pub fn field(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    pub fn suggested(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED | Modifier::REVERSED)
    }

    /// Text beside a sign: only what is still to come steps back.
    pub fn mark_text(self, mark: Mark) -> Style {
        if mark == Mark::Later {
            self.faint()
        } else {
            self.plain()
        }
    }

    pub fn mark(self, mark: Mark) -> Style {
        match mark {
            Mark::Done => self.colored(Color::Green),
            Mark::Now => self.accent(),
            Mark::Waiting | Mark::Warning => self.colored(Color::Yellow),
            Mark::Wrong => self.colored(Color::Red).add_modifier(Modifier::BOLD),
            Mark::Later => self.faint(),
            Mark::Unknown => self.colored(Color::Magenta),
        }
    }
}

/// The sign of a mark. Signs differ in shape, so color is never needed.
pub fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Done => "✓",
        Mark::Now => "●",
        Mark::Waiting => "◌",
        Mark::Wrong => "✗",
        Mark::Warning => "!",
        Mark::Later => "·",
        Mark::Unknown => "?",
    }
}

/// The mark of a finding. Trouble on the way is no mistake: it leaves things open.
pub fn of_finding(finding: &Finding) -> Mark {
    match finding.severity {
        Severity::Error if is_trouble(finding.code.as_str()) => Mark::Unknown,
        Severity::Error => Mark::Wrong,
        Severity::Warning => Mark::Warning,
        Severity::Note => Mark::Later,
    }
}

/// What stands for a sign where only ASCII can be shown.
pub fn ascii(symbol: &str) -> &'static str {
    match symbol {
        "✓" => "+",
        "●" => "*",
        "◌" => "~",
        "✗" => "x",
        "·" => ".",
        "…" => "~",
        "›" | "▸" => ">",
        "─" => "-",
        "│" => "|",
        "┌" | "└" => "+",
        "█" => "#",
        "↑" => "^",
        "↓" => "v",
        _ => "?",
    }
}

/// A span of text that was made safe.
pub fn span(text: &str, style: Style) -> Span<'static> {
    Span::styled(safe(text).replace('\n', " "), style)
}

/// Lines of a text, wrapped, with `indent` columns before each.
pub fn lines(text: &str, columns: usize, indent: usize, style: Style) -> Vec<Line<'static>> {
    wrap(text, columns.saturating_sub(indent))
        .into_iter()
        .map(|line| Line::from(Span::styled(format!("{}{line}", " ".repeat(indent)), style)))
        .collect()
}

/// A sign, then a text that hangs beside it.
pub fn signed(
    mark: Mark,
    text: &str,
    columns: usize,
    paint: Paint,
    style: Style,
) -> Vec<Line<'static>> {
    wrap(text, columns.saturating_sub(2))
        .into_iter()
        .enumerate()
        .map(|(number, line)| {
            if number == 0 {
                Line::from(vec![
                    Span::styled(format!("{} ", sign(mark)), paint.mark(mark)),
                    Span::styled(line, style),
                ])
            } else {
                Line::from(Span::styled(format!("  {line}"), style))
            }
        })
        .collect()
}

/// A label in its column, then a text that hangs beside it; below it where there is no room.
pub fn labelled(
    head: Vec<Span<'static>>,
    head_width: usize,
    text: &str,
    columns: usize,
    style: Style,
) -> Vec<Line<'static>> {
    let room = columns.saturating_sub(head_width);
    if text.is_empty() {
        return vec![Line::from(head)];
    }
    if room < 18 {
        let mut rows = vec![Line::from(head)];
        rows.extend(lines(text, columns, 4.min(columns / 2), style));
        return rows;
    }
    let mut head = Some(head);
    wrap(text, room)
        .into_iter()
        .map(|line| match head.take() {
            Some(mut spans) => {
                spans.push(Span::styled(line, style));
                Line::from(spans)
            }
            None => Line::from(Span::styled(
                format!("{}{line}", " ".repeat(head_width)),
                style,
            )),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_stays_as_it_is() {
        for (text, shown) in [
            ("a\u{1b}[31mb", "a<U+001B>[31mb"),
            ("a\u{202e}b\u{200b}c\u{feff}", "a<U+202E>b<U+200B>c<U+FEFF>"),
            ("\u{9b}2J\u{7f}\r", "<U+009B>2J<U+007F><U+000D>"),
            ("e\u{301}", "e<U+0301>"),
            ("müller 漢", "müller 漢"),
        ] {
            assert_eq!(safe(text), shown);
        }
    }

    #[test]
    fn lines_are_never_wider_than_asked() {
        for columns in 1..40 {
            for line in wrap(
                "a text 漢字 with averylongwordthatcannotbebroken in it\nend",
                columns,
            ) {
                assert!(width(&line) <= columns.max(2), "{columns}: {line:?}");
            }
        }
        assert_eq!(wrap("one two", 7), ["one two"]);
        assert_eq!(wrap("one two", 6), ["one", "two"]);
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("abcd", 4), "abcd");
    }
}
