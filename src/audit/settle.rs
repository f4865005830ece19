//! What all servers together say to one question.
//!
//! The zone's own servers decide; a resolver has to agree before anything counts as published. Trouble never turns into a "no".

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::audit::Manner;
use crate::audit::codes;
use crate::audit::resolvers;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Place;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::serials;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::Server;
use crate::records::sighting::Trouble;
use crate::records::untrusted::Untrusted;
use crate::records::verdict;

/// How far the answers to one question can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All agree.
    Settled,
    /// Some have the record, others an older one or none.
    Spreading,
    /// This network sees another zone than the rest of the world.
    Conflict,
    /// Nobody could be asked, or not everybody has answered yet.
    Unknown,
}

/// The best answer to a question and how far it can be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub answer: Option<Answer>,
    pub standing: Standing,
    /// True where a name server of the zone answered and every one that answers says the same, whatever resolvers say; where the zone
    /// does not hold the name, true where the resolver can be relied on.
    pub agreed: bool,
    pub findings: Vec<Finding>,
}

impl Settled {
    pub fn texts(&self) -> Vec<Untrusted> {
        self.answer
            .iter()
            .flat_map(Answer::texts)
            .cloned()
            .collect()
    }

    /// The word of the public contract for a record that is there and reads well.
    pub fn word(&self) -> &'static str {
        match self.standing {
            Standing::Settled => "published",
            Standing::Spreading => "spreading",
            Standing::Conflict => "conflict",
            Standing::Unknown => "unknown",
        }
    }
}

/// What an answer says, without its TTL: the target of the first alias, and the data in order. "No such name" and "no such record" are
/// the same "no".
pub fn says(answer: &Answer) -> (Option<&DomainName>, Vec<&Data>) {
    let mut data: Vec<&Data> = answer.data().iter().collect();
    data.sort();
    data.dedup();
    (answer.chain.first(), data)
}

/// Takes the answers of all servers together.
pub fn settle(view: &View<'_>, place: &Place, question: &Question, subject: Subject) -> Settled {
    if let Manner::Resolvers { count } = view.scope.manner {
        return resolvers::settle(view, count, question, subject);
    }
    let resolver = view.resolver(question).filter(|_| !view.is_rewritten());
    let authoritative: Vec<(&Server, &Answer)> = view
        .authoritative(question)
        .filter(|(server, _)| !is_inside(place, server))
        .collect();
    let usable: Vec<(&Server, &Answer)> = authoritative
        .iter()
        .copied()
        .filter(|(_, answer)| answer.trouble().is_none())
        .collect();
    let Some((_, first)) = usable.first() else {
        return without_authority(view, place, question, subject, !authoritative.is_empty());
    };
    let best = usable
        .iter()
        .map(|(_, answer)| *answer)
        .find(|answer| !answer.data().is_empty())
        .unwrap_or(first);
    let is_divided = usable.iter().any(|(_, answer)| says(answer) != says(first));
    let agreed = !is_divided && !view.is_open(question);
    let of = |standing, findings| Settled {
        answer: Some(best.clone()),
        standing,
        agreed,
        findings,
    };
    if view.is_open(question) {
        return of(Standing::Unknown, Vec::new());
    }
    if is_divided {
        return of(
            Standing::Spreading,
            vec![servers_disagree(
                view, place, question, subject, &usable, best,
            )],
        );
    }
    if let Some(target) = best.alias_beside() {
        return of(
            Standing::Conflict,
            vec![tell::tell(
                subject,
                Severity::Error,
                verdict::codes::CNAME_BESIDE_TXT,
                &question.owner,
                &format!(
                    "An alias (CNAME) to {target} stands beside the record. The two cannot stand at one name, so that some servers see the one and some the other."
                ),
                "Delete the alias, or the record.",
            )],
        );
    }
    match resolver {
        Some(answer) if answer.trouble().is_none() && says(answer) == says(first) => {
            of(Standing::Settled, Vec::new())
        }
        Some(answer) if answer.trouble().is_none() && sees_other_zone(place) => {
            of(Standing::Conflict, Vec::new())
        }
        Some(answer) if answer.trouble().is_none() => {
            let seen_at = view.resolver_seen_at(question);
            of(
                Standing::Spreading,
                vec![resolver_is_behind(question, subject, answer, seen_at)],
            )
        }
        // The zone itself tells that its signature is broken.
        Some(answer) if is_distrusted(answer) => of(Standing::Unknown, Vec::new()),
        Some(answer) => of(
            Standing::Unknown,
            answer
                .trouble_in_words()
                .map(|trouble| {
                    tell::tell(
                        subject,
                        Severity::Error,
                        codes::DNS_TROUBLE,
                        &question.owner,
                        &format!(
                            "Your name servers answer for {}, but the resolver {trouble}. Receivers may have the same trouble.",
                            question.owner
                        ),
                        "Look again in a minute. If it stays so, check the DNSSEC settings of the domain with the company that keeps your DNS.",
                    )
                })
                .into_iter()
                .collect(),
        ),
        None if view.is_rewritten() => of(Standing::Settled, Vec::new()),
        // Where the zone's own servers have nothing, resolvers need not be asked.
        None if best.data().is_empty() && best.chain.is_empty() => {
            of(Standing::Settled, Vec::new())
        }
        None => of(Standing::Unknown, Vec::new()),
    }
}

