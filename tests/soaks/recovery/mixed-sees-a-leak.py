# SPDX-License-Identifier: GPL-2.0-or-later
"""Eight bytes that each way leaves behind are a leak to the judgement of `recovery/mixed`, among all that comes and goes.

Broken if it fails: 10,000 cycles without a complaint say nothing about leaks.
"""

from lib import foreign, mixed

kernels = ("7.3", "6.12")
options = mixed.OPTIONS
must_fail = r"AssertionError: kmalloc-8 grows by (0\.9|1\.0)\d+ objects per cycle"
timeout = 1200
CYCLES = 100


class Leaking(mixed.Walk):
    """A card whose driver forgets eight bytes on each way."""

    def go(self, count):
        super().go(count)
        self.vm.sh(f"for n in $(seq {count}); do echo 8 >/sys/module/leak/parameters/bytes; done")


def test(vm):
    foreign.load(vm, "leak")
    mixed.check(vm, CYCLES, Leaking)
