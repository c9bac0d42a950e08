# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask of a card that has died."""

from . import dark

# room for two cards below a port: the addresses of one that has gone are held
OPTIONS = {"nics": 2, "cards": (), "userland": "network", "reserve": "256M"}
LIMIT = 5.0


def remove(vm, bdf, what):
    """The kernel is told to let go of a dead card; it does so at once, whatever the card's drivers do."""
    took = dark.remove_function(vm, bdf, 900)
    vm.note(f"removal took {took:.1f} s of guest time, {what}")
    assert took < LIMIT, (what, took)
    assert bdf not in vm.sh("cat /proc/interrupts")
