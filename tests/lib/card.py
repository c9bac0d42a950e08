# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask about a card in the guest, and whether anything of it is left."""

import itertools
import re
import statistics

GROWTH_PARTS = 4        # of a run in which nothing may grow
LEAK = 0.8              # objects per cycle: what leaks leaves one in each cycle

# The drivers of what the overlay describes. Loaded beforehand, so that no test measures the loading.
SOC_MODULES = ("irq-lan966x-oic", "pinctrl-ocelot", "pinctrl-microchip-sgpio", "mdio-mscc-miim", "lan966x_serdes",
               "micrel", "leds-gpio", "i2c-mux-pinctrl", "sfp", "lan966x-switch", "clk-lan966x", "atmel-flexcom",
               "i2c-at91", "i2c-dev", "at24", "lm75", "lan966x-hwmon", "nvmem-lan9662-otpc")
RESET_MODULE = "reset-microchip-sparx5"     # built in on 6.12

# A listing for each kind of thing that a card brings, to compare before and after.
LISTINGS = {
    "OF nodes": "find /sys/firmware/devicetree/base -type d",
    "PCI devices": "ls /sys/bus/pci/devices",
    "platform devices": "ls /sys/bus/platform/devices",
    "memory regions": "cat /proc/iomem",
    "interrupt handlers": "sed -E 's/^( *[^ ]+)( +[0-9]+)+ /\\1 /; s/ +/ /g' /proc/interrupts",
    "interrupt descriptors": "ls /sys/kernel/irq",
    "interrupt domains": "ls /sys/kernel/debug/irq/domains",
    "clocks": "ls /sys/kernel/debug/clk",
    "regmaps": "ls /sys/kernel/debug/regmap",
    "pin controllers": "ls /sys/kernel/debug/pinctrl",
    "GPIO chips": "ls /sys/bus/gpio/devices",
    "I2C devices": "ls /sys/bus/i2c/devices",
    "NVMEM devices": "ls /sys/bus/nvmem/devices",
    "PHYs": "ls /sys/class/phy",
    "MDIO devices": "ls /sys/bus/mdio_bus/devices /sys/class/mdio_bus",
    "network devices": "ls /sys/class/net",
    "device links": "ls /sys/class/devlink",
    "slots": "ls /sys/class/dtslot",
}


def load_drivers(vm):
    """Load the SoC drivers that the kernel has as modules."""
    modules = list(SOC_MODULES)
    if vm.try_sh(f"modinfo {RESET_MODULE}")[0] == 0:
        modules.append(RESET_MODULE)
    vm.sh("modprobe -a " + " ".join(modules))


def functions(vm):
    """The PCI addresses of the cards that the guest sees."""
    return vm.sh("grep -l 0x9660 /sys/bus/pci/devices/*/device 2>/dev/null | cut -d/ -f6").split()


def devices(vm, bdf):
    """{name: driver or None} of the platform devices below a PCI function."""
    text = vm.sh(f"cd /sys/bus/pci/devices/{bdf}/ && find . -type l \\( -name driver -o -name subsystem \\)"
                 " -exec ls -ld {} +")
    links = dict(re.findall(r"(\./\S+) -> (\S+)", text))
    found = {}
    for link, target in links.items():
        path = link.removesuffix("/subsystem")
        if path != link and path != "." and target.endswith("/bus/platform"):
            driver = links.get(f"{path}/driver")
            found[path.split("/")[-1]] = driver and driver.split("/")[-1]
    return found


def deferred(vm):
    """Devices whose probe the kernel still puts off."""
    return vm.sh("cat /sys/kernel/debug/devices_deferred").split("\n")[:-1]


def wait_bound(vm, bdf, bound, timeout=60):
    """Wait until each of these device names (without the address) has a driver; returns {name: driver}."""
    pattern = "|".join(re.escape(name) for name in bound)
    test = f"cd /sys/bus/pci/devices/{bdf}/ && find . -type l -name driver | grep -cE '[./:]({pattern})/driver$'"
    vm.until(f"[ $({test}) -ge {len(bound)} ]", timeout)
    return devices(vm, bdf)


