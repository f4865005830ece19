//! Reads a DMARC Policy Record from text; says where and what was expected.

use std::str::FromStr;

use crate::records::dmarc::Dmarc;
use crate::records::syntax::SyntaxError;

impl FromStr for Dmarc {
    type Err = SyntaxError;

    fn from_str(_text: &str) -> Result<Self, SyntaxError> {
        todo!()
    }
}
