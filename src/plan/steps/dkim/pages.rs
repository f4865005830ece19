//! What the pages of DKIM say.

use std::path::Path;

use crate::catalog;
use crate::catalog::dkim::Console;
use crate::catalog::dkim::Setup;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::panel;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::plan::steps::dkim::take;
use crate::plan::steps::domain::plain;
use crate::records::sighting::RecordType;

const WHY: &str = "A signature (DKIM) proves that a mail was not changed on its way and that your domain vouches for it. It survives \
                   forwarding, which the list of allowed senders (SPF) does not. The public half of the key stands in the DNS; the \
                   sender keeps the private half.";

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    match id {
        PageId::DkimKey { sender } => key(facts, live, sender),
        PageId::DkimCollect { sender, index } => collect(facts, sender, *index),
        PageId::DkimRecord { sender, index } => record(facts, live, sender, *index),
        PageId::DkimSwitch { sender } => switch(facts, live, sender),
        _ => overview(facts, live),
    }
}

fn page_of(id: PageId, title: String, blocks: Vec<Block>, form: Form, next: Next) -> Page {
    Page {
        id,
        step: StepId::Dkim,
        title,
        blocks,
        form,
        why: WHY.to_owned(),
        next,
    }
}

fn choice(id: &str, label: &str, detail: &str) -> Choice {
    Choice {
        id: id.to_owned(),
        label: label.to_owned(),
        detail: detail.to_owned(),
    }
}

/// Where a key file is: the whole path, where the folder of the setup is known.
fn key_path(live: &Live, path: &str) -> String {
    match &live.folder {
        Some(folder) => Path::new(folder).join(path).display().to_string(),
        None => path.to_owned(),
    }
}

fn overview(facts: &Facts, live: &Live) -> Page {
    let senders = service::ticked(facts);
    let text = if senders.is_empty() {
        "First say which services send mail for you; press Esc to go back."
    } else {
        "Each sender signs with a key of its own. They are done one after the other. Untick what you want to leave for later."
    };
    let later = |id: &String| facts.dkim.get(id).is_some_and(|choice| choice.later);
    page_of(
        PageId::DkimOverview,
        "Sign your mail".to_owned(),
        vec![Block::Text(text.to_owned())],
        Form::Tick {
            ticked: senders.iter().filter(|id| !later(id)).cloned().collect(),
            options: senders
                .iter()
                .map(|id| {
                    let (_, state) = dkim::state(facts, live, id);
                    let detail = if state.is_empty() {
                        task(facts, id).to_owned()
                    } else {
                        state
                    };
                    choice(id, &service::name(id), &detail)
                })
                .collect(),
        },
        Next::Go("Go on".to_owned()),
    )
}

/// What a sender will ask for, in a few words.
fn task(facts: &Facts, sender: &str) -> &'static str {
    match sender::way(facts, sender) {
        Way::OwnKey => "a key is made here",
        Way::Fixed => "its records are known",
        Way::Console(_) if sender::is_found_in_dns(facts, sender) => "found in your DNS already",
        Way::Console(_) => "it shows you what to copy",
        Way::Told => "to be asked for",
    }
}

fn key(facts: &Facts, live: &Live, sender: &str) -> Page {
    let id = PageId::DkimKey {
        sender: sender.to_owned(),
    };
    let name = service::name(sender);
    let choice_of = facts.dkim.get(sender);
    if let Some(selector) = live.making.get(sender) {
        return page_of(
            id,
            format!("{name}: making a key"),
            vec![Block::Text(format!(
                "The key {selector} is being made on this computer. The record is shown when the private half is safely on disk."
            ))],
            Form::Nothing,
            Next::Closed("The key is being made. This takes a few seconds.".to_owned()),
        );
    }
    if let Some(made) = choice_of.filter(|choice| !choice.keys.is_empty()) {
        let mut blocks = vec![Block::Text(
            "The private half is kept on this computer only. It is never shown, and no other program gets it from here.".to_owned(),
        )];
        blocks.push(Block::Rows(
            made.keys
                .iter()
                .map(|key| {
                    (
                        key.selector.clone(),
                        format!("{}, {}", key.algorithm, key_path(live, &key.path)),
                    )
                })
                .collect(),
        ));
        return page_of(
            id,
            format!("{name}: the key is ready"),
            blocks,
            Form::Nothing,
            Next::Go("Show the record".to_owned()),
        );
    }
    let limit = panel::host(facts)
        .and_then(|host| host.txt_max_len.map(|limit| (host.name.clone(), limit)));
    let fits = |length: usize, text: &str| match &limit {
        Some((host, limit)) if *limit < length => {
            format!("{text}; too long for {host} (at most {limit})")
        }
        _ => text.to_owned(),
    };
    let mut options: Vec<Choice> = vec![choice(
        "rsa2048",
        "RSA-2048 (recommended)",
        &fits(
            410,
            "read by every receiver, fits nearly every panel (410 characters)",
        ),
    )];
    for found in sender::ownerless_keys(facts) {
        options.push(choice(
            &format!("keep:{}", found.host),
            &format!("Keep the key that is there: {}", plain(&found.host)),
            "if your server signs with it already",
        ));
    }
    options.extend([
        choice(
            "rsa2048+ed25519",
            "RSA-2048 and Ed25519 as a second key",
            "a second, short key for receivers that know it; two records",
        ),
        choice("rsa3072", "RSA-3072", &fits(582, "longer (582 characters)")),
        choice(
            "rsa4096",
            "RSA-4096",
            &fits(
                754,
                "longest (754 characters); some panels and receivers refuse it",
            ),
        ),
        choice("later", "Later", "somebody else looks after the server"),
    ]);
    page_of(
        id,
        format!("{name}: which key?"),
        vec![Block::Text(
            "A key pair is made on this computer. If in doubt, take the first: a longer key brings no more delivered mail.".to_owned(),
        )],
        Form::Choose {
            options,
            selected: 0,
        },
        Next::Go("Make the key".to_owned()),
    )
}

