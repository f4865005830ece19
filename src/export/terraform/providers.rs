//! The Terraform providers of DNS hosts: what their resources are called, and how they take a value.

use crate::export::Sheet;
use crate::export::set::Value;
use crate::export::terraform::hcl::Block;
use crate::export::terraform::hcl::inside;
use crate::export::terraform::hcl::list;
use crate::export::terraform::hcl::text;
use crate::export::text::absolute;
use crate::export::text::cut;
use crate::export::text::data;
use crate::export::text::escaped_octal;
use crate::export::text::relative;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// A provider of Terraform.
#[derive(Debug)]
pub struct Provider {
    /// The word of the command line.
    pub id: &'static str,
    /// The DNS host, by its id in the catalog.
    pub host: &'static str,
    /// What has to be there for the file to work.
    pub needs: &'static str,
    /// Names and meanings.
    pub variables: &'static [(&'static str, &'static str)],
    pub shape: Shape,
    /// The provider makes no set where one is there already.
    pub refuses: bool,
    /// The resource, for TXT, CNAME and MX.
    resources: [&'static str; 3],
    /// A value as an expression; None where it cannot be written.
    pub value: fn(&Value) -> Option<String>,
    pub resource: fn(&Place<'_>, &str, &[Value]) -> Block,
    /// The id of what is there, as an expression; the second names the variable with the id of a single record.
    pub import: fn(&Place<'_>, &str) -> String,
}

/// What one resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One record.
    Record,
    /// All records of one type at a name.
    Set,
}

/// Where a set is.
pub struct Place<'p> {
    pub owner: &'p DomainName,
    pub zone: &'p DomainName,
    pub record_type: RecordType,
    /// Seconds.
    pub ttl: u32,
}

impl Provider {
    pub fn resource_of(&self, record_type: RecordType) -> &'static str {
        let [text, alias, mx] = self.resources;
        match record_type {
            RecordType::Cname => alias,
            RecordType::Mx => mx,
            _ => text,
        }
    }
}

const ZONE_ID: (&str, &str) = ("zone_id", "Id of the zone");

/// Every provider, in the order of the help.
pub static PROVIDERS: [Provider; 9] = [
    Provider {
        id: "cloudflare",
        host: "cloudflare",
        needs: "needs the provider cloudflare/cloudflare, version 5 or newer",
        variables: &[ZONE_ID],
        shape: Shape::Record,
        refuses: false,
        resources: ["cloudflare_dns_record"; 3],
        value: presented,
        resource: cloudflare,
        import: |_, id| format!("\"${{var.zone_id}}/${{var.{id}}}\""),
    },
    Provider {
        id: "aws",
        host: "route53",
        needs: "needs the provider hashicorp/aws; a record set that is there and not named here makes it fail, and stays",
        variables: &[ZONE_ID],
        shape: Shape::Set,
        refuses: true,
        resources: ["aws_route53_record"; 3],
        value: aws_value,
        resource: aws,
        import: |place, _| format!("\"${{var.zone_id}}_{}_{}\"", place.owner, place.record_type),
    },
    Provider {
        id: "google",
        host: "google-cloud-dns",
        needs: "needs the provider hashicorp/google; it replaces a record set that is there, so look again before you apply this late",
        variables: &[("managed_zone", "Name of the managed zone")],
        shape: Shape::Set,
        refuses: false,
        resources: ["google_dns_record_set"; 3],
        value: presented_absolute,
        resource: google,
        import: |place, _| {
            format!(
                "\"${{var.managed_zone}}/{}/{}\"",
                absolute(place.owner),
                place.record_type
            )
        },
    },
    Provider {
        id: "azure",
        host: "azure-dns",
        needs: "needs the provider hashicorp/azurerm; a record set that is there and not named here makes it fail, and stays",
        variables: &[
            ("subscription_id", "Id of the subscription"),
            (
                "resource_group_name",
                "Name of the resource group of the zone",
            ),
        ],
        shape: Shape::Set,
        refuses: true,
        resources: [
            "azurerm_dns_txt_record",
            "azurerm_dns_cname_record",
            "azurerm_dns_mx_record",
        ],
        value: bare,
        resource: azure,
        import: |place, _| {
            format!(
                "\"/subscriptions/${{var.subscription_id}}/resourceGroups/${{var.resource_group_name}}/providers/Microsoft.Network/dnsZones/{}/{}/{}\"",
                place.zone,
                place.record_type,
                relative(place.owner, place.zone)
            )
        },
    },
    Provider {
        id: "digitalocean",
        host: "digitalocean",
        needs: "needs the provider digitalocean/digitalocean",
        variables: &[],
        shape: Shape::Record,
        refuses: false,
        resources: ["digitalocean_record"; 3],
        value: bare_absolute,
        resource: digitalocean,
        import: |place, id| format!("\"{},${{var.{id}}}\"", place.zone),
    },
    Provider {
        id: "hetzner",
        host: "hetzner",
        needs: "needs the provider hetznercloud/hcloud with DNS zones",
        variables: &[],
        shape: Shape::Set,
        refuses: false,
        resources: ["hcloud_zone_rrset"; 3],
        value: presented_absolute,
        resource: hetzner,
        import: |place, _| {
            format!(
                "\"{}/{}/{}\"",
                place.zone,
                relative(place.owner, place.zone),
                place.record_type
            )
        },
    },
    Provider {
        id: "gandi",
        host: "gandi",
        needs: "needs the provider go-gandi/gandi",
        variables: &[],
        shape: Shape::Set,
        refuses: false,
        resources: ["gandi_livedns_record"; 3],
        value: presented_absolute,
        resource: gandi,
        import: |place, _| {
            format!(
                "\"{}/{}/{}\"",
                place.zone,
                relative(place.owner, place.zone),
                place.record_type
            )
        },
    },
    Provider {
        id: "linode",
        host: "linode",
        needs: "needs the provider linode/linode",
        variables: &[("domain_id", "Number of the domain")],
        shape: Shape::Record,
        refuses: false,
        resources: ["linode_domain_record"; 3],
        value: bare,
        resource: linode,
        import: |_, id| format!("\"${{var.domain_id}},${{var.{id}}}\""),
    },
    Provider {
        id: "inwx",
        host: "inwx",
        needs: "needs the provider inwx/inwx",
        variables: &[],
        shape: Shape::Record,
        refuses: false,
        resources: ["inwx_nameserver_record"; 3],
        value: bare,
        resource: inwx,
        import: |place, id| format!("\"{}:${{var.{id}}}\"", place.zone),
    },
];

