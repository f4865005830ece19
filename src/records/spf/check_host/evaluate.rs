//! The terms of a record in their order, with what receivers count on the way (RFC 7208, sections 4.6, 5 and 6).
//!
//! Where an answer is not known yet, the evaluation goes on as though the term did not match and gathers the questions that it meets. The
//! result of such a run is thrown away, so the limits are only ever judged on answers.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;
use crate::records::spf::Directive;
use crate::records::spf::DomainSpec;
use crate::records::spf::Mechanism;
use crate::records::spf::Modifier;
use crate::records::spf::Qualifier;
use crate::records::spf::Spf;
use crate::records::spf::check_host::Checked;
use crate::records::spf::check_host::Message;
use crate::records::spf::check_host::Progress;
use crate::records::spf::check_host::SpfResult;
use crate::records::spf::check_host::expand;
use crate::records::spf::check_host::expand::dotted;
use crate::records::spf::judge::Selected;
use crate::records::spf::judge::is_record;
use crate::records::spf::known::Known;
use crate::records::spf::macros::name_of;
use crate::records::spf::tree::LOOKUPS;
use crate::records::spf::tree::VOID_LOOKUPS;
use crate::records::untrusted::Untrusted;

/// Characters of a record that are shown on the path.
const SHOWN: usize = 200;

/// Lines of a path.
const LINES: usize = 300;

/// The check under way.
pub(super) struct Evaluation<'a> {
    pub message: &'a Message,
    now: Timestamp,
    known: &'a Known,
    pub lookups: u32,
    pub void: u32,
    /// True once a `%{p}` was counted.
    counted_names: bool,
    open: Vec<Question>,
    /// The domains whose records are being read, the outermost first.
    inside: Vec<DomainName>,
    path: Vec<String>,
    /// The first and the last of the address terms that did not match and are not on the path yet.
    passed_over: Option<(&'a Directive, &'a Directive)>,
}

/// What a term does.
pub(super) enum Match {
    Yes,
    No,
    Open,
}

/// What ends the whole check at once.
pub(super) struct Stop {
    pub result: SpfResult,
    pub problem: String,
}

/// How the record of one domain ended.
pub(super) struct Ended {
    pub result: SpfResult,
    matched: Option<String>,
    /// Where the explanation is, and the domain whose record says so.
    explained_at: Option<(DomainSpec, DomainName)>,
}

impl<'a> Evaluation<'a> {
    pub fn new(message: &'a Message, now: Timestamp, known: &'a Known) -> Self {
        Self {
            message,
            now,
            known,
            lookups: 0,
            void: 0,
            counted_names: false,
            open: Vec::new(),
            inside: Vec::new(),
            path: Vec::new(),
            passed_over: None,
        }
    }

    pub fn run(mut self, domain: &str) -> Progress {
        let ended = match initial(domain) {
            Some(domain) => self.host(domain),
            None => {
                self.line(format!(
                    "{} is not a whole domain name: none",
                    Untrusted::from(domain).shown_up_to(SHOWN)
                ));
                Ok(Some(Ended::without(SpfResult::None)))
            }
        };
        if !self.open.is_empty() {
            return Progress::Open(self.open);
        }
        let (ended, problem) = match ended {
            Ok(Some(ended)) => (ended, None),
            // Nothing is open, so the run came to an end.
            Ok(None) => (Ended::without(SpfResult::TempError), None),
            Err(stop) => {
                self.flush();
                self.inside.clear();
                self.line(format!("{}: {}", stop.result, stop.problem));
                (Ended::without(stop.result), Some(stop.problem))
            }
        };
        let explanation = ended
            .explained_at
            .as_ref()
            .filter(|_| ended.result == SpfResult::Fail)
            .and_then(|(spec, domain)| self.explanation(spec, domain));
        if !self.open.is_empty() {
            return Progress::Open(self.open);
        }
        Progress::Done(Checked {
            result: ended.result,
            matched: ended.matched,
            path: self.path,
            lookups: self.lookups,
            void_lookups: self.void,
            problem,
            explanation,
        })
    }

