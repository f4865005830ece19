//! The state of the record on a card: the verdict with the mistake named, then who has it.

use jiff::tz::TimeZone;
use ratatui::text::Line;

use crate::plan::page::Card;
use crate::plan::page::Mark;
use crate::plan::page::Watch;
use crate::plan::seen;
use crate::records::finding::Severity;
use crate::records::verdict::Judgement;
use crate::records::verdict::Verdict;
use crate::tui::model::Https;
use crate::tui::model::Model;
use crate::tui::model::ServerMark;
use crate::tui::model::Setup;
use crate::tui::model::Side;
use crate::tui::view::blocks;
use crate::tui::view::card::Room;
use crate::tui::view::card::servers;
use crate::tui::view::explained;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// The verdict with the mistake named, then who has the record.
pub fn truth(
    model: &Model,
    setup: &Setup,
    card: &Card,
    columns: usize,
    room: Room,
    paint: Paint,
) -> Laid {
    let mut laid = Laid::default();
    let watched = setup.watched_here();
    let (judgement, asking) = match &card.watch {
        Watch::NotYet => (None, false),
        Watch::Asking { last } => (last.as_ref(), true),
        Watch::Seen { judgement, .. } => (Some(judgement), false),
    };
    let old = watched
        .and_then(|watched| watched.last)
        .filter(|last| seen::is_old(model.now, *last));
    match (judgement, old) {
        (Some(judgement), Some(last)) if judgement.verdict == Verdict::Published => {
            let sentence = format!("Seen published {}", seen::ago(model.now, last));
            laid.extend(words::signed(
                Mark::Waiting,
                &sentence,
                columns,
                paint,
                paint.strong(),
            ));
        }
        (Some(judgement), _) => {
            laid.extend(verdict(judgement, card, &model.time_zone, columns, paint))
        }
        (None, _) => laid.extend(words::signed(
            Mark::Waiting,
            "Not looked at yet in this session",
            columns,
            paint,
            paint.plain(),
        )),
    }
    let is_named = judgement.is_some_and(|judgement| {
        judgement
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    });
    if room != Room::Tight && is_named && explained::worst(setup).is_some() {
        laid.extend(words::lines(
            "? explains this step by step",
            columns,
            2,
            paint.faint(),
        ));
    }
    laid.gap();
    let mut marks: Vec<ServerMark> =
        watched.map_or_else(Vec::new, |watched| watched.servers.clone());
    if judgement.is_some_and(|judgement| matches!(judgement.verdict, Verdict::Unknown { .. })) {
        // The verdict has said already what each of them said.
        for server in &mut marks {
            server.trouble = None;
        }
    }
    let marks = marks.as_slice();
    let is_of_resolvers = model.https == Https::On && model.practice.is_none();
    laid.extend(servers::side(
        "Your name servers",
        Side::Authoritative,
        marks,
        judgement.map(|judgement| judgement.authoritative),
        if is_of_resolvers {
            "· not asked (DNS over HTTPS)"
        } else {
            "◌ being found"
        },
        columns,
        paint,
    ));
    laid.extend(servers::side(
        "The world",
        Side::Resolver,
        marks,
        judgement.map(|judgement| judgement.resolvers),
        if is_of_resolvers {
            "◌ asked in a while, or with r"
        } else {
            "◌ asked when yours have it"
        },
        columns,
        paint,
    ));
    laid.extend(words::lines(
        &servers::looked(model.now, watched, asking, &model.time_zone),
        columns,
        0,
        paint.faint(),
    ));
    let remarks = judgement.map_or(&[] as &[_], |judgement| &judgement.findings);
    for finding in remarks {
        if finding.severity != Severity::Error {
            laid.extend(blocks::finding(finding, columns, paint));
        }
    }
    laid
}

/// The sentence of a verdict, or the named mistakes.
fn verdict(
    judgement: &Judgement,
    card: &Card,
    zone: &TimeZone,
    columns: usize,
    paint: Paint,
) -> Vec<Line<'static>> {
    let (mut mark, mut sentence) = sentence(&judgement.verdict, zone);
    if judgement.verdict == Verdict::Published && judgement.is_of_resolvers() {
        sentence = "Published (resolver view only): resolvers see it".to_owned();
    }
    let named = judgement
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    let word = judgement.verdict.word();
    if !named && mark == Mark::Wrong && card.replaces.is_some() {
        // What is there may be the old record, which nobody has changed yet.
        mark = Mark::Waiting;
        sentence.push_str(". Change it in the panel; this page notices by itself");
    }
    if !named {
        return words::signed(mark, &sentence, columns, paint, paint.strong());
    }
    // The named mistake says it better; the word of the verdict stands behind it.
    let mut rows = Vec::new();
    if mark != Mark::Wrong {
        rows.extend(words::signed(
            mark,
            &sentence,
            columns,
            paint,
            paint.strong(),
        ));
    }
    for finding in &judgement.findings {
        if finding.severity == Severity::Error {
            let mut finding = finding.clone();
            if mark == Mark::Wrong && rows.is_empty() {
                finding.message = format!("{} ({word})", finding.message);
            }
            rows.extend(blocks::finding(&finding, columns, paint));
        }
    }
    rows
}

fn sentence(verdict: &Verdict, zone: &TimeZone) -> (Mark, String) {
    match verdict {
        Verdict::Published => (Mark::Done, "Published: the world sees it".to_owned()),
        Verdict::Spreading { until: Some(until) } => (
            Mark::Waiting,
            format!(
                "On its way (spreading): old copies live until {}",
                servers::clock(*until, zone)
            ),
        ),
        Verdict::Spreading { until: None } => (
            Mark::Waiting,
            "On its way (spreading): not every server has it yet".to_owned(),
        ),
        Verdict::Missing => (
            Mark::Waiting,
            "Not there yet (missing). Add it in the panel; this page notices by itself".to_owned(),
        ),
        Verdict::Differs {
            field,
            wanted,
            found,
        } => (
            Mark::Wrong,
            format!("It differs at {field}: wanted {wanted}, found {found}"),
        ),
        Verdict::Misplaced { at } => (
            Mark::Wrong,
            format!("It stands at another name (misplaced): {at}"),
        ),
        Verdict::Conflict { with } => {
            let with: Vec<&str> = with.iter().map(|shown| shown.as_str()).collect();
            (
                Mark::Wrong,
                format!("Something is in its way (conflict): {}", with.join(" and ")),
            )
        }
        Verdict::Invalid => (
            Mark::Wrong,
            "What stands there cannot be read as this record (invalid)".to_owned(),
        ),
        Verdict::Unknown { why } => (Mark::Unknown, format!("Could not tell (unknown): {why}")),
    }
}
