//! A wanted value against the TXT strings that were seen: by value, never by text, where the kind has a grammar.

use crate::records::dkim;
use crate::records::dkim::DkimKey;
use crate::records::dkim::KeyType;
use crate::records::dmarc;
use crate::records::dmarc::Alignment;
use crate::records::dmarc::Dmarc;
use crate::records::dmarc::ReportUri;
use crate::records::dmarc::address::is_policy_record;
use crate::records::dmarc::judge::Effect;
use crate::records::dmarc::judge::Reading;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::spf;
use crate::records::spf::Spf;
use crate::records::spf::judge::same_meaning;
use crate::records::spf::judge::terms_only_in;
use crate::records::untrusted::Shown;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::state::Kind;

/// A value that was seen is not shown further than this.
const SHOWN: usize = 300;

/// What TXT strings hold, seen from the wanted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Same,
    Other(Difference),
    Broken {
        text: Untrusted,
        findings: Vec<Finding>,
    },
    Several(Vec<Untrusted>),
    /// No record of the kind.
    Absent,
}

/// The first thing in which two values differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) field: String,
    pub(super) wanted: Shown,
    pub(super) found: Shown,
}

impl Difference {
    pub(super) fn new(field: &str, wanted: &str, found: &str) -> Self {
        let show = |text: &str| {
            Untrusted::from(if text.is_empty() { "nothing" } else { text }).shown_up_to(SHOWN)
        };
        Self {
            field: field.to_owned(),
            wanted: show(wanted),
            found: show(found),
        }
    }
}

/// What `texts` at `owner` hold of the kind of `wanted`. For an alias or a mail server: nothing.
pub(super) fn held(wanted: &Content, owner: &DomainName, texts: &[Untrusted]) -> Held {
    match wanted {
        Content::Spf(wanted) => match spf::judge::select(owner, texts) {
            spf::judge::Selected::Absent => Held::Absent,
            spf::judge::Selected::One(found) => from(spf_difference(wanted, &found)),
            spf::judge::Selected::Broken { text, findings } => Held::Broken { text, findings },
            spf::judge::Selected::Several(texts) => Held::Several(texts),
        },
        Content::Dkim(wanted) => match dkim::judge::select(owner, texts) {
            dkim::judge::Selected::Absent => Held::Absent,
            dkim::judge::Selected::One(found) => from(key_difference(wanted, &found)),
            dkim::judge::Selected::Broken { text, findings } => Held::Broken { text, findings },
            dkim::judge::Selected::Several(texts) => Held::Several(texts),
        },
        Content::Dmarc(wanted) => match dmarc::judge::select(owner, texts) {
            dmarc::judge::Selected::Absent { .. } => Held::Absent,
            dmarc::judge::Selected::One(reading) if reading.effect == Effect::AsWritten => {
                match dmarc_difference(wanted, &reading.dmarc) {
                    Some(difference) => Held::Other(difference),
                    None => whole_or_broken(wanted, owner, reading),
                }
            }
            dmarc::judge::Selected::One(reading) => Held::Broken {
                text: reading.text,
                findings: reading.findings,
            },
            dmarc::judge::Selected::Broken { text, findings } => Held::Broken { text, findings },
            dmarc::judge::Selected::Several(texts) => Held::Several(texts),
        },
        Content::ReportAuthorization
            if texts.iter().any(|text| is_policy_record(text.as_bytes())) =>
        {
            Held::Same
        }
        Content::ReportAuthorization => Held::Absent,
        Content::Text(wanted) if texts.iter().any(|t| t.as_bytes() == wanted.as_bytes()) => {
            Held::Same
        }
        Content::Text(_) | Content::Cname(_) | Content::Mx { .. } => Held::Absent,
    }
}

fn from(difference: Option<Difference>) -> Held {
    difference.map_or(Held::Same, Held::Other)
}

