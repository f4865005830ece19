//! `check_host()` of RFC 7208, section 4: may this address send mail as this domain?
//!
//! Pure and started again from the front whenever an answer comes in: it gives the result with the path to it, or the questions
//! that it needs now. `evaluate` the terms in their order · `terms` one
//! mechanism each · `expand` macros · `reverse` names of addresses and what they prove.

mod evaluate;
mod expand;
mod reverse;
mod terms;

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;

use crate::records::sighting::Question;
use crate::records::spf::check_host::evaluate::Evaluation;
use crate::records::spf::known::Known;

/// The results of SPF (RFC 7208, section 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpfResult {
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TempError,
    PermError,
}

/// What a receiver knows about the message when it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The address that the mail came from.
    pub ip: IpAddr,
    /// The part of MAIL FROM before the `@`; `postmaster` where there is none (RFC 7208, section 4.3).
    pub local: String,
    /// The part of MAIL FROM behind the `@`; that of HELO where MAIL FROM is empty (RFC 7208, section 2.4).
    pub domain: String,
    /// The name that the sending server gave itself.
    pub helo: String,
    /// The name of the receiver; `unknown` where it is not known (RFC 7208, section 7.3).
    pub receiver: String,
}

/// The result, or what has to be known first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Questions that wait for nothing. Some are asked ahead: a receiver that goes term by term might end before them. They are never more
    /// than the look-ups that it is allowed.
    Open(Vec<Question>),
    Done(Checked),
}

/// How the check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub result: SpfResult,
    /// The term that decided, as written.
    pub matched: Option<String>,
    /// One line a step, indented by two spaces for each record that is read inside another. Safe to print.
    pub path: Vec<String>,
    /// Look-ups that were counted on the way (RFC 7208, section 4.6.4).
    pub lookups: u32,
    pub void_lookups: u32,
    /// Why it is `temperror` or `permerror`, in a sentence.
    pub problem: Option<String>,
    /// What the owner of the domain has to say about a `fail` (`exp=`); printable ASCII.
    pub explanation: Option<String>,
}

impl Message {
    /// Takes MAIL FROM apart: `local@domain`, a bare domain, or nothing (`<>`).
    pub fn new(ip: IpAddr, mail_from: &str, helo: &str, receiver: &str) -> Self {
        let bare = mail_from
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap_or(mail_from);
        let (local, domain) = bare.rsplit_once('@').unwrap_or(("", bare));
        let or = |text: &str, other: &str| if text.is_empty() { other } else { text }.to_owned();
        Self {
            ip: ip.to_canonical(),
            local: or(local, "postmaster"),
            domain: or(domain, helo),
            helo: helo.to_owned(),
            receiver: or(receiver, "unknown"),
        }
    }
}

/// Checks `message` against the record of `domain`: that of MAIL FROM, or that of HELO. `now` is what `%{t}` stands for.
pub fn check_host(domain: &str, message: &Message, now: Timestamp, known: &Known) -> Progress {
    Evaluation::new(message, now, known).run(domain)
}

impl SpfResult {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

impl fmt::Display for SpfResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
