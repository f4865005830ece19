//! The words of a verdict: one finding for each named mistake.

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::codes;
use crate::records::verdict::look::Look;
use crate::records::verdict::mistake;
use crate::records::verdict::sides;
use crate::records::verdict::view::Saw;
use crate::records::verdict::view::View;

impl Look<'_> {
    pub(super) fn beside_alias(&mut self, target: &DomainName) {
        let message = format!(
            "An alias (CNAME) to {target} stands at this name. No other record can stand beside it."
        );
        self.add(
            codes::CNAME_BESIDE_TXT,
            Severity::Error,
            message,
            "Delete the CNAME at this name, and keep the TXT record; or let whoever runs the target publish the value there.",
        );
    }

    pub(super) fn several(&mut self, texts: &[Untrusted]) {
        let (code, what) = match self.record.content {
            Content::Spf(_) => (codes::TWO_SPF, "SPF records"),
            Content::Dkim(_) => (codes::TWO_KEYS, "TXT records at this selector"),
            _ => (codes::TWO_DMARC, "DMARC records"),
        };
        let message = format!(
            "There are {} {what}. Mail servers then use none of them.",
            texts.len()
        );
        self.add(
            code,
            Severity::Error,
            message,
            "Keep the one that is shown here, and delete the others.",
        );
    }

    /// P23: the panel put the zone behind a target without a dot at its end.
    pub(super) fn target_doubled(&mut self, views: &[&View<'_>]) {
        let wanted = match &self.record.content {
            Content::Cname(target) => target,
            Content::Mx { exchange, .. } => exchange,
            _ => return,
        };
        let Ok(doubled) = format!("{wanted}.{}", self.zone).parse::<DomainName>() else {
            return;
        };
        let shows = views.iter().any(|view| {
            matches!(&view.saw, Saw::Other(difference)
                if difference.found.as_str().ends_with(doubled.as_str()))
        });
        if shows {
            let message =
                format!("The target became {doubled}: the domain was put behind it a second time.");
            self.add(
                codes::TARGET_DOUBLED,
                Severity::Error,
                message,
                "Enter the target with a dot at its end.",
            );
        }
    }

    pub(super) fn target_empty(&mut self, is_unusable: bool) {
        let message = if is_unusable {
            "The alias is right, and no usable key stands where it leads."
        } else {
            "The alias is right, and nothing stands where it leads yet."
        };
        self.add(
            codes::TARGET_EMPTY,
            Severity::Warning,
            message.to_owned(),
            "Switch DKIM on in the console of the service; it publishes the key then.",
        );
    }

    pub(super) fn misplaced(&mut self, code: Code, at: &DomainName) {
        let owner = &self.record.owner;
        let what = if code == codes::NAME_DOUBLED {
            "the panel puts the domain behind the name by itself, so it is there twice"
        } else if code == codes::AT_APEX {
            "the name was left empty, so it landed at the domain itself"
        } else if code == codes::AT_WWW {
            "it landed at the www name"
        } else if code == codes::UNDERSCORE_MISSING {
            "the underscore (_) is missing in the name"
        } else if code == codes::DOMAINKEY_MISSING {
            "._domainkey is missing in the name"
        } else if code == codes::SELECTOR_MISSING {
            "the selector in front of _domainkey is missing"
        } else {
            "the parts of the name are in the wrong order"
        };
        let message = format!("The record was found at {at} instead of {owner}: {what}.");
        self.add(
            code,
            Severity::Error,
            message,
            "Correct the name of the record in the panel.",
        );
    }

    pub(super) fn wildcard(&mut self, severity: Severity) {
        let message = format!(
            "A wildcard record (*) answers for every name beside {}, and so for this one too.",
            self.record.owner
        );
        self.add(
            codes::WILDCARD_ANSWERS,
            severity,
            message,
            "Add the record at its exact name: it then counts before the wildcard.",
        );
    }

    pub(super) fn add_mistake(&mut self, found: &mistake::Mistake) {
        self.add(
            found.code,
            Severity::Error,
            found.message.clone(),
            found.remedy,
        );
    }

    pub(super) fn add(&mut self, code: Code, severity: Severity, message: String, remedy: &str) {
        self.findings.push(Finding {
            code,
            severity,
            subject: sides::subject(&self.record.content, &self.record.owner),
            name: self.record.owner.clone(),
            message,
            remedy: remedy.to_owned(),
        });
    }
}
