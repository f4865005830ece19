//! Every record that the setup wants published, each parsed again and judged clean before it is handed out.

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::steps;
use crate::records::dkim;
use crate::records::dkim::DkimKey;
use crate::records::dmarc;
use crate::records::dmarc::Dmarc;
use crate::records::finding::Severity;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::spf;

/// A record to publish, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub step: StepId,
    /// The sender that it is for, where it is for one.
    pub sender: Option<String>,
    /// In plain words.
    pub purpose: String,
    pub record: Record,
    /// `owner TYPE`
    pub key: String,
    /// What it replaces; escaped.
    pub replaces: Option<String>,
}

/// Every record that the setup wants published, in order of the ladder.
pub fn wanted(facts: &Facts) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    wanted.extend(steps::mailbox::authorization(facts));
    wanted.extend(steps::dkim::wanted(facts));
    wanted.extend(steps::dkim::rotation::records::wanted(facts));
    wanted.extend(steps::spf::wanted(facts));
    wanted.extend(steps::monitor::wanted(facts));
    wanted
}

/// [`wanted`] without the records of keys whose private half is gone.
pub fn wanted_shown(facts: &Facts, live: &Live) -> Vec<Wanted> {
    let mut wanted = wanted(facts);
    wanted.retain(|wanted| !steps::dkim::is_lost(facts, live, wanted));
    wanted
}

/// Characters of a text that tell it from the others at its name.
const TELLING: usize = 40;

/// `owner TYPE`, the name of a record in `Facts::seen` and `Live::judged`. Several mail servers, and any number of texts beside the SPF
/// record, may stand at one name: there the server, or the beginning of the text, follows.
pub fn key(record: &Record) -> String {
    let kind = record.content.record_type();
    match &record.content {
        Content::Text(text) => {
            let begin: String = text.chars().take(TELLING).collect();
            format!("{} {kind} {begin}", record.owner)
        }
        Content::Mx { exchange, .. } => format!("{} {kind} {exchange}", record.owner),
        _ => format!("{} {kind}", record.owner),
    }
}

/// What is said while the name servers of the domain say different things.
pub const DISAGREE: &str = "The name servers of your domain do not all say the same now, so it is not known what is really there. Wait until your name \
                            servers agree, then press r to look again.";

/// True where this very record was handed out before and looked for. It was made when servers agreed, so it still counts while it is on
/// its way to all of them.
pub fn was_looked_for(facts: &Facts, record: &Record) -> bool {
    facts
        .seen
        .get(&key(record))
        .is_some_and(|seen| seen.value == record.content.to_string())
}

/// Gives the record back where its text, read again, is the same record and nothing is wrong with it. Else: what is wrong.
pub fn clean(record: Record) -> Result<Record, String> {
    let text = record.content.to_string();
    let findings = match &record.content {
        Content::Spf(spf) => {
            again(&text, spf)?;
            spf::judge::judge(&record.owner, spf)
        }
        Content::Dkim(key) => {
            again::<DkimKey>(&text, key)?;
            dkim::judge::judge(&record.owner, key)
        }
        Content::Dmarc(dmarc) => {
            again::<Dmarc>(&text, dmarc)?;
            dmarc::judge::judge(&record.owner, dmarc)
        }
        Content::Cname(target) => {
            if target.is_root() || target == &record.owner || target.as_str().contains('\\') {
                return Err("the target of the alias is not a name".to_owned());
            }
            Vec::new()
        }
        Content::Text(text) => {
            if text.is_empty() || !text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
                return Err("the text holds characters that a panel would spoil".to_owned());
            }
            Vec::new()
        }
        Content::ReportAuthorization | Content::Mx { .. } => Vec::new(),
    };
    match findings
        .into_iter()
        .find(|finding| finding.severity == Severity::Error)
    {
        Some(finding) => Err(finding.message),
        None => Ok(record),
    }
}

fn again<T>(text: &str, made: &T) -> Result<(), String>
where
    T: std::str::FromStr + PartialEq,
    T::Err: std::fmt::Display,
{
    match text.parse::<T>() {
        Ok(read) if &read == made => Ok(()),
        Ok(_) => Err("the record reads differently from what was meant".to_owned()),
        Err(error) => Err(format!("the record cannot be read: {error}")),
    }
}
