//! SPF records: the grammar, the choice among texts, the findings, the merge.

use std::collections::BTreeSet;

use nobounce::records::name::DomainName;
use nobounce::records::spf::Directive;
use nobounce::records::spf::DomainSpec;
use nobounce::records::spf::Mechanism;
use nobounce::records::spf::Modifier;
use nobounce::records::spf::Prefix;
use nobounce::records::spf::Qualifier;
use nobounce::records::spf::Spf;
use nobounce::records::spf::Term;
use nobounce::records::spf::codes;
use nobounce::records::spf::judge::Selected;
use nobounce::records::spf::judge::judge;
use nobounce::records::spf::judge::same_meaning;
use nobounce::records::spf::judge::select;
use nobounce::records::spf::merge::NeededTerm;
use nobounce::records::spf::merge::Origin;
use nobounce::records::spf::merge::merge;
use nobounce::records::untrusted::Untrusted;
use proptest::prelude::*;

fn owner() -> DomainName {
    "example.com".parse().unwrap()
}

/// What is read is printed in this form.
const READ: [(&str, &str); 34] = [
    ("v=spf1", "v=spf1"),
    ("V=SPF1", "v=spf1"),
    ("v=spf1 ", "v=spf1"),
    ("v=spf1  -all  ", "v=spf1 -all"),
    ("v=spf1 +ALL", "v=spf1 all"),
    ("v=spf1 A MX PTR", "v=spf1 a mx ptr"),
    ("v=spf1 a/24", "v=spf1 a/24"),
    ("v=spf1 a//64", "v=spf1 a//64"),
    ("v=spf1 a/24//64", "v=spf1 a/24//64"),
    ("v=spf1 a/32//128", "v=spf1 a"),
    ("v=spf1 a/0", "v=spf1 a/0"),
    (
        "v=spf1 mx:Example.COM/24//64",
        "v=spf1 mx:Example.COM/24//64",
    ),
    ("v=spf1 a:a/b.example.com", "v=spf1 a:a/b.example.com"),
    (
        "v=spf1 a:foo:bar/baz.example.com",
        "v=spf1 a:foo:bar/baz.example.com",
    ),
    ("v=spf1 a:example.com.", "v=spf1 a:example.com."),
    ("v=spf1 a:example.xn--zckzah", "v=spf1 a:example.xn--zckzah"),
    ("v=spf1 a:a.b2b", "v=spf1 a:a.b2b"),
    (
        "v=spf1 INCLUDE:_spf.example.com",
        "v=spf1 include:_spf.example.com",
    ),
    ("v=spf1 ip4:192.0.2.1/32", "v=spf1 ip4:192.0.2.1"),
    ("v=spf1 ip4:192.0.2.0/24", "v=spf1 ip4:192.0.2.0/24"),
    ("v=spf1 ip6:2001:DB8::/32", "v=spf1 ip6:2001:db8::/32"),
    ("v=spf1 ip6:::1.1.1.1", "v=spf1 ip6:::101:101"),
    (
        "v=spf1 exists:%{ir}.%{v}._spf.%{d2}",
        "v=spf1 exists:%{ir}.%{v}._spf.%{d2}",
    ),
    ("v=spf1 exists:%{L1r+-}.%{o}", "v=spf1 exists:%{L1r+-}.%{o}"),
    ("v=spf1 a:%{d}/24", "v=spf1 a:%{d}/24"),
    ("v=spf1 a:x%%y.example.com", "v=spf1 a:x%%y.example.com"),
    ("v=spf1 include:%{d}%_", "v=spf1 include:%{d}%_"),
    ("v=spf1 redirect=example.com", "v=spf1 redirect=example.com"),
    ("v=spf1 Redirect=example.com", "v=spf1 redirect=example.com"),
    (
        "v=spf1 exp=e.example.com -all",
        "v=spf1 exp=e.example.com -all",
    ),
    (
        "v=spf1 moo.cow-far_out=man:dog/cat ~all",
        "v=spf1 moo.cow-far_out=man:dog/cat ~all",
    ),
    ("v=spf1 default=", "v=spf1 default="),
    ("v=spf1 ra=%{t}", "v=spf1 ra=%{t}"),
    (
        "v=spf1 ?include:a.example ~mx -all",
        "v=spf1 ?include:a.example ~mx -all",
    ),
];

