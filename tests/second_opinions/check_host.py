"""Says what pyspf makes of messages: a JSON line with the zone, then a JSON line for each message in; a JSON line with its result out."""

import json
import sys

import spf

zone = json.loads(sys.stdin.readline())


def answer(name, qtype, *_, **__):
    name = name.rstrip(".").lower()
    found = zone.get(name, {}).get(qtype, [])
    if qtype == "TXT":
        return [((name, qtype), (value.encode(),)) for value in found]
    if qtype == "MX":
        return [((name, qtype), tuple(value)) for value in found]
    return [((name, qtype), value) for value in found]


spf.DNSLookup = answer

for line in sys.stdin:
    asked = json.loads(line)
    query = spf.query(i=asked["ip"], s=asked["sender"], h=asked["helo"], strict=True)
    try:
        result = query.check()[0]
    except Exception as failure:
        result = f"failed: {type(failure).__name__}: {failure}"
    print(json.dumps({"result": result}))
