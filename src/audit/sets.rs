//! What stands at each name that the zone's own servers were asked about: whole sets of records, so that who changes one record of a set
//! can keep the others.

use crate::audit::Manner;
use crate::audit::report::SetReport;
use crate::audit::settle;
use crate::audit::view;
use crate::audit::view::View;
use crate::audit::zone::Place;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;

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
            set(question, &answers, view.is_open(question))
        })
        .collect()
}

/// What the zone's own servers say together; None where none of them gave a usable answer.
pub fn set(question: &Question, answers: &[&Answer], is_open: bool) -> Option<SetReport> {
    let usable: Vec<&&Answer> = answers
        .iter()
        .filter(|answer| answer.trouble().is_none())
        .collect();
    let first = usable.first()?;
    let agreed = !is_open
        && usable.iter().all(|answer| stands(answer) == stands(first))
        && first.alias_beside().is_none();
    let alias = first.chain.first().cloned().or_else(|| {
        first.data().iter().find_map(|data| match data {
            Data::Cname(target) => Some(target.clone()),
            _ => None,
        })
    });
    let own = if alias.is_none() { first.data() } else { &[] };
    let values = own.iter().filter_map(value).collect();
    let ttl = match first.outcome {
        Outcome::Records { ttl, .. } if alias.is_none() => Some(ttl),
        _ => None,
    };
    Some(SetReport {
        name: question.owner.to_string(),
        record_type: question.record_type.to_string(),
        agreed,
        alias: alias.map(|target| target.to_string()),
        ttl,
        values,
    })
}

/// As [`set`], of the answers to one question among others.
pub fn of_sightings<'s>(
    question: &Question,
    sightings: impl Iterator<Item = (&'s Server, &'s Answer)>,
) -> Option<SetReport> {
    let answers: Vec<&Answer> = sightings
        .filter(|(server, _)| server.is_authoritative())
        .map(|(_, answer)| answer)
        .collect();
    set(question, &answers, false)
}

/// What an answer says of the name itself: behind an alias other names begin.
fn stands(answer: &Answer) -> (Option<String>, Vec<String>) {
    if let Some(target) = answer.chain.first() {
        return (Some(target.to_string()), Vec::new());
    }
    let mut values: Vec<String> = answer.data().iter().filter_map(value).collect();
    values.sort();
    values.dedup();
    let (_, data) = settle::says(answer);
    let alias = data.iter().find_map(|data| match data {
        Data::Cname(target) => Some(target.to_string()),
        _ => None,
    });
    (alias, values)
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
