//! The codes of the findings that a whole look makes; those about one record by itself stand with the record.

use crate::records::finding::Code;

/// The clock of this computer is wrong.
pub const CLOCK_IS_WRONG: Code = Code::new("clock-is-wrong");
pub const DELEGATION_BROKEN: Code = Code::new("delegation-broken");
pub const DKIM_DANGLING_ALIAS: Code = Code::new("dkim-dangling-alias");
pub const DKIM_MISSING: Code = Code::new("dkim-missing");
pub const DKIM_NO_SELECTOR_FOUND: Code = Code::new("dkim-no-selector-found");
pub const DMARC_DANGLING_ALIAS: Code = Code::new("dmarc-dangling-alias");
pub const DMARC_EXTERNAL_NOT_AUTHORIZED: Code = Code::new("dmarc-external-not-authorized");
pub const DMARC_MISSING: Code = Code::new("dmarc-missing");
/// DNS questions do not get out of this network.
pub const DNS_BLOCKED: Code = Code::new("dns-blocked");
/// Somebody answers in the place of name servers.
pub const DNS_INTERCEPTED: Code = Code::new("dns-intercepted");
pub const DNSSEC_BROKEN: Code = Code::new("dnssec-broken");
pub const DNSSEC_ENDS_SOON: Code = Code::new("dnssec-ends-soon");
pub const DNS_ANSWER_LARGE: Code = Code::new("dns-answer-large");
pub const DNS_OLD_COPY: Code = Code::new("dns-old-copy");
pub const DNS_RENAMED: Code = Code::new("dns-renamed");
pub const DNS_RESOLVER_ONLY: Code = Code::new("dns-resolver-only");
pub const DNS_RESOLVER_VIEW: Code = Code::new("dns-resolver-view");
pub const DNS_RESOLVERS_DISAGREE: Code = Code::new("dns-resolvers-disagree");
pub const DNS_REWRITTEN: Code = Code::new("dns-rewritten");
pub const DNS_SERVERS_DISAGREE: Code = Code::new("dns-servers-disagree");
pub const DNS_SPLIT_HORIZON: Code = Code::new("dns-split-horizon");
/// Servers gave no usable answer about a record: the one error that is not a mistake in a record.
pub const DNS_TROUBLE: Code = Code::new("dns-trouble");
pub const DOH_BLOCKED: Code = Code::new("doh-blocked");
pub const DOH_NOT_TRUSTED: Code = Code::new("doh-not-trusted");
pub const DOMAIN_DOES_NOT_EXIST: Code = Code::new("domain-does-not-exist");
/// A mail server is named that is not in the DNS.
pub const MX_DOES_NOT_EXIST: Code = Code::new("mx-does-not-exist");
/// An address in place of the name of a mail server.
pub const MX_IS_ADDRESS: Code = Code::new("mx-is-address");
pub const MX_IS_ALIAS: Code = Code::new("mx-is-alias");
pub const MX_MISSING: Code = Code::new("mx-missing");
pub const MX_NULL_BESIDE_OTHERS: Code = Code::new("mx-null-beside-others");
pub const MX_WITHOUT_ADDRESS: Code = Code::new("mx-without-address");
/// The registry keeps another address of a name server than the zone.
pub const NS_GLUE_DIFFERS: Code = Code::new("ns-glue-differs");
pub const NS_IS_ALIAS: Code = Code::new("ns-is-alias");
pub const NS_LAME: Code = Code::new("ns-lame");
pub const NS_LISTS_DIFFER: Code = Code::new("ns-lists-differ");
pub const NS_SERIALS_DIFFER: Code = Code::new("ns-serials-differ");
pub const NS_SILENT: Code = Code::new("ns-silent");
pub const NS_WITHOUT_ADDRESS: Code = Code::new("ns-without-address");
pub const SPF_MISSING: Code = Code::new("spf-missing");

/// Every code above: each has a page that explains it.
pub const ALL: &[Code] = &[
    CLOCK_IS_WRONG,
    DELEGATION_BROKEN,
    DKIM_DANGLING_ALIAS,
    DKIM_MISSING,
    DKIM_NO_SELECTOR_FOUND,
    DMARC_DANGLING_ALIAS,
    DMARC_EXTERNAL_NOT_AUTHORIZED,
    DMARC_MISSING,
    DNS_BLOCKED,
    DNS_INTERCEPTED,
    DNSSEC_BROKEN,
    DNSSEC_ENDS_SOON,
    DNS_ANSWER_LARGE,
    DNS_OLD_COPY,
    DNS_RENAMED,
    DNS_RESOLVER_ONLY,
    DNS_RESOLVER_VIEW,
    DNS_RESOLVERS_DISAGREE,
    DNS_REWRITTEN,
    DNS_SERVERS_DISAGREE,
    DNS_SPLIT_HORIZON,
    DNS_TROUBLE,
    DOH_BLOCKED,
    DOH_NOT_TRUSTED,
    DOMAIN_DOES_NOT_EXIST,
    MX_DOES_NOT_EXIST,
    MX_IS_ADDRESS,
    MX_IS_ALIAS,
    MX_MISSING,
    MX_NULL_BESIDE_OTHERS,
    MX_WITHOUT_ADDRESS,
    NS_GLUE_DIFFERS,
    NS_IS_ALIAS,
    NS_LAME,
    NS_LISTS_DIFFER,
    NS_SERIALS_DIFFER,
    NS_SILENT,
    NS_WITHOUT_ADDRESS,
    SPF_MISSING,
];
