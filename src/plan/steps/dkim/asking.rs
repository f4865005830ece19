//! The pages about the parts of a set-up besides the keys: bounce address, term for SPF, proof of ownership.

use crate::catalog;
use crate::catalog::bounce::Bounce;
use crate::catalog::bounce::Shown;
use crate::catalog::dkim::KeyRecord;
use crate::catalog::owner::Owner;
use crate::catalog::spf::SpfNeed;
use crate::plan::facts::Collected;
use crate::plan::facts::Facts;
use crate::plan::page::Block;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Part;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::pages::choice;
use crate::plan::steps::dkim::pages::page_of;
use crate::plan::steps::dkim::parts;
use crate::records::sighting::RecordType;

pub(super) const WITH: &str = "with";
pub(super) const WITHOUT: &str = "without";

const WHY_BOUNCE: &str = "Mail that cannot be delivered goes back to a bounce address (return-path), and receivers look at the domain of that \
                          address for SPF. With a name below your domain there, SPF counts for your domain too, beside the signature.";
const WHY_SPF: &str = "Some services have servers of their own for each account, so the term for the list of allowed senders (SPF) holds the number of \
                       your account. Nobody but the service knows it.";
const WHY_PROOF: &str = "A service that sends as your domain has to be sure that the domain is yours. The text does nothing else and can be seen by \
                         everybody; leave it in place, since some services look again.";

/// The page of one part.
pub(super) fn part(facts: &Facts, sender: &str, part: Part) -> Page {
    let id = PageId::DkimPart {
        sender: sender.to_owned(),
        part,
    };
    let name = service::name(sender);
    let (title, why) = match part {
        Part::Bounce => (format!("{name}: the address for bounces"), WHY_BOUNCE),
        Part::Spf => (format!("{name}: its term for SPF"), WHY_SPF),
        Part::Ownership => (format!("{name}: proof that the domain is yours"), WHY_PROOF),
    };
    let (blocks, form) = match part {
        Part::Bounce => bounce(facts, sender),
        Part::Spf => spf(facts, sender),
        Part::Ownership => ownership(facts, sender),
    };
    let page = page_of(id, title, blocks, form, Next::Go("Take it".to_owned()));
    Page {
        why: why.to_owned(),
        ..page
    }
}

fn bounce(facts: &Facts, sender: &str) -> (Vec<Block>, Form) {
    let name = service::name(sender);
    let note = catalog::sender(sender)
        .and_then(|entry| entry.return_path.as_ref())
        .and_then(|path| path.note.clone());
    match catalog::owner(sender).map(|owner| owner.bounce(&service::domain(facts))) {
        Some(Bounce::Fixed(records)) => fixed_bounce(facts, sender, &records, note),
        Some(Bounce::FromConsole(shown)) => {
            let mut steps = vec![format!(
                "At {name} look for \"return-path\", \"bounce domain\" or \"MAIL FROM\" beside the keys."
            )];
            steps.push(what_to_copy(&shown));
            let mut blocks = vec![Block::Steps(steps)];
            if let Some(place) = catalog::sender(sender).and_then(|entry| entry.spf_where.clone()) {
                blocks.push(Block::Note(format!("Its SPF: {place}")));
            }
            blocks.extend(note.map(Block::Note));
            if let Some(manual) = catalog::sender(sender)
                .and_then(|entry| entry.return_path.as_ref())
                .and_then(|path| path.manual.clone())
            {
                blocks.push(Block::Note(format!("Set up by hand instead: {manual}")));
            }
            let value = kept(facts, sender, |choice| &choice.bounce);
            (
                blocks,
                Form::Paste {
                    label: "Names and values".to_owned(),
                    value,
                    hint: "an empty field: it asks for none".to_owned(),
                },
            )
        }
        _ => (
            vec![Block::Text(format!("{name} asks for none."))],
            Form::Nothing,
        ),
    }
}

fn fixed_bounce(
    facts: &Facts,
    sender: &str,
    records: &[KeyRecord],
    note: Option<String>,
) -> (Vec<Block>, Form) {
    let name = service::name(sender);
    let without = parts::is_seen(facts, sender, Part::Bounce)
        && facts
            .dkim
            .get(sender)
            .is_none_or(|choice| choice.bounce.is_empty());
    let mut blocks = vec![
        Block::Text(format!(
            "{name} can take bounces at a name below your domain. Then SPF counts for your domain too:"
        )),
        Block::Rows(
            records
                .iter()
                .map(|record| {
                    (
                        record.host.clone(),
                        format!("{} {}", record.record_type, record.target),
                    )
                })
                .collect(),
        ),
    ];
    blocks.extend(note.map(Block::Note));
    let many = records.len();
    (
        blocks,
        Form::Choose {
            options: vec![
                choice(
                    WITH,
                    "With it",
                    &seen::count(i64::try_from(many).unwrap_or(1), "more record"),
                ),
                choice(WITHOUT, "Without it", "the signature (DKIM) does the work"),
            ],
            selected: usize::from(without),
        },
    )
}

