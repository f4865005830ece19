//! The pages that explain findings: one for each code, whole, readable in 80 columns, in plain words, none a copy.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nobounce::audit;
use nobounce::catalog::explain;
use nobounce::catalog::explain::Block;
use nobounce::catalog::explain::Explanation;
use nobounce::catalog::explain::NotAPage;
use nobounce::catalog::explain::Part;
use nobounce::evidence::bounce;
use nobounce::evidence::message;
use nobounce::records::dkim;
use nobounce::records::dmarc;
use nobounce::records::finding::Code;
use nobounce::records::spf;
use nobounce::records::verdict;

/// Words of the trade. The first time, each stands in brackets behind plain words, or its meaning in brackets behind it.
/// Small letters: any case.
const JARGON: [&str; 28] = [
    "SPF",
    "DKIM",
    "DMARC",
    "TXT",
    "CNAME",
    "MX",
    "NS",
    "SOA",
    "TTL",
    "PTR",
    "NXDOMAIN",
    "NODATA",
    "SERVFAIL",
    "DNSSEC",
    "permerror",
    "temperror",
    "softfail",
    "selector",
    "resolver",
    "base64",
    "wildcard",
    "alignment",
    "aligned",
    "zone",
    "apex",
    "proxied",
    "proxy",
    "enforcement",
];

/// What we do not say: waiting times come from TTLs, and nothing is simple to somebody whose mail bounces.
const NEVER: [&str; 9] = [
    "48 hours",
    "24 hours",
    "propagat",
    "simply",
    "obviously",
    "please",
    "just ",
    "sender domain",
    "root domain",
];

/// The longest title, and the longest line of an example, so that 80 columns hold them.
const TITLE: usize = 72;
const EXAMPLE: usize = 76;
/// Lines of a page in 80 columns: two screens.
const LINES: usize = 46;
/// Of the four-word pieces of the shorter page, at most so many hundredths may be in another page.
const ALIKE: usize = 50;

pub fn codes() -> BTreeSet<&'static str> {
    let lists: [&[Code]; 7] = [
        spf::codes::ALL,
        dkim::codes::ALL,
        dmarc::codes::ALL,
        verdict::codes::ALL,
        audit::codes::ALL,
        bounce::codes::ALL,
        message::codes::ALL,
    ];
    lists.concat().into_iter().map(Code::as_str).collect()
}

fn pages() -> BTreeMap<&'static str, Explanation> {
    explain::codes()
        .map(|code| {
            let text = explain::text(code).unwrap();
            let page = explain::read(text).unwrap_or_else(|wrong| panic!("{code}.md: {wrong}"));
            (code, page)
        })
        .collect()
}

/// Title and sections but the source, without examples and without what is to be typed (in backticks).
fn prose(page: &Explanation) -> String {
    let mut prose = page.title.clone();
    for section in page.sections.iter().filter(|s| s.part != Part::Source) {
        for block in &section.blocks {
            if let Block::Paragraph(text) | Block::Item { text, .. } = block {
                prose.push_str(" \n");
                let outside = text.split('`').step_by(2);
                prose.push_str(&outside.collect::<Vec<_>>().join("``"));
            }
        }
    }
    prose
}

/// Where `word` stands as a whole word, a plural included.
fn first(word: &str, text: &str) -> Option<(usize, usize)> {
    let any_case = word.chars().all(|c| !c.is_uppercase());
    let heard = if any_case {
        text.to_lowercase()
    } else {
        text.to_owned()
    };
    heard.match_indices(word).find_map(|(at, _)| {
        let before = heard[..at].chars().next_back();
        let mut end = at + word.len();
        for plural in ["es", "s"] {
            if heard[end..].starts_with(plural) {
                end += plural.len();
                break;
            }
        }
        let after = heard[end..].chars().next();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        (!is_word(before) && !is_word(after)).then_some((at, end))
    })
}

/// True where the word stands in brackets, or brackets follow it.
fn is_explained((at, end): (usize, usize), text: &str) -> bool {
    let depth = text[..at]
        .matches('(')
        .count()
        .saturating_sub(text[..at].matches(')').count());
    depth > 0 || text[end..].trim_start().starts_with('(')
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes = codes();
    let pages: BTreeSet<&str> = explain::codes().collect();
    let without: Vec<_> = codes.difference(&pages).collect();
    assert!(
        without.is_empty(),
        "write assets/explain/CODE.md for {without:?}"
    );
    let of_nothing: Vec<_> = pages.difference(&codes).collect();
    assert!(
        of_nothing.is_empty(),
        "no finding has these codes: {of_nothing:?}"
    );
}

