# SPDX-License-Identifier: GPL-2.0-or-later
"""ethtool makes a port negotiate anew: it has the speed that is advertised, no link without a common one, and works.

Broken if it fails: a driver's change of what it advertises is lost on the model, and a test of it proves nothing.
"""

from lib import ports

options = ports.OPTIONS
timeout = 120
SYSFS = "/sys/class/net/eth0"


def speed(vm, value):
    vm.until(f"[ $(cat {SYSFS}/carrier) = 1 ] && [ $(cat {SYSFS}/speed) = {value} ]")


def test(vm):
    ports.up(vm, 0, 1)
    speed(vm, 1000)
    changes = int(vm.sh(f"cat {SYSFS}/carrier_down_count"))
    for command, value in (("speed 100 duplex full autoneg on", 100), ("advertise 0x002", 10),
                           ("advertise 0x02f", 1000)):
        vm.sh(f"ethtool -s eth0 {command}")
        speed(vm, value)
        changes += 1
        assert int(vm.sh(f"cat {SYSFS}/carrier_down_count")) == changes
    assert "Duplex: Full" in vm.sh("ethtool eth0")
