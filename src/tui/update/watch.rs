//! The watching of records: when each is looked at again, and what a look showed.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::catalog::dns_host;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::seen;
use crate::plan::there;
use crate::plan::waiting;
use crate::plan::wanted;
use crate::records::name::DomainName;
use crate::records::record::Record;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::verdict;
use crate::records::verdict::Judgement;
use crate::records::verdict::Tally;
use crate::records::verdict::Verdict;
use crate::records::verdict::recursive::judge_by_resolvers;
use crate::tui::command::Command;
use crate::tui::message::Sight;
use crate::tui::model::Https;
use crate::tui::model::Model;
use crate::tui::model::ServerMark;
use crate::tui::model::Setup;
use crate::tui::model::Side;
use crate::tui::model::Watched;
use crate::tui::update::draft;
use crate::tui::update::setup::refresh;

/// Seconds between looks at the record on the page; the last one repeats.
const PACE: [i64; 6] = [3, 5, 10, 20, 30, 60];
/// Seconds between looks at records of other pages.
const SLOW: i64 = 30;
/// Seconds between looks while servers give no usable answer; the last one repeats.
const TROUBLE: [i64; 4] = [1, 2, 4, 30];
/// Minutes until a published record is looked at again: a green must not grow old unseen.
const PUBLISHED: i64 = 10;
/// Seconds between looks where resolvers alone are asked: they remember a "no", and asking again brings nothing new.
const RESOLVERS: i64 = 60;
/// Seconds before resolvers are asked for a record that was not published yet, unless `r` is pressed.
const FIRST_OF_RESOLVERS: i64 = 120;
/// The first two in practice, in milliseconds.
const PRACTICE_PACE: i64 = 1_000;
const FAST_PACE: i64 = 250;

/// Looks at everything that was issued and is new here, and at what is due.
pub fn soon(model: &mut Model) -> Vec<Command> {
    let now = model.now;
    let first = match model.https {
        Https::On if model.practice.is_none() => now
            .checked_add(SignedDuration::from_secs(FIRST_OF_RESOLVERS))
            .unwrap_or(now),
        Https::On | Https::Off | Https::Offered => now,
    };
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    take_up(setup, now, first);
    due(model)
}

/// Looks at the record on the page at once, whatever the pace.
pub fn now(model: &mut Model) -> Vec<Command> {
    let now = model.now;
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    take_up(setup, now, now);
    if let Some(watched) = here(setup).and_then(|key| setup.watched.get_mut(&key)) {
        watched.tries = 0;
        if watched.ticket.is_none() {
            watched.next = Some(now);
        }
    }
    due(model)
}

fn here(setup: &Setup) -> Option<String> {
    match &setup.page.form {
        Form::Record(card) => Some(wanted::key(&card.record)),
        _ => None,
    }
}

/// Takes up the record on the page and every record that was issued before; lets go of those that are not wanted any more.
///
/// `first`: when a record that nobody has seen yet is looked for. A resolver that is asked too early remembers the "no".
fn take_up(setup: &mut Setup, now: Timestamp, first: Timestamp) {
    let mut records: Vec<Record> = wanted::wanted(&setup.facts)
        .into_iter()
        .filter(|wanted| {
            setup.facts.seen.contains_key(&wanted.key) || setup.watched.contains_key(&wanted.key)
        })
        .map(|wanted| wanted.record)
        .collect();
    if let Form::Record(card) = &setup.page.form
        && !records.contains(&card.record)
    {
        records.push(card.record.clone());
    }
    setup.watched.retain(|key, watched| {
        records
            .iter()
            .any(|record| wanted::key(record) == *key && *record == watched.record)
    });
    let watched = &setup.watched;
    setup.live.judged.retain(|key, _| watched.contains_key(key));
    setup.live.asking.retain(|key| watched.contains_key(key));
    let on_page = here(setup);
    for record in records {
        let key = wanted::key(&record);
        let fresh = !setup.watched.contains_key(&key);
        let watched = setup.watched.entry(key.clone()).or_insert(Watched {
            record,
            ticket: None,
            last: None,
            next: None,
            tries: 0,
            troubles: 0,
            servers: Vec::new(),
        });
        // Opening the page of a record is a reason to look.
        let opened = on_page.as_ref() == Some(&key) && watched.next.is_some_and(|next| next > now);
        if watched.ticket.is_none() && (fresh || (opened && watched.tries > 3)) {
            let is_known = setup.facts.seen.contains_key(&key) || !fresh;
            watched.next = Some(if is_known { now } else { first });
            watched.tries = 0;
        }
    }
}

