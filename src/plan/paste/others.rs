//! Reads records that are no keys from a service's console: a bounce address (alias, mail server, SPF text), a proof of ownership, a term
//! for the SPF record of the domain.

use crate::plan::panel::shorten;
use crate::plan::paste::LONGEST;
use crate::plan::paste::MOST;
use crate::plan::paste::Pasted;
use crate::plan::paste::names::Label;
use crate::plan::paste::names::label;
use crate::plan::paste::unfold;
use crate::plan::steps::domain::plain;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;
use crate::records::spf::Directive;
use crate::records::spf::Mechanism;
use crate::records::spf::Spf;
use crate::records::spf::Term;

/// A word of a paste that says something about a record.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// Relative to the domain; empty: the domain itself.
    Host(String),
    Name(DomainName),
    Preference(u16),
    Text(String),
}

/// What stands at the end of a refusal.
const AGAIN: &str = "Copy the name and the value of each record as the service shows them.";

/// Reads the records in a paste. `begins`: how texts begin that are no SPF record. Values: a name, a text, or a preference and a name (MX).
pub fn read(text: &str, domain: &DomainName, begins: &[String]) -> Result<Vec<Pasted>, String> {
    let words = words(text, domain, begins)?;
    let mut hosts: Vec<String> = Vec::new();
    let mut values: Vec<(RecordType, String, Option<usize>)> = Vec::new();
    let mut preference: Option<u16> = None;
    let is_exchange = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case("MX"));
    for word in words {
        match word {
            Word::Host(host) => hosts.push(host),
            Word::Preference(number) => {
                // Some panels show it behind the name.
                match values.last_mut() {
                    Some((RecordType::Mx, value, _)) if !value.contains(' ') => {
                        *value = format!("{number} {value}");
                    }
                    _ => preference = Some(number),
                }
            }
            Word::Name(name) => {
                let at = hosts.len().checked_sub(1);
                match preference.take() {
                    Some(number) => values.push((RecordType::Mx, format!("{number} {name}"), at)),
                    None if is_exchange && looks_like_exchange(text, &name) => {
                        values.push((RecordType::Mx, name.to_string(), at));
                    }
                    None => values.push((RecordType::Cname, name.to_string(), at)),
                }
            }
            Word::Text(text) => {
                values.push((RecordType::Txt, text, hosts.len().checked_sub(1)));
            }
        }
    }
    // Two whole names and nothing else: the first is the name, below the domain.
    if hosts.is_empty()
        && let [(RecordType::Cname, host, _), (RecordType::Cname, target, _)] = values.as_slice()
    {
        let one = vec![(RecordType::Cname, target.clone(), Some(0))];
        hosts.push(host.clone());
        values = one;
    }
    // A target that a panel lengthened by the domain looks like a name in it; who takes it says so.
    if values.is_empty()
        && let [_, target] = hosts.as_slice()
        && let Ok(target) = domain.prefixed(target)
    {
        values.push((RecordType::Cname, target.to_string(), Some(0)));
    }
    if values.is_empty() {
        return Err(match hosts.first() {
            Some(_) => format!("Only a name was pasted; the value is missing. {AGAIN}"),
            None => format!(
                "No record was found in this: {}. {AGAIN}",
                shorten(&plain(text.trim()))
            ),
        });
    }
    if values.len() > MOST {
        return Err(format!(
            "That is more than the records of one bounce address. {AGAIN}"
        ));
    }
    let by_order = hosts.len() == values.len();
    Ok(values
        .into_iter()
        .enumerate()
        .map(|(number, (record_type, value, behind))| Pasted {
            host: if by_order {
                hosts.get(number).cloned()
            } else {
                behind
                    .or(hosts.len().checked_sub(1))
                    .and_then(|at| hosts.get(at).cloned())
            },
            record_type,
            value: if record_type == RecordType::Mx && !value.contains(' ') {
                format!("10 {value}")
            } else {
                value
            },
        })
        .collect())
}

/// Reads terms for the SPF record of the domain: bare terms, or a whole record, of which only what names the service is taken.
pub fn terms(text: &str) -> Result<Vec<Directive>, String> {
    if text.len() > LONGEST {
        return Err("That is far more than an SPF record. Copy only the term, such as include:spf.example.net.".to_owned());
    }
    let text = unfold(text);
    let mut found: Vec<Directive> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || "\"',;`".contains(c)) {
        let is_part = word.contains([':', '=']) && !word.contains("://");
        if !is_part || word.eq_ignore_ascii_case("v=spf1") {
            continue;
        }
        let Ok(spf) = format!("v=spf1 {word}").parse::<Spf>() else {
            continue;
        };
        for term in spf.terms {
            if let Term::Directive(directive) = term
                && matches!(
                    directive.mechanism,
                    Mechanism::Include(_)
                        | Mechanism::Ip4 { .. }
                        | Mechanism::Ip6 { .. }
                        | Mechanism::A { .. }
                        | Mechanism::Exists(_)
                )
                && !found.contains(&directive)
            {
                found.push(directive);
            }
        }
    }
    if found.is_empty() {
        return Err(format!(
            "No term for SPF was found in this: {}. It begins with include: as a rule. Copy it again.",
            shorten(&plain(text.trim()))
        ));
    }
    Ok(found)
}

