# SPDX-License-Identifier: GPL-2.0-or-later
"""What the machine that builds and runs the tests must have, and how it gets it."""

import os
import shutil
import subprocess
import sys

from . import cache
from .say import Failed, say

# package: a file that it brings
PACKAGES = {
    "bc": "/usr/bin/bc",
    "bison": "/usr/bin/bison",
    "build-essential": "/usr/share/build-essential/list",
    "busybox-static": "/usr/share/doc/busybox-static",
    "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "device-tree-compiler": "/usr/bin/dtc",
    "ethtool": "/usr/sbin/ethtool",
    "flex": "/usr/bin/flex",
    "gojq": "/usr/bin/gojq",
    "i2c-tools": "/usr/sbin/i2cget",
    "iproute2": "/usr/bin/ip",
    "iputils-ping": "/usr/bin/ping",
    "kmod": "/usr/bin/kmod",
    "libelf-dev": "/usr/include/libelf.h",
    "libfdt-dev": "/usr/include/libfdt.h",
    "libkmod-dev": "/usr/include/libkmod.h",
    "libpci-dev": "/usr/share/doc/libpci-dev",
    "libglib2.0-dev": "/usr/include/glib-2.0/glib.h",
    "libslirp-dev": "/usr/include/slirp/libslirp.h",
    "netsniff-ng": "/usr/sbin/mausezahn",
    "ninja-build": "/usr/bin/ninja",
    "pciutils": "/usr/bin/lspci",
    "pkg-config": "/usr/bin/pkg-config",
    "python3-venv": f"/usr/lib/python3.{sys.version_info.minor}/ensurepip/__init__.py",
    "qemu-system-data": "/usr/share/qemu/qboot.rom",
    "seabios": "/usr/share/seabios/bios-256k.bin",
    "tcpdump": "/usr/bin/tcpdump",
    "valgrind": "/usr/bin/valgrind",
    "xz-utils": "/usr/bin/xz",
    "zlib1g-dev": "/usr/include/zlib.h",
}

# for guests of another architecture
ARM64_PACKAGES = {
    "gcc-aarch64-linux-gnu": "/usr/bin/aarch64-linux-gnu-gcc",
    "libc6-dev-arm64-cross": "/usr/aarch64-linux-gnu/lib/libc.a",
    "qemu-efi-aarch64": "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd",
}

STYLE_PACKAGES = {
    "perl": "/usr/bin/perl",
    "shellcheck": "/usr/bin/shellcheck",
    "sparse": "/usr/bin/sparse",
}

BINDING_PACKAGES = {
    "dt-schema": "/usr/bin/dt-validate",
}


def is_package(name):
    """Whether this Debian has a package of that name, as far as apt knows."""
    return not subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode


def missing(wanted):
    """The packages of {package: file} that are not installed."""
    return [package for package, path in wanted.items() if not os.path.exists(path)]


def install_packages(wanted=None):
    """Install what is missing of {package: file}, as root or with sudo."""
    wanted = wanted or PACKAGES
    if missing(wanted):
        # tests that run side by side may want the same, and apt takes one at a time
        with cache.lock("packages"):
            install(wanted, missing(wanted))


def install(wanted, packages):
    """Have apt install these packages of {package: file}."""
    if not packages:
        return
    if not shutil.which("apt-get"):
        raise Failed("this is not Debian (no apt-get); install yourself what brings: " +
                     " ".join(wanted[package] for package in packages))
    become = [] if os.geteuid() == 0 else ["sudo"]
    if become and not shutil.which("sudo"):
        raise Failed("neither root nor sudo here; as root: apt-get install " + " ".join(packages))
    say("installing Debian packages: " + " ".join(packages))
    environment = [*become, "env", "DEBIAN_FRONTEND=noninteractive"]
    for command in (["apt-get", "-q", "update"],
                    ["apt-get", "-q", "-y", "--no-install-recommends", "install", *packages]):
        # their output is progress, not results
        if subprocess.run([*environment, *command], stdout=2, stdin=subprocess.DEVNULL, check=False).returncode:
            raise Failed(f"{' '.join(command[:3])} failed, see above; needed are: {' '.join(packages)}")
