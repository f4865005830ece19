//! What a person typed where a domain is asked for, and which domain was meant.

mod host;
mod letters;

use idna::AsciiDenyList;
use idna::uts46::DnsLength;
use idna::uts46::Hyphens;
use idna::uts46::Uts46;

use crate::records::name::DomainName;
use crate::records::typed::host::cut_labels;
use crate::records::typed::host::host_of;

/// Texts longer than this are not looked at.
const LONGEST: usize = 2_000;
/// Further domains that are told of.
const MOST_OTHERS: usize = 20;

/// A domain as understood from what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub domain: DomainName,
    /// The name as people write it, where it is an internationalized name (U-labels); escaped.
    pub unicode: Option<String>,
    /// What was taken off or changed, in plain words, where the typed text is not the domain itself:
    /// then the user is asked "did you mean ...?".
    pub changed: Option<String>,
    /// Other domains seen in the same text.
    pub others: Vec<DomainName>,
    /// Remarks such as "letters of two scripts are mixed".
    pub remarks: Vec<String>,
}

/// Why no domain was understood, in plain words, with what to type instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    pub reason: String,
    pub remedy: String,
    /// The name itself, where all that was typed is one name in the DNS that nobody owns: one label alone (`com`, `localhost`), or the name of
    /// a machine's address. Who only looks may look at it.
    pub name: Option<DomainName>,
}

/// Reads a domain the way people type it: an address of a web page or a mailbox, with a trailing dot, with
/// `_dmarc.` in front, with capitals or umlauts.
pub fn understand(typed: &str) -> Result<Understood, NotUnderstood> {
    if typed.len() > LONGEST {
        return Err(refuse(format!(
            "This text has {} characters. A domain name has at most 253.",
            typed.chars().count()
        )));
    }
    let mut changes: Vec<String> = Vec::new();
    let mut remarks = Vec::new();
    let text = tidy(typed, &mut changes, &mut remarks);
    if text.is_empty() {
        return Err(refuse("Nothing was typed.".to_owned()));
    }
    let mut found: Vec<Understood> = Vec::new();
    let mut first_refusal = None;
    let words = words(&text, &mut changes);
    let split = words.len() > 1;
    for word in words {
        match one(&word) {
            Ok(next) => {
                if found.iter().all(|earlier| earlier.domain != next.domain) {
                    found.push(next);
                }
            }
            Err(why) => {
                first_refusal.get_or_insert(why);
            }
        }
    }
    let mut found = found.into_iter();
    let Some(mut first) = found.next() else {
        let mut refusal =
            first_refusal.unwrap_or_else(|| refuse("No domain was seen in it.".to_owned()));
        // One word of several is no name.
        refusal.name = refusal.name.filter(|_| !split);
        return Err(refusal);
    };
    first.others = found.map(|other| other.domain).take(MOST_OTHERS).collect();
    if split && first.others.is_empty() {
        changes.push("the words around it were taken off".to_owned());
    }
    changes.extend(first.changed.take());
    first.changed = (!changes.is_empty()).then(|| changes.join("; "));
    remarks.append(&mut first.remarks);
    first.remarks = remarks;
    Ok(first)
}

fn refuse(reason: String) -> NotUnderstood {
    NotUnderstood {
        reason,
        remedy: "Type the part behind the @ of your email address, such as example.com.".to_owned(),
        name: None,
    }
}

/// Takes off what cannot be seen and what stands around the text; unifies the signs that stand for a dot.
fn tidy(typed: &str, changes: &mut Vec<String>, remarks: &mut Vec<String>) -> String {
    let mut text = String::with_capacity(typed.len());
    let mut hidden: Vec<String> = Vec::new();
    let mut dots = false;
    for c in typed.chars() {
        match c {
            // UTS 46 reads these three as dots.
            '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => {
                dots = true;
                text.push('.');
            }
            '\t' | '\n' | '\r' => text.push(' '),
            c if c.is_whitespace() => text.push(' '),
            c if letters::is_hidden(c) => {
                let code = format!("U+{:04X}", u32::from(c));
                if !hidden.contains(&code) && hidden.len() < 8 {
                    hidden.push(code);
                }
            }
            c => text.push(c),
        }
    }
    if dots {
        changes.push("a sign of another script was read as a dot".to_owned());
    }
    if !hidden.is_empty() {
        changes.push("invisible characters were taken off".to_owned());
        remarks.push(format!(
            "The text held characters that cannot be seen: {}.",
            hidden.join(", ")
        ));
    }
    let around = |c: char| {
        c.is_whitespace()
            || letters::is_quote(c)
            || matches!(c, '<' | '>' | '(' | ')' | '{' | '}' | ',' | ';' | '!')
    };
    let trimmed = text.trim_matches(around);
    if trimmed != text.trim() {
        changes.push("signs around it were taken off".to_owned());
    }
    trimmed.to_owned()
}

