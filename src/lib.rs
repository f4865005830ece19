//! nobounce: from "my email is bouncing!" to full DMARC enforcement, in the safe order.
//!
//! The floor plan. Rooms that think know no network, no disk and no clock; rooms that touch the
//! world do not judge; two doors open on people. Arrows only go down, and
//! `tests/architecture.rs` holds them so.
//!
//! Think:
//! - [`records`]: what SPF, DKIM and DMARC records say, what a server answered, and the verdict.
//! - [`catalog`]: who sends, who hosts mail, who hosts DNS; read from the embedded `assets/`.
//! - [`audit`]: which questions a full look at a domain asks, and what the answers mean together.
//! - [`evidence`]: what receivers say in aggregate reports.
//! - [`plan`]: the ladder, its gates, and the wizard's pages as data.
//! - [`export`]: the records in the form a panel, a zone file or a script wants.
//!
//! Touch the world:
//! - [`dns`]: asks name servers and resolvers, changes a zone where that is asked for by name; holds the pretend DNS of `nobounce practice`.
//! - [`store`]: keeps setups and private keys on disk.
//!
//! Doors:
//! - [`tui`]: the full-screen wizard.
//! - [`cli`]: one file per verb, exit codes, errors in two lines.

pub mod audit;
pub mod catalog;
pub mod cli;
pub mod dns;
pub mod evidence;
pub mod export;
pub mod mailbox;
pub mod plan;
pub mod records;
pub mod store;
pub mod tui;
