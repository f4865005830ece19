//! Finds the names in a paste: hosts of key records, and targets of aliases.

use crate::records::name::DomainName;

/// Names found in a text, in their order.
#[derive(Debug, Default)]
pub struct Names {
    /// Hosts of records, relative to the domain.
    pub hosts: Vec<String>,
    /// Whole names elsewhere.
    pub targets: Vec<DomainName>,
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
            for word in words.split(|c: char| c.is_whitespace() || ",;|\"'`()<>".contains(c)) {
                self.take(word, about, domain);
            }
        }
    }

    fn take(&mut self, word: &str, about: Option<Label>, domain: &DomainName) {
        if word.contains("://") || word.contains('@') || word.contains('/') || word.contains('=') {
            return;
        }
        let word = word.trim_matches([':', '*']);
        let Ok(name) = word.parse::<DomainName>() else {
            return;
        };
        if name.is_root() || name.as_str().contains('\\') {
            return;
        }
        if about != Some(Label::Target)
            && let Some(host) = host_of(&name, domain, about == Some(Label::Name))
        {
            if self.hosts.last() != Some(&host) {
                self.hosts.push(host);
            }
            return;
        }
        let looks_whole = name.labels().count() >= 2
            && name.labels().next_back().is_some_and(|label| {
                label.len() >= 2 && label.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
            });
        if looks_whole
            && about != Some(Label::Name)
            && !self.targets.contains(&name)
            && &name != domain
        {
            self.targets.push(name);
        }
    }
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
