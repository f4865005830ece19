//! What the pages about keys made here say.

use crate::catalog::signer;
use crate::catalog::signer::Signer;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::KeyPart;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::own;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::rotation::State;
use crate::plan::steps::dkim::rotation::held::Held;

const WHY: &str = "Who holds a private key can sign mail in your name. A key that is changed once a year is of little use to whoever copied it \
                   before. While the new key takes over, both records stand in the DNS, so that no mail on its way fails.";

pub fn page(sender: &str, part: &KeyPart, facts: &Facts, live: &Live) -> Page {
    match part {
        KeyPart::Signer => signer_page(sender, facts, live),
        KeyPart::Rotate { selector } => rotate(sender, selector, facts, live),
        KeyPart::Publish { selector } => publish(sender, selector, facts, live),
        KeyPart::Switch { selector } => switch(sender, selector, facts, live),
        KeyPart::Retire { selector } => retire(sender, selector, facts, live),
        KeyPart::Revoke { selector } => revoke(sender, selector, facts, live),
    }
}

fn made(id: PageId, title: String, blocks: Vec<Block>, form: Form, next: Next) -> Page {
    let step = crate::plan::walk::step_of(&id);
    Page {
        id,
        step,
        title,
        blocks,
        form,
        why: WHY.to_owned(),
        next,
    }
}

fn choose(options: &[(&str, String, String)], selected: usize) -> Form {
    Form::Choose {
        options: options
            .iter()
            .map(|(id, label, detail)| Choice {
                id: (*id).to_owned(),
                label: label.clone(),
                detail: detail.clone(),
            })
            .collect(),
        selected,
    }
}

fn option(
    id: &'static str,
    label: impl Into<String>,
    detail: impl Into<String>,
) -> (&'static str, String, String) {
    (id, label.into(), detail.into())
}

fn plain_go() -> Next {
    Next::Go("Go on".to_owned())
}

/// What to do with the files: bring them to the server, and let the program read them.
fn to_do(facts: &Facts, live: &Live, sender: &str) -> Vec<Block> {
    let Some((signer, choice, folder)) = own::handed(facts, sender) else {
        return Vec::new();
    };
    let from = own::key_path(live, folder);
    let to = signer.usual_folder().unwrap_or(&from);
    let files: Vec<String> = choice
        .selectors
        .iter()
        .map(|selector| signer.key_file(&facts.domain, selector))
        .collect();
    let mut steps = Vec::new();
    if signer.usual_folder().is_some() {
        steps.push(format!(
            "Copy that folder to your mail server, and in it run: {}",
            signer.commands(".", to, &files).join(" && ")
        ));
    }
    steps.extend(signer.tasks(to));
    vec![
        Block::Rows(vec![
            ("Files".to_owned(), from.clone()),
            ("Keys".to_owned(), choice.selectors.join(", ")),
        ]),
        Block::Steps(steps),
        Block::Note(signer::proof(&facts.domain, &choice.selectors)),
    ]
}

fn signer_page(sender: &str, facts: &Facts, live: &Live) -> Page {
    let name = service::name(sender);
    let id = own::id(sender, KeyPart::Signer);
    let chosen = facts
        .dkim
        .get(sender)
        .and_then(|choice| choice.signer.as_ref());
    if let Some((signer, _, _)) = own::handed(facts, sender) {
        let mut blocks = vec![Block::Text(
            "The files are written. Bring them to the server now; switch signing on when the record is visible.".to_owned(),
        )];
        blocks.extend(to_do(facts, live, sender));
        return made(
            id,
            format!("{name}: the files for {}", signer.name()),
            blocks,
            choose(
                &[
                    option("go", "Go on", ""),
                    option("other", "Another program signs", "choose again"),
                ],
                0,
            ),
            plain_go(),
        );
    }
    // Enter alone must not make a second copy of a private key.
    let mut options = vec![option(own::NONE, "I do it myself", "no file is written")];
    for signer in Signer::ALL {
        if own::keys_for(facts, sender, signer).is_empty() {
            continue;
        }
        let (label, detail) = match signer {
            Signer::OpenDkim => ("OpenDKIM", "beside Postfix or Sendmail"),
            Signer::Pem => ("Another program", "the key file alone"),
            signer => (signer.name(), ""),
        };
        options.push(option(signer.as_str(), label, detail));
    }
    let selected = chosen
        .and_then(|chosen| options.iter().position(|(id, _, _)| *id == chosen.program))
        .unwrap_or(0);
    made(
        id,
        format!("{name}: which program signs?"),
        vec![
            Block::Text(
                "The program that signs on your mail server needs the private key in its own form. The files for it are written on this \
                 computer, closed to all others."
                    .to_owned(),
            ),
            Block::Note(
                "Switch it on only when the record is visible: a signature without its record counts as broken.".to_owned(),
            ),
        ],
        choose(&options, selected),
        Next::Go("Choose".to_owned()),
    )
}

