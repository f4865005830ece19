//! What the pages about the SPF record say.

use crate::audit::report::TreeNode;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::TreeRow;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::steps::domain::plain;
use crate::plan::steps::spf::made;
use crate::plan::steps::spf::merging;
use crate::plan::steps::spf::merging::Cost;
use crate::plan::steps::spf::merging::MOST_LOOKUPS;
use crate::plan::steps::spf::merging::Merging;
use crate::plan::steps::spf::not_allowed;
use crate::plan::steps::spf::not_known;
use crate::plan::steps::spf::present;
use crate::records::spf::Qualifier;
use crate::records::spf::merge::Origin;

/// Rows of the tree that are shown.
pub const ROWS: usize = 24;

/// Levels of the tree that are shown below a term.
pub const DEPTH: usize = 2;

pub const WHY: &str = "Receivers look up this list (SPF) to see whether a computer may send as your domain. There may be only one such record, \
                   and reading it may cost at most ten look-ups; above that it counts as broken.";

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    match id {
        PageId::SpfPlan => plan(facts),
        _ => record(facts, live),
    }
}

pub fn plan(facts: &Facts) -> Page {
    let merging = merging(facts);
    let total = merging::total(facts, &merging.merged);
    let mut blocks = vec![Block::Text(intro(&merging))];
    if !merging.unreadable.is_empty() {
        blocks.push(Block::Text(format!(
            "Your present record is broken. These words cannot be read and are left out: {}",
            plain(&merging.unreadable.join(" "))
        )));
    }
    blocks.push(Block::Tree(rows(facts, &merging)));
    blocks.push(Block::Note(format!(
        "Look-ups: {} of {MOST_LOOKUPS}{}.",
        words(total),
        void(facts)
    )));
    blocks.extend(uncounted(facts, &merging));
    let wrong = not_allowed(facts, &merging);
    if total.lookups > MOST_LOOKUPS {
        blocks.extend(too_many(facts, &merging));
    } else if let Some(wrong) = &wrong {
        blocks.push(Block::Text(wrong.clone()));
    }
    if !merging.without.is_empty() {
        blocks.push(Block::Text("Without an entry of their own:".to_owned()));
        blocks.push(Block::Rows(merging.without.clone()));
    }
    blocks.push(Block::Note(end_of_record(&merging)));
    let form = if merging.optional.is_empty() {
        Form::Nothing
    } else {
        Form::Tick {
            ticked: merging
                .optional
                .iter()
                .filter(|term| !merging.dropped.contains(*term))
                .cloned()
                .collect(),
            options: merging
                .optional
                .iter()
                .map(|term| Choice {
                    id: term.clone(),
                    label: format!("keep {term}"),
                    detail: merging
                        .reasons
                        .get(term)
                        .map(|why| format!("can go: {why}"))
                        .unwrap_or_default(),
                })
                .collect(),
        }
    };
    let next = match (not_known(facts, &merging), wrong) {
        (Some(why), _) => Next::Closed(why),
        // Ticks may mend what is not allowed: then Enter is what tries it.
        (None, Some(why)) if merging.optional.is_empty() => Next::Closed(why),
        _ => Next::Go("Make the record".to_owned()),
    };
    Page {
        id: PageId::SpfPlan,
        step: StepId::Spf,
        title: "Who may send as your domain".to_owned(),
        blocks,
        form,
        why: WHY.to_owned(),
        next,
    }
}

pub fn intro(merging: &Merging) -> String {
    if merging.incomplete {
        "Your domain has more than one SPF record, and that makes all of them void. There may be only one.".to_owned()
    } else if merging.records > 1 {
        format!(
            "Your domain has {} SPF records, and that makes all of them void: there may be only one. Here they are joined, together \
             with what your senders need.",
            merging.records
        )
    } else if merging.existing.is_some() {
        if merging.dropped.is_empty() {
            "Your present list and what your senders need, in one record. Nothing that is there is lost unless you untick it."
        } else {
            "Your present list and what your senders need, in one record. What is not ticked below can go; tick it if you want to keep it."
        }
        .to_owned()
    } else {
        "This list names the senders that you ticked.".to_owned()
    }
}

/// The merged record as a tree: each term with where it comes from and what it costs.
pub fn rows(facts: &Facts, merging: &Merging) -> Vec<TreeRow> {
    let mut rows = vec![TreeRow {
        depth: 0,
        mark: Mark::Now,
        text: "v=spf1".to_owned(),
        detail: String::new(),
    }];
    for row in &merging.merged.rows {
        let cost = merging::cost(facts, &row.term);
        let is_end = row.term.ends_with("all") && row.term.len() <= 4;
        let (mark, from) = match &row.origin {
            Origin::Kept => (Mark::Done, "was there".to_owned()),
            Origin::Added { .. } if is_end => (Mark::Now, "how the list ends".to_owned()),
            Origin::Added { by } => (Mark::Now, format!("for {by}")),
            Origin::Dropped if is_end => (Mark::Later, "gives way to the new end".to_owned()),
            Origin::Dropped => (
                Mark::Later,
                match merging.reasons.get(&row.term) {
                    Some(why) => format!("dropped: {why}"),
                    None => "dropped".to_owned(),
                },
            ),
        };
        let cost_words = match (cost.lookups, &row.origin) {
            (0, _) | (_, Origin::Dropped) => String::new(),
            (1, _) if cost.exact => " (1 look-up)".to_owned(),
            _ => format!(" ({} look-ups)", words(cost)),
        };
        rows.push(TreeRow {
            depth: 1,
            mark,
            text: row.term.clone(),
            detail: format!("{from}{cost_words}"),
        });
        if row.origin != Origin::Dropped
            && let Some(node) = merging::node(facts, &row.term)
        {
            below(node, 2, &mut rows);
        }
    }
    rows.truncate(ROWS);
    rows
}

