//! The names where people put a DMARC record by mistake, and what to say about one found there.

use crate::records::dmarc::address::is_policy_record;
use crate::records::dmarc::codes;
use crate::records::dmarc::judge::finding;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;

/// Names to look at where `_dmarc.<domain>` holds no DMARC record. The domain itself comes first.
pub fn wrong_names(domain: &DomainName) -> Vec<DomainName> {
    let doubled = format!("_dmarc.{domain}");
    let prefixes = [
        "dmarc",
        "dmarc_",
        "_dmarc._dmarc",
        "_dmarc._domainkey",
        "_dmarc.www",
        "www._dmarc",
        doubled.as_str(),
    ];
    let mut names = vec![domain.clone()];
    names.extend(
        prefixes
            .iter()
            .filter_map(|prefix| domain.prefixed(prefix).ok()),
    );
    names.extend(domain.prefixed(&format!("{domain}._dmarc")).ok());
    names
}

/// True where one of the texts at a wrong name is a DMARC record.
pub fn is_here<'t>(texts: impl IntoIterator<Item = &'t Untrusted>) -> bool {
    texts
        .into_iter()
        .any(|text| is_policy_record(text.as_bytes()))
}

/// The finding about a record at a wrong name.
pub fn misplaced(domain: &DomainName, at: &DomainName) -> Finding {
    let doubled = at.as_str().ends_with(&format!("{domain}.{domain}"));
    let message = if at == domain {
        format!(
            "A DMARC record stands at {domain} itself. Receivers look for it at _dmarc.{domain} only."
        )
    } else if doubled {
        format!(
            "The name of the DMARC record was doubled: it is at {at}. Receivers look for it at _dmarc.{domain}."
        )
    } else {
        format!("A DMARC record stands at {at}. Receivers look for it at _dmarc.{domain} only.")
    };
    let remedy = if doubled {
        "The panel adds the domain by itself. Edit the record and let the name be just _dmarc"
            .to_owned()
    } else {
        format!("Change the name of the record to _dmarc (in full: _dmarc.{domain}).")
    };
    finding(at, codes::MISPLACED, Severity::Error, &message, &remedy)
}
