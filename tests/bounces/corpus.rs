//! The known cases: bounces as servers wrote them, each with what it is about.

use std::path::PathBuf;

use nobounce::evidence::bounce::Answer;
use nobounce::evidence::bounce::explain;
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let root = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let folder = root.join("6-bounces");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no folder of known cases (NOBOUNCE_CORPUS)");
    None
}

fn cases(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// What is wrong with an answer.
fn judge(answer: &Answer, case: &Value) -> Option<String> {
    let main = &answer.main;
    let class = main.cause.class.as_str();
    let topic = case["topic"].as_str().unwrap();
    let about = matches!(class, "authentication" | "own-policy");
    let is_server = topic == "ptr" && class == "infrastructure";
    if let Some(wanted) = case["about_authentication"].as_bool() {
        if wanted != about && !is_server {
            return Some(format!("{class} for {topic}"));
        }
        let legs: &[&str] = match topic {
            "spf" => &["spf"],
            "dkim" => &["dkim"],
            "dmarc" | "dmarc_missing" => &["dmarc"],
            "alignment" => &["alignment"],
            "ptr" => &["ptr"],
            // What the bounce itself marks as passed did not fail.
            "unauthenticated" if main.cause.code.as_str() == "bounce-authentication-level" => {
                &["spf"]
            }
            "unauthenticated" => &["spf", "dkim"],
            _ => &[],
        };
        if wanted && !legs.iter().all(|leg| main.fails.contains(leg)) {
            return Some(format!("{:?} for {topic}", main.fails));
        }
    }
    let known: Vec<&str> = case["results"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|result| result["status_in_message"] != false)
        .filter_map(|result| result["status"].as_str())
        .collect();
    match &main.status {
        Some(status)
            if answer.is_recognized() && !known.is_empty() && !known.contains(&status.as_str()) =>
        {
            Some(format!("{status}, not {known:?}"))
        }
        _ => None,
    }
}

#[test]
fn every_known_bounce_is_told_right() {
    let Some(folder) = folder() else { return };
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases(&expected) {
        let file = case["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        count += 1;
        wrong.extend(judge(&explain(&bytes), &case).map(|why| format!("{file}: {why}")));
    }
    assert!(count > 150, "{count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_known_line_is_told_right() {
    let Some(folder) = folder() else { return };
    let lines = std::fs::read_to_string(folder.join("snippets.jsonl")).unwrap();
    let wrong: Vec<String> = cases(&lines)
        .filter_map(|case| {
            let text = case["text"].as_str().unwrap();
            judge(&explain(text.as_bytes()), &case).map(|why| format!("{text}: {why}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
