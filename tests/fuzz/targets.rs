//! What is done with hostile bytes: one function for each reader of the records, run by the fuzzers and by the plain tests.
//!
//! A function panics where a law is broken: what is printed reads back as the same, what reaches people is harmless, and whatever is grown
//! from a text has a bound.

use nobounce::dns;
use nobounce::evidence::bounds;
use nobounce::evidence::summary::Summary;
use nobounce::evidence::unpack::Contents;
use nobounce::evidence::unpack::Unpacker;
use nobounce::plan::paste;
use nobounce::records::dkim;
use nobounce::records::dkim::DkimKey;
use nobounce::records::dkim::Selector;
use nobounce::records::dmarc;
use nobounce::records::dmarc::Dmarc;
use nobounce::records::dmarc::ReportUri;
use nobounce::records::dmarc::discovery;
use nobounce::records::finding::Finding;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::spf;
use nobounce::records::spf::DomainSpec;
use nobounce::records::spf::Spf;
use nobounce::records::spf::macros::MacroScope;
use nobounce::records::spf::macros::Piece;
use nobounce::records::tags;
use nobounce::records::typed;
use nobounce::records::untrusted::Untrusted;
use nobounce::records::verdict::found;
use nobounce::records::verdict::state::Kind;

/// A target: its name, and what it does with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by the name of its fuzzer and its folder of seeds.
pub const TARGETS: [Target; 12] = [
    ("spf", spf),
    ("macros", macros),
    ("dkim", dkim),
    ("der", der),
    ("dmarc", dmarc),
    ("tag_list", tag_list),
    ("name", name),
    ("typed_domain", typed_domain),
    ("message", message),
    ("pasted", pasted),
    ("report", report),
    ("packed", packed),
];

fn domain(text: &str) -> DomainName {
    text.parse().unwrap()
}

/// What people are told holds no character that could harm a terminal.
fn harmless<'f>(findings: impl IntoIterator<Item = &'f Finding>) {
    for finding in findings {
        for text in [&finding.message, &finding.remedy] {
            assert!(
                text.bytes().all(|b| matches!(b, b' '..=b'~')),
                "{finding:?}"
            );
        }
        assert!(!finding.message.is_empty() && finding.message.len() < 20_000);
    }
}

/// The strings of one name: lines of the input, so that several records are tried too.
fn texts(bytes: &[u8]) -> Vec<Untrusted> {
    let mut all = vec![Untrusted::new(bytes)];
    if bytes.contains(&b'\n') {
        all.extend(bytes.split(|b| *b == b'\n').take(4).map(Untrusted::new));
    }
    all
}

pub fn spf(bytes: &[u8]) {
    let owner = domain("example.com");
    let all = texts(bytes);
    for text in &all {
        if let Some(Ok(record)) = text.as_ascii().map(str::parse::<Spf>) {
            let printed = record.to_string();
            assert_eq!(printed.parse::<Spf>().as_ref(), Ok(&record), "{printed}");
            assert!(spf::judge::same_meaning(&record, &record));
            assert!(spf::judge::terms_only_in(&record, &record).is_empty());
        }
        match spf::judge::select(&owner, std::slice::from_ref(text)) {
            spf::judge::Selected::One(record) => {
                harmless(&spf::judge::judge(&owner, &record));
                tree(&owner, &record, text);
                merged(&record);
            }
            spf::judge::Selected::Broken { findings, .. } => {
                assert!(!findings.is_empty());
                harmless(&findings);
            }
            spf::judge::Selected::Absent => {}
            spf::judge::Selected::Several(_) => panic!("one text is not several"),
        }
    }
    if let spf::judge::Selected::Several(several) = spf::judge::select(&owner, &all) {
        harmless([&spf::judge::two_records(&owner, &several)]);
    }
}

