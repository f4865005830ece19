//! The page on which signing is switched on, and then seen: record published, switched on there, signing.

use crate::catalog;
use crate::catalog::dkim::Setup;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::open;
use crate::plan::steps::dkim::pages::WHY;
use crate::plan::steps::dkim::pages::choice;
use crate::plan::steps::dkim::pages::key_path;
use crate::plan::steps::dkim::pages::page_of;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::plan::walk::Taken;

/// Answers of the second half of the page: what a message shows.
pub const SIGNS: &str = "signs";
pub const SIGNS_NOT: &str = "signs-not";
pub const LOOK_LATER: &str = "look-later";

/// True where signing is switched on by word, and a message can show whether it is.
fn asks_for_sign(facts: &Facts, sender: &str) -> bool {
    open::unsigned_domain(sender).is_some()
        && facts
            .dkim
            .get(sender)
            .is_some_and(|choice| choice.switched_on)
}

pub(super) fn switch(facts: &Facts, live: &Live, sender: &str) -> Page {
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
    if asks_for_sign(facts, sender) && sender::was_published(facts, live, sender) {
        return sign(facts, live, sender, id);
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
        blocks.push(how_to_switch_on(&name, sender));
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
                    if open::unsigned_domain(sender).is_some() {
                        "next: the sign that it signs"
                    } else {
                        "the reports will show whether it works"
                    },
                ),
                choice("later", "Not yet", "this page comes back"),
            ],
            selected: usize::from(!ready),
        },
        Next::Go(if on { "Go on" } else { "Choose" }.to_owned()),
    );
    Page { why, ..page }
}

/// The steps of the catalog; else what such consoles have in common.
fn how_to_switch_on(name: &str, sender: &str) -> Block {
    let owner = catalog::owner(sender);
    let steps = owner.map_or(&[][..], |owner| owner.switch_on());
    if !steps.is_empty() {
        return Block::Steps(steps.to_vec());
    }
    let menu = owner.map_or(&[][..], |owner| owner.menu());
    Block::Text(if menu.is_empty() {
        format!(
            "At {name}, press \"Verify\", \"Authenticate\" or \"Start\". Only then it signs with your domain."
        )
    } else {
        format!(
            "At {name} ({}), let it check the records. Only then it signs with your domain.",
            menu.join(" > ")
        )
    })
}

/// Switched on, says the user: the sign that it is.
fn sign(facts: &Facts, live: &Live, sender: &str, id: PageId) -> Page {
    let name = service::name(sender);
    let choice_of = facts.dkim.get(sender);
    let unsigned = open::unsigned_domain(sender).map_or(String::new(), |d| d.name().to_string());
    let signs = choice_of.and_then(|choice| choice.signs_since);
    let mut blocks = Vec::new();
    if let Some(at) = signs {
        blocks.push(Block::Text(format!(
            "{name} signs with your domain: you saw it in a message on {}.",
            seen::day(at)
        )));
    } else if open::leads_away(facts, sender) {
        blocks.push(Block::Text(
            match choice_of.and_then(|choice| choice.key_seen) {
                Some(at) => format!(
                    "The sign from outside is there: a key answers where your aliases lead (seen {}). Only one of them has a key at a \
                     time; that is normal.",
                    seen::ago(live.now, at)
                ),
                None => format!(
                    "No key was seen where your aliases lead. {name} puts it there when signing is switched on; look again in a while."
                ),
            },
        ));
    }
    if signs.is_none() {
        blocks.push(Block::Steps(vec![
            "Send a mail from your domain to an address at another company (Gmail is good)."
                .to_owned(),
            "There, open its source: in Gmail the menu of the mail, \"Show original\".".to_owned(),
            format!(
                "Right: DKIM names {}. Not on yet: it names {unsigned}.",
                facts.domain
            ),
        ]));
    }
    if let Some(rotation) = catalog::owner(sender)
        .and_then(|owner| owner.dkim())
        .and_then(|dkim| dkim.rotation.as_ref())
        .filter(|_| !open::awaits_sign(facts, sender))
    {
        blocks.push(Block::Note(rotation.clone()));
    }
    page_of(
        id,
        format!("{name}: the sign that it signs"),
        blocks,
        Form::Choose {
            options: vec![
                choice(
                    SIGNS,
                    &format!("It names {}", facts.domain),
                    "signing is on",
                ),
                choice(
                    SIGNS_NOT,
                    &format!("It names {unsigned}, or nothing"),
                    "back to switching it on",
                ),
                choice(
                    LOOK_LATER,
                    "I will look later",
                    "it stays open before a stricter policy",
                ),
            ],
            selected: if signs.is_some() { 0 } else { 2 },
        },
        Next::Go("Choose".to_owned()),
    )
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

/// Takes what a message showed. None where the answer is another's.
pub(super) fn take(
    facts: &mut Facts,
    sender: &str,
    chosen: &str,
    live: &Live,
) -> Option<Result<Taken, String>> {
    let name = service::name(sender);
    match chosen {
        SIGNS => {
            if !facts
                .dkim
                .get(sender)
                .is_some_and(|choice| choice.switched_on)
            {
                return Some(Err("First switch signing on there, and say so.".to_owned()));
            }
            let at = seen::note_clock(facts, live.now);
            let choice = facts.dkim.entry(sender.to_owned()).or_default();
            if choice.signs_since.is_none() {
                choice.signs_since = Some(at);
                seen::note(
                    facts,
                    live.now,
                    format!("{name}: a message carries the signature of the domain, says the user"),
                );
            }
            Some(Ok(Taken::default()))
        }
        SIGNS_NOT => {
            let choice = facts.dkim.entry(sender.to_owned()).or_default();
            choice.switched_on = false;
            choice.signs_since = None;
            seen::note(
                facts,
                live.now,
                format!("{name}: signing is not on yet, says the user"),
            );
            Some(Ok(same(sender)))
        }
        LOOK_LATER => Some(Ok(Taken::default())),
        _ => None,
    }
}

/// The page of the same sender once more: what comes next there.
pub(super) fn same(sender: &str) -> Taken {
    Taken {
        wishes: Vec::new(),
        page: Some(PageId::DkimSwitch {
            sender: sender.to_owned(),
        }),
    }
}
