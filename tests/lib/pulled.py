# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on that is pulled while programs have all that it brought open."""

import re

from . import addon, card, dts, slot

TRACING = "/sys/kernel/tracing"
DEBOUNCE, LIMIT = 0.05, 0.1     # guest seconds: how long the line has to be quiet, and what power may take then
I2C = """fragment@0 { target = <&i2c>; __overlay__ { #address-cells = <1>; #size-cells = <0>;
	sensor@49 { compatible = "ti,tmp105"; reg = <0x49>; };
	expander: gpio@20 { compatible = "nxp,pca9554"; reg = <0x20>; gpio-controller; #gpio-cells = <2>; };
}; };
fragment@1 { target-path = ""; __overlay__ {
	leds { compatible = "gpio-leds"; led { gpios = <&expander 0 1>; function = "status"; color = <2>; }; };
	inner { compatible = "dtslot,connector"; #address-cells = <1>; #size-cells = <0>;
		i2c@0 { reg = <0>; i2c-parent = <&i2c>; #address-cells = <1>; #size-cells = <0>; };
		devices { }; id { format = "none"; }; };
}; };"""
SPI = """fragment@2 {{ target = <&spi>; __overlay__ {{ #address-cells = <1>; #size-cells = <0>;
	device@0 {{ reg = <0>; spi-max-frequency = <10000000>; {} }}; }}; }};"""
# the chip select takes one of them
MODELS = {
    "flash": ("""compatible = "jedec,spi-nor";
		partitions { compatible = "fixed-partitions"; #address-cells = <1>; #size-cells = <1>;
			boot@0 { label = "boot"; reg = <0 0x8000>; }; rest@8000 { label = "rest"; reg = <0x8000 0x8000>; }; };""",
              ("/dev/mtd0", "/dev/mtd1ro", "/dev/mtd1")),
    "spidev": ('compatible = "rohm,dh2228fv";', ("/dev/spidev1.0",)),
}
SENSOR = "/sys/class/hwmon/hwmon0/temp1_input"
LED = "/sys/class/leds/green:status/brightness"


def prepare(vm, **options):
    """The card and its connector, and the add-ons; returns the card's address."""
    vm.sh("modprobe spidev")
    for model, (device, _) in MODELS.items():
        addon.memory(vm, model, addon.image(model=model))
        vm.put(f"{addon.FIRMWARE}/addon-{model}.dtbo",
               dts.compile_overlay(f"/dts-v1/; /plugin/; / {{ {I2C} {SPI.format(device)} }};"))
    return addon.attach(vm, models=(), **options)


def come(vm, model):
    """Plug it in; returns all that a program can open of it."""
    addon.plug(vm, model)
    inner = f"{addon.CONNECTOR}:inner"
    addon.wait_attached(vm, SENSOR, LED, inner, *MODELS[model][1])
    chip = vm.sh("ls -d /sys/bus/i2c/devices/*-0020/gpiochip*").strip().split("/")[-1]
    buses = [f"/dev/i2c-{addon.i2c_bus(vm, connector)}" for connector in (addon.CONNECTOR, inner)]
    return [f"/dev/{chip}", SENSOR, LED, *buses, *MODELS[model][1]]


def hold(vm, paths):
    """A program for each of these that has it open until let_go(), and one that drives a line of the expander."""
    vm.sh("rm -f /tmp/go; mkfifo /tmp/go")
    jobs = {path: vm.spawn(f"exec 3<{path}; echo held; : </tmp/go; dd bs=1 count=1 <&3 2>&1; echo over")
            for path in paths}
    for job in jobs.values():
        job.wait_for("held")
    line = vm.spawn(f"exec gpioline set {paths[0]} 1 1")
    line.wait_for("driving")
    return line, jobs


def let_go(vm, held):
    """The programs go on, and get errors, but for the bus of the connector itself: that leads to the next add-on."""
    line, jobs = held
    vm.sh(": >/tmp/go")
    errors = {f"/dev/i2c-{addon.i2c_bus(vm)}": "1+0 records in",
              "/dev/spidev1.0": "Cannot send after transport endpoint shutdown"}
    for path, job in jobs.items():
        job.wait_for("over")
        error = errors.get(path, "No such device")
        assert error in job.output, (path, job.output)
        job.wait()
    line.kill()
    line.wait()


def trace(vm):
    """Record when the presence line changes and when lines are set, in time of the guest."""
    for event in ("irq/irq_handler_entry", "gpio/gpio_value"):
        vm.sh(f"echo 1 >{TRACING}/events/{event}/enable")


def check_time(vm):
    """Reset and power are the first two lines that are set after the presence line has told of the pull."""
    # the line has to be quiet first
    vm.sh(f"sleep {DEBOUNCE + LIMIT}")
    assert addon.lines(vm) == addon.OFF
    events = re.findall(r" (\d+\.\d+): (?:irq_handler_entry: irq=\d+ name=(\S*)|gpio_value: \d+ set (\d))",
                        vm.sh(f"cat {TRACING}/trace"))
    vm.sh(f"echo >{TRACING}/trace")
    pulled = max(float(time) for time, name, _ in events if name.endswith("connector"))
    sets = [(float(time) - pulled, level) for time, _, level in events if level and float(time) > pulled]
    assert [level for _, level in sets[:2]] == ["0", "0"], sets
    vm.note(f"power off {sets[1][0] * 1000:.0f} ms after the pull")
    assert DEBOUNCE <= sets[1][0] < DEBOUNCE + LIMIT, sets


def check(vm, bdf, pulled):
    """Pull each while all is open, with the other one, or another one of its kind, in its place; pulled() is called
    after each pull."""
    before = card.snapshot(vm)
    for model, other in (("flash", "flash"), ("spidev", "flash")):
        held = hold(vm, come(vm, model))
        addon.unplug(vm)
        pulled()
        addon.wait_state(vm, "empty")
        assert addon.lines(vm) == addon.OFF
        assert addon.show(vm, "error") == ""
        come(vm, other)
        assert addon.show(vm, "model") == other
        let_go(vm, held)
        addon.unplug(vm)
        addon.wait_state(vm, "empty")
        slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
