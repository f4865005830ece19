//! The rung `mailbox`: where reports go, how to make that address, and what is proved about it.
//!
//! [`pages`]: what the pages say. [`address`]: reads an address as people type it.

pub mod address;
pub mod pages;

use crate::catalog;
use crate::catalog::mailbox_provider::ProviderKind;
use crate::catalog::report_mailbox;
use crate::catalog::report_mailbox::ReportMailbox;
use crate::catalog::report_mailbox::ReportMailboxKind;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::Form;
use crate::plan::page::PageId;
use crate::plan::page::Wish;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::mailbox::address::read_address;
use crate::plan::steps::mailbox::pages::kind;
use crate::plan::walk::Taken;
use crate::plan::wanted;
use crate::plan::wanted::Wanted;
use crate::records::dmarc::address::same_organization;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;

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
                // An address in the other kind of place would not fit the new choice.
                let moves =
                    (facts.mailbox.kind.as_deref() == Some("elsewhere")) != (choice == "elsewhere");
                if moves {
                    facts.mailbox.address = None;
                    facts.mailbox.proof = None;
                    facts.monitor.confirmed = false;
                }
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

/// The domain of the chosen address.
pub fn address_domain(facts: &Facts) -> Option<DomainName> {
    let (_, domain) = facts.mailbox.address.as_ref()?.rsplit_once('@')?;
    domain.parse().ok()
}

/// The domain that must allow reports, where the address is in another organization.
pub fn needs_authorization(facts: &Facts) -> Option<DomainName> {
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