/// Findings on which receivers differ, so that a record with one of them is not what was wanted though its values are.
const DAMAGE: [Code; 7] = [
    dmarc::codes::BAD_REPORT_ADDRESS,
    dmarc::codes::BAD_VALUE,
    dmarc::codes::EMPTY_TAG,
    dmarc::codes::FOREIGN_CHARACTER,
    dmarc::codes::GARBAGE,
    dmarc::codes::LINE_ENDS,
    dmarc::codes::TAG_TWICE,
];

/// A reading whose values are those wanted: broken where it has a mistake that the wanted record has not.
fn whole_or_broken(wanted: &Dmarc, owner: &DomainName, reading: Reading) -> Held {
    let known = dmarc::judge::judge(owner, wanted);
    let damage: Vec<Finding> = reading
        .findings
        .into_iter()
        .filter(|found| found.severity == Severity::Error || DAMAGE.contains(&found.code))
        .filter(|found| known.iter().all(|other| other.code != found.code))
        .collect();
    if damage.is_empty() {
        return Held::Same;
    }
    Held::Broken {
        text: reading.text,
        findings: damage,
    }
}

fn spf_difference(wanted: &Spf, found: &Spf) -> Option<Difference> {
    if same_meaning(wanted, found) {
        return None;
    }
    let missing = terms_only_in(wanted, found);
    let extra = terms_only_in(found, wanted);
    let is_all = |terms: &[String]| matches!(terms, [only] if only.trim_start_matches(['-', '~', '?']) == "all");
    Some(match (missing.as_slice(), extra.as_slice()) {
        ([], []) => Difference::new(
            "the order of the terms",
            &wanted.to_string(),
            &found.to_string(),
        ),
        _ if (is_all(&missing) || missing.is_empty()) && (is_all(&extra) || extra.is_empty()) => {
            Difference::new("all", &missing.join(" "), &extra.join(" "))
        }
        _ => Difference::new("the terms", &missing.join(" "), &extra.join(" ")),
    })
}

/// Keys are compared by type and bytes; capitals count in every value (RFC 6376, section 3.2). Of the other tags only those count that keep receivers from using the key for mail.
fn key_difference(wanted: &DkimKey, found: &DkimKey) -> Option<Difference> {
    let kind = |key: &DkimKey| match &key.key_type {
        None => "rsa".to_owned(),
        Some(KeyType::Rsa) => "rsa".to_owned(),
        Some(KeyType::Ed25519) => "ed25519".to_owned(),
        Some(KeyType::Unknown(other)) => other.clone(),
    };
    if kind(wanted) != kind(found) {
        return Some(Difference::new("k", &kind(wanted), &kind(found)));
    }
    if wanted.public_key != found.public_key {
        let value = |key: &DkimKey| {
            let text = key.to_string();
            text.split(';')
                .find_map(|tag| tag.trim().strip_prefix("p=").map(str::to_owned))
                .unwrap_or_default()
        };
        return Some(Difference::new("p", &value(wanted), &value(found)));
    }
    hindrances(wanted)
        .into_iter()
        .zip(hindrances(found))
        .find_map(|((_, wanted), (name, found))| match (wanted, found) {
            (None, Some(found)) => Some(Difference::new(name, "", &found)),
            _ => None,
        })
}

