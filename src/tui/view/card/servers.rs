//! The two lines of a card about servers, the own and the world's, and when they were asked.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::text::Line;
use ratatui::text::Span;

use crate::plan::page::Mark;
use crate::plan::seen;
use crate::records::verdict::Tally;
use crate::tui::model::ServerMark;
use crate::tui::model::Side;
use crate::tui::model::Watched;
use crate::tui::view::words;
use crate::tui::view::words::Paint;

/// Columns of the names of the two sides.
const SIDES: usize = 19;

#[allow(clippy::too_many_arguments)]
pub fn side(
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
    let first = |server: &ServerMark| match server.name.parse::<IpAddr>() {
        Ok(_) => server.name.clone(),
        Err(_) => server.name.split('.').next().unwrap_or_default().to_owned(),
    };
    let mut firsts: Vec<String> = servers.iter().map(|server| first(server)).collect();
    let distinct: BTreeSet<&String> = firsts.iter().collect();
    if distinct.len() < firsts.len() {
        firsts = servers.iter().map(|server| server.name.clone()).collect();
    }
    firsts.iter().map(|name| words::safe(name)).collect()
}

/// When it was looked, and when again.
pub fn looked(now: Timestamp, watched: Option<&Watched>, asking: bool, zone: &TimeZone) -> String {
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
