# records for the mail of xn--mller-kva.example
# what is there already was seen at 2026-11-23T10:00:00Z; if it was changed since, look again and export anew
# needs the provider linode/linode
# Look at the plan before you apply it: nothing should be destroyed, and only what is named here changes.

variable "domain_id" {
  type        = string
  description = "Number of the domain"
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
#   resource "linode_domain_record" "nobounce_xn--mller-kva_example__report__dmarc_reports_txt" {
#     domain_id   = var.domain_id
#     name        = "xn--mller-kva.example._report._dmarc.reports"
#     record_type = "TXT"
#     target      = "v=DMARC1;"
#     ttl_sec     = 3600
#   }

# for the mail
resource "linode_domain_record" "nobounce_nb2611__domainkey_txt" {
  domain_id   = var.domain_id
  name        = "nb2611._domainkey"
  record_type = "TXT"
  target      = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB"
  ttl_sec     = 3600
}

# for the mail
resource "linode_domain_record" "nobounce_nb2611e__domainkey_txt" {
  domain_id   = var.domain_id
  name        = "nb2611e._domainkey"
  record_type = "TXT"
  target      = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
  ttl_sec     = 3600
}

# for the mail
resource "linode_domain_record" "nobounce_k10__domainkey_cname" {
  domain_id   = var.domain_id
  name        = "k10._domainkey"
  record_type = "CNAME"
  target      = "dkim2.mcsv.net"
  ttl_sec     = 3600
}

# for the mail
import {
  to = linode_domain_record.nobounce_k2__domainkey_cname
  id = "${var.domain_id},${var.nobounce_k2__domainkey_cname_id}"
}

resource "linode_domain_record" "nobounce_k2__domainkey_cname" {
  domain_id   = var.domain_id
  name        = "k2._domainkey"
  record_type = "CNAME"
  target      = "dkim.mcsv.net"
  ttl_sec     = 3600
}

# for the mail
# replaces: CNAME s1.domainkey.u1.wl.sendgrid.net
import {
  to = linode_domain_record.nobounce_s1__domainkey_cname
  id = "${var.domain_id},${var.nobounce_s1__domainkey_cname_id}"
}

resource "linode_domain_record" "nobounce_s1__domainkey_cname" {
  domain_id   = var.domain_id
  name        = "s1._domainkey"
  record_type = "CNAME"
  target      = "s1.domainkey.u2.wl.sendgrid.net"
  ttl_sec     = 3600
}

# for the mail
resource "linode_domain_record" "nobounce_bounce_mx" {
  domain_id   = var.domain_id
  name        = "bounce"
  record_type = "MX"
  target      = "feedback-smtp.eu-west-1.amazonses.com"
  ttl_sec     = 3600
  priority    = 10
}

# for the mail
resource "linode_domain_record" "nobounce_bounce_txt" {
  domain_id   = var.domain_id
  name        = "bounce"
  record_type = "TXT"
  target      = "v=spf1 include:amazonses.com ~all"
  ttl_sec     = 3600
}

# for the mail
# left out: it is not known what stands at this name now. Look first; put what is there beside our values at _token.xn--mller-kva.example:
#   resource "linode_domain_record" "nobounce_token_txt" {
#     domain_id   = var.domain_id
#     name        = "_token"
#     record_type = "TXT"
#     target      = "owner=us"
#     ttl_sec     = 3600
#   }

# for the mail
# replaces: TXT v=spf1 include:_spf.google.com ~all
import {
  to = linode_domain_record.nobounce_apex_txt
  id = "${var.domain_id},${var.nobounce_apex_txt_id}"
}

resource "linode_domain_record" "nobounce_apex_txt" {
  domain_id   = var.domain_id
  name        = ""
  record_type = "TXT"
  target      = "v=spf1 include:_spf.google.com include:servers.mcsv.net exists:%%{i}._spf.%%{d2} ~all"
  ttl_sec     = 600
}

# for the mail
# replaces: TXT v=DMARC1; p=none
import {
  to = linode_domain_record.nobounce_dmarc_txt
  id = "${var.domain_id},${var.nobounce_dmarc_txt_id}"
}

resource "linode_domain_record" "nobounce_dmarc_txt" {
  domain_id   = var.domain_id
  name        = "_dmarc"
  record_type = "TXT"
  target      = "v=DMARC1; p=none; rua=mailto:dmarc@xn--mller-kva.example"
  ttl_sec     = 3600
}
