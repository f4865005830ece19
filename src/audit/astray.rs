//! DKIM keys that ended up at another name than their own.

use crate::audit::dkim::certain;
use crate::audit::dkim::is_something;
use crate::audit::panel;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone::Place;
use crate::records::dkim::Selector;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::verdict;
use crate::records::verdict::found;
use crate::records::verdict::state::Kind;

/// The questions for the doubled names of keys that nobody named.
pub fn questions(view: &View<'_>, zone: &Place) -> Vec<Question> {
    keyless(view, zone)
        .filter(|(selector, _)| !view.scope.selectors.contains(selector))
        .filter_map(|(_, question)| doubled_place(view, zone, &question.owner))
        .map(|place| place.question)
        .collect()
}

/// The selectors of recognized services that no key answers under, where no service that was recognized has one: a panel may have doubled
/// the name. Elsewhere a missing one is no sign of a mistake, since services use some of their selectors only.
fn keyless<'v>(view: &'v View<'_>, zone: &Place) -> impl Iterator<Item = &'v (Selector, Question)> {
    let certain = certain(view, zone);
    let is_without = |(_, question): &(Selector, Question)| {
        view.best(question)
            .is_some_and(|answer| !is_something(view, answer))
    };
    let all_are = certain.iter().all(is_without);
    certain.iter().filter(move |_| all_are)
}

/// Where the key of `owner` stands if the panel put the domain behind its name a second time (P1).
fn doubled_place(view: &View<'_>, zone: &Place, owner: &DomainName) -> Option<found::Place> {
    found::places(owner, &panel::zone(view, zone))
        .into_iter()
        .find(|place| place.code == verdict::codes::NAME_DOUBLED)
}

/// The selectors of recognized services whose key was found under a doubled name.
pub fn doubled<'v>(view: &'v View<'_>, zone: &Place) -> Vec<&'v Selector> {
    let is_there = |owner: &DomainName| {
        doubled_place(view, zone, owner)
            .and_then(|place| view.resolver(&place.question))
            .is_some_and(|answer| {
                let texts: Vec<Untrusted> = answer.texts().cloned().collect();
                is_something(view, answer) && found::is_here(Kind::Dkim, owner, &texts)
            })
    };
    keyless(view, zone)
        .filter(|(_, question)| is_there(&question.owner))
        .map(|(selector, _)| selector)
        .collect()
}

/// A name where a key ended up by mistake and where one is, with the texts there.
pub fn misplaced(
    view: &View<'_>,
    zone: &Place,
    owner: &DomainName,
) -> Option<(found::Place, Vec<Untrusted>)> {
    found::places(owner, &panel::zone(view, zone))
        .into_iter()
        .find_map(|place| {
            let answer = view
                .resolver(&place.question)
                .filter(|answer| is_something(view, answer))?;
            let texts: Vec<Untrusted> = answer.texts().cloned().collect();
            found::is_here(Kind::Dkim, owner, &texts).then_some((place, texts))
        })
}

/// A key at the domain itself (P2), where no selector tells where it belongs.
pub fn at_domain(view: &View<'_>) -> Option<Finding> {
    let domain = view.domain();
    let answer = view.best(&view.own(RecordType::Txt))?;
    let is_here = answer.texts().any(|text| {
        let start = text.as_bytes().get(..7).unwrap_or_default();
        start.eq_ignore_ascii_case(b"v=DKIM1")
    });
    is_here.then(|| {
        tell::tell(
            Subject::Dkim,
            Severity::Warning,
            verdict::codes::AT_APEX,
            domain,
            &format!(
                "A DKIM key stands at {domain} itself, where no mail server looks for it."
            ),
            &format!(
                "Change the name of that record to the selector that the signing service shows, followed by ._domainkey (in full: SELECTOR._domainkey.{domain})."
            ),
        )
    })
}
