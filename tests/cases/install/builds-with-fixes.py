# SPDX-License-Identifier: GPL-2.0-or-later
"""The recipes build a driver as it is, or with fixes of ours for its faults, as FIXES= says; what they cannot do is refused.

Broken if it fails: a fix that a user has asked for is left out, or one that nobody has asked for is in.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from lib import fetch, fixes, host, kernel_build, packages
from lib.say import output

kernels = ()
HAS = ("LAN966X_OIC", "RESET_MCHP_SPARX5", "PINCTRL_OCELOT", "PINCTRL_MICROCHIP_SGPIO", "PHY_LAN966X_SERDES",
       "LAN966X_SWITCH", "COMMON_CLK_LAN966X", "MFD_ATMEL_FLEXCOM", "I2C_AT91", "SPI_ATMEL", "NVMEM_LAN9662_OTPC",
       "POLYNOMIAL", "SENSORS_LAN966X")
MIIM = "14-miim-sleep"      # instead of a busy loop
MAC = "15-lan966x-random-mac"
# of files that are not built here
OTHERS = {"13-atmel-serial-release": "drivers/tty/serial/atmel_serial.c",
          "18-pci-remove-reference": "drivers/pci/pci-sysfs.c"}
# each of these alone: what it has put into a file of the driver's
DEAD = {"12-lan966x-poll-time": ("lan966x_main.h", r"READL_TIMEOUT_US\s+100000\n"),
        "17-lan966x-dead-card": ("lan966x_main.c", r"if \(src_port >= lan966x->num_phys_ports\)\s+return IRQ_HANDLED;")}


class Recipes:
    """A copy of the recipes for a kernel that lacks one driver."""

    def __init__(self, work):
        self.kernel = kernel_build.get_kernel("7.3-arm64")
        self.build = packages.headers_with(self.kernel, work, HAS)
        self.source, _ = fetch.unpack_linux(kernel_build.series(self.kernel.name))
        self.directory = work / "recipes"
        shutil.copytree(kernel_build.SOC_RECIPES, self.directory)
        shutil.copytree(fixes.FIXES / "fixes", self.directory / "fixes")

    def take(self, wanted, **environment):
        """Whether take-sources was content, and the lines that it says."""
        done = subprocess.run(["sh", self.directory / "take-sources", self.kernel.release, self.build], text=True,
                              capture_output=True, check=False,
                              env={**os.environ, "KSRC": str(self.source), "FIXES": wanted, **environment})
        return done.returncode, (done.stdout + done.stderr).splitlines()

    def refusal(self, wanted, **environment):
        """Why take-sources does not do it."""
        status, lines = self.take(wanted, **environment)
        assert status == 1, lines
        return lines[-1]

    def applied(self, wanted):
        """The fixes that are applied, as take-sources says, and those that can be seen in what it has copied."""
        status, lines = self.take(wanted)
        assert status == 0, lines
        said = [match[1] for line in lines if (match := re.fullmatch(r"dtslot-soc: fix (\S+) is applied", line))]
        return said, [fix for fix, (name, text) in DEAD.items() if re.search(text, (self.directory / name).read_text())]

    def calls(self, wanted):
        """What the driver, built with these fixes, calls of the kernel to wait."""
        output(["make", "-C", self.directory, f"KDIR={self.build}", f"KSRC={self.source}", f"FIXES={wanted}",
                *self.kernel.make_arguments])
        [module] = self.directory.glob("*.ko")
        symbols = output([f"{self.kernel.tools}nm", "-u", module]).split()
        output(["make", "-C", self.directory, f"KDIR={self.build}", "clean"])
        return {"msleep", "__const_udelay"} & set(symbols)


def test(_vm):
    host.install_packages(fixes.PACKAGES)
    with tempfile.TemporaryDirectory(prefix="dtslot-fixes-") as directory:
        recipes = Recipes(Path(directory))
        assert recipes.calls("") == {"__const_udelay"}
        assert recipes.calls(MIIM) == {"msleep"}
        assert recipes.applied("") == ([], []), recipes.applied("")
        assert recipes.applied(f"{MAC} {MIIM}") == ([MAC, MIIM], []), recipes.applied(f"{MAC} {MIIM}")
        for fix in DEAD:
            assert recipes.applied(fix) == ([fix], [fix]), recipes.applied(fix)
        everything = sorted(path.stem for path in (fixes.FIXES / "fixes").iterdir() if path.stem not in OTHERS)
        assert recipes.applied("all") == (everything, list(DEAD)), recipes.applied("all")

        for fix, file in OTHERS.items():
            said = recipes.refusal(fix)
            assert said == f"dtslot-soc: fix {fix} is for {file}, which is not built here", said
        said = recipes.refusal("none-such")
        assert said.startswith("dtslot-soc: there is no fix none-such; there are: 01-ocelot-ack "), said
        said = recipes.refusal(MIIM, PATH="/bin/nowhere:" + str(without_spatch(recipes.directory)))
        assert said == f"dtslot-soc: FIXES={MIIM} wants spatch: apt install coccinelle", said


def without_spatch(directory):
    """A directory with the programs that the recipes use, but for that one."""
    programs = directory / "programs"
    programs.mkdir()
    for name in ("sh", "cat", "cp", "expr", "grep", "paste", "printf", "sed", "dirname", "mktemp", "rm", "tar"):
        (programs / name).symlink_to(shutil.which(name))
    return programs
