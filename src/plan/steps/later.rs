//! The rungs that are still to come: what each will need, told plainly. None of them can be passed in this version.

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::gate;
use crate::plan::ladder;
use crate::plan::page::Block;
use crate::plan::page::Check;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::own;
use crate::plan::steps::dkim::rotation;
use crate::plan::walk::Taken;

pub fn page(step: StepId, facts: &Facts, live: &Live) -> Page {
    let watching = ladder::was_done(StepId::Monitor, facts, Some(live));
    let mut blocks = Vec::new();
    let title = match step {
        StepId::Evidence if watching => "Well done: your domain is being watched",
        StepId::Evidence => "Read the reports",
        StepId::Quarantine => "Quarantine: forged mail goes to spam",
        StepId::Reject => "Reject: forged mail is refused",
        _ => "Keep it so",
    };
    match step {
        StepId::Evidence if watching => well_done(facts, live, &mut blocks),
        StepId::Evidence => blocks.push(Block::Text(
            "When your policy says \"watch\" (p=none), receivers send a report a day: who sends mail as your domain, and whether it \
             is signed. They show if anything was forgotten, before a stricter policy could hurt it."
                .to_owned(),
        )),
        StepId::Quarantine => blocks.push(Block::Text(
            "With \"quarantine\" receivers put mail that only pretends to be yours into the spam folder. That is safe when the \
             reports show that all your own mail is recognized."
                .to_owned(),
        )),
        StepId::Reject => blocks.push(Block::Text(
            "With \"reject\" receivers refuse mail that only pretends to be yours. If your people post to public mailing lists, \
             \"quarantine\" is the better end of the road."
                .to_owned(),
        )),
        _ => blocks.push(Block::Text(
            "At the end: three green checks, a new DKIM key once a year, and `nobounce check` in a daily job that tells you if \
             something breaks."
                .to_owned(),
        )),
    }
    let gates = gate::gates(step, facts, Some(live), live.now);
    let met_already = step == StepId::Evidence && watching;
    if !met_already && !gates.is_empty() {
        blocks.push(Block::Text("What this step needs:".to_owned()));
        blocks.push(Block::Checks(
            gates
                .into_iter()
                .map(|gate| Check {
                    mark: if gate.holds { Mark::Done } else { Mark::Later },
                    label: gate.reason,
                    detail: String::new(),
                })
                .collect(),
        ));
    }
    if step == StepId::Keep {
        blocks.extend(own::ages(facts, live.now));
    }
    if step != StepId::Evidence {
        blocks.push(Block::Note(
            "This version of nobounce goes as far as watching (p=none). It says what comes next, and does not do it yet."
                .to_owned(),
        ));
    }
    Page {
        id: PageId::Later(step),
        step,
        title: title.to_owned(),
        blocks,
        form: Form::Nothing,
        why: why(step).to_owned(),
        next: if step == StepId::Keep && !rotation::pages(facts).is_empty() {
            Next::Go("Look after your own keys".to_owned())
        } else if step == StepId::Keep {
            Next::Closed("This is the last step of the list.".to_owned())
        } else {
            Next::Go("What comes next".to_owned())
        },
    }
}

fn well_done(facts: &Facts, live: &Live, blocks: &mut Vec<Block>) {
    let address = facts
        .mailbox
        .address
        .as_deref()
        .unwrap_or("your report mailbox");
    blocks.push(Block::Text(
        "Your DMARC record is live. Nothing changes for your mail, and the bounces that came from a missing record stop. From now \
         on receivers report who sends mail as your domain."
            .to_owned(),
    ));
    blocks.push(Block::Rows(vec![
        ("Reports go to".to_owned(), address.to_owned()),
        (
            "The first one".to_owned(),
            "usually within a day or two of your next mails".to_owned(),
        ),
        (
            "Come back".to_owned(),
            match gate::time_is_over_at(facts, Some(live)) {
                Some(time) => format!("on {}", seen::day(time)),
                None => format!("in {} days", gate::DAYS_AT_POLICY),
            },
        ),
    ]));
    blocks.push(Block::Steps(vec![
        "Keep sending mail as always. You can leave now: everything is saved.".to_owned(),
        "Look into the mailbox after three days. If no report came, check that it takes mail from outside, also with zip and gz \
         files."
            .to_owned(),
        "Keep the reports. They are the proof that a stricter policy will be safe.".to_owned(),
    ]));
    let left = steps_left(facts, live);
    if !left.is_empty() {
        blocks.push(Block::Text(format!(
            "Still open before a stricter policy: {}. Press g for the list of steps.",
            left.join(", ")
        )));
    }
    let senders: Vec<String> = dkim::open::open(facts, Some(live))
        .into_iter()
        .map(|open| format!("{} ({})", open.name, open.what))
        .collect();
    if !senders.is_empty() {
        blocks.push(Block::Text(format!(
            "Not finished there yet: {}.",
            senders.join("; ")
        )));
    }
    if seen::clock_went_back(facts, live.now) {
        blocks.push(Block::Note(
            "The clock of this computer went back. Days are counted from the latest time that was seen.".to_owned(),
        ));
    }
    blocks.push(Block::Note(
        "This version of nobounce goes as far as watching (p=none); it does not read the reports yet.".to_owned(),
    ));
}

fn steps_left(facts: &Facts, live: &Live) -> Vec<String> {
    [StepId::Dkim, StepId::Spf]
        .into_iter()
        .filter(|step| !ladder::was_done(*step, facts, Some(live)))
        .map(|step| step.title().to_owned())
        .collect()
}

fn why(step: StepId) -> &'static str {
    match step {
        StepId::Evidence => {
            "Nobody knows all the places that send mail as a domain: the shop, the accountant's program, a printer. Reports find \
             them, and that is why the policy is raised only after a month of them."
        }
        StepId::Quarantine => {
            "A policy that is raised too early sends your own mail to spam. Each condition here guards against one way in which \
             that happened to others."
        }
        StepId::Reject => {
            "The standard asks domains with people who write to mailing lists not to use \"reject\", since lists change mail on \
             its way."
        }
        _ => {
            "Records break when a host is changed or a service renews its keys. A daily look finds it before your customers do."
        }
    }
}

pub fn reply(step: StepId, facts: &Facts) -> Result<Taken, String> {
    if step == StepId::Keep && rotation::pages(facts).is_empty() {
        return Err(
            "This is the last step of the list. Press g for the list of steps, or q to leave."
                .to_owned(),
        );
    }
    Ok(Taken::default())
}
