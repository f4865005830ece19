//! A key made here, from its making to its end: the new one beside the old, the switch, the wait, the end. And its files for the signer.

use jiff::SignedDuration;
use jiff::Timestamp;
use nobounce::catalog::signer::Signer;
use nobounce::plan;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Form;
use nobounce::plan::page::KeyPart;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Wish;
use nobounce::plan::steps::dkim::own;
use nobounce::plan::steps::dkim::rotation;
use nobounce::plan::steps::dkim::rotation::State;
use nobounce::plan::steps::dkim::rotation::held::Held;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::untrusted::Untrusted;
use nobounce::records::verdict;
use nobounce::records::verdict::Verdict;

use crate::given::*;

const SENDER: &str = "own-server";
const OLD: &str = "nb2611";
const OLD_KEY: &str = "nb2611._domainkey.example.com TXT";
const NEW: &str = "nb2611b";
const NEW_KEY: &str = "nb2611b._domainkey.example.com TXT";

fn part(part: KeyPart) -> PageId {
    PageId::OwnKey {
        sender: SENDER.to_owned(),
        part,
    }
}

fn rotate() -> PageId {
    part(KeyPart::Rotate {
        selector: OLD.to_owned(),
    })
}

fn switch() -> PageId {
    part(KeyPart::Switch {
        selector: NEW.to_owned(),
    })
}

fn retire() -> PageId {
    part(KeyPart::Retire {
        selector: OLD.to_owned(),
    })
}

/// An own server whose mail is signed with a key that was made here.
fn signing() -> (Facts, Live) {
    let mut facts = sending(bare(), &[SENDER]);
    let mut live = live();
    let key = PageId::DkimKey {
        sender: SENDER.to_owned(),
    };
    let reply = give(&mut facts, key, chosen("rsa2048"));
    carry_out(&mut facts, &reply.wishes);
    publish(&mut facts, &mut live, OLD_KEY);
    let on = PageId::DkimSwitch {
        sender: SENDER.to_owned(),
    };
    say(&mut facts, &live, on, "done");
    (facts, live)
}

/// Answers at the time of `live`.
#[track_caller]
fn say(facts: &mut Facts, live: &Live, id: PageId, answer: &str) -> Vec<Wish> {
    let reply = plan::reply(facts, &id, chosen(answer), live);
    assert_eq!(reply.complaint, None, "{id:?}");
    reply.wishes
}

/// With a second key beside the first.
fn two_keys() -> (Facts, Live) {
    let (mut facts, live) = signing();
    let wishes = say(&mut facts, &live, rotate(), "new");
    assert!(
        matches!(wishes.as_slice(), [Wish::MakeKey { selector, .. }] if selector.as_str() == NEW),
        "{wishes:?}"
    );
    carry_out(&mut facts, &wishes);
    (facts, live)
}

/// The signer was told to take the new key.
fn switched() -> (Facts, Live) {
    let (mut facts, mut live) = two_keys();
    publish(&mut facts, &mut live, NEW_KEY);
    say(&mut facts, &live, switch(), "done");
    (facts, live)
}

fn state(facts: &Facts, selector: &str) -> State {
    rotation::state(facts, SENDER, selector).unwrap()
}

fn days(count: i64) -> Timestamp {
    now()
        .checked_add(SignedDuration::from_hours(24 * count))
        .unwrap()
}

/// nobounce runs on that day and looks at a record.
fn day(facts: &mut Facts, live: &mut Live, count: i64) {
    live.now = days(count);
    publish(facts, live, NEW_KEY);
}

fn wants(facts: &Facts, key: &str) -> Option<String> {
    plan::wanted(facts)
        .into_iter()
        .find(|wanted| wanted.key == key)
        .map(|wanted| wanted.record.content.to_string())
}

