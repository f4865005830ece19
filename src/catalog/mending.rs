//! What to do about a named mistake, in the words of the DNS host's panel: where to click, what to type as the name, and how it takes
//! a value. Where the host is not known, in general words.

use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::HostField;
use crate::catalog::dns_host::TrailingDot;
use crate::catalog::dns_host::TxtSplit;
use crate::catalog::dns_host::ValueQuotes;
use crate::records::dkim;
use crate::records::dmarc;
use crate::records::finding::Code;
use crate::records::name::DomainName;
use crate::records::spf;
use crate::records::verdict::codes;

/// Where a record is typed.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// The company whose panel it is, where it is known.
    pub host: Option<&'a DnsHost>,
    pub zone: &'a DomainName,
    /// The name at which the record belongs.
    pub owner: &'a DomainName,
    /// The right value stands beside these words.
    pub shown: bool,
}

/// The mistakes that are mended by the name alone.
const OF_NAME: [Code; 7] = [
    codes::NAME_DOUBLED,
    codes::AT_APEX,
    codes::AT_WWW,
    codes::UNDERSCORE_MISSING,
    codes::DOMAINKEY_MISSING,
    codes::SELECTOR_MISSING,
    codes::NAME_SWAPPED,
];

/// What to do about `code` at this spot; None where the panel has no part in it, and for codes of other kinds. Where more is known of the
/// panel of this host, that stands behind it.
pub fn remedy(code: Code, spot: &Spot<'_>) -> Option<String> {
    let remedy = usual(code, spot)?;
    Some(
        match spot.host.and_then(|host| host.more_to_say(code.as_str())) {
            Some(more) => format!("{remedy} {more}"),
            None => remedy,
        },
    )
}

/// What is to be done in any panel, in the words of this one.
fn usual(code: Code, spot: &Spot<'_>) -> Option<String> {
    let edit = |what: String| {
        Some(format!(
            "{} edit the record {}. {what}",
            spot.there(),
            spot.called()
        ))
    };
    let is_record_name = spot.owner.labels().any(|label| label.starts_with('_'));
    if code == codes::AT_APEX && !is_record_name {
        return None;
    }
    if OF_NAME.contains(&code) {
        return Some(format!(
            "{} edit the record and {}.",
            spot.there(),
            spot.name()?
        ));
    }
    if code == codes::QUOTES_KEPT {
        return edit(spot.quotes());
    }
    if code == codes::CURLY_QUOTES {
        return edit(
            "Copy the value again from a plain text, without formatting, or type that spot by hand."
                .to_owned(),
        );
    }
    if code == codes::SECOND_RECORD {
        let both = format!(
            "{} delete one of the two records {}.",
            spot.there(),
            spot.called()
        );
        return Some(format!("{both} Edit the other: {}", spot.whole_value()));
    }
    if code == codes::CUT_AT_255 || code == codes::SPACE_AT_JOIN {
        return edit(capital(&spot.whole_value()));
    }
    if code == codes::BACKSLASH_SEMICOLON {
        return edit(
            "Enter the value again without backslashes; a semicolon needs none.".to_owned(),
        );
    }
    if code == codes::TRAILING_SPACE {
        return edit(
            "Enter the value again without a space or a line end before or behind it.".to_owned(),
        );
    }
    if code == codes::KEY_LOWER_CASED {
        return edit(format!(
            "Enter the value again with its capital letters. If they turn small once more, ask the support of {}.",
            spot.who()
        ));
    }
    let is_several = [
        spf::codes::TWO_RECORDS,
        dmarc::codes::TWO_RECORDS,
        dkim::codes::SEVERAL_RECORDS,
    ]
    .contains(&code);
    if is_several && spot.shown {
        return Some(format!(
            "{} keep one record {} with the value that is shown here, and delete the others.",
            spot.there(),
            spot.called()
        ));
    }
    if code == spf::codes::TWO_RECORDS {
        return Some(format!(
            "{} merge the records into one: put the terms of all of them into one record {}, once each, with one v=spf1 in front and one \
             all at the end. Then delete the others.",
            spot.there(),
            spot.called()
        ));
    }
    if is_several {
        return Some(format!(
            "{} keep one of the records {}, and delete the others.",
            spot.there(),
            spot.called()
        ));
    }
    if code == codes::CNAME_BESIDE_TXT {
        return Some(format!(
            "{} look for all entries {}. Only one of CNAME and TXT can stand there: delete the one that does not belong.",
            spot.there(),
            spot.called()
        ));
    }
    if code == codes::WILDCARD_ANSWERS {
        let name = spot.name()?;
        return Some(format!(
            "{} add the record at its exact name: {name}. It then counts before the entry with the star (*), which may stay.",
            spot.there()
        ));
    }
    if code == codes::CNAME_PROXIED {
        return edit(spot.proxy());
    }
    if code == codes::TARGET_DOUBLED {
        return edit(spot.dot());
    }
    if code == codes::WRONG_TYPE {
        return Some(format!(
            "{} delete the record {} that has the wrong type. Then add it again with the right one: CNAME for the target of an alias, \
             TXT for everything that starts with v=.",
            spot.there(),
            spot.called()
        ));
    }
    if code == codes::NOT_APPLIED {
        return Some(format!(
            "{} look whether the record {} is in the list, and whether the page still wants a button pressed: Save, Apply or Publish.",
            spot.there(),
            spot.called()
        ));
    }
    if code == codes::OTHER_CHANGE {
        return Some(format!(
            "{} look whether the record {} is in the list, with this very name and type.",
            spot.there(),
            spot.called()
        ));
    }
    if code == codes::HOST_DEFAULT {
        return edit("Put your own value into it. Do not add a second one.".to_owned());
    }
    if code == codes::REWRITTEN_BY_HOST {
        return Some(format!(
            "{} look at the entries whose name ends with ._spfm before you change the record {}, and keep the terms that you still use.",
            spot.there(),
            spot.called()
        ));
    }
    if code == dmarc::codes::BAD_REPORT_ADDRESS {
        return edit(
            "Write each address behind rua= with mailto: in front, and a comma without spaces between two: rua=mailto:a@example.com,mailto:b@example.com"
                .to_owned(),
        );
    }
    None
}

