#!/usr/bin/env python3
"""How fast domains are looked up: `nobounce check` beside checkdmarc, and beside the rounds that cannot be avoided.

    cargo build --release && cargo build --release --bench lab
    python3 -m venv target/peer && target/peer/bin/pip install checkdmarc
    python3 benches/lookups.py [--binary target/release/nobounce] [--peer target/peer/bin/python] [--check]

Both ask a pretend internet on loopback (benches/lab.rs): a resolver and forty-eight name servers that answer after a round-trip time,
with domains in the shape of real ones and their include chains. One run of each in turn, medians. The bound is the number of look-ups
that have to wait for one another times the round-trip time, as one datagram measures it here. What checkdmarc leaves out of
the plan (DKIM, each of the name servers, the tree walk) is said as its share: the parts of the plan that it asks.

Times of one machine mean little; the ratios travel. Linux only: the servers live at 127.0.1.x. With --check, missed aims are an error.
"""

import argparse
import glob
import json
import os
import resource
import select
import socket
import statistics
import subprocess
import sys
import time

RTT = 20.0  # ms
PARTS = ("mx", "spf", "spf tree", "dmarc", "tree walk", "report permission", "dkim", "name servers", "every name server asked")
PEER_PARTS = ("mx", "spf", "spf tree", "dmarc", "report permission", "name servers")
SORTS = ["gw"] * 35 + ["ms"] * 35 + ["sm"] * 20 + ["pk"] * 6 + ["nx"] * 4
HARD = ["sf", "si", "la", "hd", "rf", "ii", "rl", "gw", "ms", "sm"]

# The parts that ask the DNS alone; its other checks open SMTP or HTTPS connections or ask the system's resolver.
PEER = """
import sys, time
import dns.resolver
lab = dns.resolver.Resolver(configure=False)
lab.nameservers, lab.port = ["127.0.0.53"], int(sys.argv[1])
dns.resolver.default_resolver = lab
from checkdmarc.dmarc import check_dmarc
from checkdmarc.spf import check_spf
from checkdmarc.utils import get_mx_records, get_nameservers
began = time.perf_counter()
for domain in sys.argv[2:]:
    for look in (get_nameservers, get_mx_records, check_spf, check_dmarc):
        try:
            look(domain, resolver=lab)
        except Exception:
            pass  # that is its answer
print(time.perf_counter() - began)
"""


