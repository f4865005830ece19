//! The words of a verdict: one finding for each named mistake.

use crate::records::dkim;
use crate::records::dmarc;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::spf;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::codes;
use crate::records::verdict::found::is_value;
use crate::records::verdict::habits::Habit;
use crate::records::verdict::look::Look;
use crate::records::verdict::mistake;
use crate::records::verdict::sides;
use crate::records::verdict::view::Saw;
use crate::records::verdict::view::View;

impl Look<'_> {
    pub(super) fn beside_alias(&mut self, target: &DomainName) {
        let (code, message, remedy) = of_alias(target);
        self.add(code, Severity::Error, message, &remedy);
    }

    pub(super) fn several(&mut self, texts: &[Untrusted]) {
        let (code, what) = match self.record.content {
            Content::Spf(_) => (spf::codes::TWO_RECORDS, "SPF records"),
            Content::Dkim(_) => (dkim::codes::SEVERAL_RECORDS, "TXT records at this selector"),
            _ => (dmarc::codes::TWO_RECORDS, "DMARC records"),
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
            let (message, remedy) = of_doubled_target(&doubled);
            self.add(codes::TARGET_DOUBLED, Severity::Error, message, remedy);
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
        let (message, remedy) = at_wrong_name(&self.record.owner, code, at);
        self.add(code, Severity::Error, message, remedy);
    }

    pub(super) fn wildcard(&mut self, severity: Severity) {
        let (message, remedy) = of_wildcard(&self.record.owner);
        self.add(codes::WILDCARD_ANSWERS, severity, message, remedy);
    }

    pub(super) fn add_mistake(&mut self, found: &mistake::Mistake) {
        self.add(
            found.code,
            Severity::Error,
            found.message.clone(),
            found.remedy,
        );
    }

    pub(super) fn add_mistakes(&mut self, found: &[mistake::Mistake]) {
        for one in found {
            self.add_mistake(one);
        }
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

/// A record of the abandoned type SPF: what is said, and what is to be done.
pub(super) const TYPE_SPF: (&str, &str) = (
    "The record was made with the type SPF. Mail servers look for the type TXT only.",
    "Make the record again with the type TXT, and delete the one of type SPF.",
);

/// An alias where the record belongs; one whose target is the value itself was made with the wrong type.
pub(super) fn of_alias(target: &DomainName) -> (Code, String, String) {
    if is_value(target) {
        return (
            codes::WRONG_TYPE,
            "The value was put into an alias (a record of type CNAME). It has to be a record of type TXT.".to_owned(),
            "Delete the CNAME at this name, and make a record of type TXT with the same name and value.".to_owned(),
        );
    }
    (
        codes::CNAME_BESIDE_TXT,
        format!(
            "An alias (CNAME) to {target} stands at this name. No other record can stand beside it."
        ),
        "Delete the CNAME at this name, and keep the TXT record; or let whoever runs the target publish the value there.".to_owned(),
    )
}

/// The target of an alias in a record of type TXT.
pub(super) fn of_text_for_alias(target: &DomainName) -> (String, &'static str) {
    (
        format!(
            "The target {target} stands in a record of type TXT. It has to be an alias (CNAME)."
        ),
        "Delete the TXT record, and make one of type CNAME with the same name and value.",
    )
}

/// A target with the zone behind it once more.
pub(super) fn of_doubled_target(doubled: &DomainName) -> (String, &'static str) {
    (
        format!("The target became {doubled}: the domain was put behind it a second time."),
        "Enter the target with a dot at its end.",
    )
}

/// A wildcard that answers at `owner`.
pub(super) fn of_wildcard(owner: &DomainName) -> (String, &'static str) {
    (
        format!(
            "A wildcard record (*) answers for every name beside {owner}, and so for this one too."
        ),
        "Add the record at its exact name: it then counts before the wildcard.",
    )
}

/// A record at a wrong name.
pub(super) fn at_wrong_name(
    owner: &DomainName,
    code: Code,
    at: &DomainName,
) -> (String, &'static str) {
    let what = if code == codes::NAME_DOUBLED {
        "the panel puts the domain behind the name by itself, so it is there twice"
    } else if code == codes::AT_APEX {
        "the name was left empty, so it landed at the domain itself"
    } else if code == codes::AT_WWW {
        "it landed at the www name"
    } else if code == codes::UNDERSCORE_MISSING {
        "the underscore (_) at the front of the name is missing"
    } else if code == codes::DOMAINKEY_MISSING {
        "._domainkey is missing in the name"
    } else if code == codes::DOMAINKEY_ADDED {
        "the name has ._domainkey in it, which belongs to DKIM"
    } else if code == codes::SELECTOR_MISSING {
        "the selector in front of _domainkey is missing"
    } else {
        "the parts of the name are in the wrong order"
    };
    (
        format!("The record was found at {at} instead of {owner}: {what}."),
        "Correct the name of the record in the panel.",
    )
}

/// What mends an alias behind a proxy.
pub(super) const PROXY_OFF: &str = "Switch the proxy off for this record, so that it is plain DNS.";

/// Addresses at a name where `instead` belongs. `proxy`: whose proxy has them, where that is known.
pub(super) fn of_proxy(instead: &str, proxy: Option<&Habit>) -> String {
    match proxy {
        Some(habit) => format!(
            "The name has addresses of the web proxy of {} in place of {instead}. Mail servers cannot follow them.",
            habit.host
        ),
        None => format!(
            "The name has addresses of its own instead of {instead}. The DNS host answers in its place (a proxy), and mail servers \
             cannot follow it."
        ),
    }
}
