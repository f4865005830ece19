//! The rung `mailbox`: where reports go, how to make that address, and what is proved about it.

use crate::catalog;
use crate::catalog::mailbox_provider::ProviderKind;
use crate::catalog::own::is_free_mailbox_domain;
use crate::catalog::report_mailbox;
use crate::catalog::report_mailbox::ReportMailbox;
use crate::catalog::report_mailbox::ReportMailboxKind;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Check;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Wish;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::domain::plain;
use crate::plan::walk::Taken;
use crate::plan::wanted;
use crate::plan::wanted::Wanted;
use crate::records::dmarc::address::same_organization;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;

/// Longest address of a mailbox (RFC 5321).
const LONGEST: usize = 254;

/// What is proved about the domain of the report address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    TakesMail,
    NullMx,
    NoMail,
    Unknown,
    /// No address yet, or nobody looked.
    Open,
}

impl Proof {
    pub fn takes_mail(self) -> bool {
        self == Self::TakesMail
    }

    /// What the gate says.
    pub fn reason(self) -> String {
        match self {
            Self::TakesMail => "The domain of the address takes mail.",
            Self::NullMx => "The domain of the address says that it takes no mail (null MX).",
            Self::NoMail => "The domain of the address names no mail server (no MX).",
            Self::Unknown => {
                "It could not be told whether the domain of the address takes mail; look again."
            }
            Self::Open => "It is not looked up yet whether the domain of the address takes mail.",
        }
        .to_owned()
    }
}

pub fn pages(facts: &Facts) -> Vec<PageId> {
    let mut pages = vec![PageId::MailboxKind, PageId::MailboxAddress];
    if facts.mailbox.kind.as_deref() != Some("elsewhere") {
        pages.push(PageId::MailboxGuide);
    }
    if needs_authorization(facts).is_some() {
        pages.push(PageId::MailboxAuthorization);
    }
    pages.push(PageId::MailboxProof);
    pages
}

pub fn standing(id: &PageId, facts: &Facts, live: Option<&Live>) -> Standing {
    let settled = match id {
        PageId::MailboxKind => facts.mailbox.kind.is_some(),
        PageId::MailboxAddress => facts.mailbox.address.is_some(),
        PageId::MailboxGuide => facts.mailbox.made,
        PageId::MailboxAuthorization => {
            return match authorization(facts) {
                Some(wanted) => ladder::record_standing(facts, live, &wanted),
                None => Standing::Needs,
            };
        }
        _ => facts.mailbox.made && proof(facts).takes_mail(),
    };
    if settled {
        Standing::Settled
    } else {
        Standing::Needs
    }
}

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    match id {
        PageId::MailboxKind => kind(facts),
        PageId::MailboxAddress => address(facts),
        PageId::MailboxGuide => guide(facts),
        PageId::MailboxAuthorization => authorization_page(facts, live),
        _ => proof_page(facts, live),
    }
}

