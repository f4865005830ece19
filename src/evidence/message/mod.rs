//! One received message: its signatures, SPF, alignment, what DMARC makes of it, and why.
//!
//! Pure: [`look::Look`] hands out questions, takes sightings, and gives its report at any time.
//!
//! `raw` header and body · `canonical` both as they are signed · `signature` the tags of a signature · `verify` one signature against its key ·
//! `author` the domain that people see · `received` where the message came in · `look` all of it together · `tell` the findings in words.

pub mod author;
pub mod canonical;
pub mod codes;
pub mod look;
pub mod raw;
pub mod received;
pub mod signature;
mod tell;
pub mod verify;
