//! A bounce explained: from pasted bytes to the cause, who can mend it, and the step of the wizard that does.
//!
//! - [`message`]: mail, report or pasted line to refusals, one for each recipient. [`report`] reads the machine's part
//!   (RFC 3464), [`prose`] the part for people, [`text`] the words as such.
//! - [`read`]: one refusal to its cause. [`wording`] asks the receivers' own words (`assets/bounces/`), [`proof`] what is
//!   said of SPF, DKIM and DMARC; words come before numbers, since receivers use the same numbers for different things.
//! - [`cause`], [`codes`]: what is known about each cause. [`meaning`]: what a status code means in general.
//! - [`answer`]: the refusal that matters most, and the others.

pub mod answer;
pub mod cause;
pub mod codes;
pub mod meaning;
pub mod message;
pub mod proof;
pub mod prose;
pub mod read;
pub mod report;
pub mod text;
pub mod wording;

pub use answer::Answer;
pub use answer::explain;
