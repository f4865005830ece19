//! Hands a text to the programs that fill a clipboard, on a thread of its own: none of them can hold the screen up.

use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use crate::records::untrusted::Untrusted;
use crate::tui::clipboard::Handed;
use crate::tui::clipboard::Program;
use crate::tui::clipboard::Reach;
use crate::tui::message::Message;

/// A program that has not ended by then is ended.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);
/// Bytes of a complaint that are shown.
const COMPLAINT: usize = 60;

/// A text to hand over.
pub struct Job {
    pub ticket: u64,
    pub programs: Vec<Program>,
    pub text: String,
}

/// A thread that hands over one text after the other, so that the last one stays. None where none can be had.
pub fn start(messages: UnboundedSender<Message>) -> Option<mpsc::Sender<Job>> {
    let (jobs, queue) = mpsc::channel::<Job>();
    thread::Builder::new()
        .name("clipboard".to_owned())
        .spawn(move || {
            while let Ok(job) = queue.recv() {
                let handed = hand(&job.programs, &job.text);
                // Nobody listens only where the wizard is on its way out.
                let _ = messages.send(Message::Handed {
                    ticket: job.ticket,
                    handed,
                });
            }
        })
        .ok()?;
    Some(jobs)
}

/// Tries the programs in their order: one that fills a clipboard, and, where that may be the wrong one, those that tell the terminal.
fn hand(programs: &[Program], text: &str) -> Handed {
    let mut handed = Handed::default();
    for program in programs {
        let is_native = program.reach != Reach::Terminal;
        if is_native && handed.taken.is_some() {
            continue;
        }
        match run(program, text, PATIENCE) {
            Ok(()) if is_native => {
                handed.taken = Some((program.name, program.reach));
                if program.reach == Reach::Person {
                    return handed;
                }
            }
            Ok(()) => handed.passed_on = true,
            Err(Failure::NotHere) => {}
            Err(Failure::Said(reason)) => {
                handed.failed.get_or_insert((program.name, reason));
            }
        }
    }
    handed
}

#[derive(Debug, PartialEq, Eq)]
enum Failure {
    NotHere,
    /// Why; escaped.
    Said(String),
}

/// Runs one program with the text as its input. The text and the complaints go through files without a name: these programs leave a
/// child behind that would hold a pipe open for as long as the text is on the clipboard.
fn run(program: &Program, text: &str, patience: Duration) -> Result<(), Failure> {
    let said = |error: io::Error| Failure::Said(error.to_string());
    let mut input = tempfile::tempfile().map_err(said)?;
    input.write_all(text.as_bytes()).map_err(said)?;
    input.rewind().map_err(said)?;
    let mut complaints = tempfile::tempfile().map_err(said)?;
    let mut child = Command::new(program.name)
        .args(program.arguments)
        .stdin(input)
        .stdout(Stdio::null())
        .stderr(complaints.try_clone().map_err(said)?)
        // Of its own group: what stops or interrupts the wizard does not take the text off the clipboard.
        .process_group(0)
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::NotHere,
            _ => said(error),
        })?;
    let end = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(Failure::Said(complaint(&mut complaints, status))),
            Ok(None) if Instant::now() < end => thread::sleep(BETWEEN_LOOKS),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::Said("it did not answer".to_owned()));
            }
            Err(error) => return Err(said(error)),
        }
    }
}

/// The first line of what it complained of; how it ended where it said nothing.
fn complaint(complaints: &mut File, status: ExitStatus) -> String {
    let mut text = Vec::new();
    let read = complaints
        .rewind()
        .and_then(|()| complaints.take(4 * COMPLAINT as u64).read_to_end(&mut text));
    let line = text
        .split(|byte| *byte == b'\n')
        .find(|line| !line.is_empty())
        .filter(|_| read.is_ok());
    match line {
        Some(line) => Untrusted::new(line).shown_up_to(COMPLAINT).into(),
        None => format!("it ended with {status}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const fn sh(script: &'static [&'static str]) -> Program {
        Program {
            name: "sh",
            arguments: script,
            reach: Reach::Person,
        }
    }

    #[test]
    fn a_program_gets_exactly_the_text_and_its_failure_is_seen() {
        let said = |text: &str| Err(Failure::Said(text.to_owned()));
        let patience = Duration::from_secs(60);
        let exact = sh(&["-c", "test \"$(cat; echo .)\" = 'a\nb.'"]);
        assert_eq!(run(&exact, "a\nb", patience), Ok(()));
        assert_ne!(run(&exact, "a\nb\n", patience), Ok(()));
        let failing = sh(&[
            "-c",
            "echo; echo \"no \x1b[31mdisplay\" >&2; echo more >&2; exit 3",
        ]);
        assert_eq!(run(&failing, "", patience), said("no \\027[31mdisplay"));
        let silent = sh(&["-c", "exit 3"]);
        assert_eq!(
            run(&silent, "", patience),
            said("it ended with exit status: 3")
        );
        let missing = Program {
            name: "no-such-clipboard",
            ..silent
        };
        assert_eq!(run(&missing, "", patience), Err(Failure::NotHere));
    }

    #[test]
    fn a_program_is_not_stopped_with_the_wizard() {
        let alone = sh(&["-c", "test \"$(ps -o pgid= -p $$ | tr -d ' ')\" = $$"]);
        assert_eq!(run(&alone, "", Duration::from_secs(60)), Ok(()));
    }

    #[test]
    fn t19_a_program_that_hangs_is_ended() {
        let hanging = sh(&["-c", "exec sleep 600"]);
        let ended = run(&hanging, "x", Duration::from_millis(50));
        assert_eq!(ended, Err(Failure::Said("it did not answer".to_owned())));
        // One that leaves a child behind, which keeps its outputs, is not waited for.
        let leaving = sh(&["-c", "sleep 5 & exit 0"]);
        assert_eq!(run(&leaving, "x", Duration::from_secs(4)), Ok(()));
    }

    #[test]
    fn programs_are_tried_until_one_takes_it_and_the_terminal_is_told_where_that_may_be_the_wrong_one()
     {
        let takes = sh(&["-c", "exit 0"]);
        let fails = sh(&["-c", "echo no >&2; exit 1"]);
        let missing = Program {
            name: "no-such-clipboard",
            ..takes
        };
        let of = |reach| Program { reach, ..takes };
        let failed = Some(("sh", "no".to_owned()));
        let taken = |reach| Some(("sh", reach));
        for (programs, handed) in [
            (vec![], Handed::default()),
            (vec![missing], Handed::default()),
            (
                vec![fails, takes, of(Reach::Terminal)],
                Handed {
                    taken: taken(Reach::Person),
                    passed_on: false,
                    failed: failed.clone(),
                },
            ),
            (
                vec![missing, of(Reach::Computer), fails, of(Reach::Terminal)],
                Handed {
                    taken: taken(Reach::Computer),
                    passed_on: true,
                    failed: None,
                },
            ),
            (
                vec![fails, of(Reach::Terminal)],
                Handed {
                    taken: None,
                    passed_on: true,
                    failed,
                },
            ),
        ] {
            assert_eq!(hand(&programs, "x"), handed, "{programs:?}");
        }
    }
}
