//! The pages that explain findings, one file a code in `assets/explain/`: title and five sections, read from plain text.
//!
//! The form: `# Title`, then the sections of [`Part`] in their order, each opened by its heading after `## `. A paragraph
//! ends at an empty line, `1. ` and `- ` open an item, four spaces make an example that is shown as it stands. A last line
//! in `<!-- -->` is for those who write the pages.

use thiserror::Error;

use crate::catalog::embedded;

/// What one page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub title: String,
    /// All of [`Part::ALL`], in that order, none empty.
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub part: Part,
    pub blocks: Vec<Block>,
}

/// The five things that every page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Meaning,
    Weight,
    Doing,
    Mended,
    Source,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph(String),
    /// A step or a point; the mark is `1.` or `-`.
    Item {
        mark: String,
        text: String,
    },
    /// Lines that are never wrapped, without their indent.
    Example(Vec<String>),
}

/// Why a text is not a page.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotAPage {
    #[error("the first line is not `# ` and a title")]
    TitleMissing,
    #[error("`## {}` is expected instead of `{found}`", .expected.heading())]
    OtherHeading { expected: Part, found: String },
    #[error("the section `{}` is missing", .0.heading())]
    SectionMissing(Part),
    #[error("the section `{}` is empty", .0.heading())]
    SectionEmpty(Part),
    #[error("text stands in front of the first section: `{0}`")]
    TextBeforeSections(String),
}

impl Part {
    pub const ALL: [Self; 5] = [
        Self::Meaning,
        Self::Weight,
        Self::Doing,
        Self::Mended,
        Self::Source,
    ];

    pub fn heading(self) -> &'static str {
        match self {
            Self::Meaning => "What it means",
            Self::Weight => "Why it matters",
            Self::Doing => "What to do",
            Self::Mended => "How to see that it is mended",
            Self::Source => "Source",
        }
    }

    /// The name of the section in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Meaning => "meaning",
            Self::Weight => "weight",
            Self::Doing => "doing",
            Self::Mended => "mended",
            Self::Source => "source",
        }
    }
}

impl Section {
    /// The whole section as text: blocks apart by an empty line, items on lines of their own, examples indented.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut last_is_item = false;
        for block in &self.blocks {
            let is_item = matches!(block, Block::Item { .. });
            if !text.is_empty() {
                text.push_str(if is_item && last_is_item {
                    "\n"
                } else {
                    "\n\n"
                });
            }
            match block {
                Block::Paragraph(words) => text.push_str(words),
                Block::Item { mark, text: words } => text.push_str(&format!("{mark} {words}")),
                Block::Example(lines) => {
                    let lines: Vec<String> =
                        lines.iter().map(|line| format!("    {line}")).collect();
                    text.push_str(&lines.join("\n"));
                }
            }
            last_is_item = is_item;
        }
        text
    }
}

/// The page of a code; none for a word that is no code.
pub fn page(code: &str) -> Option<Explanation> {
    read(text(code)?).ok()
}

/// Every code that has a page, sorted.
pub fn codes() -> impl Iterator<Item = &'static str> {
    embedded::explanations()
        .iter()
        .map(|(code, _)| code.as_str())
}

/// The page of a code as it was written.
pub fn text(code: &str) -> Option<&'static str> {
    let pages = embedded::explanations();
    let place = pages
        .binary_search_by(|(known, _)| known.as_str().cmp(code))
        .ok()?;
    Some(pages[place].1)
}

/// Reads a page.
pub fn read(text: &str) -> Result<Explanation, NotAPage> {
    let mut lines = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !(line.starts_with("<!--") && line.ends_with("-->")));
    let title = lines
        .next()
        .and_then(|line| line.strip_prefix("# "))
        .map(str::trim)
        .filter(|title| !title.is_empty())
        .ok_or(NotAPage::TitleMissing)?
        .to_owned();
    let mut parts = Part::ALL.into_iter();
    let mut sections: Vec<Section> = Vec::new();
    let mut open = false;
    for line in lines {
        if let Some(heading) = line.strip_prefix("## ") {
            let found = heading.trim().to_owned();
            let Some(expected) = parts.next().filter(|part| part.heading() == found) else {
                let expected = Part::ALL[sections.len().min(Part::ALL.len() - 1)];
                return Err(NotAPage::OtherHeading { expected, found });
            };
            sections.push(Section {
                part: expected,
                blocks: Vec::new(),
            });
            open = false;
        } else if line.is_empty() {
            open = false;
        } else {
            let Some(section) = sections.last_mut() else {
                return Err(NotAPage::TextBeforeSections(line.to_owned()));
            };
            take(&mut section.blocks, line, open);
            open = true;
        }
    }
    if let Some(section) = sections.iter().find(|section| section.blocks.is_empty()) {
        return Err(NotAPage::SectionEmpty(section.part));
    }
    match parts.next() {
        Some(part) => Err(NotAPage::SectionMissing(part)),
        None => Ok(Explanation { title, sections }),
    }
}

/// One line that is not empty; `open`: it follows the line before it without a gap.
fn take(blocks: &mut Vec<Block>, line: &str, open: bool) {
    if let Some(example) = line.strip_prefix("    ") {
        match blocks.last_mut() {
            Some(Block::Example(lines)) if open => lines.push(example.to_owned()),
            _ => blocks.push(Block::Example(vec![example.to_owned()])),
        }
        return;
    }
    let line = line.trim_start();
    if let Some((mark, text)) = item(line) {
        blocks.push(Block::Item {
            mark: mark.to_owned(),
            text: text.to_owned(),
        });
        return;
    }
    match blocks.last_mut() {
        Some(Block::Paragraph(text) | Block::Item { text, .. }) if open => {
            text.push(' ');
            text.push_str(line);
        }
        _ => blocks.push(Block::Paragraph(line.to_owned())),
    }
}

/// The mark and the text of a line that opens an item.
fn item(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.split_once(' ')?;
    let number = mark
        .strip_suffix('.')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    (number || mark == "-").then(|| (mark, text.trim_start()))
}