fn collect(facts: &Facts, sender: &str, index: usize) -> Page {
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
    let mut steps = vec![match (menu, url) {
        ([], None) => format!(
            "Sign in at {name} and look for \"domain authentication\", \"sending domain\" or \"DKIM\"."
        ),
        ([], Some(url)) => format!("Open {url}"),
        (menu, None) => format!("Sign in at {name}: {}", menu.join(" > ")),
        (menu, Some(url)) => format!("Open {url} ({})", menu.join(" > ")),
    }];
    steps.push(what_to_copy(&console, index, all));
    steps.push(
        "Paste it here, with or without its name, quotes and dots: all are understood.".to_owned(),
    );
    blocks.push(Block::Steps(steps));
    if let Some(note) = owner
        .and_then(|owner| owner.dkim())
        .and_then(|dkim| dkim.note.as_ref())
    {
        blocks.push(Block::Note(note.clone()));
    } else if let Some(docs) = owner.and_then(|owner| owner.docs()) {
        blocks.push(Block::Note(format!("Its own guide: {docs}")));
    }
    page_of(
        id,
        title,
        blocks,
        Form::Paste {
            label: "Name and value".to_owned(),
            value,
            hint: "an empty field leaves this sender for later".to_owned(),
        },
        Next::Go("Take it".to_owned()),
    )
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

fn record(facts: &Facts, live: &Live, sender: &str, index: usize) -> Page {
    let id = PageId::DkimRecord {
        sender: sender.to_owned(),
        index,
    };
    let name = service::name(sender);
    let all = sender::values(facts, sender).len();
    let title = if all > 1 {
        format!("{name}: publish record {} of {all}", index + 1)
    } else {
        format!("{name}: publish the record")
    };
    if let Some(selector) = dkim::lost_selector(facts, live, sender, index) {
        return page_of(
            id,
            title,
            vec![
                Block::Text(format!(
                    "The private half of the key {selector} is not on this computer as it was made, so its record is not shown: mail \
                     could not be signed with it."
                )),
                Block::Text(
                    "If you have a copy of the file, put it back and start again. Else make a new key under a new name (selector). If the \
                     old record is in your DNS, take it out when nothing signs with it any more."
                        .to_owned(),
                ),
            ],
            Form::Choose {
                options: vec![
                    choice("wait", "Go on without it for now", ""),
                    choice(take::NEW_KEY, "Make a new key", "under a new selector"),
                ],
                selected: 0,
            },
            Next::Go("Do what is chosen".to_owned()),
        );
    }
    let wanted = match dkim::record(facts, sender, index) {
        Ok(wanted) => wanted,
        Err(wrong) => {
            return page_of(
                id,
                title,
                vec![Block::Text(format!(
                    "This record is not handed out, since {wrong}. Press Esc to go back, and copy or make it again."
                ))],
                Form::Nothing,
                Next::Go("Go on without it".to_owned()),
            );
        }
    };
    let made = rotation::active(facts, sender).into_iter().nth(index);
    let mut intro = if let Some(key) = made {
        let path = key_path(live, &key.path);
        vec![
            Block::Text("Your own server signs with a key that was made here. Put its public half into the DNS.".to_owned()),
            Block::Note(format!("The private half is kept in {path}, on this computer only.")),
        ]
    } else if sender::is_found_in_dns(facts, sender) {
        vec![Block::Text(format!(
            "{name} has this record in your DNS already. It is looked at again."
        ))]
    } else {
        vec![Block::Text(format!(
            "Add this record in your DNS. {name} keeps the private key and signs with it."
        ))]
    };
    if let Some(bits) = sender::values(facts, sender)
        .get(index)
        .and_then(sender::short_bits)
    {
        intro.push(Block::Note(format!(
            "Warning: this key is short ({bits} bits). If {name} offers 2048 bits, choose that there, and paste the new key in place of \
             this one."
        )));
    }
    panel::record_page(id, &wanted, title, intro, WHY.to_owned(), facts, live)
}

fn switch(facts: &Facts, live: &Live, sender: &str) -> Page {
    let id = PageId::DkimSwitch {
        sender: sender.to_owned(),
    };
    let name = service::name(sender);
    let on = facts
        .dkim
        .get(sender)
        .is_some_and(|choice| choice.switched_on);
    let owner = catalog::owner(sender);
    let note = owner.and_then(|owner| {
        owner
            .dkim()
            .and_then(|dkim| dkim.note.clone())
            .or_else(|| owner.notes().map(str::to_owned))
    });
    if sender::way(facts, sender) == Way::Told {
        return told(facts, sender, id, note.map(Block::Note));
    }
    let made = rotation::active(facts, sender);
    let is_published = sender::is_published(facts, live, sender);
    let ready = is_published || (on && sender::was_published(facts, live, sender));
    let mut blocks = vec![Block::Text(
        if is_published {
            "What you published is visible. Now switch signing on."
        } else {
            "Not all is visible in the DNS yet. Until then: \"Not yet\"."
        }
        .to_owned(),
    )];
    let mut why = WHY.to_owned();
    if made.is_empty() {
        let menu = owner.map_or(&[][..], |owner| owner.menu());
        blocks.push(Block::Text(if menu.is_empty() {
            format!("At {name}, press \"Verify\", \"Authenticate\" or \"Start\". Only then it signs with your domain.")
        } else {
            format!(
                "At {name} ({}), let it check the records. Only then it signs with your domain.",
                menu.join(" > ")
            )
        }));
        if let Some(note) = note {
            why = format!("{note} {WHY}");
        }
    } else {
        blocks.push(Block::Text(
            "Copy the key file to your mail server, and name these to its signer (OpenDKIM, Rspamd, Exim):".to_owned(),
        ));
        let mut rows = vec![("Domain".to_owned(), facts.domain.clone())];
        for key in &made {
            let path = key_path(live, &key.path);
            if made.len() == 1 {
                rows.push(("Selector".to_owned(), key.selector.clone()));
                rows.push(("Key file".to_owned(), path));
            } else {
                rows.push((format!("Selector {}", key.selector), path));
            }
        }
        blocks.push(Block::Rows(rows));
        why = format!(
            "Switch it on only when the record is visible: a signature without its record counts as broken. {WHY}"
        );
    }
    let page = page_of(
        id,
        format!("{name}: switch signing on"),
        blocks,
        Form::Choose {
            options: vec![
                choice(
                    "done",
                    "It is switched on",
                    "the reports will show whether it works",
                ),
                choice("later", "Not yet", "this page comes back"),
            ],
            selected: usize::from(!ready),
        },
        Next::Go(if on { "Go on" } else { "Choose" }.to_owned()),
    );
    Page { why, ..page }
}

/// A sender for which nothing can be published here.
fn told(facts: &Facts, sender: &str, id: PageId, note: Option<Block>) -> Page {
    let name = service::name(sender);
    let preset = matches!(
        service::signing(sender, &service::domain(facts)),
        Setup::PresetByHost { .. }
    );
    let mut blocks = vec![Block::Text(if preset {
        format!(
            "{name} publishes its key by itself where it also keeps your DNS. If your DNS is elsewhere, its settings or its support \
             show the record to add."
        )
    } else {
        format!(
            "It is not known here how {name} signs with your domain. Ask its support: \"How do I set up DKIM for {}?\" Some services \
             cannot do it; then let them send from an address of their own, or under a subdomain.",
            facts.domain
        )
    })];
    blocks.extend(note);
    let on = facts
        .dkim
        .get(sender)
        .is_some_and(|choice| choice.switched_on);
    page_of(
        id,
        format!("{name}: ask for its signature"),
        blocks,
        Form::Choose {
            options: vec![
                choice(
                    "later",
                    "Go on, and see to it later",
                    "watching (p=none) is safe without it; a stricter policy is not",
                ),
                choice(
                    "records",
                    "It shows me a record to add",
                    "paste it on the next page",
                ),
                choice(
                    "done",
                    "It signs with my domain already",
                    "the reports will show whether it does",
                ),
            ],
            selected: if on { 2 } else { 0 },
        },
        Next::Go("Choose".to_owned()),
    )
}
