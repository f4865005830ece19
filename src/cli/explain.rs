//! `nobounce explain`: a bounce in plain words; the page about a code; the list of all codes.

mod bounce;

use std::io::IsTerminal;
use std::io::stdout;
use std::path::PathBuf;

use crate::catalog;
use crate::catalog::dns_host;
use crate::catalog::dns_host::DnsHost;
use crate::catalog::explain;
use crate::catalog::explain::Block;
use crate::catalog::explain::Explanation;
use crate::catalog::explain::Part;
use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::globals::no_color;
use crate::cli::printer;
use crate::cli::usage;
use crate::tui::run::columns;
use crate::tui::view::words::wrap;

/// Columns where no terminal says how wide it is.
const USUAL: usize = 80;
/// Longer lines are hard to read.
const WIDEST: usize = 100;
/// In a narrower terminal, lines are left to it.
const NARROWEST: usize = 24;

/// Explain a bounce, or a finding by its code: what it means, who can fix it, what to do
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A page about the code of a finding or a cause, such as spf-two-records
    #[arg(long, value_name = "CODE")]
    code: Option<String>,

    /// How the mistake looks in the panel of this DNS host, such as cloudflare
    #[arg(long, value_name = "HOST", requires = "code")]
    host: Option<String>,

    /// List every code with its title
    #[arg(long, conflicts_with = "code")]
    codes: bool,

    /// A bounce: the message that came back, or the line with the error; - reads what is piped or pasted
    #[arg(value_name = "FILE", conflicts_with_all = ["code", "codes"])]
    file: Option<PathBuf>,
}

#[derive(serde::Serialize)]
struct PageDocument<'a> {
    schema: u32,
    code: &'a str,
    title: &'a str,
    sections: Vec<SectionDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<HostDocument<'a>>,
}

#[derive(serde::Serialize)]
struct HostDocument<'a> {
    id: &'a str,
    name: &'a str,
    /// Null where nothing is known of this mistake there.
    text: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct SectionDocument {
    id: &'static str,
    heading: &'static str,
    text: String,
}

#[derive(serde::Serialize)]
struct ListDocument {
    schema: u32,
    codes: Vec<RowDocument>,
}

#[derive(serde::Serialize)]
struct RowDocument {
    code: &'static str,
    title: String,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    let printed = match arguments.code {
        Some(code) => one(&code, arguments.host.as_deref(), globals),
        None if arguments.codes => list(globals),
        None => return bounce::run(arguments.file.as_deref(), globals),
    };
    match printed {
        Ok(()) => Exit::Well,
        Err(exit) => exit,
    }
}

fn one(typed: &str, host: Option<&str>, globals: &Globals) -> Result<(), Exit> {
    let code = typed.trim().to_lowercase();
    let Some(page) = explain::page(&code) else {
        return Err(unknown(typed, &code));
    };
    let host = host.map(host_called).transpose()?;
    if globals.json {
        return printer::json(&document(&code, &page, host));
    }
    let (width, color) = paper(globals);
    let there = host.map(|host| (host, host.mistake(&code)));
    printer::result(&text(&page, there, width, color))
}

/// Columns of the text, and whether it may be in color.
fn paper(globals: &Globals) -> (usize, bool) {
    let is_terminal = stdout().is_terminal();
    let width = columns()
        .filter(|_| is_terminal)
        .map_or(USUAL, |columns| usize::from(columns).min(WIDEST));
    (width, globals.color.holds(is_terminal, no_color()))
}

/// The DNS host that was named.
fn host_called(typed: &str) -> Result<&'static DnsHost, Exit> {
    if let Some(host) = dns_host::named(typed) {
        return Ok(host);
    }
    let word = typed.trim().to_lowercase();
    let ids = catalog::dns_hosts().iter().map(|host| host.id.as_str());
    let near: Vec<String> = usage::likely(&word, ids)
        .into_iter()
        .map(|id| format!("`{id}`"))
        .collect();
    let remedy = if near.is_empty() {
        "leave --host out: the page itself holds for any panel".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    let shown: String = typed.chars().take(80).collect();
    Err(printer::complain(
        Exit::Usage,
        &format!("there is no DNS host called `{shown}` in the catalog"),
        &remedy,
    ))
}

