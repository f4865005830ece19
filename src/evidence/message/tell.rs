//! What a look at a message found, in words for its owner.

use crate::catalog::recognize;
use crate::evidence::message::author::Author;
use crate::evidence::message::codes;
use crate::evidence::message::look::DmarcResult;
use crate::evidence::message::look::Report;
use crate::evidence::message::look::SignatureRow;
use crate::evidence::message::look::Standing;
use crate::evidence::message::raw::Repair;
use crate::evidence::message::signature::Broken;
use crate::evidence::message::verify::Broke;
use crate::evidence::message::verify::Gap;
use crate::evidence::message::verify::Outcome;
use crate::evidence::message::verify::Unusable;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::spf::check_host::SpfResult;

/// Why something failed, and what to do.
struct Told {
    code: Code,
    message: String,
    remedy: &'static str,
}

const COPY_AGAIN: &str = "If this text was copied by hand, get the source of the message as a file (\"Show original\", \"Save as\") and look again.";
const CHANGED_ON_THE_WAY: &str = "Find what changes mail after it is signed: a footer, a virus scanner, a mailing list, a gateway. Let it work before the mail is \
     signed, or sign behind it. If this text was copied by hand, get the source as a file and look again.";
const FINISH_DKIM: &str =
    "Finish the step for DKIM in the wizard, for the service that sent this message.";

fn told(code: Code, message: impl Into<String>, remedy: &'static str) -> Told {
    Told {
        code,
        message: message.into(),
        remedy,
    }
}

/// One sentence about a signature that is no plain pass.
pub fn reason(row: &SignatureRow) -> Option<String> {
    let reasons: Vec<String> = why(&row.standing)
        .into_iter()
        .map(|told| told.message)
        .collect();
    (!reasons.is_empty()).then(|| reasons.join(" "))
}

/// Everything to say about a signature; nothing for a plain pass.
fn why(standing: &Standing) -> Vec<Told> {
    match standing {
        Standing::Looked(Outcome::Pass(gaps)) => gaps.iter().map(gap).collect(),
        Standing::Looked(Outcome::Fail(broke)) => vec![failed(broke)],
        Standing::Looked(Outcome::Unusable(unusable)) => vec![not_usable(unusable)],
        Standing::Looked(Outcome::Trouble(trouble)) => vec![told(
            codes::TROUBLE,
            format!(
                "The key could not be looked up: the resolver {trouble}. That says nothing about the signature."
            ),
            "Look again in a minute, or from another network.",
        )],
        Standing::Broken(what) => vec![broken(what)],
        Standing::Left => vec![told(
            codes::TOO_MANY_SIGNATURES,
            "It was not looked at: the message carries more signatures than anybody checks.",
            "Receivers check only a few signatures. Find out what signs the message again and again, and let it sign once.",
        )],
    }
}

fn gap(gap: &Gap) -> Told {
    match gap {
        Gap::Added(name) => told(
            codes::HEADER_ADDED,
            format!(
                "The signature holds, but the line {name} stands in the message more often than it was signed: one was added later, and readers may see that one."
            ),
            "Do not trust what that line says. To close this gap, let the signing program sign such lines twice (oversigning).",
        ),
        Gap::Body { signed, whole } => told(
            codes::BODY_NOT_COVERED,
            format!(
                "The signature holds, but it covers only the first {signed} of {whole} octets of the text (l=): the rest may be anybody's."
            ),
            "Let the signing program sign the whole text: switch off its option for l= (body length).",
        ),
    }
}

fn failed(broke: &Broke) -> Told {
    match broke {
        Broke::Appended(octets) => told(
            codes::BODY_APPENDED,
            format!(
                "The text was changed after signing: {octets} octets were added at its end (a footer?). Without them it is as it was signed."
            ),
            CHANGED_ON_THE_WAY,
        ),
        Broke::NoBody => told(
            codes::BODY_MISSING,
            "The text of the message is not here: only its header.",
            "Get the whole source of the message as a file, with the text below the header, and look again.",
        ),
        Broke::Cut => told(
            codes::BODY_MISSING,
            "A part of the text is not here: more of it was signed (l=) than there is.",
            COPY_AGAIN,
        ),
        Broke::Body => told(
            codes::BODY_CHANGED,
            "The text of the message was changed after signing (the body hash does not match).",
            CHANGED_ON_THE_WAY,
        ),
        Broke::Header(names) if names.is_empty() => told(
            codes::HEADER_CHANGED,
            "The key is the right one, and the text is as it was signed. A signed line of the header was changed after signing.",
            CHANGED_ON_THE_WAY,
        ),
        Broke::Header(names) => told(
            codes::HEADER_CHANGED,
            format!(
                "The header was changed after signing: the line {}.",
                names.join(", ")
            ),
            CHANGED_ON_THE_WAY,
        ),
        Broke::OtherKey => told(
            codes::KEY_DIFFERS,
            "The key in DNS is another one than the key that signed.",
            "Publish the public half of the key that signs, as the signing service shows it now. If the record was changed after this message was sent, send a new one and look at that.",
        ),
        Broke::HeaderOrKey => told(
            codes::KEY_DIFFERS,
            "The text is as it was signed. Either the key in DNS is another one than the key that signed, or a line of the header was changed.",
            "Compare the record with the one that the signing service shows. If they are the same, find what changes the header on the way.",
        ),
    }
}