fn words(text: &str, domain: &DomainName, begins: &[String]) -> Result<Vec<Word>, String> {
    if text.len() > LONGEST {
        return Err(format!("That is far more than a record. {AGAIN}"));
    }
    let text = unfold(text);
    if text.to_ascii_uppercase().contains("PRIVATE KEY") {
        return Err(
            "STOP: this is a private key. It must never leave its server, and it was not kept here."
                .to_owned(),
        );
    }
    if text.contains(['<', '>', '{', '}']) {
        return Err(format!(
            "This is a pattern, not the value itself: the parts in <...> are different for everybody. {AGAIN}"
        ));
    }
    if text.to_ascii_lowercase().contains("v=dkim1") || text.contains("_domainkey") {
        return Err(
            "This is a key record; it was asked for before. Copy the records for bounces (return-path) here."
                .to_owned(),
        );
    }
    let mut words = Vec::new();
    let mut announced = None;
    for line in text.lines() {
        let line = line.trim();
        let (about, rest) = match own_label(line) {
            Some((about, rest)) => (Some(about), rest),
            None => (announced, line),
        };
        announced = if rest.trim().is_empty() { about } else { None };
        if about == Some(Label::Other) {
            let number = rest.trim().parse().ok().filter(|_| is_priority(line));
            words.extend(number.map(Word::Preference));
            continue;
        }
        read_line(rest, about, domain, begins, &mut words);
    }
    Ok(words)
}

/// A label, and not the first part of a text such as `service-code:abc`.
fn own_label(line: &str) -> Option<(Label, &str)> {
    let (head, _) = line.split_once(':').or_else(|| line.split_once('\t'))?;
    (head.split_whitespace().count() <= 4).then(|| label(line))?
}

fn is_priority(line: &str) -> bool {
    line.to_ascii_lowercase().starts_with("priority")
}

fn read_line(
    line: &str,
    about: Option<Label>,
    domain: &DomainName,
    begins: &[String],
    words: &mut Vec<Word>,
) {
    let mut rest = line.trim();
    let mut is_first = true;
    while !rest.is_empty() {
        if let Some((text, behind)) = own_text(rest, begins) {
            words.push(Word::Text(text));
            rest = behind.trim_start();
            is_first = false;
            continue;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || ",;|\"'`()".contains(c))
            .unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        if !word.is_empty() {
            words.extend(word_of(word, about, is_first, domain));
            is_first = false;
        }
        rest = behind.trim_start_matches(|c: char| c.is_whitespace() || ",;|\"'`()".contains(c));
    }
}

/// A text at the start of `rest`, and what follows: an SPF record up to its end, or a proof that begins as it must.
fn own_text<'a>(rest: &'a str, begins: &[String]) -> Option<(String, &'a str)> {
    let lower = rest.to_ascii_lowercase();
    let bare = rest.trim_start_matches('"');
    if lower.trim_start_matches('"').starts_with("v=spf1") {
        let end = bare.find(['"', '\t', '|']).unwrap_or(bare.len());
        let mut text = bare[..end].trim();
        // Behind its end stands another column.
        if let Some(all) = text.split_whitespace().find(|word| word.ends_with("all"))
            && let Some(at) = text.find(all)
        {
            text = &text[..at + all.len()];
        }
        let used = rest.len() - bare.len() + end;
        return Some((text.to_owned(), rest[used..].trim_start_matches('"')));
    }
    let is_proof = begins.iter().any(|begin| {
        let begin = begin.split('<').next().unwrap_or_default();
        !begin.is_empty()
            && bare
                .get(..begin.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(begin))
    });
    if !is_proof {
        return None;
    }
    let end = bare
        .find(|c: char| c.is_whitespace() || c == '"')
        .unwrap_or(bare.len());
    let used = rest.len() - bare.len() + end;
    Some((bare[..end].to_owned(), rest[used..].trim_start_matches('"')))
}

fn word_of(word: &str, about: Option<Label>, is_first: bool, domain: &DomainName) -> Option<Word> {
    const OF_PANELS: [&str; 24] = [
        "in", "cname", "mx", "txt", "type", "host", "name", "value", "ttl", "auto", "record",
        "priority", "points", "to", "target", "data", "content", "copy", "mail", "server", "spf",
        "is", "the", "and",
    ];
    if word == "@" {
        return Some(Word::Host(String::new()));
    }
    if let Ok(number) = word.parse::<u16>() {
        return (number <= 100).then_some(Word::Preference(number));
    }
    let is_name = !word.contains("://") && !word.contains(['@', '/', '=', ':', '\\']);
    if !is_name || word.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let name: DomainName = word.parse().ok()?;
    if name.is_root() {
        return None;
    }
    if let Some(relative) = name.relative_to(domain) {
        return Some(if about == Some(Label::Target) {
            Word::Name(name)
        } else {
            Word::Host(relative.to_owned())
        });
    }
    let is_single = name.labels().count() == 1;
    if about == Some(Label::Name) {
        return Some(Word::Host(name.to_string()));
    }
    if is_single {
        let is_word = OF_PANELS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word));
        return (is_first && !is_word && about.is_none()).then(|| Word::Host(name.to_string()));
    }
    let ending = name.labels().next_back().unwrap_or_default();
    (ending.len() >= 2 && ending.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'))
        .then_some(Word::Name(name))
}

/// True where the type MX stands before the name, nearer than any other type.
fn looks_like_exchange(text: &str, name: &DomainName) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some(at) = lower.find(name.as_str()) else {
        return false;
    };
    lower[..at]
        .split(|c: char| !c.is_ascii_alphanumeric())
        .rev()
        .find(|word| ["mx", "cname", "txt"].contains(word))
        .is_some_and(|word| word == "mx")
}
