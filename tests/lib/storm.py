# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that can happen to a card, all at once: actors in the guest, and a hand at the card itself.

What each actor does, and when, is drawn from a seed beforehand. How they meet is not: two CPUs run on the real clock.
"""

import os
import random
import shlex
import time

from . import addon, card, dts, judge, slot
from .agent import GuestGone
from .qmp import QmpError

# A warning of the driver core's own is no end (judge.LINK_WARNING); any other one fails the test when it is over.
OPTIONS = {"smp": 2, "clock": "real", "memory": 1024, "append": "panic_on_warn=0"}
# what is unbound and bound: a driver, and what the names of its devices end with
DRIVERS = {driver: name for name, driver in slot.DRIVERS.items() if driver and driver not in ("of_fixed_clk",)}
# modules that a host can unload while their devices are there
MODULES = ("leds-gpio", "sfp", "i2c-mux-pinctrl", "lan966x-switch", "mdio-mscc-miim", "lan966x_serdes",
           "pinctrl-microchip-sgpio", "i2c-at91", "pinctrl-ocelot", "irq-lan966x-oic", "atmel-flexcom",
           "dtslot-connector", "dtslot-pci")
ADDON = "thermo-led"
PATIENCE = 240      # seconds for what a debug kernel on a busy machine does in a minute
# QEMU 10.0 cannot have one CPU move registers while another is using them
QEMU_FAULT = "iotlb_to_section"
# Where lockdep looks, no GPIO interrupts: it would complain of ocelot_irq_unmask() and be off (docs/mainline.md).
NO_SFP = "/etc/modprobe.d/no-sfp.conf", b"install sfp /bin/true\n"
BY_ID = """
/ { fragment@0 { __overlay__ { connector { /delete-property/ presence-gpios; poll-interval-ms = <1000>; }; }; }; };
"""


def alone(command):
    """One unbind by hand at a time: the driver core warns after two of one supplier (core.c:1672, docs/mainline.md)."""
    return f"until mkdir /tmp/unbind 2>/dev/null; do sleep 0.1; done; ( {command} ); rmdir /tmp/unbind"


def toggle(rng):
    """Attach or detach."""
    return f"echo 1 >$SLOT/{rng.choice(('attach', 'detach'))}"


def rebind(rng):
    """Take the driver off a device, or give it back."""
    driver = rng.choice(sorted(DRIVERS))
    if rng.random() < 0.5:
        return alone(f"cd /sys/bus/platform/drivers/{driver} && for d in *{DRIVERS[driver]}*; do"
                     " [ -e $d/driver ] && echo $d >unbind; done")
    return (f"cd /sys/bus/platform/devices && for d in *{DRIVERS[driver]}*; do"
            f" echo $d >/sys/bus/platform/drivers/{driver}/bind; done")


def reload(rng):
    """Unload a module, or load it."""
    module = rng.choice(MODULES)
    return alone(f"rmmod {module}") if rng.random() < 0.4 else f"modprobe {module}"


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
    lines = ["say() { echo \"<6>storm: $*\" >/dev/kmsg; }"]
    for _ in range(count):
        command = action(rng)
        lines.append("[ -e /tmp/calm ] && exit 0")
        if action is not read:
            lines.append(f"say {shlex.quote(command)}")
        lines += [f"( {command} )", f"sleep {rng.uniform(0, pause):.2f}"]
    return "\n".join(lines) + "\n"


def tell(vm, what):
    """Have the kernel's log say what the hand does."""
    vm.spawn(f"echo {shlex.quote(f'<6>storm: {what}')} >/dev/kmsg")


def is_plugged(vm, name):
    """Whether the machine has this device."""
    return any(child["name"] == name for child in vm.qmp("qom-list", path="/machine/peripheral"))


def pull(vm):
    """Pull the card, if it is there."""
    for _ in range(3):
        if not is_plugged(vm, "card0"):
            break
        tell(vm, "the card is pulled")
        try:
            vm.unplug(timeout=40)
        except TimeoutError:
            pass    # pciehp was busy with the link when the button was pressed, and ignored it (pciehp_ctrl.c:210)


def plug(vm):
    """Plug the card, unless it is there."""
    if not is_plugged(vm, "card0"):
        tell(vm, "the card is plugged")
        vm.plug()


def hand(vm, rng, until):
    """Pull and plug the card, and the add-on in its connector, until this time."""
    while time.monotonic() < until:
        time.sleep(rng.uniform(0.5, 4))
        try:
            if rng.random() < 0.3:
                pull(vm)
                time.sleep(rng.uniform(0, 1))
                plug(vm)
            elif rng.random() < 0.5:
                tell(vm, "the add-on is plugged")
                addon.plug(vm, ADDON)
            else:
                tell(vm, "the add-on is pulled")
                addon.unplug(vm)
        except QmpError as error:
            tell(vm, f"that fails: {str(error)[:200]}")


def calm_down(vm):
    """Everything back in place: modules, the card, its drivers. Returns its address."""
    tell(vm, "the storm is over")
    vm.sh("touch /tmp/calm")
    for job in vm.storm:
        job.wait(PATIENCE)
    slot.load(vm)
    plug(vm)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device || { echo 1 >/sys/bus/pci/rescan; false; }",
             PATIENCE)
    [bdf] = card.functions(vm)
    path = slot.path(bdf)
    vm.until(f"case $(cat {path}/state) in empty|failed|attached) ;; *) false; esac", PATIENCE)
    # Whatever is unbound by hand comes again with its device. No attach looks for the file while that goes.
    vm.sh(f"echo 1 >{path}/detach; rm {dts.FIRMWARE}; echo 1 >{path}/attach", PATIENCE)
    return bdf


def blow(vm, seconds, seed):
    """The storm, and the card after it."""
    rng = random.Random(seed)
    vm.note(f"seed {seed}")
    addon.memory(vm, ADDON, addon.image(model=ADDON))
    vm.put(f"{addon.FIRMWARE}/addon-{ADDON}.dtbo", addon.addon_overlay(vm, ADDON))
    lockdep = vm.has("CONFIG_PROVE_LOCKING")
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-connector.dtso", vm.build.kernel, BY_ID if lockdep else ""))
    if lockdep:
        vm.put(*NO_SFP)
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
    if lockdep:
        slot.check_complete(vm, bdf, drivers={**slot.DRIVERS, "sfp2": None, "sfp3": None})
    else:
        slot.check_complete(vm, bdf)
        assert slot.show(vm, bdf, "unbound") == ""
        slot.check_gpio_interrupt(vm, bdf)
    slot.check_i2c(vm, bdf)
    if judge.LINK_WARNING.search(vm.log()):
        vm.note("the driver core met a supplier that was unbinding (docs/mainline.md), and warned")


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