fn page_of(id: PageId, title: &str, blocks: Vec<Block>, form: Form, why: &str, next: Next) -> Page {
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

fn kind(facts: &Facts) -> Page {
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

fn address(facts: &Facts) -> Page {
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

fn guide(facts: &Facts) -> Page {
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

fn authorization_page(facts: &Facts, live: &Live) -> Page {
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

fn proof_page(facts: &Facts, live: &Live) -> Page {
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
            "no MX record: mail to it does not arrive",
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
        checks.push(if sight.is_green() {
            row(
                Mark::Done,
                format!("{domain} allows reports about {}", facts.domain),
                "",
            )
        } else {
            row(
                Mark::Waiting,
                format!("{domain} does not allow reports about {} yet", facts.domain),
                "the record of the page before; it stays watched",
            )
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

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    match id {
        PageId::MailboxKind => {
            let choice = match answer {
                Answer::Chosen(choice) => choice,
                _ => match kind(facts).form {
                    Form::Choose { options, selected } => options
                        .get(selected)
                        .map(|c| c.id.clone())
                        .unwrap_or_default(),
                    _ => String::new(),
                },
            };
            if !is_offered(facts, &choice) {
                return Err("Choose one of the ways in the list.".to_owned());
            }
            if facts.mailbox.kind.as_deref() != Some(&choice) {
                facts.mailbox.kind = Some(choice);
                facts.mailbox.made = false;
            }
            Ok(Taken::default())
        }
        PageId::MailboxAddress => take_address(facts, answer, live),
        PageId::MailboxGuide => {
            facts.mailbox.made = true;
            Ok(asked(facts))
        }
        PageId::MailboxAuthorization => {
            if authorization(facts).is_none() {
                return Err("Choose another address first: press Esc.".to_owned());
            }
            Ok(asked(facts))
        }
        _ => match proof(facts) {
            Proof::NullMx | Proof::NoMail => Err(format!(
                "{} Press Esc and choose another address.",
                proof(facts).reason()
            )),
            Proof::TakesMail => {
                facts.mailbox.made = true;
                Ok(Taken::default())
            }
            Proof::Unknown | Proof::Open => {
                facts.mailbox.made = true;
                Ok(asked(facts))
            }
        },
    }
}

/// Asks about the domain of the address where nothing is proved yet.
fn asked(facts: &Facts) -> Taken {
    let open = matches!(proof(facts), Proof::Open | Proof::Unknown);
    Taken {
        wishes: seen::mailbox_question(facts)
            .filter(|_| open)
            .map(Wish::AskMailbox)
            .into_iter()
            .collect(),
        page: None,
    }
}

fn take_address(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    let typed = match answer {
        Answer::Typed(typed) => typed,
        _ => facts
            .mailbox
            .address
            .clone()
            .unwrap_or_else(|| format!("dmarc@{}", facts.domain)),
    };
    let address = read_address(&typed)?;
    if facts.mailbox.address.as_deref() != Some(&address) {
        seen::note(facts, live.now, format!("reports go to {address}"));
        facts.mailbox.address = Some(address);
        facts.mailbox.proof = None;
        facts.mailbox.made = false;
        facts.monitor.confirmed = false;
    }
    let elsewhere = needs_authorization(facts).is_some();
    if elsewhere {
        facts.mailbox.kind = Some("elsewhere".to_owned());
    } else if facts.mailbox.kind.as_deref() == Some("elsewhere") {
        facts.mailbox.kind = Some("own".to_owned());
    }
    Ok(asked(facts))
}

/// Reads the address for reports, as people type it.
pub fn read_address(typed: &str) -> Result<String, String> {
    let text = typed.trim().trim_matches(['<', '>', '"', '\'']).trim();
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text[7..].trim(),
        _ => text,
    };
    if text.is_empty() {
        return Err(
            "Type the address that shall receive the reports, such as dmarc@example.com."
                .to_owned(),
        );
    }
    if text.len() > LONGEST {
        return Err(format!(
            "The address is longer than {LONGEST} characters. Choose a shorter one."
        ));
    }
    if text.contains([',', ';']) || text.split_whitespace().count() > 1 {
        return Err(
            "Type one address only. If others shall see the reports too, let that mailbox pass them on.".to_owned(),
        );
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(format!(
            "{} has no @. Type a whole address, such as dmarc@example.com.",
            plain(text)
        ));
    };
    if domain.contains('!') {
        return Err(
            "Leave out the ! and what follows: limits of size are no longer part of the standard."
                .to_owned(),
        );
    }
    if local.starts_with('"') {
        return Err(
            "An address with quotes is not understood by all receivers. Choose a plain one."
                .to_owned(),
        );
    }
    if !local.is_ascii() {
        return Err(
            "The part before the @ holds letters that not all receivers can write to. Use a to z, digits, dot and dash.".to_owned(),
        );
    }
    let plain_local = !local.is_empty()
        && local.len() <= 64
        && local
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._+-=~'".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    if !plain_local {
        return Err(
            "The part before the @ is not understood. Use letters, digits, dot, dash and plus, such as dmarc@example.com.".to_owned(),
        );
    }
    let domain = read_domain(domain)?;
    if is_free_mailbox_domain(&domain) {
        return Err(format!(
            "{domain} belongs to a mail provider and would have to allow reports about your domain, which it does not do. Choose an \
             address in your own domain; it may pass mail on."
        ));
    }
    Ok(format!("{local}@{domain}"))
}

fn read_domain(text: &str) -> Result<DomainName, String> {
    let wrong = || {
        format!(
            "What stands behind the @ is not a domain: {}. Type a whole address, such as dmarc@example.com.",
            plain(text)
        )
    };
    let domain: DomainName = if text.is_ascii() {
        text.parse().map_err(|_| wrong())?
    } else {
        crate::records::typed::understand(text)
            .map_err(|_| wrong())?
            .domain
    };
    let fits = domain.labels().count() >= 2
        && domain.labels().all(|label| {
            label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && !domain
            .labels()
            .next_back()
            .is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
    if fits { Ok(domain) } else { Err(wrong()) }
}

/// The domain of the chosen address.
pub fn address_domain(facts: &Facts) -> Option<DomainName> {
    let (_, domain) = facts.mailbox.address.as_ref()?.rsplit_once('@')?;
    domain.parse().ok()
}

/// The domain that must allow reports, where the address is in another organization.
fn needs_authorization(facts: &Facts) -> Option<DomainName> {
    let other = address_domain(facts)?;
    (!same_organization(&other, &organization(facts))).then_some(other)
}

/// The Organizational Domain: as the look found it, else by the public suffix list.
fn organization(facts: &Facts) -> DomainName {
    let own = service::domain(facts);
    facts
        .survey
        .as_ref()
        .and_then(|report| report.dmarc.organizational_domain.parse().ok())
        .filter(|name: &DomainName| !name.is_root() && own.is_within(name))
        .or_else(|| own.registrable())
        .unwrap_or(own)
}

/// The record with which the other domain allows reports.
pub fn authorization(facts: &Facts) -> Option<Wanted> {
    let other = needs_authorization(facts)?;
    let owner = other
        .prefixed(&format!("{}._report._dmarc", facts.domain))
        .ok()?;
    let record = wanted::clean(Record {
        owner,
        content: Content::ReportAuthorization,
        ttl: Ttl(3600),
    })
    .ok()?;
    Some(Wanted {
        step: StepId::Mailbox,
        sender: None,
        purpose: format!("lets {other} receive reports about {}", facts.domain),
        key: wanted::key(&record),
        record,
        replaces: None,
    })
}

/// What is proved: for an address in the domain itself the full look tells, else an own question.
pub fn proof(facts: &Facts) -> Proof {
    let Some(domain) = address_domain(facts) else {
        return Proof::Open;
    };
    if domain != service::domain(facts) {
        return match facts.mailbox.proof.as_deref() {
            Some("takes-mail") => Proof::TakesMail,
            Some("null-mx") => Proof::NullMx,
            Some("no-mail") => Proof::NoMail,
            Some(_) => Proof::Unknown,
            None => Proof::Open,
        };
    }
    let Some(report) = &facts.survey else {
        return Proof::Open;
    };
    if report.mx.null_mx {
        Proof::NullMx
    } else if !report.mx.hosts.is_empty() {
        Proof::TakesMail
    } else if report.mx.state == "missing" {
        Proof::NoMail
    } else {
        Proof::Unknown
    }
}

fn provider(facts: &Facts) -> Option<&'static catalog::mailbox_provider::MailboxProvider> {
    catalog::mailbox_provider(&facts.survey.as_ref()?.mx.provider.as_ref()?.id)
}

/// Ways to make the mailbox, the best first.
fn ways(facts: &Facts) -> Vec<ReportMailbox> {
    provider(facts)
        .map_or_else(
            || report_mailbox::generic(ProviderKind::Mailbox),
            |provider| provider.report_mailboxes(),
        )
        .to_vec()
}

/// The word that is kept for a way.
fn word(kind: ReportMailboxKind) -> &'static str {
    match kind {
        ReportMailboxKind::Shared => "shared",
        ReportMailboxKind::Group => "group",
        ReportMailboxKind::Alias => "alias",
        ReportMailboxKind::Mailbox => "own",
    }
}

fn is_offered(facts: &Facts, choice: &str) -> bool {
    matches!(choice, "own" | "elsewhere") || ways(facts).iter().any(|way| word(way.kind) == choice)
}