/// What is refused, at which character (counted from 1), and what was expected there.
const REFUSED: [(&str, &str); 60] = [
    ("", "at character 1: expected v=spf1 at the very start"),
    (
        " v=spf1",
        "at character 1: expected v=spf1 at the very start",
    ),
    (
        "v=spf2 -all",
        "at character 1: expected v=spf1 at the very start",
    ),
    ("v=spf10", "at character 7: expected a space after v=spf1"),
    ("v=spf1;", "at character 7: expected a space after v=spf1"),
    (
        "v=spf1\t-all",
        "at character 7: expected a space after v=spf1",
    ),
    (
        "v=spf1 inlcude:x",
        "at character 8: expected a known term; include: may be meant",
    ),
    (
        "v=spf1 includes:x.com",
        "at character 8: expected a known term; include: may be meant",
    ),
    (
        "v=spf1 ipv4:192.0.2.1",
        "at character 8: expected a known term; ip4: may be meant",
    ),
    (
        "v=spf1 redirect:a.com",
        "at character 8: expected a known term; redirect= may be meant",
    ),
    (
        "v=spf1 -al",
        "at character 9: expected a known term; all may be meant",
    ),
    (
        "v=spf1 -all.",
        "at character 9: expected a known term; all may be meant",
    ),
    (
        "v=spf1 192.0.2.1",
        "at character 8: expected a known term; for an address write ip4: in front",
    ),
    (
        "v=spf1 mail.example.com",
        "at character 8: expected a known term; for a name write include: or a: in front",
    ),
    (
        "v=spf1 ~all\"",
        "at character 9: expected a known term without quotation marks",
    ),
    (
        "v=spf1 moo",
        "at character 8: expected a known term, such as include:, ip4:, a, mx or all",
    ),
    (
        "v=spf1 -",
        "at character 9: expected a known term, such as include:, ip4:, a, mx or all",
    ),
    (
        "v=spf1 =all",
        "at character 8: expected a known term, such as include:, ip4:, a, mx or all",
    ),
    (
        "v=spf1 1up=foo",
        "at character 8: expected a known term, such as include:, ip4:, a, mx or all",
    ),
    (
        "v=spf1 -all:foo",
        "at character 12: expected a space or the end after all",
    ),
    (
        "v=spf1 -all/8",
        "at character 12: expected a space or the end after all",
    ),
    (
        "v=spf1 include",
        "at character 15: expected a colon and a domain name, as in include:example.com",
    ),
    (
        "v=spf1 include: -all",
        "at character 16: expected a domain name, as in include:example.com",
    ),
    (
        "v=spf1 include:192.0.2.1",
        "at character 16: expected a domain name; for an address write ip4:",
    ),
    (
        "v=spf1 include:example",
        "at character 16: expected a full domain name with a dot, such as example.com",
    ),
    (
        "v=spf1 include:ip5.example.com/24",
        "at character 28: expected the last part of a domain name, such as com (letters, digits and hyphens)",
    ),
    (
        "v=spf1 a:example.com:8080",
        "at character 18: expected the last part of a domain name, such as com (letters, digits and hyphens)",
    ),
    (
        "v=spf1 a:abc.123",
        "at character 14: expected the last part of a domain name, such as com (letters, digits and hyphens)",
    ),
    (
        "v=spf1 a:example.-com",
        "at character 18: expected the last part of a domain name, such as com (letters, digits and hyphens)",
    ),
    (
        "v=spf1 a:museum.",
        "at character 10: expected a full domain name with a dot, such as example.com",
    ),
    ("v=spf1 a:", "at character 10: expected a domain name"),
    (
        "v=spf1 a/",
        "at character 9: expected a length in bits, as in /24, or a colon and a domain name",
    ),
    (
        "v=spf1 a/33",
        "at character 10: expected a length in bits from 0 to 32",
    ),
    (
        "v=spf1 a/024",
        "at character 10: expected a length in bits from 0 to 32",
    ),
    (
        "v=spf1 a//129",
        "at character 11: expected a length in bits from 0 to 128",
    ),
    (
        "v=spf1 a/24/64",
        "at character 13: expected a length in bits from 0 to 32",
    ),
    (
        "v=spf1 ptr/0",
        "at character 11: expected a colon and a domain name, as in ptr:example.com",
    ),
    (
        "v=spf1 ptr:",
        "at character 12: expected a domain name, as in ptr:example.com",
    ),
    (
        "v=spf1 exists",
        "at character 14: expected a colon and a domain name, as in exists:example.com",
    ),
    (
        "v=spf1 exists:mail.example.com/24",
        "at character 28: expected the last part of a domain name, such as com (letters, digits and hyphens)",
    ),
    (
        "v=spf1 ip4",
        "at character 11: expected a colon and an address, as in ip4:192.0.2.1",
    ),
    (
        "v=spf1 ip4:1.2.3",
        "at character 12: expected an IPv4 address of four numbers",
    ),
    (
        "v=spf1 ip4:mail.example.com",
        "at character 12: expected an IPv4 address of four numbers; for a name write a:",
    ),
    (
        "v=spf1 ip4:2001:db8::1",
        "at character 12: expected an IPv4 address of four numbers; this one is IPv6, write ip6:",
    ),
    (
        "v=spf1 ip4:1.2.3.4/33",
        "at character 20: expected a length in bits from 0 to 32",
    ),
    (
        "v=spf1 ip4:1.2.3.4/032",
        "at character 20: expected a length in bits from 0 to 32",
    ),
    (
        "v=spf1 ip4:1.2.3.4//32",
        "at character 20: expected a length in bits from 0 to 32",
    ),
    (
        "v=spf1 ip4:1.2.3.4:8080",
        "at character 12: expected an IPv4 address of four numbers",
    ),
    (
        "v=spf1 ip6::CAFE::BABE",
        "at character 12: expected an IPv6 address",
    ),
    (
        "v=spf1 ip6:192.0.2.1",
        "at character 12: expected an IPv6 address; this one is IPv4, write ip4:",
    ),
    (
        "v=spf1 ip6:::1/129",
        "at character 16: expected a length in bits from 0 to 128",
    ),
    (
        "v=spf1 exists:%{",
        "at character 15: expected a closing } after %{",
    ),
    (
        "v=spf1 exists:%(ir).example.com",
        "at character 16: expected one of { % _ - after the percent sign (a macro such as %{i})",
    ),
    (
        "v=spf1 a:%{a}.example.com",
        "at character 12: expected one of the macro letters s l o d i p h v",
    ),
    (
        "v=spf1 exists:%{d0}",
        "at character 18: expected a number of parts of 1 or more",
    ),
    (
        "v=spf1 exp=%{r}.example.com",
        "at character 14: expected one of the macro letters s l o d i p h v",
    ),
    (
        "v=spf1 -all foo=%abc",
        "at character 18: expected one of { % _ - after the percent sign (a macro such as %{i})",
    ),
    (
        "v=spf1 redirect=a.com redirect=a.com",
        "at character 23: expected only one redirect= in the record",
    ),
    (
        "v=spf1 exp=a.com -all exp=b.com",
        "at character 23: expected only one exp= in the record",
    ),
    (
        "v=spf1 a:ex\u{e4}mple.com",
        "at character 12: expected a plain character (a letter, digit or sign of an English keyboard)",
    ),
];

