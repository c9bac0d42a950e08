# SPDX-License-Identifier: GPL-2.0-or-later
"""A SPI flash behind a card's flexcom that a slot hands to the kernel and back, with another owner in between."""

from . import card, dts, flexcom, manual

SIZE, SECTOR = 64 << 10, 32 << 10
FLASH = dts.fragment('flash@1 { compatible = "jedec,spi-nor"; reg = <1>; spi-max-frequency = <10000000>; };')
# the other owner: a program with the wires in its hand
OWNER = dts.fragment('other@1 { compatible = "rohm,dh2228fv"; reg = <1>; spi-max-frequency = <10000000>; };')
NAME, OTHER = "flash", "other"


def prepare(vm):
    """A card with a SPI controller that has a flash that the tree does not know; returns the file behind it."""
    path = vm.workdir / "flash"
    path.write_bytes(bytes(SIZE))
    vm.qmp("blockdev-add", driver="raw", node_name="flash", file={"driver": "file", "filename": str(path)})
    vm.qmp("device_add", driver="m25p05", id="flash", bus="card0.spi1", drive="flash", cs=1)
    flexcom.attach(vm, flexcom.node(1, flexcom.SPI), bound=["spi"],
                   modules=("spi-atmel", "spi-nor", "spidev", "dtslot-manual"))
    [controller] = vm.sh("find /sys/firmware/devicetree/base -type d -name 'spi@400' | cut -d/ -f6-").split()
    manual.make(vm, NAME, f"/{controller}", dts.compile_overlay(FLASH))
    manual.make(vm, OTHER, f"/{controller}", dts.compile_overlay(OWNER))
    return path


def cycle_script(cycles):
    """In the guest: attach, write one half, detach; the other owner writes the other; attach, read both, detach."""
    slot, other = manual.path(NAME), manual.path(OTHER)
    return f"""n=0; while [ $n -lt {cycles} ]; do
            n=$((n + 1)); printf 'round %04d\\n' $n >/tmp/round; byte=$((33 + n % 64))
            echo 1 >{slot}/attach && mtd erase /dev/mtd0 0 {SECTOR} || exit 1
            dd if=/tmp/round of=/dev/mtd0 bs=11 2>/dev/null || exit 2
            echo 1 >{slot}/detach && [ ! -e /dev/mtd0 ] || exit 3
            echo 1 >{other}/attach && spiflash /dev/spidev0.1 {SECTOR} $byte && echo 1 >{other}/detach || exit 4
            echo 1 >{slot}/attach || exit 5
            dd if=/dev/mtd0 bs=11 count=1 2>/dev/null | cmp -s - /tmp/round || exit 6
            [ $(dd if=/dev/mtd0 bs=256 skip={SECTOR // 256} count=1 2>/dev/null | hexdump -v -e '1/1 "%d\\n"' |
                sort -u) = $byte ] || exit 7
            echo 1 >{slot}/detach || exit 8
        done"""


def run(vm, path, cycles):
    """Hand the flash whose content is in path over and back, again and again."""
    vm.sh(cycle_script(cycles), timeout=3600)
    assert path.read_bytes()[:11] == b"round %04d\n" % cycles
