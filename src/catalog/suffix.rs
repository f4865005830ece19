//! A name that stands for itself and everything below it.

use serde::Deserialize;

use crate::records::name::DomainName;
use crate::records::name::NameError;

/// A suffix as entries hold it; matches on label boundaries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Suffix(DomainName);

impl Suffix {
    pub fn name(&self) -> &DomainName {
        &self.0
    }

    /// How long the match is, where `name` is the suffix or lies below it: longer is more exact.
    pub fn length_of_match(&self, name: &DomainName) -> Option<usize> {
        name.is_within(&self.0).then(|| self.0.as_str().len())
    }
}

impl TryFrom<String> for Suffix {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        let name: DomainName = text.parse()?;
        if name.is_root() {
            return Err(NameError::EmptyLabel);
        }
        Ok(Self(name))
    }
}

/// The longest match among several suffixes.
pub fn longest<'a>(
    suffixes: impl IntoIterator<Item = &'a Suffix>,
    name: &DomainName,
) -> Option<usize> {
    suffixes
        .into_iter()
        .filter_map(|suffix| suffix.length_of_match(name))
        .max()
}
