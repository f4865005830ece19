//! Failure reports (`ruf=`) to another organization: its permission is asked for as for aggregate reports.

use nobounce::cli::check::page::page;
use nobounce::cli::paper::Paper;

use crate::*;

const QUESTION: &str = "example.com._report._dmarc.vendor.example";

fn with_policy(policy: &str) -> World {
    World::healthy()
        .without("_dmarc.example.com")
        .with("_dmarc.example.com", policy)
}

#[test]
fn failure_reports_elsewhere_need_a_permission_too() {
    let world =
        with_policy("v=DMARC1; p=reject; rua=mailto:d@example.com; ruf=mailto:x@vendor.example");
    for (world, word, said) in [
        (world.clone(), "no", vec!["dmarc-external-not-authorized"]),
        (world.clone().with(QUESTION, "v=DMARC1"), "yes", vec![]),
        (
            world.clone().fails(Who::Resolver, Some(QUESTION), SERVFAIL),
            "unknown",
            vec![],
        ),
    ] {
        let report = world.look("example.com");
        assert_eq!(report.dmarc.ruf[0].authorized, word);
        assert_eq!(report.dmarc.rua[0].authorized, "same-domain");
        assert_eq!(codes(&report), said);
        let paper = Paper {
            columns: 80,
            color: false,
        };
        let shown = page(&report, paper);
        let line = "failure reports to mailto:x@vendor.example (";
        assert!(shown.contains(line), "{shown}");
        for row in &report.findings {
            assert!(row.message.contains("Failure reports"), "{row:?}");
        }
    }
}

#[test]
fn one_host_for_both_is_told_of_once() {
    let world =
        with_policy("v=DMARC1; p=reject; rua=mailto:d@vendor.example; ruf=mailto:x@vendor.example");
    let report = world.look("example.com");
    assert_eq!(codes(&report), ["dmarc-external-not-authorized"]);
    assert_eq!(report.dmarc.ruf[0].authorized, "no");
}

#[test]
fn failure_reports_at_home_need_none() {
    let world =
        with_policy("v=DMARC1; p=reject; rua=mailto:d@example.com; ruf=mailto:x@mail.example.com");
    let report = world.look("example.com");
    assert_eq!(report.dmarc.ruf[0].authorized, "same-domain");
    assert_eq!(codes(&report), Vec::<&str>::new());
}
