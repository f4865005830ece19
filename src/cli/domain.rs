//! A domain on the command line: understood the way people type it, and what was understood is said.

use crate::catalog::own;
use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::records::name::DomainName;
use crate::records::typed;

/// Any domain; what is special about it is said.
pub fn any(typed: &str, globals: &Globals) -> Result<DomainName, Exit> {
    let domain = understood(typed, globals)?;
    if let Some(remark) = own::remark(&domain) {
        printer::remark(globals.quiet, &phrase(&remark));
    }
    Ok(domain)
}

/// A domain that can be the user's own; others are refused with the reason.
pub fn own(typed: &str, globals: &Globals) -> Result<DomainName, Exit> {
    let domain = understood(typed, globals)?;
    own::own_domain(&domain).map_err(|not_yours| {
        printer::complain(
            Exit::Usage,
            &phrase(&not_yours.reason),
            &phrase(&not_yours.remedy),
        )
    })?;
    if let Some(remark) = own::remark(&domain) {
        printer::remark(globals.quiet, &phrase(&remark));
    }
    Ok(domain)
}

/// The domain of a saved setup; nothing is said about it that was not said when it was made.
pub fn saved(typed: &str, globals: &Globals) -> Result<DomainName, Exit> {
    understood(typed, globals)
}

fn understood(typed: &str, globals: &Globals) -> Result<DomainName, Exit> {
    let understood = typed::understand(typed).map_err(|not| {
        printer::complain(Exit::Usage, &phrase(&not.reason), &phrase(&not.remedy))
    })?;
    if let Some(changed) = &understood.changed {
        printer::remark(
            globals.quiet,
            &format!("understood as {} ({})", understood.domain, phrase(changed)),
        );
    }
    for remark in &understood.remarks {
        printer::remark(globals.quiet, &phrase(remark));
    }
    Ok(understood.domain)
}

/// A sentence as part of a line: no capital in front unless it is a name or a short form, no full stop at the end.
fn phrase(sentence: &str) -> String {
    let sentence = sentence.strip_suffix('.').unwrap_or(sentence);
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}
