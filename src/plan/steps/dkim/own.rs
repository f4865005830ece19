//! The pages about keys made here: the program that signs and its files, and a key's way from new to put away.

use std::path::Path;

use jiff::Timestamp;

use crate::catalog::signer;
use crate::catalog::signer::Signer;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::facts::MadeKey;
use crate::plan::facts::SignerChoice;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::KeyPart;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Wish;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::rotation::Held;
use crate::plan::steps::dkim::rotation::State;
use crate::plan::steps::dkim::sender;
use crate::plan::walk::Taken;
use crate::plan::wanted::Wanted;
use crate::records::dkim::Algorithm;

const WHY: &str = "Who holds a private key can sign mail in your name. A key that is changed once a year is of little use to whoever copied it \
                   before. While the new key takes over, both records stand in the DNS, so that no mail on its way fails.";

const NONE: &str = "none";

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

pub fn standing(sender: &str, part: &KeyPart, facts: &Facts, live: Option<&Live>) -> Standing {
    let now = live
        .map(|live| live.now)
        .max(facts.latest_clock)
        .unwrap_or_default();
    let choice = facts.dkim.get(sender);
    match part {
        KeyPart::Signer => {
            if choice.is_some_and(|choice| choice.signer.is_some() || choice.switched_on) {
                Standing::Settled
            } else {
                Standing::Needs
            }
        }
        KeyPart::Rotate { selector } => {
            let put_off = choice
                .and_then(|choice| choice.not_before)
                .is_some_and(|time| now < time);
            let is_due = key(facts, sender, selector)
                .and_then(rotation::due)
                .is_some_and(|due| due <= now);
            if is_due && !put_off {
                Standing::Needs
            } else {
                Standing::Settled
            }
        }
        KeyPart::Publish { .. } | KeyPart::Revoke { .. } => match wanted(facts, sender, part) {
            Some(wanted) => ladder::record_standing(facts, live, &wanted),
            None => Standing::Settled,
        },
        KeyPart::Switch { selector } => {
            if rotation::is_published(facts, live, sender, selector) {
                Standing::Needs
            } else {
                Standing::Waits
            }
        }
        KeyPart::Retire { selector } => {
            let now = live.map_or(now, |live| live.now);
            if rotation::held(facts, sender, selector, now).is_none() {
                Standing::Needs
            } else {
                Standing::Waits
            }
        }
    }
}

/// The record that a page shows.
pub fn wanted(facts: &Facts, sender: &str, part: &KeyPart) -> Option<Wanted> {
    match part {
        KeyPart::Publish { selector } => rotation::publication(facts, sender, selector),
        KeyPart::Revoke { selector } => rotation::revocation_of(facts, sender, selector),
        _ => None,
    }
}

/// What is next on a page, in one line.
pub fn next(sender: &str, part: &KeyPart) -> String {
    let name = service::name(sender);
    match part {
        KeyPart::Signer => format!("Say which program signs at {name}."),
        KeyPart::Rotate { selector } => {
            format!(
                "Make a new key for {name}: {selector} is over {} months old.",
                rotation::KEY_MONTHS
            )
        }
        KeyPart::Publish { selector } => format!("Publish the record of the key {selector}."),
        KeyPart::Switch { selector } => format!("Let {name} sign with the key {selector}."),
        KeyPart::Retire { selector } => format!("Put the old key {selector} away."),
        KeyPart::Revoke { selector } => format!("Empty the record of the old key {selector}."),
    }
}

/// What is to be done with a key by now, in one line, and since when.
pub fn due(facts: &Facts, now: Timestamp) -> Option<(String, Option<Timestamp>)> {
    rotation::pages(facts).into_iter().find_map(|page| {
        let PageId::OwnKey { sender, part } = page else {
            return None;
        };
        let since = match &part {
            KeyPart::Rotate { selector } => {
                let put_off = facts.dkim.get(&sender)?.not_before;
                rotation::due(key(facts, &sender, selector)?)
                    .filter(|due| *due <= now && put_off.is_none_or(|time| time <= now))?
            }
            KeyPart::Retire { selector } => match rotation::state(facts, &sender, selector)? {
                State::Leaving { until } if until <= now => until,
                _ => return None,
            },
            _ => return None,
        };
        Some((next(&sender, &part), Some(since)))
    })
}

