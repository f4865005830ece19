//! Selectors that the user names, and those of recognized services.

use crate::*;

const STAR: &str = "nobounce-probe-q7x2._domainkey.example.com";

/// FAULTS D27, D28, P17: a wildcard answers for the selector that was named.
#[test]
fn d27_d28_a_named_selector_answered_by_a_wildcard_is_a_conflict() {
    let mut by_text = World::healthy()
        .with("gone._domainkey.example.com", SPF)
        .with(STAR, SPF);
    let mut by_alias = World::healthy()
        .alias("gone._domainkey.example.com", "site.builder.example")
        .alias(STAR, "site.builder.example");
    for world in [&mut by_text, &mut by_alias] {
        world.named = vec!["gone"];
        let report = world.look("example.com");
        let gone = &report.dkim.selectors[0];
        assert_eq!(
            (gone.selector.as_str(), gone.state.as_str()),
            ("gone", "conflict")
        );
        let row = report
            .findings
            .iter()
            .find(|row| row.name == "gone._domainkey.example.com")
            .unwrap();
        assert_eq!(
            (row.code.as_str(), row.severity.as_str()),
            ("panel-wildcard-answers", "error")
        );
    }
}

/// A star that holds a key counts as that key: receivers find it.
#[test]
fn d27_a_wildcard_that_is_a_key_is_one() {
    let mut world = World::healthy()
        .with("any._domainkey.example.com", KEY)
        .with(STAR, KEY);
    world.named = vec!["any"];
    let report = world.look("example.com");
    assert_eq!(report.dkim.selectors[0].state, "published");
}
