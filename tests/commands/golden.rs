//! Every format over one rich setup, against files that people have read; and what becomes of what stands at a name already.
//!
//! `NOBOUNCE_BLESS=1` writes the files anew: look at the difference.

use std::fs;
use std::path::PathBuf;

use nobounce::catalog;
use nobounce::export;
use nobounce::export::FORMATS;
use nobounce::export::Row;
use nobounce::export::Sheet;
use nobounce::export::There;
use nobounce::export::set;
use nobounce::export::set::Change;
use nobounce::export::set::Value;
use nobounce::export::set::Why;
use nobounce::export::terraform::PROVIDERS;
use nobounce::records::record::Content;

use crate::rich;
use crate::rich::name;
use crate::rich::nothing;
use crate::rich::row;
use crate::rich::seen;
use crate::rich::text;

fn print(id: &str, sheet: &Sheet) -> String {
    (export::format(id).unwrap().print)(sheet)
}

#[track_caller]
fn golden(file: &str, text: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/commands/golden", file]
        .iter()
        .collect();
    if std::env::var_os("NOBOUNCE_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, wanted, "{file}");
}

#[test]
fn every_format_prints_the_rich_setup_as_it_was_read() {
    for format in FORMATS.iter().filter(|format| format.id != "terraform") {
        golden(
            &format!("records.{}", format.id),
            &print(format.id, &rich::sheet()),
        );
    }
}

#[test]
fn every_terraform_provider_prints_the_rich_setup_as_it_was_read() {
    for provider in &PROVIDERS {
        let mut sheet = rich::sheet();
        sheet.provider = Some(provider);
        golden(
            &format!("records.{}.tf", provider.id),
            &print("terraform", &sheet),
        );
    }
}

/// The one set of these rows, which stand at one name.
#[track_caller]
fn change(rows: Vec<Row>) -> Change {
    let sheet = rich::of(rows);
    let mut sets = set::sets(&sheet);
    assert_eq!(sets.len(), 1);
    sets.remove(0).change
}

#[track_caller]
fn why(rows: Vec<Row>) -> Why {
    match change(rows) {
        Change::Unknown { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_stands_beside_spf_is_kept_and_only_the_record_that_was_read_goes() {
    let Change::Change {
        kept, gone, added, ..
    } = change(vec![rich::spf()])
    else {
        panic!()
    };
    assert_eq!(kept, rich::TOKENS.map(text));
    assert_eq!(gone, [text(rich::OLD_SPF)]);
    assert_eq!(added, [text(rich::SPF)]);
}

#[test]
fn a_record_that_came_after_the_look_is_never_replaced() {
    // SPF and DMARC changed after ours were made from them: what is new in them would be lost.
    for (mut row, now) in [
        (rich::spf(), "v=spf1 include:new.example ~all"),
        (rich::dmarc(), "v=DMARC1; p=reject"),
    ] {
        row.there = seen(Some(600), vec![text(now)]);
        assert_eq!(why(vec![row]), Why::Changed, "{now}");
    }
    // Nothing was known to be there when ours was made, and now there is.
    for mut row in [rich::spf(), rich::dmarc()] {
        row.replaces = None;
        assert_eq!(why(vec![row]), Why::Changed);
    }
    // A second SPF record that was not merged.
    let mut row = rich::spf();
    row.there = seen(
        None,
        vec![
            text(rich::OLD_SPF),
            text("v=spf1 include:second.example -all"),
        ],
    );
    assert_eq!(why(vec![row]), Why::Changed);
    // Another key at the selector.
    let key = Content::Dkim(rich::RSA.parse().unwrap());
    let there = || seen(None, vec![text(rich::ED25519)]);
    assert_eq!(
        why(vec![row_at("s", key.clone(), there(), None)]),
        Why::Changed
    );
    assert!(matches!(
        change(vec![row_at("s", key, there(), Some(rich::ED25519))]),
        Change::Change { .. }
    ));
}

fn row_at(owner: &str, content: Content, there: There, replaces: Option<&str>) -> Row {
    row(owner, content, there, replaces)
}

#[test]
fn several_records_that_were_all_read_become_one() {
    let second = "v=spf1 include:second.example -all";
    let mut row = rich::spf();
    row.replaces = Some(format!("{} and also {second}", rich::OLD_SPF));
    row.there = seen(
        None,
        vec![text(second), text(rich::TOKENS[0]), text(rich::OLD_SPF)],
    );
    let Change::Change { kept, gone, .. } = change(vec![row]) else {
        panic!()
    };
    assert_eq!(kept, [text(rich::TOKENS[0])]);
    assert_eq!(gone, [text(second), text(rich::OLD_SPF)]);

    let mut row = rich::dmarc();
    row.there = seen(
        None,
        vec![text("v=DMARC1; p=reject"), text(rich::OLD_DMARC)],
    );
    let Change::Change { kept, gone, .. } = change(vec![row]) else {
        panic!()
    };
    assert!(kept.is_empty());
    assert_eq!(gone.len(), 2);
}

#[test]
fn a_record_that_is_there_in_other_spelling_is_not_doubled() {
    let cases = [
        (
            row(
                "",
                Content::Spf(rich::SPF.parse().unwrap()),
                nothing(),
                None,
            ),
            rich::SPF.to_uppercase().replace("V=SPF1", "v=spf1"),
        ),
        (
            row(
                "_dmarc",
                Content::Dmarc(rich::DMARC.parse().unwrap()),
                nothing(),
                None,
            ),
            rich::DMARC.to_owned(),
        ),
        (
            row(
                "s._domainkey",
                Content::Dkim(rich::RSA.parse().unwrap()),
                nothing(),
                None,
            ),
            rich::RSA.replace("k=rsa; ", ""),
        ),
        (
            row("x", Content::ReportAuthorization, nothing(), None),
            "v=DMARC1".to_owned(),
        ),
    ];
    for (mut row, there) in cases {
        let is_spf = matches!(row.record.content, Content::Spf(_));
        row.there = seen(Some(60), vec![text(&there)]);
        match change(vec![row]) {
            Change::Nothing { kept, .. } => assert_eq!(kept, [text(&there)]),
            // Letters of another size may be another record to the reader; then it is not touched either.
            Change::Unknown { why, .. } => assert!(is_spf && why == Why::Changed, "{there}"),
            other => panic!("{there}: {other:?}"),
        }
    }
}

#[test]
fn an_alias_stands_alone() {
    let other = Value::Alias(name("other.example"));
    let alias = || Content::Cname(name("target.example"));
    let plain = || Content::Text("token".to_owned());
    assert_eq!(
        why(vec![row("a", alias(), seen(None, vec![text("x")]), None)]),
        Why::Alias
    );
    assert_eq!(
        why(vec![row(
            "a",
            plain(),
            seen(None, vec![other.clone()]),
            None
        )]),
        Why::Alias
    );
    assert_eq!(
        why(vec![row(
            "a",
            alias(),
            seen(None, vec![other.clone()]),
            None
        )]),
        Why::Changed
    );
    let Change::Change { gone, added, .. } = change(vec![row(
        "a",
        alias(),
        seen(None, vec![other.clone()]),
        Some("other.example."),
    )]) else {
        panic!()
    };
    assert_eq!((gone, added), (vec![other], vec![Value::of(&alias())]));
}

#[test]
fn rows_of_one_name_are_one_set_and_one_that_nobody_looked_at_stops_all() {
    let token = |there| row("", Content::Text("token".to_owned()), there, None);
    let spf = rich::spf();
    let Change::Change { added, kept, .. } = change(vec![spf.clone(), token(spf.there.clone())])
    else {
        panic!()
    };
    assert_eq!((added.len(), kept.len()), (2, 2));
    assert_eq!(why(vec![spf, token(There::Unknown)]), Why::NotLooked);
}

#[test]
fn a_purpose_cannot_end_its_comment() {
    let mut row = rich::dmarc();
    row.purpose = "a\nb\r\u{2028}c\u{85}d".to_owned();
    let sheet = rich::of(vec![row]);
    for id in ["zone", "nsupdate", "dnscontrol", "octodns", "terraform"] {
        let printed = print(id, &sheet);
        let line = printed.lines().find(|line| line.contains("a b"));
        assert!(line.unwrap().ends_with(" a b  c d"), "{id}");
    }
}

/// What is left of a set after the formats that replace whole sets: every value that was there and is not ours to replace.
#[test]
fn no_format_that_replaces_sets_loses_what_stands_beside() {
    let sheet = rich::of(vec![rich::spf()]);
    let mut printed: Vec<(String, String)> = ["octodns", "route53"]
        .map(|id| (id.to_owned(), print(id, &sheet)))
        .into();
    for provider in PROVIDERS
        .iter()
        .filter(|provider| provider.shape == export::terraform::providers::Shape::Set)
    {
        let mut sheet = sheet.clone();
        sheet.provider = Some(provider);
        printed.push((provider.id.to_owned(), print("terraform", &sheet)));
    }
    for (id, text) in printed {
        let live: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .collect();
        assert!(live.contains(rich::TOKENS[0]), "{id}");
        assert!(live.contains("door=a"), "{id}");
        assert!(live.contains("servers.mcsv.net"), "{id}");
    }
}

#[test]
fn what_nobody_looked_at_is_left_out_or_refused() {
    let mut row = rich::spf();
    row.there = There::Unknown;
    let sheet = rich::of(vec![row]);
    let is_live = |text: &str| {
        text.lines()
            .any(|line| line.contains("servers.mcsv.net") && !line.starts_with('#'))
    };
    assert!(!is_live(&print("octodns", &sheet)));
    assert!(print("octodns", &sheet).ends_with("{}\n"));
    let nsupdate = print("nsupdate", &sheet);
    assert!(nsupdate.contains("prereq nxrrset xn--mller-kva.example. IN TXT\n"));
    assert!(!nsupdate.contains("update delete"));
    let route53 = print("route53", &sheet);
    assert!(route53.contains("\"CREATE\""));
    assert!(!route53.contains("\"UPSERT\"") && !route53.contains("\"DELETE\""));
    for provider in &PROVIDERS {
        let mut sheet = sheet.clone();
        sheet.provider = Some(provider);
        let text = print("terraform", &sheet);
        assert_eq!(is_live(&text), provider.refuses, "{}", provider.id);
        assert!(!text.contains("\nimport"), "{}", provider.id);
        assert_eq!(export::unknown("terraform", &sheet).len(), 1);
    }
}

#[test]
fn a_text_cut_at_an_unknown_place_is_written_whole_with_all_beside_it() {
    let long = format!("long={}", "x".repeat(300));
    let mut row = rich::spf();
    row.there = seen(Some(600), vec![text(rich::OLD_SPF), text(&long)]);
    let batch: serde_json::Value =
        serde_json::from_str(&print("route53", &rich::of(vec![row]))).unwrap();
    let changes = batch["Changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0]["Action"], "UPSERT");
    let records = changes[0]["ResourceRecordSet"]["ResourceRecords"]
        .as_array()
        .unwrap();
    assert_eq!(records.len(), 2);
    assert!(records[0]["Value"].as_str().unwrap().contains("\" \""));
}

#[test]
fn bytes_that_a_format_cannot_hold_stop_it() {
    let mut row = rich::spf();
    let awkward = Value::Text(nobounce::records::untrusted::Untrusted::new(
        b"say \"hi\" \\ \xfc".to_vec(),
    ));
    row.there = seen(Some(600), vec![text(rich::OLD_SPF), awkward]);
    let sheet = rich::of(vec![row]);
    assert_eq!(export::unknown("octodns", &sheet).len(), 1);
    assert!(print("octodns", &sheet).ends_with("{}\n"));
    // Route 53 counts in octal.
    assert!(print("route53", &sheet).contains(r#"\\\"hi\\\" \\\\ \\374"#));
    let of = |id: &str| {
        let mut sheet = sheet.clone();
        sheet.provider = export::terraform::provider(id);
        print("terraform", &sheet)
    };
    assert!(of("aws").contains(r#""say \\\"hi\\\" \\\\ \\374""#));
    assert!(of("google").contains(r#""\"say \\\"hi\\\" \\\\ \\252\"""#));
    assert!(!of("azure").contains("\nresource"));
}

#[test]
fn what_a_provider_cannot_take_over_is_named_for_the_hand() {
    let second = "v=spf1 include:second.example -all";
    let mut spf = rich::spf();
    spf.replaces = Some(format!("{} and also {second}", rich::OLD_SPF));
    spf.there = seen(None, vec![text(rich::OLD_SPF), text(second)]);
    let key = row(
        "s",
        Content::Dkim(rich::ED25519.parse().unwrap()),
        seen(None, vec![Value::Alias(name("old.example"))]),
        Some("old.example"),
    );
    let mut sheet = rich::of(vec![spf, key]);
    sheet.provider = export::terraform::provider("cloudflare");
    let printed = print("terraform", &sheet);
    assert!(printed.contains(&format!("\n# delete by hand: TXT {second}\n")));
    assert!(printed.contains("\n# delete by hand: CNAME old.example\n"));
    assert_eq!(printed.matches("\nimport {").count(), 1, "the first SPF");
    // An update script does both in one go.
    let script = print("nsupdate", &sheet);
    for line in [
        "prereq yxrrset s.xn--mller-kva.example. IN CNAME old.example.\n",
        "update delete s.xn--mller-kva.example. IN CNAME old.example.\n",
        "prereq nxrrset s.xn--mller-kva.example. IN TXT\n",
    ] {
        assert!(script.contains(line), "{line}");
    }
}

#[test]
fn every_dns_host_that_names_a_terraform_resource_has_its_provider() {
    for host in catalog::dns_hosts() {
        let provider = PROVIDERS
            .iter()
            .find(|provider| provider.host == host.id.as_str());
        if let Some(resource) = &host.terraform {
            let provider = provider.unwrap_or_else(|| panic!("{}", host.id.as_str()));
            let types = [
                nobounce::records::sighting::RecordType::Txt,
                nobounce::records::sighting::RecordType::Cname,
            ];
            assert!(
                types
                    .iter()
                    .any(|record_type| provider.resource_of(*record_type) == resource)
            );
        }
    }
    for provider in &PROVIDERS {
        assert!(
            catalog::dns_host(provider.host).is_some(),
            "{}",
            provider.id
        );
    }
}

#[test]
fn every_format_and_provider_has_its_words_in_the_manual() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/exports.md")).unwrap();
    for format in &FORMATS {
        assert!(
            page.contains(&format!("\n## `{}`", format.id)),
            "{} has no section",
            format.id
        );
        assert!(
            page.contains(&format!(
                "nobounce records example.com --format {}",
                format.id
            )),
            "{} has no command",
            format.id
        );
    }
    for provider in &PROVIDERS {
        assert!(
            page.contains(&format!("`{}`", provider.id)),
            "{}",
            provider.id
        );
    }
}
