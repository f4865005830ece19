//! The tree of includes: costs, void look-ups, circles, trouble, bounds (D40 to D46), and the test suite of RFC 7208.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Trouble;
use nobounce::records::spf::Spf;
use nobounce::records::spf::judge::Selected;
use nobounce::records::spf::judge::select;
use nobounce::records::spf::known::Known;
use nobounce::records::spf::tree::Node;
use nobounce::records::spf::tree::NodeResult;
use nobounce::records::spf::tree::Tree;
use nobounce::records::spf::tree::grow;
use nobounce::records::untrusted::Untrusted;

/// A world of texts: `name TYPE value` a line; `!` as the value is trouble, `-` NODATA; what is not named is NXDOMAIN.
struct World(BTreeMap<Question, Answer>);

impl World {
    fn new(lines: &str) -> Self {
        let mut answers: BTreeMap<Question, Answer> = BTreeMap::new();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut parts = line.splitn(3, ' ');
            let name: DomainName = parts.next().unwrap().parse().unwrap();
            let record_type = match parts.next().unwrap() {
                "TXT" => RecordType::Txt,
                "A" => RecordType::A,
                "AAAA" => RecordType::Aaaa,
                "MX" => RecordType::Mx,
                other => panic!("{other}"),
            };
            let value = parts.next().unwrap();
            let data = match (value, record_type) {
                ("!" | "-", _) => None,
                (_, RecordType::A) => Some(Data::A(value.parse().unwrap())),
                (_, RecordType::Aaaa) => Some(Data::Aaaa(value.parse().unwrap())),
                (_, RecordType::Mx) => Some(Data::Mx {
                    preference: 10,
                    exchange: value.parse().unwrap(),
                }),
                _ => Some(Data::Txt(Untrusted::from(value))),
            };
            let outcome = match data {
                None if value == "!" => Outcome::Trouble(Trouble::Timeout),
                None => Outcome::NoData { ttl: None },
                Some(data) => Outcome::Records {
                    data: vec![data],
                    ttl: 300,
                },
            };
            let entry = answers
                .entry(Question::new(name, record_type))
                .or_insert(Answer::direct(Outcome::Records {
                    data: Vec::new(),
                    ttl: 300,
                }));
            match (&mut entry.outcome, outcome) {
                (Outcome::Records { data, .. }, Outcome::Records { data: more, .. }) => {
                    data.extend(more);
                }
                (old, new) => *old = new,
            }
        }
        Self(answers)
    }

    fn answer(&self, question: &Question) -> Answer {
        self.0
            .get(question)
            .cloned()
            .unwrap_or(Answer::direct(Outcome::NoName { ttl: None }))
    }

    /// Grows the tree as a look-up does, round by round; gives the number of questions too.
    fn grow(&self, record: &str) -> (Tree, usize) {
        let owner: DomainName = "example.com".parse().unwrap();
        let spf: Spf = record.parse().unwrap();
        let mut known = Known::new();
        let mut asked: BTreeSet<Question> = BTreeSet::new();
        for _ in 0..100 {
            let tree = grow(&owner, &spf, &known);
            let before = asked.len();
            for question in &tree.wanted {
                asked.insert(question.clone());
                known.insert(question.clone(), self.answer(question));
            }
            if asked.len() == before {
                return (tree, before);
            }
        }
        panic!("the tree never ends");
    }
}

fn codes(tree: &Tree) -> String {
    let codes: Vec<&str> = tree.findings.iter().map(|f| f.code.as_str()).collect();
    codes.join(" ")
}

/// `term cost/total/void result` a line, indented.
fn drawn(node: &Node, depth: usize, into: &mut String) {
    let result = match node.result {
        NodeResult::Ok => "ok",
        NodeResult::Missing => "missing",
        NodeResult::Loop => "loop",
        NodeResult::Error => "error",
    };
    into.push_str(&format!(
        "{}{} {}/{}/{} {result}\n",
        "  ".repeat(depth),
        node.term,
        node.cost,
        node.total,
        node.void
    ));
    for child in &node.children {
        drawn(child, depth + 1, into);
    }
}

