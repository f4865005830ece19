//! The way back: what was put into a zone goes, and what was taken away returns, only where nobody changed it since. Pure.

use crate::plan::publish::Action;
use crate::plan::publish::Change;
use crate::plan::publish::Holding;
use crate::plan::publish::Refused;
use crate::plan::publish::Step;
use crate::plan::publish::kept::KeptChange;
use crate::plan::publish::step::as_seen;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;
use crate::records::update::Exact;
use crate::records::update::Prerequisite;

/// What to do to take one kept change back. `holding`: what the server has at a name now. None: the kept change cannot be read.
pub fn step(kept: &KeptChange, holding: impl Fn(&DomainName) -> Holding) -> Option<Step> {
    let (owner, record_type, taken, put) = kept.read()?;
    let holding = holding(&owner);
    let there = holding
        .rrsets
        .iter()
        .find(|rrset| rrset.record_type == record_type);
    let data: &[Exact] = there.map_or(&[], |rrset| &rrset.data);
    let has_all = |wanted: &[Exact]| wanted.iter().all(|wanted| data.contains(wanted));
    let has_none = |wanted: &[Exact]| !wanted.iter().any(|wanted| data.contains(wanted));
    let undone = Change {
        id: kept.id.clone(),
        purpose: String::new(),
        action: if taken.is_empty() {
            Action::Remove
        } else {
            Action::Replace
        },
        ttl: there.map_or(kept.ttl, |rrset| rrset.ttl),
        stay: data
            .iter()
            .filter(|data| !put.contains(data))
            .cloned()
            .collect(),
        prerequisites: free_for(&taken, &owner, as_seen(&owner, record_type, there)),
        taken: put.clone(),
        put: taken.clone(),
        owner,
        record_type,
    };
    if has_all(&put) && has_none(&taken) {
        return Some(Step::Change(undone));
    }
    if has_none(&put) && has_all(&taken) {
        return Some(Step::Change(Change {
            action: Action::Keep,
            taken: Vec::new(),
            put: Vec::new(),
            stay: data.to_vec(),
            ..undone
        }));
    }
    Some(Step::Refused(Refused {
        id: undone.id,
        purpose: undone.purpose,
        reason: format!(
            "What stands at {} is no longer what this setup wrote there, so it is left alone.",
            undone.owner
        ),
        remedy: "Somebody changed it since. Change it by hand, if it has to be changed.".to_owned(),
        owner: undone.owner,
        record_type: undone.record_type,
        there: data.to_vec(),
    }))
}

/// An alias that returns to a name that holds nothing needs the name to be free.
fn free_for(back: &[Exact], owner: &DomainName, seen: Vec<Prerequisite>) -> Vec<Prerequisite> {
    let is_alias = back
        .iter()
        .any(|data| data.record_type() == RecordType::Cname);
    let is_bare = seen
        .iter()
        .all(|prerequisite| matches!(prerequisite, Prerequisite::NoRrset { .. }));
    if is_alias && is_bare {
        return vec![Prerequisite::NameFree {
            owner: owner.clone(),
        }];
    }
    seen
}
