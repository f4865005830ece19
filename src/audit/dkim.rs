//! The DKIM section of the report. Selectors cannot be listed through the DNS: those named, those of recognized services and the
//! usual ones are tried.

use crate::audit::Manner;
use crate::audit::astray;
use crate::audit::codes;
use crate::audit::mail;
use crate::audit::panel;
use crate::audit::report::DkimReport;
use crate::audit::report::SelectorReport;
use crate::audit::settle::Settled;
use crate::audit::settle::Standing;
use crate::audit::settle::settle;
use crate::audit::tell;
use crate::audit::view::Tried;
use crate::audit::view::View;
use crate::audit::zone::Place;
use crate::catalog::recognize;
use crate::records::dkim::KeyType;
use crate::records::dkim::Selector;
use crate::records::dkim::codes::REVOKED;
use crate::records::dkim::judge;
use crate::records::dkim::judge::Selected;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::verdict;
use crate::records::verdict::found;
use crate::records::verdict::state::Kind;

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
pub fn certain<'v>(view: &'v View<'_>, zone: &Place) -> &'v [(Selector, Question)] {
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

/// The selectors to try, with the question for each and a usable answer: [`certain`] ones and then the guesses, each once.
fn selectors<'v>(view: &'v View<'_>, zone: &Place) -> impl Iterator<Item = Tried<'v>> {
    let tried = |(selector, question): &'v (Selector, Question)| Tried {
        selector,
        question,
        answer: view.best(question),
    };
    let certain = certain(view, zone);
    let guesses = view.memory.guesses.get_or_init(|| {
        let is_new =
            |guess: &&(Selector, Question)| !certain.iter().any(|known| known.0 == guess.0);
        let new = view.guesses.iter().filter(is_new);
        new.map(|(selector, question)| Tried {
            selector,
            question,
            answer: view.best(question),
        })
        .collect()
    });
    certain.iter().map(tried).chain(guesses.iter().copied())
}