/// The words that may each be a domain. Where a blank or a comma stands in the middle of a domain, the parts are put together.
fn words(text: &str, changes: &mut Vec<String>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let joins = words.last().is_some_and(|last: &String| {
            let dot_behind = word.starts_with('.') && word.len() > 1 && !last.ends_with('.');
            let dot_before = last.ends_with('.') && !last.trim_end_matches('.').contains('.');
            dot_behind || dot_before
        });
        match words.last_mut().filter(|_| joins) {
            Some(last) => {
                last.push_str(word);
                changes.push("the blank in the middle was taken off".to_owned());
            }
            None => words.push(word.to_owned()),
        }
    }
    words
        .iter()
        .flat_map(|word| {
            let parts: Vec<&str> = word
                .split([',', ';', '|'])
                .filter(|part| !part.is_empty())
                .collect();
            if parts.len() > 1 && parts.iter().any(|part| !part.contains('.')) {
                vec![word.clone()]
            } else {
                parts.into_iter().map(str::to_owned).collect()
            }
        })
        .collect()
}

/// Reads one word.
fn one(word: &str) -> Result<Understood, NotUnderstood> {
    let mut changes: Vec<&str> = Vec::new();
    let host = host_of(word, &mut changes)?;
    let host = host.replace([',', ';'], ".");
    if host.len() != word.len() || host != word {
        let comma = word.contains([',', ';']);
        if comma {
            changes.push("the comma was read as a dot");
        }
    }
    if host.trim_matches('.').is_empty() {
        return Err(refuse("No domain was seen in it.".to_owned()));
    }
    let name = cut_labels(&host, &mut changes)?;
    let ascii = to_ascii(&name)?;
    let domain: DomainName = ascii
        .parse()
        .map_err(|why| refuse(format!("This is not a domain name: {why}.")))?;
    let mut remarks = Vec::new();
    let unicode = ascii
        .split('.')
        .any(|label| label.starts_with("xn--"))
        .then(|| {
            let (unicode, _) = Uts46::new().to_unicode(
                ascii.as_bytes(),
                AsciiDenyList::STD3,
                Hyphens::CheckFirstLast,
            );
            unicode.into_owned()
        });
    if let Some(unicode) = &unicode {
        remarks.extend(letters::remarks(unicode));
    }
    remarks.extend(reserved(&domain));
    Ok(Understood {
        domain,
        unicode: unicode.as_deref().map(letters::shown),
        changed: (!changes.is_empty()).then(|| changes.join("; ")),
        others: Vec::new(),
        remarks,
    })
}

fn to_ascii(name: &str) -> Result<String, NotUnderstood> {
    let too_long =
        || refuse("This is longer than the 253 characters that a domain name may have.".to_owned());
    let long_label = || {
        refuse(
            "A part between two dots is longer than the 63 characters that it may have.".to_owned(),
        )
    };
    if name.is_ascii() {
        if name.split('.').any(|label| label.len() > 63) {
            return Err(long_label());
        }
        if name.len() > 253 {
            return Err(too_long());
        }
    }
    let ascii = Uts46::new()
        .to_ascii(
            name.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Ignore,
        )
        .map_err(|_| bad_characters(name))?;
    if ascii.split('.').any(|label| label.len() > 63) {
        return Err(long_label());
    }
    if ascii.len() > 253 {
        return Err(too_long());
    }
    Ok(ascii.into_owned())
}

fn bad_characters(name: &str) -> NotUnderstood {
    let sign = name
        .chars()
        .find(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.'));
    let reason = match sign {
        Some(c) => format!(
            "The sign {} cannot stand in a domain name.",
            letters::shown(&c.to_string())
        ),
        None if name
            .split('.')
            .any(|label| label.to_ascii_lowercase().starts_with("xn--")) =>
        {
            "A part that starts with xn-- stands for letters of another script, and this one stands for none."
                .to_owned()
        }
        None => "It holds characters that cannot stand together in a domain name.".to_owned(),
    };
    refuse(reason)
}

/// A remark about names that no one can own.
fn reserved(domain: &DomainName) -> Option<String> {
    let within = |name: &str| name.parse().is_ok_and(|name| domain.is_within(&name));
    if [
        "example",
        "test",
        "invalid",
        "example.com",
        "example.net",
        "example.org",
    ]
    .into_iter()
    .any(within)
    {
        return Some(format!(
            "{domain} is kept for examples and tests (RFC 2606)."
        ));
    }
    if [
        "localhost",
        "local",
        "internal",
        "home.arpa",
        "onion",
        "alt",
    ]
    .into_iter()
    .any(within)
    {
        return Some(format!(
            "{domain} does not exist in the public DNS, so mail servers elsewhere cannot see its records."
        ));
    }
    None
}
