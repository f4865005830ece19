//! The frame: title bar, columns, notice, help line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::records::typed;
use crate::tui::keys;
use crate::tui::keys::Action;
use crate::tui::keys::Context;
use crate::tui::keys::Line as Place;
use crate::tui::model;
use crate::tui::model::Https;
use crate::tui::model::Model;
use crate::tui::model::Overlay;
use crate::tui::model::SMALLEST;
use crate::tui::model::Scroll;
use crate::tui::model::Setup;
use crate::tui::view::ladder;
use crate::tui::view::laid::Hidden;
use crate::tui::view::laid::Laid;
use crate::tui::view::over;
use crate::tui::view::page;
use crate::tui::view::start;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Columns of the steps at the left, and from which width on they are shown.
const LADDER: u16 = 27;
const WITH_LADDER: u16 = 80;
/// Columns of the explanation at the right, and from which width on it is shown.
const WHY: u16 = 36;
const WITH_WHY: u16 = 120;
/// Lines of text are not wider than this: they read badly.
const WIDEST: u16 = 84;

/// Draws the whole screen.
pub fn draw(model: &Model, frame: &mut Frame) {
    let area = frame.area();
    let paint = Paint {
        color: model.look.color,
    };
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let (width, height) = SMALLEST;
        let text = format!("make the window larger (need {width}x{height}), q quits");
        let mut laid = Laid::default();
        laid.extend(words::lines(
            &text,
            usize::from(area.width),
            0,
            paint.plain(),
        ));
        laid.draw(frame, area, Scroll::From(0));
    } else {
        screen(model, frame, area, paint);
    }
    if !model.look.unicode {
        only_ascii(frame);
    }
}

fn screen(model: &Model, frame: &mut Frame, area: Rect, paint: Paint) {
    let inner = Rect {
        x: area.x + 1,
        width: area.width - 2,
        ..area
    };
    let columns = usize::from(inner.width);
    let helps = help_line(model, columns, paint);
    let helps_height = u16::try_from(helps.len()).unwrap_or(1);
    let notice = notice(model, columns, paint);
    let notice_height = u16::try_from(notice.len()).unwrap_or(0);
    let bottom = area.height - helps_height - 1;
    let body = Rect {
        y: area.y + 2,
        height: bottom.saturating_sub(2 + notice_height),
        ..inner
    };
    title(model, frame, inner, paint);
    rule(frame, inner, area.y + 1, paint);
    let hidden = self::body(model, frame, body, paint);
    for (number, row) in notice.into_iter().enumerate() {
        let y = bottom - notice_height + u16::try_from(number).unwrap_or(0);
        frame.buffer_mut().set_line(inner.x, y, &row, inner.width);
    }
    rule(frame, inner, bottom, paint);
    more(frame, inner, bottom, hidden, paint);
    for (number, row) in helps.into_iter().enumerate() {
        let y = bottom + 1 + u16::try_from(number).unwrap_or(0);
        frame.buffer_mut().set_line(inner.x, y, &row, inner.width);
    }
}

fn title(model: &Model, frame: &mut Frame, area: Rect, paint: Paint) {
    let columns = usize::from(area.width);
    let middle = if model.practice.is_some() {
        "practice: nothing real is touched"
    } else if model.https == Https::On {
        "resolver view only (DNS over HTTPS)"
    } else {
        ""
    };
    let domain = match &model.place {
        model::Place::Setup(setup) => setup.facts.domain.as_str(),
        model::Place::Start(_) => "",
    };
    let left = "nobounce";
    let room = columns.saturating_sub(left.len() + middle.len() + 6);
    let domain = written(domain, model.look.unicode)
        .filter(|both| words::width(both) <= room)
        .unwrap_or_else(|| words::fit(domain, room.max(8)));
    let space = columns.saturating_sub(left.len() + middle.len() + words::width(&domain));
    let before = (space / 2).max(1);
    let row = Line::from(vec![
        Span::styled(left, paint.accent()),
        Span::raw(" ".repeat(before)),
        Span::styled(middle, paint.mark(Mark::Waiting)),
        Span::raw(" ".repeat(space.saturating_sub(before))),
        Span::styled(domain, paint.strong()),
    ]);
    frame
        .buffer_mut()
        .set_line(area.x, area.y, &row, area.width);
}

