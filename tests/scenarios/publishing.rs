//! From what is wanted and what the primary server has to the changes: what is put in, what goes, what is left alone, and on what it rests.

use nobounce::plan;
use nobounce::plan::publish;
use nobounce::plan::publish::Action;
use nobounce::plan::publish::Change;
use nobounce::plan::publish::Holding;
use nobounce::plan::publish::Step;
use nobounce::plan::publish::Wish;
use nobounce::plan::publish::kept;
use nobounce::plan::publish::kept::KeptChange;
use nobounce::plan::publish::kept::Outcome;
use nobounce::plan::publish::kept::Publication;
use nobounce::plan::publish::undo;
use nobounce::records::name::DomainName;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::sighting::RecordType;
use nobounce::records::untrusted::Untrusted;
use nobounce::records::update::Exact;
use nobounce::records::update::Operation;
use nobounce::records::update::Prerequisite;
use nobounce::records::update::Rrset;

use crate::given::*;

const APEX: &str = "example.com";

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn text(strings: &[&str]) -> Exact {
    Exact::Txt(strings.iter().map(|text| Untrusted::from(*text)).collect())
}

fn texts(owner: &str, data: &[&[&str]]) -> Holding {
    holding(
        owner,
        RecordType::Txt,
        data.iter().map(|strings| text(strings)).collect(),
    )
}

fn holding(owner: &str, record_type: RecordType, data: Vec<Exact>) -> Holding {
    Holding {
        rrsets: vec![Rrset {
            owner: name(owner),
            record_type,
            ttl: 120,
            data,
        }],
        wildcard: Vec::new(),
    }
}

fn wish(owner: &str, content: Content, replaced: &[&str]) -> Wish {
    let record = Record {
        owner: name(owner),
        content,
        ttl: Ttl(3600),
    };
    Wish {
        id: publish::ids(&[&record], &name(APEX)).remove(0),
        purpose: String::new(),
        record,
        replaced: replaced.iter().map(|text| (*text).to_owned()).collect(),
        mates: Vec::new(),
    }
}

fn spf(replaced: &[&str]) -> Wish {
    let record = "v=spf1 mx include:_spf.google.com ~all".parse().unwrap();
    wish(APEX, Content::Spf(record), replaced)
}

fn dmarc(replaced: &[&str]) -> Wish {
    let record = "v=DMARC1; p=none; rua=mailto:r@example.com"
        .parse()
        .unwrap();
    wish("_dmarc.example.com", Content::Dmarc(record), replaced)
}

fn key() -> Wish {
    wish(
        "nb1._domainkey.example.com",
        Content::Dkim(key_record().parse().unwrap()),
        &[],
    )
}

fn alias(replaced: &[&str]) -> Wish {
    wish(
        "k2._domainkey.example.com",
        Content::Cname(name("dkim2.mcsv.net")),
        replaced,
    )
}

#[track_caller]
fn change(step: Step) -> Change {
    match step {
        Step::Change(change) => change,
        Step::Refused(refused) => panic!("{}", refused.reason),
    }
}

#[track_caller]
fn refusal(step: Step) -> String {
    match step {
        Step::Change(change) => panic!("{change:?}"),
        Step::Refused(refused) => {
            assert!(!refused.remedy.is_empty());
            refused.reason
        }
    }
}

#[test]
fn each_record_has_a_word_for_the_command_line() {
    for (wish, id) in [
        (spf(&[]), "spf"),
        (dmarc(&[]), "dmarc"),
        (key(), "dkim-nb1"),
        (alias(&[]), "dkim-k2"),
        (
            wish(
                "example.com._report._dmarc.reports.example",
                Content::ReportAuthorization,
                &[],
            ),
            "reports",
        ),
        (
            wish(
                "em.example.com",
                Content::Cname(name("u1.sendgrid.net")),
                &[],
            ),
            "em.example.com",
        ),
    ] {
        assert_eq!(wish.id, id);
    }
}