fn what_to_copy(shown: &Shown) -> String {
    let kinds: Vec<&str> = shown
        .types
        .iter()
        .map(|kind| match kind {
            RecordType::Cname => "an alias (CNAME)",
            RecordType::Mx => "a mail server (MX)",
            _ => "a TXT that begins with v=spf1",
        })
        .collect();
    let kinds = if shown.types == [RecordType::Mx, RecordType::Txt] {
        kinds.join(" and ")
    } else {
        kinds.join(" or ")
    };
    let host = match (&shown.host, &shown.host_looks_like) {
        (Some(host), _) => format!(" at {host}"),
        (None, Some(form)) if form.chars().any(|c| c.is_ascii_alphanumeric()) => {
            format!(" at a name like {form}")
        }
        _ => String::new(),
    };
    let form = shown.looks_like().map_or(String::new(), |form| {
        format!(" It points to a name like {form}")
    });
    format!("Copy {kinds}{host}, names and values.{form}")
}

fn spf(facts: &Facts, sender: &str) -> (Vec<Block>, Form) {
    let name = service::name(sender);
    let (looks_like, hint) = match catalog::owner(sender).map(Owner::spf_terms) {
        Some(SpfNeed::PerAccount { looks_like, hint }) => (looks_like, hint),
        _ => (None, None),
    };
    let mut steps = vec![match looks_like {
        Some(form) => format!("At {name} look for SPF. Its term looks like {form}"),
        None => format!("At {name} look for SPF beside the keys: a term that begins with include:"),
    }];
    steps.push("Copy it. It may stand in a whole record (v=spf1 ...): paste that, only the term of the service is taken.".to_owned());
    let mut blocks = vec![
        Block::Steps(steps),
        Block::Text(
            "It goes into the one list of your domain in the step \"Allowed senders\". Never add a second SPF record.".to_owned(),
        ),
    ];
    blocks.extend(hint.map(Block::Note));
    let value: Vec<String> = parts::terms(facts, sender)
        .iter()
        .map(ToString::to_string)
        .collect();
    (
        blocks,
        Form::Type {
            label: "Term".to_owned(),
            value: value.join(" "),
            hint: "an empty field: it shows none".to_owned(),
        },
    )
}

fn ownership(facts: &Facts, sender: &str) -> (Vec<Block>, Form) {
    let name = service::name(sender);
    let proof = parts::proof(sender);
    let begins = proof
        .as_ref()
        .map(|proof| proof.begins.join(" or "))
        .filter(|begins| !begins.is_empty());
    let host = proof.map(|proof| proof.host).unwrap_or_default();
    let place = if host.is_empty() {
        "at your domain itself (@)".to_owned()
    } else {
        format!("at {host}")
    };
    let text = match begins {
        Some(begins) => format!(
            "{name} may ask for a TXT record that proves that the domain is yours, {place}. It begins with {begins}"
        ),
        None => format!(
            "{name} may ask for a TXT record that proves that the domain is yours, {place}."
        ),
    };
    (
        vec![
            Block::Text(text),
            Block::Text(
                "If it shows you one, paste it. If not, or if it is verified there already, leave the field empty."
                    .to_owned(),
            ),
        ],
        Form::Paste {
            label: "Name and value".to_owned(),
            value: kept(facts, sender, |choice| &choice.ownership),
            hint: "an empty field: it asks for none".to_owned(),
        },
    )
}

/// What was collected, as text that reads back the same.
fn kept(
    facts: &Facts,
    sender: &str,
    list: impl Fn(&crate::plan::facts::DkimChoice) -> &Vec<Collected>,
) -> String {
    let Some(choice) = facts.dkim.get(sender) else {
        return String::new();
    };
    let lines: Vec<String> = list(choice)
        .iter()
        .map(|record| {
            let host = if record.host.is_empty() {
                "@"
            } else {
                &record.host
            };
            format!(
                "{host} {} {}",
                record.record_type,
                record.value.as_deref().unwrap_or_default()
            )
        })
        .collect();
    lines.join("\n")
}
