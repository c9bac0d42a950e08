# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot reprogram`: the card is another one after the program, its BAR elsewhere before; errors of the link meanwhile are nobody's.

Broken if it fails: an FPGA is taken for broken while it is loaded, or its slot keeps what the old image had.
"""

from lib import card, dts, fpga, function, tool

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"cards": (), "ports": 1}
PORT = "0000:00:04.0"
PROGRAM = "sh -c 'echo >/tmp/begun; while [ ! -e /tmp/programmed ]; do sleep 0.1; done; exit {}'"
SERIAL = function.core("serial", "xlnx,xps-uartlite-1.00.a", 0, 0x1000, "interrupts = <0>; current-speed = <115200>;")
DEVICES = {"bus@0": "simple-pm-bus", "serial": "uartlite"}


def reprogram(vm, fpga0, blob, status=0):
    """The program has the card carry another overlay; its link fails meanwhile, and its BAR is nowhere."""
    vm.sh("rm -f /tmp/begun /tmp/programmed")
    tool_job = vm.spawn(f"exec dtslot reprogram {fpga0.bdf} -- {PROGRAM.format(status)} 2>&1")
    vm.until("[ -e /tmp/begun ]")
    assert vm.try_sh(f"[ -e {function.device(fpga0.bdf)} ]")[0]
    vm.hmp("pcie_aer_inject_error rp0 SDN")
    fpga0.carry(blob)
    fpga0.say("x-bar", 0xfffff00000000)
    fpga0.say("x-bar", 0)
    vm.sh(">/tmp/programmed")
    assert tool_job.wait() == bool(status), tool_job.output
    return tool_job.output


def test(vm):
    vm.sh("modprobe -a " + " ".join(fpga.MODULES) + " dtslot-pci")
    tool.install(vm)
    fpga.allow(vm)
    # hot-plug's handler is the last of the port's once it was stopped and started
    vm.sh(f"cd /sys/bus/pci_express/drivers/pciehp && name=$(ls -d {PORT}:*) && echo $name >unbind && echo $name >bind")
    before = card.snapshot(vm)
    fpga0 = fpga.Card(vm)
    serial = dts.compile_overlay(SERIAL)
    fpga0.plug()
    fpga0.bind()
    fpga0.check_devices()
    reporting = vm.sh(f"lspci -vv -s {PORT} | grep -E 'DevCtl:|BridgeCtl:'")

    assert reprogram(vm, fpga0, serial) == ""
    fpga0.check_devices(DEVICES)
    fpga0.check_serial()
    # a program that fails changes what it changes
    assert reprogram(vm, fpga0, serial, 3) == "dtslot: sh: ended with status 3; the card is taken as it is now\n"
    fpga0.check_devices(DEVICES)
    fpga0.check_serial()

    # the port is as before: no error is noted, the next one is reported, a button is heeded
    assert vm.sh(f"lspci -vv -s {PORT} | grep -E 'DevCtl:|BridgeCtl:'") == reporting
    assert "UncorrErr" not in vm.test_log() and "AER" not in vm.test_log(), vm.test_log()
    vm.unplug("fpga0")
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
