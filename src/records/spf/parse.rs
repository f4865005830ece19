//! Reads an SPF record from text; says where and what was expected.

use std::str::FromStr;

use crate::records::spf::Spf;
use crate::records::syntax::SyntaxError;

impl FromStr for Spf {
    type Err = SyntaxError;

    fn from_str(_text: &str) -> Result<Self, SyntaxError> {
        todo!()
    }
}
