//! Waiting for a record that stays away: the panel of another company (P18), or a change that was saved and not published (P19).
//!
//! The version of the zone (its serial) tells whether the DNS host published anything. Some hosts never raise it, so what is said here is
//! a likely cause and never a verdict.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::catalog;
use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::DnsHostMatch;
use crate::catalog::dns_host::named;
use crate::catalog::mending;
use crate::catalog::mending::Spot;
use crate::plan::StepId;
use crate::plan::facts;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::facts::Wait;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Watch;
use crate::plan::panel;
use crate::plan::panel::host;
use crate::plan::seen;
use crate::plan::steps::domain::plain;
use crate::plan::walk;
use crate::plan::walk::Taken;
use crate::plan::wanted::Wanted;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Data;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::verdict::Judgement;
use crate::records::verdict::Verdict;
use crate::records::verdict::codes;

/// Before this, a panel may simply be slow.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// Before this, nobody needs to be asked where they typed.
const ASK_AFTER: SignedDuration = SignedDuration::from_mins(2);
/// Letters of a company's name that are kept.
const LONGEST: usize = 60;

/// The version of the zone, as its own servers said it; the newest of several.
pub fn serial(zone: &DomainName, sightings: &[Sighting]) -> Option<u32> {
    let asked = Question::new(zone.clone(), RecordType::Soa);
    sightings
        .iter()
        .filter(|sighting| sighting.question == asked && sighting.server.is_authoritative())
        .flat_map(|sighting| sighting.answer.data())
        .filter_map(|data| match data {
            Data::Soa(soa) => Some(soa.serial),
            _ => None,
        })
        .max()
}

/// Keeps how long the record `key` is awaited, and which version of the zone there was then and is now. What was seen at its name ends
/// the wait; trouble does not. Goes after [`seen::looked`].
pub fn looked(
    facts: &mut Facts,
    key: &str,
    zone: &DomainName,
    judgement: &Judgement,
    sightings: &[Sighting],
    at: Timestamp,
) {
    let at = facts.latest_clock.map_or(at, |latest| latest.max(at));
    let Some(seen) = facts.seen.get_mut(key) else {
        return;
    };
    match judgement.verdict {
        Verdict::Missing => {
            let now = serial(zone, sightings);
            let wait = seen.wait.get_or_insert(Wait {
                since: at,
                serial: now,
                newest: now,
            });
            wait.serial = wait.serial.or(now);
            wait.newest = now.or(wait.newest);
        }
        Verdict::Unknown { .. } => {}
        _ => seen.wait = None,
    }
}

fn wait<'f>(facts: &'f Facts, live: &Live, wanted: &Wanted) -> Option<&'f Wait> {
    let value = wanted.record.content.to_string();
    let is_missing = live
        .judged
        .get(&wanted.key)
        .is_some_and(|(judgement, _)| judgement.verdict == Verdict::Missing);
    facts
        .seen
        .get(&wanted.key)
        .filter(|seen| is_missing && seen.value == value)?
        .wait
        .as_ref()
}

/// Why a record that was looked for may be away, likeliest cause first. `host`: whose panel its zone is in, where that was recognized.
pub fn findings(
    facts: &Facts,
    live: &Live,
    wanted: &Wanted,
    host: Option<&'static DnsHost>,
) -> Vec<Finding> {
    let Some(wait) = wait(facts, live, wanted) else {
        return Vec::new();
    };
    if let Some(finding) = edited_elsewhere(facts, wanted) {
        return vec![finding];
    }
    let long = live.now.duration_since(wait.since);
    let is_told_by_serial = host.is_none_or(|host| host.serial_stays != Some(true));
    let (Some(before), Some(now)) = (wait.serial, wait.newest) else {
        return Vec::new();
    };
    if !is_told_by_serial || (before == now && long < PATIENCE) {
        return Vec::new();
    }
    let who = host.map_or("your DNS host", |host| host.name.as_str());
    let minutes = seen::count((long.as_secs() / 60).max(1), "minute");
    let (code, message) = if before == now {
        (
            codes::NOT_APPLIED,
            format!(
                "Nothing new was published for {minutes}: {who} still has the version of the zone from then (serial {now}). If you saved the \
                 record, it did not get out of the panel yet. A few DNS hosts never change that number."
            ),
        )
    } else {
        (
            codes::OTHER_CHANGE,
            format!(
                "Something new was published (serial {before} became {now}), and this record is not in it."
            ),
        )
    };
    let zone = panel::zone(facts);
    let spot = Spot {
        host,
        zone: &zone,
        owner: &wanted.record.owner,
        shown: true,
    };
    let remedy = mending::remedy(code, &spot).unwrap_or_default();
    vec![say(wanted, code, Severity::Note, message, remedy)]
}

/// Said of another company than the name servers show, before anybody waits: as long as the record is not there, and where the state of
/// the record does not say it already.
pub fn told_at_once(facts: &Facts, wanted: &Wanted, watch: &Watch) -> Option<Finding> {
    let judgement = match watch {
        Watch::NotYet => None,
        Watch::Asking { last } => last.as_ref(),
        Watch::Seen { judgement, .. } => Some(judgement),
    };
    let is_there = judgement.is_some_and(|judgement| {
        matches!(
            judgement.verdict,
            Verdict::Published | Verdict::Spreading { .. }
        )
    });
    let is_said = judgement.is_some_and(|judgement| {
        judgement
            .findings
            .iter()
            .any(|finding| finding.code == codes::EDITED_ELSEWHERE)
    });
    edited_elsewhere(facts, wanted).filter(|_| !is_there && !is_said)
}