/// Drops what is known of another value at the name of `record`: a verdict is about one record. True where there was some.
pub fn forget_other(setup: &mut Setup, record: &Record) -> bool {
    let key = wanted::key(record);
    let other = setup
        .watched
        .get(&key)
        .is_some_and(|watched| watched.record != *record);
    if other {
        setup.watched.remove(&key);
        setup.live.judged.remove(&key);
        setup.live.asking.remove(&key);
    }
    other
}

/// Whether `record` is still what the page shows or the setup wants.
fn is_wanted(setup: &Setup, record: &Record) -> bool {
    let on_page = matches!(&setup.page.form, Form::Record(card) if card.record == *record);
    on_page
        || wanted::wanted(&setup.facts)
            .iter()
            .any(|wanted| wanted.record == *record)
}

/// Starts the looks that are due.
pub fn due(model: &mut Model) -> Vec<Command> {
    let now = model.now;
    let mut tickets = model.tickets;
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    for (key, watched) in &mut setup.watched {
        if watched.ticket.is_some() || watched.next.is_none_or(|next| next > now) {
            continue;
        }
        tickets += 1;
        watched.ticket = Some(tickets);
        watched.next = None;
        setup.live.asking.insert(key.clone());
        commands.push(Command::Look {
            ticket: tickets,
            record: Box::new(watched.record.clone()),
        });
    }
    if !commands.is_empty() {
        refresh(setup);
    }
    model.tickets = tickets;
    commands
}

/// A look came back. One with another ticket is late, and dropped.
pub fn looked(model: &mut Model, ticket: u64, sight: Sight) -> Vec<Command> {
    let now = model.now;
    let pace = match &model.practice {
        Some(practice) if practice.fast => Pace::Practice(FAST_PACE),
        Some(_) => Pace::Practice(PRACTICE_PACE),
        None => Pace::Live,
    };
    let Some(setup) = model.setup_mut() else {
        return Vec::new();
    };
    let Some(key) = setup
        .watched
        .iter()
        .find(|(_, watched)| watched.ticket == Some(ticket))
        .map(|(key, _)| key.clone())
    else {
        return Vec::new();
    };
    if setup
        .watched
        .get(&key)
        .is_some_and(|watched| !is_wanted(setup, &watched.record))
    {
        // The record was changed while servers were asked: their answer was judged for another one.
        setup.watched.remove(&key);
        setup.live.judged.remove(&key);
        setup.live.asking.remove(&key);
        refresh(setup);
        return soon(model);
    }
    let on_page = here(setup).as_ref() == Some(&key);
    let Some(watched) = setup.watched.get_mut(&key) else {
        return Vec::new();
    };
    let judgement = match &sight {
        Sight::Seen { zone, sightings } => {
            watched.servers = servers(&watched.record, zone, sightings, now);
            verdict::judge_knowing(&watched.record, zone, sightings, now, dns_host::habits())
        }
        Sight::ByResolvers { zone, sightings } => {
            watched.servers = servers(&watched.record, zone, sightings, now);
            judge_by_resolvers(&watched.record, zone, sightings, now)
        }
        Sight::NoZone { why } => {
            watched.servers.clear();
            Judgement {
                verdict: Verdict::Unknown { why: why.clone() },
                authoritative: Tally::default(),
                resolvers: Tally::default(),
                findings: Vec::new(),
            }
        }
    };
    let record = watched.record.clone();
    watched.ticket = None;
    watched.last = Some(now);
    watched.tries = watched.tries.saturating_add(1);
    let in_trouble = matches!(judgement.verdict, Verdict::Unknown { .. });
    let soon = match &judgement.verdict {
        Verdict::Published => SignedDuration::from_mins(PUBLISHED),
        Verdict::Unknown { .. } => pace.after_trouble(watched.troubles),
        _ if judgement.is_of_resolvers() => pace
            .wait(watched.tries, on_page)
            .max(SignedDuration::from_secs(RESOLVERS)),
        _ => pace.wait(watched.tries, on_page),
    };
    let wait = if judgement.is_of_resolvers() {
        soon.max(SignedDuration::from_secs(RESOLVERS))
    } else {
        soon
    };
    watched.troubles = if in_trouble {
        watched.troubles.saturating_add(1)
    } else {
        0
    };
    watched.next = now.checked_add(wait).ok();
    let before = setup.facts.seen.get(&key).map(|seen| seen.verdict.clone());
    seen::looked(&mut setup.facts, &key, &judgement, now);
    if let Sight::Seen { zone, sightings } = &sight {
        there::looked(&mut setup.facts, &record, zone, sightings, now);
        waiting::looked(&mut setup.facts, &key, zone, &judgement, sightings, now);
    }
    let after = setup.facts.seen.get(&key).map(|seen| seen.verdict.clone());
    setup.live.asking.remove(&key);
    setup.live.judged.insert(key, (judgement, now));
    refresh(setup);
    let look_only = setup.look_only.is_some();
    if before != after {
        return draft::save(model);
    }
    if !look_only && model.unsaved.is_none() {
        model.unsaved = Some(now);
    }
    Vec::new()
}

