//! Reads what people paste from a service's console: names and values of DKIM records in all their disguises.
//!
//! Quotes, line breaks, zone-file lines, labels of panels, whole host names and trailing dots are understood. A private key is refused.
//! [`names`] finds the names. [`others`] reads the records beside the keys.

pub mod names;
pub mod others;

use crate::plan::panel::shorten;
use crate::plan::paste::names::Names;
use crate::plan::paste::names::label;
use crate::plan::steps::domain::plain;
use crate::records::dkim;
use crate::records::dkim::DkimKey;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;

/// Longest paste that is read, in bytes.
const LONGEST: usize = 32 * 1024;

/// Most records in one paste.
const MOST: usize = 8;

/// A record as pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// Relative to the domain, such as `k2._domainkey`; None where no name was pasted.
    pub host: Option<String>,
    pub record_type: RecordType,
    /// A key record in its printed form, or a name without a trailing dot.
    pub value: String,
}

/// Reads the records in a paste, or says what is wrong with it and what to paste instead.
pub fn read(text: &str, domain: &DomainName) -> Result<Vec<Pasted>, String> {
    if text.len() > LONGEST {
        return Err(
            "That is far more than a record. Copy only the name and the value of the record."
                .to_owned(),
        );
    }
    let text = unfold(text);
    refuse_what_is_no_record(&text)?;
    let mut found = Vec::new();
    let mut names = Names::default();
    let mut rest = text.as_str();
    while let Some(at) = key_start(rest) {
        if found.len() >= MOST {
            break;
        }
        let head = &rest[..at];
        names.read(&head[line_of_name(head)..], domain);
        let (value, used) = key_value(&rest[at..], head);
        found.push(Pasted {
            host: names.hosts.pop(),
            record_type: RecordType::Txt,
            value: read_key(&value, domain)?,
        });
        names = Names::default();
        rest = &rest[at + used..];
    }
    if !found.is_empty() {
        // One console shows the value first and the name below it.
        if let [only] = found.as_mut_slice()
            && only.host.is_none()
        {
            names.read(rest, domain);
            only.host = names.hosts.pop();
        }
        return Ok(found);
    }
    if let Some(key) = bare_key(&text) {
        return Ok(vec![Pasted {
            host: None,
            record_type: RecordType::Txt,
            value: read_key(&format!("v=DKIM1; k=rsa; p={key}"), domain)?,
        }]);
    }
    names.read(&text, domain);
    aliases(names, &text, domain)
}

/// Plain characters in place of those that word processors, chat programs and web pages put there.
fn unfold(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{ad}'
            | '\u{202a}'..='\u{202e}' => None,
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => Some('"'),
            '\u{2018}' | '\u{2019}' => Some('\''),
            '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(' '),
            '\u{2010}' | '\u{2011}' => Some('-'),
            '\r' => Some('\n'),
            _ => Some(c),
        })
        .collect()
}

fn refuse_what_is_no_record(text: &str) -> Result<(), String> {
    let upper = text.to_ascii_uppercase();
    let lower = text.to_ascii_lowercase();
    if upper.contains("PRIVATE KEY") {
        return Err(
            "STOP: this is a private key. It must never leave your server, and it was not kept here. If it was shown to anybody, make a \
             new key. Paste the public record, which begins with v=DKIM1."
                .to_owned(),
        );
    }
    if upper.contains("-----BEGIN") {
        return Err(
            "This is a key file (PEM), not the record. Paste the value that the service shows for the DNS: it begins with v=DKIM1."
                .to_owned(),
        );
    }
    if text.trim().is_empty() {
        return Err("Nothing was pasted yet. Copy the name and the value of the record from the service and paste them here.".to_owned());
    }
    if key_start(text).is_none() {
        let kind = if lower.contains("v=spf1") {
            Some("an SPF record; that has its own step")
        } else if lower.contains("v=dmarc1") {
            Some("a DMARC record; that has its own step")
        } else if lower.contains("site-verification")
            || lower.trim_matches('"').starts_with("ms=ms")
        {
            Some("a proof of ownership, not a signature")
        } else if lower.contains("v=dkim1") {
            None
        } else {
            return Ok(());
        };
        return Err(match kind {
            Some(kind) => format!("This is {kind}. Look for the record whose name contains _domainkey."),
            None => "The key is missing: the value must have a part that begins with p=. Copy the whole value.".to_owned(),
        });
    }
    Ok(())
}