#[test]
fn what_is_not_there_is_added_and_rests_on_its_absence() {
    for wish in [spf(&[]), dmarc(&["v=DMARC1; p=none"]), key()] {
        let owner = wish.record.owner.clone();
        let change = change(publish::step(&wish, &Holding::default()));
        assert_eq!((change.action, change.ttl), (Action::Add, 3600));
        assert_eq!(change.taken, []);
        let absent = |record_type| Prerequisite::NoRrset {
            owner: owner.clone(),
            record_type,
        };
        assert_eq!(
            change.prerequisites,
            [absent(RecordType::Txt), absent(RecordType::Cname)],
            "a server adds nothing beside an alias, and says nothing"
        );
    }
    let change = change(publish::step(&alias(&[]), &Holding::default()));
    let owner = name("k2._domainkey.example.com");
    assert_eq!(change.prerequisites, [Prerequisite::NameFree { owner }]);
}

#[test]
fn the_old_record_goes_byte_for_byte_and_others_stay() {
    let there = texts(
        APEX,
        &[
            &["token=1", "more"],
            &["v=spf1 ", "mx -all"],
            &["spf2.0/pra -all"],
        ],
    );
    let change = change(publish::step(&spf(&["v=spf1 mx -all"]), &there));
    assert_eq!((change.action, change.ttl), (Action::Replace, 120));
    assert_eq!(change.taken, [text(&["v=spf1 ", "mx -all"])]);
    assert_eq!(
        change.put,
        [text(&["v=spf1 mx include:_spf.google.com ~all"])]
    );
    assert_eq!(
        change.stay,
        [text(&["token=1", "more"]), text(&["spf2.0/pra -all"])]
    );
    let [Prerequisite::Exactly(rrset)] = &change.prerequisites[..] else {
        panic!("{:?}", change.prerequisites);
    };
    assert_eq!(*rrset, there.rrsets[0]);

    let update = publish::update(&name(APEX), &[&change]).unwrap();
    assert_eq!(
        update.operations,
        [
            Operation::Delete {
                owner: name(APEX),
                data: change.taken[0].clone()
            },
            Operation::Add {
                owner: name(APEX),
                ttl: 120,
                data: change.put[0].clone()
            }
        ]
    );
}

#[test]
fn what_is_there_in_other_letters_is_left_as_it_is() {
    for (wish, there) in [
        (spf(&[]), vec!["V=spf1 MX include:_spf.google.com  ~all"]),
        (spf(&[]), vec!["v=spf1 mx ", "include:_spf.google.com ~all"]),
        (dmarc(&[]), vec!["v=DMARC1;p=none;rua=mailto:r@example.com"]),
        (
            wish("x.example", Content::ReportAuthorization, &[]),
            vec!["v=DMARC1"],
        ),
        (key(), vec!["p=", KEY]),
    ] {
        let owner = wish.record.owner.to_string();
        let change = change(publish::step(&wish, &texts(&owner, &[&there])));
        assert_eq!(change.action, Action::Keep, "{there:?}");
        assert_eq!(publish::update(&name(APEX), &[&change]), None);
    }
    let same = holding(
        "k2._domainkey.example.com",
        RecordType::Cname,
        vec![Exact::Cname(name("DKIM2.mcsv.net"))],
    );
    assert_eq!(
        change(publish::step(&alias(&[]), &same)).action,
        Action::Keep
    );
}

#[test]
fn an_unknown_record_of_the_kind_stops_it() {
    for (wish, there) in [
        (spf(&[]), "v=spf1 mx -all"),
        (spf(&["v=spf1 a -all"]), "V=SPF1 mx -all"),
        (spf(&[]), "\"v=spf1 mx -all\""),
        (dmarc(&["v=DMARC1; p=none"]), "v=DMARC1; p=reject"),
        (dmarc(&[]), " v = DMARC1; p=reject"),
        (key(), "anything"),
    ] {
        let owner = wish.record.owner.to_string();
        let reason = refusal(publish::step(&wish, &texts(&owner, &[&[there]])));
        assert!(reason.contains("does not know it"), "{there}: {reason}");
    }
    // Two that say the same are two all the same.
    let twice: &[&[&str]] = &[
        &["v=spf1 mx include:_spf.google.com ~all"],
        &["v=spf1 mx ", "include:_spf.google.com ~all"],
    ];
    refusal(publish::step(&spf(&[]), &texts(APEX, twice)));
}