fn rotate(sender: &str, selector: &str, facts: &Facts, live: &Live) -> Page {
    let name = service::name(sender);
    let id = own::id(
        sender,
        KeyPart::Rotate {
            selector: selector.to_owned(),
        },
    );
    if let Some(new) = live.making.get(sender) {
        return made(
            id,
            format!("{name}: making a key"),
            vec![Block::Text(format!(
                "The key {new} is being made on this computer. Its record is shown when the private half is safely on disk."
            ))],
            Form::Nothing,
            Next::Closed("The key is being made. This takes a few seconds.".to_owned()),
        );
    }
    let choice = facts.dkim.get(sender);
    if let Some(new) = choice.and_then(|choice| rotation::successor(choice, selector)) {
        return made(
            id,
            format!("{name}: the new key is ready"),
            vec![Block::Text(format!(
                "The key {new} takes over from {selector}. Its private half is kept on this computer. Nothing changes for your mail yet."
            ))],
            Form::Nothing,
            Next::Go("Show its record".to_owned()),
        );
    }
    let Some(key) = own::key(facts, sender, selector) else {
        return made(id, name, Vec::new(), Form::Nothing, plain_go());
    };
    let due = rotation::due(key);
    let is_due = due.is_some_and(|due| due <= live.now);
    let blocks = vec![
        Block::Rows(vec![
            ("Key".to_owned(), format!("{selector} ({})", key.algorithm)),
            ("Made".to_owned(), seen::day(key.made_at)),
            (
                "A new one".to_owned(),
                match due {
                    Some(due) if is_due => format!("due since {}", seen::day(due)),
                    Some(due) => format!("on {}", seen::day(due)),
                    None => String::new(),
                },
            ),
        ]),
        Block::Steps(vec![
            "A new key is made here, and its record published beside the old one.".to_owned(),
            "Your mail server signs with the new key.".to_owned(),
            format!(
                "After {} days, when no mail of the old key is on its way, the old one is put away and its record emptied.",
                rotation::IN_FLIGHT_DAYS
            ),
        ]),
    ];
    made(
        id,
        format!("{name}: change the key"),
        blocks,
        choose(
            &[
                option(
                    "new",
                    "Make a new key",
                    "the old one stays in use until you switch",
                ),
                option("later", "Not now", "you are reminded again"),
            ],
            usize::from(!is_due),
        ),
        Next::Go("Choose".to_owned()),
    )
}

fn publish(sender: &str, selector: &str, facts: &Facts, live: &Live) -> Page {
    let part = KeyPart::Publish {
        selector: selector.to_owned(),
    };
    let id = own::id(sender, part.clone());
    let title = format!("{}: publish the new key", service::name(sender));
    let Some(wanted) = own::wanted(facts, sender, &part) else {
        return made(id, title, Vec::new(), Form::Nothing, plain_go());
    };
    if rotation::records::is_lost(facts, live, sender, &wanted) {
        return made(
            id,
            title,
            vec![Block::Text(format!(
                "The private half of the key {selector} is not on this computer as it was made, so its record is not shown. Put the file \
                 back from a copy, and open the setup again."
            ))],
            Form::Nothing,
            plain_go(),
        );
    }
    let path = own::key(facts, sender, selector)
        .map_or(String::new(), |key| own::key_path(live, &key.path));
    let intro = vec![
        Block::Text(
            "Add this record beside the one of the old key. Do not touch the old one yet."
                .to_owned(),
        ),
        Block::Note(format!(
            "The private half is kept in {path}, on this computer only."
        )),
    ];
    let page = panel::record_page(id, &wanted, title, intro, WHY.to_owned(), facts, live);
    Page {
        step: StepId::Keep,
        ..page
    }
}

