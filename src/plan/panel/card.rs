//! A record as the panel of the DNS host wants it: where to click, the fields in its words and order, the name, the value.

use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::PanelField;
use crate::catalog::dns_host::limits;
use crate::catalog::mending;
use crate::catalog::mending::Spot;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::mending::in_panel_words;
use crate::plan::page::Card;
use crate::plan::page::Field;
use crate::plan::page::Guide;
use crate::plan::page::Watch;
use crate::plan::panel;
use crate::plan::panel::guide;
use crate::plan::waiting;
use crate::plan::wanted::Wanted;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::sighting::RecordType;
use crate::records::verdict::Judgement;
use crate::records::verdict::Verdict;

/// The fields of most panels, in the order of most panels.
const USUAL: [PanelField; 5] = [
    PanelField::Type,
    PanelField::Name,
    PanelField::Value,
    PanelField::Ttl,
    PanelField::Proxy,
];

pub fn card(wanted: &Wanted, facts: &Facts, live: &Live) -> Card {
    let record = &wanted.record;
    let outside = panel::is_outside(wanted, facts);
    let zone = if outside {
        panel::other_zone(&record.owner)
    } else {
        panel::zone(facts)
    };
    let host = panel::host(facts).filter(|_| !outside);
    let name = host
        .and_then(|host| host.name_in_panel(&record.owner, &zone))
        .unwrap_or_else(|| relative(&record.owner, &zone));
    let value = match (host, &record.content) {
        (Some(host), content) => host.value_in_panel(content),
        (None, Content::Mx { exchange, .. }) => exchange.to_string(),
        (None, content) => content.to_string(),
    };
    let asking = live.asking.contains(&wanted.key);
    let judged = live
        .judged
        .get(&wanted.key)
        .filter(|(judgement, _)| is_about(judgement, wanted, facts))
        .map(|(judgement, at)| {
            let spot = Spot {
                host,
                zone: &zone,
                owner: &record.owner,
                shown: true,
            };
            let mut judgement = in_panel_words(judgement.clone(), &spot);
            judgement
                .findings
                .extend(waiting::findings(facts, live, wanted, host));
            (judgement, *at)
        });
    Card {
        record: record.clone(),
        place: place(wanted, facts, outside, &zone),
        link: host.and_then(|host| host.panel_url.clone()),
        fields: fields(record, host, &zone, &name, &value),
        name,
        full_name: record.owner.to_string(),
        value,
        replaces: wanted.replaces.clone(),
        caution: host.and_then(|host| caution(host, record, &zone)),
        guide: if outside {
            Guide::default()
        } else {
            guide::guide(host, record, &zone)
        },
        watch: match (asking, judged) {
            (true, last) => Watch::Asking {
                last: last.map(|(judgement, _)| judgement),
            },
            (false, Some((judgement, at))) => Watch::Seen { judgement, at },
            (false, None) => Watch::NotYet,
        },
    }
}

/// That the panel does not take the record as it is.
fn caution(host: &DnsHost, record: &Record, zone: &DomainName) -> Option<String> {
    let fit = limits::fit(host, &record.owner, zone, &record.content);
    let (what, long) = match (fit.value, fit.name) {
        (Some(long), _) => ("value", long),
        (None, Some(long)) => ("name", long),
        (None, None) => return None,
    };
    Some(format!(
        "The {what} has {} characters, and {} takes {}. i shows the ways out.",
        long.length, host.name, long.limit
    ))
}

/// The name without the domain; `@` for the domain itself, as most panels have it.
pub fn relative(owner: &DomainName, zone: &DomainName) -> String {
    match owner.relative_to(zone) {
        Some("") => "@".to_owned(),
        Some(relative) => relative.to_owned(),
        None => owner.to_string(),
    }
}

