//! What the set-up of a sender asks for besides its keys: the bounce address (return-path), its term for the SPF record, the proof of
//! ownership.

use crate::catalog;
use crate::catalog::bounce::Bounce;
use crate::catalog::bounce::Proof;
use crate::catalog::owner::Owner;
use crate::catalog::spf::SpfNeed;
use crate::catalog::spf::Standing;
use crate::catalog::spf::by_spf_term;
use crate::plan::facts::Collected;
use crate::plan::facts::Facts;
use crate::plan::page::Part;
use crate::plan::service;
use crate::plan::steps::spf::present::present;
use crate::records::spf::Directive;

impl Part {
    pub const ALL: [Self; 3] = [Self::Bounce, Self::Spf, Self::Ownership];

    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Spf => "spf",
            Self::Ownership => "ownership",
        }
    }
}

/// True where the sender is a service with a small set-up of its own: not the mailboxes, and not the user's server.
pub fn has_setup(sender: &str) -> bool {
    catalog::sender(sender).is_some()
}

/// The parts that are asked for.
pub fn asked(facts: &Facts, sender: &str) -> Vec<Part> {
    let Some(owner) = catalog::owner(sender) else {
        return Vec::new();
    };
    Part::ALL
        .into_iter()
        .filter(|part| match part {
            Part::Bounce => owner.bounce(&service::domain(facts)) != Bounce::Own,
            Part::Spf => {
                matches!(owner.spf_terms(), SpfNeed::PerAccount { .. })
                    && (!has_term_already(facts, owner) || !terms(facts, sender).is_empty())
            }
            Part::Ownership => owner.proof().is_some(),
        })
        .collect()
}

/// True where the SPF record that is there names the service in a form that is right today.
fn has_term_already(facts: &Facts, owner: Owner) -> bool {
    present(facts).spf.is_some_and(|spf| {
        spf.terms.iter().any(|term| {
            by_spf_term(&term.to_string())
                .is_some_and(|found| found.owner == owner && found.standing == Standing::Current)
        })
    })
}

/// True where the user gave an answer about the part.
pub fn is_seen(facts: &Facts, sender: &str, part: Part) -> bool {
    facts
        .dkim
        .get(sender)
        .is_some_and(|choice| choice.parts_seen.contains(part.as_str()))
}

/// The records besides the keys, in order: for bounces, then the proof.
pub fn records<'a>(facts: &'a Facts, sender: &str) -> impl Iterator<Item = &'a Collected> {
    facts
        .dkim
        .get(sender)
        .into_iter()
        .flat_map(|choice| choice.bounce.iter().chain(&choice.ownership))
}

/// The terms for the SPF record of the domain that the sender showed to this account.
pub fn terms(facts: &Facts, sender: &str) -> Vec<Directive> {
    facts
        .dkim
        .get(sender)
        .into_iter()
        .flat_map(|choice| &choice.spf_terms)
        .filter_map(|term| term.parse().ok())
        .collect()
}

/// The name of the bounce address, where one is set up or always the same: relative to the domain.
pub fn bounce_host(facts: &Facts, sender: &str) -> Option<String> {
    let kept = facts
        .dkim
        .get(sender)
        .and_then(|choice| choice.bounce.first())
        .map(|record| record.host.clone());
    kept.or_else(
        || match catalog::owner(sender)?.bounce(&service::domain(facts)) {
            Bounce::Fixed(records) => records.first().map(|record| record.host.clone()),
            Bounce::FromConsole(shown) => shown.host,
            Bounce::Own => None,
        },
    )
}

/// The proof that the sender may ask for.
pub fn proof(sender: &str) -> Option<Proof> {
    catalog::owner(sender)?.proof()
}

/// Whether the SPF record of the domain needs the sender, and why, in plain words.
pub fn spf_in_words(facts: &Facts, sender: &str) -> String {
    let Some(owner) = catalog::owner(sender) else {
        return String::new();
    };
    match owner.spf_terms() {
        SpfNeed::None { why } => format!("not needed. {why}"),
        SpfNeed::Optional { why, .. } => format!("not needed. {why}"),
        SpfNeed::Terms(terms) => format!(
            "needed: {}. Receivers look for it at the domain where bounces go, and that can be yours. It goes into your one list in the \
             step \"Allowed senders\".",
            terms.join(" ")
        ),
        SpfNeed::OnSubdomain { place, .. } => format!(
            "not in your domain's own list: receivers look for it where bounces go, and that is a name of its own. {}",
            place.unwrap_or_default()
        )
        .trim_end()
        .to_owned(),
        SpfNeed::PerAccount { looks_like, .. } => {
            let kept = terms(facts, sender);
            if !kept.is_empty() {
                let kept: Vec<String> = kept.iter().map(Directive::to_string).collect();
                return format!("the term of your account: {}", kept.join(" "));
            }
            match looks_like {
                Some(form) => format!(
                    "a term that is different for each account; receivers look for it where bounces go. It shows you yours: {form}"
                ),
                None => "a term that is different for each account, if it shows you one; receivers look for it where bounces go"
                    .to_owned(),
            }
        }
        SpfNeed::Unknown => {
            "not known. Its signature (DKIM) does the work; the reports will show it.".to_owned()
        }
    }
}

/// Where its bounces go, in plain words.
pub fn bounces_in_words(facts: &Facts, sender: &str) -> Option<String> {
    let domain = service::domain(facts);
    let owner = catalog::owner(sender)?;
    let Owner::Sender(entry) = owner else {
        return None;
    };
    let full = |host: &str| {
        domain
            .prefixed(host)
            .map_or_else(|_| host.to_owned(), |name| name.to_string())
    };
    if let Some(host) = bounce_host(facts, sender) {
        return Some(full(&host));
    }
    match owner.bounce(&domain) {
        Bounce::FromConsole(shown) => Some(match shown.host_looks_like {
            Some(_) => "a name below your domain that you choose or that it shows".to_owned(),
            None => "a name below your domain that it shows".to_owned(),
        }),
        _ => {
            let own = entry.recognize.return_path.first();
            match own {
                Some(suffix) => Some(format!("its own name, under {}", suffix.name())),
                None if entry.counts_by_signature_alone() => Some("its own name".to_owned()),
                None => None,
            }
        }
    }
}
