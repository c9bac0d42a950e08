# SPDX-License-Identifier: GPL-2.0-or-later
"""For a kernel that has most of the SoC's drivers, as Ubuntu's, the recipes build and install those that it lacks, no other.

It is Debian's kernel here, with the options of Ubuntu's set in what tells of its configuration.

Broken if it fails: DKMS builds drivers beside the kernel's own, and which of the two is loaded is left to chance.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lib import fetch, kernel_build, packages
from lib.say import output

kernels = ()
HAS = ("LAN966X_OIC", "RESET_MCHP_SPARX5", "PINCTRL_OCELOT", "PINCTRL_MICROCHIP_SGPIO", "MDIO_MSCC_MIIM",
       "PHY_LAN966X_SERDES", "LAN966X_SWITCH", "MFD_ATMEL_FLEXCOM", "SPI_ATMEL", "POLYNOMIAL", "SENSORS_LAN966X")
LACKS = ["clk-lan966x", "i2c-at91", "nvmem-lan9662-otpc"]


def dkms_modules(build, sources):
    """What DKMS installs for a kernel, and for which kernels it builds at all."""
    script = 'source "$1"; printf "%s\\n" "${BUILT_MODULE_NAME[@]}" "exclusive ${BUILD_EXCLUSIVE_KERNEL-}"'
    return subprocess.run(["bash", "-c", script, "bash", kernel_build.SOC_RECIPES / "dkms.conf"], check=True, text=True,
                          capture_output=True, env={"kernel_source_dir": str(build), "source_tree": str(sources)}
                          ).stdout.splitlines()


def test(_vm):
    kernel = kernel_build.get_kernel("7.3-arm64")
    source, _ = fetch.unpack_linux(kernel_build.series(kernel.name))
    with tempfile.TemporaryDirectory(prefix="dtslot-missing-") as directory:
        work = Path(directory)
        recipes = work / "sources/dtslot-soc-#MODULE_VERSION#"
        shutil.copytree(kernel_build.SOC_RECIPES, recipes)
        build = packages.headers_with(kernel, work, HAS)
        assert dkms_modules(build, work / "sources") == [*LACKS, "exclusive "], dkms_modules(build, work / "sources")
        output(["make", "-C", recipes, f"KDIR={build}", f"KSRC={source}", f"-j{os.cpu_count()}", *kernel.make_arguments])
        assert sorted(path.stem for path in recipes.glob("*.ko")) == LACKS, list(recipes.glob("*.ko"))

        # and one that lacks nothing gets nothing
        with open(build / "include/config/auto.conf", "a") as config:
            config.writelines(f"CONFIG_{option}=y\n" for option in ("COMMON_CLK_LAN966X", "I2C_AT91", "NVMEM_LAN9662_OTPC"))
        assert dkms_modules(build, work / "sources") == ["exclusive ^none$"], dkms_modules(build, work / "sources")
