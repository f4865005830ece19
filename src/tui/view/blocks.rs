//! The pieces of a page above its form.

use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Block;
use crate::plan::page::Check;
use crate::plan::page::TreeRow;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Widest column of labels.
const LABELS: usize = 26;

pub fn blocks(blocks: &[Block], columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    for block in blocks {
        laid.gap();
        laid.extend(rows(block, columns, paint));
    }
    laid
}

fn rows(block: &Block, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    match block {
        Block::Text(text) => words::lines(text, columns, 0, paint.plain()),
        Block::Note(text) => words::lines(text, columns, 0, paint.faint()),
        Block::Steps(steps) => steps
            .iter()
            .enumerate()
            .flat_map(|(number, step)| {
                let head = format!("{:>2}. ", number + 1);
                let span = Span::styled(head.clone(), paint.accent());
                words::labelled(vec![span], head.len(), step, columns, paint.plain())
            })
            .collect(),
        Block::Checks(checks) => self::checks(checks, columns, paint),
        Block::Rows(rows) => {
            let label = label_width(rows.iter().map(|(label, _)| label.as_str()));
            rows.iter()
                .flat_map(|(name, value)| {
                    let head = words::pad(&words::fit(name, label), label + 2);
                    let span = Span::styled(head, paint.faint());
                    words::labelled(vec![span], label + 2, value, columns, paint.plain())
                })
                .collect()
        }
        Block::Finding(finding) => self::finding(finding, columns, paint),
        Block::Tree(rows) => rows
            .iter()
            .flat_map(|row| tree_row(row, columns, paint))
            .collect(),
    }
}

fn label_width<'a>(labels: impl Iterator<Item = &'a str>) -> usize {
    labels
        .map(|label| words::width(&words::safe(label)))
        .max()
        .unwrap_or(0)
        .min(LABELS)
}

fn checks(checks: &[Check], columns: usize, paint: Paint) -> Vec<Line<'static>> {
    let label = label_width(checks.iter().map(|check| check.label.as_str()));
    checks
        .iter()
        .flat_map(|check| {
            let sign = Span::styled(
                format!("{} ", words::sign(check.mark)),
                paint.mark(check.mark),
            );
            if check.detail.is_empty() {
                let mut rows =
                    words::signed(check.mark, &check.label, columns, paint, paint.plain());
                rows.truncate(6);
                return rows;
            }
            if words::width(&words::safe(&check.label)) > label {
                // Too long for its column: the detail goes below.
                let mut rows =
                    words::signed(check.mark, &check.label, columns, paint, paint.plain());
                rows.extend(words::lines(&check.detail, columns, 4, paint.faint()));
                return rows;
            }
            let name = words::pad(&words::fit(&check.label, label), label + 2);
            words::labelled(
                vec![sign, Span::styled(name, paint.plain())],
                label + 4,
                &check.detail,
                columns,
                paint.faint(),
            )
        })
        .collect()
}

/// What is wrong first, what to do second.
pub fn finding(finding: &Finding, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    let mark = words::of_finding(finding);
    let style = if finding.severity == Severity::Note {
        paint.plain()
    } else {
        paint.strong()
    };
    let mut rows = words::signed(mark, &finding.message, columns, paint, style);
    if !finding.remedy.is_empty() {
        rows.extend(words::lines(&finding.remedy, columns, 2, paint.plain()));
    }
    rows
}

fn tree_row(row: &TreeRow, columns: usize, paint: Paint) -> Vec<Line<'static>> {
    let indent = (row.depth * 2).min(columns / 2);
    let detail = words::fit(&row.detail, columns / 2);
    let right = words::width(&detail);
    let room = columns.saturating_sub(indent + 2 + right + 1).max(1);
    let is_cut = words::width(&words::safe(&row.text)) > room
        || words::width(&words::safe(&row.detail)) > columns / 2;
    if is_cut && !row.detail.is_empty() {
        // Too long to stand side by side: the detail goes below.
        let sign = Span::styled(format!("{} ", words::sign(row.mark)), paint.mark(row.mark));
        let head = vec![Span::raw(" ".repeat(indent)), sign];
        let mut rows = words::labelled(head, indent + 2, &row.text, columns, paint.plain());
        rows.extend(words::lines(
            &row.detail,
            columns,
            indent + 4,
            paint.faint(),
        ));
        return rows;
    }
    let text = words::fit(&row.text, room);
    vec![Line::from(vec![
        Span::raw(" ".repeat(indent)),
        Span::styled(format!("{} ", words::sign(row.mark)), paint.mark(row.mark)),
        Span::styled(words::pad(&text, room + 1), paint.plain()),
        Span::styled(detail, paint.faint()),
    ])]
}