#[test]
fn a_tree_shows_what_each_term_costs() {
    let world = World::new(
        "example.com A 192.0.2.1
         example.com MX mail.example.com
         a.test TXT v=spf1 include:b.test ip4:192.0.2.1 a:void.test ~all
         b.test TXT v=spf1 exists:%{i}.b.test mx:m.test redirect=c.test
         m.test MX mail.m.test
         c.test TXT v=spf1 ptr -all include:never.test",
    );
    let (tree, asked) =
        world.grow("v=spf1 a mx include:a.test exists:%{d1r}.x.test ~all include:never.test");
    let mut text = String::new();
    drawn(&tree.top, 0, &mut text);
    assert_eq!(
        text,
        "v=spf1 0/10/2 ok\n  a 1/1/0 ok\n  mx 1/1/0 ok\n  include:a.test 1/7/1 ok\n    include:b.test 1/5/0 ok\n      \
         exists:%{i}.b.test 1/1/0 ok\n      mx:m.test 1/1/0 ok\n      redirect=c.test 1/2/0 ok\n        ptr 1/1/0 ok\n    \
         a:void.test 1/1/1 ok\n  exists:%{d1r}.x.test 1/1/1 ok\n"
    );
    assert_eq!(codes(&tree), "spf-lookups-near-limit");
    assert_eq!(asked, 8);
    assert_eq!(tree.top.children[3].domain, "example.x.test");
    assert_eq!(
        tree.findings[0].message,
        "The SPF record needs 10 of the 10 look-ups that are allowed. What each term costs: a 1, mx 1, include:a.test 7, \
         exists:%{d1r}.x.test 1."
    );
}

fn includes(count: usize) -> (World, String) {
    let mut lines = String::new();
    let mut record = String::from("v=spf1");
    for number in 0..count {
        lines.push_str(&format!(
            "i{number}.test TXT v=spf1 ip4:192.0.2.{} -all\n",
            number % 256
        ));
        record.push_str(&format!(" include:i{number}.test"));
    }
    record.push_str(" ~all");
    (World::new(&lines), record)
}

#[test]
fn d40_ten_lookups_are_allowed_and_eleven_are_not() {
    for (count, found) in [
        (8, ""),
        (9, "spf-lookups-near-limit"),
        (10, "spf-lookups-near-limit"),
        (11, "spf-too-many-lookups"),
    ] {
        let (world, record) = includes(count);
        let (tree, _) = world.grow(&record);
        assert_eq!(codes(&tree), found, "{count}");
        assert_eq!(tree.top.total as usize, count);
    }
}

#[test]
fn d41_three_void_lookups_are_too_many() {
    let world = World::new(
        "b.test A -
         b.test AAAA -
         c.test A -
         c.test AAAA 2001:db8::1",
    );
    let (tree, _) = world.grow("v=spf1 a:a.test a:b.test a:c.test ~all");
    assert_eq!((tree.top.void, codes(&tree).as_str()), (2, ""));
    let (tree, _) = world.grow("v=spf1 a:a.test a:b.test mx:m.test ~all");
    assert_eq!(tree.top.void, 3);
    assert_eq!(codes(&tree), "spf-too-many-void-lookups");
    assert_eq!(
        tree.findings[0].message,
        "3 look-ups of the SPF record find nothing (void look-ups), and mail servers stop after 2: a:a.test (a.test), a:b.test \
         (b.test), mx:m.test (m.test)."
    );
}

#[test]
fn d42_circles_end() {
    let world = World::new(
        "a.test TXT v=spf1 include:b.test ~all
         b.test TXT v=spf1 include:a.test ~all
         r.test TXT v=spf1 redirect=r.test
         back.test TXT v=spf1 include:Example.COM ~all",
    );
    for (record, most) in [
        ("v=spf1 include:a.test ~all", 2),
        ("v=spf1 include:example.com ~all", 0),
        ("v=spf1 redirect=r.test", 1),
        ("v=spf1 include:back.test ~all", 1),
    ] {
        let (tree, asked) = world.grow(record);
        assert_eq!(codes(&tree), "spf-include-loop", "{record}");
        assert!(asked <= most, "{record}: {asked}");
    }
}

