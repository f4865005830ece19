//! The page on which the key records of a service are copied from its console, and what a paste there changes.

use crate::catalog;
use crate::catalog::dkim::Console;
use crate::plan::facts::Collected;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Part;
use crate::plan::paste;
use crate::plan::paste::Pasted;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::answers;
use crate::plan::steps::dkim::pages::WHY;
use crate::plan::steps::dkim::pages::page_of;
use crate::plan::steps::dkim::parts;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::plan::steps::dkim::target;
use crate::plan::walk::Taken;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

pub(super) fn collect(facts: &Facts, sender: &str, index: usize) -> Page {
    let name = service::name(sender);
    let id = PageId::DkimCollect {
        sender: sender.to_owned(),
        index,
    };
    let Way::Console(console) = sender::way(facts, sender) else {
        return page_of(
            id,
            name,
            vec![Block::Text(
                "Nothing has to be copied for this sender.".to_owned(),
            )],
            Form::Nothing,
            Next::Go("Go on".to_owned()),
        );
    };
    let all = sender::slots(facts, sender, &console);
    let title = if all > 1 {
        format!("{name}: record {} of {all}", index + 1)
    } else {
        format!("{name}: copy its record")
    };
    let found = sender::is_found_in_dns(facts, sender);
    let value = if found {
        sender::values(facts, sender)
            .get(index)
            .map(|value| format!("{} {} {}", value.host, value.record_type, value.value))
    } else {
        sender::collected(facts, sender, index).and_then(|record| {
            let value = record.value.as_ref()?;
            Some(format!("{} {} {value}", record.host, record.record_type))
        })
    }
    .unwrap_or_default();
    let mut blocks = Vec::new();
    if found {
        blocks.push(Block::Text(format!(
            "Your DNS has a key that looks like the one of {name}. If it is, just go on; else copy the right one:"
        )));
    }
    let owner = catalog::owner(sender);
    let menu = owner.map_or(&[][..], |owner| owner.menu());
    let url = owner
        .and_then(|owner| owner.dkim())
        .and_then(|dkim| dkim.menu_url.clone());
    // Where the way through the console is told, the page of the set-up told it already; a mail provider has no such page.
    let console_steps = owner.map_or(&[][..], |owner| owner.console());
    let mut steps: Vec<String> = if parts::has_setup(sender) || console_steps.is_empty() {
        vec![match (menu, url) {
            ([], None) if !console_steps.is_empty() => {
                format!("Take them from {name}, as on the page before.")
            }
            ([], None) => format!(
                "Sign in at {name} and look for \"domain authentication\", \"sending domain\" or \"DKIM\"."
            ),
            ([], Some(url)) => format!("Open {url}"),
            (menu, None) => format!("Sign in at {name}: {}", menu.join(" > ")),
            (menu, Some(url)) => format!("Open {url} ({})", menu.join(" > ")),
        }]
    } else {
        console_steps.to_vec()
    };
    if !parts::has_setup(sender) && !console_steps.is_empty() {
        steps.push(what_to_paste(&console, index, all));
    } else {
        steps.push(what_to_copy(&console, index, all));
        steps.push(
            "Paste it here, with or without its name, quotes and dots: all are understood."
                .to_owned(),
        );
    }
    blocks.push(Block::Steps(steps));
    let note = owner
        .and_then(|owner| owner.dkim())
        .and_then(|dkim| dkim.note.as_ref());
    let mut why = WHY.to_owned();
    match note {
        // Where the way is told step by step, there is no room for more.
        Some(note) if !console_steps.is_empty() => why = format!("{note} {WHY}"),
        Some(note) => blocks.push(Block::Note(note.clone())),
        None => blocks.extend(
            owner
                .and_then(|owner| owner.docs())
                .map(|docs| Block::Note(format!("Its own guide: {docs}"))),
        ),
    }
    let page = page_of(
        id,
        title,
        blocks,
        Form::Paste {
            label: "Name and value".to_owned(),
            value,
            hint: "an empty field leaves this sender for later".to_owned(),
        },
        Next::Go("Take it".to_owned()),
    );
    Page { why, ..page }
}

/// The last step where those before it told what to copy.
fn what_to_paste(console: &Console, index: usize, all: usize) -> String {
    let what = match (index, all) {
        (_, 1) => "Paste both here: the name and the value.".to_owned(),
        (0, _) => format!("Paste all {all} here at once, or one after the other."),
        _ => match console
            .expected
            .get(index)
            .and_then(|expected| expected.host.as_ref())
        {
            Some(host) => format!("Paste what {host} points to."),
            None => "Paste the next one.".to_owned(),
        },
    };
    match console
        .expected
        .get(index)
        .and_then(|expected| expected.looks_like())
    {
        Some(form) => format!("{what} It looks like {form}"),
        None => what,
    }
}

fn what_to_copy(console: &Console, index: usize, all: usize) -> String {
    let several = if all > 1 && index == 0 {
        format!(" It shows {all}; you can paste them all at once.")
    } else {
        String::new()
    };
    let Some(expected) = console.expected.get(index) else {
        let kind = match console.record_type {
            Some(RecordType::Cname) => "the alias (CNAME) whose name contains _domainkey",
            Some(_) => "the TXT record whose value begins with v=DKIM1",
            None => "the record whose name contains _domainkey",
        };
        return format!("Copy {kind}: its name and its value.{several}");
    };
    let which = match &expected.host {
        Some(host) => format!("Copy what {host} points to."),
        None => "Copy the name and what it points to.".to_owned(),
    };
    match expected.looks_like() {
        Some(form) => format!(
            "{which} It looks like {form}{}{several}",
            if form.ends_with('.') { "" } else { "." }
        ),
        None => format!("{which}{several}"),
    }
}

