# SPDX-License-Identifier: GPL-2.0-or-later
"""A card whose capability or overlay lies is refused with a message, and one that storms stops no other card's work.

Broken if it fails: a card reads or maps what is not its own, or takes the host down.
"""

import re

from lib import card, dts, fpga, function, slot

kernels = ("7.3",)
timeout = 240
# In a storm a slow CPU does nothing but take interrupts, until the kernel disables the line of the open port.
options = {"ports": 2, "smp": 2, "clock": "fast"}
REFUSED = (
    ({"revision": 2}, "the card's capability has revision 2 of the format, only 1 is known: update dtslot"),
    ({"length": 0}, "the card's capability says that it has 0 bytes, it needs 36: mend it on the card"),
    ({"bar": 7}, "the card says that its overlay is in BAR 7: there are BARs 0 to 5; mend its capability"),
    ({"bar": 1}, "the card says that its overlay is in BAR 1, which is no memory or has no address"),
    ({"offset": 0x400002}, "the card says that its overlay is at 0x400002 of BAR 0: only a multiple of 4 can be read"),
    ({"size": 0}, "the card says that its overlay has 0 bytes: it can have 1 to 4194304"),
    ({"size": 0xffffffff}, "the card says that its overlay has 4294967295 bytes: it can have 1 to 4194304"),
    ({"offset": 0x7ffffc, "size": 5}, "the card says that its overlay is 5 bytes at 0x7ffffc of BAR 0, which ends at"
     " 0x800000"),
    ({"offset": 0xfffffffffffffffc}, "the card says that its overlay is {size} bytes at 0xfffffffffffffffc of BAR 0,"
     " which ends at 0x800000"),
    ({"crc": 1}, "the card's overlay has the CRC-32 {crc}, its capability says 0x00000001: build the card's image anew"),
)
# of another vendor's, of another kind, a circle: the card carries nothing
NOTHING = ({"magic": b"\xff" * 8}, {"header": 0xffffffff}, {"header": 0x1001000b, "magic": b"other's "})
UNGUARDED = ("apply: the overlay brings a flash, and module dtslot-mtd, without which one that is pulled while it is open"
             " crashes the kernel, cannot be loaded (error -2): run modprobe dtslot-mtd, then write 1 to 'attach'")


def attach(vm, bdf):
    vm.try_sh(f"echo 1 >{function.slot(bdf)}/detach; echo 1 >{function.slot(bdf)}/attach")
    return function.show(vm, bdf, "error")


def check_lies(vm, fpga0, bdf):
    truth = fpga.capability(fpga0.blob)
    words = {"size": len(fpga0.blob), "crc": f"0x{int.from_bytes(truth[-4:], 'little'):08x}"}
    for lies, message in REFUSED:
        fpga0.lie(**lies)
        assert attach(vm, bdf) == "load: " + message.format(**words), (lies, function.show(vm, bdf, "error"))
        assert card.devices(vm, bdf) == {}
    name = function.firmware(vm, bdf)
    for lies in NOTHING:
        fpga0.lie(**lies)
        assert attach(vm, bdf) == f"load: no overlay: put one into {name} and write 1 to 'attach'", lies
    fpga0.lie()


def check_overlays(vm, fpga0, bdf):
    """What is right by its checksum may be wrong all the same: it is checked as any."""
    good = fpga0.blob
    for blob, message in (
            (b"\xd0\x0d\xfe\xed", "check: "), (good[:-100], "check: "),
            (dts.compile_overlay(dts.fragment("x { };", 'target-path = "/";')), "check: fragment@0 reaches outside the slot"),
            (dts.compile_overlay(function.core("x", "x", 0, 0x1000, "interrupts = <8>;")), "populate: /"),
            (dts.compile_overlay(function.core("x", "x", 2, 0x1000, "")), "populate: /")):
        fpga0.carry(blob)
        error = attach(vm, bdf)
        assert error.startswith(message), error
        assert card.devices(vm, bdf) == {}
    fpga0.carry(good)
    # another word at each second look: nothing is believed that was not checked
    fpga0.say("x-fickle", True)
    attach(vm, bdf)
    assert function.show(vm, bdf, "state") == "failed"
    fpga0.say("x-fickle", False)


def check_flash_is_guarded(vm, fpga0, bdf):
    """A flash whose users nothing counts is refused, whatever the card calls it."""
    good = fpga0.blob
    vm.sh(f"echo 1 >{function.slot(bdf)}/detach; rmmod dtslot-mtd; echo /none >/proc/sys/kernel/modprobe")
    for name in ("flash@0", "rom@0"):
        fpga0.carry(dts.compile_overlay(fpga.SOURCE.read_text().replace("flash@0", name)))
        assert attach(vm, bdf) == UNGUARDED, function.show(vm, bdf, "error")
        assert card.devices(vm, bdf) == {}
    vm.sh("echo /sbin/modprobe >/proc/sys/kernel/modprobe")
    assert attach(vm, bdf) == ""
    vm.sh("grep -q ^dtslot_mtd /proc/modules")
    fpga0.carry(good)


def check_storm(vm, fpga0, bdf, lan966x):
    """Messages on all vectors, as many as the card likes: the other card works, and this one can be taken off."""
    fpga0.say("x-storm", True)
    slot.check_i2c(vm, lan966x)
    fpga0.check_serial()
    vm.sh(f"echo 1 >{function.slot(bdf)}/detach; echo 1 >{function.slot(bdf)}/attach")
    function.wait_state(vm, bdf, "attached")
    slot.check_gpio_interrupt(vm, lan966x)


def check_changeling(vm, fpga0, bdf):
    """A card that says that it is a LAN966x once it is enumerated is enumerated anew a few times, and not for ever."""
    begin = len(vm.test_log())
    fpga0.say("x-changeling", True)
    vm.sh(f"echo 1 >{function.device(bdf)}/remove; echo 1 >/sys/bus/pci/rescan")
    vm.until("dmesg | grep -q 'says again and again that it is another card, and is left as it is'")
    fpga0.say("x-changeling", False)
    vm.sync_log()
    assert len(re.findall(rf" {bdf}: ready now, is enumerated anew", vm.test_log()[begin:])) == 3, vm.test_log()[begin:]
    fpga0.bind()


def test(vm):
    slot.load(vm)
    vm.sh("modprobe -a " + " ".join(fpga.MODULES))
    fpga.allow(vm)
    [lan966x] = card.functions(vm)
    slot.check_complete(vm, lan966x)
    slot.check_gpio_interrupt(vm, lan966x)      # from now on its line has a descriptor
    before = card.snapshot(vm)
    fpga0 = fpga.Card(vm, bus="rp1")
    bdf = fpga0.plug()
    fpga0.bind()
    function.wait_state(vm, bdf, "attached")
    check_lies(vm, fpga0, bdf)
    check_overlays(vm, fpga0, bdf)
    assert attach(vm, bdf) == ""
    check_flash_is_guarded(vm, fpga0, bdf)

    check_changeling(vm, fpga0, bdf)

    # listed, or refused
    vm.put("/lib/firmware/trusted", b"0" * 64 + b"  none\n")
    assert attach(vm, bdf) == "", function.show(vm, bdf, "error")
    check_storm(vm, fpga0, bdf, lan966x)
    vm.sh("echo trusted >/sys/module/dtslot/parameters/trusted")
    error = attach(vm, bdf)
    assert error.startswith("trust: the overlay's SHA-256 is "), error
    vm.unplug("fpga0")
    slot.check_nothing_left(vm, before)
