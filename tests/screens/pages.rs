//! Every kind of page, made by hand, at the sizes that are promised.

use nobounce::plan::StepId;
use nobounce::plan::page::Block;
use nobounce::plan::page::Card;
use nobounce::plan::page::Check;
use nobounce::plan::page::Choice;
use nobounce::plan::page::Field;
use nobounce::plan::page::Form;
use nobounce::plan::page::Mark;
use nobounce::plan::page::Next;
use nobounce::plan::page::Page;
use nobounce::plan::page::PageId;
use nobounce::plan::page::TreeRow;
use nobounce::plan::page::Watch;
use nobounce::records::finding::Code;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::finding::Subject;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::untrusted::Untrusted;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::Tally;
use nobounce::records::verdict::Verdict;
use nobounce::tui::message::Message;
use nobounce::tui::model::Scroll;

use crate::at;
use crate::fresh;
use crate::noon;
use crate::press;
use crate::screen;
use crate::showing;
use crate::tell;

pub fn finding(severity: Severity) -> Finding {
    Finding {
        code: Code::new("name-doubled"),
        severity,
        subject: Subject::Dkim,
        name: "shop.example".parse().unwrap(),
        message: "The name was doubled: your record is at nb2611._domainkey.shop.example.shop.example.".into(),
        remedy: "Cloudflare adds \".shop.example\" by itself. Edit the record and let the name be just nb2611._domainkey.".into(),
    }
}

pub fn choice(id: &str, label: &str, detail: &str) -> Choice {
    Choice {
        id: id.into(),
        label: label.into(),
        detail: detail.into(),
    }
}

pub fn page(blocks: Vec<Block>, form: Form) -> Page {
    Page {
        id: PageId::Senders,
        step: StepId::Senders,
        title: "A page made by hand".into(),
        blocks,
        form,
        why: "Receivers believe what your DNS says. What is not named there looks like a forgery to them.".into(),
        next: Next::Go("Go on".into()),
    }
}

/// A card as a DKIM key has it, with its watch.
pub fn card(watch: Watch) -> Card {
    let value = format!("v=DKIM1; k=rsa; p={}", "MIIBIjANBgkqhkiG9w0B".repeat(19));
    Card {
        record: Record {
            owner: "nb2611._domainkey.shop.example".parse().unwrap(),
            content: Content::Text(value.clone()),
            ttl: Ttl(3600),
        },
        place: "Cloudflare > DNS > Records > Add record".into(),
        link: None,
        fields: [
            ("Type", "TXT"),
            ("Name", "nb2611._domainkey"),
            ("Content", value.as_str()),
            ("TTL", "Auto"),
            ("Proxy", "does not apply to TXT"),
        ]
        .map(|(label, value)| Field {
            label: label.into(),
            value: value.into(),
        })
        .into(),
        name: "nb2611._domainkey".into(),
        full_name: "nb2611._domainkey.shop.example".into(),
        value,
        replaces: None,
        caution: None,
        guide: Default::default(),
        watch,
    }
}

pub fn seen(verdict: Verdict, findings: Vec<Finding>) -> Watch {
    Watch::Seen {
        judgement: Judgement {
            verdict,
            authoritative: Tally {
                agree: 1,
                answered: 2,
                asked: 2,
            },
            resolvers: Tally::default(),
            findings,
        },
        at: noon(),
    }
}

#[test]
fn pieces_of_a_page() {
    let blocks = vec![
        Block::Text("A paragraph that is long enough to be wrapped by the column that it stands in, whatever that is.".into()),
        Block::Note("A remark of less weight.".into()),
        Block::Steps(vec![
            "Open the console.".into(),
            "Copy the record, then come back here and paste it into the field.".into(),
        ]),
        Block::Checks(
            [Mark::Done, Mark::Now, Mark::Waiting, Mark::Wrong, Mark::Warning, Mark::Later, Mark::Unknown]
                .map(|mark| Check {
                    mark,
                    label: format!("{mark:?}"),
                    detail: "a detail".into(),
                })
                .into(),
        ),
        Block::Rows(vec![("Name servers".into(), "ada.ns.cloudflare.com, bob.ns.cloudflare.com".into())]),
        Block::Finding(finding(Severity::Error)),
        Block::Tree(vec![
            TreeRow { depth: 0, mark: Mark::Done, text: "shop.example".into(), detail: "4 look-ups".into() },
            TreeRow { depth: 1, mark: Mark::Done, text: "include:_spf.google.com".into(), detail: "4".into() },
            TreeRow { depth: 2, mark: Mark::Wrong, text: "include:a.very.long.name.that.does.not.fit.into.its.column.example".into(), detail: "missing".into() },
        ]),
    ];
    let mut model = showing(page(blocks, Form::Nothing));
    insta::assert_snapshot!("pieces_80", screen(&model));
    insta::assert_snapshot!("pieces_120", screen(&at(model.clone(), 120, 40)));
    insta::assert_snapshot!("pieces_60", screen(&at(model.clone(), 60, 16)));
    press(&mut model, "<pgdn><pgdn><pgdn><pgdn>");
    insta::assert_snapshot!("pieces_80_end", screen(&model));
}

