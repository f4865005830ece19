//! A page for people on standard output: marks, lines that keep to the width of the terminal, and the list of findings.

use std::io::IsTerminal;
use std::io::stdout;

use crate::audit::network::is_trouble;
use crate::audit::report::FindingRow;
use crate::cli::globals::Globals;
use crate::cli::globals::no_color;
use crate::cli::printer::plain;
use crate::tui::run::columns;
use crate::tui::view::words::width;
use crate::tui::view::words::wrap;

/// Columns where no terminal says how wide it is.
const USUAL: usize = 80;

/// Longer lines are hard to read.
const WIDEST: usize = 120;

/// In a narrower terminal, lines are left to it.
const NARROWEST: usize = 40;

/// Columns in front of a value: the indent and its label.
const LABEL: usize = 10;

/// Characters of a name or a part of a record that are shown.
const SHORT: usize = 200;

/// Characters of a whole record: no record that mail servers read is as long.
const WHOLE: usize = 2_000;

/// How a line is marked; the mark carries the meaning, the color only helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Right,
    Wrong,
    Warning,
    Note,
    Unknown,
}

impl Mark {
    pub fn of_state(state: &str) -> Self {
        match state {
            "published" => Self::Right,
            "spreading" | "differs" => Self::Warning,
            "unknown" | "" => Self::Unknown,
            _ => Self::Wrong,
        }
    }

    /// Trouble on the way is no mistake: it leaves things open.
    pub fn of_finding(row: &FindingRow) -> Self {
        match row.severity.as_str() {
            "error" if is_trouble(&row.code) => Self::Unknown,
            "error" => Self::Wrong,
            "warning" => Self::Warning,
            _ => Self::Note,
        }
    }

    pub fn drawn(self, color: bool) -> String {
        let (sign, code) = match self {
            Self::Right => ("✓", "32"),
            Self::Wrong => ("✗", "31"),
            Self::Warning => ("!", "33"),
            Self::Note => ("·", "2"),
            Self::Unknown => ("?", "33"),
        };
        if color {
            format!("\u{1b}[{code}m{sign}\u{1b}[0m")
        } else {
            sign.to_owned()
        }
    }
}

/// What a page is written on.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    pub columns: usize,
    pub color: bool,
}

impl Paper {
    /// Standard output as it is.
    pub fn of_stdout(globals: &Globals) -> Self {
        let is_terminal = stdout().is_terminal();
        Self {
            columns: columns()
                .filter(|_| is_terminal)
                .map_or(USUAL, |columns| usize::from(columns).min(WIDEST)),
            color: globals.color.holds(is_terminal, no_color()),
        }
    }

    /// A label and its value, which hangs beside it.
    pub fn line(self, text: &mut String, label: &str, value: &str) {
        let label = format!("  {label:<7} ");
        self.hang(text, &label, &" ".repeat(LABEL), value);
    }

    /// As [`Paper::line`], with a mark before the value.
    pub fn marked(self, text: &mut String, label: &str, mark: Mark, value: &str) {
        let label = format!("  {label:<7} {} ", mark.drawn(self.color));
        self.hang(text, &label, &" ".repeat(LABEL + 2), value);
    }

    /// `first` and then the value; what has no room on that line follows on lines that begin with `next`, which is as wide as `first`.
    pub fn hang(self, text: &mut String, first: &str, next: &str, value: &str) {
        let lines = self.wrapped(width(next), value);
        for (at, line) in lines.iter().enumerate() {
            let lead = if at == 0 { first } else { next };
            text.push_str(format!("{lead}{line}").trim_end());
            text.push('\n');
        }
    }

    /// The value in lines behind `used` columns.
    fn wrapped(self, used: usize, value: &str) -> Vec<String> {
        wrap(
            value,
            self.columns
                .max(NARROWEST)
                .saturating_sub(used)
                .max(NARROWEST / 2),
        )
    }

    /// The findings, the worst first. What several in a row have in common is said behind the last of them.
    pub fn findings(self, text: &mut String, rows: &[FindingRow]) {
        let rank = |severity: &str| match severity {
            "error" => 0,
            "warning" => 1,
            _ => 2,
        };
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|row| rank(&row.severity));
        if !rows.is_empty() {
            text.push('\n');
        }
        for (at, row) in rows.iter().enumerate() {
            let mark = Mark::of_finding(row).drawn(self.color);
            let next = rows.get(at + 1);
            let goes_on =
                next.is_some_and(|next| next.code == row.code && next.remedy == row.remedy);
            let mut parts = vec![self.wrapped(4, &plain(&row.message))];
            if !goes_on && !row.remedy.is_empty() {
                parts.push(self.wrapped(4, &plain(&row.remedy)));
            }
            // The code stands where there is room for it, else on a line of its own.
            let has_room = |part: &Vec<String>| {
                part.last()
                    .is_some_and(|line| 4 + width(line) + 2 + row.code.len() <= self.columns)
            };
            let place = parts.iter().rposition(has_room).filter(|_| !goes_on);
            let code = self.dimmed(&row.code);
            for (number, part) in parts.iter().enumerate() {
                for (line_number, line) in part.iter().enumerate() {
                    let lead = match (number, line_number) {
                        (0, 0) => format!("  {mark} "),
                        _ => "    ".to_owned(),
                    };
                    text.push_str(&format!("{lead}{line}"));
                    if place == Some(number) && line_number + 1 == part.len() {
                        text.push_str(&format!("  {code}"));
                    }
                    text.push('\n');
                }
            }
            if place.is_none() && !goes_on {
                text.push_str(&format!("    {code}\n"));
            }
        }
        if let Some(row) = rows.first() {
            text.push_str(&format!(
                "\n  More about one of these: nobounce explain --code {}\n",
                row.code
            ));
        }
    }

    fn dimmed(self, text: &str) -> String {
        if self.color {
            format!("\u{1b}[2m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A name or a term from outside: safe to print, and cut where it is longer than a few lines.
pub fn short(value: &str) -> String {
    cut(value, SHORT)
}

/// A record: safe to print, and whole unless it is longer than any that works.
pub fn whole(value: &str) -> String {
    cut(value, WHOLE)
}

fn cut(value: &str, most: usize) -> String {
    let value = plain(value);
    let count = value.chars().count();
    if count <= most {
        return value;
    }
    let head: String = value.chars().take(most).collect();
    format!("{head}... ({count} characters)")
}
