//! The file with the shared key: what is said about it.

use std::path::Path;

use crate::cli::Exit;
use crate::cli::printer;
use crate::dns::update::key::Key;

/// Reads the key of a file. Says so where others can read the file too.
pub fn read(path: &Path) -> Result<Key, Exit> {
    let shown = printer::plain(&path.display().to_string());
    if is_open(path) {
        printer::remark(
            false,
            &format!(
                "other users of this machine can read the key file {shown}, and change the zone with it; run `chmod 600` on it"
            ),
        );
    }
    Key::of_file(path).map_err(|fault| {
        printer::complain(
            Exit::Usage,
            &format!("the key file {shown} cannot be used: {fault}"),
            fault.remedy(),
        )
    })
}

/// True where users other than its owner may read or change the file.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o066 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}
