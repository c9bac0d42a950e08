# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot reprogram` on a made-up card: what is quiet meanwhile, that all comes back whatever happens, and what is refused.

Broken if it fails: a link that goes down while a card is programmed is taken for a fault, or a port stays deaf after it.
"""

import struct

from lib import tool

kernels = ()

PORT = "/sys/devices/pci0000:00/0000:00:04.0"
SERVICE = "0000:00:04.0:pcie204"
EXPRESS, AER = 0x40, 0x100
DEVCTL, BRIDGE = EXPRESS + 8, 0x3e
AS_IT_IS = "; the card is taken as it is now\n"


def config():
    data = bytearray(4096)
    data[0x34] = EXPRESS
    data[EXPRESS] = 0x10
    for at, value in ((DEVCTL, 0x502f), (BRIDGE, 3), (AER, 1), (AER + 4, 0x20), (AER + 16, 1)):
        struct.pack_into("<H", data, at, value)
    return bytes(data)


def reports(data):
    return struct.unpack_from("<H", data, DEVCTL)[0], struct.unpack_from("<H", data, BRIDGE)[0]


def card(system):
    tool.card(system)
    for place in (PORT, tool.CARD):
        system.link(f"/sys/bus/pci/devices/{place.split('/')[-1]}", place)
    system.put(f"{PORT}/config", config())
    system.put(f"{tool.CARD}/driver_override", "dtslot-pci\n")
    for name in (f"{PORT}/rescan", f"{tool.CARD}/remove", "/sys/bus/pci/drivers_probe"):
        system.put(name)
    system.link(f"{tool.CARD}/driver", "/sys/bus/pci/drivers/dtslot-pci")
    for name, driver in ((SERVICE, "pciehp"), ("0000:00:04.0:pcie202", "aer"), ("0000:00:05.0:pcie204", "pciehp")):
        system.link(f"{PORT}/{name}/driver", f"/sys/bus/pci_express/drivers/{driver}")
        system.link(f"/sys/bus/pci_express/devices/{name}", f"{PORT}/{name}")
    for name in ("bind", "unbind"):
        system.put(f"/sys/bus/pci_express/drivers/pciehp/{name}")


def text(system, path):
    return system.path(path).read_text()


def all_came_back(system):
    assert text(system, "/sys/bus/pci_express/drivers/pciehp/bind") == SERVICE
    assert text(system, f"{PORT}/rescan") == "1"
    assert reports(system.path(f"{PORT}/config").read_bytes()) == (0x502f, 3)


def check_what_is_quiet(system):
    copy = system.path("/meanwhile")
    system.expect(["reprogram", "01:00.0", "--", "cp", str(system.path(f"{PORT}/config")), str(copy)])
    assert reports(copy.read_bytes()) == (0x5020, 1)
    assert text(system, f"{tool.CARD}/dtslot/{tool.SLOT}/detach") == "1\n"
    assert text(system, "/sys/bus/pci_express/drivers/pciehp/unbind") == SERVICE
    assert text(system, f"{tool.CARD}/remove") == "1"
    assert text(system, f"{tool.CARD}/driver_override") == "dtslot-pci\n"
    assert text(system, "/sys/bus/pci/drivers_probe") == "0000:01:00.0"
    all_came_back(system)


def check_programs_that_fail(system):
    for command, said in ((["sh", "-c", "exit 3"], f"dtslot: sh: ended with status 3{AS_IT_IS}"),
                          (["sh", "-c", "kill -9 $$"], f"dtslot: sh: ended by signal 9{AS_IT_IS}"),
                          (["/none"], "dtslot: /none: cannot be run: No such file or directory\n"
                           f"dtslot: /none: ended with status 127{AS_IT_IS}")):
        system.put("/sys/bus/pci_express/drivers/pciehp/bind")
        system.expect(["reprogram", tool.SLOT, "--", *command], error=said, status=1)
        all_came_back(system)


def check_two_at_once(system):
    """The program is dtslot itself, which is not to touch the card either."""
    program = str(tool.build())
    inner = [program, "--root", str(system.root), "reprogram", tool.SLOT, "--", "true"]
    system.expect(["reprogram", tool.SLOT, "--", *inner], status=1, error=(
        f"dtslot: {tool.SLOT}: is being reprogrammed by another dtslot; wait until that has ended\n"
        f"dtslot: {program}: ended with status 1{AS_IT_IS}"))
    all_came_back(system)


def check_what_is_refused(system):
    for words in ("reprogram", f"reprogram {tool.SLOT}", f"reprogram --now {tool.SLOT} x"):
        system.expect(words, error="usage: dtslot reprogram SLOT -- COMMAND [ARGUMENT]...\n", status=2)
    system.slot("j5", "/sys/devices/other")
    system.expect("reprogram j5 -- true", status=1,
                  error="dtslot: j5: is no PCI card; only those are reprogrammed\n")
    other = f"{PORT}/0000:01:00.1"
    system.link(f"{other}/driver", "/sys/bus/pci/drivers/nvme")
    system.link("/sys/bus/pci/devices/0000:01:00.1", other)
    system.expect(f"reprogram {tool.SLOT} -- true", status=1,
                  error="dtslot: 0000:01:00.1: is on the same card and has the driver nvme; unbind that first\n")
    system.path(f"{other}/driver").unlink()
    system.path(other).rmdir()
    assert system.run_unprivileged("reprogram", tool.SLOT, "--", "true") == (
        3, "", "dtslot: 0000:00:04.0: its configuration cannot be written: Permission denied; run it as root\n")


def check_what_goes_wrong(system):
    # nothing is removed: the slot is filled as it was
    unbind = system.path("/sys/bus/pci_express/drivers/pciehp/unbind")
    unbind.unlink()
    system.put(f"{tool.CARD}/remove")
    system.expect(f"reprogram {tool.SLOT} -- true", status=1,
                  error="dtslot: /sys/bus/pci_express/drivers/pciehp/unbind: cannot be written: No such file or directory\n")
    assert text(system, f"{tool.CARD}/dtslot/{tool.SLOT}/attach") == "1\n"
    assert text(system, f"{tool.CARD}/remove") == ""
    unbind.write_text("")
    link = system.path("/sys/bus/pci/devices/0000:01:00.0")
    system.expect(["reprogram", tool.SLOT, "--", "rm", str(link)], status=1,
                  error=f"dtslot: {tool.SLOT}: no card answers there now; reprogram it by other means, then plug it in"
                  " again\n")
    all_came_back(system)


def test(_):
    with tool.System() as system:
        card(system)
        check_what_is_quiet(system)
        check_programs_that_fail(system)
        check_two_at_once(system)
        check_what_goes_wrong(system)
    with tool.System() as system:
        card(system)
        check_what_is_refused(system)
