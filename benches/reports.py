#!/usr/bin/env python3
"""How long `nobounce reports` takes for aggregate reports, beside C expat and parsedmarc, in one run.

    cargo build --release
    python3 -m venv target/peer && target/peer/bin/pip install parsedmarc
    python3 benches/reports.py --peer target/peer/bin/python

Two sets, made from a fixed seed: 2,000 mixed files (.xml, .gz, .zip, mails), and one report of 100,000 records. expat is the C
library that Python carries: it gets the bytes unpacked and in memory, and calls nothing back, so its time is that of scanning
XML alone. nobounce is measured from its start to its end: it finds, opens, unpacks, reads and counts. parsedmarc runs
offline, without the time of its start, on every tenth file, and its time is multiplied by the share of the bytes.
Times of one machine mean little; the ratios travel.
"""

import argparse
import base64
import gzip
import io
import json
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from xml.parsers import expat

FILES = 2000
RECORDS = 100_000
AIMS = {"expat": 1.0, "parsedmarc": 1 / 150, "memory": 40.0}
SENDERS = ["example.com", "mcsv.net", "sendgrid.net", "amazonses.com", "mailgun.org", "forwarder.example", "list.example.org"]
ORGS = ["google.com", "Yahoo", "Enterprise Outlook", "Mail.Ru", "AMAZON-SES", "FastMail Pty Ltd", "receiver.example"]


def record(dice):
    if dice.random() < 0.15:
        ip = f"2001:db8:{dice.randrange(65536):x}::{dice.randrange(65536):x}"
    else:
        ip = f"198.{dice.choice((18, 19))}.{dice.randrange(40)}.{dice.randrange(256)}"
    dkim, spf = dice.choice(("pass", "pass", "fail")), dice.choice(("pass", "fail"))
    sender = dice.choice(SENDERS)
    own = "example.com" if dkim == "pass" else sender
    reason = "\n        <reason><type>forwarded</type><comment>arc=pass &amp; known</comment></reason>" if dice.random() < 0.08 else ""
    second = f"\n      <dkim><domain>{sender}</domain><selector>s{dice.randrange(3)}</selector><result>pass</result></dkim>" if dice.random() < 0.3 else ""
    return f"""  <record>
    <row>
      <source_ip>{ip}</source_ip>
      <count>{int(dice.paretovariate(1.1))}</count>
      <policy_evaluated>
        <disposition>{dice.choice(("none", "none", "quarantine", "reject"))}</disposition>
        <dkim>{dkim}</dkim>
        <spf>{spf}</spf>{reason}
      </policy_evaluated>
    </row>
    <identifiers>
      <header_from>example.com</header_from>
    </identifiers>
    <auth_results>
      <dkim>
        <domain>{own}</domain>
        <selector>selector{dice.randrange(4)}</selector>
        <result>{dkim}</result>
      </dkim>{second}
      <spf>
        <domain>{"bounces." + sender if spf == "fail" else "example.com"}</domain>
        <result>pass</result>
      </spf>
    </auth_results>
  </record>
"""


def report(dice, number, records):
    begin = 1_767_225_600 + 86_400 * (number % 300)
    space = ' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"' if number % 5 == 0 else ""
    head = f"""<?xml version="1.0" encoding="UTF-8" ?>
<feedback{space}>
  <report_metadata>
    <org_name>{ORGS[number % len(ORGS)]}</org_name>
    <email>noreply@receiver.example</email>
    <report_id>{number:08d}.{dice.randrange(10**12)}</report_id>
    <date_range><begin>{begin}</begin><end>{begin + 86_399}</end></date_range>
  </report_metadata>
  <policy_published>
    <domain>example.com</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp><pct>100</pct>
  </policy_published>
"""
    return (head + "".join(record(dice) for _ in range(records)) + "</feedback>\n").encode()


def zipped(name, xml):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
    return out.getvalue()


def mailed(name, packed):
    body = base64.encodebytes(packed).decode()
    return (
        "From: noreply@receiver.example\r\nTo: reports@example.com\r\nSubject: Report domain: example.com\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThis is an aggregate report.\r\n'
        f'--b\r\nContent-Type: application/gzip; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{body}\r\n--b--\r\n'
    ).encode()


