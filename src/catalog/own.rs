//! Whether a domain can be the user's own at all, and what is special about a name.

use crate::catalog::embedded;
use crate::records::name::DomainName;

/// Why a domain cannot be set up by the user, in plain words, with what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} {remedy}")]
pub struct NotYours {
    pub reason: String,
    pub remedy: String,
}

/// Whether everybody can have a mailbox there, as at `gmail.com`: nobody who has one owns the DNS.
pub fn is_free_mailbox_domain(domain: &DomainName) -> bool {
    let free = embedded::free_mailbox_domains();
    std::iter::successors(Some(domain.clone()), DomainName::parent)
        .take(127)
        .any(|name| free.contains(&name))
}

/// Refuses names that cannot be the user's: a public suffix, a consumer mailbox domain, an address.
/// Reserved names such as `example.com` pass; [`remark`] says what is special about them.
pub fn own_domain(domain: &DomainName) -> Result<(), NotYours> {
    if domain.is_root() {
        return Err(NotYours {
            reason: "This is the root of all domain names.".to_owned(),
            remedy: "Type your own domain, such as example.com.".to_owned(),
        });
    }
    if is_reverse(domain) {
        return Err(NotYours {
            reason: format!("{domain} stands for an address of a machine, not for a domain."),
            remedy: "Type the domain behind the @ of your email addresses.".to_owned(),
        });
    }
    if reserved(domain).is_some() {
        return Ok(());
    }
    if domain.parent().is_some_and(|parent| parent.is_root()) {
        return Err(NotYours {
            reason: format!("{domain} is only an ending: names below it belong to many owners."),
            remedy: format!("Type your whole domain, such as example.{domain}."),
        });
    }
    if domain.public_suffix().as_ref() == Some(domain) {
        return Err(NotYours {
            reason: format!(
                "{domain} is an ending under which many owners have their names (public suffix)."
            ),
            remedy: format!("Type your whole domain, such as example.{domain}."),
        });
    }
    if is_free_mailbox_domain(domain) {
        return Err(NotYours {
            reason: format!(
                "{domain} belongs to a mail provider: you have a mailbox there, but its DNS is not yours."
            ),
            remedy: "Type the domain of your business. To send from your own name, you need a domain of your \
                     own first."
                .to_owned(),
        });
    }
    Ok(())
}

/// What is special about a name, for those who only look at it.
pub fn remark(domain: &DomainName) -> Option<String> {
    if let Some(why) = reserved(domain) {
        return Some(format!("{domain} {why}"));
    }
    let alone = domain.labels().count() == 1;
    if alone && !domain.has_known_suffix() {
        return Some(format!(
            "{domain} has no ending such as .com, so it is a name for use inside one network, if at all. The internet does not see it."
        ));
    }
    own_domain(domain).err().map(|not_yours| not_yours.reason)
}

/// Names set aside by RFC 2606, RFC 6761, RFC 6762, RFC 7686 and RFC 9476, or for private use.
fn reserved(domain: &DomainName) -> Option<&'static str> {
    let last = domain.labels().next_back()?;
    let alone = domain.labels().count() == 1;
    match last {
        "localhost" => Some("is this machine itself (RFC 6761). The internet does not see it."),
        _ if alone => None,
        "test" | "invalid" | "example" => {
            Some("is a name for tests and examples (RFC 6761). The internet does not see it.")
        }
        "local" | "internal" | "lan" | "home" | "corp" => {
            Some("is a name for use inside one network. The internet does not see it.")
        }
        "onion" => Some("is a name of the Tor network (RFC 7686). It has no DNS records."),
        "alt" => Some("is a name outside the DNS (RFC 9476). It has no DNS records."),
        "com" | "net" | "org"
            if domain
                .labels()
                .rev()
                .nth(1)
                .is_some_and(|label| label == "example") =>
        {
            Some("is a name for examples (RFC 2606). Nobody can change its records.")
        }
        _ => None,
    }
}

fn is_reverse(domain: &DomainName) -> bool {
    let mut labels = domain.labels().rev();
    labels.next() == Some("arpa") && matches!(labels.next(), Some("in-addr" | "ip6"))
}
