#!/usr/bin/env python3
"""A new RSA-2048 key, from the command to the files: `nobounce dkim new` beside `opendkim-genkey`.

    cargo build --release && python3 benches/keygen.py [--binary target/release/nobounce] [--runs 80]

One run of each in turn. How long a key takes is luck (the search for primes), hence the many runs and the medians.
Ours includes what opendkim-genkey does not do: the file and its folder are synced before the record is shown.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BOUND = 0.4


def timed(argv):
    began = time.perf_counter()
    ran = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    took = (time.perf_counter() - began) * 1000
    if ran.returncode:
        sys.exit(f"{' '.join(argv)}\nexit {ran.returncode}\n{ran.stdout.decode(errors='replace')}")
    return took


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--binary", default="target/release/nobounce")
    ask.add_argument("--runs", type=int, default=80)
    said = ask.parse_args()
    genkey = shutil.which("opendkim-genkey", path=os.environ["PATH"] + ":/usr/sbin")
    if not genkey:
        sys.exit("opendkim-genkey is not installed (Debian: opendkim-tools)")
    ours, theirs = [], []
    # Beside the build and not in /tmp, which is often memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(said.binary))) as folder:
        for n in range(said.runs + 1):
            one = timed([said.binary, "dkim", "new", "bench.test", "--selector", f"s{n}", "--key", "rsa2048",
                         "--data-dir", os.path.join(folder, "data")])
            other = timed([genkey, "-b", "2048", "-d", "bench.test", "-s", f"s{n}", "-D", folder])
            if n:  # the first of each warms the caches
                ours.append(one)
                theirs.append(other)
    for name, times in (("nobounce dkim new", ours), ("opendkim-genkey", theirs)):
        low, _, high = statistics.quantiles(times, n=4)
        print(f"{name:18} median {statistics.median(times):7.1f} ms   quartiles {low:.1f} to {high:.1f}   runs {len(times)}")
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"{'ok  ' if ratio <= BOUND else 'OVER'} ratio {ratio:.2f}, bound {BOUND}")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
