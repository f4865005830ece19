//! A result into a file of the user's choice: whole, or not at all.

use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::printer;

/// Writes `text` to `path`. A plain file is replaced as a whole; a pipe or a device is written to.
pub fn write(path: &Path, text: &str) -> Result<(), Exit> {
    let written = match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => directly(path, text),
        Ok(metadata) => replace(path, text, Some(metadata.permissions())),
        Err(_) => replace(path, text, None),
    };
    written.map_err(|error| {
        printer::complain(
            Exit::NotWritten,
            &format!("{} could not be written: {error}", path.display()),
            "see that the folder is there and has room, or choose another file with --out",
        )
    })
}

fn directly(path: &Path, text: &str) -> io::Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .open(path)?
        .write_all(text.as_bytes())
}

fn replace(path: &Path, text: &str, permissions: Option<fs::Permissions>) -> io::Result<()> {
    // Where the path is a link, the file behind it is meant.
    let path: PathBuf = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nobounce-").suffix(".tmp");
    if let Some(permissions) = permissions.or_else(usual) {
        builder.permissions(permissions);
    }
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.as_file_mut().write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(&path)?;
    Ok(())
}

/// What a new file has: the umask takes away what the user does not give.
#[cfg(unix)]
fn usual() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual() -> Option<fs::Permissions> {
    None
}
