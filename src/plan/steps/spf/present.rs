//! The SPF record that stands there now, read with patience: a broken one gives the words that can be read, several give one.

use crate::plan::facts::Facts;
use crate::records::spf::Directive;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;

/// What stands there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    /// All terms that can be read, as one record.
    pub spf: Option<Spf>,
    /// Words that nobody can read.
    pub unreadable: Vec<String>,
    /// How many records there are.
    pub records: usize,
    /// Several records stand there, and not all of them are known.
    pub incomplete: bool,
}

/// The texts that begin as SPF, as the look found them; escaped.
pub fn texts(facts: &Facts) -> Vec<&str> {
    let Some(report) = &facts.survey else {
        return Vec::new();
    };
    if report.spf.records.is_empty() {
        report.spf.record.iter().map(String::as_str).collect()
    } else {
        report.spf.records.iter().map(String::as_str).collect()
    }
}

pub fn present(facts: &Facts) -> Present {
    let texts = texts(facts);
    let conflict = facts
        .survey
        .as_ref()
        .is_some_and(|report| report.spf.state == "conflict");
    let mut present = Present {
        records: texts.len(),
        incomplete: conflict && texts.len() < 2,
        ..Present::default()
    };
    if let [text] = texts[..]
        && let Ok(spf) = text.parse::<Spf>()
    {
        present.spf = Some(spf);
        return present;
    }
    let mut ends = Vec::new();
    let mut spf = Spf::default();
    for text in &texts {
        for term in terms(text, &mut present.unreadable) {
            match term {
                Term::Directive(Directive {
                    qualifier,
                    mechanism: Mechanism::All,
                }) => ends.push(qualifier),
                Term::Modifier(Modifier::Redirect(domain)) if texts.len() > 1 => {
                    add(&mut spf, include(domain));
                }
                term => add(&mut spf, term),
            }
        }
    }
    if let Some(qualifier) = end(&ends) {
        spf.terms.push(Term::Directive(Directive {
            qualifier,
            mechanism: Mechanism::All,
        }));
    }
    if !spf.terms.is_empty() {
        present.spf = Some(spf);
    }
    present
}

/// The terms of one text. What cannot be read goes to `unreadable`.
fn terms(text: &str, unreadable: &mut Vec<String>) -> Vec<Term> {
    let mut terms = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(['"', ',', ';']);
        if word.is_empty() || word.eq_ignore_ascii_case("v=spf1") {
            continue;
        }
        match format!("v=spf1 {word}").parse::<Spf>() {
            Ok(read) => terms.extend(read.terms),
            Err(_) => unreadable.push(word.to_owned()),
        }
    }
    terms
}

fn add(spf: &mut Spf, term: Term) {
    if !spf.terms.contains(&term) {
        spf.terms.push(term);
    }
}

/// One record of several cannot hand over to another; what the other allows can be included.
fn include(domain: DomainSpec) -> Term {
    Term::Directive(Directive {
        qualifier: Qualifier::Pass,
        mechanism: Mechanism::Include(domain),
    })
}

/// The end of several records: refusing stays only where all of them refuse.
fn end(ends: &[Qualifier]) -> Option<Qualifier> {
    match ends {
        [] => None,
        [one] => Some(*one),
        many if many.iter().all(|end| *end == Qualifier::Fail) => Some(Qualifier::Fail),
        _ => Some(Qualifier::SoftFail),
    }
}
