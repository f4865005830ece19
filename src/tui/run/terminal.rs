//! The terminal: taken over, and given back whatever happens.

use std::io;
use std::io::BufWriter;
use std::io::Stdout;
use std::io::Write;
use std::io::stdout;
use std::panic;

use crossterm::cursor::Hide;
use crossterm::cursor::MoveTo;
use crossterm::cursor::RestorePosition;
use crossterm::cursor::SavePosition;
use crossterm::cursor::Show;
use crossterm::event::DisableBracketedPaste;
use crossterm::event::EnableBracketedPaste;
use crossterm::execute;
use crossterm::queue;
use crossterm::style::Attribute;
use crossterm::style::Print;
use crossterm::style::SetAttribute;
use crossterm::style::force_color_output;
use crossterm::terminal::Clear;
use crossterm::terminal::ClearType;
use crossterm::terminal::EnterAlternateScreen;
use crossterm::terminal::LeaveAlternateScreen;
use crossterm::terminal::disable_raw_mode;
use crossterm::terminal::enable_raw_mode;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::tui::view::links::Link;

/// The exit code of a panic: what Rust programs end with.
const PANIC: i32 = 101;

/// A terminal that is drawn on. What is drawn goes out in one piece.
pub type Screen = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

/// Takes the terminal over.
pub fn take(color: bool) -> io::Result<Screen> {
    // Whether there is color was decided already, `NO_COLOR` included.
    force_color_output(color);
    give_back_on_panic();
    enter()?;
    fresh().inspect_err(|_| give_back())
}

/// An empty screen, to be drawn whole. The terminal is not asked anything: one that does not answer would hold us up.
pub fn fresh() -> io::Result<Screen> {
    execute!(stdout(), Clear(ClearType::All))?;
    Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(
        1 << 16,
        stdout(),
    )))
}

/// Lays the terminal's own links (OSC 8) over addresses that were just drawn. Each is printed once more with the same signs, so what the
/// screen is known to hold stays true.
pub fn lay_links(out: &mut impl Write, links: &[Link]) -> io::Result<()> {
    if links.is_empty() {
        return Ok(());
    }
    queue!(out, SavePosition)?;
    for (number, Link { address, pieces }) in links.iter().enumerate() {
        for (x, y, text) in pieces {
            queue!(
                out,
                MoveTo(*x, *y),
                SetAttribute(Attribute::Underlined),
                Print(format_args!(
                    "\x1b]8;id=nobounce{number};{address}\x1b\\{text}\x1b]8;;\x1b\\"
                )),
                SetAttribute(Attribute::Reset)
            )?;
        }
    }
    queue!(out, RestorePosition)?;
    out.flush()
}

/// Goes into the full screen.
pub fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
        .inspect_err(|_| give_back())
}

/// Gives the terminal back. A terminal that is gone cannot be given back, and that is no matter.
pub fn give_back() {
    let mut out = stdout();
    let _ = queue!(out, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// Out of the frame, with the keys still ours: a text on a line of its own, as long as it is.
pub fn show_outside(text: &str) -> io::Result<()> {
    let mut out = stdout();
    queue!(out, LeaveAlternateScreen, Show)?;
    write!(out, "\r\n{text}\r\n\r\nPress Enter to go back.\r\n")?;
    out.flush()
}

/// Back into the frame.
pub fn return_inside() -> io::Result<Screen> {
    execute!(stdout(), EnterAlternateScreen, Hide)?;
    fresh()
}

/// On a panic the terminal is given back first, then the message is printed, then all ends: a wizard of which a part
/// has died must not go on.
fn give_back_on_panic() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        give_back();
        before(info);
        std::process::exit(PANIC);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_address_over_itself() {
        let mut out = Vec::new();
        let link = Link {
            address: "https://panel.example/".to_owned(),
            pieces: vec![
                (2, 4, "https://panel".to_owned()),
                (2, 5, ".example/".to_owned()),
            ],
        };
        assert!(lay_links(&mut out, &[link]).is_ok());
        let text = String::from_utf8_lossy(&out);
        let open = "\x1b[4m\x1b]8;id=nobounce0;https://panel.example/\x1b\\";
        let close = "\x1b]8;;\x1b\\\x1b[0m";
        let expected =
            format!("\x1b7\x1b[5;3H{open}https://panel{close}\x1b[6;3H{open}.example/{close}\x1b8");
        assert_eq!(text, expected);
        let mut nothing = Vec::new();
        assert!(lay_links(&mut nothing, &[]).is_ok());
        assert!(nothing.is_empty());
    }
}
