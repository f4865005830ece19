//! The files of wordings and the table of causes hold together.

use std::collections::BTreeSet;

use nobounce::catalog::explain;
use nobounce::catalog::wording;
use nobounce::evidence::bounce::cause::CAUSES;
use nobounce::evidence::bounce::codes;

const STEPS: [&str; 10] = [
    "domain",
    "senders",
    "mailbox",
    "dkim",
    "spf",
    "monitor",
    "evidence",
    "quarantine",
    "reject",
    "keep",
];
const FAILS: [&str; 9] = [
    "spf",
    "dkim",
    "dmarc",
    "alignment",
    "ptr",
    "tls",
    "helo",
    "dns",
    "mx",
];

#[test]
fn every_code_has_one_cause_and_a_page() {
    let of_causes: BTreeSet<&str> = CAUSES.iter().map(|cause| cause.code.as_str()).collect();
    let all: BTreeSet<&str> = codes::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(of_causes, all);
    assert_eq!(CAUSES.len(), codes::ALL.len());
    for cause in CAUSES {
        assert!(
            explain::page(cause.code.as_str()).is_some(),
            "{:?}",
            cause.code
        );
        assert!(
            cause.step.is_none_or(|step| STEPS.contains(&step)),
            "{:?}",
            cause.code
        );
        assert!(
            cause.fails.iter().all(|leg| FAILS.contains(leg)),
            "{:?}",
            cause.code
        );
    }
}

#[test]
fn every_wording_can_match_and_names_a_cause() {
    assert!(wording::receivers().len() >= 25);
    let mut seen = BTreeSet::new();
    for entry in wording::receivers() {
        for says in entry.says.iter().chain(&entry.hosts) {
            assert_eq!(*says, says.to_ascii_lowercase(), "{}", entry.id);
        }
        for wording in &entry.wordings {
            let place = format!("{}: {:?}", entry.id, wording.words);
            assert!(
                codes::ALL.iter().any(|code| code.as_str() == wording.cause),
                "{place}"
            );
            assert!(
                !wording.words.is_empty() && !wording.source.is_empty(),
                "{place}"
            );
            assert!(
                wording
                    .fails
                    .iter()
                    .all(|leg| FAILS.contains(&leg.as_str())),
                "{place}"
            );
            for word in &wording.words {
                assert_eq!(*word, word.to_lowercase(), "{place}");
            }
            assert!(wording.matches(&wording.words.join(" ... ")), "{place}");
            assert!(
                entry.id == "general" || seen.insert(wording.words.clone()),
                "twice: {place}"
            );
        }
    }
}

#[test]
fn short_words_stand_by_themselves() {
    let wording = wording::receiver("general")
        .unwrap()
        .wordings
        .iter()
        .find(|wording| wording.words == ["ube"])
        .unwrap();
    assert!(wording.matches("content rejected, ube, id=1"));
    assert!(!wording.matches("see youtube"));
    assert!(!wording.matches("uber"));
}
