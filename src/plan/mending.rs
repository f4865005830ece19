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
    Some(
        if [
            codes::NAME_DOUBLED,
            codes::AT_APEX,
            codes::AT_WWW,
            codes::UNDERSCORE_MISSING,
            codes::DOMAINKEY_MISSING,
            codes::SELECTOR_MISSING,
            codes::NAME_SWAPPED,
        ]
        .contains(&code)
        {
            format!("Edit the record at {who} and let the name be {name}.")
        } else if code == codes::CNAME_PROXIED {
            format!(
                "Edit the record at {who} and switch the proxy off (\"DNS only\", the grey cloud)."
            )
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
            format!("Edit the record at {who}: {way}.")
        } else {
            return None;
        },
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::records::finding::Severity;
    use crate::records::finding::Subject;

    /// The remedy of a mistake at Cloudflare for a key record.
    fn said(code: crate::records::finding::Code) -> String {
        let finding = Finding {
            code,
            severity: Severity::Error,
            subject: Subject::Dkim,
            name: "shop.example".parse().unwrap(),
            message: "The panel put \".shop.example\" behind the name by itself.".to_owned(),
            remedy: String::new(),
        };
        let panel = Panel {
            host: catalog::dns_host("cloudflare"),
            zone: &"shop.example".parse().unwrap(),
            name: "nb2611._domainkey",
        };
        remedy(&finding, &panel).unwrap()
    }

    #[test]
    fn p2_a_doubled_name_is_mended_without_saying_again_what_went_wrong() {
        assert_eq!(
            said(codes::NAME_DOUBLED),
            "Edit the record at Cloudflare and let the name be just nb2611._domainkey."
        );
    }

    #[test]
    fn every_remedy_ends_with_one_full_stop() {
        for code in [
            codes::NAME_DOUBLED,
            codes::AT_APEX,
            codes::CNAME_PROXIED,
            codes::CUT_AT_255,
        ] {
            let said = said(code);
            assert!(said.ends_with('.') && !said.ends_with(".."), "{said}");
        }
    }
}
