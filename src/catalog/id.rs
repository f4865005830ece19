//! Ids of entries: the file names of the assets, and what a saved setup keeps.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

/// The id of a [`crate::catalog::sender::Sender`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SenderId(String);

/// The id of a [`crate::catalog::mailbox_provider::MailboxProvider`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProviderId(String);

/// The id of a [`crate::catalog::dns_host::DnsHost`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DnsHostId(String);

impl SenderId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ProviderId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DnsHostId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SenderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DnsHostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
