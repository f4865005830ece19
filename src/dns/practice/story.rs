//! The pretend world as its asset tells it.

use serde::Deserialize;

use crate::dns::practice::panel::Row;
use crate::dns::practice::panel::data_of;
use crate::dns::practice::panel::owner_of;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// A pretend domain, its zone as it is in the beginning, and the zones of others that it leans on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    pub domain: DomainName,
    /// What the consoles of the services show, to be pasted.
    pub console: Vec<ConsoleValue>,
    pub(super) zones: Vec<StoryZone>,
}

/// A record as the console of a service shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleValue {
    /// Id of the service in the catalog.
    pub service: String,
    pub record_type: RecordType,
    /// As shown: relative to the domain.
    pub name: String,
    pub value: String,
}

/// Why a story cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoryError {
    #[error("the practice story cannot be read: {0}")]
    Unreadable(String),
    #[error("the practice story has no zone for its domain {0}")]
    NoZone(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoryZone {
    pub apex: DomainName,
    pub servers: Vec<DomainName>,
    pub rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    domain: String,
    zone: Vec<WrittenZone>,
    console: Vec<WrittenConsole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenZone {
    apex: String,
    servers: Vec<String>,
    records: Vec<WrittenRecord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRecord {
    name: String,
    r#type: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConsole {
    service: String,
    r#type: String,
    name: String,
    value: String,
}

impl Story {
    /// The bakery: mail at Google Workspace, a newsletter by Mailchimp, an SPF record that protects nothing, no DKIM, no DMARC.
    pub fn bakery() -> Result<Self, StoryError> {
        Self::read(include_str!("../../../assets/practice/bakery.toml"))
    }

    pub fn read(text: &str) -> Result<Self, StoryError> {
        let written: Written =
            toml::from_str(text).map_err(|error| StoryError::Unreadable(error.to_string()))?;
        let domain = name(&written.domain)?;
        let mut zones = Vec::new();
        for zone in written.zone {
            zones.push(zone.read()?);
        }
        if !zones.iter().any(|zone| zone.apex == domain) {
            return Err(StoryError::NoZone(domain.to_string()));
        }
        let mut console = Vec::new();
        for shown in written.console {
            console.push(ConsoleValue {
                service: shown.service,
                record_type: record_type(&shown.r#type)?,
                name: shown.name,
                value: shown.value,
            });
        }
        Ok(Self {
            domain,
            console,
            zones,
        })
    }

    /// The name servers of the pretend domain.
    pub fn servers(&self) -> &[DomainName] {
        self.zones
            .iter()
            .find(|zone| zone.apex == self.domain)
            .map_or(&[], |zone| &zone.servers)
    }
}

impl WrittenZone {
    fn read(self) -> Result<StoryZone, StoryError> {
        let apex = name(&self.apex)?;
        let mut servers = Vec::new();
        for server in &self.servers {
            servers.push(name(server)?);
        }
        let mut rows = Vec::new();
        for record in self.records {
            let row = Row {
                owner: owner_of(&record.name, &apex).map_err(StoryError::Unreadable)?,
                record_type: record_type(&record.r#type)?,
                value: record.value,
            };
            data_of(row.record_type, &row.value).map_err(StoryError::Unreadable)?;
            rows.push(row);
        }
        Ok(StoryZone {
            apex,
            servers,
            rows,
        })
    }
}

fn name(text: &str) -> Result<DomainName, StoryError> {
    text.parse()
        .map_err(|error| StoryError::Unreadable(format!("{text}: {error}")))
}

fn record_type(text: &str) -> Result<RecordType, StoryError> {
    let known = [
        RecordType::A,
        RecordType::Aaaa,
        RecordType::Cname,
        RecordType::Mx,
        RecordType::Txt,
        RecordType::Spf,
    ];
    known
        .into_iter()
        .find(|known| known.as_str() == text)
        .ok_or_else(|| StoryError::Unreadable(format!("no record type: {text}")))
}
