//! What the wizard asks of the world: plain values, compared in tests.

use crate::catalog::signer::Signer;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::records::dkim::Algorithm;
use crate::records::dkim::Selector;
use crate::records::record::Record;
use crate::records::sighting::Question;
use crate::tui::clipboard::Program;
use crate::tui::panel::Entry;

/// An order. Answers come back as a `Message`; those that may come late carry a ticket.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Read the saved setups.
    List,
    /// Open or begin the setup of a domain; the one that is open is let go.
    Open { domain: String },
    /// Keep the facts of the open setup.
    Save { facts: Box<Facts> },
    /// Let the open setup go.
    Close,
    /// Look at the whole domain.
    Survey {
        ticket: u64,
        domain: String,
        selectors: Vec<Selector>,
    },
    /// Look for one record.
    Look { ticket: u64, record: Box<Record> },
    /// Ask one question of the resolvers.
    Ask { ticket: u64, question: Question },
    /// Ask resolvers over HTTPS from now on, and nobody else.
    OverHttps,
    /// Make a key pair and put its private half on disk.
    MakeKey {
        domain: String,
        sender: String,
        selector: Selector,
        algorithm: Algorithm,
    },
    /// Write the files for a signer into the setup's folder.
    FilesForSigner {
        facts: Box<Facts>,
        sender: String,
        signer: Signer,
        selectors: Vec<String>,
    },
    /// Put the private half of a key away.
    RetireKey {
        domain: String,
        sender: String,
        key: MadeKey,
    },
    /// Hand a text to the terminal's clipboard (OSC 52).
    Copy(String),
    /// Hand a text to programs that fill a clipboard.
    HandOver {
        ticket: u64,
        programs: Vec<Program>,
        text: String,
    },
    /// Leave the frame and print a text on a line of its own.
    ShowBare(String),
    /// Come back into the frame.
    Return,
    /// Write the records of the setup to a file, in the format of that id.
    Export {
        facts: Box<Facts>,
        format: &'static str,
    },
    /// Start the pretend world of practice.
    Practice { fast: bool },
    /// Read what stands in the pretend panel, and what the pretend consoles show.
    ReadPanel,
    /// Put a record into the pretend panel: a new one, or in the place of the one at `at`.
    PanelSave {
        at: Option<usize>,
        entry: Entry,
        cut: bool,
    },
    /// Take a record out of the pretend panel.
    PanelRemove { at: usize },
    /// Put the pretend panel into the state in which it was left.
    PanelRestore { entries: Vec<Entry> },
    /// Let the pretend DNS forget its old copies.
    SkipWait,
    /// Stop until the shell goes on.
    Suspend,
    /// Give the terminal back and end.
    Quit,
}
