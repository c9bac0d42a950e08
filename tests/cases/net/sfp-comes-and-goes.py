# SPDX-License-Identifier: GPL-2.0-or-later
"""SFP modules are put into the cages and pulled; carrier and lines follow, the other cage does not care.

Broken if it fails: the cages' lines, their I2C mux or the link of the ports behind them.
"""

from lib import card, ports, slot

kernels = ("7.3", "6.12")
options = {"nics": 4}
PORTS = {2: {"los": 25, "mod-def0": 18, "tx-fault": 2, "tx-disable": 0},
         3: {"los": 26, "mod-def0": 19, "tx-fault": 3, "tx-disable": 1}}


def lines(vm, port):
    return {name: vm.pin("card0", pin) for name, pin in PORTS[port].items() if name != "tx-disable"}


def check_empty(vm, port):
    assert lines(vm, port) == {"los": True, "mod-def0": True, "tx-fault": True}


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    for port in PORTS:
        assert vm.sh(f"cat /sys/class/net/eth{port}/phys_port_name").strip() == f"p{port}"
        vm.sh(f"ip link set eth{port} up; ip addr add 10.0.{port}.1/24 dev eth{port}")
        ports.wait_carrier(vm, port, 0)
        check_empty(vm, port)

    for port in PORTS:
        vm.insert("card0", port, vendor=f"TESTER {port}", part="LIGHT", serial=f"S{port}")
        ports.wait_carrier(vm, port, 1)
        assert lines(vm, port) == {"los": False, "mod-def0": False, "tx-fault": False}
        assert not vm.pin("card0", PORTS[port]["tx-disable"])
        assert f"module TESTER {port}" in vm.log()
        vm.peer(port, f"10.0.{port}.2").ping(f"10.0.{port}.1", b"through glass", port)
    check = vm.sh("cat /sys/class/net/eth2/carrier /sys/class/net/eth3/carrier").split()
    assert check == ["1", "1"], check

    vm.pull("card0", 2)
    ports.wait_carrier(vm, 2, 0)
    check_empty(vm, 2)
    assert vm.sh("cat /sys/class/net/eth3/carrier").strip() == "1"
    vm.peer(3, "10.0.3.3").ping("10.0.3.1", b"not pulled", 1)

    vm.qmp("set_link", name="net3", up=False)
    ports.wait_carrier(vm, 3, 0)
    assert lines(vm, 3) == {"los": True, "mod-def0": False, "tx-fault": False}
    vm.qmp("set_link", name="net3", up=True)
    ports.wait_carrier(vm, 3, 1)

    vm.insert("card0", 2, vendor="ANOTHER", part="LIGHT", serial="S9")
    ports.wait_carrier(vm, 2, 1)
    vm.peer(2, "10.0.2.3").ping("10.0.2.1", b"another module", 2)

    vm.sh("ip link set eth2 down")
    assert vm.pin("card0", PORTS[2]["tx-disable"])

    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    assert "eth" not in vm.sh("ls /sys/class/net")
