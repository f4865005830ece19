//! Files and folders: made for their owner alone, replaced as a whole, read up to a limit.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::store::error::StoreError;

/// How the names of files that are not finished begin and end.
const UNFINISHED: (&str, &str) = (".nobounce-", ".tmp");

/// Makes `folder` and what is missing above it, for the owner alone. A link in its place is followed: it was named by the user.
pub fn make_folders(folder: &Path) -> Result<(), StoreError> {
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|path| !path.as_os_str().is_empty() && !path.is_dir())
        .collect();
    missing.into_iter().rev().try_for_each(make_folder)
}

/// Makes one folder and syncs it into place. One that exists must be a folder and no link.
pub fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    private_folder(&mut builder);
    let made = match builder.create(folder) {
        Ok(()) => close_folder(folder).and_then(|()| sync_folder(folder_of(folder))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return expect_folder(folder);
        }
        Err(error) => Err(error),
    };
    made.map_err(|error| StoreError::FolderNotMade {
        path: folder.to_owned(),
        error,
    })
}

/// Refuses what is not a folder of its own.
pub fn expect_folder(folder: &Path) -> Result<(), StoreError> {
    let kind = fs::symlink_metadata(folder)
        .map_err(|error| StoreError::not_read(folder, error))?
        .file_type();
    if kind.is_dir() {
        return Ok(());
    }
    Err(StoreError::NotOurs {
        path: folder.to_owned(),
        found: kind_word(kind),
        wanted: "a folder",
    })
}

/// Reads a plain file of at most `limit` bytes; one byte more is read to tell that there is more. None where there is none.
pub fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, StoreError> {
    let (kind, length) = match fs::symlink_metadata(path) {
        Ok(metadata) => (metadata.file_type(), metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::not_read(path, error)),
    };
    if !kind.is_file() {
        return Err(StoreError::NotOurs {
            path: path.to_owned(),
            found: kind_word(kind),
            wanted: "a file",
        });
    }
    // Room for all of it at once: a growing buffer would leave copies of a private key in memory.
    let length = usize::try_from(length).unwrap_or(limit).min(limit);
    let mut bytes = Vec::with_capacity(length + 2);
    File::open(path)
        .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| StoreError::not_read(path, error))?;
    Ok(Some(bytes))
}

/// An empty file beside its future place `path`, for the owner alone.
pub fn temporary(folder: &Path, path: &Path) -> Result<NamedTempFile, StoreError> {
    tempfile::Builder::new()
        .prefix(UNFINISHED.0)
        .suffix(UNFINISHED.1)
        .tempfile_in(folder)
        .and_then(|temporary| {
            close_file(temporary.as_file())?;
            Ok(temporary)
        })
        .map_err(|error| StoreError::not_written(path, error))
}

/// Replaces `path` by `bytes`: afterwards either the old or the new content is there, whole and synced.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    replace_unhurried(path, bytes)?;
    sync_folder(folder_of(path)).map_err(|error| not_written(path, bytes, error))
}

/// As [`replace`], but the new name is synced only with the next sync of the folder: after a crash the old content may be back.
pub fn replace_unhurried(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    filled(folder_of(path), path, bytes)?
        .persist(path)
        .map(drop)
        .map_err(|error| not_written(path, bytes, error.error))
}

/// Makes `path` with `bytes`; fails with `AlreadyExists` inside the error where anything is there.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    create_as(path, bytes, |_| Ok(()))
}

/// As [`create`]; `shape` gives the file its owner and mode before it gets its name.
pub fn create_as(
    path: &Path,
    bytes: &[u8],
    shape: impl Fn(&File) -> io::Result<()>,
) -> Result<(), StoreError> {
    let folder = folder_of(path);
    let temporary = filled(folder, path, bytes)?;
    shape(temporary.as_file()).map_err(|error| not_written(path, bytes, error))?;
    temporary
        .persist_noclobber(path)
        .map_err(|error| error.error)
        .and_then(|_| sync_folder(folder))
        .map_err(|error| not_written(path, bytes, error))
}

/// Takes away what a crash left unfinished in `folder`. To be called by who holds the lock.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let unfinished = name
            .to_str()
            .is_some_and(|name| name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1));
        if unfinished {
            // A leftover that stays does no harm.
            let _ = if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                fs::remove_dir_all(entry.path())
            } else {
                fs::remove_file(entry.path())
            };
        }
    }
}

/// Fails where users other than the owner can put files into `folder` at will.
#[cfg(unix)]
pub fn expect_closed(folder: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::MetadataExt;
    let mode = fs::metadata(folder)
        .map_err(|error| StoreError::not_read(folder, error))?
        .mode();
    let (others_write, sticky) = (0o002, 0o1000);
    if mode & others_write != 0 && mode & sticky == 0 {
        return Err(StoreError::WorldWritable {
            path: folder.to_owned(),
        });
    }
    Ok(())
}

/// Folders of a user are closed to others by default here.
#[cfg(not(unix))]
pub fn expect_closed(_folder: &Path) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A folder cannot be opened for syncing here; the file system's journal keeps the order.
#[cfg(not(unix))]
pub fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn filled(folder: &Path, path: &Path, bytes: &[u8]) -> Result<NamedTempFile, StoreError> {
    let mut temporary = temporary(folder, path)?;
    temporary
        .as_file_mut()
        .write_all(bytes)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|error| not_written(path, bytes, error))?;
    Ok(temporary)
}

fn not_written(path: &Path, bytes: &[u8], error: io::Error) -> StoreError {
    StoreError::NotWritten {
        path: path.to_owned(),
        bytes: Some(bytes.len()),
        error,
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn kind_word(kind: fs::FileType) -> &'static str {
    if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_file() {
        "a file"
    } else {
        "a device or a pipe"
    }
}

#[cfg(unix)]
fn private_folder(builder: &mut fs::DirBuilder) {
    use std::os::unix::fs::DirBuilderExt;
    builder.mode(0o700);
}

#[cfg(not(unix))]
fn private_folder(_builder: &mut fs::DirBuilder) {}

/// Sets the mode whatever the umask says.
#[cfg(unix)]
fn close_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn close_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes what is created readable for its owner alone from the first moment.
#[cfg(unix)]
pub fn private(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
pub fn private(_options: &mut fs::OpenOptions) {}

/// Sets the mode whatever the umask says.
#[cfg(unix)]
pub fn close_file(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub fn close_file(_file: &File) -> io::Result<()> {
    Ok(())
}
