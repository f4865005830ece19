//! The help of a record page: what the named mistake means comes first.

use nobounce::audit::report::FindingRow;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::Block;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Watch;
use nobounce::records::finding::Code;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::verdict::Verdict;
use nobounce::tui::model::Model;
use nobounce::tui::update::setup;

use crate::at;
use crate::opened;
use crate::pages::card;
use crate::pages::finding;
use crate::pages::page;
use crate::pages::seen;

use crate::press;
use crate::report;
use crate::screen;
use crate::showing;

fn doubled() -> Finding {
    Finding {
        code: Code::new("panel-name-doubled"),
        ..finding(Severity::Error)
    }
}

fn on_the_card(findings: Vec<Finding>) -> Model {
    let verdict = Verdict::Misplaced {
        at: "nb2611._domainkey.shop.example.shop.example"
            .parse()
            .unwrap(),
    };
    let form = Form::Record(Box::new(card(seen(verdict, findings))));
    showing(page(Vec::new(), form))
}

#[test]
fn the_mistake_on_the_card_is_explained_at_80x24() {
    let mut model = on_the_card(vec![finding(Severity::Note), doubled()]);
    press(&mut model, "?");
    insta::assert_snapshot!("explained", screen(&at(model.clone(), 80, 24)));
    // All of it can be read, down to the keys.
    let mut read = String::new();
    for _ in 0..30 {
        read.push_str(&screen(&at(model.clone(), 80, 24)));
        press(&mut model, "<down>");
    }
    for part in [
        "Why it matters",
        "What to do",
        "How to see that it is mended",
        "nobounce explain --code panel-name-doubled",
        "Why: ",
        "Keys of this page",
        "copy value",
    ] {
        assert!(read.contains(part), "{part}\n{read}");
    }
    press(&mut model, "<esc>");
    assert!(model.overlay.is_none());
}

#[test]
fn where_there_is_room_the_card_says_where_the_mistake_is_explained() {
    let model = on_the_card(vec![doubled()]);
    let hint = "? explains this step by step";
    assert!(screen(&at(model, 120, 50)).contains(hint));
    // A code without a page, a page without a mistake.
    let unknown = on_the_card(vec![finding(Severity::Error)]);
    assert!(!screen(&at(unknown, 120, 50)).contains(hint));
    let form = Form::Record(Box::new(card(Watch::NotYet)));
    let mut without = showing(page(Vec::new(), form));
    assert!(!screen(&at(without.clone(), 120, 50)).contains(hint));
    press(&mut without, "?");
    assert!(!screen(&at(without, 80, 24)).contains("What it means"));
}

#[test]
fn a_finding_above_the_form_is_explained_too() {
    let form = Form::Record(Box::new(card(Watch::NotYet)));
    let mut model = showing(page(vec![Block::Finding(doubled())], form));
    press(&mut model, "?");
    let shown = screen(&at(model, 80, 24));
    assert!(
        shown.contains("The domain stands twice in the name"),
        "{shown}"
    );
}

#[test]
fn the_worst_of_the_first_look_is_explained_on_the_first_page() {
    let mut report = report();
    for (code, severity) in [
        ("dkim-no-selector-found", "note"),
        ("dmarc-missing", "error"),
        ("ns-silent", "warning"),
        ("\u{1b}[31m", "error"),
    ] {
        report.findings.push(FindingRow {
            code: code.into(),
            severity: severity.into(),
            record: "dmarc".into(),
            name: "shop.example".into(),
            message: "A message.".into(),
            remedy: String::new(),
        });
    }
    let mut facts = Facts::new("shop.example");
    facts.survey = Some(report);
    let (mut model, _) = opened(facts);
    setup::turn(&mut model, PageId::Domain);
    press(&mut model, "?");
    let shown = screen(&at(model, 80, 24));
    assert!(
        shown.contains("There is no record about forged mail"),
        "{shown}"
    );
}
