# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 on x86: three packages are installed, DKMS builds all modules, and all is removed again.

The kernel is one of the tests', as Debian's for x86 have no OF: for these, DKMS says that it builds nothing, and the package
says why. Here the kernel lacks all of the SoC's drivers, so that DKMS builds these, too.

Broken if it fails: a user's own build of our modules or of the SoC's drivers fails, or the packages leave something behind.
"""

import re
import shutil

from lib import cache, installed, kernel_build, native

kernels = ()
PACKAGES = ("dkms", "device-tree-compiler", "gcc", "iproute2", "iputils-ping", "kmod", "libc6-dev", "libfdt1", "libkmod2",
            "libpci3", "linux-headers-amd64", "make", "udev", "xz-utils", "zlib1g")
WITHOUT = "was built without CONFIG_OF CONFIG_OF_DYNAMIC, which no module can add"


def soc_drivers():
    """(options, modules) of the SoC's drivers."""
    lines = [line.split() for line in (kernel_build.SOC_RECIPES / "drivers").read_text().splitlines()]
    return tuple(zip(*(line[:2] for line in lines if line[0] not in ("#", "-"))))


def put_kernel(root, kernel):
    """A kernel and its headers, without the SoC's drivers."""
    options, modules = soc_drivers()
    directory = root.path(f"/usr/lib/modules/{kernel.release}")
    shutil.copytree(kernel.modules, directory, ignore=shutil.ignore_patterns("build", "source", *(
        f"{name.replace('-', '[-_]')}.ko" for name in modules)))
    shutil.copy2(kernel.build / ".config", root.path(f"/boot/config-{kernel.release}"))
    root.sh(f"cp -as {kernel.build} /lib/modules/{kernel.release}/build; depmod {kernel.release}")
    config = directory / "build/include/config/auto.conf"
    config.unlink()
    config.write_text(re.sub(rf"^CONFIG_({'|'.join(options)})=m\n", "",
                             (kernel.build / "include/config/auto.conf").read_text(), flags=re.M))


def files(root):
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


def check_built(root, kernel, said):
    """DKMS has built all for that kernel, and has nothing to build for Debian's own."""
    [own] = [name for name in root.sh("ls /lib/modules").split() if name != kernel.release]
    assert f"dtslot: linux {own} {WITHOUT}" in said, said
    skipped = root.sh(f"dkms autoinstall -k {own} 2>&1")
    assert skipped.endswith(f"Autoinstall on {own} was skipped for module(s) dtslot-soc dtslot.\n"), skipped
    status = root.sh("dkms status")
    assert status == (f"dtslot-soc/0.1, {kernel.release}, x86_64: installed\n"
                      f"dtslot/0.1, {kernel.release}, x86_64: installed\n"), status
    built = set(root.sh(f"ls /lib/modules/{kernel.release}/updates/dkms").split())
    ours = {path.name for path in kernel_build.build_modules(kernel).glob("*.ko")}
    assert built == ours | {f"{name}.ko" for name in soc_drivers()[1]}, built


def test(_):
    kernel = kernel_build.get_kernel("7.3")
    with native.Root("trixie", PACKAGES, {cache.root(): cache.root()}) as root:
        put_kernel(root, kernel)
        before = files(root)
        said = install(root)
        check_built(root, kernel, said)
        said = root.sh(f"apt-get remove -y {' '.join(installed.NAMES)}")
        assert files(root) == before, f"{files(root) ^ before}\n{said}"
