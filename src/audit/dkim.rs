//! The DKIM section of the report. Selectors cannot be listed through the DNS: those named, those of recognized services and the
//! usual ones are tried.

use crate::audit::Manner;
use crate::audit::codes;
use crate::audit::mail;
use crate::audit::report::DkimReport;
use crate::audit::report::SelectorReport;
use crate::audit::settle::Settled;
use crate::audit::settle::Standing;
use crate::audit::settle::settle;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone::Place;
use crate::records::dkim::KeyType;
use crate::records::dkim::Selector;
use crate::records::dkim::judge;
use crate::records::dkim::judge::Selected;
use crate::records::dkim::place;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;

/// What is known about DKIM.
pub struct Section {
    pub report: DkimReport,
    pub findings: Vec<Finding>,
    /// True where a published key can be used to check signatures.
    pub is_usable: bool,
    /// The aliases seen at selectors: the selector, and what its name is an alias of.
    pub aliases: Vec<(Selector, DomainName)>,
}

fn question(domain: &DomainName, selector: &Selector) -> Option<Question> {
    let owner = selector.owner(domain).ok()?;
    Some(Question::new(owner, RecordType::Txt))
}

/// The selectors with the question for each.
pub fn with_questions(domain: &DomainName, selectors: &[Selector]) -> Vec<(Selector, Question)> {
    let with_question = |selector: &Selector| Some((selector.clone(), question(domain, selector)?));
    selectors.iter().filter_map(with_question).collect()
}

/// The selectors that were named, then those of recognized services, each once.
fn certain<'v>(view: &'v View<'_>, zone: &Place) -> &'v [(Selector, Question)] {
    view.memory.selectors.get_or_init(|| {
        let of_services = mail::services(view, zone)
            .iter()
            .filter_map(|(owner, _)| owner.dkim())
            .flat_map(|dkim| dkim.literal_selectors())
            .filter_map(|selector| selector.parse().ok());
        let mut all: Vec<Selector> = Vec::new();
        for selector in view.scope.selectors.iter().cloned().chain(of_services) {
            if !all.contains(&selector) {
                all.push(selector);
            }
        }
        with_questions(view.domain(), &all)
    })
}

/// The selectors to try, with the question for each: [`certain`] ones and then the guesses, each once.
fn selectors<'v>(
    view: &'v View<'_>,
    zone: &Place,
) -> impl Iterator<Item = &'v (Selector, Question)> {
    let certain = certain(view, zone);
    let is_new = |guess: &&(Selector, Question)| !certain.iter().any(|known| known.0 == guess.0);
    certain.iter().chain(view.guesses.iter().filter(is_new))
}

/// The questions to resolvers. What is only guessed waits until somebody has answered about the domain: behind name servers that are dead
/// every guess would cost the longest wait, and below a name that does not exist there is nothing (RFC 8020).
pub fn questions(view: &View<'_>, zone: &Place) -> Vec<Question> {
    let is_worth_guessing = view.scope.manner == Manner::Careful || is_alive(view);
    let is_careful = view.scope.manner == Manner::Careful;
    selectors(view, zone)
        .filter(|(selector, _)| is_worth_guessing || view.scope.selectors.contains(selector))
        .map(|(_, question)| question)
        .filter(|question| is_careful || !view.is_asked(question))
        .cloned()
        .collect()
}

/// True where a resolver gave a usable answer about the domain, other than that it does not exist.
fn is_alive(view: &View<'_>) -> bool {
    let answers = || {
        [RecordType::Ns, RecordType::Txt, RecordType::Mx]
            .into_iter()
            .filter_map(|record_type| view.resolver(&view.own(record_type)))
    };
    let is_absent = answers().any(|answer| {
        answer.chain.is_empty() && matches!(answer.outcome, Outcome::NoName { ttl: Some(_) })
    });
    !is_absent && answers().any(|answer| answer.trouble().is_none())
}

/// Questions about the names where a named key may have ended up by mistake.
pub fn wrong_name_questions(view: &View<'_>) -> Vec<Question> {
    view.scope
        .selectors
        .iter()
        .filter(|selector| {
            question(view.domain(), selector)
                .and_then(|question| view.best(&question))
                .is_some_and(|answer| answer.data().is_empty() && answer.chain.is_empty())
        })
        .flat_map(|selector| place::wrong_names(selector, view.domain()))
        .map(|name| Question::new(name, RecordType::Txt))
        .collect()
}

/// The questions to the servers of the zone: for named selectors, and where a resolver has seen something.
pub fn seen_questions(view: &View<'_>, zone: &Place) -> Vec<Question> {
    selectors(view, zone)
        .filter(|(selector, question)| {
            view.scope.selectors.contains(selector)
                || view
                    .best(question)
                    .is_some_and(|answer| is_something(view, answer))
        })
        .map(|(_, question)| question.clone())
        .collect()
}

/// True where an answer holds a record or an alias that no wildcard gave.
fn is_something(view: &View<'_>, answer: &Answer) -> bool {
    let is_there = !answer.data().is_empty() || !answer.chain.is_empty();
    let data = |answer: &Answer| -> Vec<Data> {
        let mut data = answer.data().to_vec();
        data.sort();
        data
    };
    let is_wild = || {
        [view.wildcard("_domainkey"), view.wildcard("")]
            .into_iter()
            .flatten()
            .any(|wild| data(wild) == data(answer) && wild.chain == answer.chain)
    };
    answer.trouble().is_none() && is_there && !is_wild()
}