/// A tree where every name holds the same record again stays within its bounds.
fn tree(owner: &DomainName, record: &Spf, text: &Untrusted) {
    let answer = |question: &Question| {
        let data = match question.record_type {
            RecordType::Txt => vec![Data::Txt(text.clone())],
            RecordType::Mx => return Answer::direct(Outcome::NoData { ttl: Some(60) }),
            _ => return Answer::direct(Outcome::NoName { ttl: Some(60) }),
        };
        Answer::direct(Outcome::Records { data, ttl: 60 })
    };
    // A record of very many terms grows widely; that is what the bounds are for.
    if record.terms.len() <= 12 {
        let mut known = spf::known::Known::new();
        for _ in 0..=60 {
            let tree = spf::tree::grow(owner, record, &known);
            harmless(&tree.findings);
            if tree.wanted.is_empty() {
                break;
            }
            for question in tree.wanted {
                let found = answer(&question);
                known.insert(question, found);
            }
        }
    }
    let open = spf::tree::grow(owner, record, &spf::known::Known::new());
    assert!(open.wanted.len() <= 60);
    harmless(&open.findings);
}

fn merged(record: &Spf) {
    let needed = [spf::merge::NeededTerm {
        term: "include:_spf.example.net".parse().unwrap(),
        by: "a service".to_owned(),
    }];
    let merged = spf::merge::merge(
        Some(record),
        &needed,
        &Default::default(),
        spf::Qualifier::SoftFail,
    );
    let printed = merged.spf.to_string();
    assert_eq!(
        printed.parse::<Spf>().as_ref(),
        Ok(&merged.spf),
        "{printed}"
    );
    assert!(
        printed
            .to_ascii_lowercase()
            .contains("include:_spf.example.net"),
        "{printed}"
    );
    let again = spf::merge::merge(
        Some(&merged.spf),
        &needed,
        &Default::default(),
        spf::Qualifier::SoftFail,
    );
    assert_eq!(again.spf, merged.spf, "a second merge changes nothing");
}

pub fn macros(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for scope in [MacroScope::Domain, MacroScope::Explanation] {
        if let Ok(pieces) = spf::macros::pieces(text, scope) {
            for piece in pieces {
                if let Piece::Macro(found) = piece {
                    for value in ["", "a", "a.b.c", "..", "192.0.2.1", "a-b+c,d/e_f=g"] {
                        let cut = found.transform(value);
                        assert!(cut.len() <= value.len() + 1, "{found:?} {value} {cut}");
                    }
                }
            }
        }
    }
    if let Ok(spec) = text.parse::<DomainSpec>() {
        let at = spec.at(&domain("mail.example.com"));
        assert!(at.is_none_or(|name| !name.is_root()));
        let _ = (spec.needs_message(), spec.folded());
    }
}

pub fn dkim(bytes: &[u8]) {
    let owner = domain("s1._domainkey.example.com");
    let all = texts(bytes);
    for text in &all {
        if let Some(Ok(key)) = text.as_ascii().map(str::parse::<DkimKey>) {
            let printed = key.to_string();
            assert_eq!(printed.parse::<DkimKey>().as_ref(), Ok(&key), "{printed}");
        }
        match dkim::judge::select(&owner, std::slice::from_ref(text)) {
            dkim::judge::Selected::One(key) => {
                harmless(&dkim::judge::judge(&owner, &key));
                let _ = dkim::judge::bits(&key);
            }
            dkim::judge::Selected::Broken { findings, .. } => {
                assert!(!findings.is_empty());
                harmless(&findings);
            }
            dkim::judge::Selected::Absent => panic!("a text is there"),
            dkim::judge::Selected::Several(_) => panic!("one text is not several"),
        }
        if let Some(text) = text.as_ascii()
            && let Ok(selector) = text.parse::<Selector>()
        {
            assert_eq!(selector.to_string().parse::<Selector>(), Ok(selector));
        }
    }
    for kind in [Kind::Spf, Kind::Dkim, Kind::Dmarc] {
        harmless(&found::value(kind, &owner, &all));
        for text in &all {
            harmless(found::remark(kind, &owner, text).as_ref());
        }
    }
}

pub fn der(bytes: &[u8]) {
    let shape = dkim::der::shape(bytes);
    if let dkim::der::Shape::Rsa {
        bits, left_over, ..
    } = shape
    {
        assert!(bits as usize <= bytes.len() * 8 && left_over < bytes.len());
    }
    let _ = dkim::der::is_small_order(bytes);
    let key = DkimKey::published(dkim::Algorithm::Rsa2048, bytes.to_vec());
    harmless(&dkim::judge::judge(
        &domain("s1._domainkey.example.com"),
        &key,
    ));
}

