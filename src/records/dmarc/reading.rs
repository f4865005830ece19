//! Reads a DMARC record the way receivers do: what cannot be read is left out, and each mistake is told with its effect.

use crate::records::dmarc::Dmarc;
use crate::records::dmarc::Policy;
use crate::records::dmarc::ReportUri;
use crate::records::dmarc::codes;
use crate::records::dmarc::judge::Effect;
use crate::records::dmarc::judge::Reading;
use crate::records::dmarc::judge::finding;
use crate::records::dmarc::parse;
use crate::records::dmarc::reports;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::near::is_near;
use crate::records::slip;
use crate::records::tags::Piece;
use crate::records::tags::Tag;
use crate::records::tags::pieces;
use crate::records::untrusted::Untrusted;

const KNOWN: [&str; 11] = [
    "v", "p", "sp", "np", "adkim", "aspf", "t", "psd", "rua", "ruf", "fo",
];

/// Tags of RFC 7489 that RFC 9989 removed.
pub const REMOVED: [&str; 3] = ["pct", "rf", "ri"];

/// A reading in the making.
pub(super) struct Notes<'o> {
    owner: &'o DomainName,
    findings: Vec<Finding>,
    /// Policy tags that cannot be read.
    bad_policy: bool,
    /// The same, of those that receivers of RFC 7489 know.
    bad_older_policy: bool,
}

impl Notes<'_> {
    pub(super) fn say(&mut self, code: Code, severity: Severity, message: &str, remedy: &str) {
        self.findings
            .push(finding(self.owner, code, severity, message, remedy));
    }
}

/// Text from outside, for a sentence: escaped and short.
pub(super) fn shown(value: &str) -> String {
    Untrusted::from(value).shown_up_to(60).as_str().to_owned()
}

/// Reads a text that starts with `v=DMARC1`.
pub fn read(owner: &DomainName, text: &Untrusted) -> Reading {
    let mut notes = Notes {
        owner,
        findings: Vec::new(),
        bad_policy: false,
        bad_older_policy: false,
    };
    let bytes = text.as_bytes();
    if let Some(what) = slip::foreign(bytes) {
        notes.say(
            codes::FOREIGN_CHARACTER,
            Severity::Warning,
            &format!("The value holds {what}. The part around it is not read."),
            "Copy the value again from a plain text, without formatting, or type that spot by hand.",
        );
    } else if bytes.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        notes.say(
            codes::LINE_ENDS,
            Severity::Warning,
            "The value holds line ends. Some receivers cannot read the record because of them.",
            "Enter the value as one line.",
        );
    }
    let latin: String = bytes.iter().map(|&b| char::from(b)).collect();
    let mut dmarc = Dmarc::default();
    let mut seen: Vec<String> = Vec::new();
    let mut removed: Vec<String> = Vec::new();
    let mut is_pct_whole = false;
    let all = pieces(&latin);
    let last = all.len() - 1;
    for (index, piece) in all.into_iter().enumerate() {
        match piece {
            Piece::Tag(tag) => {
                let name = tag.name.to_ascii_lowercase();
                if seen.contains(&name) {
                    twice(&mut notes, &name);
                    continue;
                }
                if REMOVED.contains(&name.as_str()) {
                    removed.push(name.clone());
                }
                is_pct_whole |= name == "pct" && tag.value.trim() == "100";
                known(&mut notes, &mut dmarc, &name, &tag);
                seen.push(name);
            }
            Piece::Stray { text, .. } => stray(&mut notes, &text),
            Piece::Empty { at } if index < last => notes.say(
                codes::EMPTY_TAG,
                Severity::Warning,
                &format!(
                    "Two semicolons follow each other at character {}. Some receivers cannot read the record because of it.",
                    at + 1
                ),
                "Take out one of the two semicolons.",
            ),
            Piece::Empty { .. } => {}
        }
    }
    if !removed.is_empty() {
        removed_tags(&mut notes, &removed, is_pct_whole);
    }
    reports::reports(&mut notes, &dmarc, &seen);
    let effect = effect(&mut notes, &dmarc);
    let older_effect = match effect {
        Effect::AsWritten => effect,
        _ if dmarc.policy.is_some() && !notes.bad_older_policy => Effect::AsWritten,
        _ => effect,
    };
    if effect == Effect::AsWritten {
        remarks(&mut notes, &dmarc);
    }
    Reading {
        text: text.clone(),
        dmarc,
        effect,
        older_effect,
        findings: notes.findings,
    }
}

fn twice(notes: &mut Notes, name: &str) {
    let severity = if matches!(name, "p" | "sp" | "np" | "v") {
        Severity::Error
    } else {
        Severity::Warning
    };
    notes.say(
        codes::TAG_TWICE,
        severity,
        &format!("The part {name}= comes twice. Receivers differ in which of the two they take."),
        &format!("Keep one {name}= in the value."),
    );
}

