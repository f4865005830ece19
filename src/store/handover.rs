//! Private keys handed over: copied into a folder that the user named, for the program that signs. The one place outside of the data
//! folder to which this room writes.
//!
//! Nothing there is written over. A folder that is made appears whole; in one that is there already, what was begun is taken back when
//! something fails.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::catalog::signer::Account;
use crate::catalog::signer::Signer;
use crate::store::error::StoreError;
use crate::store::file;
use crate::store::setup::Setup;

/// The most bytes of the system's lists of users and groups that are read.
const LIMIT: usize = 4 << 20;

/// A file to hand over.
pub struct Piece {
    pub name: String,
    pub bytes: Zeroizing<Vec<u8>>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anybody may read it.
    Open,
    /// For the account of the signer alone.
    Key,
}

/// What was written, and which account the keys belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub files: Vec<PathBuf>,
    /// None: the keys belong to who ran nobounce, and nobody else can read them.
    pub account: Option<Account>,
}

/// Writes `pieces` into `folder`, which is made where it is missing. Keys get the first of `accounts` that exists here, where this
/// program may give files away; else they stay with the one who runs it, closed to all others.
pub fn write(folder: &Path, pieces: &[Piece], accounts: &[Account]) -> Result<Written, StoreError> {
    let taken = |path: PathBuf| StoreError::PlaceTaken { path };
    let owner = owner(accounts);
    let files: Vec<PathBuf> = pieces
        .iter()
        .map(|piece| folder.join(&piece.name))
        .collect();
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {
            if let Some(there) = files.iter().find(|path| is_there(path)) {
                return Err(taken(there.clone()));
            }
            beside(folder, pieces, owner.as_ref())?;
        }
        Ok(_) => return Err(taken(folder.to_owned())),
        Err(_) if is_there(folder) => return Err(taken(folder.to_owned())),
        Err(_) => whole(folder, pieces, owner.as_ref())?,
    }
    Ok(Written {
        files,
        account: owner.map(|owner| owner.account),
    })
}

/// Takes away the copies of a key that was put away from the folder of a setup. Copies elsewhere are the user's.
pub fn forget(setup: &Setup, selector: &str) {
    let names: Vec<String> = Signer::ALL
        .iter()
        .map(|signer| signer.key_file(setup.domain().as_str(), selector))
        .collect();
    let Ok(folders) = fs::read_dir(setup.folder().join("signers")) else {
        return;
    };
    for folder in folders.flatten() {
        for name in &names {
            // A copy that stays is not needed, and closed to others.
            let _ = fs::remove_file(folder.path().join(name));
        }
    }
}

/// Folders on the way to `path` that others than their owner can write to.
#[cfg(unix)]
pub fn open_folders(path: &Path) -> Vec<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    whole
        .ancestors()
        .filter(|folder| fs::metadata(folder).is_ok_and(|found| found.mode() & 0o022 != 0))
        .map(Path::to_owned)
        .collect()
}

#[cfg(not(unix))]
pub fn open_folders(_path: &Path) -> Vec<PathBuf> {
    Vec::new()
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Into a folder that is there: what was written before a failure is taken away again.
fn beside(folder: &Path, pieces: &[Piece], owner: Option<&Owner>) -> Result<(), StoreError> {
    for (at, piece) in pieces.iter().enumerate() {
        if let Err(error) = put(folder, piece, owner) {
            for written in &pieces[..at] {
                let _ = fs::remove_file(folder.join(&written.name));
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Into a folder that is new: it gets its name when all is in it.
fn whole(folder: &Path, pieces: &[Piece], owner: Option<&Owner>) -> Result<(), StoreError> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |error| StoreError::PlaceNotMade {
        path: folder.to_owned(),
        error,
    };
    let temporary = tempfile::Builder::new()
        .prefix(".nobounce-")
        .suffix(".tmp")
        .tempdir_in(parent)
        .map_err(failed)?;
    pieces
        .iter()
        .try_for_each(|piece| put(temporary.path(), piece, owner))?;
    enterable(temporary.path()).map_err(failed)?;
    fs::rename(temporary.path(), folder).map_err(failed)?;
    // It has another name now, and stays.
    let _ = temporary.keep();
    file::sync_folder(parent).map_err(failed)
}

fn put(folder: &Path, piece: &Piece, owner: Option<&Owner>) -> Result<(), StoreError> {
    let path = folder.join(&piece.name);
    file::create_as(&path, &piece.bytes, |made| match piece.kind {
        Kind::Open => set_mode(made, 0o644),
        Kind::Key => match owner {
            Some(owner) => give(made, owner),
            None => Ok(()),
        },
    })
}

/// An account that exists here, by number.
struct Owner {
    account: Account,
    user: u32,
    group: u32,
}

/// The first account that exists, where this program may give files away.
#[cfg(unix)]
fn owner(accounts: &[Account]) -> Option<Owner> {
    if accounts.is_empty() || !may_give() {
        return None;
    }
    let list = |path: &str| {
        let bytes = file::read(Path::new(path), LIMIT).ok().flatten()?;
        String::from_utf8(bytes).ok()
    };
    let (users, groups) = (list("/etc/passwd")?, list("/etc/group")?);
    accounts.iter().find_map(|account| {
        Some(Owner {
            account: *account,
            user: number(&users, account.user)?,
            group: number(&groups, account.group)?,
        })
    })
}

#[cfg(not(unix))]
fn owner(_accounts: &[Account]) -> Option<Owner> {
    None
}

/// True for the superuser: what it makes belongs to number 0.
#[cfg(unix)]
fn may_give() -> bool {
    use std::os::unix::fs::MetadataExt;
    tempfile::tempfile()
        .and_then(|file| file.metadata())
        .is_ok_and(|made| made.uid() == 0)
}

/// The number of a user or group: the third field of its line (passwd(5), group(5)).
#[cfg(unix)]
fn number(list: &str, name: &str) -> Option<u32> {
    list.lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&name))?
        .get(2)?
        .parse()
        .ok()
}

#[cfg(unix)]
fn give(made: &fs::File, owner: &Owner) -> io::Result<()> {
    std::os::unix::fs::fchown(made, Some(owner.user), Some(owner.group))?;
    set_mode(made, owner.account.mode)
}

#[cfg(not(unix))]
fn give(_made: &fs::File, _owner: &Owner) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn set_mode(made: &fs::File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    made.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_made: &fs::File, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// The signer has to get at its files; the keys themselves are closed.
#[cfg(unix)]
fn enterable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn enterable(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_of_whole_names() {
        let list = "root:x:0:0::/:/bin/sh\nopendkim2:x:7:7::/:\nopendkim:x:104:107::/run:\nbad:x\n";
        assert_eq!(number(list, "opendkim"), Some(104));
        assert_eq!(number(list, "open"), None);
        assert_eq!(number(list, "bad"), None);
    }
}
