//! How a record is added in a panel, step by step, and what its company does by itself.

use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::limits;
use crate::plan::page::Guide;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::sighting::RecordType;

/// What is said where the company is not known, or no guide of its own is.
const GENERAL: [&str; 6] = [
    "Sign in where the DNS of your domain is kept.",
    "Open the DNS of the domain: \"DNS\", \"Zone\" or \"Advanced DNS\".",
    "Press the button for a new record, and choose its type.",
    "Type the name without the domain, unless the others are in full.",
    "Paste the value in one piece, without quotes and spaces around it.",
    "Save, and apply where the page asks for it.",
];

/// The steps at this host for this record.
pub fn guide(host: Option<&DnsHost>, record: &Record, zone: &DomainName) -> Guide {
    let Some(host) = host else {
        return Guide {
            at: String::new(),
            steps: GENERAL.map(str::to_owned).to_vec(),
            remarks: Vec::new(),
        };
    };
    let steps = if host.guide.is_empty() {
        GENERAL.map(str::to_owned).to_vec()
    } else {
        host.guide.clone()
    };
    let mut remarks: Vec<String> = limits::fit(host, &record.owner, zone, &record.content)
        .ways
        .iter()
        .map(|way| way.words(&host.name, &record.owner))
        .collect();
    remarks.extend(by_itself(host, record, zone));
    if record.content.record_type() == RecordType::Txt {
        remarks.extend(host.txt_note.clone());
    }
    remarks.extend(host.notes.clone());
    Guide {
        at: host.name.clone(),
        steps,
        remarks,
    }
}

/// What the host does with such a record without being asked.
pub fn by_itself(host: &DnsHost, record: &Record, zone: &DomainName) -> Vec<String> {
    let mut said = Vec::new();
    match record.content {
        Content::Dmarc(_) if !host.default_dmarc_reports.is_empty() => said.push(format!(
            "{} may have put a DMARC record of its own there, with reports to {}. Change that one; a second record makes both void.",
            host.name,
            host.default_dmarc_reports.join(", ")
        )),
        Content::Spf(_) if !host.spf_names.is_empty() => said.push(format!(
            "{} may rewrite this record after you save it, with an include of a name such as {}.{zone}. That is its own doing and counts as \
             the same list.",
            host.name,
            host.spf_names.join(", ").replace('*', "xxxx")
        )),
        _ => {}
    }
    said
}
