# SPDX-License-Identifier: GPL-2.0-or-later
"""The root file system of a Debian installation, on a disk: what a stock machine has, and the agent as a service.

debootstrap unpacks it here; the guest configures it, as programs of another architecture do not run here.
"""

import shutil
import tempfile
from pathlib import Path

from . import cache, fetch, host, image
from .say import run, say
from .vm import VM

SUITE = "trixie"
# beside the smallest set that debootstrap knows
PACKAGES = ("systemd-sysv", "udev", "kmod", "iproute2", "iputils-ping", "libfdt1", "libkmod2", "libpci3")
HOST_PACKAGES = {"debootstrap": "/usr/sbin/debootstrap", "e2fsprogs": "/usr/sbin/mke2fs",
                 "fakeroot": "/usr/bin/fakeroot"}
MEBIBYTES = 1200
CONFIGURE_SECONDS = 1800
AGENT = "usr/lib/dtslot-test/agent"
FILES = {
    "etc/fstab": "/dev/vda / ext4 defaults 0 1\n",
    "etc/hostname": "stock\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/systemd/system/agent.service":
        "[Unit]\nDescription=what a test runs\nAfter=systemd-udev-settle.service\n"
        f"Wants=systemd-udev-settle.service\n[Service]\nExecStart=/{AGENT}\nKillMode=process\n"
        "[Install]\nWantedBy=multi-user.target\n",
}
WANTS = "etc/systemd/system/multi-user.target.wants/agent.service"
# what a test would only wait for
MASKED = ("getty.target", "serial-getty@ttyAMA0.service", "apt-daily.timer", "apt-daily-upgrade.timer",
          "e2scrub_all.timer", "dpkg-db-backup.timer", "fstrim.timer", "e2scrub_reap.service")


def add_files(top, kernel):
    """What of this root is not Debian's packages: the agent, the kernel's modules."""
    for name, text in FILES.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    (top / AGENT).parent.mkdir(parents=True)
    image.compile_program(image.GUEST / "init.c", top / AGENT, kernel.tools)
    (top / WANTS).parent.mkdir(parents=True, exist_ok=True)
    (top / WANTS).symlink_to("../agent.service")
    for unit in MASKED:
        (top / "etc/systemd/system" / unit).symlink_to("/dev/null")
    shutil.copytree(kernel.modules, top / "usr/lib/modules" / kernel.release, symlinks=True,
                    ignore=shutil.ignore_patterns("build", "source", "vmlinuz"))


def build_disk(work, kernel):
    """An image of the file system with all packages unpacked, none of them configured."""
    top, files, disk = work / "root", work / "files", work / "root.img"
    files.mkdir()
    add_files(files, kernel)
    # one session of fakeroot: it forgets who owns what when it ends
    script = (f"debootstrap --foreign --arch={kernel.architecture} --variant=minbase"
              f" --include={','.join(PACKAGES)} {SUITE} {top} {fetch.mirror()}/debian &&"
              f" cp -a {files}/. {top} && PATH=$PATH:/sbin:/usr/sbin depmod -b {top} {kernel.release} &&"
              f" truncate -s {MEBIBYTES}M {disk} && PATH=$PATH:/sbin:/usr/sbin mke2fs -q -t ext4 -d {top} {disk}")
    run(["fakeroot", "sh", "-c", script], f"unpacking a Debian {SUITE} for {kernel.architecture}",
        cache.directory("logs") / f"root-{kernel.architecture}.log")
    shutil.rmtree(top)
    shutil.rmtree(files)
    return disk


def configure(disk, build):
    """Have the guest configure the packages."""
    say(f"configuring a Debian {SUITE} for {build.kernel.architecture} in a guest ...")
    with tempfile.TemporaryDirectory(prefix="dtslot-root-") as logs:
        vm = VM(build, logs, cards=(), ports=0, memory=1024, qemu=(
            "-drive", f"if=none,id=root,format=raw,file={disk},cache=unsafe", "-device", "virtio-blk-device,drive=root"))
        try:
            vm.start()
            vm.sh("modprobe -a ext4 virtio_blk; mkdir /root/new; mount /dev/vda /root/new;"
                  " mount -t proc proc /root/new/proc")
            vm.sh("PATH=/usr/sbin:/usr/bin chroot /root/new /debootstrap/debootstrap --second-stage >/tmp/log 2>&1 ||"
                  " { tail -n 30 /tmp/log; exit 1; }", CONFIGURE_SECONDS)
            vm.sh("rm -rf /root/new/var/cache/apt/archives/*.deb; umount /root/new/proc; umount /root/new; sync")
        finally:
            vm.stop()
    say(f"configuring a Debian {SUITE} for {build.kernel.architecture} in a guest: done")


def get(build):
    """The image of the disk, for guests with this kernel; to be copied."""
    host.install_packages(HOST_PACKAGES)

    def make(work):
        configure(build_disk(work, build.kernel), build)

    hashed = cache.key(Path(__file__), image.GUEST / "init.c", build.kernel.directory.name)
    return cache.artefact(f"root-{build.kernel.name}", hashed, make) / "root.img"
