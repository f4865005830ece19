//! The rung `senders`: which services send as the domain, and what becomes of terms that belong to nobody known.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::catalog::owner::Owner;
use crate::catalog::sender::Category;
use crate::catalog::spf::by_spf_term;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::service::OWN_SERVER;
use crate::plan::steps::domain::plain;
use crate::plan::walk::Taken;
use crate::records::name::DomainName;
use crate::records::spf::Directive;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;

/// Own addresses that are taken; each may cost a look-up.
const ADDRESSES: usize = 20;

/// A plain question, and the categories of services that answer it.
struct Habit {
    id: &'static str,
    label: &'static str,
    detail: &'static str,
    hint: &'static str,
    categories: &'static [Category],
}

const HABITS: [Habit; 4] = [
    Habit {
        id: "shop",
        label: "A web shop, or a contact form on the web site",
        detail: "order confirmations, \"new message from your web site\"",
        hint: "your shop or contact form",
        categories: &[Category::Ecommerce, Category::Transactional],
    },
    Habit {
        id: "newsletter",
        label: "A newsletter",
        detail: "to customers or members",
        hint: "your newsletter",
        categories: &[Category::Marketing, Category::Crm],
    },
    Habit {
        id: "invoices",
        label: "Invoices or reminders, sent by a program",
        detail: "accounting, bookings, appointments",
        hint: "your invoices",
        categories: &[
            Category::Billing,
            Category::Saas,
            Category::Crm,
            Category::Ecommerce,
            Category::Transactional,
        ],
    },
    Habit {
        id: "own",
        label: "A server, printer or scanner of our own",
        detail: "anything that sends by itself, without one of the services",
        hint: "your own server",
        categories: &[],
    },
];

pub fn pages(facts: &Facts) -> Vec<PageId> {
    let mut pages = vec![PageId::Senders, PageId::Habits];
    if !unknown_terms(facts).is_empty() {
        pages.push(PageId::UnknownTerms);
    }
    if asks_addresses(facts) {
        pages.push(PageId::OwnAddresses);
    }
    pages
}

pub fn standing(id: &PageId, facts: &Facts, _live: Option<&Live>) -> Standing {
    let settled = match id {
        PageId::Senders => facts.senders.confirmed,
        PageId::Habits => facts.senders.habits_confirmed,
        PageId::UnknownTerms => facts.senders.terms_confirmed,
        _ => facts.senders.addresses_confirmed,
    };
    if settled {
        Standing::Settled
    } else {
        Standing::Needs
    }
}

/// True where every page of this rung is answered.
pub fn settled(facts: &Facts) -> bool {
    pages(facts)
        .iter()
        .all(|id| standing(id, facts, None) == Standing::Settled)
}

/// The first page here without an answer; None where all are answered.
pub fn first_open(facts: &Facts) -> Option<PageId> {
    pages(facts)
        .into_iter()
        .find(|id| standing(id, facts, None) == Standing::Needs)
}

pub fn page(id: &PageId, facts: &Facts, _live: &Live) -> Page {
    match id {
        PageId::Senders => senders(facts),
        PageId::Habits => habits(facts),
        PageId::UnknownTerms => terms(facts),
        _ => addresses(facts),
    }
}

