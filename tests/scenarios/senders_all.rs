//! Every service of the catalog, walked from its first page to the end with what its console could show.

use nobounce::catalog::owner::Owner;
use nobounce::plan;
use nobounce::plan::facts::Facts;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::plan::steps::dkim;
use nobounce::plan::steps::dkim::sender::Way;

use crate::given::*;

/// What the console shows for one slot.
fn shown(facts: &Facts, sender: &str, index: usize) -> String {
    let Way::Console(console) = dkim::sender::way(facts, sender) else {
        panic!("{sender}")
    };
    let host = format!("tok{index}._domainkey");
    match console.expected.get(index) {
        Some(expected) => {
            let form = expected.looks_like().unwrap_or_default();
            let part = (index + 1).to_string();
            // Some parts are numbers only; a part at the end is a whole domain.
            let target = match form.strip_suffix("<...>") {
                Some(head) => format!("{}proxy.example.net", head.replace("<...>", &part)),
                None => form.replace("<...>", &part),
            };
            format!(
                "{} {target}",
                expected.host.as_deref().unwrap_or(host.as_str())
            )
        }
        None => format!("{host} {}", key_record()),
    }
}

#[test]
fn every_service_can_be_walked_to_its_end() {
    let mut walked = 0;
    for owner in Owner::all() {
        let id = owner.id();
        let mut facts = sending(bare(), &[id]);
        address(&mut facts, "own", "dmarc@example.com");
        facts.mailbox.made = true;
        let mut live = live();
        let mut page = plan::resume(&facts, &live);
        let mut steps = 0;
        while plan::step_of(&page) == plan::StepId::Dkim {
            steps += 1;
            assert!(steps < 60, "{id} does not end: {page:?}");
            let shown_page = plan::page(&page, &facts, &live);
            assert!(!shown_page.title.is_empty() && !shown_page.why.is_empty());
            let given = match (&page, &shown_page.form) {
                (PageId::DkimCollect { index, .. }, _) => typed(&shown(&facts, id, *index)),
                (PageId::DkimKey { .. }, _) => chosen("rsa2048"),
                (PageId::DkimSwitch { .. }, Form::Choose { options, .. }) => {
                    let is_sign = options.iter().any(|option| option.id == "signs");
                    chosen(if is_sign { "signs" } else { "done" })
                }
                (_, Form::Record(card)) => {
                    let key = plan::wanted::key(&card.record);
                    publish(&mut facts, &mut live, &key);
                    Answer::Go
                }
                (_, form) => enter(form),
            };
            let reply = plan::reply(&mut facts, &page, given.clone(), &live);
            assert_eq!(reply.complaint, None, "{id}: {page:?} {given:?}");
            carry_out(&mut facts, &reply.wishes);
            page = reply.page;
        }
        assert_eq!(dkim::open::of(&facts, Some(&live), id), None, "{id}");
        assert!(dkim::nothing_left(&facts), "{id}");
        walked += 1;
    }
    assert_eq!(walked, 87 + 58);
}
