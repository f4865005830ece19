//! The codes of every finding about DMARC records.

use crate::records::finding::Code;

pub const BACKSLASHES: Code = Code::new("dmarc-backslashes");
pub const BAD_NONEXISTENT_POLICY: Code = Code::new("dmarc-bad-nonexistent-policy");
pub const BAD_POLICY: Code = Code::new("dmarc-bad-policy");
pub const BAD_REPORT_ADDRESS: Code = Code::new("dmarc-bad-report-address");
pub const BAD_SUBDOMAIN_POLICY: Code = Code::new("dmarc-bad-subdomain-policy");
pub const BAD_VALUE: Code = Code::new("dmarc-bad-value");
pub const BAD_VERSION: Code = Code::new("dmarc-bad-version");
pub const DKIM_RECORD_HERE: Code = Code::new("dmarc-dkim-record-here");
pub const EMPTY: Code = Code::new("dmarc-empty");
pub const EMPTY_TAG: Code = Code::new("dmarc-empty-tag");
pub const EQUALS_MISSING: Code = Code::new("dmarc-equals-missing");
pub const FO_WITHOUT_RUF: Code = Code::new("dmarc-fo-without-ruf");
pub const FOREIGN_CHARACTER: Code = Code::new("dmarc-foreign-character");
pub const GARBAGE: Code = Code::new("dmarc-garbage");
pub const HTML: Code = Code::new("dmarc-html");
pub const LEADING_SPACE: Code = Code::new("dmarc-leading-space");
pub const LINE_ENDS: Code = Code::new("dmarc-line-ends");
pub const MANY_REPORT_ADDRESSES: Code = Code::new("dmarc-many-report-addresses");
pub const MISSING_SEMICOLON: Code = Code::new("dmarc-missing-semicolon");
pub const MONITORING_ONLY: Code = Code::new("dmarc-monitoring-only");
pub const NO_POLICY: Code = Code::new("dmarc-no-policy");
pub const NO_REPORTS: Code = Code::new("dmarc-no-reports");
pub const ORGANIZATIONAL_DOMAIN_DIFFERS: Code = Code::new("dmarc-organizational-domain-differs");
pub const OTHER_TEXT: Code = Code::new("dmarc-other-text");
pub const POLICY_VOID: Code = Code::new("dmarc-policy-void");
pub const PSD: Code = Code::new("dmarc-psd");
pub const QUOTES: Code = Code::new("dmarc-quotes");
pub const REMOVED_TAG: Code = Code::new("dmarc-removed-tag");
pub const REPORTS_REDIRECTED: Code = Code::new("dmarc-reports-redirected");
pub const SIZE_LIMIT: Code = Code::new("dmarc-size-limit");
pub const SPF_RECORD_HERE: Code = Code::new("dmarc-spf-record-here");
pub const SUBDOMAINS_OPEN: Code = Code::new("dmarc-subdomains-open");
pub const SUBDOMAIN_POLICY_IGNORED: Code = Code::new("dmarc-subdomain-policy-ignored");
pub const SYNTAX: Code = Code::new("dmarc-syntax");
pub const TAG_TWICE: Code = Code::new("dmarc-tag-twice");
pub const TESTING: Code = Code::new("dmarc-testing");
pub const TWO_RECORDS: Code = Code::new("dmarc-two-records");
pub const UNKNOWN_TAG: Code = Code::new("dmarc-unknown-tag");
pub const VERSION_NOT_FIRST: Code = Code::new("dmarc-version-not-first");
pub const WEAKER_THAN_PARENT: Code = Code::new("dmarc-weaker-than-parent");
pub const ZONE_LINE_PASTED: Code = Code::new("dmarc-zone-line-pasted");

/// Every code above: each has a page that explains it.
pub const ALL: &[Code] = &[
    BACKSLASHES,
    BAD_NONEXISTENT_POLICY,
    BAD_POLICY,
    BAD_REPORT_ADDRESS,
    BAD_SUBDOMAIN_POLICY,
    BAD_VALUE,
    BAD_VERSION,
    DKIM_RECORD_HERE,
    EMPTY,
    EMPTY_TAG,
    EQUALS_MISSING,
    FO_WITHOUT_RUF,
    FOREIGN_CHARACTER,
    GARBAGE,
    HTML,
    LEADING_SPACE,
    LINE_ENDS,
    MANY_REPORT_ADDRESSES,
    MISSING_SEMICOLON,
    MONITORING_ONLY,
    NO_POLICY,
    NO_REPORTS,
    ORGANIZATIONAL_DOMAIN_DIFFERS,
    OTHER_TEXT,
    POLICY_VOID,
    PSD,
    QUOTES,
    REMOVED_TAG,
    REPORTS_REDIRECTED,
    SIZE_LIMIT,
    SPF_RECORD_HERE,
    SUBDOMAINS_OPEN,
    SUBDOMAIN_POLICY_IGNORED,
    SYNTAX,
    TAG_TWICE,
    TESTING,
    TWO_RECORDS,
    UNKNOWN_TAG,
    VERSION_NOT_FIRST,
    WEAKER_THAN_PARENT,
    ZONE_LINE_PASTED,
];
