# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP through a port of the switch, in register mode and by FDMA, against an e1000e in the same guest.

Each of the two has a virtio NIC at the other end of its cable, in a network namespace of its own. Bits are per second
in which the CPU was busy, with what the far ends cost, the same for both. The e1000e is measured a second time without
what the switch's driver does not have: segmentation, scatter and gather, and checksums in hardware.
"""

from lib import bench, card, dts, fdma, slot

kernel = "7.3"
MACS = {"far0": "02:00:00:00:f0:00", "far1": "02:00:00:00:f0:01", "reference": "02:00:00:00:f0:02"}
# What the main loop does comes at a time of the host's. So frames are moved by the guest's clock, with delays of microseconds.
IN_GUEST_TIME = "tx=timer,x-txtimer=10000,ioeventfd=off"
options = {"memory": 768, "userland": "network", "qemu": (
    *(argument for end, hub in (("port0", 0), ("far0", 0), ("reference", 1), ("far1", 1))
      for argument in ("-netdev", f"hubport,id={end},hubid={hub}")),
    "-global", "lan966x-endpoint.netdev0=port0", "-global", "lan966x-fdma.identity=on",
    "-global", "lan966x-endpoint.x-guest-time=on",
    "-device", f"virtio-net-pci,netdev=far0,mac={MACS['far0']},addr=10.0,romfile=,{IN_GUEST_TIME}",
    "-device", f"virtio-net-pci,netdev=far1,mac={MACS['far1']},addr=11.0,romfile=,{IN_GUEST_TIME}",
    "-device", f"e1000e,netdev=reference,mac={MACS['reference']},addr=12.0,romfile=")}

REPEATS = 7
WAYS = (("send", True), ("receive", False))
OFFLOADS = "tso off gso off sg off tx off rx off"
MEGABYTE = 1 << 20
REGISTER_BYTES, BYTES = 1 * MEGABYTE, 8 * MEGABYTE
FAR = "nsenter -t $(cat /far) -n"
PORT = 5001


def name_of(vm, mac):
    return vm.sh(f"grep -l {mac} /sys/class/net/*/address").split("/")[4]


def prepare(vm):
    """The far ends and the reference, with addresses; returns the reference's interface."""
    vm.sh("modprobe -a virtio_net e1000e")
    vm.spawn("exec unshare -n sh -c 'echo $$ >/far; exec sleep 1000000'")
    vm.until("[ -s /far ]")
    for pair in (0, 1):
        far = name_of(vm, MACS[f"far{pair}"])
        vm.sh(f"ip link set {far} netns $(cat /far); {FAR} ip addr add 10.1.{pair}.2/24 dev {far};"
              f" {FAR} ip link set {far} up")
    near = name_of(vm, MACS["reference"])
    vm.sh(f"ip addr add 10.1.1.1/24 dev {near}; ip link set {near} up")
    vm.until("ping -c 1 -W 1 10.1.1.2")
    return near


def bring_up(vm):
    """The card's port 0, with an address; returns the interface."""
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    near = vm.sh("grep -l '^p0$' /sys/class/net/*/phys_port_name 2>/dev/null").split("/")[4]
    vm.sh(f"ip addr add 10.1.0.1/24 dev {near}; ip link set {near} up")
    vm.until("ping -c 1 -W 1 10.1.0.2")
    return near


def transfer(vm, pair, outwards, size):
    """Megabits for each second in which the CPU was busy."""
    near, far = f"10.1.{pair}.1", f"10.1.{pair}.2"
    receiver = vm.spawn(f"{FAR if outwards else ''} tcpload receive {PORT}")
    receiver.wait_for("listening")
    sender = f"{'' if outwards else FAR} tcpload send {far if outwards else near} {PORT} {size}"
    bench.cost(vm)
    vm.sh(sender, timeout=600)
    assert receiver.wait() == 0
    cost = bench.cost(vm)
    assert receiver.output.split() == ["listening", str(size)], receiver.output
    return size * 8 / 1e6 / bench.seconds(sum(cost.values()) - cost["idle"] - cost["waiting"])


def transfers(vm, pair, outwards, size):
    """The first one finds its connection cold and does not count."""
    return [transfer(vm, pair, outwards, size) for _ in range(REPEATS + 1)][1:]


def accesses(vm):
    return sum(vm.qom_get(fdma.CARD, f"x-mmio-{kind}") for kind in ("reads", "writes"))


def frames(vm, near):
    return sum(int(vm.sh(f"cat /sys/class/net/{near}/statistics/{way}_packets")) for way in ("rx", "tx"))


def measure_mode(vm, report, mode, size, reference):
    near = bring_up(vm)
    per_frame = []
    for way, outwards in WAYS:
        before = accesses(vm), frames(vm, near)
        report.figure(f"net.{mode}.{way}", "Mbit/s", transfers(vm, 0, outwards, size), reference[way])
        per_frame.append((accesses(vm) - before[0]) / (frames(vm, near) - before[1]))
    report.figure(f"net.{mode}.accesses", "per frame", per_frame)


def measure(vm, report):
    near = prepare(vm)
    reference = {way: transfers(vm, 1, outwards, BYTES) for way, outwards in WAYS}
    vm.sh(f"ethtool -K {near} {OFFLOADS}")
    for way, outwards in WAYS:
        report.figure(f"net.e1000e-plain.{way}", "Mbit/s", transfers(vm, 1, outwards, BYTES), reference[way])
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci")
    measure_mode(vm, report, "register", REGISTER_BYTES, reference)
    vm.sh("rmmod dtslot_pci")
    vm.put(dts.FIRMWARE, dts.compile_tree("lan966x-fdma.dtso", vm.build.kernel))
    vm.sh(f"modprobe dtslot-pci {'' if vm.has('CONFIG_ARCH_HAS_DMA_OPS') else 'raw_dma=1'}")
    measure_mode(vm, report, "fdma", BYTES, reference)
    assert fdma.errors(vm) == 0
    report.note("net: frames are moved by the guest's clock, not by the host's; a stream is still cut and acknowledged in"
                " one of a few ways, which is the spread: the median is the usual one")
