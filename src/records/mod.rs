//! What the records say: SPF, DKIM and DMARC as types that read and print themselves, what servers
//! answered, and the verdict on what is published. Nothing here asks, waits, or knows the time.

pub mod dkim;
pub mod dmarc;
pub mod finding;
pub mod name;
pub mod near;
pub mod record;
pub mod serials;
pub mod sighting;
pub mod slip;
pub mod spf;
pub mod syntax;
pub mod tags;
pub mod typed;
pub mod untrusted;
pub mod update;
pub mod verdict;