/// Where a key record begins.
fn key_start(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let version = spaced(&lower, "v", "dkim1");
    let start = version.or_else(|| {
        ["k=rsa", "k=ed25519", "h=sha256", "t=s;", "p=mii"]
            .into_iter()
            .filter_map(|tag| {
                lower.match_indices(tag).map(|(at, _)| at).find(|&at| {
                    at == 0 || lower[..at].ends_with(['"', ' ', '\n', '\t', '(', ';', ':', '\''])
                })
            })
            .min()
    })?;
    lower[start..]
        .contains("p=")
        .then_some(start)
        .or_else(|| spaced(&lower[start..], "p", "").map(|_| start))
}

/// Where `name = value` stands, with or without spaces around the sign.
fn spaced(lower: &str, name: &str, value: &str) -> Option<usize> {
    lower.match_indices('=').find_map(|(sign, _)| {
        let before = lower[..sign].trim_end_matches(' ');
        let after = lower[sign + 1..].trim_start_matches(' ');
        let at = before.len().checked_sub(name.len())?;
        let starts_tag = at == 0 || !before.as_bytes()[at - 1].is_ascii_alphanumeric();
        (before.ends_with(name) && starts_tag && after.starts_with(value)).then_some(at)
    })
}

/// Where in `head`, the text before a value, the part of this record begins: at its last lines.
fn line_of_name(head: &str) -> usize {
    head.len() - head.len().min(1_000)
        + head[head.len() - head.len().min(1_000)..]
            .char_indices()
            .next()
            .map_or(0, |(at, _)| at)
}

/// The text of a key record that begins at the start of `text`, and how many bytes it takes. `head` stands before it.
fn key_value(text: &str, head: &str) -> (String, usize) {
    match head.chars().next_back() {
        Some(quote @ ('"' | '\'' | '`')) => quoted(text, quote),
        _ => unquoted(text),
    }
}

/// Strings in quotes that follow one another; the first has begun already.
fn quoted(text: &str, quote: char) -> (String, usize) {
    let mut value = String::new();
    let mut inside = true;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if inside {
            match c {
                _ if escaped => {
                    value.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                c if c == quote => inside = false,
                '\n' => {}
                c => value.push(c),
            }
        } else if c == quote {
            inside = true;
        } else if !c.is_whitespace() && c != ',' && c != '+' {
            return (value, at);
        }
    }
    (value, text.len())
}

/// Text without quotes, up to a line that is not part of the value.
fn unquoted(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut used = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim();
        let another = number > 0
            && (key_start(bare) == Some(0)
                || bare.contains("_domainkey")
                || label(bare).is_some()
                || bare.to_ascii_uppercase().starts_with("TTL"));
        if another || (number > 0 && bare.is_empty() && value.trim_end().ends_with(['=', ';'])) {
            break;
        }
        used += line.len();
        // A tab behind the key begins another column, such as the TTL.
        let bare = match bare.split_once('\t') {
            Some((column, _)) if column.contains("p=") => column,
            _ => bare,
        };
        value.push_str(bare);
        // A line that breaks between tags needs no space; one inside the key must not get one.
    }
    let end = value.find([')', '"', '<']).unwrap_or(value.len());
    value.truncate(end);
    (value.replace("\\;", ";"), used)
}

/// A key without tags, as some consoles show it.
fn bare_key(text: &str) -> Option<String> {
    let key: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '"')
        .collect();
    let is_key = key.len() >= 100
        && key.starts_with("MI")
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    is_key.then_some(key)
}

