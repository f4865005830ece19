//! What is good and bad about an SPF record by itself.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::Directive;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;
use crate::records::spf::codes;
use crate::records::spf::specs;
use crate::records::spf::unreadable::near_miss;
use crate::records::spf::unreadable::read;
use crate::records::untrusted::Untrusted;

/// A record of more bytes may not fit into a small answer together with other texts (RFC 7208, section 3.4).
const COMFORTABLE: usize = 450;

/// Networks of so few bits hold more addresses than any sender has.
const WIDEST_IP4: u8 = 8;
const WIDEST_IP6: u8 = 19;
/// Networks of so few bits hold a sixteenth of the internet or more; two or three of them are as good as all of it.
const WORLD_IP4: u8 = 4;
const WORLD_IP6: u8 = 8;

/// What the TXT strings at a name hold, as SPF sees them (RFC 7208, section 4.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    Absent,
    One(Spf),
    /// Starts as SPF and cannot be read, or looks like SPF to a person alone ([`is_record`] tells which).
    Broken {
        text: Untrusted,
        findings: Vec<Finding>,
    },
    /// Two or more records: receivers give `permerror`.
    Several(Vec<Untrusted>),
}

/// True where receivers take the text for an SPF record, readable or not: it starts with `v=spf1` and then a space or nothing
/// (RFC 7208, section 4.5).
pub fn is_record(text: &Untrusted) -> bool {
    let bytes = text.as_bytes();
    bytes
        .get(..6)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"v=spf1"))
        && matches!(bytes.get(6), None | Some(b' '))
}

/// Picks the SPF record among the TXT strings at `owner`.
///
/// A text that only looks like SPF to a person counts as `Broken`, and only where no receiver sees a record: receivers
/// see none then.
pub fn select(owner: &DomainName, texts: &[Untrusted]) -> Selected {
    let records: Vec<&Untrusted> = texts.iter().filter(|text| is_record(text)).collect();
    match records.as_slice() {
        [] => {}
        [text] => return read(owner, text),
        several => return Selected::Several(several.iter().map(|&text| text.clone()).collect()),
    }
    texts
        .iter()
        .find_map(|text| {
            near_miss(owner, text).map(|findings| Selected::Broken {
                text: text.clone(),
                findings,
            })
        })
        .unwrap_or(Selected::Absent)
}

/// What to say about [`Selected::Several`].
pub fn two_records(owner: &DomainName, texts: &[Untrusted]) -> Finding {
    let shown: Vec<String> = texts
        .iter()
        .map(|text| text.shown_up_to(120).to_string())
        .collect();
    Finding {
        code: codes::TWO_RECORDS,
        severity: Severity::Error,
        subject: Subject::Spf,
        name: owner.clone(),
        message: format!(
            "There are {} SPF records at {owner}. Mail servers then use none of them and treat SPF as an error (permerror): {}",
            texts.len(),
            shown.join(" | ")
        ),
        remedy: "Merge them into one record, and delete the others.".to_owned(),
    }
}

/// Findings about the record itself; those that need look-ups are made from the tree.
pub fn judge(owner: &DomainName, spf: &Spf) -> Vec<Finding> {
    let mut list = List {
        owner,
        findings: Vec::new(),
    };
    judge_all(&mut list, spf);
    judge_order(&mut list, spf);
    let mut seen = BTreeSet::new();
    for directive in spf.directives() {
        let folded = directive.mechanism.folded();
        if folded != Mechanism::All && !seen.insert(folded.to_string()) {
            list.add(
                codes::DUPLICATE_TERM,
                Severity::Warning,
                format!("The term {directive} stands in the record more than once."),
                "Keep it once.",
            );
        }
        judge_directive(&mut list, directive);
    }
    for modifier in spf.modifiers() {
        judge_modifier(&mut list, modifier);
    }
    list.findings.extend(specs::findings(owner, spf));
    let text = spf.to_string();
    if text.len() > COMFORTABLE {
        list.add(
            codes::RECORD_LONG,
            Severity::Note,
            format!(
                "The SPF record is {} characters long. Above {COMFORTABLE} some mail servers have trouble getting it.",
                text.len()
            ),
            "Remove services that no longer send for you.",
        );
    }
    if text.contains("%{") {
        list.add(
            codes::MACROS,
            Severity::Note,
            "The record holds macros such as %{i}. What they look up depends on each message and is not checked here.",
            "",
        );
    }
    list.findings
}

