# SPDX-License-Identifier: GPL-2.0-or-later
"""What the runner tells the person in front of it, on stderr: stdout is for results."""

import subprocess
import sys
import threading
import time

PROGRESS_SECONDS = 20


class Failed(Exception):
    """Something the runner needs could not be had. The text says what and what to do."""


def say(text):
    print(f"dtslot: {text}", file=sys.stderr, flush=True)


def clock(seconds):
    return f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"


def ending_with_us(command):
    """The command, killed when the thread that starts it ends: whoever kills the runner is rid of its guests, too."""
    return ["setpriv", "--pdeathsig", "KILL", *map(str, command)]


def run(command, what, log, steps=None, env=None, cwd=None):
    """Run a long command with its output in the file `log`; say every now and then how far it is.

    steps: function(line) -> None, or a string "N%" / "n of m" once the line tells it.
    """
    say(f"{what} ...")
    start = time.monotonic()
    state = {"step": "", "done": False}
    stop = threading.Event()

    def report():
        while not stop.wait(PROGRESS_SECONDS):
            step = f"{state['step']}, " if state["step"] else ""
            say(f"{what}: {step}{clock(time.monotonic() - start)}")

    threading.Thread(target=report, daemon=True).start()
    try:
        with open(log, "w", errors="replace") as out:
            process = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       text=True, errors="replace")
            for line in process.stdout:
                out.write(line)
                state["step"] = (steps and steps(line)) or state["step"]
            status = process.wait()
    finally:
        stop.set()
    if status:
        tail = "".join(open(log, errors="replace").readlines()[-30:])
        raise Failed(f"{what} failed ({status}), the end of {log}:\n{tail}")
    say(f"{what}: done, {clock(time.monotonic() - start)}")


def output(command, **options):
    """The stdout of a short command; raises Failed with its stderr."""
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
    if result.returncode:
        raise Failed(f"{' '.join(map(str, command))}: {result.stderr.strip() or result.returncode}")
    return result.stdout
