//! Whose panel the records are typed into: told by the name servers, by the domain's own entry for it, or by the user.

use crate::catalog;
use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::DnsHostMatch;
use crate::catalog::dns_host::dns_host_of;
use crate::plan::facts::Facts;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::steps;
use crate::plan::walk;
use crate::plan::walk::Taken;
use crate::records::name::DomainName;

/// The answer that none of the companies is the right one, or that the user does not know.
const OTHER: &str = "other";

/// The DNS host whose panel is meant: recognized, or named by the user where the name servers leave it open.
pub fn host(facts: &Facts) -> Option<&'static DnsHost> {
    let report = facts.survey.as_ref()?;
    let said = facts.panel.typed_at.as_deref().and_then(catalog::dns_host);
    if let Some(named) = &report.dns_host {
        let found = catalog::dns_host(&named.id);
        // The domain's own entry is a hint: the user knows better.
        let is_hint = report.is_dns_host_hinted();
        return match facts.panel.typed_at {
            Some(_) if is_hint => said,
            _ => found,
        };
    }
    match of_name_servers(facts) {
        DnsHostMatch::Known(host) => Some(host),
        DnsHostMatch::Shared(hosts) => {
            let chosen = facts.panel.host.as_deref();
            let is_one = |host: &&DnsHost| {
                chosen.map_or(said == Some(*host), |chosen| host.id.as_str() == chosen)
            };
            hosts.into_iter().find(is_one)
        }
        DnsHostMatch::Unknown => said.filter(|host| !host.has_name_servers()),
    }
}

/// Whose name servers the look found.
pub fn of_name_servers(facts: &Facts) -> DnsHostMatch {
    let names: Vec<DomainName> = facts
        .survey
        .iter()
        .flat_map(|report| &report.nameservers)
        .filter_map(|server| server.name.parse().ok())
        .collect();
    dns_host_of(&names)
}

/// The companies that share the name servers, where the user has to say which one it is.
pub fn candidates(facts: &Facts) -> Vec<&'static DnsHost> {
    let is_open = facts
        .survey
        .as_ref()
        .is_some_and(|report| report.dns_host.is_none());
    match of_name_servers(facts) {
        DnsHostMatch::Shared(hosts) if is_open => hosts,
        _ => Vec::new(),
    }
}

/// True where the user still has to say which of several companies it is.
pub fn is_open(facts: &Facts) -> bool {
    facts.panel.host.is_none() && !candidates(facts).is_empty()
}

/// The page that asks which of the companies it is.
pub fn page(facts: &Facts) -> Page {
    let hosts = candidates(facts);
    let mut options: Vec<Choice> = hosts
        .iter()
        .map(|host| Choice {
            id: host.id.as_str().to_owned(),
            label: host.name.clone(),
            detail: host.panel_url.clone().unwrap_or_default(),
        })
        .collect();
    options.push(Choice {
        id: OTHER.to_owned(),
        label: "Another company, or not known".to_owned(),
        detail: "the records are then shown in a form that suits any panel".to_owned(),
    });
    let selected = facts
        .panel
        .host
        .as_deref()
        .and_then(|chosen| options.iter().position(|option| option.id == chosen))
        .unwrap_or(0);
    Page {
        id: PageId::WhichHost,
        step: walk::step_of(&PageId::WhichHost),
        title: "Where do you sign in?".to_owned(),
        blocks: vec![Block::Text(
            "These companies use the same name servers, so the DNS does not tell whose customer you are. Choose the one where you sign in \
             to change the DNS of this domain."
                .to_owned(),
        )],
        form: Form::Choose { options, selected },
        why: "The records are shown in the words of that company's pages, with its names of the fields. You can come back and choose again."
            .to_owned(),
        next: Next::Go("Go on".to_owned()),
    }
}

/// Takes the company that was chosen.
pub fn reply(facts: &mut Facts, answer: Answer) -> Result<Taken, String> {
    let Answer::Chosen(id) = answer else {
        return Err("Choose one of the lines first.".to_owned());
    };
    let is_known = id == OTHER || candidates(facts).iter().any(|host| host.id.as_str() == id);
    if !is_known {
        return Err("Choose one of the lines first.".to_owned());
    }
    facts.panel.host = Some(id);
    Ok(Taken {
        wishes: Vec::new(),
        page: steps::senders::first_open(facts),
    })
}
