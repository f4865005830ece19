//! The SPF section of the report.

use crate::audit::codes;
use crate::audit::panel;
use crate::audit::report::SpfReport;
use crate::audit::report::TreeNode;
use crate::audit::settle::Settled;
use crate::audit::settle::Standing;
use crate::audit::settle::settle;
use crate::audit::tell;
use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Place;
use crate::catalog::dns_host;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;
use crate::records::spf;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::judge;
use crate::records::spf::judge::Selected;
use crate::records::spf::tree;
use crate::records::spf::tree::Node;
use crate::records::spf::tree::NodeResult;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::codes as codes_of;
use crate::records::verdict::found;
use crate::records::verdict::habits;
use crate::records::verdict::state::Kind;

/// Largest answer that passes every path in one datagram (RFC 9715).
const ONE_DATAGRAM: usize = 1232;

/// Bytes of an answer besides its names and data: header, type and class of the question, EDNS.
const FRAME: usize = 12 + 4 + 11;

/// Bytes of a record besides its data, with a pointer for its name.
const RECORD_FRAME: usize = 12;

/// What is known about SPF.
pub struct Section {
    pub report: SpfReport,
    pub findings: Vec<Finding>,
    pub record: Option<Spf>,
    /// True where everything that the record names could be looked up.
    pub is_whole: bool,
}

fn settled(view: &View<'_>, place: &Place) -> Settled {
    settle(view, place, &view.own(RecordType::Txt), Subject::Spf)
}

/// The SPF record as far as it is known.
pub fn record(view: &View<'_>, place: &Place) -> Option<Spf> {
    match selected(view, &settled(view, place).texts()) {
        Selected::One(spf) => Some(spf),
        _ => None,
    }
}

/// What the texts at the domain hold. Where the resolver has the same texts they were read already.
fn selected(view: &View<'_>, texts: &[Untrusted]) -> Selected {
    let owner = view.domain();
    let of_resolver = view.known.answer(&view.own(RecordType::Txt));
    let read = of_resolver
        .filter(|answer| answer.texts().eq(texts))
        .and_then(|_| view.known.record(owner));
    read.cloned().unwrap_or_else(|| judge::select(owner, texts))
}

/// The answer of a resolver as far as it proves something: a "no" that does not say whose it is counts as trouble.
pub(super) fn relied_on(answer: &Answer) -> Answer {
    if answer.is_weak_no() {
        Answer::direct(Outcome::Trouble(Trouble::Malformed))
    } else {
        answer.clone()
    }
}

/// Questions about the records that the SPF record names.
pub fn more_questions(view: &View<'_>, place: &Place) -> Vec<Question> {
    if let Some(spf) = record(view, place) {
        return tree::wanted(view.domain(), &spf, view.known);
    }
    wrong_places(view, place)
        .into_iter()
        .map(|place| place.question)
        .chain(is_missing(view, place).then(|| view.own(RecordType::Spf)))
        .collect()
}

/// True where the servers answered, and there is no SPF record at the domain.
fn is_missing(view: &View<'_>, place: &Place) -> bool {
    let settled = settled(view, place);
    settled.standing == Standing::Settled
        && zone::exists(view) == Some(true)
        && judge::select(view.domain(), &settled.texts()) == Selected::Absent
}

/// The names where the record ends up by mistake; none while there is one at its place.
fn wrong_places(view: &View<'_>, place: &Place) -> Vec<found::Place> {
    if !is_missing(view, place) {
        return Vec::new();
    }
    found::places(view.domain(), &panel::zone(view, place))
        .into_iter()
        .filter(|wrong| [codes_of::NAME_DOUBLED, codes_of::AT_WWW].contains(&wrong.code))
        .collect()
}

pub fn section(view: &View<'_>, place: &Place, exists: bool) -> Section {
    let settled = settled(view, place);
    let owner = view.domain();
    let texts = settled.texts();
    let mut findings = settled.findings.clone();
    findings.extend(large(owner, &texts));
    let mut report = SpfReport {
        state: settled.word().to_owned(),
        agreed: settled.agreed,
        complete: true,
        ..SpfReport::default()
    };
    let mut record = None;
    let mut is_whole = true;
    match selected(view, &texts) {
        Selected::Absent if settled.standing == Standing::Settled => {
            let (state, named) = absent(view, place, exists);
            state.clone_into(&mut report.state);
            findings.extend(named);
        }
        Selected::Absent => {}
        Selected::Broken {
            text,
            findings: named,
        } => {
            "invalid".clone_into(&mut report.state);
            report.record = Some(text.shown().into());
            let spoilt = found::value(Kind::Spf, owner, &of_spf(owner, &texts));
            findings.extend(if spoilt.is_empty() { named } else { spoilt });
        }
        Selected::Several(records) => {
            "conflict".clone_into(&mut report.state);
            report.record = records.first().map(|text| text.shown().into());
            report.records = records.iter().map(|text| text.shown().into()).collect();
            findings.push(judge::two_records(owner, &records));
        }
        Selected::One(spf) => {
            findings.extend(found::value(Kind::Spf, owner, &texts));
            findings.extend(
                of_spf(owner, &texts)
                    .iter()
                    .filter_map(|text| found::remark(Kind::Spf, owner, text)),
            );
            findings.extend(
                habits::rewritten_spf(dns_host::habits(), &spf)
                    .map(|include| habits::rewritten_by_host(owner, &include, Severity::Note)),
            );
            let tree = tree::grow(owner, &spf, view.known);
            report.record = texts
                .iter()
                .find(|text| judge::is_record(text))
                .map(|text| text.shown().into());
            report.records = report.record.iter().cloned().collect();
            report.lookups = tree.top.total;
            report.void_lookups = tree.top.void;
            report.all = all(&spf, &tree.top).map(|word| word.to_owned());
            report.tree = Some(node(&tree.top));
            report.complete = tree.complete;
            is_whole = tree.complete && tree.troubled.is_empty();
            findings.extend(judge::judge(owner, &spf));
            let is_growing = tree.wanted.iter().any(|question| view.is_open(question));
            if !tree.complete && tree.troubled.is_empty() && !is_growing {
                findings.push(cut(owner));
            }
            findings.extend(tree.findings);
            record = Some(spf);
        }
    }
    Section {
        report,
        findings,
        record,
        is_whole,
    }
}

