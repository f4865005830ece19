//! What is wrong with the names in an SPF record that are well formed by the grammar, which allows nearly any character.

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::codes;
use crate::records::spf::macros::MacroScope;
use crate::records::spf::macros::Piece;
use crate::records::spf::macros::pieces;

/// Words that start a term: one in the middle of a name means that the space in front of it is missing.
const WORDS: [&str; 7] = ["include", "exists", "ip4", "ip6", "ptr", "mx", "a"];

/// Findings about every domain-spec of the record, and about an `exists` that does not look at the message.
pub(super) fn findings(owner: &DomainName, spf: &Spf) -> Vec<Finding> {
    let mut found = Vec::new();
    for directive in spf.directives() {
        let spec = match &directive.mechanism {
            Mechanism::Include(spec) | Mechanism::Exists(spec) => Some(spec),
            Mechanism::A { domain, .. } | Mechanism::Mx { domain, .. } => domain.as_ref(),
            Mechanism::Ptr(domain) => domain.as_ref(),
            Mechanism::All | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. } => None,
        };
        let term = directive.to_string();
        found.extend(spec.and_then(|spec| odd(owner, &term, spec)));
        if let Mechanism::Exists(spec) = &directive.mechanism
            && is_constant(spec)
        {
            found.push(constant(owner, &term, directive.qualifier));
        }
        if directive.mechanism == Mechanism::All {
            break;
        }
    }
    for modifier in spf.modifiers() {
        let spec = match modifier {
            Modifier::Redirect(spec) | Modifier::Explanation(spec) => spec,
            Modifier::Unknown { .. } => continue,
        };
        found.extend(odd(owner, &modifier.to_string(), spec));
    }
    found
}

fn finding(
    owner: &DomainName,
    code: Code,
    severity: Severity,
    message: String,
    remedy: String,
) -> Finding {
    Finding {
        code,
        severity,
        subject: Subject::Spf,
        name: owner.clone(),
        message,
        remedy,
    }
}

/// The finding about a name that no host can have.
fn odd(owner: &DomainName, term: &str, spec: &DomainSpec) -> Option<Finding> {
    let parts = pieces(&spec.0, MacroScope::Domain).ok()?;
    let sign = parts.iter().find_map(|part| match part {
        Piece::Literal { text } => text
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_')),
        Piece::Sign(_) | Piece::Macro(_) => None,
    });
    let cannot_be = !spec.has_macro() && spec.0.parse::<DomainName>().is_err();
    let (message, remedy) = match sign {
        None if !cannot_be => return None,
        None => (
            format!("The name in {term} has an empty or too long part, so it is never found."),
            "Correct the name.".to_owned(),
        ),
        Some(_) if let Some(at) = glued(&spec.0) => (
            format!(
                "In {term} two terms stand together without a space, so mail servers read both as one name, which does not exist."
            ),
            format!("Put a space in front of {}.", &spec.0[at..]),
        ),
        Some(sign) => (
            format!(
                "The name in {term} holds the sign {sign}, which no host name has, so it is never found."
            ),
            "Write the bare name there, such as example.com: no web address and no mail address."
                .to_owned(),
        ),
    };
    Some(finding(
        owner,
        codes::NOT_A_HOST_NAME,
        Severity::Error,
        message,
        remedy,
    ))
}

/// Where in a name the next term starts.
fn glued(text: &str) -> Option<usize> {
    let colon = text.find(':')?;
    let before = text[..colon].to_ascii_lowercase();
    WORDS
        .iter()
        .find(|word| before.ends_with(*word) && before.len() > word.len())
        .map(|word| colon - word.len())
}

/// True where no macro of the spec depends on the message, the connection or the sender.
fn is_constant(spec: &DomainSpec) -> bool {
    pieces(&spec.0, MacroScope::Domain).is_ok_and(|parts| {
        parts.iter().all(|part| match part {
            Piece::Literal { .. } | Piece::Sign(_) => true,
            Piece::Macro(found) => matches!(found.letter, 'd' | 'v'),
        })
    })
}

fn constant(owner: &DomainName, term: &str, qualifier: Qualifier) -> Finding {
    let (severity, effect) = if qualifier == Qualifier::Pass {
        (
            Severity::Error,
            "it allows everyone in the world to send as this domain",
        )
    } else {
        (
            Severity::Warning,
            "it decides for everyone, and nothing after it is looked at",
        )
    };
    finding(
        owner,
        codes::ALLOWS_EVERYONE,
        severity,
        format!(
            "{term} is the same for every message. If that name has an address, {effect}; if not, the term does nothing."
        ),
        "Delete this term, or write include: or a: with the name of the service.".to_owned(),
    )
}
