# SPDX-License-Identifier: GPL-2.0-or-later
"""The recipes, ours and those for the SoC's drivers, say what they lack, and how to mend it: headers, a source of the right
series, a program.

Broken if it fails: DKMS ends with an error of cp or of the compiler, which tells a user nothing.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lib import cache, kernel_build

kernels = ()
WITNESS = "drivers/net/ethernet/microchip/lan966x/lan966x_main.c"
CONF = "/etc/dtslot/soc-dkms.conf"


def refusal(script, *arguments, **environment):
    """The last line that a script says which does not do its work."""
    done = subprocess.run(["sh", script, *arguments], text=True, capture_output=True, check=False,
                          env={"PATH": os.environ["PATH"], **environment})
    assert done.returncode == 1, (done.returncode, done.stdout)
    return done.stderr.splitlines()[-1]


def make_source(directory, series, *files):
    """What a kernel's source has of files."""
    version, patchlevel = series.split(".")
    for name in (WITNESS, *files):
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).touch()
    (directory / "Makefile").write_text(f"VERSION = {version}\nPATCHLEVEL = {patchlevel}\nSUBLEVEL = 1\n")
    return directory


def check_kernel_says(work):
    """What is said of a kernel for which our modules cannot be built."""
    check, build = cache.REPO / "drivers/check-kernel", work / "build"
    said = refusal(check, build)
    assert said == (f"dtslot: {build} is no build directory of a kernel: install its headers (apt install"
                    " linux-headers-RELEASE), or name another by KDIR="), said
    config = build / "include/config/auto.conf"
    config.parent.mkdir(parents=True)
    for text in ("", 'CONFIG_BUILD_SALT=""\n', 'CONFIG_BUILD_SALT="mine"\n', 'CONFIG_BUILD_SALT="7-mine"\n'):
        config.write_text(text)
        said = refusal(check, build)
        assert said == (f"dtslot: {build} does not say of which release it is ({build}/include/config/kernel.release):"
                        " install its headers again, or name another by KDIR="), said
    config.write_text('CONFIG_BUILD_SALT="6.11.9-1-arm64"\n')
    said = refusal(check, build)
    assert said == "dtslot: linux 6.11.9-1-arm64 is too old: 6.12 and later will do", said
    config.write_text("".join(f"CONFIG_{option}=y\n" for option in ("OF", "OF_DYNAMIC", "PCI", "CRYPTO_LIB_SHA256")))
    (config.parent / "kernel.release").write_text("7.3.4\n")
    programs = work / "programs"
    programs.mkdir()
    for name in ("sh", "cat", "grep", "sed", "tr"):
        (programs / name).symlink_to(shutil.which(name))
    said = refusal(check, build, PATH=str(programs))
    assert said == "dtslot: dtc is missing: apt install device-tree-compiler", said


def test(_):
    with tempfile.TemporaryDirectory(prefix="dtslot-recipes-") as directory:
        work = Path(directory)
        check_kernel_says(work)
        recipes = work / "recipes"
        shutil.copytree(kernel_build.SOC_RECIPES, recipes)
        take, empty = recipes / "take-sources", work / "empty"
        empty.mkdir()
        # a series of which no machine has the source
        for arguments, environment, said in (
                (("seven", empty), {}, "dtslot-soc: 'seven' is no release of a kernel"),
                (("1.99.0", empty), {}, "dtslot-soc: the source of linux 1.99 is missing: apt install linux-source-1.99, or"
                 f" KSRC=DIRECTORY in {CONF}"),
                (("7.3.4", empty), {"KSRC": str(empty)}, f"dtslot-soc: KSRC={empty} is no source of a kernel: it lacks {WITNESS}")):
            assert refusal(take, *arguments, **environment) == said, refusal(take, *arguments, **environment)
        source = make_source(work / "source", "6.12")
        said = refusal(take, "7.3.4", empty, KSRC=str(source))
        assert said == (f"dtslot-soc: {source} is the source of linux 6.12, and 7.3.4 wants that of 7.3: set KSRC=DIRECTORY in"
                        f" {CONF}"), said
        # beside the build directory, as a kernel that was built by hand has it
        (empty / "source").symlink_to(make_source(work / "other", "7.3"))
        said = refusal(take, "7.3.4", empty)
        assert said == (f"dtslot-soc: {empty}/source lacks drivers/irqchip/irq-lan966x-oic.c: linux 7.3 is not known to"
                        " dtslot-soc-dkms"), said
        said = refusal(recipes / "lacking", work / "auto.conf")
        assert said == f"dtslot-soc: cannot read {work}/auto.conf", said