pub fn dmarc(bytes: &[u8]) {
    let owner = domain("_dmarc.a.b.example.com");
    let all = texts(bytes);
    for text in &all {
        if let Some(Ok(record)) = text.as_ascii().map(str::parse::<Dmarc>) {
            let printed = record.to_string();
            assert_eq!(printed.parse::<Dmarc>().as_ref(), Ok(&record), "{printed}");
            let ours = ReportUri::to("dmarc@example.com");
            let merged = dmarc::merge::merge(&record, &ours, &Default::default());
            let printed = merged.to_string();
            assert_eq!(printed.parse::<Dmarc>().as_ref(), Ok(&merged), "{printed}");
            assert_eq!(merged.policy_asked(), record.policy_asked());
        }
        match dmarc::judge::select(&owner, std::slice::from_ref(text)) {
            dmarc::judge::Selected::One(reading) => {
                harmless(&reading.findings);
                let _ = (reading.policies(), reading.older_policies());
                // What counts of a record is a record by itself.
                let printed = reading.dmarc.to_string();
                let again = dmarc::reading::read(&owner, &Untrusted::from(printed.as_str()));
                assert_eq!(again.dmarc, reading.dmarc, "{printed}");
            }
            dmarc::judge::Selected::Absent { findings }
            | dmarc::judge::Selected::Broken { findings, .. } => harmless(&findings),
            dmarc::judge::Selected::Several(_) => panic!("one text is not several"),
        }
    }
    let answer = Answer::direct(Outcome::Records {
        data: all.iter().cloned().map(Data::Txt).collect(),
        ttl: 60,
    });
    let _ = dmarc::address::authorization(&answer);
    let walk = discovery::walk(&domain("a.b.example.com"), &|asked| {
        Some(if asked.as_str().len() % 2 == 0 {
            answer.clone()
        } else {
            Answer::direct(Outcome::NoName { ttl: Some(60) })
        })
    });
    harmless(&walk.findings);
    assert!(walk.wanted.is_empty() && walk.troubled.is_empty());
}

pub fn tag_list(bytes: &[u8]) {
    let text: String = bytes.iter().map(|&b| char::from(b)).collect();
    for piece in tags::pieces(&text) {
        if let tags::Piece::Tag(tag) = piece {
            assert!(text[tag.at..].starts_with(&tag.name));
            assert!(text.is_char_boundary(tag.value_at));
        }
    }
    if let Ok(list) = tags::read(&text) {
        assert!(text.is_ascii());
        let printed: Vec<String> = list
            .iter()
            .map(|tag| format!("{}={}", tag.name, tag.value))
            .collect();
        let again = tags::read(&printed.join(";")).unwrap();
        let bare = |list: &[tags::Tag]| -> Vec<(String, String)> {
            list.iter()
                .map(|tag| (tag.name.clone(), tag.value.clone()))
                .collect()
        };
        assert_eq!(bare(&again), bare(&list), "{printed:?}");
    }
}

