//! Where a text breaks the grammar of a record, and what was expected there.

/// A syntax error. `at`: byte offset in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {}: expected {expected}", at + 1)]
pub struct SyntaxError {
    pub at: usize,
    pub expected: String,
}

impl SyntaxError {
    pub fn new(at: usize, expected: &str) -> Self {
        Self {
            at,
            expected: expected.to_owned(),
        }
    }
}
