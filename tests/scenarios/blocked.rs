//! Where resolvers alone could be asked (D58): what may be done on that, and what may not.

use nobounce::audit::report::Report;
use nobounce::plan::StepId;
use nobounce::plan::gate;

use crate::given::*;

/// The bare domain as resolvers show it.
fn by_resolvers() -> Report {
    let mut report = bare();
    report.view = "resolver-only".to_owned();
    for server in &mut report.nameservers {
        server.answers = false;
        server.serial = None;
    }
    report
}

fn held_by_view(step: StepId, report: Report) -> bool {
    gate::gates(step, &facts(report), Some(&live()), now())
        .iter()
        .any(|gate| gate.id == "full-view" && !gate.holds)
}

#[test]
fn d58_steps_that_change_nothing_for_the_mail_may_be_taken() {
    let facts = facts(by_resolvers());
    for step in [StepId::Senders, StepId::Mailbox] {
        let gates = gate::gates(step, &facts, Some(&live()), now());
        assert!(gates.iter().all(|gate| gate.holds), "{gates:?}");
        assert!(gates[0].reason.contains("resolver view only"));
    }
    for step in [StepId::Dkim, StepId::Spf, StepId::Monitor] {
        assert!(!held_by_view(step, by_resolvers()));
    }
}

#[test]
fn d58_the_policy_is_not_raised_on_what_resolvers_say() {
    for step in [StepId::Quarantine, StepId::Reject] {
        assert!(held_by_view(step, by_resolvers()));
        assert!(!held_by_view(step, bare()));
    }
}

/// A setup that was saved before the view was told apart was looked at in full.
#[test]
fn an_older_report_has_the_full_view() {
    let mut saved = serde_json::to_value(bare()).unwrap();
    saved.as_object_mut().unwrap().remove("view");
    let report: Report = serde_json::from_value(saved).unwrap();
    assert_eq!(report.view, "full");
}