/// Takes what was pasted.
pub(super) fn take(
    facts: &mut Facts,
    sender: &str,
    index: usize,
    answer: Answer,
    live: &Live,
) -> Result<Taken, String> {
    let Way::Console(console) = sender::way(facts, sender) else {
        return Ok(Taken::default());
    };
    let text = match answer {
        Answer::Typed(text) => text,
        _ => String::new(),
    };
    if text.trim().is_empty() {
        if sender::collected(facts, sender, index).is_some() {
            return Ok(Taken::default());
        }
        answers::leave(facts, sender, live);
        return Ok(Taken::default());
    }
    let domain = service::domain(facts);
    let (text, beside) = answers::aside(facts, sender, &text)?;
    let pasted = paste::read(&text, &domain)?;
    let mut records: Vec<Option<Collected>> = (0..sender::slots(facts, sender, &console))
        .map(|slot| sender::collected(facts, sender, slot).cloned())
        .collect();
    let mut taken = Vec::new();
    for (number, record) in pasted.iter().enumerate() {
        let slot = slot_for(record, number, index, &records, &taken, &console);
        let host = host_for(record, slot, &console)?;
        target::check_place(record, &domain)?;
        let twin = records
            .iter()
            .enumerate()
            .find(|(other, known)| {
                *other != slot
                    && known.as_ref().is_some_and(|known| {
                        known.value.as_deref() == Some(&record.value) || known.host == host
                    })
            })
            .map(|(other, _)| other + 1);
        if let Some(twin) = twin {
            return Err(format!(
                "This is the same as record {twin}. Copy the one that is still missing: record {}.",
                slot + 1
            ));
        }
        target::check_form(record, slot, &console, &domain, sender)?;
        if slot >= records.len() {
            records.resize(slot + 1, None);
        }
        records[slot] = Some(Collected {
            host,
            record_type: record.record_type.to_string(),
            value: Some(record.value.clone()),
        });
        taken.push(slot);
    }
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    choice.later = false;
    choice.later_since = None;
    if !beside.is_empty() {
        choice.bounce = beside;
        choice.parts_seen.insert(Part::Bounce.as_str().to_owned());
    }
    choice.records = records
        .into_iter()
        .enumerate()
        .map(|(slot, record)| record.unwrap_or_else(|| empty(slot, &console)))
        .collect();
    seen::note(
        facts,
        live.now,
        format!("{}: values taken from its console", service::name(sender)),
    );
    let next = dkim::pages_of(facts, sender)
        .into_iter()
        .find(|page| match page {
            PageId::DkimCollect { index, .. } => sender::collected(facts, sender, *index).is_none(),
            PageId::DkimPart { sender, part } => !parts::is_seen(facts, sender, *part),
            PageId::DkimRecord { .. } => true,
            _ => false,
        });
    Ok(Taken {
        wishes: Vec::new(),
        page: next,
    })
}

/// A slot that is still to be filled.
fn empty(slot: usize, console: &Console) -> Collected {
    let expected = console.expected.get(slot);
    Collected {
        host: expected
            .and_then(|expected| expected.host.clone())
            .unwrap_or_default(),
        record_type: expected
            .map(|expected| expected.record_type)
            .or(console.record_type)
            .map_or(String::new(), |kind| kind.to_string()),
        value: None,
    }
}

/// Which slot a pasted record fills: the one of its name, then the one whose form it has, then the next.
fn slot_for(
    record: &Pasted,
    number: usize,
    index: usize,
    records: &[Option<Collected>],
    taken: &[usize],
    console: &Console,
) -> usize {
    let by_name = record.host.as_ref().and_then(|host| {
        console.expected.iter().position(|expected| {
            expected
                .host
                .as_ref()
                .is_some_and(|known| known.eq_ignore_ascii_case(host))
        })
    });
    if let Some(slot) = by_name {
        return slot;
    }
    let target: Option<DomainName> = record.value.parse().ok();
    let fits = |slot: usize| {
        target.as_ref().is_some_and(|target| {
            console
                .expected
                .get(slot)
                .is_some_and(|expected| expected.accepts(target))
        })
    };
    let free = |slot: &usize| !taken.contains(slot);
    if record.host.is_none() {
        // The page's own slot first, so that a second look at it can mend it.
        let order = std::iter::once(index).chain(0..console.expected.len());
        if let Some(slot) = order.clone().filter(free).find(|slot| fits(*slot)) {
            return slot;
        }
    }
    if number == 0 {
        return index;
    }
    (0..records.len())
        .filter(free)
        .find(|slot| records[*slot].is_none())
        .unwrap_or_else(|| {
            taken
                .iter()
                .max()
                .map_or(index, |last| (last + 1).max(records.len()))
        })
}

/// The name of a pasted record: as pasted, as known, or by the only selector that the service uses.
fn host_for(record: &Pasted, slot: usize, console: &Console) -> Result<String, String> {
    if let Some(host) = &record.host {
        return Ok(if host.contains("_domainkey") {
            host.clone()
        } else {
            format!("{host}._domainkey")
        });
    }
    if let Some(host) = console
        .expected
        .get(slot)
        .and_then(|expected| expected.host.clone())
    {
        return Ok(host);
    }
    match (console.selectors.as_slice(), slot) {
        ([only], 0) => Ok(format!("{only}._domainkey")),
        _ => Err(
            "The value was understood, and its name is missing. Paste both: the name (it contains _domainkey) and the value.".to_owned(),
        ),
    }
}
