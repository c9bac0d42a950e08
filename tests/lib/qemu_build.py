# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU with our device linked in: Debian's source package, the smallest configuration that does."""

import functools
import os
import re
import shutil
import tempfile
from pathlib import Path

from . import cache, fetch
from .say import output, run, say

SERIES = "1:10.0"
DEVICES = cache.TESTS / "qemu"      # those that the tests use: with all of them the build takes half as long again
TARGETS = sorted(path.stem for path in DEVICES.glob("*-softmmu.mak"))
CONFIGURE = ["--python=/usr/bin/python3", f"--target-list={','.join(TARGETS)}", "--without-default-features",
             "--without-default-devices", *(f"--with-devices-{target.split('-')[0]}=dtslot" for target in TARGETS),
             "--enable-tcg", "--enable-kvm", "--enable-slirp", "--enable-fdt=system", "--disable-install-blobs",
             "--disable-werror"]
PLAIN = ["--disable-debug-info"]
SANITIZE = ["--enable-asan", "--enable-ubsan"]
DEVICE = cache.REPO / "qemu-device"
OPTION_ROMS = ("linuxboot_dma.bin", "pvh.bin", "kvmvapic.bin")
BINARIES = {"amd64": "qemu-system-x86_64", "arm64": "qemu-system-aarch64"}


def meson_version():
    meson = shutil.which("meson")
    return tuple(int(n) for n in re.findall(r"\d+", output([meson, "--version"]))[:2]) if meson else (0, 0)


def environment():
    """QEMU 10.0 wants meson >= 1.5 and pycotap: from bookworm-backports where the machine has older ones."""
    env = dict(os.environ)
    if meson_version() >= (1, 5) and os.path.isdir("/usr/lib/python3/dist-packages/pycotap"):
        return env
    tools = [fetch.unpack_tool("meson", "1.7"), fetch.unpack_tool("python3-pycotap", "1.3")]
    env["PATH"] = f"{tools[0]}/usr/bin:{env['PATH']}"
    env["PYTHONPATH"] = ":".join(f"{tool}/usr/lib/python3/dist-packages" for tool in tools)
    return env


def ninja_steps(line):
    step = re.match(r"\[(\d+)/(\d+)\]", line)
    return f"{step[1]} of {step[2]}" if step else None


def write_devices(source):
    """Tell the source which devices the tests use."""
    for target in TARGETS:
        text = "".join((DEVICES / f"{name}.mak").read_text() for name in ("devices", target))
        (Path(source) / "configs/devices" / target / "dtslot.mak").write_text(text)


def prepare_tree(tree, source):
    """Make the build tree one of this checkout's device.

    Ninja goes by the times of files, which say nothing if another checkout's device was built here before.
    """
    write_devices(source)
    stamp = tree / "dtslot-device"
    now = f"{DEVICE} {cache.key(DEVICES, DEVICE / 'Kconfig', DEVICE / 'meson.build')}"
    if not stamp.exists() or stamp.read_text() != now:
        for path in (*tree.glob("*.p/hw_misc_lan966x_*.o"), *tree.glob("trace/trace-hw_misc_lan966x.*"),
                     tree / "build.ninja", stamp):
            path.unlink(missing_ok=True)
    return stamp, now


def build_binaries(source, version, sanitize=False):
    """The directory of BINARIES with the device as it is now; with sanitizers, if they are wanted.

    DTSLOT_QEMU names one to use instead: a build tree in which the device is being worked on.
    """
    given = os.environ.get("DTSLOT_QEMU")
    if given:
        say(f"using {given}")
        return Path(given)

    configure = CONFIGURE + (SANITIZE if sanitize else PLAIN)

    def make(work):
        logs = cache.directory("logs")
        env = environment()
        output([DEVICE / "link.sh", source])
        # the tree stays, so that a change of the device costs seconds
        tree = cache.directory("qemu-tree") / cache.key(version, " ".join(configure))
        tree.mkdir(exist_ok=True)
        stamp, now = prepare_tree(tree, source)
        if not (tree / "build.ninja").exists():
            run([source / "configure", *configure], f"configuring qemu {version}", logs / "qemu-configure.log",
                env=env, cwd=tree)
        stamp.write_text(now)
        run(["nice", "ninja", f"-j{os.cpu_count()}", *BINARIES.values()], f"building qemu {version}",
            logs / "qemu-build.log", steps=ninja_steps, env=env, cwd=tree)
        for name in BINARIES.values():
            shutil.copy2(tree / name, work)

    return cache.artefact("qemu", cache.key(version, " ".join(configure), DEVICES, DEVICE), make)


def compile_device(source, version):
    """Compile the device's files, not the rest, with this source; returns how many objects that are, of how many files."""
    log = cache.directory("logs") / f"qemu-{version}.log"
    env = environment()
    with tempfile.TemporaryDirectory(prefix="dtslot-qemu-") as tree:
        tree = Path(tree)
        write_devices(source)
        output([DEVICE / "link.sh", source])
        run([source / "configure", *CONFIGURE, *PLAIN], f"configuring qemu {version}", log, env=env, cwd=tree)
        objects = re.findall(r"^(\S*hw_misc_lan966x_\S+\.o):", output(["ninja", "-t", "targets", "all"], cwd=tree), re.M)
        run(["nice", "ninja", f"-j{os.cpu_count()}", *objects], f"compiling the device with qemu {version}", log,
            steps=ninja_steps, env=env, cwd=tree)
    return len(objects), len(list(DEVICE.rglob("*.c")))


def build_option_roms(source, version):
    """The directory with what QEMU puts into the guest to start a kernel."""
    def make(work):
        config = {"TOPSRC_DIR": source, "PYTHON": "/usr/bin/python3", "CC": "gcc", "OBJCOPY": "objcopy"}
        (work / "config.mak").write_text("".join(f"{name}={value}\n" for name, value in config.items()))
        output(["make", "-f", source / "pc-bios/optionrom/Makefile", *OPTION_ROMS], cwd=work)

    return cache.artefact("qemu-roms", cache.key(version), make)


def build(sanitize=False, architecture="amd64"):
    """The paths of the QEMU binary for guests of an architecture, and of its option ROMs."""
    source, version = fetch.unpack_qemu(SERIES.split(":")[1])
    binaries = build_binaries(source, version, sanitize)
    return binaries / BINARIES[architecture], build_option_roms(source, version)


@functools.cache
def get(architecture):
    """The paths of the QEMU binary for guests of an architecture, and of its option ROMs."""
    return build(architecture=architecture)
