//! check_host without a network: what is asked when, the path to the result, and what a hostile record can make it do.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use nobounce::audit::spf_look::SpfLook;
use nobounce::audit::spf_look::SpfLookReport;
use nobounce::audit::spf_look::Way;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::spf::check_host::Checked;
use nobounce::records::spf::check_host::Message;
use nobounce::records::spf::check_host::Progress;
use nobounce::records::spf::check_host::SpfResult;
use nobounce::records::spf::check_host::check_host;
use nobounce::records::spf::known::Known;
use nobounce::records::untrusted::Untrusted;

/// `name TYPE value` a line; what is not named does not exist.
fn world(lines: &str) -> BTreeMap<Question, Vec<Data>> {
    let mut world: BTreeMap<Question, Vec<Data>> = BTreeMap::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut parts = line.splitn(3, ' ');
        let owner = parts.next().unwrap().parse().unwrap();
        let kind = parts.next().unwrap();
        let value = parts.next().unwrap();
        let (record_type, data) = match kind {
            "TXT" => (RecordType::Txt, Data::Txt(Untrusted::from(value))),
            "A" => (RecordType::A, Data::A(value.parse().unwrap())),
            "PTR" => (RecordType::Ptr, Data::Ptr(value.parse().unwrap())),
            "MX" => (
                RecordType::Mx,
                Data::Mx {
                    preference: 10,
                    exchange: value.parse().unwrap(),
                },
            ),
            other => panic!("{other}"),
        };
        world
            .entry(Question::new(owner, record_type))
            .or_default()
            .push(data);
    }
    world
}

fn answer(world: &BTreeMap<Question, Vec<Data>>, question: &Question) -> Answer {
    Answer::direct(match world.get(question) {
        Some(data) => Outcome::Records {
            data: data.clone(),
            ttl: 300,
        },
        None => Outcome::NoName { ttl: Some(60) },
    })
}

fn message(ip: &str) -> Message {
    Message::new(ip.parse().unwrap(), "user@top.test", "mail.top.test", "")
}

/// Runs a check in rounds: all that is open is answered at once. Gives the questions of each round.
fn rounds(lines: &str, ip: &str) -> (Checked, Vec<Vec<String>>) {
    let world = world(lines);
    let mut known = Known::new();
    let mut rounds = Vec::new();
    loop {
        match check_host("top.test", &message(ip), Timestamp::UNIX_EPOCH, &known) {
            Progress::Done(checked) => return (checked, rounds),
            Progress::Open(questions) => {
                assert!(!questions.is_empty());
                rounds.push(
                    questions
                        .iter()
                        .map(|question| format!("{} {}", question.owner, question.record_type))
                        .collect(),
                );
                for question in questions {
                    let answer = answer(&world, &question);
                    known.insert(question, answer);
                }
            }
        }
    }
}

#[test]
fn what_does_not_depend_on_another_answer_is_asked_at_once() {
    let (checked, rounds) = rounds(
        "top.test TXT v=spf1 include:one.test mx a:host.test exists:%{i}.list.test redirect=last.test
         one.test TXT v=spf1 include:two.test -all
         two.test TXT v=spf1 ip4:198.51.100.1 -all
         top.test MX post.test
         post.test A 198.51.100.2
         host.test A 198.51.100.3
         last.test TXT v=spf1 -all",
        "192.0.2.1",
    );
    assert_eq!(checked.result, SpfResult::Fail);
    assert_eq!(checked.lookups, 6);
    assert_eq!(checked.void_lookups, 1);
    assert_eq!(
        rounds,
        [
            vec!["top.test TXT"],
            vec![
                "one.test TXT",
                "top.test MX",
                "host.test A",
                "192.0.2.1.list.test A",
                "last.test TXT"
            ],
            vec!["two.test TXT", "post.test A"],
        ]
    );
}

#[test]
fn nothing_is_asked_behind_a_match_or_beyond_the_limit() {
    let (checked, asked) = rounds(
        "top.test TXT v=spf1 include:a.test ip4:192.0.2.1 include:b.test -all",
        "192.0.2.1",
    );
    assert_eq!(checked.result, SpfResult::PermError);
    assert_eq!(asked, [vec!["top.test TXT"], vec!["a.test TXT"]]);

    let terms: String = (0..40).map(|at| format!(" include:i{at}.test")).collect();
    let (checked, asked) = rounds(&format!("top.test TXT v=spf1{terms} -all"), "192.0.2.1");
    assert_eq!(checked.result, SpfResult::PermError);
    assert_eq!(asked[1].len(), 10);
}

