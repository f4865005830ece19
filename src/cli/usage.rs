//! A wrong command line, said in two lines; a mistyped verb is recognized.

use clap::error::ContextKind;
use clap::error::ContextValue;
use clap::error::ErrorKind;

use crate::cli::Exit;
use crate::cli::printer;

/// Ends a run whose command line clap did not take: help and version are well, the rest is a usage error.
pub fn end(error: &clap::Error) -> Exit {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return match printer::result(&error.render().to_string()) {
            Ok(()) => Exit::Well,
            Err(exit) => exit,
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return printer::complain(
            Exit::Usage,
            "this command needs to know more",
            "see which words can follow it with --help",
        );
    }
    printer::complain(Exit::Usage, &what(error), &remedy(error))
}

/// The first paragraph of clap's text, on one line.
fn what(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let line = lines.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

fn remedy(error: &clap::Error) -> String {
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        match error.get(kind) {
            Some(ContextValue::String(word)) => return format!("did you mean `{word}`?"),
            Some(ContextValue::Strings(words)) if !words.is_empty() => {
                return format!("did you mean `{}`?", words[0]);
            }
            _ => {}
        }
    }
    match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => {
            let usage = usage.to_string();
            let line = usage.lines().next().unwrap_or_default();
            let line = line.strip_prefix("Usage: ").unwrap_or(line);
            format!("write it so: {line}; more with --help")
        }
        _ => "see how it is written with --help".to_owned(),
    }
}

/// The one domain of the wizard among the words that are no verb.
pub fn domain(words: &[String], verbs: &[String]) -> Result<Option<String>, Exit> {
    let Some(first) = words.first() else {
        return Ok(None);
    };
    if words[1..].iter().any(|word| verbs.contains(word)) {
        return Err(stray(first));
    }
    if !first.contains(['.', '。', '@', ':', '/', ',']) {
        let remedy = match nearest(first, verbs) {
            Some(verb) => format!("did you mean `nobounce {verb}`?"),
            None => {
                "type a whole domain such as example.com, or see the commands with `nobounce --help`"
                    .to_owned()
            }
        };
        return Err(printer::complain(
            Exit::Usage,
            &format!("`{first}` is neither a command nor a domain"),
            &remedy,
        ));
    }
    if words.len() > 1 {
        return Err(printer::complain(
            Exit::Usage,
            "the wizard takes one domain at a time",
            "name one domain, or look at several with `nobounce check`",
        ));
    }
    Ok(Some(first.clone()))
}

/// A word in front of a verb.
pub fn stray(word: &str) -> Exit {
    printer::complain(
        Exit::Usage,
        &format!("`{word}` stands in front of the command"),
        "write the command first, then the domain",
    )
}

/// The verb that was probably meant: at most two letters away, and less than half of the word.
fn nearest<'a>(word: &str, verbs: &'a [String]) -> Option<&'a str> {
    let word = word.to_lowercase();
    verbs
        .iter()
        .map(|verb| (distance(&word, verb), verb.as_str()))
        .filter(|(distance, verb)| *distance <= 2 && distance * 2 < verb.len())
        .min()
        .map(|(_, verb)| verb)
}

/// At most three of `known` that were probably meant, the nearest first: few letters away, or holding the word as a part.
pub fn likely<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    const MOST: usize = 3;
    let mut near: Vec<(usize, &str)> = known
        .filter_map(|code| {
            let away = distance(word, code);
            let holds = word.len() >= 3 && code.contains(word);
            (holds || away * 3 <= code.len()).then_some((away, code))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(MOST).map(|(_, code)| code).collect()
}

/// Letters to add, drop, change or swap with the neighbor (optimal string alignment). Bounded by the length of what is known.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(64).collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=left.len() {
        for j in 1..=right.len() {
            let change = usize::from(left[i - 1] != right[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(rows[i][j - 1] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_verb_is_recognized_and_a_short_name_is_not() {
        let verbs: Vec<String> = ["check", "status", "dkim", "practice"]
            .map(String::from)
            .into();
        for (typed, meant) in [
            ("chekc", Some("check")),
            ("CHECK", Some("check")),
            ("statsu", Some("status")),
            ("pratice", Some("practice")),
            ("dkin", Some("dkim")),
            ("spam", None),
            ("localhost", None),
        ] {
            assert_eq!(nearest(typed, &verbs), meant, "{typed}");
        }
    }
}
