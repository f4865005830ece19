//! Reads the address for reports as people type it, and says why one cannot be taken.

use crate::catalog::own::is_free_mailbox_domain;
use crate::plan::steps::domain::plain;
use crate::records::name::DomainName;

/// Longest address of a mailbox (RFC 5321).
pub const LONGEST: usize = 254;

/// Reads the address for reports, as people type it.
pub fn read_address(typed: &str) -> Result<String, String> {
    let text = typed.trim().trim_matches(['<', '>', '"', '\'']).trim();
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text[7..].trim(),
        _ => text,
    };
    if text.is_empty() {
        return Err(
            "Type the address that shall receive the reports, such as dmarc@example.com."
                .to_owned(),
        );
    }
    if text.len() > LONGEST {
        return Err(format!(
            "The address is longer than {LONGEST} characters. Choose a shorter one."
        ));
    }
    if text.contains([',', ';']) || text.split_whitespace().count() > 1 {
        return Err(
            "Type one address only. If others shall see the reports too, let that mailbox pass them on.".to_owned(),
        );
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(format!(
            "{} has no @. Type a whole address, such as dmarc@example.com.",
            plain(text)
        ));
    };
    if domain.contains('!') {
        return Err(
            "Leave out the ! and what follows: limits of size are no longer part of the standard."
                .to_owned(),
        );
    }
    if local.starts_with('"') {
        return Err(
            "An address with quotes is not understood by all receivers. Choose a plain one."
                .to_owned(),
        );
    }
    if !local.is_ascii() {
        return Err(
            "The part before the @ holds letters that not all receivers can write to. Use a to z, digits, dot and dash.".to_owned(),
        );
    }
    let plain_local = !local.is_empty()
        && local.len() <= 64
        && local
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._+-=~'".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    if !plain_local {
        return Err(
            "The part before the @ is not understood. Use letters, digits, dot, dash and plus, such as dmarc@example.com.".to_owned(),
        );
    }
    let domain = read_domain(domain)?;
    if is_free_mailbox_domain(&domain) {
        return Err(format!(
            "{domain} belongs to a mail provider and would have to allow reports about your domain, which it does not do. Choose an \
             address in your own domain; it may pass mail on."
        ));
    }
    Ok(format!("{local}@{domain}"))
}

pub fn read_domain(text: &str) -> Result<DomainName, String> {
    let wrong = || {
        format!(
            "What stands behind the @ is not a domain: {}. Type a whole address, such as dmarc@example.com.",
            plain(text)
        )
    };
    let domain: DomainName = if text.is_ascii() {
        text.parse().map_err(|_| wrong())?
    } else {
        crate::records::typed::understand(text)
            .map_err(|_| wrong())?
            .domain
    };
    let fits = domain.labels().count() >= 2
        && domain.labels().all(|label| {
            label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && !domain
            .labels()
            .next_back()
            .is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
    if fits { Ok(domain) } else { Err(wrong()) }
}
