//! What a service needs in the SPF record, and whose a term of an SPF record is.

use crate::catalog::mailbox_provider::MailboxProvider;
use crate::catalog::owner::Owner;
use crate::catalog::sender::Aligned;
use crate::catalog::sender::Sender;
use crate::catalog::sender::SpfNeeded;
use crate::catalog::suffix;
use crate::catalog::suffix::Suffix;
use crate::catalog::template;
use crate::records::name::DomainName;

/// What a service needs in the SPF record of the domain. Terms are mechanisms, such as `include:example.net`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpfNeed {
    /// A term would only cost look-ups.
    None {
        why: String,
    },
    Terms(Vec<String>),
    /// Documented by the service, and not needed once its DKIM aligns.
    Optional {
        terms: Vec<String>,
        why: String,
    },
    /// On the subdomain that the service uses for bounces, never on the domain itself.
    OnSubdomain {
        terms: Vec<String>,
        place: Option<String>,
    },
    /// The service shows the term to the account holder; `looks_like` has `<...>` for the part it chose.
    PerAccount {
        looks_like: Option<String>,
        hint: Option<String>,
    },
    Unknown,
}

/// Whose a term of an SPF record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpfOwner {
    pub owner: Owner,
    /// Services that send through the owner and ask for the same term.
    pub also: Vec<Owner>,
    pub standing: Standing,
}

/// What a term is worth today, in the record of the domain itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Among the terms that the service asks for, or the form for one region or account.
    Current,
    /// Asked for, and not needed once DKIM aligns.
    Optional { why: String },
    /// An old form of a term that is needed.
    Older { why: String },
    /// Can go once the service's DKIM is in order.
    NotNeeded { why: String },
    /// Belongs on a subdomain.
    OnSubdomain { why: String },
    /// Lies under a name of the service, and is not among the known terms.
    Unlisted,
}

impl Standing {
    /// Why the term need not stay, where that is so.
    pub fn why_not_needed(&self) -> Option<&str> {
        match self {
            Self::Optional { why }
            | Self::Older { why }
            | Self::NotNeeded { why }
            | Self::OnSubdomain { why } => Some(why),
            Self::Current | Self::Unlisted => None,
        }
    }
}

impl Sender {
    pub fn spf_terms(&self) -> SpfNeed {
        let terms = self.spf.clone();
        let per_account = |terms: &[String]| SpfNeed::PerAccount {
            looks_like: terms.first().map(|term| template::pattern_for_people(term)),
            hint: self.spf_where.clone(),
        };
        match self.spf_needed {
            SpfNeeded::No => SpfNeed::None {
                why: self.why_no_spf(),
            },
            SpfNeeded::PerAccount => per_account(&terms),
            SpfNeeded::Yes if terms.is_empty() => per_account(&terms),
            SpfNeeded::Yes if self.spf_where.is_none() => SpfNeed::Terms(terms),
            SpfNeeded::Yes | SpfNeeded::OnReturnPathSubdomain => SpfNeed::OnSubdomain {
                terms,
                place: self.spf_where.clone(),
            },
            SpfNeeded::Optional => SpfNeed::Optional {
                terms,
                why: OPTIONAL.to_owned(),
            },
            SpfNeeded::Unknown => SpfNeed::Unknown,
        }
    }

    /// Why the domain's own SPF record does not need this service.
    fn why_no_spf(&self) -> String {
        if !self.aligned_by.is_empty() && !self.aligned_by.contains(&Aligned::Spf) {
            "Its bounces go to an address of its own (return-path), so SPF does not count for your domain \
             here: DKIM does. An include would only use up look-ups."
        } else if self.return_path.is_some() {
            "The bounce address (return-path) that you set up for it brings its own SPF. An include in your \
             domain's record would only use up look-ups."
        } else {
            "It does not need a term in your domain's SPF record: DKIM does the work. An include would only \
             use up look-ups."
        }
        .to_owned()
    }

    fn standing(&self, term: &str) -> Option<Standing> {
        if holds(&self.spf_legacy, term) {
            let why = self.why_no_spf();
            return Some(match self.spf_needed {
                SpfNeeded::No => Standing::NotNeeded { why },
                _ => Standing::Older {
                    why: format!(
                        "An older include of {}: it is not used any more.",
                        self.name
                    ),
                },
            });
        }
        if !holds(&self.spf, term) && !self.spf_regional.values().any(|other| same(other, term)) {
            return None;
        }
        Some(match self.spf_terms() {
            SpfNeed::None { why } => Standing::NotNeeded { why },
            SpfNeed::Optional { why, .. } => Standing::Optional { why },
            SpfNeed::OnSubdomain { place, .. } => Standing::OnSubdomain {
                why: match place {
                    Some(place) => format!("It belongs elsewhere. {place}"),
                    None => {
                        "It belongs on the subdomain that the service uses for bounces (return-path)."
                            .to_owned()
                    }
                },
            },
            SpfNeed::Terms(_) | SpfNeed::PerAccount { .. } | SpfNeed::Unknown => Standing::Current,
        })
    }
}

