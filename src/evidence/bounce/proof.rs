//! What a reply says of SPF, DKIM and DMARC, in whatever words.

use crate::evidence::bounce::codes;
use crate::records::finding::Code;

/// Words between a check and its result that still belong together.
const NEAR: usize = 8;

/// What is said of one check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said {
    #[default]
    Nothing,
    Passed,
    Failed,
}

/// What is said of each check, as in `Spf= Fail , Dkim= Pass , DMARC= Pass`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub spf: Said,
    pub dkim: Said,
    pub dmarc: Said,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    Spf,
    Dkim,
    Dmarc,
}

impl Flags {
    /// The checks that failed.
    pub fn failed(&self) -> Vec<&'static str> {
        [
            ("spf", self.spf),
            ("dkim", self.dkim),
            ("dmarc", self.dmarc),
        ]
        .into_iter()
        .filter(|(_, said)| *said == Said::Failed)
        .map(|(name, _)| name)
        .collect()
    }
}

/// The words of a reply that can speak of a check: without links, names of hosts and addresses. `=` stands as a word.
fn words(reply: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in reply.to_ascii_lowercase().split_whitespace() {
        let is_link = word.contains("://") || word.contains("www.") || word.starts_with("mailto:");
        // `header.from=`, `smtp.mailfrom=` and names of hosts.
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_name = core.contains('@')
            || (core.contains('.')
                && !core.contains('=')
                && core.split('.').all(|label| {
                    !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                })
                && core.bytes().any(|b| b.is_ascii_alphabetic())
                // A full stop without a blank behind it.
                && core.split('.').next_back().is_some_and(|end| !matches!(end, "spf" | "dkim" | "dmarc")));
        if is_link || is_name {
            words.push("~".to_owned());
            continue;
        }
        let mut word_so_far = String::new();
        for character in word.chars() {
            match character {
                'a'..='z' | '0'..='9' | '\'' => word_so_far.push(character),
                '=' => {
                    push(&mut words, &mut word_so_far);
                    words.push("=".to_owned());
                }
                _ => push(&mut words, &mut word_so_far),
            }
        }
        push(&mut words, &mut word_so_far);
    }
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    let trimmed = word.trim_matches('\'');
    if !trimmed.is_empty() {
        words.push(trimmed.to_owned());
    }
    word.clear();
}

fn check_at(words: &[String], at: usize) -> Option<Check> {
    match words[at].as_str() {
        "spf" => Some(Check::Spf),
        "dkim" | "domainkeys" => Some(Check::Dkim),
        "dmarc" => Some(Check::Dmarc),
        "framework" if at >= 2 && words[at - 1] == "policy" && words[at - 2] == "sender" => {
            Some(Check::Spf)
        }
        _ => None,
    }
}

fn is_passing(word: &str) -> bool {
    matches!(word, "pass" | "passed" | "passes" | "bestguesspass")
}

fn is_failing(word: &str) -> bool {
    matches!(
        word,
        "fail"
            | "fails"
            | "failed"
            | "failing"
            | "failure"
            | "failures"
            | "softfail"
            | "hardfail"
            | "permerror"
            | "temperror"
            | "invalid"
            | "violation"
            | "violates"
            | "unauthorized"
            | "reject"
            | "rejected"
            | "rejects"
            | "rejection"
            | "bad"
            | "denied"
            | "deny"
            | "missing"
            | "mismatch"
            | "mismatched"
            | "suspicious"
            | "unverified"
            | "forbidden"
            | "blocked"
            | "incorrect"
            | "broken"
            | "unsigned"
            | "refused"
            | "prohibited"
            | "disallowed"
            | "error"
            | "none"
            | "lacks"
            | "lacking"
            | "unable"
            | "echec"
            | "fehlgeschlagen"
            | "fehler"
            | "neutral"
    )
}

fn is_denying(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "didn't"
            | "doesn't"
            | "don't"
            | "isn't"
            | "wasn't"
            | "no"
            | "without"
            | "neither"
            | "nor"
            | "cannot"
            | "can't"
            | "never"
            | "couldn't"
    )
}

/// What may be denied of a check: `not permitted by SPF`, `no DKIM signature`.
fn is_deniable(word: &str) -> bool {
    is_passing(word)
        || matches!(
            word,
            "authorized"
                | "permitted"
                | "allowed"
                | "allow"
                | "permit"
                | "designate"
                | "verified"
                | "verify"
                | "valid"
                | "validated"
                | "signed"
                | "signature"
                | "signatures"
                | "record"
                | "records"
                | "found"
                | "present"
                | "aligned"
                | "match"
                | "matches"
                | "authenticated"
                | "authenticate"
                | "satisfied"
                | "meet"
                | "successful"
                | "succeed"
                | "conform"
                | "comply"
        )
}

/// Reads what is said of each check.
pub fn flags(reply: &str) -> Flags {
    let words = words(reply);
    let mut flags = Flags::default();
    let mut certain = [false; 3];
    for at in 0..words.len() {
        let Some(check) = check_at(&words, at) else {
            continue;
        };
        let is_equation = words.get(at + 1).is_some_and(|word| word == "=");
        let said = match ahead(&words, at) {
            Said::Nothing if is_equation => Said::Nothing,
            Said::Nothing => behind(&words, at),
            said => said,
        };
        let (place, slot) = match check {
            Check::Spf => (0, &mut flags.spf),
            Check::Dkim => (1, &mut flags.dkim),
            Check::Dmarc => (2, &mut flags.dmarc),
        };
        let replaces = match (*slot, said) {
            (_, Said::Nothing) => false,
            (Said::Nothing, _) => true,
            _ if is_equation && !certain[place] => true,
            // One signature that holds is enough.
            (Said::Failed, Said::Passed) => is_equation && check == Check::Dkim,
            (Said::Passed, Said::Failed) => !certain[place],
            _ => false,
        };
        if replaces {
            *slot = said;
        }
        certain[place] |= is_equation && said != Said::Nothing;
    }
    flags
}

