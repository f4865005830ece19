//! How the resources of each Terraform provider are written: their fields, and the form of a value.

use crate::export::set::Value;
use crate::export::terraform::hcl::Block;
use crate::export::terraform::hcl::inside;
use crate::export::terraform::hcl::list;
use crate::export::terraform::hcl::text;
use crate::export::terraform::providers::Place;
use crate::export::text::absolute;
use crate::export::text::data;
use crate::export::text::escaped_octal;
use crate::export::text::relative;
use crate::records::record::cut;
use crate::records::sighting::RecordType;

/// In presentation form, texts in quotes and cut.
pub fn presented(value: &Value) -> Option<String> {
    Some(match value {
        Value::Alias(target) => text(target.as_str()),
        Value::Mx { exchange, .. } => text(exchange.as_str()),
        value => text(&data(value)),
    })
}

/// As [`presented`], with whole names and the preference of a mail server.
pub fn presented_absolute(value: &Value) -> Option<String> {
    Some(text(&data(value)))
}

/// As it is, where that can be written.
pub fn bare(value: &Value) -> Option<String> {
    match value {
        Value::Text(bytes) => {
            let plain = bytes.as_ascii()?;
            let is_safe = plain.bytes().all(|byte| (b' '..=b'~').contains(&byte));
            is_safe.then(|| text(plain))
        }
        Value::Alias(target) => Some(text(target.as_str())),
        Value::Mx { exchange, .. } => Some(text(exchange.as_str())),
    }
}

pub fn bare_absolute(value: &Value) -> Option<String> {
    match value {
        Value::Text(_) => bare(value),
        Value::Alias(target) => Some(text(&absolute(target))),
        Value::Mx { exchange, .. } => Some(text(&absolute(exchange))),
    }
}

/// The provider puts quotes around a text, and a text is cut with two of them.
pub fn aws_value(value: &Value) -> Option<String> {
    match value {
        Value::Text(bytes) => {
            let strings: Vec<String> = cut(bytes.as_bytes())
                .map(|string| inside(&escaped_octal(string)))
                .collect();
            Some(format!("\"{}\"", strings.join("\\\"\\\"")))
        }
        value => presented_absolute(value),
    }
}

fn all(values: &[Value], one: fn(&Value) -> Option<String>) -> Vec<String> {
    values.iter().filter_map(one).collect()
}

fn first(values: &[Value], one: fn(&Value) -> Option<String>) -> String {
    values.first().and_then(one).unwrap_or_default()
}

fn with_preference(block: Block, name: &str, values: &[Value]) -> Block {
    match values.first() {
        Some(Value::Mx { preference, .. }) => block.with(name, &preference.to_string()),
        _ => block,
    }
}

fn begin(resource: &str, label: &str) -> Block {
    Block::new(&format!("resource \"{resource}\" \"{label}\""))
}

pub fn cloudflare(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let block = begin("cloudflare_dns_record", label)
        .with("zone_id", "var.zone_id")
        .with("name", &text(place.owner.as_str()))
        .with("type", &text(place.record_type.as_str()))
        .with("content", &first(values, presented))
        .with("ttl", &place.ttl.to_string());
    if place.record_type == RecordType::Cname {
        return block.with("proxied", "false");
    }
    with_preference(block, "priority", values)
}

pub fn aws(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    begin("aws_route53_record", label)
        .with("zone_id", "var.zone_id")
        .with("name", &text(place.owner.as_str()))
        .with("type", &text(place.record_type.as_str()))
        .with("ttl", &place.ttl.to_string())
        .with("records", &list(&all(values, aws_value)))
}

pub fn google(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    begin("google_dns_record_set", label)
        .with("managed_zone", "var.managed_zone")
        .with("name", &text(&absolute(place.owner)))
        .with("type", &text(place.record_type.as_str()))
        .with("ttl", &place.ttl.to_string())
        .with("rrdatas", &list(&all(values, presented_absolute)))
}

pub fn azure(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let resource = match place.record_type {
        RecordType::Cname => "azurerm_dns_cname_record",
        RecordType::Mx => "azurerm_dns_mx_record",
        _ => "azurerm_dns_txt_record",
    };
    let mut block = begin(resource, label)
        .with("name", &text(&relative(place.owner, place.zone)))
        .with("zone_name", &text(place.zone.as_str()))
        .with("resource_group_name", "var.resource_group_name")
        .with("ttl", &place.ttl.to_string());
    for value in values {
        let plain = bare(value).unwrap_or_default();
        block = match value {
            Value::Alias(_) => block.with("record", &plain),
            Value::Text(_) => block.around(Block::new("record").with("value", &plain)),
            Value::Mx { preference, .. } => block.around(
                Block::new("record")
                    .with("preference", &preference.to_string())
                    .with("exchange", &plain),
            ),
        };
    }
    block
}

pub fn digitalocean(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let block = begin("digitalocean_record", label)
        .with("domain", &text(place.zone.as_str()))
        .with("name", &text(&relative(place.owner, place.zone)))
        .with("type", &text(place.record_type.as_str()))
        .with("value", &first(values, bare_absolute))
        .with("ttl", &place.ttl.to_string());
    with_preference(block, "priority", values)
}

pub fn hetzner(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let records: Vec<String> = all(values, presented_absolute)
        .iter()
        .map(|value| format!("{{ value = {value} }}"))
        .collect();
    begin("hcloud_zone_rrset", label)
        .with("zone", &text(place.zone.as_str()))
        .with("name", &text(&relative(place.owner, place.zone)))
        .with("type", &text(place.record_type.as_str()))
        .with("ttl", &place.ttl.to_string())
        .with("records", &list(&records))
}

pub fn gandi(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    begin("gandi_livedns_record", label)
        .with("zone", &text(place.zone.as_str()))
        .with("name", &text(&relative(place.owner, place.zone)))
        .with("type", &text(place.record_type.as_str()))
        .with("ttl", &place.ttl.to_string())
        .with("values", &list(&all(values, presented_absolute)))
}

pub fn linode(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let name = match relative(place.owner, place.zone).as_str() {
        "@" => String::new(),
        name => name.to_owned(),
    };
    let block = begin("linode_domain_record", label)
        .with("domain_id", "var.domain_id")
        .with("name", &text(&name))
        .with("record_type", &text(place.record_type.as_str()))
        .with("target", &first(values, bare))
        .with("ttl_sec", &place.ttl.to_string());
    with_preference(block, "priority", values)
}

pub fn inwx(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let block = begin("inwx_nameserver_record", label)
        .with("domain", &text(place.zone.as_str()))
        .with("name", &text(place.owner.as_str()))
        .with("type", &text(place.record_type.as_str()))
        .with("content", &first(values, bare))
        .with("ttl", &place.ttl.to_string());
    with_preference(block, "prio", values)
}
