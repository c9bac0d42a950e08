# SPDX-License-Identifier: GPL-2.0-or-later
"""The switch's driver with the project's fixes: what it got wrong is right, and the card works as before.

Broken if it fails: a fix for mainline that does not do what its text says.
"""

from lib import card, fixes, ports, slot

kernels = ("7.3", "6.12")
options = ports.OPTIONS
timeout = 300
FOLDER = "drivers/net/ethernet/microchip/lan966x"
VLANS = (100, 200)


def refused(vm, command):
    status, text = vm.try_sh(f"{command} 2>&1")
    assert status == 2, (status, text)
    return text


def ping_from(vm, vlan):
    """A host in this VLAN reaches the VLAN's interface above port 0; it takes the place of the one before."""
    vm.peer(0, f"10.5.{vlan}.9", vlan=vlan).ping(f"10.5.{vlan}.1", b"in its VLAN", 1)


def test(vm):
    path = vm.sh("modinfo -n lan966x-switch").strip()
    vm.put(path, fixes.build(vm.build.kernel, FOLDER)["lan966x-switch"])
    bdf = ports.up(vm, 0)
    vm.sync_log()
    assert "IRQ fdma not found" not in vm.log()
    assert vm.sh("cat /sys/class/net/eth0/addr_assign_type") == "1\n"
    assert "Cannot assign requested address" in refused(vm, "ip link set eth1 address 01:00:5e:00:00:01")
    assert "mtu greater than device maximum" in refused(vm, "ip link set eth1 mtu 65518")
    vm.sh("ip link set eth1 mtu 65517")

    # a warning would fail the test
    vm.sh("dcb app add dev eth1 dscp-prio CS4:4; dcb rewr add dev eth1 prio-dscp 1:10; dcb app flush dev eth1")

    vm.sh("modprobe -a 8021q bridge; ip addr flush dev eth0")
    for vlan in VLANS:
        vm.sh(f"ip link add link eth0 name eth0.{vlan} type vlan id {vlan}")
        ports.quiet(vm, f"eth0.{vlan}")
        vm.sh(f"ip link set eth0.{vlan} up; ip addr add 10.5.{vlan}.1/24 dev eth0.{vlan}")
    inside, outside = VLANS
    ping_from(vm, outside)
    vm.sh(f"ip link add br1 type bridge mcast_snooping 0; ip link set eth0.{inside} master br1")
    ping_from(vm, outside)
    vm.sh(f"ip link set eth0.{inside} nomaster; ip link del br1")
    for vlan in VLANS:
        ping_from(vm, vlan)
    slot.check_complete(vm, bdf)
    assert card.deferred(vm) == []
