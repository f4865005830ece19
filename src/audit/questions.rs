//! What can be asked next, given what is known.

use crate::audit::Manner;
use crate::audit::delegation;
use crate::audit::dkim;
use crate::audit::dmarc;
use crate::audit::mail;
use crate::audit::panel;
use crate::audit::spf;
use crate::audit::view;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Place;
use crate::audit::zone::Zone;
use crate::records::dmarc::discovery;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Ask;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Whom;

/// Name servers that are asked about what is not awaited at each of them.
const SOME_SERVERS: usize = 2;

/// What a question is for: each kind is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Usual,
    /// To the zone's own servers.
    Server,
    /// About a record that the SPF record names.
    Tree,
    Selector,
}

/// All questions that make sense by now, those that matter most first; many may have been asked already.
pub fn wanted(view: &View<'_>) -> Vec<(Kind, Ask)> {
    let place = zone::place(view);
    let mut wanted: Vec<(Kind, Ask)> = Vec::new();
    let resolvers_only = matches!(view.scope.manner, Manner::Resolvers { .. });
    let named = if resolvers_only {
        dkim::seen_questions(view, &place)
    } else {
        Vec::new()
    };
    let to_resolver = |wanted: &mut Vec<(Kind, Ask)>, kind: Kind, questions: Vec<Question>| {
        for question in questions {
            if may_ask_resolver(view, &place, &question) {
                let is_record = decides(view, &question) || named.contains(&question);
                let whom = if resolvers_only && is_record {
                    Whom::EveryResolver
                } else {
                    Whom::AnyResolver
                };
                wanted.push((kind, Ask { question, whom }));
            }
        }
    };
    to_resolver(&mut wanted, Kind::Usual, start(view));
    let apex = match &place {
        Place::Found(zone) => Some(zone.apex.clone()),
        Place::Open | Place::Nowhere | Place::Trouble(..) => {
            let denied = delegation::is_denied(view);
            view.domain().registrable().filter(|_| denied)
        }
    };
    if !matches!(place, Place::Found(_)) && apex.is_some() {
        to_resolver(&mut wanted, Kind::Usual, vec![delegation::root()]);
    }
    if let Some(apex) = &apex {
        let above = delegation::address_question(view, apex);
        to_resolver(&mut wanted, Kind::Usual, above.into_iter().collect());
        let own = match &place {
            Place::Found(zone) => zone.servers(view),
            _ => Vec::new(),
        };
        let (servers, question) = delegation::asks(view, apex, &own);
        if !servers.is_empty() {
            let whom = Whom::Servers(servers);
            wanted.push((Kind::Server, Ask { question, whom }));
        }
    }
    if let Place::Found(zone) = &place {
        to_resolver(&mut wanted, Kind::Usual, zone.address_questions(view));
        let whose = panel::domain_connect_question(zone);
        to_resolver(&mut wanted, Kind::Usual, whose.into_iter().collect());
        wanted.extend(to_servers(view, &place, zone));
    }
    let more = dmarc::more_questions(view, &place);
    to_resolver(&mut wanted, Kind::Usual, more);
    let servers = mail::more_questions(view, &place);
    to_resolver(&mut wanted, Kind::Usual, servers);
    let tree = spf::more_questions(view, &place);
    to_resolver(&mut wanted, Kind::Tree, tree);
    let mut keys = dkim::questions(view, &place);
    keys.extend(dkim::more_questions(view, &place));
    to_resolver(&mut wanted, Kind::Selector, keys);
    if resolvers_only {
        wanted.retain(|(_, ask)| !matches!(ask.whom, Whom::Servers(_)));
    }
    wanted
}

/// True for a question about a record of the domain itself, which resolvers have to agree about where they alone are asked.
fn decides(view: &View<'_>, question: &Question) -> bool {
    let is_policy = question.record_type == RecordType::Txt
        && question.owner.labels().next() == Some("_dmarc")
        && !question.owner.labels().any(|label| label == "_report");
    is_policy || *question == view.own(RecordType::Txt) || *question == view.own(RecordType::Mx)
}

/// The questions to the zone's own servers.
fn to_servers(view: &View<'_>, place: &Place, zone: &Zone) -> Vec<(Kind, Ask)> {
    let servers = zone.servers(view);
    let all = |(kind, question): (Kind, Question)| (kind, question, servers.clone());
    let one = |(kind, question): (Kind, Question)| {
        let next = next_server(view, zone, &servers, &question);
        (kind, question, next.into_iter().collect())
    };
    let mut own = dmarc::own_questions(view, place);
    own.extend([view.own(RecordType::Txt), zone.soa()]);
    own.extend(dmarc::permission_questions(view, place));
    let usual = own.into_iter().map(|question| (Kind::Server, question));
    let keys = dkim::seen_questions(view, place);
    let keys = keys.into_iter().map(|question| (Kind::Selector, question));
    let mut questions: Vec<_> = usual.chain(keys).map(all).collect();
    let mx = view.own(RecordType::Mx);
    let some = some_servers(view, &servers, &mx);
    questions.push((Kind::Server, mx, some));
    if view.scope.manner == Manner::Careful {
        let probes = view
            .at("_domainkey", RecordType::Txt)
            .into_iter()
            .chain(view.probe("_domainkey"))
            .map(|question| (Kind::Server, question));
        let keys = dkim::questions(view, place);
        let keys = keys.into_iter().map(|question| (Kind::Selector, question));
        questions.extend(probes.chain(keys).map(one));
    }
    questions
        .into_iter()
        .filter(|(_, question, servers)| {
            !servers.is_empty()
                && question.owner.is_within(&zone.apex)
                && !zone::is_delegated(view, &question.owner)
        })
        .map(|(kind, question, servers)| {
            let whom = Whom::Servers(servers);
            (kind, Ask { question, whom })
        })
        .collect()
}

