//! A domain on the command line: understood the way people type it, and what was understood is said.

use crate::catalog::own;
use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::records::name::DomainName;
use crate::records::typed;
use crate::records::typed::Understood;

/// Any name, owned or not: `com` and `localhost` too. What is special about it is said.
pub fn any(typed: &str, globals: &Globals) -> Result<DomainName, Exit> {
    if let Some(name) = owned_by_nobody(typed) {
        say(&own::remark(&name).into_iter().collect::<Vec<_>>(), globals);
        return Ok(name);
    }
    let (understood, _) = understood(typed, globals)?;
    say(&understood.remarks, globals);
    if let Err(not_yours) = own::own_domain(&understood.domain) {
        say(&[not_yours.reason], globals);
    }
    Ok(understood.domain)
}

/// A name that can be nobody's domain, and can be looked at all the same.
fn owned_by_nobody(text: &str) -> Option<DomainName> {
    typed::understand(text).err()?.name
}

/// A name in the DNS, which need not be a domain of its own: a whole name such as `_spf.example.com` is taken as it stands; all else is
/// understood as [`any`] does.
pub fn name(text: &str, globals: &Globals) -> Result<DomainName, Exit> {
    let Some(name) = whole_name(text) else {
        return any(text, globals);
    };
    if typed::understand(text).is_ok_and(|understood| understood.domain == name) {
        return any(text, globals);
    }
    if let Err(not_yours) = own::own_domain(&name) {
        say(&[not_yours.reason], globals);
    }
    Ok(name)
}

/// Reads a name of several labels that holds letters, digits, hyphens and underscores alone.
fn whole_name(text: &str) -> Option<DomainName> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let name: DomainName = text.parse().ok().filter(|_| is_plain)?;
    let top = name.labels().next_back()?;
    let is_address = top.bytes().all(|byte| byte.is_ascii_digit());
    (name.labels().count() > 1 && !is_address).then_some(name)
}

/// Any domain of a list: what is wrong with it is said with its `place`, what was understood only where the user wants to hear more.
pub fn listed(typed: &str, place: &str, globals: &Globals) -> Result<DomainName, Exit> {
    if globals.verbose {
        return any(typed, globals);
    }
    let not = match typed::understand(typed) {
        Ok(understood) => return Ok(understood.domain),
        Err(not) => not,
    };
    if let Some(name) = not.name {
        if let Some(remark) = own::remark(&name) {
            printer::remark(globals.quiet, &format!("{place}: {}", phrase(&remark)));
        }
        return Ok(name);
    }
    Err(printer::complain(
        Exit::Usage,
        &format!("{place} is left out: {}", phrase(&not.reason)),
        &phrase(&not.remedy),
    ))
}

/// A domain that can be the user's own; others are refused with the reason.
pub fn own(typed: &str, globals: &Globals) -> Result<DomainName, Exit> {
    own_with_remarks(typed, globals).map(|(domain, _)| domain)
}

/// As [`own`], with all that was said about it, in sentences: a screen that is taken over hides what stood there.
pub fn own_with_remarks(typed: &str, globals: &Globals) -> Result<(DomainName, Vec<String>), Exit> {
    let (understood, mut said) = understood(typed, globals)?;
    own::own_domain(&understood.domain).map_err(|not_yours| {
        printer::complain(
            Exit::Usage,
            &phrase(&not_yours.reason),
            &phrase(&not_yours.remedy),
        )
    })?;
    say(&understood.remarks, globals);
    said.extend(understood.remarks);
    let said = said.iter().map(|said| sentence(said)).collect();
    Ok((understood.domain, said))
}

/// The domain of a saved setup: what is special about it was said when it was made.
pub fn saved(typed: &str, globals: &Globals) -> Result<DomainName, Exit> {
    Ok(understood(typed, globals)?.0.domain)
}

/// With what was said about it.
fn understood(typed: &str, globals: &Globals) -> Result<(Understood, Vec<String>), Exit> {
    let understood = typed::understand(typed).map_err(|not| {
        printer::complain(Exit::Usage, &phrase(&not.reason), &phrase(&not.remedy))
    })?;
    let domain = &understood.domain;
    let mut said = Vec::new();
    match (&understood.changed, &understood.unicode) {
        (Some(changed), unicode) => {
            let people = unicode
                .as_ref()
                .map_or(String::new(), |name| format!(" ({name})"));
            let changed = phrase(changed);
            said.push(format!("understood as {domain}{people}: {changed}"));
        }
        (None, Some(unicode)) => said.push(format!("{unicode} is {domain} in the DNS")),
        (None, None) => {}
    }
    if !understood.others.is_empty() {
        let others: Vec<String> = understood.others.iter().map(ToString::to_string).collect();
        let others = others.join(", ");
        said.push(format!(
            "only the first domain was taken; left out: {others}"
        ));
    }
    say(&said, globals);
    Ok((understood, said))
}

fn say(remarks: &[String], globals: &Globals) {
    for remark in remarks {
        printer::remark(globals.quiet, &phrase(remark));
    }
}

/// A part of a line as a sentence. A domain in front stays as it is written.
fn sentence(phrase: &str) -> String {
    let phrase = phrase.strip_suffix('.').unwrap_or(phrase);
    let first = phrase.split(' ').next().unwrap_or(phrase);
    let mut letters = phrase.chars();
    match letters.next() {
        Some(letter) if !first.contains('.') => {
            format!("{}{}.", letter.to_uppercase(), letters.as_str())
        }
        _ => format!("{phrase}."),
    }
}

/// A sentence as part of a line: no capital in front unless it is a name or a short form, no full stop at the end.
pub fn phrase(sentence: &str) -> String {
    let sentence = sentence.strip_suffix('.').unwrap_or(sentence);
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}
