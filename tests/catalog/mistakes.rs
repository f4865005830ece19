//! The table of the 26 mistakes of panels in `docs/mistakes.md`: whole, with codes whose pages name the number, and tests that exist.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nobounce::catalog::explain;

use crate::explain::codes;

/// The rows of the table in `docs/mistakes.md`: number of the mistake, its codes, and the tests that hold it.
fn mistakes() -> BTreeMap<String, [BTreeSet<String>; 2]> {
    let quoted = |cell: &str| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/mistakes.md");
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("| P"))
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, number, _, codes, _, tests, _] = cells.as_slice() else {
                panic!("{line}");
            };
            let digits = number.strip_prefix('P')?;
            let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
            is_number.then(|| (number.to_string(), [quoted(codes), quoted(tests)]))
        })
        .collect()
}

#[test]
fn p1_to_p26_stand_in_the_table_with_the_codes_whose_pages_name_them() {
    let table = mistakes();
    let numbers: BTreeSet<String> = (1..=26).map(|number| format!("P{number}")).collect();
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), numbers);
    for code in explain::codes() {
        let last = explain::text(code).unwrap().lines().last().unwrap();
        let named: Vec<&str> = last
            .strip_prefix("<!-- ")
            .and_then(|comment| comment.strip_suffix(" -->"))
            .map_or(Vec::new(), |comment| comment.split(' ').collect());
        for number in named {
            let row = table
                .get(number)
                .unwrap_or_else(|| panic!("{code}: {number}"));
            assert!(
                row[0].contains(code),
                "docs/mistakes.md, {number}: name {code}"
            );
        }
    }
    let known = codes();
    for (number, [codes, _]) in table {
        assert!(!codes.is_empty(), "{number}");
        for code in codes.iter().filter(|code| known.contains(code.as_str())) {
            let text = explain::text(code).unwrap();
            let last = text.lines().last().unwrap();
            assert!(
                last.split(' ').any(|word| word == number),
                "{code}.md: the table says {number}"
            );
        }
    }
}

#[test]
fn the_tests_of_the_table_exist() {
    let mut code = String::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                code.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for (number, [_, tests]) in mistakes() {
        for test in tests {
            assert!(
                code.contains(&format!("fn {test}(")),
                "{number}: no test is called {test}"
            );
        }
    }
}
