//! The records in the form that a panel, a zone file or a script wants. One table, [`FORMATS`], one file a format.
//!
//! A TXT is one string in the records; it is cut into character-strings where it is written down.

pub mod fields;
pub mod json;
pub mod zone;

use crate::catalog::dns_host::DnsHost;
use crate::records::name::DomainName;
use crate::records::record;
use crate::records::record::Record;

/// What is exported: the records of one setup, in the order in which to publish them.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub domain: DomainName,
    pub rows: Vec<Row>,
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
}

/// One way to write records down.
pub struct Format {
    /// The word of the command line.
    pub id: &'static str,
    /// One line for the help.
    pub about: &'static str,
    pub print: fn(&Sheet) -> String,
}

/// Every format, the usual one first.
pub const FORMATS: [Format; 3] = [
    Format {
        id: "fields",
        about: "the rows as the panel of your DNS host wants them",
        print: fields::print,
    },
    Format {
        id: "zone",
        about: "lines of a zone file (RFC 1035)",
        print: zone::print,
    },
    Format {
        id: "json",
        about: "one JSON document",
        print: json::print,
    },
];

pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}

/// A TXT value as character-strings, in presentation form without the quotes.
pub fn strings(value: &str) -> Vec<String> {
    record::strings(value)
}