#[test]
fn the_old_key_stays_in_use_while_the_new_one_is_published() {
    let (mut facts, mut live) = two_keys();
    assert_eq!(state(&facts, OLD), State::Signing);
    assert_eq!(state(&facts, NEW), State::New);
    assert!(wants(&facts, OLD_KEY).is_some() && wants(&facts, NEW_KEY).is_some());
    // The step is as done as it was: nothing changed for the mail of today.
    assert!(plan::ladder::was_done(StepId::Dkim, &facts, Some(&live)));
    let reply = plan::reply(&mut facts, &switch(), chosen("done"), &live);
    assert!(
        reply
            .complaint
            .unwrap()
            .contains("has not been seen in the DNS yet"),
        "a signature without its record is not taken"
    );
    assert_eq!(state(&facts, OLD), State::Signing);
    see(
        &mut facts,
        &mut live,
        NEW_KEY,
        Verdict::Unknown {
            why: "silent".to_owned(),
        },
    );
    assert!(
        plan::reply(&mut facts, &switch(), chosen("done"), &live)
            .complaint
            .is_some()
    );
    publish(&mut facts, &mut live, NEW_KEY);
    assert_eq!(state(&facts, NEW), State::Published);
    say(&mut facts, &live, switch(), "later");
    assert_eq!(state(&facts, OLD), State::Signing);
}

#[test]
fn after_the_switch_the_old_key_waits_for_mail_on_its_way() {
    let (mut facts, mut live) = switched();
    assert_eq!(state(&facts, NEW), State::Signing);
    assert_eq!(state(&facts, OLD), State::Leaving { until: days(7) });
    let record = wants(&facts, OLD_KEY).unwrap();
    assert!(record.ends_with(KEY), "its record stays: {record}");
    for count in [1, 6] {
        day(&mut facts, &mut live, count);
        assert_eq!(
            rotation::held::held(&facts, SENDER, OLD, live.now),
            Some(Held::Flying { until: days(7) })
        );
        let page = plan::page(&retire(), &facts, &live);
        assert_eq!(page.form, Form::Nothing);
        assert!(format!("{:?}", page.blocks).contains("30 November 2026"));
        let reply = plan::reply(&mut facts, &retire(), chosen("retire"), &live);
        assert!(reply.complaint.is_some() && reply.wishes.is_empty());
    }
    live.now = days(7);
    assert_eq!(plan::resume(&facts, &live), PageId::MailboxKind);
    assert_eq!(rotation::held::held(&facts, SENDER, OLD, live.now), None);
    let wishes = say(&mut facts, &live, retire(), "retire");
    assert_eq!(
        wishes,
        [Wish::RetireKey {
            sender: SENDER.to_owned(),
            selector: OLD.to_owned()
        }]
    );
    // Nothing is told before the file was moved.
    assert!(matches!(state(&facts, OLD), State::Leaving { .. }));
    rotation::retired(&mut facts, SENDER, OLD, live.now);
    assert_eq!(state(&facts, OLD), State::Retired);
    assert_eq!(facts.dkim[SENDER].keys[0].path, "keys/retired/nb2611.pem");
    assert_eq!(wants(&facts, OLD_KEY).unwrap(), "v=DKIM1; k=rsa; p=");
    assert!(wants(&facts, NEW_KEY).unwrap().ends_with(KEY));
}

#[test]
fn the_record_is_watched_until_it_is_empty_or_gone() {
    for (verdict, gone) in [
        (Verdict::Published, true),
        (Verdict::Missing, true),
        (Verdict::Spreading { until: None }, false),
        (
            Verdict::Unknown {
                why: "silent".to_owned(),
            },
            false,
        ),
        (Verdict::Invalid, false),
    ] {
        let (mut facts, mut live) = switched();
        rotation::retired(&mut facts, SENDER, OLD, days(8));
        live.now = days(8);
        let id = part(KeyPart::Revoke {
            selector: OLD.to_owned(),
        });
        assert!(matches!(
            plan::page(&id, &facts, &live).form,
            Form::Record(_)
        ));
        see(&mut facts, &mut live, OLD_KEY, verdict.clone());
        assert_eq!(state(&facts, OLD) == State::Gone, gone, "{verdict:?}");
        assert_eq!(wants(&facts, OLD_KEY).is_none(), gone, "{verdict:?}");
        assert_eq!(plan::pages(&facts).contains(&id), !gone);
    }
}

