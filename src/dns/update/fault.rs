//! Why a name server did not do what it was asked, in words for the person who looks after it.

use std::fmt;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::records::name::DomainName;
use crate::records::sighting::Trouble;

/// Why there is no good answer of a name server to a signed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing reached the server.
    NotSent(Trouble),
    /// The message went out, and no usable answer came.
    Lost(Trouble),
    /// A response code (RFC 1035, RFC 2136) in a signed answer.
    Code { code: u16 },
    /// The server does not know the key, or not for this algorithm.
    BadKey { key: DomainName },
    /// The server knows a key of this name with another secret.
    BadSignature { key: DomainName },
    /// The clocks differ by more than is allowed. Seconds since 1970.
    BadTime { server: Option<u64>, ours: u64 },
    /// The answer has no signature; anybody may have sent it.
    Unsigned { code: u16 },
    /// The signature of the answer is wrong.
    Forged,
    /// The server does not hold the zone.
    NotAuthoritative,
    /// The message does not fit.
    TooBig,
}

/// Response codes (RFC 1035, section 4.1.1; RFC 2136, section 2.2).
pub mod code {
    pub const FORMERR: u16 = 1;
    pub const SERVFAIL: u16 = 2;
    pub const NXDOMAIN: u16 = 3;
    pub const NOTIMP: u16 = 4;
    pub const REFUSED: u16 = 5;
    pub const YXDOMAIN: u16 = 6;
    pub const YXRRSET: u16 = 7;
    pub const NXRRSET: u16 = 8;
    pub const NOTAUTH: u16 = 9;
    pub const NOTZONE: u16 = 10;
}

impl Fault {
    /// True where the server itself said no, so that nothing was changed.
    pub fn is_refusal(&self) -> bool {
        !matches!(
            self,
            Self::NotSent(_) | Self::Lost(_) | Self::Unsigned { .. } | Self::Forged
        )
    }

    /// True where it is sure that nothing was changed: nothing was sent, or the answer is signed.
    pub fn is_certain(&self) -> bool {
        matches!(
            self,
            Self::NotSent(_)
                | Self::Code { .. }
                | Self::BadTime { .. }
                | Self::NotAuthoritative
                | Self::TooBig
        )
    }

    /// The word of the standard, for people who know it.
    pub fn word(&self) -> String {
        match self {
            Self::NotSent(_) | Self::Lost(_) => "no-answer".to_owned(),
            Self::Code { code } => name(*code).map_or(format!("RCODE {code}"), str::to_owned),
            Self::BadKey { .. } => "BADKEY".to_owned(),
            Self::BadSignature { .. } => "BADSIG".to_owned(),
            Self::BadTime { .. } => "BADTIME".to_owned(),
            Self::Unsigned { .. } | Self::Forged => "unsigned-answer".to_owned(),
            Self::NotAuthoritative => "not-authoritative".to_owned(),
            Self::TooBig => "too-big".to_owned(),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotSent(_) => {
                "see that this machine may reach the server on TCP and UDP port 53, or name another one with --server"
            }
            Self::Lost(_) => {
                "run the command again: it looks first, and what is there already is left alone"
            }
            Self::Code { code } => remedy(*code),
            Self::BadKey { .. } => {
                "see that the server has a key of this very name and algorithm (Knot wants an acl rule for it, too) and was reloaded; where it is a \
                 secondary server, name the primary with --server"
            }
            Self::BadSignature { .. } => {
                "copy the secret from the server's configuration again; both sides must have the same one"
            }
            Self::BadTime { .. } => {
                "set the clock that is wrong (timedatectl shows whether it is kept by NTP), then try again"
            }
            Self::Unsigned { .. } => {
                "see that --server names the primary server of the zone itself, that it has the key, and that nothing between answers in its \
                 place"
            }
            Self::Forged => {
                "see that nothing between this machine and the server changes DNS messages, and that both have the same secret"
            }
            Self::NotAuthoritative => {
                "name the primary server of the zone with --server, or leave records of other zones out with --only"
            }
            Self::TooBig => "publish fewer records at a time with --only",
        }
    }
}

