# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 on arm64: what docs/install.md tells is typed, and DKMS builds all modules there, for Debian's kernel as shipped.

The installation's programs, compilers included, are those of arm64, which an emulated processor runs on this machine's
kernel: about half an hour, and as long again the first time, for Debian's own packages, which are kept. What was built is then
loaded by Debian's kernel in an emulated machine, by ACPI and with a card.

Broken if it fails: the way from an empty Debian to the modules does not work as written, or what DKMS builds does not drive
a card.
"""

import lzma
import re
import tempfile
from pathlib import Path

from lib import cache, documents, image, installed, kernel_build, native, stock, suite
from lib.say import output, say
from lib.vm import VM

kernels = ()
OPTIONS = dict(stock.OPTIONS, acpi=True)
DOCUMENT, SECTION = "docs/install.md", "Debian on arm64"
# what apt asks a user, and what it would get besides; printf makes lines of it
APT = r'APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\nAcquire::Languages "none";\nDpkg::Use-Pty "false";\n'
PACKAGES = ("iproute2", "kmod", "udev")


def type_in(root, command):
    say(f"install.md: {command}")
    return root.sh(f"cd /root && {command} 2>&1")


def commands():
    """What a person types before there is anything of ours: the kernel, its headers and source, and what a clone wants."""
    packages, reboot = documents.blocks(DOCUMENT, SECTION)[0].splitlines()
    assert reboot == "reboot", reboot
    tools, clone, *_ = documents.blocks(DOCUMENT, SECTION)[1].splitlines()
    assert clone == "git clone <this repository> dtslot && cd dtslot", clone
    # What makes an initramfs is there in an installation that starts; this one never does, and makes none.
    return (f"printf '{APT}' >/etc/apt/apt.conf.d/typed", "apt-get update && apt-get install initramfs-tools",
            "echo update_initramfs=no >/etc/initramfs-tools/update-initramfs.conf", f"INITRD=No {packages}", tools,
            "apt-get clean")


def install_packages(root):
    """Packages are made of a clone and installed; returns what was printed."""
    output(["git", "clone", "-q", cache.REPO, root.path("/root/dtslot")])
    return "".join(type_in(root, f"cd dtslot && {command}")
                   for command in documents.blocks(DOCUMENT, SECTION)[1].splitlines()[2:])


def installed_files(root):
    """All files, where there is such a directory."""
    return set(root.sh(f"find $(ls -d {installed.WHERE} 2>/dev/null) -path /root -prune -o -print").splitlines())


def check_built(root, release):
    """DKMS has built all that this kernel lacks, natively."""
    status = root.sh("dkms status")
    assert status == (f"dtslot-soc/0.1, {release}, aarch64: installed\n"
                      f"dtslot/0.1, {release}, aarch64: installed\n"), status
    kernel = kernel_build.get_kernel("7.3-arm64")
    built = {name.split(".")[0] for name in root.sh(f"ls /lib/modules/{release}/updates/dkms").split()}
    wanted = {path.stem for directory in (kernel_build.build_modules(kernel), kernel_build.build_soc_modules(kernel))
              for path in directory.glob("*.ko")}
    assert built == wanted, built ^ wanted
    log = root.sh(f"cat /var/lib/dkms/dtslot-soc/0.1/{release}/aarch64/log/make.log")
    assert f"dtslot-soc: the drivers for {release} are those of /usr/src/linux-source-7.3.tar.xz" in log, log


def built_modules(root, release, directory):
    """What DKMS has built, unpacked."""
    for path in root.path(f"/usr/lib/modules/{release}/updates/dkms").iterdir():
        (directory / path.name.removesuffix(".xz")).write_bytes(lzma.decompress(path.read_bytes()))
    return directory


def check_card(root, release, directory):
    """A card comes and goes in a machine whose modules these are."""
    build = suite.build_all(["7.3-arm64"])["7.3-arm64"]
    assert build.kernel.release == release, (build.kernel.release, release)
    modules = directory / directory.name     # by which an image is known
    modules.mkdir()
    build.images[None] = image.build_image(build.kernel, [built_modules(root, release, modules)])
    with installed.started(VM(build, directory, **OPTIONS)) as vm:
        stock.check_coming_and_going(vm)


def test(_):
    with native.Root("trixie", PACKAGES, architecture="arm64", prepare=commands()) as root, \
            tempfile.TemporaryDirectory(prefix="arm64-", dir=cache.root()) as directory:
        [release] = root.sh("ls /lib/modules").split()
        before = installed_files(root)
        said = install_packages(root)
        assert "Setting up dtslot (0.1) ..." in said, said
        check_built(root, release)
        check_card(root, release, Path(directory))
        said = type_in(root, documents.blocks(DOCUMENT, "Uninstall")[0])
        left = [name for name in installed_files(root) - before if re.search("dtslot|lan966x|/updates/", name)]
        assert not left and before <= installed_files(root), f"{left}\n{said}"
