# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask of a slot that a card is in."""

import re

from . import card
from .vm import EEPROM_ADDRESS

# What the embedded overlay brings: device (without its address) and the driver that mainline has for it.
DRIVERS = {
    "clock-600000000": "of_fixed_clk",
    "clock-30000000": "of_fixed_clk",
    "clock-15625000": "of_fixed_clk",
    "pci-ep-bus@0": "simple-pm-bus",
    "otp": "lan9662-otp",
    "flexcom": "atmel_flexcom",
    "i2c": "at91_i2c",
    "syscon": None,     # mapped on demand by whoever refers to it; it has no driver
    "clock-controller": "lan966x-clk",
    "interrupt-controller": "lan966x-oic",
    "reset-controller": "sparx5-switch-reset",
    "pinctrl": "pinctrl-ocelot",
    "gpio": "pinctrl-microchip-sgpio",
    "leds": "leds-gpio",
    "i2c-mux": "i2c-mux-pinctrl",
    "sfp2": "sfp",
    "sfp3": "sfp",
    "mdio": "mscc-miim",
    "hwmon": "lan966x-hwmon",
    "serdes": "microchip,lan966x-serdes",
    "switch": "lan966x-switch",
}
# lines of the card's controller that drivers request
INTERRUPTS = ("frame extraction", "ana irq", "ptp irq", "ptp-ext irq", "i2c")
# the states of a slot that is attached anew
ANEW = ["detaching", "empty", "identifying", "attaching", "attached"]


def path(bdf):
    return f"/sys/class/dtslot/pci-{bdf}"


def show(vm, bdf, attribute):
    return vm.sh(f"cat {path(bdf)}/{attribute}").strip()


def load(vm):
    """Load the SoC's drivers, then ours."""
    card.load_drivers(vm)
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci")


def states(vm, directory, action, last=None):
    """What is told of the slot in this directory of sysfs meanwhile, and until its state is this."""
    change = f"uevent change {directory.split('/')[-1]} "
    watch = vm.spawn(f"exec slotwatch {directory}")
    watch.wait_for("watching")
    action()
    if last:
        watch.wait_for(change + last)
    else:
        vm.sh("sleep 10")
    watch.kill()
    watch.wait()
    return [line.removeprefix(change) for line in watch.output.splitlines() if line.startswith("uevent")]


def plug(vm, name="card0", bus="rp0", **properties):
    """Plug a card in, the machine's only one; returns its PCI address when its drivers are bound."""
    vm.plug(name, bus=bus, **properties)
    vm.until("grep -l 0x9660 /sys/bus/pci/devices/*/device")
    [bdf] = card.functions(vm)
    wait_attached(vm, bdf)
    return bdf


def bind(vm, bdf):
    vm.sh(f"echo {bdf} >/sys/bus/pci/drivers/dtslot-pci/bind")


def unbind(vm, bdf):
    vm.sh(f"echo {bdf} >/sys/bus/pci/drivers/dtslot-pci/unbind")


def wait_attached(vm, bdf, drivers=None):
    """Wait until the slot is attached and every device that has a driver is bound.

    The guest looks by itself, without starting a program, and at the device first that has the most suppliers:
    a wait must not cost more than the bind it waits for.
    """
    early = ("of_fixed_clk", "simple-pm-bus", "lan9662-otp")    # bound before attach returns, or never
    names = [name for name, driver in (drivers or DRIVERS).items() if driver and driver not in early]
    vm.sh(f"bound() {{ read -r state <{path(bdf)}/state && [ \"$state\" = attached ] || return 1;"
          f" cd -P /sys/bus/pci/devices/{bdf}/*ep-bus@0 || return 1;"
          f" for name in {' '.join(reversed(names))}; do set -- ????????.$name;"
          " [ -e \"$1\" ] || set -- ????????.flexcom/????????.$name;"
          " [ -e \"$1\" ] || set -- ../*:$name;"
          " [ -e \"$1/driver\" ] || return 1; done; };"
          " until bound 2>/dev/null; do sleep 0.2; done")


def short(device):
    """f0040600.i2c and pci@0,0:...:i2c are both "i2c"."""
    return re.sub(r"^.*:|^[0-9a-f]+\.", "", device)


def check_complete(vm, bdf, gck="lan966x-clk", drivers=DRIVERS):
    """Every device of the overlay is there with its driver, none is put off, the interrupts are requested.

    A further card has a stand-in for the driver of the clock controller, and none for that of the OTP.
    """
    drivers = {**drivers, "clock-controller": gck}
    if gck != DRIVERS["clock-controller"]:
        drivers["otp"] = None
    wait_attached(vm, bdf, drivers)
    found = {short(name): driver for name, driver in card.devices(vm, bdf).items()}
    assert found == drivers, found
    assert card.deferred(vm) == []
    table = vm.sh("cat /proc/interrupts")
    for name in INTERRUPTS:
        assert re.search(rf"lan966x-oic +\d+ +.*{name}", table), table


def gpiochip(vm, bdf):
    return "/dev/" + vm.sh(f"ls -d /sys/bus/pci/devices/{bdf}/pci*/*.pinctrl/gpiochip*").strip().split("/")[-1]


def check_gpio_interrupt(vm, bdf, name="card0", line=41):
    """Both edges of a line are seen and counted, by way of the pin controller, the OIC and PCI."""
    job = vm.spawn(f"exec gpioline watch {gpiochip(vm, bdf)} {line} both 2")
    job.wait_for("watching")
    before = card.interrupts(vm, "gpioline")
    vm.set_pin(name, line, True)
    job.wait_for("1 rising")
    assert card.interrupts(vm, "gpioline") == before + 1
    vm.set_pin(name, line, False)
    job.wait_for("2 falling")
    assert job.wait() == 0


def i2c_bus(vm, bdf):
    return int(vm.sh(f"ls -d /sys/bus/pci/devices/{bdf}/pci*/*.flexcom/*.i2c/i2c-[0-9]*").strip().split("i2c-")[-1])


def check_i2c(vm, bdf, name="card0"):
    """The EEPROM reads as given; an address nobody has is an error, and the bus works after it."""
    bus = i2c_bus(vm, bdf)
    command = f"i2ctransfer -y {bus} w1@{EEPROM_ADDRESS:#x} 0 r256"
    assert bytes(int(byte, 16) for byte in vm.sh(command).split()) == vm.eeprom(name)[:256]
    status, text = vm.try_sh(f"i2ctransfer -y {bus} w1@0x33 0 r1 2>&1")
    assert status == 1 and "Remote I/O error" in text, text
    assert bytes(int(byte, 16) for byte in vm.sh(command).split()) == vm.eeprom(name)[:256]


def left_behind(before, after):
    """What a removal left, as text; empty if nothing.

    On 6.12 the reset driver has the syscon mapped for ever by mainline's drivers/mfd/syscon.c; the regmap that shows
    in debugfs is the one thing that may stay, once.
    """
    lines = card.differences(before, after).splitlines()
    return "\n".join(line for line in lines if not re.match(r"regmaps: left behind dummy-.*syscon@", line))


def check_nothing_left(vm, before, but=None):
    """Everything is as in the snapshot before, lines that match the regular expression but aside."""
    lines = left_behind(before, card.snapshot(vm)).splitlines()
    left = "\n".join(line for line in lines if not (but and re.match(but, line)))
    assert not left, left


def check_cycles(vm, cycle, cycles=None):
    """Run cycle() a few times, then as often as told, else vm.cycles times, in which nothing may grow."""
    def run(count):
        for _ in range(count):
            cycle()

    run(5)
    card.check_growth(vm, run, cycles or vm.cycles)