impl fmt::Display for Fault {
    /// A sentence's end, to stand behind the name of the server.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(trouble) | Self::Lost(trouble) => trouble.fmt(f),
            Self::Code { code } => f
                .write_str(meaning(*code))
                .and_then(|()| match name(*code) {
                    Some(name) => write!(f, " ({name})"),
                    None => write!(f, " (code {code})"),
                }),
            Self::BadKey { key } => write!(f, "does not know the key {key} (BADKEY)"),
            Self::BadSignature { key } => write!(
                f,
                "knows the key {key}, and its secret is another one (BADSIG)"
            ),
            Self::BadTime { server, ours } => {
                f.write_str("does not accept the time of the signature (BADTIME)")?;
                match server {
                    Some(server) => write!(
                        f,
                        ": its clock says {}, this machine's {}, which is {}",
                        clock(*server),
                        clock(*ours),
                        apart(*server, *ours)
                    ),
                    None => write!(f, ": this machine's clock says {}", clock(*ours)),
                }
            }
            Self::Unsigned { code: 0 } => {
                f.write_str("sent an answer without a signature, which anybody may have sent")
            }
            Self::Unsigned { code } => write!(
                f,
                "sent an answer without a signature: it {} ({})",
                meaning(*code),
                name(*code).map_or(format!("code {code}"), str::to_owned)
            ),
            Self::Forged => f.write_str("sent an answer whose signature is wrong"),
            Self::NotAuthoritative => f.write_str("does not hold the zone"),
            Self::TooBig => {
                f.write_str("was sent nothing: the change does not fit into one message")
            }
        }
    }
}

fn name(code: u16) -> Option<&'static str> {
    Some(match code {
        code::FORMERR => "FORMERR",
        code::SERVFAIL => "SERVFAIL",
        code::NXDOMAIN => "NXDOMAIN",
        code::NOTIMP => "NOTIMP",
        code::REFUSED => "REFUSED",
        code::YXDOMAIN => "YXDOMAIN",
        code::YXRRSET => "YXRRSET",
        code::NXRRSET => "NXRRSET",
        code::NOTAUTH => "NOTAUTH",
        code::NOTZONE => "NOTZONE",
        _ => return None,
    })
}

fn meaning(code: u16) -> &'static str {
    match code {
        code::FORMERR => "could not read the message",
        code::SERVFAIL => "had a failure of its own",
        code::NXDOMAIN => "changed nothing: a name that was there is gone meanwhile",
        code::NOTIMP => "does not take updates at all",
        code::REFUSED => "refused",
        code::YXDOMAIN => "changed nothing: something stands at a name that has to be free",
        code::YXRRSET => "changed nothing: there is a record now where none was",
        code::NXRRSET => {
            "changed nothing: a record that was there has been changed or is gone meanwhile"
        }
        code::NOTAUTH => {
            "is not the primary server of the zone, or does not let this key sign for it"
        }
        code::NOTZONE => "says that a name lies outside of the zone",
        _ => "answered with an error",
    }
}

fn remedy(code: u16) -> &'static str {
    match code {
        code::SERVFAIL => {
            "look into the server's log; often it may not write the zone's file or its journal (.jnl), or the zone is frozen"
        }
        code::NOTIMP | code::FORMERR => {
            "publish the records in another way (`nobounce records`), or name a server that takes updates with --server"
        }
        code::REFUSED => {
            "let the key change these names: `update-policy` or `allow-update` in BIND, `acl` with `action: update` in Knot; a secondary \
             server refuses unless it may forward updates, so name the primary with --server"
        }
        code::YXDOMAIN => {
            "an alias (CNAME) has to stand alone at its name: see what stands there, with `dig NAME ANY`, and take it away if nothing uses it"
        }
        code::YXRRSET | code::NXRRSET | code::NXDOMAIN => {
            "somebody else changed the zone between the look and the change: run the command again and read the new difference"
        }
        code::NOTAUTH => {
            "name the primary server of the zone with --server; a secondary does not take updates unless it forwards them"
        }
        code::NOTZONE => "a part of the zone is a zone of its own: name its server with --server",
        _ => "look into the server's log",
    }
}

fn clock(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(
            || format!("{seconds} seconds since 1970"),
            |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        )
}

fn apart(server: u64, ours: u64) -> String {
    let seconds = i64::try_from(server.abs_diff(ours)).unwrap_or(i64::MAX);
    let side = if ours < server { "behind" } else { "ahead" };
    format!("{:#} {side}", SignedDuration::from_secs(seconds))
}
