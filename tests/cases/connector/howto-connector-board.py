# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/howto/connector-board.md, followed: the node that it shows makes a connector, and an add-on works in it.

Broken if it fails: what people are told who have a board with a connector.
"""

from lib import addon, howto, slot

kernels = ("7.3", "6.12")
timeout = 300
PAGE = "howto/connector-board.md"
INCLUDED = {"GPIO_ACTIVE_LOW": "1", "GPIO_ACTIVE_HIGH": "0", "IRQ_TYPE_EDGE_FALLING": "2", "IRQ_TYPE_EDGE_BOTH": "3",
            "IRQ_TYPE_LEVEL_LOW": "8"}


def test(vm):
    [node] = howto.blocks(PAGE, "dts")
    for name, value in INCLUDED.items():
        node = node.replace(name, value)
    addon.memory(vm, "thermo-led", addon.image(model="thermo-led"))
    addon.prepare(vm, more="/delete-node/ connector; " + node)
    vm.sh("modprobe dtslot-pci")
    vm.until("[ -e /sys/class/dtslot/connector:*socket-1 ]")
    [commands] = howto.blocks(PAGE, "sh")
    howto.follow(vm, commands)
    connector = vm.sh("ls -d /sys/class/dtslot/connector:*socket-1").strip()
    addon.plug(vm, "thermo-led", flash="none")
    addon.wait_state(vm, "attached", connector)
    vm.until("[ -e /sys/class/hwmon/hwmon0/temp1_input ]")
    addon.unplug(vm)
    addon.wait_state(vm, "empty", connector)
    slot.check_i2c(vm, slot.card.functions(vm)[0])
