//! The one SPF record: what is there, what the senders need, what can go and why, and what it costs.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::audit::report::TreeNode;
use crate::catalog;
use crate::catalog::owner::Owner;
use crate::catalog::spf::SpfNeed;
use crate::catalog::spf::Standing;
use crate::catalog::spf::by_spf_term;
use crate::plan::facts::Facts;
use crate::plan::service;
use crate::plan::service::OWN_SERVER;
use crate::plan::steps::dkim;
use crate::plan::steps::senders;
use crate::plan::steps::senders::terms::Whose;
use crate::plan::steps::spf::present::present;
use crate::records::finding::Severity;
use crate::records::spf::Directive;
use crate::records::spf::Mechanism;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;
use crate::records::spf::judge;
use crate::records::spf::merge::Merged;
use crate::records::spf::merge::NeededTerm;
use crate::records::spf::merge::merge;

/// Look-ups that a record may cost (RFC 7208, section 4.6.4).
pub const MOST_LOOKUPS: u32 = 10;

/// Look-ups that may find nothing (same section).
pub const MOST_VOID: u32 = 2;

/// What becomes of the SPF record.
#[derive(Clone, Debug, PartialEq)]
pub struct Merging {
    pub existing: Option<Spf>,
    pub merged: Merged,
    /// Terms that the user may keep or drop, as printed.
    pub optional: Vec<String>,
    /// Those of them that go.
    pub dropped: BTreeSet<String>,
    /// Why a term can go.
    pub reasons: BTreeMap<String, String>,
    /// Senders without a term of their own, and why.
    pub without: Vec<(String, String)>,
    /// Words of the present record that nobody can read.
    pub unreadable: Vec<String>,
    /// How many records stand there now.
    pub records: usize,
    /// Several records stand there, and not all of them are known.
    pub incomplete: bool,
}

pub fn merging(facts: &Facts) -> Merging {
    let present = present(facts);
    let (needed, without) = needed(facts, present.spf.as_ref());
    let is_needed = |term: &str| needed.iter().any(|need| need.term.to_string() == term);
    let mut optional: Vec<String> = Vec::new();
    let mut reasons = BTreeMap::new();
    for term in present.spf.iter().flat_map(|spf| &spf.terms) {
        let text = term.to_string();
        if is_all(term) || is_needed(&text) || optional.contains(&text) {
            continue;
        }
        if let Some(why) = why_it_can_go(&text, facts, &needed) {
            reasons.insert(text.clone(), why);
        }
        optional.push(text);
    }
    let mut dropped: BTreeSet<String> = if facts.spf.confirmed {
        facts.spf.dropped.clone()
    } else {
        reasons.keys().cloned().collect()
    };
    for term in &facts.senders.dropped_terms {
        dropped.insert(term.clone());
        reasons
            .entry(term.clone())
            .or_insert_with(|| "you said that nothing sends from there".to_owned());
    }
    dropped.retain(|term| optional.contains(term));
    let merged = merge(present.spf.as_ref(), &needed, &dropped, Qualifier::SoftFail);
    Merging {
        existing: present.spf,
        merged,
        optional,
        dropped,
        reasons,
        without,
        unreadable: present.unreadable,
        records: present.records,
        incomplete: present.incomplete,
    }
}

fn is_all(term: &Term) -> bool {
    matches!(
        term,
        Term::Directive(Directive {
            mechanism: Mechanism::All,
            ..
        })
    )
}

