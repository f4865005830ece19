//! Whether the panel of a DNS host takes a record, and the ways out that work where it does not. A shorter key than RSA with 2048 bits is
//! never one of them.

use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::LimitIn;
use crate::records::name::DomainName;
use crate::records::record;
use crate::records::record::Content;
use crate::records::sighting::RecordType;

/// Bytes of the public half of an RSA key with 2048 bits (SubjectPublicKeyInfo).
const RSA_2048_BYTES: usize = 294;
/// Characters of a key record with such a key.
const RSA_2048_RECORD: usize = 410;

/// How a record goes into a panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// The name is longer than the panel takes.
    pub name: Option<TooLong>,
    /// The value is longer than one record there takes.
    pub value: Option<TooLong>,
    /// What works there, the simplest first. Empty where nothing stands in the way, as far as is known.
    pub ways: Vec<WayOut>,
}

/// A text that is longer than it may be, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    pub length: usize,
    pub limit: usize,
}

/// What to do where a record does not go in as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// Several quoted pieces, in one record.
    Pieces,
    /// What this host has for it, in its own words.
    There(String),
    /// The limit was seen in the API: the panel may take more.
    Try,
    /// A key of 2048 bits (RSA) in place of a longer one.
    Rsa2048,
    /// The key in another zone, and an alias (CNAME) to it here.
    OtherZone,
    /// A short key (Ed25519) with a selector of its own, beside the long one.
    Ed25519Beside,
    /// The API of the host, or a zone file that it imports.
    Import,
    /// Part of the SPF terms at a name of their own, and an include of it.
    SecondList,
    /// Fewer addresses for reports.
    FewerReports,
    /// A shorter selector, since it is part of the name.
    ShorterSelector,
}

impl Fit {
    /// True where the record does not go in as it is shown.
    pub fn is_too_long(&self) -> bool {
        self.name.is_some() || self.value.is_some()
    }
}

/// How this record goes into the panel of this host. What is not known of the host stands in nobody's way.
pub fn fit(host: &DnsHost, owner: &DomainName, zone: &DomainName, content: &Content) -> Fit {
    let name = host
        .name_in_panel(owner, zone)
        .unwrap_or_else(|| owner.to_string());
    let name = over(name.len(), host.name_max_len);
    let is_text = content.record_type() == RecordType::Txt;
    let length = counted(host, content.to_string().len());
    let value = over(length, host.txt_max_len.filter(|_| is_text));
    let mut ways = Vec::new();
    if value.is_some() {
        match &host.txt_way_out {
            Some(words) => ways.push(WayOut::There(words.clone())),
            None => {
                if host.txt_limit_in == Some(LimitIn::Api) {
                    ways.push(WayOut::Try);
                }
                ways.extend(of_kind(host, content));
            }
        }
    } else if host.is_cut_by_hand(content) {
        ways.push(WayOut::Pieces);
    }
    if name.is_some() && matches!(content, Content::Dkim(_)) {
        ways.push(WayOut::ShorterSelector);
    }
    let is_of_panel = host.txt_limit_in != Some(LimitIn::Api);
    if (name.is_some() || value.is_some() && is_of_panel) && host.api == Some(true) {
        ways.push(WayOut::Import);
    }
    Fit { name, value, ways }
}

/// What makes a value of this kind shorter.
fn of_kind(host: &DnsHost, content: &Content) -> Vec<WayOut> {
    match content {
        Content::Dkim(key) => {
            let is_longer = key.public_key.len() > RSA_2048_BYTES;
            if is_longer && host.takes_txt(RSA_2048_RECORD) != Some(false) {
                vec![WayOut::Rsa2048]
            } else {
                vec![WayOut::OtherZone, WayOut::Ed25519Beside]
            }
        }
        Content::Spf(_) => vec![WayOut::SecondList],
        Content::Dmarc(_) => vec![WayOut::FewerReports],
        Content::ReportAuthorization
        | Content::Cname(_)
        | Content::Text(_)
        | Content::Mx { .. } => Vec::new(),
    }
}

fn over(length: usize, limit: Option<usize>) -> Option<TooLong> {
    let limit = limit.filter(|limit| length > *limit)?;
    Some(TooLong { length, limit })
}

/// Characters of a value as this host counts them.
pub fn counted(host: &DnsHost, length: usize) -> usize {
    if host.txt_limit_counts_quotes != Some(true) {
        return length;
    }
    // Two quotes around each piece, and a space between two.
    let pieces = length.div_ceil(record::STRING).max(1);
    length + 3 * pieces - 1
}

impl WayOut {
    /// The way in words, for the panel of `host`.
    pub fn words(&self, host: &str, owner: &DomainName) -> String {
        match self {
            Self::Pieces => format!(
                "{host} does not cut a long value by itself: it goes in as pieces in double quotes, one behind the other in one record. \
                 That is how it is shown and copied here."
            ),
            Self::There(words) => words.clone(),
            Self::Try => format!(
                "Try it first: the limit was seen where programs write to {host} (its API), and the page in the browser may take more. \
                 If it is cut, this page says so."
            ),
            Self::Rsa2048 => {
                "Make a key of 2048 bits (RSA) instead: it is strong enough, and it fits. Not a shorter one: receivers turn those down."
                    .to_owned()
            }
            Self::OtherZone => format!(
                "If you own another domain whose DNS host takes long values: put the TXT record there, and make {owner} an alias (CNAME) \
                 of that name."
            ),
            Self::Ed25519Beside => {
                "A second, short key (Ed25519) with a selector of its own fits anywhere. Add it beside the long one, not in its place: not \
                 every receiver reads it yet."
                    .to_owned()
            }
            Self::Import => format!(
                "{host} can also be written to by a program (API), and may read a zone file: `nobounce records` writes one."
            ),
            Self::SecondList => format!(
                "Move some of the terms into a record of their own at _spf1.{owner}, with v=spf1 in front and ~all at the end, and put \
                 include:_spf1.{owner} in their place. That costs one look-up."
            ),
            Self::FewerReports => {
                "Leave out addresses for reports (rua=) that nobody reads.".to_owned()
            }
            Self::ShorterSelector => {
                "Choose a shorter selector: it is the first part of the name.".to_owned()
            }
        }
    }
}
