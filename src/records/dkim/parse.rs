//! Reads a DKIM key record from text; says where and what was expected.

use std::str::FromStr;

use crate::records::dkim::DkimKey;
use crate::records::syntax::SyntaxError;

impl FromStr for DkimKey {
    type Err = SyntaxError;

    fn from_str(_text: &str) -> Result<Self, SyntaxError> {
        todo!()
    }
}