#[test]
fn a_second_record_that_the_setup_knows_goes() {
    let there = texts(
        APEX,
        &[
            &["v=spf1 mx include:_spf.google.com ~all"],
            &["v=spf1 a -all"],
        ],
    );
    let known = ["v=spf1 mx include:_spf.google.com ~all", "v=spf1 a -all"];
    let change = change(publish::step(&spf(&known), &there));
    assert_eq!(change.action, Action::Replace);
    assert_eq!(
        (change.taken, change.put),
        (vec![text(&["v=spf1 a -all"])], vec![])
    );
}

#[test]
fn an_alias_and_other_records_do_not_get_together() {
    let elsewhere = vec![Exact::Cname(name("elsewhere.example"))];
    let at = |wish: &Wish, record_type, data: &Vec<Exact>| {
        let holding = holding(wish.record.owner.as_str(), record_type, data.clone());
        publish::step(wish, &holding)
    };
    for wish in [key(), dmarc(&["elsewhere.example"])] {
        let reason = refusal(at(&wish, RecordType::Cname, &elsewhere));
        assert!(reason.contains("An alias (CNAME) stands at"), "{reason}");
    }
    let reason = refusal(at(&alias(&[]), RecordType::Txt, &vec![text(&["x"])]));
    assert!(reason.contains("has to stand alone"), "{reason}");
    refusal(at(&alias(&[]), RecordType::Cname, &elsewhere));
    let known = alias(&["Elsewhere.example."]);
    let change = change(at(&known, RecordType::Cname, &elsewhere));
    assert_eq!((change.action, change.taken), (Action::Replace, elsewhere));

    let both = [
        wish("a.example.com", Content::Cname(name("x.example")), &[]),
        wish("a.example.com", Content::Text("x".to_owned()), &[]),
    ];
    for step in publish::steps(&both, &name(APEX), |_| Holding::default()) {
        refusal(step);
    }
    let apex = [wish(APEX, Content::Cname(name("x.example")), &[])];
    for step in publish::steps(&apex, &name(APEX), |_| Holding::default()) {
        refusal(step);
    }
}

#[test]
fn other_mail_servers_are_not_taken_away() {
    let mx = |preference, exchange: &str| Exact::Mx {
        preference,
        exchange: name(exchange),
    };
    let wanted = wish(
        APEX,
        Content::Mx {
            preference: 0,
            exchange: DomainName::root(),
        },
        &[],
    );
    let step = |data| publish::step(&wanted, &holding(APEX, RecordType::Mx, data));
    refusal(step(vec![mx(10, "mail.example.com")]));
    refusal(step(vec![mx(0, "."), mx(10, "mail.example.com")]));
    assert_eq!(change(step(vec![mx(0, ".")])).action, Action::Keep);
}

#[test]
fn several_mail_servers_of_ours_stand_together() {
    let servers = ["mxa.mailgun.org", "mxb.mailgun.org"];
    let records: Vec<Record> = servers
        .iter()
        .map(|server| {
            let content = Content::Mx {
                preference: 10,
                exchange: name(server),
            };
            wish("mg.example.com", content, &[]).record
        })
        .collect();
    let records: Vec<&Record> = records.iter().collect();
    let wishes: Vec<Wish> = records
        .iter()
        .map(|record| Wish {
            mates: publish::mates(record, &records),
            ..wish("mg.example.com", record.content.clone(), &[])
        })
        .collect();
    let mx = |server: &str| Exact::Mx {
        preference: 10,
        exchange: name(server),
    };
    let actions = |there: &[&str]| -> Vec<Action> {
        let data: Vec<Exact> = there.iter().map(|server| mx(server)).collect();
        let there = match data.is_empty() {
            true => Holding::default(),
            false => holding("mg.example.com", RecordType::Mx, data),
        };
        let steps = publish::steps(&wishes, &name(APEX), |_| there.clone());
        steps.into_iter().map(|step| change(step).action).collect()
    };
    assert_eq!(actions(&[]), [Action::Add, Action::Add]);
    assert_eq!(actions(&servers[1..]), [Action::Add, Action::Keep]);
    assert_eq!(actions(&servers), [Action::Keep, Action::Keep]);
    let strange = holding(
        "mg.example.com",
        RecordType::Mx,
        vec![mx(servers[0]), mx("mail.example.com")],
    );
    for wish in &wishes {
        refusal(publish::step(wish, &strange));
    }
}

