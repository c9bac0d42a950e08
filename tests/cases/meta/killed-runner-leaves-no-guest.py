# SPDX-License-Identifier: GPL-2.0-or-later
"""A runner that is killed takes what it started along: no QEMU goes on alone.

Broken if it fails: an ended `make check` leaves guests behind, which keep the processors busy for good.
"""

import os
import select
import signal
import subprocess
import sys

from lib import cache

kernels = ()

RUNNER = """
import subprocess
from lib.say import ending_with_us
subprocess.run(ending_with_us(["sh", "-c", "echo $$; exec sleep 1000"]))
"""


def test(lab):
    for ending in (signal.SIGTERM, signal.SIGKILL):
        runner = subprocess.Popen([sys.executable, "-B", "-c", RUNNER], cwd=cache.TESTS, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        child = os.pidfd_open(int(runner.stdout.readline()))
        runner.send_signal(ending)
        runner.wait(10)
        ready, _, _ = select.select([child], [], [], 10)
        assert ready, f"what a runner started outlived it: it ended by {ending.name}"
        os.close(child)
        runner.stdin.close()
        runner.stdout.close()
