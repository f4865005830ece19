//! Terms that do nothing, and what would bring a record under the limit.

use nobounce::records::finding::Severity;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::spf::Spf;
use nobounce::records::spf::known::Known;
use nobounce::records::spf::savings::Saving;
use nobounce::records::spf::savings::enough;
use nobounce::records::spf::savings::savings;
use nobounce::records::spf::tree::Node;
use nobounce::records::spf::tree::grow;
use nobounce::records::spf::waste::waste;
use nobounce::records::untrusted::Untrusted;

fn owner() -> DomainName {
    "example.com".parse().unwrap()
}

/// The tree of a record; `name v=spf1 ...` a line for the records that it names, all else has an address but for names with `void`.
fn tree(record: &str, others: &str) -> (Spf, Node) {
    let spf: Spf = record.parse().unwrap();
    let mut known = Known::new();
    loop {
        let tree = grow(&owner(), &spf, &known);
        if tree.wanted.is_empty() {
            return (spf, tree.top);
        }
        for question in tree.wanted {
            let answer = answer(&question, others);
            known.insert(question, answer);
        }
    }
}

fn answer(question: &Question, others: &str) -> Answer {
    let name = question.owner.to_string();
    let data = match question.record_type {
        RecordType::Txt => others.lines().find_map(|line| {
            let (of, text) = line.trim().split_once(' ')?;
            (of == name).then(|| Data::Txt(Untrusted::from(text)))
        }),
        _ if name.contains("void") => None,
        RecordType::A => Some(Data::A("192.0.2.1".parse().unwrap())),
        RecordType::Mx => Some(Data::Mx {
            preference: 10,
            exchange: question.owner.clone(),
        }),
        _ => None,
    };
    Answer::direct(match data {
        Some(data) => Outcome::Records {
            data: vec![data],
            ttl: 300,
        },
        None => Outcome::NoName { ttl: Some(60) },
    })
}

/// `code: terms` a line.
fn wasted(record: &str, others: &str) -> Vec<String> {
    let (spf, top) = tree(record, others);
    let findings = waste(&owner(), &spf, &top);
    assert!(findings.iter().all(|f| f.severity == Severity::Warning));
    findings
        .iter()
        .map(|finding| {
            let (_, terms) = finding.message.split_once(": ").unwrap();
            format!("{}: {terms}", finding.code)
        })
        .collect()
}

#[test]
fn terms_that_do_nothing_are_named() {
    let others = "
        one.test v=spf1 include:two.test ~all
        two.test v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 ~all
        back.test v=spf1 include:forth.test ~all
        forth.test v=spf1 ip4:203.0.113.1 ~all
        minus.test v=spf1 -include:two.test ~all";
    for (record, found) in [
        ("v=spf1 a mx include:one.test ~all", &[][..]),
        (
            "v=spf1 a:void.test mx:void2.test exists:%{i}.void.test exists:void3.test ~all",
            &["spf-term-finds-nothing: a:void.test, mx:void2.test, exists:void3.test."],
        ),
        (
            "v=spf1 include:two.test include:one.test ~all",
            &["spf-include-twice: include:two.test (brought by include:one.test as well)."],
        ),
        (
            "v=spf1 include:one.test include:two.test ~all",
            &["spf-include-twice: include:two.test (brought by include:one.test as well)."],
        ),
        // The same term twice is told of the record by itself.
        ("v=spf1 include:two.test include:two.test ~all", &[]),
        // A list that is taken in with another sign lets nothing pass.
        ("v=spf1 include:two.test include:minus.test ~all", &[]),
        ("v=spf1 include:two.test -include:one.test ~all", &[]),
        (
            "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.7 ip4:192.0.3.7 ip6:2001:db8:1::1 include:one.test ~all",
            &[
                "spf-term-covered: ip4:192.0.2.7 (in ip4:192.0.2.0/24), ip6:2001:db8:1::1 (in ip6:2001:db8::/32 of two.test).",
            ],
        ),
        // Behind another sign the order counts.
        ("v=spf1 -ip4:192.0.2.0/24 ip4:192.0.2.7 ~all", &[]),
        (
            "v=spf1 ip4:192.0.2.7 -ip4:192.0.2.8 ip4:192.0.2.0/24 ~all",
            &[],
        ),
    ] {
        assert_eq!(wasted(record, others), found, "{record}");
    }
}

fn saved(record: &str, others: &str) -> (Vec<Saving>, Option<usize>) {
    let (_, top) = tree(record, others);
    let list = savings(&owner(), &top);
    let enough = enough(&top, &list);
    (list, enough)
}

#[test]
fn a_record_within_the_limit_needs_no_advice() {
    assert_eq!(saved("v=spf1 a mx ~all", ""), (Vec::new(), None));
}

#[test]
fn what_costs_nothing_comes_first_and_flattening_last() {
    let others = "
        big.test v=spf1 a:1.test a:2.test a:3.test a:4.test ~all
        small.test v=spf1 a:5.test ~all";
    let record = "v=spf1 include:small.test mx ptr include:big.test a:void.test include:gone.test include:big.test ~all";
    let (list, enough) = saved(record, others);
    let named: Vec<(&str, u32, bool)> = list
        .iter()
        .map(|saving| (saving.term.as_str(), saving.saves, saving.is_last_resort))
        .collect();
    assert_eq!(
        named,
        [
            ("include:gone.test", 1, false),
            ("a:void.test", 1, false),
            ("include:big.test", 5, false),
            ("ptr", 1, false),
            ("mx", 1, false),
            ("include:big.test", 5, false),
            ("include:small.test", 2, false),
            ("include:big.test", 5, true),
        ]
    );
    // 16 look-ups: 1 + 1 + 5 less.
    assert_eq!(enough, Some(3));
    assert!(list[0].price.is_empty());
    let last = list.last().unwrap();
    assert!(last.change.contains("flattening"));
    assert!(last.price.contains("your mail fails"));
}

/// What is not enough is not called enough: the last resort does not count.
#[test]
fn nothing_is_promised_that_does_not_hold() {
    let terms: Vec<String> = (0..11).map(|at| format!("exists:e{at}.test")).collect();
    let (list, enough) = saved(&format!("v=spf1 {} ~all", terms.join(" ")), "");
    assert_eq!((list.len(), enough), (0, None));
}
