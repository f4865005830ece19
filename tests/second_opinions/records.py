"""Says what pyspf, checkdmarc and dkimpy think of records: JSON lines in ({"kind", "text"}), JSON lines out ({"says"}).

Nothing is looked up: what they would ask the DNS is answered here.
"""

import json
import logging
import sys

import checkdmarc.dmarc
import dkim
import spf

logging.disable(logging.CRITICAL)

# Report mailboxes exist and want the reports: the record alone is in question.
checkdmarc.dmarc.get_mx_records = lambda *_, **__: [{"preference": 10, "hostname": "mx.example.net"}]
checkdmarc.dmarc.verify_dmarc_report_destination = lambda *_, **__: True
checkdmarc.dmarc.check_wildcard_dmarc_report_authorization = lambda *_, **__: True


def of_dmarc(text):
    try:
        tags = checkdmarc.dmarc.parse_dmarc_record(text, "example.com")["tags"]
    except Exception as refusal:
        return f"refused: {type(refusal).__name__}"
    explicit = {name: tag["value"] for name, tag in tags.items() if tag.get("explicit")}
    words = [f"{name}={explicit[name]}".lower() for name in ("p", "sp", "np", "adkim", "aspf", "t", "psd") if name in explicit]
    words += [f"{name}:{len(explicit[name])}" for name in ("rua", "ruf") if name in explicit]
    return " ".join(words) or "nothing"


def stubbed(name, qtype, *_, **__):
    """Every name has a record of every type, none of which matches the address that is asked about."""
    answers = {
        "TXT": [((name, "TXT"), (b"v=spf1 ?all",))],
        "A": [((name, "A"), "198.51.100.1")],
        "MX": [((name, "MX"), (10, "mx.example.net"))],
    }
    return answers.get(qtype, [])


def of_spf(text):
    spf.DNSLookup = stubbed
    query = spf.query(i="192.0.2.200", s="user@example.com", h="mail.example.com", strict=True)
    try:
        query.d, query.libspf_local = "example.com", None
        result, _, why = query.check1(text, "example.com", 0)
    except spf.PermError as refusal:
        return f"refused: {refusal.args[0]}"
    except Exception as failure:
        return f"failed: {type(failure).__name__}"
    return f"refused: {why}" if result == "permerror" else "readable"


def of_dkim(text):
    try:
        key, size, kind, _ = dkim.load_pk_from_dns(b"s1._domainkey.example.com.", dnsfunc=lambda *_, **__: text.encode("latin-1"))
    except Exception as refusal:
        return f"refused: {type(refusal).__name__}"
    return "ed25519" if kind == b"ed25519" else f"rsa {size}"


JUDGES = {"dmarc": of_dmarc, "spf": of_spf, "dkim": of_dkim}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        says = JUDGES[asked["kind"]](asked["text"])
    except Exception as failure:
        says = f"failed: {type(failure).__name__}"
    print(json.dumps({"says": says}))
