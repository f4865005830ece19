//! Where records end up by mistake: names and types that are asked where the record itself is not seen.

use crate::records::finding::Code;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::verdict::codes;
use crate::records::verdict::question;

/// A label that nobody uses: what answers there is a wildcard.
const NOBODY: &str = "nobounce-probe-q7x2k9";

/// A wrong place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) question: Question,
    pub(super) code: Code,
    pub(super) proof: Proof,
}

/// What must stand at a wrong place to prove the mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Any record of the kind: it has no business there.
    Kind,
    /// The very value: another record may rightly stand there.
    Value,
}

/// The wrong names for `record`, the likely ones first; all asked with its own question's type.
pub(super) fn places(record: &Record, zone: &DomainName) -> Vec<Place> {
    let of_kind = if matches!(
        record.content,
        Content::Dkim(_) | Content::Dmarc(_) | Content::ReportAuthorization
    ) {
        Proof::Kind
    } else {
        Proof::Value
    };
    let mut places = wrong_names(
        &record.owner,
        zone,
        question(record).record_type,
        of_kind,
        Proof::Value,
    );
    if matches!(record.content, Content::Mx { .. }) {
        places.retain(|place| place.code != codes::AT_APEX);
    }
    places
}

/// The wrong names for what belongs to `owner`. `at_apex`, `at_www`: what proves it at names where another record may rightly stand.
pub(super) fn wrong_names(
    owner: &DomainName,
    zone: &DomainName,
    record_type: RecordType,
    at_apex: Proof,
    at_www: Proof,
) -> Vec<Place> {
    let Some(relative) = owner.relative_to(zone) else {
        return Vec::new();
    };
    let text = owner.as_str();
    let mut list: Vec<(String, Code, Proof)> = Vec::new();
    list.push((format!("{text}.{zone}"), codes::NAME_DOUBLED, Proof::Kind));
    let bare = text.replace('_', "");
    if bare != text {
        list.push((bare, codes::UNDERSCORE_MISSING, Proof::Kind));
    }
    if let Some((selector, rest)) = text.split_once("._domainkey.") {
        list.push((
            format!("{selector}.{rest}"),
            codes::DOMAINKEY_MISSING,
            Proof::Kind,
        ));
        list.push((
            format!("_domainkey.{selector}.{rest}"),
            codes::NAME_SWAPPED,
            Proof::Kind,
        ));
        list.push((
            format!("_domainkey.{rest}"),
            codes::SELECTOR_MISSING,
            Proof::Kind,
        ));
        list.push((rest.to_owned(), codes::AT_APEX, at_apex));
    }
    if let Some(domain) = text.strip_prefix("_dmarc.") {
        list.push((
            format!("{domain}._dmarc.{zone}"),
            codes::NAME_SWAPPED,
            Proof::Kind,
        ));
        list.push((
            format!("_dmarc._dmarc.{domain}"),
            codes::NAME_DOUBLED,
            Proof::Kind,
        ));
        list.push((
            format!("dmarc_.{domain}"),
            codes::UNDERSCORE_MISSING,
            Proof::Kind,
        ));
        list.push((
            format!("_dmarc._domainkey.{domain}"),
            codes::DOMAINKEY_ADDED,
            Proof::Kind,
        ));
        list.push((domain.to_owned(), codes::AT_APEX, at_apex));
    }
    if !relative.is_empty() {
        list.push((zone.as_str().to_owned(), codes::AT_APEX, at_apex));
    }
    if !relative.starts_with("www.") && relative != "www" {
        let name = if relative.is_empty() {
            format!("www.{zone}")
        } else {
            format!("{relative}.www.{zone}")
        };
        list.push((name, codes::AT_WWW, at_www));
    }
    let mut places: Vec<Place> = Vec::new();
    for (name, code, proof) in list {
        let Ok(name) = name.parse::<DomainName>() else {
            continue;
        };
        let asked = Question::new(name, record_type);
        let is_new = places.iter().all(|place| place.question != asked);
        if is_new && asked.owner != *owner && !asked.owner.is_root() {
            places.push(Place {
                question: asked,
                code,
                proof,
            });
        }
    }
    places
}

/// The question for a name that does not exist beside the owner; only a wildcard answers it.
pub(super) fn wildcard(record: &Record, zone: &DomainName) -> Option<Question> {
    let beside = if record.owner == *zone {
        zone.clone()
    } else {
        record.owner.parent()?
    };
    let name = beside.prefixed(NOBODY).ok()?;
    Some(Question::new(name, question(record).record_type))
}

/// The questions for other record types at the owner itself.
pub(super) fn other_types(record: &Record) -> Vec<Question> {
    let types: &[RecordType] = match (&record.content, question(record).record_type) {
        (Content::Spf(_), _) => &[RecordType::Cname, RecordType::Spf],
        (Content::Cname(_), RecordType::Cname) => &[RecordType::A, RecordType::Txt],
        (Content::Cname(_), _) => &[RecordType::A],
        (Content::Mx { .. }, _) => &[RecordType::Cname],
        _ => &[RecordType::Cname],
    };
    types
        .iter()
        .map(|record_type| Question::new(record.owner.clone(), *record_type))
        .collect()
}
