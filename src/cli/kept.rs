//! What the verbs share about saved setups: where they are, and how trouble with them ends a run.

use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::plan::facts::Facts;
use crate::records::name::DomainName;
use crate::store::Store;
use crate::store::error::StoreError;

/// The folder of the setups, as the options say.
pub fn store(globals: &Globals) -> Result<Store, Exit> {
    Store::locate(globals.data_dir.as_deref()).map_err(|error| complain(&error))
}

/// A saved setup, to look at.
pub fn facts(store: &Store, domain: &DomainName) -> Result<Facts, Exit> {
    match store.look(domain) {
        Ok(Some(facts)) => Ok(facts),
        Ok(None) => Err(absent(domain)),
        Err(error) => Err(complain(&error)),
    }
}

/// Says that nothing is saved of a domain.
pub fn absent(domain: &DomainName) -> Exit {
    printer::complain(
        Exit::Wrong,
        &format!("there is no saved setup of {domain}"),
        &format!("start one with `nobounce {domain}`"),
    )
}

/// Says what is wrong in two lines and gives the exit that it means.
pub fn complain(error: &StoreError) -> Exit {
    printer::complain(exit(error), &error.to_string(), &error.remedy())
}

pub fn exit(error: &StoreError) -> Exit {
    match error {
        StoreError::NameUnfit { .. } | StoreError::SelectorTaken { .. } => Exit::Usage,
        StoreError::InUse { .. } => Exit::InUse,
        StoreError::Damaged { .. } | StoreError::Newer { .. } => Exit::Damaged,
        StoreError::KeyMissing { .. }
        | StoreError::KeyUnreadable { .. }
        | StoreError::KeyOther { .. } => Exit::Wrong,
        StoreError::NoHome
        | StoreError::FolderNotMade { .. }
        | StoreError::PlaceNotMade { .. }
        | StoreError::NotWritten { .. }
        | StoreError::NotRead { .. }
        | StoreError::NotOurs { .. }
        | StoreError::WorldWritable { .. }
        | StoreError::CannotLock { .. }
        | StoreError::TooBig { .. }
        | StoreError::PlaceTaken { .. }
        | StoreError::KeyNotMade { .. } => Exit::NotWritten,
    }
}