pub fn name(bytes: &[u8]) {
    let labels: Vec<&[u8]> = bytes.split(|b| *b == b'.').collect();
    if let Ok(name) = DomainName::from_labels(labels.iter().copied()) {
        assert!(name.as_str().bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(name.labels().count(), labels.len());
        assert_eq!(name.to_string().parse::<DomainName>(), Ok(name));
    }
    let Some(Ok(name)) = Untrusted::new(bytes)
        .as_ascii()
        .map(str::parse::<DomainName>)
    else {
        return;
    };
    assert_eq!(name.to_string().parse::<DomainName>().as_ref(), Ok(&name));
    if let Some(parent) = name.parent() {
        assert!(name.is_within(&parent));
    }
    if let Some(top) = name.registrable() {
        assert!(name.is_within(&top));
    }
    assert!(discovery::steps(&name).len() <= 8);
}

pub fn typed_domain(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(understood) = typed::understand(text) {
        let name = understood.domain;
        assert_eq!(name.to_string().parse::<DomainName>().as_ref(), Ok(&name));
        let again = typed::understand(name.as_str()).unwrap();
        assert_eq!(
            again.domain, name,
            "what was understood is understood again"
        );
    }
}

pub fn message(bytes: &[u8]) {
    for record_type in [RecordType::Txt, RecordType::Mx, RecordType::Cname] {
        let question = Question::new(domain("_dmarc.example.com"), record_type);
        if let Some(answer) = dns::read(bytes, &question) {
            assert!(answer.chain.len() <= 8);
            assert!(answer.data().len() <= 1000);
            for text in answer.texts() {
                assert!(text.shown().as_str().chars().all(|c| !c.is_control()));
            }
        }
    }
}

pub fn pasted(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match paste::read(text, &domain("example.com")) {
        Ok(records) => assert!(records.iter().all(|record| record.value.is_ascii())),
        Err(complaint) => assert!(complaint.chars().all(|c| !c.is_control()), "{complaint:?}"),
    }
}

/// A report as XML: what is read of it is counted as a whole, however it comes in, and it is read or refused.
pub fn report(bytes: &[u8]) {
    let contents = Unpacker::new(true).read(bytes);
    counted(&contents);
    let slow = Unpacker::new(true).read(Halves(bytes, false));
    assert_eq!(contents.refused, slow.refused);
    assert_eq!(contents.reports.len(), slow.reports.len());
    for (one, other) in contents.reports.iter().zip(&slow.reports) {
        assert_eq!(one.report, other.report);
        assert_eq!(one.tally, other.tally);
        assert_eq!(one.rows, other.rows);
    }
}

/// Archives and mails around reports; little may be unpacked, so that bombs end soon.
pub fn packed(bytes: &[u8]) {
    let mut unpacker = Unpacker::new(false);
    unpacker.inflated = 256 * 1024;
    counted(&unpacker.read(bytes));
}

/// Gives its bytes one at a time at first, then all of them.
struct Halves<'a>(&'a [u8], bool);

impl std::io::Read for Halves<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = if self.1 { self.0.len() } else { 1 };
        self.1 |= self.0.len().is_multiple_of(7);
        let length = length.min(self.0.len()).min(buffer.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

fn counted(contents: &Contents) {
    assert!(!contents.reports.is_empty() || !contents.refused.is_empty());
    for (_, refusal) in &contents.refused {
        let text = refusal.to_string();
        assert!(
            text.len() < 1000 && !text.contains(char::is_control),
            "{text:?}"
        );
    }
    for found in &contents.reports {
        let sum = |of: fn(&nobounce::evidence::tally::Count) -> u64| {
            let list = found.tally.by_weight();
            list.iter()
                .fold(0_u64, |sum, (_, count)| sum.saturating_add(of(count)))
        };
        // Nothing is lost between the records and the senders.
        assert_eq!(sum(|count| count.messages), found.tally.messages);
        assert_eq!(sum(|count| count.aligned), found.tally.aligned);
        assert!(found.tally.aligned <= found.tally.messages);
        assert!(found.tally.by_weight().len() <= bounds::SENDERS + 1);
        if !found.rows.is_empty() {
            let all = found
                .rows
                .iter()
                .fold(0_u64, |sum, row| sum.saturating_add(row.count));
            assert_eq!(
                (found.rows.len() as u64, all),
                (found.tally.records, found.tally.messages)
            );
        }
    }
    let mut summary = Summary::new(None);
    let again = |found: &nobounce::evidence::unpack::Found| nobounce::evidence::unpack::Found {
        report: found.report.clone(),
        tally: found.tally.clone(),
        rows: Vec::new(),
    };
    for _ in 0..2 {
        let contents = Contents {
            reports: contents.reports.iter().map(again).collect(),
            refused: Vec::new(),
        };
        summary.add("x", contents, |_| {});
    }
    let found = contents.reports.len() as u64;
    assert_eq!(summary.reports + summary.duplicates, 2 * found);
    assert!(summary.duplicates >= found);
    for (org, _) in summary.reporters.keys() {
        assert!(!org.contains(char::is_control), "{org:?}");
    }
}