/// The user types into the panel of a company that does not answer for the zone (P18).
fn edited_elsewhere(facts: &Facts, wanted: &Wanted) -> Option<Finding> {
    let said = facts.panel.typed_at.as_deref()?;
    if !wanted.record.owner.is_within(&panel::zone(facts)) {
        return None;
    }
    let claimed = catalog::dns_host(said);
    let called = claimed.map_or_else(|| plain(said), |host| host.name.clone());
    let of_servers = host::of_name_servers(facts);
    let is_said = |host: &DnsHost| host.id.as_str() == said;
    let (severity, lives, url) = match &of_servers {
        DnsHostMatch::Known(host) if is_said(host) => return None,
        DnsHostMatch::Shared(hosts) if hosts.iter().any(|host| is_said(host)) => return None,
        DnsHostMatch::Known(host) => (Severity::Error, host.name.clone(), host.panel_url.clone()),
        // Nobody knows whose name servers these are: they may be those of the company under another name.
        DnsHostMatch::Shared(_) | DnsHostMatch::Unknown => {
            claimed.filter(|host| host.has_name_servers())?;
            let report = facts.survey.as_ref()?;
            if report.dns_host.as_ref().is_some_and(|host| host.id == said) {
                return None;
            }
            let first = report.nameservers.first()?;
            let lives = format!("the company that runs {}", plain(&first.name));
            (Severity::Warning, lives, None)
        }
    };
    let at = url.map_or_else(|| lives.clone(), |url| format!("{lives} ({url})"));
    Some(say(
        wanted,
        codes::EDITED_ELSEWHERE,
        severity,
        format!(
            "Your DNS lives at {lives}, and you typed the record in at {called}. What is changed there has no effect."
        ),
        format!(
            "Sign in at {at} and make the record there. Take it out again at {called}, so that it confuses nobody later."
        ),
    ))
}

fn say(
    wanted: &Wanted,
    code: Code,
    severity: Severity,
    message: String,
    remedy: String,
) -> Finding {
    Finding {
        code,
        severity,
        subject: Subject::Ns,
        name: wanted.record.owner.clone(),
        message,
        remedy,
    }
}

/// On the page of a record that stays away: the offer to say where it was typed in.
pub fn offer(facts: &Facts, live: &Live, wanted: &Wanted) -> Option<Block> {
    let wait = wait(facts, live, wanted)?;
    let is_told = facts.panel.typed_at.is_some();
    (!is_told && live.now.duration_since(wait.since) >= ASK_AFTER).then(|| {
        Block::Note(
            "Typed in, and it does not come? Press w and say at which company you typed it."
                .to_owned(),
        )
    })
}

/// The page that asks at which company the record was typed in.
pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    let value = facts
        .panel
        .typed_at
        .as_deref()
        .map_or_else(String::new, |said| {
            catalog::dns_host(said).map_or_else(|| said.to_owned(), |host| host.name.clone())
        });
    let mut blocks = vec![Block::Text(
        "Type the name of the company whose panel you used, as it stands at the top of its pages. Leave it empty if you do not know."
            .to_owned(),
    )];
    if let DnsHostMatch::Known(host) = host::of_name_servers(facts) {
        blocks.push(Block::Note(format!(
            "The name servers of your domain are those of {}: only what is typed in there has an effect. The company that sold you the domain \
             (the registrar) may be another one.",
            host.name
        )));
    }
    Page {
        id: id.clone(),
        step: awaited(id, facts, live).map_or(STEP, |page| walk::step_of(&page)),
        title: "Where did you type it in?".to_owned(),
        blocks,
        form: Form::Type {
            label: "Company".to_owned(),
            value,
            hint: "such as Cloudflare, GoDaddy or IONOS".to_owned(),
        },
        why: "The company that sold a domain is not always the one that answers for it. A record typed in at the wrong one has no effect."
            .to_owned(),
        next: Next::Go("Go on".to_owned()),
    }
}

/// Takes the company that the user named, and goes back to the record.
pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    if let Answer::Typed(text) = answer {
        let text: String = text.trim().chars().take(LONGEST).collect();
        if facts::is_secret(&text) {
            return Err("That is a private key. Type the name of a company.".to_owned());
        }
        facts.panel.typed_at = match named(&text) {
            _ if text.is_empty() => None,
            Some(host) => Some(host.id.as_str().to_owned()),
            None => Some(text),
        };
    }
    let back = awaited(id, facts, live);
    Ok(Taken {
        wishes: Vec::new(),
        page: Some(back.unwrap_or_else(|| walk::resume(facts, live))),
    })
}

/// The page of the record that is asked about.
fn awaited(id: &PageId, facts: &Facts, live: &Live) -> Option<PageId> {
    let PageId::TypedAt { key } = id else {
        return None;
    };
    walk::pages(facts).into_iter().find(|page| {
        matches!(&walk::page(page, facts, live).form, Form::Record(card)
            if crate::plan::wanted::key(&card.record) == *key)
    })
}

/// The step that such a page stands in where its record is on no page any more.
pub const STEP: StepId = StepId::Domain;
