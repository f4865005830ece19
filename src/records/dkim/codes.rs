//! The codes of every finding about DKIM keys records.

use crate::records::finding::Code;

pub const BACKSLASHES: Code = Code::new("dkim-backslashes");
pub const BAD_BASE64: Code = Code::new("dkim-bad-base64");
pub const BAD_VERSION: Code = Code::new("dkim-bad-version");
pub const CERTIFICATE: Code = Code::new("dkim-certificate");
pub const DMARC_RECORD_HERE: Code = Code::new("dkim-dmarc-record-here");
pub const ED25519_WRAPPED: Code = Code::new("dkim-ed25519-wrapped");
pub const EMPTY: Code = Code::new("dkim-empty");
pub const FOREIGN_CHARACTER: Code = Code::new("dkim-foreign-character");
pub const HTML: Code = Code::new("dkim-html");
pub const KEY_LEFT_OVER: Code = Code::new("dkim-key-left-over");
pub const KEY_LOWER_CASE: Code = Code::new("dkim-key-lower-case");
pub const KEY_SHORT: Code = Code::new("dkim-key-short");
pub const KEY_TOO_LONG: Code = Code::new("dkim-key-too-long");
pub const KEY_TOO_SHORT: Code = Code::new("dkim-key-too-short");
pub const KEY_TRUNCATED: Code = Code::new("dkim-key-truncated");
pub const KEY_TYPE_MISSING: Code = Code::new("dkim-key-type-missing");
pub const KEY_TYPE_WRONG: Code = Code::new("dkim-key-type-wrong");
pub const KEY_UNREADABLE: Code = Code::new("dkim-key-unreadable");
pub const KEY_WITHOUT_WRAPPER: Code = Code::new("dkim-key-without-wrapper");
pub const MISSING_SEMICOLON: Code = Code::new("dkim-missing-semicolon");
pub const NO_KEY: Code = Code::new("dkim-no-key");
pub const NO_SHA256: Code = Code::new("dkim-no-sha256");
pub const NOT_FOR_EMAIL: Code = Code::new("dkim-not-for-email");
pub const OTHER_TEXT: Code = Code::new("dkim-other-text");
pub const PADDING_MISSING: Code = Code::new("dkim-padding-missing");
pub const PEM_LINES: Code = Code::new("dkim-pem-lines");
pub const PLACEHOLDER: Code = Code::new("dkim-placeholder");
pub const PLUS_LOST: Code = Code::new("dkim-plus-lost");
pub const PRIVATE_KEY_PUBLISHED: Code = Code::new("dkim-private-key-published");
pub const QUOTES: Code = Code::new("dkim-quotes");
pub const REVOKED: Code = Code::new("dkim-revoked");
pub const SEVERAL_RECORDS: Code = Code::new("dkim-several-records");
pub const SHORTENED: Code = Code::new("dkim-shortened");
pub const SPF_RECORD_HERE: Code = Code::new("dkim-spf-record-here");
pub const SYNTAX: Code = Code::new("dkim-syntax");
pub const TAGS_MISSING: Code = Code::new("dkim-tags-missing");
pub const TESTING: Code = Code::new("dkim-testing");
pub const UNKNOWN_KEY_TYPE: Code = Code::new("dkim-unknown-key-type");
pub const VERSION_NOT_FIRST: Code = Code::new("dkim-version-not-first");
pub const ZONE_LINE_PASTED: Code = Code::new("dkim-zone-line-pasted");

/// Every code above: each has a page that explains it.
pub const ALL: &[Code] = &[
    BACKSLASHES,
    BAD_BASE64,
    BAD_VERSION,
    CERTIFICATE,
    DMARC_RECORD_HERE,
    ED25519_WRAPPED,
    EMPTY,
    FOREIGN_CHARACTER,
    HTML,
    KEY_LEFT_OVER,
    KEY_LOWER_CASE,
    KEY_SHORT,
    KEY_TOO_LONG,
    KEY_TOO_SHORT,
    KEY_TRUNCATED,
    KEY_TYPE_MISSING,
    KEY_TYPE_WRONG,
    KEY_UNREADABLE,
    KEY_WITHOUT_WRAPPER,
    MISSING_SEMICOLON,
    NO_KEY,
    NO_SHA256,
    NOT_FOR_EMAIL,
    OTHER_TEXT,
    PADDING_MISSING,
    PEM_LINES,
    PLACEHOLDER,
    PLUS_LOST,
    PRIVATE_KEY_PUBLISHED,
    QUOTES,
    REVOKED,
    SEVERAL_RECORDS,
    SHORTENED,
    SPF_RECORD_HERE,
    SYNTAX,
    TAGS_MISSING,
    TESTING,
    UNKNOWN_KEY_TYPE,
    VERSION_NOT_FIRST,
    ZONE_LINE_PASTED,
];
