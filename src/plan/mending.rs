//! The remedy of a named mistake in the words of the DNS host that was recognized, with the very name to type.

use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::TxtSplit;
use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::verdict::Judgement;
use crate::records::verdict::codes;

/// Where the record is typed.
pub struct Panel<'a> {
    pub host: Option<&'static DnsHost>,
    pub zone: &'a DomainName,
    /// The name as the panel wants it.
    pub name: &'a str,
}

/// The judgement with remedies for this panel.
pub fn in_panel_words(mut judgement: Judgement, panel: &Panel<'_>) -> Judgement {
    for finding in &mut judgement.findings {
        if let Some(remedy) = remedy(finding, panel) {
            finding.remedy = remedy;
        }
    }
    judgement
}

fn remedy(finding: &Finding, panel: &Panel<'_>) -> Option<String> {
    let who = panel.host.map_or("the panel", |host| host.name.as_str());
    let name = if panel.name.is_empty() {
        "empty".to_owned()
    } else {
        format!("just {}", panel.name)
    };
    let code = finding.code;
    Some(if code == codes::NAME_DOUBLED {
        format!(
            "{} puts \".{}\" behind the name by itself. Edit the record and let the name be {name}",
            sentence(who),
            panel.zone
        )
    } else if [
        codes::AT_APEX,
        codes::AT_WWW,
        codes::UNDERSCORE_MISSING,
        codes::DOMAINKEY_MISSING,
        codes::SELECTOR_MISSING,
        codes::NAME_SWAPPED,
    ]
    .contains(&code)
    {
        format!("Edit the record at {who} and let the name be {name}")
    } else if code == codes::CNAME_PROXIED {
        format!("Edit the record at {who} and switch the proxy off (\"DNS only\", the grey cloud)")
    } else if code == codes::CUT_AT_255 {
        let host = panel.host?;
        let way = match (host.txt_split, host.txt_max_len) {
            (Some(TxtSplit::Auto), _) => "paste the whole value again in one piece; it is split by itself".to_owned(),
            (Some(TxtSplit::Manual), _) => {
                "write it as two pieces, each in double quotes, one behind the other: \"first 255 characters\" \"the rest\"".to_owned()
            }
            (None, Some(most)) => format!("one entry takes {most} characters; paste the whole value again"),
            (None, None) => return None,
        };
        format!("Edit the record at {who}: {way}")
    } else {
        return None;
    })
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
