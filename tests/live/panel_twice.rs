//! Two mistakes of a panel at once: both are named, by the watcher and by a whole look.

use crate::panel_zone::DMARC;
use crate::panel_zone::KEY;
use crate::panel_zone::SPF;
use crate::panel_zone::case;
use crate::panel_zone::dmarc;
use crate::panel_zone::key;
use crate::panel_zone::row;
use crate::panel_zone::spf;
use crate::panel_zone::text;
use crate::panel_zone::value;

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[tokio::test]
async fn p01_p06_quotation_marks_are_kept_and_the_name_is_doubled() {
    let both = &["panel-name-doubled", "panel-quotes-kept"];
    for (wanted, at, text_there) in [
        (dmarc(), "_dmarc.example.com.example.com", DMARC),
        (key(), "s1._domainkey.example.com.example.com", KEY),
        (spf(), "example.com.example.com", SPF),
    ] {
        let rows = vec![text(at, quoted(text_there))];
        let watcher = "misplaced panel-name-doubled panel-quotes-kept";
        case(&wanted, rows, watcher, both).await;
    }
}

#[tokio::test]
async fn p03_p11_backslashes_are_kept_and_the_underscore_is_missing() {
    let rows = vec![text("dmarc.example.com", DMARC.replace(';', "\\;"))];
    let both = &["panel-underscore-missing", "panel-backslash-semicolon"];
    let watcher = "misplaced panel-underscore-missing panel-backslash-semicolon";
    case(&dmarc(), rows, watcher, both).await;
}

#[tokio::test]
async fn p01_p09_the_key_is_cut_and_its_name_doubled() {
    let rows = vec![text("s1._domainkey.example.com.example.com", &KEY[..255])];
    let both = &["panel-name-doubled", "panel-cut-at-255"];
    let watcher = "misplaced panel-name-doubled panel-cut-at-255";
    case(&key(), rows, watcher, both).await;
}

#[tokio::test]
async fn p06_p09_quotation_marks_are_kept_and_the_value_is_cut() {
    let cut = format!("\"{}", &KEY[..254]);
    let both = &["panel-quotes-kept", "panel-cut-at-255"];
    let watcher = "invalid panel-quotes-kept panel-cut-at-255";
    value(key(), cut, watcher, both).await;
}

#[tokio::test]
async fn p06_p11_quotation_marks_and_backslashes_are_kept() {
    let both = &["panel-quotes-kept", "panel-backslash-semicolon"];
    let watcher = "invalid panel-quotes-kept panel-backslash-semicolon";
    value(dmarc(), quoted(&DMARC.replace(';', "\\;")), watcher, both).await;
}

#[tokio::test]
async fn p06_p13_quotation_marks_are_kept_and_capitals_lost() {
    let both = &["panel-quotes-kept", "panel-key-lower-cased"];
    let watcher = "invalid panel-quotes-kept panel-key-lower-cased";
    let small = KEY.to_lowercase().replace("v=dkim1", "v=DKIM1");
    value(key(), quoted(&small), watcher, both).await;
}

#[tokio::test]
async fn p06_p26_quotation_marks_are_kept_and_the_type_is_wrong() {
    let rows = vec![row("example.com", "TYPE99", quoted(SPF))];
    let both = &["panel-wrong-type", "panel-quotes-kept"];
    let watcher = "differs panel-wrong-type panel-quotes-kept";
    case(&spf(), rows, watcher, both).await;
}
