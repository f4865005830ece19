//! A look at one message: which questions it asks, and what the answers mean together (RFC 9989, section 5).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;

use crate::evidence::message::author::Author;
use crate::evidence::message::raw::Field;
use crate::evidence::message::raw::Raw;
use crate::evidence::message::raw::Refusal;
use crate::evidence::message::received;
use crate::evidence::message::received::Handover;
use crate::evidence::message::signature;
use crate::evidence::message::signature::Broken;
use crate::evidence::message::signature::Claim;
use crate::evidence::message::signature::Signature;
use crate::evidence::message::tell;
use crate::evidence::message::verify;
use crate::evidence::message::verify::Bodies;
use crate::evidence::message::verify::Outcome;
use crate::records::dmarc::Alignment;
use crate::records::dmarc::Policy;
use crate::records::dmarc::discovery;
use crate::records::dmarc::discovery::Existence;
use crate::records::dmarc::discovery::Walk;
use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Ask;
use crate::records::sighting::Outcome as Answered;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::sighting::Whom;
use crate::records::spf::check_host::Checked;
use crate::records::spf::check_host::Message;
use crate::records::spf::check_host::Progress;
use crate::records::spf::check_host::SpfResult;
use crate::records::spf::check_host::check_host;
use crate::records::spf::known::Known;

/// Signatures that are verified, and listed.
pub const VERIFIED: usize = 20;
const LISTED: usize = 200;

/// Questions of one look.
const QUESTIONS: usize = 400;

/// A look in progress.
#[derive(Clone, Debug)]
pub struct Look {
    raw: Raw,
    pub author: Author,
    signed: Vec<Signed>,
    handover: Result<Handover, &'static str>,
    now: Timestamp,
    known: Known,
    asked: BTreeSet<Question>,
    checked: Option<Checked>,
}

/// One signature field.
#[derive(Clone, Debug)]
struct Signed {
    field: Field,
    claim: Claim,
    read: Result<Signature, Broken>,
    /// Among those that are verified.
    is_taken: bool,
}

/// What is known of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Looked(Outcome),
    Broken(Broken),
    /// Beyond the number that is verified.
    Left,
}

/// A signature in the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureRow {
    pub domain: Option<DomainName>,
    pub selector: Option<String>,
    pub standing: Standing,
    /// None where it could not be told.
    pub aligned: Option<bool>,
    /// Why it is no pass, or no plain one.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpfRow {
    pub domain: String,
    pub ip: Option<IpAddr>,
    /// None where it was not checked.
    pub result: Option<SpfResult>,
    pub aligned: Option<bool>,
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DmarcResult {
    Pass,
    Fail,
    None,
    TempError,
    PermError,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub author: Author,
    pub signatures: Vec<SignatureRow>,
    pub spf: SpfRow,
    pub dmarc: DmarcResult,
    /// In force at the author's domain; None where no DMARC applies, or where that is not known.
    pub policy: Option<Policy>,
    /// What receivers that obey it do with the message.
    pub would_be: Policy,
    pub findings: Vec<Finding>,
}

impl Standing {
    /// The word of RFC 8601, section 2.7.1.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Looked(Outcome::Pass(_)) => "pass",
            Self::Looked(Outcome::Fail(_)) => "fail",
            Self::Looked(Outcome::Trouble(_)) => "temperror",
            Self::Looked(Outcome::Unusable(_)) | Self::Broken(_) => "permerror",
            Self::Left => "neutral",
        }
    }
}

impl DmarcResult {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::None => "none",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

impl Look {
    /// Takes the source of a message apart.
    pub fn new(source: &[u8], now: Timestamp) -> Result<Self, Refusal> {
        let raw = Raw::read(source)?;
        let author = Author::of(&raw);
        let mut signed: Vec<Signed> = raw
            .named("dkim-signature")
            .take(LISTED)
            .map(|field| {
                let (claim, read) = signature::read(field);
                Signed {
                    field: field.clone(),
                    claim,
                    read,
                    is_taken: false,
                }
            })
            .collect();
        // Those of the author's organization first: they are the ones that count.
        let top = author.domain().and_then(DomainName::registrable);
        let mut order: Vec<usize> = (0..signed.len()).collect();
        order.sort_by_key(|at| {
            let of = |signed: &Signed| {
                signed
                    .claim
                    .domain
                    .as_ref()
                    .and_then(DomainName::registrable)
            };
            top.is_none() || signed.get(*at).and_then(of) != top
        });
        for at in order.into_iter().take(VERIFIED) {
            if let Some(signed) = signed.get_mut(at) {
                signed.is_taken = true;
            }
        }
        Ok(Self {
            handover: received::handover(&raw),
            raw,
            author,
            signed,
            now,
            known: Known::new(),
            asked: BTreeSet::new(),
            checked: None,
        })
    }

    /// The questions that need no answer first.
    pub fn first(&mut self) -> Vec<Ask> {
        self.next()
    }

