//! A look at one wanted record: from the views of its servers to one verdict.

use jiff::Timestamp;

use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::sighting::Data;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::untrusted::Shown;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::Verdict;
use crate::records::verdict::codes;
use crate::records::verdict::compare::Difference;
use crate::records::verdict::compare::Held;
use crate::records::verdict::compare::held;
use crate::records::verdict::compare::is_of_kind;
use crate::records::verdict::habits::Habit;
use crate::records::verdict::mistake;
use crate::records::verdict::places::Proof;
use crate::records::verdict::places::places;
use crate::records::verdict::places::wildcard;
use crate::records::verdict::question;
use crate::records::verdict::sides;
use crate::records::verdict::sides::NameServer;
use crate::records::verdict::view::Saw;
use crate::records::verdict::view::Target;
use crate::records::verdict::view::View;
use crate::records::verdict::view::alias;

/// Texts of a conflict are not shown further than this.
pub(super) const SHOWN: usize = 300;

pub(super) struct Look<'a> {
    pub(super) record: &'a Record,
    pub(super) zone: &'a DomainName,
    pub(super) all: Vec<&'a Sighting>,
    pub(super) habits: &'a [Habit],
    pub(super) findings: Vec<Finding>,
}

impl Look<'_> {
    pub(super) fn verdict(
        &mut self,
        servers: &[NameServer<'_>],
        resolvers: &[&View<'_>],
        now: Timestamp,
    ) -> Verdict {
        if let Some(why) = nobody_answered(servers, resolvers) {
            return Verdict::Unknown { why };
        }
        let answering: Vec<&NameServer<'_>> = servers.iter().filter(|s| s.answered()).collect();
        let agreeing = answering.iter().filter(|server| server.agrees()).count();
        if agreeing == answering.len() {
            return self.seen_everywhere(&answering, resolvers, now);
        }
        if agreeing > 0 {
            return Verdict::Spreading { until: None };
        }
        self.seen_nowhere(&answering)
    }

    /// Every name server that answers has the record.
    fn seen_everywhere(
        &mut self,
        servers: &[&NameServer<'_>],
        resolvers: &[&View<'_>],
        now: Timestamp,
    ) -> Verdict {
        let views = || servers.iter().flat_map(|server| server.views.iter());
        let is_txt = question(self.record).record_type == RecordType::Txt
            && !matches!(self.record.content, Content::Cname(_));
        let chain = views().find_map(|view| view.chain.first());
        if let Some(target) = self.alias_at_owner().filter(|_| is_txt && chain.is_none()) {
            self.beside_alias(&target);
            return Verdict::Conflict {
                with: vec![shown(&format!("CNAME {target}"))],
            };
        }
        if let Some(target) = chain.filter(|_| is_txt) {
            let message = format!(
                "The record is not at the name itself: an alias (CNAME) leads to {target}. Whoever runs that name decides what it says."
            );
            self.add(codes::BEHIND_ALIAS, Severity::Note, message, "");
        }
        let texts: Vec<Untrusted> = views().flat_map(|view| view.texts.clone()).collect();
        if self.is_wildcard(&texts, chain) {
            self.wildcard(Severity::Warning);
        }
        self.remark(&texts);
        let targets: Vec<&Target> = views()
            .copied()
            .chain(resolvers.iter().copied())
            .filter_map(|view| view.target.as_ref())
            .collect();
        let is_there = resolvers.iter().any(|view| view.agrees());
        let trouble = targets.iter().find_map(|target| match target {
            Target::Trouble(trouble) => Some(trouble),
            _ => None,
        });
        if let Some(trouble) = trouble.filter(|_| !is_there) {
            return Verdict::Unknown {
                why: format!(
                    "The alias is right, and the key that it leads to cannot be looked up: a server {trouble}."
                ),
            };
        }
        let has_key = targets.contains(&&Target::Key);
        if !has_key
            && targets
                .iter()
                .any(|t| matches!(t, Target::Nothing | Target::Unusable))
        {
            self.target_empty(targets.contains(&&Target::Unusable));
        }
        if signature_may_be_broken(resolvers) {
            return Verdict::Unknown {
                why: "Your name servers have the record, and resolvers that check signatures see nothing. The signature of the zone \
                      (DNSSEC) may be broken: ask the company that keeps your DNS."
                    .to_owned(),
            };
        }
        if is_there {
            return Verdict::Published;
        }
        Verdict::Spreading {
            until: sides::last_old_copy(resolvers, now),
        }
    }

    /// No name server that answers has the record: the worst of what they have instead.
    fn seen_nowhere(&mut self, servers: &[&NameServer<'_>]) -> Verdict {
        let views: Vec<&View<'_>> = servers
            .iter()
            .flat_map(|server| server.views.iter().copied())
            .filter(|view| view.answered() && !view.agrees())
            .collect();
        let texts: Vec<Untrusted> = views.iter().flat_map(|view| view.texts.clone()).collect();
        let mut texts_once: Vec<Untrusted> = Vec::new();
        for text in texts {
            if !texts_once.contains(&text) {
                texts_once.push(text);
            }
        }
        let chain = views.iter().find_map(|view| view.chain.first());
        let named = self.mistakes_in_value(&texts_once);
        let worst = views
            .iter()
            .map(|view| &view.saw)
            .max_by_key(|saw| weight(saw));
        if named.is_empty() && self.is_wildcard(&texts_once, chain) {
            self.wildcard(Severity::Error);
            let with = match chain {
                Some(target) => vec![shown(&format!("CNAME {target}"))],
                None => texts_once
                    .iter()
                    .map(|text| text.shown_up_to(SHOWN))
                    .collect(),
            };
            return Verdict::Conflict { with };
        }
        match worst {
            Some(Saw::Several(several)) => {
                match named
                    .iter()
                    .find(|found| found.code == codes::SECOND_RECORD)
                {
                    Some(found) => self.add_mistake(found),
                    None => {
                        self.several(several);
                        self.done_by_host(several);
                    }
                }
                Verdict::Conflict {
                    with: several.iter().map(|text| text.shown_up_to(SHOWN)).collect(),
                }
            }
            Some(Saw::Beside(with)) => {
                let alias = self.alias_at_owner();
                self.beside(with, chain.or(alias.as_ref()))
            }
            Some(Saw::Broken { findings, .. }) => {
                if named.is_empty() {
                    self.findings.extend(findings.iter().cloned());
                }
                self.add_mistakes(&named);
                Verdict::Invalid
            }
            Some(Saw::Other(difference)) => {
                self.add_mistakes(&named);
                self.done_by_host(&texts_once);
                self.report_addresses(&texts_once);
                self.target_doubled(&views);
                differs(difference)
            }
            _ => match named.first() {
                Some(found) => {
                    self.add_mistakes(&named);
                    if matches!(self.record.content, Content::Text(_)) {
                        differs(&Difference::new(
                            "the value",
                            &self.record.content.to_string(),
                            found.text.shown().as_str(),
                        ))
                    } else {
                        Verdict::Invalid
                    }
                }
                None => self.absent(),
            },
        }
    }

    /// Nothing of the kind is at the owner: wrong types first, then wrong names.
    fn absent(&mut self) -> Verdict {
        if let Some(verdict) = self.wrong_type() {
            return verdict;
        }
        let beside = wildcard(self.record, self.zone).and_then(|asked| self.heard(&asked));
        for place in places(self.record, self.zone) {
            let Some(heard) = self.heard(&place.question) else {
                continue;
            };
            // Where a name that nobody uses answers the same, nobody put anything at this one either.
            let is_wildcard = beside.is_some_and(|nobody| {
                nobody.answer.chain == heard.answer.chain
                    && nobody.answer.data() == heard.answer.data()
            });
            if is_wildcard || !self.stands_in(heard, place.proof) {
                continue;
            }
            let texts: Vec<Untrusted> = heard.answer.texts().cloned().collect();
            let at = place.question.owner;
            self.misplaced(place.code, &at);
            self.add_mistakes(&self.mistakes_in_value(&texts));
            return Verdict::Misplaced { at };
        }
        Verdict::Missing
    }

    /// True where `heard`, asked at a wrong place, shows the record.
    fn stands_in(&self, heard: &Sighting, proof: Proof) -> bool {
        match &self.record.content {
            Content::Cname(target) => alias(heard) == Some(target),
            Content::Mx { exchange, .. } => heard
                .answer
                .data()
                .iter()
                .any(|data| matches!(data, Data::Mx { exchange: seen, .. } if seen == exchange)),
            content => {
                let texts: Vec<Untrusted> = heard.answer.texts().cloned().collect();
                match proof {
                    _ if !self.mistakes_in_value(&texts).is_empty() => true,
                    Proof::Kind => texts
                        .iter()
                        .any(|text| is_of_kind(content, &self.record.owner, text)),
                    Proof::Value => texts.iter().any(|text| {
                        held(content, &self.record.owner, std::slice::from_ref(text)) == Held::Same
                    }),
                }
            }
        }
    }

    /// True where a name that nobody uses gives the same answer.
    fn is_wildcard(&self, texts: &[Untrusted], chain: Option<&DomainName>) -> bool {
        if self.record.owner == *self.zone {
            return false;
        }
        let Some(nobody) = wildcard(self.record, self.zone).and_then(|asked| self.heard(&asked))
        else {
            return false;
        };
        match alias(nobody) {
            Some(target) => chain == Some(target),
            None => {
                chain.is_none()
                    && !texts.is_empty()
                    && texts
                        .iter()
                        .all(|text| nobody.answer.texts().any(|other| other == text))
            }
        }
    }

    pub(super) fn mistakes_in_value(&self, texts: &[Untrusted]) -> Vec<mistake::Mistake> {
        match self.record.content {
            Content::Cname(_) | Content::Mx { .. } => Vec::new(),
            _ => mistake::name(&self.record.content.to_string(), texts),
        }
    }

    /// The alias at the owner, as a name server of the zone showed it when asked for one, or beside the record.
    fn alias_at_owner(&self) -> Option<DomainName> {
        let asked = [
            Question::new(self.record.owner.clone(), RecordType::Cname),
            question(self.record),
        ];
        self.all
            .iter()
            .filter(|sighting| {
                asked.contains(&sighting.question) && sighting.server.is_authoritative()
            })
            .find_map(|sighting| {
                sighting.answer.data().iter().find_map(|data| match data {
                    Data::Cname(target) => Some(target.clone()),
                    _ => None,
                })
            })
    }

    /// What was heard about another question, from the zone's own servers first.
    pub(super) fn heard(&self, asked: &Question) -> Option<&Sighting> {
        let mut heard: Vec<&Sighting> = self
            .all
            .iter()
            .copied()
            .filter(|sighting| sighting.question == *asked && sighting.answer.trouble().is_none())
            .collect();
        heard.sort_by_key(|sighting| {
            (
                !sighting.server.is_authoritative(),
                sighting.answer.data().is_empty() && sighting.answer.chain.is_empty(),
            )
        });
        heard.first().copied()
    }
}

/// True where resolvers report a failure and at most half of those asked have the record: one that does not check signatures proves
/// little then.
fn signature_may_be_broken(resolvers: &[&View<'_>]) -> bool {
    let fails = resolvers.iter().any(|view| {
        matches!(
            view.own_trouble(),
            Some(Trouble::ServerFailure { .. } | Trouble::BadSignature { .. })
        )
    });
    let agreeing = resolvers.iter().filter(|view| view.agrees()).count();
    fails && agreeing * 2 <= resolvers.len()
}

/// Why nothing can be said, where no name server of the zone answered.
pub(super) fn nobody_answered(
    servers: &[NameServer<'_>],
    resolvers: &[&View<'_>],
) -> Option<String> {
    if servers.iter().any(NameServer::answered) {
        return None;
    }
    if servers.is_empty() {
        return Some(if resolvers.is_empty() {
            "Nobody has been asked yet.".to_owned()
        } else {
            "Only resolvers could be asked, and they may give old copies.".to_owned()
        });
    }
    let beyond = servers
        .iter()
        .flat_map(|server| server.views.iter())
        .find_map(|view| match &view.saw {
            Saw::Trouble(trouble) => (!view.chain.is_empty()).then_some((view.chain, trouble)),
            _ => None,
        });
    if let Some((chain, trouble)) = beyond {
        let chain: Vec<&str> = chain.iter().map(DomainName::as_str).collect();
        let target = chain.join(" → ");
        return Some(format!(
            "An alias (CNAME) leads to {target}, and that cannot be looked up: a server there {trouble}."
        ));
    }
    let reasons: Vec<String> = servers
        .iter()
        .flat_map(|server| server.views.iter())
        .filter_map(|view| match &view.saw {
            Saw::Trouble(trouble) => Some(format!("{} {trouble}", view.server)),
            _ => None,
        })
        .collect();
    if servers.iter().all(NameServer::is_lame) {
        return Some(format!(
            "The way to the zone is broken (lame delegation): none of its name servers serves it. {}.",
            reasons.join("; ")
        ));
    }
    Some(format!("No name server answered: {}.", reasons.join("; ")))
}

fn weight(saw: &Saw) -> u8 {
    match saw {
        Saw::Several(_) => 5,
        Saw::Beside(_) => 4,
        Saw::Broken { .. } => 3,
        Saw::Other(_) => 2,
        Saw::Absent => 1,
        Saw::Same | Saw::Trouble(_) => 0,
    }
}

pub(super) fn differs(difference: &Difference) -> Verdict {
    Verdict::Differs {
        field: difference.field.clone(),
        wanted: difference.wanted.clone(),
        found: difference.found.clone(),
    }
}

fn shown(text: &str) -> Shown {
    Untrusted::from(text).shown_up_to(SHOWN)
}
