//! The records: what is read, printed and judged.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod dkim;
mod dmarc;
