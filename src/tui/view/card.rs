//! A record to publish, as its panel wants it, and the two lines of truth about it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Card;
use crate::plan::page::Mark;
use crate::plan::page::Watch;
use crate::plan::seen;
use crate::records::finding::Severity;
use crate::records::verdict::Judgement;
use crate::records::verdict::Tally;
use crate::records::verdict::Verdict;
use crate::tui::model::Https;
use crate::tui::model::Model;
use crate::tui::model::ServerMark;
use crate::tui::model::Setup;
use crate::tui::model::Side;
use crate::tui::model::Watched;
use crate::tui::view::blocks;
use crate::tui::view::explained;
use crate::tui::view::laid::Laid;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Whether there are rows for everything; where not, air and the tail of the value are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Ample,
    Tight,
}

impl Room {
    /// Rows of a value before it is cut; `c` and `v` give all of it.
    fn value_rows(self) -> usize {
        match self {
            Self::Ample => 3,
            Self::Tight => 2,
        }
    }
}

/// Columns of the names of the two sides.
const SIDES: usize = 19;

pub fn card(
    model: &Model,
    setup: &Setup,
    card: &Card,
    columns: usize,
    room: Room,
    paint: Paint,
) -> Laid {
    let mut laid = Laid::default();
    if !card.place.is_empty() {
        laid.extend(words::lines(&card.place, columns, 0, paint.accent()));
    }
    if room == Room::Ample {
        laid.push(Line::from(Span::styled("┌", paint.faint())));
    }
    let label = card
        .fields
        .iter()
        .map(|field| words::width(&words::safe(&field.label)))
        .max()
        .unwrap_or(0)
        .clamp(4, 16);
    let mut seen_whole = false;
    for field in &card.fields {
        let keys = if field.value == card.value {
            "  c"
        } else if field.value == card.name {
            "  n"
        } else {
            ""
        };
        seen_whole |= field.value == card.full_name;
        let shape = Shape {
            label,
            keys,
            columns,
            most: room.value_rows(),
        };
        laid.extend(row(&field.label, &field.value, shape, paint));
    }
    if room == Room::Ample {
        laid.push(Line::from(Span::styled("└", paint.faint())));
    }
    if !seen_whole {
        laid.extend(words::lines(
            &format!("The whole name: {}", card.full_name),
            columns,
            0,
            paint.faint(),
        ));
    }
    if let Some(old) = &card.replaces {
        laid.extend(words::lines(
            &format!("It replaces: {old}"),
            columns,
            0,
            paint.mark(Mark::Warning),
        ));
    }
    laid.gap();
    laid.append(truth(model, setup, card, columns, room, paint));
    laid
}

/// How a row of the card is laid.
#[derive(Clone, Copy)]
struct Shape {
    /// Columns of the label.
    label: usize,
    /// The key that copies it.
    keys: &'static str,
    columns: usize,
    /// The most rows.
    most: usize,
}

fn row(label: &str, value: &str, shape: Shape, paint: Paint) -> Vec<Line<'static>> {
    let Shape { keys, most, .. } = shape;
    let head = format!(
        "│ {}",
        words::pad(&words::fit(label, shape.label), shape.label + 2)
    );
    let indent = words::width(&head);
    let room = shape.columns.saturating_sub(indent + keys.len()).max(4);
    // A value is looked at no further than it can be seen.
    let near: String = value.chars().take(room * (most + 1)).collect();
    let shown = words::safe(&near).replace('\n', " ");
    let mut pieces = if shown.contains(' ') && value.len() <= room * most {
        words::wrap(&shown, room)
    } else {
        words::chop(&shown, room)
    };
    if pieces.len() > most || near.len() < value.len() {
        pieces.truncate(most - 1);
        pieces.push(words::fit(
            &format!("… {} characters; c copies them all", value.chars().count()),
            room,
        ));
    }
    pieces
        .into_iter()
        .enumerate()
        .map(|(number, piece)| {
            if number == 0 {
                Line::from(vec![
                    Span::styled(head.clone(), paint.faint()),
                    Span::styled(words::pad(&piece, room), paint.plain()),
                    Span::styled(keys.to_owned(), paint.accent()),
                ])
            } else {
                Line::from(vec![
                    Span::styled(format!("│{}", " ".repeat(indent - 1)), paint.faint()),
                    Span::styled(piece, paint.plain()),
                ])
            }
        })
        .collect()
}