#[test]
fn d43_a_tree_of_any_size_asks_sixty_questions_at_most() {
    let (world, record) = includes(100);
    let (tree, asked) = world.grow(&record);
    assert_eq!(asked, 60);
    assert_eq!(codes(&tree), "spf-too-many-lookups");
    // Ten names that all include the next ten: without a bound the tree has ten to the tenth leaves.
    let mut lines = String::new();
    for level in 0..10 {
        for number in 0..10 {
            let below: String = (0..10)
                .map(|next| format!(" include:n{next}.l{}.test", level + 1))
                .collect();
            lines.push_str(&format!("n{number}.l{level}.test TXT v=spf1{below} ~all\n"));
        }
    }
    let world = World::new(&lines);
    let (tree, asked) = world.grow("v=spf1 include:n0.l0.test ~all");
    assert!(asked <= 60, "{asked}");
    assert!(codes(&tree).contains("spf-too-many-lookups"));
    let spf: Spf = "v=spf1 include:n0.l0.test ~all".parse().unwrap();
    let mut known = Known::new();
    for question in world.0.keys() {
        known.insert(question.clone(), world.answer(question));
    }
    let all_known = grow(&"example.com".parse().unwrap(), &spf, &known);
    assert!(all_known.wanted.is_empty());
}

#[test]
fn d43_an_mx_of_many_hosts_is_an_error() {
    for (hosts, found) in [
        (10, ""),
        (11, "spf-mx-too-many-hosts"),
        (50, "spf-mx-too-many-hosts"),
    ] {
        let lines: String = (0..hosts)
            .map(|number| format!("example.com MX m{number}.test\n"))
            .collect();
        let (tree, asked) = World::new(&lines).grow("v=spf1 mx ~all");
        assert_eq!(codes(&tree), found);
        assert_eq!((tree.top.total, asked), (1, 1));
    }
}

#[test]
fn d44_macros_that_need_a_message_are_counted_and_not_asked() {
    let world = World::new("");
    let (tree, asked) = world.grow("v=spf1 include:%{i}.%{d} exists:%{l}.x.test a:%{h} ~all");
    assert_eq!((tree.top.total, tree.top.void, asked), (3, 0, 0));
    assert_eq!(codes(&tree), "");
    assert_eq!(tree.top.children[0].domain, "%{i}.%{d}");
}

#[test]
fn d45_trouble_is_neither_missing_nor_void() {
    let world = World::new(
        "a.test TXT !
         b.test A !
         m.test MX !",
    );
    let (tree, _) = world.grow("v=spf1 include:a.test a:b.test mx:m.test exists:b.test ~all");
    assert_eq!(codes(&tree), "spf-lookup-trouble");
    assert_eq!((tree.top.total, tree.top.void), (4, 0));
    assert_eq!(tree.troubled.len(), 3);
    assert!(
        tree.top
            .children
            .iter()
            .all(|node| node.result == NodeResult::Error)
    );
}

#[test]
fn an_include_without_a_record_is_missing() {
    let world = World::new(
        "other.test TXT hello
         near.test TXT \"v=spf1 -all\"
         two.test TXT v=spf1 -all
         two.test TXT v=spf1 ~all
         bad.test TXT v=spf1 moo
         empty.test TXT -",
    );
    for (record, code, result, void) in [
        (
            "v=spf1 include:none.test ~all",
            "spf-include-missing",
            NodeResult::Missing,
            1,
        ),
        (
            "v=spf1 include:empty.test ~all",
            "spf-include-missing",
            NodeResult::Missing,
            1,
        ),
        (
            "v=spf1 include:other.test ~all",
            "spf-include-missing",
            NodeResult::Missing,
            0,
        ),
        (
            "v=spf1 include:near.test ~all",
            "spf-include-missing",
            NodeResult::Missing,
            0,
        ),
        (
            "v=spf1 redirect=none.test",
            "spf-include-missing",
            NodeResult::Missing,
            1,
        ),
        (
            "v=spf1 include:two.test ~all",
            "spf-include-broken",
            NodeResult::Error,
            0,
        ),
        (
            "v=spf1 include:bad.test ~all",
            "spf-include-broken",
            NodeResult::Error,
            0,
        ),
    ] {
        let (tree, _) = world.grow(record);
        assert_eq!(codes(&tree), code, "{record}");
        assert_eq!(tree.top.children[0].result, result, "{record}");
        assert_eq!(tree.top.void, void, "{record}");
    }
}