fn not_usable(unusable: &Unusable) -> Told {
    let key = |message: String| {
        told(
            codes::KEY_UNUSABLE,
            message,
            "Publish the record again as the signing service shows it. The step for DKIM in the wizard compares it for you.",
        )
    };
    match unusable {
        Unusable::Expired => told(
            codes::SIGNATURE_EXPIRED,
            "The signature has expired (x=): the message was checked later than its sender allowed.",
            "If the message is old, send a new one and look at that. Else give signatures more time, or set the clock of the server right.",
        ),
        Unusable::NoKey => told(
            codes::KEY_MISSING,
            "There is no key in DNS at the name that the signature gives.",
            "Publish the key record that the signing service shows, at exactly that name.",
        ),
        Unusable::Record(finding) => key(format!("The key record in DNS cannot be used. {}", finding.message)),
        Unusable::Short(bits) => told(
            codes::SIGNATURE_WEAK,
            format!("The key has {bits} bits. Receivers do not take less than 1024."),
            "Make a new key with 2048 bits, publish it under a new name (selector), and sign with it.",
        ),
        Unusable::OtherType => key("The key in DNS is of another kind (k=) than the signature (a=).".to_owned()),
        Unusable::NotForHash => key("The key record does not allow signatures with SHA-256 (h=), and nobody takes others.".to_owned()),
        Unusable::NotForMail => key("The key record says that the key is not for mail (s=).".to_owned()),
        Unusable::Strict => key("The key record allows only its very domain (t=s), and the signature is for a name below it (i=).".to_owned()),
    }
}

fn broken(what: &Broken) -> Told {
    match what {
        Broken::Syntax(what) => told(
            codes::SIGNATURE_BROKEN,
            format!("The line DKIM-Signature cannot be used: {what}."),
            COPY_AGAIN,
        ),
        Broken::Algorithm => told(
            codes::SIGNATURE_BROKEN,
            "The signature is made in a way (a=) that receivers do not know.",
            "Let the signing program use rsa-sha256.",
        ),
        Broken::Sha1 => told(
            codes::SIGNATURE_WEAK,
            "The signature is made with SHA-1 (rsa-sha1), which receivers do not take any more.",
            "Let the signing program use rsa-sha256.",
        ),
        Broken::FromNotSigned => told(
            codes::FROM_NOT_SIGNED,
            "The signature does not cover the line From, so it says nothing about the sender (h=).",
            "Let the signing program sign the line From, which every usual one does by itself.",
        ),
    }
}

/// What is to be said of the message.
pub fn findings(report: &Report, repaired: &[Repair]) -> Vec<Finding> {
    let author = report.author.domain();
    let name = author.cloned().unwrap_or_else(DomainName::root);
    let is_well = report.dmarc == DmarcResult::Pass;
    let worse = |own: bool| match (is_well, own) {
        (true, false) => Severity::Note,
        (true, true) | (false, false) => Severity::Warning,
        (false, true) => Severity::Error,
    };
    let mut findings = Vec::new();
    let mut add = |subject, severity, owner: &DomainName, told: Told| {
        findings.push(Finding {
            code: told.code,
            severity,
            subject,
            name: owner.clone(),
            message: told.message,
            remedy: told.remedy.to_owned(),
        });
    };
    if let Some(told) = of_author(&report.author) {
        add(Subject::Dmarc, Severity::Error, &name, told);
    }
    let mut is_left_said = false;
    for row in &report.signatures {
        let owner = row.domain.as_ref().unwrap_or(&name);
        for told in why(&row.standing) {
            if row.standing == Standing::Left && std::mem::replace(&mut is_left_said, true) {
                continue;
            }
            let severity = match row.standing {
                // Trouble of the DNS is no mistake.
                Standing::Looked(Outcome::Pass(_) | Outcome::Trouble(_)) | Standing::Left => {
                    Severity::Warning
                }
                _ => worse(row.aligned != Some(false) || author.is_none()),
            };
            let selector = row
                .selector
                .as_ref()
                .map_or(String::new(), |selector| format!(", selector {selector}"));
            let message = match &row.domain {
                Some(domain) => format!("Signature of {domain}{selector}: {}", told.message),
                None => told.message,
            };
            add(Subject::Dkim, severity, owner, Told { message, ..told });
        }
    }
    if let Some(told) = unsigned(report, &name) {
        add(Subject::Dkim, worse(true), &name, told);
    }
    if let Some((severity, told)) = of_spf(report, &name) {
        add(Subject::Spf, severity, &name, told);
    }
    match report.dmarc {
        DmarcResult::None => add(
            Subject::Dmarc,
            Severity::Warning,
            &name,
            told(
                codes::NO_POLICY,
                format!(
                    "{name} has no DMARC record that applies, so receivers do not judge the message by DMARC."
                ),
                "Publish a DMARC record: the step for monitoring in the wizard makes one.",
            ),
        ),
        DmarcResult::TempError => add(
            Subject::Dmarc,
            Severity::Warning,
            &name,
            told(
                codes::TROUBLE,
                "Some names could not be looked up, so the result is open. That says nothing about your records.",
                "Look again in a minute, or from another network.",
            ),
        ),
        _ => {}
    }
    for repair in repaired {
        let message = match repair {
            Repair::Indented => {
                "Every line was indented. The message was moved to the left before it was read."
            }
            Repair::StrayLines => "Lines among the header that are no header lines were left out.",
        };
        add(
            Subject::Dkim,
            Severity::Note,
            &name,
            told(codes::REPAIRED, message, COPY_AGAIN),
        );
    }
    findings
}

