//! The panel mistakes P1 to P17 on live DNS: wrong names, spoilt values, records beside one another.

use nobounce::records::record::Content;
use nobounce::records::record::Record;

use crate::panel_zone::DMARC;
use crate::panel_zone::KEY;
use crate::panel_zone::SPF;
use crate::panel_zone::alias;
use crate::panel_zone::around;
use crate::panel_zone::case;
use crate::panel_zone::check;
use crate::panel_zone::dmarc;
use crate::panel_zone::key;
use crate::panel_zone::place;
use crate::panel_zone::record;
use crate::panel_zone::row;
use crate::panel_zone::said;
use crate::panel_zone::server;
use crate::panel_zone::spf;
use crate::panel_zone::text;
use crate::panel_zone::value;
use crate::panel_zone::watch;

#[tokio::test]
async fn p00_without_a_mistake_nothing_is_said() {
    for record in [dmarc(), spf(), key(), alias()] {
        let (_server, client) = server(around("")).await;
        assert_eq!(said(&watch(&client, &record).await.0), "published");
    }
    value(dmarc(), DMARC, "published", &[]).await;
}

#[tokio::test]
async fn p01_the_name_is_doubled() {
    place(
        dmarc(),
        "_dmarc.example.com.example.com",
        "panel-name-doubled",
    )
    .await;
    place(
        key(),
        "s1._domainkey.example.com.example.com",
        "panel-name-doubled",
    )
    .await;
    place(spf(), "example.com.example.com", "panel-name-doubled").await;
}

#[tokio::test]
async fn p02_put_at_the_domain_itself() {
    place(dmarc(), "example.com", "panel-at-apex").await;
    place(key(), "example.com", "panel-at-apex").await;
}

#[tokio::test]
async fn p03_the_underscore_is_missing() {
    place(dmarc(), "dmarc.example.com", "panel-underscore-missing").await;
    place(
        key(),
        "s1.domainkey.example.com",
        "panel-underscore-missing",
    )
    .await;
}

#[tokio::test]
async fn p04_the_key_without_domainkey_or_in_another_order() {
    place(key(), "s1.example.com", "panel-domainkey-missing").await;
    place(key(), "_domainkey.s1.example.com", "panel-name-swapped").await;
    place(key(), "_domainkey.example.com", "panel-selector-missing").await;
}

#[tokio::test]
async fn p05_put_at_www() {
    place(dmarc(), "_dmarc.www.example.com", "panel-at-www").await;
    place(spf(), "www.example.com", "panel-at-www").await;
    place(key(), "s1._domainkey.www.example.com", "panel-at-www").await;
}

#[tokio::test]
async fn p06_quotation_marks_are_kept() {
    let quoted = |text: &str| format!("\"{text}\"");
    let (watcher, look) = ("invalid panel-quotes-kept", &["panel-quotes-kept"]);
    value(dmarc(), quoted(DMARC), watcher, look).await;
    value(spf(), quoted(SPF), watcher, look).await;
    value(key(), quoted(KEY), watcher, look).await;
    let two = format!("\"{}\" \"{}\"", &KEY[..255], &KEY[255..]);
    value(key(), two, watcher, look).await;
}

#[tokio::test]
async fn p07_odd_characters_are_named() {
    let (watcher, look) = ("invalid panel-curly-quotes", &["panel-curly-quotes"]);
    for (wanted, text, named) in [
        (
            dmarc(),
            format!("\u{201c}{DMARC}\u{201d}"),
            "Curly quotation marks (U+201C)",
        ),
        (
            spf(),
            SPF.replace(' ', "\u{a0}"),
            "A non-breaking space (U+00A0)",
        ),
        (
            key(),
            KEY.replace("p=", "p=\u{200b}"),
            "An invisible character (U+200B)",
        ),
    ] {
        let owner = if wanted == key() {
            "s1._domainkey.example.com"
        } else if wanted == spf() {
            "example.com"
        } else {
            "_dmarc.example.com"
        };
        let mut rows = around(owner);
        rows.push(crate::panel_zone::text(owner, text.clone()));
        let (_server, client) = server(rows).await;
        let (judgement, _) = watch(&client, &wanted).await;
        assert!(
            judgement.findings[0].message.contains(named),
            "{judgement:?}"
        );
        value(wanted, text, watcher, look).await;
    }
}

