# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot check --card` reads the overlay that a card carries, and says of each lie of its capability what is wrong.

Broken if it fails: a card's overlay is seen by attaching it only, or a hostile card leads the program astray.
"""

import io
import random
import re
import zlib

from lib import cache, dts, fpga, tool

kernels = ()
BDF = "0000:01:00.0"
DEVICE = f"/sys/bus/pci/devices/{BDF}"
BAR = 1 << 16
SOURCE = dts.fragment("x { compatible = \"x\"; };")
OUTSIDE = dts.fragment("x { };", 'target-path = "/soc";')
END = "mend its capability"
LIES = (
    ({"magic": b"dtslotxx"}, f"{BDF}: carries no overlay; docs/howto/card-blob.md tells how a card does"),
    ({"header": 0xffffffff}, f"{BDF}: carries no overlay; docs/howto/card-blob.md tells how a card does"),
    ({"header": 0x1001000c}, f"{BDF}: carries no overlay; docs/howto/card-blob.md tells how a card does"),   # a circle
    ({"revision": 2}, f"{BDF}: the card's capability has revision 2 of the format, only 1 is known: update dtslot"),
    ({"length": 32}, f"{BDF}: the card's capability says that it has 32 bytes, it needs 36: mend it on the card"),
    ({"bar": 6}, f"{BDF}: the card says that its overlay is in BAR 6: there are BARs 0 to 5; {END}"),
    ({"bar": 0xffffffff}, f"{BDF}: the card says that its overlay is in BAR 4294967295: there are BARs 0 to 5; {END}"),
    ({"bar": 2}, f"{BDF}: the card says that its overlay is in BAR 2, which is no memory or has no address"),
    ({"offset": 2}, f"{BDF}: the card says that its overlay is at 0x2 of BAR 0: only a multiple of 4 can be read"),
    ({"size": 0}, f"{BDF}: the card says that its overlay has 0 bytes: it can have 1 to 4194304"),
    ({"size": (4 << 20) + 1}, f"{BDF}: the card says that its overlay has 4194305 bytes: it can have 1 to 4194304"),
    ({"offset": BAR - 4, "size": 5}, f"{BDF}: the card says that its overlay is 5 bytes at 0xfffc of BAR 0, which ends at"
     " 0x10000"),
    ({"offset": 0xfffffffffffffffc, "size": 8}, f"{BDF}: the card says that its overlay is 8 bytes at 0xfffffffffffffffc"
     " of BAR 0, which ends at 0x10000"),
    ({"crc": 0x12345678}, "the card's overlay has the CRC-32 0x"),
)


# lies of an image in the expansion ROM
NONE = "carries no overlay; docs/howto/card-blob.md tells how a card does"
IMAGE = "the image at 0x200 of the card's expansion ROM"
ROM_LIES = (
    ({"signature": 0xffff}, NONE),
    ({"magic": b"dtslotxx"}, NONE),
    ({"magic": b"dtslotxx", "pcir": b"PCIX"}, NONE),
    ({"revision": 2}, f"{IMAGE} has revision 2 of the format, only 1 is known: update dtslot"),
    ({"size": 0}, f"{IMAGE} says that its overlay has 0 bytes: it can have 1 to 4194304"),
    ({"size": (4 << 20) + 1}, f"{IMAGE} says that its overlay has 4194305 bytes: it can have 1 to 4194304"),
    *(({"offset": offset}, f"{IMAGE} says that its overlay is {{size}} bytes at {offset:#x} of its 512: it must be within"
       " them, at a multiple of 4") for offset in (0x42, 0x1fc, 0x200, 0xfffffffc)),
    *((lies, f"{IMAGE} has no PCI data structure (PCIR) that says how long it is, within the {{rom}} bytes of the ROM")
      for lies in ({"pcir": b"PCIX"}, {"pointer": 0}, {"pointer": 0x1e}, {"pointer": 0x1f0}, {"pointer": 0xfffc},
                   {"units": 0}, {"units": 3}, {"units": 0xffff})),
    ({"crc": 0x12345678}, "the card's overlay has the CRC-32 0x{crc:08x}, its expansion ROM says 0x12345678: build the"
     " card's image anew"),
)


def check_rom(system):
    """A card without the capability whose ROM has an image of another kind, and one that holds the overlay."""
    blob = dts.compile_overlay(SOURCE)
    system.put(f"{DEVICE}/config", bytes(4) + b"\x02" + bytes(4091))
    system.path(f"{DEVICE}/rom").unlink(missing_ok=True)
    system.expect(["check", "--card", BDF], error=f"dtslot: {BDF}: {NONE}\n", status=1)
    other = fpga.image(last=False)
    for more in (b"", bytes(512), fpga.image()):
        system.put(f"{DEVICE}/rom", other + fpga.image(blob) + more)
        system.expect(["check", "--card", BDF], f"{BDF}: fits, adds 1 nodes\n")
    for lies, message in ROM_LIES:
        rom = other + fpga.image(blob, **lies)
        system.put(f"{DEVICE}/rom", rom)
        said = message.format(size=len(blob), rom=len(rom), crc=zlib.crc32(blob))
        system.expect(["check", "--card", BDF], error=f"dtslot: {BDF}: {said}\n", status=1)
    # what comes behind the last image, behind one without end or behind too many, is none
    for rom in (fpga.image(), fpga.image(last=False, units=0), fpga.image(last=False, units=0xffff), 64 * other):
        system.put(f"{DEVICE}/rom", rom + fpga.image(blob))
        system.expect(["check", "--card", BDF], error=f"dtslot: {BDF}: {NONE}\n", status=1)
    system.put(f"{DEVICE}/rom", 63 * other + fpga.image(blob))
    system.expect(["check", "--card", BDF], f"{BDF}: fits, adds 1 nodes\n")
    system.put(f"{DEVICE}/config", bytes(4096))
    system.expect(["check", "--card", BDF], error=f"dtslot: {BDF}: its memory is off; write 1 to {DEVICE}/enable\n",
                  status=1)
    system.put(f"{DEVICE}/config", bytes(4) + b"\x02" + bytes(4091))
    system.path(f"{DEVICE}/rom").unlink()
    system.directory(f"{DEVICE}/rom")
    status, output, error = system.run("check", "--card", BDF)
    assert (status, output) == (3, ""), error
    assert error.endswith(f"{DEVICE}/rom: cannot be read (Is a directory); run it as root\n"), error
    system.path(f"{DEVICE}/rom").rmdir()
    # any words: an answer, and nothing else
    chance = random.Random(2)
    for _ in range(60):
        rom = bytearray(2 * other + fpga.image(blob))
        for _ in range(chance.randrange(1, 6)):
            at = 512 * chance.randrange(3) + chance.randrange(0x34)
            rom[at] = chance.choice((0, 1, 0xff, chance.randrange(256)))
        system.put(f"{DEVICE}/rom", bytes(rom))
        assert system.run("check", "--card", BDF)[0] in (0, 1), rom[:1536].hex()
    system.path(f"{DEVICE}/rom").unlink()


def put(system, blob, at=0x104, **lies):
    """A card whose capabilities begin with another vendor's; the one that counts is at this place."""
    config = bytearray(4096)
    config[4] = 2       # memory is on
    config[0x100:0x104] = (0x0001000b | at << 20).to_bytes(4, "little")
    config[at:at + 36] = fpga.capability(blob, **{"offset": 0x1004, **lies})
    system.put(f"{DEVICE}/config", bytes(config))
    system.put(f"{DEVICE}/resource0", bytes(0x1004) + blob + bytes(BAR - 0x1004 - len(blob)))


