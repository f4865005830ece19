//! The codes of every finding that a verdict brings.

use crate::records::finding::Code;

pub const NAME_DOUBLED: Code = Code::new("panel-name-doubled");
pub const AT_APEX: Code = Code::new("panel-at-apex");
pub const AT_WWW: Code = Code::new("panel-at-www");
pub const UNDERSCORE_MISSING: Code = Code::new("panel-underscore-missing");
pub const DOMAINKEY_MISSING: Code = Code::new("panel-domainkey-missing");
/// The DMARC record below `_domainkey`.
pub const DOMAINKEY_ADDED: Code = Code::new("panel-domainkey-added");
pub const SELECTOR_MISSING: Code = Code::new("panel-selector-missing");
pub const NAME_SWAPPED: Code = Code::new("panel-name-swapped");
pub const QUOTES_KEPT: Code = Code::new("panel-quotes-kept");
pub const CURLY_QUOTES: Code = Code::new("panel-curly-quotes");
pub const SECOND_RECORD: Code = Code::new("panel-second-record");
pub const CUT_AT_255: Code = Code::new("panel-cut-at-255");
pub const SPACE_AT_JOIN: Code = Code::new("panel-space-at-join");
pub const BACKSLASH_SEMICOLON: Code = Code::new("panel-backslash-semicolon");
pub const TRAILING_SPACE: Code = Code::new("panel-trailing-space");
pub const KEY_LOWER_CASED: Code = Code::new("panel-key-lower-cased");
pub const CNAME_BESIDE_TXT: Code = Code::new("panel-cname-beside-txt");
pub const WILDCARD_ANSWERS: Code = Code::new("panel-wildcard-answers");
pub const CNAME_PROXIED: Code = Code::new("panel-cname-proxied");
pub const TARGET_DOUBLED: Code = Code::new("panel-target-doubled");
pub const WRONG_TYPE: Code = Code::new("panel-wrong-type");
pub const EDITED_ELSEWHERE: Code = Code::new("panel-edited-elsewhere");
pub const NOT_APPLIED: Code = Code::new("panel-not-applied");
pub const OTHER_CHANGE: Code = Code::new("panel-other-change");
pub const HOST_DEFAULT: Code = Code::new("dmarc-host-default");
pub const REWRITTEN_BY_HOST: Code = Code::new("spf-rewritten-by-host");
pub const BEHIND_ALIAS: Code = Code::new("record-behind-alias");
pub const TARGET_EMPTY: Code = Code::new("dkim-target-empty");
pub const NS_SILENT: Code = Code::new("ns-silent");
/// As in `audit::codes`: the zone is signed, and receivers that check the signature see nothing.
pub const DNSSEC_BROKEN: Code = Code::new("dnssec-broken");
pub const NS_LAME: Code = Code::new("ns-lame");
pub const NS_DISAGREE: Code = Code::new("ns-disagree");
/// Name servers were not asked.
pub const RESOLVER_VIEW: Code = Code::new("dns-resolver-view");
pub const RESOLVER_TROUBLE: Code = Code::new("resolver-trouble");

/// Every code above: each has a page that explains it.
pub const ALL: &[Code] = &[
    NAME_DOUBLED,
    AT_APEX,
    AT_WWW,
    UNDERSCORE_MISSING,
    DOMAINKEY_MISSING,
    DOMAINKEY_ADDED,
    SELECTOR_MISSING,
    NAME_SWAPPED,
    QUOTES_KEPT,
    CURLY_QUOTES,
    SECOND_RECORD,
    CUT_AT_255,
    SPACE_AT_JOIN,
    BACKSLASH_SEMICOLON,
    TRAILING_SPACE,
    KEY_LOWER_CASED,
    CNAME_BESIDE_TXT,
    WILDCARD_ANSWERS,
    CNAME_PROXIED,
    TARGET_DOUBLED,
    WRONG_TYPE,
    EDITED_ELSEWHERE,
    NOT_APPLIED,
    OTHER_CHANGE,
    HOST_DEFAULT,
    REWRITTEN_BY_HOST,
    BEHIND_ALIAS,
    TARGET_EMPTY,
    NS_SILENT,
    DNSSEC_BROKEN,
    NS_LAME,
    NS_DISAGREE,
    RESOLVER_VIEW,
    RESOLVER_TROUBLE,
];
