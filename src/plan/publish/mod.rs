//! Publishing by DNS UPDATE: which changes lead from what a primary server has to what the setup wants, and which must not be made. Pure.
//!
//! `kept` what was changed, so that it can be taken back · `undo` the way back.
//!
//! What is not ours is never taken away: only a text that the setup said it replaces goes, byte for byte, and every change
//! rests on the zone being as it was seen. That also guards what a server would pass over in silence: an alias (CNAME) beside other
//! records (RFC 2136, section 3.4.2.2).

pub mod kept;
pub mod undo;

use crate::plan::facts::Facts;
use crate::plan::steps::monitor;
use crate::plan::steps::spf;
use crate::plan::wanted::Wanted;
use crate::records::dkim::DkimKey;
use crate::records::dmarc::Dmarc;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::sighting::RecordType;
use crate::records::spf::Spf;
use crate::records::untrusted::Untrusted;
use crate::records::update::Exact;
use crate::records::update::Operation;
use crate::records::update::Prerequisite;
use crate::records::update::Rrset;
use crate::records::update::Update;

/// Bytes of a text that are shown in a reason.
const SHOWN: usize = 120;

/// One record that is wanted in a zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The word by which the command line names it.
    pub id: String,
    /// In plain words.
    pub purpose: String,
    pub record: Record,
    /// The texts that the setup saw and said it replaces; escaped.
    pub replaced: Vec<String>,
}

/// What the primary server has at one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    pub rrsets: Vec<Rrset>,
    /// What it says of names that nobody uses (`*`) around this one; such records stand at no name of their own.
    pub wildcard: Vec<Rrset>,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is there.
    Keep,
    Add,
    Replace,
    /// Only in undo: what was put in goes.
    Remove,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Remove => "remove",
        }
    }
}

/// One change of one RRset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub id: String,
    pub purpose: String,
    pub owner: DomainName,
    pub record_type: RecordType,
    pub action: Action,
    /// Seconds. Of the RRset where there is one, since its records share it (RFC 2181, section 5.2).
    pub ttl: u32,
    pub taken: Vec<Exact>,
    pub put: Vec<Exact>,
    /// The other records of the RRset, which stay.
    pub stay: Vec<Exact>,
    pub prerequisites: Vec<Prerequisite>,
}

/// A change that must not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub id: String,
    pub purpose: String,
    pub owner: DomainName,
    pub record_type: RecordType,
    /// What stands there.
    pub there: Vec<Exact>,
    pub reason: String,
    pub remedy: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Change(Change),
    Refused(Refused),
}

/// The word by which the command line names a record: `spf`, `dmarc`, `dkim-SELECTOR`, `reports`, `mx`, else its owner name.
pub fn id(record: &Record) -> String {
    let labels: Vec<&str> = record.owner.labels().collect();
    let key_at = labels.iter().position(|label| *label == "_domainkey");
    match (&record.content, key_at) {
        (Content::Spf(_), _) => "spf".to_owned(),
        (Content::Dmarc(_), _) => "dmarc".to_owned(),
        (Content::ReportAuthorization, _) => "reports".to_owned(),
        (Content::Mx { .. }, _) => "mx".to_owned(),
        (_, Some(at)) if at > 0 => format!("dkim-{}", labels[..at].join(".")),
        _ => record.owner.to_string(),
    }
}

/// The texts that a wanted record replaces, each as the look found it; escaped.
pub fn replaced(facts: &Facts, wanted: &Wanted) -> Vec<String> {
    let Some(old) = &wanted.replaces else {
        return Vec::new();
    };
    match &wanted.record.content {
        Content::Spf(_) => owned(spf::present::texts(facts)),
        Content::Dmarc(_) => owned(monitor::present::own_text(facts)),
        _ => vec![old.clone()],
    }
}

fn owned<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

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
    match there {
        None => Step::Change(change(
            wish,
            Action::Add,
            None,
            Vec::new(),
            vec![wanted],
            Vec::new(),
        )),
        Some(rrset) if rrset.data == [wanted.clone()] => Step::Change(change(
            wish,
            Action::Keep,
            there,
            Vec::new(),
            Vec::new(),
            vec![wanted],
        )),
        Some(rrset) => refuse(
            wish,
            rrset.data.clone(),
            format!(
                "Other mail servers (MX) stand at {}, and they are not ours to take away.",
                wish.record.owner
            ),
            "Change them in the zone yourself, if they are no longer used.".to_owned(),
        ),
    }
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
fn as_seen(
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

impl Change {
    pub fn is_needed(&self) -> bool {
        self.action != Action::Keep
    }
}

/// The changes as one message; None where all is as it should be.
pub fn update(zone: &DomainName, changes: &[&Change]) -> Option<Update> {
    let needed: Vec<&&Change> = changes.iter().filter(|change| change.is_needed()).collect();
    let mut prerequisites: Vec<Prerequisite> = Vec::new();
    let mut operations: Vec<Operation> = Vec::new();
    for change in &needed {
        for prerequisite in &change.prerequisites {
            // Records that are named twice would not be the RRset that is there.
            if !prerequisites.contains(prerequisite) {
                prerequisites.push(prerequisite.clone());
            }
        }
        operations.extend(change.taken.iter().map(|data| Operation::Delete {
            owner: change.owner.clone(),
            data: data.clone(),
        }));
    }
    for change in &needed {
        operations.extend(change.put.iter().map(|data| Operation::Add {
            owner: change.owner.clone(),
            ttl: change.ttl,
            data: data.clone(),
        }));
    }
    (!operations.is_empty()).then(|| Update {
        zone: zone.clone(),
        prerequisites,
        operations,
    })
}

/// Whether a server that holds these records has the change: all that was put in, and nothing that was taken away. TXT texts count as
/// one string each.
pub fn has(change: &Change, there: &[Untrusted]) -> bool {
    let stands = |data: &Exact| {
        let text = data.joined().unwrap_or_else(|| match data {
            Exact::Cname(target) => Untrusted::from(target.as_str()),
            other => Untrusted::from(other.shown().as_str()),
        });
        there.contains(&text)
    };
    change.put.iter().all(stands)
        && !change
            .taken
            .iter()
            .any(|data| stands(data) && !change.put.contains(data))
}
