# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian on x86 with a kernel of the tests', as Debian's own have no OF: our packages on it, and a guest that runs it.

That kernel is there without some of the SoC's drivers, or all, which packages bring then. Packages are installed and removed
here, by chroot; the guest has the installation, but for what a card does not want, in its memory, as these kernels know no
disks.
"""

import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from . import cache, image, installed, judge, kernel_build, suite
from .vm import VM

SUITE = "trixie"
PACKAGES = ("device-tree-compiler", "dkms", "iproute2", "kmod", "libfdt1", "libkmod2", "libpci3", "udev", "xz-utils",
            "zlib1g")
OPTIONS = dict(installed.OPTIONS, root=False, memory=1536)
NOT_IN_GUEST = re.compile(
    r"(boot|dev|proc|root|run|sys|tmp|usr/include|usr/lib/(gcc|git-core|linux-kbuild.*|python3.*)|usr/libexec|usr/src|"
    r"usr/lib/x86_64-linux-gnu/perl.*|usr/share/(doc|info|locale|man|perl.*|zoneinfo)|var/cache|var/lib/(apt|dpkg)|"
    r"usr/lib/modules/.*/build|usr/bin/x86_64-linux-gnu-.*|usr/lib/x86_64-linux-gnu/.*\.a)")
MOUNTS = ("dev", "proc", "root", "run", "sys", "tmp")
BOOT_SECONDS = 300


def soc_drivers():
    """{option: module} of the SoC's drivers."""
    lines = [line.split() for line in (kernel_build.SOC_RECIPES / "drivers").read_text().splitlines()]
    return {line[0]: line[1] for line in lines if line[0] not in ("#", "-")}


def driver_files(kernel, options):
    """The files of those drivers of the SoC that these options of this kernel have made."""
    names = {soc_drivers()[option].replace("-", "_") for option in options}
    return [path for path in kernel.modules.rglob("*.ko") if path.stem.replace("-", "_") in names]


def put_kernel(root, kernel, lacks):
    """A kernel without the drivers of these options; returns what its configuration says then."""
    directory = root.path(f"/usr/lib/modules/{kernel.release}")
    shutil.copytree(kernel.modules, directory, ignore=shutil.ignore_patterns("build", "source"))
    for path in driver_files(kernel, lacks):
        (directory / path.relative_to(kernel.modules)).unlink()
    shutil.copy2(kernel.build / ".config", root.path(f"/boot/config-{kernel.release}"))
    root.sh(f"depmod {kernel.release}")
    return re.sub(rf"^CONFIG_({'|'.join(lacks)})=m\n", "", (kernel.build / "include/config/auto.conf").read_text(),
                  flags=re.M)


def files(root):
    """What there is of files, but for what a program has cached."""
    return set(root.sh(f"find {installed.WHERE} -path /root/.cache -prune -o -print").splitlines())


def install(root):
    """Install the packages, as docs/install.md says; returns what was printed."""
    dist = root.path("/root/dist")
    dist.mkdir()
    for deb in installed.debs("amd64"):
        shutil.copy2(deb, dist)
    said = root.sh("cd /root && apt-get install -y --no-install-recommends"
                   " ./dist/dtslot_*.deb ./dist/dtslot-dkms_*.deb ./dist/dtslot-soc-dkms_*.deb")
    shutil.rmtree(dist)
    return said


def remove(root):
    """Remove the packages; returns what was printed."""
    return root.sh(f"apt-get remove -y {' '.join(installed.NAMES)}")


def add_installation(archive, top):
    """Put what a guest wants of an installation into an archive."""
    for here, directories, names in os.walk(top):
        place = Path(here).relative_to(top)
        kept = [name for name in directories if not NOT_IN_GUEST.fullmatch(str(place / name))]
        directories[:] = [name for name in kept if not (Path(here) / name).is_symlink()]
        for name in sorted((*kept, *names)):
            path = Path(here) / name
            mode = path.lstat().st_mode
            if NOT_IN_GUEST.fullmatch(str(place / name)):
                continue
            if stat.S_ISLNK(mode):
                archive.add(str(place / name), stat.S_IFLNK | 0o777, os.readlink(path).encode())
            elif stat.S_ISDIR(mode):
                archive.add(str(place / name), mode)
            elif stat.S_ISREG(mode):
                archive.add(str(place / name), mode, path.read_bytes())
    for name in MOUNTS:
        archive.add(name, stat.S_IFDIR | 0o755)


def guest_image(root, path):
    """An initramfs of the installation, with our init."""
    with tempfile.TemporaryDirectory(prefix="x86-") as directory:
        image.compile_program(image.GUEST / "init.c", Path(directory) / "init")
        archive = image.Cpio()
        add_installation(archive, root.top)
        archive.add("init", stat.S_IFREG | 0o755, (Path(directory) / "init").read_bytes())
        archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
        path.write_bytes(archive.content())


def check_card(root, kernel):
    """The installation in a machine with a card: udev loads the modules that packages brought, and names four ports."""
    build = suite.build_all([kernel.name])[kernel.name]
    with tempfile.TemporaryDirectory(prefix="x86-vm-", dir=cache.root()) as directory:
        build.images[None] = Path(directory) / "initramfs.cpio"
        guest_image(root, build.images[None])
        vm = VM(build, directory, **OPTIONS)
        try:
            vm.start()
            vm.sh("/usr/lib/systemd/systemd-udevd --daemon && udevadm trigger --action=add --subsystem-match=pci",
                  BOOT_SECONDS)
            vm.until("[ -e /sys/class/dtslot/pci-0000:01:00.0 ]", BOOT_SECONDS)
            installed.wait_ports(vm)
            for module in ("dtslot-pci", "i2c-at91"):
                assert "/updates/dkms/" in vm.sh(f"modinfo -n {module}"), module
            # the kernel's own driver of the card is there, and leaves it alone
            assert "/kernel/drivers/misc/" in vm.sh("modinfo -n lan966x_pci")
            assert "lan966x_pci" not in vm.sh("lsmod")
            installed.insert_modules(vm, "card0")
            installed.check_traffic(vm)
            vm.unplug("card0")
            vm.until("[ ! -e /sys/class/dtslot/pci-0000:01:00.0 ]")
            assert vm.sh("dtslot list; ls /sys/class/net") == "lo\n"
            vm.sync_log()
        finally:
            vm.stop()
        assert not judge.complaints(vm.log()), judge.complaints(vm.log())