struct List<'a> {
    owner: &'a DomainName,
    findings: Vec<Finding>,
}

impl List<'_> {
    fn add(&mut self, code: Code, severity: Severity, message: impl Into<String>, remedy: &str) {
        self.findings.push(Finding {
            code,
            severity,
            subject: Subject::Spf,
            name: self.owner.clone(),
            message: message.into(),
            remedy: remedy.to_owned(),
        });
    }
}

/// The end of the record: what happens to mail that no term names.
fn judge_all(list: &mut List<'_>, spf: &Spf) {
    let passes = spf
        .directives()
        .take_while(|directive| directive.mechanism != Mechanism::All)
        .any(|directive| directive.qualifier == Qualifier::Pass);
    match spf.all() {
        None if spf.redirect().is_none() => list.add(
            codes::ALL_MISSING,
            Severity::Warning,
            "The SPF record does not say what to do with mail from anywhere else: it has no all at its end.",
            "Put ~all at the end.",
        ),
        None => {}
        Some(Qualifier::Pass) => list.add(
            codes::PLUS_ALL,
            Severity::Error,
            "The SPF record allows everyone in the world to send as this domain (+all).",
            "Replace +all by ~all.",
        ),
        Some(Qualifier::Neutral) => list.add(
            codes::NEUTRAL_ALL,
            Severity::Warning,
            "The SPF record takes no position on mail from anywhere else (?all), so it protects nothing.",
            "Replace ?all by ~all.",
        ),
        Some(Qualifier::SoftFail) => {}
        Some(Qualifier::Fail) if passes => list.add(
            codes::MINUS_ALL,
            Severity::Note,
            "The SPF record ends in -all. Some mail servers then refuse forwarded mail before they look at its DKIM signature \
             (RFC 9989, section 7.1).",
            "With DMARC in place ~all protects as well, and loses less mail.",
        ),
        Some(Qualifier::Fail) => list.add(
            codes::NO_SENDERS,
            Severity::Note,
            "The SPF record says that this domain sends no mail.",
            "",
        ),
    }
}

fn judge_order(list: &mut List<'_>, spf: &Spf) {
    let after: Vec<String> = spf
        .directives()
        .skip_while(|directive| directive.mechanism != Mechanism::All)
        .skip(1)
        .map(Directive::to_string)
        .collect();
    if !after.is_empty() {
        list.add(
            codes::TERMS_AFTER_ALL,
            Severity::Warning,
            format!(
                "These terms stand after all and are ignored: {}.",
                after.join(" ")
            ),
            "Move all to the end.",
        );
    }
    if let (Some(_), Some(target)) = (spf.all(), spf.redirect()) {
        list.add(
            codes::REDIRECT_IGNORED,
            Severity::Warning,
            format!("redirect={target} is ignored, because the record has an all too."),
            "Delete one of the two.",
        );
    }
}

fn judge_directive(list: &mut List<'_>, directive: &Directive) {
    match &directive.mechanism {
        Mechanism::Ptr(_) => list.add(
            codes::PTR,
            Severity::Warning,
            "The SPF record uses ptr, which is slow, unreliable and no longer to be used (RFC 7208, section 5.5).",
            "Delete ptr; name the addresses or services instead.",
        ),
        Mechanism::Ip4 { address, length } => {
            if is_private_ip4(*address) && *length > 0 {
                private(list, directive);
            }
            judge_width(list, directive, *length, (WIDEST_IP4, WORLD_IP4));
        }
        Mechanism::Ip6 { address, length } => {
            if is_private_ip6(*address) && *length > 0 {
                private(list, directive);
            }
            judge_width(list, directive, *length, (WIDEST_IP6, WORLD_IP6));
        }
        Mechanism::A { prefix, .. } | Mechanism::Mx { prefix, .. } => {
            judge_width(list, directive, prefix.ip4, (WIDEST_IP4, WORLD_IP4));
            judge_width(list, directive, prefix.ip6, (WIDEST_IP6, WORLD_IP6));
        }
        Mechanism::All | Mechanism::Include(_) | Mechanism::Exists(_) => {}
    }
}

