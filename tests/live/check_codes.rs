//! The page of `nobounce check`: every finding shows its code, and where to read more.

use crate::check::check;
use crate::check::zone;
use crate::scripted::Scripted;

#[tokio::test(flavor = "multi_thread")]
async fn every_finding_shows_its_code_and_the_page_where_to_read_more() {
    let server = Scripted::start(zone).await;
    let output = check(&server, &["example.com", "--json"]).await;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() > 1, "{findings:?}");
    for (color, dim) in [("never", ["", ""]), ("always", ["\u{1b}[2m", "\u{1b}[0m"])] {
        let output = check(&server, &["example.com", "--color", color]).await;
        let page = String::from_utf8(output.stdout).unwrap();
        for finding in findings {
            let code = finding["code"].as_str().unwrap();
            let shown = format!("  {}{code}{}\n", dim[0], dim[1]);
            assert!(page.contains(&shown), "{code}\n{page}");
        }
        let worst = ["error", "warning", "note"]
            .iter()
            .find_map(|severity| findings.iter().find(|row| row["severity"] == *severity))
            .unwrap();
        let more = format!(
            "\n  More about one of these: nobounce explain --code {}\n",
            worst["code"].as_str().unwrap()
        );
        assert_eq!(page.matches(&more).count(), 1, "{page}");
    }
}
