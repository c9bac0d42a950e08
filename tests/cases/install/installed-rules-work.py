# SPDX-License-Identifier: GPL-2.0-or-later
"""What is installed for modprobe and udev: the card's alias loads dtslot-pci after all drivers, and ports get their names.

Broken if it fails: the kernel's own driver takes the card, devices of a fresh slot wait for modules, or ports are named by
chance.
"""

from lib import cache, card, slot

kernels = ("7.3",)
options = {"cards": ("card0", "card1")}
PACKAGING = cache.REPO / "packaging"
HELPER = "/usr/lib/udev/dtslot-port"
LABELS = ("cu0", "cu1", "s0", "s1")


def told(vm, path):
    """What udev is told of a network device."""
    return dict(line.split("=") for line in vm.sh(f"{HELPER} {path.removeprefix('/sys')}").splitlines())


def ports(vm, bdf):
    """{address: path in /sys} of the card's ports."""
    paths = vm.sh(f"ls -d $(readlink -f /sys/bus/pci/devices/{bdf})/*/*.switch/net/*").split()
    return {vm.sh(f"cat {path}/address").strip(): path for path in paths}


def test(vm):
    vm.put("/etc/modprobe.d/dtslot.conf", (PACKAGING / "modprobe.d/dtslot.conf").read_bytes())
    vm.put(HELPER, (PACKAGING / "udev/dtslot-port").read_bytes(), 0o755)
    first, second = card.functions(vm)
    vm.sh(f"modprobe -b $(cat /sys/bus/pci/devices/{first}/modalias)")
    vm.sh("modprobe dtslot-lan966x-gck")    # by the alias of the second card's clocks, where udev runs
    loaded = vm.sh("lsmod")
    for module in ("lan966x_switch", "irq_lan966x_oic", "lan966x_hwmon", "nvmem_lan9662_otpc"):
        assert module in loaded, loaded
    assert "lan966x_pci" not in loaded, loaded
    for number, bdf in enumerate((first, second)):
        slot.wait_attached(vm, bdf, {"switch": "lan966x-switch"})
        vm.until(f"[ $(ls /sys/bus/pci/devices/{bdf}/*/*.switch/net | wc -l) = 4 ]")
        for port, (_, path) in enumerate(sorted(ports(vm, bdf).items())):
            # the root ports have the numbers 1 and 2 of slots, behind which the cards are
            assert told(vm, path) == {
                "ID_DTSLOT_SLOT": f"pci-{bdf}", "ID_DTSLOT_PORT": str(port), "ID_DTSLOT_LABEL": LABELS[port],
                "ID_DTSLOT_NAME": f"ens{number + 1}{LABELS[port]}"}, told(vm, path)
    assert told(vm, "/sys/devices/virtual/net/lo") == {}
