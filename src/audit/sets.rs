//! What stands at each name that the zone's own servers were asked about: whole sets of records, so that who changes one record of a set
//! can keep the others.

use crate::audit::Manner;
use crate::audit::report::SetReport;
use crate::audit::settle;
use crate::audit::view;
use crate::audit::view::View;
use crate::audit::zone::Place;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;

/// The sets that were looked at, by name. Only the wizard asks so much; a quick look and one through resolvers have none.
pub fn sets(view: &View<'_>, place: &Place) -> Vec<SetReport> {
    let Place::Found(zone) = place else {
        return Vec::new();
    };
    if view.scope.manner != Manner::Careful {
        return Vec::new();
    }
    let mut questions: Vec<&Question> = view
        .asked_of_servers()
        .filter(|question| {
            question.owner.is_within(&zone.apex)
                && !view::is_probe(&question.owner)
                && matches!(
                    question.record_type,
                    RecordType::Txt | RecordType::Mx | RecordType::Cname
                )
        })
        .collect();
    questions.sort();
    questions
        .into_iter()
        .filter_map(|question| {
            let answers: Vec<&Answer> = view
                .authoritative(question)
                .filter(|(server, _)| !settle::is_inside(place, server))
                .map(|(_, answer)| answer)
                .collect();
            let wild: Vec<&Answer> = wildcards(view, &question.owner);
            set(question, &answers, &wild, view.is_open(question))
        })
        .collect()
}

/// What answers at names that nobody has a record at, beside or above the owner.
fn wildcards<'v>(view: &View<'v>, owner: &DomainName) -> Vec<&'v Answer> {
    if owner == view.domain() {
        return Vec::new();
    }
    let is_key = view
        .at("_domainkey", RecordType::Txt)
        .is_some_and(|keys| owner.is_within(&keys.owner));
    let of_keys = if is_key {
        view.wildcard("_domainkey")
    } else {
        None
    };
    of_keys.into_iter().chain(view.wildcard("")).collect()
}

/// What the zone's own servers say together; None where none of them gave a usable answer. `wild`: what answers at names that nobody has a
/// record at; where the owner says just that, nothing stands there itself.
fn set(
    question: &Question,
    answers: &[&Answer],
    wild: &[&Answer],
    is_open: bool,
) -> Option<SetReport> {
    let usable: Vec<&&Answer> = answers
        .iter()
        .filter(|answer| answer.trouble().is_none())
        .collect();
    let first = usable.first()?;
    let agreed = !is_open
        && usable.iter().all(|answer| stands(answer) == stands(first))
        && first.alias_beside().is_none();
    let is_wild = wild.iter().any(|nobody| stands(nobody) == stands(first));
    let (alias, values) = if is_wild {
        (None, Vec::new())
    } else {
        stands(first)
    };
    let ttl = match first.outcome {
        Outcome::Records { ttl, .. } if !values.is_empty() => Some(ttl),
        _ => None,
    };
    Some(SetReport {
        name: question.owner.to_string(),
        record_type: question.record_type.to_string(),
        agreed,
        alias,
        ttl,
        values,
    })
}

/// What the zone's own servers say together to one question among others; `nobody`: the question about a name that nobody has a record at.
pub fn of_sightings(
    question: &Question,
    nobody: Option<&Question>,
    sightings: &[Sighting],
) -> Option<SetReport> {
    let answers = |asked: &Question| -> Vec<&Answer> {
        sightings
            .iter()
            .filter(|sighting| sighting.question == *asked && sighting.server.is_authoritative())
            .map(|sighting| &sighting.answer)
            .collect()
    };
    let wild: Vec<&Answer> = nobody.map(answers).unwrap_or_default();
    set(question, &answers(question), &wild, false)
}

/// What an answer says of the name itself, in order: behind an alias other names begin.
fn stands(answer: &Answer) -> (Option<String>, Vec<String>) {
    let (behind, data) = settle::says(answer);
    let alias = behind.or_else(|| {
        data.iter().find_map(|data| match data {
            Data::Cname(target) => Some(target),
            _ => None,
        })
    });
    match alias {
        Some(target) => (Some(target.to_string()), Vec::new()),
        None => (None, data.into_iter().filter_map(value).collect()),
    }
}

/// The value of a record as it is kept: a text escaped, so that no byte is lost.
fn value(data: &Data) -> Option<String> {
    match data {
        Data::Txt(text) => Some(text.shown().to_string()),
        Data::Mx {
            preference,
            exchange,
        } => Some(format!("{preference} {exchange}")),
        _ => None,
    }
}