pub fn provider(id: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.id == id)
}

/// The provider for the DNS host of the sheet, where it was recognized and has one.
pub fn of_sheet(sheet: &Sheet) -> Option<&'static Provider> {
    let host = sheet.rows.iter().find_map(|row| row.host)?;
    PROVIDERS
        .iter()
        .find(|provider| provider.host == host.id.as_str())
}

/// In presentation form, texts in quotes and cut.
fn presented(value: &Value) -> Option<String> {
    Some(match value {
        Value::Alias(target) => text(target.as_str()),
        Value::Mx { exchange, .. } => text(exchange.as_str()),
        value => text(&data(value)),
    })
}

/// As [`presented`], with whole names and the preference of a mail server.
fn presented_absolute(value: &Value) -> Option<String> {
    Some(text(&data(value)))
}

/// As it is, where that can be written.
fn bare(value: &Value) -> Option<String> {
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

fn bare_absolute(value: &Value) -> Option<String> {
    match value {
        Value::Text(_) => bare(value),
        Value::Alias(target) => Some(text(&absolute(target))),
        Value::Mx { exchange, .. } => Some(text(&absolute(exchange))),
    }
}

/// The provider puts quotes around a text, and a text is cut with two of them.
fn aws_value(value: &Value) -> Option<String> {
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

fn preference(values: &[Value]) -> Option<u16> {
    match values.first() {
        Some(Value::Mx { preference, .. }) => Some(*preference),
        _ => None,
    }
}

fn begin(resource: &str, label: &str) -> Block {
    Block::new(&format!("resource \"{resource}\" \"{label}\""))
}

fn cloudflare(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let block = begin("cloudflare_dns_record", label)
        .with("zone_id", "var.zone_id")
        .with("name", &text(place.owner.as_str()))
        .with("type", &text(place.record_type.as_str()))
        .with("content", &first(values, presented))
        .with("ttl", &place.ttl.to_string());
    match preference(values) {
        Some(preference) => block.with("priority", &preference.to_string()),
        None if place.record_type == RecordType::Cname => block.with("proxied", "false"),
        None => block,
    }
}

fn aws(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    begin("aws_route53_record", label)
        .with("zone_id", "var.zone_id")
        .with("name", &text(place.owner.as_str()))
        .with("type", &text(place.record_type.as_str()))
        .with("ttl", &place.ttl.to_string())
        .with("records", &list(&all(values, aws_value)))
}

fn google(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    begin("google_dns_record_set", label)
        .with("managed_zone", "var.managed_zone")
        .with("name", &text(&absolute(place.owner)))
        .with("type", &text(place.record_type.as_str()))
        .with("ttl", &place.ttl.to_string())
        .with("rrdatas", &list(&all(values, presented_absolute)))
}

fn azure(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
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

fn digitalocean(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let block = begin("digitalocean_record", label)
        .with("domain", &text(place.zone.as_str()))
        .with("name", &text(&relative(place.owner, place.zone)))
        .with("type", &text(place.record_type.as_str()))
        .with("value", &first(values, bare_absolute))
        .with("ttl", &place.ttl.to_string());
    match preference(values) {
        Some(preference) => block.with("priority", &preference.to_string()),
        None => block,
    }
}

fn hetzner(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
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

fn gandi(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    begin("gandi_livedns_record", label)
        .with("zone", &text(place.zone.as_str()))
        .with("name", &text(&relative(place.owner, place.zone)))
        .with("type", &text(place.record_type.as_str()))
        .with("ttl", &place.ttl.to_string())
        .with("values", &list(&all(values, presented_absolute)))
}

fn linode(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
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
    match preference(values) {
        Some(preference) => block.with("priority", &preference.to_string()),
        None => block,
    }
}

fn inwx(place: &Place<'_>, label: &str, values: &[Value]) -> Block {
    let block = begin("inwx_nameserver_record", label)
        .with("domain", &text(place.zone.as_str()))
        .with("name", &text(place.owner.as_str()))
        .with("type", &text(place.record_type.as_str()))
        .with("content", &first(values, bare))
        .with("ttl", &place.ttl.to_string());
    match preference(values) {
        Some(preference) => block.with("prio", &preference.to_string()),
        None => block,
    }
}
