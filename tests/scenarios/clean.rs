//! Nothing is handed out that does not read as meant or is judged wrong.

use nobounce::plan;
use nobounce::plan::facts::Collected;
use nobounce::plan::facts::MadeKey;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::plan::wanted::clean;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;

use crate::given::*;

fn record(content: Content) -> Record {
    Record {
        owner: "x.example.com".parse().unwrap(),
        content,
        ttl: Ttl(3600),
    }
}

#[test]
fn what_is_wrong_is_not_handed_out() {
    let wrong = [
        Content::Spf("v=spf1 +all".parse().unwrap()),
        Content::Dmarc("v=DMARC1; p=none; rua=mailto:".parse().unwrap_or_default()),
        Content::Cname("x.example.com".parse().unwrap()),
        Content::Cname("a\\032b.example.net".parse().unwrap()),
        Content::Text(String::new()),
        Content::Text("bell\u{7}".to_owned()),
        Content::Dkim(
            format!("v=DKIM1; k=rsa; p={}", &KEY[..200])
                .parse()
                .unwrap(),
        ),
    ];
    for content in wrong {
        assert!(clean(record(content.clone())).is_err(), "{content}");
    }
}

#[test]
fn what_is_right_comes_back_as_it_was() {
    for content in [
        Content::Spf("v=spf1 include:_spf.google.com ~all".parse().unwrap()),
        Content::Dkim(key_record().parse().unwrap()),
        Content::Cname("dkim2.mcsv.net".parse().unwrap()),
        Content::ReportAuthorization,
        Content::Text("google-site-verification=abc".to_owned()),
    ] {
        let record = record(content);
        assert_eq!(clean(record.clone()), Ok(record));
    }
}

#[test]
fn a_damaged_key_in_the_facts_is_said_and_not_shown() {
    let mut facts = sending(bare(), &["own-server"]);
    plan::key_made(
        &mut facts,
        "own-server",
        MadeKey {
            selector: "nb2611".to_owned(),
            algorithm: "rsa2048".to_owned(),
            record: "v=DKIM1; k=rsa; p=AAAA".to_owned(),
            made_at: now(),
            path: "keys/nb2611.pem".to_owned(),
        },
    );
    let id = PageId::DkimRecord {
        sender: "own-server".to_owned(),
        index: 0,
    };
    let page = plan::page(&id, &facts, &live());
    assert_eq!(page.form, Form::Nothing);
    assert!(format!("{:?}", page.blocks).contains("not handed out"));
    assert!(wanted(&facts).is_empty());
}

#[test]
fn hostile_facts_stay_escaped() {
    let mut facts = sending(bare(), &["google-workspace"]);
    facts
        .dkim
        .entry("google-workspace".to_owned())
        .or_default()
        .records = vec![Collected {
        host: "a\u{1b}[31m._domainkey".to_owned(),
        record_type: "CNAME".to_owned(),
        value: Some("x\u{202e}.example.net".to_owned()),
    }];
    let mut report = with_spf(bare(), "v=spf1 include:\u{1b}]0;x\u{7}.example ~all");
    report.findings.push(nobounce::audit::report::FindingRow {
        code: "x".to_owned(),
        severity: "error".to_owned(),
        record: "spf".to_owned(),
        name: "example.com".to_owned(),
        message: "bad \u{9b}31m".to_owned(),
        remedy: "\u{202e}".to_owned(),
    });
    plan::surveyed(&mut facts, report, now());
    for id in plan::pages(&facts) {
        let page = plan::page(&id, &facts, &live());
        for block in &page.blocks {
            // Debug output escapes; the raw text must hold nothing to escape.
            let text = format!("{block:?}");
            assert!(!text.contains("\\u{"), "{id:?}: {text}");
        }
    }
    assert!(wanted(&facts).iter().all(|row| row.is_ascii()));
}
