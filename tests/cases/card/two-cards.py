# SPDX-License-Identifier: GPL-2.0-or-later
"""Two cards in one machine, one of them below a PCIe switch: each complete; one goes, the other does not notice.

Broken if it fails: names that are global (clocks), or resources of one card that another takes, allow one card only.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
# A switch below rp1: its upstream port, one downstream port, and the second card in that.
options = {
    "cards": ("card0",),
    "userland": "network",
    "qemu": ("-device", "x3130-upstream,id=up,bus=rp1",
             "-device", "xio3130-downstream,id=down,bus=up,chassis=9,slot=9",
             "-device", "lan966x-endpoint,id=card1,bus=down",
             "-device", "tmp105,bus=card1.i2c0,address=0x48"),
}
timeout = 240


def check_sensor(vm, bdf):
    """The temperature sensor answers on this card's I2C bus."""
    bus = slot.i2c_bus(vm, bdf)
    assert vm.sh(f"i2cget -y {bus} 0x48 0 w").strip() == "0x0000"


def check_names(vm, cards):
    """What docs/install.md says of names: those that we can give say the card, others are those of the card's devices."""
    leds = vm.sh("ls /sys/class/leds").split()
    assert [led for led in leds if led.endswith("cu0:green")] == [f"pci-{bdf}:cu0:green" for bdf in cards], leds
    monitors = sorted(vm.sh("cat /sys/class/hwmon/*/label").split())
    assert monitors == [f"pci-{bdf}:hwmon" for bdf in cards], monitors
    told = [line.split(maxsplit=3)[-1] for line in vm.sh("grep -v CPU /proc/interrupts").splitlines()]
    for bdf in cards:
        devices = {slot.short(name): name for name in card.devices(vm, bdf)}
        assert [text for text in told if text.endswith(f" {bdf}")], told
        for name in (devices["i2c"], f"{devices['sfp2']}-los"):
            assert [text for text in told if text.endswith(f" {name}")], (name, told)
        [port, *_] = vm.sh(f"ls /sys/bus/platform/devices/{devices['switch']}/net").split()
        said = vm.sh(f"ethtool -i {port}")
        assert f"\nbus-info: {devices['switch']}\n" in said, said


def test(vm):
    slot.load(vm)
    first, second = card.functions(vm)
    assert first.startswith("0000:01:"), first
    gck = {}
    for bdf in (first, second):
        slot.wait_attached(vm, bdf)
        drivers = {slot.short(name): driver for name, driver in card.devices(vm, bdf).items()}
        gck[bdf] = drivers["clock-controller"]
    # mainline's driver of the clock controller can serve one card only; the other has the stand-in
    assert sorted(gck.values()) == ["dtslot-lan966x-gck", "lan966x-clk"], gck
    for bdf, name in ((first, "card0"), (second, "card1")):
        slot.check_complete(vm, bdf, gck[bdf])
        check_sensor(vm, bdf)
        job = vm.spawn(f"exec gpioline watch {slot.gpiochip(vm, bdf)} 41 rising 1")
        job.wait_for("watching")
        other = {"card0": "card1", "card1": "card0"}[name]
        before = card.interrupts(vm, "gpioline")
        vm.set_pin(other, 41, True)     # the other card's line is none of ours
        vm.sh("sleep 1")
        assert card.interrupts(vm, "gpioline") == before
        vm.set_pin(name, 41, True)
        job.wait_for("1 rising")
        assert job.wait() == 0
        vm.set_pin(name, 41, False)
        vm.set_pin(other, 41, False)

    check_names(vm, (first, second))
    for gone, stays in ((first, second), (second, first)):
        slot.unbind(vm, gone)
        assert card.devices(vm, gone) == {}
        slot.check_complete(vm, stays, gck[stays])
        check_sensor(vm, stays)
        slot.bind(vm, gone)
        slot.check_complete(vm, gone, gck[gone])
    assert "-17" not in vm.log()