def made_by_page(blob):
    """What the programs on the page print and write, run in a directory with the overlay."""
    programs = re.findall(r"^```python\n(.*?)^```", (cache.REPO / "docs/howto/card-blob.md").read_text(), re.M | re.S)
    printed, written = [], io.BytesIO()
    written.close = lambda: None

    def run(program):
        names = {"print": printed.append, "open": lambda name, mode: io.BytesIO(blob) if mode == "rb" else written}
        exec(program, names)    # pylint: disable=exec-used

    for program in programs:
        run(program)
    assert len(programs) == 2
    return b"".join(int(word, 16).to_bytes(4, "little") for word in printed), written.getvalue()


def test(_):
    with tool.System() as system:
        blob = dts.compile_overlay(SOURCE)
        for at in (0x140, 4096 - 36):
            put(system, blob, at)
            system.expect(["check", "--card", BDF], f"{BDF}: fits, adds 1 nodes\n")
        for lies, message in LIES:
            put(system, blob, 0x140, **lies)
            status, output, error = system.run("check", "--card", BDF)
            assert (status, output) == (1, "") and message in error, (lies, error)
        put(system, dts.compile_overlay(OUTSIDE), 0x140)
        status, output, _ = system.run("check", "--card", BDF)
        assert status == 1 and output.startswith(f"{BDF}: check: fragment@0 reaches outside the slot"), output

        # what is no card, or no root
        for name in ("../../x", "0000:01:00", "0000:01:00.0/.."):
            status, _, error = system.run("check", "--card", name)
            assert status == 2 and error == f"dtslot: '{name}' is no PCI address; write it as 0000:01:00.0\n", error
        system.put(f"{DEVICE}/config", bytes(64))
        assert system.run("check", "--card", BDF) == (
            3, "", f"dtslot: {BDF}: its capabilities cannot be read; run it as root\n")

        assert system.run("check", "--card", "0000:02:00.0") == (
            1, "", "dtslot: 0000:02:00.0: No such file or directory; lspci -D shows what there is\n")
        put(system, blob, 0x140)
        config = bytearray(system.path(f"{DEVICE}/config").read_bytes())
        config[4] = 0
        system.put(f"{DEVICE}/config", bytes(config))
        assert system.run("check", "--card", BDF) == (
            1, "", f"dtslot: {BDF}: its memory is off; write 1 to {DEVICE}/enable\n")
        put(system, blob, 0x140, offset=0)
        system.path(f"{DEVICE}/resource0").unlink()
        system.path(f"{DEVICE}/resource0").mkdir()      # has a size, and is no file
        status, output, error = system.run("check", "--card", BDF)
        assert (status, output) == (3, ""), error
        assert error.endswith(f"{DEVICE}/resource0: cannot be read (Invalid argument); run it as root\n"), error
        system.path(f"{DEVICE}/resource0").rmdir()

        # any words: an answer, and nothing else
        chance = random.Random(1)
        for _ in range(60):
            put(system, blob, 0x140, **{chance.choice(("bar", "offset", "size", "crc", "length")): chance.getrandbits(12)})
            assert system.run("check", "--card", BDF)[0] in (0, 1)
        check_rom(system)
    assert made_by_page(blob) == (fpga.capability(blob)[4:], fpga.image(blob))
