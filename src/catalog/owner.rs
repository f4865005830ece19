//! A mailbox provider or a sender, where either may stand.

use crate::catalog;
use crate::catalog::dkim::Dkim;
use crate::catalog::dkim::Setup;
use crate::catalog::mailbox_provider::MailboxProvider;
use crate::catalog::sender::Sender;
use crate::catalog::spf::SpfNeed;
use crate::catalog::suffix::Suffix;
use crate::records::name::DomainName;

/// A service that sends as the user's domain.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    Provider(&'static MailboxProvider),
    Sender(&'static Sender),
}

impl Owner {
    /// Mailbox providers, then senders, each sorted by id.
    pub fn all() -> impl Iterator<Item = Self> {
        catalog::mailbox_providers()
            .iter()
            .map(Self::Provider)
            .chain(catalog::senders().iter().map(Self::Sender))
    }

    pub fn id(self) -> &'static str {
        match self {
            Self::Provider(provider) => provider.id.as_str(),
            Self::Sender(sender) => sender.id.as_str(),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Provider(provider) => &provider.name,
            Self::Sender(sender) => &sender.name,
        }
    }

    /// The page of the service for its customers.
    pub fn docs(self) -> Option<&'static str> {
        match self {
            Self::Provider(provider) => provider.docs.as_deref(),
            Self::Sender(sender) => sender.docs.as_deref(),
        }
    }

    /// What else the user should know about the service.
    pub fn notes(self) -> Option<&'static str> {
        match self {
            Self::Provider(provider) => provider.notes.as_deref(),
            Self::Sender(sender) => sender.notes.as_deref(),
        }
    }

    pub fn dkim(self) -> Option<&'static Dkim> {
        match self {
            Self::Provider(provider) => provider.dkim.as_ref(),
            Self::Sender(sender) => sender.dkim.as_ref(),
        }
    }

    /// Where the service shows its DKIM values, as a path of menu entries; empty where that is not known.
    pub fn menu(self) -> &'static [String] {
        match self {
            Self::Provider(provider) => provider.dkim.as_ref().map_or(&[], |dkim| &dkim.menu),
            Self::Sender(sender) => &sender.menu,
        }
    }

    /// What DKIM with this service asks of the user.
    pub fn dkim_setup(self, domain: &DomainName) -> Setup {
        self.dkim()
            .map_or(Setup::Unknown, |dkim| dkim.setup(domain))
    }

    pub fn spf_terms(self) -> SpfNeed {
        match self {
            Self::Provider(provider) => provider.spf_terms(),
            Self::Sender(sender) => sender.spf_terms(),
        }
    }

    pub(crate) fn txt_tokens(self) -> &'static [String] {
        match self {
            Self::Provider(provider) => &provider.txt_tokens,
            Self::Sender(sender) => &sender.txt_tokens,
        }
    }

    pub(crate) fn spf_suffixes(self) -> &'static [Suffix] {
        match self {
            Self::Provider(provider) => &provider.spf_suffixes,
            Self::Sender(sender) => &sender.spf_suffixes,
        }
    }

    /// Terms in the entry's list that are another service's own.
    pub(crate) fn spf_borrowed(self) -> &'static [String] {
        match self {
            Self::Provider(provider) => &provider.spf_borrowed,
            Self::Sender(sender) => &sender.spf_borrowed,
        }
    }

    /// False where the service runs on the names of another entry.
    pub(crate) fn is_primary(self) -> bool {
        match self {
            Self::Provider(provider) => provider.mx_shared_with.is_empty(),
            Self::Sender(sender) => sender.runs_on.is_none(),
        }
    }
}

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Owner {}
