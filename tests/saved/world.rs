//! A data folder of its own for each test, the real binary in it, and the law that must hold afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use jiff::Timestamp;
use nobounce::plan::facts::Facts;
use nobounce::records::name::DomainName;
use nobounce::store::Store;
use nobounce::store::error::StoreError;
use nobounce::store::keys;
use nobounce::store::setup::Setup;
use tempfile::TempDir;

pub const DOMAIN: &str = "shop.de";

pub struct World {
    _folder: TempDir,
    pub data: PathBuf,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self {
            _folder: folder,
            data,
        }
    }

    /// With a setup that was saved twice, so that there is a copy before it.
    pub fn with_setup() -> Self {
        let world = Self::new();
        let mut setup = world.open().unwrap();
        let mut facts = setup.facts();
        facts.mailbox.address = Some("first@shop.de".to_owned());
        setup.save(&facts).unwrap();
        facts.mailbox.address = Some("second@shop.de".to_owned());
        setup.save(&facts).unwrap();
        world
    }

    pub fn store(&self) -> Store {
        Store::at(self.data.clone())
    }

    pub fn open(&self) -> Result<Setup, StoreError> {
        self.store().open(&domain(), now())
    }

    pub fn look(&self) -> Result<Option<Facts>, StoreError> {
        self.store().look(&domain())
    }

    pub fn folder(&self) -> PathBuf {
        self.data.join(DOMAIN)
    }

    pub fn setup_file(&self) -> PathBuf {
        self.folder().join("setup.json")
    }

    pub fn key_file(&self, selector: &str) -> PathBuf {
        self.folder().join(format!("keys/{selector}.pem"))
    }

    /// The command that makes a small key, not started.
    pub fn making_a_key(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
        command
            .args(["dkim", "new", DOMAIN, "--key", "ed25519", "--json"])
            .env("NOBOUNCE_DATA_DIR", &self.data)
            .stdin(Stdio::null());
        command
    }

    /// Runs a line of shell with `$NOBOUNCE` set to the binary.
    pub fn shell(&self, line: &str) -> Output {
        Command::new("sh")
            .args(["-c", line])
            .env("NOBOUNCE", env!("CARGO_BIN_EXE_nobounce"))
            .env("NOBOUNCE_DATA_DIR", &self.data)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The law: what is saved can be read, and each record in it has its private key. Gives the selectors.
    #[track_caller]
    pub fn is_whole(&self) -> Vec<String> {
        let Some(facts) = self.look().expect("the saved setup can be read") else {
            return Vec::new();
        };
        let made: Vec<_> = facts.dkim.values().flat_map(|dkim| &dkim.keys).collect();
        for key in &made {
            keys::check(&self.folder(), key).expect("the record has its private key");
        }
        made.iter().map(|key| key.selector.clone()).collect()
    }

    /// Files that are not finished, anywhere in the setup.
    pub fn unfinished(&self) -> usize {
        [self.folder(), self.folder().join("keys")]
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok())
            .flatten()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_string_lossy().ends_with(".tmp")
            })
            .count()
    }
}

pub fn domain() -> DomainName {
    DOMAIN.parse().unwrap()
}

pub fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

pub fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The exit code and both lines of the error.
pub fn end(output: &Output) -> (Option<i32>, String) {
    (
        output.status.code(),
        String::from_utf8(output.stderr.clone()).unwrap(),
    )
}