#[test]
fn a_clock_that_jumps_unlocks_nothing() {
    // Forward for one session: the time is over by that clock, and it ran on one day only.
    let (mut facts, mut live) = switched();
    day(&mut facts, &mut live, 400);
    assert_eq!(
        rotation::held::held(&facts, SENDER, OLD, live.now),
        Some(Held::FewDays)
    );
    // Back again: the days cannot be counted.
    live.now = days(1);
    assert_eq!(
        rotation::held::held(&facts, SENDER, OLD, live.now),
        Some(Held::ClockBack)
    );
    // Back at the moment of the switch: the wait begins at the latest time that was seen.
    let (mut facts, mut live) = two_keys();
    day(&mut facts, &mut live, 20);
    live.now = days(2);
    say(&mut facts, &live, switch(), "done");
    assert_eq!(state(&facts, OLD), State::Leaving { until: days(27) });
    // The same day again and again is one day.
    let (mut facts, mut live) = switched();
    for _ in 0..5 {
        day(&mut facts, &mut live, 8);
    }
    assert_eq!(
        rotation::held::held(&facts, SENDER, OLD, live.now),
        Some(Held::FewDays)
    );
    day(&mut facts, &mut live, 9);
    assert_eq!(rotation::held::held(&facts, SENDER, OLD, live.now), None);
}

#[test]
fn the_only_key_that_signs_is_never_put_away() {
    let (mut facts, live) = signing();
    assert_eq!(
        rotation::unused(&mut facts, SENDER, OLD, live.now),
        Err(Held::OnlyKey)
    );
    let (mut facts, mut live) = two_keys();
    // The new one does not sign yet.
    publish(&mut facts, &mut live, NEW_KEY);
    assert_eq!(
        rotation::held::held(&facts, SENDER, OLD, days(100)),
        Some(Held::NextWaits)
    );
    assert_eq!(
        rotation::unused(&mut facts, SENDER, OLD, days(100)),
        Err(Held::NextWaits)
    );
    // What is said then sends nobody off to make a third key.
    let (_, remedy) = Held::NextWaits.words(OLD);
    assert!(remedy.contains("--switched"), "{remedy}");
    assert_eq!(
        rotation::held::held(&facts, SENDER, "other", days(1)),
        Some(Held::Unknown)
    );
    // Given up before the switch, the new one goes the same way, and another can be made.
    rotation::unused(&mut facts, SENDER, NEW, live.now).unwrap();
    rotation::retired(&mut facts, SENDER, NEW, days(9));
    assert_eq!(state(&facts, OLD), State::Signing);
    assert!(rotation::current(&facts, SENDER, None).is_ok());
    assert!(plan::pages(&facts).contains(&rotate()));
}

#[test]
fn the_age_of_a_key_is_watched() {
    let (mut facts, mut live) = signing();
    let (_, key, at) = rotation::next_due(&facts).unwrap();
    assert_eq!(
        (key.selector.as_str(), at),
        (OLD, time("2027-11-23T10:00:00Z"))
    );
    let keep = |facts: &Facts, live: &Live| {
        format!(
            "{:?}",
            plan::page(&PageId::Later(StepId::Keep), facts, live).blocks
        )
    };
    assert!(keep(&facts, &live).contains("a new one on 23 November 2027"));
    assert!(
        !plan::status(&facts, time("2027-11-23T09:59:59Z"))
            .next
            .contains(OLD)
    );
    let status = plan::status(&facts, at);
    if status.step >= StepId::Evidence {
        assert!(status.next.contains(OLD), "{}", status.next);
    }
    live.now = at;
    assert!(keep(&facts, &live).contains("due since 23 November 2027"));
    let standing =
        |facts: &Facts, live: &Live| plan::ladder::standing(&rotate(), facts, Some(live));
    assert_eq!(standing(&facts, &live), plan::ladder::Standing::Needs);
    say(&mut facts, &live, rotate(), "later");
    assert_eq!(standing(&facts, &live), plan::ladder::Standing::Settled);
    live.now = at.checked_add(SignedDuration::from_hours(24 * 31)).unwrap();
    assert_eq!(standing(&facts, &live), plan::ladder::Standing::Needs);
}

