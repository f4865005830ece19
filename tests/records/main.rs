//! The records: what is read, printed and judged.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod discovery;
mod dkim;
mod dmarc;
mod hard;
mod labels;
mod mutations;
mod readable;
mod recursive;
mod spf;
mod spf_check_host;
mod spf_tree;
mod spf_waste;
mod typed;
mod verdict;

use std::path::PathBuf;

/// The cases of a file of the test corpus, one JSON object a line; None where the corpus is not there.
fn corpus(file: &str) -> Option<Vec<serde_json::Value>> {
    let root = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(root.join(file)) else {
        println!("skipped: {file} of the test corpus is not there (set NOBOUNCE_CORPUS)");
        return None;
    };
    let cases = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    Some(cases)
}

/// The TXT strings of a case: each record joined.
fn texts(records: &serde_json::Value) -> Vec<nobounce::records::untrusted::Untrusted> {
    records
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|strings| {
            let joined: String = strings
                .as_array()
                .unwrap()
                .iter()
                .map(|string| string.as_str().unwrap())
                .collect();
            nobounce::records::untrusted::Untrusted::from(joined.as_str())
        })
        .collect()
}

/// `error`, `warning` or `ok`: the worst of some findings.
fn worst(findings: &[nobounce::records::finding::Finding]) -> &'static str {
    use nobounce::records::finding::Severity;
    match findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        _ => "ok",
    }
}

fn accepts(case: &serde_json::Value, verdict: &str) -> bool {
    case["verdict"] == verdict
        || case["acceptable_verdicts"]
            .as_array()
            .is_some_and(|all| all.iter().any(|word| word == verdict))
}
