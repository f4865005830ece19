//! Values with `{variables}`: filled in where the domain is enough, matched where it is not.

use crate::records::name::DomainName;

/// Longest beginning that [`begins`] looks at, in bytes.
const LONGEST_TOKEN: usize = 80;

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// Fills `{domain}` and `{domain_dashed}`. None where another variable remains: such a value is shown to the
/// account holder by the service, and is collected, never built.
pub fn expand(template: &str, domain: &DomainName) -> Option<String> {
    let filled = fill_domain(template, domain);
    (!has_variable(&filled)).then_some(filled)
}

/// Fills what the domain gives and leaves the other variables in place.
pub fn fill_domain(template: &str, domain: &DomainName) -> String {
    template
        .replace("{domain}", domain.as_str())
        .replace("{domain_dashed}", &domain.as_str().replace('.', "-"))
}

pub fn has_variable(template: &str) -> bool {
    template.contains('{')
}

/// The template as people can read it: `<...>` where the service puts something of its own.
pub fn pattern_for_people(template: &str) -> String {
    pieces(template)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Variable(_) => "<...>",
        })
        .collect()
}

/// Whether `text` can come from `template`, as the number of literal characters that agree: more is more
/// exact. A variable stands for at least one character; only names of domains may hold a dot.
pub fn matches(template: &str, text: &str) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    let template = template.to_ascii_lowercase();
    let pieces = pieces(&template);
    matches_from(&pieces, &text).then(|| literal_length(&pieces))
}

/// As [`matches`], where only the beginning of `text` has to agree.
pub fn begins(template: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let template = template.to_ascii_lowercase();
    let pieces = pieces(&template);
    (1..=text.len().min(LONGEST_TOKEN))
        .filter(|&end| text.is_char_boundary(end))
        .any(|end| matches_from(&pieces, &text[..end]))
}

/// The names of the variables in a template.
pub fn variables(template: &str) -> Vec<&str> {
    pieces(template)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name),
            Piece::Text(_) => None,
        })
        .collect()
}

/// Whether every variable stands for digits alone, so that a match means something.
pub fn holds_only_numbers(template: &str) -> bool {
    variables(template)
        .iter()
        .all(|variable| !may_hold(variable, 'a'))
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        pieces.push(Piece::Variable(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn literal_length(pieces: &[Piece<'_>]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Variable(_) => 0,
        })
        .sum()
}

/// Tries every length of each variable; names are at most 253 characters and templates hold few variables.
fn matches_from(pieces: &[Piece<'_>], text: &str) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Text(literal), rest @ ..] => text
            .strip_prefix(literal)
            .is_some_and(|after| matches_from(rest, after)),
        [Piece::Variable(name), rest @ ..] => text
            .char_indices()
            .map(|(at, character)| at + character.len_utf8())
            .take_while(|&end| text[..end].chars().all(|c| may_hold(name, c)))
            .any(|end| fits(name, &text[..end]) && matches_from(rest, &text[end..])),
    }
}

/// Whether a variable may hold a character.
fn may_hold(variable: &str, character: char) -> bool {
    match variable {
        "number" | "hub_id" | "mmyy" | "yyyymmdd" | "timestamp" | "id" => {
            character.is_ascii_digit()
        }
        "domain" | "initial_domain" | "proxy_domain" => true,
        _ => character != '.',
    }
}

/// Whether a variable may stand for a whole value.
fn fits(variable: &str, value: &str) -> bool {
    match variable {
        "initial_domain" => value.contains(".onmicrosoft."),
        "partition" => value.len() == 1,
        _ => !value.is_empty(),
    }
}
