//! The collected reports of the test corpus: their facts come out, or the reason why not.

use std::path::PathBuf;

use nobounce::evidence::unpack::Unpacker;
use serde_json::Value;

/// A folder of the corpus; None where it is not there.
fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let folder = root.join(name);
    if !folder.is_dir() {
        println!("skipped: {name} of the test corpus is not there (set NOBOUNCE_CORPUS)");
        return None;
    }
    Some(folder)
}

/// Every mail of an mbox, or the file as a whole.
fn contents(path: &std::path::Path) -> Vec<nobounce::evidence::unpack::Contents> {
    let mut all = Vec::new();
    nobounce::mailbox::files::read(&[path.to_owned()], true, |item| all.push(item.contents));
    all
}

#[test]
fn every_fact_of_the_collected_reports_comes_out() {
    let Some(folder) = folder("1-aggregate-reports") else {
        return;
    };
    let mut read = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder.join("expected")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        let file = case["file"].as_str().unwrap();
        let all = contents(&folder.join(file));
        let found: Vec<_> = all.iter().flat_map(|one| &one.reports).collect();
        let refused = all.iter().any(|one| !one.refused.is_empty());
        match (case["must"].as_str().unwrap(), found.is_empty()) {
            ("explain", true) | ("read_or_explain", true) if refused => continue,
            ("explain", _) | (_, true) => {
                wrong.push(format!("{file}: {all:?}"));
                continue;
            }
            _ => {}
        }
        read += 1;
        let wanted = case["reports"].as_array().unwrap();
        if found.len() != wanted.len() {
            wrong.push(format!(
                "{file}: {} reports of {}",
                found.len(),
                wanted.len()
            ));
            continue;
        }
        for (found, wanted) in found.iter().zip(wanted) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let org = String::from_utf8_lossy(found.report.org.as_bytes()).into_owned();
            if case["well_formed"] == true && org != text(&wanted["org_name"]) {
                wrong.push(format!("{file}: {org}"));
            }
            let facts = (
                found.report.begin,
                found.report.end,
                Some(found.tally.records),
            );
            let expected = (
                wanted["begin"].as_i64(),
                wanted["end"].as_i64(),
                wanted["record_count"].as_u64(),
            );
            if facts != expected {
                wrong.push(format!("{file}: {facts:?}, wanted {expected:?}"));
            }
            if Some(found.tally.messages) != wanted["message_count"].as_u64() {
                wrong.push(format!("{file}: {} messages", found.tally.messages));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read >= 151, "{read} were read");
}

#[test]
fn hostile_inputs_are_read_or_refused() {
    let Some(folder) = folder("7-nasty") else {
        return;
    };
    let cases = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let file = case["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let contents = Unpacker::new(false).read(&bytes[..]);
        match case["must"].as_str().unwrap() {
            "read" => assert!(!contents.reports.is_empty(), "{file}: {contents:?}"),
            "explain" => assert!(
                contents.reports.is_empty() && !contents.refused.is_empty(),
                "{file}: {contents:?}"
            ),
            _ => assert!(
                !contents.reports.is_empty() || !contents.refused.is_empty(),
                "{file}"
            ),
        }
        if let (Some(count), Some(found)) = (
            case["facts"]["message_count"].as_u64(),
            contents.reports.first(),
        ) {
            assert_eq!(found.tally.messages, count, "{file}");
        }
    }
}