/// Tags that keep receivers from using a key for mail, with their values.
fn hindrances(key: &DkimKey) -> [(&'static str, Option<String>); 4] {
    let is_testing = |flags: &[String]| flags.iter().any(|flag| flag == "y");
    [
        (
            "v",
            key.version.clone().filter(|version| version != "DKIM1"),
        ),
        (
            "h",
            refuses(&key.hashes, &["sha256"]).then(|| listed(&key.hashes)),
        ),
        (
            "s",
            refuses(&key.services, &["*", "email"]).then(|| listed(&key.services)),
        ),
        (
            "t",
            key.flags
                .as_deref()
                .is_some_and(is_testing)
                .then(|| listed(&key.flags)),
        ),
    ]
}

/// True where a list stands and holds none of `needed`.
fn refuses(list: &Option<Vec<String>>, needed: &[&str]) -> bool {
    list.as_ref()
        .is_some_and(|list| !list.iter().any(|item| needed.contains(&item.as_str())))
}

fn listed(list: &Option<Vec<String>>) -> String {
    list.as_deref().unwrap_or_default().join(":")
}

fn dmarc_difference(wanted: &Dmarc, found: &Dmarc) -> Option<Difference> {
    effective(wanted)
        .into_iter()
        .zip(effective(found))
        .find_map(|((name, wanted), (_, found))| {
            (wanted != found).then(|| Difference::new(name, &wanted, &found))
        })
}

/// The values that count, with the defaults filled in, since a tag that says its default changes nothing. Tags without an effect are passed over.
fn effective(record: &Dmarc) -> [(&'static str, String); 11] {
    let yes = |flag: bool| if flag { "y" } else { "n" }.to_owned();
    let addresses = |uris: &[ReportUri]| {
        let mut list: Vec<String> = uris.iter().map(folded_address).collect();
        list.sort();
        list.dedup();
        list.join(",")
    };
    let percent = record
        .others
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("pct"))
        .map_or("100", |(_, value)| value.trim());
    let mut options: Vec<String> = record
        .failure_options
        .as_deref()
        .unwrap_or("0")
        .split(':')
        .map(|option| option.trim().to_ascii_lowercase())
        .collect();
    options.sort();
    let alignment =
        |alignment: Option<Alignment>| alignment.unwrap_or_default().as_str().to_owned();
    [
        (
            "p",
            record
                .policy
                .map_or(String::new(), |policy| policy.to_string()),
        ),
        ("sp", record.subdomain_policy_asked().to_string()),
        ("np", record.nonexistent_policy_asked().to_string()),
        ("adkim", alignment(record.dkim_alignment)),
        ("aspf", alignment(record.spf_alignment)),
        ("t", yes(record.is_testing())),
        ("psd", record.public_suffix.unwrap_or('u').to_string()),
        ("rua", addresses(&record.aggregate)),
        ("ruf", addresses(&record.failure)),
        ("fo", options.join(":")),
        ("pct", percent.to_owned()),
    ]
}

/// An address with its scheme and domain in lower case.
fn folded_address(uri: &ReportUri) -> String {
    match uri.0.rsplit_once('@') {
        Some((local, domain)) => {
            let local = match local.split_once(':') {
                Some((scheme, rest)) => format!("{}:{rest}", scheme.to_ascii_lowercase()),
                None => local.to_owned(),
            };
            format!("{local}@{}", domain.to_ascii_lowercase())
        }
        None => uri.0.clone(),
    }
}

/// True where `text` is a record of the kind of `wanted`, in any state: used at names where such a record has no business.
pub(super) fn is_of_kind(wanted: &Content, owner: &DomainName, text: &Untrusted) -> bool {
    match wanted {
        Content::Spf(_) => is_of(Kind::Spf, owner, text),
        Content::Dkim(_) => is_of(Kind::Dkim, owner, text),
        Content::Dmarc(_) | Content::ReportAuthorization => is_of(Kind::Dmarc, owner, text),
        Content::Text(_) | Content::Cname(_) | Content::Mx { .. } => {
            held(wanted, owner, std::slice::from_ref(text)) == Held::Same
        }
    }
}

/// As [`is_of_kind`], where nothing is wanted.
pub(super) fn is_of(kind: Kind, owner: &DomainName, text: &Untrusted) -> bool {
    let lower = text.as_bytes().to_ascii_lowercase();
    let starts = |start: &[u8]| {
        let letters: Vec<u8> = lower
            .iter()
            .copied()
            .filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'=')
            .take(start.len())
            .collect();
        letters == start
    };
    match kind {
        Kind::Spf => {
            spf::judge::select(owner, std::slice::from_ref(text)) != spf::judge::Selected::Absent
        }
        Kind::Dkim => {
            starts(b"v=dkim1")
                || text
                    .as_ascii()
                    .and_then(|ascii| ascii.parse::<DkimKey>().ok())
                    .is_some_and(|key| !key.is_revoked())
        }
        Kind::Dmarc => starts(b"v=dmarc1"),
    }
}
