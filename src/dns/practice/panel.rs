//! What a panel makes of what is typed into it: the name completed, the value kept as it is, a plain refusal where even a panel refuses.

use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::rdata::AAAA;
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::rdata::MX;
use hickory_resolver::proto::rr::rdata::NULL;
use hickory_resolver::proto::rr::rdata::TXT;

use crate::dns::wire::wire_name;
use crate::dns::wire::wire_type;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// Bytes of one character-string (RFC 1035, section 3.3).
const STRING: usize = 255;

/// Bytes that the value field takes.
const LONGEST_VALUE: usize = 4096;

/// What is typed into the fields of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelEntry {
    pub record_type: RecordType,
    /// Relative to the domain; `@` or nothing is the domain itself. The panel adds the domain behind every name.
    pub name: String,
    pub value: String,
    pub behavior: Behavior,
}

/// Habits of real panels that break records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    /// Keeps what is typed.
    #[default]
    Keeps,
    /// Keeps the first 255 bytes of a text and drops the rest.
    CutsAt255,
    /// Adds the domain to targets of CNAME and MX that do not end with a dot.
    CompletesTargets,
}

/// What the panel saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelSaved {
    pub owner: DomainName,
    pub value: String,
    /// The value that stood there before an edit.
    pub replaced: Option<String>,
}

/// One line of the panel's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelRow {
    pub record_type: RecordType,
    /// Relative to the domain, `@` for the domain itself.
    pub name: String,
    pub value: String,
}

/// One record of the pretend zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub owner: DomainName,
    pub record_type: RecordType,
    pub value: String,
}

impl Row {
    pub(super) fn listed(&self, apex: &DomainName) -> PanelRow {
        let name = match self.owner.relative_to(apex) {
            Some("") | None => "@",
            Some(name) => name,
        };
        PanelRow {
            record_type: self.record_type,
            name: name.to_owned(),
            value: self.value.clone(),
        }
    }

    pub(super) fn saved(&self, replaced: Option<String>) -> PanelSaved {
        PanelSaved {
            owner: self.owner.clone(),
            value: self.value.clone(),
            replaced,
        }
    }
}

/// The record that an entry makes beside `others`, or the refusal.
pub(super) fn accept(entry: &PanelEntry, apex: &DomainName, others: &[Row]) -> Result<Row, String> {
    let owner = owner_of(&entry.name, apex)?;
    let row = Row {
        value: kept(entry, apex),
        record_type: entry.record_type,
        owner,
    };
    data_of(row.record_type, &row.value)?;
    let alias = row.record_type == RecordType::Cname;
    if alias && row.owner == *apex {
        return Err(
            "An alias (CNAME) cannot stand at the domain itself. Give it a name in front."
                .to_owned(),
        );
    }
    let beside = |other: &&Row| other.owner == row.owner;
    if let Some(other) = others
        .iter()
        .filter(beside)
        .find(|other| (alias || other.record_type == RecordType::Cname) || **other == row)
    {
        return Err(if *other == row {
            "This record is already there.".to_owned()
        } else {
            format!(
                "There is already a {} record at this name, and an alias (CNAME) must stand alone. Remove one of the two.",
                other.record_type
            )
        });
    }
    Ok(row)
}

/// The whole name that a panel makes of its name field.
pub(super) fn owner_of(typed: &str, apex: &DomainName) -> Result<DomainName, String> {
    let typed = typed.trim();
    if typed.is_empty() || typed == "@" {
        return Ok(apex.clone());
    }
    if let Some(whole) = typed.strip_suffix('.') {
        let outside = || format!("The name is not part of {apex}. This panel edits {apex} only.");
        let whole: DomainName = whole
            .parse()
            .map_err(|error| format!("Not a name: {error}."))?;
        return if whole.is_within(apex) {
            Ok(whole)
        } else {
            Err(outside())
        };
    }
    apex.prefixed(typed)
        .map_err(|error| format!("Not a name: {error}."))
}

/// The value as the panel keeps it.
fn kept(entry: &PanelEntry, apex: &DomainName) -> String {
    let text = &entry.value;
    match (entry.record_type, entry.behavior) {
        (RecordType::Txt | RecordType::Spf, Behavior::CutsAt255) => {
            let mut end = text.len().min(STRING);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text[..end].to_owned()
        }
        (RecordType::Txt | RecordType::Spf, _) => text.clone(),
        (RecordType::Cname | RecordType::Mx, Behavior::CompletesTargets)
            if !text.trim().ends_with('.') =>
        {
            format!("{}.{apex}", text.trim())
        }
        _ => text.trim().to_owned(),
    }
}

/// The value as data of the type, or why it is none.
pub(super) fn data_of(record_type: RecordType, value: &str) -> Result<RData, String> {
    if value.trim().is_empty() {
        return Err("The value is empty.".to_owned());
    }
    if value.len() > LONGEST_VALUE {
        return Err(format!(
            "The value is longer than {LONGEST_VALUE} characters."
        ));
    }
    match record_type {
        RecordType::Txt => Ok(RData::TXT(TXT::from_bytes(
            value.as_bytes().chunks(STRING).collect(),
        ))),
        RecordType::Spf => {
            let mut strings = Vec::with_capacity(value.len() + value.len() / STRING + 1);
            for string in value.as_bytes().chunks(STRING) {
                strings.push(string.len() as u8);
                strings.extend_from_slice(string);
            }
            Ok(RData::Unknown {
                code: wire_type(RecordType::Spf),
                rdata: NULL::with(strings),
            })
        }
        RecordType::Cname => Ok(RData::CNAME(CNAME(target(value)?))),
        RecordType::Mx => {
            let shape =
                || "Write a mail server as a number and a name: 10 mail.example.".to_owned();
            let (preference, exchange) = value.trim().split_once(' ').ok_or_else(shape)?;
            let preference = preference.parse().map_err(|_| shape())?;
            Ok(RData::MX(MX::new(preference, target(exchange)?)))
        }
        RecordType::A => {
            let address: Ipv4Addr = value
                .parse()
                .map_err(|_| "An A record holds an IPv4 address.".to_owned())?;
            Ok(RData::A(A(address)))
        }
        RecordType::Aaaa => {
            let address: Ipv6Addr = value
                .parse()
                .map_err(|_| "An AAAA record holds an IPv6 address.".to_owned())?;
            Ok(RData::AAAA(AAAA(address)))
        }
        RecordType::Ns | RecordType::Soa | RecordType::Ptr | RecordType::Dname => Err(format!(
            "{record_type} records are kept by the DNS host here."
        )),
    }
}

/// The wire type of data made by [`data_of`].
pub(super) fn type_of(record_type: RecordType) -> WireType {
    wire_type(record_type)
}

fn target(text: &str) -> Result<Name, String> {
    let name: DomainName = text
        .trim()
        .parse()
        .map_err(|error| format!("The target is not a name: {error}."))?;
    wire_name(&name).ok_or_else(|| "The target is not a name.".to_owned())
}