/// Some servers to ask about what is not awaited at each of them: others take the place of those that fail.
fn some_servers(view: &View<'_>, servers: &[Server], question: &Question) -> Vec<Server> {
    let has_failed = |server: &&Server| {
        view.authoritative(question)
            .any(|(other, answer)| other == *server && answer.trouble().is_some())
    };
    servers
        .iter()
        .filter(|server| !has_failed(server))
        .take(SOME_SERVERS)
        .cloned()
        .collect()
}

/// The one server to ask next: one that answers about the zone, until one gave a usable answer to the question.
fn next_server(
    view: &View<'_>,
    zone: &Zone,
    servers: &[Server],
    question: &Question,
) -> Option<Server> {
    let is_known = view
        .authoritative(question)
        .any(|(_, answer)| answer.trouble().is_none());
    if is_known || view.is_open(question) {
        return None;
    }
    let answers = |server: &Server| {
        view.authoritative(&zone.soa())
            .any(|(other, answer)| other == server && answer.trouble().is_none())
    };
    let failed = |server: &Server| {
        view.authoritative(question)
            .any(|(other, _)| other == server)
    };
    let mut open = servers.iter().filter(|server| !failed(server));
    let first = open.clone().find(|server| answers(server));
    let is_waiting = view.is_open(&zone.soa()) || !view.is_asked(&zone.soa());
    first
        .or_else(|| if is_waiting { None } else { open.next() })
        .cloned()
}

/// False where the answer of the zone's own servers is to be waited for, because a resolver would remember a "no".
fn may_ask_resolver(view: &View<'_>, place: &Place, question: &Question) -> bool {
    let owner = &question.owner;
    let is_delicate = ["_dmarc", "_domainkey"].iter().any(|label| {
        view.at(label, RecordType::Txt)
            .is_some_and(|below| owner.is_within(&below.owner))
    }) || *question == view.own(RecordType::Txt)
        || is_permission_of_zone(place, owner);
    if view.scope.manner != Manner::Careful || !is_delicate {
        return true;
    }
    match place {
        Place::Open => false,
        Place::Nowhere | Place::Trouble(..) => true,
        Place::Found(zone) => {
            let is_without_servers = zone.servers(view).is_empty()
                && !zone
                    .address_questions(view)
                    .iter()
                    .any(|address| !view.is_asked(address) || view.is_open(address));
            let text = Question::new(owner.clone(), RecordType::Txt);
            let usable: Vec<&Answer> = view
                .authoritative(&text)
                .map(|(_, answer)| answer)
                .filter(|answer| answer.trouble().is_none())
                .collect();
            let is_there = usable
                .iter()
                .any(|answer| !answer.data().is_empty() || !answer.chain.is_empty());
            let servers = zone.servers(view);
            let all_failed = !servers.is_empty()
                && usable.is_empty()
                && servers
                    .iter()
                    .all(|server| view.authoritative(&text).any(|(other, _)| other == server));
            is_without_servers
                || zone::is_delegated(view, owner)
                || !view.is_open(&text) && (is_there || all_failed)
        }
    }
}

/// True for the name of a permission to send reports that the servers of the domain hold themselves.
fn is_permission_of_zone(place: &Place, owner: &DomainName) -> bool {
    match place {
        Place::Found(zone) => {
            owner.is_within(&zone.apex) && owner.labels().any(|label| label == "_report")
        }
        Place::Open | Place::Nowhere | Place::Trouble(..) => false,
    }
}

/// The questions that need no answer first.
fn start(view: &View<'_>) -> Vec<Question> {
    let domain = view.domain();
    let mut questions: Vec<Question> = zone::candidates(domain)
        .into_iter()
        .map(|name| Question::new(name, RecordType::Ns))
        .collect();
    questions.extend([view.own(RecordType::Txt), view.own(RecordType::Mx)]);
    questions.extend(delegation::registry(view));
    questions.extend(zone::renamed_question(view));
    questions.extend(
        discovery::steps(domain)
            .iter()
            .filter_map(discovery::question),
    );
    questions.extend(view.at("_dmarc", RecordType::Ns));
    questions.extend(view.at("_domainkey", RecordType::Ns));
    questions.extend(view.probe(""));
    questions.extend(view.probe("_domainkey"));
    questions.extend(view::rewriting_probes(domain));
    if domain.registrable().is_some_and(|top| top != *domain) {
        questions.extend([view.own(RecordType::A), view.own(RecordType::Aaaa)]);
    }
    questions
}
