//! What people paste, and what is understood.

use nobounce::plan::paste;
use nobounce::records::sighting::RecordType;

use crate::given::KEY;
use crate::given::SHORT_KEY;

/// What a paste must give: `host TYPE value` a record, where `KEY` stands for the key; `-` for no host.
struct Row(&'static str, String, &'static [&'static str]);

fn rows() -> Vec<Row> {
    let k = KEY;
    let (a, b) = k.split_at(200);
    let ms1 = "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft";
    let ms2 = "selector2-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft";
    const TXT: &[&str] = &["- TXT v=DKIM1; k=rsa; p=KEY"];
    const GOOGLE: &[&str] = &["google._domainkey TXT v=DKIM1; k=rsa; p=KEY"];
    const MS: &[&str] =
        &["- CNAME selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft"];
    const MS_NAMED: &[&str] = &[
        "selector1._domainkey CNAME selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
    ];
    const MS_BOTH: &[&str] = &[
        "selector1._domainkey CNAME selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
        "selector2._domainkey CNAME selector2-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
    ];
    const K2: &[&str] = &["k2._domainkey CNAME dkim2.mcsv.net"];
    vec![
        Row("bare value", format!("v=DKIM1; k=rsa; p={k}"), TXT),
        Row(
            "spaces around",
            format!("  \n v=DKIM1; k=rsa; p={k} \n "),
            TXT,
        ),
        Row("double quotes", format!("\"v=DKIM1; k=rsa; p={k}\""), TXT),
        Row("single quotes", format!("'v=DKIM1; k=rsa; p={k}'"), TXT),
        Row(
            "curly quotes",
            format!("\u{201c}v=DKIM1; k=rsa; p={k}\u{201d}"),
            TXT,
        ),
        Row(
            "two strings",
            format!("\"v=DKIM1; k=rsa; p={a}\" \"{b}\""),
            TXT,
        ),
        Row(
            "two strings on lines",
            format!("\"v=DKIM1; k=rsa; p={a}\"\n    \"{b}\""),
            TXT,
        ),
        Row(
            "two strings without a gap",
            format!("\"v=DKIM1; k=rsa; p={a}\"\"{b}\""),
            TXT,
        ),
        Row(
            "tags in strings of their own",
            format!("\"v=DKIM1; k=rsa; \" \"p={a}\" \"{b}\""),
            TXT,
        ),
        Row(
            "line break in the key",
            format!("v=DKIM1; k=rsa; p={a}\n{b}"),
            TXT,
        ),
        Row(
            "windows line break",
            format!("v=DKIM1; k=rsa; p={a}\r\n{b}\r\n"),
            TXT,
        ),
        Row(
            "space in the key",
            format!("v=DKIM1; k=rsa; p={a} {b}"),
            TXT,
        ),
        Row(
            "escaped semicolons",
            format!("v=DKIM1\\; k=rsa\\; p={k}"),
            TXT,
        ),
        Row(
            "escaped semicolons in quotes",
            format!("\"v=DKIM1\\; k=rsa\\; p={k}\""),
            TXT,
        ),
        Row("no spaces", format!("v=DKIM1;k=rsa;p={k}"), TXT),
        Row(
            "semicolon at the end",
            format!("v=DKIM1; k=rsa; p={k};"),
            TXT,
        ),
        Row(
            "spaces around the equals sign",
            format!("v = DKIM1; k = rsa; p = {k}"),
            TXT,
        ),
        Row(
            "zero width space",
            format!("\u{200b}v=DKIM1; k=rsa; p={k}\u{feff}"),
            TXT,
        ),
        Row(
            "no-break spaces",
            format!("v=DKIM1;\u{a0}k=rsa;\u{a0}p={k}"),
            TXT,
        ),
        Row("the key alone", k.to_owned(), TXT),
        Row("the key alone on lines", format!("{a}\n{b}"), TXT),
        Row(
            "no version",
            format!("k=rsa; p={k}"),
            &["- TXT k=rsa; p=KEY"],
        ),
        Row("only p", format!("p={k}"), &["- TXT p=KEY"]),
        Row(
            "name and value",
            format!("google._domainkey v=DKIM1; k=rsa; p={k}"),
            GOOGLE,
        ),
        Row(
            "name on its own line",
            format!("google._domainkey\nv=DKIM1; k=rsa; p={k}"),
            GOOGLE,
        ),
        Row(
            "whole name",
            format!("google._domainkey.example.com v=DKIM1; k=rsa; p={k}"),
            GOOGLE,
        ),
        Row(
            "whole name with a dot",
            format!("google._domainkey.example.com. v=DKIM1; k=rsa; p={k}"),
            GOOGLE,
        ),
        Row(
            "capitals in the name",
            format!("Google._DomainKey.Example.COM\tv=DKIM1; k=rsa; p={k}"),
            GOOGLE,
        ),
        Row(
            "columns by tabs",
            format!("TXT\tgoogle._domainkey\tv=DKIM1; k=rsa; p={k}\t3600"),
            GOOGLE,
        ),
        Row(
            "google's console",
            format!(
                "DNS Host name (TXT record name)\ngoogle._domainkey\nTXT record value\nv=DKIM1; k=rsa; p={k}"
            ),
            GOOGLE,
        ),
        Row(
            "labels with colons",
            format!("Type: TXT\nName: google._domainkey\nValue: v=DKIM1; k=rsa; p={k}\nTTL: 3600"),
            GOOGLE,
        ),
        Row(
            "value first",
            format!("v=DKIM1; k=rsa; p={k}\nName: google._domainkey"),
            GOOGLE,
        ),
        Row(
            "zone file line",
            format!("google._domainkey 3600 IN TXT \"v=DKIM1; k=rsa; p={a}\" \"{b}\""),
            GOOGLE,
        ),
        Row(
            "zone file with brackets and remark",
            format!(
                "google._domainkey.example.com.\tIN\tTXT\t( \"v=DKIM1; k=rsa; \"\n\t  \"p={a}\"\n\t  \"{b}\" )  ; ----- DKIM key google for example.com"
            ),
            GOOGLE,
        ),
        Row(
            "ed25519",
            format!("e1._domainkey \"v=DKIM1; k=ed25519; p={SHORT_KEY}\""),
            &["e1._domainkey TXT v=DKIM1; k=ed25519; p=SHORT"],
        ),
        Row(
            "below a subdomain",
            format!("Name: s1._domainkey.mg\nValue: k=rsa; p={k}"),
            &["s1._domainkey.mg TXT k=rsa; p=KEY"],
        ),
        Row("target alone", ms1.to_owned(), MS),
        Row("target with a dot", format!("{ms1}."), MS),
        Row("target in quotes", format!("\"{ms1}\""), MS),
        Row(
            "target with its label",
            format!("Points to address or value: {ms1}"),
            MS,
        ),
        Row("target in capitals", ms1.to_ascii_uppercase(), MS),
        Row(
            "name and target",
            format!("selector1._domainkey {ms1}"),
            MS_NAMED,
        ),
        Row(
            "whole name and target",
            format!("selector1._domainkey.example.com CNAME {ms1}."),
            MS_NAMED,
        ),
        Row(
            "zone file alias",
            format!("selector1._domainkey\t3600\tIN\tCNAME\t{ms1}."),
            MS_NAMED,
        ),
        Row(
            "microsoft's window",
            format!(
                "Host Name : selector1._domainkey\nPoints to address or value: {ms1}\n\nHost Name : selector2._domainkey\nPoints to address or value: {ms2}"
            ),
            MS_BOTH,
        ),
        Row(
            "two lines",
            format!("selector1._domainkey {ms1}\nselector2._domainkey {ms2}"),
            MS_BOTH,
        ),
        Row(
            "powershell",
            format!("Selector1CNAME : {ms1}\nSelector2CNAME : {ms2}"),
            &[
                "- CNAME selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
                "- CNAME selector2-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
            ],
        ),
        Row(
            "mailchimp",
            "CNAME k2._domainkey.example.com dkim2.mcsv.net".to_owned(),
            K2,
        ),
        Row(
            "label target",
            "Name: k2._domainkey\nTarget: dkim2.mcsv.net".to_owned(),
            K2,
        ),
        Row(
            "labels above values",
            "Name\nk2._domainkey\nValue\ndkim2.mcsv.net\n".to_owned(),
            K2,
        ),
        Row(
            "short name by its label",
            "Host: k2\nPoints to: dkim2.mcsv.net".to_owned(),
            &["k2 CNAME dkim2.mcsv.net"],
        ),
        Row(
            "two keys",
            format!(
                "a._domainkey v=DKIM1; k=rsa; p={k}\nb._domainkey v=DKIM1; k=ed25519; p={SHORT_KEY}"
            ),
            &[
                "a._domainkey TXT v=DKIM1; k=rsa; p=KEY",
                "b._domainkey TXT v=DKIM1; k=ed25519; p=SHORT",
            ],
        ),
    ]
}

#[test]
fn pastes_are_understood() {
    let domain = "example.com".parse().unwrap();
    let mut wrong = Vec::new();
    for Row(what, text, wanted) in rows() {
        let got = match paste::read(&text, &domain) {
            Ok(records) => records
                .iter()
                .map(|record| {
                    format!(
                        "{} {} {}",
                        record.host.as_deref().unwrap_or("-"),
                        record.record_type,
                        record.value.replace(KEY, "KEY").replace(SHORT_KEY, "SHORT")
                    )
                })
                .collect(),
            Err(complaint) => vec![format!("complaint: {complaint}")],
        };
        if got != wanted {
            wrong.push(format!("{what}:\n  wanted {wanted:?}\n  got    {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows().len() >= 40);
}

#[test]
fn what_cannot_be_taken_is_named() {
    let domain = "example.com".parse().unwrap();
    let k = KEY;
    let rows: [(&str, String, &str); 14] = [
        ("nothing", " \n ".to_owned(), "Nothing was pasted yet."),
        (
            "private key",
            format!("-----BEGIN PRIVATE KEY-----\n{k}\n-----END PRIVATE KEY-----"),
            "STOP: this is a private key.",
        ),
        (
            "rsa private key",
            "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
            "STOP: this is a private key.",
        ),
        (
            "public key file",
            format!("-----BEGIN PUBLIC KEY-----\n{k}\n-----END PUBLIC KEY-----"),
            "This is a key file (PEM)",
        ),
        (
            "cut key (P9)",
            format!("v=DKIM1; k=rsa; p={}", &k[..230]),
            "The key is cut off or damaged",
        ),
        (
            "revoked",
            "v=DKIM1; k=rsa; p=".to_owned(),
            "The key is empty",
        ),
        ("no key", "v=DKIM1; k=rsa".to_owned(), "The key is missing"),
        (
            "spf",
            "v=spf1 include:_spf.google.com ~all".to_owned(),
            "This is an SPF record",
        ),
        (
            "dmarc",
            "v=DMARC1; p=none".to_owned(),
            "This is a DMARC record",
        ),
        (
            "ownership",
            "google-site-verification=abcdef".to_owned(),
            "This is a proof of ownership",
        ),
        (
            "ownership at microsoft",
            "MS=ms12345678".to_owned(),
            "This is a proof of ownership",
        ),
        (
            "name alone",
            "selector1._domainkey.example.com".to_owned(),
            "Only the name was pasted.",
        ),
        (
            "words",
            "I do not know what to do".to_owned(),
            "No record was found in this",
        ),
        (
            "too long",
            "x".repeat(40_000),
            "That is far more than a record.",
        ),
    ];
    for (what, text, begins) in rows {
        let complaint = paste::read(&text, &domain).unwrap_err();
        assert!(complaint.starts_with(begins), "{what}: {complaint}");
        assert!(!complaint.contains(&k[..100]), "{what} repeats the key");
    }
}

#[test]
fn a_pasted_terminal_code_is_never_shown_raw() {
    let domain = "example.com".parse().unwrap();
    let complaint = paste::read("\u{1b}]52;c;aGk=\u{7} hello", &domain).unwrap_err();
    assert!(!complaint.contains('\u{1b}'), "{complaint:?}");
    for text in ["v=DKIM1; p=\u{1b}[31m", "v=DKIM1; p=é", "\u{9b}x"] {
        if let Err(complaint) = paste::read(text, &domain) {
            assert!(complaint.chars().all(|c| !c.is_control()), "{complaint:?}");
        }
    }
    assert_eq!(RecordType::Txt.as_str(), "TXT");
}