const OPTIONAL: &str =
    "The service names it, but mail counts as yours without it once its DKIM is set up.";

impl MailboxProvider {
    pub fn spf_terms(&self) -> SpfNeed {
        if !self.spf.is_empty() {
            SpfNeed::Terms(self.spf.clone())
        } else if let Some(suffix) = self.spf_suffixes.first() {
            SpfNeed::PerAccount {
                looks_like: Some(format!("include:<...>.{}", suffix.name())),
                hint: self.notes.clone(),
            }
        } else {
            SpfNeed::Unknown
        }
    }

    fn standing(&self, term: &str) -> Option<Standing> {
        if holds(&self.spf_legacy, term) {
            let why = self
                .spf_legacy_why
                .clone()
                .unwrap_or_else(|| format!("An older include of {}.", self.name));
            return Some(Standing::Older { why });
        }
        let known = holds(&self.spf, term)
            || self.spf_redirect.iter().any(|other| same(other, term))
            || self.spf_regional.values().any(|other| same(other, term));
        known.then_some(Standing::Current)
    }
}

/// Which service a term of an SPF record belongs to, such as `include:_spf.google.com`. A qualifier is ignored.
pub fn by_spf_term(term: &str) -> Option<SpfOwner> {
    let term = term.trim().trim_start_matches(['+', '-', '~', '?']);
    listed(term).or_else(|| under_a_name(term))
}

/// The entries that list the term; the one whose own it is comes first.
fn listed(term: &str) -> Option<SpfOwner> {
    let mut found: Vec<(Owner, Standing)> = Owner::all()
        .filter_map(|owner| {
            let standing = match owner {
                Owner::Provider(provider) => provider.standing(term),
                Owner::Sender(sender) => sender.standing(term),
            }?;
            Some((owner, standing))
        })
        .collect();
    found.sort_by_key(|(owner, _)| holds(owner.spf_borrowed(), term));
    let mut found = found.into_iter();
    let (owner, standing) = found.next()?;
    Some(SpfOwner {
        owner,
        also: found.map(|(owner, _)| owner).collect(),
        standing,
    })
}

/// The entry under whose names the term's own name lies; the longest match.
fn under_a_name(term: &str) -> Option<SpfOwner> {
    let (mechanism, value) = term.split_once(':').or_else(|| term.split_once('='))?;
    if !["include", "redirect", "a", "mx", "exists", "ptr"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(mechanism))
    {
        return None;
    }
    let value = value.split('/').next().unwrap_or_default();
    let name: DomainName = value.parse().ok()?;
    let own: Option<(usize, Owner, Standing)> = Owner::all()
        .filter_map(|owner| {
            let length = suffix::longest(owner.spf_suffixes(), &name)?;
            Some((length, owner, Standing::Current))
        })
        .max_by_key(|(length, _, _)| *length);
    let (_, owner, standing) = own.or_else(|| {
        Owner::all()
            .filter_map(|owner| {
                let length = suffix::longest(names_of(owner), &name)?;
                Some((length, owner, Standing::Unlisted))
            })
            .max_by_key(|(length, owner, _)| (*length, owner.is_primary()))
    })?;
    Some(SpfOwner {
        owner,
        also: Vec::new(),
        standing,
    })
}

/// Names that are the service's own.
fn names_of(owner: Owner) -> Box<dyn Iterator<Item = &'static Suffix>> {
    match owner {
        Owner::Provider(provider) => Box::new(provider.mx_suffixes.iter()),
        Owner::Sender(sender) => Box::new(
            sender
                .recognize
                .return_path
                .iter()
                .chain(&sender.recognize.dkim_d)
                .chain(&sender.recognize.rdns),
        ),
    }
}

fn holds(terms: &[String], term: &str) -> bool {
    terms.iter().any(|known| same(known, term))
}

/// Terms are the same without regard to capitals and a dot at the end; `mx` and `a` alone are nobody's own.
fn same(known: &str, term: &str) -> bool {
    known.contains([':', '=']) && known.eq_ignore_ascii_case(term.strip_suffix('.').unwrap_or(term))
}
