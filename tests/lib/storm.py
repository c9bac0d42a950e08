# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that can happen to a card, all at once: actors in the guest, and a hand at the card itself.

What each actor does, and when, is drawn from a seed beforehand. How they meet is not: two CPUs run on the real clock.
"""

import os
import random
import time

from . import addon, card, dts, slot
from .agent import GuestGone
from .qmp import QmpError

OPTIONS = {"smp": 2, "clock": "real", "memory": 1024}
# what is unbound and bound: a driver, and what the names of its devices end with
DRIVERS = {driver: name for name, driver in slot.DRIVERS.items() if driver and driver not in ("of_fixed_clk",)}
# modules that a host can unload while their devices are there
MODULES = ("leds-gpio", "sfp", "i2c-mux-pinctrl", "lan966x-switch", "mdio-mscc-miim", "lan966x_serdes",
           "pinctrl-microchip-sgpio", "i2c-at91", "pinctrl-ocelot", "irq-lan966x-oic", "atmel-flexcom",
           "dtslot-connector", "dtslot-pci")
ADDON = "thermo-led"
# QEMU 10.0 cannot have one CPU move registers while another is using them
QEMU_FAULT = "iotlb_to_section"


def toggle(rng):
    """Attach or detach."""
    return f"echo 1 >$SLOT/{rng.choice(('attach', 'detach'))}"


def rebind(rng):
    """Take the driver off a device, or give it back."""
    driver = rng.choice(sorted(DRIVERS))
    if rng.random() < 0.5:
        return (f"cd /sys/bus/platform/drivers/{driver} && for d in *{DRIVERS[driver]}*; do"
                " [ -e $d/driver ] && echo $d >unbind; done")
    return (f"cd /sys/bus/platform/devices && for d in *{DRIVERS[driver]}*; do"
            f" echo $d >/sys/bus/platform/drivers/{driver}/bind; done")


def reload(rng):
    """Unload a module, or load it."""
    module = rng.choice(MODULES)
    return f"rmmod {module}" if rng.random() < 0.4 else f"modprobe {module}"


def reset(rng):
    """Reset, remove or find the function."""
    return rng.choice(("echo 1 >/sys/bus/pci/devices/$BDF/reset", "echo 1 >/sys/bus/pci/devices/$BDF/remove",
                       "echo 1 >/sys/bus/pci/rescan", "echo 1 >/sys/bus/pci/rescan", "echo 1 >/sys/bus/pci/rescan"))


def read(rng):
    """Read each file of the slots, and each text of the card's devices."""
    return ("cat /sys/class/dtslot/*/* /sys/class/dtslot/*/power/*;"
            " find /sys/bus/pci/devices/$BDF/pci* -type f -size 4096c | head -n 400 | xargs cat;"
            " cat /proc/interrupts /sys/kernel/debug/devices_deferred")


# what an actor does, and how long it pauses at most, in seconds
ACTORS = ((toggle, 1.5), (rebind, 0.3), (rebind, 0.5), (reload, 1.0), (reset, 4.0), (read, 0.2))


def script(action, pause, rng, count):
    lines = [f"[ -e /tmp/calm ] && exit 0\n( {action(rng)} )\nsleep {rng.uniform(0, pause):.2f}" for _ in range(count)]
    return "\n".join(lines) + "\n"


def replug(vm, rng):
    """Pull the card and plug it again."""
    for _ in range(3):
        try:
            vm.unplug(timeout=40)
            break
        except TimeoutError:
            pass    # pciehp was busy with the link when the button was pressed, and forgot it
    time.sleep(rng.uniform(0, 1))
    vm.plug()


def hand(vm, rng, until):
    """Pull and plug the card, and the add-on in its connector, until this time."""
    while time.monotonic() < until:
        time.sleep(rng.uniform(0.5, 4))
        try:
            if rng.random() < 0.3:
                replug(vm, rng)
            elif rng.random() < 0.5:
                addon.plug(vm, ADDON)
            else:
                addon.unplug(vm)
        except QmpError:
            pass    # it is plugged already, or not plugged, or the card has taken it along


def calm_down(vm):
    """Everything back in place: modules, the card, its drivers. Returns its address."""
    vm.sh(f"touch /tmp/calm; rm {dts.FIRMWARE}")
    for job in vm.storm:
        job.wait(120)
    slot.load(vm)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device || { echo 1 >/sys/bus/pci/rescan; false; }")
    [bdf] = card.functions(vm)
    path = slot.path(bdf)
    vm.until(f"case $(cat {path}/state) in empty|failed|attached) ;; *) false; esac")
    # whatever is unbound by hand comes again with its device
    vm.sh(f"echo 1 >{path}/detach; echo 1 >{path}/attach")
    return bdf


def blow(vm, seconds, seed):
    """The storm, and the card after it."""
    rng = random.Random(seed)
    vm.note(f"seed {seed}")
    addon.memory(vm, ADDON, addon.image(model=ADDON))
    vm.put(f"{addon.FIRMWARE}/addon-{ADDON}.dtbo", addon.addon_overlay(vm, ADDON))
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-connector.dtso", vm.build.kernel))
    card.load_drivers(vm)
    vm.sh(f"modprobe -a {' '.join(addon.MODULES)} dtslot-pci")
    [bdf] = card.functions(vm)
    vm.until(f"[ $(cat {slot.path(bdf)}/state) = attached ]")
    vm.storm = []
    for n, (action, pause) in enumerate(ACTORS):
        vm.put(f"/tmp/actor{n}", script(action, pause, rng, 40 * seconds).encode())
        vm.storm.append(vm.spawn(f"BDF={bdf} SLOT={slot.path(bdf)} exec sh /tmp/actor{n} >/dev/null 2>&1"))
    hand(vm, rng, time.monotonic() + seconds)
    try:
        bdf = calm_down(vm)
    except TimeoutError:
        vm.try_sh("echo w >/proc/sysrq-trigger; sleep 1")   # which tasks wait, and where
        raise
    slot.check_complete(vm, bdf)
    assert slot.show(vm, bdf, "unbound") == ""
    slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)


def check(vm, seconds):
    """Blow for so long, with SEED= or a seed of its own."""
    seed = int(os.environ.get("SEED") or time.time())
    try:
        blow(vm, seconds, seed)
    except GuestGone:
        if QEMU_FAULT not in vm.qemu_log():
            raise
        vm.skip(f"QEMU itself gave up, in {QEMU_FAULT}(): its second CPU used registers that the first one moved"
                f" (seed {seed})")