#[test]
fn records_are_read_and_printed() {
    for (text, printed) in READ {
        let spf: Spf = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(spf.to_string(), printed, "{text}");
        assert_eq!(printed.parse::<Spf>().as_ref(), Ok(&spf), "{text}");
    }
}

#[test]
fn errors_say_where_and_what_was_expected() {
    for (text, said) in REFUSED {
        match text.parse::<Spf>() {
            Ok(spf) => panic!("{text} was read as {spf}"),
            Err(wrong) => assert_eq!(wrong.to_string(), said, "{text}"),
        }
    }
}

fn spec() -> impl Strategy<Value = DomainSpec> {
    prop_oneof![
        "[a-zA-Z0-9_!:/-]{1,8}(\\.[a-z0-9]{1,5}){0,2}\\.[a-z]{2,6}\\.?",
        "%\\{[slodipvhSLODIPVH]([1-9][0-9]?)?r?[-.+,/_=]{0,2}\\}\\.[a-z]{2,6}",
        "[a-z]{1,4}(%%|%_|%-)?\\.%\\{d\\}",
    ]
    .prop_map(DomainSpec)
}

fn mechanism() -> impl Strategy<Value = Mechanism> {
    let prefix = || (0..=32u8, 0..=128u8).prop_map(|(ip4, ip6)| Prefix { ip4, ip6 });
    prop_oneof![
        Just(Mechanism::All),
        spec().prop_map(Mechanism::Include),
        spec().prop_map(Mechanism::Exists),
        proptest::option::of(spec()).prop_map(Mechanism::Ptr),
        (proptest::option::of(spec()), prefix())
            .prop_map(|(domain, prefix)| Mechanism::A { domain, prefix }),
        (proptest::option::of(spec()), prefix())
            .prop_map(|(domain, prefix)| Mechanism::Mx { domain, prefix }),
        (any::<u32>(), 0..=32u8).prop_map(|(bits, length)| Mechanism::Ip4 {
            address: bits.into(),
            length
        }),
        (any::<u128>(), 0..=128u8).prop_map(|(bits, length)| Mechanism::Ip6 {
            address: bits.into(),
            length
        }),
    ]
}

