//! What stands over a page: help, the list of steps, the pretend panel.

use ratatui::text::Line;
use ratatui::text::Span;

use crate::export::FORMATS;
use crate::plan::page::Form;
use crate::tui::keys;
use crate::tui::keys::Context;
use crate::tui::keys::Line as Place;
use crate::tui::model::Model;
use crate::tui::model::Overlay;
use crate::tui::model::Setup;
use crate::tui::panel::Panel;
use crate::tui::panel::Spot;
use crate::tui::view::explained;
use crate::tui::view::frame::leads_nowhere;
use crate::tui::view::guide;
use crate::tui::view::input;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Columns of the names of formats.
const FORMAT_NAMES: usize = 12;
/// Entries of the pretend panel: columns of type and name.
const NAMES: usize = 24;

/// What the mistake on the page means, why the page matters, and every key that works on it.
pub fn help(model: &Model, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    if let Some(setup) = model.setup() {
        if let Some((code, page)) = explained::worst(setup) {
            laid.append(explained::rows(&page, columns, paint));
            laid.append(explained::there(setup, code, columns, paint));
            let command = format!("nobounce explain --code {code}");
            laid.extend(words::lines("To read it later:", columns, 0, paint.faint()));
            laid.extend(words::lines(&command, columns, 2, paint.plain()));
            laid.gap();
        }
        laid.extend(words::lines(
            &format!("Why: {}", setup.page.title),
            columns,
            0,
            paint.strong(),
        ));
        laid.gap();
        laid.extend(words::lines(&setup.page.why, columns, 0, paint.plain()));
        laid.gap();
    }
    laid.extend(words::lines(
        "Keys of this page",
        columns,
        0,
        paint.strong(),
    ));
    laid.gap();
    let context = below(model);
    let rows: Vec<_> = keys::bindings(context, model.practice.is_some())
        .filter(|binding| binding.line != Place::Silent)
        .filter(|binding| !leads_nowhere(model, context, binding.action))
        .collect();
    let label = rows
        .iter()
        .map(|binding| binding.label.len())
        .max()
        .unwrap_or(0);
    for binding in rows {
        let also = if binding.keys.contains(&keys::Key::Control('c')) && binding.label != "Ctrl-C" {
            " (Ctrl-C too); everything is saved"
        } else {
            ""
        };
        laid.extend(words::labelled(
            vec![Span::styled(
                words::pad(binding.label, label + 2),
                paint.accent(),
            )],
            label + 2,
            &format!("{}{also}", binding.meaning),
            columns,
            paint.plain(),
        ));
    }
    laid.gap();
    laid.extend(words::lines(
        "Signs: ✓ done  ● now  ◌ waiting  ✗ wrong  ! take care  ? could not tell  · later",
        columns,
        0,
        paint.faint(),
    ));
    laid
}

/// What has the focus below the help.
fn below(model: &Model) -> Context {
    if let Some(Overlay::Help {
        over: Some(panel), ..
    }) = &model.overlay
    {
        return panel.context();
    }
    let mut without = model.clone();
    without.overlay = None;
    without.context()
}

pub fn steps(setup: &Setup, cursor: usize, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    laid.extend(words::lines("Go to a step", columns, 0, paint.strong()));
    laid.gap();
    for (number, step) in setup.steps.iter().enumerate() {
        let here = number == cursor;
        let from = laid.rows.len();
        let style = if here { paint.accent() } else { paint.plain() };
        let missing = step
            .gates
            .iter()
            .find(|gate| !gate.holds)
            .map(|gate| gate.reason.clone())
            .unwrap_or_default();
        laid.push(Line::from(vec![
            Span::styled(if here { "› " } else { "  " }, paint.accent()),
            Span::styled(
                format!("{} ", words::sign(step.mark)),
                paint.mark(step.mark),
            ),
            Span::styled(
                words::fit(
                    &format!("{:>2}  {}", number + 1, step.title),
                    columns.saturating_sub(4),
                ),
                style,
            ),
        ]));
        if here && !missing.is_empty() {
            laid.extend(words::lines(&missing, columns, 8, paint.faint()));
        }
        if here {
            laid.focus_from(from);
        }
    }
    laid
}

