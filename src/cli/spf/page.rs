//! The look at an SPF record as a page to read.

use std::net::IpAddr;

use crate::audit::report::RESOLVER_ONLY;
use crate::audit::report::TreeNode;
use crate::audit::spf_look::SavingRow;
use crate::audit::spf_look::SpfLookReport;
use crate::cli::paper::Mark;
use crate::cli::paper::Paper;
use crate::cli::paper::short;
use crate::cli::paper::whole;
use crate::cli::printer::plain;
use crate::cli::spf::is_mistake;
use crate::records::spf::tree::LOOKUPS;
use crate::records::spf::tree::VOID_LOOKUPS;

/// Rows of a tree that are drawn.
const ROWS: usize = 200;

pub fn page(report: &SpfLookReport, ip: Option<IpAddr>, paper: Paper) -> String {
    let mut text = format!("{}\n", plain(&report.domain));
    if report.view == RESOLVER_ONLY {
        let said = "resolver view only: resolvers were asked (DNS over HTTPS), and they may keep old copies";
        paper.hang(&mut text, "  ", "  ", said);
    }
    if let (Some(result), Some(ip)) = (&report.result, ip) {
        verdict(&mut text, report, result, ip, paper);
    }
    record(&mut text, report, paper);
    if !report.path.is_empty() {
        text.push_str("\n  The way to the result\n");
        for line in &report.path {
            let step = plain(line);
            let bare = step.trim_start_matches(' ');
            let indent = " ".repeat(4 + step.len() - bare.len());
            paper.hang(&mut text, &indent, &format!("{indent}    "), bare);
        }
    }
    if let Some(top) = report.tree.as_ref().filter(|top| !top.children.is_empty()) {
        tree(&mut text, top, paper);
    }
    savings(&mut text, report, paper);
    paper.findings(&mut text, &report.findings);
    text.push_str(&format!(
        "\n  {} question{} in {}.{:03} s\n",
        report.queries,
        if report.queries == 1 { "" } else { "s" },
        report.elapsed_ms / 1000,
        report.elapsed_ms % 1000
    ));
    text
}

fn verdict(text: &mut String, report: &SpfLookReport, result: &str, ip: IpAddr, paper: Paper) {
    let domain = plain(&report.domain);
    let (mark, said) = match result {
        "pass" => (Mark::Right, format!("{ip} may send mail as {domain}")),
        "fail" => (Mark::Wrong, format!("{ip} may not send mail as {domain}")),
        "softfail" => (
            Mark::Wrong,
            format!("{ip} most likely may not send mail as {domain}"),
        ),
        "neutral" => (
            Mark::Warning,
            format!("{domain} does not say whether {ip} may send its mail"),
        ),
        "none" => (
            Mark::Warning,
            format!("{domain} has no SPF record, so SPF says nothing about {ip}"),
        ),
        "permerror" => (
            Mark::Wrong,
            "the SPF record is broken, so mail servers cannot use it".to_owned(),
        ),
        _ => (
            Mark::Unknown,
            "could not tell: the DNS did not answer as it should".to_owned(),
        ),
    };
    paper.marked(text, "Result", mark, &format!("{result}: {said}"));
    if let Some(matched) = &report.matched {
        paper.line(text, "", &format!("decided by {}", short(matched)));
    }
    if let Some(problem) = &report.problem {
        paper.line(text, "", &short(problem));
    }
    if let Some(explanation) = &report.explanation {
        paper.line(
            text,
            "",
            &format!("the domain says: {}", short(explanation)),
        );
    }
}

fn record(text: &mut String, report: &SpfLookReport, paper: Paper) {
    let is_over = report.lookups > LOOKUPS || report.void_lookups > VOID_LOOKUPS;
    let is_broken = report.findings.iter().any(is_mistake);
    let (mark, said) = match (&report.record, &report.tree) {
        (_, Some(_)) => {
            let least = if report.complete { "" } else { "at least " };
            let mark = if is_over || is_broken {
                Mark::Wrong
            } else if report.complete {
                Mark::Right
            } else {
                Mark::Unknown
            };
            (
                mark,
                format!(
                    "{least}{} of {LOOKUPS} look-ups, {} of {VOID_LOOKUPS} void look-ups",
                    report.lookups, report.void_lookups
                ),
            )
        }
        (Some(_), None) => (Mark::Wrong, "cannot be used".to_owned()),
        (None, None) if report.complete => (Mark::Wrong, "no record".to_owned()),
        (None, None) => (Mark::Unknown, "could not tell".to_owned()),
    };
    paper.marked(text, "SPF", mark, &said);
    if let Some(record) = &report.record {
        paper.line(text, "", &whole(record));
    }
}