/// The result behind a check, up to the next check.
fn ahead(words: &[String], at: usize) -> Said {
    let mut denied = false;
    for place in at + 1..words.len().min(at + 1 + NEAR) {
        let word = words[place].as_str();
        if check_at(words, place).is_some() {
            // "SPF and DKIM failed", "SPF, DKIM = fail": what follows speaks of both.
            let joins = place == at + 1
                || (place == at + 2 && matches!(words[at + 1].as_str(), "and" | "or" | "nor"));
            let is_equation = words.get(place + 1).is_some_and(|next| next == "=");
            if joins && !is_equation {
                continue;
            }
            return Said::Nothing;
        }
        if is_denying(word) {
            denied = true;
        } else if is_passing(word) {
            return if denied { Said::Failed } else { Said::Passed };
        } else if is_failing(word) || (denied && is_deniable(word)) {
            return Said::Failed;
        } else if word == "requires" || word == "must" {
            return Said::Nothing;
        }
    }
    Said::Nothing
}

/// The result in front of a check: `fails to pass SPF checks`, `failing both SPF and DKIM`, `missing DKIM`.
fn behind(words: &[String], at: usize) -> Said {
    let from = at.saturating_sub(6);
    let mut passing = false;
    for word in words[from..at].iter().rev() {
        if matches!(
            word.as_str(),
            "requires" | "require" | "either" | "must" | "to" | "results"
        ) && !passing
        {
            // "requires senders to authenticate with SPF" is a rule, not a result.
            if word != "to" {
                return Said::Nothing;
            }
            continue;
        }
        if is_failing(word) {
            return Said::Failed;
        }
        if is_denying(word) {
            return Said::Failed;
        }
        passing |= is_passing(word);
    }
    if passing { Said::Passed } else { Said::Nothing }
}

/// The cause that a reply names by what it says of the checks; none where it speaks of none.
pub fn cause(reply: &str) -> Option<Code> {
    let flags = flags(reply);
    let words = words(reply);
    let has = |word: &str| words.iter().any(|other| other == word);
    let any = |list: &[&str]| list.iter().any(|word| has(word));
    let near = |check: &str, list: &[&str]| {
        words.iter().enumerate().any(|(at, word)| {
            word == check
                && words[at.saturating_sub(NEAR)..words.len().min(at + NEAR)]
                    .iter()
                    .any(|other| list.contains(&other.as_str()))
        })
    };
    // "Duplicate header 'DKIM-Signature'" speaks of how the mail is built.
    if any(&["duplicate", "duplicated"]) && any(&["header", "headers"]) {
        return None;
    }
    if has("dmarc") && flags.dmarc != Said::Passed {
        if any(&["temporary", "temperror", "timeout"]) && any(&["dns", "lookup", "temperror"]) {
            return Some(codes::DNS_UNANSWERED);
        }
        let lacks = [
            "no", "without", "missing", "lacks", "doesn't", "not", "needs", "found",
        ];
        if near("dmarc", &["record", "records"]) && near("dmarc", &lacks) && !has("reject") {
            return Some(codes::DMARC_MISSING);
        }
        if any(&["alignment", "aligned", "unaligned", "align", "misaligned"]) {
            return Some(codes::ALIGNMENT);
        }
        let refuses = words
            .iter()
            .any(|word| is_failing(word) || is_denying(word));
        if flags.dmarc == Said::Failed
            || refuses
            || any(&["policy", "policies", "quarantine", "quarantined"])
        {
            return Some(codes::DMARC_FAILED);
        }
    }
    if any(&["aligned", "alignment", "unaligned"])
        && any(&["spf", "dkim"])
        && (any(&["no", "not", "isn't"]) || has("fail"))
    {
        return Some(codes::ALIGNMENT);
    }
    match (flags.spf, flags.dkim) {
        (Said::Failed, Said::Failed) => return Some(codes::UNAUTHENTICATED),
        (Said::Failed, _) => {
            let is_broken = any(&[
                "permerror",
                "syntax",
                "malformed",
                "unparseable",
                "multiple",
            ]) || (has("bad") && any(&["record", "records"]))
                || (has("many") && any(&["lookups", "lookup"]));
            return Some(match is_broken {
                true => codes::SPF_BROKEN,
                false => codes::SPF_FAILED,
            });
        }
        (_, Said::Failed) => return Some(codes::DKIM_FAILED),
        _ => {}
    }
    let text = words.join(" ");
    let says = |list: &[&str]| list.iter().any(|piece| text.contains(piece));
    if says(&[
        "unauthenticated email",
        "unauthenticated mail",
        "unauthenticated message",
        "sender is unauthenticated",
        "it is unauthenticated",
        "email is unauthenticated",
        "message is unauthenticated",
        "authentication checks failed",
        "pass authentication checks",
        "fails authentication checks",
        "failed authentication checks",
        "sender authentication fail",
        "email authentication fail",
        "message authentication fail",
        "failed sender authentication",
        "failed email authentication",
        "domain authentication fail",
        "mail is not authenticated",
        "email is not authenticated",
        "message is not authenticated",
        "messages not authenticated",
        "sender domain not authenticated",
        "required authentication level",
    ]) {
        return Some(codes::UNAUTHENTICATED);
    }
    if says(&["spoofed", "spoofing", "spoof "]) {
        return Some(codes::SPOOFING);
    }
    None
}
