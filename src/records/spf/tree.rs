//! The tree of includes below an SPF record, with what each node costs (RFC 7208, section 4.6.4).
//!
//! Pure: it is handed what is known and says what it still needs to know.

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;
use crate::records::spf::codes;
use crate::records::spf::judge::Selected;
use crate::records::spf::judge::is_record;
use crate::records::spf::known::Known;
pub use crate::records::spf::questions::wanted;
use crate::records::spf::reach;
use crate::records::untrusted::Untrusted;

/// Look-ups that a receiver makes at most (RFC 7208, section 4.6.4).
pub const LOOKUPS: u32 = 10;
/// Look-ups with an empty answer that a receiver takes at most.
pub const VOID_LOOKUPS: u32 = 2;
/// Names that one `mx` may bring.
pub(super) const MX_HOSTS: usize = 10;
/// A tree is not followed further down, or further out, than this.
pub(super) const DEPTH: usize = 20;
pub(super) const NODES: usize = 400;

/// One term that names other records, or the record at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The term as written; `v=spf1` for the top.
    pub term: String,
    /// The name that was looked up; the domain-spec as written where a macro keeps it open.
    pub domain: String,
    /// The SPF record found there; escaped.
    pub record: Option<String>,
    /// Look-ups of the term itself: 1 for include, a, mx, ptr, exists, redirect; 0 for the top.
    pub cost: u32,
    /// `cost` of this node and of all below.
    pub total: u32,
    /// Void look-ups of this node and of all below.
    pub void: u32,
    pub result: NodeResult,
    pub children: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeResult {
    Ok,
    Missing,
    Loop,
    Error,
}

/// The tree as far as the answers go, and the questions whose answers are still wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    pub top: Node,
    pub wanted: Vec<Question>,
    /// Names whose look-up met trouble: the count is then a lower bound.
    pub troubled: Vec<DomainName>,
    /// True where every question of the tree was answered, be it with trouble, and no bound stopped the growth.
    pub complete: bool,
    pub findings: Vec<Finding>,
}

/// Grows the tree of the record `spf` at `owner` from the answers that are known. At most `60` questions are ever wanted.
pub fn grow(owner: &DomainName, spf: &Spf, known: &Known) -> Tree {
    let mut growth = Growth {
        owner,
        known,
        nodes: 0,
        cut: false,
        troubled: Vec::new(),
        findings: Vec::new(),
    };
    let mut top = Node {
        term: "v=spf1".to_owned(),
        domain: owner.to_string(),
        record: Some(spf.to_string()),
        cost: 0,
        total: 0,
        void: 0,
        result: NodeResult::Ok,
        children: growth.children(spf, std::slice::from_ref(owner)),
    };
    sum(&mut top);
    growth.judge(&top);
    growth
        .findings
        .extend(reach::findings(owner, spf, &top, known));
    let wanted = wanted(owner, spf, known);
    Tree {
        top,
        wanted,
        troubled: growth.troubled,
        complete: !growth.cut,
        findings: growth.findings,
    }
}

/// Fills in the sums of a node from those of its children.
fn sum(node: &mut Node) {
    node.total = node.cost + node.children.iter().map(|child| child.total).sum::<u32>();
    node.void += node.children.iter().map(|child| child.void).sum::<u32>();
}

struct Growth<'a> {
    owner: &'a DomainName,
    known: &'a Known,
    nodes: usize,
    /// True where a bound stopped the growth, or an answer is not there.
    cut: bool,
    troubled: Vec<DomainName>,
    findings: Vec<Finding>,
}