/// The tree: what each term costs, and what the record has cost up to it.
fn tree(text: &mut String, top: &TreeNode, paper: Paper) {
    text.push_str("\n    cost  so far  term\n");
    let mut drawing = Drawing {
        paper,
        text,
        so_far: 0,
        rows: 0,
    };
    drawing.children(top, "");
    let left = drawing.rows.saturating_sub(ROWS);
    if left > 0 {
        text.push_str(&format!("{:16}... and {left} more\n", ""));
    }
}

struct Drawing<'a> {
    paper: Paper,
    text: &'a mut String,
    so_far: u32,
    rows: usize,
}

impl Drawing<'_> {
    fn children(&mut self, node: &TreeNode, lead: &str) {
        for (at, child) in node.children.iter().enumerate() {
            let is_last = at + 1 == node.children.len();
            let (branch, below) = if is_last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            let below = format!("{lead}{below}");
            self.row(child, &format!("{lead}{branch}"), &below);
            self.children(child, &below);
        }
    }

    /// `lead`: the branches in front of it; `below`: those in front of what follows.
    fn row(&mut self, node: &TreeNode, lead: &str, below: &str) {
        let before = self.so_far;
        self.so_far += node.cost;
        self.rows += 1;
        if self.rows > ROWS {
            return;
        }
        let first = format!("  {:>6}{:>8}  {lead}", node.cost, self.so_far);
        let trunk = if node.children.is_empty() { "" } else { "│" };
        let next = format!("{:18}{below}{trunk:<3}", "");
        let mut row = short(&node.term);
        let remarks = remarks(node, before <= LOOKUPS && self.so_far > LOOKUPS);
        if !remarks.is_empty() {
            row.push_str(&format!("  ({})", remarks.join(", ")));
        }
        self.paper.hang(self.text, &first, &next, &row);
    }
}

fn remarks(node: &TreeNode, is_over: bool) -> Vec<String> {
    let below: u32 = node.children.iter().map(|child| child.void).sum();
    let mut remarks = Vec::new();
    if !node
        .term
        .to_ascii_lowercase()
        .contains(&node.domain.to_ascii_lowercase())
    {
        remarks.push(plain(&node.domain));
    }
    if node.total > node.cost {
        remarks.push(format!("{} in all", node.total));
    }
    match node.result.as_str() {
        "missing" => remarks.push("no SPF record there".to_owned()),
        "loop" => remarks.push("leads in a circle".to_owned()),
        "error" => remarks.push("could not be used".to_owned()),
        _ if node.void > below => remarks.push("finds nothing".to_owned()),
        _ => {}
    }
    if is_over {
        remarks.push("mail servers stop here".to_owned());
    }
    remarks
}

/// The changes. What holds for several that follow one another is said behind the last of them.
fn savings(text: &mut String, report: &SpfLookReport, paper: Paper) {
    if report.savings.is_empty() {
        return;
    }
    text.push_str(&format!(
        "\n  To come down from {} to {LOOKUPS} look-ups, the changes that cost least first\n",
        report.lookups
    ));
    let words = |saving: &SavingRow| (saving.change.clone(), saving.price.clone());
    for (at, saving) in report.savings.iter().enumerate() {
        let first = format!("    {}. ", at + 1);
        let term = format!("{} (saves {})", short(&saving.term), saving.saves);
        paper.hang(text, &first, "       ", &term);
        let next = report.savings.get(at + 1);
        if next.is_some_and(|next| words(next) == words(saving)) {
            continue;
        }
        for sentence in [&saving.change, &saving.price] {
            if !sentence.is_empty() {
                paper.hang(text, "       ", "       ", &plain(sentence));
            }
        }
    }
    match report.savings_needed {
        Some(1) => text.push_str("    The first of these is enough.\n"),
        Some(count) => text.push_str(&format!("    The first {count} together are enough.\n")),
        None => {}
    }
}
