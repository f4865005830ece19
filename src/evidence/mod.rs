//! What receivers say about mail that claims to be from the domain: aggregate reports and bounces, read from bytes that others opened.
//!
//! Everything here is bounded while it is read: see [`bounds`].

pub mod aggregate;
pub mod ahead;
pub mod bounce;
pub mod bounds;
pub mod decode;
pub mod draft;
pub mod element;
pub mod mail;
pub mod mbox;
pub mod message;
pub mod refusal;
pub mod source;
pub mod summary;
pub mod tally;
pub mod token;
pub mod unpack;
pub mod xml;