/// An internationalized name as people write it, and in brackets as the DNS has it.
fn written(domain: &str, unicode: bool) -> Option<String> {
    if !unicode || !domain.contains("xn--") {
        return None;
    }
    let people = typed::understand(domain).ok()?.unicode?;
    Some(format!("{people} ({domain})"))
}

fn rule(frame: &mut Frame, area: Rect, y: u16, paint: Paint) {
    let row = Line::from(Span::styled(
        "─".repeat(usize::from(area.width)),
        paint.faint(),
    ));
    frame.buffer_mut().set_line(area.x, y, &row, area.width);
}

/// Says on the lower rule that something is hidden.
fn more(frame: &mut Frame, area: Rect, y: u16, hidden: Hidden, paint: Paint) {
    let text = match (hidden.above, hidden.below) {
        (_, true) => " more below: PgDn ",
        (true, false) => " more above: PgUp ",
        (false, false) => return,
    };
    let length = u16::try_from(text.len()).unwrap_or(0);
    if area.width > length + 4 {
        let row = Line::from(Span::styled(text, paint.strong()));
        frame
            .buffer_mut()
            .set_line(area.x + area.width - length - 2, y, &row, length);
    }
}

fn body(model: &Model, frame: &mut Frame, area: Rect, paint: Paint) -> Hidden {
    let model::Place::Setup(setup) = &model.place else {
        let wide = area.width.min(WIDEST);
        let area = Rect {
            x: area.x + 2,
            y: area.y + 1,
            width: wide.saturating_sub(4),
            height: area.height.saturating_sub(1),
        };
        let columns = usize::from(area.width);
        return match (&model.overlay, &model.place) {
            (Some(overlay), _) => over::over(model, overlay, columns, paint).draw(
                frame,
                area,
                overlay_scroll(overlay),
            ),
            (None, model::Place::Start(start)) => {
                start::start(model, start, columns, paint).draw(frame, area, Scroll::Focus)
            }
            (None, model::Place::Setup(_)) => Hidden::default(),
        };
    };
    let mut main = area;
    if area.width + 2 >= WITH_LADDER {
        let left = Rect {
            width: LADDER,
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..area
        };
        let rows = usize::from(left.height);
        ladder::ladder(setup, usize::from(LADDER) - 1, rows, paint).draw(
            frame,
            left,
            Scroll::Focus,
        );
        main.x += LADDER + 1;
        main.width -= LADDER + 1;
    }
    if area.width + 2 >= WITH_WHY && model.overlay.is_none() {
        main.width -= WHY + 3;
        let right = Rect {
            x: main.x + main.width + 3,
            y: area.y + 1,
            width: WHY,
            height: area.height.saturating_sub(1),
        };
        why(setup, paint).draw(frame, right, Scroll::From(0));
    }
    main.width = main.width.min(WIDEST);
    main.y += 1;
    main.height = main.height.saturating_sub(1);
    let columns = usize::from(main.width);
    match &model.overlay {
        Some(overlay) => {
            over::over(model, overlay, columns, paint).draw(frame, main, overlay_scroll(overlay))
        }
        None => page::page(model, setup, columns, usize::from(main.height), paint).draw(
            frame,
            main,
            setup.scroll,
        ),
    }
}

fn overlay_scroll(overlay: &Overlay) -> Scroll {
    match overlay {
        Overlay::Help { scroll, .. } | Overlay::Guide { scroll } => Scroll::From(*scroll),
        Overlay::Steps { .. } | Overlay::Formats { .. } | Overlay::Panel(_) => Scroll::Focus,
    }
}

fn why(setup: &Setup, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    let columns = usize::from(WHY);
    laid.extend(words::lines("Why", columns, 0, paint.strong()));
    laid.gap();
    laid.extend(words::lines(&setup.page.why, columns, 0, paint.faint()));
    laid
}