/// The texts that somebody meant as SPF.
fn of_spf(owner: &DomainName, texts: &[Untrusted]) -> Vec<Untrusted> {
    texts
        .iter()
        .filter(|text| found::is_here(Kind::Spf, owner, std::slice::from_ref(text)))
        .cloned()
        .collect()
}

/// No SPF record at the domain: one at another name, one of another type, or none.
fn absent(view: &View<'_>, place: &Place, exists: bool) -> (&'static str, Vec<Finding>) {
    let owner = view.domain();
    let nobody = view.wildcard("");
    let places = wrong_places(view, place);
    let is_open = places.iter().any(|wrong| view.is_open(&wrong.question))
        || view.is_open(&view.own(RecordType::Spf));
    if is_open {
        return ("unknown", Vec::new());
    }
    let texts_at = |question: &Question| -> Vec<Untrusted> {
        view.best(question)
            .map(|answer| answer.texts().cloned().collect())
            .unwrap_or_default()
    };
    for wrong in places {
        let texts = texts_at(&wrong.question);
        let is_wild = nobody.is_some_and(|nobody| {
            view.best(&wrong.question)
                .is_some_and(|answer| answer.data() == nobody.data())
        });
        if !is_wild && found::is_here(Kind::Spf, owner, &texts) {
            let findings = found::misplaced(Kind::Spf, owner, &wrong, &texts);
            return ("misplaced", findings);
        }
    }
    let of_type_spf = texts_at(&view.own(RecordType::Spf));
    if !of_type_spf.is_empty() {
        return ("missing", found::type_spf(owner, &of_type_spf));
    }
    let missing = exists.then(|| missing(owner));
    ("missing", missing.into_iter().collect())
}

/// An answer that takes more than one datagram: it needs TCP, which some networks do not let through.
fn large(owner: &DomainName, texts: &[Untrusted]) -> Option<Finding> {
    let bytes = |text: &Untrusted| {
        let length = text.as_bytes().len();
        RECORD_FRAME + length + length.div_ceil(255).max(1)
    };
    let size = FRAME + owner.as_str().len() + 2 + texts.iter().map(bytes).sum::<usize>();
    (size > ONE_DATAGRAM).then(|| {
        tell::tell(
            Subject::Domain,
            Severity::Note,
            codes::DNS_ANSWER_LARGE,
            owner,
            &format!(
                "The {} text records of {owner} together make an answer of {size} bytes, too big for one datagram. Servers that cannot \
                 ask again over TCP do not see the SPF record.",
                texts.len()
            ),
            "Delete text records of services that you no longer use.",
        )
    })
}

/// The finding about a tree that was not grown to its end.
pub(super) fn cut(owner: &DomainName) -> Finding {
    tell::tell(
        Subject::Spf,
        Severity::Warning,
        spf::codes::LOOKUP_TROUBLE,
        owner,
        "The SPF record names more records than could be looked up. The count of look-ups may be higher.",
        "Remove services that no longer send for you, then look again.",
    )
}

pub(super) fn missing(owner: &DomainName) -> Finding {
    let is_top = owner.registrable().is_none_or(|top| top == *owner);
    let (severity, message) = if is_top {
        (
            Severity::Error,
            format!(
                "{owner} has no SPF record, so receivers cannot tell which servers may send its mail."
            ),
        )
    } else {
        (
            Severity::Warning,
            format!(
                "{owner} has no SPF record. It needs one if mail is sent with this name behind the @ or as bounce address."
            ),
        )
    };
    tell::tell(
        Subject::Spf,
        severity,
        codes::SPF_MISSING,
        owner,
        &message,
        "Publish one TXT record that starts with v=spf1 and names the services that send for you.",
    )
}

/// What happens to mail that nothing in the record matches; where the record hands over (`redirect=`), what the other record says.
fn all(spf: &Spf, top: &Node) -> Option<&'static str> {
    if let Some(qualifier) = spf.all() {
        return Some(match qualifier {
            Qualifier::Pass => "pass",
            Qualifier::Neutral => "neutral",
            Qualifier::SoftFail => "softfail",
            Qualifier::Fail => "fail",
        });
    }
    spf.redirect()?;
    let next = top
        .children
        .iter()
        .find(|child| child.term.starts_with("redirect="))?;
    all(&next.record.as_ref()?.parse().ok()?, next)
}

pub(super) fn node(node: &Node) -> TreeNode {
    TreeNode {
        term: node.term.clone(),
        domain: node.domain.clone(),
        record: node.record.clone(),
        cost: node.cost,
        total: node.total,
        void: node.void,
        result: match node.result {
            NodeResult::Ok => "ok",
            NodeResult::Missing => "missing",
            NodeResult::Loop => "loop",
            NodeResult::Error => "error",
        }
        .to_owned(),
        children: node.children.iter().map(self::node).collect(),
    }
}