    /// Takes one answer; gives the questions that it makes possible. A question is never handed out twice.
    pub fn take(&mut self, sighting: Sighting) -> Vec<Ask> {
        // A "no" that nobody stands for may come from a filter: it proves nothing. Behind an alias it is an answer of the domain itself.
        let answer = if sighting.answer.is_weak_no() && sighting.answer.chain.is_empty() {
            Answer::direct(Answered::Trouble(Trouble::Malformed))
        } else {
            sighting.answer
        };
        self.known.insert(sighting.question, answer);
        self.next()
    }

    /// Ends the look: what is not answered by now counts as not answered in time.
    pub fn close(&mut self) {
        self.known.close();
        self.check();
    }

    fn next(&mut self) -> Vec<Ask> {
        let mut wanted: Vec<Question> = self
            .taken()
            .filter_map(|(_, signature)| key_question(signature))
            .collect();
        for domain in self.walked() {
            wanted.extend(self.walk(&domain).wanted);
        }
        wanted.extend(self.existence_question());
        wanted.extend(self.check());
        let mut asks = Vec::new();
        for question in wanted {
            if self.asked.len() < QUESTIONS && self.asked.insert(question.clone()) {
                asks.push(Ask {
                    question,
                    whom: Whom::AnyResolver,
                });
            }
        }
        asks
    }

    fn taken(&self) -> impl Iterator<Item = (&Signed, &Signature)> {
        self.signed
            .iter()
            .filter(|signed| signed.is_taken)
            .filter_map(|signed| Some((signed, signed.read.as_ref().ok()?)))
    }

    /// The domains whose place in an organization has to be known: the author's, and those that may be of the same one.
    fn walked(&self) -> BTreeSet<DomainName> {
        let Some(author) = self.author.domain() else {
            return BTreeSet::new();
        };
        let may_be = |domain: &DomainName| {
            let pairs = author.labels().rev().zip(domain.labels().rev());
            pairs.take_while(|(one, other)| one == other).count() >= 2
        };
        let spf = self
            .message()
            .and_then(|message| message.domain.parse().ok());
        self.taken()
            .map(|(_, signature)| signature.domain.clone())
            .chain(spf)
            .filter(may_be)
            .chain([author.clone()])
            .collect()
    }

    fn walk(&self, domain: &DomainName) -> Walk {
        discovery::walk(domain, &|owner| {
            let question = Question::new(owner.clone(), RecordType::Txt);
            self.known.answer(&question).cloned()
        })
    }

    /// Whether the author's domain exists matters where the record of another name applies to it.
    fn existence_question(&self) -> Option<Question> {
        let author = self.author.domain()?;
        let found_at = self.walk(author).found_at?;
        (found_at != *author).then(|| Question::new(author.clone(), RecordType::Mx))
    }

    fn message(&self) -> Option<Message> {
        let handover = self.handover.as_ref().ok()?;
        Some(Message::new(
            handover.ip,
            &handover.mail_from,
            &handover.helo,
            "",
        ))
    }

    /// Runs SPF with what is known now; gives the questions that it needs.
    fn check(&mut self) -> Vec<Question> {
        let (Some(message), None) = (self.message(), &self.checked) else {
            return Vec::new();
        };
        match check_host(&message.domain, &message, self.now, &self.known) {
            Progress::Open(questions) => questions,
            Progress::Done(checked) => {
                self.checked = Some(checked);
                Vec::new()
            }
        }
    }

    /// The organization of a domain: by the tree walk where it finds records, else by the public suffix list; None where it is not known.
    fn organization(
        &self,
        walks: &BTreeMap<DomainName, Walk>,
        domain: &DomainName,
    ) -> Option<DomainName> {
        let listed = || domain.registrable().unwrap_or_else(|| domain.clone());
        let Some(walk) = walks.get(domain) else {
            return Some(listed());
        };
        if !walk.troubled.is_empty() || !walk.wanted.is_empty() {
            return None;
        }
        Some(match walk.found_at {
            Some(_) => walk.organizational_domain.clone(),
            None => listed(),
        })
    }

