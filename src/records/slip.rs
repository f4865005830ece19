//! Slips of copying and pasting that damage any record: foreign characters, quotes, zone-file syntax, HTML.

/// What was pasted around or into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    Zone,
    Quotes,
    Backslashes,
    Html,
}

/// The first character that is not plain ASCII text, in words and with its place; None where there is none. Line ends and tabs are left to the
/// reader of the record.
pub fn foreign(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let (at, odd) = text
        .chars()
        .enumerate()
        .find(|(_, c)| !matches!(c, ' '..='~' | '\t' | '\r' | '\n'))?;
    let place = format!("at character {}", at + 1);
    let number = u32::from(odd);
    let kind = match odd {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}'
        | '\u{bb}' => "a curly quotation mark",
        '\u{a0}'
        | '\u{2007}'
        | '\u{202f}'
        | '\u{2000}'..='\u{2006}'
        | '\u{2008}'..='\u{200a}'
        | '\u{3000}' => "a special space (such as a no-break space)",
        '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' => {
            "an invisible character"
        }
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a hidden mark that turns the direction of text"
        }
        '\u{e0000}'..='\u{e007f}' => "a hidden tag character",
        '\u{2010}'..='\u{2015}' => "a long dash",
        '\u{2026}' => {
            "an ellipsis (three dots in one character), as if it was shortened for display,"
        }
        '\u{fffd}' => return Some(format!("bytes that are no text {place}")),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => "a control character",
        _ => "a character that is not plain ASCII",
    };
    Some(format!("{kind} (U+{number:04X}) {place}"))
}

/// Quotes, brackets of a zone file, backslashes or HTML in a value: which, what is wrong, and what to do.
pub fn wrapping(text: &str) -> Option<(Wrapping, &'static str, &'static str)> {
    let lower = text.to_ascii_lowercase();
    if text.starts_with('(') && text.contains('"') || lower.contains(" in txt ") {
        return Some((
            Wrapping::Zone,
            "A line of a zone file was pasted into the value, with its brackets and quotes.",
            "Enter only the text inside the quotes, joined to one line.",
        ));
    }
    if text.contains('"') || text.starts_with('\'') {
        return Some((
            Wrapping::Quotes,
            "The value holds quotation marks. The panel kept them, and receivers take them as part of the record.",
            "Enter the value without any quotation marks.",
        ));
    }
    if text.contains('\\') {
        return Some((
            Wrapping::Backslashes,
            "The value holds backslashes (\\). They belong to a zone file, and the panel took them as part of the record.",
            "Enter the value without backslashes.",
        ));
    }
    let html = [
        "<br", "<p>", "</", "&#", "&amp;", "&nbsp;", "&quot;", "&lt;",
    ];
    if html.iter().any(|mark| lower.contains(mark)) {
        return Some((
            Wrapping::Html,
            "The value holds pieces of a web page (HTML), copied along with it.",
            "Copy the value as plain text, and put that in place of this one.",
        ));
    }
    None
}

/// True where a value goes on into another tag, as in `rsa p=...` or `DMARC1, p=...`: a semicolon is missing.
pub fn holds_tag(value: &str, name: &str) -> bool {
    value.match_indices(name).any(|(at, _)| {
        let before = value[..at].chars().next_back();
        let after = value[at + name.len()..].trim_start();
        matches!(before, Some(' ' | ',' | '\t')) && after.starts_with('=')
    })
}
