//! What answers about the set-up of a service change: whether it is done now, and the parts besides its keys.

use crate::catalog;
use crate::catalog::bounce::Bounce;
use crate::catalog::bounce::Shown;
use crate::catalog::spf::by_spf_term;
use crate::plan::facts::Collected;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Answer;
use crate::plan::page::Part;
use crate::plan::paste;
use crate::plan::paste::Pasted;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::asking::WITHOUT;
use crate::plan::steps::dkim::parts;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::setting_up::LATER;
use crate::plan::steps::dkim::setting_up::START;
use crate::plan::steps::dkim::setting_up::kind;
use crate::plan::steps::dkim::target;
use crate::plan::walk::Taken;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// Takes the answer of the first page.
pub(super) fn take_setup(
    facts: &mut Facts,
    sender: &str,
    answer: &Answer,
    live: &Live,
) -> Result<Taken, String> {
    let chosen = match answer {
        Answer::Chosen(chosen) => chosen.as_str(),
        _ => START,
    };
    match chosen {
        LATER => {
            leave(facts, sender, live);
            Ok(Taken::default())
        }
        START => {
            let choice = facts.dkim.entry(sender.to_owned()).or_default();
            choice.begun = true;
            choice.later = false;
            choice.later_since = None;
            Ok(Taken::default())
        }
        _ => Err("Choose one of the ways in the list.".to_owned()),
    }
}

/// Leaves a sender for later: it stays on the list, and what is published of it stays watched.
pub(super) fn leave(facts: &mut Facts, sender: &str, live: &Live) {
    let at = seen::note_clock(facts, live.now);
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    let before = choice.later;
    choice.later = true;
    choice.later_since = choice.later_since.filter(|_| before).or(Some(at));
    if !before {
        seen::note(
            facts,
            live.now,
            format!("{}: left for later", service::name(sender)),
        );
    }
}

/// Takes the answer about a part.
pub(super) fn take_part(
    facts: &mut Facts,
    sender: &str,
    part: Part,
    answer: Answer,
    live: &Live,
) -> Result<Taken, String> {
    match part {
        Part::Bounce => take_bounce(facts, sender, answer)?,
        Part::Spf => take_spf(facts, sender, answer)?,
        Part::Ownership => take_ownership(facts, sender, answer)?,
    }
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    let first = choice.parts_seen.insert(part.as_str().to_owned());
    if first {
        let what = match part {
            Part::Bounce => "bounce address",
            Part::Spf => "term for SPF",
            Part::Ownership => "proof of ownership",
        };
        seen::note(
            facts,
            live.now,
            format!("{}: {what} settled", service::name(sender)),
        );
    }
    Ok(Taken::default())
}

fn take_bounce(facts: &mut Facts, sender: &str, answer: Answer) -> Result<(), String> {
    let domain = service::domain(facts);
    let Some(owner) = catalog::owner(sender) else {
        return Ok(());
    };
    let records = match (owner.bounce(&domain), answer) {
        (Bounce::Fixed(_), Answer::Chosen(chosen)) if chosen == WITHOUT => Vec::new(),
        (Bounce::Fixed(records), _) => records
            .into_iter()
            .map(|record| Collected {
                host: record.host,
                record_type: record.record_type.to_string(),
                value: Some(record.target),
            })
            .collect(),
        (Bounce::FromConsole(shown), Answer::Typed(text)) if !text.trim().is_empty() => {
            let pasted = paste::others::read(&text, &domain, &[])?;
            bounce_records(pasted, &shown, &domain, sender)?
        }
        _ => Vec::new(),
    };
    for record in &records {
        not_taken(facts, sender, record)?;
    }
    facts.dkim.entry(sender.to_owned()).or_default().bounce = records;
    Ok(())
}

