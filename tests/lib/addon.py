# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-on boards in the card's connector, as tests plug and pull them."""

from . import card, dts, ids, slot

FIRMWARE = "/lib/firmware/dtslot"
CONNECTOR = "/sys/class/dtslot/connector:0000:01:00.0:connector"
NAME = CONNECTOR.split("/")[-1]
INNER = f"{CONNECTOR}:connector"    # that of an add-on which has one itself
MODULES = ("irq-lan966x-oic", "clk-lan966x", "pinctrl-ocelot", "atmel-flexcom", "i2c-at91", "spi-atmel", "at24", "lm75",
           "gpio-pca953x", "leds-gpio", "spi-nor", "i2c-dev", "dtslot-lan966x-gck", "dtslot-connector")
EEPROM_SIZE = 4096
# What the connector does without; most of the time of a bind is the switch's.
SLIM = """
/ { fragment@0 { __overlay__ {
	/delete-node/ i2c-mux; /delete-node/ sfp2; /delete-node/ sfp3; /delete-node/ leds;
	pci-ep-bus@0 {
		/delete-node/ mdio@e200413c; /delete-node/ gpio@e2004190; /delete-node/ serdes@e202c000;
		/delete-node/ switch@e0000000;
	};
	MORE
}; }; };
"""

# not by the line: pinctrl-ocelot's interrupts make lockdep complain of mainline, and turn itself off
POLLED = "connector { poll-interval-ms = <10>; };"


def image(**values):
    """The content of an ID memory, from text."""
    return ids.own(size=EEPROM_SIZE, **values)


def overlay(vm, more="", board="connector"):
    """The overlay of a card that has the connector and what it needs; more source goes to the top of it."""
    if "debug" in vm.kernel and "poll-interval-ms" not in more:
        more = POLLED + more
    return dts.compile_tree(f"lan966x-{board}.dtso", vm.build.kernel, SLIM.replace("MORE", more))


def addon_overlay(vm, model):
    return dts.compile_tree(f"addon-{model}.dtso", vm.build.kernel)


def prepare(vm, models=("thermo-led", "flash"), more="", board="connector"):
    """Put the card's overlay and those of add-ons in place, load the drivers they want."""
    for model in models:
        vm.put(f"{FIRMWARE}/addon-{model}.dtbo", addon_overlay(vm, model))
    vm.put(dts.FIRMWARE, overlay(vm, more, board))
    modules = list(MODULES)
    if vm.try_sh(f"modinfo {card.RESET_MODULE}")[0] == 0:
        modules.append(card.RESET_MODULE)
    vm.sh(f"modprobe -a {' '.join(modules)}")


def wait_card(vm, bdf):
    """Wait until the card is attached and no driver of it probes any more, and its connector is empty."""
    vm.until(f"cd {slot.path(bdf)} && [ $(cat state) = attached ] && [ $(cat settled) = 1 ]")
    vm.until(f"[ $(cat {CONNECTOR}/state) = empty ]")


def attach(vm, **options):
    """Attach the card and wait for its connector; returns the card's address."""
    prepare(vm, **options)
    vm.sh("modprobe dtslot-pci")
    [bdf] = card.functions(vm)
    wait_card(vm, bdf)
    return bdf


def replace(vm, bdf, more):
    """The card with another connector."""
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach")
    vm.put(dts.FIRMWARE, overlay(vm, more))
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    wait_card(vm, bdf)
    return card.snapshot(vm)


def memory(vm, name, content):
    """Have an ID memory with this content for plug(); its name is that of the drive."""
    path = vm.workdir / f"{name}.id"
    path.write_bytes(content.ljust(EEPROM_SIZE, b"\xff"))
    vm.qmp("blockdev-add", driver="raw", node_name=name, file={"driver": "file", "filename": str(path)})


def plug(vm, drive, name="addon0", bus="card0.connector0", **properties):
    vm.qmp("device_add", driver="lan966x-addon", id=name, bus=bus, drive=drive, **properties)


