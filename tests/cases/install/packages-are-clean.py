# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages are built, lintian has nothing to say, and DKMS is told of each module that there is.

Broken if it fails: a package lacks a file or has one too many, or DKMS builds a module and does not install it.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from lib import cache, kernel_build, packages
from lib.say import output

kernels = ()
TOOL = {
    "usr/lib/firmware/dtslot/addon-extender.dtbo", "usr/lib/firmware/dtslot/addon-flash.dtbo",
    "usr/lib/firmware/dtslot/addon-thermo-click.dtbo", "usr/lib/firmware/dtslot/addon-thermo-led.dtbo",
    "usr/lib/modprobe.d/dtslot.conf", "usr/lib/udev/dtslot-port", "usr/lib/udev/dtslot-port-led",
    "usr/lib/udev/rules.d/70-dtslot.rules", "usr/sbin/dtslot", "usr/share/bash-completion/completions/dtslot",
    "usr/share/bug/dtslot/script", "usr/share/doc/dtslot/changelog.gz", "usr/share/doc/dtslot/copyright",
    "usr/share/dtslot/lan966x-connector.dtbo", "usr/share/dtslot/lan966x-fdma.dtbo",
    "usr/share/dtslot/lan966x-mikrobus.dtbo", "usr/share/dtslot/qemu-virt-pcie.dtbo",
    "usr/share/dtslot/rpi-cm4-window.dtbo",
    "usr/share/man/man8/dtslot.8.gz",
}
RECIPES = {f"usr/src/dtslot-soc-0.1/{name}" for name in ("Kbuild", "Makefile", "dkms.conf", "drivers", "lacking",
                                                         "take-sources")} | {
    f"usr/src/dtslot-soc-0.1/fixes/{path.name}" for path in (cache.REPO / "docs/mainline/fixes").iterdir()}


def executables(deb):
    """Paths of the files in a package that can be run."""
    lines = output(["dpkg-deb", "-c", deb]).splitlines()
    return {line.split()[5].removeprefix("./") for line in lines if re.match(r"-..x", line)}


def dkms_modules(conf, kernel, source_tree=""):
    """What DKMS installs for a kernel."""
    script = 'source "$1"; printf "%s\\n" "${BUILT_MODULE_NAME[@]}"'
    return set(subprocess.run(["bash", "-c", script, "bash", conf], check=True, capture_output=True, text=True, env={
        "kernel_source_dir": str(kernel.build), "source_tree": str(source_tree)}).stdout.split())


def check_sources(sources):
    """DKMS installs each module that is built, and has all that they are built from."""
    kernel = kernel_build.get_kernel("7.3-arm64")
    ours = {path.stem for path in kernel_build.build_modules(kernel).glob("*.ko")}
    listed = dkms_modules(sources / "dtslot-0.1/dkms.conf", kernel)
    assert listed == ours, listed ^ ours
    drivers = {path.stem for path in kernel_build.build_soc_modules(kernel).glob("*.ko")}
    listed = dkms_modules(sources / "dtslot-soc-0.1/dkms.conf", kernel, sources)
    assert listed == drivers, listed ^ drivers
    built_from = {path.relative_to(sources / "dtslot-0.1") for path in (sources / "dtslot-0.1").rglob("*.[chS]")}
    wanted = {path.relative_to(cache.REPO) for top in ("drivers", "dts") for path in (cache.REPO / top).rglob("*.[chS]")
              if not re.search(r"\.mod\.c$", path.name)}
    assert built_from == wanted, built_from ^ wanted


def test(_vm):
    built = packages.build(output(["dpkg", "--print-architecture"]).strip())
    debs = {path.name.split("_")[0]: path for path in built.glob("*.deb") if "dbgsym" not in path.name}
    assert set(debs) == {"dtslot", "dtslot-dkms", "dtslot-soc-dkms"}, debs
    packages.lint(*debs.values())
    assert packages.files(debs["dtslot"]) == TOOL, packages.files(debs["dtslot"]) ^ TOOL
    soc = packages.files(debs["dtslot-soc-dkms"])
    assert {name for name in soc if "/doc/" not in name} == RECIPES, soc ^ RECIPES
    # DKMS passes over a script that is not
    assert executables(debs["dtslot-soc-dkms"]) == {"usr/src/dtslot-soc-0.1/take-sources"}
    assert executables(debs["dtslot-dkms"]) == set()

    with tempfile.TemporaryDirectory(prefix="dtslot-packages-") as directory:
        for name in ("dtslot-dkms", "dtslot-soc-dkms"):
            output(["dpkg-deb", "-x", debs[name], directory])
        check_sources(Path(directory) / "usr/src")
