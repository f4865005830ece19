//! The matrix of DNS faults, D1 to D64: what happens, and the exact verdict. `docs/dns-faults.md` lists them.

mod hostile;
mod names;
mod network;
mod records;
mod servers;
mod spread;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The cases of the matrix.
const CASES: usize = 64;

/// The functions in the files below `folder` whose names start with a case number.
fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                let name = line
                    .trim_start_matches("async ")
                    .strip_prefix("fn ")
                    .and_then(|rest| rest.split('(').next());
                match name {
                    Some(name) if is_test => {
                        found.insert(name.to_owned());
                    }
                    Some(_) => {}
                    None if line.starts_with("#[") => {
                        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                        continue;
                    }
                    None => {}
                }
                is_test = false;
            }
        }
    }
}

/// The numbers that a test bears: `d55_d56_...` bears two.
fn numbers(name: &str) -> Vec<usize> {
    name.split('_')
        .map_while(|part| part.strip_prefix('d')?.parse().ok())
        .collect()
}

#[test]
fn every_case_has_its_tests_or_its_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    tests_below(&root.join("tests"), &mut tests);
    let page = fs::read_to_string(root.join("docs/dns-faults.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| D"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), CASES);
    for (row, case) in rows.iter().zip(1..) {
        assert_eq!(row.len(), 6, "{row:?}");
        assert_eq!(row[1], format!("D{case}"), "in their order, each once");
        let named: Vec<&str> = row[4].split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            assert!(row[4].starts_with("not built"), "D{case}: {}", row[4]);
        }
        for name in named {
            assert!(tests.contains(name), "D{case}: there is no test {name}");
            assert!(
                numbers(name).contains(&case),
                "D{case}: {name} is of another case"
            );
        }
    }
    let foreign: Vec<&String> = tests
        .iter()
        .filter(|name| numbers(name).iter().any(|number| *number > CASES))
        .collect();
    assert_eq!(foreign, Vec::<&String>::new());
}
