//! A look at the SPF record of one domain as receivers see it: the tree of its includes and, for a message, the result of `check_host()`.
//!
//! Pure, and driven as the audit is: it hands out questions, takes sightings, and can be asked for its report at any time. Only resolvers are
//! asked, since they are what receivers ask.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::audit::codes;
use crate::audit::network;
use crate::audit::report;
use crate::audit::report::FindingRow;
use crate::audit::report::TreeNode;
use crate::audit::spf;
use crate::audit::tell;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Ask;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::sighting::Whom;
use crate::records::spf::check_host::Checked;
use crate::records::spf::check_host::Message;
use crate::records::spf::check_host::Progress;
use crate::records::spf::check_host::check_host;
use crate::records::spf::judge;
use crate::records::spf::judge::Selected;
use crate::records::spf::known::Known;
use crate::records::spf::savings;
use crate::records::spf::savings::savings;
use crate::records::spf::tree;
use crate::records::spf::tree::Tree;
use crate::records::spf::waste::waste;
use crate::records::untrusted::Untrusted;

/// The form of the report; raised when a field changes its meaning.
const SCHEMA: u32 = 1;

/// Questions about the tree.
const MOST_TREE_QUESTIONS: usize = 60;

/// Questions of the check that may be asked ahead. After that they are asked one by one, and the limits of RFC 7208 bound them.
const MOST_ASKED_AHEAD: usize = 40;

/// How the questions go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Port53,
    /// DNS over HTTPS.
    Https,
}

/// A look in progress.
#[derive(Clone, Debug)]
pub struct SpfLook {
    domain: DomainName,
    way: Way,
    /// What to check; None: the tree alone.
    message: Option<Message>,
    now: Timestamp,
    known: Known,
    asked: BTreeSet<Question>,
    /// How many of them are about the tree.
    asked_of_tree: usize,
    /// How many are about the check.
    asked_of_check: usize,
    /// What the check waits for.
    waits_for: BTreeSet<Question>,
    /// The result, once it is known: it does not change any more.
    checked: Option<Checked>,
}

/// The object that `nobounce spf --json` prints. Field names are the public contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpfLookReport {
    pub schema: u32,
    pub domain: String,
    /// As in the report of a full look: `resolver-only` where the questions went out over HTTPS.
    pub view: String,
    pub record: Option<String>,
    /// Look-ups of the whole record, whatever a message needs of them.
    pub lookups: u32,
    pub void_lookups: u32,
    pub tree: Option<TreeNode>,
    /// Null where no message was given.
    pub result: Option<String>,
    pub matched: Option<String>,
    pub path: Vec<String>,
    pub findings: Vec<FindingRow>,
    /// Why the result is `temperror` or `permerror`.
    pub problem: Option<String>,
    /// What the owner says about a `fail`.
    pub explanation: Option<String>,
    /// What would bring the record under the limit, the changes that cost least first.
    pub savings: Vec<SavingRow>,
    /// How many of them are needed, in their order.
    pub savings_needed: Option<usize>,
    /// Everything that the record names could be looked up.
    pub complete: bool,
    pub queries: u64,
    pub rounds: u32,
    pub elapsed_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavingRow {
    pub term: String,
    pub saves: u32,
    pub change: String,
    pub price: String,
}

impl SpfLook {
    pub fn new(domain: DomainName, message: Option<Message>, way: Way, now: Timestamp) -> Self {
        Self {
            domain,
            way,
            message,
            now,
            known: Known::new(),
            asked: BTreeSet::new(),
            asked_of_tree: 0,
            asked_of_check: 0,
            waits_for: BTreeSet::new(),
            checked: None,
        }
    }

    /// The questions that need no answer first.
    pub fn first(&mut self) -> Vec<Ask> {
        self.next(true, true)
    }

    /// Takes one answer; gives the questions that it makes possible. A question is never handed out twice.
    pub fn take(&mut self, sighting: Sighting) -> Vec<Ask> {
        let answer = spf::relied_on(&sighting.answer);
        let question = sighting.question;
        let has_data = !answer.data().is_empty();
        // The tree goes on at a record, and at a name whose first family of addresses is empty.
        let grows = match question.record_type {
            RecordType::Txt => has_data,
            RecordType::A => matches!(answer.outcome, Outcome::NoData { .. }),
            _ => false,
        };
        // The check goes on at what leads to names. An address alone is looked at when nothing else is open.
        let leads_on = matches!(
            question.record_type,
            RecordType::Txt | RecordType::Mx | RecordType::Ptr
        );
        let goes_on = self.waits_for.remove(&question) && (leads_on || self.waits_for.is_empty());
        self.known.insert(question, answer);
        self.next(goes_on, grows)
    }

    /// Ends the look: what is not answered by now counts as not answered in time.
    pub fn close(&mut self) {
        self.known.close();
        self.check();
    }

    /// What is known so far. What it took (`queries`, `rounds`, `elapsed_ms`) is for the asker to fill in.
    pub fn report(&self) -> SpfLookReport {
        let section = self.section();
        let (savings, savings_needed) = match &section.tree {
            Some(tree) => {
                let list = savings(&self.domain, &tree.top);
                let needed = savings::enough(&tree.top, &list);
                (list, needed)
            }
            None => (Vec::new(), None),
        };
        let top = section.tree.as_ref().map(|tree| &tree.top);
        let checked = self.checked.as_ref();
        SpfLookReport {
            schema: SCHEMA,
            domain: self.domain.to_string(),
            view: match self.way {
                Way::Port53 => report::FULL,
                Way::Https => report::RESOLVER_ONLY,
            }
            .to_owned(),
            record: section.record,
            lookups: top.map_or(0, |top| top.total),
            void_lookups: top.map_or(0, |top| top.void),
            tree: top.map(spf::node),
            result: checked.map(|checked| checked.result.as_str().to_owned()),
            matched: checked.and_then(|checked| checked.matched.clone()),
            path: checked.map_or_else(Vec::new, |checked| checked.path.clone()),
            findings: section.findings.iter().map(tell::row).collect(),
            problem: checked.and_then(|checked| checked.problem.clone()),
            explanation: checked.and_then(|checked| checked.explanation.clone()),
            savings: savings
                .into_iter()
                .map(|saving| SavingRow {
                    term: saving.term,
                    saves: saving.saves,
                    change: saving.change,
                    price: saving.price,
                })
                .collect(),
            savings_needed,
            complete: section.is_whole,
            queries: 0,
            rounds: 0,
            elapsed_ms: 0,
        }
    }