    /// What is known so far.
    pub fn report(&self) -> Report {
        let walks: BTreeMap<DomainName, Walk> = self
            .walked()
            .into_iter()
            .map(|domain| {
                let walk = self.walk(&domain);
                (domain, walk)
            })
            .collect();
        let author = self.author.domain();
        let walk = author.and_then(|author| walks.get(author));
        let record = walk.and_then(|walk| walk.record.as_ref());
        let aligned = |domain: &DomainName, mode: Option<Alignment>| match author {
            None => Some(false),
            Some(author) if author == domain => Some(true),
            Some(_) if mode == Some(Alignment::Strict) => Some(false),
            Some(author) => {
                Some(self.organization(&walks, author)? == self.organization(&walks, domain)?)
            }
        };
        let dkim_mode = record.and_then(|record| record.dmarc.dkim_alignment);
        let spf_mode = record.and_then(|record| record.dmarc.spf_alignment);
        let mut bodies = Bodies::default();
        let mut signatures: Vec<SignatureRow> = self
            .signed
            .iter()
            .map(|signed| SignatureRow {
                domain: signed.claim.domain.clone(),
                selector: signed.claim.selector.as_ref().map(ToString::to_string),
                standing: self.standing(signed, &mut bodies),
                aligned: match &signed.claim.domain {
                    Some(domain) => aligned(domain, dkim_mode),
                    None => Some(false),
                },
                reason: None,
            })
            .collect();
        for row in &mut signatures {
            row.reason = tell::reason(row);
        }
        let spf = self.spf(|domain| aligned(domain, spf_mode));
        let policy = self.policy(walk);
        let dmarc = match (&self.author, walk) {
            (Author::One(_), Some(walk))
                if policy.is_none() && walk.troubled.is_empty() && walk.wanted.is_empty() =>
            {
                DmarcResult::None
            }
            (Author::One(_), Some(_)) if policy.is_none() => DmarcResult::TempError,
            (Author::One(_), Some(_)) => result(&signatures, &spf),
            _ => DmarcResult::PermError,
        };
        let mut report = Report {
            author: self.author.clone(),
            signatures,
            spf,
            dmarc,
            policy,
            would_be: match (dmarc, policy) {
                (DmarcResult::Fail, Some(policy)) => policy,
                _ => Policy::None,
            },
            findings: Vec::new(),
        };
        report.findings = tell::findings(&report, &self.raw.repaired);
        report
    }

    fn standing(&self, signed: &Signed, bodies: &mut Bodies) -> Standing {
        let signature = match &signed.read {
            Err(broken) => return Standing::Broken(broken.clone()),
            Ok(_) if !signed.is_taken => return Standing::Left,
            Ok(signature) => signature,
        };
        let Some(question) = key_question(signature) else {
            return Standing::Broken(Broken::Syntax("the name of its key is too long".to_owned()));
        };
        let late = Answer::direct(Answered::Trouble(Trouble::Timeout));
        let answer = self.known.answer(&question).unwrap_or(&late);
        Standing::Looked(verify::verify(
            &self.raw,
            &signed.field,
            signature,
            &question.owner,
            answer,
            self.now,
            bodies,
        ))
    }

    fn spf(&self, aligned: impl Fn(&DomainName) -> Option<bool>) -> SpfRow {
        let (handover, message) = match (&self.handover, self.message()) {
            (Ok(handover), Some(message)) => (handover, message),
            (other, _) => {
                return SpfRow {
                    domain: "(unknown)".to_owned(),
                    ip: None,
                    result: None,
                    aligned: Some(false),
                    reason: other.as_ref().err().map(ToString::to_string),
                };
            }
        };
        let domain: Option<DomainName> = message.domain.parse().ok();
        SpfRow {
            domain: domain
                .as_ref()
                .map_or_else(|| "(unreadable)".to_owned(), DomainName::to_string),
            ip: Some(handover.ip),
            result: Some(
                self.checked
                    .as_ref()
                    .map_or(SpfResult::TempError, |checked| checked.result),
            ),
            aligned: domain.map_or(Some(false), |domain| aligned(&domain)),
            reason: self
                .checked
                .as_ref()
                .and_then(|checked| checked.problem.clone()),
        }
    }

    fn policy(&self, walk: Option<&Walk>) -> Option<Policy> {
        let walk = walk.filter(|walk| walk.troubled.is_empty() && walk.wanted.is_empty())?;
        let answer = self
            .existence_question()
            .and_then(|question| self.known.answer(&question));
        let existence = match answer.map(|answer| &answer.outcome) {
            Some(Answered::NoName { .. }) => Existence::DoesNotExist,
            _ => Existence::Exists,
        };
        walk.policies(existence).map(|policies| policies[0])
    }
}

fn key_question(signature: &Signature) -> Option<Question> {
    let owner = signature.selector.owner(&signature.domain).ok()?;
    Some(Question::new(owner, RecordType::Txt))
}

/// One aligned pass is enough; what could not be told leaves it open.
fn result(signatures: &[SignatureRow], spf: &SpfRow) -> DmarcResult {
    let dkim = signatures
        .iter()
        .map(|row| (row.standing.as_str(), row.aligned));
    let spf = spf.result.map(|result| (result.as_str(), spf.aligned));
    let mut is_open = false;
    for (result, aligned) in dkim.chain(spf) {
        match (result, aligned) {
            ("pass", Some(true)) => return DmarcResult::Pass,
            ("pass", None) | ("temperror", None | Some(true)) => is_open = true,
            _ => {}
        }
    }
    if is_open {
        DmarcResult::TempError
    } else {
        DmarcResult::Fail
    }
}
