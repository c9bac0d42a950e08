# SPDX-License-Identifier: GPL-2.0-or-later
"""KASAN, lockdep and kmemleak see errors recovered from, sleep, and the removal of a card that died with its ports up.

With MSI; by FDMA, but for the death: the switch's driver would poll a dead card for six minutes then.

Broken if it fails: memory used after it was freed, or a lock order that can deadlock, on ways that only trouble takes.
"""

import re

from lib import dark, dts, ports, sleep, slot, trouble

kernels = ("7.3-debug",)
options = {**trouble.OPTIONS, "qemu": (*trouble.OPTIONS["qemu"], "-global", "lan966x-endpoint.msi=on")}
timeout = 1800
ERRORS = {"DLP": "fatal", "COMP_TIME": "non-fatal"}
MESSAGE = "attached anew after a {} PCI error; the kernel log says which"


def check_errors(scene):
    for error, kind in ERRORS.items():
        scene.vm.sh(ports.SILENTLY_UP, trouble.PATIENCE)
        scene.vm.hmp(f"pcie_aer_inject_error rp0 {error}")
        scene.vm.until(f"grep -q '^{MESSAGE.format(kind)}$' {scene.slot}/error", trouble.PATIENCE)
        scene.check()


def check_sleep(scene):
    scene.vm.sh(ports.SILENTLY_UP, trouble.PATIENCE)
    told = slot.states(scene.vm, scene.slot, lambda: sleep.to_idle(scene.vm))
    assert told == [], told
    told = slot.states(scene.vm, scene.slot, lambda: sleep.to_ram(scene.vm), "attached")
    assert told == slot.ANEW, told
    scene.check()
    status, text = scene.vm.try_sh("echo disk >/sys/power/state", trouble.PATIENCE)
    assert status and "I/O error" in text, text
    scene.check()


def check_death(scene):
    scene.vm.sh(ports.SILENTLY_UP, trouble.PATIENCE)
    dark.set_dark(scene.vm, True)
    trouble.bury(scene)


def test(vm):
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel))
    scene = trouble.Scene(vm)
    check_errors(scene)
    check_sleep(scene)
    vm.sh(f"rm {dts.FIRMWARE}; echo 1 >{scene.slot}/detach; echo 1 >{scene.slot}/attach", trouble.PATIENCE)
    scene.check()
    check_death(scene)
    assert re.search(r"debug_locks: +1$", vm.sh("cat /proc/lockdep_stats"), re.M), "lockdep is off"
    trouble.check_leaks(vm)
