//! What the pages of the report mailbox say.

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Check;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::steps::mailbox::Proof;
use crate::plan::steps::mailbox::address_domain;
use crate::plan::steps::mailbox::authorization;
use crate::plan::steps::mailbox::proof;
use crate::plan::steps::mailbox::provider;
use crate::plan::steps::mailbox::ways;
use crate::plan::steps::mailbox::word;

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    match id {
        PageId::MailboxKind => kind(facts),
        PageId::MailboxAddress => address(facts),
        PageId::MailboxGuide => guide(facts),
        PageId::MailboxAuthorization => authorization_page(facts, live),
        _ => proof_page(facts, live),
    }
}

pub fn page_of(
    id: PageId,
    title: &str,
    blocks: Vec<Block>,
    form: Form,
    why: &str,
    next: Next,
) -> Page {
    Page {
        id,
        step: StepId::Mailbox,
        title: title.to_owned(),
        blocks,
        form,
        why: why.to_owned(),
        next,
    }
}

pub fn kind(facts: &Facts) -> Page {
    let mut options: Vec<Choice> = ways(facts)
        .iter()
        .map(|way| Choice {
            id: word(way.kind).to_owned(),
            label: way.title.clone(),
            detail: way.warning.clone().unwrap_or_default(),
        })
        .collect();
    if !options.iter().any(|choice| choice.id == "own") {
        options.push(Choice {
            id: "own".to_owned(),
            label: "A mailbox that exists already".to_owned(),
            detail: "better not the one you read every day: reports come daily".to_owned(),
        });
    }
    options.push(Choice {
        id: "elsewhere".to_owned(),
        label: "An address in another domain".to_owned(),
        detail: "that domain must first allow it, with a record of its own".to_owned(),
    });
    let chosen = facts.mailbox.kind.as_deref();
    let selected = options
        .iter()
        .position(|choice| Some(choice.id.as_str()) == chosen)
        .unwrap_or(0);
    let provider = provider(facts)
        .map(|provider| {
            format!(
                " Your mail is at {}; the first way fits it best.",
                provider.name
            )
        })
        .unwrap_or_default();
    page_of(
        PageId::MailboxKind,
        "Where shall the reports go?",
        vec![Block::Text(format!(
            "Receivers such as Google and Yahoo will send you a short report a day: who sends mail as your domain. They need an \
             address for that.{provider}"
        ))],
        Form::Choose { options, selected },
        "Reports are small files for programs, not letters. A place of their own keeps them out of your inbox. Without an address \
         no receiver sends any, and then nobody can tell when a stricter policy is safe.",
        Next::Go("Choose".to_owned()),
    )
}

pub fn address(facts: &Facts) -> Page {
    let elsewhere = facts.mailbox.kind.as_deref() == Some("elsewhere");
    let value = match &facts.mailbox.address {
        Some(address) => address.clone(),
        None if elsewhere => String::new(),
        None => format!("dmarc@{}", facts.domain),
    };
    page_of(
        PageId::MailboxAddress,
        "Which address?",
        vec![Block::Text(
            if elsewhere {
                "Type the whole address in the other domain, such as reports@agency.example."
            } else if facts.mailbox.kind.as_deref() == Some("own") {
                "Type the address of the mailbox that exists already, or one that you will make."
            } else {
                "This is a good one. Change it if the address has another name. It need not exist yet: the next page says how to make it."
            }
            .to_owned(),
        )],
        Form::Type {
            label: "Report address".to_owned(),
            value,
            hint: "such as dmarc@example.com".to_owned(),
        },
        "The address stands in the DNS for all to read, so some spam may find it. That is one more reason for an address that is \
         used for nothing else.",
        Next::Go("Use this address".to_owned()),
    )
}

pub fn guide(facts: &Facts) -> Page {
    let address = facts.mailbox.address.clone().unwrap_or_default();
    let mut blocks = Vec::new();
    let chosen = facts.mailbox.kind.as_deref();
    match ways(facts).iter().find(|way| Some(word(way.kind)) == chosen) {
        Some(way) => {
            blocks.push(Block::Text(match provider(facts) {
                Some(provider) => format!("Make {address} now, at {}:", provider.name),
                None => format!("Make {address} now:"),
            }));
            blocks.push(Block::Steps(way.steps.clone()));
            if let Some(warning) = &way.warning {
                blocks.push(Block::Note(warning.clone()));
            }
        }
        None => blocks.push(Block::Text(format!(
            "Make sure that {address} exists and takes mail from outside, also mail with zip and gz files."
        ))),
    }
    page_of(
        PageId::MailboxGuide,
        "Make the address",
        blocks,
        Form::Nothing,
        "If the address does not exist or refuses mail from outside, reports are lost without a word: receivers do not try for \
         long, and nobody tells you.",
        Next::Go("It exists and takes mail".to_owned()),
    )
}

