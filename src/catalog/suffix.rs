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

/// The candidates with the longest match, in their order.
pub fn most_exact<T>(candidates: impl IntoIterator<Item = (usize, T)>) -> Vec<T> {
    let mut best = Vec::new();
    let mut longest = 0;
    for (length, candidate) in candidates {
        if length > longest {
            best.clear();
            longest = length;
        }
        if length == longest {
            best.push(candidate);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::most_exact;

    #[test]
    fn the_longest_match_wins_and_equals_stay_in_order() {
        let found = most_exact([(10, "a"), (14, "b"), (3, "c"), (14, "d")]);
        assert_eq!(found, ["b", "d"]);
        assert!(most_exact(Vec::<(usize, u8)>::new()).is_empty());
    }
}
