//! The rung `spf`: one record that names every sender, merged with what is there. Never a second record.

pub mod merging;

use std::collections::BTreeSet;

use crate::audit::report::TreeNode;
use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
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
use crate::plan::service;
use crate::plan::steps::domain::plain;
use crate::plan::steps::senders;
use crate::plan::steps::spf::merging::Cost;
use crate::plan::steps::spf::merging::MOST_LOOKUPS;
use crate::plan::steps::spf::merging::Merging;
use crate::plan::steps::spf::merging::merging;
use crate::plan::walk::Taken;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::clean;
use crate::plan::wanted::key;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::merge::Origin;

/// Rows of the tree that are shown.
const ROWS: usize = 24;
/// Levels of the tree that are shown below a term.
const DEPTH: usize = 2;

const WHY: &str = "Receivers look up this list (SPF) to see whether a computer may send as your domain. There may be only one such record, \
                   and reading it may cost at most ten look-ups; above that it counts as broken.";

pub fn pages(_facts: &Facts) -> Vec<PageId> {
    vec![PageId::SpfPlan, PageId::SpfRecord]
}

pub fn standing(id: &PageId, facts: &Facts, live: Option<&Live>) -> Standing {
    match id {
        PageId::SpfPlan => {
            if facts.spf.confirmed {
                Standing::Settled
            } else {
                Standing::Needs
            }
        }
        _ => match wanted(facts) {
            Some(wanted) => ladder::record_standing(facts, live, &wanted),
            None => Standing::Needs,
        },
    }
}

/// The record, once the plan was looked at and nothing is wrong with it.
pub fn wanted(facts: &Facts) -> Option<Wanted> {
    facts.spf.confirmed.then(|| made(facts).ok()).flatten()
}

fn made(facts: &Facts) -> Result<Wanted, String> {
    let merging = merging(facts);
    if let Some(why) = closed(facts, &merging) {
        return Err(why);
    }
    let record = clean(Record {
        owner: service::domain(facts),
        content: Content::Spf(merging.merged.spf.clone()),
        ttl: Ttl(3600),
    })?;
    let there = facts
        .survey
        .as_ref()
        .and_then(|report| report.spf.record.as_ref());
    let same = merging
        .existing
        .as_ref()
        .is_some_and(|spf| *spf == merging.merged.spf)
        && there.is_some_and(|text| text.parse::<Spf>().is_ok());
    Ok(Wanted {
        step: StepId::Spf,
        sender: None,
        purpose: "lists who may send mail as the domain".to_owned(),
        key: key(&record),
        record,
        replaces: there.filter(|_| !same).map(|text| plain(text)),
    })
}

/// Why no record can be made yet.
fn closed(facts: &Facts, merging: &Merging) -> Option<String> {
    if !senders::settled(facts) {
        return Some("First say which services send mail for you.".to_owned());
    }
    if !is_known(facts) {
        return Some(
            "It could not be told what SPF record is there now, and it must not be overwritten blindly. Press r to look again.".to_owned(),
        );
    }
    if merging.several {
        return Some(
            "Put the entries of your SPF records into one of them and delete the others. Then press r to look again.".to_owned(),
        );
    }
    if !merging.unreadable.is_empty() {
        return None;
    }
    let total = merging::total(facts, &merging.merged);
    (total.lookups > MOST_LOOKUPS).then(|| {
        format!(
            "The list costs {} look-ups; {MOST_LOOKUPS} are allowed. Untick entries that are no longer used.",
            words(total)
        )
    })
}

/// True where the look could tell what SPF record is there.
fn is_known(facts: &Facts) -> bool {
    facts
        .survey
        .as_ref()
        .is_some_and(|report| !matches!(report.spf.state.as_str(), "" | "unknown"))
}

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    match id {
        PageId::SpfPlan => plan(facts),
        _ => record(facts, live),
    }
}

