//! Who sends, who hosts mail, who hosts DNS: facts read from the embedded `assets/`.
//!
//! One TOML file is one entry; a kind of entries is parsed the first time somebody asks for it. A field that
//! is missing was not confirmed, and stays missing: nothing here fills in a value.
//!
//! - [`sender`], [`mailbox_provider`], [`dns_host`], [`reporter`]: the four kinds of entries.
//! - [`dkim`], [`spf`], [`bounce`], [`report_mailbox`]: what an entry says about each, as an answer for the wizard.
//! - [`wording`]: the words in which Mail Receivers refuse mail.
//! - [`owner`]: a mailbox provider or a sender, where either may stand.
//! - [`recognize`]: from names seen in the DNS to entries. [`selectors`]: which selectors to try.
//! - [`own`]: whether a domain can be the user's at all.
//! - [`explain`]: the pages that explain findings.
//! - [`template`]: values with `{variables}`. [`id`], [`suffix`], [`embedded`]: the ground floor.
//!
//! `tests/catalog` reads every asset; an entry that cannot be read is left out at run time.

pub mod bounce;
pub mod dkim;
pub mod dns_host;
pub mod embedded;
pub mod explain;
pub mod id;
pub mod mailbox_provider;
pub mod mending;
pub mod mistake;
pub mod own;
pub mod owner;
pub mod recognize;
pub mod report_mailbox;
pub mod reporter;
pub mod selectors;
pub mod sender;
pub mod signer;
pub mod spf;
pub mod suffix;
pub mod template;
pub mod wording;

use crate::catalog::dns_host::DnsHost;
use crate::catalog::mailbox_provider::MailboxProvider;
use crate::catalog::owner::Owner;
use crate::catalog::reporter::Reporter;
use crate::catalog::sender::Sender;

/// Services that send as their customers' domains, sorted by id.
pub fn senders() -> &'static [Sender] {
    embedded::senders()
}

/// Mailbox providers, forwarding services and mail filters, sorted by id.
pub fn mailbox_providers() -> &'static [MailboxProvider] {
    embedded::mailbox_providers()
}

/// DNS hosts, sorted by id.
pub fn dns_hosts() -> &'static [DnsHost] {
    embedded::dns_hosts()
}

/// Mail Receivers known to send aggregate reports, sorted by id.
pub fn reporters() -> &'static [Reporter] {
    embedded::reporters()
}

pub fn sender(id: &str) -> Option<&'static Sender> {
    senders().iter().find(|entry| entry.id.as_str() == id)
}

pub fn mailbox_provider(id: &str) -> Option<&'static MailboxProvider> {
    mailbox_providers()
        .iter()
        .find(|entry| entry.id.as_str() == id)
}

pub fn dns_host(id: &str) -> Option<&'static DnsHost> {
    dns_hosts().iter().find(|entry| entry.id.as_str() == id)
}

pub fn reporter(id: &str) -> Option<&'static Reporter> {
    reporters().iter().find(|entry| entry.id == id)
}

/// The mailbox provider or sender of this id; no id stands for both.
pub fn owner(id: &str) -> Option<Owner> {
    mailbox_provider(id)
        .map(Owner::Provider)
        .or_else(|| sender(id).map(Owner::Sender))
}
