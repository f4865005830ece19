//! The services that send as the domain: the catalog's, and the user's own server.

use crate::catalog;
use crate::catalog::dkim::Setup;
use crate::catalog::mailbox_provider::ProviderKind;
use crate::catalog::owner::Owner;
use crate::catalog::sender::Category;
use crate::plan::facts::Facts;
use crate::records::name::DomainName;

/// The id of the user's own server, web host or device; no entry of the catalog.
pub const OWN_SERVER: &str = "own-server";

/// The name of a sender as people know it.
pub fn name(id: &str) -> String {
    if id == OWN_SERVER {
        "Own server".to_owned()
    } else {
        catalog::owner(id).map_or_else(|| id.to_owned(), |owner| owner.name().to_owned())
    }
}

pub fn exists(id: &str) -> bool {
    id == OWN_SERVER || catalog::owner(id).is_some()
}

/// What a service is, in a few words.
pub fn sort_of(owner: Owner) -> &'static str {
    match owner {
        Owner::Provider(provider) => match provider.kind {
            ProviderKind::Mailbox => "Mailboxes",
            ProviderKind::Forwarding => "Forwarding of mail",
            ProviderKind::Gateway => "Mail filter",
        },
        Owner::Sender(sender) => sender.category.heading(),
    }
}

pub fn category(id: &str) -> Option<Category> {
    catalog::sender(id).map(|sender| sender.category)
}

/// The ticked senders in the order in which they are set up: mailboxes, the own server, then the others.
pub fn ticked(facts: &Facts) -> Vec<String> {
    let rank = |id: &str| {
        if catalog::mailbox_provider(id).is_some() {
            0
        } else if id == OWN_SERVER {
            1
        } else {
            2
        }
    };
    let mut ids: Vec<String> = facts
        .senders
        .ticked
        .iter()
        .filter(|id| exists(id))
        .cloned()
        .collect();
    ids.sort_by_key(|id| (rank(id), name(id)));
    ids
}

/// What DKIM with this sender asks of the user.
pub fn signing(id: &str, domain: &DomainName) -> Setup {
    if id == OWN_SERVER {
        return Setup::OwnKey {
            selectors: Vec::new(),
        };
    }
    catalog::owner(id).map_or(Setup::Unknown, |owner| owner.dkim_setup(domain))
}

/// The domain of the setup as a name.
pub fn domain(facts: &Facts) -> DomainName {
    facts.domain.parse().unwrap_or_else(|_| DomainName::root())
}
