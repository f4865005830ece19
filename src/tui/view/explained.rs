//! The page of the worst mistake on the screen, as the help shows it.

use std::cmp::Reverse;

use ratatui::text::Span;

use crate::catalog::explain;
use crate::catalog::explain::Block as Told;
use crate::catalog::explain::Explanation;
use crate::catalog::explain::Part;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::PageId;
use crate::plan::page::Watch;
use crate::plan::panel;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::tui::model::Setup;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// What the state of the record on the screen names.
pub fn of_record(setup: &Setup) -> &[Finding] {
    match &setup.page.form {
        Form::Record(card) => match &card.watch {
            Watch::NotYet => &[],
            Watch::Asking { last } => last.as_ref().map_or(&[], |last| &last.findings),
            Watch::Seen { judgement, .. } => &judgement.findings,
        },
        _ => &[],
    }
}

/// The code of the worst finding on the screen that has a page, with that page; of equals the first.
pub fn worst(setup: &Setup) -> Option<(&str, Explanation)> {
    let on_page = setup.page.blocks.iter().filter_map(|block| match block {
        Block::Finding(finding) => Some(finding),
        _ => None,
    });
    let mut all: Vec<(Severity, &str)> = of_record(setup)
        .iter()
        .chain(on_page)
        .map(|finding| (finding.severity, finding.code.as_str()))
        .collect();
    if setup.page.id == PageId::Domain
        && let Some(report) = &setup.facts.survey
    {
        all.extend(report.findings.iter().map(|row| {
            let severity = [Severity::Error, Severity::Warning]
                .into_iter()
                .find(|severity| severity.as_str() == row.severity)
                .unwrap_or(Severity::Note);
            (severity, row.code.as_str())
        }));
    }
    all.sort_by_key(|(severity, _)| Reverse(*severity));
    all.into_iter()
        .find_map(|(_, code)| Some((code, explain::page(code)?)))
}

/// How the mistake looks in the panel of the DNS host, where something is known of it.
pub fn there(setup: &Setup, code: &str, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    let host = panel::host(&setup.facts);
    if let Some((host, text)) = host.and_then(|host| Some((host, host.mistake(code)?))) {
        let heading = format!("At {}", host.name);
        laid.extend(words::lines(&heading, columns, 0, paint.accent()));
        laid.extend(words::lines(text, columns, 2, paint.plain()));
        laid.gap();
    }
    laid
}

/// The page in rows. Where it is written is left to `nobounce explain`.
pub fn rows(page: &Explanation, columns: usize, paint: Paint) -> Laid {
    let mut laid = Laid::default();
    laid.extend(words::lines(&page.title, columns, 0, paint.strong()));
    for section in &page.sections {
        if section.part == Part::Source {
            continue;
        }
        laid.gap();
        laid.extend(words::lines(
            section.part.heading(),
            columns,
            0,
            paint.accent(),
        ));
        let mut after_item = false;
        for block in &section.blocks {
            let is_item = matches!(block, Told::Item { .. });
            if matches!(block, Told::Example(_)) || (after_item && !is_item) {
                laid.gap();
            }
            match block {
                Told::Paragraph(text) => {
                    laid.extend(words::lines(text, columns, 2, paint.plain()));
                }
                Told::Item { mark, text } => {
                    let head = format!("  {mark} ");
                    let indent = head.len();
                    let span = Span::styled(head, paint.accent());
                    laid.extend(words::labelled(
                        vec![span],
                        indent,
                        text,
                        columns,
                        paint.plain(),
                    ));
                }
                Told::Example(lines) => {
                    for line in lines {
                        laid.extend(words::lines(line, columns, 4, paint.faint()));
                    }
                    laid.gap();
                }
            }
            after_item = is_item;
        }
    }
    laid.gap();
    laid
}
