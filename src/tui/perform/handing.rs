//! Keys for a signer: the files that `export` shapes, with the private halves that `store` keeps, written by `store`.

use std::path::Path;

use zeroize::Zeroizing;

use crate::catalog::signer::Signer;
use crate::export::signer;
use crate::export::signer::Body;
use crate::export::signer::Hand;
use crate::export::signer::Handed;
use crate::plan::facts::Facts;
use crate::plan::facts::MadeKey;
use crate::plan::steps::dkim::rotation;
use crate::store::error::StoreError;
use crate::store::file;
use crate::store::handover;
use crate::store::handover::Kind;
use crate::store::handover::Piece;
use crate::store::keys;
use crate::store::keys::Form;
use crate::store::setup::Setup;

/// Every file for a signer, private halves in it. `kept`: the setup's folder. `keys`: entries of the setup.
pub fn pieces(kept: &Path, hand: &Hand, keys: &[&MadeKey]) -> Result<Vec<Piece>, StoreError> {
    signer::pieces(hand)
        .into_iter()
        .map(|piece| {
            let (bytes, kind) = match piece.body {
                Body::Text(text) => (Zeroizing::new(text.into_bytes()), Kind::Open),
                Body::Key(handed) => (private(kept, hand.signer, &handed, keys)?, Kind::Key),
            };
            Ok(Piece {
                name: piece.name,
                bytes,
                kind,
            })
        })
        .collect()
}

fn private(
    kept: &Path,
    signer: Signer,
    handed: &Handed,
    keys: &[&MadeKey],
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let made = keys
        .iter()
        .find(|key| key.selector == handed.selector.as_str())
        .ok_or_else(|| StoreError::KeyMissing {
            path: kept.join("keys"),
        })?;
    let form = if signer.wants_seed(handed.algorithm) {
        Form::Seed
    } else {
        Form::Pem
    };
    keys::private(kept, made, form)
}

/// The entry of a key as it is handed over.
pub fn handed(key: &MadeKey) -> Option<Handed> {
    Some(Handed {
        selector: key.selector.parse().ok()?,
        algorithm: rotation::algorithm(key)?,
    })
}

/// Writes the files for a signer into the setup's own folder, for the wizard. Gives the folder, named from the setup's. Files that were
/// written before for the same keys stay.
pub fn inside(
    setup: &Setup,
    facts: &Facts,
    sender: &str,
    signer: Signer,
    selectors: &[String],
) -> Result<String, StoreError> {
    let keys: Vec<&MadeKey> = facts
        .dkim
        .get(sender)
        .into_iter()
        .flat_map(|choice| &choice.keys)
        .filter(|key| selectors.contains(&key.selector))
        .collect();
    let handed: Vec<Handed> = keys.iter().filter_map(|key| self::handed(key)).collect();
    let name = format!("signers/{}-{}", signer.as_str(), selectors.join("-"));
    let folder = setup.folder().join(&name);
    let shown = folder.display().to_string();
    let hand = Hand {
        signer,
        domain: setup.domain(),
        keys: &handed,
        folder: signer.usual_folder().unwrap_or(&shown),
    };
    let pieces = pieces(setup.folder(), &hand, &keys)?;
    file::make_folder(&setup.folder().join("signers"))?;
    // The folder appears whole: one that is there was written before.
    match handover::write(&folder, &pieces, &[]) {
        Ok(_) | Err(StoreError::PlaceTaken { .. }) => Ok(name),
        Err(error) => Err(error),
    }
}