#[test]
fn every_page_on_disk_is_embedded() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/explain");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let code = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let on_disk = std::fs::read_to_string(&path).unwrap();
        assert_eq!(path.extension().unwrap(), "md", "{code}");
        assert_eq!(
            explain::text(&code),
            Some(on_disk.as_str()),
            "after changing {code}.md, touch src/catalog/embedded.rs"
        );
    }
}

#[test]
fn every_page_has_its_five_sections_and_fits() {
    for (code, page) in pages() {
        let parts: Vec<Part> = page.sections.iter().map(|section| section.part).collect();
        assert_eq!(parts, Part::ALL, "{code}");
        assert!(
            page.title.chars().count() <= TITLE,
            "{code}: the title is too long"
        );
        assert!(
            !page.title.ends_with('.'),
            "{code}: a title has no full stop"
        );
        let mut lines = 0;
        for section in &page.sections {
            lines += 2;
            for block in &section.blocks {
                match block {
                    Block::Example(rows) => {
                        lines += rows.len() + 1;
                        for row in rows {
                            assert!(row.chars().count() <= EXAMPLE, "{code}: too wide: {row}");
                        }
                    }
                    Block::Paragraph(text) | Block::Item { text, .. } => {
                        lines += text.len().div_ceil(74);
                        for word in text.split(' ') {
                            assert!(word.len() <= 72, "{code}: cannot be wrapped: {word}");
                        }
                    }
                }
            }
        }
        assert!((12..=LINES).contains(&lines), "{code}: {lines} lines");
        for line in explain::text(code).unwrap().lines() {
            assert!(line.chars().count() <= 100, "{code}: a long line: {line}");
            assert!(
                !line.contains("**") && !line.contains("]("),
                "{code}: {line}"
            );
        }
    }
}

#[test]
fn every_page_names_where_it_is_written() {
    for (code, page) in pages() {
        let source = page.sections.last().unwrap().text();
        assert!(source.contains("RFC "), "{code}: {source}");
        assert!(
            !prose(&page).contains("RFC "),
            "{code}: an RFC stands in the last section only"
        );
    }
}

#[test]
fn words_of_the_trade_come_with_their_meaning() {
    for (code, page) in pages() {
        let prose = prose(&page);
        assert_eq!(
            prose.matches('(').count(),
            prose.matches(')').count(),
            "{code}"
        );
        for word in JARGON {
            if let Some(place) = first(word, &prose) {
                let said: String = prose[..place.1].chars().rev().take(60).collect();
                let said: String = said.chars().rev().collect();
                assert!(
                    is_explained(place, &prose),
                    "{code}: what is {word}? ...{said}"
                );
            }
        }
        let lower = prose.to_lowercase();
        for word in NEVER {
            assert!(!lower.contains(word), "{code}: {word}");
        }
    }
}

/// Names of public services that pages may show, since people meet them in their own records.
const PUBLIC: [&str; 4] = [
    "_spf.google.com",
    "servers.mcsv.net",
    "spf.protection.outlook.com",
    "s1.domainkey.u1.wl.sendgrid.net",
];

#[test]
fn examples_use_names_and_addresses_that_belong_to_nobody() {
    for (code, page) in pages() {
        let sections = page.sections.iter().filter(|s| s.part != Part::Source);
        let text: String = sections.map(|section| section.text() + " ").collect();
        let words = text.split(|c: char| c.is_whitespace() || ":=@,;\"`()<>/".contains(c));
        for word in words.map(|word| word.trim_end_matches('.')) {
            if let Ok(address) = word.parse::<std::net::Ipv4Addr>() {
                let octets = address.octets();
                let documentation = matches!(
                    octets,
                    [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _]
                );
                // Examples of addresses of an inside network, and a public resolver.
                let known = matches!(octets, [192, 168, 1, 10] | [10, 0, 0, 5] | [9, 9, 9, 9]);
                assert!(documentation || known, "{code}: {address}");
            }
            if [".com", ".net", ".org"]
                .iter()
                .any(|end| word.ends_with(end))
            {
                let nobody = ["example.com", "example.net", "example.org"]
                    .iter()
                    .any(|end| word == *end || word.ends_with(&format!(".{end}")));
                // The ending alone.
                let ending = word == ".com";
                assert!(nobody || ending || PUBLIC.contains(&word), "{code}: {word}");
            }
        }
    }
}

