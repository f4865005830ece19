//! From names and texts seen in the DNS, in a message or in a report, to the services behind them.
//!
//! Candidates come best first: the most exact match, then a service of its own before one that runs on it.

use std::cmp::Reverse;

use crate::catalog;
use crate::catalog::owner::Owner;
use crate::catalog::sender::Sender;
use crate::catalog::suffix;
use crate::catalog::suffix::Suffix;
use crate::catalog::template;
use crate::records::name::DomainName;

/// Whose a CNAME target at `<selector>._domainkey` is.
pub fn by_dkim_target(target: &DomainName) -> Vec<Owner> {
    sorted(Owner::all().filter_map(|owner| Some((owner.dkim()?.target_match(target)?, owner))))
}

/// Whose a selector can be. Many services share names such as `s1`: a hint, not a proof.
pub fn by_selector(selector: &str) -> Vec<Owner> {
    sorted(Owner::all().filter_map(|owner| Some((owner.dkim()?.selector_match(selector)?, owner))))
}

/// Whose ownership token a TXT at the domain itself is. Says that somebody signed up there, not that mail is sent.
pub fn by_txt_token(text: &str) -> Vec<Owner> {
    sorted(Owner::all().filter_map(|owner| {
        let longest = owner
            .txt_tokens()
            .iter()
            .filter(|token| template::begins(token, text))
            .map(String::len)
            .max()?;
        Some((longest, owner))
    }))
}

/// Whose signing domain (`d=`) this is, where it is not the user's own.
pub fn by_signing_domain(domain: &DomainName) -> Vec<Owner> {
    let senders = senders_by(domain, |sender| &sender.recognize.dkim_d);
    let providers = catalog::mailbox_providers().iter().filter_map(|provider| {
        let unsigned = provider.dkim.as_ref()?.unsigned_d.as_ref()?;
        Some((unsigned.length_of_match(domain)?, Owner::Provider(provider)))
    });
    sorted(senders.chain(providers))
}

/// Whose bounce domain (return-path) this is.
pub fn by_return_path(domain: &DomainName) -> Vec<Owner> {
    sorted(senders_by(domain, |sender| &sender.recognize.return_path))
}

/// Whose server has this host name.
pub fn by_host_name(name: &DomainName) -> Vec<Owner> {
    sorted(senders_by(name, |sender| &sender.recognize.rdns))
}

fn senders_by(
    name: &DomainName,
    suffixes: fn(&'static Sender) -> &'static [Suffix],
) -> impl Iterator<Item = (usize, Owner)> {
    catalog::senders().iter().filter_map(move |sender| {
        let length = suffix::longest(suffixes(sender), name)?;
        Some((length, Owner::Sender(sender)))
    })
}

fn sorted(candidates: impl Iterator<Item = (usize, Owner)>) -> Vec<Owner> {
    let mut candidates: Vec<_> = candidates.collect();
    candidates.sort_by_key(|(length, owner)| (Reverse(*length), !owner.is_primary()));
    candidates.into_iter().map(|(_, owner)| owner).collect()
}
