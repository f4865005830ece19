//! What is good and bad about an SPF record by itself.

use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::spf::Spf;
use crate::records::untrusted::Untrusted;

/// What the TXT strings at a name hold, as SPF sees them (RFC 7208, section 4.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    Absent,
    One(Spf),
    /// Starts as SPF and cannot be read.
    Broken {
        text: Untrusted,
        findings: Vec<Finding>,
    },
    /// Two or more records: receivers give `permerror`.
    Several(Vec<Untrusted>),
}

/// Picks the SPF record among the TXT strings at `owner`.
pub fn select(_owner: &DomainName, _texts: &[Untrusted]) -> Selected {
    todo!()
}

/// Findings about the record itself; those that need look-ups are made from the tree.
pub fn judge(_owner: &DomainName, _spf: &Spf) -> Vec<Finding> {
    todo!()
}
