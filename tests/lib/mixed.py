# SPDX-License-Identifier: GPL-2.0-or-later
"""All ways in and out of a slot, one after the other in an order drawn from a seed, and what they leave.

Each way begins and ends with the card attached and all its drivers bound, with an add-on in its connector or without,
with all that is on the card or without its switch. The guest goes by itself (tests/guest/ways.c) as far as nothing
outside of it has to happen.
"""

import os
import random
import time

from . import addon, card, dark, dts, judge, sleep, slot

OPTIONS = {**sleep.OPTIONS, "memory": 512, "append": "suspend.pm_test_delay=0"}
ADDON = "thermo-led"
MAINLINE = "mchp_lan966x_pci"
# how often each way is drawn; what resets the machine, or waits for a button, takes the host much longer
GUEST_WAYS = {"detach": 16, "rebind": 16, "remove": 16, "reset": 16, "reload": 8, "supplier": 8, "idle": 8}
BOARDS = {"whole": 1, "slim": 29}    # most of the time of a bind is the switch's
AT_ONCE = 20        # ways that the guest goes by itself in one piece
WARM_UP = 30
PATIENCE = 600      # seconds of a host that has much else to do
# What comes and goes by chance in a whole run, however long: objects of one cache, and bytes of all.
NOISE_OBJECTS = 48
NOISE_BYTES = 32768
PEER_CYCLES = 50    # of mainline's driver, which leaks enough to be seen in so few


class Walk:
    """A card that goes through ways."""

    def __init__(self, vm, bdf, rng):
        self.vm, self.bdf, self.rng = vm, bdf, rng
        self.addon = False
        self.msi = False
        self.board = "whole"
        self.ahead = []     # what the guest is to do next
        self.taken = {}     # {way: how often}
        self.devices = {}   # {board: "<bound>/<all>"}
        self.others = {"replug": (self.replug, 2), "die": (self.die, 3), "fatal": (self.fatal, 2),
                       "nonfatal": (self.nonfatal, 2), "asleep": (self.asleep, 1), "swap": (self.swap, 24),
                       "change": (self.change, 6)}

    def go(self, count):
        """Take so many ways."""
        weights = {**GUEST_WAYS, **{name: weight for name, (_, weight) in self.others.items()}}
        for name in self.rng.choices(list(weights), weights.values(), k=count):
            self.taken[name] = self.taken.get(name, 0) + 1
            if name in GUEST_WAYS:
                self.ahead.append(name)
            if name not in GUEST_WAYS or len(self.ahead) == AT_ONCE:
                self.catch_up()
            if name not in GUEST_WAYS:
                self.others[name][0]()
        self.catch_up()

    def catch_up(self):
        if self.ahead:
            self.guest(*self.ahead)
        self.ahead = []

    def command(self, *ways):
        return f"exec ways {self.bdf} {'attached' if self.addon else 'empty'} {' '.join(ways)}"

    def guest(self, *ways):
        """The guest goes these by itself, and has all devices in the end."""
        self.check_devices(self.vm.sh(self.command(*ways), PATIENCE))

    def check_devices(self, text):
        count = text.splitlines()[-1]
        bound, total = count.split("/")
        assert count == self.devices.setdefault(self.board, count) and bound == total, (self.board, count, self.devices)

    def meanwhile(self, way, wait, action):
        """The guest goes a way, and the host does something once it is about to."""
        job = self.vm.spawn(self.command(way))
        wait(job)
        action()
        assert job.wait(PATIENCE) == 0, job.output
        self.check_devices(job.output)

    def swap(self):
        """An add-on comes into the connector, or goes."""
        if self.addon:
            addon.unplug(self.vm)
        else:
            addon.plug(self.vm, ADDON)
        self.addon = not self.addon
        self.guest("wait")

    def change(self, board=None):
        """The same card with another overlay, or with the same one."""
        self.board = board or self.rng.choices(list(BOARDS), BOARDS.values())[0]
        self.vm.sh(f"cp /lib/{self.board}.dtbo {dts.FIRMWARE}")
        self.guest("detach")

    def without_addon(self):
        if self.addon:
            self.swap()

    def replug(self):
        """The card is plugged in anew, with MSI if it had INTx."""
        self.without_addon()
        self.msi = not self.msi
        self.vm.unplug(timeout=PATIENCE)
        self.vm.plug(msi=self.msi)
        self.guest("wait")

    def die(self):
        """The card reads all ones, is removed, and is well again."""
        self.without_addon()
        dark.set_dark(self.vm, True)
        self.vm.sh(self.command("bury"), PATIENCE)
        dark.set_dark(self.vm, False)
        self.guest("rescan")

    def inject(self, error):
        self.meanwhile("error", lambda job: job.wait_for("watching", PATIENCE),
                       lambda: self.vm.hmp(f"pcie_aer_inject_error rp0 {error}"))

    def fatal(self):
        self.inject("DLP")

    def nonfatal(self):
        self.inject("COMP_TIME")

    def asleep(self):
        # not by what the guest says: its agent may be frozen before it has passed that on
        self.meanwhile("asleep", lambda job: self.vm.wait_event("SUSPEND", PATIENCE), lambda: self.vm.qmp("system_wakeup"))