/// The path to a result is for people.
#[test]
fn the_path_names_every_step() {
    let (checked, _) = rounds(
        "top.test TXT v=spf1 ip4:198.51.100.1 ip4:198.51.100.2 ip6:2001:db8::/32 a:host.test include:one.test ~all
         host.test A 198.51.100.3
         one.test TXT v=spf1 ip4:198.51.100.4 exists:gone.test ?all",
        "192.0.2.1",
    );
    assert_eq!(checked.result, SpfResult::SoftFail);
    assert_eq!(checked.matched.as_deref(), Some("~all"));
    assert_eq!(
        checked.path,
        [
            "top.test: v=spf1 ip4:198.51.100.1 ip4:198.51.100.2 ip6:2001:db8::/32 a:host.test include:one.test ~all",
            "  ip4:198.51.100.1 to ip6:2001:db8::/32: none of these holds 192.0.2.1",
            "  a:host.test: look-up 1, 198.51.100.3: no match",
            "  include:one.test: look-up 2",
            "  one.test: v=spf1 ip4:198.51.100.4 exists:gone.test ?all",
            "    ip4:198.51.100.4: does not hold 192.0.2.1",
            "    exists:gone.test: look-up 3, gone.test does not exist: no match",
            "    ?all: match, so neutral",
            "  include:one.test: neutral there, so no match",
            "  ~all: match, so softfail",
        ]
    );
    assert_eq!(checked.problem, None);

    let (checked, _) = rounds("top.test TXT v=spf1 include:gone.test -all", "192.0.2.1");
    assert_eq!(checked.matched, None);
    assert_eq!(
        checked.problem.as_deref(),
        Some("include:gone.test leads to a domain without an SPF record")
    );
    assert_eq!(
        checked.path.last().map(String::as_str),
        Some("permerror: include:gone.test leads to a domain without an SPF record")
    );
}

/// FAULTS D42: a circle is called by its name, and not walked until the limit is met.
#[test]
fn d42_a_circle_is_named() {
    let (checked, asked) = rounds(
        "top.test TXT v=spf1 include:back.test -all
         back.test TXT v=spf1 include:top.test -all",
        "192.0.2.1",
    );
    assert_eq!(
        checked.problem.as_deref(),
        Some(
            "include:top.test leads in a circle: top.test is looked up while its own record is being read"
        )
    );
    assert_eq!(asked.concat().len(), 2);
}

/// RFC 7208, section 4.6.4: the PTR question of `%{p}` counts once, beside the terms.
#[test]
fn the_name_macro_counts_once() {
    let zone = |terms: &str| {
        format!(
            "top.test TXT v=spf1 {terms} exists:%{{p}}.a.test exists:%{{p}}.b.test -all
             unknown.a.test A 127.0.0.2
             h.test A 198.51.100.1"
        )
    };
    let (checked, _) = rounds(&zone(""), "192.0.2.1");
    assert_eq!((checked.result, checked.lookups), (SpfResult::Pass, 2));
    let nine = ["a:h.test"; 9].join(" ");
    let (checked, _) = rounds(&zone(&nine), "192.0.2.1");
    assert_eq!(checked.result, SpfResult::PermError);
}

/// What was not answered when the time was over is trouble, never a "no".
#[test]
fn a_check_that_is_cut_short_is_temperror() {
    let mut known = Known::new();
    let question = Question::new("top.test".parse().unwrap(), RecordType::Txt);
    let world = world("top.test TXT v=spf1 include:slow.test -all");
    known.insert(question.clone(), answer(&world, &question));
    known.close();
    let progress = check_host(
        "top.test",
        &message("192.0.2.1"),
        Timestamp::UNIX_EPOCH,
        &known,
    );
    let Progress::Done(checked) = progress else {
        panic!("{progress:?}");
    };
    assert_eq!(checked.result, SpfResult::TempError);
}

