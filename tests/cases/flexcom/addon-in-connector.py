# SPDX-License-Identifier: GPL-2.0-or-later
"""An add-on board is plugged and pulled while the guest runs: presence line, power, I2C, SPI, LED, clear refusals.

Broken if it fails: the model of the connector, on which the tests of the connector driver stand.
"""

from lib import addon, card, slot
from lib.qmp import QmpError

kernels = ("7.3", "6.12")
PRESENT, POWER, POWER_GOOD, RESET = 50, 51, 52, 53
ID = bytes((n * 5 + (n >> 8)) & 0xff for n in range(4096))
ADDON = "/machine/peripheral/addon0"


def plug(vm, **properties):
    vm.qmp("device_add", **{"driver": "lan966x-addon", "id": "addon0", "bus": "card0.connector0", **properties})


def refused(vm, **properties):
    """The message with which QEMU refuses an add-on."""
    try:
        plug(vm, **properties)
    except QmpError as error:
        return str(error).removeprefix("device_add: ")
    raise AssertionError(f"taken: {properties}")


def answering(vm, bus):
    """The addresses of the add-on's devices that answer."""
    return [address for address in (0x20, 0x49, 0x57)
            if vm.try_sh(f"i2ctransfer -y {bus} r1@{address:#x}")[0] == 0]


def lines(vm):
    return [vm.pin("card0", line) for line in (PRESENT, POWER_GOOD)]


def test(vm):
    for name, content in (("id", ID), ("small", bytes(512))):
        path = vm.workdir / name
        path.write_bytes(content)
        for node, read_only in ((name, False), (f"{name}-ro", True)):
            vm.qmp("blockdev-add", driver="raw", node_name=node, read_only=read_only,
                   file={"driver": "file", "filename": str(path)})
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.check_complete(vm, bdf)
    bus, chip = slot.i2c_bus(vm, bdf), slot.gpiochip(vm, bdf)

    assert lines(vm) == [True, False]
    assert answering(vm, bus) == []
    assert refused(vm, drive="small") == "drive 'small' of the add-on's ID EEPROM has 512 bytes, it must have 4096"
    assert refused(vm, drive="id-ro") == "drive 'id-ro' of the add-on's ID EEPROM is read-only"
    assert refused(vm, drive="none") == "Cannot find device='none' nor node-name='none'"
    assert refused(vm, flash="tmp105") == "flash: 'tmp105' is no SPI flash"
    assert refused(vm, card="card1") == "bus 'card0.connector0' is not of card 'card1': add bus=card1.connector0"
    assert lines(vm) == [True, False]

    watch = vm.spawn(f"exec gpioline watch {chip} {PRESENT} both 2")
    watch.wait_for("watching")
    plug(vm, drive="id", card="card0")
    watch.wait_for("1 falling")
    assert lines(vm) == [False, False]
    assert answering(vm, bus) == [], "without power"
    assert refused(vm, id="addon1") == ("bus 'card0.connector0' has an add-on already ('addon0'): "
                                        "unplug that first")

    power = vm.spawn(f"exec gpioline set {chip} {POWER} 1")
    power.wait_for("driving")
    assert lines(vm) == [False, True]
    assert answering(vm, bus) == [0x20, 0x49, 0x57]
    read = vm.sh(f"i2ctransfer -y {bus} w2@0x57 0 0 r4096")
    assert bytes(int(byte, 16) for byte in read.split()) == ID
    vm.qom_set(f"{ADDON}/sensor", "temperature", 25500)
    assert vm.sh(f"i2ctransfer -y {bus} w1@0x49 0 r2") == "0x19 0x80\n"

    # line 0 of the expander is an output, and low: the LED is lit until the expander is held in reset
    assert not vm.qom_get(ADDON, "led")
    vm.sh(f"i2ctransfer -y {bus} w2@0x20 1 0xfe && i2ctransfer -y {bus} w2@0x20 3 0xfe")
    assert vm.qom_get(ADDON, "led")
    reset = vm.spawn(f"exec gpioline set {chip} {RESET} 0")
    reset.wait_for("driving")
    assert not vm.qom_get(ADDON, "led")
    assert answering(vm, bus) == [0x49, 0x57]
    reset.kill()
    reset = vm.spawn(f"exec gpioline set {chip} {RESET} 1")
    reset.wait_for("driving")
    assert answering(vm, bus) == [0x20, 0x49, 0x57]

    # pulled in the middle of traffic: an error for who was talking, and the rest of the bus works
    traffic = vm.spawn(f"while i2ctransfer -y {bus} w2@0x57 0 0 r4096 >/dev/null; do :; done; echo ended")
    addon.unplug(vm)
    watch.wait_for("2 rising")
    traffic.wait_for("ended")
    assert lines(vm) == [True, False]
    assert answering(vm, bus) == []
    slot.check_i2c(vm, bdf)

    # power is on already when the next one comes
    plug(vm, flash="none")
    assert lines(vm) == [False, True]
    assert answering(vm, bus) == [0x20, 0x49, 0x57]
    assert vm.sh(f"i2ctransfer -y {bus} w2@0x57 0 0 r2") == "0x00 0x00\n"
    power.kill()
    off = vm.spawn(f"exec gpioline set {chip} {POWER} 0")
    off.wait_for("driving")
    assert lines(vm) == [False, False]
    assert answering(vm, bus) == []
    off.kill()
    addon.unplug(vm)