#[test]
fn a_list_to_tick_is_filtered_and_keeps_its_ticks() {
    let options = [
        "Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta", "Iota",
    ]
    .map(|name| choice(&name.to_lowercase(), name, "sends newsletters"))
    .into();
    let mut model = showing(page(
        vec![Block::Text("Tick what sends.".into())],
        Form::Tick {
            options,
            ticked: vec!["beta".into()],
        },
    ));
    model.setup_mut().unwrap().list.ticked.insert("beta".into());
    press(&mut model, "<down><down> /ta");
    insta::assert_snapshot!("tick_filtered", screen(&model));
    // Space types into the open filter; after Enter it ticks.
    press(&mut model, "<enter> ");
    let ticked = &model.setup().unwrap().list.ticked;
    assert_eq!(
        ticked.iter().map(String::as_str).collect::<Vec<_>>(),
        ["gamma"],
        "beta under the cursor was unticked"
    );
    press(&mut model, "<esc>");
    assert!(screen(&model).contains("Alpha"));
}

#[test]
fn a_filter_shows_what_fits_best_first() {
    let options = vec![
        choice("a", "Gamma", "made by Zeta"),
        choice("b", "Megazeta", "sends invoices"),
        choice("c", "The Zeta tool", "sends invoices"),
        choice("d", "Zeta Mail", "sends newsletters"),
        choice("e", "Alpha", "sends newsletters"),
    ];
    let mut model = showing(page(
        vec![Block::Text("Tick what sends.".into())],
        Form::Tick {
            options,
            ticked: Vec::new(),
        },
    ));
    press(&mut model, "<down>/zeta");
    assert_eq!(model.setup().unwrap().visible(), [3, 2, 1, 0]);
    assert_eq!(
        model.setup().unwrap().list.cursor,
        3,
        "the best is pointed at"
    );
    press(&mut model, " ");
    assert_eq!(model.setup().unwrap().visible(), [3, 2, 1, 0]);
    press(&mut model, "<c-u>");
    assert_eq!(model.setup().unwrap().visible(), [0, 1, 2, 3, 4]);
}

#[test]
fn microsoft_is_found_under_its_name() {
    let mut model = fresh();
    let live = nobounce::plan::facts::Live::default();
    let facts = nobounce::plan::facts::Facts::new("shop.example");
    let setup = nobounce::tui::update::setup::new(facts, live, PageId::Senders, None);
    model.place = nobounce::tui::model::Place::Setup(Box::new(setup));
    press(&mut model, "/microsoft");
    let setup = model.setup().unwrap();
    let Form::Tick { options, .. } = &setup.page.form else {
        panic!("a list to tick");
    };
    let labels: Vec<&str> = setup
        .visible()
        .into_iter()
        .map(|number| options[number].label.as_str())
        .collect();
    assert!(labels[0].starts_with("Microsoft 365"), "{labels:?}");
}

#[test]
fn a_field_shows_a_suggestion_until_something_is_typed() {
    let mut model = showing(page(
        vec![Block::Text("Which address?".into())],
        Form::Type {
            label: "Report address".into(),
            value: "dmarc@shop.example".into(),
            hint: "such as dmarc@example.com".into(),
        },
    ));
    model.setup_mut().unwrap().field = nobounce::tui::field::Field::line("dmarc@shop.example");
    insta::assert_snapshot!("field_suggested", screen(&model));
    press(&mut model, "post");
    assert_eq!(model.setup().unwrap().field.text(), "post");
    assert!(model.unsaved.is_some());
}

#[test]
fn a_record_and_its_state() {
    let named = seen(
        Verdict::Misplaced {
            at: "nb2611._domainkey.shop.example.shop.example"
                .parse()
                .unwrap(),
        },
        vec![finding(Severity::Error)],
    );
    for (name, watch) in [
        ("not_yet", Watch::NotYet),
        ("asking", Watch::Asking { last: None }),
        (
            "published",
            seen(Verdict::Published, vec![finding(Severity::Warning)]),
        ),
        (
            "spreading",
            seen(
                Verdict::Spreading {
                    until: Some(noon()),
                },
                Vec::new(),
            ),
        ),
        ("missing", seen(Verdict::Missing, Vec::new())),
        ("misplaced", named),
        (
            "unknown",
            seen(
                Verdict::Unknown {
                    why: "no name server answered in time".into(),
                },
                Vec::new(),
            ),
        ),
    ] {
        let text = Block::Text(
            "Your own server signs with a key that we just made. Put its public half into DNS."
                .into(),
        );
        let model = showing(page(vec![text], Form::Record(Box::new(card(watch)))));
        insta::assert_snapshot!(format!("record_{name}_80"), screen(&model));
        if name == "misplaced" {
            insta::assert_snapshot!(format!("record_{name}_120"), screen(&at(model, 120, 40)));
        }
    }
}