def make(folder, large):
    """Writes both sets; gives the unpacked documents of the first and the one of the second."""
    dice = random.Random(20260101)
    documents = []
    for number in range(FILES):
        records = max(1, min(6000, int(dice.lognormvariate(2.87, 1.84))))
        xml = report(dice, number, records)
        documents.append(xml)
        form = dice.choice(("xml", "gz", "gz", "zip", "zip", "eml"))
        name = f"{number:04d}.xml"
        path = folder / f"{number:04d}.{form}"
        if form == "xml":
            path.write_bytes(xml)
        elif form == "gz":
            path.write_bytes(gzip.compress(xml, 6, mtime=0))
        elif form == "zip":
            path.write_bytes(zipped(name, xml))
        else:
            path.write_bytes(mailed(name + ".gz", gzip.compress(xml, 6, mtime=0)))
    xml = report(dice, 9999, RECORDS)
    large.write_bytes(gzip.compress(xml, 6, mtime=0))
    return documents, [xml]


def scan(documents):
    """Seconds of C expat; no handler is set, so nothing of Python runs while it reads."""
    began = time.perf_counter()
    for document in documents:
        expat.ParserCreate().Parse(document, True)
    return time.perf_counter() - began


# In a small Python of its own: the peak of memory that the system reports begins with what the parent had.
START = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
out = process.stdout.read()
_, status, usage = os.wait4(process.pid, 0)
took = time.perf_counter() - began
print(json.dumps([os.waitstatus_to_exitcode(status), took, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, out.decode()]))
"""


def read(binary, path):
    """Seconds, peak memory in MiB, seconds of processor, and what was counted."""
    command = [sys.executable, "-S", "-c", START, binary, "reports", "--json", str(path)]
    code, took, memory, work, out = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    if code != 0:
        sys.exit(f"nobounce ended with {code}")
    return took, memory, work, json.loads(out)


PEER = """
import logging, sys, time, parsedmarc
logging.disable(logging.CRITICAL)
began = time.perf_counter()
records = 0
for path in sys.argv[1:]:
    found = parsedmarc.parse_report_file(path, offline=True)
    records += len(found["report"]["records"])
print(time.perf_counter() - began, records)
"""


def peer(python, paths, limit):
    try:
        done = subprocess.run([python, "-c", PEER, *map(str, paths)], capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        sys.exit(f"parsedmarc failed: {done.stderr[-800:]}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(done.stdout.split()[0]), usage.ru_maxrss / 1024


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--binary", default="target/release/nobounce")
    arguments.add_argument("--runs", type=int, default=9)
    arguments.add_argument("--peer", help="the Python that has parsedmarc")
    arguments.add_argument("--patience", type=float, default=600, help="seconds for each run of parsedmarc")
    arguments.add_argument("--keep", type=pathlib.Path, help="write the reports here and leave them")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as made:
        root = chosen.keep or pathlib.Path(made)
        folder, large = root / "mixed", root / "large.xml.gz"
        folder.mkdir(parents=True, exist_ok=True)
        mixed, one = make(folder, large)
        paths = sorted(folder.iterdir())
        missed = False
        for what, path, documents in (("2,000 mixed files", folder, mixed), ("one report of 100,000 records", large, one)):
            size = sum(map(len, documents))
            records = sum(document.count(b"</record>") for document in documents)
            print(f"{what}: {records} records, {size / 1e6:.0f} MB of XML")
            scans, reads, memory, work = [], [], [], []
            # In turn, so that whatever else the machine does falls on both.
            for _ in range(chosen.runs):
                scans.append(scan(documents))
                took, peak, cpu, said = read(chosen.binary, path)
                reads.append(took), memory.append(peak), work.append(cpu)
            if said["files"]["reports"] != len(documents) or said["files"]["rejected"]:
                sys.exit(f"not all was read: {said['files']}")
            ours, theirs = statistics.median(reads), statistics.median(scans)
            print(f"  expat {theirs:.3f} s; nobounce {ours:.3f} s ({statistics.median(work):.3f} s of processor), {ours / theirs:.2f} x expat")
            print(f"  best: expat {min(scans):.3f} s, nobounce {min(reads):.3f} s, {min(reads) / min(scans):.2f} x")
            print(f"  memory {max(memory):.1f} MiB")
            missed |= ours > theirs * AIMS["expat"] or max(memory) > AIMS["memory"]
            if chosen.peer:
                part = paths[::10] if path is folder else [large]
                share = sum(len(mixed[int(p.stem)]) for p in part) / size if path is folder else 1
                found = peer(chosen.peer, part, chosen.patience)
                if found is None:
                    print(f"  parsedmarc took more than {chosen.patience:.0f} s")
                else:
                    whole = found[0] / share
                    print(f"  parsedmarc {whole:.1f} s ({share:.0%} measured), {found[1]:.0f} MiB; nobounce is {whole / ours:.0f} x as fast")
                    missed |= ours > whole * AIMS["parsedmarc"]
    print("an aim was missed" if missed else "all aims were reached")
    return missed


if __name__ == "__main__":
    sys.exit(main())
