# records for the mail of xn--mller-kva.example
# what is there already was seen at 2026-11-23T10:00:00Z; if it was changed since, look again and export anew
# needs the provider hashicorp/google; it replaces a record set that is there, so look again before you apply this late
# Look at the plan before you apply it: nothing should be destroyed, and only what is named here changes.

variable "managed_zone" {
  type        = string
  description = "Name of the managed zone"
}

# for the mail
# this one is in the zone example.net, with its own settings:
#   resource "google_dns_record_set" "nobounce_xn--mller-kva_example__report__dmarc_reports_txt" {
#     managed_zone = var.managed_zone
#     name         = "xn--mller-kva.example._report._dmarc.reports.example.net."
#     type         = "TXT"
#     ttl          = 3600
#     rrdatas      = ["\"v=DMARC1;\""]
#   }

# for the mail
resource "google_dns_record_set" "nobounce_nb2611__domainkey_txt" {
  managed_zone = var.managed_zone
  name         = "nb2611._domainkey.xn--mller-kva.example."
  type         = "TXT"
  ttl          = 3600
  rrdatas      = ["\"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb\" \"2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB\""]
}

# for the mail
resource "google_dns_record_set" "nobounce_nb2611e__domainkey_txt" {
  managed_zone = var.managed_zone
  name         = "nb2611e._domainkey.xn--mller-kva.example."
  type         = "TXT"
  ttl          = 3600
  rrdatas      = ["\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""]
}

# for the mail
resource "google_dns_record_set" "nobounce_k10__domainkey_cname" {
  managed_zone = var.managed_zone
  name         = "k10._domainkey.xn--mller-kva.example."
  type         = "CNAME"
  ttl          = 3600
  rrdatas      = ["dkim2.mcsv.net."]
}

# for the mail
import {
  to = google_dns_record_set.nobounce_k2__domainkey_cname
  id = "${var.managed_zone}/k2._domainkey.xn--mller-kva.example./CNAME"
}

resource "google_dns_record_set" "nobounce_k2__domainkey_cname" {
  managed_zone = var.managed_zone
  name         = "k2._domainkey.xn--mller-kva.example."
  type         = "CNAME"
  ttl          = 3600
  rrdatas      = ["dkim.mcsv.net."]
}

# for the mail
# replaces: CNAME s1.domainkey.u1.wl.sendgrid.net
import {
  to = google_dns_record_set.nobounce_s1__domainkey_cname
  id = "${var.managed_zone}/s1._domainkey.xn--mller-kva.example./CNAME"
}

resource "google_dns_record_set" "nobounce_s1__domainkey_cname" {
  managed_zone = var.managed_zone
  name         = "s1._domainkey.xn--mller-kva.example."
  type         = "CNAME"
  ttl          = 3600
  rrdatas      = ["s1.domainkey.u2.wl.sendgrid.net."]
}

# for the mail
resource "google_dns_record_set" "nobounce_bounce_mx" {
  managed_zone = var.managed_zone
  name         = "bounce.xn--mller-kva.example."
  type         = "MX"
  ttl          = 3600
  rrdatas      = ["10 feedback-smtp.eu-west-1.amazonses.com."]
}

# for the mail
resource "google_dns_record_set" "nobounce_bounce_txt" {
  managed_zone = var.managed_zone
  name         = "bounce.xn--mller-kva.example."
  type         = "TXT"
  ttl          = 3600
  rrdatas      = ["\"v=spf1 include:amazonses.com ~all\""]
}

# for the mail
# left out: it is not known what stands at this name now. Look first; put what is there beside our values at _token.xn--mller-kva.example:
#   resource "google_dns_record_set" "nobounce_token_txt" {
#     managed_zone = var.managed_zone
#     name         = "_token.xn--mller-kva.example."
#     type         = "TXT"
#     ttl          = 3600
#     rrdatas      = ["\"owner=us\""]
#   }

# for the mail
# replaces: TXT v=spf1 include:_spf.google.com ~all
import {
  to = google_dns_record_set.nobounce_apex_txt
  id = "${var.managed_zone}/xn--mller-kva.example./TXT"
}

resource "google_dns_record_set" "nobounce_apex_txt" {
  managed_zone = var.managed_zone
  name         = "xn--mller-kva.example."
  type         = "TXT"
  ttl          = 600
  rrdatas      = ["\"google-site-verification=2LUTdw6IB05ZOkyPOXVzmKmpnn8\"", "\"door=a;b 'c' $${x} %%{y}\"", "\"v=spf1 include:_spf.google.com include:servers.mcsv.net exists:%%{i}._spf.%%{d2} ~all\""]
}

# for the mail
# replaces: TXT v=DMARC1; p=none
import {
  to = google_dns_record_set.nobounce_dmarc_txt
  id = "${var.managed_zone}/_dmarc.xn--mller-kva.example./TXT"
}

resource "google_dns_record_set" "nobounce_dmarc_txt" {
  managed_zone = var.managed_zone
  name         = "_dmarc.xn--mller-kva.example."
  type         = "TXT"
  ttl          = 3600
  rrdatas      = ["\"v=DMARC1; p=none; rua=mailto:dmarc@xn--mller-kva.example\""]
}
