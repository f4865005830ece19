//! The form of a page: a list to choose from or to tick, a field, a box to paste into.

use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::tui::model::Focus;
use crate::tui::model::Model;
use crate::tui::model::Setup;
use crate::tui::view::card;
use crate::tui::view::card::Room;
use crate::tui::view::input;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Columns of a tick list's labels.
const LABELS: usize = 26;
/// A list of so few options shows every detail.
const SHORT: usize = 8;

pub fn form(model: &Model, setup: &Setup, columns: usize, room: Room, paint: Paint) -> Laid {
    let mut laid = match &setup.page.form {
        Form::Nothing => Laid::default(),
        Form::Choose { options, .. } => list(setup, options, Shape::Choose, columns, paint),
        Form::Tick { options, .. } => list(setup, options, Shape::Tick, columns, paint),
        Form::Type { label, hint, .. } | Form::Paste { label, hint, .. } => {
            typed(model, setup, label, hint, columns, paint)
        }
        Form::Record(card) => card::card(model, setup, card, columns, room, paint),
    };
    if let Some(complaint) = &setup.complaint {
        laid.gap();
        let from = laid.rows.len();
        laid.extend(words::signed(
            Mark::Wrong,
            complaint,
            columns,
            paint,
            paint.strong(),
        ));
        // The complaint is read before anything else is done.
        let top = laid.focus.map_or(from, |(first, _)| first);
        laid.focus = Some((top, laid.rows.len().saturating_sub(1)));
    } else if let Next::Closed(why) = &setup.page.next
        && !is_said(setup, why)
    {
        laid.gap();
        laid.extend(words::signed(
            Mark::Waiting,
            why,
            columns,
            paint,
            paint.plain(),
        ));
    }
    laid
}

/// Whether a piece of the page says the same already.
fn is_said(setup: &Setup, why: &str) -> bool {
    setup
        .page
        .blocks
        .iter()
        .any(|block| matches!(block, Block::Text(text) | Block::Note(text) if text == why))
}

/// A row of a long list to tick, behind `lead`. A label that is longer than its column takes the whole row: it says more than the detail, which
/// the row under the cursor shows in any case.
fn ticked_row(
    option: &Choice,
    mut lead: Vec<Span<'static>>,
    here: bool,
    labels: usize,
    columns: usize,
    style: Style,
    paint: Paint,
) -> Vec<Line<'static>> {
    let faint = paint.faint();
    let is_long = words::width(&words::safe(&option.label)) > labels;
    if is_long && here {
        let mut rows = words::labelled(lead, 6, &option.label, columns, style);
        rows.extend(words::lines(&option.detail, columns, 8, faint));
        return rows;
    }
    if is_long {
        let label = words::fit(&option.label, columns.saturating_sub(6));
        lead.push(Span::styled(label, style));
        return vec![Line::from(lead)];
    }
    lead.push(Span::styled(
        words::pad(&words::safe(&option.label), labels + 2),
        style,
    ));
    if here {
        return words::labelled(lead, labels + 8, &option.detail, columns, faint);
    }
    let room = columns.saturating_sub(labels + 8);
    if room >= 8 {
        lead.push(Span::styled(words::fit(&option.detail, room), faint));
    }
    vec![Line::from(lead)]
}

enum Shape {
    Choose,
    Tick,
}

fn list(setup: &Setup, options: &[Choice], shape: Shape, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    let visible = setup.visible();
    if let Some(filter) = &setup.list.filter {
        laid.append(input::field(
            &filter.field,
            "Filter / ",
            columns.min(50),
            filter.open,
            paint,
        ));
        laid.focus = None;
        if visible.is_empty() {
            laid.extend(words::lines(
                "Nothing fits. Esc shows all again.",
                columns,
                0,
                paint.faint(),
            ));
        }
    }
    let labels = options
        .iter()
        .map(|option| words::width(&words::safe(&option.label)))
        .max()
        .unwrap_or(0)
        .min(LABELS);
    for number in visible {
        let Some(option) = options.get(number) else {
            continue;
        };
        let here = number == setup.list.cursor;
        let from = laid.rows.len();
        let lead = if here { "› " } else { "  " };
        let style = if here { paint.accent() } else { paint.plain() };
        match shape {
            Shape::Choose => {
                laid.extend(words::labelled(
                    vec![Span::styled(lead, paint.accent())],
                    2,
                    &option.label,
                    columns,
                    style,
                ));
                if !option.detail.is_empty() {
                    laid.extend(words::lines(&option.detail, columns, 4, paint.faint()));
                }
            }
            Shape::Tick => {
                let ticked = setup.list.ticked.contains(&option.id);
                let sign = if ticked { "[x] " } else { "[ ] " };
                let spans = vec![
                    Span::styled(lead, paint.accent()),
                    Span::styled(
                        sign,
                        if ticked {
                            paint.mark(Mark::Done)
                        } else {
                            style
                        },
                    ),
                ];
                if options.len() <= SHORT {
                    laid.extend(words::labelled(spans, 6, &option.label, columns, style));
                    laid.extend(words::lines(&option.detail, columns, 8, paint.faint()));
                } else {
                    laid.extend(ticked_row(
                        option, spans, here, labels, columns, style, paint,
                    ));
                }
            }
        }
        if here {
            laid.focus_from(from);
        }
    }
    if matches!(shape, Shape::Tick) {
        laid.gap();
        laid.push(Line::from(Span::styled(
            format!("{} of {} ticked", setup.list.ticked.len(), options.len()),
            paint.faint(),
        )));
    }
    laid
}

fn typed(
    model: &Model,
    setup: &Setup,
    label: &str,
    hint: &str,
    columns: usize,
    paint: Paint,
) -> Laid {
    let mut laid = Laid::default();
    laid.extend(words::lines(label, columns, 0, paint.strong()));
    let focused = setup.focus == Focus::Field && model.overlay.is_none();
    let draw = if focused && setup.is_suggested() {
        input::suggested
    } else {
        input::field
    };
    laid.append(draw(&setup.field, "› ", columns, focused, paint));
    if !hint.is_empty() {
        laid.extend(words::lines(hint, columns, 2, paint.faint()));
    }
    if let Some(console) = model.console_here() {
        laid.gap();
        laid.extend(words::lines(
            "The pretend console shows this; Ctrl-V types it in:",
            columns,
            0,
            paint.plain(),
        ));
        laid.extend(
            words::wrap(&console.text, columns.saturating_sub(2))
                .into_iter()
                .take(4)
                .map(|line| Line::from(Span::styled(format!("  {line}"), paint.faint()))),
        );
    }
    laid
}
