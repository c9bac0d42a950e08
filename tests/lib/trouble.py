# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that trouble comes to; afterwards it is attached by itself, and works."""

from . import card, dark, sleep, slot

# One CPU: QEMU 10.0 cannot have one move a card's registers while another uses them (tests/lib/storm.py).
OPTIONS = {**sleep.OPTIONS, "clock": "real", "memory": 1024, "reserve": "256M",
           "append": "suspend.pm_test_delay=0 slab_debug=- no_debug_objects"}
PATIENCE = 900      # seconds of a host that has much else to do
# the kernel's thread for errors says so before it begins and when it ends, and goes before any program
RECOVERED = "[ $(dmesg | grep -c 'rror message received') = $(dmesg | grep -c 'AER: device recovery') ]"
# pinctrl-ocelot takes a spinlock under a raw one in ocelot_irq_unmask(), which the cages' interrupts need: lockdep says
# so and is off from then on
WITHOUT_CAGES = {**slot.DRIVERS, "sfp2": None, "sfp3": None}


class Scene:
    """A machine with a card in it."""

    def __init__(self, vm):
        self.vm = vm
        self.drivers = slot.DRIVERS
        card.load_drivers(vm)
        if vm.kernel.endswith("debug"):
            self.drivers = WITHOUT_CAGES
            vm.sh("rmmod sfp; echo clear >/sys/kernel/debug/kmemleak")
        vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci", PATIENCE)
        [self.bdf] = card.functions(vm)
        self.function = f"/sys/bus/pci/devices/{self.bdf}"
        self.slot = slot.path(self.bdf)
        self.check()

    def wait_found(self):
        self.vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device", PATIENCE)

    def check(self):
        """The card is attached, or will be, and works; no error is recovered from any more."""
        self.vm.until(RECOVERED, PATIENCE)
        self.vm.until(f"grep -q '^attached$' {self.slot}/state && grep -q 1 {self.slot}/settled", PATIENCE)
        slot.check_complete(self.vm, self.bdf, drivers=self.drivers)
        slot.check_i2c(self.vm, self.bdf)


def bury(scene):
    """What is dead is removed, and is well again."""
    scene.vm.sh(f"echo 1 >{scene.function}/remove", PATIENCE)
    dark.wait_let_go(scene.vm, PATIENCE)
    dark.set_dark(scene.vm, False)
    scene.vm.sh("echo 1 >/sys/bus/pci/rescan", PATIENCE)
    scene.wait_found()
    scene.check()


def check_leaks(vm):
    """Nothing that our modules allocated is out of reach; kmemleak counts what is not reached in two scans."""
    for _ in range(2):
        vm.sh("sleep 10; echo scan >/sys/kernel/debug/kmemleak", PATIENCE)
    text = vm.get("/sys/kernel/debug/kmemleak").decode()
    leaks = [record for record in text.split("unreferenced object")[1:] if "dtslot" in record]
    assert not leaks, "\n".join(leaks)
