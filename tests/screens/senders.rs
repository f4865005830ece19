//! The set-up of senders on the screen: what is told first, the parts, the sign that signing is on, what is not finished.

use nobounce::plan::facts::Facts;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Part;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::Tally;
use nobounce::records::verdict::Verdict;
use nobounce::tui::model::Model;
use nobounce::tui::update;

use crate::at;
use crate::noon;
use crate::opened;
use crate::press;
use crate::report;
use crate::screen;

const KEY: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjfrkwP9NLhk+m8A8mSPR8TFel9KiuOguydInmXJxVHUMIZEtivWDpOErhKHGQjXzxBcwpqsZNZiX4E4UK1tXnEevSSEbQQOstpQzqQvxZFnnzsR5B0OjaumLkyFCnMGZrcfrVU02o53JmaP4WWnXruJAGaq6nDkUq9xz9SKDfSXFdoU3SgOtKmD/3FNm3Nr5k36Gm8rqGYkglrYLOI4aoXWSt1X2NVBWGUpsPCQ+PqzbGWALsyc/04WcQNy/tGz4s22IJ+4jCsrA9yq58PRRMmMjLYfEqnMuXRhX8A8I23YEwP9EqvyXAg49ytDFJGOuC2CiFUpryyJlCxpv4nu3BwIDAQAB";

fn facts(senders: &[&str]) -> Facts {
    let mut facts = Facts::new("shop.example");
    facts.survey = Some(report());
    facts.senders.ticked = senders.iter().map(|id| (*id).to_owned()).collect();
    facts.senders.confirmed = true;
    facts.senders.habits_confirmed = true;
    facts.senders.terms_confirmed = true;
    facts.mailbox.kind = Some("own".into());
    facts.mailbox.address = Some("dmarc@shop.example".into());
    facts.mailbox.made = true;
    facts
}

fn showing(facts: Facts, id: PageId) -> Model {
    let (mut model, _) = opened(facts);
    update::setup::turn(&mut model, id);
    model
}

fn setup(sender: &str) -> PageId {
    PageId::DkimSetup {
        sender: sender.to_owned(),
    }
}

fn console(sender: &str) -> PageId {
    PageId::DkimConsole {
        sender: sender.to_owned(),
    }
}

/// At both sizes; the question is in sight without scrolling.
fn shown(name: &str, model: Model, question: &str) {
    for (width, height) in [(80, 24), (120, 40)] {
        let model = at(model.clone(), width, height);
        let drawn = screen(&model);
        assert!(drawn.contains(question), "{width}x{height}:\n{drawn}");
        insta::assert_snapshot!(format!("{name}_{width}"), drawn);
    }
}

#[test]
fn the_first_page_of_a_sender() {
    for sender in ["mailchimp", "hubspot", "amazon-ses"] {
        let model = showing(facts(&[sender]), setup(sender));
        shown(
            &format!("sender_setup_{sender}"),
            model,
            "Go through it now",
        );
        let model = showing(facts(&[sender]), console(sender));
        shown(&format!("sender_console_{sender}"), model, "Keep that page");
    }
}

#[test]
fn every_first_page_and_every_part_can_be_answered_at_80_by_24() {
    for sender in nobounce::catalog::senders() {
        let id = sender.id.as_str();
        let facts = facts(&[id]);
        let model = showing(facts.clone(), setup(id));
        let drawn = screen(&model);
        assert!(drawn.contains("Not now: go on"), "{drawn}");
        let drawn = screen(&showing(facts.clone(), console(id)));
        assert!(!drawn.contains("more below"), "{drawn}");
    }
    for owner in nobounce::catalog::owner::Owner::all() {
        let id = owner.id();
        let facts = facts(&[id]);
        for part in nobounce::plan::steps::dkim::parts::asked(&facts, id) {
            let page = PageId::DkimPart {
                sender: id.to_owned(),
                part,
            };
            let drawn = screen(&showing(facts.clone(), page));
            let is_answered = ["With it", "an empty field"]
                .iter()
                .any(|words| drawn.contains(words));
            assert!(is_answered, "{drawn}");
        }
    }
}

