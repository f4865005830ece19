"""Signs a message with a private key file and verifies it against a published record, both with dkimpy.

Usage: dkimpy.py DOMAIN SELECTOR KEY.pem RECORD
Exits 0 when the signature verifies and a changed body does not; 1 and a line otherwise.
"""

import base64
import re
import sys

import dkim

MESSAGE = b"From: Ann <ann@%s>\r\nTo: bob@example.org\r\nSubject: Invoice\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\nHello Bob.\r\n"


def ed25519_seed(pem):
    """dkimpy wants the bare seed in base64; a PKCS#8 file has it as an octet string in an octet string."""
    der = base64.b64decode(re.search(rb"KEY-----(.*?)-----END", pem, re.S).group(1))
    inner = b"\x04\x22\x04\x20"
    start = der.index(inner) + len(inner)
    return base64.b64encode(der[start : start + 32])


def main(domain, selector, path, record):
    with open(path, "rb") as file:
        private = file.read()
    algorithm = b"rsa-sha256"
    if "k=ed25519" in record.replace(" ", ""):
        algorithm, private = b"ed25519-sha256", ed25519_seed(private)
    asked = []

    def published(name, timeout=5):
        asked.append(name)
        return record.encode()

    message = MESSAGE % domain.encode()
    signed = dkim.sign(
        message, selector.encode(), domain.encode(), private,
        canonicalize=(b"relaxed", b"relaxed"), signature_algorithm=algorithm,
    ) + message
    name = f"{selector}._domainkey.{domain}."
    if not dkim.verify(signed, dnsfunc=published):
        return f"the signature does not verify with the record of {name}"
    if {n if isinstance(n, str) else n.decode() for n in asked} != {name}:
        return f"dkimpy looked at {asked}, not only at {name}"
    if dkim.verify(signed.replace(b"Hello", b"Hallo"), dnsfunc=published):
        return "a changed message still verifies: this check checks nothing"
    return None


if __name__ == "__main__":
    problem = main(*sys.argv[1:])
    if problem:
        sys.exit(problem)
