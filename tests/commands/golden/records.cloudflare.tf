# records for the mail of xn--mller-kva.example
# what is there already was seen at 2026-11-23T10:00:00Z; if it was changed since, look again and export anew
# needs the provider cloudflare/cloudflare, version 5 or newer
# Look at the plan before you apply it: nothing should be destroyed, and only what is named here changes.

variable "zone_id" {
  type        = string
  description = "Id of the zone"
}

variable "nobounce_k2__domainkey_cname_id" {
  type        = string
  description = "Id of the record that is there now at k2._domainkey.xn--mller-kva.example: dkim.mcsv.net"
}

variable "nobounce_s1__domainkey_cname_id" {
  type        = string
  description = "Id of the record that is there now at s1._domainkey.xn--mller-kva.example: s1.domainkey.u1.wl.sendgrid.net"
}

variable "nobounce_apex_txt_id" {
  type        = string
  description = "Id of the record that is there now at xn--mller-kva.example: v=spf1 include:_spf.google.com ~all"
}

variable "nobounce_dmarc_txt_id" {
  type        = string
  description = "Id of the record that is there now at _dmarc.xn--mller-kva.example: v=DMARC1; p=none"
}

# for the mail
# this one is in the zone example.net, with its own settings:
#   resource "cloudflare_dns_record" "nobounce_xn--mller-kva_example__report__dmarc_reports_txt" {
#     zone_id = var.zone_id
#     name    = "xn--mller-kva.example._report._dmarc.reports.example.net"
#     type    = "TXT"
#     content = "\"v=DMARC1;\""
#     ttl     = 3600
#   }

# for the mail
resource "cloudflare_dns_record" "nobounce_nb2611__domainkey_txt" {
  zone_id = var.zone_id
  name    = "nb2611._domainkey.xn--mller-kva.example"
  type    = "TXT"
  content = "\"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb\" \"2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB\""
  ttl     = 3600
}

# for the mail
resource "cloudflare_dns_record" "nobounce_nb2611e__domainkey_txt" {
  zone_id = var.zone_id
  name    = "nb2611e._domainkey.xn--mller-kva.example"
  type    = "TXT"
  content = "\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""
  ttl     = 3600
}

# for the mail
resource "cloudflare_dns_record" "nobounce_k10__domainkey_cname" {
  zone_id = var.zone_id
  name    = "k10._domainkey.xn--mller-kva.example"
  type    = "CNAME"
  content = "dkim2.mcsv.net"
  ttl     = 3600
  proxied = false
}

# for the mail
import {
  to = cloudflare_dns_record.nobounce_k2__domainkey_cname
  id = "${var.zone_id}/${var.nobounce_k2__domainkey_cname_id}"
}

resource "cloudflare_dns_record" "nobounce_k2__domainkey_cname" {
  zone_id = var.zone_id
  name    = "k2._domainkey.xn--mller-kva.example"
  type    = "CNAME"
  content = "dkim.mcsv.net"
  ttl     = 3600
  proxied = false
}

# for the mail
# replaces: CNAME s1.domainkey.u1.wl.sendgrid.net
import {
  to = cloudflare_dns_record.nobounce_s1__domainkey_cname
  id = "${var.zone_id}/${var.nobounce_s1__domainkey_cname_id}"
}

resource "cloudflare_dns_record" "nobounce_s1__domainkey_cname" {
  zone_id = var.zone_id
  name    = "s1._domainkey.xn--mller-kva.example"
  type    = "CNAME"
  content = "s1.domainkey.u2.wl.sendgrid.net"
  ttl     = 3600
  proxied = false
}

# for the mail
resource "cloudflare_dns_record" "nobounce_bounce_mx" {
  zone_id  = var.zone_id
  name     = "bounce.xn--mller-kva.example"
  type     = "MX"
  content  = "feedback-smtp.eu-west-1.amazonses.com"
  ttl      = 3600
  priority = 10
}

# for the mail
resource "cloudflare_dns_record" "nobounce_bounce_txt" {
  zone_id = var.zone_id
  name    = "bounce.xn--mller-kva.example"
  type    = "TXT"
  content = "\"v=spf1 include:amazonses.com ~all\""
  ttl     = 3600
}

# for the mail
# left out: it is not known what stands at this name now. Look first; put what is there beside our values at _token.xn--mller-kva.example:
#   resource "cloudflare_dns_record" "nobounce_token_txt" {
#     zone_id = var.zone_id
#     name    = "_token.xn--mller-kva.example"
#     type    = "TXT"
#     content = "\"owner=us\""
#     ttl     = 3600
#   }

# for the mail
# replaces: TXT v=spf1 include:_spf.google.com ~all
import {
  to = cloudflare_dns_record.nobounce_apex_txt
  id = "${var.zone_id}/${var.nobounce_apex_txt_id}"
}

resource "cloudflare_dns_record" "nobounce_apex_txt" {
  zone_id = var.zone_id
  name    = "xn--mller-kva.example"
  type    = "TXT"
  content = "\"v=spf1 include:_spf.google.com include:servers.mcsv.net exists:%%{i}._spf.%%{d2} ~all\""
  ttl     = 600
}

# for the mail
# replaces: TXT v=DMARC1; p=none
import {
  to = cloudflare_dns_record.nobounce_dmarc_txt
  id = "${var.zone_id}/${var.nobounce_dmarc_txt_id}"
}

resource "cloudflare_dns_record" "nobounce_dmarc_txt" {
  zone_id = var.zone_id
  name    = "_dmarc.xn--mller-kva.example"
  type    = "TXT"
  content = "\"v=DMARC1; p=none; rua=mailto:dmarc@xn--mller-kva.example\""
  ttl     = 3600
}
