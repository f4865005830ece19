//! The lock of one setup: one nobounce writes, the others may only look.
//!
//! The operating system holds the lock and lets it go when the process ends, however it ends. The file's text
//! only says who holds it. The file is never deleted: a lock on a deleted file would keep nobody out.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::io::Seek;
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::records::name::DomainName;
use crate::store::error::StoreError;
use crate::store::file;

/// The most that is read of a lock's text.
const LIMIT: usize = 4096;

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
    pub since: Timestamp,
}

/// A held lock; it is let go when this is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Closing alone would not do where a child process has the file open too.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// Takes the lock at `path`, or says who has it.
pub fn take(path: &Path, domain: &DomainName, now: Timestamp) -> Result<Lock, StoreError> {
    let cannot = |error| StoreError::CannotLock {
        path: path.to_owned(),
        error,
    };
    refuse_others(path)?;
    let mut file = open(path).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StoreError::InUse {
                domain: domain.clone(),
                by: holder(path),
            });
        }
        Err(TryLockError::Error(error)) => return Err(cannot(error)),
    }
    // The text helps people; the lock holds without it, on a full disk too.
    let _ = note(&mut file, now);
    Ok(Lock { file })
}

/// A link or a pipe at the lock's place is somebody's trap.
fn refuse_others(path: &Path) -> Result<(), StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(StoreError::NotOurs {
            path: path.to_owned(),
            found: "something other than a file",
            wanted: "a file",
        }),
        _ => Ok(()),
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    file::private(&mut options);
    let opened = options.open(path)?;
    file::close_file(&opened)?;
    Ok(opened)
}

fn note(file: &mut File, now: Timestamp) -> io::Result<()> {
    let holder = Holder {
        pid: std::process::id(),
        host: host(),
        // For people, who count in minutes.
        since: Timestamp::from_second(now.as_second()).unwrap_or(now),
    };
    let text = serde_json::to_string(&holder)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

/// What the lock's text says; None where it says nothing of use.
fn holder(path: &Path) -> Option<Holder> {
    let bytes = file::read(path, LIMIT).ok()??;
    serde_json::from_slice(&bytes).ok()
}

/// The name of this computer, for people.
pub fn host() -> String {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|path| fs::read_to_string(path).ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this computer".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_lock_tells_since_when_in_whole_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let now = "2026-11-23T20:17:09.123456789Z".parse().unwrap();
        let _held = take(&path, &"shop.de".parse().unwrap(), now).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\"2026-11-23T20:17:09Z\""), "{text}");
    }
}
