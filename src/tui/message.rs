//! All that happens to the wizard.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::audit::report::Report;
use crate::catalog::signer::Signer;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::records::name::DomainName;
use crate::records::sighting::Sighting;
use crate::tui::clipboard::Handed;
use crate::tui::keys::Key;
use crate::tui::panel::Entry;

/// Something that happened: a key, an answer of the world, time.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// What time it is; comes before every other message.
    Clock(Timestamp),
    Resized {
        width: u16,
        height: u16,
    },
    Pressed(Key),
    /// Text from another window: never executed, only typed.
    Pasted(String),
    /// The saved setups were read.
    Listed(Listing),
    Opened(Box<Opened>),
    NotOpened {
        domain: String,
        trouble: Trouble,
    },
    Saved(Result<(), Trouble>),
    /// A survey goes on: what is known so far.
    SurveyGrew {
        ticket: u64,
        report: Box<Report>,
    },
    Surveyed {
        ticket: u64,
        report: Box<Report>,
    },
    Looked {
        ticket: u64,
        sight: Sight,
    },
    Asked {
        ticket: u64,
        sightings: Vec<Sighting>,
    },
    KeyMade {
        domain: String,
        sender: String,
        made: Result<MadeKey, Trouble>,
    },
    /// What programs made of a text for the clipboard.
    Handed {
        ticket: u64,
        handed: Handed,
    },
    /// The files for a signer are in this folder, which is named from the setup's, or could not be written.
    SignerFiles {
        domain: String,
        sender: String,
        signer: Signer,
        selectors: Vec<String>,
        folder: Result<String, Trouble>,
    },
    /// The private half of a key is put away, or not.
    KeyRetired {
        domain: String,
        sender: String,
        selector: String,
        retired: Result<(), Trouble>,
    },
    Exported(Result<Exported, Trouble>),
    /// The pretend world stands, or cannot.
    Practicing(Result<Pretend, Trouble>),
    /// The pretend panel as it stands now, or why an entry was not taken.
    Panel(Result<PanelView, Trouble>),
    /// The shell let the process go on.
    Resumed,
    /// The terminal is gone, or a signal asked to end.
    Told,
}

/// What a look at a record brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Sight {
    Seen {
        zone: DomainName,
        sightings: Vec<Sighting>,
    },
    /// What resolvers said, which alone were asked (DNS over HTTPS).
    ByResolvers {
        zone: DomainName,
        sightings: Vec<Sighting>,
    },
    /// The zone's servers could not be found; says nothing about the record.
    NoZone { why: String },
}

/// The data folder and what it holds.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Listing {
    /// Why the folder cannot be written, where so.
    pub trouble: Option<Trouble>,
    pub setups: Vec<Saved>,
}

/// A saved setup, or why it cannot be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    pub domain: String,
    pub facts: Result<Box<Facts>, Trouble>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    pub facts: Facts,
    /// Why nothing can be changed, where so: another nobounce has it, or the folder cannot be written.
    pub look_only: Option<Trouble>,
    /// Selectors of keys made here whose private half is not on disk as it was.
    pub lost_keys: BTreeSet<String>,
    /// The folder of the setup, where it stays.
    pub folder: Option<String>,
}

/// A file with the records of the setup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    pub path: String,
    /// Names of key records that are not in it, for their private halves are gone.
    pub left_out: Vec<String>,
}

/// The pretend domain of practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pretend {
    pub domain: String,
    /// Waits are short.
    pub fast: bool,
}

/// The pretend panel's records, and what the pretend consoles show to be collected.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PanelView {
    pub entries: Vec<Entry>,
    pub console: Vec<Console>,
}

/// A value that the pretend console of a sender shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Console {
    pub sender: String,
    pub index: usize,
    pub text: String,
}

/// What went wrong and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub reason: String,
    pub remedy: String,
}
