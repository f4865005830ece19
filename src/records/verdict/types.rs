//! Another record type at the name: made with the wrong one (P20, P26), or standing where the record belongs (P16).

use std::net::IpAddr;

use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::Verdict;
use crate::records::verdict::codes;
use crate::records::verdict::compare::Difference;
use crate::records::verdict::found::is_value;
use crate::records::verdict::habits::proxy_of;
use crate::records::verdict::look::Look;
use crate::records::verdict::look::SHOWN;
use crate::records::verdict::look::differs;
use crate::records::verdict::places::wildcard;
use crate::records::verdict::words::PROXY_OFF;
use crate::records::verdict::words::TYPE_SPF;
use crate::records::verdict::words::of_proxy;
use crate::records::verdict::words::of_text_for_alias;

impl Look<'_> {
    /// The record was made with another type (P20, P26).
    pub(super) fn wrong_type(&mut self) -> Option<Verdict> {
        let owner = &self.record.owner;
        let at = |record_type| self.heard(&Question::new(owner.clone(), record_type));
        match &self.record.content {
            Content::Spf(_) => {
                let found = at(RecordType::Spf)?.answer.texts().next()?.clone();
                let (message, remedy) = TYPE_SPF;
                self.add(
                    codes::WRONG_TYPE,
                    Severity::Error,
                    message.to_owned(),
                    remedy,
                );
                self.add_mistakes(&self.mistakes_in_value(std::slice::from_ref(&found)));
                Some(differs(&Difference::new(
                    "the type",
                    "TXT",
                    &format!("SPF {}", found.shown_up_to(100)),
                )))
            }
            Content::Cname(target) => {
                if let Some(heard) = at(RecordType::Txt) {
                    let texts: Vec<Untrusted> = heard.answer.texts().cloned().collect();
                    if !texts.is_empty() {
                        return Some(self.beside(&texts, None));
                    }
                }
                let heard = at(RecordType::A)?;
                // Where names that nobody uses exist too, a wildcard gave the address.
                let is_wild = wildcard(self.record, self.zone)
                    .and_then(|asked| self.heard(&asked))
                    .is_some_and(|nobody| matches!(nobody.answer.outcome, Outcome::NoData { .. }));
                if is_wild || heard.answer.data().is_empty() || !heard.answer.chain.is_empty() {
                    return None;
                }
                let address = heard.answer.data().iter().find_map(|data| match data {
                    Data::A(address) => Some(IpAddr::V4(*address)),
                    _ => None,
                });
                let message = of_proxy(
                    &format!("the alias (CNAME) to {target}"),
                    address.and_then(|address| proxy_of(self.habits, address)),
                );
                self.add(codes::CNAME_PROXIED, Severity::Error, message, PROXY_OFF);
                Some(differs(&Difference::new("the type", "CNAME", "A")))
            }
            _ => None,
        }
    }

    /// A TXT where an alias belongs, or an alias where the record belongs.
    pub(super) fn beside(&mut self, with: &[Untrusted], chain: Option<&DomainName>) -> Verdict {
        if let Content::Cname(target) = &self.record.content {
            let is_target = |text: &Untrusted| {
                let lower = text.as_bytes().to_ascii_lowercase();
                let bare = lower.trim_ascii();
                bare.strip_suffix(b".").unwrap_or(bare) == target.as_str().as_bytes()
            };
            if let Some(text) = with.iter().find(|text| is_target(text)) {
                let (message, remedy) = of_text_for_alias(target);
                self.add(codes::WRONG_TYPE, Severity::Error, message, remedy);
                return differs(&Difference::new(
                    "the type",
                    "CNAME",
                    &format!("TXT {}", text.shown_up_to(100)),
                ));
            }
            self.add(
                codes::CNAME_BESIDE_TXT,
                Severity::Error,
                "A TXT record stands where the alias (CNAME) belongs. The two cannot stand at one name.".to_owned(),
                "Delete the TXT record at this name, then add the CNAME.",
            );
        } else if let Some(target) = chain {
            self.beside_alias(target);
            if is_value(target) {
                let found = format!("CNAME {target}");
                return differs(&Difference::new("the type", "TXT", &found));
            }
        }
        Verdict::Conflict {
            with: with.iter().map(|text| text.shown_up_to(SHOWN)).collect(),
        }
    }
}