fn switch(sender: &str, selector: &str, facts: &Facts, live: &Live) -> Page {
    let name = service::name(sender);
    let ready = rotation::records::is_published(facts, Some(live), sender, selector);
    let mut blocks = vec![Block::Text(if ready {
        format!("The record of {selector} is visible. Now let your mail server sign with it.")
    } else {
        format!("The record of {selector} is not visible yet. Until then: \"Not yet\".")
    })];
    let files = to_do(facts, live, sender);
    let can_write = files.is_empty() && own::usual_signer(facts, sender).is_some();
    if files.is_empty() {
        blocks.push(Block::Rows(vec![
            ("Domain".to_owned(), facts.domain.clone()),
            ("Selector".to_owned(), selector.to_owned()),
            (
                "Key file".to_owned(),
                own::key(facts, sender, selector)
                    .map_or(String::new(), |key| own::key_path(live, &key.path)),
            ),
        ]));
    }
    blocks.extend(files);
    let mut options = vec![
        option(
            "done",
            "It signs with the new key",
            format!(
                "the old one is put away {} days later",
                rotation::IN_FLIGHT_DAYS
            ),
        ),
        option("later", "Not yet", "this page comes back"),
    ];
    if let (true, Some(signer)) = (can_write, own::usual_signer(facts, sender)) {
        options.insert(
            0,
            option(
                "files",
                format!("Write the files for {}", signer.name()),
                "with the new key",
            ),
        );
    }
    let selected = if ready || can_write {
        0
    } else {
        options.len() - 1
    };
    made(
        own::id(
            sender,
            KeyPart::Switch {
                selector: selector.to_owned(),
            },
        ),
        format!("{name}: sign with the new key"),
        blocks,
        choose(&options, selected),
        Next::Go("Choose".to_owned()),
    )
}

fn retire(sender: &str, selector: &str, facts: &Facts, live: &Live) -> Page {
    let name = service::name(sender);
    let held = rotation::held::held(facts, sender, selector, live.now);
    let until = match rotation::state(facts, sender, selector) {
        Some(State::Leaving { until }) => seen::day(until),
        _ => String::new(),
    };
    let mut blocks = if held.is_none() {
        // The wait is over: what was to be waited for is no more news.
        vec![Block::Text(format!(
            "Nothing new is signed with {selector}. Mail that was signed before had until {until} to arrive, so nobody needs that key any \
             more. Put it away here; the next page empties its record."
        ))]
    } else {
        vec![
            Block::Text(format!(
                "Nothing new is signed with {selector}. Mail that was signed before may be on its way until {until}: servers try for days, \
                 and whoever gets it looks the old key up."
            )),
            Block::Rows(vec![
                (
                    "Until then".to_owned(),
                    "leave the record of the old key in the DNS".to_owned(),
                ),
                (
                    format!("From {until} on"),
                    "put the key away here, then empty its record".to_owned(),
                ),
            ]),
        ]
    };
    let (form, next) = match held {
        None => (
            choose(
                &[
                    option(
                        "retire",
                        "Put the old key away",
                        "its file goes to keys/retired",
                    ),
                    option("later", "Not now", ""),
                ],
                0,
            ),
            Next::Go("Choose".to_owned()),
        ),
        Some(held) => {
            if !matches!(held, Held::Flying { .. }) {
                let (what, remedy) = held.words(selector);
                blocks.push(Block::Note(own::sentence(&format!("{what}: {remedy}"))));
            }
            (Form::Nothing, plain_go())
        }
    };
    made(
        own::id(
            sender,
            KeyPart::Retire {
                selector: selector.to_owned(),
            },
        ),
        format!("{name}: the old key"),
        blocks,
        form,
        next,
    )
}

fn revoke(sender: &str, selector: &str, facts: &Facts, live: &Live) -> Page {
    let part = KeyPart::Revoke {
        selector: selector.to_owned(),
    };
    let id = own::id(sender, part.clone());
    let title = format!("{}: empty the old record", service::name(sender));
    let Some(wanted) = own::wanted(facts, sender, &part) else {
        return made(id, title, Vec::new(), Form::Nothing, plain_go());
    };
    if rotation::state(facts, sender, selector) == Some(State::Gone) {
        return made(
            id,
            title,
            vec![Block::Text(format!(
                "Done: the old key {selector} is out of use everywhere."
            ))],
            Form::Nothing,
            plain_go(),
        );
    }
    let intro = vec![Block::Text(format!(
        "The key {selector} is put away. Empty its record now: change the value to this one, which tells receivers that the key is not to be \
         trusted any more (revoked). To delete the record does as well."
    ))];
    panel::record_page(id, &wanted, title, intro, WHY.to_owned(), facts, live)
}
