//! From pasted bytes to one line of words: quote marks, line breaks, HTML and hidden characters taken out, replies joined.

/// Bytes of one text that are looked at. Replies have a few hundred.
pub const LONGEST: usize = 64 * 1024;

/// Bytes of one tag of HTML.
const LONGEST_TAG: usize = 1024;

/// Names of HTML elements whose tags are taken out; other angle brackets hold addresses.
const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "html",
    "i",
    "img",
    "li",
    "meta",
    "o:p",
    "ol",
    "p",
    "pre",
    "small",
    "span",
    "strong",
    "style",
    "table",
    "tbody",
    "td",
    "th",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "!doctype",
    "!--",
    "?xml",
];

/// Text as it can be read: lines kept, all that is not text taken out. At most [`LONGEST`] bytes.
pub fn readable(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    let text = String::from_utf8_lossy(bytes);
    let text = visible(&text);
    let text = if text.contains('<') || text.contains('&') {
        entities(&untagged(&text))
    } else {
        text
    };
    let mut out = String::with_capacity(text.len());
    for line in text.replace("\\r\\n", "\n").replace("\\n", "\n").lines() {
        out.push_str(unquoted(line));
        out.push('\n');
    }
    out
}

/// Without escape sequences of terminals, control characters and characters that cannot be seen.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => match characters.next() {
                Some('[') => {
                    characters
                        .by_ref()
                        .take(32)
                        .find(|c| ('\u{40}'..='\u{7e}').contains(c));
                }
                Some(']') => {
                    characters
                        .by_ref()
                        .take(4096)
                        .find(|c| matches!(c, '\u{7}' | '\u{1b}' | '\u{9c}' | '\n'));
                }
                _ => {}
            },
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' => out.push('\n'),
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{b4}' | '`' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => out.push('"'),
            '\u{2010}'..='\u{2015}' => out.push('-'),
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}' => {}
            other if other.is_whitespace() || other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// Without the tags of HTML; what ends a block ends a line.
fn untagged(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let name_end = tail
            .char_indices()
            .take(12)
            .find(|(place, c)| c.is_whitespace() || *c == '>' || (*c == '/' && *place > 0))
            .map_or(tail.len().min(12), |(place, _)| place);
        let name = tail
            .get(..name_end)
            .unwrap_or_default()
            .trim_start_matches('/')
            .to_ascii_lowercase();
        let is_tag = TAGS.contains(&name.as_str()) || name.starts_with("!--");
        let end = is_tag
            .then(|| tail.bytes().take(LONGEST_TAG).position(|byte| byte == b'>'))
            .flatten();
        match end {
            Some(end) => {
                if name == "style" && !tail.starts_with('/') {
                    rest = tail.find("</style").map_or("", |close| &tail[close..]);
                    continue;
                }
                let inline = matches!(
                    name.as_str(),
                    "a" | "b"
                        | "i"
                        | "u"
                        | "em"
                        | "span"
                        | "strong"
                        | "font"
                        | "code"
                        | "tt"
                        | "small"
                );
                out.push_str(if inline { "" } else { "\n" });
                rest = &tail[end + 1..];
            }
            None => {
                out.push('<');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#039;", "'")
        .replace("&apos;", "'")
        .replace("&rsquo;", "'")
        .replace("&nbsp;", " ")
        .replace("&#160;", " ")
        .replace("&#8217;", "'")
        .replace("&amp;", "&")
}

/// A line without the marks of quoting (`> > `, `| `).
fn unquoted(line: &str) -> &str {
    let mut rest = line;
    for _ in 0..20 {
        let trimmed = rest.trim_start();
        match trimmed.strip_prefix(['>', '|']) {
            Some(inner) => rest = inner,
            None => break,
        }
    }
    if rest.len() == line.len() {
        line.trim_end()
    } else {
        rest.strip_prefix(' ').unwrap_or(rest).trim_end()
    }
}

/// The text on one line, the codes at the head of each line of a long reply (`550-5.7.26`) said once.
pub fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut reply: Option<&str> = None;
    let mut status: Option<&str> = None;
    let mut long = false;
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if let Some((code, rest)) = continued(word.trim_start_matches(['"', '\'', '(', '['])) {
            long = true;
            let is_again = reply == Some(code);
            reply = Some(code);
            if !is_again {
                push(&mut out, code);
            }
            if is_status(rest) {
                if !is_again || status != Some(rest) {
                    push(&mut out, rest);
                }
                status = Some(rest);
            } else if !rest.is_empty() {
                push(&mut out, rest);
            }
            continue;
        }
        if is_reply(word) && reply == Some(word) {
            let next = words.peek().copied();
            if next.is_some() && next == status {
                words.next();
                continue;
            }
            if long {
                continue;
            }
        }
        if is_reply(word) && reply.is_none() {
            reply = Some(word);
            status = words.peek().copied().filter(|next| is_status(next));
        }
        push(&mut out, word);
    }
    out
}

fn push(out: &mut String, word: &str) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
}

/// Splits `550-5.7.26` and `550-Words`.
fn continued(word: &str) -> Option<(&str, &str)> {
    let (code, rest) = word.split_once('-')?;
    is_reply(code).then_some((code, rest))
}

/// A reply code of a refusal (RFC 5321, section 4.2).
pub fn is_reply(word: &str) -> bool {
    word.len() == 3
        && matches!(word.as_bytes()[0], b'4' | b'5')
        && matches!(word.as_bytes()[1], b'0'..=b'7')
        && word.as_bytes()[2].is_ascii_digit()
}

/// An enhanced status code (RFC 3463, section 2).
pub fn is_status(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = parts
        .next()
        .is_some_and(|part| matches!(part, "2" | "4" | "5"));
    let number = |part: Option<&str>| {
        part.is_some_and(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    class && number(parts.next()) && number(parts.next()) && parts.next().is_none()
}
