# SPDX-License-Identifier: GPL-2.0-or-later
"""`dtslot attach`, `detach` and `wait` on made-up slots: names, permissions, failures, time-outs; `watch` when misused.

Broken if it fails: a script takes a slot for attached that is not, or a user does not learn why it is not.
"""

import resource
import signal

from lib import tool

kernels = ()

WAIT = "usage: dtslot wait [--timeout SECONDS] SLOT\n"
OTHER = "pci-0001:01:00.0"


def short_of_room():
    """The next write fails, as one of the kernel's does, with a number and no more."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test(_):
    with tool.System() as system:
        tool.card(system)
        slots(system)
        failures(system)
        waits(system)
        for words in ("watch x", "watch --all"):
            system.expect(words, error="usage: dtslot watch [--json]\n", status=2)


def slots(system):
    for verb in ("attach", "detach"):
        file = system.path(f"{tool.CARD}/dtslot/{tool.SLOT}/{verb}")
        # the end of a name will do
        for name in (tool.SLOT, "0000:01:00.0", "01:00.0", "00.0"):
            system.expect([verb, name])
            assert file.read_text() == "1\n"
            file.write_text("")
        for name in ("x", "", "0.0", "../../x", f"{tool.SLOT}/"):
            system.expect([verb, name], error=f"dtslot: {name}: no such slot; dtslot list shows them\n", status=1)
        for words in (verb, f"{verb} a b", f"{verb} --json a"):
            system.expect(words, error=f"usage: dtslot {verb} SLOT\n", status=2)
        assert system.run_unprivileged(verb, tool.SLOT) == (
            3, "", f"dtslot: {tool.SLOT}: {verb} is for root; sudo dtslot {verb} {tool.SLOT}\n")
    system.slot(OTHER, "/sys/devices/other", "empty")
    system.expect("attach 01:00.0", status=2,
                  error=f"dtslot: 01:00.0: {tool.SLOT} and {OTHER} end like this; type more of it\n")


def failures(system):
    place = f"{tool.CARD}/dtslot/{tool.SLOT}"
    found = system.run("detach", tool.SLOT, preexec_fn=short_of_room, restore_signals=False)
    assert found == (1, "", f"dtslot: {tool.SLOT}: detach: File too large; the kernel's log may say more\n"), found
    system.put(f"{place}/error", "detach: mtd0 is in use\n")
    found = system.run("detach", tool.SLOT, preexec_fn=short_of_room, restore_signals=False)
    assert found == (1, "", f"dtslot: {tool.SLOT}: detach: mtd0 is in use\n"), found
    system.path(f"{place}/detach").unlink()
    gone = f"dtslot: {tool.SLOT}: went away meanwhile; plug it in again\n"
    system.expect(f"detach {tool.SLOT}", error=gone, status=1)
    system.put(f"{place}/error")


def waits(system):
    place = f"{tool.CARD}/dtslot/{tool.SLOT}"
    for arguments in (tool.SLOT, f"--timeout 5 {tool.SLOT}", f"-t0 {tool.SLOT}"):
        system.expect(f"wait {arguments}")
    for arguments in ("", "a b", "--timeout x a", "--timeout -1 a", "--timeout 1x a", "--timeout 2147484 a"):
        system.expect(f"wait {arguments}", error=WAIT, status=2)
    system.path(f"{tool.BUS}/f0000000.switch/driver").unlink()
    system.expect(f"wait -t 1 {tool.SLOT}", status=1, error=f"dtslot: {tool.SLOT}: 2 of 3 devices have their "
                  f"driver; dtslot tree {tool.SLOT} says why\n")
    # the modules themselves say how many work, and when nothing more will come
    system.put(f"{place}/devices", "4/5\n")
    system.put(f"{place}/settled", "1\n")
    system.expect(f"wait {tool.SLOT}", status=1, error=f"dtslot: {tool.SLOT}: 4 of 5 devices have their driver; dtslot "
                  f"tree {tool.SLOT} says why\n")
    system.put(f"{place}/devices", "5/5\n")
    system.expect(f"wait {tool.SLOT}")
    system.put(f"{place}/settled", "0\n")
    system.expect(f"wait -t 1 {tool.SLOT}", status=1, error=f"dtslot: {tool.SLOT}: 5 of 5 devices have their driver; "
                  f"dtslot tree {tool.SLOT} says why\n")
    for attribute in ("devices", "settled"):
        system.path(f"{place}/{attribute}").unlink()
    system.put(f"{place}/state", "empty\n")
    system.expect(f"wait -t 1 {tool.SLOT}", status=1, error=f"dtslot: {tool.SLOT}: time is up: the slot is empty; "
                  f"dtslot attach {tool.SLOT} brings it in\n")
    system.expect("wait -t 1 x", error="dtslot: x: time is up: the slot is not there; dtslot attach x brings it in\n",
                  status=1)
    system.put(f"{place}/error", "load: no overlay\n")
    for state in ("failed", "quarantined"):
        system.put(f"{place}/state", f"{state}\n")
        system.expect(f"wait {tool.SLOT}", error=f"dtslot: {tool.SLOT}: load: no overlay\n", status=1)
