//! The codes of every finding about SPF.

use crate::records::finding::Code;

pub const TWO_RECORDS: Code = Code::new("spf-two-records");
pub const SYNTAX_ERROR: Code = Code::new("spf-syntax-error");
pub const QUOTES_KEPT: Code = Code::new("spf-quotes-kept");
pub const CURLY_QUOTES: Code = Code::new("spf-curly-quotes");
pub const BACKSLASH_KEPT: Code = Code::new("spf-backslash-kept");
pub const SPACE_IN_FRONT: Code = Code::new("spf-space-in-front");
pub const NOT_ASCII: Code = Code::new("spf-not-ascii");
pub const CONTROL_CHARACTER: Code = Code::new("spf-control-character");
pub const VERSION_WRONG: Code = Code::new("spf-version-wrong");
pub const INCLUDE_OF_ADDRESS: Code = Code::new("spf-include-of-address");
pub const ALL_MISSING: Code = Code::new("spf-all-missing");
pub const PLUS_ALL: Code = Code::new("spf-plus-all");
pub const NEUTRAL_ALL: Code = Code::new("spf-neutral-all");
pub const MINUS_ALL: Code = Code::new("spf-minus-all");
pub const NO_SENDERS: Code = Code::new("spf-no-senders");
pub const TERMS_AFTER_ALL: Code = Code::new("spf-terms-after-all");
pub const REDIRECT_IGNORED: Code = Code::new("spf-redirect-ignored");
pub const PTR: Code = Code::new("spf-ptr");
pub const DUPLICATE_TERM: Code = Code::new("spf-duplicate-term");
pub const EQUALS_FOR_COLON: Code = Code::new("spf-equals-for-colon");
pub const PRIVATE_ADDRESS: Code = Code::new("spf-private-address");
pub const RANGE_TOO_WIDE: Code = Code::new("spf-range-too-wide");
pub const RECORD_LONG: Code = Code::new("spf-record-long");
pub const MACROS: Code = Code::new("spf-macros");
pub const TOO_MANY_LOOKUPS: Code = Code::new("spf-too-many-lookups");
pub const LOOKUPS_NEAR_LIMIT: Code = Code::new("spf-lookups-near-limit");
pub const TOO_MANY_VOID_LOOKUPS: Code = Code::new("spf-too-many-void-lookups");
pub const INCLUDE_MISSING: Code = Code::new("spf-include-missing");
pub const INCLUDE_BROKEN: Code = Code::new("spf-include-broken");
pub const INCLUDE_LOOP: Code = Code::new("spf-include-loop");
pub const MX_TOO_MANY_HOSTS: Code = Code::new("spf-mx-too-many-hosts");
pub const TERM_FINDS_NOTHING: Code = Code::new("spf-term-finds-nothing");
pub const INCLUDE_TWICE: Code = Code::new("spf-include-twice");
pub const TERM_COVERED: Code = Code::new("spf-term-covered");
pub const LOOKUP_TROUBLE: Code = Code::new("spf-lookup-trouble");

pub const ALLOWS_EVERYONE: Code = Code::new("spf-allows-everyone");
pub const NOT_A_HOST_NAME: Code = Code::new("spf-not-a-host-name");

/// Every code above: each has a page that explains it.
pub const ALL: &[Code] = &[
    TWO_RECORDS,
    SYNTAX_ERROR,
    QUOTES_KEPT,
    CURLY_QUOTES,
    BACKSLASH_KEPT,
    SPACE_IN_FRONT,
    NOT_ASCII,
    CONTROL_CHARACTER,
    VERSION_WRONG,
    INCLUDE_OF_ADDRESS,
    ALL_MISSING,
    PLUS_ALL,
    NEUTRAL_ALL,
    MINUS_ALL,
    NO_SENDERS,
    TERMS_AFTER_ALL,
    REDIRECT_IGNORED,
    PTR,
    DUPLICATE_TERM,
    EQUALS_FOR_COLON,
    PRIVATE_ADDRESS,
    RANGE_TOO_WIDE,
    RECORD_LONG,
    MACROS,
    TOO_MANY_LOOKUPS,
    LOOKUPS_NEAR_LIMIT,
    TOO_MANY_VOID_LOOKUPS,
    INCLUDE_MISSING,
    INCLUDE_BROKEN,
    INCLUDE_LOOP,
    MX_TOO_MANY_HOSTS,
    TERM_FINDS_NOTHING,
    INCLUDE_TWICE,
    TERM_COVERED,
    LOOKUP_TROUBLE,
    ALLOWS_EVERYONE,
    NOT_A_HOST_NAME,
];
