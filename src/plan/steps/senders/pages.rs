//! What the pages about senders say.

use crate::catalog::owner::Owner;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::service;
use crate::plan::service::OWN_SERVER;
use crate::plan::steps::domain::plain;
use crate::plan::steps::senders::HABITS;
use crate::plan::steps::senders::address::own_hosts;
use crate::plan::steps::senders::recognized;
use crate::plan::steps::senders::terms::in_words;
use crate::plan::steps::senders::terms::keeps_a_computer;
use crate::plan::steps::senders::terms::unknown_terms;
use crate::plan::steps::senders::ticked_now;
use crate::plan::steps::senders::unmatched;
use std::collections::BTreeSet;

pub fn page(id: &PageId, facts: &Facts, _live: &Live) -> Page {
    match id {
        PageId::Senders => senders(facts),
        PageId::Habits => habits(facts),
        PageId::UnknownTerms => terms(facts),
        _ => addresses(facts),
    }
}

pub fn senders(facts: &Facts) -> Page {
    let recognized = recognized(facts);
    let mut options: Vec<Choice> = Vec::new();
    let mut first: BTreeSet<&str> = BTreeSet::new();
    for (id, by) in &recognized {
        first.insert(id);
        options.push(Choice {
            id: id.clone(),
            label: service::name(id),
            detail: format!("recognized by {}", plain(by)),
        });
    }
    options.push(Choice {
        id: OWN_SERVER.to_owned(),
        label: "My own server or web host sends mail".to_owned(),
        detail: "also printers and programs that send by themselves".to_owned(),
    });
    let mut others: Vec<Choice> = Owner::all()
        .filter(|owner| !first.contains(owner.id()))
        .map(|owner| Choice {
            id: owner.id().to_owned(),
            label: owner.name().to_owned(),
            detail: service::sort_of(owner).to_owned(),
        })
        .collect();
    others.sort_by_key(|choice| choice.label.to_lowercase());
    options.extend(others);
    let mut blocks = vec![Block::Text(
        if recognized.is_empty() {
            "Which services send mail with your domain behind the @? Tick each of them. Type / to search the list."
        } else {
            "These services were recognized and are ticked. Tick what else sends mail with your domain behind the @, and untick what \
             you no longer use. Type / to search the list."
        }
        .to_owned(),
    )];
    if facts.senders.habits_confirmed {
        for habit in unmatched(facts) {
            blocks.push(Block::Note(format!(
                "Tick the service that sends {}, if it is in the list. If one of the ticked ones does, or your own server, go on.",
                habit.hint
            )));
        }
    }
    Page {
        id: PageId::Senders,
        step: StepId::Senders,
        title: "Who sends mail for you?".to_owned(),
        blocks,
        form: Form::Tick {
            options,
            ticked: ticked_now(facts).into_iter().collect(),
        },
        why: "A service that is forgotten here is the one whose mail is lost later. Nothing bad happens at once: before the policy \
              is turned up, reports show every service that sends as your domain."
            .to_owned(),
        next: Next::Go("These are all I know of".to_owned()),
    }
}

pub fn habits(facts: &Facts) -> Page {
    Page {
        id: PageId::Habits,
        step: StepId::Senders,
        title: "Is anything forgotten?".to_owned(),
        blocks: vec![Block::Text(
            "Some senders are easily overlooked. Tick what you have; if it is sent by a service that you ticked before, just go on."
                .to_owned(),
        )],
        form: Form::Tick {
            options: HABITS
                .iter()
                .map(|habit| Choice {
                    id: habit.id.to_owned(),
                    label: habit.label.to_owned(),
                    detail: habit.detail.to_owned(),
                })
                .collect(),
            ticked: facts.senders.habits.iter().cloned().collect(),
        },
        why: "Web shops, newsletters and accounting programs often send through a service of their own, from servers that are not \
              yours."
            .to_owned(),
        next: Next::Go("Go on".to_owned()),
    }
}

pub fn terms(facts: &Facts) -> Page {
    let unknown = unknown_terms(facts);
    Page {
        id: PageId::UnknownTerms,
        step: StepId::Senders,
        title: "Entries that nobody here knows".to_owned(),
        blocks: vec![Block::Text(
            "Your present SPF record allows these senders, and they belong to no service in the list. They stay as they are. Untick \
             one only if you are sure that nothing sends from there."
                .to_owned(),
        )],
        form: Form::Tick {
            ticked: unknown
                .iter()
                .filter(|term| !facts.senders.dropped_terms.contains(*term))
                .cloned()
                .collect(),
            options: unknown
                .into_iter()
                .map(|term| Choice {
                    detail: in_words(&term),
                    label: term.clone(),
                    id: term,
                })
                .collect(),
        },
        why: "An entry that looks useless may be a server in a back room. Keeping it costs little; dropping it may cost mail."
            .to_owned(),
        next: Next::Go("Keep the ticked ones".to_owned()),
    }
}

pub fn addresses(facts: &Facts) -> Page {
    let value = if facts.senders.own_addresses.is_empty() && !facts.senders.addresses_confirmed {
        own_hosts(facts).join(" ")
    } else {
        facts.senders.own_addresses.join(" ")
    };
    Page {
        id: PageId::OwnAddresses,
        step: StepId::Senders,
        title: "Where does your own server send from?".to_owned(),
        blocks: vec![
            Block::Text(
                "Type its name or its address on the internet, such as mail.example.com or 192.0.2.7. Several are separated by spaces."
                    .to_owned(),
            ),
            Block::Note(if keeps_a_computer(facts) {
                "Is it one of the entries that you just kept? Then leave this empty: that entry allows it already.".to_owned()
            } else {
                "Do you not know it? Leave it empty: then the computers behind your web site and your incoming mail are allowed to send \
                 (a and mx), which fits most web hosts."
                    .to_owned()
            }),
        ],
        form: Form::Type {
            label: "Names or addresses".to_owned(),
            value,
            hint: "such as mail.example.com, 192.0.2.7 or 2001:db8::7".to_owned(),
        },
        why: "The list of allowed senders (SPF) names computers. For your own server only you know which they are.".to_owned(),
        next: Next::Go("Go on".to_owned()),
    }
}
