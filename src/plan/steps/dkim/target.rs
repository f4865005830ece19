//! Judges the target of a pasted alias: can it be the one that this service shows for this domain?

use crate::catalog::dkim::Console;
use crate::catalog::dkim::Expected;
use crate::plan::panel::shorten;
use crate::plan::paste::Pasted;
use crate::plan::service;
use crate::plan::steps::domain::plain;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// Refuses what no alias can point to, and what lies in the user's own domain.
pub fn check_place(record: &Pasted, domain: &DomainName) -> Result<(), String> {
    if record.record_type != RecordType::Cname {
        return Ok(());
    }
    let Ok(target) = record.value.parse::<DomainName>() else {
        return Err(
            "The value is not a name that an alias (CNAME) can point to. Copy it again.".to_owned(),
        );
    };
    if target.is_within(domain) {
        return Err(format!(
            "{target} lies in your own domain. The value must point to the service. If a panel added \".{domain}\" at the end, leave \
             that out."
        ));
    }
    Ok(())
}

/// Refuses a target that cannot be the one of this service, where its form is known.
pub fn check_form(
    record: &Pasted,
    slot: usize,
    console: &Console,
    domain: &DomainName,
    sender: &str,
) -> Result<(), String> {
    let Some(expected) = console.expected.get(slot) else {
        return Ok(());
    };
    let (Some(form), Ok(target)) = (expected.looks_like(), record.value.parse::<DomainName>())
    else {
        return Ok(());
    };
    let fits = |target: &DomainName| expected.accepts(target);
    if record.record_type != RecordType::Cname
        || fits(&target)
        || with_usual_selector(record, expected).is_some_and(|target| fits(&target))
        || without_region(&target).is_some_and(|target| fits(&target))
    {
        return Ok(());
    }
    if let Some(other) = other_domain(&target, &form, domain) {
        return Err(format!(
            "This is for {other}, not for yours ({domain}). Choose {domain} in the console of {} and copy its value.",
            service::name(sender)
        ));
    }
    if let Some(other) = console
        .expected
        .iter()
        .filter(|other| other.accepts(&target))
        .find_map(|other| other.host.as_ref())
    {
        return Err(format!(
            "This is the value of {other}. Copy the one that belongs to {}.",
            expected.host.as_deref().unwrap_or("this record")
        ));
    }
    Err(format!(
        "This cannot be the value that {} shows: it looks like {form}. Yours was {}. Copy it again, to its last character.",
        service::name(sender),
        shorten(&plain(target.as_str()))
    ))
}

/// The target without the part of the world, such as `eu-west-1`, that some services put before their own domain.
fn without_region(target: &DomainName) -> Option<DomainName> {
    let labels: Vec<&str> = target.as_str().split('.').collect();
    let (front, [region, service, ending]) = labels.split_last_chunk::<3>()?;
    let is_region = region.contains('-') && region.ends_with(|c: char| c.is_ascii_digit());
    is_region
        .then(|| {
            format!("{}.{service}.{ending}", front.join("."))
                .parse()
                .ok()
        })
        .flatten()
}

/// The target with the selector of the form, where the account holder chose another one.
fn with_usual_selector(record: &Pasted, expected: &Expected) -> Option<DomainName> {
    let usual = expected.host.as_ref()?.strip_suffix("._domainkey")?;
    let own = record.host.as_ref()?.split("._domainkey").next()?;
    let rest = record.value.strip_prefix(own)?.strip_prefix('.')?;
    format!("{usual}.{rest}").parse().ok()
}

/// The domain for which a target was made, where its form names the domain with dashes and this is another one.
fn other_domain(target: &DomainName, form: &str, domain: &DomainName) -> Option<String> {
    let own = domain.as_str().replace('.', "-");
    let (head, behind) = form.split_once('.')?;
    let selector = head.strip_suffix(&own)?;
    let (label, rest) = target.as_str().split_once('.')?;
    // The selectors of one service differ in their number only.
    let word = selector.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let other = label
        .strip_prefix(word)?
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .strip_prefix('-')?;
    let same_kind = rest.split('.').next() == behind.split('.').next();
    if !same_kind || other == own {
        return None;
    }
    let (name, ending) = other.rsplit_once('-')?;
    Some(match name.rsplit_once('-') {
        Some((name, second))
            if ending.len() == 2 && ["co", "com", "org", "net", "ac"].contains(&second) =>
        {
            format!("{name}.{second}.{ending}")
        }
        _ => format!("{name}.{ending}"),
    })
}
