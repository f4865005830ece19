//! What goes to people and pipes: results to standard output, remarks and errors to standard error.
//!
//! A reader that went away ends the run quietly; a full disk behind a redirection is said.

use std::io;
use std::io::Write;

use crate::cli::Exit;

/// Writes a result to standard output. `Err` carries how the run ends.
pub fn result(text: &str) -> Result<(), Exit> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .or_else(|error| end(&error))
}

/// Writes one JSON document on a line of its own.
pub fn json<T: serde::Serialize>(document: &T) -> Result<(), Exit> {
    result(&json_line(document)?)
}

/// One JSON document as a line.
pub fn json_line<T: serde::Serialize>(document: &T) -> Result<String, Exit> {
    match serde_json::to_string(document) {
        Ok(text) => Ok(format!("{text}\n")),
        Err(error) => Err(complain(
            Exit::Wrong,
            &format!("the result could not be turned into JSON: {error}"),
            "run the command again without --json",
        )),
    }
}

/// A remark; `quiet` keeps it back.
pub fn remark(quiet: bool, text: &str) {
    if !quiet {
        line(text);
    }
}

/// An error in two lines: what is wrong, and what to do. Gives the exit back, so that it can be returned.
pub fn complain(exit: Exit, what: &str, remedy: &str) -> Exit {
    line(what);
    line(remedy);
    exit
}

/// Text for one line of a terminal: control characters stand as `\u{..}`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_invisible(character) {
            plain.extend(character.escape_unicode());
        } else {
            plain.push(character);
        }
    }
    plain
}

/// Characters that turn the direction of text or cannot be seen.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn line(text: &str) {
    // Nothing is left to tell the user where standard error itself is gone.
    let _ = writeln!(io::stderr().lock(), "nobounce: {}", plain(text));
}

fn end(error: &io::Error) -> Result<(), Exit> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Err(Exit::Well);
    }
    Err(complain(
        Exit::NotWritten,
        &format!("the result could not be written: {error}"),
        "make room where the output goes, or send it to another place",
    ))
}