/// Terms that the ticked senders need, and the senders that need none.
fn needed(facts: &Facts, existing: Option<&Spf>) -> (Vec<NeededTerm>, Vec<(String, String)>) {
    let mut needed: Vec<NeededTerm> = Vec::new();
    let mut without = Vec::new();
    for id in service::ticked(facts) {
        let name = service::name(&id);
        if id == OWN_SERVER {
            needed.extend(
                own_terms(facts, existing)
                    .into_iter()
                    .map(|term| NeededTerm {
                        term,
                        by: name.clone(),
                    }),
            );
            continue;
        }
        let Some(owner) = catalog::owner(&id) else {
            continue;
        };
        match owner.spf_terms() {
            SpfNeed::Terms(terms) => {
                // The form for another region, or a redirect, does the same.
                if !has_current_term(existing, owner) {
                    needed.extend(terms.iter().filter_map(|term| {
                        Some(NeededTerm {
                            term: term.parse().ok()?,
                            by: name.clone(),
                        })
                    }));
                } else {
                    needed.extend(
                        terms
                            .iter()
                            .filter_map(|term| term.parse::<Directive>().ok())
                            .filter(|term| holds(existing, term))
                            .map(|term| NeededTerm {
                                term,
                                by: name.clone(),
                            }),
                    );
                }
            }
            SpfNeed::None { why } | SpfNeed::Optional { why, .. } => without.push((name, why)),
            SpfNeed::OnSubdomain { place, .. } => without.push((
                name,
                match place {
                    Some(place) => format!("Its entry belongs elsewhere. {place}"),
                    None => "Its entry belongs on the subdomain for bounces that it asks you to set up.".to_owned(),
                },
            )),
            // What the service showed to this account, typed in at its set-up.
            SpfNeed::PerAccount { .. } if !dkim::parts::terms(facts, &id).is_empty() => {
                needed.extend(dkim::parts::terms(facts, &id).into_iter().map(|term| {
                    NeededTerm {
                        term,
                        by: name.clone(),
                    }
                }));
            }
            SpfNeed::PerAccount { looks_like, hint } => {
                if !has_current_term(existing, owner) {
                    let form = looks_like.map_or(String::new(), |form| format!(", which looks like {form}"));
                    let hint = hint.map_or(String::new(), |hint| format!(" {hint}"));
                    without.push((
                        name,
                        format!("Its entry is different for each account{form}: it shows you yours.{hint}"),
                    ));
                }
            }
            SpfNeed::Unknown => without.push((
                name,
                "It is not known whether it needs an entry. Its DKIM signature does the work; the reports will show it.".to_owned(),
            )),
        }
    }
    needed.dedup();
    (needed, without)
}

fn holds(existing: Option<&Spf>, term: &Directive) -> bool {
    existing.is_some_and(|spf| {
        spf.directives()
            .any(|there| there.mechanism == term.mechanism)
    })
}

/// True where the record names the service in a form that is right today.
fn has_current_term(existing: Option<&Spf>, owner: Owner) -> bool {
    existing.is_some_and(|spf| {
        spf.terms.iter().any(|term| {
            by_spf_term(&term.to_string())
                .is_some_and(|found| found.owner == owner && found.standing == Standing::Current)
        })
    })
}

/// Terms for the own server: its addresses, else what the record has, else `a` and `mx`.
fn own_terms(facts: &Facts, existing: Option<&Spf>) -> Vec<Directive> {
    let directive = |mechanism| Directive {
        qualifier: Qualifier::Pass,
        mechanism,
    };
    let named: Vec<Directive> = senders::terms::own_mechanisms(facts)
        .map(directive)
        .collect();
    if !named.is_empty() {
        return named;
    }
    let is_there = existing.is_some_and(|spf| {
        spf.terms
            .iter()
            .any(|term| senders::terms::whose(term, facts) == Whose::OwnServer)
    });
    if is_there || senders::terms::keeps_a_computer(facts) || !facts.senders.addresses_confirmed {
        return Vec::new();
    }
    ["a", "mx"]
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect()
}

/// Why a term of the present record can go; None where it stays.
fn why_it_can_go(text: &str, facts: &Facts, needed: &[NeededTerm]) -> Option<String> {
    if let Some(node) = node(facts, text) {
        if let Some(fault) = fault(node) {
            return Some(format!(
                "{fault}, and such an entry makes the whole record void"
            ));
        }
        let void = facts
            .survey
            .as_ref()
            .map_or(0, |report| report.spf.void_lookups);
        if void > MOST_VOID && node.void > 0 && node.children.is_empty() {
            return Some(format!(
                "it finds nothing today, and at most {MOST_VOID} such entries are allowed"
            ));
        }
    }
    if let Some(mistake) = mistake(text, facts) {
        return Some(format!(
            "with it the record cannot be handed out. {mistake}"
        ));
    }
    let owner = by_spf_term(text)?;
    let ticked = std::iter::once(&owner.owner)
        .chain(&owner.also)
        .any(|owner| facts.senders.ticked.contains(owner.id()));
    if !ticked {
        return Some(format!("you did not tick {}", owner.owner.name()));
    }
    let name = owner.owner.name();
    match &owner.standing {
        Standing::NotNeeded { why } => Some(format!("{name} does not need it. {why}")),
        Standing::Older { why } if needed.iter().any(|need| need.by == name) => {
            Some(format!("replaced by the present form. {why}"))
        }
        _ => None,
    }
}