impl Spot<'_> {
    fn who(&self) -> String {
        self.host
            .map_or_else(|| "your DNS host".to_owned(), |host| host.name.clone())
    }

    /// The place in the panel, as the beginning of a sentence.
    fn there(&self) -> String {
        let Some(host) = self.host else {
            return "In the panel of your DNS host,".to_owned();
        };
        let path: Vec<String> = host
            .menu_path
            .iter()
            .filter(|step| !is_adding(step))
            .map(|step| match step.as_str() {
                "your domain" | "your zone" => self.zone.to_string(),
                _ => step.clone(),
            })
            .collect();
        if path.is_empty() {
            format!("At {},", host.name)
        } else {
            format!("At {} ({}),", host.name, path.join(" > "))
        }
    }

    /// What the list of records calls it.
    fn called(&self) -> String {
        match self.typed() {
            Some(name) if !name.is_empty() => format!("named {name}"),
            _ if self.owner == self.zone => "of the domain itself".to_owned(),
            _ => format!("named {}", self.owner),
        }
    }

    /// The name as this panel takes it, where that is known.
    fn typed(&self) -> Option<String> {
        self.host?.name_in_panel(self.owner, self.zone)
    }

    /// How to type the name.
    fn name(&self) -> Option<String> {
        let label = self
            .host
            .and_then(|host| host.name_label.as_deref())
            .map_or_else(String::new, |label| format!(" (field {label})"));
        if let Some(name) = self.typed() {
            let is_full = self.host.and_then(|host| host.host_field) == Some(HostField::Full);
            return Some(if name.is_empty() {
                format!("leave the name{label} empty")
            } else if is_full {
                format!("let the name{label} be {name}, in full, with the domain")
            } else {
                format!("let the name{label} be just {name}")
            });
        }
        let relative = self.owner.relative_to(self.zone)?;
        Some(if relative.is_empty() {
            format!(
                "let the name{label} be @, or leave it empty, as the panel has it for the domain itself"
            )
        } else {
            format!(
                "let the name{label} be just {relative}; only a panel that does not put the domain behind it by itself wants {}",
                self.owner
            )
        })
    }

    fn quotes(&self) -> String {
        let who = self.who();
        match self.host.and_then(|host| host.value_quotes) {
            Some(ValueQuotes::NotNeeded | ValueQuotes::Stripped) => {
                format!("Enter the value without any quotation marks: {who} needs none.")
            }
            Some(ValueQuotes::Added) => format!(
                "Enter the value without any quotation marks: {who} puts them there by itself."
            ),
            Some(ValueQuotes::Required) => format!(
                "{who} wants one pair of straight double quotes (\") round the value: not two pairs, and none within it."
            ),
            None => "Enter the value again without any quotation marks.".to_owned(),
        }
    }

    /// How a long value goes in.
    fn whole_value(&self) -> String {
        let who = self.who();
        let Some(host) = self.host else {
            return "paste the whole value in one piece, without line ends and spaces that are not in it. If the panel cuts it again, \
                    ask its support how a long TXT value goes in."
                .to_owned();
        };
        match (host.txt_split, host.txt_max_len) {
            (Some(TxtSplit::Auto), _) => {
                format!("paste the whole value in one piece; {who} splits it by itself.")
            }
            (Some(TxtSplit::Manual), _) => format!(
                "{who} does not split a long value. Write it as pieces of at most 255 characters, each in double quotes, one behind the \
                 other in one record: \"first 255 characters\" \"the rest\""
            ),
            (None, Some(most)) => format!(
                "paste the whole value in one piece: {who} takes up to {most} characters in one record."
            ),
            (None, None) => format!(
                "paste the whole value in one piece. If {who} cuts it again, ask its support how a long TXT value goes in."
            ),
        }
    }

    fn dot(&self) -> String {
        match self.host.and_then(|host| host.cname_trailing_dot) {
            Some(TrailingDot::NotNeeded) => format!(
                "Enter the target as the service shows it, in full and without a dot at its end: {} wants none.",
                self.who()
            ),
            Some(TrailingDot::Required | TrailingDot::NeededForOutsideNames) => format!(
                "Enter the target with a dot at its end: without it {} puts {} behind.",
                self.who(),
                self.zone
            ),
            Some(TrailingDot::Accepted) | None => {
                "Enter the target with a dot at its end.".to_owned()
            }
        }
    }

    fn proxy(&self) -> String {
        match self.host.and_then(|host| host.proxy_off.as_deref()) {
            Some(words) => format!("Switch its proxy off: {words}."),
            None => "Switch its proxy off (it may be called web proxy, CDN or acceleration), so that it is plain DNS.".to_owned(),
        }
    }
}

/// Steps that begin a new record; a mistake is mended in the one that is there.
pub fn is_adding(step: &str) -> bool {
    ["Add", "Create", "New", "+"]
        .iter()
        .any(|word| step.split(' ').next() == Some(word))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        // The name of a company stays as it is.
        Some(first) => first.to_uppercase().collect::<String>() + letters.as_str(),
        None => String::new(),
    }
}