enum Pace {
    Live,
    /// Milliseconds.
    Practice(i64),
}

impl Pace {
    /// `before`: looks in a row that came to nothing.
    fn after_trouble(&self, before: u32) -> SignedDuration {
        match self {
            Self::Practice(millis) => SignedDuration::from_millis(*millis),
            Self::Live => {
                let at = usize::try_from(before).unwrap_or(usize::MAX);
                SignedDuration::from_secs(TROUBLE[at.min(TROUBLE.len() - 1)])
            }
        }
    }

    fn wait(&self, tries: u32, on_page: bool) -> SignedDuration {
        match self {
            Self::Practice(millis) => SignedDuration::from_millis(*millis),
            Self::Live if on_page => {
                let at = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
                SignedDuration::from_secs(PACE[at.min(PACE.len() - 1)])
            }
            Self::Live => SignedDuration::from_secs(SLOW),
        }
    }
}

/// Each server with its mark: the judgement of what it alone said.
fn servers(
    record: &Record,
    zone: &DomainName,
    sightings: &[Sighting],
    now: Timestamp,
) -> Vec<ServerMark> {
    let question = verdict::question(record);
    let mut asked: Vec<&Server> = Vec::new();
    for sighting in sightings {
        if sighting.question == question && !asked.contains(&&sighting.server) {
            asked.push(&sighting.server);
        }
    }
    asked
        .into_iter()
        .map(|server| {
            let own: Vec<Sighting> = sightings
                .iter()
                .filter(|sighting| sighting.server == *server)
                .cloned()
                .collect();
            let alone = verdict::judge(record, zone, &own, now);
            let side = if server.is_authoritative() {
                Side::Authoritative
            } else {
                Side::Resolver
            };
            let tally = match side {
                Side::Authoritative => alone.authoritative,
                Side::Resolver => alone.resolvers,
            };
            let trouble = own
                .iter()
                .filter(|sighting| sighting.question == question)
                .find_map(|sighting| sighting.answer.trouble())
                .map(ToString::to_string);
            let mark = if tally.agree > 0 {
                Mark::Done
            } else if trouble.is_some() {
                Mark::Unknown
            } else {
                Mark::Waiting
            };
            ServerMark {
                name: server.to_string(),
                side,
                mark,
                trouble,
            }
        })
        .collect()
}
