//! The macros of a domain-spec (RFC 7208, section 7): their grammar, and what can be filled in without a message.

use crate::records::name::DomainName;
use crate::records::spf::DomainSpec;
use crate::records::syntax::SyntaxError;

/// Characters that a name may have without the dot at its end.
const LONGEST_NAME: usize = 253;

/// A macro-string in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Literal {
        text: &'a str,
    },
    /// `%%`, `%_`, `%-`: the character or characters that they stand for.
    Sign(&'static str),
    Macro(Macro<'a>),
}

/// `"%{" macro-letter transformers *delimiter "}"`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Macro<'a> {
    /// Lower case.
    pub letter: char,
    /// True where the letter was a capital: the value is then URL-escaped.
    pub escaped: bool,
    /// How many parts on the right are kept.
    pub keep: Option<usize>,
    pub reversed: bool,
    /// Empty: `.` alone.
    pub delimiters: &'a str,
}

/// Where a macro-string stands: the letters `c`, `r`, `t` belong to explanations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacroScope {
    Domain,
    Explanation,
}

/// Takes a macro-string apart.
pub fn pieces(text: &str, scope: MacroScope) -> Result<Vec<Piece<'_>>, SyntaxError> {
    let wrong = |at: usize, expected: &str| SyntaxError {
        at,
        expected: expected.to_owned(),
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let Some(after) = rest.strip_prefix('%') else {
            let text = &rest[..rest.find('%').unwrap_or(rest.len())];
            if let Some(bad) = text.bytes().position(|b| !b.is_ascii_graphic()) {
                return Err(wrong(at + bad, "a plain character"));
            }
            found.push(Piece::Literal { text });
            at += text.len();
            continue;
        };
        match after.as_bytes().first() {
            Some(b'%') => found.push(Piece::Sign("%")),
            Some(b'_') => found.push(Piece::Sign(" ")),
            Some(b'-') => found.push(Piece::Sign("%20")),
            Some(b'{') => {
                let inner = after[1..]
                    .split_once('}')
                    .map(|(inner, _)| inner)
                    .ok_or_else(|| wrong(at, "a closing } after %{"))?;
                found.push(Piece::Macro(read(inner, scope).map_err(|wrong| {
                    SyntaxError {
                        at: wrong.at + at + 2,
                        expected: wrong.expected,
                    }
                })?));
                at += inner.len() + 3;
                continue;
            }
            _ => {
                return Err(wrong(
                    at + 1,
                    "one of { % _ - after the percent sign (a macro such as %{i})",
                ));
            }
        }
        at += 2;
    }
    Ok(found)
}

/// What stands between the braces.
fn read(inner: &str, scope: MacroScope) -> Result<Macro<'_>, SyntaxError> {
    let wrong = |at: usize, expected: &str| SyntaxError {
        at,
        expected: expected.to_owned(),
    };
    let letter = inner.chars().next().unwrap_or('}');
    let letters = match scope {
        MacroScope::Domain => "slodipvh",
        MacroScope::Explanation => "slodipvhcrt",
    };
    if !letters.contains(letter.to_ascii_lowercase()) {
        return Err(wrong(0, "one of the macro letters s l o d i p h v"));
    }
    let rest = &inner[1..];
    let digits = &rest[..rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len())];
    let keep = match digits {
        "" => None,
        _ => {
            if digits.bytes().all(|b| b == b'0') {
                return Err(wrong(1, "a number of parts of 1 or more"));
            }
            // More parts than a name can have is the same as all of them.
            Some(digits.parse::<usize>().unwrap_or(usize::MAX))
        }
    };
    let rest = &rest[digits.len()..];
    let (reversed, delimiters) = match rest.strip_prefix(['r', 'R']) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if let Some(bad) = delimiters.find(|c: char| !".-+,/_=".contains(c)) {
        return Err(wrong(
            inner.len() - delimiters.len() + bad,
            "a closing } or one of the signs . - + , / _ =",
        ));
    }
    Ok(Macro {
        letter: letter.to_ascii_lowercase(),
        escaped: letter.is_ascii_uppercase(),
        keep,
        reversed,
        delimiters,
    })
}

impl Macro<'_> {
    /// Applies transformers and delimiters to the value of the macro.
    pub fn transform(&self, value: &str) -> String {
        let delimiters = if self.delimiters.is_empty() {
            "."
        } else {
            self.delimiters
        };
        let mut parts: Vec<&str> = value.split(|c| delimiters.contains(c)).collect();
        if self.reversed {
            parts.reverse();
        }
        let kept = self.keep.unwrap_or(parts.len()).min(parts.len());
        parts[parts.len() - kept..].join(".")
    }
}

/// The name that an expanded domain-spec stands for; None where the DNS cannot hold it.
///
/// A name of more than 253 characters loses labels on the left until it fits (RFC 7208, section 7.3). A backslash is a character as any
/// other here.
pub fn name_of(expanded: &str) -> Option<DomainName> {
    let mut text = expanded.strip_suffix('.').unwrap_or(expanded);
    while text.len() > LONGEST_NAME {
        text = text.split_once('.')?.1;
    }
    DomainName::from_labels(text.split('.').map(str::as_bytes))
        .ok()
        .filter(|name| !name.is_root())
}

impl DomainSpec {
    /// True where a macro stands in it.
    pub fn has_macro(&self) -> bool {
        self.0.contains('%')
    }

    /// The name that it means in a record at `domain`; None where only a message can tell, or where it is no name.
    pub fn at(&self, domain: &DomainName) -> Option<DomainName> {
        let mut text = String::new();
        for piece in pieces(&self.0, MacroScope::Domain).ok()? {
            match piece {
                Piece::Literal { text: literal } => text.push_str(literal),
                Piece::Sign(sign) => text.push_str(sign),
                Piece::Macro(found) if found.letter == 'd' && !found.escaped => {
                    text.push_str(&found.transform(domain.as_str()));
                }
                Piece::Macro(_) => return None,
            }
        }
        name_of(&text)
    }

    /// True where a macro needs a message (the sending address, the connecting address) to be filled in.
    pub fn needs_message(&self) -> bool {
        pieces(&self.0, MacroScope::Domain).is_ok_and(|found| {
            found
                .iter()
                .any(|piece| matches!(piece, Piece::Macro(found) if found.letter != 'd' || found.escaped))
        })
    }
}
