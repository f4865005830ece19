//! What to do about each wish in a zone: put it in, replace what the setup knows, or leave it alone.

use crate::plan::publish::Action;
use crate::plan::publish::Change;
use crate::plan::publish::Holding;
use crate::plan::publish::Refused;
use crate::plan::publish::Step;
use crate::plan::publish::Wish;
use crate::records::dkim::DkimKey;
use crate::records::dmarc::Dmarc;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::sighting::RecordType;
use crate::records::spf::Spf;
use crate::records::untrusted::Untrusted;
use crate::records::update::Exact;
use crate::records::update::Prerequisite;
use crate::records::update::Rrset;

/// Bytes of a text that are shown in a reason.
const SHOWN: usize = 120;
/// What to do about each wish in a zone, in their order. `holding` gives what the server has at a name.
pub fn steps(
    wishes: &[Wish],
    zone: &DomainName,
    holding: impl Fn(&DomainName) -> Holding,
) -> Vec<Step> {
    wishes
        .iter()
        .map(|wish| {
            let is_alias = matches!(wish.record.content, Content::Cname(_));
            let beside = wishes.iter().any(|other| {
                other.record != wish.record
                    && other.record.owner == wish.record.owner
                    && (is_alias || matches!(other.record.content, Content::Cname(_)))
            });
            let at_apex = is_alias && wish.record.owner == *zone;
            if beside || at_apex {
                return refuse(
                    wish,
                    Vec::new(),
                    format!(
                        "An alias (CNAME) has to stand alone at its name, and {} has other records.",
                        wish.record.owner
                    ),
                    "Publish only one of the two, with --only.".to_owned(),
                );
            }
            step(wish, &holding(&wish.record.owner))
        })
        .collect()
}

/// What to do about one wish.
pub fn step(wish: &Wish, holding: &Holding) -> Step {
    let record = &wish.record;
    let alias = holding.rrset(RecordType::Cname);
    match &record.content {
        Content::Cname(target) => alias_step(wish, target, alias, holding),
        _ => {
            if let Some(alias) = alias {
                return refuse(
                    wish,
                    alias.data.clone(),
                    format!(
                        "An alias (CNAME) stands at {}, and no other record can stand beside it.",
                        record.owner
                    ),
                    "If nothing uses the alias any more, delete it in the zone, then run this command again.".to_owned(),
                );
            }
            let there = holding.rrset(record.content.record_type());
            match &record.content {
                Content::Mx {
                    preference,
                    exchange,
                } => {
                    let wanted = Exact::Mx {
                        preference: *preference,
                        exchange: exchange.clone(),
                    };
                    mail_server_step(wish, wanted, there)
                }
                _ => text_step(wish, there),
            }
        }
    }
}

impl Holding {
    /// The RRset of a type that stands at the name itself. One that says just what names around it say that nobody uses, comes from a
    /// wildcard; should it stand there all the same, the server refuses the change, since it rests on the name being free of it.
    fn rrset(&self, record_type: RecordType) -> Option<&Rrset> {
        let sorted = |rrset: &Rrset| {
            let mut data = rrset.data.clone();
            data.sort();
            data
        };
        let there = self
            .rrsets
            .iter()
            .find(|rrset| rrset.record_type == record_type)?;
        let is_wild = self
            .wildcard
            .iter()
            .any(|wild| wild.record_type == record_type && sorted(wild) == sorted(there));
        (!is_wild).then_some(there)
    }
}

fn text_step(wish: &Wish, there: Option<&Rrset>) -> Step {
    let record = &wish.record;
    let value = record.content.to_string();
    let mut same = Vec::new();
    let mut taken = Vec::new();
    let mut rivals = Vec::new();
    let mut stay = Vec::new();
    for data in there.map_or(&[][..], |rrset| &rrset.data) {
        let text = data.joined().unwrap_or_default();
        let kind = if says_the_same(&record.content, &value, &text) && same.is_empty() {
            &mut same
        } else if wish.replaced.iter().any(|old| old == text.shown().as_str()) {
            &mut taken
        } else if is_rival(&record.content, &text) {
            &mut rivals
        } else {
            &mut stay
        };
        kind.push(data.clone());
    }
    if let Some(rival) = rivals.first() {
        let text = rival.joined().unwrap_or_default().shown_up_to(SHOWN);
        return refuse(
            wish,
            rivals.clone(),
            format!(
                "Another record of this kind stands at {}, and the setup does not know it: {text}",
                record.owner
            ),
            "Somebody changed it since the wizard looked. Open the wizard and press r to look again, so that nothing of it is lost."
                .to_owned(),
        );
    }
    let put = match same.as_slice() {
        [] => vec![Exact::text(&value)],
        _ => Vec::new(),
    };
    stay.extend(same);
    let action = match (put.is_empty(), taken.is_empty()) {
        (true, true) => Action::Keep,
        (false, true) => Action::Add,
        _ => Action::Replace,
    };
    Step::Change(change(wish, action, there, taken, put, stay))
}

