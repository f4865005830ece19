//! What resolvers together say to one question, where they alone are asked (DNS over HTTPS).
//!
//! Nobody of the zone vouches for an answer then, and one resolver may keep an old copy: two have to agree, or the one that there is.

use crate::audit::codes;
use crate::audit::settle::Settled;
use crate::audit::settle::Standing;
use crate::audit::settle::says;
use crate::audit::tell;
use crate::audit::view::View;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::Server;

/// Resolvers that have to agree, where there are as many.
const ENOUGH: usize = 2;

/// Takes the answers of the resolvers together; `count` of them are there to ask.
pub fn settle(view: &View<'_>, count: usize, question: &Question, subject: Subject) -> Settled {
    let answers = view.resolvers(question);
    let usable: Vec<(&Server, &Answer)> = answers
        .iter()
        .copied()
        .filter(|(_, answer)| answer.trouble().is_none() && !answer.is_weak_no())
        .collect();
    let best = usable
        .iter()
        .map(|(_, answer)| *answer)
        .find(|answer| !answer.data().is_empty())
        .or(usable.first().map(|(_, answer)| *answer));
    let is_divided = usable
        .iter()
        .any(|(_, answer)| best.is_some_and(|best| says(answer) != says(best)));
    let of = |standing, findings| Settled {
        answer: best.or(answers.first().map(|(_, answer)| *answer)).cloned(),
        standing,
        agreed: standing == Standing::Settled,
        findings,
    };
    if answers.is_empty() || view.is_open(question) || view.is_rewritten() {
        return of(Standing::Unknown, Vec::new());
    }
    let enough = if view.is_asked_of_all(question) {
        count.min(ENOUGH)
    } else {
        1
    };
    if usable.len() < enough {
        let findings = match view.nobody_answers() {
            // Said once, about all of them.
            true => Vec::new(),
            false => vec![too_few(question, subject, &answers, &usable)],
        };
        return of(Standing::Unknown, findings);
    }
    match best {
        Some(best) if is_divided => of(
            Standing::Spreading,
            vec![disagree(question, subject, &usable, best)],
        ),
        _ => of(Standing::Settled, Vec::new()),
    }
}

fn too_few(
    question: &Question,
    subject: Subject,
    answers: &[(&Server, &Answer)],
    usable: &[(&Server, &Answer)],
) -> Finding {
    let failed: Vec<String> = answers
        .iter()
        .filter(|(server, _)| !usable.iter().any(|(other, _)| other == server))
        .map(|(server, answer)| match answer.trouble() {
            Some(trouble) => format!("{server} {trouble}"),
            None => format!("{server} sent an empty answer that does not show where it comes from"),
        })
        .collect();
    let left = match usable.len() {
        0 => "",
        _ => " One resolver alone is not enough to go by.",
    };
    tell::tell(
        subject,
        Severity::Error,
        codes::DNS_TROUBLE,
        &question.owner,
        &format!(
            "It could not be told what stands at {}: {}.{left} That does not mean that the record is missing.",
            question.owner,
            failed.join("; ")
        ),
        "Look again in a minute. If it stays so, ask the company that keeps your DNS.",
    )
}

fn disagree(
    question: &Question,
    subject: Subject,
    usable: &[(&Server, &Answer)],
    best: &Answer,
) -> Finding {
    let (have, others): (Vec<&(&Server, &Answer)>, Vec<_>) = usable
        .iter()
        .partition(|(_, answer)| says(answer) == says(best));
    let names = |servers: &[&(&Server, &Answer)]| {
        let names: Vec<String> = servers
            .iter()
            .map(|(server, _)| server.to_string())
            .collect();
        names.join(", ")
    };
    let left: Option<Vec<u32>> = usable
        .iter()
        .map(|(_, answer)| match answer.outcome {
            Outcome::Records { ttl, .. } => Some(ttl),
            Outcome::NoData { ttl } | Outcome::NoName { ttl } => ttl,
            Outcome::Trouble(_) => None,
        })
        .collect();
    let wait = match left.and_then(|left| left.into_iter().max()) {
        Some(seconds) => format!(
            "The last old copy is gone in at most {} minutes.",
            seconds.div_ceil(60).max(1)
        ),
        None => "Old copies are gone before long.".to_owned(),
    };
    tell::tell(
        subject,
        Severity::Warning,
        codes::DNS_RESOLVERS_DISAGREE,
        &question.owner,
        &format!(
            "Resolvers do not agree about {}: {} and {} answer differently. After a change some keep an old copy. {wait}",
            question.owner,
            names(&have),
            names(&others)
        ),
        "Nothing to do but wait.",
    )
}