fn stray(notes: &mut Notes, text: &str) {
    let word = text.split([':', ' ']).next().unwrap_or_default();
    if KNOWN.contains(&word.to_ascii_lowercase().as_str()) && text.len() > word.len() {
        notes.say(
            codes::EQUALS_MISSING,
            Severity::Error,
            &format!(
                "The part {} has no equals sign, so receivers skip it.",
                shown(text)
            ),
            &format!("Write {word}= in front of the value."),
        );
    } else if text.to_ascii_lowercase().starts_with("mailto:") {
        notes.say(
            codes::BAD_REPORT_ADDRESS,
            Severity::Warning,
            &format!(
                "A semicolon stands in front of {}, so no reports go there, and some receivers ignore the whole record.",
                shown(text)
            ),
            "Separate addresses by commas, and parts of the record by semicolons.",
        );
    } else {
        notes.say(
            codes::GARBAGE,
            Severity::Warning,
            &format!("The part {} means nothing in a DMARC record. Some receivers ignore the whole record because of it.", shown(text)),
            "Take this part out of the value.",
        );
    }
}

/// `is_pct_whole`: `pct=100`, which asks for what holds without it.
fn removed_tags(notes: &mut Notes, removed: &[String], is_pct_whole: bool) {
    let list: Vec<String> = removed.iter().map(|name| format!("{name}=")).collect();
    let list = list.join(" and ");
    let is_part = !is_pct_whole && removed.iter().any(|name| name == "pct");
    let message = if is_part {
        "The part pct= was removed from the standard (RFC 9989). Receivers that follow it apply the policy to all mail, \
         whatever pct says."
            .to_owned()
    } else {
        let harmless = if is_pct_whole {
            " All mail is what pct=100 means, so it does no harm."
        } else {
            ""
        };
        format!(
            "The standard no longer knows {list} (RFC 9989). Receivers that follow it skip it.{harmless}"
        )
    };
    let out = format!("Take {list} out of the value.");
    // Taking it out asks the receivers that still read it for the full policy.
    let remedy = if is_part {
        format!(
            "{out} Do that only when the reports show that your own mail passes: receivers of the older standard (RFC 7489) then apply the \
             full policy."
        )
    } else {
        out
    };
    notes.say(codes::REMOVED_TAG, Severity::Warning, &message, &remedy);
}

fn policy(notes: &mut Notes, name: &str, value: &str) -> Option<Policy> {
    if let Ok(policy) = value.parse() {
        return Some(policy);
    }
    notes.bad_policy = true;
    notes.bad_older_policy |= name != "np";
    if ["rua", "ruf", "sp", "np", "pct", "fo", "adkim", "aspf", "p"]
        .iter()
        .any(|other| slip::holds_tag(value, other))
    {
        notes.say(
            codes::MISSING_SEMICOLON,
            Severity::Error,
            &format!(
                "After the policy ({name}=) a semicolon is missing, so the policy cannot be read."
            ),
            "Put a semicolon (;) after each part, as in v=DMARC1; p=none; rua=mailto:...",
        );
        return None;
    }
    let code = match name {
        "p" => codes::BAD_POLICY,
        "sp" => codes::BAD_SUBDOMAIN_POLICY,
        _ => codes::BAD_NONEXISTENT_POLICY,
    };
    let what = if value.is_empty() {
        format!("The policy {name}= is empty.")
    } else if value.contains(['"', '\'']) {
        format!(
            "The policy {name}={} stands in quotation marks, which receivers take as part of it.",
            shown(value)
        )
    } else {
        format!("The policy {name}={} does not exist.", shown(value))
    };
    let plain: String = value
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_lowercase();
    let meant = ["none", "quarantine", "reject"]
        .into_iter()
        .find(|word| is_near(&plain, word, 2));
    let remedy = match meant {
        Some(word) => format!("Did you mean {name}={word}? Correct the value."),
        None => format!("Write {name}=none, {name}=quarantine or {name}=reject."),
    };
    notes.say(code, Severity::Error, &what, &remedy);
    None
}

