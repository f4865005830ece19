//! Whose mail a record counts: a service of the catalog, the domain's own server, a forwarder, or nobody known.

use std::collections::HashMap;

use crate::catalog::mailbox_provider::ProviderKind;
use crate::catalog::owner::Owner;
use crate::catalog::recognize;
use crate::evidence::aggregate::Row;
use crate::evidence::draft::Draft;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;

/// Kinds of rows remembered by one [`Namer`]; then it begins anew.
const REMEMBERED: usize = 4096;

/// Bytes that say who sent, in a row that is remembered.
const LENGTH: usize = 1024;

/// What kind of sender it is. The words are the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Own,
    KnownSender,
    Forwarder,
    Unknown,
}

/// Who sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sender {
    pub kind: Kind,
    /// The entry of the catalog.
    pub id: Option<&'static str>,
    /// In plain words; safe to show.
    pub name: String,
}

/// Names the senders of rows. Rows that look alike are judged once.
#[derive(Debug, Default)]
pub struct Namer {
    /// Places in `senders`.
    known: HashMap<Vec<u8>, usize>,
    senders: Vec<Sender>,
    key: Vec<u8>,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::KnownSender => "known-sender",
            Self::Forwarder => "forwarder",
            Self::Unknown => "unknown",
        }
    }
}

impl Sender {
    /// What all senders beyond a limit are counted under.
    pub fn others() -> Self {
        Self {
            kind: Kind::Unknown,
            id: None,
            name: "Many others".to_owned(),
        }
    }

    fn known(owner: Owner) -> Self {
        let forwards =
            matches!(owner, Owner::Provider(provider) if provider.kind == ProviderKind::Forwarding);
        Self {
            kind: if forwards {
                Kind::Forwarder
            } else {
                Kind::KnownSender
            },
            id: Some(owner.id()),
            name: owner.name().to_owned(),
        }
    }
}

impl Namer {
    pub fn name(&mut self, row: &Draft) -> &Sender {
        self.key.clear();
        row.fingerprint(&mut self.key);
        let index = match self.known.get(&self.key) {
            Some(index) => *index,
            None => self.judge(row),
        };
        &self.senders[index]
    }

    fn judge(&mut self, row: &Draft) -> usize {
        if self.senders.len() >= REMEMBERED {
            self.known.clear();
            self.senders.clear();
        }
        let index = self.senders.len();
        self.senders.push(sender(&row.row()));
        if self.key.len() <= LENGTH {
            self.known.insert(self.key.clone(), index);
        }
        index
    }
}

fn sender(row: &Row) -> Sender {
    let own = name(&row.header_from).and_then(|from| from.registrable().or(Some(from)));
    let is_own = |domain: &DomainName| own.as_ref().is_some_and(|own| domain.is_within(own));
    let signed: Vec<DomainName> = passed(row.auth_dkim.iter().map(|it| (&it.domain, &it.result)));
    let bounced: Vec<DomainName> = passed(row.auth_spf.iter().map(|it| (&it.domain, &it.result)));
    let service = signed
        .iter()
        .filter(|domain| !is_own(domain))
        .find_map(|domain| recognize::by_signing_domain(domain).first().copied())
        .or_else(|| {
            let outside = bounced.iter().filter(|domain| !is_own(domain));
            outside
                .into_iter()
                .find_map(|domain| recognize::by_return_path(domain).first().copied())
        })
        .or_else(|| by_selector(row, &is_own));
    let foreign = || bounced.iter().chain(&signed).find(|domain| !is_own(domain));
    if is_passed_on(row) {
        return Sender {
            kind: Kind::Forwarder,
            id: None,
            name: foreign().map_or_else(|| "Forwarded mail".to_owned(), top),
        };
    }
    if let Some(owner) = service {
        return Sender::known(owner);
    }
    if row.is_aligned() {
        // A signature of the domain on mail with a bounce address of another one: somebody passed it on.
        let by_signature_alone = row.dkim == Some(true) && row.spf != Some(true);
        if let Some(domain) = bounced.iter().find(|domain| !is_own(domain))
            && by_signature_alone
        {
            return Sender {
                kind: Kind::Forwarder,
                id: None,
                name: top(domain),
            };
        }
        return Sender {
            kind: Kind::Own,
            id: None,
            name: "Own server".to_owned(),
        };
    }
    Sender {
        kind: Kind::Unknown,
        id: None,
        name: signed
            .first()
            .or(bounced.first())
            .map_or_else(|| "Unknown".to_owned(), top),
    }
}

/// A selector that only one service uses, on a signature of the domain that passed.
fn by_selector(row: &Row, is_own: &dyn Fn(&DomainName) -> bool) -> Option<Owner> {
    let own = row.auth_dkim.iter().filter(|signature| {
        row.dkim == Some(true)
            && is_pass(&signature.result)
            && name(&signature.domain).is_some_and(|domain| is_own(&domain))
    });
    own.filter_map(|signature| signature.selector.as_ref()?.as_ascii())
        .find_map(|selector| match recognize::by_selector(selector)[..] {
            [owner] => Some(owner),
            _ => None,
        })
}

/// The receiver says that somebody passed the mail on.
fn is_passed_on(row: &Row) -> bool {
    row.reasons.iter().any(|reason| {
        reason.kind.as_ascii().is_some_and(|kind| {
            ["forwarded", "trusted_forwarder", "mailing_list"]
                .iter()
                .any(|word| kind.eq_ignore_ascii_case(word))
        })
    })
}

fn passed<'a>(pairs: impl Iterator<Item = (&'a Untrusted, &'a Untrusted)>) -> Vec<DomainName> {
    pairs
        .filter(|(_, result)| is_pass(result))
        .filter_map(|(domain, _)| name(domain))
        .collect()
}

fn is_pass(result: &Untrusted) -> bool {
    result.as_bytes().eq_ignore_ascii_case(b"pass")
}

fn name(text: &Untrusted) -> Option<DomainName> {
    let name: DomainName = text.as_ascii()?.parse().ok()?;
    (!name.is_root()).then_some(name)
}

/// The registrable domain, as the name that people know.
fn top(domain: &DomainName) -> String {
    domain
        .registrable()
        .unwrap_or_else(|| domain.clone())
        .to_string()
}