/// The verdict with the mistake named, then who has the record.
fn truth(
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
    if room == Room::Ample && is_named && explained::worst(setup).is_some() {
        laid.extend(words::lines(
            "? explains this step by step",
            columns,
            2,
            paint.faint(),
        ));
    }
    laid.gap();
    let mut servers: Vec<ServerMark> =
        watched.map_or_else(Vec::new, |watched| watched.servers.clone());
    if judgement.is_some_and(|judgement| matches!(judgement.verdict, Verdict::Unknown { .. })) {
        // The verdict has said already what each of them said.
        for server in &mut servers {
            server.trouble = None;
        }
    }
    let servers = servers.as_slice();
    let is_of_resolvers = model.https == Https::On && model.practice.is_none();
    laid.extend(side(
        "Your name servers",
        Side::Authoritative,
        servers,
        judgement.map(|judgement| judgement.authoritative),
        if is_of_resolvers {
            "· not asked (DNS over HTTPS)"
        } else {
            "◌ being found"
        },
        columns,
        paint,
    ));
    laid.extend(side(
        "The world",
        Side::Resolver,
        servers,
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
        &looked(model.now, watched, asking, &model.time_zone),
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
                clock(*until, zone)
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

#[allow(clippy::too_many_arguments)]
fn side(
    name: &str,
    side: Side,
    servers: &[ServerMark],
    tally: Option<Tally>,
    nobody: &str,
    columns: usize,
    paint: Paint,
) -> Vec<Line<'static>> {
    let mine: Vec<&ServerMark> = servers
        .iter()
        .filter(|server| server.side == side)
        .collect();
    let head = words::pad(name, SIDES);
    if mine.is_empty() {
        return vec![Line::from(vec![
            Span::styled(head, paint.plain()),
            Span::styled(
                words::fit(nobody, columns.saturating_sub(SIDES)),
                paint.faint(),
            ),
        ])];
    }
    let agree = mine
        .iter()
        .filter(|server| server.mark == Mark::Done)
        .count();
    let count = format!(
        "{agree} of {}",
        tally.map_or(mine.len(), |tally| tally.asked.max(mine.len()))
    );
    let names = short(&mine);
    let mut spans = vec![Span::styled(head, paint.plain())];
    let mut used = SIDES;
    let room = columns.saturating_sub(count.len() + 1);
    for (number, (server, name)) in mine.iter().zip(names).enumerate() {
        let text = format!("{} {}  ", words::sign(server.mark), name);
        if used + words::width(&text) > room {
            let more = format!("+{} ", mine.len() - number);
            if used + more.len() <= room {
                used += more.len();
                spans.push(Span::styled(more, paint.faint()));
            }
            break;
        }
        used += words::width(&text);
        spans.push(span_of(server, &text, paint));
    }
    spans.push(Span::raw(" ".repeat(room.saturating_sub(used))));
    spans.push(Span::raw(" "));
    spans.push(Span::styled(count, paint.faint()));
    let mut rows = vec![Line::from(spans)];
    for server in mine {
        if let Some(trouble) = &server.trouble {
            rows.extend(words::lines(
                &format!("{} {trouble}", server.name),
                columns,
                2,
                paint.faint(),
            ));
        }
    }
    rows
}

fn span_of(server: &ServerMark, text: &str, paint: Paint) -> Span<'static> {
    words::span(text, paint.mark(server.mark))
}

/// The first labels of the names where they tell the servers apart, else the whole names.
fn short(servers: &[&ServerMark]) -> Vec<String> {
    let first = |server: &ServerMark| match server.name.parse::<std::net::IpAddr>() {
        Ok(_) => server.name.clone(),
        Err(_) => server.name.split('.').next().unwrap_or_default().to_owned(),
    };
    let mut firsts: Vec<String> = servers.iter().map(|server| first(server)).collect();
    let distinct: std::collections::BTreeSet<&String> = firsts.iter().collect();
    if distinct.len() < firsts.len() {
        firsts = servers.iter().map(|server| server.name.clone()).collect();
    }
    firsts.iter().map(|name| words::safe(name)).collect()
}

/// When it was looked, and when again.
fn looked(now: Timestamp, watched: Option<&Watched>, asking: bool, zone: &TimeZone) -> String {
    let Some(watched) = watched else {
        return String::new();
    };
    if asking || watched.ticket.is_some() {
        if let Some(last) = watched.last.filter(|last| seen::is_old(now, *last)) {
            return format!("Seen {}, asking again…", seen::ago(now, last));
        }
        return "Asking now…".to_owned();
    }
    match (watched.last, watched.next) {
        (Some(last), Some(next)) => {
            let looked = if now.duration_since(last).as_secs() < 1 {
                "Looked just now".to_owned()
            } else {
                format!("Looked {} ago", seconds(now, last))
            };
            if next.duration_since(now).as_secs() < 1 {
                format!("{looked}, looking again.")
            } else {
                format!("{looked}, again in {}.", seconds(next, now))
            }
        }
        (Some(last), None) => format!("Seen at {}. r looks again.", clock(last, zone)),
        (None, Some(next)) if next.duration_since(now).as_secs() > 5 => {
            format!("Looking in {}, or with r.", seconds(next, now))
        }
        (None, _) => "Looking soon…".to_owned(),
    }
}

fn seconds(later: Timestamp, earlier: Timestamp) -> String {
    let seconds = later.duration_since(earlier).as_secs().max(0);
    if seconds < 100 {
        format!("{seconds} s")
    } else if seconds < 6_000 {
        format!("{} min", seconds / 60)
    } else {
        format!("{} h", seconds / 3_600)
    }
}

/// A clock time on the user's clock.
pub fn clock(time: Timestamp, zone: &TimeZone) -> String {
    let local = time.to_zoned(zone.clone());
    format!("{:02}:{:02}", local.hour(), local.minute())
}
