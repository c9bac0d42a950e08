# SPDX-License-Identifier: GPL-2.0-or-later
"""From the edge of a connector's presence line until the add-on's drivers are bound, or nothing of it is left."""

import contextlib
import re

from lib import addon, bench, dts, figures

kernel = "7.3"
options = {}

TRACING = "/sys/kernel/tracing"
UNIT = "us of guest time"
# Where a measurement begins and where it ends: events of tracing, at the entry (p) or the return (r) of a function
EVENTS = ("p:edge dtslot_connector:line_changed", "r:settled dtslot:dtslot_run_job",
          "p:make i2c_new_client_device", "r:made i2c_new_client_device",
          "p:delete i2c_unregister_device", "r:deleted i2c_unregister_device")
I2C_DEVICES = {0x49: "tmp105", 0x20: "pca9554"}
PAIR = dts.fragment("""#address-cells = <1>; #size-cells = <0>;
	gpio@20 { compatible = "nxp,pca9554"; reg = <0x20>; gpio-controller; #gpio-cells = <2>; };
	sensor@49 { compatible = "ti,tmp105"; reg = <0x49>; };""", target="target = <&i2c>;")
# The works of a connector and of its slot, and what of them is a driver's own; the LED's is known to the bench's module
WORKS = ("dtslot_connector:connector_settled", "dtslot:dtslot_run_job")
PROBES = ("at24:at24_probe", "lm75:lm75_i2c_probe", "gpio_pca953x:pca953x_probe")


def took(vm, first, last, action):
    """Microseconds from the first of one event to the last of another, while action() has the guest do it."""
    vm.sh(f"echo >{TRACING}/trace")
    action()
    events = re.findall(r" ([0-9]+\.[0-9]+): (\w+): \(", vm.sh(f"cat {TRACING}/trace"))
    begin, end = ([round(float(time) * 1e6) for time, event in events if event == wanted] for wanted in (first, last))
    return end[-1] - begin[0]


@contextlib.contextmanager
def listener(vm):
    """A program of the guest listens to all uevents meanwhile, as udev does."""
    watch = vm.spawn(f"exec slotwatch {addon.CONNECTOR}")
    watch.wait_for("watching")
    yield watch
    watch.kill()
    watch.wait()


def until(vm, state, action):
    """Do it and wait for the slot's state; the guest is told of that and looks at nothing meanwhile."""
    with listener(vm) as watch:
        action()
        watch.wait_for(f"uevent change {addon.NAME} {state}\n")


def plug(vm, model):
    until(vm, "attached", lambda: addon.plug(vm, model, flash="none"))


def unplug(vm):
    until(vm, "empty", lambda: addon.unplug(vm))


def by_hand(vm, bus):
    """The add-on's I2C devices made and deleted from userspace: microseconds of the kernel's part."""
    made = deleted = 0
    adapter = f"/sys/bus/i2c/devices/i2c-{bus}"
    with listener(vm):
        for address, name in I2C_DEVICES.items():
            made += took(vm, "make", "made", lambda: vm.sh(f"echo {name} {address:#x} >{adapter}/new_device"))
            vm.sh(f"[ -e /sys/bus/i2c/devices/{bus}-{address:04x}/driver ]")
        for address in I2C_DEVICES:
            deleted += took(vm, "delete", "deleted", lambda: vm.sh(f"echo {address:#x} >{adapter}/delete_device"))
    return made, deleted


def cycle(vm, bus):
    """Microseconds of a plug, and of an unplug."""
    plugged = took(vm, "edge", "settled", lambda: plug(vm, "pair"))
    vm.sh("cd /sys/bus/i2c/devices && " + " && ".join(f"[ -e {bus}-{address:04x}/driver ]" for address in I2C_DEVICES))
    return plugged, took(vm, "edge", "settled", lambda: unplug(vm))


def parts(vm):
    """What a plug and an unplug cost, by account, with a probe at each of these functions."""
    bench.set_steps(vm, (*WORKS, *PROBES))
    bench.cost(vm)
    plug(vm, "thermo-led")
    plugged = bench.cost(vm)
    unplug(vm)
    unplugged = bench.cost(vm)
    bench.set_steps(vm)
    return plugged, unplugged


def measure(vm, report):
    for model in ("thermo-led", "pair", "bare"):
        addon.memory(vm, model, addon.image(model=model))
    addon.attach(vm, more="connector { debounce-delay-ms = <0>; };")
    vm.put(f"{addon.FIRMWARE}/addon-bare.dtbo", dts.compile_overlay(dts.HARMLESS))
    vm.put(f"{addon.FIRMWARE}/addon-pair.dtbo", dts.compile_overlay(PAIR))
    bus = addon.i2c_bus(vm)
    vm.sh(f"cd {TRACING} && " + " && ".join(f"echo '{event}' >>kprobe_events" for event in EVENTS)
          + " && echo 1 >events/kprobes/enable")
    cycles = [cycle(vm, bus) for _ in range(bench.WARM_UP + bench.REPEATS)]
    # an add-on whose overlay brings nothing: its parts have power
    plug(vm, "bare")
    peer = [by_hand(vm, bus) for _ in range(bench.WARM_UP + bench.REPEATS)]
    unplug(vm)
    for n, name in enumerate(("connector.plug", "connector.unplug")):
        report.figure(name, UNIT, *([cycle[n] for cycle in taken[bench.WARM_UP:]] for taken in (cycles, peer)))
    vm.sh(f"echo 0 >{TRACING}/events/kprobes/enable; echo >{TRACING}/kprobe_events")
    for what, costs in zip(("plug", "unplug"), parts(vm)):
        drivers = costs["drivers"] + sum(costs[name] for name in PROBES)
        ours = sum(costs[name] for name in (*WORKS, "finder", "deferred"))
        report.note(f"{what} of an add-on: dtslot {figures.number(ours)} instructions, drivers"
                    f" {figures.number(drivers)}, idle meanwhile {figures.number(costs['waiting'])}")
