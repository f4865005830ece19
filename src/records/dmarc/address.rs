//! Report addresses: which are usable, whose mailbox they name, and whether reports may go there (RFC 9990).

use std::str::FromStr;

use crate::records::dmarc::ReportUri;
use crate::records::dmarc::parse;
use crate::records::name::DomainName;
use crate::records::name::NameError;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::tags;
use crate::records::tags::Piece;
use crate::records::tags::Tag;

/// Addresses of one permission that are looked at.
const MOST_REDIRECTED: usize = 10;

/// Whether the owner of the report mailbox agrees to get reports about this domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorization {
    Yes,
    No,
    /// The mailbox is of the same organization, so nobody needs to be asked.
    SameDomain,
    Unknown,
}

impl Authorization {
    /// The word of the public contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::SameDomain => "same-domain",
            Self::Unknown => "unknown",
        }
    }
}

impl ReportUri {
    /// `mailto:` in front of a mail address.
    pub fn to(mailbox: &str) -> Self {
        Self(format!("mailto:{mailbox}"))
    }

    /// The `local@domain` of a `mailto:` address without a size limit.
    pub fn mailbox(&self) -> Option<&str> {
        let scheme = self.0.get(.."mailto:".len())?;
        if !scheme.eq_ignore_ascii_case("mailto:") {
            return None;
        }
        let rest = &self.0["mailto:".len()..];
        let end = rest.find(['!', '?']).unwrap_or(rest.len());
        let mailbox = &rest[..end];
        let (local, domain) = mailbox.rsplit_once('@')?;
        let local_is_fine = !local.is_empty()
            && local.len() <= 64
            && local
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"#$&'*+-/=^_`{|}~.%".contains(&b));
        // Dots stand between other characters only (RFC 5321, section 4.1.2, Dot-string).
        let local_is_fine = local_is_fine && local.split('.').all(|part| !part.is_empty());
        let domain_is_fine = domain.contains('.')
            && domain.split('.').all(is_label)
            && !domain.ends_with(|c: char| c.is_ascii_digit())
            && DomainName::from_str(domain).is_ok();
        (local_is_fine && domain_is_fine).then_some(mailbox)
    }

    /// The domain of the mailbox.
    pub fn host(&self) -> Option<DomainName> {
        self.mailbox()?.rsplit_once('@')?.1.parse().ok()
    }

    /// The size limit behind `!`, which RFC 9989 removed.
    pub fn size_limit(&self) -> Option<&str> {
        self.0.split_once('!').map(|(_, limit)| limit)
    }

    /// True for a usable `mailto:` address, and for an address of another scheme that is well formed.
    pub fn is_valid(&self) -> bool {
        let plain = self
            .0
            .bytes()
            .all(|b| matches!(b, b'!'..=b'~') && !b"\"<>\\^`{|},;".contains(&b));
        if !plain {
            return false;
        }
        match self.0.split_once(':') {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("mailto") => {
                self.mailbox().is_some()
                    && self.size_limit().is_none_or(|limit| {
                        let digits =
                            limit.trim_end_matches(['k', 'm', 'g', 't', 'K', 'M', 'G', 'T']);
                        limit.len() - digits.len() <= 1 && digits.parse::<u64>().is_ok()
                    })
            }
            Some((scheme, rest)) => {
                scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                    && scheme
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
                    && !rest.is_empty()
            }
            None => false,
        }
    }

    /// True where both name the same mailbox; the domain is compared without regard to case.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        let parts = |uri: &Self| {
            uri.mailbox()
                .and_then(|mailbox| mailbox.rsplit_once('@'))
                .map(|(local, domain)| (local.to_owned(), domain.to_ascii_lowercase()))
        };
        parts(self).map_or(self == other, |mine| parts(other) == Some(mine))
    }
}

/// A label as mail hosts have it; an underscore is let pass.
fn is_label(label: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    label.bytes().all(|b| is_inner(b) || b == b'-')
        && label.bytes().next().is_some_and(is_inner)
        && label.bytes().last().is_some_and(is_inner)
}

/// True where `host` is of the same organization as `organizational_domain`, so that reports may go there unasked: by the tree walk of
/// RFC 9989 and by the public suffix list too, since receivers go by either.
pub fn same_organization(host: &DomainName, organizational_domain: &DomainName) -> bool {
    host.is_within(organizational_domain)
        && host
            .registrable()
            .is_some_and(|top| Some(top) == organizational_domain.registrable())
}

/// The question that shows whether `host` takes reports about `policy_domain` (RFC 9990).
pub fn authorization_question(
    policy_domain: &DomainName,
    host: &DomainName,
) -> Result<Question, NameError> {
    let owner = host.prefixed(&format!("{policy_domain}._report._dmarc"))?;
    Ok(Question::new(owner, RecordType::Txt))
}

/// What the answer to [`authorization_question`] says.
pub fn authorization(answer: &Answer) -> Authorization {
    match &answer.outcome {
        Outcome::Trouble(_) => Authorization::Unknown,
        _ if permissions(answer).next().is_some() => Authorization::Yes,
        _ => Authorization::No,
    }
}

/// The tags of each text that permits reports: `v=DMARC1` first, and nothing but tags after it (RFC 9990, section 4).
fn permissions(answer: &Answer) -> impl Iterator<Item = Vec<Tag>> {
    answer.texts().filter_map(|text| {
        let tags = tags::pieces(text.as_ascii()?)
            .into_iter()
            .filter(|piece| !matches!(piece, Piece::Empty { .. }))
            .map(|piece| match piece {
                Piece::Tag(tag) => Some(tag),
                Piece::Stray { .. } | Piece::Empty { .. } => None,
            })
            .collect::<Option<Vec<Tag>>>()?;
        is_policy_record(text.as_bytes()).then_some(tags)
    })
}

/// Where the owner of the report mailbox sends reports on to: the `rua=` of the permission, as far as its addresses are of the same host
/// (RFC 9990, section 4); receivers ignore others. None where it names no address other than `asked`.
pub fn redirected(answer: &Answer, host: &DomainName, asked: &ReportUri) -> Option<Vec<ReportUri>> {
    let others: Vec<ReportUri> = permissions(answer)
        .flatten()
        .filter(|tag| tag.name.eq_ignore_ascii_case("rua"))
        .flat_map(|tag| parse::addresses(&tag.value).collect::<Vec<_>>())
        .filter(|uri| uri.is_valid() && uri.host().as_ref() == Some(host))
        .take(MOST_REDIRECTED)
        .collect();
    let is_elsewhere = !others.is_empty() && !others.iter().any(|uri| uri.same_mailbox(asked));
    is_elsewhere.then_some(others)
}

/// True where a text starts with `v=DMARC1` as a whole tag, so that receivers take it for a DMARC record.
pub fn is_policy_record(text: &[u8]) -> bool {
    let skip = |text: &[u8]| -> usize {
        text.iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
            .count()
    };
    let Some(rest) = text.strip_prefix(b"v").or(text.strip_prefix(b"V")) else {
        return false;
    };
    let Some(rest) = rest[skip(rest)..].strip_prefix(b"=") else {
        return false;
    };
    let Some(rest) = rest[skip(rest)..].strip_prefix(b"DMARC1") else {
        return false;
    };
    let rest = &rest[skip(rest)..];
    rest.is_empty() || rest.starts_with(b";")
}