impl<'a> Growth<'a> {
    /// The nodes of the terms of one record that cost look-ups; `path` leads from the top to the name of the record.
    fn children(&mut self, spf: &Spf, path: &[DomainName]) -> Vec<Node> {
        let mut children = Vec::new();
        for term in &spf.terms {
            let Term::Directive(directive) = term else {
                continue;
            };
            // What stands after `all` is never evaluated.
            if directive.mechanism == Mechanism::All {
                break;
            }
            if self.nodes >= NODES {
                self.cut = true;
                break;
            }
            let text = directive.to_string();
            let child = match &directive.mechanism {
                Mechanism::Include(domain) => self.record(text, domain, path),
                Mechanism::A { domain, .. } => self.address(
                    text,
                    domain.as_ref(),
                    path,
                    &[RecordType::A, RecordType::Aaaa],
                ),
                Mechanism::Exists(domain) => {
                    self.address(text, Some(domain), path, &[RecordType::A])
                }
                Mechanism::Mx { domain, .. } => self.exchange(text, domain.as_ref(), path),
                Mechanism::Ptr(domain) => self.leaf(text, domain.as_ref(), path).0,
                Mechanism::All | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. } => continue,
            };
            children.push(child);
        }
        if let (None, Some(domain)) = (spf.all(), spf.redirect()) {
            let text = Modifier::Redirect(domain.clone()).to_string();
            children.push(self.record(text, domain, path));
        }
        children
    }

    /// A node of cost 1 without children, and the name that its term means.
    fn leaf(
        &mut self,
        term: String,
        domain: Option<&DomainSpec>,
        path: &[DomainName],
    ) -> (Node, Option<DomainName>) {
        self.nodes += 1;
        let here = path.last().unwrap_or(self.owner);
        let name = match domain {
            None => Some(here.clone()),
            Some(spec) => spec.at(here),
        };
        let shown = match (&name, domain) {
            (Some(name), _) => name.to_string(),
            (None, Some(spec)) => Untrusted::from(spec.0.as_str()).shown().to_string(),
            (None, None) => String::new(),
        };
        let node = Node {
            term,
            domain: shown,
            record: None,
            cost: 1,
            total: 1,
            void: 0,
            result: NodeResult::Ok,
            children: Vec::new(),
        };
        (node, name)
    }

    fn ask(&mut self, name: &DomainName, record_type: RecordType) -> Option<&'a Answer> {
        let answer = self.known.answer(&Question::new(name.clone(), record_type));
        self.cut |= answer.is_none();
        if answer.is_some_and(|a| a.trouble().is_some()) && !self.troubled.contains(name) {
            self.troubled.push(name.clone());
        }
        answer
    }

    /// `include:` and `redirect=`.
    fn record(&mut self, term: String, spec: &DomainSpec, path: &[DomainName]) -> Node {
        let (mut node, name) = self.leaf(term, Some(spec), path);
        let Some(name) = name else {
            if !spec.needs_message() {
                node.result = NodeResult::Missing;
                self.missing(&node, "is not a domain name that can be looked up");
            }
            return node;
        };
        if path.contains(&name) {
            node.result = NodeResult::Loop;
            self.add(
                codes::INCLUDE_LOOP,
                Severity::Error,
                format!(
                    "{} leads in a circle: {} is looked up while its own record is being read. Mail servers treat the whole \
                     record as an error (permerror).",
                    node.term, node.domain
                ),
                &format!("Remove {} from the record.", node.term),
            );
            return node;
        }
        if path.len() >= DEPTH || self.nodes >= NODES {
            self.cut = true;
            node.result = NodeResult::Error;
            return node;
        }
        let Some(answer) = self.ask(&name, RecordType::Txt) else {
            return node;
        };
        match &answer.outcome {
            Outcome::Trouble(_) => {
                node.result = NodeResult::Error;
                return node;
            }
            Outcome::NoData { .. } | Outcome::NoName { .. } => {
                node.void = 1;
                node.result = NodeResult::Missing;
                self.missing(&node, "has no SPF record");
                return node;
            }
            Outcome::Records { .. } => {}
        }
        match self.known.record(&name) {
            Some(Selected::One(spf)) => {
                node.record = answer
                    .texts()
                    .find(|text| is_record(text))
                    .map(|text| text.shown().to_string());
                let mut below = path.to_vec();
                below.push(name);
                node.children = self.children(spf, &below);
                sum(&mut node);
            }
            None | Some(Selected::Absent) => {
                node.result = NodeResult::Missing;
                self.missing(&node, "has no SPF record");
            }
            Some(Selected::Broken { text, .. }) if !is_record(text) => {
                node.result = NodeResult::Missing;
                self.missing(&node, "has no SPF record that mail servers can see");
            }
            Some(Selected::Broken { text, .. }) => {
                node.record = Some(text.shown().to_string());
                node.result = NodeResult::Error;
                self.broken(&node, "has an SPF record that cannot be read");
            }
            Some(Selected::Several(_)) => {
                node.result = NodeResult::Error;
                self.broken(&node, "has more than one SPF record");
            }
        }
        node
    }

    /// `a` and `exists`: void where none of `types` has an answer.
    fn address(
        &mut self,
        term: String,
        domain: Option<&DomainSpec>,
        path: &[DomainName],
        types: &[RecordType],
    ) -> Node {
        let (mut node, name) = self.leaf(term, domain, path);
        let Some(name) = name else {
            return node;
        };
        for record_type in types {
            match self.ask(&name, *record_type).map(|a| &a.outcome) {
                None | Some(Outcome::Records { .. }) => return node,
                Some(Outcome::Trouble(_)) => {
                    node.result = NodeResult::Error;
                    return node;
                }
                Some(Outcome::NoName { .. }) => break,
                Some(Outcome::NoData { .. }) => {}
            }
        }
        node.void = 1;
        node
    }

    fn exchange(&mut self, term: String, domain: Option<&DomainSpec>, path: &[DomainName]) -> Node {
        let (mut node, name) = self.leaf(term, domain, path);
        let Some(name) = name else {
            return node;
        };
        let Some(answer) = self.ask(&name, RecordType::Mx) else {
            return node;
        };
        match &answer.outcome {
            Outcome::Trouble(_) => node.result = NodeResult::Error,
            Outcome::NoData { .. } | Outcome::NoName { .. } => node.void = 1,
            Outcome::Records { data, .. } => {
                let hosts = data
                    .iter()
                    .filter(|data| matches!(data, Data::Mx { .. }))
                    .count();
                if hosts > MX_HOSTS {
                    node.result = NodeResult::Error;
                    self.add(
                        codes::MX_TOO_MANY_HOSTS,
                        Severity::Error,
                        format!(
                            "{} stands for {hosts} mail servers of {}. More than {MX_HOSTS} make the whole record an error \
                             (permerror).",
                            node.term, node.domain
                        ),
                        "Name the addresses with ip4: and ip6: instead of mx.",
                    );
                }
            }
        }
        node
    }

    fn missing(&mut self, node: &Node, what: &str) {
        self.add(
            codes::INCLUDE_MISSING,
            Severity::Error,
            format!(
                "{} points to {}, which {what}. Mail servers treat the whole record as an error (permerror).",
                node.term, node.domain
            ),
            &format!("Correct the spelling of {}, or remove it.", node.term),
        );
    }

    fn broken(&mut self, node: &Node, what: &str) {
        self.add(
            codes::INCLUDE_BROKEN,
            Severity::Error,
            format!(
                "{} points to {}, which {what}. Mail servers treat your whole record as an error (permerror).",
                node.term, node.domain
            ),
            &format!(
                "Tell whoever runs {}, or remove {}.",
                node.domain, node.term
            ),
        );
    }

    /// Adds a finding once.
    fn add(&mut self, code: Code, severity: Severity, message: String, remedy: &str) {
        let finding = Finding {
            code,
            severity,
            subject: Subject::Spf,
            name: self.owner.clone(),
            message,
            remedy: remedy.to_owned(),
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// The findings about the sums.
    fn judge(&mut self, top: &Node) {
        let costs: Vec<String> = top
            .children
            .iter()
            .map(|child| format!("{} {}", child.term, child.total))
            .collect();
        let costs = costs.join(", ");
        let at_least = if self.troubled.is_empty() && !self.cut {
            ""
        } else {
            "at least "
        };
        if top.total > LOOKUPS {
            self.add(
                codes::TOO_MANY_LOOKUPS,
                Severity::Error,
                format!(
                    "The SPF record needs {at_least}{} look-ups, and mail servers stop after {LOOKUPS} and treat it as an error \
                     (permerror). What each term costs: {costs}.",
                    top.total
                ),
                "Remove services that no longer send for you, the costly ones first.",
            );
        } else if top.total + 1 >= LOOKUPS {
            self.add(
                codes::LOOKUPS_NEAR_LIMIT,
                Severity::Note,
                format!(
                    "The SPF record needs {at_least}{} of the {LOOKUPS} look-ups that are allowed. What each term costs: {costs}.",
                    top.total
                ),
                "",
            );
        }
        if top.void > VOID_LOOKUPS {
            self.add(
                codes::TOO_MANY_VOID_LOOKUPS,
                Severity::Error,
                format!(
                    "{} look-ups of the SPF record find nothing (void look-ups), and mail servers stop after {VOID_LOOKUPS}: {}.",
                    top.void,
                    void_terms(top).join(", ")
                ),
                "Remove the terms that find nothing.",
            );
        }
        if !self.troubled.is_empty() {
            let names: Vec<String> = self.troubled.iter().map(DomainName::to_string).collect();
            self.add(
                codes::LOOKUP_TROUBLE,
                Severity::Warning,
                format!(
                    "These names could not be looked up just now: {}. The count may be higher.",
                    names.join(", ")
                ),
                "Look again later.",
            );
        }
    }
}

/// The terms whose own look-up found nothing.
fn void_terms(node: &Node) -> Vec<String> {
    let below: u32 = node.children.iter().map(|child| child.void).sum();
    let mut terms: Vec<String> = node.children.iter().flat_map(void_terms).collect();
    if node.void > below {
        terms.insert(0, format!("{} ({})", node.term, node.domain));
    }
    terms
}
