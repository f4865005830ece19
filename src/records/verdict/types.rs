//! Another record type at the name: made with the wrong one (P20, P26), or standing where the record belongs (P16).

use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::Verdict;
use crate::records::verdict::codes;
use crate::records::verdict::compare::Difference;
use crate::records::verdict::look::Look;
use crate::records::verdict::look::SHOWN;
use crate::records::verdict::look::differs;

impl Look<'_> {
    /// The record was made with another type (P20, P26).
    pub(super) fn wrong_type(&mut self) -> Option<Verdict> {
        let owner = &self.record.owner;
        let at = |record_type| self.heard(&Question::new(owner.clone(), record_type));
        match &self.record.content {
            Content::Spf(_) => {
                let found = at(RecordType::Spf)?.answer.texts().next()?.clone();
                let message = "The record was made with the type SPF. Mail servers look for the type TXT only.";
                self.add(
                    codes::WRONG_TYPE,
                    Severity::Error,
                    message.to_owned(),
                    "Make the record again with the type TXT, and delete the one of type SPF.",
                );
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
                if heard.answer.data().is_empty() || !heard.answer.chain.is_empty() {
                    return None;
                }
                let message = format!(
                    "The name has addresses of its own instead of the alias (CNAME) to {target}. The DNS host answers in its \
                     place (a proxy), and mail servers cannot follow it."
                );
                self.add(
                    codes::CNAME_PROXIED,
                    Severity::Error,
                    message,
                    "Switch the proxy off for this record, so that it is plain DNS.",
                );
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
                let message = format!(
                    "The target {target} stands in a record of type TXT. It has to be an alias (CNAME)."
                );
                self.add(
                    codes::WRONG_TYPE,
                    Severity::Error,
                    message,
                    "Delete the TXT record, and make one of type CNAME with the same name and value.",
                );
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
            self.beside_alias(&target.clone());
        }
        Verdict::Conflict {
            with: with.iter().map(|text| text.shown_up_to(SHOWN)).collect(),
        }
    }
}
