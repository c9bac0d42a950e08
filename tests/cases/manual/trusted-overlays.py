# SPDX-License-Identifier: GPL-2.0-or-later
"""dtslot.trusted: with a list of SHA-256, slots take what is listed or part of a module; it is set once.

Broken if it fails: who may write into a slot brings any hardware he likes, although root has said which.
"""

import hashlib

from lib import card, dts, manual, slot

kernels = ("7.3", "6.12")
PARAMETER = "/sys/module/dtslot/parameters/trusted"
expect_log = [r"dtslot: slots take only the 2 overlays that /lib/firmware/dtslot/trusted lists",
              r"dtslot: trusted: /lib/firmware/dtslot/trusted stands until the module is loaded again",
              r"dtslot: trusted: line 3 of /lib/firmware/dtslot/bad is not as sha256sum writes it",
              r"dtslot: trusted: cannot read /lib/firmware/none \(error -2\)"]


def digest(blob):
    return hashlib.sha256(blob).hexdigest()


def refusal(blob):
    return f"trust: the overlay's SHA-256 is {digest(blob)}, which /lib/firmware/dtslot/trusted does not list"


def test(vm):
    good, other, file = (dts.compile_overlay(dts.fragment(f"{name} {{ }};")) for name in ("good", "other", "file"))
    lines = [f"# overlays of this machine\n{digest(good)}  good.dtbo\n"]
    vm.put("/lib/firmware/dtslot/trusted", (lines[0] + f"{digest(file)} *file.dtbo\n").encode())
    vm.put("/lib/firmware/dtslot/bad", (lines[0] + digest(other)[:-1] + "\n").encode())
    card.load_drivers(vm)
    for name in ("none", "dtslot/bad"):
        assert vm.try_sh(f"modprobe dtslot trusted={name}")[0], name
    vm.sh("modprobe dtslot-pci && modprobe dtslot-manual")
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    manual.make(vm, "any", "/", other)
    manual.attach(vm, "any")
    manual.detach(vm, "any")
    assert vm.sh(f"cat {PARAMETER}") == "\n"
    assert manual.reason(vm, f"printf dtslot/bad | dd of={PARAMETER}") == "Invalid argument"
    vm.sh(f"echo dtslot/trusted >{PARAMETER}")
    assert vm.sh(f"cat {PARAMETER}") == "dtslot/trusted\n"
    assert manual.reason(vm, f"printf dtslot/bad | dd of={PARAMETER}") == "Operation not permitted"

    manual.check_refused(vm, "any", refusal(other), "Permission denied")
    manual.write_blob(vm, "any", good + b"\0")
    manual.check_refused(vm, "any", refusal(good + b"\0"), "Permission denied")
    manual.write_blob(vm, "any", good)
    manual.attach(vm, "any")
    manual.detach(vm, "any")

    # firmware is looked up, what is embedded in a module is not
    vm.sh(f"echo 1 >{slot.path(bdf)}/detach; echo 1 >{slot.path(bdf)}/attach; echo 1 >{slot.path(bdf)}/detach")
    vm.put(dts.FIRMWARE, other)
    assert manual.reason(vm, f"printf 1 | dd of={slot.path(bdf)}/attach") == "Permission denied"
    assert slot.show(vm, bdf, "error") == refusal(other)
    vm.put(dts.FIRMWARE, file)
    vm.sh(f"echo 1 >{slot.path(bdf)}/attach")
    assert slot.show(vm, bdf, "overlay") == dts.FIRMWARE.removeprefix("/lib/firmware/")

    # at load time, too
    vm.sh(f"rmdir {manual.path('any')} && rmmod dtslot-manual dtslot-mtd dtslot-pci dtslot"
          " && modprobe dtslot trusted=dtslot/trusted")
    assert vm.sh(f"cat {PARAMETER}") == "dtslot/trusted\n"
