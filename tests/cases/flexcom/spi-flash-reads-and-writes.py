# SPDX-License-Identifier: GPL-2.0-or-later
"""Two SPI flashes behind two flexcoms, one with FIFO: MTD reads what the files hold, erases, writes, and both go.

Broken if it fails: the SPI mode of a flexcom, with or without its FIFO, or a card cannot be removed while it has MTDs.
"""

from lib import card, flexcom, slot

kernels = ("7.3", "6.12")
SIZE = 64 << 10
SECTOR = 32 << 10
CHIPS = {"flash1": 1, "flash2": 2}      # flexcom that the chip is behind
options = {"cards": ()}

FLASH = """flash@0 { compatible = "jedec,spi-nor"; reg = <0>; spi-max-frequency = <10000000>; };"""


def content(name):
    return bytes((n * 11 + (n >> 8) + CHIPS[name]) & 0xff for n in range(SIZE))


def test(vm):
    for name, n in CHIPS.items():
        path = vm.workdir / name
        path.write_bytes(content(name))
        vm.qmp("blockdev-add", driver="raw", node_name=name, file={"driver": "file", "filename": str(path)})
    before = card.snapshot(vm)
    vm.plug("card0")
    for name, n in CHIPS.items():
        vm.qmp("device_add", driver="m25p05", id=name, bus=f"card0.spi{n}", drive=name, cs=n)
    vm.until("grep -q 0x9660 /sys/bus/pci/devices/*/device")
    bdf = flexcom.attach(
        vm, flexcom.node(1, flexcom.SPI, FLASH.replace("@0", "@1").replace("<0>", "<1>")),
        flexcom.node(2, flexcom.SPI, "atmel,fifo-size = <32>;" + FLASH.replace("@0", "@2").replace("<0>", "<2>")),
        bound=["spi"], modules=("spi-atmel", "spi-nor"))
    vm.until("[ -e /dev/mtd1 ]")
    log = vm.test_log()
    assert log.count("Atmel SPI Controller version 0x311") == 2, log
    assert log.count("using PIO only") == 2 and "Using FIFO (32 data)" in log, log
    for device in ("mtd0", "mtd1"):
        text = vm.sh(f"cd /sys/class/mtd/{device}; cat size erasesize; readlink -f device")
        size, erase, where = text.split()
        assert (int(size), int(erase)) == (SIZE, SECTOR), text
        [name] = [name for name, n in CHIPS.items() if where.endswith(f".{n}")]
        assert vm.get(f"/dev/{device}") == content(name), name
        vm.sh(f"mtd erase /dev/{device} {SECTOR} {SECTOR}")
        assert vm.get(f"/dev/{device}") == content(name)[:SECTOR] + b"\xff" * SECTOR
        written = content(name)[:1000][::-1]
        vm.put("/tmp/written", written)
        vm.sh(f"dd if=/tmp/written of=/dev/{device} bs=1000 seek=33 2>&1")
        expected = bytearray(content(name)[:SECTOR] + b"\xff" * SECTOR)
        expected[33000:34000] = written
        assert vm.get(f"/dev/{device}") == bytes(expected)
        assert (vm.workdir / name).read_bytes() == bytes(expected), f"{name}: the file of QEMU"
    vm.unplug("card0")
    for name in CHIPS:
        vm.wait_event("DEVICE_DELETED", device=name)
    left = slot.left_behind(before, card.snapshot(vm))
    assert not left, left
    assert vm.sh("ls /sys/class/mtd /sys/class/spi_master") == "/sys/class/mtd:\n\n/sys/class/spi_master:\n"
    assert bdf not in vm.sh("ls /sys/bus/pci/devices")
