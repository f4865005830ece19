//! The hand-off sheet as Markdown that reads as plain text too, for the body of a mail or a ticket.
//!
//! Values stand alone in fences that are longer than any run of backticks in them, and every text from elsewhere has its marks taken
//! off, so that nothing in a record can end its block, become a link or become HTML.

use crate::export::Sheet;
use crate::export::hand_over;
use crate::export::hand_over::Field;
use crate::export::hand_over::HandOver;
use crate::export::hand_over::Item;
use crate::export::hand_over::Now;
use crate::export::hand_over::visible;

/// Characters that mean something in Markdown or in the HTML within it.
const MARKS: &str = "\\`*_[]<~&";
/// Characters that mean something at the beginning of a line.
const BEGINNINGS: &str = "#>-+=|";

pub fn print(sheet: &Sheet) -> String {
    let HandOver {
        title,
        lead,
        about,
        cautions,
        items,
        checks,
        end,
    } = hand_over::hand_over(sheet);
    let mut text = format!("# {}\n\n{}\n\n", prose(&title), prose(&lead));
    for (label, said) in about {
        text.push_str(&format!("- {label}: {}\n", prose(&said)));
    }
    text.push_str("\n## Before you begin\n\n");
    for caution in cautions {
        text.push_str(&format!("- {}\n", prose(&caution)));
    }
    text.push_str(
        "- Each value below is one line. If a mail program has broken it, join the lines again.\n",
    );
    for (at, item) in items.iter().enumerate() {
        text.push('\n');
        text.push_str(block(at + 1, item).trim_end());
        text.push('\n');
    }
    text.push_str("\n## When it is done\n\n");
    for check in checks {
        text.push_str(&format!("{}\n\n", prose(&check.text)));
        text.push_str(&fenced(&check.commands.join("\n")));
        text.push('\n');
    }
    text.push_str(&format!("{}\n", prose(&end)));
    text
}

fn block(number: usize, item: &Item) -> String {
    let mut text = format!(
        "## {number}. {}: {} {}\n\n{}\n\n{}\n\n",
        item.task.word(),
        item.record_type,
        code(&item.owner),
        prose(&item.why),
        prose(&item.order)
    );
    text.push_str(&format!("- Where: {}\n", prose(&item.place)));
    if let Some(link) = &item.link {
        text.push_str(&format!("- Panel: <{link}>\n"));
    }
    for note in &item.notes {
        text.push_str(&format!("- Note: {}\n", prose(note)));
    }
    match &item.now {
        Now::Words(words) => text.push_str(&format!("- There now: {words}\n")),
        Now::Record(old) => {
            text.push_str(&format!("\nThere now:\n\n{}\nIt shall be:\n", fenced(old)))
        }
    }
    text.push('\n');
    for field in &item.fields {
        text.push_str(&row(field));
    }
    text
}

/// A short field on a line of its own; what is copied in a fence of its own.
fn row(field: &Field) -> String {
    let hint = match &field.hint {
        Some(hint) => format!(" ({})", prose(hint)),
        None => String::new(),
    };
    if field.copies.is_some() || field.value.chars().any(char::is_control) {
        format!(
            "{}{hint}:\n\n{}\n",
            prose(&field.label),
            fenced(&visible(&field.value))
        )
    } else {
        format!("{}{hint}: {}\n\n", prose(&field.label), prose(&field.value))
    }
}

/// One line, with the marks of Markdown taken off.
fn prose(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (at, c) in visible(text.trim()).chars().enumerate() {
        if MARKS.contains(c) || (at == 0 && BEGINNINGS.contains(c)) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// Within a line, as it is.
fn code(text: &str) -> String {
    let text = visible(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{text}{space}{ticks}")
}

fn fenced(text: &str) -> String {
    let ticks = "`".repeat((longest_run(text) + 1).max(3));
    format!("{ticks}text\n{text}\n{ticks}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