/// What a hostile server answers.
type Hostile<'a> = dyn Fn(&Question) -> Answer + 'a;

/// Drives a whole look; gives the report and how many questions it took.
fn look(answer: impl Fn(&Question) -> Answer, ip: Option<&str>) -> (SpfLookReport, usize) {
    let mut look = SpfLook::new(
        "top.test".parse().unwrap(),
        ip.map(message),
        Way::Port53,
        Timestamp::UNIX_EPOCH,
    );
    let mut open: Vec<Ask> = look.first();
    let mut asked = BTreeSet::new();
    while let Some(ask) = open.pop() {
        assert!(
            asked.insert(ask.question.clone()),
            "{:?} is asked twice",
            ask.question
        );
        let sighting = Sighting {
            server: Server::Resolver {
                address: "127.0.0.1:53".parse().unwrap(),
            },
            answer: answer(&ask.question),
            question: ask.question,
            seen_at: Timestamp::UNIX_EPOCH,
        };
        open.extend(look.take(sighting));
    }
    (look.report(), asked.len())
}

/// FAULTS D42, D43: wide trees, deep trees, trees that double, long records: few questions, an end, and a result.
#[test]
fn d43_hostile_records_end_soon() {
    let records = |text: String| {
        Answer::direct(Outcome::Records {
            data: vec![Data::Txt(Untrusted::from(text.as_str()))],
            ttl: 1,
        })
    };
    let first = |question: &Question| {
        question
            .owner
            .labels()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let wide = |question: &Question| {
        let label = first(question);
        let terms: String = (0..3000)
            .map(|at| format!(" include:{label}{at}.t"))
            .collect();
        records(format!("v=spf1{terms} -all"))
    };
    let doubling = |question: &Question| {
        let at: u32 = first(question)
            .trim_start_matches(|c: char| !c.is_ascii_digit())
            .parse()
            .unwrap_or(0);
        let fill: String = (0..800)
            .map(|n| format!(" ip4:198.51.{}.0/24", n % 256))
            .collect();
        records(format!(
            "v=spf1{fill} include:n{}.t include:n{}.t a:x{at}.t -all",
            at + 1,
            at + 1
        ))
    };
    let deep = |question: &Question| {
        let at: u32 = first(question)
            .trim_start_matches(|c: char| !c.is_ascii_digit())
            .parse()
            .unwrap_or(0);
        records(format!("v=spf1 redirect=n{}.t", at + 1))
    };
    let macros = |question: &Question| {
        let terms: String = (0..2000)
            .map(|at| format!(" exists:%{{s}}%{{S}}%{{h}}%{{p}}.{at}.t"))
            .collect();
        let _ = question;
        records(format!("v=spf1{terms} -all"))
    };
    let blown = |question: &Question| {
        let _ = question;
        records(format!("v=spf1 exists:{}.t -all", "%{s}.%{H}".repeat(7000)))
    };
    let addresses = |question: &Question| {
        let label = first(question);
        let fill: String = (0..3500)
            .map(|n| format!(" ip4:198.{}.{}.0/24", n / 256, n % 256))
            .collect();
        let more: String = (0..9).map(|n| format!(" include:{label}{n}.t")).collect();
        records(format!("v=spf1{fill}{more} -all"))
    };
    let names = |question: &Question| match question.record_type {
        RecordType::Mx | RecordType::Ptr => Answer::direct(Outcome::Records {
            data: (0..900)
                .map(|at| {
                    let name: DomainName = format!("h{at}.{}", question.owner).parse().unwrap();
                    match question.record_type {
                        RecordType::Mx => Data::Mx {
                            preference: 1,
                            exchange: name,
                        },
                        _ => Data::Ptr(name),
                    }
                })
                .collect(),
            ttl: 1,
        }),
        RecordType::Txt => records(format!(
            "v=spf1 {} ptr mx:%{{p}}.t -all",
            (0..9)
                .map(|at| format!("mx:m{at}.t"))
                .collect::<Vec<_>>()
                .join(" ")
        )),
        _ => Answer::direct(Outcome::NoName { ttl: Some(1) }),
    };
    let texts_only = |question: &Question, answer: &Hostile<'_>| {
        if question.record_type == RecordType::Txt {
            answer(question)
        } else {
            names(question)
        }
    };
    let cases: &[(&str, &Hostile<'_>)] = &[
        ("wide", &wide),
        ("doubling", &doubling),
        ("deep", &deep),
        ("macros", &macros),
        ("blown", &blown),
        ("addresses", &addresses),
        ("names", &names),
    ];
    for &(name, answer) in cases {
        let (report, questions) = look(|question| texts_only(question, answer), Some("192.0.2.1"));
        let wanted = if name == "blown" { "fail" } else { "permerror" };
        assert_eq!(report.result.as_deref(), Some(wanted), "{name}");
        assert!(
            report.path.len() <= 310,
            "{name}: {} lines",
            report.path.len()
        );
        // Sixty for the tree, forty ahead, and ten terms of ten names each.
        assert!(questions <= 200, "{name}: {questions} questions");
        let (_, questions) = look(|question| texts_only(question, answer), None);
        assert!(questions <= 61, "{name}: {questions} questions");
    }
}

/// FAULTS D44: what only a message can tell is said so, and is no mistake.
#[test]
fn d44_macros_stay_open_without_a_message() {
    let world = world("top.test TXT v=spf1 exists:%{i}.%{d}.list.test include:%{o}.test ~all");
    let (report, questions) = look(|question| answer(&world, question), None);
    assert_eq!(questions, 1);
    assert_eq!((report.lookups, report.void_lookups), (2, 0));
    assert!(report.complete);
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.severity != "error"),
        "{:?}",
        report.findings
    );
}