/// What to type, field by field. Where it is not known which form of the name the panel wants, both stand there.
fn fields(
    record: &Record,
    host: Option<&DnsHost>,
    zone: &DomainName,
    name: &str,
    value: &str,
) -> Vec<Field> {
    let mut order: Vec<PanelField> = host.map_or_else(Vec::new, |host| host.fields.clone());
    order.extend(
        USUAL
            .into_iter()
            .filter(|field| !host.is_some_and(|host| host.fields.contains(field))),
    );
    let mut fields = Vec::new();
    for field in order {
        match field {
            PanelField::Type => fields.push(shown(
                host.and_then(|host| host.type_label.as_deref())
                    .unwrap_or("Type"),
                record.content.record_type().to_string(),
            )),
            PanelField::Name => {
                let label = host
                    .and_then(|host| host.name_label.as_deref())
                    .unwrap_or("Name");
                let typed = if name.is_empty() {
                    "(leave blank)".to_owned()
                } else {
                    name.to_owned()
                };
                fields.push(shown(label, typed));
                let is_known =
                    host.is_some_and(|host| host.name_in_panel(&record.owner, zone).is_some());
                if !is_known && name != record.owner.as_str() {
                    fields.push(shown("or in full", record.owner.to_string()));
                }
            }
            PanelField::Value => {
                fields.push(shown(value_label(record, host), value.to_owned()));
                if let Content::Mx { preference, .. } = &record.content {
                    fields.push(shown("Priority", preference.to_string()));
                }
            }
            PanelField::Ttl => fields.push(shown(
                host.and_then(|host| host.ttl_label.as_deref())
                    .unwrap_or("TTL"),
                ttl(record, host),
            )),
            PanelField::Proxy => fields.extend(proxy(record, host)),
        }
    }
    fields
}

fn shown(label: &str, value: String) -> Field {
    Field {
        label: label.to_owned(),
        value,
    }
}

fn value_label<'h>(record: &Record, host: Option<&'h DnsHost>) -> &'h str {
    let is_alias = record.content.record_type() == RecordType::Cname;
    let (known, usual) = match host {
        Some(host) if is_alias => (host.target_label.as_deref(), "Points to"),
        Some(host) => (host.value_label.as_deref(), "Value"),
        None if is_alias => (None, "Points to"),
        None => (None, "Value"),
    };
    known.unwrap_or(usual)
}

/// What to choose for the time that copies live.
fn ttl(record: &Record, host: Option<&DnsHost>) -> String {
    let wanted = record.ttl.0;
    let Some(host) = host else {
        return format!("{wanted}, or what the panel offers");
    };
    if let Some(choice) = &host.ttl_choice {
        return choice.clone();
    }
    let seconds = host.ttl_default.unwrap_or(wanted);
    match host.ttl_min {
        Some(least) if least >= seconds => format!("{least}, or the next that is offered"),
        Some(least) => format!("{seconds}, or what is offered from {least} on"),
        None => format!("{seconds}, or what the panel offers"),
    }
}

fn proxy(record: &Record, host: Option<&DnsHost>) -> Option<Field> {
    host.filter(|host| host.cname_proxy == Some(true))?;
    let value = match record.content.record_type() {
        RecordType::Cname => "off (\"DNS only\")".to_owned(),
        other => format!("does not apply to {other}"),
    };
    Some(shown("Proxy", value))
}

/// A judgement about another value proves nothing, except that nobody could tell.
fn is_about(judgement: &Judgement, wanted: &Wanted, facts: &Facts) -> bool {
    matches!(judgement.verdict, Verdict::Unknown { .. })
        || facts
            .seen
            .get(&wanted.key)
            .is_some_and(|seen| seen.value == wanted.record.content.to_string())
}

/// Where to click.
fn place(wanted: &Wanted, facts: &Facts, outside: bool, zone: &DomainName) -> String {
    if outside {
        return format!(
            "The DNS panel of {zone}, which is not the one of {}",
            facts.domain
        );
    }
    let replaces = wanted.replaces.is_some();
    let last = if replaces {
        "change the entry that is there"
    } else {
        "new entry"
    };
    match panel::host(facts) {
        Some(host) if !host.menu_path.is_empty() => {
            let mut path = vec![host.name.clone()];
            path.extend(host.menu_path.iter().map(|step| match step.as_str() {
                "your domain" | "your zone" => zone.to_string(),
                _ => step.clone(),
            }));
            if replaces {
                path.retain(|step| !mending::is_adding(step));
                path.push(last.to_owned());
            }
            path.join(" > ")
        }
        Some(host) => format!("{} > DNS of {zone} > {last}", host.name),
        None => format!("The DNS panel of {zone} > {last}"),
    }
}