fn mail_server_step(wish: &Wish, wanted: Exact, there: Option<&Rrset>) -> Step {
    let data = there.map_or(&[][..], |rrset| &rrset.data);
    if data
        .iter()
        .any(|server| *server != wanted && !wish.mates.contains(server))
    {
        return refuse(
            wish,
            data.to_vec(),
            format!(
                "Other mail servers (MX) stand at {}, and they are not ours to take away.",
                wish.record.owner
            ),
            "Change them in the zone yourself, if they are no longer used.".to_owned(),
        );
    }
    let (action, put) = if data.contains(&wanted) {
        (Action::Keep, Vec::new())
    } else {
        (Action::Add, vec![wanted])
    };
    Step::Change(change(wish, action, there, Vec::new(), put, data.to_vec()))
}

fn alias_step(wish: &Wish, target: &DomainName, alias: Option<&Rrset>, holding: &Holding) -> Step {
    let owner = &wish.record.owner;
    let wanted = Exact::Cname(target.clone());
    let Some(alias) = alias else {
        let other = [RecordType::Txt, RecordType::Mx]
            .into_iter()
            .find_map(|record_type| holding.rrset(record_type));
        if let Some(other) = other {
            return refuse(
                wish,
                other.data.clone(),
                format!(
                    "A {} record stands at {owner}, and an alias (CNAME) has to stand alone at its name.",
                    other.record_type
                ),
                "If nothing uses that record any more, delete it in the zone, then run this command again.".to_owned(),
            );
        }
        let free = Prerequisite::NameFree {
            owner: owner.clone(),
        };
        return Step::Change(Change {
            prerequisites: vec![free],
            ..change(
                wish,
                Action::Add,
                None,
                Vec::new(),
                vec![wanted],
                Vec::new(),
            )
        });
    };
    if alias.data == [wanted.clone()] {
        let stay = alias.data.clone();
        return Step::Change(change(
            wish,
            Action::Keep,
            Some(alias),
            Vec::new(),
            Vec::new(),
            stay,
        ));
    }
    let is_known = alias.data.iter().all(|data| {
        let shown = data.shown();
        let is_it = |old: &String| {
            old.trim_end_matches('.')
                .eq_ignore_ascii_case(shown.as_str())
        };
        wish.replaced.iter().any(is_it)
    });
    if is_known {
        let taken = alias.data.clone();
        return Step::Change(change(
            wish,
            Action::Replace,
            Some(alias),
            taken,
            vec![wanted],
            Vec::new(),
        ));
    }
    refuse(
        wish,
        alias.data.clone(),
        format!(
            "An alias (CNAME) to another place stands at {owner}, and the setup does not know it."
        ),
        "Somebody changed it since the wizard looked. Open the wizard and press r to look again."
            .to_owned(),
    )
}

/// Whether a text that is there says what the wanted record says, even in other letters.
fn says_the_same(content: &Content, value: &str, there: &Untrusted) -> bool {
    if there.as_bytes() == value.as_bytes() {
        return true;
    }
    let Some(text) = there.as_ascii() else {
        return false;
    };
    match content {
        Content::Spf(spf) => text.parse::<Spf>().is_ok_and(|there| there == *spf),
        Content::Dkim(key) => text
            .parse::<DkimKey>()
            .is_ok_and(|there| there.public_key == key.public_key),
        Content::Dmarc(dmarc) => text.parse::<Dmarc>().is_ok_and(|there| there == *dmarc),
        Content::ReportAuthorization => begins(text, "v=DMARC1"),
        _ => false,
    }
}

/// Whether a text beside the wanted record would make it void.
fn is_rival(content: &Content, there: &Untrusted) -> bool {
    let text = String::from_utf8_lossy(there.as_bytes());
    match content {
        Content::Spf(_) => begins(&text, "v=spf1"),
        Content::Dmarc(_) => begins(&text, "v=DMARC1"),
        // A name of a key holds nothing else (RFC 6376, section 3.6.2.2).
        Content::Dkim(_) => true,
        _ => false,
    }
}

/// Whether a record begins with this word, as generously as people mistype it.
fn begins(text: &str, word: &str) -> bool {
    let bare: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '"')
        .take(word.len())
        .collect();
    bare.eq_ignore_ascii_case(word)
}

fn change(
    wish: &Wish,
    action: Action,
    there: Option<&Rrset>,
    taken: Vec<Exact>,
    put: Vec<Exact>,
    stay: Vec<Exact>,
) -> Change {
    let record = &wish.record;
    let record_type = record.content.record_type();
    Change {
        id: wish.id.clone(),
        purpose: wish.purpose.clone(),
        owner: record.owner.clone(),
        record_type,
        action,
        ttl: there.map_or(record.ttl.0, |rrset| rrset.ttl),
        taken,
        put,
        stay,
        prerequisites: as_seen(&record.owner, record_type, there),
    }
}

/// That the zone is still as it was seen.
pub(super) fn as_seen(
    owner: &DomainName,
    record_type: RecordType,
    there: Option<&Rrset>,
) -> Vec<Prerequisite> {
    match there {
        Some(rrset) => vec![Prerequisite::Exactly(rrset.clone())],
        None => [record_type, RecordType::Cname]
            .into_iter()
            .map(|record_type| Prerequisite::NoRrset {
                owner: owner.clone(),
                record_type,
            })
            .collect(),
    }
}

fn refuse(wish: &Wish, there: Vec<Exact>, reason: String, remedy: String) -> Step {
    Step::Refused(Refused {
        id: wish.id.clone(),
        purpose: wish.purpose.clone(),
        owner: wish.record.owner.clone(),
        record_type: wish.record.content.record_type(),
        there,
        reason,
        remedy,
    })
}
