# SPDX-License-Identifier: GPL-2.0-or-later
"""A flexcom as a serial port: lines go both ways, with and without its FIFO, and on 6.12 the ports go with the card.

Broken if it fails: the USART mode of a flexcom, or its chardev.
"""

import socket

from lib import card, flexcom, slot

kernels = ("7.3", "6.12")
options = {"cards": ()}
PORTS = {"ttyAT0": 3, "ttyAT1": 4}      # flexcom that the port is behind
OUT = b"the quick brown fox jumps over the lazy dog 0123456789\n" * 20     # more than the socket takes at once
IN = b"a line into the guest, longer than the FIFO of the chip\n" * 8


def receive(end, size):
    data = b""
    while len(data) < size:
        more = end.recv(size - len(data))
        assert more, f"QEMU closed the port after {len(data)} bytes"
        data += more
    return data


def test(vm):
    ends = {}
    for port, n in PORTS.items():
        path = f"{vm.sockets}/{port}"
        vm.qmp("chardev-add", id=port, backend={"type": "socket", "data": {
            "addr": {"type": "unix", "data": {"path": path}}, "server": True, "wait": False}})
        ends[port] = socket.socket(socket.AF_UNIX)
        ends[port].settimeout(60)
        ends[port].connect(path)
    before = card.snapshot(vm)
    vm.plug("card0", **{f"chardev{n}": port for port, n in PORTS.items()})
    vm.until("grep -q 0x9660 /sys/bus/pci/devices/*/device")
    flexcom.attach(vm, flexcom.node(3, flexcom.USART),
                   flexcom.node(4, flexcom.USART, "atmel,fifo-size = <32>;"), bound=["serial"])
    for port, end in ends.items():
        vm.until(f"[ -e /dev/{port} ]")
        vm.sh(f"stty -F /dev/{port} 115200 raw -echo")
        vm.put("/tmp/out", OUT)
        # the port stays open: to close it, the guest waits for 30 s of its own time only, which are none of ours
        user = vm.spawn(f"exec 3<>/dev/{port} && cat /tmp/out >&3 && exec head -c {len(IN)} <&3")
        assert receive(end, len(OUT)) == OUT, port
        end.sendall(IN)
        assert user.wait() == 0, user.output
        assert user.output == IN.decode(), port
    if vm.kernel == "7.3":
        return      # there the driver unmaps and releases its registers twice when it goes: docs/mainline.md
    vm.unplug("card0")
    for end in ends.values():
        end.close()
    assert vm.try_sh("ls /dev/ttyAT*")[0] != 0
    left = slot.left_behind(before, card.snapshot(vm))
    assert not left, left