#[test]
fn a_key_that_was_wished_for_and_never_made_changes_nothing() {
    let (mut facts, live) = signing();
    say(&mut facts, &live, rotate(), "new");
    let text = serde_json::to_string(&facts).unwrap();
    let loaded: Facts = serde_json::from_str(&text).unwrap();
    assert_eq!(loaded, facts);
    assert_eq!(state(&loaded, OLD), State::Signing);
    assert!(
        plan::pages(&loaded).contains(&rotate()),
        "it can be begun again"
    );
    // A key that is made for another reason takes over from none.
    let mut facts = loaded;
    rotation::forget(&mut facts, SENDER);
    carry_out(
        &mut facts,
        &[Wish::MakeKey {
            sender: SENDER.to_owned(),
            selector: "other".parse().unwrap(),
            algorithm: nobounce::records::dkim::Algorithm::Rsa2048,
        }],
    );
    assert_eq!(rotation::waiting(&facts, SENDER), []);
}

#[test]
fn the_old_key_stays_where_the_new_one_is_lost() {
    let (mut facts, mut live) = switched();
    day(&mut facts, &mut live, 3);
    day(&mut facts, &mut live, 8);
    live.lost_keys.insert(NEW.to_owned());
    let reply = plan::reply(&mut facts, &retire(), chosen("retire"), &live);
    assert!(reply.complaint.is_some() && reply.wishes.is_empty());
    live.lost_keys.clear();
    assert_eq!(say(&mut facts, &live, retire(), "retire").len(), 1);
}

#[test]
fn older_setups_load_and_unknown_fields_of_a_key_survive() {
    let text = format!(
        r#"{{"domain":"example.com","senders":{{"ticked":["own-server"]}},"dkim":{{"own-server":{{"switched_on":true,
        "keys":[{{"selector":"nb2511","algorithm":"rsa2048","record":"v=DKIM1; k=rsa; p={KEY}","made_at":"2025-11-01T00:00:00Z",
        "path":"keys/nb2511.pem"}}]}}}}}}"#
    );
    let facts: Facts = serde_json::from_str(&text).unwrap();
    assert_eq!(
        rotation::state(&facts, SENDER, "nb2511"),
        Some(State::Signing)
    );
    let again = serde_json::to_value(&facts).unwrap();
    assert!(again["dkim"][SENDER].get("lives").is_none());
    let newer = r#"{"domain":"example.com","dkim":{"own-server":{"lives":{"a":{"mood":7}},"signer":{"program":"exim","color":"blue"}}}}"#;
    let facts: Facts = serde_json::from_str(newer).unwrap();
    let again = serde_json::to_value(&facts).unwrap();
    assert_eq!(again["dkim"][SENDER]["lives"]["a"]["mood"], 7);
    assert_eq!(again["dkim"][SENDER]["signer"]["color"], "blue");
}