    /// Evaluates the record of `domain`. None: an answer is not known yet.
    fn host(&mut self, domain: DomainName) -> Result<Option<Ended>, Stop> {
        let Some(answer) = self.ask(&domain, RecordType::Txt) else {
            return Ok(None);
        };
        if let Some(trouble) = answer.trouble() {
            return Err(trouble_with(&domain, trouble));
        }
        match self.known.record(&domain) {
            Some(Selected::One(spf)) => {
                let text = answer.texts().find(|text| is_record(text));
                let shown = text.map(|text| text.shown_up_to(SHOWN).to_string());
                self.line(format!("{domain}: {}", shown.unwrap_or_default()));
                self.inside.push(domain.clone());
                let ended = self.record(spf, &domain);
                self.flush();
                self.inside.pop();
                ended
            }
            Some(Selected::Broken { text, findings }) if is_record(text) => {
                let why = findings.last().map(|finding| finding.message.clone());
                Err(Stop::error(format!(
                    "the record of {domain} cannot be read. {}",
                    why.unwrap_or_default()
                )))
            }
            Some(Selected::Several(texts)) => Err(Stop::error(format!(
                "{domain} has {} SPF records, and mail servers then use none of them",
                texts.len()
            ))),
            Some(Selected::Absent | Selected::Broken { .. }) | None => {
                self.line(format!("{domain}: no SPF record"));
                Ok(Some(Ended::without(SpfResult::None)))
            }
        }
    }

    fn record(&mut self, spf: &'a Spf, domain: &DomainName) -> Result<Option<Ended>, Stop> {
        let explained_at = spf.modifiers().find_map(|modifier| match modifier {
            Modifier::Explanation(spec) => Some((spec.clone(), domain.clone())),
            _ => None,
        });
        let mut is_open = false;
        for directive in spf.directives() {
            match self.directive(directive, domain)? {
                Match::No => {}
                Match::Open => is_open = true,
                // Behind a match nothing is asked, whatever the open terms turn out to be.
                Match::Yes if is_open => return Ok(None),
                Match::Yes => {
                    let result = result_of(directive.qualifier);
                    self.line(format!("{directive}: match, so {result}"));
                    return Ok(Some(Ended {
                        result,
                        matched: Some(directive.to_string()),
                        explained_at,
                    }));
                }
            }
        }
        if let Some(spec) = spf.redirect() {
            let ended = self.redirect(spec, domain)?;
            return Ok(ended.filter(|_| !is_open));
        }
        if is_open {
            return Ok(None);
        }
        self.line("nothing matched and no all stands at the end, so neutral".to_owned());
        Ok(Some(Ended::without(SpfResult::Neutral)))
    }

    fn redirect(&mut self, spec: &DomainSpec, domain: &DomainName) -> Result<Option<Ended>, Stop> {
        let term = Modifier::Redirect(spec.clone()).to_string();
        self.count(&term)?;
        let Some(target) = self.target(Some(spec), domain)? else {
            return Ok(None);
        };
        self.line(format!("{term}: look-up {}", self.lookups));
        let ended = match target {
            Some(target) => self.below(&term, target)?,
            None => Some(Ended::without(SpfResult::None)),
        };
        match ended {
            Some(ended) if ended.result == SpfResult::None => Err(Stop::error(format!(
                "{term} leads to a domain without an SPF record"
            ))),
            ended => Ok(ended),
        }
    }

    /// The record that an `include` or a `redirect` leads to.
    pub(super) fn below(&mut self, term: &str, target: DomainName) -> Result<Option<Ended>, Stop> {
        if self.inside.contains(&target) {
            return Err(Stop::error(format!(
                "{term} leads in a circle: {target} is looked up while its own record is being read"
            )));
        }
        self.host(target)
    }

