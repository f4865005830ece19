//! One SPF record from the one that exists and the terms that are needed, with where each term comes from.

use std::collections::BTreeSet;

use crate::records::spf::Directive;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::Term;

/// A term that somebody needs in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededTerm {
    pub term: Directive,
    /// Who needs it, as people know it: "Google Workspace".
    pub by: String,
}

/// The merged record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub spf: Spf,
    /// The terms of the merged record in their order, then what was dropped.
    pub rows: Vec<MergedTerm>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedTerm {
    /// As printed.
    pub term: String,
    pub origin: Origin,
}

/// Where a term of the merged record comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Kept,
    Added { by: String },
    Dropped,
}

/// Merges into one record.
///
/// Terms that exist keep their order; what is needed and not there comes before `all`. Nothing stands twice. An `all` of `-` or `~` stays as
/// it is; every other becomes `all`. `dropped` holds terms as printed; a term that is needed is not dropped. Terms that were ignored after
/// `all` count again, since whoever wrote them meant them. A `redirect` stays only where nothing is
/// added; else it becomes an `include`.
pub fn merge(
    existing: Option<&Spf>,
    needed: &[NeededTerm],
    dropped: &BTreeSet<String>,
    all: Qualifier,
) -> Merged {
    let unfinished = Spf::default();
    let mut work = Work {
        directives: Vec::new(),
        gone: Vec::new(),
    };
    let existing = existing.unwrap_or(&unfinished);
    let dropped: BTreeSet<String> = dropped.iter().map(|term| folded_text(term)).collect();
    for directive in existing.directives() {
        work.keep(directive, needed, &dropped);
    }
    for need in needed {
        work.need(need);
    }
    let mut modifiers: Vec<Modifier> = existing.modifiers().cloned().collect();
    modifiers.retain(|modifier| {
        let is_dropped = dropped.contains(&folded_text(&modifier.to_string()));
        if is_dropped {
            work.gone.push(modifier.to_string());
        }
        !is_dropped
    });
    let redirect = modifiers
        .iter()
        .position(|modifier| matches!(modifier, Modifier::Redirect(_)));
    let mut goes_on_elsewhere = false;
    if let Some(at) = redirect {
        let unchanged = existing.all().is_none()
            && work
                .directives
                .iter()
                .all(|(_, origin)| *origin == Origin::Kept);
        if unchanged {
            goes_on_elsewhere = true;
        } else if let Modifier::Redirect(domain) = modifiers.remove(at) {
            let text = format!("redirect={domain}");
            if existing.all().is_none() {
                work.need(&NeededTerm {
                    term: Directive {
                        qualifier: Qualifier::Pass,
                        mechanism: Mechanism::Include(domain),
                    },
                    by: format!("{text}, which must stand alone"),
                });
            }
            work.gone.push(text);
        }
    }
    work.finish(existing, modifiers, goes_on_elsewhere, all)
}

struct Work {
    directives: Vec<(Directive, Origin)>,
    gone: Vec<String>,
}

impl Work {
    fn find(&self, mechanism: &Mechanism) -> Option<usize> {
        let folded = mechanism.folded();
        self.directives
            .iter()
            .position(|(directive, _)| directive.mechanism.folded() == folded)
    }

    fn keep(&mut self, directive: &Directive, needed: &[NeededTerm], dropped: &BTreeSet<String>) {
        if directive.mechanism == Mechanism::All {
            return;
        }
        let folded = directive.mechanism.folded();
        let is_needed = needed
            .iter()
            .any(|need| need.term.mechanism.folded() == folded);
        let is_dropped = dropped.contains(&folded_directive(directive));
        if self.find(&directive.mechanism).is_some() || (is_dropped && !is_needed) {
            self.gone.push(directive.to_string());
        } else {
            self.directives.push((directive.clone(), Origin::Kept));
        }
    }

    fn need(&mut self, need: &NeededTerm) {
        if need.term.mechanism == Mechanism::All {
            return;
        }
        let origin = Origin::Added {
            by: need.by.clone(),
        };
        match self.find(&need.term.mechanism) {
            None => self.directives.push((need.term.clone(), origin)),
            Some(at) if self.directives[at].0.qualifier == need.term.qualifier => {}
            // The same term with another sign: it would match first, and decide.
            Some(at) => {
                let (old, _) =
                    std::mem::replace(&mut self.directives[at], (need.term.clone(), origin));
                self.gone.push(old.to_string());
            }
        }
    }

    fn finish(
        mut self,
        existing: &Spf,
        modifiers: Vec<Modifier>,
        goes_on_elsewhere: bool,
        wish: Qualifier,
    ) -> Merged {
        let old = existing.all();
        let mut seen = 0;
        for directive in existing.directives() {
            if directive.mechanism == Mechanism::All {
                let stays = seen == 0
                    && matches!(directive.qualifier, Qualifier::SoftFail | Qualifier::Fail);
                if !stays && (seen > 0 || directive.qualifier != wish) {
                    self.gone.push(directive.to_string());
                }
                seen += 1;
            }
        }
        if !goes_on_elsewhere {
            let (qualifier, origin) = match old {
                Some(old @ (Qualifier::SoftFail | Qualifier::Fail)) => (old, Origin::Kept),
                Some(old) if old == wish => (old, Origin::Kept),
                _ => (
                    wish,
                    Origin::Added {
                        by: "the end of the record".to_owned(),
                    },
                ),
            };
            let directive = Directive {
                qualifier,
                mechanism: Mechanism::All,
            };
            self.directives.push((directive, origin));
        }
        let mut rows: Vec<MergedTerm> = self
            .directives
            .iter()
            .map(|(directive, origin)| MergedTerm {
                term: directive.to_string(),
                origin: origin.clone(),
            })
            .collect();
        rows.extend(modifiers.iter().map(|modifier| MergedTerm {
            term: modifier.to_string(),
            origin: Origin::Kept,
        }));
        rows.extend(self.gone.into_iter().map(|term| MergedTerm {
            term,
            origin: Origin::Dropped,
        }));
        let directives = self
            .directives
            .into_iter()
            .map(|(directive, _)| Term::Directive(directive));
        Merged {
            spf: Spf {
                terms: directives
                    .chain(modifiers.into_iter().map(Term::Modifier))
                    .collect(),
            },
            rows,
        }
    }
}

fn folded_directive(directive: &Directive) -> String {
    Directive {
        qualifier: directive.qualifier,
        mechanism: directive.mechanism.folded(),
    }
    .to_string()
}

/// A term as printed, in the form that equal terms share.
fn folded_text(term: &str) -> String {
    term.parse::<Directive>().map_or_else(
        |_| term.trim().to_ascii_lowercase(),
        |directive| folded_directive(&directive),
    )
}