pub fn authorization_page(facts: &Facts, live: &Live) -> Page {
    let Some(wanted) = authorization(facts) else {
        return page_of(
            PageId::MailboxAuthorization,
            "This address cannot be allowed",
            vec![Block::Text(
                "The record with which the other domain would allow reports has a name that is too long for the DNS. Press Esc and \
                 choose an address in your own domain."
                    .to_owned(),
            )],
            Form::Nothing,
            "",
            Next::Closed("Choose another address first.".to_owned()),
        );
    };
    let other = address_domain(facts).map_or_else(String::new, |domain| domain.to_string());
    panel::record_page(
        PageId::MailboxAuthorization,
        &wanted,
        format!("{other} must allow it"),
        vec![Block::Text(format!(
            "Reports about {} may go to {other} only if {other} says so. Put this record into the DNS of {other}, or send it to \
             whoever looks after that domain.",
            facts.domain
        ))],
        "Without this record anybody could flood a stranger's mailbox with reports, so receivers leave the address out, silently."
            .to_owned(),
        facts,
        live,
    )
}

pub fn proof_page(facts: &Facts, live: &Live) -> Page {
    let address = facts.mailbox.address.clone().unwrap_or_default();
    let domain = address_domain(facts).map_or_else(String::new, |domain| domain.to_string());
    let proof = proof(facts);
    let row = |mark: Mark, label: String, detail: &str| Check {
        mark,
        label,
        detail: detail.to_owned(),
    };
    let mut checks = vec![match proof {
        Proof::TakesMail => row(
            Mark::Done,
            format!("{domain} takes mail"),
            "it names its mail servers (MX)",
        ),
        Proof::NullMx => row(
            Mark::Wrong,
            format!("{domain} takes no mail"),
            "it says so itself (null MX)",
        ),
        Proof::NoMail => row(
            Mark::Wrong,
            format!("{domain} names no mail server"),
            "without an MX record mail to it hardly arrives",
        ),
        Proof::Unknown => row(
            Mark::Unknown,
            format!("Could not tell whether {domain} takes mail"),
            "no usable answer; press r to look again",
        ),
        Proof::Open => row(
            Mark::Waiting,
            format!("Does {domain} take mail?"),
            "asking ...",
        ),
    }];
    if let Some(wanted) = authorization(facts) {
        let sight = seen::sight(facts, Some(live), &wanted);
        let about = &facts.domain;
        checks.push(match sight {
            Sight::Green { .. } => row(
                Mark::Done,
                format!("{domain} allows reports about {about}"),
                "",
            ),
            Sight::NotYet { .. } => row(
                Mark::Waiting,
                format!("{domain} does not allow reports about {about} yet"),
                "the record of the page before; it stays watched",
            ),
            Sight::WasGreen { .. } | Sight::Spreading { .. } => row(
                Mark::Waiting,
                format!("Does {domain} allow reports about {about}?"),
                "on its way; it stays watched",
            ),
            Sight::Unknown | Sight::Never => row(
                Mark::Unknown,
                format!("Could not tell whether {domain} allows reports about {about}"),
                "no usable answer yet; it stays watched",
            ),
        });
    }
    checks.push(row(
        if facts.mailbox.made {
            Mark::Later
        } else {
            Mark::Unknown
        },
        format!("That {address} itself exists"),
        "not proved: you say so",
    ));
    checks.push(row(
        Mark::Later,
        "That it takes zip and gz files from outside".to_owned(),
        "not proved: the first report will show it",
    ));
    let test = Block::Text(format!(
        "You can find out now: send a mail with a small zip file to {address} from an address outside of your company."
    ));
    let (next, mut blocks) = match proof {
        Proof::TakesMail => (Next::Go("Go on".to_owned()), vec![test]),
        Proof::NullMx | Proof::NoMail => (
            Next::Closed(
                "Reports would not arrive there. Press Esc and choose another address.".to_owned(),
            ),
            vec![Block::Text(format!(
                "Reports to {address} would be lost. Choose an address whose domain takes mail, or give {domain} a mail server first."
            ))],
        ),
        // Trouble of the network must not stop the other records; the gate before the policy stays shut.
        Proof::Unknown | Proof::Open => (
            Next::Go("Go on; it stays watched".to_owned()),
            vec![Block::Text(
                "You can prepare the other records meanwhile. The last record (DMARC) waits until this is answered.".to_owned(),
            )],
        ),
    };
    blocks.insert(0, Block::Checks(checks));
    page_of(
        PageId::MailboxProof,
        "Will the reports arrive?",
        blocks,
        Form::Nothing,
        "The DNS shows whether a domain takes mail, not whether one mailbox exists. What is not proved is said here, so that you \
         know what to look at if no report comes.",
        next,
    )
}