    fn directive(&mut self, directive: &'a Directive, domain: &DomainName) -> Result<Match, Stop> {
        let network = match &directive.mechanism {
            Mechanism::All => return Ok(Match::Yes),
            Mechanism::Ip4 { address, length } => Some((IpAddr::V4(*address), *length)),
            Mechanism::Ip6 { address, length } => Some((IpAddr::V6(*address), *length)),
            _ => None,
        };
        if let Some((network, length)) = network {
            if holds(network, length, self.message.ip) {
                return Ok(Match::Yes);
            }
            let first = self.passed_over.map_or(directive, |(first, _)| first);
            self.passed_over = Some((first, directive));
            return Ok(Match::No);
        }
        let term = directive.to_string();
        match &directive.mechanism {
            Mechanism::All | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. } => Ok(Match::No),
            Mechanism::Include(spec) => self.include(&term, spec, domain),
            Mechanism::A {
                domain: spec,
                prefix,
            } => self.address(&term, spec.as_ref(), *prefix, domain),
            Mechanism::Mx {
                domain: spec,
                prefix,
            } => self.exchange(&term, spec.as_ref(), *prefix, domain),
            Mechanism::Ptr(spec) => self.pointer(&term, spec.as_ref(), domain),
            Mechanism::Exists(spec) => self.exists(&term, spec, domain),
        }
    }

    /// The answer to a question; where it is not known the question is put on the list.
    pub(super) fn ask(&mut self, name: &DomainName, record_type: RecordType) -> Option<&'a Answer> {
        let question = Question::new(name.clone(), record_type);
        let answer = self.known.answer(&question);
        if answer.is_none() && !self.open.contains(&question) {
            self.open.push(question);
        }
        answer
    }

    pub(super) fn address_type(&self) -> RecordType {
        if self.message.ip.is_ipv4() {
            RecordType::A
        } else {
            RecordType::Aaaa
        }
    }

    /// The name that a term means. Outer None: not known yet; inner None: no name that the DNS can hold.
    pub(super) fn target(
        &mut self,
        spec: Option<&DomainSpec>,
        domain: &DomainName,
    ) -> Result<Option<Option<DomainName>>, Stop> {
        let Some(spec) = spec else {
            return Ok(Some(Some(domain.clone())));
        };
        let mut asks_for_names = false;
        let target = expand::target(&spec.0, &mut |letter| {
            asks_for_names |= letter == 'p';
            self.value(letter, domain)
        });
        // The PTR question of %{p} counts as well (RFC 7208, section 4.6.4); it is put once.
        if asks_for_names && !self.counted_names {
            self.counted_names = true;
            self.count("%{p}")?;
        }
        Ok(target)
    }

    /// What a macro letter stands for in the record of `domain` (RFC 7208, section 7.2). None: not known yet.
    fn value(&mut self, letter: char, domain: &DomainName) -> Option<String> {
        let message = self.message;
        Some(match letter {
            's' => format!("{}@{}", message.local, message.domain),
            'l' => message.local.clone(),
            'o' => message.domain.clone(),
            'd' => domain.to_string(),
            'i' => dotted(message.ip),
            'p' => return self.validated_name(domain),
            'v' if message.ip.is_ipv4() => "in-addr".to_owned(),
            'v' => "ip6".to_owned(),
            'h' => message.helo.clone(),
            'c' => message.ip.to_string(),
            'r' => message.receiver.clone(),
            't' => self.now.as_second().to_string(),
            _ => String::new(),
        })
    }

    /// The text of `exp=`; None where there is none that can be used (RFC 7208, section 6.2).
    fn explanation(&mut self, spec: &DomainSpec, domain: &DomainName) -> Option<String> {
        let name = expand::target(&spec.0, &mut |letter| self.value(letter, domain))??;
        let texts: Vec<&Untrusted> = self.ask(&name, RecordType::Txt)?.texts().collect();
        let [text] = texts.as_slice() else {
            return None;
        };
        let text = text.as_ascii()?;
        expand::explanation(text, &mut |letter| self.value(letter, domain))?
    }

    /// Counts a look-up.
    pub(super) fn count(&mut self, term: &str) -> Result<(), Stop> {
        if self.lookups == LOOKUPS {
            return Err(Stop::error(format!(
                "{term} would be look-up {}, and mail servers stop after {LOOKUPS}",
                LOOKUPS + 1
            )));
        }
        self.lookups += 1;
        Ok(())
    }

    /// Counts a void look-up where `answer` is one.
    pub(super) fn count_void(&mut self, term: &str, answer: &Answer) -> Result<(), Stop> {
        if answer.trouble().is_some() || !answer.data().is_empty() {
            return Ok(());
        }
        self.void += 1;
        if self.void > VOID_LOOKUPS {
            return Err(Stop::error(format!(
                "{term} is void look-up {}: it finds nothing, and mail servers take {VOID_LOOKUPS} of these",
                self.void
            )));
        }
        Ok(())
    }

    pub(super) fn line(&mut self, text: String) {
        self.flush();
        self.push(text);
    }

    /// Puts the address terms that did not match on the path, several of them on one line.
    fn flush(&mut self) {
        let ip = self.message.ip;
        match self.passed_over.take() {
            Some((first, last)) if std::ptr::eq(first, last) => {
                self.push(format!("{first}: does not hold {ip}"));
            }
            Some((first, last)) => {
                self.push(format!("{first} to {last}: none of these holds {ip}"));
            }
            None => {}
        }
    }

    fn push(&mut self, text: String) {
        if self.path.len() < LINES {
            self.path
                .push(format!("{}{text}", "  ".repeat(self.inside.len())));
        }
    }
}