fn of_author(author: &Author) -> Option<Told> {
    let message = match author {
        Author::One(_) => return None,
        Author::Several => {
            "The message names more than one sender (several lines From, or addresses of several domains). Receivers may refuse it."
        }
        Author::Nobody => "The message names no sender: there is no address in the line From.",
        Author::Unreadable => "The sender cannot be read: the line From holds no address.",
    };
    Some(told(
        codes::AUTHOR,
        message,
        "Let the program that sends write one line From with one address. If this text was copied by hand, get the source as a file.",
    ))
}

/// No signature, or only those of others.
fn unsigned(report: &Report, author: &DomainName) -> Option<Told> {
    if report.signatures.is_empty() {
        return Some(told(
            codes::NOT_SIGNED,
            "The message is not signed (no DKIM-Signature).",
            FINISH_DKIM,
        ));
    }
    report.author.domain()?;
    let is_own = report
        .signatures
        .iter()
        .any(|row| row.aligned != Some(false));
    let other = report
        .signatures
        .iter()
        .find(|row| row.standing.as_str() == "pass");
    let other = other
        .and_then(|row| row.domain.as_ref())
        .filter(|_| !is_own)?;
    let owner = recognize::by_signing_domain(other).first().copied();
    let whose = owner.map_or(String::new(), |owner| format!(" ({})", owner.name()));
    Some(told(
        codes::SIGNED_BY_OTHER,
        format!("Signed as {other}{whose}, not as you: nothing is signed as {author}."),
        FINISH_DKIM,
    ))
}

fn of_spf(report: &Report, author: &DomainName) -> Option<(Severity, Told)> {
    let spf = &report.spf;
    let is_well = report.dmarc == DmarcResult::Pass;
    let severity = if is_well {
        Severity::Note
    } else {
        Severity::Warning
    };
    let Some((result, ip)) = spf.result.zip(spf.ip) else {
        let reason = spf
            .reason
            .as_deref()
            .unwrap_or("it is not known where the message came from");
        return Some((
            Severity::Note,
            told(
                codes::SPF_UNSEEN,
                format!("SPF could not be checked: {reason}."),
                "Look at a message in the mailbox that received it, with all lines of its header.",
            ),
        ));
    };
    let domain = &spf.domain;
    match result {
        SpfResult::Pass if spf.aligned == Some(false) => Some((
            severity,
            told(
                codes::SPF_NOT_ALIGNED,
                format!(
                    "SPF passes for {domain}, where bounces go, but that is not a name of {author} as DMARC wants it: it does not count."
                ),
                "Signing as your domain (DKIM) is enough. If the service offers a bounce address under your domain (custom return-path), set it up too.",
            ),
        )),
        SpfResult::Pass => None,
        SpfResult::TempError => Some((
            severity,
            told(
                codes::TROUBLE,
                format!(
                    "SPF of {domain} could not be looked up. That says nothing about the record."
                ),
                "Look again in a minute, or from another network.",
            ),
        )),
        _ => Some((
            severity,
            told(
                codes::SPF_FAILED,
                format!(
                    "SPF: the result for {ip}, which sent the message as {domain}, is {}.",
                    result.as_str()
                ),
                "If the address belongs to a service of yours, add it in the step for SPF. A message that was passed on comes from a foreign address; then only DKIM counts.",
            ),
        )),
    }
}
