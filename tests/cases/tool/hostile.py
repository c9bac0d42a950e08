# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are endless, binary, pipes, loops, unreadable: each command ends, in order, and prints no control characters.

Broken if it fails: what a card, an add-on or a broken system writes crashes the program, hangs it, or drives the terminal.
"""

import json
import os

from lib import tool

kernels = ()

COMMANDS = ("list", "tree", "doctor")
# what is put in the place of each file in turn
CONTENTS = (b"", b"\0" * 5000, b"\xff\x1b[2J\r\n" * 1000, b"A" * (8 << 20), b"\n" * 5000, bytes(range(256)) * 40,
            b"attached", b"-1 -1 -1\n" * 5000, b"0x" + b"f" * 5000)


def made_up(system):
    system.put("/proc/sys/kernel/osrelease", "7.3.4\n")
    for name in ("/proc/cmdline", "/proc/interrupts", "/boot/config-7.3.4", "/dev/kmsg", "/usr/share/misc/pci.ids",
                 "/sys/kernel/debug/devices_deferred", "/sys/kernel/security/lockdown",
                 "/lib/modules/7.3.4/modules.builtin.modinfo", "/lib/modules/7.3.4/modules.alias.bin",
                 "/lib/firmware/dtslot/pci-1.dtbo", "/lib/firmware/dtslot/addon-1.dtbo"):
        system.put(name)
    tool.card(system)
    for name, text in (("devices", "2/3\n"), ("settled", "1\n"), ("unbound", "/a -: b\n/c f0000000.switch: d\n")):
        system.put(f"{tool.CARD}/dtslot/{tool.SLOT}/{name}", text)
    system.put(f"{tool.CARD}/vendor", "0x1055\n")
    system.put(f"{tool.CARD}/device", "0x9660\n")
    system.put(f"{tool.CARD}/resource")
    system.link("/sys/bus/pci/devices/0000:01:00.0", tool.CARD)
    system.path(f"{tool.BUS}/f0000000.switch/driver").unlink()
    system.put(f"{tool.BUS}/f0000000.switch/supplier:x/status")
    system.put("/sys/devices/of_node/ranges")


def runs(system, what, run=None, json_wanted=(False, True)):
    """Each command ends as it should."""
    for command in COMMANDS:
        for wanted in json_wanted:
            status, output, error = (run or system.run)(command, *(["--json"] if wanted else []))
            where = f"{what}: {command}: {status}: {error[:2000]}"
            assert status in (0, 1), where
            assert output.isascii() and not any(c < " " and c != "\n" for c in output), where
            if wanted:
                assert output, where
                json.loads(output)


def test(_):
    with tool.System() as system:
        # libpci leaves its list of names open when that is damaged
        system.sanitizers = "exitcode=99:detect_leaks=0"
        made_up(system)
        runs(system, "as it is")
        files = sorted(path for path in system.root.rglob("*") if path.is_file() and not path.is_symlink())
        assert len(files) > 25, files
        good = {path: path.read_bytes() for path in files}
        for content in CONTENTS:
            for path in files:
                path.write_bytes(content)
            runs(system, f"all files are {content[:20]}")
        for path, content in good.items():
            path.write_bytes(content)
        for n, (path, content) in enumerate(good.items()):
            path.unlink()
            for make in (lambda: None, path.mkdir, lambda where=path: os.mkfifo(where),
                         lambda where=path: where.symlink_to(where), lambda where=path: where.symlink_to("/dev/zero")):
                make()
                runs(system, f"{path} is another kind of file", json_wanted=(bool(n % 2),))
                if path.is_dir():
                    path.rmdir()
                else:
                    path.unlink(missing_ok=True)
            path.write_bytes(content)
        names(system)
        unreadable(system)


def names(system):
    """Names that a terminal obeys, links to themselves and out of the system, and many."""
    odd = "x\x1b[2J\n\xff"
    system.slot(odd, f"/sys/devices/{odd}", "attached")
    system.device(f"/sys/devices/{odd}/{odd}", f"/{odd}", "acme,x")
    system.made("net", f"/sys/devices/{odd}/{odd}/net/{odd}")
    for directory in ("/sys/class/dtslot", "/sys/bus/platform/devices", "/sys/bus/pci/devices", "/sys/class/net",
                      "/lib/firmware/dtslot", "/sys/bus"):
        system.path(f"{directory}/loop").symlink_to("loop")
        system.path(f"{directory}/out").symlink_to("/proc/self")
        system.path(f"{directory}/up").symlink_to("..")
    for n in range(2000):
        system.path(f"/sys/class/net/n{n}").symlink_to("n")
    runs(system, "odd names")


def unreadable(system):
    for directory in ("/sys/class/dtslot", "/sys/bus/platform/devices", "/lib/firmware/dtslot", "/boot", "/proc", "/sys"):
        system.path(directory).chmod(0)
        runs(system, f"{directory} cannot be read", system.run_unprivileged)
        system.path(directory).chmod(0o755)
