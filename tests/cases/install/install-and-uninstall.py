# SPDX-License-Identifier: GPL-2.0-or-later
"""`make install` puts modules, program, overlays and rules below DESTDIR, and `make uninstall` leaves nothing.

Broken if it fails: who has no packages gets half of it, or does not get rid of it.
"""

import shutil
import tempfile
from pathlib import Path

from lib import kernel_build, packages
from lib.say import output

kernels = ()


def files(top):
    return {str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir()}


def test(_vm):
    kernel = kernel_build.get_kernel("7.3-arm64")
    with tempfile.TemporaryDirectory(prefix="dtslot-install-") as work:
        source, target = Path(work) / "source", Path(work) / "target"
        source.mkdir()
        packages.copy_sources(source)
        # modules as they would have been built here
        shutil.copytree(kernel_build.build_modules(kernel) / "source", source, dirs_exist_ok=True)
        make = ["make", "-C", source, f"KDIR={kernel.build}", f"DESTDIR={target}", "PREFIX=/usr/local", "DEPMOD=true",
                *kernel.make_arguments]
        output([*make, "install-files", "CC=gcc"])
        installed = files(target)
        for name in ("usr/local/sbin/dtslot", "usr/local/share/man/man8/dtslot.8", "usr/lib/udev/rules.d/70-dtslot.rules",
                     "usr/lib/modprobe.d/dtslot.conf", "usr/lib/firmware/dtslot/addon-thermo-led.dtbo",
                     "usr/local/share/dtslot/lan966x-fdma.dtbo"):
            assert name in installed, installed
        modules = target / "lib/modules" / kernel.release / "updates"
        modules.mkdir(parents=True)
        for name in ("dtslot.ko", "dtslot-pci.ko.xz", "other.ko"):
            (modules / name).touch()
        output([*make, "uninstall"])
        assert files(target) == {f"lib/modules/{kernel.release}/updates/other.ko"}, files(target)
