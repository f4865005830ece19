//! Finds the names in a paste: hosts of key records, and targets of aliases.

use crate::records::name::DomainName;

/// Names found in a text, in their order.
#[derive(Debug, Default)]
pub struct Names {
    /// Hosts of records, relative to the domain.
    pub hosts: Vec<String>,
    /// Whole names elsewhere.
    pub targets: Vec<DomainName>,
    /// The first word behind a target, on its line, that belongs to no record.
    pub extra: Option<String>,
}

/// What a label of a panel announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Name,
    Target,
    Other,
}

impl Names {
    pub fn read(&mut self, text: &str, domain: &DomainName) {
        let mut announced = None;
        for line in text.lines() {
            let line = line.trim();
            let (about, words) = match label(line) {
                Some((about, rest)) => (Some(about), rest),
                None => (announced, line),
            };
            announced = if words.trim().is_empty() { about } else { None };
            if about == Some(Label::Other) {
                continue;
            }
            // A remark of a zone file is no part of the record.
            let words = words.split_once(" ;").map_or(words, |(before, _)| before);
            let mut behind_target = false;
            for word in words.split(|c: char| c.is_whitespace() || ",;|\"'`()<>".contains(c)) {
                let before = self.targets.len();
                if self.take(word, about, domain) {
                    behind_target |= self.targets.len() > before;
                } else if behind_target && self.extra.is_none() && !is_of_a_panel(word) {
                    self.extra = Some(word.to_owned());
                }
            }
        }
    }

    /// False where the word is no name of a record.
    fn take(&mut self, word: &str, about: Option<Label>, domain: &DomainName) -> bool {
        if word.contains("://") || word.contains('@') || word.contains('/') || word.contains('=') {
            return false;
        }
        let word = word.trim_matches([':', '*']);
        let Ok(name) = word.parse::<DomainName>() else {
            return false;
        };
        if name.is_root() || name.as_str().contains('\\') {
            return false;
        }
        if about != Some(Label::Target)
            && let Some(host) = host_of(&name, domain, about == Some(Label::Name))
        {
            if self.hosts.last() != Some(&host) {
                self.hosts.push(host);
            }
            return true;
        }
        let looks_whole = name.labels().count() >= 2
            && name.labels().next_back().is_some_and(|label| {
                label.len() >= 2 && label.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
            });
        if !looks_whole || about == Some(Label::Name) {
            return false;
        }
        if !self.targets.contains(&name) && &name != domain {
            self.targets.push(name);
        }
        true
    }
}

/// Words and numbers that panels and zone files put behind a value.
fn is_of_a_panel(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "ttl",
        "auto",
        "automatic",
        "default",
        "in",
        "cname",
        "txt",
        "type",
        "copy",
        "copied",
        "edit",
        "delete",
        "dns",
        "only",
        "active",
        "pending",
        "verified",
        "min",
        "minutes",
        "hour",
        "hours",
        "seconds",
    ];
    word.is_empty()
        || word.ends_with(':')
        || word
            .bytes()
            .all(|b| !b.is_ascii_alphabetic() && b.is_ascii())
        || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The name of a key record relative to the domain, where `name` is one.
pub fn host_of(name: &DomainName, domain: &DomainName, announced: bool) -> Option<String> {
    let text = name.as_str();
    if let Some(relative) = name.relative_to(domain) {
        return (relative.ends_with("._domainkey")
            || relative.contains("._domainkey.")
            || (announced && !relative.is_empty()))
        .then(|| relative.to_owned());
    }
    if text.ends_with("._domainkey") {
        return Some(text.to_owned());
    }
    // Below a subdomain, such as `s1._domainkey.mail`.
    if let Some((_, below)) = text.split_once("._domainkey.")
        && (!below.contains('.') || announced)
    {
        return Some(text.to_owned());
    }
    (announced && name.labels().count() == 1 && text.len() > 1 && text != "cname" && text != "txt")
        .then(|| text.to_owned())
}

/// A label that a panel writes before a value, and what follows it on the line.
pub fn label(line: &str) -> Option<(Label, &str)> {
    let (head, rest) = line.split_once(':').or_else(|| line.split_once('\t'))?;
    // The first column of a table is the type, and the name follows.
    if head.trim().eq_ignore_ascii_case("cname") && rest.trim().contains(char::is_whitespace) {
        return None;
    }
    let head = head.trim().trim_matches(['*', '-']).to_ascii_lowercase();
    if head.len() > 40 || head.contains('=') || head.contains('.') {
        return None;
    }
    let has = |words: &[&str]| {
        words.iter().any(|word| {
            head.split(|c: char| !c.is_alphanumeric())
                .any(|part| part == *word)
        })
    };
    let about = if has(&[
        "points",
        "target",
        "value",
        "destination",
        "data",
        "content",
        "answer",
        "alias",
    ]) {
        Label::Target
    } else if has(&["type", "ttl", "priority", "status", "class"]) {
        Label::Other
    } else if has(&["host", "name", "hostname", "record", "selector"]) {
        Label::Name
    } else if head.ends_with("cname") {
        Label::Target
    } else {
        return None;
    };
    Some((about, rest.trim()))
}
