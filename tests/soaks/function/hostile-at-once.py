# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that storms, moves its BAR and tells another thing at each look, while root resets, reprograms, removes and binds it,
and its port reports errors: the card beside it works all the time, and this one does when it is honest again.

Broken if it fails: two things at once find a slot that is half gone, or a card takes down more than its own slot.
"""

import random

from lib import card, fpga, function, slot, tool

kernels = ("7.3",)
options = {"ports": 2, "smp": 2, "clock": "fast", "memory": 768}
timeout = 900
ROUNDS = 30
DRIVER = "/sys/bus/pci/drivers/dtslot-pci"
IDS = "1234 f96a"
PORT = "0000:00:05.0"
# each goes on whatever the others did to what it writes to
STAYS = (
    "for what in detach attach; do echo 1 >{slot}/$what; done",
    "echo {bdf} >{driver}/unbind; echo 5 >{device}/sriov_numvfs; echo 0 >{device}/resource0_resize; echo {bdf} >{driver}/bind",
    "echo 1 >{device}/reset; sleep 0.5",
    "cat {slot}/*; lspci -vv -s {bdf}; cat {device}/config",
)
GOES = (
    "echo other >{device}/driver_override; dtslot reprogram {bdf} -- sleep 0.2; echo >{device}/driver_override",
    "echo 1 >{device}/remove; sleep 0.3; echo 1 >/sys/bus/pci/rescan; sleep 0.3",
)


def be_hostile(vm, fpga0, rng, actors, errors):
    """Root's part in the guest, and the card's as long as that lasts."""
    moves = [lambda: fpga0.say("x-storm", rng.random() < 0.5),
             lambda: fpga0.say("x-fickle", rng.random() < 0.5),
             lambda: fpga0.say("x-bar", rng.choice((0, 0xfff00000, 0xfffff00000000))),
             lambda: fpga0.lie(size=rng.choice((0, 5, len(fpga0.blob), 0xffffffff))),
             lambda: fpga0.say("x-dies", rng.choice((0, 1, 100)))]
    if errors:
        moves.append(lambda: vm.hmp(f"pcie_aer_inject_error rp1 {rng.choice(('COMP_TIME', 'DLP'))}"))
    words = {"bdf": fpga0.bdf, "driver": DRIVER, "slot": function.slot(fpga0.bdf), "device": function.device(fpga0.bdf)}
    jobs = [vm.spawn(f"for n in $(seq {ROUNDS}); do {actor.format(**words)}; done >/dev/null 2>&1") for actor in actors]
    while any(job.status is None for job in jobs):
        rng.choice(moves)()
        vm.sh("sleep 0.2", 120)
    for job in jobs:
        job.wait()


def test(vm):
    slot.load(vm)
    tool.install(vm)
    vm.sh("modprobe -a " + " ".join(fpga.MODULES))
    fpga.allow(vm)
    [lan966x] = card.functions(vm)
    slot.check_complete(vm, lan966x)
    # hot-plug's handler is the last of the port's once it was stopped and started, which `dtslot reprogram` does
    vm.sh(f"cd /sys/bus/pci_express/drivers/pciehp && name=$(ls -d {PORT}:*) && echo $name >unbind && echo $name >bind")
    before = card.snapshot(vm)
    fpga0 = fpga.Card(vm, bus="rp1")
    bdf = fpga0.plug()
    vm.sh(f"echo {IDS} >{DRIVER}/new_id")
    fpga0.check_devices()
    rng = random.Random(14)
    # not with functions that come: mainline unlocks them after a reset without having locked them (docs/mainline.md)
    be_hostile(vm, fpga0, rng, STAYS, errors=True)
    be_hostile(vm, fpga0, rng, STAYS + GOES, errors=False)

    # the other one has noticed nothing
    slot.check_i2c(vm, lan966x)
    slot.check_complete(vm, lan966x)
    # honest again
    for name, value in (("x-storm", False), ("x-fickle", False), ("x-bar", 0), ("x-dies", 0)):
        fpga0.say(name, value)
    fpga0.lie()
    vm.sh(f"echo 1 >{function.device(bdf)}/remove; echo 1 >/sys/bus/pci/rescan")
    fpga0.check_devices()
    fpga0.check_flash()
    fpga0.check_serial()
    vm.sh(f"echo {IDS} >{DRIVER}/remove_id")
    vm.unplug("fpga0")
    slot.check_nothing_left(vm, before)