/// What is wrong with a term by itself, such as one that allows everyone in the world.
fn mistake(text: &str, facts: &Facts) -> Option<String> {
    let alone: Spf = format!("v=spf1 {text} ~all").parse().ok()?;
    judge::judge(&service::domain(facts), &alone)
        .into_iter()
        .find(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.message)
}

/// What in a term, or below it, makes the whole record void for receivers (permerror).
pub fn fault(node: &TreeNode) -> Option<String> {
    let what = match node.result.as_str() {
        "loop" => "leads in a circle",
        "missing" => "has no SPF record",
        // Without a text it may have been trouble of the network, which proves nothing.
        "error" if node.record.is_some() => "has an SPF record that cannot be read",
        _ => return node.children.iter().find_map(fault),
    };
    Some(format!(
        "{} {what}",
        crate::plan::steps::domain::plain(&node.domain)
    ))
}

/// The node of a term in the tree that the look grew. An `include` of what was a `redirect` reads the same.
pub fn node<'a>(facts: &'a Facts, term: &str) -> Option<&'a TreeNode> {
    let children = &facts.survey.as_ref()?.spf.tree.as_ref()?.children;
    let find = |term: &str| {
        children
            .iter()
            .find(|node| node.term.trim_start_matches('+').eq_ignore_ascii_case(term))
    };
    find(term).or_else(|| find(&format!("redirect={}", term.strip_prefix("include:")?)))
}

/// True where nothing in the node or below it could not be told.
fn is_told(node: &TreeNode) -> bool {
    node.result != "error" && node.children.iter().all(is_told)
}

/// What a term costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub lookups: u32,
    /// False: at least so many.
    pub exact: bool,
}

pub fn cost(facts: &Facts, term: &str) -> Cost {
    if let Some(node) = node(facts, term) {
        return Cost {
            lookups: node.total,
            exact: is_told(node)
                && facts
                    .survey
                    .as_ref()
                    .is_some_and(|report| report.spf.complete),
        };
    }
    let name = term.trim_start_matches(['+', '-', '~', '?']);
    let kind = name.split([':', '=', '/']).next().unwrap_or_default();
    match kind {
        "include" | "redirect" => {
            let known = by_spf_term(name).and_then(|found| match found.owner {
                Owner::Provider(provider) => provider.spf_lookup_cost,
                Owner::Sender(sender) => sender.spf_lookup_cost,
            });
            Cost {
                lookups: known.unwrap_or(1).max(1),
                exact: known.is_some(),
            }
        }
        "a" | "mx" | "ptr" | "exists" => Cost {
            lookups: 1,
            exact: true,
        },
        _ => Cost {
            lookups: 0,
            exact: true,
        },
    }
}

/// What the whole merged record costs.
pub fn total(facts: &Facts, merged: &Merged) -> Cost {
    merged
        .spf
        .terms
        .iter()
        .map(|term| cost(facts, &term.to_string()))
        .fold(
            Cost {
                lookups: 0,
                exact: true,
            },
            |sum, cost| Cost {
                lookups: sum.lookups.saturating_add(cost.lookups),
                exact: sum.exact && cost.exact,
            },
        )
}

/// Look-ups of the merged record that find nothing, as far as they are known.
pub fn void(facts: &Facts, merged: &Merged) -> u32 {
    merged
        .spf
        .terms
        .iter()
        .filter_map(|term| node(facts, &term.to_string()))
        .map(|node| node.void)
        .sum()
}

/// What a term of the merged record, or something below it, makes void.
pub fn faults(facts: &Facts, merged: &Merged) -> Option<(String, String)> {
    merged.spf.terms.iter().find_map(|term| {
        let term = term.to_string();
        let fault = fault(node(facts, &term)?)?;
        Some((term, fault))
    })
}

/// Terms of the merged record whose look-ups could not be counted to the end.
pub fn uncounted(facts: &Facts, merged: &Merged) -> Vec<String> {
    merged
        .spf
        .terms
        .iter()
        .map(Term::to_string)
        .filter(|term| !cost(facts, term).exact)
        .collect()
}
