//! Private keys: made here, kept before their record is known, never written over, never printed.
//!
//! The record of a key comes out of [`keep`] and [`read`] alone, that is: only when the private half is on disk.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::KeypairBytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::pkcs8::EncodePrivateKey;
use rsa::pkcs8::EncodePublicKey;
use rsa::pkcs8::LineEnding;
use rsa::traits::PublicKeyParts;
use zeroize::Zeroizing;

use crate::plan::facts::MadeKey;
use crate::records::dkim::Algorithm;
use crate::records::dkim::DkimKey;
use crate::records::dkim::Selector;
use crate::store::error::StoreError;
use crate::store::file;
use crate::store::handover;
use crate::store::setup::Setup;

/// The most bytes of a private key file; one of 4096 bits has 3,272.
const LIMIT: usize = 64 << 10;

/// A key pair that is not on disk yet. It cannot be shown in any way; [`keep`] takes it.
pub struct KeyPair {
    algorithm: Algorithm,
    pem: Zeroizing<String>,
    public: Vec<u8>,
}

/// A key pair whose private half is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKey {
    selector: Selector,
    algorithm: Algorithm,
    path: PathBuf,
    record: DkimKey,
    warnings: Vec<String>,
}

impl KeyPair {
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl KeptKey {
    pub fn selector(&self) -> &Selector {
        &self.selector
    }

    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Where the private half is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is to be published.
    pub fn record(&self) -> &DkimKey {
        &self.record
    }

    /// What is not as it should be about the file, each with what to do.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The entry of the setup.
    pub fn entry(&self, made_at: Timestamp) -> MadeKey {
        MadeKey {
            selector: self.selector.to_string(),
            algorithm: self.algorithm.as_str().to_owned(),
            record: self.record.to_string(),
            made_at,
            path: format!("keys/{}.pem", self.selector),
        }
    }
}

/// Makes a key pair. Takes up to seconds for RSA: call it on a thread of its own.
pub fn generate(algorithm: Algorithm) -> Result<KeyPair, StoreError> {
    match rsa_bits(algorithm) {
        Some(bits) => {
            let key = RsaPrivateKey::new(&mut rand::rng(), bits).map_err(not_made)?;
            let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(not_made)?;
            let public = rsa_public(&key).ok_or_else(|| not_made("its public half has no form"))?;
            Ok(KeyPair {
                algorithm,
                pem,
                public,
            })
        }
        None => {
            let seed: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
            let key = SigningKey::from_bytes(&seed);
            // Without the public half this is PKCS#8 version 1, which every OpenSSL reads.
            let pem = KeypairBytes {
                secret_key: *seed,
                public_key: None,
            }
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(not_made)?;
            Ok(KeyPair {
                algorithm,
                pem,
                public: key.verifying_key().to_bytes().to_vec(),
            })
        }
    }
}

/// Puts a key pair on disk, file and folder synced, and only then gives its record.
pub fn keep(setup: &Setup, selector: &Selector, pair: &KeyPair) -> Result<KeptKey, StoreError> {
    let folder = setup.folder().join("keys");
    // The folders above, up to the data folder: open ones are refused, and a name that a crash left unsynced is synced.
    let above = || setup.folder().ancestors().take(2);
    above().try_for_each(file::expect_closed)?;
    file::make_folder(&folder)?;
    file::expect_closed(&folder)?;
    let path = path(setup.folder(), selector);
    let taken = || StoreError::SelectorTaken {
        selector: selector.clone(),
        path: path.clone(),
    };
    if is_taken(setup.folder(), selector) {
        return Err(taken());
    }
    file::create(&path, pair.pem.as_bytes()).map_err(|error| match error {
        StoreError::NotWritten { error, .. } if error.kind() == io::ErrorKind::AlreadyExists => {
            taken()
        }
        other => other,
    })?;
    above()
        .try_for_each(file::sync_folder)
        .map_err(|error| StoreError::not_written(&path, error))?;
    let kept = read(setup.folder(), selector)?;
    if kept.record.public_key != pair.public {
        return Err(StoreError::KeyOther { path });
    }
    Ok(kept)
}

/// Reads a private key back and computes its record from it. `folder` is the setup's. A key that was put away, or whose putting away was
/// cut short, is read where it is.
pub fn read(folder: &Path, selector: &Selector) -> Result<KeptKey, StoreError> {
    let usual = path(folder, selector);
    let retired = retired_path(folder, selector);
    let is_there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let path = if !is_there(&usual) && is_there(&retired) {
        retired
    } else {
        usual
    };
    let unreadable = |why| StoreError::KeyUnreadable {
        path: path.clone(),
        why,
    };
    let bytes = Zeroizing::new(
        file::read(&path, LIMIT)?.ok_or_else(|| StoreError::KeyMissing { path: path.clone() })?,
    );
    let (algorithm, public) = public_half(&bytes).map_err(unreadable)?;
    Ok(KeptKey {
        selector: selector.clone(),
        algorithm,
        record: DkimKey::published(algorithm, public),
        warnings: warnings(&path),
        path,
    })
}

/// Reads the private key of an entry of the setup, and proves that the issued record belongs to it.
pub fn check(folder: &Path, made: &MadeKey) -> Result<KeptKey, StoreError> {
    let selector: Selector = made.selector.parse().map_err(|_| StoreError::KeyMissing {
        path: folder.join(&made.path),
    })?;
    let kept = read(folder, &selector)?;
    if kept.record.to_string() == made.record {
        Ok(kept)
    } else {
        Err(StoreError::KeyOther {
            path: kept.path.clone(),
        })
    }
}

/// Puts a private key away into `keys/retired`, file and folders synced; copies for signers in the setup's folder go away. One that is there already, after a run that was cut short, stays.
pub fn retire(setup: &Setup, made: &MadeKey) -> Result<(), StoreError> {
    let kept = check(setup.folder(), made)?;
    let from = path(setup.folder(), &kept.selector);
    let to = retired_path(setup.folder(), &kept.selector);
    handover::forget(setup, kept.selector.as_str());
    if kept.path == to {
        return Ok(());
    }
    if fs::symlink_metadata(&to).is_ok() {
        return Err(StoreError::SelectorTaken {
            selector: kept.selector,
            path: to,
        });
    }
    let keys = setup.folder().join("keys");
    let retired = keys.join("retired");
    file::make_folder(&retired)?;
    file::expect_closed(&retired)?;
    fs::File::open(&from)
        .and_then(|file| file::close_file(&file))
        .and_then(|()| fs::rename(&from, &to))
        // The new name first: after a crash the file has one of its names, or both.
        .and_then(|()| file::sync_folder(&retired))
        .and_then(|()| file::sync_folder(&keys))
        .map_err(|error| StoreError::not_written(&to, error))
}

/// How a private half is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is kept (PKCS#8).
    Pem,
    /// The 32 bytes of an Ed25519 key in base64.
    Seed,
}

