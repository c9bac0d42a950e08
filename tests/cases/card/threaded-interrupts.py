# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel that runs interrupt handlers as threads (threadirqs) gets each of the card's interrupts.

Broken if it fails: the slot hands interrupts on where only a hard interrupt's context may.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"append": "threadirqs"}


def test(vm):
    [bdf] = card.functions(vm)
    slot.load(vm)
    slot.check_complete(vm, bdf)
    assert vm.sh(f"ps | grep '[i]rq/.*{bdf[:7]}'"), "the handler is no thread: this test tests nothing"
    slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)
    slot.unbind(vm, bdf)
    assert card.interrupts(vm, bdf) is None
