//! How a value that is there stands to a record of ours: it says the same, it cannot stay beside it, or it is what ours was made from.

use crate::export::Row;
use crate::export::set::There;
use crate::export::set::Value;
use crate::records::dkim::DkimKey;
use crate::records::dmarc;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::spf;

/// Between several records that one of ours replaces.
const AND_ALSO: &str = " and also ";

/// True where a value that is there says what we want: written a little differently, a second one beside it would break both.
pub fn is_same(content: &Content, value: &Value) -> bool {
    let Value::Text(text) = value else {
        return Value::of(content) == *value;
    };
    let ascii = text.as_ascii();
    match content {
        Content::Spf(spf) => ascii.and_then(|text| text.parse().ok()).as_ref() == Some(spf),
        Content::Dkim(key) => ascii
            .and_then(|text| text.parse::<DkimKey>().ok())
            .is_some_and(|there| there.public_key == key.public_key),
        Content::Dmarc(dmarc) => ascii.and_then(|text| text.parse().ok()).as_ref() == Some(dmarc),
        Content::ReportAuthorization => dmarc::address::is_policy_record(text.as_bytes()),
        content => Value::of(content) == *value,
    }
}

/// True where a value that is there cannot stay beside the record.
pub fn is_rival(content: &Content, value: &Value) -> bool {
    match (content, value) {
        // At a selector there is one key, and an alias stands alone.
        (Content::Cname(_) | Content::Dkim(_), _) | (_, Value::Alias(_)) => true,
        // A broken one counts: people meant it to be the record.
        (Content::Spf(_), Value::Text(text)) => !matches!(
            spf::judge::select(&DomainName::root(), std::slice::from_ref(text)),
            spf::judge::Selected::Absent
        ),
        (Content::Dmarc(_), Value::Text(text)) => !matches!(
            dmarc::judge::select(&DomainName::root(), std::slice::from_ref(text)),
            dmarc::judge::Selected::Absent { .. }
        ),
        _ => false,
    }
}

/// True where the record was made in place of this very value: what came later was not merged into ours, and would be lost.
pub fn is_known_to(row: &Row, value: &Value) -> bool {
    let Some(replaces) = &row.replaces else {
        return false;
    };
    let is_it = |value: &Value| value.shown() == replaces.trim_end_matches('.');
    match (&row.record.content, value) {
        (Content::Spf(_), Value::Text(_)) => {
            replaces.split(AND_ALSO).any(|known| known == value.shown())
        }
        // Of several, receivers apply none, and one of them was read.
        (Content::Dmarc(_), Value::Text(_)) => match &row.there {
            There::Seen(seen) => seen.values.iter().any(is_it),
            There::Unknown => false,
        },
        _ => is_it(value),
    }
}
