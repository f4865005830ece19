//! Reads a DMARC Policy Record from text; says where and what was expected.
//!
//! This is the strict reading, for what is going to be published. What receivers make of a record with mistakes is
//! in the judge.

use std::str::FromStr;

use crate::records::dmarc::Alignment;
use crate::records::dmarc::Dmarc;
use crate::records::dmarc::Policy;
use crate::records::dmarc::ReportUri;
use crate::records::syntax::SyntaxError;
use crate::records::tags;
use crate::records::tags::Tag;

impl FromStr for Policy {
    type Err = ();

    /// Values of tags are not case-sensitive.
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::None, Self::Quarantine, Self::Reject]
            .into_iter()
            .find(|policy| text.eq_ignore_ascii_case(policy.as_str()))
            .ok_or(())
    }
}

impl FromStr for Alignment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "r" | "R" => Ok(Self::Relaxed),
            "s" | "S" => Ok(Self::Strict),
            _ => Err(()),
        }
    }
}

/// `fo=`: `0`, `1`, `d` and `s`, separated by colons.
pub fn is_failure_options(value: &str) -> bool {
    value
        .split(':')
        .all(|option| matches!(option.trim(), "0" | "1" | "d" | "s" | "D" | "S"))
}

/// The items of a list of addresses, white space around them taken off.
pub fn addresses(value: &str) -> impl Iterator<Item = ReportUri> {
    value
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| ReportUri(item.to_owned()))
}

fn uris(tag: &Tag) -> Result<Vec<ReportUri>, SyntaxError> {
    let wanted = "addresses such as mailto:dmarc@example.com, separated by commas";
    if tag.value.split(',').any(|item| item.trim().is_empty()) {
        return Err(SyntaxError::new(tag.value_at, wanted));
    }
    let uris: Vec<ReportUri> = addresses(&tag.value).collect();
    if uris.iter().all(ReportUri::is_valid) {
        Ok(uris)
    } else {
        Err(SyntaxError::new(tag.value_at, wanted))
    }
}

fn policy(tag: &Tag) -> Result<Option<Policy>, SyntaxError> {
    let policy = tag
        .value
        .parse()
        .map_err(|()| SyntaxError::new(tag.value_at, "none, quarantine or reject"))?;
    Ok(Some(policy))
}

fn alignment(tag: &Tag) -> Result<Option<Alignment>, SyntaxError> {
    let alignment = tag
        .value
        .parse()
        .map_err(|()| SyntaxError::new(tag.value_at, "r or s"))?;
    Ok(Some(alignment))
}

impl FromStr for Dmarc {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let mut tags = tags::read(text)?.into_iter();
        match tags.next() {
            Some(tag)
                if tag.at == 0 && tag.name.eq_ignore_ascii_case("v") && tag.value == "DMARC1" => {}
            _ => return Err(SyntaxError::new(0, "v=DMARC1 as the first tag")),
        }
        let mut dmarc = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for tag in tags {
            let name = tag.name.to_ascii_lowercase();
            if name == "v" || seen.contains(&name) {
                return Err(SyntaxError::new(tag.at, "each tag only once"));
            }
            if tag.value.is_empty() {
                return Err(SyntaxError::new(tag.value_at, "a value"));
            }
            match name.as_str() {
                "p" => dmarc.policy = policy(&tag)?,
                "sp" => dmarc.subdomain_policy = policy(&tag)?,
                "np" => dmarc.nonexistent_policy = policy(&tag)?,
                "adkim" => dmarc.dkim_alignment = alignment(&tag)?,
                "aspf" => dmarc.spf_alignment = alignment(&tag)?,
                "t" => {
                    dmarc.testing = Some(match tag.value.as_str() {
                        "y" | "Y" => true,
                        "n" | "N" => false,
                        _ => return Err(SyntaxError::new(tag.value_at, "y or n")),
                    });
                }
                "psd" => {
                    dmarc.public_suffix = Some(match tag.value.as_str() {
                        "y" | "Y" => 'y',
                        "n" | "N" => 'n',
                        "u" | "U" => 'u',
                        _ => return Err(SyntaxError::new(tag.value_at, "y, n or u")),
                    });
                }
                "rua" => dmarc.aggregate = uris(&tag)?,
                "ruf" => dmarc.failure = uris(&tag)?,
                "fo" if is_failure_options(&tag.value) => {
                    dmarc.failure_options = Some(tag.value.clone())
                }
                "fo" => {
                    return Err(SyntaxError::new(
                        tag.value_at,
                        "0, 1, d or s, separated by colons",
                    ));
                }
                _ => dmarc.others.push((tag.name.clone(), tag.value.clone())),
            }
            seen.push(name);
        }
        Ok(dmarc)
    }
}
