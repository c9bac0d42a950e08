# SPDX-License-Identifier: GPL-2.0-or-later
"""Our modules and the SoC's drivers are built for each series of kernels that Debian has, or a sentence says why not.

Broken if it fails: a person who has one of these kernels meets errors of the compiler, or of DKMS.
"""

import subprocess

from lib import cache, kernel_build

kernels = ()
WITHOUT = {("6.12", "arm64"): "CONFIG_OF_DYNAMIC", ("6.12", "amd64"): "CONFIG_OF CONFIG_OF_DYNAMIC",
           ("7.3", "amd64"): "CONFIG_OF CONFIG_OF_DYNAMIC"}
DRIVERS = 14    # that Debian leaves out


def check_refused(series, architecture, missing):
    build, release = kernel_build.debian_config(series, architecture)
    make = subprocess.run(["make", "-C", cache.REPO, f"KDIR={build}", "modules"], capture_output=True, text=True,
                          check=False)
    assert make.returncode == 2 and make.stderr.splitlines()[0] == (
        f"dtslot: linux {release} was built without {missing}, which no module can add: docs/install.md says which"
        " kernels have them, and how to build one"), make.stderr


def test(_vm):
    for headers in (kernel_build.get_headers("7.2", "arm64"), kernel_build.get_kernel("7.3-arm64")):
        assert (kernel_build.build_modules(headers) / "dtslot-pci.ko").exists()
        assert len(list(kernel_build.build_soc_modules(headers).glob("*.ko"))) == DRIVERS
    for (series, architecture), missing in WITHOUT.items():
        check_refused(series, architecture, missing)
