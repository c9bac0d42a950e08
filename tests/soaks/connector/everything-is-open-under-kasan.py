# SPDX-License-Identifier: GPL-2.0-or-later
"""As everything-is-open, while KASAN and lockdep watch.

Broken if it fails: a program that ends after its device has gone makes the kernel use memory that is freed.
"""

import re

from lib import pulled

kernels = ("7.3-debug",)
timeout = 300


def test(vm):
    bdf = pulled.prepare(vm)
    pulled.check(vm, bdf, lambda: None)
    assert re.search(r"debug_locks: +1$", vm.sh("cat /proc/lockdep_stats"), re.M), "lockdep is off"