#[tokio::test]
async fn p08_two_records_in_place_of_two_strings() {
    let rows = vec![
        text("s1._domainkey.example.com", &KEY[..255]),
        text("s1._domainkey.example.com", &KEY[255..]),
    ];
    case(
        &key(),
        rows,
        "conflict panel-second-record",
        &["panel-second-record"],
    )
    .await;
}

#[tokio::test]
async fn p09_cut_at_255() {
    let look = &["panel-cut-at-255"];
    value(key(), &KEY[..255], "invalid panel-cut-at-255", look).await;
    // A list of senders that ends after 255 characters without an end of its own, or within a term.
    let long = long_spf().content.to_string();
    let within = format!("{:z<255}", format!("{} ip4:", &long[..230]));
    for cut in [&long[..255], &within] {
        assert_eq!(cut.len(), 255);
        let (_server, client) = server(vec![text("example.com", cut)]).await;
        let report = check(&client).await;
        let codes: Vec<&str> = report
            .findings
            .iter()
            .map(|row| row.code.as_str())
            .collect();
        assert!(codes.contains(&look[0]), "{codes:?}");
    }
}

fn long_spf() -> Record {
    let addresses: String = (0..30).map(|n| format!(" ip4:198.51.100.{n}")).collect();
    record(
        "example.com",
        Content::Spf(format!("v=spf1{addresses} ~all").parse().unwrap()),
    )
}

#[tokio::test]
async fn p10_a_space_at_the_join() {
    let long = long_spf().content.to_string();
    let spaced = format!("{} {}", &long[..255], &long[255..]);
    let look = &["panel-space-at-join"];
    value(long_spf(), spaced, "invalid panel-space-at-join", look).await;
    let spaced = format!("{} {}", &KEY[..255], &KEY[255..]);
    value(key(), spaced, "published panel-space-at-join", look).await;
}

#[tokio::test]
async fn p11_backslashes_are_kept() {
    let look = &["panel-backslash-semicolon"];
    let watcher = "invalid panel-backslash-semicolon";
    value(dmarc(), DMARC.replace(';', "\\;"), watcher, look).await;
    value(key(), KEY.replace(';', "\\;"), watcher, look).await;
}

#[tokio::test]
async fn p12_a_space_or_a_line_end_behind() {
    let look = &["panel-trailing-space"];
    value(
        spf(),
        format!("{SPF}\n"),
        "invalid panel-trailing-space",
        look,
    )
    .await;
    value(
        spf(),
        format!("{SPF} "),
        "published panel-trailing-space",
        look,
    )
    .await;
    value(
        dmarc(),
        format!("{DMARC} "),
        "published panel-trailing-space",
        look,
    )
    .await;
    value(
        key(),
        format!("{KEY} "),
        "published panel-trailing-space",
        look,
    )
    .await;
}

#[tokio::test]
async fn p13_the_key_in_small_letters() {
    let small = KEY.replacen(&KEY[18..], &KEY[18..].to_lowercase(), 1);
    let look = &["panel-key-lower-cased"];
    value(key(), small, "differs panel-key-lower-cased", look).await;
}

#[tokio::test]
async fn p14_two_dmarc_records() {
    let rows = vec![
        text("_dmarc.example.com", DMARC),
        text("_dmarc.example.com", "v=DMARC1; p=reject"),
    ];
    case(
        &dmarc(),
        rows,
        "conflict dmarc-two-records",
        &["dmarc-two-records"],
    )
    .await;
}

#[tokio::test]
async fn p15_two_spf_records() {
    let rows = vec![text("example.com", SPF), text("example.com", "v=spf1 -all")];
    case(
        &spf(),
        rows,
        "conflict spf-two-records",
        &["spf-two-records"],
    )
    .await;
}

#[tokio::test]
async fn p16_an_alias_beside_the_record() {
    let rows = vec![
        text("_dmarc.example.com", DMARC),
        row("_dmarc.example.com", "CNAME", "host.builder.test"),
    ];
    let (watcher, look) = (
        "conflict panel-cname-beside-txt",
        &["panel-cname-beside-txt"],
    );
    case(&dmarc(), rows, watcher, look).await;
}

#[tokio::test]
async fn p17_a_wildcard_answers() {
    let rows = vec![text("*.example.com", "v=spf1 -all")];
    let watcher = "conflict panel-wildcard-answers";
    case(&dmarc(), rows, watcher, &["panel-wildcard-answers"]).await;
}
