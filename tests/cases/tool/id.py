# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot id` makes, shows and writes IDs of each format, byte for byte as the tests' own encoders do.

Broken if it fails: an add-on gets an ID that no connector reads, or loses one that was good.
"""

import json
import os
import uuid

from lib import tool
from lib.ids import atom, cape, clickid, hat, own, vendor

kernels = ()

UUID = "0f0e0d0c-0b0a-0908-0706-050403020100"
USAGE = """usage: dtslot id [--json] [--format FORMAT] [--force] show FILE | make FIELD=TEXT... | \
write FILE {IMAGE | FIELD=TEXT...}
  dtslot           model= [revision=] [serial=] [size=]
  raspberrypi,hat  vendor= product= [revision=] [uuid=] [pid=] [version=] [size=]
  beagle,cape      model= [revision=] [serial=] [vendor=] [name=] [pins=] [size=]
  mikroe,clickid   vendor= product= [size=]
"""
HAT = ("vendor=Acme Ltd.", "product=Heat & Light 2", "revision=0x102", "pid=7", f"uuid={UUID}")
CAPE = ("model=BB-TEMP-01", "name=Thermometer", "revision=00A0", "vendor=Acme", "pins=4", "serial=2414ACME0007")
MADE = (
    ((), ("model=temp", "revision=b", "serial=0042"), own("temp", "b", "0042")),
    ((), ("model=a", "size=4096"), own("a", size=4096)),
    (("-f", "raspberrypi,hat"), HAT, hat(atom(1, 0, vendor()), version=2)),
    (("--format", "raspberrypi,hat"), (*HAT, "version=1", "size=256"), hat(atom(1, 0, vendor())).ljust(256, b"\xff")),
    (("-f", "mikroe,clickid"), ("vendor=Acme Ltd.", "product=Thermo 3 Click"), clickid()),
    (("--format=beagle,cape",), CAPE, cape()),
)
REFUSED = (
    ("make x", "x: no field of format dtslot; dtslot id lists them", 2),
    ("make vendor=x", "vendor=x: no field of format dtslot; dtslot id lists them", 2),
    ("make revision=x", "dtslot: wants model=; dtslot id lists the fields", 2),
    ("make model=a size=-1", "size=-1: is no number up to 1048576; write one", 2),
    ("make model=a size=1048577", "size=1048577: is no number up to 1048576; write one", 2),
    (f"make model={'a' * 33}", "model: has 33 characters, 32 fit; shorten it", 2),
    ("make model=\xe4", "model: takes printable ASCII only; leave the rest out", 2),
    ("make model=Bad/Name", "dtslot: the ID's model 'Bad/Name' cannot name a file: it takes a-z 0-9 , . _ - and begins "
     "with a letter or digit", 1),
    ("-f raspberrypi,hat make vendor=a product=b uuid=1", "uuid=1: is no UUID; write 32 hexadecimal digits", 2),
    (f"-f raspberrypi,hat make vendor=a product=b uuid={UUID[:-1]}g", f"uuid={UUID[:-1]}g: is no UUID; write 32 "
     "hexadecimal digits", 2),
    ("-f raspberrypi,hat make vendor=a product=b version=3", "version=3: is no number up to 2; write one", 2),
    ("-f raspberrypi,hat make vendor=a product=!", "raspberrypi,hat: the HAT's product has no name", 1),
    ("-f beagle,cape make model=a pins=75", "pins=75: is no number up to 74; write one", 2),
)


def test(_):
    with tool.System() as system:
        memory = system.path("eeprom")
        for options, fields, wanted in MADE:
            done = system.run_bytes("id", *options, "make", *fields)
            assert done == (0, wanted, b""), done
            memory.write_bytes(b"\xff" * 4096)
            system.expect(["id", *options, "write", memory, *fields])
            assert memory.read_bytes() == wanted.ljust(4096, b"\xff")
            # and over what is there, if it is of the same format
            system.expect(["id", *options, "write", memory, *fields])
            assert system.run("id", "show", memory)[0] == 0
        system.expect(["id", "show", memory],
                      "format    beagle,cape\nmodel     bb-temp-01\nrevision  00A0\nserial    2414ACME0007\n")
        output = system.run("id", "--json", "show", memory)[1]
        assert json.loads(output) == {"format": "beagle,cape", "model": "bb-temp-01", "revision": "00A0",
                                      "serial": "2414ACME0007", "overlay": "", "blob": 0}, output
        # without one, a UUID is random
        _, image, _ = system.run_bytes("id", "-f", "raspberrypi,hat", "make", "vendor=a", "product=b")
        assert uuid.UUID(bytes=image[20:36][::-1]).version == 4, image

        for arguments, message, status in REFUSED:
            system.expect(f"id {arguments}", error=f"dtslot: {message}\n", status=status)
        for arguments in ("", "show", "make", f"show {memory} x", f"write {memory}", f"write {memory} a b", "read x"):
            system.expect(f"id {arguments}", error=USAGE, status=2)
        system.expect("id -f mikrobus make model=a", status=2, error="dtslot: mikrobus: no such format; dtslot id lists "
                      "them\nusage: " + USAGE.splitlines()[0].removeprefix("usage: ") + "\n")
        foreign(system, memory)
        unwritable(system, memory)


def foreign(system, memory):
    """What is there and of another kind stays."""
    image = system.path("image")
    image.write_bytes(own("temp"))
    kept = f"dtslot: {memory}: holds an ID of format beagle,cape; --force writes over it\n"
    system.expect(["id", "write", memory, image], error=kept, status=1)
    system.expect(["id", "write", memory, "model=temp"], error=kept, status=1)
    assert memory.read_bytes() == cape().ljust(4096, b"\xff")
    system.expect(["id", "--force", "write", memory, image])
    assert memory.read_bytes() == own("temp") + (cape()[96:] + b"\xff" * 4096)[:4000]
    memory.write_bytes(b"my own data".ljust(256))
    system.expect(["id", "write", memory, image], status=1,
                  error=f"dtslot: {memory}: holds something that is no ID; --force writes over it\n")
    # one that is damaged is of its format all the same, and is mended
    memory.write_bytes(own("temp")[:-1] + b"\0")
    assert system.run("id", "show", memory)[0] == 1
    system.expect(["id", "write", memory, image])
    assert memory.read_bytes() == own("temp")

    # what a HAT brings of its own
    for tree, line in ((b"my-overlay", "overlay   my-overlay\n"), (b"\xd0\x0d\xfe\xed1234", "blob      8 bytes at 75\n")):
        memory.write_bytes(hat(atom(1, 0, vendor()), atom(3, 1, tree)))
        assert system.run("id", "show", memory)[1].endswith(line), system.run("id", "show", memory)
    memory.write_bytes(own("temp"))

    image.write_bytes(own("temp")[:-1] + b"\0")
    status, _, error = system.run("id", "write", memory, image)
    assert status == 1 and error.startswith(f"dtslot: {image}: is no ID: the ID's CRC is 0x"), error
    system.expect(["id", "write", memory, system.path("none")], status=1, error=f"dtslot: {system.path('none')}: No such "
                  "file or directory; name the file of a memory, such as /sys/bus/i2c/devices/1-0057/eeprom\n")
    memory.write_bytes(b"\0" * 95)
    system.expect(["id", "show", memory], status=1,
                  error=f"dtslot: {memory}: is blank; dtslot id write {memory} FIELD=TEXT... writes an ID\n")
    system.expect(["id", "write", memory, "model=a"], status=1,
                  error=f"dtslot: {memory}: has 95 bytes, the ID 96; take a larger memory\n")
    memory.write_bytes(b"R-Pi" + bytes(92))
    system.expect(["id", "show", memory], status=1, error=f"dtslot: {memory}: the HAT's ID has version 0; 1 (HAT) and 2 "
                  "(HAT+) are understood\n")


def unwritable(system, memory):
    """A memory that takes no write, or takes it and forgets it."""
    zero = "/dev/zero"
    status, _, error = system.run("id", "show", zero)
    assert status == 1 and error.startswith(f"dtslot: {zero}: Invalid argument"), error
    memory.write_bytes(b"\xff" * 256)
    memory.chmod(0o444)
    if os.geteuid():
        system.expect(["id", "write", memory, "model=a"], status=3,
                      error=f"dtslot: {memory}: is for root; sudo dtslot id ...\n")
    memory.chmod(0o000)
    status, _, error = system.run_unprivileged("id", "show", memory)
    assert (status, error) == (3, f"dtslot: {memory}: is for root; sudo dtslot id ...\n"), error