/// What a paste holds beside the keys: whoever copies the whole table of a console has the bounce address in it. Gives the text without it.
pub(super) fn aside(
    facts: &Facts,
    sender: &str,
    text: &str,
) -> Result<(String, Vec<Collected>), String> {
    let domain = service::domain(facts);
    let shown = match catalog::owner(sender).map(|owner| owner.bounce(&domain)) {
        Some(Bounce::FromConsole(shown)) if text.contains("_domainkey") => shown,
        _ => return Ok((text.to_owned(), Vec::new())),
    };
    let mut rest: Vec<&str> = Vec::new();
    let mut beside: Vec<Pasted> = Vec::new();
    for line in text.lines() {
        let is_key = line.contains("_domainkey") || line.contains("p=");
        let read = if is_key {
            Vec::new()
        } else {
            paste::others::read(line, &domain, &[]).unwrap_or_default()
        };
        let is_whole = read
            .iter()
            .all(|record| record.host.as_ref().is_some_and(|host| !host.is_empty()));
        // A line that is of no use here, such as one for counting clicks, is left to the reader of keys.
        let fits = read
            .iter()
            .all(|record| check_bounce(record, &shown, "").is_ok());
        if read.is_empty() || !is_whole || !fits {
            rest.push(line);
        } else {
            beside.extend(read);
        }
    }
    let records = if beside.is_empty() {
        Vec::new()
    } else {
        bounce_records(beside, &shown, &domain, sender)?
    };
    for record in &records {
        not_taken(facts, sender, record)?;
    }
    Ok((rest.join("\n"), records))
}

/// Judges what was pasted for the bounce address, and adds the SPF record that is the same for everybody.
fn bounce_records(
    pasted: Vec<Pasted>,
    shown: &Shown,
    domain: &DomainName,
    sender: &str,
) -> Result<Vec<Collected>, String> {
    let name = service::name(sender);
    let mut records: Vec<Collected> = Vec::new();
    for record in &pasted {
        let Some(host) = record.host.clone().or_else(|| shown.host.clone()) else {
            return Err(format!(
                "The value was understood, and its name is missing. Paste both: the name below {domain} and the value."
            ));
        };
        if host.is_empty() {
            return Err(match record.record_type {
                RecordType::Mx => format!(
                    "This would send the mail of {domain} itself to {name}. The record belongs on a name below it, such as the one that \
                     {name} shows."
                ),
                RecordType::Txt => format!(
                    "An SPF record for {domain} itself has its own step: there may be only one. Paste the one for the name below it."
                ),
                _ => format!(
                    "An alias cannot stand at {domain} itself. Paste the name below it that {name} shows."
                ),
            });
        }
        target::check_place(record, domain)?;
        check_bounce(record, shown, &name)?;
        let collected = Collected {
            host,
            record_type: record.record_type.to_string(),
            value: Some(record.value.clone()),
        };
        if !records.contains(&collected) {
            records.push(collected);
        }
    }
    let hosts: Vec<String> = records
        .iter()
        .filter(|record| record.record_type == "MX")
        .map(|record| record.host.clone())
        .collect();
    for host in hosts {
        let has_text = records
            .iter()
            .any(|record| record.host == host && record.record_type == "TXT");
        if let Some(spf) = shown.spf.as_ref().filter(|_| !has_text) {
            records.push(Collected {
                host,
                record_type: "TXT".to_owned(),
                value: Some(spf.clone()),
            });
        }
    }
    let beside_alias = records.iter().find(|alias| {
        alias.record_type == "CNAME"
            && records
                .iter()
                .any(|other| other.host == alias.host && other != *alias)
    });
    if let Some(alias) = beside_alias {
        return Err(format!(
            "At {} an alias (CNAME) and something else were pasted. An alias stands alone: paste what {name} shows now.",
            alias.host
        ));
    }
    Ok(records)
}

fn check_bounce(record: &Pasted, shown: &Shown, name: &str) -> Result<(), String> {
    if !shown.types.contains(&record.record_type) {
        return Err(format!(
            "This is {}. {name} shows {} here.",
            kind(record.record_type),
            shown
                .types
                .iter()
                .map(|other| kind(*other))
                .collect::<Vec<_>>()
                .join(" or ")
        ));
    }
    let target = match record.record_type {
        RecordType::Txt => return Ok(()),
        RecordType::Mx => record.value.split(' ').next_back().unwrap_or_default(),
        _ => record.value.as_str(),
    };
    let target: DomainName = target
        .parse()
        .map_err(|_| "The value is not a name. Copy it again.".to_owned())?;
    let is_manual = shown.types.len() == 3 && record.record_type != RecordType::Cname;
    if is_manual || shown.accepts(&target) {
        return Ok(());
    }
    Err(format!(
        "This cannot be the value that {name} shows: it looks like {}. Yours was {target}. Copy it again, to its last character.",
        shown.looks_like().unwrap_or_default()
    ))
}