pub fn panel(model: &Model, panel: &Panel, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    laid.extend(words::lines(
        "The pretend panel: add a record, as you would at your DNS host",
        columns,
        0,
        paint.strong(),
    ));
    laid.gap();
    for (spot, head, field) in [
        (Spot::Type, "Type   ", &panel.record_type),
        (Spot::Name, "Name   ", &panel.name),
        (Spot::Value, "Value  ", &panel.value),
    ] {
        let here = panel.spot == spot;
        let head = format!("{} {head}", if here { "›" } else { " " });
        let from = laid.rows.len();
        laid.append(input::field(field, &head, columns, here, paint));
        if here {
            laid.focus_from(from);
        }
    }
    let here = panel.spot == Spot::Cut;
    let from = laid.rows.len();
    laid.push(Line::from(vec![
        Span::styled(if here { "› " } else { "  " }, paint.accent()),
        Span::styled(
            format!(
                "[{}] this panel cuts at 255 characters",
                if panel.cut { "x" } else { " " }
            ),
            if here { paint.accent() } else { paint.plain() },
        ),
    ]));
    if here {
        laid.focus_from(from);
    }
    laid.gap();
    let entries = model
        .practice
        .as_ref()
        .map_or(&[] as &[_], |practice| &practice.view.entries);
    laid.extend(words::lines(
        if entries.is_empty() {
            "No records in it yet"
        } else {
            "Records in it"
        },
        columns,
        0,
        paint.strong(),
    ));
    for (number, entry) in entries.iter().enumerate() {
        let here = panel.spot == Spot::Entries && number == panel.entry;
        let name = words::pad(&words::fit(&entry.name, NAMES), NAMES + 1);
        let kind = words::pad(&words::fit(&entry.record_type, 5), 6);
        laid.push(Line::from(vec![
            Span::styled(if here { "› " } else { "  " }, paint.accent()),
            Span::styled(kind, paint.faint()),
            Span::styled(name, if here { paint.accent() } else { paint.plain() }),
            Span::styled(
                words::fit(&entry.value, columns.saturating_sub(NAMES + 9)),
                paint.faint(),
            ),
        ]));
        if here {
            laid.focus_from(laid.rows.len() - 1);
        }
    }
    laid
}

/// The forms in which the records can be written, and what each is for.
fn formats(cursor: usize, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    laid.extend(words::lines(
        "Write the records to a file",
        columns,
        0,
        paint.strong(),
    ));
    laid.gap();
    for (at, format) in FORMATS.iter().enumerate() {
        let here = at == cursor;
        let style = if here { paint.accent() } else { paint.plain() };
        let about = words::lines(
            format.about,
            columns.saturating_sub(FORMAT_NAMES + 2),
            0,
            style,
        );
        let from = laid.rows.len();
        for (row, line) in about.into_iter().enumerate() {
            let name = if row == 0 { format.id } else { "" };
            let mut spans = vec![
                Span::styled(if here && row == 0 { "› " } else { "  " }, paint.accent()),
                Span::styled(format!("{name:FORMAT_NAMES$}"), paint.faint()),
            ];
            spans.extend(line.spans);
            laid.rows.push(Line::from(spans));
        }
        if here {
            laid.focus_from(from);
        }
    }
    laid
}

/// The rows of an overlay.
pub fn over(model: &Model, overlay: &Overlay, columns: usize, paint: Paint) -> Laid {
    match overlay {
        Overlay::Help { .. } => help(model, columns, paint),
        Overlay::Steps { cursor } => match model.setup() {
            Some(setup) => steps(setup, *cursor, columns, paint),
            None => Laid::default(),
        },
        Overlay::Formats { cursor } => formats(*cursor, columns, paint),
        Overlay::Guide { .. } => match model.setup().map(|setup| &setup.page.form) {
            Some(Form::Record(card)) => guide::page(card, columns, paint),
            _ => Laid::default(),
        },
        Overlay::Panel(panel) => self::panel(model, panel, columns, paint),
    }
}