class Lab:
    """The pretend internet."""

    def __init__(self, program, port):
        self.port = port
        self.process = subprocess.Popen([program, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            sys.exit("the lab did not start")

    def say(self, words):
        """Datagrams in all, those about selectors, queries over TCP, and when the first came in (ns since 1970)."""
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return [int(word) for word in self.process.stdout.readline().split()]

    def set(self, rtt, loss):
        self.say(f"rtt {rtt}")
        self.say(f"loss {loss}")
        self.say("reset")

    def round_trip(self):
        """ms of one datagram there and back."""
        question = bytes.fromhex("000101000001000000000000") + b"\3com\0\0\2\0\1"
        times = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.connect(("127.0.0.53", self.port))
            for _ in range(15):
                began = time.perf_counter()
                one.send(question)
                one.recv(4096)
                times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Look:
    """One run of nobounce over a list of domains."""

    def __init__(self, binary, lab, domains, rtt=RTT, loss=0.0):
        lab.set(rtt, loss)
        argv = [binary, "check", "--from", "-", "--json", "-q", "--resolver", f"127.0.0.53:{lab.port}",
                "--authoritative-port", str(lab.port)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began, clock = time.perf_counter(), time.time_ns()
        ran = subprocess.run(argv, input="\n".join(domains), capture_output=True, text=True)
        self.took = (time.perf_counter() - began) * 1000
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000
        self.queries, self.selectors, self.streams, first = lab.say("count")
        self.first = (first - clock) / 1e6
        self.reports = [json.loads(line) for line in ran.stdout.splitlines()]
        said = [report["domain"] for report in self.reports]
        if said != domains:
            sys.exit(f"{len(said)} reports for {len(domains)} domains, or in another order\n{ran.stderr[:2000]}")
        self.rounds = max(report["rounds"] for report in self.reports)


def many(count, start=0):
    return [f"{SORTS[n * 37 % len(SORTS)]}{n + start}.example" for n in range(count)]


def memory(binary, lab, count):
    """Peak MiB with a list of `count` domains that comes through a pipe. VmHWM of the program itself."""
    lab.set(0, 0)
    argv = [binary, "check", "--from", "-", "-q", "--resolver", f"127.0.0.53:{lab.port}", "--authoritative-port", str(lab.port)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    os.set_blocking(process.stdin.fileno(), False)
    names, peak, done = ("".join(f"{name}\n" for name in many(count))).encode(), 0, 0
    while process.stdout:
        writes = [process.stdin] if names else []
        ready, free, _ = select.select([process.stdout], writes, [], 1)
        if free:
            try:
                names = names[os.write(process.stdin.fileno(), names[:65536]):]
            except BlockingIOError:
                pass
            if not names:
                process.stdin.close()
        if ready:
            with open(f"/proc/{process.pid}/status") as status:
                line = next((line for line in status if line.startswith("VmHWM")), "VmHWM 0")
            peak = max(peak, int(line.split()[1]) / 1024)
            got = os.read(process.stdout.fileno(), 1 << 20)
            done += got.count(b"\n")
            if not got:
                break
    process.wait()
    if done != count + 1:
        sys.exit(f"{done} lines for {count} domains")
    return peak


def peer(python, lab, domains, rtt=RTT, loss=0.0):
    """ms and queries of checkdmarc, without the start of Python."""
    lab.set(rtt, loss)
    ran = subprocess.run([python, "-c", PEER, str(lab.port), *domains], capture_output=True, text=True)
    if ran.returncode:
        sys.exit(ran.stderr[-3000:])
    return float(ran.stdout) * 1000, lab.say("count")[0]


def newest(pattern):
    found = [path for path in glob.glob(pattern) if os.access(path, os.X_OK) and not path.endswith(".d")]
    if not found:
        sys.exit(f"no {pattern}: cargo build --release --bench lab")
    return max(found, key=os.path.getmtime)


class Table:
    def __init__(self):
        self.missed = False

    def row(self, what, value, unit, aim, at_least=False, beside=""):
        holds = value >= aim if at_least else value <= aim
        self.missed |= not holds
        sign = ">=" if at_least else "<="
        print(f"{'ok  ' if holds else 'OVER'} {what:42}{value:10.2f} {unit:10} aim {sign} {aim:<7g} {beside}", flush=True)


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--binary", default="target/release/nobounce")
    ask.add_argument("--lab", help="default: the newest target/release/deps/lab-*")
    ask.add_argument("--peer", default="target/peer/bin/python", help="a Python that has checkdmarc")
    ask.add_argument("--port", type=int, default=5399)
    ask.add_argument("--runs", type=int, default=15)
    ask.add_argument("--domains", type=int, default=100_000, help="of the long list whose memory is measured")
    ask.add_argument("--check", action="store_true", help="exit 1 where an aim is missed")
    said = ask.parse_args()
    binary = os.path.abspath(said.binary)
    lab = Lab(said.lab or newest("target/release/deps/lab-*"), said.port)
    try:
        missed = measure(said, binary, lab)
    finally:
        lab.close()
    sys.exit(int(missed and said.check))


def measure(said, binary, lab):
    table = Table()
    has_peer = os.access(said.peer, os.X_OK)
    if not has_peer:
        print(f"no {said.peer}: checkdmarc is left out")
    lab.set(RTT, 0)
    rtt = lab.round_trip()
    share = f"{len(PEER_PARTS)} of {len(PARTS)} parts of the plan"
    print(f"{said.runs} runs, medians; one round trip {rtt:.1f} ms; nobounce asks the whole plan: {', '.join(PARTS)}\n")

    for sort, name in (("gw", "Google Workspace, 4 add-ons"), ("ms", "Microsoft 365")):
        looks, theirs = [], []
        for turn in range(said.runs + 1):
            look = Look(binary, lab, [f"{sort}{turn}.example"])
            if has_peer and turn <= 3:
                theirs.append(peer(said.peer, lab, [f"{sort}{turn}.example"]))
            if turn:  # the first warms the caches
                looks.append(look)
        rounds = max(look.rounds for look in looks)
        bound = rounds * rtt
        took = statistics.median(look.took for look in looks)
        beside = f"{rounds} rounds"
        if theirs:
            time_of_peer = statistics.median(took for took, _ in theirs)
            queries = statistics.median(count for _, count in theirs)
            beside += f"; checkdmarc {time_of_peer / bound:.1f} x with {queries:.0f} queries ({share})"
        table.row(f"one domain, {name}", took / bound, "x bound", 1.5, beside=beside)
        if sort == "gw":
            table.row("  rounds", rounds, "", 3)
        usual = [look.queries - look.selectors for look in looks]
        table.row("  queries besides selectors", max(usual), "", 60,
                  beside=f"and {statistics.median(look.selectors for look in looks):.0f} about selectors")
        table.row("  start to the first DNS packet", statistics.median(look.first for look in looks), "ms", 10)
        lossy = [Look(binary, lab, [f"{sort}{turn}.example"], loss=0.02).took for turn in range(said.runs)]
        print(f"       with 2 % loss {statistics.median(lossy) / bound:.1f} x bound, the slowest {max(lossy) / bound:.1f} x")

    runs = [Look(binary, lab, many(200, 1000 * turn)) for turn in range(1, 6)]
    took = statistics.median(look.took for look in runs)
    cpu = statistics.median(look.cpu for look in runs)
    beside = f"{statistics.median(look.queries for look in runs) / 200:.0f} queries and {cpu / 200:.1f} ms of CPU a domain"
    if has_peer:
        few = many(20, 1000)
        theirs, _ = peer(said.peer, lab, few)
        beside += f"; checkdmarc {len(few) / theirs * 1000:.1f}/s ({share})"
    table.row("200 domains", 200 / took * 1000, "domains/s", 500, at_least=True, beside=beside)
    runs = [Look(binary, lab, many(2000, 10_000))]
    print(f"       2,000 domains: {2000 / runs[0].took * 1000:.0f} domains/s, {runs[0].cpu / 2000:.1f} ms of CPU a domain")

    hard = [f"{HARD[n % len(HARD)]}{n}.example" for n in range(50)]
    runs = [Look(binary, lab, hard, loss=0.02) for _ in range(3)]
    took = statistics.median(look.took for look in runs) / 1000
    beside = f"{max(look.streams for look in runs)} queries over TCP"
    if has_peer:
        theirs, _ = peer(said.peer, lab, hard, loss=0.02)
        beside += f"; checkdmarc {theirs / 1000 / took:.0f} x as long ({share})"
    table.row("50 domains, dead servers, 2 % loss", took, "s", 6, beside=beside)

    few = min(2000, said.domains)
    small, large = memory(binary, lab, few), memory(binary, lab, said.domains)
    table.row(f"memory, {said.domains:,} domains", large, "MiB", 128, beside=f"{small:.1f} MiB with {few:,}")
    table.row(f"  beside that of {few:,}", large / small, "x", 1.25)
    return table.missed


if __name__ == "__main__":
    main()