fn record() -> impl Strategy<Value = Spf> {
    let qualifier = prop_oneof![
        Just(Qualifier::Pass),
        Just(Qualifier::Neutral),
        Just(Qualifier::SoftFail),
        Just(Qualifier::Fail),
    ];
    let directive = (qualifier, mechanism()).prop_map(|(qualifier, mechanism)| {
        Term::Directive(Directive {
            qualifier,
            mechanism,
        })
    });
    let unknown = (
        "x[a-z0-9_.-]{0,5}",
        "[a-z:/!,]{0,8}(%%|%\\{[slodipvhcrt]\\})?",
    )
        .prop_map(|(name, value)| Term::Modifier(Modifier::Unknown { name, value }));
    (
        proptest::collection::vec(prop_oneof![4 => directive, 1 => unknown], 0..12),
        proptest::option::of(spec()),
        proptest::option::of(spec()),
    )
        .prop_map(|(mut terms, redirect, exp)| {
            terms.extend(redirect.map(|d| Term::Modifier(Modifier::Redirect(d))));
            terms.extend(exp.map(|d| Term::Modifier(Modifier::Explanation(d))));
            Spf { terms }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_back(spf in record()) {
        prop_assert_eq!(spf.to_string().parse::<Spf>(), Ok(spf));
    }

    #[test]
    fn no_text_makes_the_reader_stumble(text in "(v=spf1 )?\\PC{0,60}") {
        if let Ok(spf) = text.parse::<Spf>() {
            prop_assert_eq!(spf.to_string().parse::<Spf>(), Ok(spf));
        }
        let _ = select(&owner(), &[Untrusted::from(text.as_str())]);
    }

    #[test]
    fn a_merge_gives_one_record_that_is_read_back(spf in record(), add in proptest::collection::vec(mechanism(), 0..4)) {
        let needed: Vec<NeededTerm> = add
            .into_iter()
            .filter(|mechanism| *mechanism != Mechanism::All)
            .map(|mechanism| NeededTerm {
                term: Directive { qualifier: Qualifier::Pass, mechanism },
                by: "x".to_owned(),
            })
            .collect();
        let merged = merge(Some(&spf), &needed, &BTreeSet::new(), Qualifier::SoftFail);
        let text = merged.spf.to_string();
        prop_assert_eq!(text.parse::<Spf>(), Ok(merged.spf.clone()));
        let again = merge(Some(&merged.spf), &needed, &BTreeSet::new(), Qualifier::SoftFail);
        prop_assert_eq!(&again.spf, &merged.spf);
        for need in &needed {
            prop_assert!(merged.spf.directives().any(|d| d.qualifier == Qualifier::Pass
                && d.mechanism.folded() == need.term.mechanism.folded()));
        }
        let mut seen = BTreeSet::new();
        for directive in merged.spf.directives() {
            prop_assert!(seen.insert(directive.mechanism.folded().to_string()));
        }
    }
}

/// Texts at a name, and what is picked: `one`, `absent`, `several`, or the codes of what is broken.
const PICKED: [(&[&str], &str); 26] = [
    (&[], "absent"),
    (&["google-site-verification=x"], "absent"),
    (&["spf2.0/pra -all"], "absent"),
    (&["v=DMARC1; p=none"], "absent"),
    (&["v=spf1 -all"], "one"),
    (&["V=SPF1 -ALL", "hello"], "one"),
    (&["v=spf1"], "one"),
    (&["v=spf1 -all", "\"v=spf1 ~all\""], "one"),
    (&["v=spf1 -all", "v=spf1 -all"], "several"),
    (&["v=spf1 -all", "v=spf1 moo"], "several"),
    (&["v=spf1 moo"], "spf-syntax-error"),
    (&[" v=spf1 -all"], "spf-space-in-front"),
    (&["\"v=spf1 -all\""], "spf-quotes-kept"),
    (&["'v=spf1 -all'"], "spf-quotes-kept"),
    (
        &["\\\"v=spf1 -all\\\""],
        "spf-quotes-kept spf-backslash-kept",
    ),
    (
        &["v=spf1 a:x.com\\ -all"],
        "spf-backslash-kept spf-syntax-error",
    ),
    (&["v=spf1 -all\""], "spf-quotes-kept spf-syntax-error"),
    (&["\u{201c}v=spf1 -all\u{201d}"], "spf-curly-quotes"),
    (&["\u{feff}v=spf1 -all"], "spf-not-ascii"),
    (&["v=spf1\u{a0}-all"], "spf-not-ascii"),
    (
        &["v=spf1 include:a.com \u{2013}all"],
        "spf-not-ascii spf-syntax-error",
    ),
    (&["v=spf1; -all"], "spf-version-wrong"),
    (&["spf1 -all"], "spf-version-wrong"),
    (&["v=spf -all"], "spf-version-wrong"),
    (
        &["v=spf1 include:192.0.2.1 -all"],
        "spf-include-of-address spf-syntax-error",
    ),
    (
        &["v=spf1 ip4:192.0.2.5\n -all"],
        "spf-control-character spf-syntax-error",
    ),
];

#[test]
fn one_record_is_picked() {
    for (texts, picked) in PICKED {
        let texts: Vec<Untrusted> = texts.iter().map(|text| Untrusted::from(*text)).collect();
        let said = match select(&owner(), &texts) {
            Selected::Absent => "absent".to_owned(),
            Selected::One(_) => "one".to_owned(),
            Selected::Several(_) => "several".to_owned(),
            Selected::Broken { findings, .. } => {
                for finding in &findings {
                    assert!(finding.message.is_ascii(), "{}", finding.message);
                }
                let codes: Vec<&str> = findings.iter().map(|f| f.code.as_str()).collect();
                codes.join(" ")
            }
        };
        assert_eq!(said, picked, "{texts:?}");
    }
}

/// Records and the codes of what is found.
const FOUND: [(&str, &str); 25] = [
    ("v=spf1 include:a.com ~all", ""),
    ("v=spf1 redirect=a.com", ""),
    ("v=spf1 include:a.com", "spf-all-missing"),
    ("v=spf1", "spf-all-missing"),
    ("v=spf1 mx +all", "spf-plus-all"),
    ("v=spf1 mx all", "spf-plus-all"),
    ("v=spf1 mx ?all", "spf-neutral-all"),
    ("v=spf1 mx -all", "spf-minus-all"),
    ("v=spf1 -all", "spf-no-senders"),
    ("v=spf1 mx ~all include:a.com", "spf-terms-after-all"),
    ("v=spf1 mx ~all -all", "spf-terms-after-all"),
    ("v=spf1 mx ~all redirect=a.com", "spf-redirect-ignored"),
    ("v=spf1 ptr ~all", "spf-ptr"),
    (
        "v=spf1 include:a.com include:A.com. ~all",
        "spf-duplicate-term",
    ),
    (
        "v=spf1 ip4:192.0.2.1/24 ip4:192.0.2.0/24 ~all",
        "spf-duplicate-term",
    ),
    ("v=spf1 include=a.com ~all", "spf-equals-for-colon"),
    ("v=spf1 ip4:10.0.0.1 ~all", "spf-private-address"),
    (
        "v=spf1 ip4:100.64.0.1 ip4:169.254.1.1 ~all",
        "spf-private-address spf-private-address",
    ),
    ("v=spf1 ip6:fd00::1 ~all", "spf-private-address"),
    ("v=spf1 ip4:0.0.0.0/0 ~all", "spf-range-too-wide"),
    ("v=spf1 ip4:12.0.0.0/8 ~all", "spf-range-too-wide"),
    ("v=spf1 ip4:12.0.0.0/9 ~all", ""),
    (
        "v=spf1 a/0 mx//0 ~all",
        "spf-range-too-wide spf-range-too-wide",
    ),
    ("v=spf1 exists:%{i}.a.com ~all", "spf-macros"),
    ("v=spf1 foo=bar ~all", ""),
];

#[test]
fn findings_about_a_record() {
    for (text, codes) in FOUND {
        let spf: Spf = text.parse().unwrap();
        let said: Vec<&str> = judge(&owner(), &spf)
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(said.join(" "), codes, "{text}");
    }
}

#[test]
fn d46_long_records_are_read_and_remarked() {
    for length in [451, 600, 4_000] {
        let mut text = String::from("v=spf1");
        let mut number = 0;
        while text.len() < length {
            text.push_str(&format!(" ip4:192.{}.{}.1", number / 256, number % 256));
            number += 1;
        }
        text.push_str(" ~all");
        let spf: Spf = text.parse().unwrap();
        let codes: Vec<&str> = judge(&owner(), &spf)
            .iter()
            .map(|finding| finding.code.as_str())
            .filter(|code| *code != codes::PRIVATE_ADDRESS.as_str())
            .collect();
        assert_eq!(codes, ["spf-record-long"], "{length}");
    }
}

#[test]
fn every_code_is_listed_once() {
    let all: BTreeSet<&str> = codes::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(all.len(), codes::ALL.len());
}

/// Pairs of records that mean the same, or do not.
const MEANING: [(&str, &str, bool); 12] = [
    ("v=spf1 a mx ~all", "v=spf1 mx a ~all", true),
    (
        "v=spf1 include:A.com ~all",
        "V=SPF1 +include:a.com. ~ALL",
        true,
    ),
    (
        "v=spf1 ip4:192.0.2.9/24 ~all",
        "v=spf1 ip4:192.0.2.0/24 ~all",
        true,
    ),
    ("v=spf1 a ~all", "v=spf1 a -all", false),
    ("v=spf1 a ~all", "v=spf1 a", false),
    ("v=spf1 a mx ~all", "v=spf1 a ~all", false),
    ("v=spf1 a ~all", "v=spf1 a ~all mx", true),
    ("v=spf1 -a mx ~all", "v=spf1 mx -a ~all", false),
    ("v=spf1 a ~all redirect=b.com", "v=spf1 a ~all", true),
    ("v=spf1 a redirect=b.com", "v=spf1 a redirect=B.com", true),
    ("v=spf1 a redirect=b.com", "v=spf1 a redirect=c.com", false),
    ("v=spf1 a x=1 ~all", "v=spf1 a ~all", true),
];

#[test]
fn meaning_is_compared_and_not_text() {
    for (left, right, same) in MEANING {
        let (a, b): (Spf, Spf) = (left.parse().unwrap(), right.parse().unwrap());
        assert_eq!(same_meaning(&a, &b), same, "{left} / {right}");
        assert_eq!(same_meaning(&b, &a), same, "{right} / {left}");
    }
}

struct MergeCase {
    existing: Option<&'static str>,
    needed: &'static [&'static str],
    dropped: &'static [&'static str],
    merged: &'static str,
    /// `=` kept, `+` added, `-` dropped.
    rows: &'static str,
}

