//! How far a look at many domains has come: a bar where standard error is a terminal, else a line now and then.

use std::io::IsTerminal;
use std::time::Duration;
use std::time::Instant;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::cli::Exit;
use crate::cli::printer;

/// Time between two lines.
const NOW_AND_THEN: Duration = Duration::from_secs(10);

/// Drawings of the bar in a second.
const DRAWINGS: u8 = 10;

pub struct Progress {
    is_shown: bool,
    total: Option<u64>,
    bar: Option<ProgressBar>,
    /// True where a result would be printed into the bar.
    is_in_the_way: bool,
    told: Instant,
    done: u64,
    wrong: u64,
    unknown: u64,
}

impl Progress {
    pub fn new(is_shown: bool, total: Option<u64>) -> Self {
        let has_terminal = std::io::stderr().is_terminal();
        Self {
            is_shown,
            total,
            bar: (is_shown && has_terminal).then(|| bar(total)),
            is_in_the_way: std::io::stdout().is_terminal(),
            told: Instant::now(),
            done: 0,
            wrong: 0,
            unknown: 0,
        }
    }

    /// Prints the result of one domain and counts it.
    pub fn print(&mut self, text: &str, verdict: &str) -> Result<(), Exit> {
        self.done += 1;
        self.wrong += u64::from(verdict == "error");
        self.unknown += u64::from(verdict == "unknown");
        match &self.bar {
            Some(bar) if self.is_in_the_way => bar.suspend(|| printer::result(text))?,
            _ => printer::result(text)?,
        }
        if let Some(bar) = &self.bar {
            bar.set_message(self.counts());
            bar.set_position(self.done);
        } else if self.is_shown && self.told.elapsed() >= NOW_AND_THEN {
            self.told = Instant::now();
            self.tell();
        }
        Ok(())
    }

    /// The last word.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if self.is_shown && self.done > 1 {
            self.tell();
        }
    }

    fn tell(&self) {
        let of = self.total.map_or(String::new(), |all| format!(" of {all}"));
        let line = format!("{}{of} domains looked at, {}", self.done, self.counts());
        printer::remark(false, &line);
    }

    fn counts(&self) -> String {
        let Self { wrong, unknown, .. } = self;
        format!("{wrong} with errors, {unknown} could not be told")
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(DRAWINGS);
    let bar = ProgressBar::with_draw_target(total, target);
    let template = match total {
        Some(_) => "{bar:24} {pos} of {len} domains, {msg}, {eta} left",
        None => "{spinner} {pos} domains, {msg}",
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