pub fn section(view: &View<'_>, zone: &Place, exists: bool) -> Section {
    let mut section = Section {
        report: DkimReport::default(),
        findings: Vec::new(),
        is_usable: false,
        aliases: Vec::new(),
    };
    let mut open = *zone == Place::Open;
    for (selector, question) in selectors(view, zone) {
        let is_named = view.scope.selectors.contains(selector);
        let settled = settle(view, zone, question, Subject::Dkim);
        open |= settled
            .answer
            .as_ref()
            .is_none_or(|answer| answer.trouble().is_some());
        let is_seen = settled
            .answer
            .as_ref()
            .is_some_and(|answer| is_something(view, answer));
        if is_named || is_seen {
            one(&mut section, view, selector, question, &settled);
        }
    }
    if view
        .wildcard("_domainkey")
        .is_some_and(|answer| answer.texts().next().is_some())
    {
        section.findings.push(tell::tell(
            Subject::Dkim,
            Severity::Note,
            codes::DKIM_WILDCARD,
            view.domain(),
            "A wildcard record (*) answers for every selector, so it cannot be told which keys there are.",
            "",
        ));
    }
    section.report.state = state(&section).to_owned();
    if section.report.selectors.is_empty() && exists && !open && !view.is_rewritten() {
        section.findings.push(tell::tell(
            Subject::Dkim,
            Severity::Note,
            codes::DKIM_NO_SELECTOR_FOUND,
            view.domain(),
            "No DKIM key was found under the usual names. The DNS cannot list keys, so there may be one under another name (selector).",
            "Look for s= in the DKIM-Signature header of a message you sent, and name it with --selector.",
        ));
    }
    section
}

fn state(section: &Section) -> &'static str {
    let states: Vec<&str> = section
        .report
        .selectors
        .iter()
        .map(|selector| selector.state.as_str())
        .collect();
    [
        "published",
        "spreading",
        "conflict",
        "invalid",
        "misplaced",
        "missing",
    ]
    .into_iter()
    .find(|state| states.contains(state))
    .unwrap_or("unknown")
}

fn one(
    section: &mut Section,
    view: &View<'_>,
    selector: &Selector,
    question: &Question,
    settled: &Settled,
) {
    let owner = &question.owner;
    let texts = settled.texts();
    let alias = settled
        .answer
        .as_ref()
        .and_then(|answer| answer.chain.first());
    let mut findings = settled.findings.clone();
    let mut report = SelectorReport {
        selector: selector.to_string(),
        state: settled.word().to_owned(),
        record: texts.first().map(|text| text.shown().into()),
        cname: alias.map(ToString::to_string),
        key_type: None,
        bits: None,
        revoked: false,
        testing: false,
    };
    match judge::select(owner, &texts) {
        Selected::Absent => {
            let wrong_name = place::wrong_names(selector, view.domain())
                .into_iter()
                .find(|name| {
                    view.resolver(&Question::new(name.clone(), RecordType::Txt))
                        .is_some_and(|answer| {
                            is_something(view, answer) && place::is_here(answer.texts())
                        })
                });
            if let (Standing::Settled, Some(at)) = (settled.standing, wrong_name) {
                "misplaced".clone_into(&mut report.state);
                findings.push(place::misplaced(selector, view.domain(), &at));
            } else if settled.standing == Standing::Settled {
                "missing".clone_into(&mut report.state);
                findings.push(missing(view, selector, question, settled));
            }
        }
        Selected::Broken {
            findings: named, ..
        } => {
            "invalid".clone_into(&mut report.state);
            findings.extend(named);
        }
        Selected::Several(texts) => {
            "conflict".clone_into(&mut report.state);
            findings.push(judge::several(owner, &texts));
        }
        Selected::One(key) => {
            report.key_type = match &key.key_type {
                None | Some(KeyType::Rsa) => Some("rsa".to_owned()),
                Some(KeyType::Ed25519) => Some("ed25519".to_owned()),
                Some(KeyType::Unknown(_)) => None,
            };
            report.bits = judge::bits(&key);
            report.revoked = key.is_revoked();
            report.testing = key.flags.iter().flatten().any(|flag| flag == "y");
            let judged = judge::judge(owner, &key);
            let is_good = judged
                .iter()
                .all(|finding| finding.severity != Severity::Error);
            if report.bits.is_none() && !report.revoked {
                "invalid".clone_into(&mut report.state);
            }
            section.is_usable |= is_good && settled.standing == Standing::Settled;
            findings.extend(judged);
        }
    }
    if let Some(target) = alias {
        section.aliases.push((selector.clone(), target.clone()));
    }
    section.findings.extend(findings);
    section.report.selectors.push(report);
}

fn missing(
    view: &View<'_>,
    selector: &Selector,
    question: &Question,
    settled: &Settled,
) -> Finding {
    let alias = settled
        .answer
        .as_ref()
        .and_then(|answer| answer.chain.last());
    let is_named = view.scope.selectors.contains(selector);
    match alias {
        Some(target) => tell::tell(
            Subject::Dkim,
            if is_named {
                Severity::Error
            } else {
                Severity::Warning
            },
            codes::DKIM_DANGLING_ALIAS,
            &question.owner,
            &format!(
                "{} is an alias (CNAME) of {target}, and there is no key there.",
                question.owner
            ),
            "If you still use this service, finish its set-up or compare the alias with what it shows. If not, delete the alias.",
        ),
        None => tell::tell(
            Subject::Dkim,
            Severity::Error,
            codes::DKIM_MISSING,
            &question.owner,
            &format!(
                "There is no DKIM key under the selector {selector}. Signatures made with it fail."
            ),
            &format!("Publish the key record at {}.", question.owner),
        ),
    }
}
