# SPDX-License-Identifier: GPL-2.0-or-later
"""The root file system of a Debian installation, on a disk: what a stock machine has.

Its packages are unpacked here and configured in a guest, as programs of another architecture do not run here.
"""

import re
import shutil
import tempfile
from pathlib import Path

from . import cache, fetch, host, image
from .say import output, run, say
from .vm import VM

SUITE = "trixie"
# beside what no Debian is without; the second line is what our packages depend on
PACKAGES = ("?essential", "apt", "iproute2", "iputils-ping", "kmod", "systemd-sysv", "udev",
            "device-tree-compiler", "dkms", "libfdt1", "libkmod2", "libpci3", "xz-utils", "zlib1g")
APT = ("install", "--download-only", "--no-install-recommends")
HOST_PACKAGES = {"e2fsprogs": "/usr/sbin/mke2fs", "fakeroot": "/usr/bin/fakeroot"}
# Of the kernel's modules those that this machine, a card and our modules need: depmod in a guest takes minutes for all.
MODULES = (*image.FOREIGN_FIRST, *image.FOREIGN_MODULES, "autofs4", "bridge", "phylink")
MEBIBYTES = 800
CONFIGURE_SECONDS = 600
DATABASE = "var/lib/dpkg"
FILES = {
    "etc/fstab": "/dev/vda / ext4 defaults 0 1\n",
    "etc/hostname": "stock\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    f"{DATABASE}/available": "",
    f"{DATABASE}/info/format": "1\n",
}


def record(deb, top, files):
    """Write what dpkg's database has of a package unpacked to top; returns its part of the status file."""
    with tempfile.TemporaryDirectory(prefix="dtslot-deb-") as directory:
        output(["dpkg-deb", "-e", deb, directory])
        control = Path(directory, "control").read_text().rstrip("\n")
        fields = dict(re.findall(r"^(\S+): (.*)$", control, re.M))
        name = fields["Package"] + (f":{fields['Architecture']}" if fields.get("Multi-Arch") == "same" else "")
        for path in Path(directory).iterdir():
            if path.name != "control":
                shutil.copy2(path, files / DATABASE / f"info/{name}.{path.name}")
        conffiles = Path(directory, "conffiles")
        listed = re.findall(r"^/\S+$", conffiles.read_text(), re.M) if conffiles.exists() else []
    paths = output(["sh", "-c", f"dpkg-deb --fsys-tarfile '{deb}' | tar -t"]).splitlines()
    (files / DATABASE / f"info/{name}.list").write_text(
        "".join(f"{path.removeprefix('.').rstrip('/') or '/.'}\n" for path in paths))
    sums = [f"\n {path} {output(['md5sum', top / path.lstrip('/')]).split()[0]}" for path in listed]
    return (control.replace("\n", "\nStatus: install ok unpacked\n", 1) +
            ("\nConffiles:" + "".join(sums) if sums else "") + "\n\n")


def add_files(top, kernel):
    """What of this root is in no package."""
    for name, text in FILES.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    tree = top / "usr/lib/modules" / kernel.release
    for path in image.module_closure(kernel, MODULES):
        target = tree / path.relative_to(kernel.modules)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for name in ("config", "modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copy2(kernel.modules / name, tree)


def build_disk(work, kernel):
    """An image of the file system with all packages unpacked, none of them configured."""
    debs = sorted(fetch.debs_of_suite(SUITE, kernel.architecture, PACKAGES, APT).glob("*.deb"))
    top, files, disk = work / "root", work / "files", work / "root.img"
    log = cache.directory("logs") / f"root-{kernel.architecture}.log"
    # fakeroot keeps in a file what belongs to root
    fakeroot = ["fakeroot", "-s", work / "owners", "-i", work / "owners", "sh", "-ec"]
    (work / "owners").touch()
    unpack = "".join(f"dpkg-deb -x '{deb}' '{top}'; " for deb in debs)
    run([*fakeroot, unpack], f"unpacking a Debian {SUITE} for {kernel.architecture}", log)
    add_files(files, kernel)
    (files / DATABASE / "status").write_text("".join(record(deb, top, files) for deb in debs))
    output([*fakeroot, f"PATH=$PATH:/sbin:/usr/sbin; cp -a --no-preserve=ownership '{files}/.' '{top}';"
            f" depmod -b '{top}' {kernel.release};"
            f" truncate -s {MEBIBYTES}M '{disk}'; mke2fs -q -t ext4 -d '{top}' '{disk}'"])
    shutil.rmtree(top)
    shutil.rmtree(files)
    (work / "owners").unlink()
    return disk


def configure(disk, build):
    """Have a guest configure the packages, as the last step of an installation does."""
    say(f"configuring a Debian {SUITE} for {build.kernel.architecture} in a guest ...")
    with tempfile.TemporaryDirectory(prefix="dtslot-root-") as logs:
        vm = VM(build, logs, cards=(), ports=0, memory=1024, qemu=(
            "-drive", f"if=none,id=root,format=raw,file={disk},cache=unsafe", "-device", "virtio-blk-device,drive=root"))
        try:
            vm.start()
            vm.sh("modprobe -a ext4 virtio_blk; mkdir /root/new; mount /dev/vda /root/new;"
                  " mount -t proc proc /root/new/proc")
            vm.sh("export PATH=/usr/sbin:/usr/bin DEBIAN_FRONTEND=noninteractive; {"
                  f" chroot /root/new /bin/sh /{DATABASE}/info/base-passwd.preinst install &&"
                  " chroot /root/new /usr/bin/dpkg --configure -a; } >/tmp/log 2>&1 || { tail -n 30 /tmp/log; exit 1; }",
                  CONFIGURE_SECONDS)
            vm.sh("umount /root/new/proc; umount /root/new; sync")
        finally:
            vm.stop()
    say(f"configuring a Debian {SUITE} for {build.kernel.architecture} in a guest: done")


def get(build):
    """The image of the disk, for guests with this kernel."""
    host.install_packages(HOST_PACKAGES)

    def make(work):
        configure(build_disk(work, build.kernel), build)

    hashed = cache.key(Path(__file__), build.kernel.directory.name)
    return cache.artefact(f"root-{build.kernel.name}", hashed, make) / "root.img"
