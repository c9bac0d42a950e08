# SPDX-License-Identifier: GPL-2.0-or-later
"""As everything-is-open, while KASAN and lockdep watch.

Broken if it fails: a program that ends after its device has gone makes the kernel use memory that is freed.
"""

import re

from lib import pulled

kernels = ("7.3-debug",)
timeout = 300
# as in debug-kernel-finds-nothing: a kernel with these checks is too slow for times to mean anything
options = {"memory": 1024, "clock": "real", "append": "slab_debug=- no_debug_objects"}
# not by the line: pinctrl-ocelot's interrupts make lockdep complain of mainline, and turn itself off
POLLED = "connector { poll-interval-ms = <10>; };"


def test(vm):
    bdf = pulled.prepare(vm, more=POLLED)
    pulled.check(vm, bdf, lambda: None)
    assert re.search(r"debug_locks: +1$", vm.sh("cat /proc/lockdep_stats"), re.M), "lockdep is off"
