//! What is good and bad about a DKIM key record.

use crate::records::dkim::DkimKey;
use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;

/// What the TXT strings at a selector hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    Absent,
    One(DkimKey),
    Broken {
        text: Untrusted,
        findings: Vec<Finding>,
    },
    Several(Vec<Untrusted>),
}

/// Picks the key record among the TXT strings at `owner`.
pub fn select(_owner: &DomainName, _texts: &[Untrusted]) -> Selected {
    todo!()
}

/// Findings about one key record.
pub fn judge(_owner: &DomainName, _key: &DkimKey) -> Vec<Finding> {
    todo!()
}

/// Bits of the modulus of an RSA key, 256 for Ed25519; None where the key cannot be read.
pub fn bits(_key: &DkimKey) -> Option<u32> {
    todo!()
}
