//! The names where people put a key record by mistake, and what to say about one found there.

use crate::records::dkim::DkimKey;
use crate::records::dkim::Selector;
use crate::records::dkim::codes;
use crate::records::dkim::judge::finding;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;

/// Names to look at where `<selector>._domainkey.<domain>` holds no key.
pub fn wrong_names(selector: &Selector, domain: &DomainName) -> Vec<DomainName> {
    [
        format!("{selector}._domainkey.{domain}"),
        format!("{selector}"),
        format!("{selector}.domainkey"),
        format!("_domainkey.{selector}"),
        format!("{selector}._domainkey.www"),
    ]
    .iter()
    .filter_map(|prefix| domain.prefixed(prefix).ok())
    .collect()
}

/// True where one of the texts at a wrong name is a key record.
pub fn is_here<'t>(texts: impl IntoIterator<Item = &'t Untrusted>) -> bool {
    texts
        .into_iter()
        .filter_map(Untrusted::as_ascii)
        .any(|text| text.parse::<DkimKey>().is_ok())
}

/// The finding about a key at a wrong name. It is about the name where the key should be.
pub fn misplaced(selector: &Selector, domain: &DomainName, at: &DomainName) -> Finding {
    let doubled = at.as_str().ends_with(&format!("{domain}.{domain}"));
    let right = format!("{selector}._domainkey");
    let owner = selector.owner(domain).unwrap_or_else(|_| domain.clone());
    let (message, remedy) = if doubled {
        (
            format!(
                "The name of the key record was doubled: it is at {at}. Receivers look for it at {right}.{domain}."
            ),
            format!(
                "The panel adds the domain by itself. Edit the record and let the name be just {right}"
            ),
        )
    } else {
        (
            format!(
                "The key record stands at {at}. Receivers look for it at {right}.{domain} only."
            ),
            format!("Change the name of the record to {right} (in full: {right}.{domain})."),
        )
    };
    finding(&owner, codes::MISPLACED, Severity::Error, &message, &remedy)
}
