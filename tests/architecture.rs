//! Holds the floor plan of `docs/architecture.md` true: who may use whom, and how a file opens.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// A place in `src`, the rooms of this crate that it may name, and the packages that it may name.
struct Row {
    place: &'static str,
    rooms: &'static [&'static str],
    packages: &'static [&'static str],
}

/// The most specific place comes first: `tui/view` before `tui`.
const TABLE: &[Row] = &[
    Row {
        place: "records",
        rooms: &["records"],
        packages: &[
            "base64",
            "idna",
            "jiff",
            "psl",
            "thiserror",
            "unicode_properties",
        ],
    },
    Row {
        place: "catalog",
        rooms: &["catalog", "records"],
        packages: &["include_dir", "serde", "thiserror", "toml"],
    },
    Row {
        place: "audit",
        rooms: &["audit", "catalog", "records"],
        packages: &["jiff", "serde", "thiserror"],
    },
    Row {
        place: "evidence",
        rooms: &["catalog", "evidence", "records"],
        packages: &[
            "base64",
            "ed25519_dalek",
            "encoding_rs",
            "flate2",
            "jiff",
            "mail_parser",
            "rsa",
            "sha2",
            "thiserror",
            "zip",
        ],
    },
    Row {
        place: "mailbox",
        rooms: &["evidence", "mailbox"],
        packages: &[],
    },
    Row {
        place: "plan",
        rooms: &["audit", "catalog", "plan", "records"],
        packages: &["jiff", "serde", "serde_json", "thiserror"],
    },
    Row {
        place: "export",
        rooms: &["catalog", "export", "plan", "records"],
        packages: &["jiff", "serde", "serde_json", "thiserror"],
    },
    Row {
        place: "dns",
        rooms: &["dns", "records"],
        packages: &[
            "base64",
            "futures_util",
            "h2",
            "hickory_resolver",
            "hickory_server",
            "http",
            "include_dir",
            "jiff",
            "rand",
            "serde",
            "thiserror",
            "tokio",
            "tokio_rustls",
            "toml",
            "webpki_roots",
            "zeroize",
        ],
    },
    Row {
        place: "store",
        rooms: &["catalog", "plan", "records", "store"],
        packages: &[
            "base64",
            "ed25519_dalek",
            "etcetera",
            "jiff",
            "rand",
            "rsa",
            "serde",
            "serde_json",
            "tempfile",
            "thiserror",
            "zeroize",
        ],
    },
    Row {
        place: "tui/view",
        rooms: &["audit", "catalog", "export", "plan", "records", "tui"],
        packages: &["jiff", "ratatui", "unicode_properties", "unicode_width"],
    },
    Row {
        place: "tui/run",
        rooms: &["plan", "records", "tui"],
        packages: &[
            "crossterm",
            "futures_util",
            "jiff",
            "ratatui",
            "rustix",
            "tokio",
        ],
    },
    Row {
        place: "tui/perform",
        rooms: &[
            "audit", "catalog", "dns", "export", "plan", "records", "store", "tui",
        ],
        packages: &[
            "crossterm",
            "futures_util",
            "jiff",
            "serde_json",
            "tempfile",
            "tokio",
            "zeroize",
        ],
    },
    Row {
        place: "tui",
        rooms: &["audit", "catalog", "export", "plan", "records", "tui"],
        packages: &["jiff", "serde_json", "thiserror"],
    },
    Row {
        place: "cli",
        rooms: &[
            "audit", "catalog", "cli", "dns", "evidence", "export", "mailbox", "plan", "records",
            "store", "tui",
        ],
        packages: &[
            "clap",
            "futures_util",
            "indicatif",
            "jiff",
            "rustix",
            "serde",
            "serde_json",
            "tempfile",
            "thiserror",
            "tokio",
        ],
    },
];

/// Files at the door of `src`: they name rooms only to declare and start them.
const DOORSTEP: &[&str] = &["lib.rs", "main.rs"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The path below `src`, with `/` between its parts.
fn place(path: &Path) -> String {
    let parts: Vec<_> = path
        .strip_prefix(src())
        .unwrap()
        .iter()
        .map(|part| part.to_string_lossy())
        .collect();
    parts.join("/")
}

fn row(place: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| {
        place
            .strip_prefix(row.place)
            .is_some_and(|rest| rest.starts_with('/') || rest.starts_with('.'))
    })
}

/// Names after `marker` in the code of `text`, comments left out: `crate::` gives the rooms.
fn named_after(text: &str, marker: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
    {
        for (at, _) in line.match_indices(marker) {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let name: String = line[at + marker.len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if !name.is_empty() {
                found.insert(name);
            }
        }
    }
    found
}

/// Dependencies of Cargo.toml as they are named in code.
fn packages() -> BTreeSet<String> {
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[test]
fn arrows_only_go_down() {
    let packages = packages();
    let mut wrong = Vec::new();
    for path in sources(&src()) {
        let place = place(&path);
        if DOORSTEP.contains(&place.as_str()) {
            continue;
        }
        let Some(row) = row(&place) else {
            wrong.push(format!("{place} is in no room of the table"));
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for room in named_after(&text, "crate::") {
            if !row.rooms.contains(&room.as_str()) {
                wrong.push(format!("{place} uses the room {room}"));
            }
        }
        for package in &packages {
            let direct = format!("{package}::");
            let used = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| {
                    line.match_indices(&direct).any(|(at, _)| {
                        !line[..at]
                            .chars()
                            .next_back()
                            .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
                    })
                });
            if used && !row.packages.contains(&package.as_str()) {
                wrong.push(format!("{place} uses the package {package}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that go up:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_its_one_job() {
    let silent: Vec<_> = sources(&src())
        .into_iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//! "))
        .map(|path| place(&path))
        .collect();
    assert!(
        silent.is_empty(),
        "files without `//!` in the first line: {silent:?}"
    );
}

#[test]
fn no_room_hands_on_another_rooms_items() {
    let mut wrong = Vec::new();
    for path in sources(&src()) {
        let place = place(&path);
        let own = format!(
            "pub use crate::{}::",
            place.split(['/', '.']).next().unwrap()
        );
        let text = fs::read_to_string(&path).unwrap();
        let mut in_tests = false;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            in_tests |= line.starts_with("mod tests");
            let foreign = line.starts_with("pub use crate::") && !line.starts_with(&own);
            let prelude = line.starts_with("use super::*") && !in_tests;
            if foreign || prelude || line.contains("super::super") {
                wrong.push(format!("{place}:{}: {line}", number + 1));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "re-exports, preludes or ladders of `super`:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_house_stands_as_drawn() {
    let drawing =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md"))
            .unwrap();
    for entry in fs::read_dir(src()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(
            drawing.contains(&name),
            "docs/architecture.md does not speak of src/{name}"
        );
    }
}