/// Reads and judges a key record; gives its printed form.
fn read_key(text: &str, domain: &DomainName) -> Result<String, String> {
    let text = text.trim().trim_end_matches(['"', '\'', '`']).trim();
    let joined = join_key(text);
    let again = "Copy the whole value again, from v=DKIM1 to the last character.";
    let cut = || {
        format!(
            "The key is cut off or damaged: {} characters arrived. Consoles often show only a part; use their copy button. {again}",
            joined.len()
        )
    };
    if let Some(extra) = behind_key(&joined) {
        return Err(format!(
            "There is extra text behind the key: \"{}\". Copy only the value, from v=DKIM1 to the last character of the key.",
            shorten(Untrusted::from(extra).shown().as_str())
        ));
    }
    let key: DkimKey = joined.parse().map_err(|error| {
        if holds_base64(&joined) {
            return cut();
        }
        format!(
            "The key record cannot be read ({error}). {again} It begins: {}",
            shorten(Untrusted::from(joined.as_str()).shown().as_str())
        )
    })?;
    if key.is_revoked() {
        return Err(format!(
            "The key is empty (p= with nothing behind it): it means \"revoked\". {again}"
        ));
    }
    if dkim::judge::bits(&key).is_none()
        && matches!(
            key.key_type,
            None | Some(dkim::KeyType::Rsa) | Some(dkim::KeyType::Ed25519)
        )
    {
        return Err(cut());
    }
    let owner = domain
        .prefixed("selector._domainkey")
        .unwrap_or_else(|_| domain.clone());
    if let Some(finding) = dkim::judge::judge(&owner, &key)
        .into_iter()
        .find(|finding| finding.severity == Severity::Error)
    {
        return Err(format!("{} {}", finding.message, finding.remedy));
    }
    Ok(key.to_string())
}

/// True where the key itself is written in base64, whole or not.
fn holds_base64(text: &str) -> bool {
    let Some(at) = spaced(&text.to_ascii_lowercase(), "p", "") else {
        return false;
    };
    let key = text[at..].split('=').nth(1).unwrap_or_default();
    let key = key.split(';').next().unwrap_or_default().trim();
    key.len() >= 16
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
}

/// Text that is glued to the end of the key in `joined`, where the key says how long it is.
fn behind_key(joined: &str) -> Option<&str> {
    // How keys of the usual sizes begin, and how long they are in base64.
    const LENGTHS: [(&str, usize); 4] = [
        ("MIGf", 216),
        ("MIIBIj", 392),
        ("MIIBoj", 564),
        ("MIICIj", 736),
    ];
    let at = spaced(&joined.to_ascii_lowercase(), "p", "")?;
    let (_, key) = joined[at..].split_once('=')?;
    let key = key.split(';').next()?;
    let by_length = LENGTHS
        .iter()
        .find(|(begin, _)| key.starts_with(begin))
        .and_then(|(_, length)| key.get(*length..));
    let by_padding = || {
        let (_, behind) = key.split_once('=')?;
        Some(behind.trim_start_matches('='))
    };
    by_length
        .filter(|extra| !extra.is_empty())
        .or_else(by_padding)
        .filter(|extra| !extra.is_empty())
}

/// Takes the white space out of the key itself.
fn join_key(text: &str) -> String {
    let Some(at) = spaced(&text.to_ascii_lowercase(), "p", "") else {
        return text.to_owned();
    };
    let (head, key) = text.split_at(at);
    let end = key.find(';').unwrap_or(key.len());
    let (key, tail) = key.split_at(end);
    let key: String = key.split_whitespace().collect();
    format!("{head}{key}{tail}")
}

/// Pairs of a name and the target of an alias.
fn aliases(names: Names, text: &str, domain: &DomainName) -> Result<Vec<Pasted>, String> {
    if text.contains(['<', '>', '{', '}']) {
        return Err(
            "This is a pattern, not the value itself: the parts in <...> are different for everybody. Copy the value that the service \
             shows to you."
                .to_owned(),
        );
    }
    if let Some(extra) = &names.extra {
        return Err(format!(
            "There is extra text behind the value: \"{}\". Copy only the name and the value of the record.",
            shorten(&plain(extra))
        ));
    }
    // A target that a panel lengthened by the domain looks like a name in it; who takes it says so.
    if let ([host, target], []) = (names.hosts.as_slice(), names.targets.as_slice())
        && let Ok(target) = domain.prefixed(target)
    {
        return Ok(vec![Pasted {
            host: Some(host.clone()),
            record_type: RecordType::Cname,
            value: target.to_string(),
        }]);
    }
    if names.targets.is_empty() {
        return Err(if names.hosts.is_empty() {
            format!(
                "No record was found in this: {}. Paste the name and the value as the service shows them.",
                shorten(&plain(text.trim()))
            )
        } else {
            "Only the name was pasted. Paste the value too: what the name points to, or the text that begins with v=DKIM1.".to_owned()
        });
    }
    let paired = names.hosts.len() == names.targets.len();
    Ok(names
        .targets
        .iter()
        .take(MOST)
        .enumerate()
        .map(|(at, target)| Pasted {
            host: paired.then(|| names.hosts[at].clone()),
            record_type: RecordType::Cname,
            value: target.to_string(),
        })
        .collect())
}
