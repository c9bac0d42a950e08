# SPDX-License-Identifier: GPL-2.0-or-later
"""Two ports in a bridge: hosts behind them talk through the switch while the guest's CPU sees nothing of it.

Broken if it fails: bridged ports are silent, as the driver tells the kernel that the switch forwards.
"""

from lib import card, slot
from lib.peer import EXPERIMENT

kernels = ("7.3", "6.12")
options = {"nics": 2}
FRAMES = 200


def test(vm):
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    vm.sh("modprobe bridge; brctl addbr br0; brctl addif br0 eth0; brctl addif br0 eth1;"
          " ip link set eth0 up; ip link set eth1 up; ip addr add 10.0.9.1/24 dev br0; ip link set br0 up")
    vm.sh("sleep 35")     # guest time: listening and learning take 15 s each
    left, right = vm.peer(0, "10.0.9.2"), vm.peer(1, "10.0.9.3")
    left.ping("10.0.9.1", b"to the bridge itself", 1)
    assert left.resolve("10.0.9.3") == right.mac

    before = card.interrupts(vm, "frame extraction")
    for n in range(FRAMES):
        frame = right.mac + left.mac + EXPERIMENT + bytes((n + i) & 0xff for i in range(46 + 7 * n))
        left.send(frame)
        assert right.receive_from(left.mac) == frame, n
    seen = card.interrupts(vm, "frame extraction") - before
    vm.note(f"{FRAMES} frames from port to port, {seen} extraction interrupts")
    assert seen <= 5, seen

    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    assert vm.sh("ls /sys/class/net/br0/brif").split() == []
