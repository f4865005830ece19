//! The assets inside the program: each kind is parsed once, when it is first asked for.

use std::collections::HashSet;
use std::sync::OnceLock;

use include_dir::Dir;
use include_dir::include_dir;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::catalog::dns_host::DnsHost;
use crate::catalog::mailbox_provider::MailboxProvider;
use crate::catalog::report_mailbox::Generic;
use crate::catalog::reporter::Reporter;
use crate::catalog::sender::Sender;
use crate::catalog::wording::Receiver;
use crate::records::name::DomainName;

static PROVIDERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/mailbox_providers");
static SENDERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/senders");
static DNS_HOSTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/dns_hosts");
static REPORTERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/reporters");
static BOUNCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/bounces");
static EXPLANATIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/explain");
const REPORT_MAILBOXES: &str = include_str!("../../assets/report_mailboxes.toml");
const FREE_DOMAINS: &str = include_str!("../../assets/free_mailbox_domains.txt");

/// The one thing that all kinds of entries have.
#[derive(Deserialize)]
struct Identified {
    id: String,
}

pub(crate) fn senders() -> &'static [Sender] {
    static ALL: OnceLock<Vec<Sender>> = OnceLock::new();
    ALL.get_or_init(|| readable(&SENDERS))
}

pub(crate) fn mailbox_providers() -> &'static [MailboxProvider] {
    static ALL: OnceLock<Vec<MailboxProvider>> = OnceLock::new();
    ALL.get_or_init(|| readable(&PROVIDERS))
}

pub(crate) fn dns_hosts() -> &'static [DnsHost] {
    static ALL: OnceLock<Vec<DnsHost>> = OnceLock::new();
    ALL.get_or_init(|| readable(&DNS_HOSTS))
}

pub(crate) fn reporters() -> &'static [Reporter] {
    static ALL: OnceLock<Vec<Reporter>> = OnceLock::new();
    ALL.get_or_init(|| readable(&REPORTERS))
}

pub(crate) fn bounces() -> &'static [Receiver] {
    static ALL: OnceLock<Vec<Receiver>> = OnceLock::new();
    ALL.get_or_init(|| readable(&BOUNCES))
}

/// Code and text of the pages that explain findings, sorted by code.
pub(crate) fn explanations() -> &'static [(String, &'static str)] {
    static ALL: OnceLock<Vec<(String, &'static str)>> = OnceLock::new();
    ALL.get_or_init(|| files(&EXPLANATIONS))
}

pub(crate) fn report_mailboxes() -> &'static Generic {
    static ALL: OnceLock<Generic> = OnceLock::new();
    ALL.get_or_init(|| toml::from_str(REPORT_MAILBOXES).unwrap_or_default())
}

pub(crate) fn free_mailbox_domains() -> &'static HashSet<DomainName> {
    static ALL: OnceLock<HashSet<DomainName>> = OnceLock::new();
    ALL.get_or_init(|| free_lines().filter_map(|line| line.parse().ok()).collect())
}

/// Everything wrong with the assets, one line each: an entry that cannot be read, an id that is not the
/// file's name. For the test that keeps them right.
pub fn problems() -> Vec<String> {
    let mut problems = Vec::new();
    problems.extend(problems_of::<MailboxProvider>(&PROVIDERS));
    problems.extend(problems_of::<Sender>(&SENDERS));
    problems.extend(problems_of::<DnsHost>(&DNS_HOSTS));
    problems.extend(problems_of::<Reporter>(&REPORTERS));
    problems.extend(problems_of::<Receiver>(&BOUNCES));
    if let Err(error) = toml::from_str::<Generic>(REPORT_MAILBOXES) {
        problems.push(format!("report_mailboxes.toml: {error}"));
    }
    for line in free_lines() {
        if line.parse::<DomainName>().is_err() {
            problems.push(format!("free_mailbox_domains.txt: {line}"));
        }
    }
    problems
}

/// The raw text of every asset with its path, for the test that keeps them right.
pub fn texts() -> Vec<(String, &'static str)> {
    let mut texts = vec![
        ("report_mailboxes.toml".to_owned(), REPORT_MAILBOXES),
        ("free_mailbox_domains.txt".to_owned(), FREE_DOMAINS),
    ];
    for (folder, dir) in [
        ("mailbox_providers", &PROVIDERS),
        ("senders", &SENDERS),
        ("dns_hosts", &DNS_HOSTS),
        ("reporters", &REPORTERS),
        ("bounces", &BOUNCES),
    ] {
        for (stem, text) in files(dir) {
            texts.push((format!("{folder}/{stem}.toml"), text));
        }
    }
    texts
}

fn free_lines() -> impl Iterator<Item = &'static str> {
    FREE_DOMAINS
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Name without ending, and text, of the files in a folder, sorted by name.
fn files(dir: &Dir<'static>) -> Vec<(String, &'static str)> {
    let mut files: Vec<_> = dir
        .files()
        .filter_map(|file| {
            let stem = file.path().file_stem()?.to_str()?.to_owned();
            Some((stem, file.contents_utf8().unwrap_or_default()))
        })
        .collect();
    files.sort();
    files
}

fn readable<T: DeserializeOwned>(dir: &Dir<'static>) -> Vec<T> {
    files(dir)
        .into_iter()
        .filter_map(|(_, text)| toml::from_str(text).ok())
        .collect()
}

fn problems_of<T: DeserializeOwned>(dir: &Dir<'static>) -> Vec<String> {
    let mut problems = Vec::new();
    for (stem, text) in files(dir) {
        if let Err(error) = toml::from_str::<T>(text) {
            problems.push(format!("{stem}.toml: {error}"));
        } else if !toml::from_str::<Identified>(text).is_ok_and(|entry| entry.id == stem) {
            problems.push(format!("{stem}.toml: the id is not the name of the file"));
        }
    }
    problems
}
