# SPDX-License-Identifier: GPL-2.0-or-later
"""Mainline's m_can on the card: two interfaces on a bus exchange frames, old ones and long ones, and go with the card.

Broken if it fails: a CAN controller in an overlay does not bind, or its message RAM in BAR 4 is not reached.
"""

from lib import card, dts, slot

kernels = ("7.3", "6.12")
options = {"userland": "network", "qemu": ("-object", "can-bus,id=can", "-global", "lan966x-mcan.canbus=can")}
timeout = 400
# BAR 4 is added to what the bus maps. The pins are those of an SFP cage's loss of signal, and two that are free.
RANGES = "ranges = <0xe2000000 0 0 0 0x2000000>, <0xe0000000 1 0 0 0x1000000>, <0x00100000 4 0 0 0x20000>;"
CONTROLLER = """can{number}: can@{address:x} {{
	compatible = "bosch,m_can";
	reg = <{address:#x} 0xfc>, <0x00100000 0x8000>;
	reg-names = "m_can", "message_ram";
	interrupt-parent = <&oic>;
	interrupts = <{line} 4>, <{line2} 4>;
	interrupt-names = "int0", "int1";
	clocks = <&clks {clock}>, <&clks {clock}>;
	clock-names = "hclk", "cclk";
	assigned-clocks = <&clks {clock}>;
	assigned-clock-rates = <40000000>;
	bosch,mram-cfg = <{ram:#x} 0 0 64 0 0 32 32>;
	pinctrl-0 = <&can{number}_pins>;
	pinctrl-names = "default";
}};"""
PINS = """pinctrl@e2004064 {
	can0_pins: can0-pins { pins = "GPIO_26", "GPIO_27"; function = "can0_a"; };
	can1_pins: can1-pins { pins = "GPIO_30", "GPIO_31"; function = "can1"; };
};"""
FRAMES = ("123#deadbeef", "7FF#", "12345678#0011223344556677", "00000001##" + "".join(f"{n:02x}" for n in range(64)))
DEVICES = {"can0": "81c000.can", "can1": "820000.can"}


def overlay(vm):
    controllers = "".join(CONTROLLER.format(number=n, address=address, line=72 + 2 * n, line2=73 + 2 * n, clock=5 + n,
                                            ram=0x4000 * n) for n, address in enumerate((0xe081c000, 0xe0820000)))
    more = f"/ {{ fragment@0 {{ __overlay__ {{ pci-ep-bus@0 {{ {RANGES} {PINS} {controllers} }}; }}; }}; }};"
    source = dts.preprocess(dts.cache.REPO / "dts/lan966x.dtso", vm.build.kernel.bindings)
    los = "los-gpios = <&gpio 26 0>;"
    assert los in source
    return dts.compile_overlay(source.replace(los, "") + more)


def exchange(vm, sender, receiver, *frames):
    job = vm.spawn(f"exec canframe receive {receiver} {len(frames)}")
    job.wait_for("listening")
    vm.sh(f"canframe send {sender} {' '.join(frames)}")
    assert job.wait() == 0
    assert job.output.split()[1:] == list(frames), job.output


def test(vm):
    card.load_drivers(vm)
    vm.sh("modprobe -a m_can_platform can-raw")
    vm.put(dts.FIRMWARE, overlay(vm))
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci")
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    for name, device in DEVICES.items():
        vm.until(f"[ -e /sys/class/net/{name} ]")
        assert vm.sh(f"readlink /sys/class/net/{name}/device").strip().endswith(device)
        vm.sh(f"ip link set {name} up type can bitrate 500000 dbitrate 2000000 fd on")
    for sender, receiver in (("can0", "can1"), ("can1", "can0")):
        # more than there is room for in the FIFO to send
        exchange(vm, sender, receiver, *FRAMES, *(f"{n:03X}#{n:04x}" for n in range(40)))
    # no controller takes it: it is sent when one is there
    vm.sh("ip link set can1 down; canframe send can0 055#55; sleep 1")
    assert "ERROR-PASSIVE" in vm.sh("ip -details link show can0")
    vm.sh("ip link set can1 up")
    exchange(vm, "can1", "can0", "056#56")
    assert "ERROR-ACTIVE" in vm.sh("ip -details link show can0")
    job = vm.spawn("exec canframe receive can0 1")
    job.wait_for("listening")
    vm.unplug("card0")
    assert job.wait() == 1 and "Network is down" in job.output, job.output
    assert vm.try_sh("ls -d /sys/class/net/can*")[0] != 0