#[test]
fn the_files_for_a_signer_are_wished_for_by_name_only() {
    let (mut facts, live) = signing();
    let page = part(KeyPart::Signer);
    let Form::Choose { options, selected } = plan::page(&page, &facts, &live).form else {
        panic!("a choice");
    };
    assert_eq!(options[selected].id, "none", "Enter alone copies no key");
    let wishes = say(&mut facts, &live, page.clone(), "rspamd");
    assert_eq!(
        wishes,
        [Wish::FilesForSigner {
            sender: SENDER.to_owned(),
            signer: Signer::Rspamd,
            selectors: vec![OLD.to_owned()],
        }]
    );
    let selectors = vec![OLD.to_owned()];
    own::handed_over(
        &mut facts,
        SENDER,
        Signer::Rspamd,
        "signers/rspamd-nb2611",
        &selectors,
        now(),
    );
    let at_home = Live {
        folder: Some("/setups/example.com".to_owned()),
        ..live
    };
    let text = format!("{:?}", plan::page(&page, &facts, &at_home).blocks);
    for told in [
        "/setups/example.com/signers/rspamd-nb2611",
        "sudo chown root:_rspamd /var/lib/rspamd/dkim/example.com.nb2611.key",
        "sudo chmod 640",
        "systemctl reload rspamd",
        "d=example.com and s=nb2611",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert_eq!(
        plan::reply(&mut facts, &page, Answer::Go, &at_home).complaint,
        None
    );
}

#[test]
fn the_new_key_is_what_the_signer_gets_next() {
    let (mut facts, mut live) = two_keys();
    let selectors = vec![OLD.to_owned()];
    own::handed_over(
        &mut facts,
        SENDER,
        Signer::OpenDkim,
        "signers/opendkim-nb2611",
        &selectors,
        now(),
    );
    publish(&mut facts, &mut live, NEW_KEY);
    let wishes = say(&mut facts, &live, switch(), "files");
    assert_eq!(
        wishes,
        [Wish::FilesForSigner {
            sender: SENDER.to_owned(),
            signer: Signer::OpenDkim,
            selectors: vec![NEW.to_owned()],
        }]
    );
}

/// What two name servers and a resolver say to the question for a record; None: the name does not exist.
fn answers(wanted: &plan::Wanted, texts: [Option<&str>; 3]) -> Vec<Sighting> {
    let server = |number: usize| {
        let address = format!("192.0.2.{number}:53").parse().unwrap();
        match number {
            3 => Server::Resolver { address },
            _ => Server::Authoritative {
                name: format!("ns{number}.example.net").parse().unwrap(),
                address,
            },
        }
    };
    (1..=3)
        .zip(texts)
        .map(|(number, text)| Sighting {
            server: server(number),
            question: verdict::question(&wanted.record),
            answer: nobounce::records::sighting::Answer {
                chain: Vec::new(),
                outcome: match text {
                    Some(text) => Outcome::Records {
                        data: vec![Data::Txt(Untrusted::from(text))],
                        ttl: 3_600,
                    },
                    None => Outcome::NoName { ttl: Some(900) },
                },
            },
            seen_at: now(),
        })
        .collect()
}

#[test]
fn an_emptied_record_is_told_from_the_old_one() {
    let (mut facts, _) = switched();
    rotation::retired(&mut facts, SENDER, OLD, days(8));
    let wanted = rotation::records::revocation_of(&facts, SENDER, OLD).unwrap();
    let old = key_record();
    let (old, bare) = (Some(old.as_str()), Some("v=DKIM1; p="));
    let whole = Some("v=DKIM1; k=rsa; p=");
    for (texts, word) in [
        ([whole; 3], "published"),
        ([bare; 3], "published"),
        ([old; 3], "differs"),
        ([whole, old, old], "spreading"),
        ([whole, whole, old], "spreading"),
        ([None; 3], "missing"),
    ] {
        let zone = "example.com".parse().unwrap();
        let judgement = verdict::judge(&wanted.record, &zone, &answers(&wanted, texts), now());
        assert_eq!(judgement.verdict.word(), word, "{texts:?}: {judgement:?}");
    }
}

#[test]
fn what_is_due_is_next_where_all_else_waits() {
    let (mut facts, mut live) = switched();
    assert_eq!(own::due(&facts, days(6)), None);
    let (words, at) = own::due(&facts, days(7)).unwrap();
    assert_eq!(
        (words.as_str(), at),
        ("Put the old key nb2611 away.", Some(days(7)))
    );
    day(&mut facts, &mut live, 1);
    rotation::retired(&mut facts, SENDER, OLD, days(8));
    assert_eq!(own::due(&facts, days(300)), None);
    let (words, at) = own::due(&facts, days(366)).unwrap();
    assert!(
        words.contains("Make a new key for Own server: nb2611b"),
        "{words}"
    );
    assert_eq!(at, Some(time("2027-11-23T10:00:00Z")));
}
