//! The start screen.

use jiff::tz::TimeZone;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Mark;
use crate::tui::model::Item;
use crate::tui::model::Model;
use crate::tui::model::SavedLine;
use crate::tui::model::Start;
use crate::tui::model::StartMode;
use crate::tui::view::input;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Columns of the names of saved domains.
const NAMES: usize = 26;

pub fn start(model: &Model, start: &Start, columns: usize, paint: Paint) -> Laid {
    match &start.mode {
        StartMode::Menu => menu(model, start.cursor, columns, paint),
        StartMode::Typing { field, complaint } => {
            let mut laid = heading("Which domain?", columns, paint);
            laid.extend(words::lines(
                "Type the part of your email addresses behind the @, such as example.com.",
                columns,
                0,
                paint.plain(),
            ));
            laid.gap();
            laid.append(input::field(field, "› ", columns.min(70), true, paint));
            if let Some(complaint) = complaint {
                laid.gap();
                laid.extend(words::signed(
                    Mark::Wrong,
                    complaint,
                    columns,
                    paint,
                    paint.strong(),
                ));
            }
            laid.gap();
            laid.extend(words::lines(
                "Nothing is changed anywhere. nobounce only looks at public DNS, and keeps what you answer on this computer.",
                columns,
                0,
                paint.faint(),
            ));
            laid
        }
        StartMode::Confirm { domain, says, .. } => {
            let mut laid = heading("Did you mean this domain?", columns, paint);
            laid.extend(words::lines(domain, columns, 2, paint.accent()));
            laid.gap();
            for line in says {
                laid.extend(words::lines(line, columns, 0, paint.plain()));
            }
            laid.gap();
            laid.extend(words::lines(
                "Enter goes on with it. Esc goes back to what you typed.",
                columns,
                0,
                paint.faint(),
            ));
            laid
        }
        StartMode::Bouncing => bouncing(columns, paint),
        StartMode::Opening(what) => {
            let mut laid = heading("One moment", columns, paint);
            laid.extend(words::signed(
                Mark::Waiting,
                &format!("Opening {what}…"),
                columns,
                paint,
                paint.plain(),
            ));
            laid
        }
    }
}

fn heading(text: &str, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    laid.extend(words::lines(text, columns, 0, paint.strong()));
    laid.gap();
    laid
}

fn menu(model: &Model, cursor: usize, columns: usize, paint: Paint) -> Laid {
    let mut laid = heading("What brings you here?", columns, paint);
    for (number, item) in model.items().into_iter().enumerate() {
        let here = number == cursor;
        if item == Item::GoOn(0) {
            laid.gap();
            laid.extend(words::lines("Go on with", columns, 0, paint.strong()));
        }
        let from = laid.rows.len();
        let (label, detail) = match item {
            Item::Bouncing => ("My mail is bouncing", "what to do about it"),
            Item::SetUp => (
                "Set up a domain",
                "step by step, nothing is changed for you",
            ),
            Item::Practice => ("Practice on a pretend domain", "nothing real is touched"),
            Item::GoOn(saved) => {
                if let Some(line) = model.saved.get(saved) {
                    laid.extend(saved_rows(line, here, &model.time_zone, columns, paint));
                }
                if here {
                    laid.focus_from(from);
                }
                continue;
            }
        };
        let style = if here { paint.accent() } else { paint.plain() };
        laid.extend(words::labelled(
            vec![
                Span::styled(if here { "› " } else { "  " }, paint.accent()),
                Span::styled(words::pad(label, 32), style),
            ],
            34,
            detail,
            columns,
            paint.faint(),
        ));
        if here {
            laid.focus_from(from);
        }
    }
    if let Some(trouble) = model
        .listing
        .as_ref()
        .and_then(|listing| listing.trouble.as_ref())
    {
        laid.gap();
        laid.extend(words::signed(
            Mark::Wrong,
            &trouble.reason,
            columns,
            paint,
            paint.strong(),
        ));
        laid.extend(words::lines(&trouble.remedy, columns, 2, paint.plain()));
    }
    laid
}

fn saved_rows(
    line: &SavedLine,
    here: bool,
    zone: &TimeZone,
    columns: usize,
    paint: Paint,
) -> Vec<Line<'static>> {
    let style = if here { paint.accent() } else { paint.plain() };
    let name = words::width(&words::safe(&line.domain)).clamp(NAMES, NAMES.max(columns / 2));
    let head = vec![
        Span::styled(if here { "› " } else { "  " }, paint.accent()),
        Span::styled(words::pad(&words::fit(&line.domain, name), name + 2), style),
    ];
    let text = match (&line.trouble, line.next_at) {
        (Some(trouble), _) => format!("✗ {}", trouble.reason),
        (None, Some(at)) => format!(
            "{}: {} ({})",
            line.step,
            line.next,
            at.to_zoned(zone.clone()).strftime("%-d %B")
        ),
        (None, None) => format!("{}: {}", line.step, line.next),
    };
    words::labelled(head, name + 4, &text, columns, paint.faint())
}

/// Honest about what is not there yet, and never a dead end.
fn bouncing(columns: usize, paint: Paint) -> Laid {
    let mut laid = heading("My mail is bouncing", columns, paint);
    for (text, style) in [
        (
            "This version cannot read bounce messages yet. It can do what mends most of them.",
            paint.plain(),
        ),
        (
            "Receivers such as Gmail, Outlook and Yahoo turn mail away when they cannot tell that it is really yours. Three records in your DNS tell them: who may send for you (SPF), a signature on your mail (DKIM), and what to do with forgeries (DMARC).",
            paint.plain(),
        ),
        (
            "The step that mends most bounces is \"Sign your mail (DKIM)\". Setting up your domain leads you there, and shows at once what is missing.",
            paint.plain(),
        ),
        (
            "If the message says \"mailbox full\" or \"no such user\", the cause is at the recipient: check the address or reach them another way.",
            paint.faint(),
        ),
        ("Enter sets up your domain. Esc goes back.", paint.accent()),
    ] {
        laid.extend(words::lines(text, columns, 0, style));
        laid.gap();
    }
    laid
}