#[test]
fn what_is_not_known_yet_is_wanted_and_not_judged() {
    let spf: Spf = "v=spf1 include:a.test a mx exists:e.test redirect=r.test"
        .parse()
        .unwrap();
    let tree = grow(&"example.com".parse().unwrap(), &spf, &Known::new());
    let wanted: Vec<String> = tree
        .wanted
        .iter()
        .map(|question| format!("{} {}", question.owner, question.record_type))
        .collect();
    assert_eq!(
        wanted,
        [
            "a.test TXT",
            "example.com A",
            "example.com MX",
            "e.test A",
            "r.test TXT"
        ]
    );
    assert_eq!(codes(&tree), "");
    assert!(
        tree.top
            .children
            .iter()
            .all(|node| node.result == NodeResult::Ok)
    );
}

#[test]
fn an_alias_on_the_way_changes_nothing() {
    let spf: Spf = "v=spf1 include:a.test ~all".parse().unwrap();
    let mut known = Known::new();
    known.insert(
        Question::new("a.test".parse().unwrap(), RecordType::Txt),
        Answer {
            chain: vec!["b.test".parse().unwrap()],
            outcome: Outcome::Records {
                data: vec![Data::Txt(Untrusted::from("v=spf1 ip4:192.0.2.1 -all"))],
                ttl: 1,
            },
        },
    );
    let tree = grow(&"example.com".parse().unwrap(), &spf, &known);
    assert_eq!(codes(&tree), "");
    assert_eq!(
        tree.top.children[0].record.as_deref(),
        Some("v=spf1 ip4:192.0.2.1 -all")
    );
}

/// Records of the RFC 7208 suite that are an error by their text alone are refused; records with another result are read.
#[test]
fn the_rfc_7208_suite_agrees_on_what_can_be_read() {
    let root = std::env::var_os("NOBOUNCE_CORPUS").map_or_else(
        || std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        std::path::PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(root.join("2-spf/rfc7208-tests.json")) else {
        println!("skipped: the RFC 7208 suite is not there (set NOBOUNCE_CORPUS)");
        return;
    };
    let suites: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut compared = 0;
    for suite in &suites {
        for (name, case) in suite["tests"].as_object().unwrap() {
            let Some((_, domain)) = case["mailfrom"].as_str().unwrap().rsplit_once('@') else {
                continue;
            };
            let texts: Vec<Untrusted> = suite["zonedata"][domain]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|record| record["SPF"].as_str())
                .map(|text| {
                    Untrusted::new(text.chars().map(|c| c as u32 as u8).collect::<Vec<u8>>())
                })
                .collect();
            // Errors that only evaluation or other records bring.
            let by_evaluation = [
                "include-permerror",
                "include-none",
                "redirect-none",
                "redirect-loop",
                "include-loop",
                "mx-limit",
                "mech-over-limit",
                "include-over-limit",
                "void-over-limit",
                "invalid-domain-empty-label",
                "invalid-domain-long",
                "invalid-domain-long-via-macro",
                "multitxt1",
                "multispf1",
                "redirect-syntax-error-target",
            ];
            let result = case["result"].as_str().unwrap_or("several results");
            if texts.len() != 1 || by_evaluation.contains(&name.as_str()) {
                continue;
            }
            let picked = select(&"example.com".parse().unwrap(), &texts);
            match result {
                "permerror" => assert!(
                    matches!(picked, Selected::Broken { .. }),
                    "{name}: {picked:?}"
                ),
                "none" | "several results" | "temperror" => continue,
                _ => assert!(matches!(picked, Selected::One(_)), "{name}: {picked:?}"),
            }
            compared += 1;
        }
    }
    assert!(compared > 90, "{compared}");
}
