//! Whether the signatures of the zone hold (DNSSEC), and for how long; and a clock that cannot be right.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::audit::codes;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone::Zone;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Data;
use crate::records::sighting::Trouble;

/// Signatures that end within this time are a reason to act.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// A part of its whole time that a signature always has left where it is renewed in time. Servers that sign each answer anew give it
/// some hours only, and most of them are left.
const LEAST_PART: i64 = 4;

/// A clock may be wrong by this much.
const CLOCK: SignedDuration = SignedDuration::from_mins(5);

/// `more`: what else is known, as a sentence with a space before it; or nothing.
pub fn broken(name: &DomainName, trouble: &Trouble, more: &str) -> Finding {
    tell::tell(
        Subject::Ns,
        Severity::Error,
        codes::DNSSEC_BROKEN,
        name,
        &format!(
            "The signature of the zone is broken (DNSSEC): receivers that check it see nothing of your records. The resolver {trouble}.{more}"
        ),
        "Ask the company that keeps your DNS to sign the zone anew. If you moved to another DNS host, delete the old DS record at your registrar.",
    )
}

/// Signatures that do not hold, or not for long; and a clock that cannot be right.
pub fn finding(view: &View<'_>, zone: &Zone, now: Timestamp) -> Option<Finding> {
    let distrust = view.distrusts(&zone.apex);
    let time = |seconds: u32| Timestamp::from_second(i64::from(seconds)).ok();
    let windows: Vec<(Timestamp, Timestamp)> = view
        .authoritative(&zone.soa())
        .flat_map(|(_, answer)| answer.data())
        .filter_map(|data| match data {
            Data::Signed { from, until } => Some((time(*from)?, time(*until)?)),
            _ => None,
        })
        .collect();
    let ends = windows.iter().map(|(_, until)| *until).min();
    let tell = |severity, code, message: String, remedy: &str| {
        Some(tell::tell(
            Subject::Ns,
            severity,
            code,
            &zone.apex,
            &message,
            remedy,
        ))
    };
    if let Some(trouble) = distrust {
        let ended = ends
            .filter(|end| *end <= now)
            .map(|end| format!(" It ended at {}.", tell::clock(end)))
            .unwrap_or_default();
        return Some(broken(&zone.apex, trouble, &ended));
    }
    let ahead = windows
        .iter()
        .map(|(from, _)| from.duration_since(now))
        .max()
        .filter(|ahead| *ahead > CLOCK);
    if ahead.is_some() {
        return tell(
            Severity::Warning,
            codes::CLOCK_IS_WRONG,
            format!(
                "The clock of this computer seems to be behind: by it, the signature of the zone (DNSSEC) has not begun yet. It shows {}.",
                tell::clock(now)
            ),
            "Set the clock of this computer, then look again: waiting times and dates depend on it.",
        );
    }
    let end = ends?;
    if now.duration_since(end) > CLOCK {
        return tell(
            Severity::Warning,
            codes::CLOCK_IS_WRONG,
            format!(
                "By the clock of this computer ({}) the signature of the zone (DNSSEC) ended at {}, and resolvers still trust it or do not check. \
                 Either the clock is ahead, or the signature is not renewed.",
                tell::clock(now),
                tell::clock(end)
            ),
            "Check the clock of this computer. If it is right, ask the company that keeps your DNS to sign the zone anew.",
        );
    }
    let is_late = windows.iter().any(|(from, until)| {
        let (left, whole) = (until.duration_since(now), until.duration_since(*from));
        left < SOON && left.as_secs() * LEAST_PART < whole.as_secs()
    });
    if is_late {
        return tell(
            Severity::Warning,
            codes::DNSSEC_ENDS_SOON,
            format!(
                "The signature of the zone (DNSSEC) ends at {}. After that, receivers that check it see nothing of your records.",
                tell::clock(end)
            ),
            "Ask the company that keeps your DNS today why the zone is not signed anew.",
        );
    }
    None
}
