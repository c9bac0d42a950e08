# SPDX-License-Identifier: GPL-2.0-or-later
"""Attach and detach with the nodes that the kernel has, against mainline's lan966x_pci with the same overlay."""

from lib import bench, card, dts, figures, slot

kernel = "7.3"
options = {}

# What mainline's overlay brings that a driver binds to.
BOUND = ("oic", "reset", "pinctrl", "serdes", "mdio", "switch")
OURS, MAINLINE = "dtslot-pci", "mchp_lan966x_pci"
STEPS = {
    OURS: [f"dtslot:{name}" for name in ("do_prepare", "do_identify", "do_load", "do_check", "do_resolve", "do_apply",
                                         "do_populate", "undo_populate", "undo_apply", "undo_prepare")],
    MAINLINE: ["of_overlay_fdt_apply", "of_platform_default_populate", "of_platform_depopulate", "of_overlay_remove"],
}
INSIDE = ["kobject_uevent_env", "irq_dispose_mapping"]      # of both, whatever step calls them
LINKS = "cd /sys/class/devlink && ls -d platform:*--platform:* | wc -l"


def settled(bdf, names=BOUND):
    """A command that waits until these devices have drivers."""
    return (f"cd -P /sys/bus/pci/devices/{bdf} && for name in {' '.join(names)}; do"
            " until set -- *ep-bus@0/*.$name *ep-bus@0/*/*.$name *:$name;"
            " [ -e $1/driver ] || [ -e $2/driver ] || [ -e $3/driver ]; do sleep 0.1; done; done; cd /")


def bind(bdf, driver):
    return f"echo {bdf} >/sys/bus/pci/drivers/{driver}/bind"


def unbind(bdf, driver):
    return f"echo {bdf} >/sys/bus/pci/drivers/{driver}/unbind"


def cycles(vm, bdf, driver, names=BOUND, repeats=bench.REPEATS):
    """Costs of attach and of detach, a list of accounts each; the card is without a driver before and after."""
    attach, detach = [], []
    for n in range(bench.WARM_UP + repeats):
        costs = [bench.cost_of(vm, bind(bdf, driver), settled(bdf, names)),
                 bench.cost_of(vm, unbind(bdf, driver), "true")]
        if n >= bench.WARM_UP:
            attach.append(costs[0])
            detach.append(costs[1])
    return attach, detach


def mainline_overlay(vm):
    return (vm.build.kernel.build / "drivers/misc/lan966x_pci.dtbo").read_bytes()


def parts(vm, bdf, driver):
    """({part: instructions} of attach, of detach): one cycle with a probe at each step."""
    bench.set_steps(vm, STEPS[driver] + INSIDE)
    result = []
    for costs in cycles(vm, bdf, driver, repeats=1):
        accounts = {name.split(":")[-1].removeprefix("do_"): value for name, value in costs[0].items()
                    if value and name not in ("idle", "waiting", "others", "interrupts", "drivers")}
        result.append(accounts)
    bench.set_steps(vm)
    return result


def total(costs):
    return [bench.ours(accounts) for accounts in costs]


def describe(report, what, costs):
    """A note of what is not compared."""
    middle = {name: sorted(c[name] for c in costs)[len(costs) // 2]
              for name in ("drivers", "waiting", "interrupts")}
    report.note(f"{what}: the SoC's drivers {figures.number(middle['drivers'])} instructions, idle in the PCI driver"
                f" {figures.number(middle['waiting'])}, ticks {figures.number(middle['interrupts'])}")


def load(vm):
    """Load our driver of the card and mainline's; returns the address of the card, which has none of them."""
    vm.sh("modprobe -a dtslot-lan966x-gck dtslot-pci lan966x-pci")
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    vm.sh(unbind(bdf, OURS))
    return bdf


def measure(vm, report):
    bdf = load(vm)
    embedded = cycles(vm, bdf, OURS, names=[name for name, driver in slot.DRIVERS.items()
                                            if driver and name not in ("i2c", "pci-ep-bus@0") and "clock-" not in name])
    report.kept["mainline overlay"] = mainline_overlay(vm)
    vm.put(dts.FIRMWARE, report.kept["mainline overlay"])
    same = cycles(vm, bdf, OURS)
    mainline = cycles(vm, bdf, MAINLINE)
    report.kept["mainline"] = mainline
    report.figure("attach.kernel-nodes", bench.INSTRUCTIONS, total(same[0]), total(mainline[0]))
    report.figure("detach", bench.INSTRUCTIONS, total(same[1]), total(mainline[1]))
    report.figure("attach.embedded", bench.INSTRUCTIONS, total(embedded[0]))
    report.figure("detach.embedded", bench.INSTRUCTIONS, total(embedded[1]))
    for what, costs in (("dtslot", same), ("mainline", mainline)):
        describe(report, f"attach, {what}", costs[0])
        describe(report, f"detach, {what}", costs[1])
    links = []
    for driver in (OURS, MAINLINE):
        vm.sh(f"{bind(bdf, driver)} && {settled(bdf)}")
        links.append(vm.sh(LINKS).strip())
        vm.sh(unbind(bdf, driver))
    report.note(f"links between the card's devices: dtslot {links[0]}, mainline {links[1]}")
    rows = []
    for driver, who in ((OURS, "dtslot"), (MAINLINE, "mainline")):
        rows += [(f"{what}, {who}", accounts) for what, accounts in zip(("attach", "detach"), parts(vm, bdf, driver))]
    for label, accounts in rows:
        report.note(f"{label}: " + ", ".join(f"{name} {figures.number(value)}" for name, value in accounts.items()))
    report.picture("attach.svg", figures.bars("Attach and detach without the SoC's drivers", bench.INSTRUCTIONS,
                                              sorted(rows)))