impl Stop {
    pub fn error(problem: String) -> Self {
        Self {
            result: SpfResult::PermError,
            problem,
        }
    }
}

impl Ended {
    pub fn without(result: SpfResult) -> Self {
        Self {
            result,
            matched: None,
            explained_at: None,
        }
    }
}

/// The domain that a check may begin with: well-formed, and of more than one label (RFC 7208, section 4.3).
fn initial(domain: &str) -> Option<DomainName> {
    let bare = domain.strip_suffix('.').unwrap_or(domain);
    // `[192.0.2.1]` and `192.0.2.1` are addresses.
    let is_literal = bare.starts_with('[') || bare.parse::<IpAddr>().is_ok();
    if is_literal || bare.len() > 253 {
        return None;
    }
    name_of(bare).filter(|name| name.labels().count() > 1)
}

fn result_of(qualifier: Qualifier) -> SpfResult {
    match qualifier {
        Qualifier::Pass => SpfResult::Pass,
        Qualifier::Neutral => SpfResult::Neutral,
        Qualifier::SoftFail => SpfResult::SoftFail,
        Qualifier::Fail => SpfResult::Fail,
    }
}

/// True where `ip` lies in the network of `length` bits around `network`; never across families.
pub(super) fn holds(network: IpAddr, length: u8, ip: IpAddr) -> bool {
    match (network, ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => {
            let differ = network.to_bits() ^ ip.to_bits();
            differ
                .checked_shr(32 - u32::from(length.min(32)))
                .unwrap_or_default()
                == 0
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) => {
            let differ = network.to_bits() ^ ip.to_bits();
            differ
                .checked_shr(128 - u32::from(length.min(128)))
                .unwrap_or_default()
                == 0
        }
        _ => false,
    }
}

pub(super) fn trouble_with(name: &DomainName, trouble: &Trouble) -> Stop {
    Stop {
        result: SpfResult::TempError,
        problem: format!("{name} could not be looked up: the server {trouble}"),
    }
}