/// The plan puts the mistake above the record, and the record's state names it too.
#[test]
fn a_named_mistake_is_said_once_and_before_the_servers() {
    let named = finding(Severity::Error);
    let judged = || {
        seen(
            Verdict::Misplaced {
                at: "nb2611._domainkey.shop.example.shop.example"
                    .parse()
                    .unwrap(),
            },
            vec![finding(Severity::Error)],
        )
    };
    let Watch::Seen { judgement, .. } = judged() else {
        unreachable!()
    };
    let again = Watch::Asking {
        last: Some(judgement),
    };
    let mut other = finding(Severity::Warning);
    other.message = "Something else.".into();
    other.remedy = String::new();
    for watch in [judged(), again] {
        let blocks = vec![Block::Finding(named.clone()), Block::Finding(other.clone())];
        let model = showing(page(blocks, Form::Record(Box::new(card(watch)))));
        let drawn = screen(&at(model, 120, 50));
        assert_eq!(drawn.matches("The name was doubled").count(), 1, "{drawn}");
        assert_eq!(drawn.matches("Cloudflare adds").count(), 1, "{drawn}");
        assert!(drawn.contains("Something else."), "{drawn}");
        let order = [
            "The name was doubled",
            "Cloudflare adds",
            "Your name servers",
            "The world",
        ];
        let at: Vec<_> = order.iter().map(|text| drawn.find(text)).collect();
        assert!(
            at.iter().all(Option::is_some) && at.is_sorted(),
            "{at:?} {drawn}"
        );
    }
    // Not said by the record's state yet: the page says it.
    let form = Form::Record(Box::new(card(Watch::NotYet)));
    let model = showing(page(vec![Block::Finding(named)], form));
    assert!(screen(&at(model, 120, 50)).contains("The name was doubled"));
}

#[test]
fn help_tells_why_and_every_key() {
    let mut model = showing(page(
        Vec::new(),
        Form::Record(Box::new(card(Watch::NotYet))),
    ));
    press(&mut model, "?");
    insta::assert_snapshot!("help_record", screen(&at(model.clone(), 80, 40)));
    press(&mut model, "<esc>");
    assert!(model.overlay.is_none());
}

#[test]
fn t24_hostile_text_is_shown_and_never_obeyed() {
    let evil = "a\u{1b}]0;x\u{7}b\u{9b}31mc\u{202e}d\u{200b}e\u{feff}f\u{0}g\u{ad}h\u{2028}i\u{e0041}j\r\nk\u{301}";
    let mut evil_finding = finding(Severity::Error);
    evil_finding.message = evil.into();
    evil_finding.remedy = evil.into();
    let blocks = vec![
        Block::Text(evil.into()),
        Block::Note(evil.into()),
        Block::Steps(vec![evil.into()]),
        Block::Checks(vec![Check {
            mark: Mark::Done,
            label: evil.into(),
            detail: evil.into(),
        }]),
        Block::Rows(vec![(evil.into(), evil.into())]),
        Block::Finding(evil_finding.clone()),
        Block::Tree(vec![TreeRow {
            depth: 3,
            mark: Mark::Done,
            text: evil.into(),
            detail: evil.into(),
        }]),
    ];
    let mut bad = card(seen(
        Verdict::Differs {
            field: evil.into(),
            wanted: Untrusted::from(evil).shown(),
            found: Untrusted::from(evil).shown(),
        },
        vec![evil_finding],
    ));
    bad.value = evil.into();
    bad.fields[2].value = evil.into();
    bad.replaces = Some(evil.into());
    bad.place = evil.into();
    let forms = vec![
        Form::Nothing,
        Form::Choose {
            options: vec![choice("x", evil, evil)],
            selected: 0,
        },
        Form::Tick {
            options: vec![choice("x", evil, evil)],
            ticked: Vec::new(),
        },
        Form::Type {
            label: evil.into(),
            value: String::new(),
            hint: evil.into(),
        },
        Form::Paste {
            label: evil.into(),
            value: String::new(),
            hint: evil.into(),
        },
        Form::Record(Box::new(bad)),
    ];
    for form in forms {
        let mut page = page(blocks.clone(), form);
        page.title = evil.into();
        page.why = evil.into();
        page.next = Next::Closed(evil.into());
        let mut model = showing(page);
        tell(&mut model, Message::Pasted(evil.into()));
        let setup = model.setup_mut().unwrap();
        setup.facts.domain = evil.into();
        setup.complaint = Some(evil.into());
        for (width, height) in [(80, 24), (120, 60), (60, 16)] {
            let mut model = at(model.clone(), width, height);
            for scroll in [0, 10, 30] {
                model.setup_mut().unwrap().scroll = Scroll::From(scroll);
                let drawn = screen(&model);
                assert!(drawn.contains("<U+001B>") || scroll > 0, "{drawn}");
                for character in drawn.chars().filter(|c| *c != '\n') {
                    let width = unicode_width::UnicodeWidthChar::width(character);
                    assert!(
                        !character.is_control() && width.is_some_and(|width| width > 0),
                        "{character:?} on\n{drawn}"
                    );
                    assert!(
                        !"\u{202e}\u{2028}\u{ad}".contains(character),
                        "{character:?}"
                    );
                }
            }
        }
    }
}
