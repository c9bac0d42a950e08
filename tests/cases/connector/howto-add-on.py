# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/howto/add-on.md, followed: its overlay is compiled, a blank add-on gets its ID in place, and comes up by itself.

Broken if it fails: what people are told who make an add-on.
"""

import subprocess

from lib import addon, howto, slot, tool

kernels = ("7.3", "6.12")
timeout = 300
PAGE = "howto/add-on.md"


def test(vm):
    program = tool.build()
    [source] = howto.blocks(PAGE, "dts")
    [commands] = howto.blocks(PAGE, "host")
    (vm.workdir / "addon-my-sensor.dts").write_text(source)
    subprocess.run(["sh", "-e", "-c", f"dtslot() {{ {program} \"$@\"; }}\n{commands}"], cwd=vm.workdir, check=True)
    for name in ("addon-my-sensor.dtbo", "id.bin"):
        vm.put(f"/root/{name}", (vm.workdir / name).read_bytes())

    addon.memory(vm, "blank", b"")
    bdf = addon.attach(vm, models=())
    in_place, identity, works = howto.blocks(PAGE, "sh")
    howto.follow(vm, in_place)
    addon.plug(vm, "blank", flash="none")
    addon.wait_state(vm, "failed")
    directory = howto.follow(vm, identity)
    for _ in range(2):
        addon.wait_attached(vm)
        vm.until("[ -e /sys/class/hwmon/hwmon0/temp1_input ]")
        howto.follow(vm, works, directory)
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        addon.plug(vm, "blank", flash="none")
    slot.check_i2c(vm, bdf)