#[test]
fn each_record_of_a_setup_has_a_word_of_its_own() {
    let of_a_service = "v=spf1 include:mailgun.org ~all".parse().unwrap();
    let text = |text: &str| wish(APEX, Content::Text(text.to_owned()), &[]).record;
    let mx = |preference| {
        let exchange = name("mx.example.net");
        wish(
            "mg.example.com",
            Content::Mx {
                preference,
                exchange,
            },
            &[],
        )
        .record
    };
    let records = [
        wish("mg.example.com", Content::Spf(of_a_service), &[]).record,
        text("one"),
        text("two"),
        mx(10),
        mx(20),
        spf(&[]).record,
    ];
    let records: Vec<&Record> = records.iter().collect();
    assert_eq!(
        publish::ids(&records, &name(APEX)),
        [
            "mg.example.com",
            "example.com",
            "example.com-2",
            "mx",
            "mx-2",
            "spf"
        ]
    );
}

#[test]
fn what_a_wildcard_says_stands_at_no_name() {
    let mut there = texts("_dmarc.example.com", &[&["v=spf1 -all"], &["x"]]);
    there.wildcard = texts("*.example.com", &[&["x"], &["v=spf1 -all"]]).rrsets;
    let change = change(publish::step(&dmarc(&[]), &there));
    assert_eq!((change.action, change.ttl), (Action::Add, 3600));
    assert!(matches!(
        change.prerequisites[0],
        Prerequisite::NoRrset { .. }
    ));
}

