# SPDX-License-Identifier: GPL-2.0-or-later
"""Of Debian's arm64 kernel as shipped, the doctor says which drivers it lacks, and that packages bring all of them.

Broken if it fails: a user of a stock kernel is told to build a kernel, or that all is well where nothing will come up.
"""

import json
import subprocess

from lib import kernel_build, tool

kernels = ()

# of the modules that the card takes from that kernel
MODULES = ("sfp", "leds-gpio", "i2c-mux-pinctrl", "lan966x_serdes")


def test(_):
    kernel = kernel_build.get_kernel("7.3-arm64")
    with tool.System() as system:
        directory = f"/lib/modules/{kernel.release}"
        system.put(f"{directory}/config", (kernel.modules / "config").read_bytes())
        for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
            system.put(f"{directory}/{name}", (kernel.modules / name).read_bytes())
        files = [path for path in kernel.modules.rglob("*.ko*") if path.name.split(".")[0] in MODULES]
        assert sorted(path.name.split(".")[0] for path in files) == ["i2c-mux-pinctrl", "leds-gpio", "sfp"], files
        for path in files:
            system.put(f"{directory}/{path.name}", path.read_bytes())
        subprocess.run(["/sbin/depmod", "-b", system.root, kernel.release], check=True, capture_output=True)
        status, output, _ = system.run("doctor", "--json", "--kernel", kernel.release)
    found = [(line["what"], line["fix"]) for line in json.loads(output) if line["level"] == "finding"]
    assert status == 1 and found == [
        ("5 of 17 kinds of device have a driver in this kernel; it lacks CONFIG_MFD_ATMEL_FLEXCOM CONFIG_I2C_AT91 "
         "CONFIG_COMMON_CLK_LAN966X CONFIG_LAN966X_OIC CONFIG_RESET_MCHP_SPARX5 CONFIG_PINCTRL_OCELOT "
         "CONFIG_PINCTRL_MICROCHIP_SGPIO CONFIG_MDIO_MSCC_MIIM CONFIG_PHY_LAN966X_SERDES CONFIG_LAN966X_SWITCH "
         "CONFIG_NVMEM_LAN9662_OTPC CONFIG_SENSORS_LAN966X", "apt install dtslot-soc-dkms"),
        (f"the modules of dtslot are not there for {kernel.release}",
         "apt install dtslot-dkms, or make && make install && depmod"),
        (f"modules cannot be built: {directory}/build is missing", f"apt install linux-headers-{kernel.release}"),
        ("the SoC's drivers cannot be built: /usr/src/linux-source-7.3.tar.xz is missing",
         "apt install linux-source-7.3, or name the source in /etc/dtslot/soc-dkms.conf"),
    ], found
