//! What DNS hosts are known to do to a zone by themselves. The facts come from the catalog; here they are looked for in records.

use std::net::IpAddr;

use crate::records::dmarc::Dmarc;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::Mechanism;
use crate::records::spf::Spf;
use crate::records::verdict::codes;

/// What one DNS host does by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habit {
    /// The name of the host, for people.
    pub host: String,
    /// Report addresses of the DMARC record that the host makes by itself, in lower case.
    pub default_reports: Vec<String>,
    /// Names, relative to the domain, that the host puts SPF terms under; `*` stands for anything within a label.
    pub spf_names: Vec<String>,
    /// The networks of its web proxy, with the length of the prefix.
    pub proxies: Vec<(IpAddr, u8)>,
}

/// The host that made this DMARC record by itself (P21).
pub fn default_policy<'h>(habits: &'h [Habit], dmarc: &Dmarc) -> Option<&'h Habit> {
    habits.iter().find(|habit| {
        dmarc.aggregate.iter().any(|uri| {
            let lower = uri.0.to_ascii_lowercase();
            let address = lower.strip_prefix("mailto:").unwrap_or(&lower);
            habit.default_reports.iter().any(|known| known == address)
        })
    })
}

/// The include that a host put in place of SPF terms (P22).
pub fn rewritten_spf(habits: &[Habit], spf: &Spf) -> Option<String> {
    spf.directives().find_map(|directive| {
        let Mechanism::Include(_) = &directive.mechanism else {
            return None;
        };
        let term = directive.mechanism.to_string().to_ascii_lowercase();
        let target = term.strip_prefix("include:")?;
        habits
            .iter()
            .flat_map(|habit| &habit.spf_names)
            .any(|pattern| starts_as(pattern, target))
            .then(|| target.to_owned())
    })
}

/// The host whose web proxy has this address (P20).
pub fn proxy_of(habits: &[Habit], address: IpAddr) -> Option<&Habit> {
    habits.iter().find(|habit| {
        habit
            .proxies
            .iter()
            .any(|(network, length)| holds(*network, *length, address))
    })
}

/// The finding about a DMARC record that the host made.
pub fn host_default(owner: &DomainName, habit: &Habit) -> Finding {
    say(
        owner,
        Subject::Dmarc,
        codes::HOST_DEFAULT,
        Severity::Warning,
        format!(
            "{} made this DMARC record by itself. Its reports go to {}, so you never see them.",
            habit.host, habit.host
        ),
        "Edit that record and put your own value into it. Do not add a second one.",
    )
}

/// The finding about SPF terms that the host put elsewhere. `severity`: a note where nothing else is wanted.
pub fn rewritten_by_host(owner: &DomainName, include: &str, severity: Severity) -> Finding {
    say(
        owner,
        Subject::Spf,
        codes::REWRITTEN_BY_HOST,
        severity,
        format!(
            "The DNS host rewrote the SPF record: it moved terms of it to {include}. That happens where a service was connected by a button (Domain Connect)."
        ),
        "Look at what stands at that name before you change the record, and keep what you still use. Edit the record by hand, not by the button.",
    )
}

fn say(
    owner: &DomainName,
    subject: Subject,
    code: Code,
    severity: Severity,
    message: String,
    remedy: &str,
) -> Finding {
    Finding {
        code,
        severity,
        subject,
        name: owner.clone(),
        message,
        remedy: remedy.to_owned(),
    }
}

/// Whether the first labels of `name` fit a pattern.
fn starts_as(pattern: &str, name: &str) -> bool {
    let mut labels = name.split('.');
    pattern.split('.').all(|wanted| {
        labels
            .next()
            .is_some_and(|label| match wanted.split_once('*') {
                Some((head, tail)) => {
                    label.len() > head.len() + tail.len()
                        && label.starts_with(head)
                        && label.ends_with(tail)
                }
                None => label == wanted,
            })
    })
}

fn holds(network: IpAddr, length: u8, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX
                .checked_shl(32_u32.saturating_sub(length.into()))
                .unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX
                .checked_shl(128_u32.saturating_sub(length.into()))
                .unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}
