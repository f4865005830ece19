//! What can go wrong with what is kept, named by the fact, each with what to do.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::records::dkim::Selector;
use crate::records::name::DomainName;
use crate::store::lock::Holder;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no home folder to keep setups in")]
    NoHome,
    #[error("{domain} cannot be the name of a folder")]
    NameUnfit { domain: DomainName },
    #[error("the folder {} cannot be made: {}", path.display(), said(error))]
    FolderNotMade { path: PathBuf, error: io::Error },
    #[error("{} could not be written: {}", path.display(), said(error))]
    NotWritten {
        path: PathBuf,
        /// How much was to be written, where known.
        bytes: Option<usize>,
        error: io::Error,
    },
    #[error("{} cannot be read: {}", path.display(), said(error))]
    NotRead { path: PathBuf, error: io::Error },
    #[error("{} is {found}, where nobounce keeps {wanted}", path.display())]
    NotOurs {
        path: PathBuf,
        found: &'static str,
        wanted: &'static str,
    },
    #[error("anybody on this computer can write to {}", path.display())]
    WorldWritable { path: PathBuf },
    #[error("the saved setup {} is damaged: {why}", path.display())]
    Damaged {
        path: PathBuf,
        /// The copy before the last change, where it can be read.
        previous: Option<PathBuf>,
        why: String,
    },
    #[error("the saved setup {} was written by a newer nobounce{}", path.display(), version(.by))]
    Newer {
        path: PathBuf,
        schema: u64,
        by: Option<String>,
    },
    #[error("the setup of {domain} is in use by another nobounce{}", holder(.by))]
    InUse {
        domain: DomainName,
        by: Option<Holder>,
    },
    #[error("the lock {} cannot be taken: {}", path.display(), said(error))]
    CannotLock { path: PathBuf, error: io::Error },
    #[error("the setup of {domain} has grown too big to save")]
    TooBig { domain: DomainName },
    #[error("a private key named {selector} is already there: {}", path.display())]
    SelectorTaken { selector: Selector, path: PathBuf },
    #[error("{} cannot be made: {}", path.display(), said(error))]
    PlaceNotMade { path: PathBuf, error: io::Error },
    #[error("{} is there already", path.display())]
    PlaceTaken { path: PathBuf },
    #[error("the key pair could not be made: {why}")]
    KeyNotMade { why: String },
    #[error("the private key {} is missing", path.display())]
    KeyMissing { path: PathBuf },
    #[error("the private key {} {why}", path.display())]
    KeyUnreadable { path: PathBuf, why: &'static str },
    #[error("the private key {} belongs to another record than the one that was issued", path.display())]
    KeyOther { path: PathBuf },
}

impl StoreError {
    pub fn not_read(path: &Path, error: io::Error) -> Self {
        Self::NotRead {
            path: path.to_owned(),
            error,
        }
    }

    pub fn not_written(path: &Path, error: io::Error) -> Self {
        Self::NotWritten {
            path: path.to_owned(),
            bytes: None,
            error,
        }
    }

    /// What to do next.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoHome => "name a folder with --data-dir DIR".to_owned(),
            Self::NameUnfit { .. } => "type a domain such as example.com".to_owned(),
            Self::FolderNotMade { error, .. } if error.kind() == io::ErrorKind::NotFound => {
                "name another folder with --data-dir DIR".to_owned()
            }
            Self::PlaceNotMade { path, error } if error.kind() == io::ErrorKind::NotFound => {
                format!(
                    "make the folder {} first, or name another place with --out",
                    path.parent().unwrap_or(path).display()
                )
            }
            Self::FolderNotMade { path, error } | Self::PlaceNotMade { path, error } => {
                unwritable(path.parent().unwrap_or(path), error, None)
            }
            Self::NotWritten { path, bytes, error } => {
                let folder = path.parent().unwrap_or(path);
                unwritable(folder, error, *bytes)
            }
            Self::NotRead { path, error } => match error.kind() {
                io::ErrorKind::PermissionDenied => {
                    // The owner of the folder is what a `sudo` leaves behind; the files in it follow.
                    let folder = path.parent().unwrap_or(path);
                    format!(
                        "if it is yours, take it back: sudo chown -R \"$(id -un)\" {}",
                        quoted(folder)
                    )
                }
                _ => "check the disk and its connection, then try again; nothing was changed"
                    .to_owned(),
            },
            Self::NotOurs { .. } => "move it away, or name another folder with --data-dir".to_owned(),
            Self::WorldWritable { path } => {
                format!("close it before keys are kept there: chmod go-w {}", quoted(path))
            }
            Self::Damaged {
                path,
                previous: Some(previous),
                ..
            } => format!(
                "nothing was changed; to go back to the copy before the last change, move {} away and copy {} to its place",
                path.display(),
                previous.display()
            ),
            Self::Damaged { path, .. } => format!(
                "nothing was changed; put a backup in its place, or move {} away to start anew (your keys stay)",
                path.display()
            ),
            Self::Newer { .. } => {
                "nothing was changed; install the newest nobounce to go on".to_owned()
            }
            Self::InUse { .. } => "close the other one first; looking without changing is possible with `nobounce status`".to_owned(),
            Self::CannotLock { path, error } => match error.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    unwritable(path.parent().unwrap_or(path), error, None)
                }
                _ => "keep setups on a disk of this computer, with --data-dir DIR".to_owned(),
            },
            Self::TooBig { .. } => "nothing was changed; please report this as a bug".to_owned(),
            Self::SelectorTaken { .. } => {
                "choose another selector with --selector; private keys are never written over".to_owned()
            }
            Self::PlaceTaken { .. } => {
                "nothing was written over; name another place with --out, or take away what is there".to_owned()
            }
            Self::KeyNotMade { .. } => "try again".to_owned(),
            Self::KeyMissing { .. } | Self::KeyUnreadable { .. } => {
                "put the file back from a backup; without it the published record is of no use: make a new key under a new selector"
                    .to_owned()
            }
            Self::KeyOther { .. } => {
                "put the right file back from a backup, or make a new key under a new selector".to_owned()
            }
        }
    }
}

/// The operating system's words for what people meet, in plain words.
fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "your share of the disk is used up (quota)".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is a file".to_owned(),
        io::ErrorKind::InvalidFilename => "the name is too long".to_owned(),
        _ => error.to_string(),
    }
}

fn unwritable(folder: &Path, error: &io::Error, bytes: Option<usize>) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => match bytes {
            Some(bytes) => {
                format!("make room for {bytes} bytes and try again; what was saved before is whole")
            }
            None => "make room and try again; what was saved before is whole".to_owned(),
        },
        io::ErrorKind::PermissionDenied => format!(
            "if {} is yours, take it back: sudo chown -R \"$(id -un)\" {}; or name another folder with --data-dir",
            folder.display(),
            quoted(folder)
        ),
        io::ErrorKind::NotFound => {
            "the folder was taken away while in use: put it back, or start again".to_owned()
        }
        _ => "name another folder with --data-dir; what was saved before is whole".to_owned(),
    }
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

fn version(by: &Option<String>) -> String {
    by.as_ref()
        .map_or(String::new(), |version| format!(" ({version})"))
}

fn holder(by: &Option<Holder>) -> String {
    by.as_ref().map_or(String::new(), |holder| {
        format!(
            " (process {} on {}, since {})",
            holder.pid, holder.host, holder.since
        )
    })
}
