# SPDX-License-Identifier: GPL-2.0-or-later
"""Sleep in the boot window, and a boot window after suspend to RAM: the card comes by itself.

The card's boot ROM starts anew then, and the kernel looks before it is done.

The kernel's hot-plug takes what answers with other ids for another card, and removes the first one. QEMU's ports eject
what is in a slot without power, so that those here cannot switch it.

Broken if it fails: a laptop, or a host that saves power, wakes without its card.
"""

from lib import card, sleep, slot

kernels = ("7.3", "6.12")
options = {**sleep.OPTIONS, "qemu": (*sleep.OPTIONS["qemu"], "-global", "lan966x-endpoint.boot-ms=2500",
                                     "-global", "pcie-root-port.power_controller_present=off")}
timeout = 600
SECOND = "0000:02:00.0"
ANEW = "ready now, is enumerated anew"


def found(vm):
    """Where the card is, complete and at work."""
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device", 300)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    slot.check_i2c(vm, bdf)
    return bdf


def test(vm):
    vm.sh("sleep 5")
    slot.load(vm)
    bdf = found(vm)
    vm.sh("dmesg -c >/dev/null")
    sleep.to_ram(vm)
    vm.until(f"dmesg | grep -q '{ANEW}'", 300)
    assert found(vm) == bdf

    # asleep while a card is not ready yet: the guest looks at it when the button's five seconds are over
    vm.sh("dmesg -c >/dev/null")
    job = vm.spawn(f"until [ -e /sys/bus/pci/devices/{SECOND} ]; do sleep 0.05; done; cat /sys/bus/pci/devices/{SECOND}/device; {sleep.idle()}")
    vm.plug("card1", bus="rp1", boot_ms=7000)
    assert job.wait(300) == 0 and "9660" not in job.output, job.output
    vm.until(f"dmesg | grep -q '{ANEW}'", 300)
    vm.until(f"grep 0x9660 /sys/bus/pci/devices/{SECOND}/device", 300)
    slot.check_complete(vm, SECOND, gck="dtslot-lan966x-gck")
    slot.check_i2c(vm, SECOND, "card1")