const MERGES: [MergeCase; 18] = [
    MergeCase {
        existing: None,
        needed: &["include:a.com"],
        dropped: &[],
        merged: "v=spf1 include:a.com ~all",
        rows: "+include:a.com +~all",
    },
    MergeCase {
        existing: None,
        needed: &[],
        dropped: &[],
        merged: "v=spf1 ~all",
        rows: "+~all",
    },
    MergeCase {
        existing: Some("v=spf1 mx a -all"),
        needed: &["include:a.com"],
        dropped: &[],
        merged: "v=spf1 mx a include:a.com -all",
        rows: "=mx =a +include:a.com =-all",
    },
    MergeCase {
        existing: Some("v=spf1 mx ?all"),
        needed: &[],
        dropped: &[],
        merged: "v=spf1 mx ~all",
        rows: "=mx +~all -?all",
    },
    MergeCase {
        existing: Some("v=spf1 mx +all"),
        needed: &[],
        dropped: &[],
        merged: "v=spf1 mx ~all",
        rows: "=mx +~all -all",
    },
    MergeCase {
        existing: Some("v=spf1 mx"),
        needed: &[],
        dropped: &[],
        merged: "v=spf1 mx ~all",
        rows: "=mx +~all",
    },
    MergeCase {
        existing: Some("v=spf1 include:A.com ~all"),
        needed: &["include:a.com"],
        dropped: &[],
        merged: "v=spf1 include:A.com ~all",
        rows: "=include:A.com =~all",
    },
    MergeCase {
        existing: Some("v=spf1 mx mx ~all"),
        needed: &["mx"],
        dropped: &[],
        merged: "v=spf1 mx ~all",
        rows: "=mx =~all -mx",
    },
    MergeCase {
        existing: Some("v=spf1 include:old.com mx ~all"),
        needed: &["include:a.com"],
        dropped: &["include:OLD.com"],
        merged: "v=spf1 mx include:a.com ~all",
        rows: "=mx +include:a.com =~all -include:old.com",
    },
    MergeCase {
        existing: Some("v=spf1 include:a.com ~all"),
        needed: &["include:a.com"],
        dropped: &["include:a.com"],
        merged: "v=spf1 include:a.com ~all",
        rows: "=include:a.com =~all",
    },
    MergeCase {
        existing: Some("v=spf1 ?include:a.com ~all"),
        needed: &["include:a.com"],
        dropped: &[],
        merged: "v=spf1 include:a.com ~all",
        rows: "+include:a.com =~all -?include:a.com",
    },
    MergeCase {
        existing: Some("v=spf1 redirect=r.com"),
        needed: &["include:a.com"],
        dropped: &[],
        merged: "v=spf1 include:a.com include:r.com ~all",
        rows: "+include:a.com +include:r.com +~all -redirect=r.com",
    },
    MergeCase {
        existing: Some("v=spf1 redirect=r.com"),
        needed: &[],
        dropped: &[],
        merged: "v=spf1 redirect=r.com",
        rows: "=redirect=r.com",
    },
    MergeCase {
        existing: Some("v=spf1 mx ~all redirect=r.com"),
        needed: &[],
        dropped: &[],
        merged: "v=spf1 mx ~all",
        rows: "=mx =~all -redirect=r.com",
    },
    MergeCase {
        existing: Some("v=spf1 exp=e.com mx foo=bar ~all"),
        needed: &["a"],
        dropped: &[],
        merged: "v=spf1 mx a ~all exp=e.com foo=bar",
        rows: "=mx +a =~all =exp=e.com =foo=bar",
    },
    MergeCase {
        existing: Some("v=spf1 mx ~all include:a.com"),
        needed: &[],
        dropped: &[],
        merged: "v=spf1 mx include:a.com ~all",
        rows: "=mx =include:a.com =~all",
    },
    MergeCase {
        existing: Some("v=spf1 mx redirect=r.com"),
        needed: &[],
        dropped: &["redirect=r.com"],
        merged: "v=spf1 mx ~all",
        rows: "=mx +~all -redirect=r.com",
    },
    MergeCase {
        existing: None,
        needed: &["include:a.com", "include:A.com", "include:b.com"],
        dropped: &[],
        merged: "v=spf1 include:a.com include:b.com ~all",
        rows: "+include:a.com +include:b.com +~all",
    },
];

#[test]
fn one_record_from_what_exists_and_what_is_needed() {
    for case in MERGES {
        let existing: Option<Spf> = case.existing.map(|text| text.parse().unwrap());
        let needed: Vec<NeededTerm> = case
            .needed
            .iter()
            .map(|term| NeededTerm {
                term: term.parse().unwrap(),
                by: "A service".to_owned(),
            })
            .collect();
        let dropped: BTreeSet<String> = case.dropped.iter().map(|s| (*s).to_owned()).collect();
        let merged = merge(existing.as_ref(), &needed, &dropped, Qualifier::SoftFail);
        assert_eq!(merged.spf.to_string(), case.merged);
        let rows: Vec<String> = merged
            .rows
            .iter()
            .map(|row| {
                let sign = match row.origin {
                    Origin::Kept => "=",
                    Origin::Added { .. } => "+",
                    Origin::Dropped => "-",
                };
                format!("{sign}{}", row.term)
            })
            .collect();
        assert_eq!(rows.join(" "), case.rows, "{:?}", case.existing);
    }
}
