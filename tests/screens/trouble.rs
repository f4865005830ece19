//! Trouble of a server or of the network carries the mark of what is unknown, a mistake that of what is wrong.

use nobounce::audit::codes;
use nobounce::plan::page::Block;
use nobounce::plan::page::Form;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::finding::Subject;

use crate::pages::page;
use crate::screen;
use crate::showing;

#[test]
fn trouble_is_marked_as_unknown_and_a_mistake_as_wrong() {
    for (code, severity, mark) in [
        (codes::DNS_TROUBLE, Severity::Error, '?'),
        (codes::DOH_BLOCKED, Severity::Error, '?'),
        (codes::DNS_BLOCKED, Severity::Warning, '!'),
        (codes::DMARC_MISSING, Severity::Error, '✗'),
    ] {
        let finding = Finding {
            code,
            severity,
            subject: Subject::Dmarc,
            name: "shop.example".parse().unwrap(),
            message: "This is said.".to_owned(),
            remedy: String::new(),
        };
        let model = showing(page(vec![Block::Finding(finding)], Form::Nothing));
        let shown = screen(&model);
        assert!(
            shown.contains(&format!("{mark} This is said.")),
            "{code:?}\n{shown}"
        );
    }
}
