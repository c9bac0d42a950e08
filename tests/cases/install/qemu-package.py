# SPDX-License-Identifier: GPL-2.0-or-later
"""The package of QEMU is built, lintian has nothing to say, and its programs find their firmware and have the card.

Broken if it fails: the package lacks a file, or has one that another QEMU's package brings.
"""

import subprocess
import tempfile
from pathlib import Path

from lib import host, kernel_build, packages
from lib.say import output

kernels = ()
HOME = "usr/lib/qemu-system-dtslot"
FILES = {
    f"{HOME}/bin/qemu-system-aarch64", f"{HOME}/bin/qemu-system-x86_64", f"{HOME}/share/qemu/bios-256k.bin",
    f"{HOME}/share/qemu/efi-e1000e.rom", f"{HOME}/share/qemu/efi-virtio.rom", f"{HOME}/share/qemu/kvmvapic.bin",
    f"{HOME}/share/qemu/linuxboot_dma.bin", f"{HOME}/share/qemu/pvh.bin", "usr/bin/qemu-system-aarch64-dtslot",
    "usr/bin/qemu-system-x86_64-dtslot", "usr/share/doc/qemu-system-dtslot/changelog.gz",
    "usr/share/doc/qemu-system-dtslot/copyright", "usr/share/man/man1/qemu-system-aarch64-dtslot.1.gz",
    "usr/share/man/man1/qemu-system-dtslot.1.gz", "usr/share/man/man1/qemu-system-x86_64-dtslot.1.gz",
}
FIRMWARE = ("usr/share/seabios", "usr/lib/ipxe")    # what the packages bring that it depends on


def test(_):
    [deb] = packages.build_qemu().glob("*.deb")
    packages.lint(deb)
    host.install_packages({"ipxe-qemu": "/usr/lib/ipxe/qemu/efi-e1000e.rom"})
    files = packages.files(deb)
    assert files == FILES, files ^ FILES
    with tempfile.TemporaryDirectory(prefix="dtslot-packages-") as directory:
        output(["dpkg-deb", "-x", deb, directory])
        for name in FIRMWARE:
            (Path(directory) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(directory) / name).symlink_to(f"/{name}")
        kernel = kernel_build.build_kernel("7.3").image
        for target, arguments in (("x86_64", ["-M", "q35", "-vga", "none", "-kernel", kernel]),
                                  ("aarch64", ["-M", "virt", "-cpu", "cortex-a57"])):
            # what starts as far as its monitor has all that it reads before
            done = subprocess.run([f"{directory}/{HOME}/bin/qemu-system-{target}", *arguments, "-display", "none", "-S",
                                   "-monitor", "stdio", "-device", "pcie-root-port,id=rp0",
                                   "-device", "lan966x-endpoint,bus=rp0"],
                                  input="quit\n", capture_output=True, text=True, check=False)
            assert done.returncode == 0 and done.stderr == "" and "QEMU 10.0" in done.stdout, done