fn list(globals: &Globals) -> Result<(), Exit> {
    let rows = explain::codes().map(|code| RowDocument {
        code,
        title: explain::page(code)
            .map(|page| page.title)
            .unwrap_or_default(),
    });
    if globals.json {
        return printer::json(&ListDocument {
            schema: 1,
            codes: rows.collect(),
        });
    }
    let lines: String = rows
        .map(|row| format!("{}\n    {}\n", row.code, row.title))
        .collect();
    printer::result(&lines)
}

fn unknown(typed: &str, code: &str) -> Exit {
    let near: Vec<String> = usage::likely(code, explain::codes())
        .into_iter()
        .map(|code| format!("`{code}`"))
        .collect();
    let remedy = if near.is_empty() {
        "see all codes with `nobounce explain --codes`".to_owned()
    } else {
        format!(
            "did you mean {}? All codes: `nobounce explain --codes`",
            near.join(" or ")
        )
    };
    let shown: String = typed.chars().take(80).collect();
    printer::complain(
        Exit::Usage,
        &format!("there is no finding with the code `{shown}`"),
        &remedy,
    )
}

/// The page for people, at most `width` columns wide; examples stand as they are. `there`: a DNS host, and how the mistake looks in its panel.
fn text(
    page: &Explanation,
    there: Option<(&DnsHost, Option<&str>)>,
    width: usize,
    color: bool,
) -> String {
    let width = width.max(NARROWEST);
    let mut out = heading(&page.title, width, color);
    for section in &page.sections {
        out.push('\n');
        out.push_str(&heading(section.part.heading(), width, color));
        let mut before: Option<&Block> = None;
        for block in &section.blocks {
            let is_close = matches!(
                (before, block),
                (None, Block::Paragraph(_) | Block::Item { .. })
                    | (Some(Block::Item { .. }), Block::Item { .. })
            );
            if !is_close {
                out.push('\n');
            }
            match block {
                Block::Paragraph(words) => out.push_str(&hanging("  ", words, width)),
                Block::Item { mark, text: words } => {
                    out.push_str(&hanging(&format!("  {mark} "), words, width));
                }
                Block::Example(lines) => {
                    for line in lines {
                        out.push_str(&format!("    {line}\n"));
                    }
                }
            }
            before = Some(block);
        }
        if let (Part::Doing, Some((host, words))) = (section.part, there) {
            let words = words.unwrap_or("Nothing is known of this mistake that holds for this panel alone: what is said above holds there too.");
            out.push('\n');
            out.push_str(&heading(&format!("At {}", host.name), width, color));
            out.push_str(&hanging("  ", words, width));
        }
    }
    out
}

fn heading(words: &str, width: usize, color: bool) -> String {
    wrap(words, width)
        .iter()
        .map(|line| match color {
            true => format!("\u{1b}[1m{line}\u{1b}[0m\n"),
            false => format!("{line}\n"),
        })
        .collect()
}

/// Words behind `first`, the further lines below the first word.
fn hanging(first: &str, words: &str, width: usize) -> String {
    let indent = " ".repeat(first.len());
    wrap(words, width - first.len())
        .iter()
        .enumerate()
        .map(|(number, line)| format!("{}{line}\n", if number == 0 { first } else { &indent }))
        .collect()
}

fn document<'a>(
    code: &'a str,
    page: &'a Explanation,
    host: Option<&'a DnsHost>,
) -> PageDocument<'a> {
    PageDocument {
        schema: 1,
        code,
        title: &page.title,
        sections: page
            .sections
            .iter()
            .map(|section| SectionDocument {
                id: section.part.id(),
                heading: section.part.heading(),
                text: section.text(),
            })
            .collect(),
        host: host.map(|host| HostDocument {
            id: host.id.as_str(),
            name: &host.name,
            text: host.mistake(code),
        }),
    }
}
