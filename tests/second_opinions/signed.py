"""Verifies every DKIM signature of a message against published records, with dkimpy.

Usage: signed.py MESSAGE NAME RECORD [NAME RECORD]...
Exits 0 when there is one signature for each record, all verify, and none does with a changed body; 1 and a line otherwise.
"""

import sys

import dkim


def main(path, *pairs):
    records = dict(zip(pairs[::2], pairs[1::2]))
    asked = []

    def published(name, timeout=5):
        name = (name if isinstance(name, str) else name.decode()).rstrip(".")
        asked.append(name)
        return records.get(name, "").encode()

    with open(path, "rb") as file:
        message = file.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    count = message.lower().count(b"\r\ndkim-signature:") + message.lower().startswith(b"dkim-signature:")
    if count != len(records):
        return f"{count} signatures for {len(records)} keys"
    changed = message.replace(b"Hello", b"Hallo")

    def holds(text, number):
        try:
            return dkim.DKIM(text).verify(number, dnsfunc=published)
        except dkim.DKIMException:
            return False

    for number in range(count):
        if not holds(message, number):
            return f"signature {number} does not verify; looked at {asked}"
        if holds(changed, number):
            return "a changed message still verifies: this check checks nothing"
    if set(asked) != set(records):
        return f"dkimpy looked at {asked}, not at {list(records)}"
    return None


if __name__ == "__main__":
    problem = main(*sys.argv[1:])
    if problem:
        sys.exit(problem)
