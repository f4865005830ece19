//! The problems that the corpus names in each record, and our words for them: a verdict alone can be right for the wrong reason.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nobounce::records::dkim;
use nobounce::records::dmarc::discovery;
use nobounce::records::dmarc::judge;
use nobounce::records::dmarc::judge::Selected;
use nobounce::records::finding::Finding;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::untrusted::Untrusted;
use serde_json::Value;

use crate::corpus;
use crate::texts;

/// A label of the corpus, and the codes of which one must be there.
type Label = (&'static str, &'static [&'static str]);

const DMARC: &[Label] = &[
    ("backslashes", &["dmarc-backslashes"]),
    (
        "bad_policy",
        &[
            "dmarc-bad-policy",
            "dmarc-missing-semicolon",
            "dmarc-equals-missing",
        ],
    ),
    ("bad_report_address", &["dmarc-bad-report-address"]),
    (
        "bad_tag_value",
        &[
            "dmarc-bad-value",
            "dmarc-bad-subdomain-policy",
            "dmarc-bad-nonexistent-policy",
            // Whatever stands in a tag that is no longer read.
            "dmarc-removed-tag",
        ],
    ),
    ("bad_version", &["dmarc-bad-version"]),
    ("broken_record_skipped", &["dmarc-bad-version"]),
    (
        "control_characters",
        &["dmarc-line-ends", "dmarc-foreign-character"],
    ),
    ("dkim_record_here", &["dmarc-dkim-record-here"]),
    ("duplicate_tag", &["dmarc-tag-twice"]),
    ("empty_tag", &["dmarc-empty-tag"]),
    ("fo_without_ruf", &["dmarc-fo-without-ruf"]),
    ("garbage", &["dmarc-garbage"]),
    ("many_report_addresses", &["dmarc-many-report-addresses"]),
    ("missing_semicolon", &["dmarc-missing-semicolon"]),
    ("no_effect", &["dmarc-no-reports"]),
    ("no_policy", &["dmarc-no-policy"]),
    ("no_reports", &["dmarc-no-reports"]),
    ("non_ascii", &["dmarc-foreign-character"]),
    (
        "obsolete_size_limit",
        &["dmarc-size-limit", "dmarc-bad-report-address"],
    ),
    ("obsolete_tag", &["dmarc-removed-tag"]),
    ("other_txt_at_dmarc_name", &["dmarc-other-text"]),
    ("policy_weakened", &["dmarc-policy-void", "dmarc-no-policy"]),
    ("psd_on_ordinary_domain", &["dmarc-psd"]),
    (
        "quotes_in_value",
        // Around a policy alone they are told with the policy.
        &[
            "dmarc-quotes",
            "dmarc-foreign-character",
            "dmarc-bad-policy",
        ],
    ),
    ("several_records", &["dmarc-two-records"]),
    ("spf_record_here", &["dmarc-spf-record-here"]),
    ("test_mode", &["dmarc-testing"]),
    ("unknown_tag", &["dmarc-unknown-tag"]),
    ("version_not_first", &["dmarc-version-not-first"]),
    ("weaker_than_parent", &["dmarc-weaker-than-parent"]),
];

/// What takes more than the record to see; `tests/live` asks the program for these.
const BY_LOOK: [&str; 5] = [
    "dangling_cname",
    "dns_error",
    "external_reports_not_authorised",
    "wildcard",
    "wrong_name",
];

const DKIM: &[Label] = &[
    (
        "bad_base64",
        &[
            "dkim-bad-base64",
            "dkim-foreign-character",
            "dkim-html",
            "dkim-key-truncated",
            "dkim-padding-missing",
            "dkim-pem-lines",
            "dkim-placeholder",
            "dkim-plus-lost",
            "dkim-quotes",
            "dkim-shortened",
        ],
    ),
    (
        "bad_key",
        &[
            "dkim-certificate",
            "dkim-ed25519-wrapped",
            "dkim-key-left-over",
            "dkim-key-type-missing",
            "dkim-key-unreadable",
            "dkim-plus-lost",
            // "The key was pasted twice": its padding in the middle, so that no receiver gets to the key.
            "dkim-bad-base64",
            "dkim-syntax",
        ],
    ),
    (
        "bad_version",
        &["dkim-bad-version", "dkim-missing-semicolon"],
    ),
    ("dmarc_record_here", &["dkim-dmarc-record-here"]),
    ("empty", &["dkim-empty"]),
    ("key_truncated", &["dkim-key-truncated"]),
    ("key_type_mismatch", &["dkim-key-type-missing"]),
    (
        "missing_semicolon",
        // The semicolons of HTML entities cut the value.
        &["dkim-missing-semicolon", "dkim-html"],
    ),
    (
        "no_key",
        &[
            "dkim-missing-semicolon",
            "dkim-no-key",
            "dkim-other-text",
            "dkim-tags-missing",
        ],
    ),
    ("non_ascii", &["dkim-foreign-character"]),
    ("not_a_dkim_record", &["dkim-other-text"]),
    ("not_for_email", &["dkim-not-for-email"]),
    ("pem_lines", &["dkim-pem-lines"]),
    ("placeholder", &["dkim-placeholder"]),
    (
        "quotes_in_value",
        &["dkim-quotes", "dkim-foreign-character"],
    ),
    ("revoked", &["dkim-revoked"]),
    ("several_records", &["dkim-several-records"]),
    ("sha256_not_allowed", &["dkim-no-sha256"]),
    ("short_key", &["dkim-key-short", "dkim-key-too-short"]),
    ("spf_record_here", &["dkim-spf-record-here"]),
    ("testing_flag", &["dkim-testing"]),
    ("unknown_key_type", &["dkim-unknown-key-type"]),
    ("version_not_first", &["dkim-version-not-first"]),
    ("zone_line_pasted", &["dkim-zone-line-pasted"]),
];

fn of_dmarc(case: &Value) -> Vec<Finding> {
    let start: DomainName = case["domain"].as_str().unwrap().parse().unwrap();
    let zone: BTreeMap<String, Vec<Untrusted>> = case["zone"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(owner, value)| (owner.clone(), texts(&value["TXT"])))
        .collect();
    let walk = discovery::walk(&start, &|owner| {
        let texts = zone.get(owner.as_str()).cloned().unwrap_or_default();
        Some(Answer::direct(if texts.is_empty() {
            Outcome::NoData { ttl: Some(60) }
        } else {
            Outcome::Records {
                data: texts.into_iter().map(Data::Txt).collect(),
                ttl: 60,
            }
        }))
    });
    let owner = discovery::question(&start).unwrap().owner;
    let mut found = walk.findings.clone();
    match &walk.own {
        Selected::Several(several) => found.push(judge::several(&owner, several)),
        Selected::Absent { findings } | Selected::Broken { findings, .. } => {
            found.extend(findings.clone());
        }
        Selected::One(_) => {}
    }
    found.extend(walk.record.into_iter().flat_map(|reading| reading.findings));
    found
}

fn of_dkim(case: &Value) -> Vec<Finding> {
    let owner: DomainName = "s1._domainkey.example.com".parse().unwrap();
    match dkim::judge::select(&owner, &texts(&case["txt"])) {
        dkim::judge::Selected::One(key) => dkim::judge::judge(&owner, &key),
        dkim::judge::Selected::Broken { findings, .. } => findings,
        dkim::judge::Selected::Several(several) => vec![dkim::judge::several(&owner, &several)],
        dkim::judge::Selected::Absent => Vec::new(),
    }
}

fn hold(file: &str, table: &[Label], by_look: &[&str], judge: fn(&Value) -> Vec<Finding>) {
    let Some(cases) = corpus(file) else {
        return;
    };
    let mut met = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in cases {
        let found = judge(&case);
        let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
        for label in case["problems"].as_array().into_iter().flatten() {
            let label = label.as_str().unwrap();
            if by_look.contains(&label) {
                continue;
            }
            met.insert(label.to_owned());
            let wanted = table.iter().find(|(name, _)| *name == label);
            let is_named =
                wanted.is_some_and(|(_, any)| any.iter().any(|code| codes.contains(code)));
            if !is_named {
                wrong.push(format!("{}: {label} is not in {codes:?}", case["id"]));
            }
        }
        // What asks to be repaired says how.
        for finding in &found {
            assert!(
                finding.severity < nobounce::records::finding::Severity::Warning
                    || !finding.remedy.is_empty(),
                "{finding:?}"
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let unmet: Vec<&str> = table
        .iter()
        .map(|(label, _)| *label)
        .filter(|label| !met.contains(*label))
        .collect();
    assert!(unmet.is_empty(), "no case has {unmet:?}");
}

#[test]
fn every_problem_of_a_dmarc_record_is_named() {
    hold("4-dmarc-records/records.jsonl", DMARC, &BY_LOOK, of_dmarc);
}

#[test]
fn every_problem_of_a_key_is_named() {
    hold("5-dkim-keys/keys.jsonl", DKIM, &[], of_dkim);
}