#[test]
fn one_rrset_is_named_once_in_what_the_change_rests_on() {
    let wishes = [
        spf(&["v=spf1 -all"]),
        wish(APEX, Content::Text("token".to_owned()), &[]),
    ];
    let there = texts(APEX, &[&["v=spf1 -all"]]);
    let changes: Vec<Change> = publish::steps(&wishes, &name(APEX), |_| there.clone())
        .into_iter()
        .map(change)
        .collect();
    let update = publish::update(&name(APEX), &changes.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(
        update.prerequisites,
        [Prerequisite::Exactly(there.rrsets[0].clone())]
    );
    assert_eq!(update.operations.len(), 3);
}

#[test]
fn the_setup_says_what_each_record_replaces() {
    let report = with_dmarc(with_spf(bare(), "v=spf1 a -all"), "v=DMARC1; p=none");
    let mut facts = sending(report, &["google-workspace", "mailchimp"]);
    address(&mut facts, "own", "dmarc@example.com");
    facts.spf.confirmed = true;
    facts.monitor.confirmed = true;
    let replaced: Vec<(String, Vec<String>)> = plan::wanted(&facts)
        .iter()
        .filter(|wanted| wanted.replaces.is_some())
        .map(|wanted| {
            (
                publish::ids(&[&wanted.record], &name(APEX)).remove(0),
                publish::replaced(&facts, wanted),
            )
        })
        .collect();
    let row = |id: &str, old: &str| (id.to_owned(), vec![old.to_owned()]);
    assert_eq!(
        replaced,
        [
            row("spf", "v=spf1 a -all"),
            row("dmarc", "v=DMARC1; p=none")
        ]
    );
}

fn kept_of(wish: &Wish, there: &Holding) -> KeptChange {
    KeptChange::of(&change(publish::step(wish, there)))
}

#[test]
fn the_way_back_is_the_change_turned_round() {
    let old: &[&[&str]] = &[&["token"], &["v=spf1 ", "-all"]];
    let new = "v=spf1 mx include:_spf.google.com ~all";
    let kept = kept_of(&spf(&["v=spf1 -all"]), &texts(APEX, old));
    let step = |there: &Holding| undo::step(&kept, |_| there.clone()).unwrap();

    let back = change(step(&texts(APEX, &[&["token"], &[new], &["newer token"]])));
    assert_eq!((back.action, back.ttl), (Action::Replace, 120));
    assert_eq!(back.taken, [text(&[new])]);
    assert_eq!(back.put, [text(&["v=spf1 ", "-all"])]);
    assert_eq!(back.stay, [text(&["token"]), text(&["newer token"])]);

    assert_eq!(change(step(&texts(APEX, old))).action, Action::Keep);
    refusal(step(&texts(
        APEX,
        &[&["token"], &["v=spf1 mx ", "include:_spf.google.com ~all"]],
    )));
    refusal(step(&texts(APEX, &[&[new], &["v=spf1 ", "-all"]])));
    refusal(step(&Holding::default()));

    let kept = kept_of(&key(), &Holding::default());
    let record = key_record();
    let there = texts(
        "nb1._domainkey.example.com",
        &[&[&record[..255], &record[255..]]],
    );
    let back = change(undo::step(&kept, |_| there.clone()).unwrap());
    assert_eq!((back.action, back.put), (Action::Remove, vec![]));
    let gone = change(undo::step(&kept, |_| Holding::default()).unwrap());
    assert_eq!(gone.action, Action::Keep);
}

#[test]
fn only_the_newest_run_is_taken_back_and_only_once() {
    let mut facts = facts(bare());
    let runs = [
        ("2026-11-01T00:00:00Z", "example.com"),
        ("2026-11-02T00:00:00Z", "example.com"),
        ("2026-11-02T00:00:00Z", "reports.example"),
    ];
    for (at, zone) in runs {
        kept::begin(
            &mut facts,
            Publication {
                at: time(at),
                zone: zone.to_owned(),
                server: String::new(),
                outcome: Outcome::Unknown,
                changes: vec![kept_of(&key(), &Holding::default())],
                others: serde_json::Map::new(),
            },
        );
    }
    let zones = |facts: &_| -> Vec<String> {
        kept::newest(facts)
            .iter()
            .map(|kept| kept.zone.clone())
            .collect()
    };
    assert_eq!(zones(&facts), ["example.com", "reports.example"]);
    let second = time(runs[1].0);
    kept::end(&mut facts, second, "example.com", Some(Outcome::Undone));
    assert_eq!(zones(&facts), ["reports.example"]);
    kept::end(&mut facts, second, "reports.example", None);
    assert_eq!(zones(&facts), ["example.com"]);
    assert_eq!(facts.publications.len(), 2);

    let first = time(runs[0].0);
    assert!(
        kept::fresh(&facts, first) > second,
        "the newest is found even where the clock went back"
    );
    assert_eq!(kept::fresh(&facts, now()), now());

    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(
        serde_json::from_str::<plan::facts::Facts>(&text).unwrap(),
        facts
    );
}

#[test]
fn a_server_has_a_change_where_all_of_it_is_there() {
    let there = texts(APEX, &[&["v=spf1 ", "-all"]]);
    let change = change(publish::step(&spf(&["v=spf1 -all"]), &there));
    let new = Untrusted::from("v=spf1 mx include:_spf.google.com ~all");
    let old = Untrusted::from("v=spf1 -all");
    assert!(publish::has(&change, std::slice::from_ref(&new)));
    assert!(!publish::has(&change, &[new, old.clone()]));
    assert!(!publish::has(&change, &[old]));
    assert!(!publish::has(&change, &[]));
}
