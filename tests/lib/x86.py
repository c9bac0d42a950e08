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

from . import cache, image, installed, kernel_build, native, suite
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
MACHINE_ID = f"{'5' * 32}\n"
# as Ubuntu's kernel
LACKS = ("COMMON_CLK_LAN966X", "I2C_AT91", "NVMEM_LAN9662_OTPC")


def soc_drivers():
    """{option: module} of the SoC's drivers."""
    lines = [line.split() for line in (kernel_build.SOC_RECIPES / "drivers").read_text().splitlines()]
    return {line[0]: line[1] for line in lines if line[0] not in ("#", "-")}


def driver_files(kernel, options):
    """The files of those drivers of the SoC that these options of this kernel have made."""
    names = {soc_drivers()[option].replace("-", "_") for option in options}
    return [path for path in kernel.modules.rglob("*.ko") if path.stem.replace("-", "_") in names]


def put_kernel(root, kernel, lacks):
    """A kernel without the drivers of these options, on a host that has started once; returns what its configuration says."""
    root.path("/etc/machine-id").write_text(MACHINE_ID)
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


def install(root, version=None):
    """Install the packages, as docs/install.md says, or a newer version of them; returns what was printed."""
    dist = root.path("/root/dist")
    dist.mkdir()
    for deb in installed.debs("amd64", version):
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


def wait_ports(vm):
    """udev loads the modules that packages brought; returns the addresses of four ports that have their names."""
    vm.sh("/usr/lib/systemd/systemd-udevd --daemon && udevadm trigger --action=add --subsystem-match=pci", BOOT_SECONDS)
    vm.until("[ -e /sys/class/dtslot/pci-0000:01:00.0 ]", BOOT_SECONDS)
    return installed.wait_ports(vm)


def check_use(vm):
    """The card works, by the modules of packages, and goes."""
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


def check_card(root, kernel, starts=1):
    """The installation in a machine with a card, whose ports have the same names and addresses at each start."""
    build = suite.build_all([kernel.name])[kernel.name]
    found = []
    with tempfile.TemporaryDirectory(prefix="x86-vm-", dir=cache.root()) as directory:
        build.images[None] = Path(directory) / "initramfs.cpio"
        guest_image(root, build.images[None])
        for number in range(starts):
            place = Path(directory) / f"start{number}"
            place.mkdir()
            with installed.started(VM(build, place, **OPTIONS)) as vm:
                found.append(wait_ports(vm))
                if number == 0:
                    check_use(vm)
    assert len(set(found[0].values())) == 4 and found == [found[0]] * starts, found


def give_built(root, kernel, config):
    """Give DKMS what it would have built of both packages."""
    auto_conf = root.path(f"/usr/lib/modules/{kernel.release}/build/include/config/auto.conf")
    auto_conf.parent.mkdir(parents=True)
    auto_conf.write_text(config)
    for name, modules in (("dtslot", kernel_build.build_modules(kernel).glob("*.ko")),
                          ("dtslot-soc", driver_files(kernel, LACKS))):
        contents, command = installed.built(name, modules, kernel.release, "x86_64")
        for path, content in contents.items():
            root.path(path).parent.mkdir(parents=True, exist_ok=True)
            root.path(path).write_bytes(content)
        root.sh(command)


def check_scripts(root, kernel):
    """What autopkgtest runs, and what reportbug puts into a report."""
    root.sh((cache.REPO / "packaging/debian/tests/doctor").read_text())
    said = root.sh("sh /usr/share/bug/dtslot/script")
    assert said.startswith("dtslot doctor:\n") and "\ndtslot tree:\n" in said, said
    assert said.endswith("\nDKMS:\n" + "".join(f"{name}/0.1, {kernel.release}, x86_64: installed\n"
                                               for name in ("dtslot-soc", "dtslot"))), said


def check_life(starts=1):
    """Packages are installed for a kernel that has most of the SoC's drivers, a card works, all is removed."""
    kernel = kernel_build.get_kernel("7.3")
    with native.Root(SUITE, PACKAGES) as root:
        config = put_kernel(root, kernel, LACKS)
        before = files(root)
        install(root)
        give_built(root, kernel, config)
        check_scripts(root, kernel)
        check_card(root, kernel, starts)
        root.sh(f"rm -r /lib/modules/{kernel.release}/build")
        said = remove(root)
        assert files(root) == before, f"{files(root) ^ before}\n{said}"
