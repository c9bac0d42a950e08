# SPDX-License-Identifier: GPL-2.0-or-later
"""A card with an overlay of nearly 4 MiB is removed, by sysfs and by its slot, in each part of the attach and of the detach.

Broken if it fails: the removal waits for the whole attach, with PCI's lock against rescans held, or for more than 30 s.
"""

from lib import card, dark, large, slot

kernels = ("7.3", "6.12")
options = {"memory": 2048, "clock": "fast"}
timeout = 3600
# shape, and what the removal takes at most, in seconds of guest time
SHAPES = ((large.nodes, 20), (large.devices, 32))
PARTS = (0.05, 0.2, 0.4, 0.6, 0.85)    # the first attach takes longer than those that follow
BUTTON = 5          # seconds between the press of the button and the removal


def unplug(vm, bdf):
    """The button of the slot is pressed just after the attach has begun; returns how long the removal takes."""
    watch = vm.spawn(f"while [ -e /sys/bus/pci/devices/{bdf} ]; do sleep 0.1; done; cat /proc/uptime")
    attach = vm.spawn(f"echo 1 >{slot.path(bdf)}/attach")
    pressed = dark.uptime(vm)
    vm.unplug("card0", large.PATIENCE)
    assert attach.wait(large.PATIENCE), "the attach has succeeded"
    assert watch.wait(large.PATIENCE) == 0
    dark.wait_let_go(vm, large.PATIENCE)
    return float(watch.output.split()[0]) - pressed - BUTTON


def test(vm):
    vm.sh("modprobe dtslot-pci")
    [bdf] = card.functions(vm)
    vm.until(f"grep attached {slot.path(bdf)}/state")
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    for shape, limit in SHAPES:
        attach, detach = large.attach_and_detach(vm, bdf, shape(large.LARGEST))
        vm.note(f"{shape.__name__}: attach {attach:.1f} s, detach {detach:.1f} s")
        for part in PARTS:
            taken = large.remove(vm, bdf, f"echo 1 >{slot.path(bdf)}/attach", attach * part)
            vm.note(f"{shape.__name__}: removed after {part} of the attach: {taken:.1f} s")
            assert taken < limit, (shape.__name__, "attach", part, taken)
            large.come_back(vm, bdf)
        vm.sh(f"echo 1 >{slot.path(bdf)}/attach", large.PATIENCE)
        taken = large.remove(vm, bdf, f"echo 1 >{slot.path(bdf)}/detach", detach * 0.25)
        vm.note(f"{shape.__name__}: removed in the detach: {taken:.1f} s")
        assert taken < limit, (shape.__name__, "detach", taken)
        large.come_back(vm, bdf)
    taken = unplug(vm, bdf)
    vm.note(f"unplugged while attaching: {taken:.1f} s")
    assert taken < limit, ("unplug", taken)
