# SPDX-License-Identifier: GPL-2.0-or-later
"""A card whose maker has programmed an address into its OTP gives its ports that one and the following, in any slot.

Broken if it fails: ports do not have the addresses that are printed on the card, or a strange OTP makes them random.
"""

from lib import card, slot

kernels = ("7.3", "6.12")
options = {"cards": (), "append": "dtslot-pci.host_id=one"}
timeout = 240
SIZE, RECORDS = 0x2000, 0x1000
BOARD, ADDRESS = 2, 4           # tags
VOID = 7
ADDRESSES = [f"00:04:25:01:23:{n}" for n in ("50", "51", "52", "53")]
# of host and slot, see install/ports-keep-their-addresses
MADE = [f"92:06:f8:39:3a:b{n}" for n in range(1, 5)]
REFUSED = "dtslot-pci 0000:01:00.0: the OTP has 01:04:25:01:23:4f for the address of the ports, which is none"


def record(tag, value, size=None, continued=False):
    """Eight bytes of the OTP: a value, its tag, whether it goes on in the next record, and how long it is."""
    size = len(value) if size is None else size
    return value.ljust(6, b"\0") + (size << 13 | continued << 12 | tag).to_bytes(2, "little")


def address(first):
    """A record with an address, whose last byte comes first."""
    return record(ADDRESS, bytes((first, 0x04, 0x25, 0x01, 0x23, 0x4f))[::-1])


BOARD_RECORD = record(BOARD, b"\x63\x20")
CASES = {
    # the one that is void and those of other lengths are passed over; what follows the last record does not count
    "programmed": (BOARD_RECORD + record(ADDRESS, b"\x99" * 6, VOID) + record(ADDRESS, b"\x99" * 5) +
                   record(ADDRESS, b"\x99" * 6, continued=True) + address(0) + address(2), ADDRESSES, "OTP"),
    "gap": (BOARD_RECORD + bytes(8) + address(0), MADE, "host and slot"),
    "full": (b"\xff" * (SIZE - RECORDS), MADE, "host and slot"),
    "last": (BOARD_RECORD * 511 + address(0), ADDRESSES, "OTP"),
    "multicast": (address(1), MADE, "host and slot"),
}


def check(vm, content, expected, origin):
    """The ports of a card with that OTP."""
    path = vm.workdir / "otp"
    path.write_bytes((bytes(RECORDS) + content).ljust(SIZE, b"\0"))
    vm.qmp("blockdev-add", driver="raw", node_name="otp", file={"driver": "file", "filename": str(path)})
    bdf = slot.plug(vm, otp_drive="otp")
    nets = f"find /sys/bus/pci/devices/{bdf}/ -path '*/net/*' -name address"
    vm.until(f"[ $({nets} | wc -l) = 4 ]")
    found = sorted(vm.sh(f"cat $({nets})").split())
    assert found == expected, found
    node = vm.sh("find /sys/firmware/devicetree/base/ -name 'switch@*'").strip()
    assert vm.get(f"{node}/dtslot,mac-address-from") == f"{origin}\0".encode()
    # its driver, which reads it afterwards, finds it as it was
    otp = vm.sh(f"find /sys/bus/pci/devices/{bdf}/ -path '*otp*' -name nvmem").strip()
    assert vm.get(otp) == path.read_bytes()
    vm.unplug()
    vm.until(f"[ ! -e {slot.path(bdf)} ]")
    vm.qmp("blockdev-del", node_name="otp")


def test(vm):
    slot.load(vm)
    before = card.snapshot(vm)
    for content, expected, origin in CASES.values():
        check(vm, content, expected, origin)
    assert vm.log().count(REFUSED) == 1 and " the OTP" not in vm.log().replace(REFUSED, ""), vm.log()
    slot.check_nothing_left(vm, before)
