//! The page on which the key records of a service are copied from its console.

use crate::catalog;
use crate::catalog::dkim::Console;
use crate::plan::facts::Facts;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::service;
use crate::plan::steps::dkim::pages::WHY;
use crate::plan::steps::dkim::pages::page_of;
use crate::plan::steps::dkim::parts;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
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