/// The private half of an entry of the setup, to be handed over to a signer; its record was proved to belong to it.
pub fn private(
    folder: &Path,
    made: &MadeKey,
    form: Form,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let kept = check(folder, made)?;
    let missing = || StoreError::KeyMissing {
        path: kept.path.clone(),
    };
    let bytes = Zeroizing::new(file::read(&kept.path, LIMIT)?.ok_or_else(missing)?);
    match form {
        Form::Pem => Ok(bytes),
        Form::Seed => {
            let unreadable = || StoreError::KeyUnreadable {
                path: kept.path.clone(),
                why: "is not an Ed25519 key",
            };
            let pem = std::str::from_utf8(&bytes).map_err(|_| unreadable())?;
            let pair = KeypairBytes::from_pkcs8_pem(pem).map_err(|_| unreadable())?;
            let mut seed = Zeroizing::new(STANDARD.encode(pair.secret_key).into_bytes());
            seed.push(b'\n');
            Ok(seed)
        }
    }
}

/// A selector that no key here has and that is not in `used`: `nb` + year and month, `e` for Ed25519, then `-2`, `-3`.
pub fn fresh_selector(
    folder: &Path,
    algorithm: Algorithm,
    now: Timestamp,
    used: &BTreeSet<String>,
) -> Result<Selector, StoreError> {
    let month = now.to_zoned(TimeZone::UTC).strftime("%y%m").to_string();
    let end = if algorithm == Algorithm::Ed25519 {
        "e"
    } else {
        ""
    };
    let base = format!("nb{month}{end}");
    std::iter::once(base.clone())
        .chain((2..1000).map(|n| format!("{base}-{n}")))
        .filter(|name| !used.contains(name))
        .filter_map(|name| name.parse().ok())
        .find(|selector| !is_taken(folder, selector))
        .ok_or_else(|| not_made("a thousand keys were made this month"))
}

