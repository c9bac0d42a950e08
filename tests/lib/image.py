# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's root file system: an initramfs of the host's own programs and ours."""

import lzma
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

from . import cache, fetch
from .say import Failed, output, run

GUEST = cache.TESTS / "guest"
PROGRAMS = ("/usr/bin/dash", "/usr/bin/lspci", "/usr/bin/kmod", "/usr/sbin/i2cdetect", "/usr/sbin/i2cget",
            "/usr/sbin/i2cset", "/usr/sbin/i2cdump", "/usr/sbin/i2ctransfer")
# dash, because busybox's shell runs its own modprobe and i2cget whatever PATH says
SHELL = "dash"
KMOD_NAMES = ("modprobe", "insmod", "rmmod", "lsmod", "modinfo", "depmod")
DATA = ("/usr/share/misc/pci.ids",)
DIRECTORIES = ("dev", "proc", "sys", "run", "tmp", "etc", "root", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64",
               "lib/firmware")
BUSYBOX = "/bin/busybox"

# A guest of another architecture has our programs, Debian's static busybox, and of the kernel's modules these, with
# those that they depend on. What is needed before init can take commands is loaded first.
FOREIGN_BUSYBOX_SERIES = "1.37"
FOREIGN_FIRST = ("virtio_mmio", "configfs")
FOREIGN_ROOT = ("virtio_blk", "ext4")       # before another root can be mounted, which ROOT= names
FOREIGN_MODULES = ("ahci_platform", "at24", "fixed", "gpio_keys", "i2c_dev", "i2c_mux_pinctrl", "leds_gpio",
                   "ledtrig_netdev", "lm75", "micrel", "mtd", "sd_mod", "sfp", "usb_storage", "xhci_plat_hcd",
                   *FOREIGN_ROOT)
FOREIGN_INIT = """#!/usr/bin/busybox sh
/usr/bin/busybox --install -s /usr/bin
for module in {first}; do /usr/bin/insmod $module || exit; done
[ "$ROOT" ] || exec /init
for module in {root}; do /usr/bin/insmod $module || exit; done
mkdir /new
/usr/bin/mount -t devtmpfs devtmpfs /dev
/usr/bin/mount -t ext4 $ROOT /new || exit
/usr/bin/mount -t tmpfs tmpfs /new/run
/usr/bin/mkdir -p /new/run/systemd/system
/usr/bin/cp -r /units/. /new/run/systemd/system
/usr/bin/cp /init /new/run/agent
exec /usr/bin/switch_root /new /sbin/init
"""
# What systemd is told of in that root, by ROOT_APPEND: the agent, and of an installation's start the announcement of
# the devices that are there. Only PCI devices are announced here, as all others take most of a minute.
ROOT_APPEND = "ROOT=/dev/vda systemd.unit=dtslot-agent.service systemd.show_status=no"
FOREIGN_UNITS = {
    "dtslot-agent.service":
        "[Unit]\nDescription=Runs what a test wants to be run\nDefaultDependencies=no\n"
        "Wants=systemd-udev-trigger.service\nAfter=systemd-udev-trigger.service\n"
        "Conflicts=shutdown.target\nBefore=shutdown.target\n[Service]\nExecStart=/run/agent\n",
    "systemd-udev-trigger.service.d/dtslot.conf":
        "[Service]\nExecStart=\nExecStart=udevadm trigger --action=add --subsystem-match=pci\n",
}

# What a test can have besides, by the name it asks for (option userland). The kernel's network selftests want programs
# that busybox has no or too small a version of.
USERLANDS = {
    "network": (
        "/usr/bin/bash", "/usr/bin/ping", "/usr/bin/gojq", "/usr/sbin/ethtool", "/usr/bin/tcpdump",
        "/usr/sbin/mausezahn", "/usr/bin/basename", "/usr/bin/comm", "/usr/bin/cut", "/usr/bin/date", "/usr/bin/grep",
        "/usr/bin/id", "/usr/bin/mktemp", "/usr/bin/readlink", "/usr/bin/realpath", "/usr/bin/sed", "/usr/bin/seq",
        "/usr/bin/sleep",
    ),
}
# Debian 12's own is too old for what the selftests of these kernels set
IPROUTE2_SERIES = "6.15"
IPROUTE2_PROGRAMS = ("bridge", "dcb", "ip", "tc")
# tcpdump looks up the user that it goes on as; here that is root, whose files it reads and writes
USERLAND_FILES = {"etc/passwd": "root:x:0:0:root:/root:/bin/sh\ntcpdump:x:0:0:root:/root:/bin/sh\n"}
USERLAND_LINKS = {
    "usr/bin/jq": "gojq",       # Debian 12's jq needs 170 million instructions to start
    "usr/bin/mreceive": "multicast",
    "usr/bin/msend": "multicast",
    "var/run": "/run",          # "ip vrf" mounts a file system there
}