/// No server of the zone gave a usable answer.
fn without_authority(
    view: &View<'_>,
    place: &Place,
    question: &Question,
    subject: Subject,
    were_asked: bool,
) -> Settled {
    let answer = view.resolver(question);
    let of = |standing, findings| Settled {
        answer: answer.cloned(),
        standing,
        agreed: standing == Standing::Settled,
        findings,
    };
    if view.is_open(question) || *place == Place::Open {
        return of(Standing::Unknown, Vec::new());
    }
    let of_zone = match place {
        Place::Found(zone) => {
            question.owner.is_within(&zone.apex) && !zone::is_delegated(view, &question.owner)
        }
        Place::Open | Place::Nowhere | Place::Trouble(..) => false,
    };
    let Some(answer) = answer else {
        return of(Standing::Unknown, Vec::new());
    };
    if is_distrusted(answer) {
        return of(Standing::Unknown, Vec::new());
    }
    if let Some(trouble) = answer.trouble_in_words() {
        let servers: Vec<String> = view
            .authoritative(question)
            .map(|(server, _)| server.to_string())
            .collect();
        let who = if servers.is_empty() {
            "The resolver".to_owned()
        } else {
            format!(
                "{} and the resolver gave no usable answer; the resolver",
                servers.join(", ")
            )
        };
        return of(
            Standing::Unknown,
            vec![tell::tell(
                subject,
                Severity::Error,
                codes::DNS_TROUBLE,
                &question.owner,
                &format!(
                    "It could not be told what stands at {}. {who} {trouble}. That does not mean that the record is missing.",
                    question.owner
                ),
                "Look again in a minute. If it stays so, ask the company that keeps your DNS.",
            )],
        );
    }
    if of_zone && were_asked {
        return of(
            Standing::Unknown,
            vec![tell::tell(
                subject,
                Severity::Warning,
                codes::DNS_RESOLVER_ONLY,
                &question.owner,
                &format!(
                    "Your name servers could not be asked about {}; what is shown is a copy that a resolver keeps.",
                    question.owner
                ),
                "Try from another network: some do not let DNS questions through.",
            )],
        );
    }
    if of_zone || view.is_rewritten() || matches!(place, Place::Trouble(..)) {
        // Nobody of the zone could be asked at all; what is wrong is told about the zone itself.
        return of(Standing::Unknown, Vec::new());
    }
    if answer.is_weak_no() {
        return of(
            Standing::Unknown,
            vec![tell::tell(
                subject,
                Severity::Error,
                codes::DNS_TROUBLE,
                &question.owner,
                &format!(
                    "It could not be told what stands at {}. The resolver sent an empty answer that does not show where it comes from. \
                     That does not mean that the record is missing.",
                    question.owner
                ),
                "Look again from another network, or name a resolver with --resolver 9.9.9.9",
            )],
        );
    }
    of(Standing::Settled, Vec::new())
}

/// True for a server that only this network has.
pub(super) fn is_inside(place: &Place, server: &Server) -> bool {
    match (place, server) {
        (Place::Found(zone), Server::Authoritative { name, .. }) => zone.inside.contains(name),
        _ => false,
    }
}

fn sees_other_zone(place: &Place) -> bool {
    matches!(place, Place::Found(zone) if !zone.inside.is_empty())
}

fn is_distrusted(answer: &Answer) -> bool {
    answer.chain.is_empty() && matches!(answer.trouble(), Some(Trouble::BadSignature { .. }))
}

fn servers_disagree(
    view: &View<'_>,
    place: &Place,
    question: &Question,
    subject: Subject,
    usable: &[(&Server, &Answer)],
    best: &Answer,
) -> Finding {
    let (have, behind): (Vec<_>, Vec<_>) = usable
        .iter()
        .partition(|(_, answer)| says(answer) == says(best));
    let names = |servers: &[&(&Server, &Answer)]| {
        let names: Vec<String> = servers
            .iter()
            .map(|(server, _)| server.to_string())
            .collect();
        names.join(", ")
    };
    let have: Vec<&(&Server, &Answer)> = have.into_iter().collect();
    let behind: Vec<&(&Server, &Answer)> = behind.into_iter().collect();
    let versions = match place {
        Place::Found(zone) => serials::serials(zone.serials(view)),
        _ => None,
    };
    let remedy = if versions.as_ref().is_some_and(serials::Serials::is_stuck) {
        "One server does not take changes over any more: ask the company that keeps your DNS to look at its zone transfer (AXFR, NOTIFY)."
    } else {
        "After a change this is normal for some minutes. If it stays so, one server does not take over changes: ask the company that keeps your DNS."
    };
    let message = format!(
        "Your name servers do not agree about {}: {} and {} answer differently. {}",
        question.owner,
        names(&have),
        names(&behind),
        versions
            .map(|versions| versions.in_words())
            .unwrap_or_default()
    );
    tell::tell(
        subject,
        Severity::Warning,
        codes::DNS_SERVERS_DISAGREE,
        &question.owner,
        message.trim_end(),
        remedy,
    )
}

fn resolver_is_behind(
    question: &Question,
    subject: Subject,
    answer: &Answer,
    seen_at: Option<Timestamp>,
) -> Finding {
    let left = match answer.outcome {
        Outcome::Records { ttl, .. } => Some(ttl),
        Outcome::NoData { ttl } | Outcome::NoName { ttl } => ttl,
        Outcome::Trouble(_) => None,
    };
    let gone = left.zip(seen_at).and_then(|(left, seen_at)| {
        seen_at
            .checked_add(SignedDuration::from_secs(i64::from(left)))
            .ok()
    });
    let wait = match gone {
        Some(gone) => format!("It is gone by {}.", tell::clock(gone)),
        None => "It does not say for how long.".to_owned(),
    };
    tell::tell(
        subject,
        Severity::Warning,
        codes::DNS_OLD_COPY,
        &question.owner,
        &format!(
            "Your name servers have a newer answer for {} than the resolver, which keeps an old copy. {wait}",
            question.owner
        ),
        "Nothing to do but wait.",
    )
}