fn known(notes: &mut Notes, dmarc: &mut Dmarc, name: &str, tag: &Tag) {
    let value = tag.value.as_str();
    let lower = value.to_ascii_lowercase();
    let mut odd = |wanted: &str| {
        notes.say(
            codes::BAD_VALUE,
            Severity::Warning,
            &format!(
                "The part {name}={} cannot be read. Receivers skip it, and some ignore the whole record because of it.",
                shown(value)
            ),
            &format!("Write {wanted}, or take {name}= out of the value."),
        );
    };
    match name {
        "v" => {}
        "p" => dmarc.policy = policy(notes, name, value),
        "sp" => dmarc.subdomain_policy = policy(notes, name, value),
        "np" => dmarc.nonexistent_policy = policy(notes, name, value),
        "adkim" | "aspf" => match value.parse() {
            Ok(alignment) if name == "adkim" => dmarc.dkim_alignment = Some(alignment),
            Ok(alignment) => dmarc.spf_alignment = Some(alignment),
            Err(()) => odd(&format!("{name}=r or {name}=s")),
        },
        "t" => match lower.as_str() {
            "y" => dmarc.testing = Some(true),
            "n" => dmarc.testing = Some(false),
            _ => odd("t=y or t=n"),
        },
        "psd" => match lower.as_str() {
            "y" => dmarc.public_suffix = Some('y'),
            "n" => dmarc.public_suffix = Some('n'),
            "u" => dmarc.public_suffix = Some('u'),
            _ => odd("psd=n"),
        },
        "fo" if parse::is_failure_options(value) => dmarc.failure_options = Some(value.to_owned()),
        "fo" => odd("fo=1"),
        "rua" => dmarc.aggregate = reports::addresses(notes, name, value),
        "ruf" => dmarc.failure = reports::addresses(notes, name, value),
        _ => {
            if !value.is_empty() && value.bytes().all(|b| matches!(b, b' '..=b'~')) {
                dmarc.others.push((tag.name.clone(), value.to_owned()));
            }
            if !REMOVED.contains(&name) {
                unknown(notes, name);
            }
        }
    }
}

fn unknown(notes: &mut Notes, name: &str) {
    let meant = KNOWN
        .into_iter()
        .filter(|word| word.len() > 1)
        .find(|word| is_near(name, word, 1));
    let remedy = match meant {
        Some(word) => format!("Did you mean {word}? Correct the name of this part."),
        None => format!("Take {}= out of the value.", shown(name)),
    };
    notes.say(
        codes::UNKNOWN_TAG,
        Severity::Warning,
        &format!(
            "DMARC has no part called {}. Receivers skip it.",
            shown(name)
        ),
        &remedy,
    );
}

fn effect(notes: &mut Notes, dmarc: &Dmarc) -> Effect {
    let can_report = dmarc.aggregate.iter().any(ReportUri::is_valid);
    if notes.bad_policy {
        let (message, effect) = if can_report {
            (
                "Because a policy cannot be read, receivers act as if p=none was written: nothing is protected.",
                Effect::AsNone,
            )
        } else {
            (
                "Because a policy cannot be read and there is no usable address for reports, receivers ignore the whole record.",
                Effect::Ignored,
            )
        };
        notes.say(
            codes::POLICY_VOID,
            Severity::Error,
            message,
            "Correct the policy.",
        );
        return effect;
    }
    if dmarc.policy.is_some() {
        return Effect::AsWritten;
    }
    if can_report {
        notes.say(
            codes::NO_POLICY,
            Severity::Warning,
            "The record names no policy (p=). Receivers act as if p=none was written: nothing is protected.",
            "Put p=none; right after v=DMARC1;",
        );
        Effect::AsNone
    } else {
        notes.say(
            codes::NO_POLICY,
            Severity::Error,
            "The record names no policy (p=) and no usable address for reports, so receivers ignore it.",
            "Put p=none; and rua=mailto: with an address after v=DMARC1;",
        );
        Effect::Ignored
    }
}

/// What is to be said about a record that is applied as written.
fn remarks(notes: &mut Notes, dmarc: &Dmarc) {
    if dmarc.is_testing() {
        let in_force = dmarc.in_force(dmarc.policy_asked());
        notes.say(
            codes::TESTING,
            Severity::Warning,
            &format!(
                "The record says that it is a test (t=y): the policy in force is {in_force}, one step below what is written. Receivers of the \
                 older standard (RFC 7489) do not know this and apply {} in full.",
                dmarc.policy_asked()
            ),
            "Take t=y out of the value when the test is over.",
        );
    }
    if dmarc.public_suffix == Some('y') {
        notes.say(
            codes::PSD,
            Severity::Warning,
            "The record says that other people register names below this domain (psd=y). That is only right for a public suffix such as co.uk.",
            "Take psd=y out of the value.",
        );
    }
    if dmarc.policy_asked() == Policy::None {
        notes.say(
            codes::MONITORING_ONLY,
            Severity::Note,
            "The policy is none: receivers send reports, and deliver mail that fails as before.",
            "Go on to quarantine once the reports show that all your mail passes.",
        );
    } else if dmarc.subdomain_policy_asked() == Policy::None {
        notes.say(
            codes::SUBDOMAINS_OPEN,
            Severity::Warning,
            "The policy for subdomains is none (sp=none), so others can send mail as any of them.",
            "Take sp=none out of the value once no subdomain needs it.",
        );
    } else if dmarc.nonexistent_policy_asked() == Policy::None {
        notes.say(
            codes::SUBDOMAINS_OPEN,
            Severity::Warning,
            "The policy for subdomains that do not exist is none (np=none), so others can send mail as any name they make up below this domain.",
            "Take np=none out of the value.",
        );
    }
}
