# SPDX-License-Identifier: GPL-2.0-or-later
"""A cable from each port to another NIC: ping and ping -6 both ways, and what tcpdump sees at its other end.

Broken if it fails: a host that does not belong to us gets other frames than were sent, or answers nobody hears.
"""

import re

from lib import ports

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"loops": 4, "userland": "network"}
timeout = 240
PORTS = (0, 1, 2, 3)
FAR = "nsenter -t $(cat /far) -n"


def address6(vm, name, where):
    ports.wait_ipv6(vm, name, where)
    return re.search(r"fe80::\S+?(?=/)", vm.sh(f"{where} ip -6 addr show dev {name} scope link"))[0]


def check_ping(vm, port):
    """Both protocols, both directions, small and large; by IPv4 also in fragments."""
    near, far = f"eth{port}", f"far{port}"
    vm.until(f"[ -e /sys/bus/pci/devices/0000:00:1{port}.0/net ]")
    vm.sh(f"ip link set $(ls /sys/bus/pci/devices/0000:00:1{port}.0/net) name {far} netns $(cat /far);"
          f" {FAR} ip addr add 10.0.{port}.2/24 dev {far}; {FAR} ip link set {far} up")
    vm.until(f"ping -n -q -c 1 -W 1 10.0.{port}.2")
    near6, far6 = (address6(vm, *end) for end in ((near, ""), (far, FAR)))
    text = ""
    for where, name, other, other6 in (("", near, f"10.0.{port}.2", far6), (FAR, far, f"10.0.{port}.1", near6)):
        for size in (0, 1452, 5000):
            text += vm.sh(f"{where} ping -n -q -c 3 -i 0.01 -s {size} {other}")
            text += vm.sh(f"{where} ping -6 -n -q -c 3 -i 0.01 -s {size} {other6}%{name}")
    assert text.count(" 0% packet loss") == 12, text


def check_capture(vm, port):
    """Each byte that tcpdump shows at the other end is one of those sent, and none is missing."""
    near, far = f"eth{port}", f"far{port}"
    job = vm.spawn(f"{FAR} tcpdump -lnn -xx -c 3 -i {far} ether proto 0x88b5 2>&1")
    job.wait_for("listening on")
    sent = ["02000000000202000000000188b5" + "".join(f"{(n * 7 + length) & 0xff:02x}" for n in range(length))
            for length in (46, 47, 1500)]
    vm.sh(f"frames {near} {' '.join(sent)}")
    job.wait_for("3 packets captured")
    assert job.wait() == 0
    seen = ["".join(re.findall(r"\b[0-9a-f]{2,4}\b", " ".join(re.findall(r"^\s+0x\w+:  (.*)$", part, re.M))))
            for part in re.split(r"^\d\d:\d\d:\d\d", job.output, flags=re.M)[1:]]
    assert seen == sent, f"{seen}\nnot\n{sent}"


def test(vm):
    ports.up(vm, *PORTS)
    vm.sh("modprobe e1000e")
    vm.spawn("exec unshare -n sh -c 'echo $$ >/far; exec sleep 1000000'")
    vm.until("[ -s /far ]")
    for port in PORTS:
        check_ping(vm, port)
        check_capture(vm, port)