fn senders(facts: &Facts) -> Page {
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
                "Tick the service that sends {}, if it is in the list. If one of the ticked ones does, go on.",
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

fn habits(facts: &Facts) -> Page {
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

fn terms(facts: &Facts) -> Page {
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

fn addresses(facts: &Facts) -> Page {
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
            Block::Note(
                "Do you not know it? Leave it empty: then the computers behind your web site and your incoming mail are allowed to send \
                 (a and mx), which fits most web hosts."
                    .to_owned(),
            ),
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

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    match id {
        PageId::Senders => take_senders(facts, answer, live),
        PageId::Habits => take_habits(facts, answer, live),
        PageId::UnknownTerms => take_terms(facts, answer, live),
        _ => take_addresses(facts, answer, live),
    }
}

fn take_senders(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    let ids: BTreeSet<String> = match answer {
        Answer::Ticked(ids) => ids.into_iter().filter(|id| service::exists(id)).collect(),
        _ => ticked_now(facts).into_iter().collect(),
    };
    if ids.is_empty() {
        return Err(
            "Tick at least one: a mailbox service, or \"My own server or web host sends mail\". A domain that sends no mail at all is \
             set up differently, which this version does not do yet."
                .to_owned(),
        );
    }
    if facts.senders.ticked != ids || !facts.senders.confirmed {
        let names: Vec<String> = ids.iter().map(|id| service::name(id)).collect();
        seen::note(facts, live.now, format!("senders: {}", names.join(", ")));
        facts.senders.ticked = ids;
        facts.spf.confirmed = false;
    }
    facts.senders.confirmed = true;
    Ok(Taken::default())
}

fn take_habits(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    let ids: BTreeSet<String> = match answer {
        Answer::Ticked(ids) => ids
            .into_iter()
            .filter(|id| HABITS.iter().any(|habit| habit.id == id))
            .collect(),
        _ => facts.senders.habits.clone(),
    };
    let asked_before = facts.senders.habits_confirmed && facts.senders.habits == ids;
    facts.senders.habits = ids;
    facts.senders.habits_confirmed = true;
    if facts.senders.habits.contains("own") && !facts.senders.ticked.contains(OWN_SERVER) {
        facts.senders.ticked.insert(OWN_SERVER.to_owned());
        facts.spf.confirmed = false;
        seen::note(facts, live.now, "senders: own server added".to_owned());
    }
    let back = !asked_before && !unmatched(facts).is_empty();
    Ok(Taken {
        wishes: Vec::new(),
        page: back.then_some(PageId::Senders),
    })
}

fn take_terms(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    let unknown = unknown_terms(facts);
    if let Answer::Ticked(kept) = answer {
        let dropped: BTreeSet<String> = unknown
            .into_iter()
            .filter(|term| !kept.contains(term))
            .collect();
        if dropped != facts.senders.dropped_terms {
            let list: Vec<&str> = dropped.iter().map(String::as_str).collect();
            seen::note(
                facts,
                live.now,
                format!("SPF terms dropped: {}", list.join(" ")),
            );
            facts.senders.dropped_terms = dropped;
            facts.spf.confirmed = false;
        }
    }
    facts.senders.terms_confirmed = true;
    Ok(Taken::default())
}

fn take_addresses(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    if let Answer::Typed(text) = answer {
        let mut addresses = Vec::new();
        for word in text
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|word| !word.is_empty())
        {
            let address = read_address(word)?;
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.len() > ADDRESSES {
            return Err(format!(
                "That is more than {ADDRESSES}. Name the network instead, such as 192.0.2.0/24."
            ));
        }
        if addresses != facts.senders.own_addresses {
            seen::note(
                facts,
                live.now,
                format!("own server: {}", addresses.join(" ")),
            );
            facts.senders.own_addresses = addresses;
            facts.spf.confirmed = false;
        }
    }
    facts.senders.addresses_confirmed = true;
    Ok(Taken::default())
}

/// Reads one address, network or host name of an own server.
fn read_address(word: &str) -> Result<String, String> {
    let word = word
        .trim_start_matches("ip4:")
        .trim_start_matches("ip6:")
        .trim_start_matches("a:")
        .trim_matches(['[', ']']);
    let (head, length) = match word.split_once('/') {
        Some((head, length)) => (head, Some(length)),
        None => (word, None),
    };
    let shown = plain(word);
    let bad_length = || format!("{shown}: the number behind the / is not the size of a network.");
    let inside = || {
        format!(
            "{shown} is an address inside a private network; the internet does not see it. Type the address that the internet sees: \
             your provider knows it, or the header of a mail that the server sent."
        )
    };
    if let Ok(address) = head.parse::<Ipv4Addr>() {
        if address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_unspecified()
        {
            return Err(inside());
        }
        return match length {
            None => Ok(address.to_string()),
            Some(length) => match length.parse::<u8>() {
                Ok(32) => Ok(address.to_string()),
                Ok(8..=31) => Ok(format!("{address}/{length}")),
                Ok(_) if length.parse::<u8>().is_ok_and(|l| l < 8) => Err(format!(
                    "{shown} is far too wide: it would allow millions of strangers to send as you."
                )),
                _ => Err(bad_length()),
            },
        };
    }
    if let Ok(address) = head.parse::<Ipv6Addr>() {
        if address.is_loopback()
            || address.is_unspecified()
            || address.is_unique_local()
            || address.is_unicast_link_local()
        {
            return Err(inside());
        }
        return match length {
            None => Ok(address.to_string()),
            Some(length) => match length.parse::<u8>() {
                Ok(128) => Ok(address.to_string()),
                Ok(32..=127) => Ok(format!("{address}/{length}")),
                _ => Err(bad_length()),
            },
        };
    }
    let name: Result<DomainName, _> = head.parse();
    match name {
        Ok(name)
            if length.is_none()
                && name.labels().count() >= 2
                && !name.as_str().contains(['\\', '*'])
                && !name
                    .labels()
                    .all(|label| label.bytes().all(|b| b.is_ascii_digit())) =>
        {
            Ok(name.to_string())
        }
        _ => Err(format!(
            "{shown} is neither a name nor an address. Type it like mail.example.com, 192.0.2.7 or 2001:db8::7."
        )),
    }
}

/// The services recognized by the look, each once, with the sign it was recognized by; mail servers first.
pub fn recognized(facts: &Facts) -> Vec<(String, String)> {
    let Some(report) = &facts.survey else {
        return Vec::new();
    };
    let mut found: Vec<(String, String)> = Vec::new();
    if let (Some(provider), Some(host)) = (&report.mx.provider, report.mx.hosts.first()) {
        found.push((provider.id.clone(), format!("MX {}", host.host)));
    }
    for service in &report.senders {
        found.push((service.id.clone(), service.by.clone()));
    }
    let mut seen = BTreeSet::new();
    found.retain(|(id, _)| service::exists(id) && seen.insert(id.clone()));
    found
}

/// The ticks as the page shows them: the answer given, else what was recognized.
fn ticked_now(facts: &Facts) -> BTreeSet<String> {
    if facts.senders.confirmed || !facts.senders.ticked.is_empty() {
        return facts.senders.ticked.clone();
    }
    let mail = facts
        .survey
        .as_ref()
        .and_then(|report| report.mx.provider.as_ref());
    recognized(facts)
        .into_iter()
        // An ownership token alone says that somebody signed up there once, not that its mailboxes are in use.
        .filter(|(id, by)| {
            !(by.starts_with("TXT")
                && crate::catalog::mailbox_provider(id).is_some()
                && mail.is_some_and(|provider| &provider.id != id))
        })
        .map(|(id, _)| id)
        .collect()
}

/// Habits that no ticked service explains.
fn unmatched(facts: &Facts) -> Vec<&'static Habit> {
    HABITS
        .iter()
        .filter(|habit| facts.senders.habits.contains(habit.id))
        .filter(|habit| habit.id != "own")
        .filter(|habit| {
            !facts.senders.ticked.contains(OWN_SERVER)
                && !facts
                    .senders
                    .ticked
                    .iter()
                    .filter_map(|id| service::category(id))
                    .any(|category| habit.categories.contains(&category))
        })
        .collect()
}

/// The present SPF record, where there is one that can be read.
pub fn present_spf(facts: &Facts) -> Option<Spf> {
    facts.survey.as_ref()?.spf.record.as_ref()?.parse().ok()
}

/// Whose a term of the present record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    Service(String),
    OwnServer,
    /// A record under the user's own domain.
    OwnDomain,
    Nobody,
}

pub fn whose(term: &Term, facts: &Facts) -> Whose {
    let text = term.to_string();
    if let Some(owner) = by_spf_term(&text) {
        let ticked = std::iter::once(&owner.owner)
            .chain(&owner.also)
            .find(|owner| facts.senders.ticked.contains(owner.id()));
        return Whose::Service(ticked.unwrap_or(&owner.owner).id().to_owned());
    }
    let domain = service::domain(facts);
    if let Term::Directive(directive) = term {
        match &directive.mechanism {
            Mechanism::Ip4 { .. }
            | Mechanism::Ip6 { .. }
            | Mechanism::A { .. }
            | Mechanism::Mx { .. }
                if facts.senders.ticked.contains(OWN_SERVER) =>
            {
                return Whose::OwnServer;
            }
            Mechanism::Include(spec)
                if spec
                    .0
                    .parse::<DomainName>()
                    .is_ok_and(|name| name.is_within(&domain)) =>
            {
                return Whose::OwnDomain;
            }
            _ => {}
        }
    }
    Whose::Nobody
}

/// Terms of the present record that belong to nobody known, as printed. What only forbids is not asked about.
pub fn unknown_terms(facts: &Facts) -> Vec<String> {
    let Some(spf) = present_spf(facts) else {
        return Vec::new();
    };
    let mut unknown: Vec<String> = Vec::new();
    for term in &spf.terms {
        let asks = match term {
            Term::Directive(Directive {
                mechanism: Mechanism::All,
                ..
            }) => false,
            Term::Directive(directive) => directive.qualifier == Qualifier::Pass,
            Term::Modifier(Modifier::Redirect(_)) => true,
            Term::Modifier(_) => false,
        };
        let text = term.to_string();
        if asks && whose(term, facts) == Whose::Nobody && !unknown.contains(&text) {
            unknown.push(text);
        }
    }
    unknown
}

/// True where the own server sends and the present record does not say from where.
fn asks_addresses(facts: &Facts) -> bool {
    facts.senders.ticked.contains(OWN_SERVER)
        && !present_spf(facts).is_some_and(|spf| {
            spf.terms
                .iter()
                .any(|term| whose(term, facts) == Whose::OwnServer)
        })
}

/// Mail servers of the domain that bear its own name: the likeliest senders.
fn own_hosts(facts: &Facts) -> Vec<String> {
    let domain = service::domain(facts);
    let Some(report) = &facts.survey else {
        return Vec::new();
    };
    let mut hosts: Vec<String> = Vec::new();
    for mx in &report.mx.hosts {
        if let Ok(name) = mx.host.parse::<DomainName>()
            && name.is_within(&domain)
            && read_address(name.as_str()).is_ok()
            && !hosts.contains(&name.to_string())
        {
            hosts.push(name.to_string());
        }
    }
    hosts
}

fn in_words(term: &str) -> String {
    let value = term.split_once([':', '=']).map_or("", |(_, value)| value);
    match term.split([':', '=', '/']).next().unwrap_or_default() {
        "ip4" | "ip6" => format!("the computers with the address {value}"),
        "include" => format!("everything that {value} allows"),
        "redirect" => format!("the whole list is kept at {value}"),
        "a" if value.is_empty() => "the computer behind your web site".to_owned(),
        "a" => format!("the computer {value}"),
        "mx" => "the computers that take your mail".to_owned(),
        "ptr" => "computers by their reverse name (outdated)".to_owned(),
        "exists" => "senders checked by a look-up of their own".to_owned(),
        _ => String::new(),
    }
}
