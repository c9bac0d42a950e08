# SPDX-License-Identifier: GPL-2.0-or-later
"""What must not go into a slot's directory: names, targets and blobs, each refused with its message; races of writers.

Broken if it fails: a slip of root's, or a program with a grudge, harms the tree, or nobody says what was wrong.
"""

from lib import card, dts, manual

kernels = ("7.3", "6.12")
options = {"cards": (), "ports": 0}

NAMES = (".hidden", "a.b", "-x", "a b", "ü", "x" * 33)
NOT_A_PATH = "target: not the full path of a node, as /soc/i2c@1000"
TARGETS = ("", "soc", "i2c0", "/:x", "/a\\0b")


def fragment(body, **kwargs):
    return dts.compile_overlay(dts.fragment(body, **kwargs))


def bad_attaches(good):
    """(target, blob, message, what the writer is told)"""
    invalid, permitted, none = "Invalid argument", "Operation not permitted", "No such device"
    return (
        ("/", None, "identify: no overlay: write one into 'blob'", "No data available"),
        ("/nowhere/at/all", good, "prepare: the live tree has no node /nowhere/at/all", none),
        ("/", good[:20], "check: truncated: 20 bytes, a flattened tree has at least 40", invalid),
        ("/", good[:-1], f"check: truncated: the header says {len(good)} bytes, there are {len(good) - 1}", invalid),
        ("/", dts.HARMLESS.encode(),
         "check: not a flattened tree but a source: compile it with dtc -@ -O dtb",
         invalid),
        ("/", fragment("x { };", target='target-path = "/";'),
         "check: fragment@0 reaches outside the slot: target-path is '/', only \"\" (the slot) is allowed", permitted),
        ("/", fragment("x { };", target="target = <&gpio>;"),
         "check: fragment@0 reaches outside the slot: its target is label 'gpio'; exported here: nothing", permitted),
        ("/", fragment("model = \"mine\";"),
         "check: fragment@0 sets property 'model' of an existing node; only nodes may be added", permitted),
        ("/", fragment("x { clocks = <&osc>; };"),
         "resolve: label 'osc' (used by clocks in /fragment@0/__overlay__/x) is not exported here; exported: nothing",
         permitted),
        *(("/", fragment(name + " { };"),
           f"check: fragment@0 adds node '{name}', with which the host describes itself", permitted)
          for name in ("aliases", "chosen", "cpus", "memory@0", "reserved-memory", "__symbols__")),
    )


def test(vm):
    vm.sh("modprobe dtslot-manual")
    before = card.snapshot(vm)
    for name in NAMES:
        assert manual.reason(vm, f"mkdir '{manual.path(name)}'") == "Invalid argument", name
        assert f"dtslot-manual: '{name}' is no name for a slot" in vm.log(), name
    assert manual.reason(vm, f"mkdir {manual.path('a/b')}") == "No such file or directory"
    assert not card.differences(before, card.snapshot(vm))

    manual.make(vm, "bad")
    manual.check_refused(vm, "bad", "prepare: no target: write the path of a node into 'target'", "Invalid argument")
    for target in TARGETS:
        manual.check_refused(vm, "bad", NOT_A_PATH, "Invalid argument", "target", f"{target}\\n")
    manual.check_refused(vm, "bad", "target: 601 characters, more than the 511 that are accepted", "File name too long",
                         "target", "/" + "x" * 600)
    manual.check_refused(vm, "bad", "target: 601 characters, more than the 511 that are accepted", "Invalid argument",
                         "attach", "yes please")
    assert vm.sh(f"cat {manual.path('bad')}/target") == ""

    good = dts.compile_overlay(dts.HARMLESS)
    empty = card.snapshot(vm)
    bad = bad_attaches(good)
    for target, blob, message, told in bad:
        vm.sh(f"echo {target} >{manual.path('bad')}/target")
        if blob is not None:
            manual.write_blob(vm, "bad", blob)
        manual.check_refused(vm, "bad", message, told)
    assert manual.state(vm, "bad") == "failed"
    assert not card.differences(empty, card.snapshot(vm)), card.differences(empty, card.snapshot(vm))
    vm.note(f"{len(bad)} bad attaches refused")

    # more than is accepted is refused while it is written, and the blob before stays
    manual.write_blob(vm, "bad", good)
    assert manual.reason(vm, f"dd if=/dev/zero bs=1M count=5 of={manual.path('bad')}/blob") == "File too large"
    vm.sh(f"dd if=/tmp/bad.dtbo bs=7 of={manual.path('bad')}/blob 2>/dev/null")
    manual.attach(vm, "bad")
    manual.detach(vm, "bad")

    # everybody at once: each attach is whole or not at all
    everybody = vm.spawn(f"""for n in 1 2 3; do
        ( for i in $(seq 60); do cat /tmp/bad.dtbo >{manual.path('bad')}/blob; echo 1 >{manual.path('bad')}/attach
          echo / >{manual.path('bad')}/target; echo 1 >{manual.path('bad')}/detach
          mkdir {manual.path('race')}; rmdir {manual.path('race')} {manual.path('bad')}; done ) 2>/dev/null &
        done; wait; echo over""")
    everybody.wait_for("over")
    vm.try_sh(f"echo 1 >{manual.path('bad')}/detach; rmdir {manual.path('bad')} {manual.path('race')}")
    assert not card.differences(before, card.snapshot(vm)), card.differences(before, card.snapshot(vm))
    vm.sh("rmmod dtslot-manual dtslot-mtd dtslot")