def unplug(vm, name="addon0"):
    vm.qmp("device_del", id=name)
    vm.wait_event("DEVICE_DELETED", device=name)


def show(vm, attribute, connector=CONNECTOR):
    return vm.sh(f"cat {connector}/{attribute}").strip()


def wait_state(vm, state, connector=CONNECTOR):
    vm.until(f"[ $(cat {connector}/state) = {state} ]")


def settled(vm, connector=CONNECTOR):
    """The state once the connector has looked and is done."""
    vm.sh("sleep 0.2")
    return vm.until(f"state=$(cat {connector}/state); case $state in *ing) exit 1; esac; echo $state").strip()


def wait_attached(vm, *paths):
    """Wait until the slot is attached, and for what the drivers of the add-on make."""
    wait_state(vm, "attached")
    for path in paths:
        vm.until(f"[ -e {path} ]")


def lines(vm, name="card0"):
    """Levels of the connector's lines: power, power good, reset (low holds it)."""
    return [vm.pin(name, line) for line in (51, 52, 53)]


ON, OFF = [True, True, True], [False, False, False]


def i2c_bus(vm, connector=CONNECTOR):
    """Number of the I2C adapter that leads through the connector."""
    return int(vm.sh(f"ls -d {connector}/device/channel-0/i2c-dev/i2c-*").strip().split("i2c-")[-1])


# A program of the guest prints so many numbers at most, as all that it has printed is looked at for each.
BATCH = 200


def _two_models(vm):
    """Attach the card; returns its PCI address, the state before, and a function that plugs a model."""
    for model in ("thermo-led", "flash"):
        memory(vm, model, image(model=model))
    bdf = attach(vm)
    flash = {"thermo-led": "none", "flash": "m25p05"}
    return bdf, card.snapshot(vm), lambda model: plug(vm, model, flash=flash[model])


def _bound(vm, model):
    """The condition of slotawait for an add-on that is attached, its drivers bound."""
    bus = i2c_bus(vm)
    devices = {"thermo-led": (f"i2c/devices/{bus}-0049", f"i2c/devices/{bus}-0020"), "flash": ("spi/devices/spi1.0",)}
    return ",".join(["attached", f"model={model}", *(f"/sys/bus/{device}/driver" for device in devices[model])])


def _check_cycles(vm, steps, cycles):
    """Make all steps, which are (action, condition that holds then), so many times; nothing may grow."""
    conditions = " ".join(condition for _, condition in steps)

    def run(count):
        for begin in range(0, count, BATCH):
            batch = min(BATCH, count - begin)
            watch = vm.spawn(f"exec slotawait {CONNECTOR} {batch} {conditions}")
            for number in range(batch * len(steps)):
                steps[number % len(steps)][0]()
                watch.wait_for(rf"^{number + 1}$")
            assert watch.wait() == 0

    run(5)
    card.check_growth(vm, run, cycles)


def check_plugs(vm, cycles):
    """Plug and pull an add-on so many times; nothing may be left, nothing grow."""
    bdf, before, come = _two_models(vm)
    steps = [(lambda: come("thermo-led"), _bound(vm, "thermo-led")), (lambda: unplug(vm), "empty")]
    _check_cycles(vm, steps, cycles)
    slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)


def check_swaps(vm, cycles):
    """Swap an add-on for another model and back so many times; nothing may be left, nothing grow."""
    bdf, before, come = _two_models(vm)

    def swap(model):
        """Both within the time that the line has to be quiet: the connector sees one is there all the time."""
        unplug(vm)
        come(model)

    come("thermo-led")
    wait_attached(vm)
    _check_cycles(vm, [(lambda: swap("flash"), _bound(vm, "flash")),
                       (lambda: swap("thermo-led"), _bound(vm, "thermo-led"))], cycles)
    unplug(vm)
    wait_state(vm, "empty")
    slot.check_nothing_left(vm, before)
    slot.check_i2c(vm, bdf)