def measured(vm, go, cycles):
    """Run go(count) for so many; returns what each leaves: bytes, descriptors, and {cache: objects}."""
    slopes, descriptors = card.growth(vm, go, cycles)
    sizes = card.sizes(vm)
    return sum(slope * sizes[cache] for cache, slope in slopes.items()), descriptors / cycles, slopes


def mainline(vm, bdf):
    """The same of mainline's driver, by unbind and bind alone: nothing else does it survive. None where it is not."""
    if not vm.has("CONFIG_MCHP_LAN966X_PCI"):
        return None
    vm.sh(f"rmmod dtslot-pci; modprobe lan966x-pci; [ -e /sys/bus/pci/drivers/{MAINLINE}/{bdf} ] ||"
          f" echo {bdf} >/sys/bus/pci/drivers/{MAINLINE}/bind")

    def go(count):
        for _ in range(count):
            vm.sh(f"cd /sys/bus/pci/drivers/{MAINLINE} && echo {bdf} >unbind && echo {bdf} >bind"
                  f" && until [ -e /sys/bus/pci/devices/{bdf}/*/*.switch/driver ]; do sleep 0.1; done")

    go(1)
    return measured(vm, go, PEER_CYCLES)


def prepare(vm):
    addon.memory(vm, ADDON, addon.image(model=ADDON))
    vm.put(f"{addon.FIRMWARE}/addon-{ADDON}.dtbo", addon.addon_overlay(vm, ADDON))
    vm.put("/lib/whole.dtbo", dts.compile_tree("lan966x-connector.dtso", vm.build.kernel))
    vm.put("/lib/slim.dtbo", addon.overlay(vm))
    vm.sh(f"mkdir -p {addon.FIRMWARE}; cp /lib/whole.dtbo {dts.FIRMWARE}; cp $(modinfo -n dtslot-pci) /lib/dtslot-pci.ko")
    card.load_drivers(vm)
    # with all modules there, the kernel has no need to start a program for each device that looks for one
    vm.sh(f"modprobe -a {' '.join(addon.MODULES)} dtslot-pci; echo >/proc/sys/kernel/modprobe")
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    addon.wait_state(vm, "empty")
    return bdf


def check(vm, cycles, walk_class=Walk):
    """So many cycles, with SEED= or a seed of its own; notes one line with all figures.

    A way that leaves one object each time is seen where the run takes that way more than NOISE_OBJECTS times.
    """
    seed = int(os.environ.get("SEED") or time.time())
    vm.note(f"seed {seed}")
    bdf = prepare(vm)
    walk = walk_class(vm, bdf, random.Random(seed))

    def go(count):
        """What is measured begins and ends with the whole card, with INTx, and an empty connector."""
        walk.go(count)
        walk.without_addon()
        if walk.msi:
            walk.replug()
        walk.change("whole")

    go(WARM_UP)
    walk.taken.clear()
    begin = time.monotonic()
    left, descriptors, slopes = measured(vm, go, cycles)
    took = time.monotonic() - begin
    complaints = judge.complaints(vm.log())
    vm.note(", ".join(f"{name} {count}" for name, count in sorted(walk.taken.items())))
    peer = mainline(vm, bdf)
    beside = ("mainline's driver is not in this kernel" if not peer else
              f"mainline's driver, bound and unbound: {peer[0]:.0f} bytes, {peer[1]:.2f} descriptors")
    grown, most = max((slope, cache) for cache, slope in slopes.items())
    vm.note(f"{cycles} cycles, {took / cycles:.2f} s each: {len(complaints)} complaints, {left:.2f} bytes per cycle (noise"
            f" {NOISE_BYTES / cycles:.2f}), {descriptors:.2f} descriptors; most grew {most}, by {grown:.4f} objects (noise"
            f" {NOISE_OBJECTS / cycles:.4f}); {beside}")
    assert not complaints, complaints
    assert descriptors == 0, descriptors
    assert grown * cycles < NOISE_OBJECTS, f"{most} grows by {grown:.4f} objects per cycle"
    assert left * cycles < NOISE_BYTES, f"{left:.2f} bytes per cycle"