fn private(list: &mut List<'_>, directive: &Directive) {
    list.add(
        codes::PRIVATE_ADDRESS,
        Severity::Warning,
        format!(
            "{directive} is an address of an internal network. Mail never reaches others from there."
        ),
        "Replace it by the public address of the server, or delete it.",
    );
}

fn judge_width(list: &mut List<'_>, directive: &Directive, length: u8, (widest, world): (u8, u8)) {
    if length > widest || directive.qualifier != Qualifier::Pass {
        return;
    }
    let (severity, message) = if length == 0 {
        (
            Severity::Error,
            format!("{directive} allows every address in the world to send as this domain."),
        )
    } else {
        (
            if length <= world {
                Severity::Error
            } else {
                Severity::Warning
            },
            format!("{directive} allows a very large part of the internet to send as this domain."),
        )
    };
    list.add(
        codes::RANGE_TOO_WIDE,
        severity,
        message,
        "Name the addresses of your own servers only.",
    );
}

fn is_private_ip4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || (first == 100 && (64..128).contains(&second))
}

fn is_private_ip6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}

/// `include=example.com` is read as an unknown modifier and does nothing.
fn judge_modifier(list: &mut List<'_>, modifier: &Modifier) {
    let Modifier::Unknown { name, value } = modifier else {
        return;
    };
    let lower = name.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "include" | "a" | "mx" | "ip4" | "ip6" | "exists" | "ptr" | "ipv4" | "ipv6" | "ip"
    ) {
        let known = match lower.as_str() {
            "ipv4" | "ip" => "ip4",
            "ipv6" => "ip6",
            other => other,
        };
        list.add(
            codes::EQUALS_FOR_COLON,
            Severity::Error,
            format!(
                "{name}={value} has no effect, because it is written with = instead of a colon."
            ),
            &format!("Write {known}:{value} instead."),
        );
    }
}

/// True where the two records give every message the same result, whatever the order of terms that only allow.
pub fn same_meaning(left: &Spf, right: &Spf) -> bool {
    shape(left) == shape(right)
}

/// A record with spelling folded away; terms that all pass are sorted, since their order decides nothing.
fn shape(spf: &Spf) -> (Vec<Directive>, Vec<Modifier>) {
    let mut directives: Vec<Directive> = Vec::new();
    for directive in spf.directives() {
        directives.push(Directive {
            qualifier: directive.qualifier,
            mechanism: directive.mechanism.folded(),
        });
        if directive.mechanism == Mechanism::All {
            break;
        }
    }
    let before_all = directives
        .iter()
        .take_while(|directive| directive.mechanism != Mechanism::All);
    if before_all.clone().all(|d| d.qualifier == Qualifier::Pass) {
        let count = before_all.count();
        directives[..count].sort_by_key(Directive::to_string);
    }
    let mut modifiers: Vec<Modifier> = spf
        .modifiers()
        .filter_map(|modifier| match modifier {
            Modifier::Redirect(_) if spf.all().is_some() => None,
            Modifier::Redirect(domain) => Some(Modifier::Redirect(domain.folded())),
            Modifier::Explanation(domain) => Some(Modifier::Explanation(domain.folded())),
            // An unknown modifier has no effect on the result (RFC 7208, section 6).
            Modifier::Unknown { .. } => None,
        })
        .collect();
    modifiers.sort_by_key(Modifier::to_string);
    (directives, modifiers)
}

/// The terms of `left` that `right` does not have, as printed.
pub fn terms_only_in(left: &Spf, right: &Spf) -> Vec<String> {
    let fold = |term: &Term| match term {
        Term::Directive(directive) => Directive {
            qualifier: directive.qualifier,
            mechanism: directive.mechanism.folded(),
        }
        .to_string(),
        Term::Modifier(Modifier::Redirect(domain)) => {
            Modifier::Redirect(domain.folded()).to_string()
        }
        Term::Modifier(modifier) => modifier.to_string(),
    };
    let there: BTreeSet<String> = right.terms.iter().map(fold).collect();
    left.terms
        .iter()
        .filter(|term| !there.contains(&fold(term)))
        .map(Term::to_string)
        .collect()
}
