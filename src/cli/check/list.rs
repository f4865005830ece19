//! The domains to look at, as they were typed and then line by line from a file: a long list is never held as a whole.

use std::fs::File;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;

use tokio::sync::mpsc;

use crate::cli::Exit;
use crate::cli::printer;

/// Bytes of one line that are read; the rest of a longer one is skipped, and no domain is as long.
const LONGEST_LINE: u64 = 4096;

/// Entries that are read ahead.
const AHEAD: usize = 64;

/// Something that is to be a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub text: String,
    /// Where in a file it stands, in words; None for what was typed.
    pub place: Option<String>,
}

pub struct List {
    /// How many there are, where that can be known beforehand.
    pub total: Option<u64>,
    /// `Err` ends the list: the file could not be read to its end, which has been said.
    pub entries: mpsc::Receiver<Result<Entry, Exit>>,
}

impl List {
    /// Those `typed`, then those of the file `from` (`-`: standard input). Read by a thread of its own, since the reading of a pipe
    /// may last.
    pub fn open(typed: &[String], from: Option<&Path>) -> Result<Self, Exit> {
        let (sender, entries) = mpsc::channel(AHEAD);
        let in_file = from.map_or(Ok(Some(0)), |path| {
            count(path).map_err(|error| unreadable(path, &error))
        })?;
        let total = in_file.map(|count| count + typed.len() as u64);
        let input: Option<Box<dyn Read + Send>> = match from {
            None => None,
            Some(path) if is_stdin(path) => Some(Box::new(io::stdin())),
            Some(path) => Some(Box::new(
                File::open(path).map_err(|error| unreadable(path, &error))?,
            )),
        };
        let typed = typed.to_vec();
        let path = from.map(Path::to_owned);
        std::thread::spawn(move || {
            for text in typed {
                if sender
                    .blocking_send(Ok(Entry { text, place: None }))
                    .is_err()
                {
                    return;
                }
            }
            let (Some(input), Some(path)) = (input, path) else {
                return;
            };
            let name = if is_stdin(&path) {
                "standard input".to_owned()
            } else {
                path.display().to_string()
            };
            let read = lines(BufReader::new(input), |number, text| {
                let place = Some(format!("line {number} of {name}"));
                sender.blocking_send(Ok(Entry { text, place })).is_ok()
            });
            if let Err(error) = read {
                let _ = sender.blocking_send(Err(unreadable(&path, &error)));
            }
        });
        Ok(Self { total, entries })
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How many domains a plain file lists; None for what can be read only once.
fn count(path: &Path) -> io::Result<Option<u64>> {
    if is_stdin(path) {
        return Ok(None);
    }
    if !path.metadata()?.is_file() {
        return Ok(None);
    }
    let mut count = 0;
    lines(BufReader::new(File::open(path)?), |_, _| {
        count += 1;
        true
    })?;
    Ok(Some(count))
}

/// Hands each line that holds something to `on`, with its number; `on` says whether to go on. What follows a `#` is a remark.
fn lines(mut input: impl BufRead, mut on: impl FnMut(u64, String) -> bool) -> io::Result<()> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let read = input
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        if !bytes.ends_with(b"\n") {
            input.skip_until(b'\n')?;
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}');
        let text = text.split('#').next().unwrap_or_default().trim();
        if !text.is_empty() && !on(number, text.to_owned()) {
            break;
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> Exit {
    printer::complain(
        Exit::Usage,
        &format!("{} could not be read: {error}", path.display()),
        "name a file with one domain a line, or - for standard input",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_list_is_read_line_by_line() {
        let long = "x".repeat(10_000);
        let text =
            format!("\u{feff}# ours\r\na.test # shop\r\n\r\n  b.test\t\n{long}\n\u{7f}\nlast.test");
        let mut seen = Vec::new();
        lines(text.as_bytes(), |number, text| {
            seen.push((number, text.len(), text.chars().take(9).collect::<String>()));
            true
        })
        .unwrap();
        let row = |number, length, text: &str| (number, length, text.to_owned());
        assert_eq!(
            seen,
            [
                row(2, 6, "a.test"),
                row(4, 6, "b.test"),
                row(5, 4096, "xxxxxxxxx"),
                row(6, 1, "\u{7f}"),
                row(7, 9, "last.test"),
            ]
        );
    }
}
