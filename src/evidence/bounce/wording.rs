//! Which receiver refused, and which of the known wordings a reply is.

use crate::catalog::wording;
use crate::catalog::wording::Receiver;
use crate::catalog::wording::Wording;

/// The receiver of a refusal: by the name of its server, else by what it says.
pub fn receiver(host: Option<&str>, reply: &str) -> Option<&'static Receiver> {
    let named = |entry: &&Receiver| !entry.shared;
    let by_host = host.and_then(|host| {
        wording::receivers()
            .iter()
            .filter(named)
            .find(|entry| entry.has_host(host))
    });
    by_host
        .or_else(|| {
            wording::receivers()
                .iter()
                .filter(named)
                .find(|entry| entry.says.iter().any(|word| reply.contains(word.as_str())))
        })
        .or_else(|| {
            reply
                .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
                .filter(|word| word.len() > 5 && word.contains('.'))
                .take(200)
                .find_map(|word| {
                    wording::receivers()
                        .iter()
                        .filter(named)
                        .find(|entry| entry.has_host(word))
                })
        })
}

/// The wording of a named receiver that says most of the reply, in lower case.
pub fn known(reply: &str) -> Option<(&'static Receiver, &'static Wording)> {
    wording::receivers()
        .iter()
        .filter(|entry| entry.id != GENERAL)
        .flat_map(|entry| entry.wordings.iter().map(move |wording| (entry, wording)))
        .filter(|(_, wording)| wording.matches(reply))
        .max_by_key(|(_, wording)| wording.weight())
}

/// The first wording that everybody uses.
pub fn general(reply: &str) -> Option<&'static Wording> {
    wording::receiver(GENERAL)?
        .wordings
        .iter()
        .find(|wording| wording.matches(reply))
}

const GENERAL: &str = "general";
