//! The codes of the causes that bounces have; each has a page that explains it.

use crate::records::finding::Code;

pub const ALIGNMENT: Code = Code::new("bounce-alignment");
pub const AUTHENTICATION_LEVEL: Code = Code::new("bounce-authentication-level");
pub const BLOCKED_BY_POLICY: Code = Code::new("bounce-blocked-by-policy");
pub const CONTENT: Code = Code::new("bounce-content");
pub const DIRECT_SENDING: Code = Code::new("bounce-direct-sending");
pub const DKIM_FAILED: Code = Code::new("bounce-dkim-failed");
pub const DMARC_FAILED: Code = Code::new("bounce-dmarc-failed");
pub const DMARC_MISSING: Code = Code::new("bounce-dmarc-missing");
pub const DNS_UNANSWERED: Code = Code::new("bounce-dns-unanswered");
pub const HEADERS: Code = Code::new("bounce-headers");
pub const HELO: Code = Code::new("bounce-helo");
pub const LOGIN: Code = Code::new("bounce-login");
pub const MAILBOX_FULL: Code = Code::new("bounce-mailbox-full");
pub const NOT_A_BOUNCE: Code = Code::new("bounce-not-a-bounce");
pub const NOT_REACHED: Code = Code::new("bounce-not-reached");
pub const NOT_RECOGNIZED: Code = Code::new("bounce-not-recognized");
pub const OWN_POLICY: Code = Code::new("bounce-own-policy");
pub const PTR: Code = Code::new("bounce-ptr");
pub const RATE: Code = Code::new("bounce-rate");
pub const RECEIVER_TROUBLE: Code = Code::new("bounce-receiver-trouble");
pub const RELAY: Code = Code::new("bounce-relay");
pub const REPUTATION: Code = Code::new("bounce-reputation");
pub const RESTRICTED: Code = Code::new("bounce-restricted");
pub const SENDER_DOMAIN: Code = Code::new("bounce-sender-domain");
pub const SENDER_PARKED: Code = Code::new("bounce-sender-parked");
pub const SENDER_REFUSED: Code = Code::new("bounce-sender-refused");
pub const SIZE: Code = Code::new("bounce-size");
pub const SPF_BROKEN: Code = Code::new("bounce-spf-broken");
pub const SPF_FAILED: Code = Code::new("bounce-spf-failed");
pub const SPF_TOO_WIDE: Code = Code::new("bounce-spf-too-wide");
pub const SPOOFING: Code = Code::new("bounce-spoofing");
pub const TLS: Code = Code::new("bounce-tls");
pub const UNAUTHENTICATED: Code = Code::new("bounce-unauthenticated");
pub const UNKNOWN_RECIPIENT: Code = Code::new("bounce-unknown-recipient");

pub const ALL: &[Code] = &[
    ALIGNMENT,
    AUTHENTICATION_LEVEL,
    BLOCKED_BY_POLICY,
    CONTENT,
    DIRECT_SENDING,
    DKIM_FAILED,
    DMARC_FAILED,
    DMARC_MISSING,
    DNS_UNANSWERED,
    HEADERS,
    HELO,
    LOGIN,
    MAILBOX_FULL,
    NOT_A_BOUNCE,
    NOT_REACHED,
    NOT_RECOGNIZED,
    OWN_POLICY,
    PTR,
    RATE,
    RECEIVER_TROUBLE,
    RELAY,
    REPUTATION,
    RESTRICTED,
    SENDER_DOMAIN,
    SENDER_PARKED,
    SENDER_REFUSED,
    SIZE,
    SPF_BROKEN,
    SPF_FAILED,
    SPF_TOO_WIDE,
    SPOOFING,
    TLS,
    UNAUTHENTICATED,
    UNKNOWN_RECIPIENT,
];
