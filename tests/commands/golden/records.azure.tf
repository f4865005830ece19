# records for the mail of xn--mller-kva.example
# what is there already was seen at 2026-11-23T10:00:00Z; if it was changed since, look again and export anew
# needs the provider hashicorp/azurerm; a record set that is there and not named here makes it fail, and stays
# Look at the plan before you apply it: nothing should be destroyed, and only what is named here changes.

variable "subscription_id" {
  type        = string
  description = "Id of the subscription"
}

variable "resource_group_name" {
  type        = string
  description = "Name of the resource group of the zone"
}

# for the mail
# this one is in the zone example.net, with its own settings:
#   resource "azurerm_dns_txt_record" "nobounce_xn--mller-kva_example__report__dmarc_reports_txt" {
#     name                = "xn--mller-kva.example._report._dmarc.reports"
#     zone_name           = "example.net"
#     resource_group_name = var.resource_group_name
#     ttl                 = 3600
#   
#     record {
#       value = "v=DMARC1;"
#     }
#   }

# for the mail
resource "azurerm_dns_txt_record" "nobounce_nb2611__domainkey_txt" {
  name                = "nb2611._domainkey"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600

  record {
    value = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB"
  }
}

# for the mail
resource "azurerm_dns_txt_record" "nobounce_nb2611e__domainkey_txt" {
  name                = "nb2611e._domainkey"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600

  record {
    value = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
  }
}

# for the mail
resource "azurerm_dns_cname_record" "nobounce_k10__domainkey_cname" {
  name                = "k10._domainkey"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600
  record              = "dkim2.mcsv.net"
}

# for the mail
import {
  to = azurerm_dns_cname_record.nobounce_k2__domainkey_cname
  id = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Network/dnsZones/xn--mller-kva.example/CNAME/k2._domainkey"
}

resource "azurerm_dns_cname_record" "nobounce_k2__domainkey_cname" {
  name                = "k2._domainkey"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600
  record              = "dkim.mcsv.net"
}

# for the mail
# replaces: CNAME s1.domainkey.u1.wl.sendgrid.net
import {
  to = azurerm_dns_cname_record.nobounce_s1__domainkey_cname
  id = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Network/dnsZones/xn--mller-kva.example/CNAME/s1._domainkey"
}

resource "azurerm_dns_cname_record" "nobounce_s1__domainkey_cname" {
  name                = "s1._domainkey"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600
  record              = "s1.domainkey.u2.wl.sendgrid.net"
}

# for the mail
resource "azurerm_dns_mx_record" "nobounce_bounce_mx" {
  name                = "bounce"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600

  record {
    preference = 10
    exchange   = "feedback-smtp.eu-west-1.amazonses.com"
  }
}

# for the mail
resource "azurerm_dns_txt_record" "nobounce_bounce_txt" {
  name                = "bounce"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600

  record {
    value = "v=spf1 include:amazonses.com ~all"
  }
}

# for the mail
resource "azurerm_dns_txt_record" "nobounce_token_txt" {
  name                = "_token"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600

  record {
    value = "owner=us"
  }
}

# for the mail
# replaces: TXT v=spf1 include:_spf.google.com ~all
import {
  to = azurerm_dns_txt_record.nobounce_apex_txt
  id = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Network/dnsZones/xn--mller-kva.example/TXT/@"
}

resource "azurerm_dns_txt_record" "nobounce_apex_txt" {
  name                = "@"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 600

  record {
    value = "google-site-verification=2LUTdw6IB05ZOkyPOXVzmKmpnn8"
  }

  record {
    value = "door=a;b 'c' $${x} %%{y}"
  }

  record {
    value = "v=spf1 include:_spf.google.com include:servers.mcsv.net exists:%%{i}._spf.%%{d2} ~all"
  }
}

# for the mail
# replaces: TXT v=DMARC1; p=none
import {
  to = azurerm_dns_txt_record.nobounce_dmarc_txt
  id = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Network/dnsZones/xn--mller-kva.example/TXT/_dmarc"
}

resource "azurerm_dns_txt_record" "nobounce_dmarc_txt" {
  name                = "_dmarc"
  zone_name           = "xn--mller-kva.example"
  resource_group_name = var.resource_group_name
  ttl                 = 3600

  record {
    value = "v=DMARC1; p=none; rua=mailto:dmarc@xn--mller-kva.example"
  }
}
