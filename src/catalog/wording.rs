//! How Mail Receivers word their refusals: which words in a reply mean which cause.

use serde::Deserialize;

use crate::catalog::embedded;
use crate::catalog::sender::Confidence;

/// One entry of `assets/bounces/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    pub id: String,
    pub name: String,
    pub confidence: Confidence,
    /// Many receivers use these words; they tell nothing about who it was.
    #[serde(default)]
    pub shared: bool,
    /// Ends of the names of its mail servers, matched on label boundaries.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Words that give the receiver away wherever they stand in a reply.
    #[serde(default)]
    pub says: Vec<String>,
    #[serde(default)]
    pub wordings: Vec<Wording>,
}

/// One way to refuse.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// All of these stand in the reply, in this order, with anything between; capitals do not matter.
    pub words: Vec<String>,
    /// None of these stands in the reply.
    #[serde(default)]
    pub unless: Vec<String>,
    /// The code of the cause.
    pub cause: String,
    /// What failed, where it is another than the cause says.
    #[serde(default)]
    pub fails: Vec<String>,
    pub source: String,
}

impl Wording {
    /// True where a reply in lower case and on one line is worded like this.
    pub fn matches(&self, reply: &str) -> bool {
        let mut rest = reply;
        let in_order = self.words.iter().all(|word| match place(rest, word) {
            Some(at) => {
                rest = &rest[at + word.len()..];
                true
            }
            None => false,
        });
        in_order && !self.unless.iter().any(|word| reply.contains(word.as_str()))
    }

    /// How much of the reply it says; the longer, the more certain.
    pub fn weight(&self) -> usize {
        self.words.iter().map(String::len).sum()
    }
}

/// Where `word` stands in a reply: not in the middle of another word, and a short one by itself ("ube" is not in "tube" or "uber").
fn place(reply: &str, word: &str) -> Option<usize> {
    let opens = word.starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_short = word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    reply.match_indices(word).map(|(at, _)| at).find(|&at| {
        let before = reply[..at].chars().next_back();
        let after = reply[at + word.len()..].chars().next();
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !(opens && is_word(before) || is_short && is_word(after))
    })
}

impl Receiver {
    /// True where a mail server of this name is one of its own.
    pub fn has_host(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.hosts.iter().any(|end| {
            host.strip_suffix(end.as_str())
                .is_some_and(|front| front.is_empty() || front.ends_with('.'))
        })
    }
}

/// Receivers whose wordings are known, sorted by id; `general` holds what everybody says.
pub fn receivers() -> &'static [Receiver] {
    embedded::bounces()
}

pub fn receiver(id: &str) -> Option<&'static Receiver> {
    receivers().iter().find(|entry| entry.id == id)
}
