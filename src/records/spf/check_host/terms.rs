//! What each mechanism that costs a look-up does (RFC 7208, section 5).

use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::RecordType;
use crate::records::spf::DomainSpec;
use crate::records::spf::Prefix;
use crate::records::spf::check_host::SpfResult;
use crate::records::spf::check_host::evaluate::Ended;
use crate::records::spf::check_host::evaluate::Evaluation;
use crate::records::spf::check_host::evaluate::Match;
use crate::records::spf::check_host::evaluate::Stop;
use crate::records::spf::check_host::evaluate::holds;
use crate::records::spf::check_host::evaluate::trouble_with;
use crate::records::spf::check_host::reverse::addresses;
use crate::records::spf::tree::MX_HOSTS;

impl Evaluation<'_> {
    pub(super) fn include(
        &mut self,
        term: &str,
        spec: &DomainSpec,
        domain: &DomainName,
    ) -> Result<Match, Stop> {
        self.count(term)?;
        let Some(target) = self.target(Some(spec), domain)? else {
            return Ok(Match::Open);
        };
        self.line(format!("{term}: look-up {}", self.lookups));
        let ended = match target {
            Some(target) => self.below(term, target)?,
            None => Some(Ended::without(SpfResult::None)),
        };
        match ended.map(|ended| ended.result) {
            None => Ok(Match::Open),
            Some(SpfResult::Pass) => Ok(Match::Yes),
            Some(SpfResult::None) => Err(Stop::error(format!(
                "{term} leads to a domain without an SPF record"
            ))),
            Some(result) => {
                self.line(format!("{term}: {result} there, so no match"));
                Ok(Match::No)
            }
        }
    }

    pub(super) fn address(
        &mut self,
        term: &str,
        spec: Option<&DomainSpec>,
        prefix: Prefix,
        domain: &DomainName,
    ) -> Result<Match, Stop> {
        let name = match self.counted(term, spec, domain)? {
            Ok(name) => name,
            Err(end) => return Ok(end),
        };
        let Some(answer) = self.ask(&name, self.address_type()) else {
            return Ok(Match::Open);
        };
        if let Some(trouble) = answer.trouble() {
            return Err(trouble_with(&name, trouble));
        }
        self.count_void(term, answer)?;
        if self.one_holds(answer, prefix) {
            return Ok(Match::Yes);
        }
        let found = listed(addresses(answer).map(|ip| ip.to_string()));
        self.line(format!(
            "{term}: look-up {}, {found}: no match",
            self.lookups
        ));
        Ok(Match::No)
    }

    pub(super) fn exchange(
        &mut self,
        term: &str,
        spec: Option<&DomainSpec>,
        prefix: Prefix,
        domain: &DomainName,
    ) -> Result<Match, Stop> {
        let name = match self.counted(term, spec, domain)? {
            Ok(name) => name,
            Err(end) => return Ok(end),
        };
        let Some(answer) = self.ask(&name, RecordType::Mx) else {
            return Ok(Match::Open);
        };
        if let Some(trouble) = answer.trouble() {
            return Err(trouble_with(&name, trouble));
        }
        self.count_void(term, answer)?;
        let hosts: Vec<&DomainName> = answer
            .data()
            .iter()
            .filter_map(|data| match data {
                Data::Mx { exchange, .. } => Some(exchange),
                _ => None,
            })
            .collect();
        let mut is_open = false;
        for host in hosts.iter().take(MX_HOSTS).filter(|host| !host.is_root()) {
            match self.ask(host, self.address_type()) {
                None => is_open = true,
                Some(_) if is_open => {}
                Some(answer) => {
                    if let Some(trouble) = answer.trouble() {
                        return Err(trouble_with(host, trouble));
                    }
                    if self.one_holds(answer, prefix) {
                        return Ok(Match::Yes);
                    }
                }
            }
        }
        if is_open {
            return Ok(Match::Open);
        }
        if hosts.len() > MX_HOSTS {
            return Err(Stop::error(format!(
                "{term} stands for {} mail servers, and mail servers look at {MX_HOSTS} only",
                hosts.len()
            )));
        }
        let found = listed(hosts.iter().map(ToString::to_string));
        self.line(format!(
            "{term}: look-up {}, {found}: no match",
            self.lookups
        ));
        Ok(Match::No)
    }

    pub(super) fn pointer(
        &mut self,
        term: &str,
        spec: Option<&DomainSpec>,
        domain: &DomainName,
    ) -> Result<Match, Stop> {
        let name = match self.counted(term, spec, domain)? {
            Ok(name) => name,
            Err(end) => return Ok(end),
        };
        if let Some(answer) = self.names_of_address() {
            self.count_void(term, answer)?;
        }
        let Some(names) = self.validated() else {
            return Ok(Match::Open);
        };
        if names.iter().any(|found| found.is_within(&name)) {
            return Ok(Match::Yes);
        }
        let found = listed(names.iter().map(ToString::to_string));
        self.line(format!(
            "{term}: look-up {}, {found}: no match",
            self.lookups
        ));
        Ok(Match::No)
    }

    pub(super) fn exists(
        &mut self,
        term: &str,
        spec: &DomainSpec,
        domain: &DomainName,
    ) -> Result<Match, Stop> {
        let name = match self.counted(term, Some(spec), domain)? {
            Ok(name) => name,
            Err(end) => return Ok(end),
        };
        // An A record is asked for, of whichever family the address is (RFC 7208, section 5.7).
        let Some(answer) = self.ask(&name, RecordType::A) else {
            return Ok(Match::Open);
        };
        if let Some(trouble) = answer.trouble() {
            return Err(trouble_with(&name, trouble));
        }
        self.count_void(term, answer)?;
        if !answer.data().is_empty() {
            return Ok(Match::Yes);
        }
        self.line(format!(
            "{term}: look-up {}, {name} does not exist: no match",
            self.lookups
        ));
        Ok(Match::No)
    }

    fn one_holds(&self, answer: &Answer, prefix: Prefix) -> bool {
        addresses(answer).any(|ip| {
            let length = if ip.is_ipv4() { prefix.ip4 } else { prefix.ip6 };
            holds(ip, length, self.message.ip)
        })
    }

    /// Counts the look-up of a term and gives the name that it asks for; else how the term ends without one.
    fn counted(
        &mut self,
        term: &str,
        spec: Option<&DomainSpec>,
        domain: &DomainName,
    ) -> Result<Result<DomainName, Match>, Stop> {
        self.count(term)?;
        Ok(match self.target(spec, domain)? {
            None => Err(Match::Open),
            Some(None) => Err(self.no_name(term)),
            Some(Some(name)) => Ok(name),
        })
    }

    fn no_name(&mut self, term: &str) -> Match {
        self.line(format!(
            "{term}: look-up {}, not a name that the DNS can hold: no match",
            self.lookups
        ));
        Match::No
    }
}

/// A few of them, and how many more there are.
fn listed(mut items: impl Iterator<Item = String>) -> String {
    let shown: Vec<String> = items.by_ref().take(4).collect();
    match (shown.as_slice(), items.count()) {
        ([], _) => "nothing found (void look-up)".to_owned(),
        (shown, 0) => shown.join(", "),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