pub fn below(node: &TreeNode, depth: usize, rows: &mut Vec<TreeRow>) {
    if depth >= 2 + DEPTH {
        return;
    }
    for child in &node.children {
        if rows.len() >= ROWS {
            return;
        }
        rows.push(TreeRow {
            depth,
            mark: match child.result.as_str() {
                "ok" => Mark::Done,
                "missing" | "loop" => Mark::Wrong,
                _ => Mark::Unknown,
            },
            text: plain(&child.term),
            detail: match child.result.as_str() {
                "missing" => "leads nowhere".to_owned(),
                "loop" => "leads in a circle".to_owned(),
                "error" => "could not tell".to_owned(),
                _ if child.total == 0 => String::new(),
                _ => seen::count(i64::from(child.total), "look-up"),
            },
        });
        below(child, depth + 1, rows);
    }
}

/// Says which entries were not counted to the end, so that nobody relies on the number.
fn uncounted(facts: &Facts, merging: &Merging) -> Option<Block> {
    let terms = merging::uncounted(facts, &merging.merged);
    (!terms.is_empty()).then(|| {
        Block::Note(format!(
            "The look-ups of {} could not be counted to the end, so there may be more. When the record is published, press r: then they \
             are counted.",
            plain(&terms.join(", "))
        ))
    })
}

pub fn words(cost: Cost) -> String {
    format!(
        "{}{}",
        cost.lookups,
        if cost.exact { "" } else { " or more" }
    )
}

pub fn void(facts: &Facts) -> String {
    match facts.survey.as_ref().map(|report| report.spf.void_lookups) {
        Some(void) if void > 0 => format!(", {void} of them lead nowhere today (2 allowed)"),
        _ => String::new(),
    }
}

/// What to do above the limit: the dear terms, the dead ones, and a sender on a subdomain.
pub fn too_many(facts: &Facts, merging: &Merging) -> Vec<Block> {
    let mut dear: Vec<(String, u32)> = merging
        .merged
        .spf
        .terms
        .iter()
        .map(|term| term.to_string())
        .map(|term| {
            let lookups = merging::cost(facts, &term).lookups;
            (term, lookups)
        })
        .filter(|(_, lookups)| *lookups > 0)
        .collect();
    dear.sort_by_key(|(_, lookups)| std::cmp::Reverse(*lookups));
    let mut steps =
        vec!["Untick what no longer sends. Entries that lead nowhere can always go.".to_owned()];
    if let Some((term, lookups)) = dear.first() {
        steps.push(format!(
            "Look at the dearest first: {term} costs {}.",
            seen::count(i64::from(*lookups), "look-up")
        ));
    }
    steps.push(format!(
        "Or let one service send from a subdomain, such as news.{}: it then has a list of its own.",
        facts.domain
    ));
    vec![
        Block::Text(
            "That is too many: receivers stop reading and treat the list as broken.".to_owned(),
        ),
        Block::Steps(steps),
    ]
}

pub fn end_of_record(merging: &Merging) -> String {
    match merging.merged.spf.all() {
        Some(Qualifier::Fail) => {
            "Your record ends with -all, and that stays. Know that some receivers then refuse forwarded mail before they look at its \
             signature; ~all is the milder form."
                .to_owned()
        }
        Some(_) => {
            "The record ends with ~all: mail from elsewhere is marked, not refused, so that forwarded mail with a good signature still \
             arrives. The DMARC policy decides later."
                .to_owned()
        }
        None => "The end of the list is kept elsewhere (redirect) and stays as it is.".to_owned(),
    }
}

pub fn record(facts: &Facts, live: &Live) -> Page {
    let title = "Publish the list of senders".to_owned();
    match made(facts) {
        Ok(wanted) if facts.spf.confirmed => {
            let mut intro = vec![Block::Text(
                if present::texts(facts).len() > 1 {
                    "Your domain has several such records (v=spf1) now. Change one of them to this, and delete the others."
                } else if wanted.replaces.is_some() {
                    "Your domain must have only one such record (v=spf1)."
                } else if facts
                    .survey
                    .as_ref()
                    .is_some_and(|report| report.spf.record.is_some())
                {
                    "Your record is right as it is. Nothing has to be changed; it is looked at again."
                } else {
                    "Add this record. There must be only one that begins with v=spf1."
                }
                .to_owned(),
            )];
            intro.extend(uncounted(facts, &merging::merging(facts)));
            if let Some(note) = rewritten(facts) {
                intro.push(Block::Note(note));
            }
            panel::record_page(
                PageId::SpfRecord,
                &wanted,
                title,
                intro,
                WHY.to_owned(),
                facts,
                live,
            )
        }
        made => {
            let why = match made {
                Err(why) => why,
                Ok(_) => "First look at the plan of the list.".to_owned(),
            };
            Page {
                id: PageId::SpfRecord,
                step: StepId::Spf,
                title,
                blocks: vec![Block::Text(format!(
                    "No record is handed out yet. {why} Press Esc to go back."
                ))],
                form: Form::Nothing,
                why: WHY.to_owned(),
                next: Next::Closed(why),
            }
        }
    }
}

/// Some hosts rewrite the record behind the owner's back.
pub fn rewritten(facts: &Facts) -> Option<String> {
    let text = facts.survey.as_ref()?.spf.record.as_ref()?;
    text.contains("._spfm.").then(|| {
        "Your DNS host rewrote your record (a name with _spfm stands in it). If it does so again, look for a setting of its own for SPF."
            .to_owned()
    })
}
