# SPDX-License-Identifier: GPL-2.0-or-later
"""What the README tells a person to type on a host: each line, in a guest with the card.

Broken if it fails: the README, in its part for a user.
"""

from lib import addon, card, documents, dts, ids, image, slot, tool

kernels = ("7.3",)
HARMLESS = dts.fragment("harmless { };")


def put_tool(vm):
    """Put the program dtslot and its libraries where the guest looks for programs."""
    program = tool.build(tool.PLAIN)
    vm.put("/usr/bin/dtslot", program.read_bytes(), 0o755)
    for library in image.libraries(program):
        if vm.try_sh(f"[ -e {library} ]")[0]:
            with open(library, "rb") as file:
                vm.put(library, file.read(), 0o755)


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    put_tool(vm)
    _, *commands = documents.commands("README", "On a host with the card")
    said = {command: vm.try_sh(f"{command} 2>&1") for command in commands}
    for command in ("dtslot list", "dtslot tree"):
        status, text = said[command]
        assert status == 0 and f"pci-{bdf}" in text and "lan966x" in text, (command, status, text)
    assert "attached" in said["dtslot list"][1], said
    assert said["dtslot doctor"][0] in (0, 1), said

    addons, announced = documents.blocks("README", "Add-ons, and hardware that you announce")
    vm.put("/root/addon-thermo-led.dtbo", addon.addon_overlay(vm, "thermo-led"))
    vm.sh(f"mkdir -p /lib/firmware/dtslot; cd /root; {addons}")
    assert vm.get("/root/id.bin") == ids.own("thermo-led", serial="0001")
    blob = dts.compile_overlay(HARMLESS)
    modprobe, enter, attach = announced.splitlines()
    vm.put("/root/x.dtbo", blob)
    vm.sh(f"{modprobe}\n{enter} && {attach.replace('x.dtbo', '/root/x.dtbo')}")
    assert vm.sh("cat /sys/class/dtslot/manual:x/state; ls -d /sys/firmware/devicetree/base/harmless") == (
        "attached\n/sys/firmware/devicetree/base/harmless\n")