#[test]
fn the_values_of_mail_providers_can_be_pasted_at_80_by_24() {
    for sender in ["microsoft-365", "google-workspace", "zoho-mail"] {
        let id = PageId::DkimCollect {
            sender: sender.to_owned(),
            index: 0,
        };
        let drawn = screen(&showing(facts(&[sender]), id));
        assert!(drawn.contains("Name and value"), "{drawn}");
        insta::assert_snapshot!(format!("sender_collect_{sender}"), drawn);
    }
}

#[test]
fn a_part_is_pasted_or_chosen() {
    for (sender, part) in [
        ("amazon-ses", Part::Bounce),
        ("postmark", Part::Bounce),
        ("hubspot", Part::Spf),
        ("brevo", Part::Ownership),
    ] {
        let id = PageId::DkimPart {
            sender: sender.to_owned(),
            part,
        };
        let drawn = screen(&showing(facts(&[sender]), id));
        insta::assert_snapshot!(format!("sender_part_{sender}"), drawn);
    }
}

/// Google with its record seen and signing switched on, by word.
fn switched_on() -> Facts {
    let mut facts = facts(&["google-workspace"]);
    let mut choice = nobounce::plan::facts::DkimChoice {
        switched_on: true,
        ..Default::default()
    };
    choice.records.push(nobounce::plan::facts::Collected {
        host: "google._domainkey".into(),
        record_type: "TXT".into(),
        value: Some(KEY.into()),
    });
    facts.dkim.insert("google-workspace".into(), choice);
    let judgement = Judgement {
        verdict: Verdict::Published,
        authoritative: Tally::default(),
        resolvers: Tally::default(),
        findings: Vec::new(),
    };
    nobounce::plan::looked(
        &mut facts,
        "google._domainkey.shop.example TXT",
        &judgement,
        noon(),
    );
    facts
}

#[test]
fn the_sign_that_signing_is_on() {
    let model = showing(
        switched_on(),
        PageId::DkimSwitch {
            sender: "google-workspace".into(),
        },
    );
    shown("sender_sign_google", model, "I will look later");
}

#[test]
fn what_is_not_finished_stands_in_the_list_of_steps() {
    let mut facts = facts(&["mailchimp", "sendgrid"]);
    let choice = facts.dkim.entry("sendgrid".into()).or_default();
    choice.begun = true;
    choice.later = true;
    choice.later_since = Some(noon());
    let (model, _) = opened(facts);
    let mut model = at(model, 120, 40);
    update::setup::turn(&mut model, setup("mailchimp"));
    let drawn = screen(&model);
    assert!(drawn.contains("Twilio SendGrid: no"), "{drawn}");
    insta::assert_snapshot!("sender_unfinished_120", drawn);
    // And is taken up from the page of all senders.
    update::setup::turn(&mut model, PageId::DkimOverview);
    assert!(screen(&model).contains("not finished there yet"));
    press(&mut model, "<down>");
}

#[test]
fn no_sender_is_cut_in_the_list_of_steps() {
    for senders in [
        &["mailchimp", "amazon-ses"][..],
        &[
            "google-workspace",
            "microsoft-365",
            "mailchimp",
            "amazon-ses",
            "sendgrid",
            "hubspot",
        ],
    ] {
        for (width, height) in [(80, 24), (120, 40)] {
            let (model, _) = opened(facts(senders));
            let mut model = at(model, width, height);
            update::setup::turn(&mut model, setup("mailchimp"));
            let drawn = screen(&model);
            for line in drawn.lines() {
                let left: String = line.chars().take(28).collect();
                assert!(!left.contains('…'), "{width}: {drawn}");
            }
            assert!(drawn.contains("Mailchimp"), "{drawn}");
        }
    }
}

#[test]
fn a_term_that_does_not_fit_beside_its_sender_stands_above_it() {
    let (mut model, _) = opened(facts(&["google-workspace", "microsoft-365"]));
    update::setup::turn(&mut model, PageId::SpfPlan);
    let drawn = screen(&model);
    assert!(
        drawn.contains("include:spf.protection.outlook.com"),
        "{drawn}"
    );
}
