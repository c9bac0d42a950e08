# SPDX-License-Identifier: GPL-2.0-or-later
"""All ways in and out of a slot, one after the other in an order drawn from a seed, and what they leave.

Each way begins and ends with the card attached and all its drivers bound.
"""

import os
import random
import time

from . import addon, card, dark, dts, judge, sleep, slot

OPTIONS = {**sleep.OPTIONS, "memory": 512, "append": "suspend.pm_test_delay=0"}
ADDON = "thermo-led"
MAINLINE = "mchp_lan966x_pci"
CONTROLLER = "/sys/bus/platform/drivers/lan966x-oic"
WARM_UP = 10
LIMIT = 128         # bytes per cycle that come and go by chance
PEER_CYCLES = 50    # of mainline's driver, which leaks enough to be seen in so few


def detach(vm, bdf):
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach; echo 1 >{slot.path(bdf)}/attach")


def rebind(vm, bdf):
    slot.unbind(vm, bdf)
    slot.bind(vm, bdf)


def remove(vm, bdf):
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove; echo 1 >/sys/bus/pci/rescan")


def replug(vm, _bdf):
    vm.unplug()
    vm.plug()
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")


def reload(vm, _bdf):
    vm.sh("rmmod dtslot-pci && modprobe dtslot-pci")


def reset(vm, bdf):
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/reset")


def inject(vm, error):
    vm.sh("dmesg -c >/dev/null")
    vm.hmp(f"pcie_aer_inject_error rp0 {error}")
    vm.until("dmesg | grep -q 'device recovery successful'")


def fatal(vm, _bdf):
    inject(vm, "DLP")


def nonfatal(vm, _bdf):
    inject(vm, "COMP_TIME")


def supplier(vm, _bdf):
    """The interrupt controller loses its driver, and all that need it theirs."""
    vm.sh(f"cd {CONTROLLER} && set -- *.interrupt-controller && echo $1 >unbind && echo $1 >bind")


def idle(vm, _bdf):
    sleep.to_idle(vm)


def asleep(vm, _bdf):
    vm.sh("dmesg -c >/dev/null")
    sleep.to_ram(vm)
    vm.until(f"dmesg | grep -q 'lost its state, is attached anew'")


def die(vm, bdf):
    """The card reads all ones, is removed, and is well again."""
    dark.set_dark(vm, True)
    vm.sh(f"echo 1 >/sys/bus/pci/devices/{bdf}/remove", 300)
    dark.wait_let_go(vm, 300)
    dark.set_dark(vm, False)
    vm.sh("echo 1 >/sys/bus/pci/rescan")


WAYS = (detach, rebind, remove, replug, reload, reset, fatal, nonfatal, supplier, idle, asleep, die)
ALONE = (replug, die)      # not with an add-on in the connector


def cycle(vm, bdf, rng):
    """One way, with an add-on in the card's connector or without."""
    way = rng.choice(WAYS)
    with_addon = way not in ALONE and rng.random() < 0.3
    vm.sh(f"echo '<6>mixed: {way.__name__}{' with an add-on' if with_addon else ''}' >/dev/kmsg")
    if with_addon:
        addon.plug(vm, ADDON)
        addon.wait_state(vm, "attached")
    way(vm, bdf)
    slot.wait_attached(vm, bdf)
    vm.until(f"[ -e {addon.CONNECTOR}/state ]")
    if with_addon:
        addon.wait_state(vm, "attached")
        addon.unplug(vm)
    addon.wait_state(vm, "empty")


def measured(vm, step, cycles):
    """Run step() so often; returns what (first half, second half) left of bytes for each, and descriptors for each."""
    readings = [(card.held(vm), card.descriptors(vm))]
    for half in (cycles // 2, cycles - cycles // 2):
        for _ in range(half):
            step()
        readings.append((card.held(vm), card.descriptors(vm)))
    (start, before), (middle, _), (end, after) = readings
    return ((middle - start) / (cycles // 2), (end - middle) / (cycles - cycles // 2)), (after - before) / cycles


def mainline(vm, bdf):
    """The same of mainline's driver, by unbind and bind alone: nothing else does it survive. None where it is not."""
    if not vm.has("CONFIG_MCHP_LAN966X_PCI"):
        return None
    vm.sh(f"rmmod dtslot-pci; modprobe lan966x-pci; [ -e /sys/bus/pci/drivers/{MAINLINE}/{bdf} ] ||"
          f" echo {bdf} >/sys/bus/pci/drivers/{MAINLINE}/bind")

    def step():
        vm.sh(f"cd /sys/bus/pci/drivers/{MAINLINE} && echo {bdf} >unbind && echo {bdf} >bind"
              f" && until [ -e /sys/bus/pci/devices/{bdf}/*/*.switch/driver ]; do sleep 0.1; done")

    step()
    return measured(vm, step, PEER_CYCLES)


def prepare(vm):
    addon.memory(vm, ADDON, addon.image(model=ADDON))
    vm.put(f"{addon.FIRMWARE}/addon-{ADDON}.dtbo", addon.addon_overlay(vm, ADDON))
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-connector.dtso", vm.build.kernel))
    card.load_drivers(vm)
    vm.sh(f"modprobe -a {' '.join(addon.MODULES)} dtslot-pci")
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    addon.wait_state(vm, "empty")
    return bdf


def check(vm, cycles):
    """So many cycles, with SEED= or a seed of its own; notes one line with all figures."""
    seed = int(os.environ.get("SEED") or time.time())
    vm.note(f"seed {seed}")
    rng = random.Random(seed)
    bdf = prepare(vm)
    for _ in range(WARM_UP):
        cycle(vm, bdf, rng)
    begin = time.monotonic()
    halves, descriptors = measured(vm, lambda: cycle(vm, bdf, rng), cycles)
    took = time.monotonic() - begin
    complaints = judge.complaints(vm.log())
    peer = mainline(vm, bdf)
    beside = ("mainline's driver is not in this kernel" if not peer else
              f"mainline's driver, bound and unbound: {min(peer[0]):.0f} bytes, {peer[1]:.2f} descriptors")
    vm.note(f"{cycles} cycles, {took / cycles:.1f} s each: {len(complaints)} complaints, {min(halves):.1f} bytes"
            f" (halves {halves[0]:.1f} and {halves[1]:.1f}), {descriptors:.2f} descriptors per cycle; {beside}")
    assert not complaints, complaints
    assert descriptors == 0, descriptors
    assert min(halves) < LIMIT, halves