class Cpio:
    """A cpio archive in "newc" form, as the kernel unpacks it."""

    def __init__(self):
        self.parts = []
        self.count = 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        self.count += 1
        path = name.encode() + b"\0"
        fields = (self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + path
        self.parts += [head + b"\0" * (-len(head) % 4), data + b"\0" * (-len(data) % 4)]

    def add_tree(self, top):
        """Everything below the directory top."""
        for path in sorted(top.rglob("*")):
            name = str(path.relative_to(top))
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                self.add(name, stat.S_IFLNK | 0o777, os.readlink(path).encode())
            elif stat.S_ISDIR(mode):
                self.add(name, stat.S_IFDIR | 0o755)
            else:
                self.add(name, stat.S_IFREG | (0o755 if mode & 0o100 else 0o644), path.read_bytes())

    def content(self):
        self.add("TRAILER!!!", 0)
        data = b"".join(self.parts)
        return data + b"\0" * (-len(data) % 512)


def libraries(program):
    """The shared libraries of a program, the loader included, as the host resolves them."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(/\S+) \(0x", listing)


def copy_program(top, program, place=None):
    target = top / (place or str(program).lstrip("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(program, target)
    copy_libraries(top, program)


def copy_libraries(top, program):
    for library in libraries(program):
        # /lib and /usr/lib are one directory, in the guest as on the host
        target = top / "usr" / re.sub(r"^/(usr/)?", "", library)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copy2(library, target)


def make_directories(top):
    for name in DIRECTORIES:
        (top / (f"usr/{name}" if name.startswith("lib/") else name)).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (top / name).symlink_to(f"usr/{name}")


def compile_programs(top, tools=""):
    for source in sorted(GUEST.glob("*.c")):
        compile_program(source, top / ("init" if source.stem == "init" else f"usr/bin/{source.stem}"), tools)
    if not tools:
        copy_libraries(top, top / "init")


def write_base(top, archive_path):
    archive = Cpio()
    archive.add_tree(top)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive_path.write_bytes(archive.content())
    shutil.rmtree(top)


def build_foreign_base(kernel):
    """The archive with everything but kernel modules, for a kernel of another architecture than ours."""
    tool = fetch.unpack_tool("busybox-static", FOREIGN_BUSYBOX_SERIES, kernel.architecture)

    def make(work):
        top = work / "root"
        make_directories(top)
        compile_programs(top, kernel.tools)
        shutil.copy2(next(tool.glob("**/bin/busybox")), top / "usr/bin/busybox")
        (top / "usr/sbin/modprobe").symlink_to("../bin/busybox")    # which the kernel runs
        write_base(top, work / "root.cpio")

    inputs = [*GUEST.glob("*.c"), Path(__file__), tool.name]
    return cache.artefact(f"guest-{kernel.architecture}", cache.key(*inputs), make) / "root.cpio"


def build_base():
    """The archive with everything but kernel modules."""
    inputs = [GUEST, Path(__file__), Path(BUSYBOX), *map(Path, PROGRAMS)]

    def make(work):
        top = work / "root"
        make_directories(top)
        for program in PROGRAMS:
            copy_program(top, os.path.realpath(program) if program.endswith("kmod") else program)
        for name in KMOD_NAMES:
            (top / "usr/sbin" / name).symlink_to("../bin/kmod")
        (top / "usr/bin/sh").symlink_to(SHELL)
        compile_programs(top)
        for path in DATA:
            if os.path.exists(path):
                (top / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, top / path.lstrip("/"))
        shutil.copy2(BUSYBOX, top / "usr/bin/busybox")
        for applet in output([BUSYBOX, "--list"]).split():
            if not any((top / place / applet).is_symlink() or (top / place / applet).exists()
                       for place in ("usr/bin", "usr/sbin")) and applet != "init":
                (top / "usr/bin" / applet).symlink_to("busybox")
        write_base(top, work / "root.cpio")

    return cache.artefact("guest", cache.key(*inputs), make) / "root.cpio"


def compile_program(source, target, tools=""):
    """A program of ours; the guest unpacks what is in the archive at each boot, so that it uses libraries if there are any."""
    linked = ["-static"] if tools else []
    run([f"{tools}gcc", "-O2", "-Wall", "-Wextra", *linked, "-o", target, source],
        f"building the guest's {source.stem}", cache.directory("logs") / f"guest-{source.stem}.log")


def build_userland(name):
    """The archive that is unpacked over the base for tests that want more; programs of ours are in guest/NAME."""
    programs = USERLANDS[name]
    tool = fetch.unpack_tool("iproute2", IPROUTE2_SERIES)
    inputs = [Path(__file__), GUEST / name, tool.name, *map(Path, programs)]

    def make(work):
        top = work / "root"
        for program in programs:
            copy_program(top, program)
        for program in IPROUTE2_PROGRAMS:
            path = next(path for path in tool.glob(f"**/*bin/{program}") if not path.is_symlink())
            copy_program(top, path, f"usr/bin/{program}")
        for source in sorted((GUEST / name).glob("*.c")):
            compile_program(source, top / "usr/bin" / source.stem)
        for path, text in USERLAND_FILES.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(text)
        for path, target in USERLAND_LINKS.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).symlink_to(target)
        archive = Cpio()
        archive.add_tree(top)
        (work / "userland.cpio").write_bytes(archive.content())
        shutil.rmtree(top)

    return cache.artefact(f"userland-{name}", cache.key(*inputs), make) / "userland.cpio"


def module_closure(kernel, names):
    """The files of modules and of those they depend on, each after those it needs."""
    files = {path.name.split(".")[0].replace("-", "_"): path for path in kernel.modules.rglob("*.ko*")}
    built_in = {Path(line).stem.replace("-", "_") for line in (kernel.modules / "modules.builtin").read_text().split()}
    order = []

    def add(name):
        if name in built_in or files.get(name) in order:
            return
        if name not in files:
            raise Failed(f"linux {kernel.release} has no module {name}")
        depends = output(["/sbin/modinfo", "-F", "depends", files[name]]).strip().replace("-", "_")
        for needed in filter(None, depends.split(",")):
            add(needed)
        order.append(files[name])

    for name in names:
        add(name)
    return order


def copy_modules(kernel, tree, modules):
    """Put into tree what the guest needs of a kernel's modules, and those in other directories."""
    ours = [path for directory in modules for path in sorted(directory.glob("*.ko"))]
    if not kernel.tools:
        shutil.copytree(kernel.modules, tree, ignore=shutil.ignore_patterns("build", "source"))
    else:
        tree.mkdir(parents=True)
        own = {path.stem.replace("-", "_") for path in ours}
        wanted = {name for path in ours for name in
                  output(["/sbin/modinfo", "-F", "depends", path]).strip().replace("-", "_").split(",")} - own - {""}
        for path in module_closure(kernel, [*FOREIGN_FIRST, *FOREIGN_MODULES, *sorted(wanted)]):
            target = tree / path.relative_to(kernel.modules)
            target.parent.mkdir(parents=True, exist_ok=True)
            # busybox does not load what is packed
            content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
            target.with_name(path.name.removesuffix(".xz")).write_bytes(content)
        for name in ("modules.builtin", "modules.order"):
            shutil.copy2(kernel.modules / name, tree)
    (tree / "extra").mkdir()
    for path in ours:
        shutil.copy2(path, tree / "extra")


def add_first_program(top, kernel):
    """The program that a guest of another architecture starts with."""
    def paths(names):
        return " ".join(f"/lib/modules/{kernel.release}/" + str(path.relative_to(kernel.modules)).removesuffix(".xz")
                        for path in module_closure(kernel, names))

    (top / "preinit").write_text(FOREIGN_INIT.format(first=paths(FOREIGN_FIRST), root=paths(FOREIGN_ROOT)))
    (top / "preinit").chmod(0o755)
    for name, text in FOREIGN_UNITS.items():
        (top / "units" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "units" / name).write_text(text)


def build_image(kernel, modules, userland=None):
    """The initramfs for a kernel: the base, its modules, those in other directories, and a userland's programs."""
    parts = [build_foreign_base(kernel) if kernel.tools else build_base()]
    parts += [build_userland(userland)] if userland else []

    def make(work):
        top = work / "root"
        (top / "usr").mkdir(parents=True)
        (top / "lib").symlink_to("usr/lib")
        tree = top / "usr/lib/modules" / kernel.release
        copy_modules(kernel, tree, modules)
        if kernel.tools:
            add_first_program(top, kernel)
        output(["/sbin/depmod", "-b", top, kernel.release])
        (top / "lib").unlink()
        archive = Cpio()
        archive.add_tree(top)
        content = b"".join(part.read_bytes() for part in parts)
        (work / "initramfs.cpio").write_bytes(content + archive.content())
        shutil.rmtree(top)

    hashed = cache.key(*(part.parent.name for part in parts), kernel.directory.name,
                       *(directory.name for directory in modules), Path(__file__))
    return cache.artefact(f"image-{kernel.name}", hashed, make) / "initramfs.cpio"