def snapshot(vm):
    """{kind: set of lines} of everything in LISTINGS."""
    script = "; ".join(f"echo '@{kind}'; {command} 2>/dev/null" for kind, command in LISTINGS.items())
    result, lines = {}, None
    for line in vm.sh(f"{script}; true").splitlines():
        if line.startswith("@"):
            lines = result[line[1:]] = set()
        else:
            lines.add(line)
    return result


def differences(before, after):
    """What two snapshots do not share, as text; empty if they are alike."""
    return "\n".join(f"{kind}: {sign} {line}"
                     for kind in before
                     for sign, lines in (("left behind", after[kind] - before[kind]),
                                         ("gone", before[kind] - after[kind]))
                     for line in sorted(lines))


def interrupts(vm, name):
    """How often the interrupt with this text in its /proc/interrupts line fired, on all CPUs; None without a line."""
    for line in vm.sh("cat /proc/interrupts").splitlines():
        if name in line:
            return sum(int(count) for count in re.match(r"\s*\S+:((?:\s+\d+)+)", line)[1].split())
    return None


def memory(vm):
    """How many objects each slab cache that drivers allocate from holds, after what can be given back was given back.

    These are kmalloc's and sysfs's. Names that were looked up in sysfs hold on to nodes that are long gone; they go in the
    second or third pass only. The least of several readings has the fewest slabs that a CPU allocates from.
    """
    readings = vm.sh("for n in 1 2 3 4; do sync; echo 3 >/proc/sys/vm/drop_caches; sleep 3; slabs; done")
    objects = {}
    for line in readings.splitlines():
        cache, count = line.split()
        objects[cache] = min(int(count), objects.get(cache, int(count)))
    return objects


def sizes(vm):
    """{cache: bytes of an object}."""
    lines = vm.sh("awk '$4 ~ /^[0-9]+$/ { print $1, $4 }' /proc/slabinfo").splitlines()
    return {name: int(size) for name, size in (line.split() for line in lines)}


def held(vm):
    """How many bytes these objects are."""
    size = sizes(vm)
    return sum(count * size[cache] for cache, count in memory(vm).items())


def descriptors(vm):
    """How many interrupt descriptors there are."""
    return int(vm.sh("ls /sys/kernel/irq | wc -l"))


def growth(vm, run, cycles):
    """Let run(count) make that many cycles; returns ({cache: objects per cycle}, interrupt descriptors left).

    What a cache grows by is the median slope between any two of the readings: one reading with a slab too many, and the
    few objects that come and go by chance, do not count; what leaks counts in each.
    """
    done, readings = [0], [memory(vm)]
    before = descriptors(vm)
    for part in range(1, GROWTH_PARTS + 1):
        done.append(cycles * part // GROWTH_PARTS)
        run(done[-1] - done[-2])
        readings.append(memory(vm))
    left = descriptors(vm) - before

    def slope(cache):
        return statistics.median((readings[j].get(cache, 0) - readings[i].get(cache, 0)) / (done[j] - done[i])
                                 for i, j in itertools.combinations(range(len(done)), 2))

    return {cache: slope(cache) for cache in readings[-1]}, left


def check_growth(vm, run, cycles):
    """Let run(count) make that many cycles; none may leave anything behind. Notes the most that grew."""
    slopes, left = growth(vm, run, cycles)
    grown, most = max((slope, cache) for cache, slope in slopes.items())
    vm.note(f"{cycles} cycles: {most} grew by {grown:.2f} objects per cycle, no cache by more")
    assert left == 0, f"{left} interrupt descriptors left in {cycles} cycles"
    assert grown < LEAK, f"{most} grows by {grown:.2f} objects per cycle"
