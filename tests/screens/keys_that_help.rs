//! Only keys that do something are offered, names are whole where there is room, and times read well.

use jiff::SignedDuration;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::PageId;
use nobounce::tui::keys;
use nobounce::tui::keys::Action;
use nobounce::tui::keys::Context;
use nobounce::tui::keys::Key;
use nobounce::tui::message::Message;
use nobounce::tui::model::Model;
use nobounce::tui::update::setup;

use crate::fresh;
use crate::noon;
use crate::opened;
use crate::press;
use crate::screen;
use crate::tell;

fn on(page: PageId) -> Model {
    let (mut model, _) = opened(Facts::new("shop.example"));
    setup::turn(&mut model, page);
    model
}

#[test]
fn practice_offers_no_other_way_to_the_dns() {
    for context in [Context::Record, Context::Read, Context::Choose] {
        let offers = |practice| {
            keys::bindings(context, practice).any(|binding| binding.action == Action::OverHttps)
        };
        assert_eq!((offers(false), offers(true)), (true, false));
        // Pressed all the same, it says why.
        assert_eq!(
            keys::action(context, true, Key::Char('d')),
            Some(Action::OverHttps)
        );
    }
}

#[test]
fn the_last_step_offers_nothing_to_go_on_to() {
    let mut last = on(PageId::Later(StepId::Keep));
    assert!(!screen(&last).contains("Enter"), "{}", screen(&last));
    press(&mut last, "?");
    let help = screen(&last);
    assert!(!help.contains("Enter       go on"), "{help}");
    assert!(!help.contains("Right or l"), "{help}");
    let before = on(PageId::Later(StepId::Reject));
    assert!(screen(&before).contains("Enter What comes next"));
}

/// At 80 columns, a name that is longer than its column is whole, under the cursor too.
#[test]
fn long_names_of_a_list_are_whole() {
    let long = "Atlassian Cloud (Jira, Confluence, Bitbucket)";
    let mut model = fresh();
    let set = setup::new(
        Facts::new("shop.example"),
        Live::default(),
        PageId::Senders,
        None,
    );
    model.place = nobounce::tui::model::Place::Setup(Box::new(set));
    let label = {
        let set = model.setup().unwrap();
        let nobounce::plan::page::Form::Tick { options, .. } = &set.page.form else {
            panic!("a list to tick");
        };
        let of_cloud = |label: &&String| label.starts_with("Atlassian Cloud");
        options.iter().map(|o| &o.label).find(of_cloud).cloned()
    }
    .unwrap_or_else(|| long.to_owned());
    press(&mut model, "/atlassian<enter>");
    for _ in 0..3 {
        let shown = screen(&model);
        assert!(shown.contains(&label), "{label}\n{shown}");
        press(&mut model, "<down>");
    }
}

/// A look that has only now ended is not "0 s ago".
#[test]
fn a_look_of_this_moment_is_told_as_such() {
    let mut facts = Facts::new("shop.example");
    facts.mailbox.kind = Some("own".into());
    facts.mailbox.address = Some("dmarc@shop.example".into());
    facts.mailbox.made = true;
    facts.mailbox.proof = Some("takes-mail".into());
    facts.survey = Some(crate::report());
    let (mut model, _) = opened(facts);
    let commands = setup::turn(&mut model, PageId::MonitorRecord);
    crate::typed_at::missing(&mut model, &commands);
    let shown = screen(&model);
    assert!(shown.contains("Looked just now, again in "), "{shown}");
    tell(
        &mut model,
        Message::Clock(noon() + SignedDuration::from_secs(2)),
    );
    let shown = screen(&model);
    assert!(shown.contains("Looked 2 s ago, again in "), "{shown}");
}
