//! What the pages of DKIM say.

use std::path::Path;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Watch;
use crate::plan::panel;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::asking;
use crate::plan::steps::dkim::collecting;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::plan::steps::dkim::setting_up;
use crate::plan::steps::dkim::switching;
use crate::plan::steps::dkim::take;
use crate::plan::steps::domain::plain;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::record::Content;
use crate::records::verdict::codes;

pub(super) const WHY: &str = "A signature (DKIM) proves that a mail was not changed on its way and that your domain vouches for it. It survives \
                   forwarding, which the list of allowed senders (SPF) does not. The public half of the key stands in the DNS; the \
                   sender keeps the private half.";

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    match id {
        PageId::DkimKey { sender } => key(facts, live, sender),
        PageId::DkimSetup { sender } => setting_up::setup(facts, sender),
        PageId::DkimConsole { sender } => setting_up::console(sender),
        PageId::DkimPart { sender, part } => asking::part(facts, sender, *part),
        PageId::DkimCollect { sender, index } => collecting::collect(facts, sender, *index),
        PageId::DkimRecord { sender, index } => record(facts, live, sender, *index),
        PageId::DkimSwitch { sender } => switching::switch(facts, live, sender),
        _ => overview(facts, live),
    }
}

pub(super) fn page_of(
    id: PageId,
    title: String,
    blocks: Vec<Block>,
    form: Form,
    next: Next,
) -> Page {
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

pub(super) fn choice(id: &str, label: &str, detail: &str) -> Choice {
    Choice {
        id: id.to_owned(),
        label: label.to_owned(),
        detail: detail.to_owned(),
    }
}

/// Where a key file is: the whole path, where the folder of the setup is known.
pub(super) fn key_path(live: &Live, path: &str) -> String {
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
            "The private half is kept on this computer only and is never shown. A later page writes it into a file for your mail server, if you want that.".to_owned(),
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
    if index >= sender::keys(facts, sender).len() {
        intro = vec![Block::Text(
            if matches!(wanted.record.content, Content::Text(_)) {
                format!(
                    "Add this record in your DNS, beside what is there. It proves to {name} that the domain is yours."
                )
            } else {
                format!(
                    "Add this record in your DNS. {name} takes its bounces (return-path) at that name."
                )
            },
        )];
    }
    if let Some(bits) = sender::values(facts, sender)
        .get(index)
        .and_then(sender::short_bits)
    {
        intro.push(Block::Note(format!(
            "Warning: this key is short ({bits} bits). If {name} offers 2048 bits, choose that there, and paste the new key in place of \
             this one."
        )));
    }
    let mut page = panel::record_page(id, &wanted, title, intro, WHY.to_owned(), facts, live);
    if is_normal_for_now(facts, sender) {
        calm(&mut page, &name);
    }
    page
}

/// True where nothing has to stand yet where an alias leads: signing is not switched on there, or the other alias has the key.
fn is_normal_for_now(facts: &Facts, sender: &str) -> bool {
    facts
        .dkim
        .get(sender)
        .is_none_or(|choice| !choice.switched_on || choice.key_seen.is_some())
}

/// Says as a remark, not as a mistake, that no key stands yet where the alias leads.
fn calm(page: &mut Page, name: &str) {
    let words = |finding: &mut Finding| {
        if finding.code == codes::TARGET_EMPTY {
            finding.severity = Severity::Note;
            finding.message = "Nothing stands yet where this alias leads.".to_owned();
            finding.remedy = format!(
                "That is normal now: {name} puts its key there when signing is switched on, and where it has two names, at one of them."
            );
        }
    };
    for block in &mut page.blocks {
        if let Block::Finding(finding) = block {
            words(finding);
        }
    }
    if let Form::Record(card) = &mut page.form
        && let Watch::Seen { judgement, .. }
        | Watch::Asking {
            last: Some(judgement),
        } = &mut card.watch
    {
        judgement.findings.iter_mut().for_each(words);
    }
}