/// How old each key that signs is, and when the next one is due.
pub fn ages(facts: &Facts, now: Timestamp) -> Vec<Block> {
    let mut rows = Vec::new();
    for (sender, choice) in &facts.dkim {
        for key in &choice.keys {
            let Some(state) = rotation::state(facts, sender, &key.selector) else {
                continue;
            };
            let told = match state {
                State::Gone => continue,
                State::Signing => match rotation::due(key) {
                    Some(due) if due <= now => format!(
                        "made {}; due since {}",
                        seen::ago(now, key.made_at),
                        seen::day(due)
                    ),
                    Some(due) => format!(
                        "made {}; a new one on {}",
                        seen::ago(now, key.made_at),
                        seen::day(due)
                    ),
                    None => seen::day(key.made_at),
                },
                State::New => "made, and not published yet".to_owned(),
                State::Published => "published, and not signing yet".to_owned(),
                State::Leaving { until } => {
                    format!("signs no more; to be put away on {}", seen::day(until))
                }
                State::Retired => "put away; its record is to be emptied".to_owned(),
            };
            rows.push((format!("Key {}", key.selector), told));
        }
    }
    if rows.is_empty() {
        Vec::new()
    } else {
        vec![Block::Rows(rows)]
    }
}

fn key<'a>(facts: &'a Facts, sender: &str, selector: &str) -> Option<&'a MadeKey> {
    let keys = &facts.dkim.get(sender)?.keys;
    keys.iter().find(|key| key.selector == selector)
}

fn id(sender: &str, part: KeyPart) -> PageId {
    PageId::OwnKey {
        sender: sender.to_owned(),
        part,
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

/// Where a key file is: the whole path, where the folder of the setup is known.
fn key_path(live: &Live, path: &str) -> String {
    match &live.folder {
        Some(folder) => Path::new(folder).join(path).display().to_string(),
        None => path.to_owned(),
    }
}

/// The keys that this program is to sign with from now on.
fn keys_for<'a>(facts: &'a Facts, sender: &str, signer: Signer) -> Vec<&'a MadeKey> {
    let mut keys = rotation::to_sign_with(facts, sender);
    keys.retain(|key| {
        rotation::algorithm(key).is_some_and(|algorithm| signer.refuses(algorithm).is_none())
    });
    if signer.takes_one_key() {
        keys.truncate(1);
    }
    keys
}

fn selectors(keys: &[&MadeKey]) -> Vec<String> {
    keys.iter().map(|key| key.selector.clone()).collect()
}

/// The program that was chosen, where its files hold the keys of now.
fn handed<'a>(facts: &'a Facts, sender: &str) -> Option<(Signer, &'a SignerChoice, &'a str)> {
    let choice = facts.dkim.get(sender)?.signer.as_ref()?;
    let signer = Signer::from_word(&choice.program)?;
    let folder = choice.folder.as_deref()?;
    (choice.selectors == selectors(&keys_for(facts, sender, signer)))
        .then_some((signer, choice, folder))
}

