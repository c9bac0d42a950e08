# SPDX-License-Identifier: GPL-2.0-or-later
"""Two things that happen to a card at once; afterwards it is attached by itself, and works.

When the second one comes is drawn from a seed; how they meet is up to the machine.
"""

import os
import random
import threading
import time

from . import card, dark, judge, sleep, slot, tool

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
        seed = int(os.environ.get("SEED") or time.time())
        vm.note(f"seed {seed}")
        self.vm, self.rng = vm, random.Random(seed)
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

    def pause(self, longest=1.0):
        time.sleep(self.rng.uniform(0, longest))

    def wait_found(self):
        self.vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device", PATIENCE)

    def check(self):
        """The card is attached, or will be, and works; no error is recovered from any more."""
        self.vm.until(RECOVERED, PATIENCE)
        self.vm.until(f"grep -q '^attached$' {self.slot}/state && grep -q 1 {self.slot}/settled", PATIENCE)
        slot.check_complete(self.vm, self.bdf, drivers=self.drivers)
        slot.check_i2c(self.vm, self.bdf)

    def again_and_again(self, command, times):
        """Have the guest do this so many times, with pauses; whether it succeeds does not matter."""
        pauses = " ".join(f"{self.rng.uniform(0, 1):.2f}" for _ in range(times))
        return self.vm.spawn(f"for pause in {pauses}; do {command}; sleep $pause; done; true")


def reset_in_recovery(scene):
    """Root resets the function while errors are recovered from."""
    job = scene.again_and_again(f"echo 1 >{scene.function}/reset", 6)
    for _ in range(6):
        scene.pause()
        scene.vm.hmp(f"pcie_aer_inject_error rp0 {scene.rng.choice(('DLP', 'COMP_TIME'))}")
    assert job.wait(PATIENCE) == 0
    scene.check()
    assert "device recovery" in scene.vm.sh("dmesg")


def pull_in_recovery(scene):
    """The card is pulled while its port reports errors, and comes again."""
    over = threading.Event()

    def report():
        while not over.wait(scene.rng.uniform(0, 2)):
            scene.vm.hmp(f"pcie_aer_inject_error rp0 {scene.rng.choice(('DLP', 'COMP_TIME'))}")

    reporter = threading.Thread(target=report)
    reporter.start()
    try:
        scene.vm.unplug(timeout=PATIENCE)
    finally:
        over.set()
        reporter.join()
    scene.vm.plug()
    scene.wait_found()
    scene.check()


def attach_in_reset(scene):
    """Root attaches while the function is reset, or an error recovered from."""
    job = scene.again_and_again(f"echo 1 >{scene.slot}/attach; echo 1 >{scene.slot}/detach; echo 1 >{scene.slot}/attach", 6)
    for _ in range(3):
        scene.pause()
        scene.vm.sh(f"echo 1 >{scene.function}/reset", PATIENCE)
        scene.pause()
        scene.vm.hmp("pcie_aer_inject_error rp0 DLP")
    assert job.wait(PATIENCE) == 0
    scene.check()


def sleep_in_attach(scene):
    """The system falls asleep while root attaches and detaches."""
    for fall_asleep in (sleep.to_idle, sleep.to_ram):
        job = scene.again_and_again(f"echo 1 >{scene.slot}/detach; echo 1 >{scene.slot}/attach", 6)
        for _ in range(2):
            scene.pause()
            fall_asleep(scene.vm)
        assert job.wait(PATIENCE) == 0
        # what root wanted last may have been told to a task that froze: then it was done all the same
        scene.check()


def bury(scene):
    """What is dead is removed, and is well again."""
    scene.vm.sh(f"echo 1 >{scene.function}/remove", PATIENCE)
    dark.wait_let_go(scene.vm, PATIENCE)
    dark.set_dark(scene.vm, False)
    scene.vm.sh("echo 1 >/sys/bus/pci/rescan", PATIENCE)
    scene.wait_found()
    scene.check()


def death_in_hibernation(scene):
    """The card dies while an image of the memory is made, which there is no disk for."""
    job = scene.vm.spawn("echo disk >/sys/power/state")
    scene.pause(2)
    dark.set_dark(scene.vm, True)
    assert job.wait(PATIENCE), "there is no disk"
    bury(scene)


def death_in_sleep(scene):
    """The card dies while the system is asleep: the kernel's hot-plug removes it, and another one comes at its place."""
    sleep.to_ram(scene.vm, lambda: dark.set_dark(scene.vm, True))
    # QEMU's port ejects what is in a slot that is switched off
    scene.vm.wait_event("DEVICE_DELETED", PATIENCE, device="card0")
    dark.wait_let_go(scene.vm, PATIENCE)
    scene.vm.plug()
    scene.wait_found()
    scene.check()


def sleep_in_reprogramming(scene):
    """The system falls asleep while a program reprograms the card, and the card is reset by that."""
    for _ in range(2):
        job = scene.vm.spawn(f"exec dtslot reprogram {scene.bdf} -- sh -c 'echo begun; sleep 3' 2>&1")
        job.wait_for("begun", PATIENCE)
        scene.pause()
        sleep.to_idle(scene.vm)
        assert job.wait(PATIENCE) == 0, job.output
        scene.check()


def shutdown_in_attach(scene):
    """The system shuts down while root attaches; the next one finds the card as usual."""
    vm = scene.vm
    vm.sh(f"echo 1 >{scene.slot}/detach", PATIENCE)
    vm.qmp("set-action", reboot="reset")
    vm.agent.ready = False
    vm.spawn(f"echo 1 >{scene.slot}/attach & sleep {scene.rng.uniform(0, 1):.2f}; reboot -f")
    vm.agent.wait_ready(PATIENCE)


# how often each is played; a death takes a minute until the drivers have given up
SCENES = {reset_in_recovery: 3, pull_in_recovery: 3, attach_in_reset: 3, sleep_in_attach: 3, death_in_hibernation: 1,
          death_in_sleep: 1, sleep_in_reprogramming: 3}
SHUTDOWNS = 3


def check_leaks(vm):
    """Nothing that our modules allocated is out of reach; kmemleak counts what is not reached in two scans."""
    for _ in range(2):
        vm.sh("sleep 10; echo scan >/sys/kernel/debug/kmemleak", PATIENCE)
    text = vm.get("/sys/kernel/debug/kmemleak").decode()
    leaks = [record for record in text.split("unreferenced object")[1:] if "dtslot" in record]
    assert not leaks, "\n".join(leaks)


def check(vm):
    scene = Scene(vm)
    tool.install(vm)
    for scenario, rounds in SCENES.items():
        for _ in range(rounds):
            vm.sh(f"dmesg -c >/dev/null; echo '<6>at once: {scenario.__name__}' >/dev/kmsg")
            scenario(scene)
            complaints = judge.complaints(vm.log())
            assert not complaints, (scenario.__name__, complaints)
    if vm.kernel.endswith("debug"):
        check_leaks(vm)
    for _ in range(SHUTDOWNS):
        shutdown_in_attach(scene)
        scene = Scene(vm)
