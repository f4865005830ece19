//! The Terraform providers of DNS hosts: what their resources are called, and how they take a value.

use crate::export::Sheet;
use crate::export::set::Value;
use crate::export::terraform::hcl::Block;
use crate::export::terraform::resources;
use crate::export::text::absolute;
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
        value: resources::presented,
        resource: resources::cloudflare,
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
        value: resources::aws_value,
        resource: resources::aws,
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
        value: resources::presented_absolute,
        resource: resources::google,
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
        value: resources::bare,
        resource: resources::azure,
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
        value: resources::bare_absolute,
        resource: resources::digitalocean,
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
        value: resources::presented_absolute,
        resource: resources::hetzner,
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
        value: resources::presented_absolute,
        resource: resources::gandi,
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
        value: resources::bare,
        resource: resources::linode,
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
        value: resources::bare,
        resource: resources::inwx,
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
