//! The codes of findings about a message that was received.

use crate::records::finding::Code;

pub const AUTHOR: Code = Code::new("message-author");
pub const BODY_APPENDED: Code = Code::new("message-body-appended");
pub const BODY_CHANGED: Code = Code::new("message-body-changed");
pub const BODY_MISSING: Code = Code::new("message-body-missing");
pub const BODY_NOT_COVERED: Code = Code::new("message-body-not-covered");
pub const FROM_NOT_SIGNED: Code = Code::new("message-from-not-signed");
pub const HEADER_ADDED: Code = Code::new("message-header-added");
pub const HEADER_CHANGED: Code = Code::new("message-header-changed");
pub const KEY_DIFFERS: Code = Code::new("message-key-differs");
pub const KEY_MISSING: Code = Code::new("message-key-missing");
pub const KEY_UNUSABLE: Code = Code::new("message-key-unusable");
pub const NOT_SIGNED: Code = Code::new("message-not-signed");
pub const NO_POLICY: Code = Code::new("message-no-policy");
pub const REPAIRED: Code = Code::new("message-repaired");
pub const SIGNATURE_BROKEN: Code = Code::new("message-signature-broken");
pub const SIGNATURE_EXPIRED: Code = Code::new("message-signature-expired");
pub const SIGNATURE_WEAK: Code = Code::new("message-signature-weak");
pub const SIGNED_BY_OTHER: Code = Code::new("message-signed-by-other");
pub const SPF_FAILED: Code = Code::new("message-spf-failed");
pub const SPF_NOT_ALIGNED: Code = Code::new("message-spf-not-aligned");
pub const SPF_UNSEEN: Code = Code::new("message-spf-unseen");
pub const TOO_MANY_SIGNATURES: Code = Code::new("message-too-many-signatures");
pub const TROUBLE: Code = Code::new("message-trouble");

/// Every code of this list.
pub const ALL: &[Code] = &[
    AUTHOR,
    BODY_APPENDED,
    BODY_CHANGED,
    BODY_MISSING,
    BODY_NOT_COVERED,
    FROM_NOT_SIGNED,
    HEADER_ADDED,
    HEADER_CHANGED,
    KEY_DIFFERS,
    KEY_MISSING,
    KEY_UNUSABLE,
    NOT_SIGNED,
    NO_POLICY,
    REPAIRED,
    SIGNATURE_BROKEN,
    SIGNATURE_EXPIRED,
    SIGNATURE_WEAK,
    SIGNED_BY_OTHER,
    SPF_FAILED,
    SPF_NOT_ALIGNED,
    SPF_UNSEEN,
    TOO_MANY_SIGNATURES,
    TROUBLE,
];
