# SPDX-License-Identifier: GPL-2.0-or-later
"""The program dtslot, built with sanitizers, and made-up systems that it looks at."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import cache, image
from .say import run as build_step

SOURCES = (cache.REPO / "tools", cache.REPO / "drivers/overlay", *sorted((cache.REPO / "drivers/connector").glob("id*")))
SANITIZED = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
PLAIN = "-O2 -g"
BASE = "/sys/firmware/devicetree/base"
SECONDS = 60
VALGRIND = ("valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite",
            f"--suppressions={Path(__file__).with_name('libkmod.supp')}")
SLOWER = 20             # by valgrind
UNPRIVILEGED = 65534    # nobody


def build(flags=SANITIZED):
    """The program, built outside the source tree."""
    def make(work):
        build_step(["make", "-C", cache.REPO / "tools", f"BUILD={work}", f"CFLAGS={flags} -Werror"], "building dtslot",
                   cache.directory("logs") / "tool.log")

    return cache.artefact("tool", cache.key(flags, *SOURCES), make) / "dtslot"


class System:
    """A directory with what a system has in /sys, /proc, /boot, /lib and /dev; gone at the end of `with`."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="dtslot-system-"))
        self.wrapper = ()
        self.program = None     # another than build() makes
        self.environment = {}   # variables that are other ones than here
        self.sanitizers = "exitcode=99"
        self.seconds = SECONDS

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["chmod", "-R", "u+rwX", self.root], check=True)
        shutil.rmtree(self.root)

    def use_valgrind(self):
        """From now on, valgrind looks at what the program does; what it finds is an exit status and text of its own."""
        self.program = build(PLAIN)
        self.wrapper = VALGRIND
        self.seconds = SLOWER * SECONDS

    def path(self, name):
        return self.root / name.lstrip("/")

    def put(self, name, content=""):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def link(self, name, target):
        """A symbolic link to another path of the system, relative as those of sysfs are."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(os.path.relpath(self.path(target), path.parent))

    def directory(self, name):
        self.path(name).mkdir(parents=True, exist_ok=True)

    def slot(self, name, parent, state="attached", **texts):
        """A slot of a device; texts are model, overlay, error."""
        place = f"{parent}/dtslot/{name}"
        self.put(f"{place}/state", f"{state}\n")
        for attribute in ("model", "overlay", "error"):
            self.put(f"{place}/{attribute}", f"{texts[attribute]}\n" if attribute in texts else "")
        for attribute in ("attach", "detach"):
            self.put(f"{place}/{attribute}")
        self.link(f"{place}/device", parent)
        self.link(f"/sys/class/dtslot/{name}", place)
        return place

    def node(self, path, *compatible):
        self.put(f"{BASE}{path}/compatible", "".join(f"{text}\0" for text in compatible))

    def device(self, place, node, *compatible, driver=None, bus="platform"):
        """A device at a place below /sys/devices that was made of a node; returns its name."""
        name = place.split("/")[-1]
        self.directory(place)
        self.node(node, *compatible)
        self.link(f"{place}/of_node", f"{BASE}{node}")
        self.put(f"{place}/modalias", f"of:N{name}T(null)" + "".join(f"C{text}" for text in compatible) + "\n")
        self.link(f"/sys/bus/{bus}/devices/{name}", place)
        if driver:
            self.directory(f"/sys/bus/{bus}/drivers/{driver}")
            self.link(f"{place}/driver", f"/sys/bus/{bus}/drivers/{driver}")
        return name

    def made(self, kind, place):
        """What a driver made, for a class such as net, at a place below its device."""
        self.directory(place)
        self.link(f"/sys/class/{kind}/{place.split('/')[-1]}", place)

    def modules(self, release, modules, builtin=()):
        """Modules {name: compatible ...} of a kernel, and drivers that are built in, as depmod has them."""
        directory = f"/lib/modules/{release}"
        for name, compatibles in modules.items():
            source, target = self.path("module.c"), self.path(f"{directory}/{name}.ko")
            target.parent.mkdir(parents=True, exist_ok=True)
            texts = "".join(f"alias=of:N*T*C{text}\\0" for text in compatibles) + f"name={name.replace('-', '_')}\\0"
            source.write_text(f'__attribute__((section(".modinfo"), used)) static const char info[] = "{texts}";\n')
            subprocess.run(["gcc", "-c", "-o", target, source], check=True)
            source.unlink()
        self.put(f"{directory}/modules.builtin.modinfo",
                 "".join(f"{name}.alias=of:N*T*C{text}\0" for name, text in builtin))
        for name in ("modules.builtin", "modules.order"):
            self.put(f"{directory}/{name}")
        subprocess.run(["/sbin/depmod", "-b", self.root, release], check=True)

    def run_bytes(self, *arguments, **options):
        """(exit status, standard output, standard error) of a command."""
        done = subprocess.run([*self.wrapper, self.program or build(), "--root", self.root, *arguments],
                              env={**os.environ, "ASAN_OPTIONS": self.sanitizers, **self.environment},
                              capture_output=True, timeout=self.seconds, check=False, **options)
        return done.returncode, done.stdout, done.stderr

    def run(self, *arguments, **options):
        """As run_bytes(), in text."""
        status, output, error = self.run_bytes(*arguments, **options)
        return status, output.decode(), error.decode()

    def run_unprivileged(self, *arguments):
        """As run(), by a user who may read and not write what root has."""
        if os.geteuid():
            return self.run(*arguments)
        self.root.chmod(0o755)
        program, self.program = self.program, self.root / ".dtslot"
        shutil.copy2(program or build(), self.program)
        try:
            return self.run(*arguments, user=UNPRIVILEGED, group=UNPRIVILEGED, extra_groups=())
        finally:
            self.program = program

    def expect(self, arguments, output="", error="", status=0):
        """Run a command, by its words, and compare all that it says."""
        found = self.run(*(arguments.split() if isinstance(arguments, str) else arguments))
        assert found == (status, output, error), f"{arguments}: {found}"


CARD = "/sys/devices/pci0000:00/0000:00:04.0/0000:01:00.0"
SLOT = "pci-0000:01:00.0"
BUS = f"{CARD}/pci-ep-bus@0"
NODE = "/pci/pci@4/dev@0"


def card(system, state="attached", **texts):
    """A card with three devices, two of them on its bus, and a port."""
    system.slot(SLOT, CARD, state, **{"model": "lan966x", "overlay": "embedded", **texts})
    system.device(BUS, f"{NODE}/pci-ep-bus@0", "simple-bus", driver="simple-pm-bus")
    system.device(f"{BUS}/f00c0000.syscon", f"{NODE}/pci-ep-bus@0/syscon@e00c0000", "microchip,lan966x-cpu-syscon",
                  "syscon")
    system.device(f"{BUS}/f0000000.switch", f"{NODE}/pci-ep-bus@0/switch@e0000000", "microchip,lan966x-switch",
                  driver="lan966x-switch")
    system.made("net", f"{BUS}/f0000000.switch/net/eth0")


def install(vm):
    """Put the program into the guest, with the libraries that it needs and the guest lacks."""
    program = build(PLAIN)
    for library in image.libraries(program):
        if vm.try_sh(f"[ -e {library} ]")[0]:
            vm.put(library, Path(library).read_bytes(), 0o755)
    vm.put("/usr/sbin/dtslot", program.read_bytes(), 0o755)