/// The questions to resolvers. What is only guessed waits until somebody has answered about the domain: behind name servers that are dead
/// every guess would cost the longest wait, and below a name that does not exist there is nothing (RFC 8020).
pub fn questions(view: &View<'_>, zone: &Place) -> Vec<Question> {
    let is_worth_guessing = view.scope.manner == Manner::Careful || is_alive(view);
    let is_quick = view.scope.manner == Manner::Quick;
    selectors(view, zone)
        .filter(|tried| is_worth_guessing || view.scope.selectors.contains(tried.selector))
        .map(|tried| tried.question)
        .filter(|question| !is_quick || !view.is_asked(question))
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

/// Questions about the names where a named key may have ended up by mistake, and about a proxy in place of a key.
pub fn more_questions(view: &View<'_>, zone: &Place) -> Vec<Question> {
    let is_empty = |selector: &&Selector| {
        question(view.domain(), selector)
            .and_then(|question| view.best(&question))
            .is_some_and(|answer| answer.data().is_empty() && answer.chain.is_empty())
    };
    let named = view.scope.selectors.iter().filter(is_empty);
    let mut questions: Vec<Question> = named
        .filter_map(|selector| selector.owner(view.domain()).ok())
        .flat_map(|owner| found::places(&owner, &panel::zone(view, zone)))
        .map(|place| place.question)
        .chain(astray::questions(view, zone))
        .collect();
    questions.extend(
        selectors(view, zone)
            .filter(|tried| tried.answer.is_some_and(panel::is_without_text))
            .filter_map(|tried| panel::proxy_question(view, tried.question, "_domainkey")),
    );
    questions
}

/// The questions to the servers of the zone: for named selectors, and where a resolver has seen something.
pub fn seen_questions(view: &View<'_>, zone: &Place) -> Vec<Question> {
    let doubled = astray::doubled(view, zone);
    selectors(view, zone)
        .filter(|tried| {
            view.scope.selectors.contains(tried.selector)
                || tried
                    .answer
                    .is_some_and(|answer| is_something(view, answer))
                || tried.answer.is_some_and(panel::is_without_text)
                    && panel::proxied(view, tried.question, "_domainkey").is_some()
                || doubled.contains(&tried.selector)
        })
        .map(|tried| tried.question.clone())
        .collect()
}

fn is_there(answer: &Answer) -> bool {
    answer.trouble().is_none() && (!answer.data().is_empty() || !answer.chain.is_empty())
}

/// True where an answer holds a record or an alias that no wildcard gave.
pub fn is_something(view: &View<'_>, answer: &Answer) -> bool {
    is_there(answer) && !is_wild(view, answer)
}

/// True where every name gets this answer.
fn is_wild(view: &View<'_>, answer: &Answer) -> bool {
    let data = |answer: &Answer| -> Vec<Data> {
        let mut data = answer.data().to_vec();
        data.sort();
        data
    };
    [view.wildcard("_domainkey"), view.wildcard("")]
        .into_iter()
        .flatten()
        .any(|wild| data(wild) == data(answer) && wild.chain == answer.chain)
}

pub fn section(view: &View<'_>, zone: &Place, exists: bool) -> Section {
    let mut section = Section {
        report: DkimReport::default(),
        findings: Vec::new(),
        is_usable: false,
        aliases: Vec::new(),
    };
    let mut open = *zone == Place::Open;
    let doubled = astray::doubled(view, zone);
    for Tried {
        selector, question, ..
    } in selectors(view, zone)
    {
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
        if is_named
            || is_seen
            || panel::proxied(view, question, "_domainkey").is_some()
            || doubled.contains(&selector)
        {
            one(&mut section, view, zone, selector, question, &settled);
        }
    }
    let is_told = section
        .findings
        .iter()
        .any(|finding| finding.code == verdict::codes::AT_APEX);
    if !is_told {
        section.findings.extend(astray::at_domain(view));
    }
    if view
        .wildcard("_domainkey")
        .is_some_and(|answer| answer.texts().next().is_some())
    {
        section.findings.push(Finding {
            message: "A wildcard record (*) answers for every selector, so it cannot be told which keys there are."
                .to_owned(),
            remedy: String::new(),
            ..found::wildcard(Kind::Dkim, view.domain(), Severity::Note)
        });
    }
    section.report.state = state(&section).to_owned();
    forgive_revoked(&mut section, view);
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

/// A withdrawn key stays beside the one in use, as rotation asks for: no mistake, unless the user named it.
fn forgive_revoked(section: &mut Section, view: &View<'_>) {
    if !section.is_usable {
        return;
    }
    let named: Vec<DomainName> = view
        .scope
        .selectors
        .iter()
        .filter_map(|selector| selector.owner(view.domain()).ok())
        .collect();
    for finding in &mut section.findings {
        if finding.code == REVOKED && !named.contains(&finding.name) {
            finding.severity = Severity::Note;
        }
    }
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
    zone: &Place,
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
    let is_star = settled
        .answer
        .as_ref()
        .is_some_and(|answer| is_there(answer) && is_wild(view, answer))
        && settled.standing == Standing::Settled;
    match judge::select(owner, &texts) {
        // A key that every name has counts as one; anything else stands in the way of it.
        Selected::Absent | Selected::Broken { .. } if is_star => {
            "conflict".clone_into(&mut report.state);
            findings.push(found::wildcard(Kind::Dkim, owner, Severity::Error));
        }
        Selected::Absent => {
            let wrong_name = astray::misplaced(view, zone, owner);
            let proxied = panel::proxied(view, question, "_domainkey");
            match (settled.standing, wrong_name, proxied) {
                (Standing::Settled, Some((place, texts)), _) => {
                    "misplaced".clone_into(&mut report.state);
                    findings.extend(found::misplaced(Kind::Dkim, owner, &place, &texts));
                }
                (Standing::Settled, None, Some(proxy)) => {
                    "conflict".clone_into(&mut report.state);
                    findings.push(found::proxied(Kind::Dkim, owner, proxy.of));
                }
                (Standing::Settled, None, None) => {
                    "missing".clone_into(&mut report.state);
                    findings.push(missing(view, zone, selector, question, settled));
                }
                _ => {}
            }
        }
        Selected::Broken {
            findings: named, ..
        } => {
            "invalid".clone_into(&mut report.state);
            let mut spoilt = found::value(Kind::Dkim, owner, &texts);
            if spoilt.is_empty() {
                spoilt.extend(alias_as_text(owner, &texts));
            }
            findings.extend(if spoilt.is_empty() { named } else { spoilt });
        }
        Selected::Several(texts) => {
            "conflict".clone_into(&mut report.state);
            findings.push(
                found::value(Kind::Dkim, owner, &texts)
                    .into_iter()
                    .find(|finding| finding.code == verdict::codes::SECOND_RECORD)
                    .unwrap_or_else(|| judge::several(owner, &texts)),
            );
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
            findings.extend(panel::alias_beside(view, Kind::Dkim, owner));
            let spoilt = found::value(Kind::Dkim, owner, &texts);
            findings.extend(if spoilt.is_empty() { judged } else { spoilt });
            findings.extend(
                texts
                    .iter()
                    .filter_map(|text| found::remark(Kind::Dkim, owner, text)),
            );
        }
    }
    if let Some(target) = alias {
        section.aliases.push((selector.clone(), target.clone()));
    }
    section.findings.extend(findings);
    section.report.selectors.push(report);
}

/// The target of an alias, put into a text (P26).
fn alias_as_text(owner: &DomainName, texts: &[Untrusted]) -> Option<Finding> {
    let target: DomainName = texts.first()?.as_ascii()?.trim().parse().ok()?;
    recognize::by_dkim_target(&target)
        .first()
        .map(|_| found::text_for_alias(owner, &target))
}

fn missing(
    view: &View<'_>,
    zone: &Place,
    selector: &Selector,
    question: &Question,
    settled: &Settled,
) -> Finding {
    let alias = settled
        .answer
        .as_ref()
        .and_then(|answer| answer.chain.last());
    let is_named = view.scope.selectors.contains(selector);
    let apex = panel::zone(view, zone);
    match alias {
        Some(target) if found::is_value(target) => {
            found::beside_alias(Kind::Dkim, &question.owner, target)
        }
        Some(target) if found::target_meant(target, &apex).is_some() => {
            found::target_doubled(Subject::Dkim, &question.owner, target)
        }
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
                "There is no DKIM key under the selector {selector}. Signatures made with it fail.{}",
                tell::no_in_words(settled.answer.as_ref())
            ),
            &format!("Publish the key record at {}.", question.owner),
        ),
    }
}