/// Refuses a name at which another sender has a record that this one would make void: an alias stands alone, a name has one SPF record, and
/// with the mail servers of two services each would get bounces of the other.
fn not_taken(facts: &Facts, sender: &str, record: &Collected) -> Result<(), String> {
    let is_spf = |value: &str| value.starts_with("v=spf1");
    for other in service::ticked(facts) {
        if other == sender {
            continue;
        }
        let clash = sender::values(facts, &other).into_iter().any(|value| {
            let one_is_alias =
                value.record_type == RecordType::Cname || record.record_type == "CNAME";
            let both_take_mail = value.record_type == RecordType::Mx && record.record_type == "MX";
            let both_list_senders =
                is_spf(&value.value) && record.value.as_deref().is_some_and(is_spf);
            value.host.eq_ignore_ascii_case(&record.host)
                && (one_is_alias || both_take_mail || both_list_senders)
                && Some(&value.value) != record.value.as_ref()
        });
        if clash {
            return Err(format!(
                "The name {} is used for {} already. Choose another name for bounces at {}.",
                record.host,
                service::name(&other),
                service::name(sender)
            ));
        }
    }
    Ok(())
}

fn take_spf(facts: &mut Facts, sender: &str, answer: Answer) -> Result<(), String> {
    let text = match answer {
        Answer::Typed(text) => text,
        _ => String::new(),
    };
    let mut terms: Vec<String> = Vec::new();
    if !text.trim().is_empty() {
        let mut foreign = None;
        for term in paste::others::terms(&text)? {
            let term = term.to_string();
            match by_spf_term(&term) {
                Some(found)
                    if found.owner.id() != sender
                        && !found.also.iter().any(|owner| owner.id() == sender) =>
                {
                    foreign = Some(format!(
                        "{term} belongs to {}, not to {}. Copy the term that {} shows.",
                        found.owner.name(),
                        service::name(sender),
                        service::name(sender)
                    ));
                }
                _ => terms.push(term),
            }
        }
        if let Some(foreign) = foreign.filter(|_| terms.is_empty()) {
            return Err(foreign);
        }
    }
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    if choice.spf_terms != terms {
        choice.spf_terms = terms;
        // The plan of the list is looked at again.
        facts.spf.confirmed = false;
    }
    Ok(())
}

fn take_ownership(facts: &mut Facts, sender: &str, answer: Answer) -> Result<(), String> {
    let text = match answer {
        Answer::Typed(text) => text,
        _ => String::new(),
    };
    let mut records = Vec::new();
    if let Some(proof) = parts::proof(sender).filter(|_| !text.trim().is_empty()) {
        let domain = service::domain(facts);
        // Where it is not known how the text begins, the longest word of the paste is it.
        let begins = if proof.begins.is_empty() {
            text.split_whitespace()
                .max_by_key(|word| word.len())
                .map(|word| vec![word.trim_matches('"').to_owned()])
                .unwrap_or_default()
        } else {
            proof.begins.clone()
        };
        let pasted = paste::others::read(&text, &domain, &begins)
            .ok()
            .into_iter()
            .flatten()
            .find(|record| record.record_type == RecordType::Txt)
            .filter(|record| !record.value.to_ascii_lowercase().starts_with("v=spf1"));
        let Some(pasted) = pasted else {
            return Err(format!(
                "The text that proves the domain to {} was not found{}. Copy its value again, or leave the field empty.",
                service::name(sender),
                match proof.begins.as_slice() {
                    [] => String::new(),
                    begins => format!(": it begins with {}", begins.join(" or ")),
                }
            ));
        };
        records.push(Collected {
            host: pasted
                .host
                .filter(|host| !host.is_empty())
                .unwrap_or(proof.host),
            record_type: "TXT".to_owned(),
            value: Some(pasted.value),
        });
    }
    facts.dkim.entry(sender.to_owned()).or_default().ownership = records;
    Ok(())
}
