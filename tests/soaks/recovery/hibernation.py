# SPDX-License-Identifier: GPL-2.0-or-later
"""The system hibernates with a card and an add-on in it, and wakes: the card is attached anew, and the add-on with it.

The guest writes its memory to a disk, is reset, boots, reads the image, and goes on where it was.

Broken if it fails: a card that was off all night, whose slot is "attached" and does nothing.
"""

from lib import addon, card, sleep, slot

kernels = ("7.3", "6.12")
options = {
    **sleep.OPTIONS, "append": "hibernate=nocompress",
    "qemu": (*sleep.OPTIONS["qemu"],
             "-drive", "if=none,id=swap,driver=raw,file.driver=null-co,file.size=2G,file.read-zeroes=on,snapshot=on",
             "-device", "qemu-xhci,id=xhci,bus=pcie.0,addr=10.0", "-device", "usb-storage,drive=swap,bus=xhci.0"),
}
timeout = 900
SENSOR = "/sys/class/hwmon/hwmon0/temp1_input"
DISK = "modprobe -a xhci-pci usb-storage sd_mod && until [ -e /dev/sda ]; do sleep 0.1; done"
WAKE = "cat /sys/class/block/sda/dev >/sys/power/resume"


def hibernate(vm):
    """Hibernate, and wake by way of another boot."""
    vm.qmp("set-action", reboot="reset")
    vm.agent.ready = False
    job = vm.spawn("echo reboot >/sys/power/disk && echo disk >/sys/power/state && echo awake")
    vm.agent.wait_ready(600)
    vm.sh(DISK)
    vm.spawn(WAKE)
    job.wait_for("awake", 600)
    assert job.wait() == 0


def states(vm, bdf, *last):
    """What is told of the card's slot; its connector goes and comes with it."""
    told = slot.states(vm, slot.path(bdf), lambda: hibernate(vm), *last)
    return [state for state in told if addon.NAME not in state]


def test(vm):
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    bdf = addon.attach(vm)
    vm.sh(f"{DISK} && mkswap /dev/sda && swapon /dev/sda")
    addon.plug(vm, "thermo-led")
    addon.wait_attached(vm, SENSOR)
    before = card.snapshot(vm)
    told = states(vm, bdf, "attached")
    assert told == slot.ANEW, told
    addon.wait_attached(vm, SENSOR)
    slot.check_i2c(vm, bdf)
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))

    # what root has detached stays detached
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    told = states(vm, bdf, "attached")
    assert told == slot.ANEW, told
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    told = states(vm, bdf)
    assert told == [] and slot.show(vm, bdf, "state") == "empty", told
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    addon.wait_attached(vm, SENSOR)