/// A run that asks one question at a time, as a receiver that goes term by term.
fn one_by_one(world: &BTreeMap<Question, Vec<Data>>, ip: &str) -> (Checked, usize) {
    let mut known = Known::new();
    for count in 0.. {
        match check_host("top.test", &message(ip), Timestamp::UNIX_EPOCH, &known) {
            Progress::Done(checked) => return (checked, count),
            Progress::Open(questions) => {
                let first = questions[0].clone();
                let answer = answer(world, &first);
                known.insert(first, answer);
            }
        }
    }
    unreachable!()
}

/// What is asked ahead changes nothing: not the result, not the counts, not a word of the path.
#[test]
fn asking_ahead_gives_what_asking_one_by_one_gives() {
    let mut seed: u64 = 7208;
    let mut next = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let names = [
        "top.test",
        "a.test",
        "b.test",
        "c.test",
        "d.test",
        "gone.test",
    ];
    let mut results = BTreeSet::new();
    for round in 0..400 {
        let mut zone = String::new();
        for name in &names[..5] {
            let mut terms = Vec::new();
            for _ in 0..next(6) {
                let other = names[next(6)];
                let sign = ["", "", "-", "~", "?"][next(5)];
                let term = match next(9) {
                    0..=2 => format!("include:{other}"),
                    3 => format!("a:{other}"),
                    4 => format!("mx:{other}"),
                    5 => format!("exists:%{{l}}.{other}"),
                    6 => format!("exists:%{{p}}.{other}"),
                    7 => format!("ptr:{other}"),
                    _ => format!("ip4:192.0.2.{}", next(4)),
                };
                terms.push(format!("{sign}{term}"));
            }
            let end = ["-all", "~all", "redirect=a.test", ""][next(4)];
            zone.push_str(&format!("{name} TXT v=spf1 {} {end}\n", terms.join(" ")));
            zone.push_str(&format!("{name} A 192.0.2.{}\n", next(4)));
            if next(2) == 0 {
                zone.push_str(&format!("{name} MX {}\n", names[next(6)]));
            }
            if next(3) == 0 {
                zone.push_str(&format!("user.{name} A 127.0.0.2\n"));
            }
        }
        for at in 0..4 {
            zone.push_str(&format!(
                "{at}.2.0.192.in-addr.arpa PTR {}\n",
                names[next(6)]
            ));
        }
        let ip = format!("192.0.2.{}", next(4));
        let (slow, questions) = one_by_one(&world(&zone), &ip);
        let (fast, rounds) = rounds(&zone, &ip);
        assert_eq!(fast, slow, "{round}: {ip}\n{zone}");
        assert!(rounds.len() <= questions, "{round}");
        results.insert(fast.result);
    }
    assert!(results.len() >= 5, "{results:?}");
}