fn plan(facts: &Facts) -> Page {
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
    if total.lookups > MOST_LOOKUPS {
        blocks.extend(too_many(facts, &merging));
    }
    if !merging.without.is_empty() {
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
    let next = match closed(facts, &merging) {
        // Ticks may mend the number of look-ups: then Enter is what tries it.
        Some(why) if total.lookups <= MOST_LOOKUPS || merging.optional.is_empty() => {
            Next::Closed(why)
        }
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

fn intro(merging: &Merging) -> String {
    if merging.several {
        "Your domain has more than one SPF record, and that makes all of them void. There may be only one.".to_owned()
    } else if merging.existing.is_some() {
        "Your present list and what your senders need, in one record. Nothing that is there is lost unless you untick it.".to_owned()
    } else {
        "This list names the senders that you ticked.".to_owned()
    }
}

/// The merged record as a tree: each term with where it comes from and what it costs.
fn rows(facts: &Facts, merging: &Merging) -> Vec<TreeRow> {
    let mut rows = vec![TreeRow {
        depth: 0,
        mark: Mark::Now,
        text: "v=spf1".to_owned(),
        detail: String::new(),
    }];
    for row in &merging.merged.rows {
        let cost = merging::cost(facts, &row.term);
        let (mark, from) = match &row.origin {
            Origin::Kept => (Mark::Done, "was there".to_owned()),
            Origin::Added { by } => (Mark::Now, format!("for {by}")),
            Origin::Dropped => (
                Mark::Later,
                match merging.reasons.get(&row.term) {
                    Some(why) => format!("dropped: {why}"),
                    None => "dropped".to_owned(),
                },
            ),
        };
        let cost_words = if cost.lookups == 0 || row.origin == Origin::Dropped {
            String::new()
        } else {
            format!(" ({})", words(cost))
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

fn below(node: &TreeNode, depth: usize, rows: &mut Vec<TreeRow>) {
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

fn words(cost: Cost) -> String {
    format!(
        "{}{}",
        cost.lookups,
        if cost.exact { "" } else { " or more" }
    )
}

fn void(facts: &Facts) -> String {
    match facts.survey.as_ref().map(|report| report.spf.void_lookups) {
        Some(void) if void > 0 => format!(", {void} of them lead nowhere today (2 allowed)"),
        _ => String::new(),
    }
}

/// What to do above the limit: the dear terms, the dead ones, and a sender on a subdomain.
fn too_many(facts: &Facts, merging: &Merging) -> Vec<Block> {
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

fn end_of_record(merging: &Merging) -> String {
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

fn record(facts: &Facts, live: &Live) -> Page {
    let title = "Publish the list of senders".to_owned();
    match made(facts) {
        Ok(wanted) if facts.spf.confirmed => {
            let mut intro = vec![Block::Text(
                if wanted.replaces.is_some() {
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
fn rewritten(facts: &Facts) -> Option<String> {
    let text = facts.survey.as_ref()?.spf.record.as_ref()?;
    text.contains("._spfm.").then(|| {
        "Your DNS host rewrote your record (a name with _spfm stands in it). If it does so again, look for a setting of its own for SPF."
            .to_owned()
    })
}

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    if *id == PageId::SpfRecord {
        return match made(facts) {
            Ok(_) if facts.spf.confirmed => Ok(Taken::default()),
            Ok(_) => Err("First look at the plan of the list: press Esc.".to_owned()),
            Err(why) => Err(why),
        };
    }
    let now = merging(facts);
    let dropped: BTreeSet<String> = match answer {
        Answer::Ticked(kept) => now
            .optional
            .iter()
            .filter(|term| !kept.contains(term))
            .cloned()
            .collect(),
        _ => now.dropped.clone(),
    };
    let before = (facts.spf.clone(), facts.senders.dropped_terms.clone());
    facts
        .senders
        .dropped_terms
        .retain(|term| dropped.contains(term));
    facts.spf.dropped = dropped;
    facts.spf.confirmed = true;
    if let Err(why) = made(facts) {
        (facts.spf, facts.senders.dropped_terms) = before;
        return Err(why);
    }
    if before.0 != facts.spf {
        let list: Vec<&str> = facts.spf.dropped.iter().map(String::as_str).collect();
        let what = if list.is_empty() {
            "SPF: every present entry is kept".to_owned()
        } else {
            format!("SPF entries dropped: {}", list.join(" "))
        };
        seen::note(facts, live.now, what);
    }
    Ok(Taken::default())
}
