//! Services that send as their customers' domains: newsletters, shops, help desks, invoices.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::dkim::Dkim;
use crate::catalog::dkim::RecordTemplate;
use crate::catalog::dkim::Setup;
use crate::catalog::id::SenderId;
use crate::catalog::suffix::Suffix;
use crate::records::name::DomainName;

/// One entry of `assets/senders/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    pub id: SenderId,
    pub name: String,
    pub category: Category,
    pub confidence: Confidence,
    pub docs: Option<String>,
    /// A Domain Connect template exists.
    pub domain_connect: Option<bool>,
    /// Where the service shows its values.
    #[serde(default)]
    pub menu: Vec<String>,
    /// The service whose servers it sends through.
    pub runs_on: Option<SenderId>,
    pub spf_needed: SpfNeeded,
    #[serde(default)]
    pub spf: Vec<String>,
    /// Mechanisms still met in old records, which can usually go.
    #[serde(default)]
    pub spf_legacy: Vec<String>,
    #[serde(default)]
    pub spf_regional: BTreeMap<String, String>,
    /// DNS look-ups of the mechanism in all; ages, count again.
    pub spf_lookup_cost: Option<u32>,
    /// Where the mechanism belongs, in words.
    pub spf_where: Option<String>,
    #[serde(default)]
    pub spf_borrowed: Vec<String>,
    /// Names under which the mechanisms of single accounts lie.
    #[serde(default)]
    pub spf_suffixes: Vec<Suffix>,
    /// What can align with the Author Domain once set up; empty: not known.
    #[serde(default)]
    pub aligned_by: Vec<Aligned>,
    /// Beginnings of the TXT that proves ownership.
    #[serde(default)]
    pub txt_tokens: Vec<String>,
    /// Where that TXT stands, relative to the domain; None: at the domain itself.
    pub txt_host: Option<String>,
    /// What to do in its console, in words: at most six lines.
    #[serde(default)]
    pub console: Vec<String>,
    pub notes: Option<String>,
    pub return_path: Option<ReturnPath>,
    pub dkim: Option<Dkim>,
    #[serde(default)]
    pub recognize: Recognize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    Marketing,
    Transactional,
    Ecommerce,
    Helpdesk,
    Billing,
    Crm,
    Saas,
    Security,
}

/// How sure the values for setting up are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Only mentioned somewhere.
    Low,
    /// Third parties agree, or the service's own page is old.
    Medium,
    /// The service's own documentation or template.
    High,
}

/// Whether the SPF record of the Organizational Domain needs the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpfNeeded {
    No,
    Optional,
    Yes,
    OnReturnPathSubdomain,
    PerAccount,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aligned {
    Dkim,
    Spf,
}

/// The bounce address (return-path) under a name of the user's domain; values may hold variables.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnPath {
    pub kind: ReturnPathKind,
    pub host: Option<String>,
    pub target: Option<String>,
    /// The SPF record that belongs on the host.
    pub spf: Option<String>,
    #[serde(default)]
    pub records: Vec<RecordTemplate>,
    /// What to publish where the service does not automate it.
    pub manual: Option<String>,
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ReturnPathKind {
    #[serde(rename = "cname")]
    Cname,
    #[serde(rename = "cname-from-console")]
    CnameFromConsole,
    #[serde(rename = "cname-set")]
    CnameSet,
    #[serde(rename = "mx+txt")]
    MxAndTxt,
    #[serde(rename = "txt")]
    Txt,
    #[serde(rename = "ns-delegation-or-cname")]
    DelegationOrCname,
}

/// How aggregate reports show the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognize {
    /// Suffixes of the host names of its addresses.
    #[serde(default)]
    pub rdns: Vec<Suffix>,
    /// Signing domains of its own.
    #[serde(default)]
    pub dkim_d: Vec<Suffix>,
    #[serde(default)]
    pub return_path: Vec<Suffix>,
}

impl Sender {
    pub fn dkim_setup(&self, domain: &DomainName) -> Setup {
        self.dkim
            .as_ref()
            .map_or(Setup::Unknown, |dkim| dkim.setup(domain))
    }
}

impl Category {
    pub const ALL: [Self; 8] = [
        Self::Marketing,
        Self::Transactional,
        Self::Ecommerce,
        Self::Helpdesk,
        Self::Billing,
        Self::Crm,
        Self::Saas,
        Self::Security,
    ];

    /// The category in words, as a heading for a list.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Marketing => "Newsletters and marketing",
            Self::Transactional => "Mail from websites and programs",
            Self::Ecommerce => "Shops and website builders",
            Self::Helpdesk => "Help desks",
            Self::Billing => "Invoices and payments",
            Self::Crm => "Customer management (CRM)",
            Self::Saas => "Other online services",
            Self::Security => "Security and signatures",
        }
    }
}
