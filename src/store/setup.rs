//! `setup.json`: read up to a limit, judged before it is believed, replaced as a whole.

use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::plan::facts;
use crate::plan::facts::Facts;
use crate::records::name::DomainName;
use crate::store::error::StoreError;
use crate::store::file;
use crate::store::lock;
use crate::store::lock::Lock;
use crate::store::unknown;

/// The version of the form that this nobounce writes.
pub const SCHEMA: u64 = 1;

/// The most bytes of a setup.
const LIMIT: usize = 16 << 20;

/// The whole file. Unknown fields survive a rewrite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub schema: u64,
    /// The version that wrote it.
    pub nobounce: String,
    pub facts: Facts,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// What can be told of a file of any version.
#[derive(Deserialize)]
struct Head {
    schema: u64,
    #[serde(default)]
    nobounce: Option<String>,
}

/// A setup that is held for writing until this is dropped.
#[derive(Debug)]
pub struct Setup {
    folder: PathBuf,
    domain: DomainName,
    /// What the file holds now; None before the first save.
    saved: Option<Document>,
    _lock: Lock,
}

impl Setup {
    /// Takes the lock, sweeps and loads. `folder` exists.
    pub(super) fn open(
        folder: PathBuf,
        domain: DomainName,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        file::expect_closed(&folder)?;
        let lock = lock::take(&folder.join("lock"), &domain, now)?;
        let saved = load(&folder, &domain)?;
        file::sweep(&folder);
        file::sweep(&folder.join("keys"));
        file::sweep(&folder.join("signers"));
        Ok(Self {
            folder,
            domain,
            saved,
            _lock: lock,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// The facts as saved; new ones where nothing was saved yet.
    pub fn facts(&self) -> Facts {
        self.saved.as_ref().map_or_else(
            || Facts::new(self.domain.as_str()),
            |document| document.facts.clone(),
        )
    }

    /// Whether a file was there or has been written.
    pub fn is_saved(&self) -> bool {
        self.saved.is_some()
    }

    /// Replaces what is saved, keeping the copy before it. Facts that are saved already are not written again.
    pub fn save(&mut self, facts: &Facts) -> Result<(), StoreError> {
        let path = path(&self.folder);
        if self
            .saved
            .as_ref()
            .is_some_and(|document| document.facts == *facts)
            && path.is_file()
        {
            return Ok(());
        }
        let document = Document {
            schema: SCHEMA,
            nobounce: env!("CARGO_PKG_VERSION").to_owned(),
            facts: facts.clone(),
            others: self
                .saved
                .as_ref()
                .map_or_else(serde_json::Map::new, |document| document.others.clone()),
        };
        let previous = file::read(&path, LIMIT)?;
        let bytes = print(&document, previous.as_deref(), &self.domain)?;
        if let Some(previous) = previous {
            let secret = facts::is_secret(&plain(&previous));
            let copy = if secret { &bytes } else { &previous };
            file::replace_unhurried(&previous_path(&self.folder), copy)?;
        }
        file::replace(&path, &bytes)?;
        self.saved = Some(document);
        Ok(())
    }
}

/// Reads the setup in `folder`; None where there is none. Never writes.
pub fn load(folder: &Path, domain: &DomainName) -> Result<Option<Document>, StoreError> {
    let path = path(folder);
    let damaged = |why: String| StoreError::Damaged {
        path: path.clone(),
        previous: readable_previous(folder, domain),
        why,
    };
    match file::read(&path, LIMIT)? {
        Some(bytes) => parse(&bytes, &path, domain).map_err(|trouble| match trouble {
            Trouble::Damage(why) => damaged(why),
            Trouble::Newer(error) => error,
        }),
        // Between two saves the file is always there, so somebody took it away.
        None if previous_path(folder).is_file() => Err(damaged("it is missing".to_owned())),
        None => Ok(None),
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("setup.json")
}

fn previous_path(folder: &Path) -> PathBuf {
    folder.join("setup.json.prev")
}

/// The text of a file with its escaped line breaks broken.
fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .replace("\\n", " ")
        .replace("\\r", " ")
        .replace("\\t", " ")
}

fn readable_previous(folder: &Path, domain: &DomainName) -> Option<PathBuf> {
    let path = previous_path(folder);
    let bytes = file::read(&path, LIMIT).ok()??;
    parse(&bytes, &path, domain).is_ok().then_some(path)
}

enum Trouble {
    Damage(String),
    Newer(StoreError),
}

/// Never quotes the file: it may hold anything.
fn parse(bytes: &[u8], path: &Path, domain: &DomainName) -> Result<Option<Document>, Trouble> {
    if bytes.len() > LIMIT {
        return Err(Trouble::Damage(format!(
            "it is bigger than {} MB",
            LIMIT >> 20
        )));
    }
    // Some editors put a byte order mark in front.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.is_empty() {
        return Err(Trouble::Damage("it is empty".to_owned()));
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|error| why(&error))?;
    if head.schema > SCHEMA {
        return Err(Trouble::Newer(StoreError::Newer {
            path: path.to_owned(),
            schema: head.schema,
            by: head.nobounce.filter(|version| is_version(version)),
        }));
    }
    if head.schema == 0 {
        return Err(Trouble::Damage("its version is 0".to_owned()));
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|error| why(&error))?;
    if document.facts.domain != domain.as_str() {
        return Err(Trouble::Damage(
            "it holds the setup of another domain".to_owned(),
        ));
    }
    Ok(Some(document))
}

fn why(error: &serde_json::Error) -> Trouble {
    let place = format!("line {}, column {}", error.line(), error.column());
    Trouble::Damage(match error.classify() {
        serde_json::error::Category::Eof => format!("it breaks off at {place}"),
        serde_json::error::Category::Syntax => format!("it is not JSON at {place}"),
        _ => format!("it does not hold what a setup holds at {place}"),
    })
}

fn is_version(text: &str) -> bool {
    text.len() <= 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
}

/// The bytes of a document, with what `previous` holds beyond what is known here; what could not be read back is not written.
fn print(
    document: &Document,
    previous: Option<&[u8]>,
    domain: &DomainName,
) -> Result<Vec<u8>, StoreError> {
    let too_big = || StoreError::TooBig {
        domain: domain.clone(),
    };
    let mut bytes = serde_json::to_vec_pretty(document).map_err(|_| too_big())?;
    if let Some(whole) = previous.and_then(|previous| with_unknown(document, previous))
        && let Ok(printed) = serde_json::to_vec_pretty(&whole)
    {
        bytes = printed;
    }
    bytes.push(b'\n');
    if bytes.len() > LIMIT || serde_json::from_slice::<Document>(&bytes).is_err() {
        return Err(too_big());
    }
    Ok(bytes)
}

/// The document with the unknown fields of the file that it replaces; None where that has none.
fn with_unknown(document: &Document, previous: &[u8]) -> Option<serde_json::Value> {
    let previous = previous.strip_prefix(b"\xef\xbb\xbf").unwrap_or(previous);
    let there: serde_json::Value = serde_json::from_slice(previous).ok()?;
    let known: Document = serde_json::from_slice(previous).ok()?;
    let known = serde_json::to_value(known).ok()?;
    let mut whole = serde_json::to_value(document).ok()?;
    unknown::carry(&there, &known, &mut whole).then_some(whole)
}
