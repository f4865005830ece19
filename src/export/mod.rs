//! The records in the form that a panel, a zone file or a script wants. One table, [`FORMATS`], one file a format.
//!
//! A TXT is one string everywhere else; it is cut into character-strings here. [`set`] decides what becomes of what stands at a name
//! already; [`standing`] says what that is.

pub mod dnscontrol;
pub mod fields;
pub mod hand_over;
pub mod html;
pub mod json;
pub mod markdown;
pub mod nsupdate;
pub mod octodns;
mod rival;
pub mod route53;
pub mod rows;
pub mod set;
pub mod signer;
pub mod standing;
pub mod terraform;
pub mod text;
pub mod zone;

use jiff::civil::Date;

use crate::catalog::dns_host::DnsHost;
use crate::export::set::Change;
use crate::export::set::Set;
use crate::export::terraform::Provider;
use crate::records::name::DomainName;
use crate::records::record::Record;

pub use crate::export::set::There;

/// What is exported: the records of one setup, in the order in which to publish them.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub domain: DomainName,
    pub rows: Vec<Row>,
    /// The day on which it is made.
    pub made: Date,
    /// The day of the look that says what is there now; None: nobody looked.
    pub looked: Option<Date>,
    /// The domain's own; empty where they are not known.
    pub name_servers: Vec<DomainName>,
    /// Who asks for the records, as typed.
    pub asked_by: Option<String>,
    /// The Terraform provider that was asked for.
    pub provider: Option<&'static Provider>,
}

/// A record, and where it goes.
#[derive(Clone, Debug)]
pub struct Row {
    /// In plain words.
    pub purpose: String,
    pub record: Record,
    /// The apex of the zone that holds the owner name.
    pub zone: DomainName,
    /// Who answers for that zone, where it is known.
    pub host: Option<&'static DnsHost>,
    /// The word of the newest verdict; `unknown` where nobody looked.
    pub state: String,
    /// What is at the name now and goes away; escaped.
    pub replaces: Option<String>,
    /// All that stands at the name now, of this and of others.
    pub there: There,
}

/// One way to write records down.
pub struct Format {
    /// The word of the command line.
    pub id: &'static str,
    /// One line for the help.
    pub about: &'static str,
    /// How the names of such files end.
    pub ending: &'static str,
    pub print: fn(&Sheet) -> String,
}

/// Every format, the usual one first.
pub const FORMATS: [Format; 10] = [
    Format {
        id: "fields",
        about: "the rows as the panel of your DNS host wants them",
        ending: "txt",
        print: fields::print,
    },
    Format {
        id: "html",
        about: "a page to hand to whoever holds the DNS",
        ending: "html",
        print: html::print,
    },
    Format {
        id: "markdown",
        about: "the same as text, to send by mail",
        ending: "md",
        print: markdown::print,
    },
    Format {
        id: "zone",
        about: "lines of a zone file (RFC 1035)",
        ending: "zone",
        print: zone::print,
    },
    Format {
        id: "json",
        about: "one JSON document",
        ending: "json",
        print: json::print,
    },
    Format {
        id: "nsupdate",
        about: "a script for nsupdate (DNS UPDATE), which changes nothing that was not seen",
        ending: "nsupdate",
        print: nsupdate::print,
    },
    Format {
        id: "dnscontrol",
        about: "D_EXTEND for DNSControl",
        ending: "js",
        print: dnscontrol::print,
    },
    Format {
        id: "octodns",
        about: "entries of a zone's YAML file for octoDNS",
        ending: "yaml",
        print: octodns::print,
    },
    Format {
        id: "terraform",
        about: "resources for Terraform or OpenTofu; see --provider",
        ending: "tf",
        print: terraform::print,
    },
    Format {
        id: "route53",
        about: "a change batch for Amazon Route 53 (JSON)",
        ending: "route53.json",
        print: route53::print,
    },
];

pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}

/// The zone of the domain: some forms hold one zone.
pub fn main_zone(sheet: &Sheet) -> &DomainName {
    sheet
        .rows
        .iter()
        .map(|row| &row.zone)
        .find(|zone| sheet.domain.is_within(zone))
        .unwrap_or(&sheet.domain)
}

/// The sets that a form leaves out, or writes so that they fail where anything stands: it is not known what is there. Forms that people
/// read or that hold single lines leave out none.
pub fn unknown<'s>(id: &str, sheet: &'s Sheet) -> Vec<Set<'s>> {
    let provider = sheet.provider.or_else(|| terraform::of_sheet(sheet));
    let mut sets = set::sets(sheet);
    sets.retain(|set| {
        let is_unknown = matches!(set.change, Change::Unknown { .. });
        match id {
            "nsupdate" | "route53" | "dnscontrol" => is_unknown,
            "octodns" => is_unknown || !octodns::is_written(set),
            "terraform" => {
                is_unknown || provider.is_some_and(|provider| !terraform::is_written(provider, set))
            }
            _ => false,
        }
    });
    sets
}

/// A line for the head of a file: how old what it knows is. Empty where nobody looked.
fn as_of(sign: &str, sheet: &Sheet) -> String {
    set::oldest(sheet).map_or_else(String::new, |at| {
        let text = format!(
            "what is there already was seen at {at}; if it was changed since, look again and export anew"
        );
        text::comment(sign, &text)
    })
}