/// What was said last; before it, that nothing can be changed, and that the network is in the way.
fn notice(model: &Model, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    if let Some(trouble) = model.setup().and_then(|setup| setup.look_only.as_ref()) {
        rows.extend(words::signed(
            Mark::Warning,
            &format!("You can only look: {}. {}", trouble.reason, trouble.remedy),
            columns,
            paint,
            paint.strong(),
        ));
        rows.truncate(2);
    }
    if model.https == Https::Offered && model.setup().is_some() {
        rows.extend(words::signed(
            Mark::Warning,
            "This network blocks or changes DNS. d asks the public resolvers of Cloudflare, Google and Quad9 over HTTPS instead.",
            columns,
            paint,
            paint.strong(),
        ));
    }
    if let Some(notice) = &model.notice {
        let mut said = words::signed(notice.mark, &notice.text, columns, paint, paint.plain());
        said.truncate(3);
        rows.extend(said);
    }
    rows
}

/// True for going on where a page that is only read has nothing behind it.
pub fn leads_nowhere(model: &Model, context: Context, action: Action) -> bool {
    action == Action::Accept
        && context == Context::Read
        && model
            .setup()
            .is_some_and(|setup| matches!(setup.page.next, Next::Closed(_)))
}

/// The keys that work here, from the table.
fn help_line(model: &Model, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    let context = model.context();
    let go = match (context, model.setup().map(|setup| &setup.page.next)) {
        (
            Context::Choose | Context::Tick | Context::Read | Context::Record | Context::Field,
            Some(Next::Go(label)),
        ) => Some(label),
        _ => None,
    };
    let mut hints = Vec::new();
    for binding in keys::bindings(context, model.practice.is_some()) {
        if binding.line != Place::Shown
            || binding.action == Action::Insert
                && context == Context::Field
                && model.console_here().is_none()
            || leads_nowhere(model, context, binding.action)
            || binding.action == Action::Undo
                && model.setup().is_some_and(|setup| setup.undo.is_empty())
        {
            continue;
        }
        let meaning = match go {
            Some(label) if binding.action == Action::Accept => words::fit(label, 46),
            _ => binding.meaning.to_owned(),
        };
        hints.push((binding.action, binding.label, meaning));
    }
    // Where there is no room for all, the way to all keys and the way out stay.
    while in_rows(&hints, columns).len() > 2 {
        let Some(last) = hints
            .iter()
            .rposition(|(action, ..)| !matches!(action, Action::Help | Action::Leave))
        else {
            break;
        };
        hints.remove(last);
    }
    in_rows(&hints, columns)
        .into_iter()
        .take(2)
        .map(|row| {
            let mut spans = Vec::new();
            for (_, label, meaning) in row {
                if !spans.is_empty() {
                    spans.push(Span::raw("  "));
                }
                spans.push(Span::styled(*label, paint.accent()));
                spans.push(Span::styled(format!(" {meaning}"), paint.faint()));
            }
            Line::from(spans)
        })
        .collect()
}

/// A key and what it does.
type Hint = (Action, &'static str, String);

/// The hints in rows of at most `columns`.
fn in_rows(hints: &[Hint], columns: usize) -> Vec<Vec<&Hint>> {
    let mut rows = vec![Vec::new()];
    let mut used = 0;
    for hint in hints {
        let long = words::width(hint.1) + 1 + words::width(&hint.2);
        if used > 0 && used + 2 + long > columns {
            rows.push(Vec::new());
            used = 0;
        }
        used += if used > 0 { 2 + long } else { long };
        if let Some(row) = rows.last_mut() {
            row.push(hint);
        }
    }
    rows
}

/// Replaces what a terminal without Unicode would spoil.
fn only_ascii(frame: &mut Frame) {
    for cell in &mut frame.buffer_mut().content {
        if !cell.symbol().is_ascii() {
            let plain = words::ascii(cell.symbol());
            cell.set_symbol(plain);
        }
    }
}
