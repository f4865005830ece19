//! Keeps setups and private keys on disk.
//!
//! ```text
//! DATA/                      --data-dir, NOBOUNCE_DATA_DIR, or the XDG data folder + "nobounce"
//!   example.com/             0700; the A-label form of the domain
//!     setup.json             0600; {"schema": 1, "nobounce": "0.1.0", "facts": {...}}; written by replacing
//!     setup.json.prev        the copy before the last change
//!     lock                   held by the one nobounce that may write; says who; never deleted
//!     keys/                  0700
//!       nb2611.pem           0600; PKCS#8; made once, never written over
//!       retired/             keys that sign no more
//!     signers/               copies of keys in the form that a program on a mail server reads, where they were asked for
//! ```
//!
//! A file is written beside its place under the name `.nobounce-*.tmp`, synced, renamed into its place, and
//! then the folder is synced: after a crash the old or the new content is there, whole. What a crash leaves
//! under such a name is swept out when the setup is opened next. A setup that cannot be read, or that a newer
//! nobounce wrote, is never written to. Nothing secret is in `setup.json`.

pub mod error;
pub mod file;
pub mod handover;
pub mod keys;
pub mod lock;
pub mod setup;
mod unknown;

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use etcetera::BaseStrategy;
use jiff::Timestamp;

use crate::plan::facts::Facts;
use crate::records::name::DomainName;
use crate::store::error::StoreError;
use crate::store::setup::Setup;

/// The most entries of the data folder that are looked at.
const MOST_ENTRIES: usize = 20_000;

/// The folder that holds the setups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    root: PathBuf,
}

/// One saved setup, or why it cannot be read.
#[derive(Debug)]
pub struct Listed {
    pub domain: DomainName,
    pub facts: Result<Facts, StoreError>,
}

impl Store {
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder that was asked for, else the usual one of this user.
    pub fn locate(asked: Option<&Path>) -> Result<Self, StoreError> {
        if let Some(root) = asked {
            return Ok(Self::at(root.to_owned()));
        }
        let data = etcetera::choose_base_strategy()
            .map(|strategy| strategy.data_dir())
            .map_err(|_| StoreError::NoHome)?;
        if !data.is_absolute() {
            return Err(StoreError::NoHome);
        }
        Ok(Self::at(data.join("nobounce")))
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the data folder if it is missing and proves that it takes files: to be said at the start, not at the first save.
    pub fn prepare(&self) -> Result<(), StoreError> {
        file::make_folders(&self.root)?;
        file::temporary(&self.root, &self.root).map(drop)
    }

    /// The folder of a domain's setup, whether or not it exists.
    pub fn folder(&self, domain: &DomainName) -> Result<PathBuf, StoreError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if domain.is_root() || !domain.as_str().bytes().all(plain) {
            return Err(StoreError::NameUnfit {
                domain: domain.clone(),
            });
        }
        Ok(self.root.join(domain.as_str()))
    }

    /// Reads a setup without holding it; None where there is none.
    pub fn look(&self, domain: &DomainName) -> Result<Option<Facts>, StoreError> {
        Ok(setup::load(&self.folder(domain)?, domain)?.map(|document| document.facts))
    }

    /// Opens a setup for writing, making its folder if it is missing. Fails where another nobounce holds it, and
    /// where what is saved must not be written over. `now` is noted in the lock.
    pub fn open(&self, domain: &DomainName, now: Timestamp) -> Result<Setup, StoreError> {
        let folder = self.folder(domain)?;
        file::make_folders(&self.root)?;
        file::make_folder(&folder)?;
        Setup::open(folder, domain.clone(), now)
    }

    /// Every saved setup, in the order of the names.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::not_read(&self.root, error)),
        };
        let mut listed = Vec::new();
        for entry in entries.take(MOST_ENTRIES) {
            let entry = entry.map_err(|error| StoreError::not_read(&self.root, error))?;
            let Some(domain) = entry.file_name().to_str().and_then(setup_name) else {
                continue;
            };
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            match self.look(&domain) {
                Ok(None) => {}
                Ok(Some(facts)) => listed.push(Listed {
                    domain,
                    facts: Ok(facts),
                }),
                Err(error) => listed.push(Listed {
                    domain,
                    facts: Err(error),
                }),
            }
        }
        listed.sort_by(|a, b| a.domain.cmp(&b.domain));
        Ok(listed)
    }
}

/// The domain of a folder's name, where the name is one that a setup's folder has.
fn setup_name(name: &str) -> Option<DomainName> {
    let domain: DomainName = name.parse().ok()?;
    (!domain.is_root() && domain.as_str() == name).then_some(domain)
}
