# SPDX-License-Identifier: GPL-2.0-or-later
"""Attach and detach of an overlay four times as large take no more than six times as long, whatever is large in it.

Broken if it fails: an overlay of a few megabytes keeps its slot busy for minutes.
"""

from lib import dts, manual

kernels = ("7.3",)
soak_kernels = ("6.12",)
options = {"cards": (), "ports": 0, "memory": 1024}
timeout = 300
SIZES = (1000, 4000)
LIMIT = 6       # the time counts instructions; allocators and trees of the kernel add some


def many(count, text):
    return "".join(text % {"n": n} for n in range(count))


def references(count):
    """One list of references, each to another node."""
    return (many(count, "l%(n)d: n%(n)d { #clock-cells = <0>; };") +
            f'user {{ compatible = "acme,none"; clocks = {", ".join(f"<&l{n}>" for n in range(count))}; }};')


def properties(count):
    """Nodes with as many properties as are taken, each of which refers to a node."""
    user = f'compatible = "acme,none"; {many(999, "a%(n)d-gpios = <&gpio %(n)d>;")}'
    return ('gpio: gpio { gpio-controller; #gpio-cells = <1>; };' +
            "".join(f"user{n} {{ {user} }};" for n in range(count // 1000)))


def chain(count):
    """Devices, each of which needs the next."""
    return ('l0: n0 { compatible = "acme,none"; #phy-cells = <0>; };' + "".join(
        f'l{n}: n{n} {{ compatible = "acme,none"; #phy-cells = <0>; phys = <&l{n - 1}>; }};'
        for n in range(count // 4, 0, -1)))


def consumers(count):
    """Devices that need the same one."""
    return ('l: clock { compatible = "acme,none"; #clock-cells = <0>; };' +
            many(count // 4, 'n%(n)d { compatible = "acme,none"; clocks = <&l>; };'))


def suppliers(count):
    """A device that needs others."""
    return (many(count // 4, 'l%(n)d: n%(n)d { compatible = "acme,none"; #clock-cells = <0>; };') +
            f'user {{ compatible = "acme,none"; clocks = {", ".join(f"<&l{n}>" for n in range(count // 4))}; }};')


def siblings(count):
    """Nodes side by side, of which nothing is made."""
    return many(count, 'a-name-as-long-as-it-may-be%(n)d { };')


def interrupts(count):
    """One list of interrupts at a nexus, whose map has as many entries."""
    return ('intc: intc { interrupt-controller; #interrupt-cells = <1>; #address-cells = <0>; };'
            'nexus: nexus { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = ' +
            ", ".join(f"<{n} &intc {n}>" for n in range(count)) + "; };"
            'user { compatible = "acme,none"; interrupt-parent = <&nexus>; interrupts = ' +
            ", ".join(f"<{n}>" for n in range(count)) + "; };")


def test(vm):
    vm.sh("modprobe -a dtslot-manual")
    manual.make(vm, "large", "/")
    for shape in (references, properties, chain, consumers, suppliers, siblings, interrupts):
        taken = []
        for size in SIZES:
            manual.write_blob(vm, "large", dts.compile_overlay(dts.fragment(shape(size))))
            times = vm.sh("cat /proc/uptime; echo 1 >{0}/attach && cat /proc/uptime;"
                          " echo 1 >{0}/detach && cat /proc/uptime".format(manual.path("large")), timeout=240)
            start, attached, detached = (float(line.split()[0]) for line in times.splitlines())
            taken.append((attached - start, detached - attached))
        (attach, detach), (more_attach, more_detach) = taken
        vm.note(f"{shape.__name__}: attach {attach:.2f} s and {more_attach:.2f} s,"
                f" detach {detach:.2f} s and {more_detach:.2f} s")
        assert more_attach < LIMIT * attach + 0.1, shape.__name__
        assert more_detach < LIMIT * detach + 0.1, shape.__name__