/// What to do with the files: bring them to the server, and let the program read them.
fn to_do(facts: &Facts, live: &Live, sender: &str) -> Vec<Block> {
    let Some((signer, choice, folder)) = handed(facts, sender) else {
        return Vec::new();
    };
    let from = key_path(live, folder);
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
    let id = id(sender, KeyPart::Signer);
    let chosen = facts
        .dkim
        .get(sender)
        .and_then(|choice| choice.signer.as_ref());
    if let Some((signer, _, _)) = handed(facts, sender) {
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
    let mut options = vec![option(NONE, "I do it myself", "no file is written")];
    for signer in Signer::ALL {
        if keys_for(facts, sender, signer).is_empty() {
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
    let id = id(
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
    let Some(key) = key(facts, sender, selector) else {
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
    let id = id(sender, part.clone());
    let title = format!("{}: publish the new key", service::name(sender));
    let Some(wanted) = wanted(facts, sender, &part) else {
        return made(id, title, Vec::new(), Form::Nothing, plain_go());
    };
    if rotation::is_lost(facts, live, sender, &wanted) {
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
    let path = key(facts, sender, selector).map_or(String::new(), |key| key_path(live, &key.path));
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
    let ready = rotation::is_published(facts, Some(live), sender, selector);
    let mut blocks = vec![Block::Text(if ready {
        format!("The record of {selector} is visible. Now let your mail server sign with it.")
    } else {
        format!("The record of {selector} is not visible yet. Until then: \"Not yet\".")
    })];
    let files = to_do(facts, live, sender);
    let can_write = files.is_empty() && usual_signer(facts, sender).is_some();
    if files.is_empty() {
        blocks.push(Block::Rows(vec![
            ("Domain".to_owned(), facts.domain.clone()),
            ("Selector".to_owned(), selector.to_owned()),
            (
                "Key file".to_owned(),
                key(facts, sender, selector).map_or(String::new(), |key| key_path(live, &key.path)),
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
    if let (true, Some(signer)) = (can_write, usual_signer(facts, sender)) {
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
        id(
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

/// The program that was chosen on the page before.
fn usual_signer(facts: &Facts, sender: &str) -> Option<Signer> {
    Signer::from_word(&facts.dkim.get(sender)?.signer.as_ref()?.program)
}

fn retire(sender: &str, selector: &str, facts: &Facts, live: &Live) -> Page {
    let name = service::name(sender);
    let held = rotation::held(facts, sender, selector, live.now);
    let until = match rotation::state(facts, sender, selector) {
        Some(State::Leaving { until }) => seen::day(until),
        _ => String::new(),
    };
    let mut blocks = vec![
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
    ];
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
                blocks.push(Block::Note(sentence(&format!("{what}: {remedy}"))));
            }
            (Form::Nothing, plain_go())
        }
    };
    made(
        id(
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
    let id = id(sender, part.clone());
    let title = format!("{}: empty the old record", service::name(sender));
    let Some(wanted) = wanted(facts, sender, &part) else {
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

fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    let PageId::OwnKey { sender, part } = id else {
        return Ok(Taken::default());
    };
    let chosen = match answer {
        Answer::Chosen(chosen) => chosen,
        _ => String::new(),
    };
    match part {
        KeyPart::Signer => Ok(take_signer(facts, sender, id, &chosen)),
        KeyPart::Rotate { selector } => take_rotate(facts, sender, selector, id, &chosen, live),
        KeyPart::Switch { selector } => match chosen.as_str() {
            "done" => {
                if !rotation::is_published(facts, Some(live), sender, selector) {
                    return Err(format!(
                        "The record of the key {selector} has not been seen in the DNS yet. Mail signed with it would count as broken. \
                         Choose \"Not yet\"; press Esc to go back to the record."
                    ));
                }
                rotation::switched(facts, sender, selector, live.now)
                    .map_err(|why| sentence(&why))?;
                Ok(Taken::default())
            }
            "files" => {
                let wishes = usual_signer(facts, sender)
                    .map(|signer| hand_over(facts, sender, signer))
                    .into_iter()
                    .collect();
                Ok(Taken {
                    wishes,
                    page: Some(id.clone()),
                })
            }
            _ => Ok(Taken::default()),
        },
        KeyPart::Retire { selector } if chosen == "retire" => {
            if let Some(held) = rotation::held(facts, sender, selector, live.now) {
                let (what, remedy) = held.words(selector);
                return Err(format!("{} {}", sentence(&what), sentence(&remedy)));
            }
            Ok(Taken {
                wishes: vec![Wish::RetireKey {
                    sender: sender.clone(),
                    selector: selector.clone(),
                }],
                page: Some(id.clone()),
            })
        }
        KeyPart::Retire { .. } | KeyPart::Publish { .. } | KeyPart::Revoke { .. } => {
            Ok(Taken::default())
        }
    }
}

fn hand_over(facts: &Facts, sender: &str, signer: Signer) -> Wish {
    Wish::HandOver {
        sender: sender.to_owned(),
        signer,
        selectors: selectors(&keys_for(facts, sender, signer)),
    }
}

fn take_signer(facts: &mut Facts, sender: &str, id: &PageId, chosen: &str) -> Taken {
    match Signer::from_word(chosen) {
        Some(signer) => {
            let choice = facts.dkim.entry(sender.to_owned()).or_default();
            choice.signer = Some(SignerChoice {
                program: chosen.to_owned(),
                ..SignerChoice::default()
            });
            Taken {
                wishes: vec![hand_over(facts, sender, signer)],
                page: Some(id.clone()),
            }
        }
        None if chosen == "other" => {
            facts.dkim.entry(sender.to_owned()).or_default().signer = None;
            Taken {
                wishes: Vec::new(),
                page: Some(id.clone()),
            }
        }
        None => {
            if chosen == NONE {
                facts.dkim.entry(sender.to_owned()).or_default().signer = Some(SignerChoice {
                    program: NONE.to_owned(),
                    ..SignerChoice::default()
                });
            }
            Taken::default()
        }
    }
}

fn take_rotate(
    facts: &mut Facts,
    sender: &str,
    selector: &str,
    id: &PageId,
    chosen: &str,
    live: &Live,
) -> Result<Taken, String> {
    let choice = facts.dkim.get(sender);
    if let Some(new) = choice.and_then(|choice| rotation::successor(choice, selector)) {
        let part = KeyPart::Publish {
            selector: new.to_owned(),
        };
        return Ok(Taken {
            wishes: Vec::new(),
            page: Some(self::id(sender, part)),
        });
    }
    if chosen != "new" {
        let now = seen::note_clock(facts, live.now);
        let again = jiff::SignedDuration::from_hours(24 * rotation::PUT_OFF_DAYS);
        facts.dkim.entry(sender.to_owned()).or_default().not_before = now.checked_add(again).ok();
        return Ok(Taken::default());
    }
    if live.making.contains_key(sender) {
        return Err("The key is being made. This takes a few seconds.".to_owned());
    }
    let algorithm = rotation::current(facts, sender, Some(selector))
        .map(rotation::algorithm)
        .map_err(|why| sentence(&why))?
        .unwrap_or_default();
    let ending = if algorithm == Algorithm::Ed25519 {
        "e"
    } else {
        ""
    };
    let Some(new) = sender::new_selector(facts, live, ending) else {
        return Err("No free name for the key was found. Try again next month.".to_owned());
    };
    rotation::begin(facts, sender, selector);
    Ok(Taken {
        wishes: vec![Wish::MakeKey {
            sender: sender.to_owned(),
            selector: new,
            algorithm,
        }],
        page: Some(id.clone()),
    })
}

/// The files for a signer were written into `folder`, relative to the setup's folder.
pub fn handed_over(
    facts: &mut Facts,
    sender: &str,
    signer: Signer,
    folder: &str,
    selectors: &[String],
    at: Timestamp,
) {
    let at = seen::note_clock(facts, at);
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    let kept = choice.signer.get_or_insert_default();
    kept.program = signer.as_str().to_owned();
    kept.folder = Some(folder.to_owned());
    kept.selectors = selectors.to_vec();
    seen::note(
        facts,
        at,
        format!(
            "wrote the key {} for {}",
            selectors.join(", "),
            signer.name()
        ),
    );
}
