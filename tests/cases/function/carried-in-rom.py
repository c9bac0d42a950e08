# SPDX-License-Identifier: GPL-2.0-or-later
"""A card carries its overlay in the expansion ROM, which is open only while it is read; one that lies is refused by a message.

Broken if it fails: a card without a place for a capability needs a file on each host, or its ROM leads the host astray.
"""

from lib import card, function, fpga, tool

kernels = ("7.3",)
soak_kernels = ("6.12",)
timeout = 240
options = {"cards": (), "ports": 1}
ROM_BAR, ROM_SIZE, OPEN = 0x30, 1 << 20, 1
AT = "the image at 0x200 of the card's expansion ROM"
# what has a message of its own; all others: tool/check-card, of the same code
LIES = (
    ({"revision": 2}, f"{AT} has revision 2 of the format, only 1 is known: update dtslot"),
    ({"size": 0}, f"{AT} says that its overlay has 0 bytes: it can have 1 to 4194304"),
    ({"offset": 0xfffffffc}, f"{AT} says that its overlay is {{size}} bytes at 0xfffffffc of its {{length}}: it must be"
     " within them, at a multiple of 4"),
    ({"pointer": 0xfffc}, f"{AT} has no PCI data structure (PCIR) that says how long it is, within the 1048576 bytes of the"
     " ROM"),
    ({"units": 0xffff}, f"{AT} has no PCI data structure (PCIR) that says how long it is, within the 1048576 bytes of the"
     " ROM"),
    ({"crc": 1}, "the card's overlay has the CRC-32 {crc}, its expansion ROM says 0x00000001: build the card's image anew"),
)


class Card(fpga.Card):
    """A card whose ROM a test fills."""

    def fill(self, content):
        file = self.vm.workdir / "rom"
        file.write_bytes(content)
        self.say("x-rom", str(file))

    def is_closed(self):
        config = self.vm.get(f"{function.device(self.bdf)}/config")
        return not config[ROM_BAR] & OPEN


def attach(vm, bdf):
    vm.try_sh(f"echo 1 >{function.slot(bdf)}/detach; echo 1 >{function.slot(bdf)}/attach")
    return function.show(vm, bdf, "error")


def check_lies(vm, fpga0):
    other, length = fpga.image(last=False), len(fpga.image(fpga0.blob))
    words = {"size": len(fpga0.blob), "length": length,
             "crc": f"0x{int.from_bytes(fpga.capability(fpga0.blob)[-4:], 'little'):08x}"}
    for lies, message in LIES:
        fpga0.fill(other + fpga.image(fpga0.blob, **lies))
        assert attach(vm, fpga0.bdf) == "load: " + message.format(**words), (lies, function.show(vm, fpga0.bdf, "error"))
        assert card.devices(vm, fpga0.bdf) == {} and fpga0.is_closed()
    none = f"load: no overlay: put one into {function.firmware(vm, fpga0.bdf)} and write 1 to 'attach'"
    for rom in (b"", bytes(ROM_SIZE), other, fpga.image(last=False, units=0xffff) + fpga.image(fpga0.blob),
                64 * other + fpga.image(fpga0.blob)):
        fpga0.fill(rom)
        assert attach(vm, fpga0.bdf) == none, function.show(vm, fpga0.bdf, "error")
        assert fpga0.is_closed()
    fpga0.fill(63 * other + fpga.image(fpga0.blob))
    assert attach(vm, fpga0.bdf) == ""
    # another word at each second look, and all ones from some word on: nothing is believed, and nothing is left open
    fpga0.fill(other + fpga.image(fpga0.blob))
    fpga0.say("x-fickle", True)
    assert attach(vm, fpga0.bdf) != ""
    fpga0.say("x-fickle", False)
    for words_read in (3, 30, words["size"] // 4):
        fpga0.say("x-dies", words_read)
        vm.try_sh(f"echo 1 >{function.slot(fpga0.bdf)}/detach; echo 1 >{function.slot(fpga0.bdf)}/attach")
        error = function.show(vm, fpga0.bdf, "error")
        fpga0.say("x-dies", 0)
        assert error == "load: unplugged meanwhile", (words_read, error)
        assert card.devices(vm, fpga0.bdf) == {} and fpga0.is_closed()


def test(vm):
    vm.sh("modprobe -a " + " ".join(fpga.MODULES) + " dtslot-pci")
    tool.install(vm)
    before = card.snapshot(vm)
    fpga0 = Card(vm)
    bdf = fpga0.plug(rom=True)
    fpga0.bind()
    # nothing is opened without root's word
    function.wait_state(vm, bdf, "failed")
    assert function.show(vm, bdf, "error").startswith("load: no overlay: put one into "), function.show(vm, bdf, "error")
    fpga.allow(vm)
    assert attach(vm, bdf) == "", function.show(vm, bdf, "error")
    assert function.show(vm, bdf, "overlay") == "card"
    fpga0.check_devices()
    fpga0.check_flash()
    assert fpga0.is_closed()

    vm.sh(f"echo 1 >{function.slot(bdf)}/detach")
    said = vm.sh(f"dtslot check --card {bdf}")
    assert said == f"{bdf}: fits, adds 6 nodes\n", said
    assert fpga0.is_closed()
    check_lies(vm, fpga0)
    # what is carried is checked and looked up as any
    fpga0.fill(fpga.image(b"\xd0\x0d\xfe\xed"))
    assert attach(vm, bdf).startswith("check: "), function.show(vm, bdf, "error")
    vm.put("/lib/firmware/trusted", b"0" * 64 + b"  none\n")
    fpga0.fill(fpga.image(fpga0.blob))
    assert attach(vm, bdf) == ""
    vm.sh("echo trusted >/sys/module/dtslot/parameters/trusted")
    assert attach(vm, bdf).startswith("trust: the overlay's SHA-256 is "), function.show(vm, bdf, "error")
    vm.unplug("fpga0")
    differences = card.differences(before, card.snapshot(vm))
    assert not differences, differences