#[test]
fn no_page_is_a_copy_of_another() {
    let pages = pages();
    let mut said: BTreeMap<String, &str> = BTreeMap::new();
    for (code, page) in &pages {
        let sections = page
            .sections
            .iter()
            .filter(|s| matches!(s.part, Part::Meaning | Part::Weight));
        for text in sections
            .map(|section| section.text())
            .chain([page.title.clone()])
        {
            if let Some(other) = said.insert(text, code) {
                panic!("{code} and {other} say the same");
            }
        }
    }
    let pieces: Vec<(&str, BTreeSet<Vec<String>>)> = pages
        .iter()
        .map(|(code, page)| {
            let text: String = page
                .sections
                .iter()
                .map(|section| section.text() + " ")
                .collect();
            let words: Vec<String> = text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect();
            (*code, words.windows(4).map(<[String]>::to_vec).collect())
        })
        .collect();
    for (number, (code, own)) in pieces.iter().enumerate() {
        for (other, theirs) in &pieces[number + 1..] {
            let both = own.intersection(theirs).count();
            let shorter = own.len().min(theirs.len());
            assert!(
                both * 100 <= shorter * ALIKE,
                "{code} and {other} are alike: {both} of {shorter}"
            );
        }
    }
}

#[test]
fn a_text_that_is_no_page_is_refused_with_the_reason() {
    let whole = "# A title\n\n## What it means\nOne\ntwo.\n\n    as it is\n\n## Why it matters\nThree.\n\n## What to do\n1. Four\n   five.\n2. Six.\n\n\
                 ## How to see that it is mended\nSeven.\n\n## Source\nRFC 7208.\n\n<!-- P6 -->\n";
    let page = explain::read(whole).unwrap();
    assert_eq!(page.title, "A title");
    assert_eq!(
        page.sections[0].blocks,
        [
            Block::Paragraph("One two.".into()),
            Block::Example(vec!["as it is".into()])
        ]
    );
    assert_eq!(page.sections[2].text(), "1. Four five.\n2. Six.");
    assert_eq!(page.sections[4].text(), "RFC 7208.");
    for (broken, reason) in [
        (
            whole.replace("# A title\n", "A title\n"),
            NotAPage::TitleMissing,
        ),
        (whole.replace("# A title", "#  "), NotAPage::TitleMissing),
        (
            whole.replace("One\ntwo.\n\n    as it is\n", ""),
            NotAPage::SectionEmpty(Part::Meaning),
        ),
        (
            whole.replace("## Source\nRFC 7208.\n", ""),
            NotAPage::SectionMissing(Part::Source),
        ),
        (
            whole.replace("## Why it matters", "## Why"),
            NotAPage::OtherHeading {
                expected: Part::Weight,
                found: "Why".into(),
            },
        ),
        (
            whole.replace("## Source\n", "## Source\nx\n\n## More\n"),
            NotAPage::OtherHeading {
                expected: Part::Source,
                found: "More".into(),
            },
        ),
        (
            whole.replace("# A title\n", "# A title\nText.\n"),
            NotAPage::TextBeforeSections("Text.".into()),
        ),
    ] {
        assert_eq!(explain::read(&broken), Err(reason), "{broken}");
    }
    assert_eq!(explain::page("no-such-code"), None);
}

#[test]
fn the_checks_of_words_find_what_they_look_for() {
    for (text, word, holds) in [
        ("The list of allowed senders (SPF) is short", "SPF", true),
        ("SPF (the list of allowed senders)", "SPF", true),
        ("SPF is short", "SPF", false),
        ("a Resolver asks", "resolver", false),
        (
            "many resolvers (servers that ask for others)",
            "resolver",
            true,
        ),
        ("the words (an alias) and CNAME", "CNAME", false),
    ] {
        let place = first(word, text).unwrap();
        assert_eq!(is_explained(place, text), holds, "{text}");
    }
    assert_eq!(first("MX", "MXB and nameMX"), None);
}