    fn own(&self) -> Question {
        Question::new(self.domain.clone(), RecordType::Txt)
    }

    /// Runs the check again with what is known now; gives the questions that it needs.
    fn check(&mut self) -> Vec<Question> {
        let (Some(message), None) = (&self.message, &self.checked) else {
            return Vec::new();
        };
        match check_host(self.domain.as_str(), message, self.now, &self.known) {
            Progress::Open(questions) => questions,
            Progress::Done(checked) => {
                self.checked = Some(checked);
                Vec::new()
            }
        }
    }

    fn next(&mut self, goes_on: bool, grows: bool) -> Vec<Ask> {
        let mut next: Vec<Ask> = Vec::new();
        let mut ask = |question: Question, asked: &mut BTreeSet<Question>| {
            let is_new = asked.insert(question.clone());
            if is_new {
                next.push(Ask {
                    question,
                    whom: Whom::AnyResolver,
                });
            }
            is_new
        };
        ask(self.own(), &mut self.asked);
        if goes_on {
            let open = self.check();
            // The first open question is needed whatever the others bring; the rest is asked ahead.
            for (at, question) in open.iter().enumerate() {
                let may_ask = at == 0 || self.asked_of_check < MOST_ASKED_AHEAD;
                if may_ask && ask(question.clone(), &mut self.asked) {
                    self.asked_of_check += 1;
                }
            }
            self.waits_for = open
                .into_iter()
                .filter(|question| self.asked.contains(question))
                .collect();
        }
        if let (true, Some(Selected::One(record))) = (grows, self.known.record(&self.domain)) {
            for question in tree::wanted(&self.domain, record, &self.known) {
                if self.asked_of_tree < MOST_TREE_QUESTIONS && ask(question, &mut self.asked) {
                    self.asked_of_tree += 1;
                }
            }
        }
        next
    }

    fn section(&self) -> Section {
        let owner = &self.domain;
        let mut section = Section {
            record: None,
            tree: None,
            findings: Vec::new(),
            is_whole: true,
        };
        let answer = self.known.answer(&self.own());
        let texts: Vec<Untrusted> = answer
            .iter()
            .flat_map(|answer| answer.texts())
            .cloned()
            .collect();
        let Some(answer) = answer.filter(|answer| answer.trouble().is_none()) else {
            section.is_whole = false;
            let trouble = answer
                .and_then(Answer::trouble)
                .unwrap_or(&Trouble::Timeout);
            let of_way = if self.way == Way::Https && trouble.is_of_the_way() {
                network::without_https(owner, &[trouble], self.now)
            } else {
                None
            };
            section
                .findings
                .push(of_way.unwrap_or_else(|| could_not_tell(owner, trouble)));
            return section;
        };
        match judge::select(owner, &texts) {
            Selected::Absent if matches!(answer.outcome, Outcome::NoName { .. }) => {
                section.findings.push(no_domain(owner));
            }
            Selected::Absent => section.findings.push(spf::missing(owner)),
            Selected::Broken { text, findings } => {
                section.record = Some(text.shown().into());
                section.findings.extend(findings);
            }
            Selected::Several(records) => {
                section.record = records.first().map(|text| text.shown().into());
                section.findings.push(judge::two_records(owner, &records));
            }
            Selected::One(record) => {
                let text = texts.iter().find(|text| judge::is_record(text));
                section.record = text.map(|text| text.shown().into());
                let tree = tree::grow(owner, &record, &self.known);
                section.is_whole = tree.complete && tree.troubled.is_empty();
                section.findings.extend(judge::judge(owner, &record));
                if !tree.complete && tree.troubled.is_empty() {
                    section.findings.push(spf::cut(owner));
                }
                section.findings.extend(tree.findings.iter().cloned());
                section.findings.extend(waste(owner, &record, &tree.top));
                section.tree = Some(tree);
            }
        }
        section
    }
}

/// What the record by itself and its tree say.
struct Section {
    record: Option<String>,
    tree: Option<Tree>,
    findings: Vec<Finding>,
    /// Everything that the record names could be looked up.
    is_whole: bool,
}

fn could_not_tell(owner: &DomainName, trouble: &Trouble) -> Finding {
    tell::tell(
        Subject::Spf,
        Severity::Error,
        codes::DNS_TROUBLE,
        owner,
        &format!(
            "The SPF record of {owner} could not be looked up: the resolver {trouble}. That says nothing about the record."
        ),
        "Look again in a minute. If no name can be looked up from here, use another network or another way to ask (--doh or --resolver). \
         If other names work, ask the company that keeps the DNS of the domain.",
    )
}

fn no_domain(owner: &DomainName) -> Finding {
    tell::tell(
        Subject::Domain,
        Severity::Error,
        codes::DOMAIN_DOES_NOT_EXIST,
        owner,
        &format!("{owner} does not exist in the DNS, so it has no SPF record."),
        "If the name is typed correctly, it has no records yet, or the domain is not registered.",
    )
}
