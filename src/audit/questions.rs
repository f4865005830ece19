//! What can be asked next, given what is known.

use crate::audit::dkim;
use crate::audit::dmarc;
use crate::audit::spf;
use crate::audit::view;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Place;
use crate::records::dmarc::discovery;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Whom;

/// What a question is for: those about selectors are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Usual,
    Selector,
}

/// All questions that make sense by now, those that matter most first; many may have been asked already.
pub fn wanted(view: &View<'_>) -> Vec<(Kind, Ask)> {
    let place = zone::place(view);
    let mut wanted: Vec<(Kind, Ask)> = start(view)
        .into_iter()
        .map(|question| resolve(Kind::Usual, question))
        .collect();
    if let Place::Found(zone) = &place {
        let addresses = zone.address_questions(view);
        wanted.extend(
            addresses
                .into_iter()
                .map(|question| resolve(Kind::Usual, question)),
        );
        let servers = zone.servers(view);
        if !servers.is_empty() {
            let mut own = dmarc::own_questions(view, &place);
            own.extend([
                view.own(RecordType::Txt),
                zone.soa(),
                view.own(RecordType::Mx),
            ]);
            let keys = dkim::seen_questions(view);
            let usual = own.into_iter().map(|question| (Kind::Usual, question));
            let keys = keys.into_iter().map(|question| (Kind::Selector, question));
            for (kind, question) in usual.chain(keys) {
                if question.owner.is_within(&zone.apex)
                    && !zone::is_delegated(view, &question.owner)
                {
                    let whom = Whom::Servers(servers.clone());
                    wanted.push((kind, Ask { question, whom }));
                }
            }
        }
    }
    let more = dmarc::more_questions(view, &place)
        .into_iter()
        .chain(spf::more_questions(view, &place));
    wanted.extend(more.map(|question| resolve(Kind::Usual, question)));
    let mut keys = dkim::questions(view, &place);
    keys.extend(dkim::wrong_name_questions(view));
    wanted.extend(
        keys.into_iter()
            .map(|question| resolve(Kind::Selector, question)),
    );
    wanted
}

/// The questions that need no answer first.
fn start(view: &View<'_>) -> Vec<Question> {
    let domain = view.domain();
    let mut questions: Vec<Question> = zone::candidates(domain)
        .into_iter()
        .map(|name| Question::new(name, RecordType::Ns))
        .collect();
    questions.extend([view.own(RecordType::Txt), view.own(RecordType::Mx)]);
    questions.extend(
        discovery::steps(domain)
            .iter()
            .filter_map(discovery::question),
    );
    questions.extend(view.at("_dmarc", RecordType::Ns));
    questions.extend(view.at("_domainkey", RecordType::Ns));
    questions.extend(view.probe(""));
    questions.extend(view.probe("_domainkey"));
    questions.extend(view::invalid_probe());
    if domain.registrable().is_some_and(|top| top != *domain) {
        questions.extend([view.own(RecordType::A), view.own(RecordType::Aaaa)]);
    }
    questions
}

fn resolve(kind: Kind, question: Question) -> (Kind, Ask) {
    let whom = Whom::AnyResolver;
    (kind, Ask { question, whom })
}