/// Anything at the place of the key, or of the retired one, takes the selector.
fn is_taken(folder: &Path, selector: &Selector) -> bool {
    [path(folder, selector), retired_path(folder, selector)]
        .iter()
        .any(|path| fs::symlink_metadata(path).is_ok())
}

fn path(folder: &Path, selector: &Selector) -> PathBuf {
    folder.join("keys").join(file_name(selector))
}

fn retired_path(folder: &Path, selector: &Selector) -> PathBuf {
    folder.join("keys/retired").join(file_name(selector))
}

fn file_name(selector: &Selector) -> String {
    format!("{selector}.pem")
}

fn rsa_bits(algorithm: Algorithm) -> Option<usize> {
    match algorithm {
        Algorithm::Rsa2048 => Some(2048),
        Algorithm::Rsa3072 => Some(3072),
        Algorithm::Rsa4096 => Some(4096),
        Algorithm::Ed25519 => None,
    }
}

/// SubjectPublicKeyInfo, as `p=` wants it.
fn rsa_public(key: &RsaPrivateKey) -> Option<Vec<u8>> {
    let der = key.to_public_key().to_public_key_der().ok()?;
    Some(der.as_bytes().to_vec())
}

/// The kind and the public half of a private key file, or what is wrong with it.
fn public_half(bytes: &[u8]) -> Result<(Algorithm, Vec<u8>), &'static str> {
    if bytes.len() > LIMIT {
        return Err("is far too big for a key");
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("is empty");
    }
    let pem = std::str::from_utf8(bytes).map_err(|_| "is not a key in PEM form")?;
    if pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
        return Err("is protected by a passphrase, which nobounce does not know");
    }
    if !pem.contains("-----BEGIN PRIVATE KEY-----") {
        return Err("is not a key in PEM form (PKCS#8)");
    }
    if !pem.contains("-----END PRIVATE KEY-----") {
        return Err("breaks off in the middle");
    }
    if let Ok(pair) = KeypairBytes::from_pkcs8_pem(pem) {
        let key = SigningKey::from_bytes(&pair.secret_key);
        return Ok((Algorithm::Ed25519, key.verifying_key().to_bytes().to_vec()));
    }
    let key = RsaPrivateKey::from_pkcs8_pem(pem).map_err(|_| "is damaged")?;
    let algorithm = Algorithm::ALL
        .into_iter()
        .find(|algorithm| rsa_bits(*algorithm) == Some(key.n().bit_width_vartime() as usize))
        .ok_or("has a size that nobounce does not make")?;
    let public = rsa_public(&key).ok_or("is damaged")?;
    Ok((algorithm, public))
}

/// A key that others could read, or that has a second name, is still of use.
#[cfg(unix)]
fn warnings(path: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    if metadata.mode() & 0o077 != 0 {
        warnings.push(format!(
            "the private key {} can be read by others on this computer; close it with: chmod 600 {0}",
            path.display()
        ));
    }
    if metadata.nlink() > 1 {
        warnings.push(format!(
            "the private key {} has a second name somewhere on this disk; see who made it",
            path.display()
        ));
    }
    warnings
}

#[cfg(not(unix))]
fn warnings(_path: &Path) -> Vec<String> {
    Vec::new()
}

fn not_made(why: impl std::fmt::Display) -> StoreError {
    StoreError::KeyNotMade {
        why: why.to_string(),
    }
}
