# SPDX-License-Identifier: GPL-2.0-or-later
"""What the README tells a person to type is what the tests type: nothing new stands there without one.

Broken if it fails: a command of the README was changed, and the test that runs it was not.
"""

from lib import documents

kernels = ()

TRY = ["make demo", "make check", "make help"]      # .ci/run
HOST = [
    "make deb && apt install ./dist/*.deb",         # install/
    "dtslot doctor",                                # tool/, docs/readme-in-a-guest
    "dtslot list",
    "dtslot tree",
]
ADD_ONS = [                                         # docs/readme-in-a-guest
    "dtslot id make model=thermo-led serial=0001 >id.bin",
    "cp addon-thermo-led.dtbo /lib/firmware/dtslot/",
    "modprobe dtslot-manual",
    "mkdir /sys/kernel/config/dtslot/x && cd /sys/kernel/config/dtslot/x",
    "echo / >target; cat x.dtbo >blob; echo 1 >attach || cat error",
]
QEMU = [                                            # each build of QEMU, each machine
    "qemu-device/link.sh /path/to/qemu",
    "-device pcie-root-port,id=rp0,mem-reserve=128M",
    "-device lan966x-endpoint,id=card0,bus=rp0,netdev0=net0,netdev1=net1",
]


def test(_):
    for heading, typed in (("Try it", TRY), ("On a host with the card", HOST),
                           ("Add-ons, and hardware that you announce", ADD_ONS), ("In your own QEMU", QEMU)):
        assert documents.commands("README", heading) == typed, documents.commands("README", heading)
