#!/usr/bin/env python3
"""How long until the first full screen, until a key is answered, and how much memory: nobounce beside tig and htop.

    cargo build --release && python3 benches/start.py [--binary target/release/nobounce] [--runs 40]

Each program is started in a pseudo-terminal of 80x24, one run of each in turn, so that whatever else the machine
does falls on all of them. Times end at the last byte of a screen: the moment of the last read before the program
had shown its mark and then kept quiet. Times of one machine mean little; the ratios travel.
"""

import argparse
import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

QUIET = 0.04  # seconds without output that end a screen
PATIENCE = 10.0
BOUNDS = {"first screen": 15.0, "key": 1.0, "memory": 20.0}

# What programs ask of a terminal when they start, and what a plain xterm says to it.
QUESTIONS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;22c", b"\x1b[0c": b"\x1b[?62;22c", b"\x1b[>c": b"\x1b[>0;10;0c"}


class Terminal:
    """One program in a pseudo-terminal of its own."""

    def __init__(self, argv, cwd, env):
        self.main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        name = os.ttyname(side)
        self.seen = b""
        self.asked = 0
        here = os.getcwd()
        os.chdir(cwd)
        try:
            self.began = time.perf_counter()
            # In a session of its own the first terminal opened is the one that controls it.
            self.pid = os.posix_spawn(
                argv[0], argv, env, setsid=True,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
                    (os.POSIX_SPAWN_DUP2, 0, 1),
                    (os.POSIX_SPAWN_DUP2, 0, 2),
                ],
            )
        finally:
            os.chdir(here)
            os.close(side)

    def screen(self, mark=b""):
        """Reads until the mark was seen and nothing more came; the moment of the last read."""
        last, fresh, end = None, b"", time.perf_counter() + PATIENCE
        while True:
            done = last is not None and mark in fresh
            if not select.select([self.main], [], [], QUIET if done else 0.5)[0]:
                if done:
                    return last
                if time.perf_counter() > end:
                    raise TimeoutError(f"{mark!r} is not on the screen; it has {self.seen[-1500:]!r}")
                continue
            try:
                got = os.read(self.main, 65536)
            except OSError:
                got = b""
            if not got:
                raise EOFError(f"the program ended; it said {self.seen[-1500:]!r}")
            last = time.perf_counter()
            fresh += got
            self.seen += got
            self.answer()

    def answer(self):
        for question, reply in QUESTIONS.items():
            at = self.seen.find(question, self.asked)
            if at >= 0:
                self.asked = at + len(question)
                os.write(self.main, reply)

    def press(self, key):
        """From the key to the last byte of what it changed."""
        pressed = time.perf_counter()
        os.write(self.main, key)
        return self.screen() - pressed

    def peak_memory(self):
        """MiB. VmHWM begins with the program; ru_maxrss would count the Python that spawned it."""
        with open(f"/proc/{self.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.main)


def small_repository(folder):
    """Thirty commits, so that tig has a full screen."""
    def git(*words):
        subprocess.run(["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", *words],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL)

    git("init", "-q", "-b", "main")
    for n in range(30):
        git("commit", "-q", "--allow-empty", "-m", f"Commit number {n}")


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--binary", default="target/release/nobounce")
    ask.add_argument("--mark", default="leave", help="a word at the bottom of nobounce's start screen")
    ask.add_argument("--runs", type=int, default=40)
    ask.add_argument("--keys", type=int, default=6, help="keys pressed in each run")
    said = ask.parse_args()
    scratch = tempfile.mkdtemp(prefix="nobounce-bench-")
    try:
        sys.exit(measure(said, scratch))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def measure(said, scratch):
    repository, home = os.path.join(scratch, "repository"), os.path.join(scratch, "home")
    os.mkdir(repository)
    os.mkdir(home)
    small_repository(repository)
    env = {"HOME": home, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": os.environ["PATH"],
           "NOBOUNCE_DATA_DIR": os.path.join(home, "data")}
    down, up = b"\x1b[B", b"\x1b[A"
    programs = {"nobounce": ([os.path.abspath(said.binary)], said.mark.encode(), (down, up))}
    for name, mark, keys in (("tig", b"number 29", (b"j", b"k")), ("htop", b"Quit", (down, up))):
        if shutil.which(name):
            programs[name] = ([shutil.which(name)], mark, keys)
        else:
            print(f"{name} is not installed: left out")

    first, repaint, memory = ({name: [] for name in programs} for _ in range(3))
    for turn in range(said.runs + 1):
        for name, (argv, mark, keys) in programs.items():
            terminal = Terminal(argv, repository, env)
            try:
                shown = (terminal.screen(mark) - terminal.began) * 1000
                pressed = [terminal.press(keys[n % 2]) * 1000 for n in range(said.keys)]
                if turn:  # the first of each warms the caches
                    first[name].append(shown)
                    repaint[name].extend(pressed)
                    memory[name].append(terminal.peak_memory())
            finally:
                terminal.close()

    print(f"{said.runs} runs of each in turn, medians (ninth deciles), 80x24")
    print(f"{'':10}{'first screen':>20}{'key to repaint':>22}{'peak memory':>16}")
    for name in programs:
        print(f"{name:10}{spread(first[name]):>17} ms{spread(repaint[name]):>19} ms{max(memory[name]):>12.1f} MiB")
    middle = {name: (statistics.median(first[name]), statistics.median(repaint[name])) for name in programs}
    for name in list(programs)[1:]:
        print(f"nobounce / {name}: first screen {middle['nobounce'][0] / middle[name][0]:.2f}, "
              f"key {middle['nobounce'][1] / middle[name][1]:.2f}")
    ours = {"first screen": middle["nobounce"][0], "key": middle["nobounce"][1], "memory": max(memory["nobounce"])}
    units = {"first screen": "ms", "key": "ms", "memory": "MiB"}
    for what, bound in BOUNDS.items():
        print(f"{'ok  ' if ours[what] <= bound else 'OVER'} {what}: {ours[what]:.2f} {units[what]}, bound {bound:g}")
    return int(any(ours[what] > bound for what, bound in BOUNDS.items()))


def spread(times):
    return f"{statistics.median(times):.2f} ({statistics.quantiles(times, n=10)[-1]:.2f})"


if __name__ == "__main__":
    main()
